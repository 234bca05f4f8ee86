//! `appctl connections list`

use serde::Serialize;

use crate::app::App;
use crate::base::{Result, Timestamp};
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, Connection};

#[derive(clap::Args)]
pub struct Args {}

pub fn run(app: &App, ui: &mut Ui, _: &Args) -> Result<()> {
    let lines: Vec<Line> =
        connections::list(app)?.iter().map(|connection| line(app, connection)).collect::<Result<_>>()?;
    let none = lines.is_empty();
    ui.outcome(&Lines(lines))?;
    if none { ui.say("there are no connections yet; add one with `appctl connections add`") } else { Ok(()) }
}

#[derive(Serialize)]
struct Lines(Vec<Line>);

#[derive(Serialize)]
struct Line {
    connection: String,
    source: String,
    account: String,
    endpoint: Option<String>,
    objects: Vec<String>,
    tables: Vec<String>,
    schedule: Option<String>,
    paused: bool,
    created: Timestamp,
}

fn line(app: &App, connection: &Connection) -> Result<Line> {
    let account = connections::shown_account(app, connection)?;
    Ok(Line {
        connection: connection.name.to_string(),
        source: connection.source.clone(),
        account: account.label,
        endpoint: account.endpoint,
        objects: connection.objects.iter().map(|config| config.object.clone()).collect(),
        tables: connection.objects.iter().map(|config| config.table.to_string()).collect(),
        schedule: connection.schedule.as_ref().map(ToString::to_string),
        paused: connection.paused,
        created: connection.created,
    })
}

impl Outcome for Lines {
    fn sheet(&self) -> Sheet {
        let rows = self.0.iter().map(|line| {
            let schedule = match (&line.schedule, line.paused) {
                (Some(schedule), true) => format!("{schedule} (paused)"),
                (Some(schedule), false) => schedule.clone(),
                (None, _) => "by hand".to_owned(),
            };
            vec![
                line.connection.as_str().into(),
                line.source.as_str().into(),
                line.account.as_str().into(),
                line.endpoint.clone().into(),
                line.tables.join(", ").into(),
                schedule.into(),
            ]
        });
        Sheet::list(["connection", "source", "account", "endpoint", "tables", "schedule"], rows)
    }
}
