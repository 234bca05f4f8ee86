//! Where secrets are: the keyring of the operating system, or memory for tests and `demo`. The only user of keyring.
//! It knows names and bytes; whose secret it is, and that the environment may give one instead, is known to `accounts`.
//! There is no file and no fallback: what cannot be kept in the keyring is not kept.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, Result, Secret};

mod keyring;
mod limit;
mod slots;
mod turn;

/// A place for secrets. A clone is the same place.
#[derive(Clone)]
pub struct Vault(Place);

#[derive(Clone)]
enum Place {
    /// With the file that processes take turns by
    Keyring(PathBuf),
    Memory(Arc<Mutex<HashMap<String, Secret>>>),
}

impl Vault {
    /// The keyring: Secret Service on Linux, Keychain on macOS, Credential Manager on Windows. Nothing is opened yet.
    /// Processes take turns by a lock on the file `turns`, which is made when it is not there.
    pub fn keyring(turns: impl Into<PathBuf>) -> Self {
        Vault(Place::Keyring(turns.into()))
    }

    /// Forgotten with its last clone.
    pub fn memory() -> Self {
        Vault(Place::Memory(Arc::default()))
    }

    /// The secret of this name; `None` when there is none. `Kind::Denied` for a locked keyring, `Kind::Failed` for one
    /// that is missing or gives no answer within three seconds, both with the ways out in the hint.
    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        match &self.0 {
            Place::Memory(secrets) => Ok(lock(secrets).get(name).cloned()),
            Place::Keyring(turns) => {
                let _turn = turn::take(turns)?;
                let name = name.to_owned();
                limit::within("reading from the keyring", move || slots::get(&keyring::Keyring::open()?, &name))
            }
        }
    }

    /// Keeps the secret under this name, in place of an older one: whoever is interrupted keeps the old one whole. Holds
    /// up to 64 KiB. Errors as for `get`.
    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        match &self.0 {
            Place::Memory(secrets) => {
                lock(secrets).insert(name.to_owned(), secret.clone());
                Ok(())
            }
            Place::Keyring(turns) => {
                let _turn = turn::take(turns)?;
                let (name, secret) = (name.to_owned(), secret.clone());
                limit::within("writing to the keyring", move || slots::set(&keyring::Keyring::open()?, &name, &secret))
            }
        }
    }

    /// Forgets the secret and says whether there was one. Errors as for `get`.
    pub fn delete(&self, name: &str) -> Result<bool> {
        match &self.0 {
            Place::Memory(secrets) => Ok(lock(secrets).remove(name).is_some()),
            Place::Keyring(turns) => {
                let _turn = turn::take(turns)?;
                let name = name.to_owned();
                limit::within("deleting from the keyring", move || slots::delete(&keyring::Keyring::open()?, &name))
            }
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
            _ => Err(Error::failed("the keyring does not keep what it is given").hint(keyring::WAYS_OUT)),
        }
    }

    /// What it is called where its state is shown: `keyring`, `memory`.
    pub fn word(&self) -> &'static str {
        match &self.0 {
            Place::Keyring(_) => "keyring",
            Place::Memory(_) => "memory",
        }
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({})", self.word())
    }
}

fn lock(secrets: &Mutex<HashMap<String, Secret>>) -> std::sync::MutexGuard<'_, HashMap<String, Secret>> {
    // A map is whole after every insert and remove, whoever panicked meanwhile.
    secrets.lock().unwrap_or_else(PoisonError::into_inner)
}
