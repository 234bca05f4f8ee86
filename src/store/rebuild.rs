//! Writing a table anew under another description, in one pass over its rows and in flat memory. SQLite itself can only add
//! and remove columns at the end (sqlite.org/lang_altertable.html, "Making other kinds of table schema changes").

use rusqlite::{Connection, OptionalExtension, params};

use super::sql::{quote, quote_all};
use super::{indexes, schema};
use crate::base::{Error, FieldName, Kind, Result, Table};

/// Values kept by key beside a table: in a hidden table with the columns `k0`, `k1`, … and `value`.
pub struct Kept<'a> {
    pub name: &'a str,
}

impl<'a> Kept<'a> {
    /// Makes an empty one for the keys of `table`. Its keys are stored as the table's are, else SQLite would not look them up.
    pub fn make(connection: &Connection, name: &'a str, table: &Table) -> Result<Self> {
        let keys = table.key_fields().enumerate();
        let columns: Vec<String> =
            keys.map(|(place, field)| format!("k{place} {}", schema::storage(table, field))).collect();
        connection.execute_batch(&format!(
            "CREATE TABLE {} ({}, value ANY, PRIMARY KEY ({})) STRICT, WITHOUT ROWID",
            quote(name),
            columns.join(", "),
            names(table)
        ))?;
        Ok(Kept { name })
    }

    /// `kept.k0 = t."id" AND …`
    pub fn same(&self, table: &Table) -> String {
        let pairs =
            table.key.iter().enumerate().map(|(place, name)| format!("kept.k{place} = t.{}", quote(name.as_str())));
        pairs.collect::<Vec<_>>().join(" AND ")
    }

    /// Takes the values of a field that are not null.
    pub fn take(&self, connection: &Connection, table: &Table, field: &FieldName) -> Result<usize> {
        let sql = format!(
            "INSERT INTO {} ({}, value) SELECT {}, {field} FROM {} WHERE {field} IS NOT NULL",
            quote(self.name),
            names(table),
            quote_all(table.key.iter().map(AsRef::as_ref)),
            quote(table.name.as_str()),
            field = quote(field.as_str()),
        );
        Ok(connection.execute(&sql, [])?)
    }

    pub fn drop(self, connection: &Connection) -> Result<()> {
        Ok(connection.execute_batch(&format!("DROP TABLE {}", quote(self.name)))?)
    }
}

/// `k0, k1`
pub fn names(table: &Table) -> String {
    (0..table.key.len()).map(|place| format!("k{place}")).collect::<Vec<_>>().join(", ")
}

/// Where the values of one field come from: those kept for a record's key, else the field's own from before.
pub struct Filled<'a> {
    pub field: &'a FieldName,
    pub from: Kept<'a>,
}

const REBUILT: &str = "_appctl_rebuilt";

/// Writes the table anew as `after` says; its name and its key stay. Fields that `after` lacks go with their values.
pub fn rebuild(connection: &Connection, before: &Table, after: &Table, filled: Option<&Filled<'_>>) -> Result<()> {
    let name = before.name.as_str();
    let others = others(connection, name)?;
    let handed_out = handed_out(connection, name)?;
    connection.execute_batch(&schema::declare(after, REBUILT))?;
    connection.execute_batch(&copy(before, after, filled))?;
    connection.execute_batch(&format!("DROP TABLE {}", quote(name)))?;
    // Now rather than under its own name, because renaming a table costs the sorting on disk.
    indexes::keep_on(connection, after, REBUILT)?;
    // The old way leaves alone what other programs' views and triggers say about the table.
    connection.execute_batch("PRAGMA legacy_alter_table = ON")?;
    let renamed = connection.execute_batch(&format!("ALTER TABLE {REBUILT} RENAME TO {}", quote(name)));
    connection.execute_batch("PRAGMA legacy_alter_table = OFF")?;
    renamed?;
    if let Some(number) = handed_out {
        hand_out_after(connection, name, number)?;
    }
    for (what, sql) in others {
        connection.execute_batch(&sql).map_err(|error| {
            Error::new(Kind::Conflict, format!("`{what}`, made by another program, does not fit any more: {error}"))
                .hint(format!("remove `{what}` with that program first; nothing was changed"))
        })?;
    }
    Ok(())
}

fn copy(before: &Table, after: &Table, filled: Option<&Filled<'_>>) -> String {
    let mut names: Vec<String> = after.fields.iter().map(|field| quote(field.name.as_str())).collect();
    let value = |name: &FieldName| match filled.filter(|filled| filled.field == name) {
        Some(_) if before.field(name.as_str()).is_some() => {
            format!("CASE WHEN kept.k0 IS NULL THEN t.{} ELSE kept.value END", quote(name.as_str()))
        }
        Some(_) => "kept.value".to_owned(),
        None => format!("t.{}", quote(name.as_str())),
    };
    let mut values: Vec<String> = after.fields.iter().map(|field| value(&field.name)).collect();
    if let Some(number) = row_number(before, after).filter(|_| !schema::rowid_key(after)) {
        names.push(number.to_owned());
        values.push(format!("t.{number}"));
    }
    let join = filled.map_or(String::new(), |filled| {
        format!("LEFT JOIN {} AS kept ON {}", quote(filled.from.name), filled.from.same(before))
    });
    format!(
        "INSERT INTO {REBUILT} ({}) SELECT {} FROM {} AS t {join}",
        names.join(", "),
        values.join(", "),
        quote(before.name.as_str())
    )
}

/// A name of SQLite's row number that no field hides; it is kept, because other programs may have written it down.
fn row_number(before: &Table, after: &Table) -> Option<&'static str> {
    let taken = |name: &&str| {
        before.fields.iter().chain(&after.fields).any(|field| field.name.as_str().eq_ignore_ascii_case(name))
    };
    ["rowid", "_rowid_", "oid"].into_iter().find(|name| !taken(name))
}

/// Indexes and triggers on the table that are not ours.
fn others(connection: &Connection, table: &str) -> Result<Vec<(String, String)>> {
    let sql = "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ? AND type IN ('index', 'trigger')
               AND sql IS NOT NULL AND name NOT LIKE '\\_appctl\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The greatest number that was handed out as a key, also to records that are gone.
fn handed_out(connection: &Connection, table: &str) -> Result<Option<i64>> {
    let any = "SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'";
    if connection.query_row(any, [], |_| Ok(())).optional()?.is_none() {
        return Ok(None);
    }
    let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?";
    Ok(connection.query_row(sql, [table], |row| row.get(0)).optional()?)
}

fn hand_out_after(connection: &Connection, table: &str, number: i64) -> Result<()> {
    let changed = connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = ?", params![number, table])?;
    if changed == 0 {
        connection.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", params![table, number])?;
    }
    Ok(())
}
