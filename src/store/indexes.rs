//! The indexes that appctl keeps on people's tables: one for every unique field, and one for every relation, so that what
//! points to a record is found at once. They are numbered, because names of tables and fields change.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::sql::quote;
use crate::base::{Error, Field, FieldType, Kind, Result, Table};

const UNIQUE: &str = "_appctl_unique_";
const RELATION: &str = "_appctl_relation_";

/// An index as SQLite describes it.
struct Index {
    name: String,
    unique: bool,
    columns: Vec<String>,
}

/// Makes the indexes that this description asks for, and drops ours that it does not.
///
/// `Kind::Conflict` when records have the same value in a field that shall be unique.
pub fn keep(connection: &Connection, table: &Table) -> Result<()> {
    keep_on(connection, table, table.name.as_str())
}

/// The same for a table that has another name in the file until it is complete.
pub fn keep_on(connection: &Connection, table: &Table, stored: &str) -> Result<()> {
    let indexes = indexes(connection, stored)?;
    for field in &table.fields {
        let sole = |index: &&Index| index.unique && index.columns == [field.name.as_str()];
        let first = |index: &&Index| index.columns.first().is_some_and(|column| column == field.name.as_str());
        let of = |prefix: &str, index: &Index| index.name.starts_with(prefix);
        let kept = indexes.iter().find(|index| of(UNIQUE, index) && sole(index));
        match (is_unique(table, field), kept) {
            (true, None) if !indexes.iter().any(|index| sole(&index)) => make_unique(connection, table, stored, field)?,
            (false, Some(index)) => remove(connection, &index.name)?,
            _ => {}
        }
        let kept = indexes.iter().find(|index| of(RELATION, index) && first(index));
        let others = indexes.iter().any(|index| !of(RELATION, index) && !of(UNIQUE, index) && first(&index));
        let wanted = is_relation(field) && !others && !is_unique(table, field);
        match (wanted, kept) {
            (true, None) => make_plain(connection, stored, field)?,
            (false, Some(index)) => remove(connection, &index.name)?,
            _ => {}
        }
    }
    Ok(())
}

/// Whether a field is unique by the table's own declaration instead of an index of ours.
pub fn is_declared_unique(connection: &Connection, table: &str, field: &str) -> Result<bool> {
    let indexes = indexes(connection, table)?;
    Ok(indexes.iter().any(|index| index.unique && index.columns == [field] && !index.name.starts_with(UNIQUE)))
}

fn is_relation(field: &Field) -> bool {
    matches!(field.field_type, FieldType::Relation { .. })
}

fn is_unique(table: &Table, field: &Field) -> bool {
    field.unique && !(table.is_key(&field.name) && table.key.len() == 1)
}

fn indexes(connection: &Connection, table: &str) -> Result<Vec<Index>> {
    let sql = "SELECT l.name, l.\"unique\", i.name FROM pragma_index_list(?) l, pragma_index_info(l.name) i
               WHERE NOT l.partial AND i.name IS NOT NULL ORDER BY l.name, i.seqno";
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query([table])?;
    let mut found: BTreeMap<String, Index> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (name, unique, column): (String, bool, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let index = found.entry(name.clone()).or_insert(Index { name, unique, columns: Vec::new() });
        index.columns.push(column);
    }
    Ok(found.into_values().collect())
}

fn make_unique(connection: &Connection, table: &Table, stored: &str, field: &Field) -> Result<()> {
    let name = free_name(connection, UNIQUE)?;
    let sql = format!("CREATE UNIQUE INDEX {} ON {} ({})", quote(&name), quote(stored), quote(field.name.as_str()));
    sorted_on_disk(connection, &sql).map_err(|error| match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => Error::new(
            Kind::Conflict,
            format!("field `{}` of table `{}` cannot be unique: records have the same value", field.name, table.name),
        )
        .hint(format!(
            "see `appctl tables change-field {} {} --unique --dry-run`",
            table.name.shell(),
            field.name.shell()
        )),
        _ => error.into(),
    })
}

fn make_plain(connection: &Connection, stored: &str, field: &Field) -> Result<()> {
    let name = free_name(connection, RELATION)?;
    let sql = format!("CREATE INDEX {} ON {} ({})", quote(&name), quote(stored), quote(field.name.as_str()));
    Ok(sorted_on_disk(connection, &sql)?)
}

/// Makes an index of a large table in flat memory: SQLite sorts in a file that is gone at once, where it may. It may not
/// once this connection renamed a table, which looks for temporary views and keeps their place open; then it sorts in memory.
fn sorted_on_disk(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    let _ = connection.execute_batch("PRAGMA temp_store = FILE");
    let made = connection.execute_batch(sql);
    let _ = connection.execute_batch("PRAGMA temp_store = MEMORY");
    made
}

fn remove(connection: &Connection, name: &str) -> Result<()> {
    Ok(connection.execute_batch(&format!("DROP INDEX {}", quote(name)))?)
}

/// The prefix with the number behind the greatest that is taken.
fn free_name(connection: &Connection, prefix: &str) -> Result<String> {
    let sql = "SELECT max(CAST(substr(name, ?2) AS INTEGER)) FROM sqlite_schema WHERE type = 'index' AND name GLOB ?1";
    let start = i64::try_from(prefix.len() + 1).expect("a prefix is short");
    let last: Option<i64> =
        connection.query_row(sql, rusqlite::params![format!("{prefix}[0-9]*"), start], |row| row.get(0))?;
    Ok(format!("{prefix}{}", last.unwrap_or(0) + 1))
}
