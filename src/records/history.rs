//! What became of one record.

use crate::app::{App, History};
use crate::base::{Result, Table};

use super::key;
use super::read::no_record;

/// Every recorded change of a record, the newest first, whether or not the record is still there.
///
/// `Kind::NotFound` when there is none of this id and never was one that is recorded.
pub fn history(app: &App, table: &Table, id: &str) -> Result<History> {
    let key = key::parse(table, id)?;
    let history = app.store.history(table, &key)?;
    if history.steps.is_empty() && app.store.get(table, &key)?.is_none() {
        return Err(no_record(table, &key));
    }
    Ok(history)
}
