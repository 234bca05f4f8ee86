//! One record, and how many there are.

use crate::app::App;
use crate::base::{Error, Result, Table, Value, record_id};

use super::{key, list};

/// All fields of one record, in the table's order. `Kind::NotFound` when there is none of this id.
pub fn get(app: &App, table: &Table, id: &str) -> Result<Vec<Value>> {
    let key = key::find(app, table, id)?;
    app.store.get(table, &key)?.ok_or_else(|| no_record(table, &key))
}

/// How many records a filter keeps.
pub fn count(app: &App, table: &Table, filter: Option<&str>) -> Result<u64> {
    let filter = list::filter(app, table, filter)?;
    app.store.count(table, &filter, app.clock.now())
}

pub(super) fn no_record(table: &Table, key: &[Value]) -> Error {
    Error::not_found(format!("table `{}` has no record `{}`", table.name, record_id::of(key)))
        .hint(format!("see `appctl records list {}`", table.name))
}
