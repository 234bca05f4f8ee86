//! The command line: the door that people and scripts use. It reads arguments, calls the engine's rooms and shows what
//! they return; it decides nothing about data. One file a verb, `cli/<noun>/<verb>.rs`, each in four short moves:
//! arguments, request, call, outcome.
//!
//! A new verb: a file with `Args` and `pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()>`, a variant
//! and an arm in its noun's `mod.rs`. A new noun: a folder, a variant of [`Command`] and an arm in [`Command::run`].

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::app::App;
use crate::base::{Error, Interrupt, Kind, Result};
use crate::config::Config;

mod backup;
pub mod complete;
mod completions;
mod connections;
mod demo;
mod doctor;
mod globals;
mod help;
pub mod integrations;
mod log;
mod man;
mod process;
mod questions;
mod records;
mod restore;
mod sandbox;
mod status;
mod tables;
pub mod ui;
mod undo;
mod usage;
mod vault;

use globals::Globals;
pub use ui::{Column, Outcome, Sheet, Ui};

/// Hold an app's data, keep it in step with the products you use, and decide what each agent may touch
#[derive(Parser)]
#[command(
    name = "appctl",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true,
    after_help = help::RULE_OF_THUMB
)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    /// Tell the whole story on the built-in sandbox, in under a minute
    Demo,
    /// Fill tables from other products and keep them in step
    #[command(subcommand)]
    Connections(Box<connections::Command>),
    /// Sign in to other products, and act in them
    #[command(subcommand)]
    Integrations(integrations::Command),
    /// Make tables, show them, and query across them
    #[command(subcommand)]
    Tables(tables::Command),
    /// List, read, create, change, delete and export the records of a table
    #[command(subcommand)]
    Records(records::Command),
    /// Show where secrets are, and share them in a team
    #[command(subcommand)]
    Vault(vault::Command),
    /// Play the vendors on this machine
    #[command(subcommand)]
    Sandbox(sandbox::Command),
    /// Show how the whole app is
    Status(status::Args),
    /// List what was changed, by whom and when
    Log(log::Args),
    /// Take a recorded operation back
    Undo(undo::Args),
    /// Find what is wrong, and say what to do about it
    Doctor(doctor::Args),
    /// Copy the app into one verified file
    Backup(backup::Args),
    /// Put a backup in the app's place, or beside it
    Restore(restore::Args),
    /// Print a script that completes commands in a shell
    Completions(completions::Args),
    /// Print the manual page of a command
    Man(man::Args),
    /// Explain a command or a topic (`exit-codes`, `output`, `environment`, `faults`)
    Help(help::Args),
}

impl Command {
    /// Whether a server runs in this process, which needs threads of its own beside the command's.
    fn serves(&self) -> bool {
        matches!(self, Command::Demo | Command::Sandbox(_))
    }

    async fn run(self, globals: &Globals, ui: &mut Ui) -> Result<()> {
        match self {
            Command::Connections(command) => command.run(globals, ui).await,
            Command::Integrations(command) => command.run(globals, ui).await,
            Command::Tables(command) => command.run(&mut open(globals)?, ui).await,
            Command::Records(command) => command.run(&mut open(globals)?, ui).await,
            Command::Vault(command) => command.run(&open(globals)?, ui),
            Command::Demo => demo::run(ui).await,
            Command::Sandbox(command) => command.run(ui).await,
            Command::Log(args) => log::run(&mut open(globals)?, ui, args).await,
            Command::Undo(args) => undo::run(&mut open(globals)?, ui, args).await,
            Command::Status(args) => status::run(&open(globals)?, ui, &args).await,
            Command::Doctor(args) => doctor::run(globals, ui, &args),
            Command::Backup(args) => backup::run(globals, ui, &args),
            Command::Restore(args) => restore::run(globals, ui, &args),
            Command::Completions(args) => completions::run(ui, &args),
            Command::Man(args) => man::run(ui, &args),
            Command::Help(args) => help::run(ui, &args),
        }
    }
}

