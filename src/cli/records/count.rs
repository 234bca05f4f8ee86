//! `appctl records count`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{Result, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::{records, tables};

#[derive(clap::Args)]
#[command(after_help = super::FILTERS)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// Count records for which this is true
    #[arg(long = "where", value_name = "FILTER")]
    filter: Option<String>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let records = records::count(app, &table, args.filter.as_deref())?;
    ui.outcome(&Count { table: table.name.as_str(), records })
}

#[derive(Serialize)]
struct Count<'t> {
    table: &'t str,
    records: u64,
}

impl Outcome for Count<'_> {
    fn sheet(&self) -> Sheet {
        let records = Value::Integer(i64::try_from(self.records).unwrap_or(i64::MAX));
        Sheet::list([Column::text("table"), Column::count("records")], [vec![Value::text(self.table), records]])
    }
}
