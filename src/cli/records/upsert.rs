//! `appctl records upsert`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{FieldName, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::records::{self, How, Place, Values, given_json};
use crate::tables;

use super::given::{Data, HOW, is_stream};
use super::shown::{Done, Verb};

#[derive(clap::Args)]
#[command(after_help = format!("{HOW}

A record that is there gets the given values and keeps its others. Many records are one operation: all of them, or none.

Examples:
  appctl records upsert people --key email email=ada@example.com name='Ada Lovelace'
  appctl records upsert stock region=EU sku=4711 pieces=12
  appctl records upsert people --key email - < people.jsonl"))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The values, or `-` for JSON lines on stdin
    #[arg(value_name = "NAME=VALUE")]
    values: Vec<String>,
    /// Find records by these unique fields; the default is the table's key
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    key: Vec<FieldName>,
    #[command(flatten)]
    data: Data,
    /// Show what would be created and changed, and do neither
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = Values::of(app, &table)?;
    let how = if args.dry_run { How::Dry } else { How::Now };
    let written = if args.data.is_one(&args.values) {
        let given = args.data.one(&values, &args.values)?;
        records::upsert(app, &values, &args.key, &mut std::iter::once((Place::Alone, Ok(given))), &how)?
    } else {
        let pairs = if is_stream(&args.values) { &[] } else { args.values.as_slice() };
        let text = args.data.text(pairs)?;
        let mut stream = text.each(ui.interrupted(), |json| given_json(&values, json));
        records::upsert(app, &values, &args.key, &mut stream, &how)?
    };
    ui.outcome(&Done { table: &table, verb: Verb::Upsert, written, dry: args.dry_run })
}
