//! `appctl connections undo`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{ConnectionName, Result};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections;

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let undone = connections::undo(app, &args.name)?;
    ui.outcome(&undone)
}

impl Outcome for crate::app::Undone {
    fn sheet(&self) -> Sheet {
        let columns = ["operation", "undid", "inserted", "updated", "deleted"].map(Column::count);
        Sheet::list(
            columns,
            [vec![
                self.operation.into(),
                self.undid.into(),
                self.inserted.into(),
                self.updated.into(),
                self.deleted.into(),
            ]],
        )
    }

    fn shown(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let rows = [(self.deleted, "taken out"), (self.updated, "put back as they were"), (self.inserted, "brought back")];
        let parts: Vec<String> = rows
            .into_iter()
            .filter(|(rows, _)| *rows > 0)
            .map(|(rows, word)| format!("{} {word}", words::counted(rows, "record", "records")))
            .collect();
        let what = if parts.is_empty() { "no record was touched".to_owned() } else { parts.join(", ") };
        Some(format!("undid operation {}: {what}; take that back with `appctl undo {}`", self.undid, self.operation))
    }
}
