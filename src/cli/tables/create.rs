//! `appctl tables create`

use crate::app::App;
use crate::base::{FieldName, Result, TableName};
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::tables::{self, CreateRequest};

use super::show::{View, types};

#[derive(clap::Args)]
#[command(
    after_help = format!(
        "{}

`!` at the end makes a field required. Without `--key` each record gets a number as its `id`.

Examples:
  appctl tables create people name:text! email:email --unique email
  appctl tables create tasks title:text! due:date status:select=open,done owner:relation=people
  appctl tables create prices sku:text currency:text amount:decimal --key sku --key currency",
        types()
    )
)]
pub struct Args {
    /// The new table's name
    table: TableName,
    /// The fields in order, each `NAME:TYPE`
    #[arg(value_name = "FIELD:TYPE")]
    fields: Vec<String>,
    /// Make this field the key; repeat it for a key of several fields
    #[arg(long, value_name = "FIELD")]
    key: Vec<FieldName>,
    /// Refuse two records with the same value in this field
    #[arg(long, value_name = "FIELD")]
    unique: Vec<FieldName>,
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let fields = args.fields.iter().map(|text| text.parse()).collect::<Result<_>>()?;
    let request = CreateRequest { name: args.table, fields, key: args.key, unique: args.unique };
    let (table, _) = tables::create(app, request)?;
    let overview = tables::show(app, &table.name)?;
    ui.outcome(&Made { view: View::of(&overview), said: format!("created table `{}`", overview.table.name) })
}

/// A table that was made or widened.
#[derive(serde::Serialize)]
#[serde(transparent)]
pub struct Made<'t> {
    pub view: View<'t>,
    #[serde(skip)]
    pub said: String,
}

impl Outcome for Made<'_> {
    fn sheet(&self) -> Sheet {
        self.view.sheet()
    }

    fn said(&self) -> Option<String> {
        Some(self.said.clone())
    }
}
