//! Full-text search: SQLite's FTS5 (sqlite.org/fts5.html) over the text fields of a table.
//!
//! The indexes are in a file of their own beside the main one. They hold nothing that is not in it, so a damaged or missing
//! one is made anew, no write of a record waits for them, and backups do not carry them. Every search first brings its
//! table's index up to the last recorded operation: whatever made the change, one mechanism covers it.

use std::borrow::Cow;

use rusqlite::Connection;

use super::read::Query;
use super::{Store, readonly, schema};
use crate::base::search::{Marked, Words};
use crate::base::{Cell, Error, FieldName, FieldType, Kind, Result, Table, Value};

mod file;
mod hits;
mod index;

use index::Index;

/// Records with these words in their text fields.
#[derive(Debug)]
pub struct Search<'q> {
    /// Which records, which of their fields, and how many; its sort is not used, because the best come first
    pub query: &'q Query<'q>,
    pub words: &'q Words,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The best first, those that are equally good by key
    pub hits: Vec<Hit>,
    /// Whether there are more than the limit
    pub more: bool,
    /// Whether so many records have the words that only the first 10,000 were compared; the others come behind them
    pub many: bool,
}

/// A record that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub key: Vec<Value>,
    /// The larger the better (bm25); comparable within one search only
    pub score: f64,
    /// The query's fields
    pub values: Vec<Value>,
    /// The fields in which words were found; long texts are cut to what is around them
    pub matches: Vec<(FieldName, Marked)>,
}

/// Told while an index is made: how many records are in it, of how many. An error stops it and leaves what was there.
pub type Indexing<'t> = dyn FnMut(u64, u64) -> Result<()> + 't;

/// Whether a field's values are searched.
pub fn is_searched(field_type: &FieldType) -> bool {
    match field_type {
        FieldType::Text
        | FieldType::LongText
        | FieldType::Email
        | FieldType::Phone
        | FieldType::Url
        | FieldType::Select { .. }
        | FieldType::MultiSelect { .. }
        | FieldType::File => true,
        FieldType::Integer
        | FieldType::Number
        | FieldType::Decimal
        | FieldType::Currency
        | FieldType::Boolean
        | FieldType::Date
        | FieldType::DateTime
        | FieldType::Json
        | FieldType::Relation { .. }
        | FieldType::Binary => false,
    }
}

impl Store {
    /// Searches a table. The first search of a table makes its index, which takes a while when there are many records.
    ///
    /// `Kind::Usage` for a table without text fields, `Kind::Busy` when another search has been making the index for too
    /// long.
    pub fn search(&self, search: &Search<'_>, tell: &mut Indexing<'_>) -> Result<Found> {
        let table = search.query.table;
        if !table.fields.iter().any(|field| is_searched(&field.field_type)) {
            return Err(Error::usage(format!("table `{}` has no text field to search", table.name))
                .hint(format!("see `appctl tables show {}`", table.name.shell())));
        }
        match self.search_file(search, tell) {
            // The index is made again; when it is the main file that is damaged, the second time says so.
            Err(error) if error.kind == Kind::Corrupt => {
                file::remove(self.folder())?;
                self.search_file(search, tell)
            }
            other => other,
        }
    }

    fn search_file(&self, search: &Search<'_>, tell: &mut Indexing<'_>) -> Result<Found> {
        let file = self.file();
        if readonly::applies(&file) {
            return Err(Error::new(Kind::Denied, "a search makes an index, and the store's disk is read-only").hint(
                "look with `appctl records list --where \"FIELD like '%word%'\"`, or copy the folder to a disk that can be written",
            ));
        }
        let connection = schema::connect(&file)?;
        schema::prepare(&connection)?;
        match file::attach(&connection, self.folder()).and_then(|()| found(&connection, search, tell)) {
            // Nothing can be written here: the index is made for this search alone.
            Err(error) if error.kind == Kind::Denied => {
                file::attach_passing(&connection)?;
                found(&connection, search, tell)
            }
            other => other,
        }
    }
}

/// Searches on a connection to the main file that has the index file as `search`. Everything is of one moment.
fn found(connection: &Connection, search: &Search<'_>, tell: &mut Indexing<'_>) -> Result<Found> {
    let table = search.query.table;
    // The index is looked at before the records, so that it can be behind them but never ahead.
    connection.execute_batch("BEGIN")?;
    let current = Index::current(connection, table).and_then(|index| match index {
        Some(index) => hits::find(connection, search, &index).map(Some),
        None => Ok(None),
    });
    connection.execute_batch("ROLLBACK")?;
    if let Some(found) = current? {
        return Ok(found);
    }
    connection.execute_batch("BEGIN")?;
    let result = Index::bring_up(connection, table, tell).and_then(|index| hits::find(connection, search, &index));
    let end = if result.is_ok() { "COMMIT" } else { "ROLLBACK" };
    if !connection.is_autocommit() {
        connection.execute_batch(end)?;
    }
    result
}

/// A value as it is indexed: the options of a `multi_select` one below the other, nothing for what is no text.
fn text_of<'v>(table: &Table, place: usize, cell: Cell<'v>) -> Option<Cow<'v, str>> {
    let Cell::Text(text) = cell else { return None };
    let options = match table.fields[place].field_type {
        FieldType::MultiSelect { .. } => serde_json::from_str::<Vec<String>>(text).ok(),
        _ => None,
    };
    Some(options.map_or(Cow::Borrowed(text), |options| Cow::Owned(options.join("\n"))))
}

/// A text on its way into an index.
fn text_cell<'v>(text: &'v Option<Cow<'v, str>>) -> Cell<'v> {
    text.as_deref().map_or(Cell::Null, Cell::Text)
}

/// The places of the searched fields among the table's.
fn places(table: &Table) -> Vec<usize> {
    let searched = table.fields.iter().enumerate().filter(|(_, field)| is_searched(&field.field_type));
    searched.map(|(place, _)| place).collect()
}
