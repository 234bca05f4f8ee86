//! `appctl connections status`

use std::time::Duration;

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{ConnectionName, Error, Kind, Result, Timestamp};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, Health, Status};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections status
  appctl connections status --check || echo 'look at it'
  appctl connections status crm --json --jq '.[0].last_error.message'")]
pub struct Args {
    /// Only these connections
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::connections))]
    names: Vec<ConnectionName>,
    /// Fail with status 1 when one is not healthy
    #[arg(long)]
    check: bool,
    /// Show it again and again until Ctrl-C
    #[arg(long, conflicts_with = "check")]
    watch: bool,
    /// With `--watch`, the seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..))]
    interval: u64,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    loop {
        let picture = look(app, &args.names)?;
        if args.watch {
            ui.next_picture()?;
        }
        ui.outcome(&picture)?;
        if !args.watch {
            return if args.check { picture.check() } else { picture.nothing_yet(ui) };
        }
        if wait(ui, Duration::from_secs(args.interval)).await {
            return ui.interrupted().check();
        }
    }
}

/// Whether somebody wanted to stop meanwhile, which is how a watch ends.
pub async fn wait(ui: &Ui, time: Duration) -> bool {
    let interrupt = ui.interrupted();
    let step = Duration::from_millis(100);
    let mut waited = Duration::ZERO;
    while waited < time && !interrupt.is_set() {
        tokio::time::sleep(step).await;
        waited += step;
    }
    interrupt.is_set()
}

/// A health as a part of a sentence.
fn how(health: Health) -> String {
    match health {
        Health::NeedsReauth => "needs a new sign-in".to_owned(),
        Health::NeverSynced => "was never synced".to_owned(),
        other => format!("is {}", other.word()),
    }
}

/// Shows every connection once.
pub fn show(app: &App, ui: &mut Ui) -> Result<()> {
    ui.outcome(&look(app, &[])?)
}

fn look(app: &App, names: &[ConnectionName]) -> Result<Picture> {
    let lines = if names.is_empty() {
        connections::status(app)?
    } else {
        names.iter().map(|name| connections::status_of(app, name)).collect::<Result<_>>()?
    };
    Ok(Picture { lines, now: app.clock.now(), objects: !names.is_empty() })
}

struct Picture {
    lines: Vec<Status>,
    now: Timestamp,
    /// Whether a person sees each object too
    objects: bool,
}

impl Serialize for Picture {
    fn serialize<S: serde::Serializer>(&self, to: S) -> std::result::Result<S::Ok, S::Error> {
        self.lines.serialize(to)
    }
}

impl Picture {
    fn check(&self) -> Result<()> {
        let sick: Vec<&Status> = self.lines.iter().filter(|line| !line.status.is_fine()).collect();
        let Some(first) = sick.first() else { return Ok(()) };
        let names: Vec<String> =
            sick.iter().map(|line| format!("`{}` {}", line.connection, how(line.status))).collect();
        let error = Error::new(Kind::Failed, names.join(", "));
        Err(match &first.fix {
            Some(fix) => error.hint(format!("run `{fix}`")),
            None => error,
        })
    }

    fn nothing_yet(&self, ui: &mut Ui) -> Result<()> {
        if self.lines.is_empty() {
            ui.say("there are no connections yet; add one with `appctl connections add`")
        } else {
            Ok(())
        }
    }

    fn ago(&self, time: Option<Timestamp>) -> Option<String> {
        time.map(|time| words::ago(self.now.since(time)))
    }

    fn ahead(&self, time: Option<Timestamp>) -> Option<String> {
        time.map(
            |time| {
                if time <= self.now { "now".to_owned() } else { format!("in {}", words::rough(time.since(self.now))) }
            },
        )
    }
}

impl Outcome for Picture {
    fn sheet(&self) -> Sheet {
        let columns = [
            "connection",
            "source",
            "status",
            "fresh",
            "next run",
            "new",
            "changed",
            "removed",
            "calls",
            "trouble",
            "fix",
        ]
        .map(|name| match name {
            "new" | "changed" | "removed" | "calls" => Column::count(name),
            name => Column::text(name),
        });
        let rows = self.lines.iter().map(|line| {
            let trouble =
                line.last_error.as_ref().map(|error| error.message.clone()).or_else(|| line.interrupted.clone());
            vec![
                line.connection.as_str().into(),
                line.source.as_str().into(),
                line.status.word().into(),
                self.ago(line.freshness).into(),
                self.ahead(line.next_run).into(),
                line.inserted.into(),
                line.updated.into(),
                line.deleted.into(),
                line.calls.into(),
                trouble.into(),
                line.fix.clone().into(),
            ]
        });
        let sheet = Sheet::list(columns, rows);
        if !self.objects {
            return sheet;
        }
        let columns =
            ["connection", "object", "table", "status", "fresh", "rows", "new at the source", "trouble"].map(|name| {
                match name {
                    "rows" => Column::count(name),
                    name => Column::text(name),
                }
            });
        let rows = self.lines.iter().flat_map(|line| line.objects.iter().map(move |object| (line, object)));
        let rows = rows.map(|(line, object)| {
            vec![
                line.connection.as_str().into(),
                object.object.as_str().into(),
                object.table.as_str().into(),
                object.status.word().into(),
                self.ago(object.freshness).into(),
                object.rows.into(),
                object.drift.new.join(", ").into(),
                object.last_error.as_ref().map(|error| error.message.clone()).into(),
            ]
        });
        sheet.and_list(columns, rows)
    }
}
