//! `appctl connections run`

use super::sync::{Report, sentence};
use super::watch::Watch;
use crate::app::App;
use crate::base::{Kind, Result};
use crate::cli::ui::{Format, Ui, words};
use crate::connections::RunReport;
use crate::scheduler::{self, Options, Told};

#[derive(clap::Args)]
#[command(after_help = "\
Runs in the foreground, for a terminal, a service or a container; Ctrl-C or SIGTERM ends it after the page it is on. \
Two of these on one app never run a connection twice. See also `appctl connections install-timer`.")]
pub struct Args {
    /// Run what is due now and end
    #[arg(long)]
    once: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let options = Options { once: args.once, interrupt: ui.interrupted(), ..Options::default() };
    let mut heard = Heard { app, ui, watch: None, failure: None };
    let result = scheduler::run(app, &options, &mut |told| heard.hear(told)).await;
    match (heard.failure, result) {
        (Some(error), _) => Err(error),
        // To be stopped is how a scheduler ends.
        (None, Err(error)) if error.kind == Kind::Interrupted && !args.once => Ok(()),
        (None, result) => result,
    }
}

/// What a scheduler says, on its way to the person or the script.
struct Heard<'a> {
    app: &'a App,
    ui: &'a mut Ui,
    watch: Option<Watch>,
    /// The output could not be written
    failure: Option<crate::base::Error>,
}

impl Heard<'_> {
    fn hear(&mut self, told: Told) {
        let shown = match told {
            Told::Waiting { until: None } => {
                self.ui.say("nothing is scheduled; set it with `appctl connections schedule NAME`")
            }
            Told::Waiting { until: Some(until) } => {
                self.ui.say(format!("waiting; next run in {}", words::rough(until.since(self.app.clock.now()))))
            }
            Told::Started { connection } => {
                self.watch = Some(Watch::new(self.ui, connection.as_str()));
                Ok(())
            }
            Told::Progress { event, .. } => {
                if let Some(watch) = &mut self.watch {
                    watch.hear(event);
                }
                Ok(())
            }
            Told::Ended { report } => {
                self.watch = None;
                self.ended(&report)
            }
            Told::KeptSignedIn { account, error: None } => self.ui.say(format!("kept account `{account}` signed in")),
            Told::KeptSignedIn { account, error: Some(error) } => self.ui.warn(format!("account `{account}`: {error}")),
            Told::Failed { connection, error } => {
                self.watch = None;
                self.ui.warn(format!("`{connection}`: {error}"))
            }
        };
        if let Err(error) = shown {
            self.failure.get_or_insert(error);
            // Without a reader there is no reason to go on.
            self.ui.interrupted().set();
        }
    }

    /// One finished run: a sentence for people, an object a line for scripts.
    fn ended(&mut self, run: &RunReport) -> Result<()> {
        if self.ui.format() != Format::Table {
            return self.ui.outcome(&Report { runs: vec![run.clone()] });
        }
        if let Some(text) = sentence(run) {
            self.ui.say(text)?;
        }
        match run.failure() {
            Some(error) => self.ui.warn(error.message),
            None => Ok(()),
        }
    }
}
