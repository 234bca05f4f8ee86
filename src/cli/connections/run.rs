//! `appctl connections run`

use serde::Serialize;

use super::sync::{Report, finish, sentence};
use super::watch::Watch;
use crate::app::App;
use crate::base::Result;
use crate::cli::ui::{Format, Ui};
use crate::scheduler::{self, Told};

#[derive(clap::Args)]
#[command(after_help = "\
Runs in the foreground, for a terminal, a service or a container; Ctrl-C or SIGTERM ends it after the page it is on.
Two of these on one app never run a connection twice. See also `appctl connections install-timer`.")]
pub struct Args {
    /// Run what is due now and end
    #[arg(long)]
    once: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let interrupt = ui.interrupted();
    if args.once {
        let mut failures = Vec::new();
        let mut report = Report { runs: Vec::new() };
        for name in scheduler::due(app)? {
            match scheduler::run_one(app, &name, &interrupt, &mut quiet()).await {
                Ok(Some(run)) => {
                    failures.extend(run.failure());
                    report.runs.push(run);
                }
                Ok(None) => {}
                Err(error) => failures.push(error),
            }
        }
        ui.outcome(&report)?;
        return finish(report.runs.len(), failures);
    }
    ui.say("running what is due; Ctrl-C ends it")?;
    let mut watch: Option<Watch> = None;
    scheduler::run(app, &interrupt, &mut |told| {
        match told {
            Told::Begun(name) => watch = Some(Watch::new(ui, name.as_str())),
            Told::Event(event) => {
                if let Some(watch) = &mut watch {
                    watch.hear(event);
                }
            }
            Told::Ended(run) => {
                watch = None;
                told_run(ui, &run)?;
            }
            Told::Failed(name, error) => {
                watch = None;
                ui.warn(format!("`{name}`: {error}"))?;
            }
        }
        Ok(())
    })
    .await
}

/// One finished run: a sentence for people, an object a line for scripts.
fn told_run(ui: &mut Ui, run: &crate::connections::RunReport) -> Result<()> {
    if ui.format() != Format::Table {
        return ui.outcome(&Report { runs: vec![run.clone()] });
    }
    if let Some(text) = sentence(run) {
        ui.say(text)?;
    }
    match run.failure() {
        Some(error) => ui.warn(error.message),
        None => Ok(()),
    }
}

fn quiet() -> impl FnMut(Told) -> Result<()> {
    |_| Ok(())
}
