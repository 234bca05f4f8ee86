//! `appctl records delete`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Ui, words};
use crate::{records, tables};

use super::shown::Done;

#[derive(clap::Args)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The records' ids: their keys, with commas between several fields
    #[arg(value_name = "ID", required = true, allow_negative_numbers = true)]
    ids: Vec<String>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    for id in &args.ids {
        records::get(app, &table, id)?;
    }
    let count = words::counted(args.ids.len() as u64, "record", "records");
    ui.confirmed(&format!("Delete {count} of `{}`?", table.name))?;
    let (deleted, operation) = records::delete(app, &table, &args.ids)?;
    let back = operation.map(|id| format!("; `appctl undo {id}` brings them back")).unwrap_or_default();
    let said = format!("deleted {count} of `{}`{back}", table.name);
    ui.outcome(&Done { table: table.name.to_string(), records: [("deleted", deleted)].into(), operation, said })
}
