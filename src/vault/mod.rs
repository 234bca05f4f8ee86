//! Where secrets are: the keyring of the operating system, a sealed file for who asks for one, a file that a team shares,
//! or memory for tests and `demo`. The only user of keyring. It knows names and bytes; whose secret it is, and that the environment may give one
//! instead, is known to `accounts`. There is no fallback: what cannot be kept where it should be is not kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, Result, Secret};

use file::SealedFile;
use ring::Ring;

mod aead;
mod disk;
mod file;
mod keyring;
mod limit;
mod ring;
mod slots;
mod team;
mod turn;

pub use team::{Known, Look, Merged, Removed, Standing, Team};

/// Longest secret, in bytes.
const LONGEST: usize = 64 << 10;

/// A place for secrets. A clone is the same place.
#[derive(Clone)]
pub struct Vault(Place);

#[derive(Clone)]
enum Place {
    Keyring(Ring),
    File(SealedFile),
    Team(Arc<Team>),
    Memory(Arc<Mutex<HashMap<String, Secret>>>),
}

impl Vault {
    /// The keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Nothing is opened yet.
    /// Processes take turns by a lock on the file `turns`, which is made when it is not there.
    pub fn keyring(turns: impl Into<PathBuf>) -> Self {
        Vault(Place::Keyring(Ring::new(turns.into())))
    }

    /// The sealed file `path`, made with the first secret; its key are the bytes of `key_file`, at least 32 and readable by
    /// nobody else. Processes take turns by a lock beside it.
    pub fn file(path: impl Into<PathBuf>, key_file: impl Into<PathBuf>) -> Self {
        Vault(Place::File(SealedFile::new(path.into(), key_file.into())))
    }

    /// The file that a team shares, as this person sees it, whose own keys are in `own`. It is begun and joined through
    /// `as_team`; until then `get` and `set` are `Kind::Denied` with what to do.
    pub fn team(path: impl Into<PathBuf>, user: impl Into<String>, own: Vault) -> Self {
        Vault(Place::Team(Arc::new(Team::new(path.into(), user.into(), own, None))))
    }

    /// The same for a file in a folder that several machines write to: what this person writes or reads is kept in the folder
    /// `copies` as well, sealed like the file, in case another machine's file takes its place.
    pub fn team_with_copies(
        path: impl Into<PathBuf>,
        user: impl Into<String>,
        own: Vault,
        copies: impl Into<PathBuf>,
    ) -> Self {
        Vault(Place::Team(Arc::new(Team::new(path.into(), user.into(), own, Some(copies.into())))))
    }

    /// The team vault's own side: its members. `Kind::Usage` where secrets are in memory.
    pub fn as_team(&self) -> Result<&Team> {
        match &self.0 {
            Place::Team(team) => Ok(team),
            _ => Err(Error::usage("with `APPCTL_VAULT=memory` there is no team vault")
                .hint("leave `APPCTL_VAULT` unset for the keyring, or set it to `file`")),
        }
    }

    /// Forgotten with its last clone.
    pub fn memory() -> Self {
        Vault(Place::Memory(Arc::default()))
    }

    /// The secret of this name; `None` when there is none. `Kind::Denied` for a locked keyring or a key that does not open
    /// the file, `Kind::Corrupt` for a damaged file, `Kind::Failed` for a keyring that is missing or gives no answer within
    /// three seconds, each with the ways out in the hint.
    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        match &self.0 {
            Place::Memory(secrets) => Ok(lock(secrets).get(name).cloned()),
            Place::File(file) => file.get(name),
            Place::Team(team) => team.get(name),
            Place::Keyring(ring) => ring.get(name),
        }
    }

    /// The same for whoever can do with what this process read of the keyring before, as long as no process of this home
    /// has written to it since: opening it takes time, and on some systems a question to the person.
    pub fn recent(&self, name: &str) -> Result<Option<Secret>> {
        match &self.0 {
            Place::Keyring(ring) => ring.recent(name),
            _ => self.get(name),
        }
    }

    /// Keeps the secret under this name, in place of an older one: whoever is interrupted keeps the old one whole. Holds
    /// up to 64 KiB. Errors as for `get`.
    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        check_length(secret)?;
        match &self.0 {
            Place::File(file) => file.set(name, secret),
            Place::Team(team) => team.set(name, secret),
            Place::Memory(secrets) => {
                lock(secrets).insert(name.to_owned(), secret.clone());
                Ok(())
            }
            Place::Keyring(ring) => ring.set(name, secret),
        }
    }

    /// Forgets the secret and says whether there was one. Errors as for `get`.
    pub fn delete(&self, name: &str) -> Result<bool> {
        match &self.0 {
            Place::Memory(secrets) => Ok(lock(secrets).remove(name).is_some()),
            Place::File(file) => file.delete(name),
            Place::Team(team) => team.delete(name),
            Place::Keyring(ring) => ring.delete(name),
        }
    }

    /// Whether a secret could be kept, found out by keeping one: a locked Secret Service says so only when it is written
    /// to. Ask before a person is sent to sign in. Errors as for `get`.
    pub fn probe(&self) -> Result<()> {
        let name = format!("probe/{:016x}", rand::random::<u64>());
        let secret = Secret::new(&name[6..]);
        self.set(&name, &secret)?;
        let read = self.get(&name);
        self.delete(&name)?;
        match read? {
            Some(read) if read.expose() == secret.expose() => Ok(()),
            _ => {
                Err(Error::failed(format!("the {} does not keep what it is given", self.word()))
                    .hint(keyring::WAYS_OUT))
            }
        }
    }

    /// What it is called where its state is shown: `keyring`, `file`, `team vault`, `memory`.
    pub fn word(&self) -> &'static str {
        match &self.0 {
            Place::Keyring(..) => "keyring",
            Place::File(_) => "file",
            Place::Team(_) => "team vault",
            Place::Memory(_) => "memory",
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.word())
    }
}

/// All places hold the same, so that a secret can move from one to another.
fn check_length(secret: &Secret) -> Result<()> {
    match secret.expose().len() {
        0..=LONGEST => Ok(()),
        bytes => Err(Error::usage(format!("a secret of {bytes} bytes is too long to be kept"))),
    }
}

fn lock(secrets: &Mutex<HashMap<String, Secret>>) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
    // A map is whole after every insert and remove, whoever panicked meanwhile.
    secrets.lock().unwrap_or_else(PoisonError::into_inner)
}
