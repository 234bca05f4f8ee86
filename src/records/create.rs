//! Adding records.

use super::given::{Given, Stream};
use super::relation::Relations;
use super::value::Values;
use super::write::{How, Written, refuse_stale, refuse_synced, written};
use crate::app::App;
use crate::base::Result;

/// Adds records. Nothing is added when one cannot be: the error says which.
///
/// `Kind::Denied` on a table that a connection fills, `Kind::Conflict` when a key or unique value is taken,
/// `Kind::NotFound` when a relation means no record.
pub fn create(app: &App, values: &Values<'_>, records: &mut Stream<'_, Given>) -> Result<Written> {
    let table = values.table;
    refuse_synced(table, "its records come and go there")?;
    written(app, &format!("records create {}", table.name), &How::Now, |change| {
        refuse_stale(change, values)?;
        let mut relations = Relations::of(values);
        let mut written = Written::default();
        for (place, given) in records {
            let key = given.and_then(|mut given| {
                relations.settle(change, &mut given)?;
                change.insert(table, &given)
            });
            written.add(&key.map_err(|error| place.name(error))?);
            written.created += 1;
        }
        Ok(written)
    })
}
