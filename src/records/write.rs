//! One write of records as one operation: all of it or nothing, or all of it and back again in a dry run.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::key;
use super::value::Values;
use crate::app::{App, Change, OperationId};
use crate::base::{Error, Kind, Result, Table, Value, record_id};

use super::given::Given;

/// What a write did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub created: u64,
    pub updated: u64,
    /// Held the given values already
    pub unchanged: u64,
    pub deleted: u64,
    /// Records of any table that went because they pointed to a deleted one
    pub cascaded: u64,
    /// Records of any table that pointed to a deleted one and no longer do
    pub cleared: u64,
    /// The first ids
    pub ids: Vec<String>,
    /// Stands for all keys in their order
    pub digest: u64,
    /// `None` when nothing was written
    pub operation: Option<OperationId>,
}

/// How many ids are kept of what was written.
const MOST_IDS: usize = 20;

impl Written {
    /// How many records were asked for.
    pub fn records(&self) -> u64 {
        self.created + self.updated + self.unchanged + self.deleted
    }

    pub(super) fn add(&mut self, key: &[Value]) {
        if self.ids.len() < MOST_IDS {
            self.ids.push(record_id::of(key));
        }
    }

    /// Takes the keys as those that somebody may have to agree to.
    pub(super) fn pin(&mut self, keys: &[Vec<Value>]) {
        let mut hasher = DefaultHasher::new();
        for key in keys {
            record_id::of(key).hash(&mut hasher);
        }
        self.digest = hasher.finish();
    }
}

/// Whether to write for good.
#[derive(Clone, Debug)]
pub enum How {
    /// Write
    Now,
    /// Write exactly what was shown and agreed to, or nothing: `Kind::Conflict` when it is something else by now
    Agreed(Written),
    /// Do everything and take it back: the same counts, nothing changed
    Dry,
}

/// Does `work` as one operation, by the rules of `how`.
pub(super) fn written(
    app: &App,
    what: &str,
    how: &How,
    work: impl FnOnce(&mut Change<'_>) -> Result<Written>,
) -> Result<Written> {
    let mut done = None;
    let changed = app.store.change(&app.person(), what, |change| {
        let written = work(change)?;
        if let How::Agreed(agreed) = how
            && *agreed != written
        {
            return Err(Error::new(Kind::Conflict, "the records were changed since they were shown")
                .hint("run the command again; nothing was changed"));
        }
        done = Some(written);
        // An error is what takes an operation back.
        if matches!(how, How::Dry) { Err(Error::new(Kind::Interrupted, "a dry run")) } else { Ok(()) }
    });
    match (changed, done, how) {
        (Ok(((), operation)), Some(written), _) => Ok(Written { operation, ..written }),
        (Err(error), Some(written), How::Dry) if error.kind == Kind::Interrupted => Ok(written),
        (Err(error), ..) => Err(error),
        (Ok(_), None, _) => unreachable!("an operation that succeeded says what it did"),
    }
}

/// The tables are still what the values were read for.
pub(super) fn refuse_stale(change: &Change<'_>, values: &Values<'_>) -> Result<()> {
    let related = values.related.values().map(|related| &related.table);
    for table in std::iter::once(values.table).chain(related) {
        if change.table(&table.name)?.as_ref() != Some(table) {
            return Err(Error::new(Kind::Conflict, format!("table `{}` was changed meanwhile", table.name))
                .hint("run the command again; nothing was changed"));
        }
    }
    Ok(())
}

pub(super) fn refuse_synced(table: &Table, why: &str) -> Result<()> {
    let Some(connection) = &table.connection else { return Ok(()) };
    Err(Error::new(Kind::Denied, format!("table `{}` is filled by connection `{connection}`: {why}", table.name))
        .hint(format!("change them at the source, then `appctl connections sync {connection}`")))
}

/// The key that these values have, each of its fields. `Kind::Usage` when one is missing.
pub(super) fn key_among(table: &Table, given: &Given) -> Result<Vec<Value>> {
    let value = |name| {
        let found = given.iter().find(|(given, value)| given == name && !value.is_null());
        found.map(|(_, value)| value.clone()).ok_or_else(|| {
            let names: Vec<&str> = table.key.iter().map(AsRef::as_ref).collect();
            Error::usage(format!("`{name}` is missing")).hint(format!(
                "a record of `{}` is found by its key: {}",
                table.name,
                names.join(", ")
            ))
        })
    };
    table.key.iter().map(value).collect()
}

/// The key that an id stands for.
pub(super) fn key_of(values: &Values<'_>, id: &str) -> Result<Vec<Value>> {
    key::parse(&values.plain, id)
}
