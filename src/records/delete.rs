//! Removing records.

use super::relation::Relations;
use super::value::Values;
use super::which::Which;
use super::write::{How, Written, refuse_stale, refuse_synced, written};
use crate::app::App;
use crate::base::Result;

/// Removes records, and does with those that point to them what their relations say. Nothing is removed when one of them
/// is not there.
///
/// `Kind::Denied` on a table that a connection fills, `Kind::Conflict` naming the records that hold one of them.
pub fn delete(app: &App, values: &Values<'_>, which: Which<'_>, how: &How) -> Result<Written> {
    let table = values.table;
    refuse_synced(table, "its records come and go there")?;
    let which = which.prepare(app, table)?;
    written(app, &format!("records delete {}", table.name), how, |change| {
        refuse_stale(change, values)?;
        let keys = which.keys(change, values, &mut Relations::of(values))?;
        let mut written = Written::default();
        written.pin(&keys);
        keys.iter().for_each(|key| written.add(key));
        let removed = change.delete_all(table, &keys)?;
        Ok(Written { deleted: removed.records, cascaded: removed.cascaded, cleared: removed.cleared, ..written })
    })
}
