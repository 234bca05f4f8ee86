//! `appctl tables rename`

use clap_complete::ArgValueCompleter;

use super::create::Made;
use super::show::View;
use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = "\
Relations and rollups of other tables follow. `appctl undo` brings the old name back.

Example: appctl tables rename people contacts")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// Its new name
    #[arg(value_name = "NEW NAME")]
    name: TableName,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    tables::rename(app, &args.table, &args.name)?;
    let said = format!("renamed table `{}` to `{}`", args.table, args.name);
    let overview = tables::show(app, &args.name)?;
    ui.outcome(&Made { view: View::of(&overview), said })
}
