//! `appctl log`: the list of operations, one of them in detail, and how long they are kept.

use clap::Subcommand;

use super::ui::Ui;
use crate::app::{App, OperationId};
use crate::base::Result;

mod list;
mod prune;
mod retention;
mod show;

#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  appctl log --table tasks --since 7d
  appctl log --agent support --limit 10
  appctl log 41
  appctl log prune --older-than 90d --dry-run"
)]
pub struct Args {
    /// Show what this operation changed
    operation: Option<OperationId>,
    #[command(flatten)]
    which: list::Which,
    /// Give at most this many
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: u64,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
pub enum Command {
    /// Let go of old operations, which cannot be undone any more
    Prune(prune::Args),
    /// Show or set how long operations are kept
    Retention(retention::Args),
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    match (args.command, args.operation) {
        (Some(Command::Prune(args)), _) => prune::run(app, ui, &args),
        (Some(Command::Retention(args)), _) => retention::run(app, ui, &args),
        (None, Some(id)) => show::run(app, ui, id, args.limit),
        (None, None) => list::run(app, ui, args.which, args.limit),
    }
}
