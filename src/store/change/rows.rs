//! Changing single records, each with what was there before.

use rusqlite::Connection;
use serde_json::{Map, Value as Json};

use super::shape::no_field;
use super::{Change, key_text};
use crate::base::{Cell, Error, Field, FieldName, Kind, Result, Table, TableName, Value, record_id};
use crate::store::schema;
use crate::store::sql::{self, quote, quote_all};

impl Change<'_> {
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

    fn insert_row(&mut self, table: &Table, values: &[(FieldName, Value)]) -> Result<Vec<Value>> {
        let inserting = match self.inserting.take() {
            Some(last) if last.fits(table, values) => last,
            _ => Inserting::new(table, values),
        };
        let key = inserting.run(self.connection, table, values);
        self.inserting = Some(inserting);
        key
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

    pub(super) fn set(&self, table: &Table, key: &[Value], values: &[&(FieldName, Value)]) -> Result<()> {
        let sets = values.iter().map(|(name, _)| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>();
        let sql = format!("UPDATE {} SET {} WHERE {}", quote(table.name.as_str()), sets.join(", "), by_key(table));
        let mut statement = self.connection.prepare_cached(&sql)?;
        sql::bind(&mut statement, 1, values.iter().map(|(_, value)| value.cell()))?;
        sql::bind(&mut statement, 1 + values.len(), key.iter().map(Value::cell))?;
        statement.raw_execute()?;
        Ok(())
    }
}

/// The statement that inserts records with these fields.
pub(super) struct Inserting {
    table: TableName,
    fields: Vec<FieldName>,
    text: String,
}

impl Inserting {
    fn new(table: &Table, values: &[(FieldName, Value)]) -> Self {
        let name = quote(table.name.as_str());
        let key = quote_all(table.key.iter().map(AsRef::as_ref));
        let given = match values {
            [] => "DEFAULT VALUES".to_owned(),
            values => {
                let names = quote_all(values.iter().map(|(name, _)| name.as_str()));
                format!("({names}) VALUES ({})", sql::marks(values.len()))
            }
        };
        let fields = values.iter().map(|(name, _)| name.clone()).collect();
        Inserting { table: table.name.clone(), fields, text: format!("INSERT INTO {name} {given} RETURNING {key}") }
    }

    fn fits(&self, table: &Table, values: &[(FieldName, Value)]) -> bool {
        self.table == table.name && self.fields.iter().eq(values.iter().map(|(name, _)| name))
    }

    /// Inserts one record and gives its key.
    fn run(&self, connection: &Connection, table: &Table, values: &[(FieldName, Value)]) -> Result<Vec<Value>> {
        let mut statement = connection.prepare_cached(&self.text)?;
        sql::bind(&mut statement, 1, values.iter().map(|(_, value)| value.cell()))?;
        let mut rows = statement.raw_query();
        let failed = |error| clash(error, table, values);
        let row = rows.next().map_err(failed)?.expect("RETURNING gives the row that was inserted");
        let key = sql::values(row, 0, table.key.len())?;
        rows.next().map_err(failed)?;
        Ok(key)
    }
}

pub(in crate::store) fn get(connection: &Connection, table: &Table, key: &[Value]) -> Result<Option<Vec<Value>>> {
    let sql = format!("SELECT {} FROM {} WHERE {}", schema::columns(table), quote(table.name.as_str()), by_key(table));
    let mut statement = connection.prepare_cached(&sql)?;
    sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
    let mut rows = statement.raw_query();
    rows.next()?.map(|row| sql::values(row, 0, table.fields.len())).transpose()
}

pub(super) fn by_key(table: &Table) -> String {
    table.key.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(" AND ")
}

pub(super) fn position(table: &Table, name: &FieldName) -> Result<usize> {
    table.fields.iter().position(|field| field.name == *name).ok_or_else(|| no_field(table, name.as_str()))
}

fn no_record(table: &Table, key: &[Value]) -> Error {
    Error::not_found(format!("table `{}` has no record `{}`", table.name, record_id::of(key)))
        .hint(format!("see `appctl records list {}`", table.name.shell()))
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
    taken(table, values)
}

/// The error for a key or unique value that another record has.
fn taken(table: &Table, values: &[(FieldName, Value)]) -> Error {
    let once = |name: &FieldName| table.is_key(name) || table.field(name.as_str()).is_some_and(|field| field.unique);
    let pairs = values.iter().filter(|(name, value)| once(name) && !value.is_null());
    let shown = pairs.map(|(name, value)| format!("`{name}` = `{}`", show(value.cell()))).collect::<Vec<_>>();
    Error::new(Kind::Conflict, format!("table `{}` has a record with {} already", table.name, shown.join(", ")))
        .hint("change the value, or update that record")
}

fn clash_error(error: Error, table: &Table, values: &[(FieldName, Value)]) -> Error {
    let once = values.iter().any(|(name, _)| table.field(name.as_str()).is_some_and(|field| field.unique));
    if once && error.message.contains("UNIQUE constraint") {
        return taken(table, values);
    }
    error
}
