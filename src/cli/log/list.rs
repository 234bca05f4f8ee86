//! `appctl log`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::{App, AuthorKind, Operation, OperationFilter, OperationId};
use crate::base::{ConnectionName, FieldType, Result, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::operations;

/// Which operations to list.
#[derive(clap::Args)]
pub struct Which {
    /// Operations that changed this table
    #[arg(long, value_name = "TABLE", add = ArgValueCompleter::new(complete::tables))]
    table: Option<TableName>,
    /// Operations by this person, connection or agent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Operations by this agent
    #[arg(long, value_name = "AGENT", conflicts_with_all = ["by", "kind"])]
    agent: Option<String>,
    /// Runs of this connection
    #[arg(long, value_name = "CONNECTION", add = ArgValueCompleter::new(complete::connections))]
    connection: Option<ConnectionName>,
    /// Operations by people, runs or agents: `person`, `run`, `agent`
    #[arg(long, value_name = "KIND", value_enum, hide_possible_values = true)]
    kind: Option<Kind>,
    /// Operations since then: `12h`, `7d`, `2026-11-24`
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Operations before then: `12h`, `7d`, `2026-11-24`
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Go on behind this operation, with older ones
    #[arg(long, value_name = "OPERATION")]
    after: Option<OperationId>,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    Person,
    Run,
    Agent,
}

impl From<Kind> for AuthorKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Person => AuthorKind::Person,
            Kind::Run => AuthorKind::Run,
            Kind::Agent => AuthorKind::Agent,
        }
    }
}

pub fn run(app: &App, ui: &mut Ui, args: Which, limit: u64) -> Result<()> {
    let time = |text: Option<String>| text.map(|text| operations::since(&text, app.clock.now())).transpose();
    let which = OperationFilter {
        table: args.table,
        by: args.agent.as_ref().map(|_| AuthorKind::Agent).or(args.kind.map(AuthorKind::from)),
        author: args.agent.or(args.by),
        connection: args.connection,
        since: time(args.since)?,
        until: time(args.until)?,
        after: args.after,
        limit: Some(limit.saturating_add(1)),
    };
    let mut found = operations::log(app, &which)?;
    let more = found.len() as u64 > limit;
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
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
pub struct Line {
    pub operation: i64,
    pub at: String,
    pub by: String,
    /// `person`, `run` or `agent`
    kind: &'static str,
    pub what: String,
    pub connection: Option<String>,
    pub tables: Vec<String>,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub undoes: Option<i64>,
    pub undone_by: Option<i64>,
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
            (_, true) => self.operations.last().map(|last| format!("there are more: `--after {}`", last.operation)),
            _ => None,
        }
    }
}
