//! `appctl tables rename-field`

use clap_complete::ArgValueCompleter;

use super::create::Made;
use super::show::View;
use crate::app::App;
use crate::base::{FieldName, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = "\
Lookups, rollups and formulas follow. `appctl undo` brings the old name back.

Example: appctl tables rename-field people mail email")]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The field
    field: FieldName,
    /// Its new name
    #[arg(value_name = "NEW NAME")]
    name: FieldName,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    tables::rename_field(app, &args.table, &args.field, &args.name)?;
    let said = format!("renamed field `{}` of table `{}` to `{}`", args.field, args.table, args.name);
    let overview = tables::show(app, &args.table)?;
    ui.outcome(&Made { view: View::of(&overview), said })
}
