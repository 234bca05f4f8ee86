//! One process at a time at a vault: gnome-keyring dies of many that write at once, and takes everybody's answers along;
//! of two that replace a file, the second would undo what the first did.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use crate::base::{Doing as _, Error, Kind, Result};

use super::limit;

/// Longest wait for the others; each of their calls takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until nobody else is at the vault that this file stands for. The turn ends when the file is dropped, or its process dies.
pub fn take(file: &Path) -> Result<File> {
    let locking = format!("locking `{}`", file.display());
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let held = options.open(file).doing(|| &locking)?;
    if held.try_lock().is_ok() {
        return Ok(held);
    }
    let waited = limit::answer(&locking, PATIENCE, move || held.lock().map(|()| held))?;
    match waited {
        Some(lock) => lock.doing(|| &locking),
        None => Err(Error::new(Kind::Busy, "another process has been at the vault for too long")),
    }
}
