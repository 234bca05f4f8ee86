//! `appctl connections history`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::sync::word;
use crate::app::App;
use crate::base::{ConnectionName, FieldType, Result};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, RunReport};

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    /// Show at most this many runs, the newest first
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let runs = connections::history(app, &args.name, args.limit)?;
    let none = runs.is_empty();
    ui.outcome(&Runs(runs))?;
    if none { ui.say(format!("`{0}` has not run yet; run `appctl connections sync {0}`", args.name)) } else { Ok(()) }
}

#[derive(Serialize)]
struct Runs(Vec<RunReport>);

impl Outcome for Runs {
    fn sheet(&self) -> Sheet {
        let columns = [
            "started",
            "status",
            "new",
            "changed",
            "removed",
            "unchanged",
            "rejected",
            "calls",
            "time",
            "operation",
            "trouble",
        ]
        .map(|name| match name {
            "started" => Column::new(name, FieldType::DateTime),
            "status" | "trouble" => Column::text(name),
            "time" => Column::new(name, FieldType::Number),
            name => Column::count(name),
        });
        let rows = self.0.iter().map(|run| {
            let error = run.error.as_ref().or_else(|| run.objects.iter().find_map(|object| object.error.as_ref()));
            vec![
                run.started.rfc3339().into(),
                word(run.status).into(),
                run.inserted.into(),
                run.updated.into(),
                run.deleted.into(),
                run.unchanged.into(),
                run.rejected.into(),
                run.calls.into(),
                words::time(std::time::Duration::from_secs_f64(run.seconds.max(0.0))).into(),
                run.operation.into(),
                error.map(|error| error.message.clone()).into(),
            ]
        });
        Sheet::list(columns, rows)
    }
}
