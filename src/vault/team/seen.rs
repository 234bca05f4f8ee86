//! What a member saw last of a team vault, kept in the member's own vault: whoever puts an older or another file in its
//! place is found out.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::{Error, Kind, Result, Secret};
use crate::vault::Vault;

use super::chain::State;
use super::member::Bytes32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    version: u32,
    pub id: Bytes32,
    /// How many changes the chain had
    pub changes: usize,
    /// The digest of the last of them
    last: Bytes32,
    pub revision: u64,
}

impl Seen {
    pub fn of(state: &State, revision: u64) -> Seen {
        Seen { version: 1, id: state.id(), changes: state.digests.len(), last: state.last(), revision }
    }

    /// What was seen in this place; `None` when this person never joined the vault there.
    pub fn find(own: &Vault, place: &Place) -> Result<Option<Seen>> {
        let Some(kept) = own.get(&place.entry)? else { return Ok(None) };
        let damaged =
            || Error::new(Kind::Corrupt, format!("what the {} knows of the team vault is damaged", own.word()));
        let seen: Seen = serde_json::from_str(kept.expose()).map_err(|_| damaged())?;
        Ok(Some(seen))
    }

    pub fn keep(&self, own: &Vault, place: &Place) -> Result<()> {
        own.set(&place.entry, &Secret::new(serde_json::to_string(self).expect("it is JSON")))
    }

    /// Whether this file can be what became of the one that was seen; says in a few words why not.
    pub fn check(&self, state: &State, revision: u64) -> Result<(), &'static str> {
        if state.id() != self.id {
            return Err(
                "it is another vault than the one that was joined (if your team began anew: `appctl vault join VAULT`)",
            );
        }
        if state.digests.len() < self.changes || revision < self.revision {
            return Err("it is older than what was seen last");
        }
        if state.digests[self.changes - 1] != self.last {
            return Err("its past is another than what was seen last");
        }
        Ok(())
    }

    /// Whether this is newer than the other.
    pub fn is_after(&self, other: &Seen) -> bool {
        (self.changes, self.revision) > (other.changes, other.revision)
    }
}

/// Where a vault is, for a person: a file that is moved there from elsewhere was not seen there.
#[derive(Clone, Debug)]
pub struct Place {
    entry: String,
}

impl Place {
    pub fn new(file: &std::path::Path, user: &str) -> Self {
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        let file = folder.map_or(file.to_owned(), |folder| folder.join(file.file_name().unwrap_or_default()));
        let digest = Sha256::digest(file.as_os_str().as_encoded_bytes());
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Place { entry: format!("team/{user}/seen/{digest}") }
    }
}
