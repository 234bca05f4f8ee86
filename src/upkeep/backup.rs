//! A verified copy of the app, made while others work.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::app::{App, BackupStep, Copied};
use crate::base::{Error, Interrupt, Result};

/// A copy that was made.
#[derive(Clone, Debug)]
pub struct Backup {
    pub copied: Copied,
    pub took: Duration,
    /// Why `doctor` will not know of it, when it could not be noted beside the store
    pub not_noted: Option<Error>,
}

/// Copies the app into `target`, verifies the copy and only then puts it there; `replace` allows a file of that name to go.
///
/// What is not in a copy: secrets, which stay in the keyring, and the pages of runs that are on their way.
pub fn backup(
    app: &App,
    target: &Path,
    replace: bool,
    interrupt: &Interrupt,
    tell: &mut dyn FnMut(BackupStep),
) -> Result<Backup> {
    let began = Instant::now();
    let copied = app.store.backup(target, replace, interrupt, tell)?;
    let not_noted = app.store.note_backup(&copied).err();
    Ok(Backup { copied, took: began.elapsed(), not_noted })
}
