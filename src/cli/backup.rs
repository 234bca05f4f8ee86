//! `appctl backup`

use std::path::PathBuf;

use serde::Serialize;

use super::globals::Globals;
use super::ui::{Column, Outcome, Sheet, Ui, words};
use crate::app::BackupStep;
use crate::base::Result;
use crate::upkeep::{self, Backup};

#[derive(clap::Args)]
#[command(after_help = "\
The copy is one moment, made while others go on working, and counts only after it was opened, checked and compared with \
the store row by row. It is one SQLite file that any program can read. Secrets are not in it: they stay in the keyring.

Examples:
  appctl backup app-2026-11-23.db
  appctl backup app.db --yes --json --jq .sha256")]
pub struct Args {
    /// Where to put the copy
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    file: PathBuf,
}

pub fn run(globals: &Globals, ui: &mut Ui, args: &Args) -> Result<()> {
    upkeep::must_exist(&super::config(globals)?)?;
    let app = super::open(globals)?;
    app.store.check_backup_target(&args.file)?;
    let replace = args.file.is_file();
    if replace {
        ui.confirmed(&format!("Replace `{}`, which is there already?", args.file.display()))?;
    }
    let (interrupt, mut bar) = (ui.interrupted(), ui.progress());
    let mut tell = |step| match step {
        BackupStep::Copying { pages, of } => bar.show("copying", pages, Some(of), "pages"),
        BackupStep::Checking { rows } => bar.show("checking", rows, None, "rows"),
    };
    let backup = upkeep::backup(&app, &args.file, replace, &interrupt, &mut tell)?;
    drop(bar);
    if let Some(error) = &backup.not_noted {
        ui.warn(format!("`appctl doctor` will not know of it: {}", error.message))?;
    }
    ui.outcome(&Report { app: globals.app.as_str(), backup: &backup })
}

/// What is not in a copy.
const LEFT_OUT: [&str; 2] = ["secrets", "sync stages"];

struct Report<'b> {
    app: &'b str,
    backup: &'b Backup,
}

impl Serialize for Report<'_> {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        let copied = &self.backup.copied;
        serde_json::json!({
            "app": self.app,
            "file": copied.file,
            "tables": copied.tables,
            "records": copied.records,
            "bytes": copied.bytes,
            "seconds": self.backup.took.as_secs_f64(),
            "sha256": copied.sha256,
            "operation": copied.operation,
            "left_out": LEFT_OUT,
        })
        .serialize(to)
    }
}

impl Outcome for Report<'_> {
    fn sheet(&self) -> Sheet {
        let copied = &self.backup.copied;
        Sheet::thing([
            (Column::text("file"), copied.file.display().to_string().into()),
            (Column::count("tables"), copied.tables.into()),
            (Column::count("records"), copied.records.into()),
            (Column::count("bytes"), copied.bytes.into()),
            (Column::text("sha256"), copied.sha256.as_str().into()),
        ])
    }

    fn said(&self) -> Option<String> {
        let Backup { copied, took, .. } = self.backup;
        Some(format!(
            "backed up `{}`: {} in {}, {} in {}\nnot in it: secrets, which stay in the keyring, and pages of syncs on their way",
            self.app,
            words::counted(copied.records, "record", "records"),
            words::counted(copied.tables, "table", "tables"),
            words::bytes(copied.bytes),
            words::time(*took)
        ))
    }
}
