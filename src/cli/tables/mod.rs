//! `appctl tables`: one file a verb.

use clap::Subcommand;

use super::ui::Ui;
use crate::app::App;
use crate::base::Result;

mod add_field;
mod change_field;
mod create;
mod drop;
mod drop_field;
mod kinds;
mod list;
mod query;
pub mod questions;
mod rename;
mod rename_field;
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
    /// Change a field's type or rules, converting its values without loss
    ChangeField(change_field::Args),
    /// Give a field another name
    RenameField(rename_field::Args),
    /// Drop a field with its values
    DropField(drop_field::Args),
    /// Give a table another name
    Rename(rename::Args),
    /// Drop tables with their records
    Drop(drop::Args),
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
            Command::ChangeField(args) => change_field::run(app, ui, args).await,
            Command::RenameField(args) => rename_field::run(app, ui, args).await,
            Command::DropField(args) => drop_field::run(app, ui, args).await,
            Command::Rename(args) => rename::run(app, ui, args).await,
            Command::Drop(args) => drop::run(app, ui, args).await,
            Command::Query(args) => query::run(app, ui, args).await,
        }
    }
}
