//! `appctl connections`: what a person does with configured sources. The engine half of each verb is the file of the same
//! name in `src/connections/`.

use clap::Subcommand;

use crate::base::Result;

use super::globals::Globals;
use super::ui::Ui;

mod add;
pub mod choices;
mod discover;
mod edit;
mod history;
mod install_timer;
mod list;
mod pause;
mod plan;
mod preview;
mod reauth;
mod remove;
mod resume;
mod run;
mod schedule;
mod show;
mod sources;
pub mod status;
pub mod sync;
mod test;
mod undo;
mod watch;
mod wizard;

#[derive(Subcommand)]
pub enum Command {
    /// List the kinds of systems that rows can come from
    Sources(sources::Args),
    /// List what a connection or a source has to offer
    Discover(discover::Args),
    /// Connect a source: account, objects, fields and filters
    Add(add::Args),
    /// List connections
    List(list::Args),
    /// Show a connection with its mapping
    Show(show::Args),
    /// Change objects, fields, filters or settings of a connection
    Edit(edit::Args),
    /// Reach the source with the account and look at every object
    Test(test::Args),
    /// Show the first rows of an object without storing them
    Preview(preview::Args),
    /// Say what the next run will cost, without running
    Plan(plan::Args),
    /// Bring new rows from a connection into its tables
    Sync(sync::Args),
    /// Show how fresh and how healthy connections are
    Status(status::Args),
    /// List the runs of a connection
    History(history::Args),
    /// Show or set when a connection runs
    Schedule(schedule::Args),
    /// Stop the schedule of a connection
    Pause(pause::Args),
    /// Let the schedule of a connection go on
    Resume(resume::Args),
    /// Run what is due, now and as long as this command runs
    Run(run::Args),
    /// Write a timer that runs what is due (systemd, launchd or cron)
    InstallTimer(install_timer::Args),
    /// Give a connection's account a new token or password
    Reauth(reauth::Args),
    /// Take back the last run of a connection
    Undo(undo::Args),
    /// Remove a connection, with its tables or without
    Remove(remove::Args),
}

impl Command {
    pub async fn run(self, globals: &Globals, ui: &mut Ui) -> Result<()> {
        // These two need no store, and make none.
        let command = match self {
            Command::Sources(args) => return sources::run(ui, &args),
            Command::InstallTimer(args) => return install_timer::run(globals, ui, &args),
            other => other,
        };
        let app = &super::open(globals)?;
        match command {
            Command::Sources(_) | Command::InstallTimer(_) => Ok(()),
            Command::Discover(args) => discover::run(app, ui, args).await,
            Command::Add(args) => add::run(app, ui, args).await,
            Command::List(args) => list::run(app, ui, &args),
            Command::Show(args) => show::run(app, ui, &args),
            Command::Edit(args) => edit::run(app, ui, args).await,
            Command::Test(args) => test::run(app, ui, &args).await,
            Command::Preview(args) => preview::run(app, ui, &args).await,
            Command::Plan(args) => plan::run(app, ui, &args).await,
            Command::Sync(args) => sync::run(app, ui, args).await,
            Command::Status(args) => status::run(app, ui, &args).await,
            Command::History(args) => history::run(app, ui, &args),
            Command::Schedule(args) => schedule::run(app, ui, &args).await,
            Command::Pause(args) => pause::run(app, ui, &args),
            Command::Resume(args) => resume::run(app, ui, &args),
            Command::Run(args) => run::run(app, ui, &args).await,
            Command::Reauth(args) => reauth::run(app, ui, &args).await,
            Command::Undo(args) => undo::run(app, ui, &args),
            Command::Remove(args) => remove::run(app, ui, &args),
        }
    }
}
