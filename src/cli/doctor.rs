//! `appctl doctor`

use serde::Serialize;

use super::globals::Globals;
use super::ui::{Outcome, Sheet, Ui, words};
use crate::app::Depth;
use crate::base::{Clock, Error, Result};
use crate::upkeep::{self, Verdict};

#[derive(clap::Args)]
#[command(after_help = "\
Looks at SQLite's version, rights, the file system, room, the log, whether the file is whole, the clock, backups, runs, \
leftovers, the keyring and accounts. It changes nothing, and works on a damaged store too. Fails with status 1 when there \
is a problem; warnings do not count.

Examples:
  appctl doctor
  appctl doctor --deep --json --jq '.checks[] | select(.status == \"problem\").fix'")]
pub struct Args {
    /// Compare every index with its table too
    #[arg(long)]
    deep: bool,
}

pub fn run(globals: &Globals, ui: &mut Ui, args: &Args) -> Result<()> {
    let config = super::config(globals)?;
    let depth = if args.deep { Depth::Deep } else { Depth::Quick };
    let mut bar = ui.progress();
    bar.step("checking the store");
    let report = upkeep::doctor(&config, &Clock::system(), depth, &ui.interrupted())?;
    drop(bar);
    ui.outcome(&Shown(&report))?;
    let mut problems = report.checks.iter().filter(|check| check.status == Verdict::Problem);
    let Some(first) = problems.next() else { return Ok(()) };
    let count = words::counted(report.problems as u64, "problem", "problems");
    let error = Error::failed(format!("{count}: {}", first.message));
    Err(match &first.fix {
        Some(fix) => error.hint(fix),
        None => error,
    })
}

#[derive(Serialize)]
#[serde(transparent)]
struct Shown<'r>(&'r upkeep::Report);

impl Outcome for Shown<'_> {
    fn sheet(&self) -> Sheet {
        let rows = self.0.checks.iter().map(|check| {
            vec![
                check.check.into(),
                check.status.word().into(),
                check.message.as_str().into(),
                check.fix.clone().into(),
            ]
        });
        Sheet::list(["check", "status", "found", "fix"], rows)
    }

    fn said(&self) -> Option<String> {
        match (self.0.problems, self.0.warnings) {
            (0, 0) => Some("all is well".to_owned()),
            (0, warnings) => Some(format!("no problem, {}", words::counted(warnings as u64, "warning", "warnings"))),
            _ => None,
        }
    }
}
