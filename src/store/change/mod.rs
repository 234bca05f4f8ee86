//! One operation: a set of writes that happen together, with what was there before each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::{Store, retention, schema, sql};
use crate::base::{Error, Kind, Result, Table, TableName, Value};

pub(super) mod bulk;
mod delete;
mod documents;
mod found;
mod look;
mod pointing;
mod rename;
mod retype;
mod rows;
mod shape;

pub use bulk::{Load, Match, Refused};
pub use delete::Removed;
pub(super) use documents::DOCUMENTS;
use pointing::Pointers;
pub use retype::{Conversion, Convert, Refusal};
pub(super) use rows::get;

pub type OperationId = i64;

/// Who made a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    pub kind: AuthorKind,
    /// The person's, connection's or agent's name
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    Person,
    Run,
    Agent,
}

impl AuthorKind {
    pub fn word(self) -> &'static str {
        match self {
            AuthorKind::Person => "person",
            AuthorKind::Run => "run",
            AuthorKind::Agent => "agent",
        }
    }
}

impl Author {
    pub fn person(name: impl Into<String>) -> Self {
        Author { kind: AuthorKind::Person, name: name.into() }
    }
}

impl Store {
    /// Makes the writes of `work` as one recorded operation: all of them, or none when it fails.
    ///
    /// Gives what `work` gave and the operation's number; no operation is recorded when nothing was written.
    pub fn change<T>(
        &self,
        by: &Author,
        what: &str,
        work: impl FnOnce(&mut Change<'_>) -> Result<T>,
    ) -> Result<(T, Option<OperationId>)> {
        let connection = self.lock();
        let done = sql::immediately(&connection, || {
            let mut change = Change::begin(&connection);
            let value = work(&mut change)?;
            let id = change.record(by, what, None, &self.clock)?;
            Ok((value, id))
        })?;
        retention::prune_a_little(&connection, &self.clock);
        Ok(done)
    }
}

/// The writes of one operation, inside its transaction.
pub struct Change<'c> {
    pub(super) connection: &'c Connection,
    operation: Option<OperationId>,
    sequence: i64,
    tables: BTreeSet<String>,
    pub(super) inserted: u64,
    pub(super) updated: u64,
    pub(super) deleted: u64,
    /// What points to the tables that were asked for; forgotten when a table changes
    pointers: BTreeMap<TableName, Rc<Pointers>>,
    /// How the last record was inserted: the next one mostly has the same fields
    inserting: Option<rows::Inserting>,
    /// The table that was asked for last; forgotten when a table changes
    described: Option<Rc<Table>>,
}

impl<'c> Change<'c> {
    pub(super) fn begin(connection: &'c Connection) -> Self {
        Change {
            connection,
            operation: None,
            sequence: 0,
            tables: BTreeSet::new(),
            inserted: 0,
            updated: 0,
            deleted: 0,
            pointers: BTreeMap::new(),
            inserting: None,
            described: None,
        }
    }

    /// A table as it is now, read once for many of its records.
    pub(super) fn described(&mut self, name: &TableName) -> Result<Option<Rc<Table>>> {
        if self.described.as_ref().is_none_or(|table| table.name != *name) {
            self.described = schema::table(self.connection, name)?.map(Rc::new);
        }
        Ok(self.described.clone())
    }

    /// Writes down one change with what was there before.
    pub(super) fn note(&mut self, table: &str, key: &str, kind: &str, before: Option<Json>) -> Result<()> {
        let operation = self.operation()?;
        let sql = "INSERT INTO _appctl_changes VALUES (?, ?, ?, ?, ?, ?)";
        let before = before.map(|json| json.to_string());
        self.connection.prepare_cached(sql)?.execute(params![operation, self.sequence, table, key, kind, before])?;
        self.sequence += 1;
        if !matches!(kind, "insert" | "update" | "delete" | "document") {
            self.pointers.clear();
            self.inserting = None;
            self.described = None;
        }
        if table != DOCUMENTS && !self.tables.contains(table) {
            self.tables.insert(table.to_owned());
        }
        Ok(())
    }

    /// The operation's number, given out at the first write.
    pub(super) fn operation(&mut self) -> Result<OperationId> {
        if let Some(id) = self.operation {
            return Ok(id);
        }
        let sql = "INSERT INTO _appctl_operations (at, author_kind, author, what) VALUES ('', '', '', '')";
        self.connection.execute(sql, [])?;
        let id = self.connection.last_insert_rowid();
        self.operation = Some(id);
        Ok(id)
    }

    /// Completes the operation's own row. `None` when nothing was written.
    pub(super) fn record(
        &mut self,
        by: &Author,
        what: &str,
        connection: Option<&str>,
        clock: &crate::base::Clock,
    ) -> Result<Option<OperationId>> {
        let Some(id) = self.operation else { return Ok(None) };
        let now = clock.now();
        retention::note_silence(self.connection, id, now)?;
        let sql = "UPDATE _appctl_operations SET at = ?, author_kind = ?, author = ?, what = ?, connection = ?,
                   inserted = ?, updated = ?, deleted = ?, tables = ? WHERE id = ?";
        let tables = serde_json::to_string(&self.tables).expect("names are JSON");
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        self.connection.execute(
            sql,
            params![
                now.rfc3339(),
                by.kind.word(),
                by.name,
                what,
                connection,
                count(self.inserted),
                count(self.updated),
                count(self.deleted),
                tables,
                id
            ],
        )?;
        Ok(Some(id))
    }
}

/// A key as text: a JSON array of its exact values.
pub(super) fn key_text(key: &[Value]) -> String {
    let mut text = String::with_capacity(24);
    for (place, value) in key.iter().enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        match value {
            Value::Integer(number) => text.push_str(&number.to_string()),
            Value::Text(value) => text.push_str(&serde_json::to_string(value).expect("a text is JSON")),
            other => text.push_str(&other.to_exact_json().to_string()),
        }
    }
    text.push_str(if key.is_empty() { "[]" } else { "]" });
    text
}

pub(super) fn parse_key(text: &str) -> Result<Vec<Value>> {
    let json: Vec<Json> = serde_json::from_str(text).map_err(damaged)?;
    json.iter().map(|value| Value::from_exact_json(value).ok_or_else(|| damaged(text))).collect()
}

/// All values of a record, by field.
pub(super) fn image(table: &Table, values: &[Value]) -> Json {
    let pairs = table.fields.iter().zip(values).map(|(field, value)| (field.name.to_string(), value.to_exact_json()));
    Json::Object(pairs.collect())
}

pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Corrupt, format!("a recorded change cannot be read: {what}"))
}
