//! `appctl records get`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::{records, tables};

use super::shown::Shown;

#[derive(clap::Args)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The record's id: its key, with commas between several fields
    #[arg(allow_negative_numbers = true)]
    id: String,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let table = tables::find(app, &args.table)?;
    let values = records::get(app, &table, &args.id)?;
    ui.outcome(&Shown { table: &table, values, said: None })
}
