//! `appctl tables`: one file a verb.

use clap::Subcommand;

use super::ui::Ui;
use crate::app::App;
use crate::base::Result;

mod add_field;
mod create;
mod list;
mod query;
mod show;

#[derive(Subcommand)]
pub enum Command {
    /// List the tables
    List(list::Args),
    /// Show a table's fields and key
    Show(show::Args),
    /// Make an empty table
    Create(create::Args),
    /// Add a field of your own to a table, synced ones included
    AddField(add_field::Args),
    /// Read across tables with SQL
    Query(query::Args),
}

impl Command {
    pub async fn run(self, app: &mut App, ui: &mut Ui) -> Result<()> {
        match self {
            Command::List(args) => list::run(app, ui, args).await,
            Command::Show(args) => show::run(app, ui, args).await,
            Command::Create(args) => create::run(app, ui, args).await,
            Command::AddField(args) => add_field::run(app, ui, args).await,
            Command::Query(args) => query::run(app, ui, args).await,
        }
    }
}
