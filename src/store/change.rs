//! One operation: a set of writes that happen together, with what was there before each of them.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::sql::{self, quote, quote_all};
use super::{Store, schema};
use crate::base::{Cell, Error, Field, FieldName, Kind, Result, Table, Value};

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
        sql::immediately(&connection, || {
            let mut change = Change::begin(&connection);
            let value = work(&mut change)?;
            let id = change.record(by, what, None, &self.clock)?;
            Ok((value, id))
        })
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
        }
    }

    /// One record as it is now, all fields in the table's order.
    pub fn get(&self, table: &Table, key: &[Value]) -> Result<Option<Vec<Value>>> {
        get(self.connection, table, key)
    }

    /// Adds a record. Fields left out are null; a generated key may be left out. Gives the key.
    pub fn insert(&mut self, table: &Table, values: &[(FieldName, Value)]) -> Result<Vec<Value>> {
        for field in &table.fields {
            let given = values.iter().find(|(name, _)| *name == field.name).map(|(_, value)| value);
            if field.required && given.is_none_or(Value::is_null) {
                return Err(required(field));
            }
        }
        let key = self.insert_row(table, values)?;
        self.note(table.name.as_str(), &key_text(&key), "insert", None)?;
        self.inserted += 1;
        Ok(key)
    }

    fn insert_row(&self, table: &Table, values: &[(FieldName, Value)]) -> Result<Vec<Value>> {
        let sql = format!(
            "INSERT INTO {} ({}) VALUES ({}) RETURNING {}",
            quote(table.name.as_str()),
            quote_all(values.iter().map(|(name, _)| name.as_str())),
            sql::marks(values.len()),
            quote_all(table.key.iter().map(AsRef::as_ref)),
        );
        let sql = if values.is_empty() {
            format!(
                "INSERT INTO {} DEFAULT VALUES RETURNING {}",
                quote(table.name.as_str()),
                quote_all(table.key.iter().map(AsRef::as_ref))
            )
        } else {
            sql
        };
        let mut statement = self.connection.prepare_cached(&sql)?;
        sql::bind(&mut statement, 1, values.iter().map(|(_, value)| value.cell()))?;
        let mut rows = statement.raw_query();
        let taken = |error| clash(error, table, values);
        let row = rows.next().map_err(taken)?.expect("RETURNING gives the row that was inserted");
        let key = sql::values(row, 0, table.key.len())?;
        rows.next().map_err(taken)?;
        Ok(key)
    }

    /// Sets the given fields of a record. False when they hold these values already.
    ///
    /// `Kind::NotFound` when there is no such record. Key fields cannot be set.
    pub fn update(&mut self, table: &Table, key: &[Value], values: &[(FieldName, Value)]) -> Result<bool> {
        let before = self.get(table, key)?.ok_or_else(|| no_record(table, key))?;
        let mut changed: Vec<&(FieldName, Value)> = Vec::new();
        let mut image = Map::new();
        for pair in values {
            let (name, value) = pair;
            let index = position(table, name)?;
            if before[index] == *value {
                continue;
            }
            if table.fields[index].required && value.is_null() {
                return Err(required(&table.fields[index]));
            }
            image.insert(name.to_string(), before[index].to_exact_json());
            changed.push(pair);
        }
        if changed.is_empty() {
            return Ok(false);
        }
        self.set(table, key, &changed).map_err(|error| clash_error(error, table, values))?;
        self.note(table.name.as_str(), &key_text(key), "update", Some(Json::Object(image)))?;
        self.updated += 1;
        Ok(true)
    }

    fn set(&self, table: &Table, key: &[Value], values: &[&(FieldName, Value)]) -> Result<()> {
        let sets = values.iter().map(|(name, _)| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>();
        let sql = format!("UPDATE {} SET {} WHERE {}", quote(table.name.as_str()), sets.join(", "), by_key(table));
        let mut statement = self.connection.prepare_cached(&sql)?;
        sql::bind(&mut statement, 1, values.iter().map(|(_, value)| value.cell()))?;
        sql::bind(&mut statement, 1 + values.len(), key.iter().map(Value::cell))?;
        statement.raw_execute()?;
        Ok(())
    }

    /// Removes a record. False when there is none.
    pub fn delete(&mut self, table: &Table, key: &[Value]) -> Result<bool> {
        let Some(before) = self.get(table, key)? else { return Ok(false) };
        let sql = format!("DELETE FROM {} WHERE {}", quote(table.name.as_str()), by_key(table));
        let mut statement = self.connection.prepare_cached(&sql)?;
        sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
        statement.raw_execute()?;
        self.note(table.name.as_str(), &key_text(key), "delete", Some(image(table, &before)))?;
        self.deleted += 1;
        Ok(true)
    }

    /// Makes an empty table.
    pub fn create_table(&mut self, table: &Table) -> Result<()> {
        self.refuse_taken_name(table)?;
        self.connection.execute_batch(&schema::declare(table, table.name.as_str()))?;
        schema::put_table(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", None)
    }

    pub(super) fn refuse_taken_name(&self, table: &Table) -> Result<()> {
        let sql = "SELECT name FROM sqlite_schema WHERE lower(name) = lower(?)";
        let taken: Option<String> =
            self.connection.query_row(sql, [table.name.as_str()], |row| row.get(0)).optional()?;
        match taken {
            None => Ok(()),
            Some(name) => Err(Error::new(Kind::Conflict, format!("there is a table named `{name}` already"))
                .hint(format!("see `appctl tables show {name}`, or choose another name"))),
        }
    }

    /// A table that a first load filled and that is now shown under its name: recorded as one bulk marker.
    pub(super) fn adopt_table(&mut self, hidden: &str, table: &Table, rows: u64) -> Result<()> {
        self.refuse_taken_name(table)?;
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(hidden), quote(table.name.as_str()));
        self.connection.execute_batch(&sql)?;
        schema::put_table(self.connection, table)?;
        self.inserted += rows;
        self.note(table.name.as_str(), "", "load", Some(Json::from(rows)))
    }

    /// Adds a field to a table; it is null in every record. Gives the table as it is now.
    pub fn add_field(&mut self, table: &Table, field: &Field) -> Result<Table> {
        if let Some(taken) = table.fields.iter().find(|other| lower(&other.name) == lower(&field.name)) {
            return Err(Error::new(
                Kind::Conflict,
                format!("table `{}` has a field `{}` already", table.name, taken.name),
            )
            .hint(format!("see `appctl tables show {}`", table.name)));
        }
        schema::add_field(self.connection, table, field)?;
        let mut wider = table.clone();
        wider.fields.push(field.clone());
        self.describe(table, &wider)?;
        self.note(table.name.as_str(), field.name.as_str(), "add_field", None)?;
        Ok(wider)
    }

    /// Changes what is written down about a table (its connection, a field's type or source) and nothing in its rows.
    pub fn redescribe(&mut self, before: &Table, after: &Table) -> Result<()> {
        let image = serde_json::to_value(before).expect("a table is JSON");
        self.describe(before, after)?;
        self.note(after.name.as_str(), "", "redescribe", Some(image))
    }

    fn describe(&self, before: &Table, after: &Table) -> Result<()> {
        debug_assert_eq!(before.name, after.name, "renaming is an operation of its own");
        schema::put_table(self.connection, after)
    }

    /// Removes a table with all its records. They are kept aside, hidden, for as long as the operation can be undone.
    pub fn drop_table(&mut self, table: &Table) -> Result<()> {
        let aside = format!("_appctl_dropped_{}_{}", self.operation()?, self.sequence);
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(table.name.as_str()), quote(&aside));
        self.connection.execute_batch(&sql)?;
        self.connection.execute("DELETE FROM _appctl_tables WHERE name = ?", [table.name.as_str()])?;
        let image = serde_json::json!({ "table": table, "aside": aside });
        self.note(table.name.as_str(), "", "drop_table", Some(image))
    }

    /// Takes back a `drop_table`.
    pub(super) fn restore_table(&mut self, aside: &str, table: &Table) -> Result<()> {
        self.refuse_taken_name(table)?;
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(aside), quote(table.name.as_str()));
        self.connection.execute_batch(&sql)?;
        schema::put_table(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", None)
    }

    /// Takes back an `add_field`; its values are part of the operation.
    pub(super) fn drop_field(&mut self, table: &Table, name: &str) -> Result<()> {
        let field = table.field(name).ok_or_else(|| no_field(table, name))?.clone();
        let index = position(table, &field.name)?;
        let mut values = Vec::new();
        {
            let sql = format!(
                "SELECT {} FROM {} WHERE {} IS NOT NULL",
                schema::columns(table),
                quote(table.name.as_str()),
                quote(name)
            );
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let row = sql::values(row, 0, table.fields.len())?;
                let key = key_of(table, &row);
                values.push(serde_json::json!([key_text(&key), row[index].to_exact_json()]));
            }
        }
        schema::drop_field(self.connection, &table.name, name)?;
        let mut narrower = table.clone();
        narrower.fields.remove(index);
        self.describe(table, &narrower)?;
        let image = serde_json::json!({ "field": field, "values": values });
        self.note(table.name.as_str(), name, "drop_field", Some(image))
    }

    /// Takes back a `drop_field`.
    pub(super) fn restore_field(&mut self, table: &Table, image: &Json) -> Result<()> {
        let field: Field = serde_json::from_value(image["field"].clone()).map_err(damaged)?;
        let wider = self.add_field(table, &field)?;
        for pair in image["values"].as_array().into_iter().flatten() {
            let key = parse_key(pair[0].as_str().unwrap_or_default())?;
            let value = Value::from_exact_json(&pair[1]).ok_or_else(|| damaged("a value"))?;
            self.set(&wider, &key, &[&(field.name.clone(), value)])?;
        }
        Ok(())
    }

    /// Keeps a document of appctl's own (a connection, an account) under this kind and name.
    pub fn put_document(&mut self, kind: &str, name: &str, body: &Json) -> Result<()> {
        let before = schema::document(self.connection, kind, name)?;
        if before.as_ref() == Some(body) {
            return Ok(());
        }
        let sql = "INSERT INTO _appctl_documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
        self.connection.prepare_cached(sql)?.execute(params![kind, name, body.to_string()])?;
        self.note(DOCUMENTS, &document_key(kind, name), "document", Some(before.unwrap_or(Json::Null)))
    }

    /// Forgets a document. False when there is none.
    pub fn delete_document(&mut self, kind: &str, name: &str) -> Result<bool> {
        let Some(before) = schema::document(self.connection, kind, name)? else { return Ok(false) };
        self.connection.execute("DELETE FROM _appctl_documents WHERE kind = ? AND name = ?", [kind, name])?;
        self.note(DOCUMENTS, &document_key(kind, name), "document", Some(before))?;
        Ok(true)
    }

    pub fn document(&self, kind: &str, name: &str) -> Result<Option<Json>> {
        schema::document(self.connection, kind, name)
    }

    pub fn documents(&self, kind: &str) -> Result<Vec<(String, Json)>> {
        schema::documents(self.connection, kind)
    }

    pub fn table(&self, name: &crate::base::TableName) -> Result<Option<Table>> {
        schema::table(self.connection, name)
    }

    /// Writes down one change with what was there before.
    pub(super) fn note(&mut self, table: &str, key: &str, kind: &str, before: Option<Json>) -> Result<()> {
        let operation = self.operation()?;
        let sql = "INSERT INTO _appctl_changes VALUES (?, ?, ?, ?, ?, ?)";
        let before = before.map(|json| json.to_string());
        self.connection.prepare_cached(sql)?.execute(params![operation, self.sequence, table, key, kind, before])?;
        self.sequence += 1;
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
        let sql = "UPDATE _appctl_operations SET at = ?, author_kind = ?, author = ?, what = ?, connection = ?,
                   inserted = ?, updated = ?, deleted = ?, tables = ? WHERE id = ?";
        let tables = serde_json::to_string(&self.tables).expect("names are JSON");
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        self.connection.execute(
            sql,
            params![
                clock.now().rfc3339(),
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

/// The name under which changes of documents are recorded.
pub(super) const DOCUMENTS: &str = "_appctl_documents";

pub(super) fn document_key(kind: &str, name: &str) -> String {
    serde_json::json!([kind, name]).to_string()
}

/// A key as text: a JSON array of its exact values.
pub(super) fn key_text(key: &[Value]) -> String {
    Json::Array(key.iter().map(Value::to_exact_json).collect()).to_string()
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

pub(super) fn key_of(table: &Table, values: &[Value]) -> Vec<Value> {
    let index = |name: &FieldName| table.fields.iter().position(|field| field.name == *name);
    table.key.iter().map(|name| values[index(name).expect("a key names its table's fields")].clone()).collect()
}

pub(super) fn damaged(what: impl std::fmt::Display) -> Error {
    Error::new(Kind::Corrupt, format!("a recorded change cannot be read: {what}"))
}

pub(super) fn get(connection: &Connection, table: &Table, key: &[Value]) -> Result<Option<Vec<Value>>> {
    let sql = format!("SELECT {} FROM {} WHERE {}", schema::columns(table), quote(table.name.as_str()), by_key(table));
    let mut statement = connection.prepare_cached(&sql)?;
    sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
    let mut rows = statement.raw_query();
    rows.next()?.map(|row| sql::values(row, 0, table.fields.len())).transpose()
}

fn by_key(table: &Table) -> String {
    table.key.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(" AND ")
}

fn position(table: &Table, name: &FieldName) -> Result<usize> {
    table.fields.iter().position(|field| field.name == *name).ok_or_else(|| no_field(table, name.as_str()))
}

fn lower(name: &FieldName) -> String {
    name.as_str().to_lowercase()
}

fn no_field(table: &Table, name: &str) -> Error {
    Error::not_found(format!("table `{}` has no field `{name}`", table.name))
        .hint(format!("see `appctl tables show {}`", table.name))
}

fn no_record(table: &Table, key: &[Value]) -> Error {
    let shown = key.iter().map(|value| show(value.cell())).collect::<Vec<_>>().join(",");
    Error::not_found(format!("table `{}` has no record `{shown}`", table.name))
        .hint(format!("see `appctl records list {}`", table.name))
}

fn required(field: &Field) -> Error {
    Error::usage(format!("field `{}` is required", field.name))
}

fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.to_owned(),
        Cell::Blob(bytes) => format!("{} bytes", bytes.len()),
    }
}

fn clash(error: rusqlite::Error, table: &Table, values: &[(FieldName, Value)]) -> Error {
    let unique = matches!(
        error.sqlite_extended_error_code(),
        Some(
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID
        )
    );
    if !unique {
        return error.into();
    }
    let once = |name: &FieldName| table.is_key(name) || table.field(name.as_str()).is_some_and(|field| field.unique);
    let pairs = values.iter().filter(|(name, _)| once(name));
    let shown = pairs.map(|(name, value)| format!("`{name}` = `{}`", show(value.cell()))).collect::<Vec<_>>();
    Error::new(Kind::Conflict, format!("table `{}` has a record with {} already", table.name, shown.join(", ")))
        .hint("change the value, or update that record")
}

fn clash_error(error: Error, table: &Table, values: &[(FieldName, Value)]) -> Error {
    let once = values.iter().any(|(name, _)| table.field(name.as_str()).is_some_and(|field| field.unique));
    if once && error.message.contains("UNIQUE constraint") {
        return Error::new(Kind::Conflict, format!("table `{}` has a record with this value already", table.name));
    }
    error
}
