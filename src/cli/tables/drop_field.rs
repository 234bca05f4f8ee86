//! `appctl tables drop-field`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::{App, OperationId};
use crate::base::{FieldName, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = "\
Nothing is dropped while a lookup, rollup or formula uses it. `appctl undo` brings the field back with its values.

Example: appctl tables drop-field people fax")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The field
    field: FieldName,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let (_, values) = tables::droppable_field(app, &args.table, &args.field)?;
    if values > 0 {
        let counted = words::counted(values, "value", "values");
        ui.confirmed(&format!("Drop field `{}` of table `{}` with {counted}?", args.field, args.table))?;
    }
    let (_, operation) = tables::drop_field(app, &args.table, &args.field)?;
    ui.outcome(&Dropped { table: args.table.to_string(), field: args.field.to_string(), values, operation })
}

#[derive(Serialize)]
struct Dropped {
    table: String,
    field: String,
    values: u64,
    operation: Option<OperationId>,
}

impl Outcome for Dropped {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let back = self.operation.map_or(String::new(), |id| format!("; `appctl undo {id}` brings it back"));
        Some(format!("dropped field `{}` of table `{}`{back}", self.field, self.table))
    }
}
