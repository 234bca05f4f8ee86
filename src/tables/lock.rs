//! What is a connection's: its tables' names and the fields that it fills. A person's own fields beside them are free.

use crate::base::{Error, Field, Kind, Result, Table};

/// `Kind::Denied` for a table that a connection fills.
pub fn refuse_table(table: &Table, what: &str) -> Result<()> {
    let Some(connection) = &table.connection else { return Ok(()) };
    Err(Error::new(Kind::Denied, format!("table `{}` is filled by connection `{connection}` and cannot be {what}", table.name))
        .hint(format!("`appctl connections remove {connection} --keep-data` unlocks its tables; `appctl connections edit {connection}` changes what it fills")))
}

/// `Kind::Denied` for a field that a connection fills.
pub fn refuse_field(table: &Table, field: &Field, what: &str) -> Result<()> {
    let Some(connection) = table.connection.as_ref().filter(|_| table.is_locked(field)) else { return Ok(()) };
    Err(Error::new(
        Kind::Denied,
        format!("field `{}` of `{}` is filled by connection `{connection}` and cannot be {what}", field.name, table.name),
    )
    .hint(format!("`appctl connections edit {connection}` changes what it fills; `appctl connections remove {connection} --keep-data` unlocks its tables")))
}
