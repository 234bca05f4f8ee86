//! `appctl connections plan`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{ConnectionName, FieldType, Result};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, Plan};

#[derive(clap::Args)]
pub struct Args {
    /// The connections
    #[arg(value_name = "NAME", required = true, add = ArgValueCompleter::new(complete::connections))]
    names: Vec<ConnectionName>,
    /// Plan to read everything again
    #[arg(long)]
    full: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    show(app, ui, &args.names, args.full).await
}

/// Plans the next run of each connection; `sync --plan` shows the same.
pub async fn show(app: &App, ui: &mut Ui, names: &[ConnectionName], full: bool) -> Result<()> {
    let mut progress = ui.progress();
    let mut plans = Vec::new();
    for name in names {
        progress.step(&format!("{name}: asking what a run will take"));
        plans.push(connections::plan(app, name, full).await?);
    }
    drop(progress);
    ui.outcome(&Plans { plans })
}

#[derive(Serialize)]
struct Plans {
    plans: Vec<Plan>,
}

impl Outcome for Plans {
    fn sheet(&self) -> Sheet {
        let columns = ["connection", "object", "table", "mode", "rows", "calls", "time", "filter", "steps"].map(
            |name| match name {
                "rows" | "calls" => Column::count(name),
                "time" => Column::new(name, FieldType::Number),
                name => Column::text(name),
            },
        );
        let rows = self.plans.iter().flat_map(|plan| {
            plan.objects.iter().map(|object| {
                vec![
                    plan.connection.as_str().into(),
                    object.object.as_str().into(),
                    object.table.as_str().into(),
                    object.mode.as_str().into(),
                    object.rows.into(),
                    object.calls.into(),
                    words::time(std::time::Duration::from_secs_f64(object.seconds.max(0.0))).into(),
                    object.filter.clone().into(),
                    object.steps.join(", ").into(),
                ]
            })
        });
        Sheet::list(columns, rows)
    }

    fn said(&self) -> Option<String> {
        let line = |plan: &Plan| {
            let rows =
                plan.rows.map_or("an unknown number of rows".to_owned(), |rows| words::counted(rows, "row", "rows"));
            let calls = words::counted(plan.calls, "call", "calls");
            let time = words::time(std::time::Duration::from_secs_f64((plan.minutes * 60.0).max(0.0)));
            let quota =
                plan.quota_percent.map(|percent| format!(", {percent:.1} % of the daily quota")).unwrap_or_default();
            format!("`{}` would take {calls} for {rows}, about {time}{quota}", plan.connection)
        };
        Some(self.plans.iter().map(line).collect::<Vec<_>>().join("\n"))
    }
}
