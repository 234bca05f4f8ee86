//! What a member saw last of a team vault, kept in the member's own vault: whoever puts an older or another file in its
//! place is found out.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::{Error, Kind, Result, Secret};
use crate::vault::Vault;

use super::chain::State;
use super::contents::Writes;
use super::document::Document;
use super::member::Bytes32;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    version: u32,
    pub id: Bytes32,
    /// How many changes the chain had
    pub changes: usize,
    /// The digest of the last of them
    last: Bytes32,
    pub revision: u64,
    #[serde(default)]
    writes: Writes,
}

/// How a file is not what became of the one that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Differs {
    /// Another vault
    Other,
    /// All of it was seen before
    Older,
    /// It holds what was not seen, and lacks what was: two wrote at once, and one file took the other's place
    Parted,
    /// The same with the members or the data key
    PartedChain,
}

impl Seen {
    pub fn of(state: &State, document: &Document) -> Seen {
        let (revision, writes) = (document.revision, document.writes.clone());
        Seen { version: 1, id: state.id(), changes: state.digests.len(), last: state.last(), revision, writes }
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

    /// Whether this file can be what became of the one that was seen.
    pub fn check(&self, state: &State, document: &Document) -> Result<(), Differs> {
        if state.id() != self.id {
            return Err(Differs::Other);
        }
        if state.digests.get(self.changes - 1).is_some_and(|digest| *digest != self.last) {
            return Err(Differs::PartedChain);
        }
        let counted_before = self.writes.is_empty() && document.revision < self.revision;
        let lacks = counted_before || state.digests.len() < self.changes || has_more(&self.writes, &document.writes);
        match (lacks, has_more(&document.writes, &self.writes) && !self.writes.is_empty()) {
            (false, _) => Ok(()),
            (true, false) => Err(Differs::Older),
            (true, true) => Err(Differs::Parted),
        }
    }

    /// Whether this is newer than the other.
    pub fn is_after(&self, other: &Seen) -> bool {
        (self.changes, self.revision) > (other.changes, other.revision) || has_more(&self.writes, &other.writes)
    }
}

/// Whether some of these writes are not among the others.
fn has_more(writes: &Writes, others: &Writes) -> bool {
    writes.iter().any(|(by, write)| others.get(by).is_none_or(|other| write > other))
}

/// Where a vault is, for a person: a file that is moved there from elsewhere was not seen there.
#[derive(Clone, Debug)]
pub struct Place {
    entry: String,
    digest: String,
}

impl Place {
    pub fn new(file: &std::path::Path, user: &str) -> Self {
        let folder = file.parent().and_then(|folder| folder.canonicalize().ok());
        let file = folder.map_or(file.to_owned(), |folder| folder.join(file.file_name().unwrap_or_default()));
        let digest = Sha256::digest(file.as_os_str().as_encoded_bytes());
        let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Place { entry: format!("team/{user}/seen/{digest}"), digest }
    }

    /// From here on nothing was seen there.
    pub fn forget(&self, own: &Vault) -> Result<()> {
        own.delete(&self.entry).map(drop)
    }

    /// What a copy of the file is called that this person keeps.
    pub fn copy(&self) -> String {
        format!("{}.vault", self.digest)
    }
}
