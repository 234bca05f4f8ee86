//! `appctl connections undo`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{ConnectionName, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::cli::undo::Report;
use crate::{connections, operations};

#[derive(clap::Args)]
#[command(after_help = "\
The last run that changed something and was not undone yet is taken back, in all its tables at once; its cursors go back \
too. To take back an older one, see `appctl log` and `appctl undo`.")]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let undone = connections::undo(app, &args.name)?;
    let what = operations::find(app, undone.undid)?.what;
    ui.outcome(&Report { undone: &undone, what })
}
