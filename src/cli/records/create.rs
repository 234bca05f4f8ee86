//! `appctl records create`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Ui, words};
use crate::records::{self, Values};
use crate::tables;

use super::given::{Data, HOW, is_stream};
use super::shown::{Done, Shown};

#[derive(clap::Args)]
#[command(after_help = format!("{HOW}

Many records are one operation: all of them, or none.

Examples:
  appctl records create tasks title='Call Acme' due=2026-12-01
  appctl records create tasks --data @tasks.json
  appctl records create tasks - < tasks.jsonl"))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The values, or `-` for JSON lines on stdin
    #[arg(value_name = "NAME=VALUE")]
    values: Vec<String>,
    #[command(flatten)]
    data: Data,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = Values::of(app, &table)?;
    if args.data.is_one(&args.values) {
        let given = args.data.one(&values, &args.values)?;
        let (ids, _) = records::create(app, &values, &mut std::iter::once(Ok(given)))?;
        let values = records::get(app, &table, &ids[0])?;
        let said = Some(format!("created `{}` in `{}`", ids[0], table.name));
        return ui.outcome(&Shown { table: &table, values, said });
    }
    let pairs = if is_stream(&args.values) { &[] } else { args.values.as_slice() };
    let interrupt = ui.interrupted();
    // Read to the end before anything is written: a slow producer must not keep other writers waiting.
    let records = args.data.many(&values, pairs)?.map(|given| interrupt.check().and(given));
    let records = records.collect::<Result<Vec<_>>>()?;
    let (ids, operation) = records::create(app, &values, &mut records.into_iter().map(Ok))?;
    let created = ids.len() as u64;
    let said = format!("created {} in `{}`", words::counted(created, "record", "records"), table.name);
    ui.outcome(&Done { table: table.name.to_string(), records: [("created", created)].into(), operation, said })
}
