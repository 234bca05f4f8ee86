//! Who is let in and who is put out, by a member.

use serde::Serialize;

use crate::base::{Error, Kind, Result, Timestamp};

use super::chain::{self, Change, Joined};
use super::document::DataKey;
use super::member::{self, Member};
use super::{Opened, Team};

/// A member, as others know them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Known {
    pub name: String,
    pub fingerprint: String,
    pub added_by: String,
    pub added_at: Timestamp,
    /// Whether it is the person who asks
    pub you: bool,
}

/// Who was put out.
#[derive(Clone, Debug, PartialEq)]
pub struct Removed {
    pub name: String,
    /// The names of the secrets that they knew
    pub knew: Vec<String>,
    pub epoch: u64,
}

impl Team {
    /// Whom a request would let in; `Kind::Usage` for a line that is none.
    pub fn requested(&self, request: &str) -> Result<Known> {
        let member = Member::parse_request(request)?;
        Ok(Known {
            fingerprint: member.fingerprint(),
            name: member.name,
            added_by: String::new(),
            added_at: Timestamp::default(),
            you: false,
        })
    }

    /// Lets in who made the request. `Kind::Conflict` when their name or key is a member's.
    pub fn admit(&self, request: &str, now: Timestamp) -> Result<Known> {
        let member = Member::parse_request(request)?;
        self.write(|opened| {
            check_new(opened, &member)?;
            push(opened, now, None, Change::Admit { member: member.clone() })?;
            Ok(self.known(opened.state.member(&member.name).expect("they were let in just now")))
        })
    }

    /// Puts a member out: the data key is replaced, so that they read nothing that is kept from now on. `Kind::NotFound`
    /// when nobody has this name, `Kind::Usage` for oneself.
    pub fn remove(&self, name: &str, now: Timestamp) -> Result<Removed> {
        self.write(|opened| {
            if opened.state.member(name).is_none() {
                return Err(Error::not_found(format!("no member of the team vault is called `{name}`"))
                    .hint("see `appctl vault members list`"));
            }
            if name == opened.identity.member.name {
                return Err(Error::usage("nobody can remove themselves: somebody must be left who knows the new key")
                    .hint("ask another member to run `appctl vault members remove`"));
            }
            push(opened, now, Some(DataKey::new()), Change::Remove { name: name.to_owned() })?;
            let knew = opened.contents.secrets.keys().cloned().collect();
            Ok(Removed { name: name.to_owned(), knew, epoch: opened.state.epoch })
        })
    }

    /// Replaces the data key, and says which one it is now.
    pub fn rotate(&self, now: Timestamp) -> Result<u64> {
        self.write(|opened| {
            push(opened, now, Some(DataKey::new()), Change::Rotate)?;
            Ok(opened.state.epoch)
        })
    }

    /// The members, in the order in which they came.
    pub fn members(&self) -> Result<Vec<Known>> {
        Ok(self.open()?.state.members.iter().map(|joined| self.known(joined)).collect())
    }

    pub(super) fn known(&self, joined: &Joined) -> Known {
        Known {
            name: joined.member.name.clone(),
            fingerprint: joined.member.fingerprint(),
            added_by: joined.added_by.clone(),
            added_at: joined.added_at,
            you: joined.member.name == self.user,
        }
    }
}

fn check_new(opened: &Opened, member: &Member) -> Result<()> {
    member::check_name(&member.name)?;
    let name = &member.name;
    let Some(known) =
        opened.state.members.iter().find(|known| known.member.name == *name || known.member.sign == member.sign)
    else {
        return Ok(());
    };
    if known.member == *member {
        return Err(Error::new(Kind::Conflict, format!("`{name}` is a member already")));
    }
    if known.member.name == *name {
        return Err(Error::new(Kind::Conflict, format!("another key is let in as `{name}`")).hint(format!(
            "let them ask under another name (`APPCTL_USER`), or run `appctl vault members remove {name}` first"
        )));
    }
    Err(Error::new(Kind::Conflict, format!("the key of `{name}` is let in as `{}`", known.member.name)))
}

/// Adds a change to the chain, with a new data key where one is given, and seals the key to whoever is a member then.
fn push(opened: &mut Opened, now: Timestamp, key: Option<DataKey>, change: Change) -> Result<()> {
    let mark = key.as_ref().map(DataKey::mark);
    opened.document.chain.push(chain::next(&opened.state, &opened.identity, now, mark, change));
    if let Some(key) = key {
        opened.key = key;
    }
    opened.state = chain::follow(&opened.document.chain)
        .map_err(|why| Error::failed(format!("the team vault cannot be changed like this: {why}")))?;
    opened.document.share(&opened.state, &opened.key)
}
