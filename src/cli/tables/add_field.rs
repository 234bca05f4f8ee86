//! `appctl tables add-field`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::tables::{self, FieldSpec};

use super::create::Made;
use super::show::{View, types};

#[derive(clap::Args)]
#[command(after_help = format!("{}\n\nExample: appctl tables add-field contacts score:integer", types()))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The new field, `NAME:TYPE`
    #[arg(value_name = "FIELD:TYPE")]
    field: String,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let spec: FieldSpec = args.field.parse()?;
    let said = format!("added field `{}` to table `{}`", spec.0.name, args.table);
    tables::add_field(app, &args.table, spec)?;
    let overview = tables::show(app, &args.table)?;
    ui.outcome(&Made { view: View::of(&overview), said })
}
