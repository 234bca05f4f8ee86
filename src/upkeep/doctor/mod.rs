//! What is wrong, and what to do about it. Every check reads only; it works on a store that does not open too.

use serde::Serialize;

use crate::app::{self, App, Depth, Inspection};
use crate::base::{Clock, Error, Interrupt, Result};
use crate::config::Config;

mod file;
mod place;
mod program;
mod work;

/// How one thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Ok,
    /// Nothing is lost yet
    Warning,
    Problem,
}

impl Verdict {
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Ok => "ok",
            Verdict::Warning => "warning",
            Verdict::Problem => "problem",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    pub check: &'static str,
    pub status: Verdict,
    pub message: String,
    /// What to do: a command where one does it
    pub fix: Option<String>,
}

impl Check {
    fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Check { check, status: Verdict::Ok, message: message.into(), fix: None }
    }

    fn warning(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Check { check, status: Verdict::Warning, message: message.into(), fix: Some(fix.into()) }
    }

    fn problem(check: &'static str, message: impl Into<String>, fix: impl Into<String>) -> Self {
        Check { check, status: Verdict::Problem, message: message.into(), fix: Some(fix.into()) }
    }

    /// A check that could not be made.
    fn failed(check: &'static str, error: &Error) -> Self {
        let fix = error.hint.clone();
        Check { check, status: Verdict::Problem, message: error.message.clone(), fix }
    }
}

/// Everything that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub app: String,
    pub file: String,
    pub problems: usize,
    pub warnings: usize,
    pub checks: Vec<Check>,
}

impl Report {
    fn new(config: &Config, checks: Vec<Check>) -> Self {
        let count = |status| checks.iter().filter(|check| check.status == status).count();
        Report {
            app: config.app.to_string(),
            file: config.app_file().display().to_string(),
            problems: count(Verdict::Problem),
            warnings: count(Verdict::Warning),
            checks,
        }
    }
}

/// Looks at everything: this program, the place, the file, the work that is done in it, and the keyring.
pub fn doctor(config: &Config, clock: &Clock, depth: Depth, interrupt: &Interrupt) -> Result<Report> {
    let mut checks = vec![program::sqlite()];
    checks.extend(program::others(&crate::config::program_folders()));
    checks.extend(place::checks(config));
    if !config.app_file().exists() {
        checks.push(Check::ok("store", format!("there is no app `{}` yet; the first command makes it", config.app)));
        checks.push(program::keyring(config, false));
        return Ok(Report::new(config, checks));
    }
    checks.push(file::programs(config));
    checks.push(file::log(config));
    let found = app::inspect(&config.app_folder(), depth, interrupt);
    interrupt.check()?;
    checks.push(file::store(config, &found, depth));
    checks.push(file::clock(clock, found.as_ref().ok().and_then(Option::as_ref)));
    checks.extend(work::backups(config, clock, found.as_ref().ok().and_then(Option::as_ref)));
    checks.extend(work::leftovers(config, found.as_ref().ok().and_then(Option::as_ref)));
    let app = found.as_ref().ok().and_then(Option::as_ref).filter(|found| is_sound(found));
    match app.map(|_| App::open_read_only(config.clone(), clock.clone())) {
        Some(Ok(app)) => {
            checks.extend(work::runs(&app));
            let accounts = work::accounts(&app);
            let needed = accounts.iter().any(|check| check.check == "account");
            checks.push(program::keyring(config, needed));
            checks.extend(program::team(&app, work::has_team_accounts(&app)));
            checks.extend(accounts);
        }
        Some(Err(error)) => checks.push(Check::failed("store", &error)),
        None => checks.push(program::keyring(config, false)),
    }
    Ok(Report::new(config, checks))
}

/// What can be told in a few milliseconds, for `status`: without reading every page, and without the keyring.
pub(super) fn quick(config: &Config, clock: &Clock, newest: Option<crate::base::Timestamp>) -> Vec<Check> {
    let mut checks = vec![program::sqlite()];
    checks.extend(place::checks(config));
    checks.push(file::log(config));
    checks.push(file::clock_since(clock, newest));
    checks.retain(|check| check.status != Verdict::Ok);
    checks
}

/// Whether the file can be read by this program as it is.
fn is_sound(found: &Inspection) -> bool {
    found.problems.is_empty() && matches!(found.kin, app::Kin::Ours { version } if version == app::STORE_VERSION)
}
