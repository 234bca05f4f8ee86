//! `appctl connections show`

use std::collections::BTreeMap;

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{ConnectionName, Result, Timestamp, Value};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, Connection, ObjectConfig};

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let connection = connections::find(app, &args.name)?;
    ui.outcome(&Shown::of(app, &connection)?)
}

/// A connection as scripts see it; `add` and `edit` show the same.
#[derive(Serialize)]
pub struct Shown {
    pub connection: String,
    source: String,
    account: String,
    identity: String,
    endpoint: Option<String>,
    settings: BTreeMap<String, String>,
    schedule: Option<String>,
    paused: bool,
    created: Timestamp,
    pub objects: Vec<ShownObject>,
}

#[derive(Serialize)]
pub struct ShownObject {
    object: String,
    pub table: String,
    key: Vec<String>,
    cursor: Option<String>,
    filter: Option<String>,
    /// `source` or `here`: who evaluates the filter
    filter_runs: Option<&'static str>,
    /// The filter has `now()`, so every run reads everything
    filter_moves: bool,
    since: Option<Timestamp>,
    auto_fields: bool,
    fields: Vec<ShownField>,
    left_out: Vec<String>,
}

#[derive(Serialize)]
struct ShownField {
    column: String,
    field: String,
}

impl Shown {
    pub fn of(app: &App, connection: &Connection) -> Result<Self> {
        let account = connections::shown_account(app, connection)?;
        Ok(Shown {
            connection: connection.name.to_string(),
            source: connection.source.clone(),
            account: account.label,
            identity: account.identity.unwrap_or_default(),
            endpoint: account.endpoint,
            settings: connection.settings.clone(),
            schedule: connection.schedule.as_ref().map(ToString::to_string),
            paused: connection.paused,
            created: connection.created,
            objects: connection.objects.iter().map(shown_object).collect(),
        })
    }

    pub fn tables(&self) -> Vec<&str> {
        self.objects.iter().map(|object| object.table.as_str()).collect()
    }
}

fn shown_object(config: &ObjectConfig) -> ShownObject {
    let fields = config.columns.iter();
    ShownObject {
        object: config.object.clone(),
        table: config.table.to_string(),
        key: config.key.clone(),
        cursor: config.cursor_column.clone(),
        filter: config.filter.clone(),
        filter_runs: config.filter.as_ref().map(|_| if config.filter_at_source { "source" } else { "here" }),
        filter_moves: config.filter_moves_with_time(),
        since: config.since,
        auto_fields: config.auto_fields,
        fields: fields.map(|line| ShownField { column: line.id.clone(), field: line.field.to_string() }).collect(),
        left_out: config.left_out.clone(),
    }
}

impl Outcome for Shown {
    fn sheet(&self) -> Sheet {
        let mut pairs: Vec<(&str, Value)> = vec![
            ("connection", self.connection.as_str().into()),
            ("source", self.source.as_str().into()),
            ("account", format!("{} ({})", self.account, self.identity).into()),
        ];
        if let Some(endpoint) = &self.endpoint {
            pairs.push(("endpoint", endpoint.as_str().into()));
        }
        let settings = self.settings.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ");
        if !settings.is_empty() {
            pairs.push(("settings", settings.into()));
        }
        let schedule = self.schedule.as_deref().unwrap_or("by hand");
        pairs.push(("schedule", format!("{schedule}{}", if self.paused { " (paused)" } else { "" }).into()));
        let objects = self.objects.iter().map(|object| {
            let mapping = object.fields.iter().map(|line| {
                if line.column == line.field { line.field.clone() } else { format!("{}={}", line.column, line.field) }
            });
            vec![
                object.object.as_str().into(),
                object.table.as_str().into(),
                object.key.join(", ").into(),
                object.cursor.clone().into(),
                object.filter.as_ref().map(|filter| format!("{filter} ({})", filter_place(object))).into(),
                mapping.collect::<Vec<_>>().join(", ").into(),
            ]
        });
        Sheet::thing(pairs).and_list(["object", "table", "key", "cursor", "filter", "fields"], objects)
    }
}

fn filter_place(object: &ShownObject) -> String {
    let place = if object.filter_runs == Some("source") { "runs at the source" } else { "runs here" };
    let moves = if object.filter_moves { "; it has `now()`, so every run reads everything" } else { "" };
    format!("{place}{moves}")
}
