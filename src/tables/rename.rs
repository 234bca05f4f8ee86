//! New names for tables and fields. What refers to them follows.

use super::{find, lock, no_field};
use crate::app::{App, OperationId};
use crate::base::{Error, FieldName, Result, Table, TableName};

/// Gives a table another name; relations and rollups follow.
///
/// `Kind::Denied` for a table that a connection fills, `Kind::Conflict` when the name is taken.
pub fn rename(app: &App, from: &TableName, to: &TableName) -> Result<(Table, Option<OperationId>)> {
    let table = find(app, from)?;
    if from == to {
        return Err(Error::usage(format!("table `{from}` has this name already")));
    }
    lock::refuse_table(&table, "renamed")?;
    let what = format!("tables rename {from} {to}");
    app.store.change(&app.person(), &what, |change| change.rename_table(&table, to))
}

/// Gives a field, computed or not, another name; lookups, rollups and formulas follow.
///
/// `Kind::Denied` for a field that a connection fills, `Kind::Conflict` when the name is taken.
pub fn rename_field(
    app: &App,
    table: &TableName,
    from: &FieldName,
    to: &FieldName,
) -> Result<(Table, Option<OperationId>)> {
    let table = find(app, table)?;
    if from == to {
        return Err(Error::usage(format!("field `{from}` has this name already")));
    }
    match table.field(from.as_str()) {
        Some(field) => lock::refuse_field(&table, field, "renamed")?,
        None if table.computed(from.as_str()).is_some() => {}
        None => return Err(no_field(&table, from.as_str())),
    }
    let what = format!("tables rename-field {} {from} {to}", table.name);
    app.store.change(&app.person(), &what, |change| change.rename_field(&table, from, to))
}
