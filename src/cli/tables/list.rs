//! `appctl tables list`

use serde::Serialize;

use crate::app::App;
use crate::base::{Result, Value};
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::tables::{self, Overview};

#[derive(clap::Args)]
pub struct Args {}

pub async fn run(app: &mut App, ui: &mut Ui, _args: Args) -> Result<()> {
    let tables = tables::list(app)?.iter().map(Line::of).collect();
    ui.outcome(&Tables(tables))
}

#[derive(Serialize)]
#[serde(transparent)]
struct Tables(Vec<Line>);

#[derive(Serialize)]
struct Line {
    table: String,
    fields: usize,
    records: u64,
    connection: Option<String>,
}

impl Line {
    fn of(overview: &Overview) -> Self {
        let Overview { table, records, .. } = overview;
        Line {
            table: table.name.to_string(),
            fields: table.fields.len(),
            records: *records,
            connection: table.connection.as_ref().map(ToString::to_string),
        }
    }
}

impl Outcome for Tables {
    fn sheet(&self) -> Sheet {
        let columns =
            [Column::text("table"), Column::count("fields"), Column::count("records"), Column::text("connection")];
        let number = |count: u64| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        let rows = self.0.iter().map(|line| {
            let connection = line.connection.clone().map_or(Value::Null, Value::Text);
            vec![Value::text(&line.table), number(line.fields as u64), number(line.records), connection]
        });
        Sheet::list(columns, rows)
    }

    fn said(&self) -> Option<String> {
        self.0
            .is_empty()
            .then(|| "there are no tables yet; make one with `appctl tables create NAME FIELD:TYPE…`".into())
    }
}
