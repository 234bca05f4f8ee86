//! The file of a team vault: JSON with the chain of its members, the data key sealed to each of them, and the secrets'
//! box. Sealed and signed, so it may lie in a folder that others can write to.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base::{Error, Result};
use crate::vault::aead;

use super::chain::{self, Link, State};
use super::contents::{Contents, Writes};
use super::member::{Bytes32, Identity};

const VERSION: u32 = 1;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    appctl_team_vault: u32,
    pub chain: Vec<Link>,
    /// The data key, sealed to each member, by name
    pub keys: BTreeMap<String, String>,
    /// Counts the writes
    pub revision: u64,
    /// The same for each who wrote: what is missing in a file that took another's place is found by it
    #[serde(default, skip_serializing_if = "Writes::is_empty")]
    pub writes: Writes,
    #[serde(rename = "box")]
    sealed: String,
}

/// Why a document cannot be used.
pub enum Trouble {
    /// In a few words
    Damaged(&'static str),
    /// A version that this program does not know
    Version,
}

impl Document {
    pub fn new(first: Link) -> Self {
        let keys = BTreeMap::new();
        let (writes, sealed) = (Writes::new(), String::new());
        Document { appctl_team_vault: VERSION, chain: vec![first], keys, revision: 0, writes, sealed }
    }

    /// Reads the file's bytes, and follows the chain.
    pub fn parse(bytes: &[u8]) -> Result<(Document, State), Trouble> {
        #[derive(Deserialize)]
        struct Version {
            appctl_team_vault: u32,
        }
        let version: Version =
            serde_json::from_slice(bytes).map_err(|_| Trouble::Damaged("it cannot be read as a team vault"))?;
        if version.appctl_team_vault != VERSION {
            return Err(Trouble::Version);
        }
        let document: Document =
            serde_json::from_slice(bytes).map_err(|_| Trouble::Damaged("it cannot be read as a team vault"))?;
        let state = chain::follow(&document.chain).map_err(Trouble::Damaged)?;
        Ok((document, state))
    }

    pub fn text(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec_pretty(self).expect("a document is JSON");
        text.push(b'\n');
        text
    }

    /// The data key, which is sealed to this member and is the one that the chain names.
    pub fn data_key(&self, state: &State, identity: &Identity) -> Option<DataKey> {
        let opened = identity.open(self.keys.get(&identity.member.name)?)?;
        let key = DataKey(Zeroizing::new(opened.as_slice().try_into().ok()?));
        (key.mark() == state.key).then_some(key)
    }

    /// Seals the data key to every member of the chain, and to nobody else.
    pub fn share(&mut self, state: &State, key: &DataKey) -> Result<()> {
        let members = state.members.iter().map(|joined| &joined.member);
        self.keys = members.map(|member| Ok((member.name.clone(), member.seal(&*key.0)?))).collect::<Result<_>>()?;
        Ok(())
    }

    pub fn open(&self, state: &State, key: &DataKey) -> Option<Contents> {
        let sealed = BASE64.decode(&self.sealed).ok()?;
        Contents::parse(&aead::open(&key.0, &self.head(state), &sealed)?)
    }

    /// Puts the secrets into the box, as the next revision, by this member.
    pub fn close(&mut self, by: &str, state: &State, key: &DataKey, contents: &Contents) {
        self.revision += 1;
        *self.writes.entry(by.to_owned()).or_default() += 1;
        self.sealed = BASE64.encode(aead::seal(&key.0, &self.head(state), &contents.text()));
    }

    /// What stands beside the box: a box from another vault, another past or another moment does not open here.
    fn head(&self, state: &State) -> Vec<u8> {
        let numbers = [state.epoch.to_be_bytes(), self.revision.to_be_bytes()].concat();
        let writes =
            if self.writes.is_empty() { Vec::new() } else { serde_json::to_vec(&self.writes).expect("it is JSON") };
        [b"appctl team vault box 1\n".as_slice(), &state.id().0, &state.last().0, &numbers, &writes].concat()
    }
}

/// What the box is sealed with.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; aead::KEY]>);

impl DataKey {
    pub fn new() -> Self {
        DataKey(Zeroizing::new(aead::random()))
    }

    /// Tells this key from others without giving it away.
    pub fn mark(&self) -> Bytes32 {
        Bytes32(*aead::derive(&*self.0, b"", b"appctl team vault key mark 1"))
    }
}

impl Trouble {
    pub fn into_error(self, file: &std::path::Path) -> Error {
        let file = file.display();
        match self {
            Trouble::Damaged(why) => super::trouble::distrusted(&file.to_string(), why),
            Trouble::Version => Error::failed(format!("`{file}` was written by another version of appctl"))
                .hint("update appctl, or use the version that wrote it"),
        }
    }
}