/// The whole tree of commands, as `tests/it` and the generators see it.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads this process's arguments, does what they say, and gives the status to exit with.
pub fn main() -> ExitCode {
    // Answers the shell and ends the process when this is a completion. Nothing may happen before it.
    clap_complete::CompleteEnv::with_factory(Cli::command).complete();
    process::harden();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    match Line::read(arguments) {
        Ok(line) => start(line),
        Err(code) => code,
    }
}

/// A command line as it was read. What it lacks may be asked for.
struct Line {
    arguments: Vec<OsString>,
    globals: Globals,
    command: std::result::Result<Command, clap::Error>,
}

impl Line {
    fn read(arguments: Vec<OsString>) -> std::result::Result<Self, ExitCode> {
        match Cli::try_parse_from(&arguments) {
            Ok(Cli { globals, command }) => Ok(Line { arguments, globals, command: Ok(command) }),
            Err(error) => match questions::globals(&arguments, &error) {
                Some(globals) => Ok(Line { arguments, globals, command: Err(error) }),
                None => Err(usage::answer(&error, &arguments)),
            },
        }
    }

    fn serves(&self) -> bool {
        self.command.as_ref().is_ok_and(Command::serves)
    }

    async fn run(self, ui: &mut Ui) -> Result<()> {
        let Line { arguments, globals, command } = self;
        let lacking = questions::Given::read(&arguments).filter(|given| ui.can_ask() && given.lacks());
        match (lacking, command) {
            (Some(given), _) => {
                let answers = given.ask(&open(&globals)?, ui)?;
                let arguments = answers.put_into(&arguments);
                let parsed = Cli::try_parse_from(&arguments);
                let cli = parsed.map_err(|error| usage::explain(&error, &arguments))?;
                answers.agreed(ui)?;
                cli.command.run(&globals, ui).await?;
                answers.same(&arguments).map_or(Ok(()), |same| ui.say(same))
            }
            (None, Ok(command)) => command.run(&globals, ui).await,
            (None, Err(error)) => Err(usage::explain(&error, &arguments)),
        }
    }
}

fn start(line: Line) -> ExitCode {
    let interrupt = Interrupt::default();
    let mut ui = match Ui::new(line.globals.output(), interrupt.clone()) {
        Ok(ui) => ui,
        Err(error) => return usage::fail(&error, line.globals.output()),
    };
    if let Err(error) = process::check_files() {
        ui.error(&error);
        return ExitCode::from(error.kind.exit_status());
    }
    let mut builder = if line.serves() {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        // Reading, decoding and storing in one thread beats handing every few rows to another one.
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = match builder.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            ui.error(&Error::from(error).while_doing("starting"));
            return ExitCode::from(Kind::Failed.exit_status());
        }
    };
    let (result, held) = runtime.block_on(async {
        let result = process::until_interrupted(interrupt, line.run(&mut ui)).await;
        (result, crate::accounts::keep_held().await)
    });
    // Threads that still wait for a name server or a keyring must not hold up the end.
    runtime.shutdown_background();
    let result = with_held(&mut ui, result, held);
    status(&mut ui, result)
}

/// What was done is done, but sign-ins that are lost with this process are told, whatever else went wrong.
fn with_held(ui: &mut Ui, result: Result<()>, held: crate::accounts::Ended) -> Result<()> {
    let mut lost = held.lost;
    let last = if result.is_ok() { lost.pop() } else { None };
    lost.iter().for_each(|error| ui.error(error));
    for label in held.kept {
        // A closed stderr takes nothing away from it.
        let _ = ui.say(format!("the new tokens of account `{label}` were kept after all"));
    }
    last.map_or(result, Err)
}

fn status(ui: &mut Ui, result: Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // `| head` has seen enough.
        Err(_) if ui.is_closed() => ExitCode::SUCCESS,
        Err(error) => {
            // Whoever pressed Ctrl-C knows it, unless there is more to say.
            if error != Interrupt::error() || ui.speaks_json() {
                ui.error(&error);
            }
            ExitCode::from(error.kind.exit_status())
        }
    }
}

/// Opens the app that the global options name.
fn open(globals: &Globals) -> Result<App> {
    App::open(config(globals)?)
}

/// What the global options and the environment say, for commands that do not go through the app's own door.
fn config(globals: &Globals) -> Result<Config> {
    Config::from_env(globals.home.clone(), globals.app.clone())
}
