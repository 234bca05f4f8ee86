//! `appctl connections preview`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{ConnectionName, Error, Result, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Ui};
use crate::connections;

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    /// The object; can be left out when there is only one
    #[arg(long, value_name = "OBJECT", add = ArgValueCompleter::new(complete::objects))]
    object: Option<String>,
    /// Show at most this many rows
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let object = match &args.object {
        Some(object) => object.clone(),
        None => only_object(app, &args.name)?,
    };
    let mut progress = ui.progress();
    progress.step(&format!("asking for the first rows of `{object}`"));
    let preview = connections::preview(app, &args.name, &object, args.limit).await?;
    drop(progress);
    let columns = preview.fields.iter().map(|(name, field_type)| Column::new(name.as_str(), field_type.clone()));
    let mut rows = ui.rows(columns.collect())?;
    for row in &preview.rows {
        rows.row(row.iter().map(Value::cell))?;
    }
    let shown = rows.finish()?;
    if shown == 0 { ui.say(format!("`{object}` has no rows that fit")) } else { Ok(()) }
}

fn only_object(app: &App, name: &ConnectionName) -> Result<String> {
    let connection = connections::find(app, name)?;
    match connection.objects.as_slice() {
        [only] => Ok(only.object.clone()),
        several => {
            let names: Vec<&str> = several.iter().map(|config| config.object.as_str()).collect();
            Err(Error::usage("`--object` is missing").hint(format!("use one of {}", names.join(", "))))
        }
    }
}
