//! `appctl connections resume`

use clap_complete::ArgValueCompleter;

use super::show::Shown;
use crate::app::App;
use crate::base::{ConnectionName, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::connections;

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let connection = connections::resume(app, &args.name)?;
    ui.outcome_and(&Shown::of(app, &connection)?, format!("`{0}` is resumed", args.name))
}
