//! `appctl records create`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::records::{self, Place, Values, given_json};
use crate::tables;

use super::given::{Data, HOW, is_stream};
use super::shown::{Done, Shown, Verb};

#[derive(clap::Args)]
#[command(after_help = format!("{HOW}

Many records are one operation: all of them, or none.

Examples:
  appctl records create tasks title='Call Acme' due=2026-12-01 owner=ada@example.com
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
        let written = records::create(app, &values, &mut std::iter::once((Place::Alone, Ok(given))))?;
        let values = records::get(app, &table, &written.ids[0])?;
        let said = Some(format!("created `{}` in `{}`", written.ids[0], table.name));
        return ui.outcome(&Shown { table: &table, values, said });
    }
    let pairs = if is_stream(&args.values) { &[] } else { args.values.as_slice() };
    let text = args.data.text(pairs)?;
    let mut stream = text.each(ui.interrupted(), |json| given_json(&values, json));
    let written = records::create(app, &values, &mut stream)?;
    ui.outcome(&Done { table: &table, verb: Verb::Create, written, dry: false })
}
