//! `appctl records get`

use clap_complete::ArgValueCompleter;
use serde::{Serialize, Serializer};

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::records::Looked;
use crate::{records, tables};

#[derive(clap::Args)]
#[command(after_help = "\
Without `--fields` everything is shown: the stored fields, then what is worked out.

Examples:
  appctl records get tasks 5
  appctl records get people 1 --fields name,team.name,tasks.title")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The record's id: its key, with commas between several fields
    #[arg(allow_negative_numbers = true)]
    id: String,
    /// Give these fields only: names, or paths through relations
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    fields: Vec<String>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    ui.outcome(&Found(records::look(app, &table, &args.id, &args.fields)?))
}

/// One record: its keys are its fields, null is never left out.
struct Found(Looked);

impl Serialize for Found {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let pairs = self.0.columns.iter().zip(&self.0.values);
        serializer.collect_map(pairs.map(|(shape, value)| (&shape.name, value.to_json(&shape.field_type))))
    }
}

impl Outcome for Found {
    fn sheet(&self) -> Sheet {
        let pairs = self.0.columns.iter().zip(&self.0.values);
        let column = |shape: &records::Shape| Column::new(shape.name.as_str(), shape.field_type.clone());
        Sheet::thing(pairs.map(|(shape, value)| (column(shape), value.clone())))
    }
}
