//! The operating system's keyring, one small entry at a time, and its many errors in our words.

use keyring_core::{Entry, Error as Trouble};

use crate::base::{Error, Kind, Result};

use super::slots::Entries;

/// Under which our entries stand in the keyring; the name of the entry is the "user".
const SERVICE: &str = "appctl";

pub const WAYS_OUT: &str = "start and unlock a keyring (on a server: `gnome-keyring-daemon --unlock` in a D-Bus session), \
keep secrets in a sealed file (`APPCTL_VAULT=file`, see `appctl help environment`), or give the secret with each command in the environment, as `APPCTL_TOKEN_` and the account's label";

/// An open keyring. Opening takes about 40 ms the first time in a process, so it is left until a secret is needed.
pub struct Keyring(());

impl Keyring {
    pub fn open() -> Result<Self> {
        match keyring::Entry::store_status() {
            Ok(()) => Ok(Keyring(())),
            Err(trouble) => {
                Err(Error::failed(format!("there is no keyring here ({})", first_line(&trouble.to_string())))
                    .hint(WAYS_OUT))
            }
        }
    }

    fn entry(name: &str) -> Result<Entry> {
        Entry::new(SERVICE, name).map_err(|trouble| explain(&trouble))
    }
}

impl Entries for Keyring {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match Keyring::entry(name)?.get_secret() {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Trouble::NoEntry) => Ok(None),
            Err(trouble) => Err(explain(&trouble)),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
        Keyring::entry(name)?.set_secret(bytes).map_err(|trouble| explain(&trouble))
    }

    fn remove(&self, name: &str) -> Result<bool> {
        match Keyring::entry(name)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Trouble::NoEntry) => Ok(false),
            Err(trouble) => Err(explain(&trouble)),
        }
    }
}

/// Only the kinds of trouble that a person can tell apart; some variants carry the secret's bytes, so none is printed whole.
fn explain(trouble: &Trouble) -> Error {
    match trouble {
        Trouble::NoStorageAccess(_) => {
            Error::new(Kind::Denied, "the keyring is locked, or its unlocking was refused").hint(WAYS_OUT)
        }
        Trouble::Ambiguous(_) => Error::failed("the keyring holds several secrets under one name")
            .hint("remove the doubled `appctl` entries with the keyring's own program"),
        Trouble::TooLong(what, most) => Error::failed(format!("the keyring takes only {most} bytes for {what}")),
        Trouble::BadEncoding(_) | Trouble::BadDataFormat(..) => {
            Error::new(Kind::Corrupt, "the keyring's entry is damaged")
        }
        Trouble::PlatformFailure(cause) => {
            Error::failed(format!("the keyring failed ({})", first_line(&cause.to_string()))).hint(WAYS_OUT)
        }
        Trouble::NoDefaultStore | Trouble::NotSupportedByStore(_) => {
            Error::failed("there is no keyring here").hint(WAYS_OUT)
        }
        _ => Error::failed("the keyring failed").hint(WAYS_OUT),
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
