//! `appctl tables add-field`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Error, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::tables::{self, FieldSpec};

use super::create::Made;
use super::show::{View, types};

#[derive(clap::Args)]
#[command(
    after_help = format!(
        "{}

Examples:
  appctl tables add-field contacts score:integer
  appctl tables add-field tasks owner:relation=people:cascade
  appctl tables add-field people open_tasks:rollup=tasks.owner:count
  appctl tables add-field tasks owner_email:lookup=owner.email
  appctl tables add-field tasks 'cost:formula=hours * rate'",
        types()
    )
)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The new field, `NAME:TYPE`
    #[arg(value_name = "FIELD:TYPE")]
    field: String,
    /// Refuse two records with the same value in it
    #[arg(long)]
    unique: bool,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let mut spec: FieldSpec = args.field.parse()?;
    if args.unique {
        match &mut spec {
            FieldSpec::Stored(field) => field.unique = true,
            FieldSpec::Computed(field) => {
                return Err(Error::usage(format!("field `{}` is worked out; it cannot be unique", field.name)));
            }
        }
    }
    let said = format!("added field `{}` to table `{}`", spec.name(), args.table);
    tables::add_field(app, &args.table, spec)?;
    let overview = tables::show(app, &args.table)?;
    ui.outcome(&Made { view: View::of(&overview), said })
}
