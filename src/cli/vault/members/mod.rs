//! `appctl vault members`: who shares the team's secrets.

use clap::Subcommand;

use crate::app::App;
use crate::base::Result;
use crate::cli::ui::Ui;

mod add;
mod list;
mod remove;

#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  appctl vault members
  appctl vault members add appctl-member-1:ben:…
  appctl vault members remove ben"
)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    /// List the members, and who let them in
    List(list::Args),
    /// Let in who asked with `appctl vault join`
    Add(add::Args),
    /// Put a member out, and name the secrets that they knew
    Remove(remove::Args),
}

pub fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    match args.command {
        None => list::run(app, ui, &list::Args {}),
        Some(Command::List(args)) => list::run(app, ui, &args),
        Some(Command::Add(args)) => add::run(app, ui, &args),
        Some(Command::Remove(args)) => remove::run(app, ui, &args),
    }
}
