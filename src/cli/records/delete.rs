//! `appctl records delete`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Error, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Ui, words};
use crate::records::{self, How, Values, Which, Written, named_json};
use crate::tables;

use super::given::{Data, Text, is_stream};
use super::shown::{Done, Verb, along};

#[derive(clap::Args)]
#[command(after_help = format!("\
What becomes of records that point to a deleted one is said by their relation: `restrict` keeps it (the default), `clear`
empties the relation, `cascade` deletes them too. JSON lines are ids, or objects with the key fields.

{}

Examples:
  appctl records delete tasks 3 4
  appctl records delete tasks --where \"status = 'done'\" --dry-run
  appctl records list tasks --where \"status = 'done'\" -o jsonl | appctl records delete tasks - --yes", super::FILTERS))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The records' ids (their keys, with commas between several fields), or `-` for JSON lines on stdin
    #[arg(value_name = "ID", allow_negative_numbers = true)]
    ids: Vec<String>,
    /// Delete the records for which this is true
    #[arg(long = "where", value_name = "FILTER", conflicts_with = "ids")]
    filter: Option<String>,
    /// Show what would be deleted, and delete nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = Values::of(app, &table)?;
    let named = match (&args.filter, args.ids.as_slice()) {
        (Some(filter), _) => Chosen::Where(filter),
        (None, []) => {
            return Err(Error::usage("neither an id nor `--where` says which records to delete")
                .hint(format!("write `appctl records delete {} ID`, or add `--where FILTER`", table.name.shell())));
        }
        (None, ids) if is_stream(ids) => Chosen::Stream(Data { data: None }.text(&[])?),
        (None, ids) => Chosen::Ids(ids),
    };
    let interrupt = ui.interrupted();
    let delete = |how: &How| match &named {
        Chosen::Ids(ids) => records::delete(app, &values, Which::Ids(ids), how),
        Chosen::Where(filter) => records::delete(app, &values, Which::Where(filter), how),
        Chosen::Stream(text) => {
            let mut stream = text.each(interrupt.clone(), |json| named_json(&values, json));
            records::delete(app, &values, Which::Stream(&mut stream), how)
        }
    };
    let how = match (args.dry_run, ui.is_agreed()) {
        (true, _) => How::Dry,
        (false, true) => How::Now,
        (false, false) => {
            let shown = delete(&How::Dry)?;
            if shown.deleted > 0 {
                ui.confirmed(&question(table.name.as_str(), &shown))?;
            }
            How::Agreed(shown)
        }
    };
    let written = delete(&how)?;
    ui.outcome(&Done { table: &table, verb: Verb::Delete, written, dry: args.dry_run })
}

enum Chosen<'a> {
    Ids(&'a [String]),
    Where(&'a str),
    Stream(Text),
}

fn question(table: &str, shown: &Written) -> String {
    let count = words::counted(shown.deleted, "record", "records");
    format!("Delete {count} of `{table}`{}?", along(shown))
}
