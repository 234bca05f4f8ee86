//! One process at a time at a vault: gnome-keyring dies of many that write at once, and takes everybody's answers along;
//! of two that replace a file, the second would undo what the first did.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::time::Duration;

use crate::base::{Doing as _, Error, Kind, Result};

use super::limit;

/// Longest wait for the others; each of their calls takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until nobody else is at the vault that this file stands for. The turn ends when the file is dropped, or its
/// process dies.
pub fn take(file: &Path) -> Result<File> {
    wait(file, open(file, 0o600).doing(|| format!("locking `{}`", file.display()))?)
}

/// The same for a file that several users share: whoever its folder lets in may wait in line.
pub fn take_shared(file: &Path) -> Result<File> {
    let opened = open(file, 0o660).or_else(|error| match error.kind() {
        std::io::ErrorKind::PermissionDenied => File::open(file).map_err(|_| error),
        _ => Err(error),
    });
    wait(file, opened.doing(|| format!("locking `{}`", file.display()))?)
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "modes are Unix's"))]
fn open(file: &Path, mode: u32) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    options.open(file)
}

fn wait(file: &Path, held: File) -> Result<File> {
    let locking = format!("locking `{}`", file.display());
    if held.try_lock().is_ok() {
        return Ok(held);
    }
    let waited = limit::answer(&locking, PATIENCE, move || held.lock().map(|()| held))?;
    match waited {
        Some(lock) => lock.doing(|| &locking),
        None => Err(Error::new(Kind::Busy, "another process has been at the vault for too long")),
    }
}
