//! `appctl connections schedule`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{ConnectionName, Result, Timestamp};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, Connection, EditRequest, Schedule};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections schedule crm --every 15m
  appctl connections schedule crm --cron '0 6 * * 1-5' --zone Europe/Berlin
  appctl connections schedule crm --off")]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    #[command(flatten)]
    when: When,
    /// Run by hand only
    #[arg(long, conflicts_with_all = ["every", "cron"])]
    off: bool,
}

/// When to run, as `add` and `schedule` take it.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct When {
    /// Run this often, for example 15m, 2h or 1d
    #[arg(long, value_name = "TIME", conflicts_with = "cron")]
    pub every: Option<String>,
    /// Run at the times of a cron line (minute, hour, day, month, weekday)
    #[arg(long, value_name = "LINE")]
    pub cron: Option<String>,
    /// The time zone of the cron line, for example Europe/Berlin; UTC when left out
    #[arg(long, value_name = "ZONE", requires = "cron")]
    pub zone: Option<String>,
}

impl When {
    pub fn schedule(&self) -> Result<Option<Schedule>> {
        match (&self.every, &self.cron) {
            (Some(every), _) => Schedule::every(every).map(Some),
            (None, Some(line)) => Schedule::cron(line, self.zone.as_deref()).map(Some),
            (None, None) => Ok(None),
        }
    }
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let schedule = args.when.schedule()?;
    let changes = args.off || schedule.is_some();
    let connection = if changes {
        connections::edit(app, &args.name, &EditRequest { schedule: Some(schedule), ..EditRequest::default() }).await?
    } else {
        connections::find(app, &args.name)?
    };
    let next_run = connections::status_of(app, &args.name)?.next_run;
    ui.outcome(&Scheduled::of(&connection, next_run))?;
    if !changes {
        return Ok(());
    }
    match &connection.schedule {
        Some(schedule) => ui.say(format!(
            "`{}` runs {schedule}, as long as `appctl connections run` or a timer (`appctl connections install-timer`) is there",
            args.name
        )),
        None => ui.say(format!("`{}` runs by hand only", args.name)),
    }
}

#[derive(Serialize)]
struct Scheduled {
    connection: String,
    schedule: Option<String>,
    paused: bool,
    next_run: Option<Timestamp>,
}

impl Scheduled {
    fn of(connection: &Connection, next_run: Option<Timestamp>) -> Self {
        Scheduled {
            connection: connection.name.to_string(),
            schedule: connection.schedule.as_ref().map(ToString::to_string),
            paused: connection.paused,
            next_run,
        }
    }
}

impl Outcome for Scheduled {
    fn sheet(&self) -> Sheet {
        Sheet::thing([
            ("connection", self.connection.as_str().into()),
            ("schedule", self.schedule.as_deref().unwrap_or("by hand").into()),
            ("paused", if self.paused { "yes" } else { "no" }.into()),
            ("next run", self.next_run.map(Timestamp::rfc3339).into()),
        ])
    }
}
