//! `appctl records search`

use clap_complete::ArgValueCompleter;
use serde::{Serialize, Serializer};

use crate::app::{App, Found, Hit};
use crate::base::search::Marked;
use crate::base::{Cell, Result, Table, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::records::{self, Listing};
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = "\
All the words must be there, in any text field; accents and upper case make no difference. `pre*` is the beginning of a \
word, `-word` leaves out records that have it, and words in double quotes stand next to each other; single quotes around \
them all keep the shell away. The best come first. The first search of a table makes its index. When more than 10,000 \
records have the words, the best of the 10,000 that were indexed first come first, and the others behind them.

JSON is a list of {\"id\", \"score\", \"matches\", \"record\"}: `matches` has the fields in which words were found, long texts \
cut to what is around them.

Examples:
  appctl records search tasks acme invoice
  appctl records search tasks '\"call acme\" -done inv*'
  appctl records search tasks acme --where \"due < now()\" --fields title,due")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// What to look for
    #[arg(required = true)]
    words: Vec<String>,
    /// Leave out records that have this word; the same as `-word` within quotes
    #[arg(long, value_name = "WORD")]
    without: Vec<String>,
    /// Keep records for which this is true
    #[arg(long = "where", value_name = "FILTER")]
    filter: Option<String>,
    /// Give these fields only
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    fields: Vec<String>,
    /// Give at most this many records
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u64,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let listing = Listing { filter: args.filter, fields: args.fields, limit: Some(args.limit), ..Listing::default() };
    let shown = records::columns(app, &records::prepare(app, &table, &listing)?)?;
    let fields = shown.into_iter().map(|shape| Column::new(shape.name, shape.field_type)).collect();
    let (interrupt, mut bar) = (ui.interrupted(), ui.progress());
    let label = format!("making the index of `{}`", table.name);
    let without = args.without.iter().map(|word| format!("-\"{}\"", word.replace('"', " ")));
    let words = args.words.into_iter().chain(without).collect::<Vec<_>>().join(" ");
    let found = records::search(app, &table, &words, &listing, &mut |done, total| {
        bar.show(&label, done, Some(total), "records");
        interrupt.check()
    })?;
    drop(bar);
    ui.outcome(&Hits { table: &table, fields, found })
}

struct Hits<'t> {
    table: &'t Table,
    fields: Vec<Column>,
    found: Found,
}

impl Serialize for Hits<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.found.hits.iter().map(|hit| self.json(hit)))
    }
}

impl Hits<'_> {
    fn json(&self, hit: &Hit) -> serde_json::Value {
        let record = self.fields.iter().zip(&hit.values);
        let record = record.map(|(field, value)| (field.name.clone(), value.to_json(&field.field_type)));
        let matches = hit.matches.iter().map(|(field, marked)| (field.to_string(), marked.text.clone().into()));
        serde_json::json!({
            "id": id(hit),
            "score": hit.score,
            "matches": serde_json::Value::Object(matches.collect()),
            "record": serde_json::Value::Object(record.collect()),
        })
    }

    /// The hit's cells with what was looked for; what was found in fields that are not shown comes behind them.
    fn marked(&self, hit: &Hit) -> Vec<Marked> {
        let of = |field: &Column| {
            hit.matches.iter().find(|(name, _)| name.as_str() == field.name).map(|(_, marked)| marked.clone())
        };
        let cells =
            self.fields.iter().zip(&hit.values).map(|(field, value)| {
                of(field).unwrap_or_else(|| Marked { text: field.shown(value), marks: Vec::new() })
            });
        cells.collect()
    }
}

fn id(hit: &Hit) -> String {
    let cells: Vec<Cell<'_>> = hit.key.iter().map(Value::cell).collect();
    records::print_key(&cells)
}

impl Outcome for Hits<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::list(self.fields.iter().cloned(), self.found.hits.iter().map(|hit| hit.values.clone()))
    }

    fn shown(&self) -> Sheet {
        let rows = self.found.hits.iter().map(|hit| self.marked(hit));
        Sheet::nothing().and_marked(self.fields.iter().cloned(), rows)
    }

    fn said(&self) -> Option<String> {
        match (self.found.hits.len(), self.found.more) {
            (0, _) => Some(format!("nothing was found in `{}`", self.table.name)),
            (_, true) if self.found.many => Some(
                "more than 10,000 records have these words, and the best of the first 10,000 come first; give more words"
                    .to_owned(),
            ),
            (_, true) => Some("there are more: raise `--limit`, or give more words".to_owned()),
            _ => None,
        }
    }
}
