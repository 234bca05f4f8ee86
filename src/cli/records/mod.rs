//! `appctl records`: one file a verb.

use clap::Subcommand;

use super::ui::Ui;
use crate::app::App;
use crate::base::Result;

pub mod changes;
mod count;
mod create;
mod delete;
mod export;
mod get;
mod given;
mod history;
mod import;
pub mod list;
pub mod questions;
mod search;
mod shown;
mod update;
mod upsert;

#[derive(Subcommand)]
pub enum Command {
    /// List records
    List(list::Args),
    /// Show one record
    Get(get::Args),
    /// Create one record, or many at once
    Create(create::Args),
    /// Change fields of records
    Update(update::Args),
    /// Create records that are not there and change those that are
    Upsert(upsert::Args),
    /// Delete records
    Delete(delete::Args),
    /// Count records
    Count(count::Args),
    /// Bring the rows of a file into a table
    Import(Box<import::Args>),
    /// Find records by the words in their text fields
    Search(search::Args),
    /// Write records as csv, json, jsonl or a spreadsheet
    /// Show who changed which field of a record, from what to what
    History(history::Args),
    /// Write records as CSV, or as `-o json` or `-o jsonl`
    Export(export::Args),
}

impl Command {
    pub async fn run(self, app: &mut App, ui: &mut Ui) -> Result<()> {
        match self {
            Command::List(args) => list::run(app, ui, args).await,
            Command::Get(args) => get::run(app, ui, args).await,
            Command::Create(args) => create::run(app, ui, args).await,
            Command::Update(args) => update::run(app, ui, args).await,
            Command::Upsert(args) => upsert::run(app, ui, args).await,
            Command::Delete(args) => delete::run(app, ui, args).await,
            Command::Count(args) => count::run(app, ui, args).await,
            Command::Import(args) => import::run(app, ui, *args).await,
            Command::Search(args) => search::run(app, ui, args).await,
            Command::History(args) => history::run(app, ui, args).await,
            Command::Export(args) => export::run(app, ui, args).await,
        }
    }
}

/// What a filter looks like, for help texts.
const FILTERS: &str = "\
Filters: = <> < <= > >=, and, or, not, in (…), between … and …, like 'A%', is null, is true,
now() + interval '7 days'. Texts and dates stand in single quotes, odd field names in double quotes.

Fields may be paths through relations: `owner.team.name` is a field of the record that a relation points to, null where
there is none. The records that point here are called as their table is (`tasks`), or `tasks_by_owner` where that is not
clear: `tasks` lists their ids and `tasks.title` their titles, a filter over them asks for at least one, and
`tasks is null` for none.";
