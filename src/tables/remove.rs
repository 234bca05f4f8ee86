//! Dropping tables and fields. Nothing goes while something else refers to it; `undo` brings back what went.

use std::collections::BTreeSet;

use super::{Overview, find, lock, no_field, overview};
use crate::app::{App, OperationId};
use crate::base::filter::{Filter, Operand};
use crate::base::references;
use crate::base::{Error, FieldName, Kind, Result, Table, TableName, shell};

/// The tables that would go, with their records. Fails as `drop` does.
pub fn droppable(app: &App, names: &[TableName]) -> Result<Vec<Overview>> {
    let mut seen = BTreeSet::new();
    let names: Vec<&TableName> = names.iter().filter(|name| seen.insert(*name)).collect();
    let tables = names.iter().map(|name| find(app, name)).collect::<Result<Vec<_>>>()?;
    tables.iter().try_for_each(|table| lock::refuse_table(table, "dropped"))?;
    refuse_referred(app, &names)?;
    tables.into_iter().map(|table| overview(app, table)).collect()
}

/// `Kind::Conflict`, naming the fields, when fields of tables that stay refer to these.
pub fn refuse_referred(app: &App, names: &[&TableName]) -> Result<()> {
    let mut stay = app.store.tables()?;
    stay.retain(|table| !names.contains(&&table.name));
    for name in names {
        let fields = references::of_table(&stay, name);
        if !fields.is_empty() {
            return Err(Error::new(
                Kind::Conflict,
                format!("table `{name}` cannot be dropped: {} {}", quoted(&fields), uses(&fields, "it")),
            )
            .hint(hint(&fields)));
        }
    }
    Ok(())
}

/// Removes tables with their records, as one operation.
///
/// `Kind::Denied` for a table that a connection fills, `Kind::Conflict` when a field of another table refers to one.
pub fn drop(app: &App, names: &[TableName]) -> Result<(Vec<Overview>, Option<OperationId>)> {
    let tables = droppable(app, names)?;
    let shown: Vec<&str> = tables.iter().map(|overview| overview.table.name.as_str()).collect();
    let what = format!("tables drop {}", shown.join(" "));
    let (_, operation) = app.store.change(&app.person(), &what, |change| {
        tables.iter().try_for_each(|overview| change.drop_table(&overview.table))
    })?;
    Ok((tables, operation))
}

/// The table whose field would go, and how many values it has. Fails as `drop_field` does.
pub fn droppable_field(app: &App, table: &TableName, name: &FieldName) -> Result<(Table, u64)> {
    let table = find(app, table)?;
    let refers = references::of_field(&app.store.tables()?, &table.name, name);
    let Some(field) = table.field(name.as_str()) else {
        table.computed(name.as_str()).ok_or_else(|| no_field(&table, name.as_str()))?;
        refuse_used(&table, name, &refers)?;
        return Ok((table, 0));
    };
    lock::refuse_field(&table, field, "dropped")?;
    if table.is_key(name) {
        return Err(Error::usage(format!("field `{name}` is the key of table `{}` and cannot be dropped", table.name))
            .hint(format!("drop the whole table with `appctl tables drop {}`", table.name.shell())));
    }
    refuse_used(&table, name, &refers)?;
    let filled = Filter::Null { operand: Operand::Field(name.to_string()), negated: true };
    let values = app.store.count(&table, &filled, app.clock.now())?;
    Ok((table, values))
}

fn refuse_used(table: &Table, name: &FieldName, fields: &[String]) -> Result<()> {
    if fields.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        Kind::Conflict,
        format!(
            "field `{name}` of table `{}` cannot be dropped: {} {}",
            table.name,
            quoted(fields),
            uses(fields, "it")
        ),
    )
    .hint(hint(fields)))
}

/// Removes a field, computed or not, with its values.
///
/// `Kind::Denied` for a field that a connection fills, `Kind::Conflict` when a computed field uses it, `Kind::Usage` for
/// the key.
pub fn drop_field(app: &App, table: &TableName, name: &FieldName) -> Result<(Table, Option<OperationId>)> {
    let (table, _) = droppable_field(app, table, name)?;
    let what = format!("tables drop-field {} {name}", table.name);
    app.store.change(&app.person(), &what, |change| match table.field(name.as_str()) {
        Some(_) => change.drop_field(&table, name.as_str()),
        None => change.drop_computed(&table, name.as_str()),
    })
}

fn quoted(fields: &[String]) -> String {
    fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
}

fn uses(fields: &[String], what: &str) -> String {
    format!("{} {what}", if fields.len() == 1 { "needs" } else { "need" })
}

fn hint(fields: &[String]) -> String {
    let (table, field) = fields[0].rsplit_once('.').unwrap_or((&fields[0], ""));
    format!("`appctl tables drop-field {} {}` first", shell::word(table), shell::word(field))
}
