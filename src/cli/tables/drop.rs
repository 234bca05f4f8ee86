//! `appctl tables drop`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::{App, OperationId};
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::tables::{self, Overview};

#[derive(clap::Args)]
#[command(after_help = "\
Nothing is dropped while a field of another table refers to it. `appctl undo` brings the tables back.

Examples:
  appctl tables drop tasks
  appctl tables drop tasks people --yes")]
pub struct Args {
    /// The tables
    #[arg(required = true, value_name = "TABLE", add = ArgValueCompleter::new(complete::tables))]
    tables: Vec<TableName>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let tables = tables::droppable(app, &args.tables)?;
    let shown: Vec<String> = tables.iter().map(described).collect();
    let noun = if tables.len() == 1 { "table" } else { "tables" };
    ui.confirmed(&format!("Drop {noun} {}?", listed(&shown)))?;
    let (tables, operation) = tables::drop(app, &args.tables)?;
    let tables = tables
        .iter()
        .map(|overview| DroppedTable { table: overview.table.name.to_string(), records: overview.records });
    ui.outcome(&Dropped { tables: tables.collect(), operation })
}

fn described(overview: &Overview) -> String {
    format!("`{}` with {}", overview.table.name, words::counted(overview.records, "record", "records"))
}

fn listed(parts: &[String]) -> String {
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.concat(),
    }
}

#[derive(Serialize)]
struct Dropped {
    tables: Vec<DroppedTable>,
    operation: Option<OperationId>,
}

#[derive(Serialize)]
struct DroppedTable {
    table: String,
    records: u64,
}

impl Outcome for Dropped {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let names: Vec<&str> = self.tables.iter().map(|table| table.table.as_str()).collect();
        let noun = if names.len() == 1 { "table" } else { "tables" };
        let it = if names.len() == 1 { "it" } else { "them" };
        let back = self.operation.map_or(String::new(), |id| format!("; `appctl undo {id}` brings {it} back"));
        Some(format!("dropped {noun} {}{back}", words::names(&names)))
    }
}
