//! A copy in the place of an app, or beside it under another name.

use std::path::{Path, PathBuf};

use crate::accounts;
use crate::app::{self, App, Holds, Present, Ready};
use crate::base::{Clock, Interrupt, Kind, Result};
use crate::config::Config;

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    pub holds: Holds,
    /// Where the app is that was there before
    pub replaced: Option<PathBuf>,
    /// Labels of accounts whose secrets are not here
    pub sign_in: Vec<String>,
}

/// Checks a file and makes it ready to be put in the app's place. Nothing is changed yet.
pub fn check(config: &Config, file: &Path, clock: &Clock, interrupt: &Interrupt) -> Result<Ready> {
    app::prepare_restore(&config.app_folder(), file, clock, interrupt)
}

/// What of value would go aside, in words; `None` when there is nothing.
pub fn replaces(config: &Config) -> Option<String> {
    match app::present(&config.app_folder()) {
        Present::Nothing | Present::Empty => None,
        Present::Data { tables: 1 } => Some("1 table".to_owned()),
        Present::Data { tables } => Some(format!("{tables} tables")),
        Present::Unreadable(_) => Some("a store that cannot be read".to_owned()),
    }
}

/// Puts what was checked in its place, in one step.
///
/// `Kind::Busy` when another program has the app open; then nothing is changed.
pub fn put(config: &Config, ready: Ready, clock: &Clock) -> Result<Restored> {
    let holds = ready.holds.clone();
    let replaced = ready.put(clock.now())?;
    let sign_in = sign_in(config, clock).unwrap_or_default();
    Ok(Restored { holds, replaced, sign_in })
}

/// The restored accounts that have no secret here. The file is in its place already, so a failure to look is none.
fn sign_in(config: &Config, clock: &Clock) -> Result<Vec<String>> {
    let app = App::open_read_only(config.clone(), clock.clone())?;
    let missing =
        |account: &accounts::Account| accounts::secret(&app, account).is_err_and(|error| error.kind == Kind::SignIn);
    Ok(accounts::list(&app)?.into_iter().filter(missing).map(|account| account.label.to_string()).collect())
}
