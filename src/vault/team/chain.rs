//! How a team vault came to have the members and the data key that it has: a chain of changes, each naming the one before
//! by its digest and signed by somebody who was a member then. Who can write the file but is no member cannot add to it,
//! and who has seen the chain once notices when its past is another.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::Timestamp;

use super::member::{Bytes32, Identity, Member};

/// What a signature covers besides the entry, so that it means nothing elsewhere.
const DOMAIN: &[u8] = b"appctl team vault 1\n";
/// Most changes of a chain.
const MOST: usize = 10_000;

/// A change and its signature.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    pub entry: Entry,
    pub signature: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The digest of the entry before; something random in the first
    before: Bytes32,
    /// The member who did it
    by: String,
    at: Timestamp,
    /// Counts the data keys
    epoch: u64,
    /// What tells this epoch's data key from another
    key: Bytes32,
    change: Change,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Change {
    Begin { member: Member },
    Admit { member: Member },
    Remove { name: String },
    Rotate,
}

/// A member as a list shows them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Joined {
    #[serde(flatten)]
    pub member: Member,
    pub added_by: String,
    pub added_at: Timestamp,
}

/// Where a chain has led to.
#[derive(Clone, Debug)]
pub struct State {
    pub members: Vec<Joined>,
    /// Who was removed last under a name, by whom
    pub removed: Vec<(Member, String)>,
    pub epoch: u64,
    pub key: Bytes32,
    /// Of every entry, the first first
    pub digests: Vec<Bytes32>,
}

impl State {
    pub fn member(&self, name: &str) -> Option<&Joined> {
        self.members.iter().find(|joined| joined.member.name == name)
    }

    /// The digest of the first entry, which holds something random and the founder's keys.
    pub fn id(&self) -> Bytes32 {
        self.digests[0]
    }

    pub fn last(&self) -> Bytes32 {
        *self.digests.last().expect("a chain has a first entry")
    }
}

/// Follows the chain from its beginning; says what is wrong with it in a few words.
pub fn follow(links: &[Link]) -> Result<State, &'static str> {
    let (first, rest) = links.split_first().ok_or("it has no beginning")?;
    if links.len() > MOST {
        return Err("it has too many changes");
    }
    let Change::Begin { member } = &first.entry.change else { return Err("it has no beginning") };
    if first.entry.by != member.name || first.entry.epoch != 1 || !member.signed(&first.entry.text(), &first.signature)
    {
        return Err("its beginning is not signed by the first member");
    }
    let mut state = State {
        members: vec![Joined { member: member.clone(), added_by: member.name.clone(), added_at: first.entry.at }],
        removed: Vec::new(),
        epoch: 1,
        key: first.entry.key,
        digests: vec![first.entry.digest()],
    };
    for link in rest {
        step(&mut state, link)?;
    }
    Ok(state)
}

fn step(state: &mut State, link: &Link) -> Result<(), &'static str> {
    let entry = &link.entry;
    if entry.before != state.last() {
        return Err("a change does not follow the one before");
    }
    let by = state.member(&entry.by).ok_or("somebody who is no member changed it")?;
    if !by.member.signed(&entry.text(), &link.signature) {
        return Err("a change is not signed by the member who is said to have made it");
    }
    match &entry.change {
        Change::Begin { .. } => return Err("it begins twice"),
        Change::Admit { member } => {
            let doubled = |one: &Joined| one.member.name == member.name || one.member.sign == member.sign;
            if entry.epoch != state.epoch || entry.key != state.key || state.members.iter().any(doubled) {
                return Err("somebody was admitted who cannot be");
            }
            let joined = Joined { member: member.clone(), added_by: entry.by.clone(), added_at: entry.at };
            state.members.push(joined);
        }
        Change::Remove { name } => {
            let at = state.members.iter().position(|joined| joined.member.name == *name && *name != entry.by);
            let gone = state.members.remove(at.ok_or("somebody was removed who cannot be")?);
            state.removed.push((gone.member, entry.by.clone()));
            renew(state, entry)?;
        }
        Change::Rotate => renew(state, entry)?,
    }
    state.digests.push(entry.digest());
    Ok(())
}

fn renew(state: &mut State, entry: &Entry) -> Result<(), &'static str> {
    if entry.epoch != state.epoch + 1 || entry.key == state.key {
        return Err("a data key was not replaced where it had to be");
    }
    (state.epoch, state.key) = (entry.epoch, entry.key);
    Ok(())
}

/// The first link, by its first member.
pub fn begin(by: &Identity, at: Timestamp, key: Bytes32) -> Link {
    let before = Bytes32(crate::vault::aead::random());
    let change = Change::Begin { member: by.member.clone() };
    Entry { before, by: by.member.name.clone(), at, epoch: 1, key, change }.signed(by)
}

/// The next link. `key` is the new data key's where it changes.
pub fn next(state: &State, by: &Identity, at: Timestamp, key: Option<Bytes32>, change: Change) -> Link {
    let epoch = state.epoch + u64::from(key.is_some());
    let key = key.unwrap_or(state.key);
    Entry { before: state.last(), by: by.member.name.clone(), at, epoch, key, change }.signed(by)
}

impl Entry {
    fn signed(self, by: &Identity) -> Link {
        let signature = by.sign(&self.text());
        Link { entry: self, signature }
    }

    /// What is signed. Every field is a text, a number or bytes of a fixed length, so one entry has one text.
    fn text(&self) -> Vec<u8> {
        let mut text = DOMAIN.to_vec();
        serde_json::to_writer(&mut text, self).expect("an entry is JSON");
        text
    }

    fn digest(&self) -> Bytes32 {
        Bytes32(Sha256::digest(self.text()).into())
    }
}
