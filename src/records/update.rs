//! Changing fields of records: of those that are named, of those that a filter keeps, or of each with its own values.

use super::given::{Given, Stream, field};
use super::relation::Relations;
use super::value::Values;
use super::which::Which;
use super::write::{How, Written, key_among, refuse_stale, written};
use crate::app::{App, Change};
use crate::base::{Error, FieldName, Kind, Result, Table, Value};

/// Sets the same fields of one or many records.
///
/// `Kind::Denied` for a field that a connection fills, `Kind::NotFound` when a record or what a relation means is not there.
pub fn update(app: &App, values: &Values<'_>, which: Which<'_>, given: &Given, how: &How) -> Result<Written> {
    let table = values.table;
    given.iter().try_for_each(|(name, _)| refuse_fixed(table, name))?;
    let which = which.prepare(app, table)?;
    written(app, &format!("records update {}", table.name), how, |change| {
        refuse_stale(change, values)?;
        let mut relations = Relations::of(values);
        let keys = which.keys(change, values, &mut relations)?;
        let mut given = given.clone();
        if !keys.is_empty() {
            relations.settle(change, &mut given)?;
        }
        let mut written = Written::default();
        written.pin(&keys);
        for key in &keys {
            set(change, table, key, &given, &mut written)?;
        }
        Ok(written)
    })
}

/// Sets fields of many records, each found by the key among its own values.
pub fn update_each(app: &App, values: &Values<'_>, records: &mut Stream<'_, Given>, how: &How) -> Result<Written> {
    let table = values.table;
    written(app, &format!("records update {}", table.name), how, |change| {
        refuse_stale(change, values)?;
        let mut relations = Relations::of(values);
        let mut written = Written::default();
        for (place, given) in records {
            let done = given.and_then(|mut given| {
                relations.settle(change, &mut given)?;
                let key = key_among(table, &given)?;
                given.retain(|(name, _)| !table.is_key(name));
                given.iter().try_for_each(|(name, _)| refuse_fixed(table, name))?;
                set(change, table, &key, &given, &mut written)
            });
            done.map_err(|error| place.name(error))?;
        }
        Ok(written)
    })
}

pub(super) fn set(
    change: &mut Change<'_>,
    table: &Table,
    key: &[Value],
    given: &Given,
    written: &mut Written,
) -> Result<()> {
    written.add(key);
    match change.update(table, key, given)? {
        true => written.updated += 1,
        false => written.unchanged += 1,
    }
    Ok(())
}

/// Refuses a field that cannot be changed here: the key, and what a connection fills.
pub(super) fn refuse_fixed(table: &Table, name: &FieldName) -> Result<()> {
    let field = field(table, name.as_str())?;
    if let (true, Some(connection)) = (table.is_locked(field), &table.connection) {
        return Err(Error::new(
            Kind::Denied,
            format!("field `{name}` of table `{}` is filled by connection `{connection}`", table.name),
        )
        .hint(format!(
            "change it at the source, or add a field of your own: `appctl tables add-field {} NAME:TYPE`",
            table.name.shell()
        )));
    }
    if table.is_key(name) {
        return Err(Error::usage(format!("field `{name}` is the key of table `{}` and cannot be changed", table.name))
            .hint("create a record with the new key and delete this one"));
    }
    Ok(())
}
