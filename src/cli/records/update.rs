//! `appctl records update`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Error, Result, Table, TableName};
use crate::cli::complete;
use crate::cli::ui::{Ui, words};
use crate::records::{self, Given, How, Values, Which, given_json};
use crate::tables;

use super::given::{Data, HOW, is_stream};
use super::shown::{Done, Shown, Verb};

#[derive(clap::Args)]
#[command(after_help = format!("{HOW}

Many records are one operation: all of them, or none. With `--where` you are shown how many they are and asked first
(`--yes` agrees beforehand). JSON lines on stdin, or a list in `--data`, name each record by its key fields.

{}

Examples:
  appctl records update tasks 3 status=done due:=null
  appctl records update tasks 3 4 5 status=done
  appctl records update tasks --where \"due < now()\" status=late
  appctl records update tasks - < changes.jsonl", super::FILTERS))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The records' ids (their keys, with commas between several fields), then the new values; or `-` for JSON lines
    #[arg(value_name = "ID|NAME=VALUE", allow_negative_numbers = true)]
    words: Vec<String>,
    /// Change the records for which this is true
    #[arg(long = "where", value_name = "FILTER")]
    filter: Option<String>,
    #[command(flatten)]
    data: Data,
    /// Show what would be changed, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = Values::of(app, &table)?;
    let how = if args.dry_run { How::Dry } else { How::Now };
    if let Some(filter) = &args.filter {
        if let Some(id) = args.words.iter().find(|word| !word.contains('=')) {
            return Err(
                Error::usage(format!("the id `{id}` and `--where` cannot be combined")).hint("leave one of them away")
            );
        }
        let given = some(&args.data, &values, &args.words)?;
        return matching(app, ui, &values, filter, &given, args.dry_run);
    }
    if is_stream(&args.words) || (args.words.is_empty() && args.data.data.is_some()) {
        let text = args.data.text(if is_stream(&args.words) { &[] } else { &args.words })?;
        let mut stream = text.each(ui.interrupted(), |json| given_json(&values, json));
        let written = records::update_each(app, &values, &mut stream, &how)?;
        return ui.outcome(&Done { table: &table, verb: Verb::Update, written, dry: args.dry_run });
    }
    let (ids, pairs) = split(&table, &args.words)?;
    let given = some(&args.data, &values, pairs)?;
    let written = records::update(app, &values, Which::Ids(ids), &given, &how)?;
    match ids {
        [id] if !args.dry_run => {
            let what = if written.updated > 0 { "changed" } else { "nothing to change in" };
            let said = Some(format!("{what} `{id}` of `{}`", table.name));
            ui.outcome(&Shown { table: &table, values: records::get(app, &table, id)?, said })
        }
        _ => ui.outcome(&Done { table: &table, verb: Verb::Update, written, dry: args.dry_run }),
    }
}

/// Changes what the filter keeps, once somebody agreed to how many they are.
fn matching(app: &App, ui: &mut Ui, values: &Values<'_>, filter: &str, given: &Given, dry: bool) -> Result<()> {
    let update = |how: &How| records::update(app, values, Which::Where(filter), given, how);
    let table = values.table;
    let how = match (dry, ui.is_agreed()) {
        (true, _) => How::Dry,
        (false, true) => How::Now,
        (false, false) => {
            let shown = update(&How::Dry)?;
            if shown.updated > 0 {
                let count = words::counted(shown.updated, "record", "records");
                ui.confirmed(&format!("Change {count} of `{}`?", table.name))?;
            }
            How::Agreed(shown)
        }
    };
    let written = update(&how)?;
    ui.outcome(&Done { table, verb: Verb::Update, written, dry })
}

/// The values, at least one.
fn some(data: &Data, values: &Values<'_>, pairs: &[String]) -> Result<Given> {
    let given = data.one(values, pairs)?;
    if given.is_empty() {
        return Err(Error::usage("there is nothing to change").hint("give at least one `name=value`, or `--data JSON`"));
    }
    Ok(given)
}

/// Ids first, then values: the first word that has a `=` and is not the only id begins them.
fn split<'w>(table: &Table, words: &'w [String]) -> Result<(&'w [String], &'w [String])> {
    let sets = |word: &String| {
        let name = word.split_once('=').map(|(name, _)| name.strip_suffix(':').unwrap_or(name));
        name.is_some_and(|name| table.field(name).is_some())
    };
    if words.iter().all(sets) {
        return Err(Error::usage("neither an id nor `--where` says which records to change").hint(format!(
            "write `appctl records update {} ID NAME=VALUE`, or add `--where FILTER`",
            table.name.shell()
        )));
    }
    let behind = words[1..].iter().position(|word| word.contains('=')).map_or(words.len(), |place| place + 1);
    Ok(words.split_at(behind))
}
