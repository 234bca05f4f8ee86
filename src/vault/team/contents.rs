//! What is in the box of a team vault: the secrets, each with the write that it came with, so that two copies that parted
//! can be put together without losing what only one of them has.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base::{Secret, Timestamp};
use crate::vault::file;

pub type Secrets = BTreeMap<String, Secret>;

/// How often each person wrote.
pub type Writes = BTreeMap<String, u64>;

/// The name under which the stamps lie among the secrets; no secret is called like this.
const STAMPS: &str = "";

/// The write that a secret came with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stamp {
    pub by: String,
    /// Which of their writes
    pub write: u64,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Default)]
pub struct Contents {
    pub secrets: Secrets,
    /// By the names of the secrets
    pub stamps: BTreeMap<String, Stamp>,
}

impl Contents {
    pub fn parse(plain: &[u8]) -> Option<Contents> {
        let mut secrets = file::parse(plain)?;
        let stamps = match secrets.remove(STAMPS) {
            Some(stamps) => serde_json::from_str(stamps.expose()).ok()?,
            None => BTreeMap::new(),
        };
        Some(Contents { secrets, stamps })
    }

    pub fn text(&self) -> Zeroizing<Vec<u8>> {
        let mut secrets = self.secrets.clone();
        let stamps = serde_json::to_string(&self.stamps).expect("stamps are JSON");
        secrets.insert(STAMPS.to_owned(), Secret::new(stamps));
        file::write(&secrets)
    }

    pub fn set(&mut self, name: &str, secret: Secret, stamp: Stamp) {
        self.secrets.insert(name.to_owned(), secret);
        self.stamps.insert(name.to_owned(), stamp);
    }

    pub fn remove(&mut self, name: &str) -> Option<Secret> {
        self.stamps.remove(name);
        self.secrets.remove(name)
    }

    /// Puts together what two copies hold, each with the writes that it knows of, and names the secrets that were changed in
    /// both: of those the later one is kept. Whichever copy is which, the result is the same.
    pub fn merged(one: (&Contents, &Writes), other: (&Contents, &Writes)) -> (Contents, Vec<String>) {
        let (mut merged, mut both) = (Contents::default(), Vec::new());
        let names: std::collections::BTreeSet<_> = one.0.secrets.keys().chain(other.0.secrets.keys()).collect();
        for name in names {
            let (here, there) = (one.0.stamps.get(name), other.0.stamps.get(name));
            let from = match (one.0.secrets.contains_key(name), other.0.secrets.contains_key(name)) {
                (true, false) if knows(other.1, here) => continue, // it was there, and was taken out
                (false, true) if knows(one.1, there) => continue,
                (true, false) => one.0,
                (false, true) => other.0,
                _ if here == there || knows(one.1, there) => one.0,
                _ if knows(other.1, here) => other.0,
                _ => {
                    both.push(name.clone());
                    let order = |stamp: Option<&Stamp>| stamp.map(|stamp| (stamp.at, stamp.by.clone()));
                    if order(here) > order(there) { one.0 } else { other.0 }
                }
            };
            merged.secrets.extend(from.secrets.get(name).map(|secret| (name.clone(), secret.clone())));
            merged.stamps.extend(from.stamps.get(name).map(|stamp| (name.clone(), stamp.clone())));
        }
        (merged, both)
    }
}

/// Whether whoever knows of these writes has seen this one. What has no stamp is older than all stamps.
fn knows(writes: &Writes, stamp: Option<&Stamp>) -> bool {
    stamp.is_none_or(|stamp| writes.get(&stamp.by).is_some_and(|write| *write >= stamp.write))
}
