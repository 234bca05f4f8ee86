//! `appctl records list`

use std::ops::ControlFlow;

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{Result, TableName};
use crate::cli::complete;
use crate::cli::ui::{Column, Ui, words};
use crate::records::{self, Listing, Rest};
use crate::tables;

#[derive(clap::Args)]
#[command(after_help = format!("{}

Examples:
  appctl records list contacts --where \"lifecyclestage = 'customer'\" --sort -lastmodifieddate --limit 20
  appctl records list tasks --where \"status <> 'done' and due < now() + interval '7 days'\" --fields title,due
  appctl records list tasks --where \"owner.name like 'A%'\" --fields title,owner.name --sort -owner.name
  appctl records list people --where \"tasks.status = 'open'\" --fields name,tasks.title", super::FILTERS))]
pub struct Args {
    #[command(flatten)]
    pub which: Which,
}

/// Which records, and which of their fields.
#[derive(clap::Args)]
pub struct Which {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    pub table: TableName,
    /// Keep records for which this is true
    #[arg(long = "where", value_name = "FILTER")]
    pub filter: Option<String>,
    /// Sort by these fields, `-` in front for the largest first; nulls are the smallest, the key decides among equals
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',', allow_hyphen_values = true)]
    pub sort: Vec<String>,
    /// Give these fields only
    #[arg(long, value_name = "FIELD,…", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Give at most this many records
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Go on behind the record with this id, in the listing's order
    #[arg(long, value_name = "ID")]
    pub after: Option<String>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let mut which = args.which;
    if which.fields.is_empty() {
        which.fields = records::all_fields(&tables::find(app, &which.table)?);
    }
    show(app, ui, which)
}

/// Streams the records to stdout, and tells a person what there is beyond the limit.
pub fn show(app: &App, ui: &mut Ui, which: Which) -> Result<()> {
    let Which { table, filter, sort, fields, limit, after } = which;
    let table = tables::find(app, &table)?;
    let query = records::prepare(app, &table, &Listing { filter, sort, fields, limit, after })?;
    let columns = records::columns(app, &query)?;
    let columns = columns.into_iter().map(|shape| Column::new(shape.name, shape.field_type)).collect();
    let interrupt = ui.interrupted();
    let (log, wish) = (app.store.log_watch(), interrupt.clone());
    ui.while_paused(move || wish.check().and_then(|()| log.check()));
    let mut writer = ui.rows(columns)?;
    let rest = records::stream(app, &query, &mut |cells| {
        interrupt.check()?;
        writer.row(cells.iter().copied())?;
        Ok(ControlFlow::Continue(()))
    })?;
    let rows = writer.finish()?;
    match rest {
        Rest::Nothing if rows == 0 => ui.say("no records"),
        Rest::Nothing => Ok(()),
        Rest::After(id) => ui.say(format!("there are more: `--after {}`", words::shell(&id))),
    }
}
