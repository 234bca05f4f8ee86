//! `appctl records history`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::changes::{FieldShown, shown_fields, text_of};
use crate::app::{App, Step};
use crate::base::{FieldType, Result, Table, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::{records, tables};

#[derive(clap::Args)]
#[command(after_help = "\
The newest change comes first. Records that came with many others (a first sync, an import) say in which operation.

Example: appctl records history tasks 12")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The record's id: its key, with commas between several fields
    #[arg(allow_negative_numbers = true)]
    id: String,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let history = records::history(app, &table, &args.id)?;
    let changes = history.steps.into_iter().map(|step| Line::of(&table, step)).collect();
    ui.outcome(&Changes { changes, complete: history.complete })
}

#[derive(Serialize)]
#[serde(transparent)]
struct Changes {
    changes: Vec<Line>,
    #[serde(skip)]
    complete: bool,
}

#[derive(Serialize)]
struct Line {
    operation: i64,
    at: String,
    by: String,
    /// `person`, `run` or `agent`
    kind: &'static str,
    what: String,
    /// `created`, `loaded`, `changed`, `deleted` or `restored`
    change: &'static str,
    fields: Vec<FieldShown>,
}

impl Line {
    fn of(table: &Table, step: Step) -> Self {
        let operation = step.operation;
        Line {
            operation: operation.id,
            at: operation.at.rfc3339(),
            by: operation.author,
            kind: operation.by.word(),
            what: operation.what,
            change: step.kind.word(),
            fields: shown_fields(Some(table), step.fields),
        }
    }
}

impl Outcome for Changes {
    fn sheet(&self) -> Sheet {
        let columns = [
            Column::count("operation"),
            Column::new("at", FieldType::DateTime),
            Column::text("by"),
            Column::text("change"),
            Column::text("field"),
            Column::text("before"),
            Column::text("after"),
        ];
        let rows = self.changes.iter().flat_map(|line| {
            let start = || {
                vec![
                    Value::Integer(line.operation),
                    Value::text(&line.at),
                    Value::text(&line.by),
                    Value::text(line.change),
                ]
            };
            if line.fields.is_empty() {
                return vec![[start(), vec![Value::Null, Value::Null, Value::Null]].concat()];
            }
            let fields = line.fields.iter();
            let row = |field: &FieldShown| {
                [start(), vec![Value::text(&field.field), text_of(&field.before), text_of(&field.after)]].concat()
            };
            fields.map(row).collect()
        });
        Sheet::list(columns, rows)
    }

    fn said(&self) -> Option<String> {
        (!self.complete).then(|| "what happened before is no longer kept; see `appctl log retention`".to_owned())
    }
}
