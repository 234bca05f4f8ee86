//! `appctl log`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::complete;
use super::ui::{Column, Outcome, Sheet, Ui};
use crate::app::{App, Operation, OperationFilter};
use crate::base::{ConnectionName, FieldType, Result, TableName, Value};
use crate::operations;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl log --table tasks --since 7d")]
pub struct Args {
    /// Operations that changed this table
    #[arg(long, value_name = "TABLE", add = ArgValueCompleter::new(complete::tables))]
    table: Option<TableName>,
    /// Operations by this person, connection or agent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Runs of this connection
    #[arg(long, value_name = "CONNECTION")]
    connection: Option<ConnectionName>,
    /// Operations since then: `12h`, `7d`, `2026-11-24`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Give at most this many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u64,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let since = args.since.map(|text| operations::since(&text, app.clock.now())).transpose()?;
    let which = OperationFilter {
        table: args.table,
        author: args.by,
        connection: args.connection,
        since,
        limit: Some(args.limit.saturating_add(1)),
    };
    let mut found = operations::log(app, &which)?;
    let more = found.len() as u64 > args.limit;
    found.truncate(usize::try_from(args.limit).unwrap_or(usize::MAX));
    ui.outcome(&Log { operations: found.into_iter().map(Line::from).collect(), more })
}

#[derive(Serialize)]
#[serde(transparent)]
struct Log {
    operations: Vec<Line>,
    #[serde(skip)]
    more: bool,
}

/// One operation for people and scripts.
#[derive(Serialize)]
struct Line {
    operation: i64,
    at: String,
    by: String,
    /// `person`, `run` or `agent`
    kind: &'static str,
    what: String,
    connection: Option<String>,
    tables: Vec<String>,
    inserted: u64,
    updated: u64,
    deleted: u64,
    undoes: Option<i64>,
    undone_by: Option<i64>,
}

impl From<Operation> for Line {
    fn from(operation: Operation) -> Self {
        Line {
            operation: operation.id,
            at: operation.at.rfc3339(),
            by: operation.author,
            kind: operation.by.word(),
            what: operation.what,
            connection: operation.connection,
            tables: operation.tables,
            inserted: operation.inserted,
            updated: operation.updated,
            deleted: operation.deleted,
            undoes: operation.undoes,
            undone_by: operation.undone_by,
        }
    }
}

impl Outcome for Log {
    fn sheet(&self) -> Sheet {
        let columns = [
            Column::count("operation"),
            Column::new("at", FieldType::DateTime),
            Column::text("by"),
            Column::text("what"),
            Column::count("new"),
            Column::count("changed"),
            Column::count("deleted"),
            Column::text("undone"),
        ];
        let number = |count: u64| Value::Integer(i64::try_from(count).unwrap_or(i64::MAX));
        let rows = self.operations.iter().map(|line| {
            vec![
                Value::Integer(line.operation),
                Value::text(&line.at),
                Value::text(&line.by),
                Value::text(&line.what),
                number(line.inserted),
                number(line.updated),
                number(line.deleted),
                line.undone_by.map_or(Value::Null, |id| Value::Text(format!("by {id}"))),
            ]
        });
        Sheet::list(columns, rows)
    }

    fn said(&self) -> Option<String> {
        match (self.operations.len(), self.more) {
            (0, _) => Some("nothing was changed".to_owned()),
            (_, true) => Some("there are more: raise `--limit`".to_owned()),
            _ => None,
        }
    }
}
