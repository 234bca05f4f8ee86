//! One record, and how many there are.

use crate::app::App;
use crate::base::{Error, Result, Table, Value, record_id};

use super::key;
use super::list::{self, Shape};

/// One record with what is shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Looked {
    pub columns: Vec<Shape>,
    pub values: Vec<Value>,
}

/// These fields and paths of one record; everything that it has when none is named. `Kind::NotFound` when there is none of
/// this id.
pub fn look(app: &App, table: &Table, id: &str, fields: &[String]) -> Result<Looked> {
    let all = if fields.is_empty() { list::all_fields(table) } else { fields.to_vec() };
    let columns = list::shapes(app, table, all.iter().map(String::as_str))?;
    let key = key::find(app, table, id)?;
    let values = app.store.get_fields(table, &key, &all)?.ok_or_else(|| no_record(table, &key))?;
    Ok(Looked { columns, values })
}

/// All stored fields of one record, in the table's order. `Kind::NotFound` when there is none of this id.
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
        .hint(format!("see `appctl records list {}`", table.name.shell()))
}
