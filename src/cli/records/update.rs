//! `appctl records update`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Error, Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::records::{self, Values};
use crate::tables;

use super::given::{Data, HOW};
use super::shown::Shown;

#[derive(clap::Args)]
#[command(after_help = format!("{HOW}\n\nExample: appctl records update tasks 3 status=done due:=null"))]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The record's id: its key, with commas between several fields
    #[arg(allow_negative_numbers = true)]
    id: String,
    /// The new values
    #[arg(value_name = "NAME=VALUE")]
    values: Vec<String>,
    #[command(flatten)]
    data: Data,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = Values::of(app, &table)?;
    let given = args.data.one(&values, &args.values)?;
    if given.is_empty() {
        return Err(Error::usage("there is nothing to change").hint("give at least one `name=value`, or `--data JSON`"));
    }
    let (changed, _) = records::update(app, &values, &args.id, &given)?;
    let what = if changed { "changed" } else { "nothing to change in" };
    let said = Some(format!("{what} `{}` of `{}`", args.id, table.name));
    let values = records::get(app, &table, &args.id)?;
    ui.outcome(&Shown { table: &table, values, said })
}
