//! `appctl restore`

use std::path::PathBuf;

use serde::Serialize;

use super::globals::Globals;
use super::ui::{Outcome, Sheet, Ui, words};
use crate::base::{Clock, Result};
use crate::upkeep::{self, Restored};

#[derive(clap::Args)]
#[command(after_help = "\
The file is checked first and only read. An app that is there already goes aside, whole, and its place is named; with \
`--app NAME` the copy becomes an app of its own. Connections go on from where they were in the copy, and accounts ask for \
a sign-in where their secrets are not in this keyring.

Examples:
  appctl restore app-2026-11-23.db --app copy
  appctl restore app-2026-11-23.db --yes")]
pub struct Args {
    /// The file that `appctl backup` wrote
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
}

pub fn run(globals: &Globals, ui: &mut Ui, args: &Args) -> Result<()> {
    let config = super::config(globals)?;
    let clock = Clock::system();
    let mut bar = ui.progress();
    bar.step("checking the file");
    let ready = upkeep::check_backup(&config, &args.file, &clock, &ui.interrupted())?;
    drop(bar);
    if let Some(what) = upkeep::replaces(&config) {
        ui.confirmed(&format!("Put it in the place of app `{}` ({what})? The old one is kept aside.", config.app))?;
    }
    let restored = upkeep::put(&config, ready, &clock)?;
    ui.outcome(&Report { app: config.app.as_str(), file: args.file.display().to_string(), restored: &restored })
}

struct Report<'r> {
    app: &'r str,
    file: String,
    restored: &'r Restored,
}

impl Serialize for Report<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let Restored { holds, replaced, sign_in } = self.restored;
        serde_json::json!({
            "app": self.app,
            "file": self.file,
            "tables": holds.tables,
            "records": holds.records,
            "bytes": holds.bytes,
            "sha256": holds.sha256,
            "operation": holds.newest.map(|(id, _)| id),
            "migrated_from": holds.migrated_from,
            "replaced": replaced,
            "needs_sign_in": sign_in,
        })
        .serialize(to)
    }
}

impl Outcome for Report<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let Restored { holds, replaced, sign_in } = self.restored;
        let mut text = format!(
            "restored `{}`: {} in {}",
            self.app,
            words::counted(holds.records, "record", "records"),
            words::counted(holds.tables, "table", "tables"),
        );
        if let Some((id, at)) = holds.newest {
            text.push_str(&format!(", as of operation {id} ({at})"));
        }
        if let Some(version) = holds.migrated_from {
            text.push_str(&format!("\nbrought from version {version} of the store to this one; the file is as it was"));
        }
        if let Some(place) = replaced {
            text.push_str(&format!("\nthe old one is in `{}`", place.display()));
        }
        if !sign_in.is_empty() {
            let names = words::names(sign_in);
            let verb = if sign_in.len() == 1 { "needs" } else { "need" };
            text.push_str(&format!("\n{names} {verb} a sign-in: `appctl connections reauth NAME`"));
        }
        Some(text)
    }
}
