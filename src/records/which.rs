//! Which records a write is about: those that are named one by one, or those that a filter keeps at that moment.

use std::collections::HashSet;

use super::given::{Named, Stream};
use super::list::{Listing, prepare};
use super::read::no_record;
use super::relation::Relations;
use super::value::Values;
use super::write::{key_among, key_of};
use crate::app::{App, Change, Query};
use crate::base::{Result, Table, Value, record_id};

/// Which records, as somebody said it.
pub enum Which<'w> {
    Ids(&'w [String]),
    /// Those that a filter keeps
    Where(&'w str),
    /// Each named in its place
    Stream(&'w mut Stream<'w, Named>),
}

/// The same, checked against the table.
pub(super) enum Prepared<'w, 't> {
    Ids(&'w [String]),
    Where(Query<'t>),
    Stream(&'w mut Stream<'w, Named>),
}

impl<'w> Which<'w> {
    pub(super) fn prepare<'t>(self, app: &App, table: &'t Table) -> Result<Prepared<'w, 't>> {
        Ok(match self {
            Which::Ids(ids) => Prepared::Ids(ids),
            Which::Stream(stream) => Prepared::Stream(stream),
            Which::Where(filter) => {
                let fields = table.key.iter().map(ToString::to_string).collect();
                let listing = Listing { filter: Some(filter.to_owned()), fields, ..Listing::default() };
                Prepared::Where(prepare(app, table, &listing)?)
            }
        })
    }
}

impl Prepared<'_, '_> {
    /// The records' keys, each once. `Kind::NotFound` when one that is named is not there.
    pub fn keys(
        self,
        change: &Change<'_>,
        values: &Values<'_>,
        relations: &mut Relations<'_>,
    ) -> Result<Vec<Vec<Value>>> {
        let mut named = Vec::new();
        match self {
            Prepared::Where(query) => return change.keys(&query),
            Prepared::Ids(ids) => {
                for id in ids {
                    let key = key_of(values, id)?;
                    named.push(there(change, values.table, key)?);
                }
            }
            Prepared::Stream(stream) => {
                for (place, name) in stream {
                    let key = name.and_then(|name| find(change, values, relations, name));
                    named.push(key.map_err(|error| place.name(error))?);
                }
            }
        }
        let mut seen = HashSet::new();
        named.retain(|key| seen.insert(record_id::of(key)));
        Ok(named)
    }
}

fn find(change: &Change<'_>, values: &Values<'_>, relations: &mut Relations<'_>, name: Named) -> Result<Vec<Value>> {
    let key = match name {
        Named::Id(id) => key_of(values, &id)?,
        Named::Key(mut given) => {
            relations.settle(change, &mut given)?;
            key_among(values.table, &given)?
        }
    };
    there(change, values.table, key)
}

fn there(change: &Change<'_>, table: &Table, key: Vec<Value>) -> Result<Vec<Value>> {
    if change.exists(table, &key)? { Ok(key) } else { Err(no_record(table, &key)) }
}
