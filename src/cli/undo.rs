//! `appctl undo`

use serde::Serialize;

use super::ui::{Outcome, Sheet, Ui, words};
use crate::app::{App, Operation, OperationId, Undone};
use crate::base::Result;
use crate::operations;

#[derive(clap::Args)]
#[command(after_help = "\
An undo is an operation too, so it can be undone. When something later touched the same records they are listed, and
nothing is changed.

Example: appctl undo 41")]
pub struct Args {
    /// The operation's number, as `appctl log` shows it
    operation: OperationId,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let target = operations::find(app, args.operation)?;
    // Nothing is lost without an answer: an undo can be undone.
    if ui.can_ask() {
        ui.confirmed(&format!("Undo operation {}, {}?", target.id, described(&target)))?;
    }
    let undone = operations::undo(app, args.operation)?;
    ui.outcome(&Report { undone: &undone, what: target.what })
}

/// `records delete tasks by ann: 2 deleted`
fn described(operation: &Operation) -> String {
    format!(
        "`{}` by {}{}",
        operation.what,
        operation.author,
        counts(operation.inserted, operation.updated, operation.deleted)
    )
}

fn counts(inserted: u64, updated: u64, deleted: u64) -> String {
    let parts = [(inserted, "new"), (updated, "changed"), (deleted, "deleted")];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, word)| format!("{} {word}", words::count(*count))).collect();
    if parts.is_empty() { String::new() } else { format!(": {}", parts.join(", ")) }
}

/// What was taken back, for `connections undo` too.
pub struct Report<'u> {
    pub undone: &'u Undone,
    pub what: String,
}

impl Serialize for Report<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.undone.serialize(serializer)
    }
}

impl Outcome for Report<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let Undone { operation, undid, inserted, updated, deleted } = self.undone;
        let counts = counts(*inserted, *updated, *deleted);
        Some(format!("undid operation {undid} (`{}`){counts}; `appctl undo {operation}` brings it back", self.what))
    }
}
