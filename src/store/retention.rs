//! How long recorded operations are kept, and letting go of those that are too old.
//!
//! Operations go from the oldest on, without gaps: what is left is always everything since some moment, so that an undo
//! sees every later change. The last one that goes is written down before anything is removed, and from then on none of
//! them is shown or undone, though it takes many small steps until they are gone.
//!
//! What goes by itself must be too old by the clock, and also by the time that passed between operations, of which a silence
//! counts for a tenth of the retention at most: a clock that is set ahead by mistake lets nothing go that is not nearly too
//! old, and neither does the first write into a backup of long ago. A person who prunes means the clock.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::change::{Author, OperationId};
use super::sql::{self, quote};
use super::{Store, schema};
use crate::base::{Clock, Result, Timestamp};

/// The kind of appctl's own documents about the log.
const DOCUMENT: &str = "log";
const PRUNED: &str = "pruned";
const RETENTION: &str = "retention";
const SILENCES: &str = "silences";

/// How long operations are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retention {
    /// `None`: for ever
    pub days: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Retention { days: Some(30) }
    }
}

impl Retention {
    /// Operations before this moment are too old.
    fn before(self, now: Timestamp) -> Option<Timestamp> {
        self.days.map(|days| now.minus(Duration::from_secs(u64::from(days) * 86_400)))
    }

    /// How many microseconds a silence counts at most.
    fn most_silent(self) -> i64 {
        self.days.map_or(i64::MAX, |days| i64::from(days) * DAY / 10)
    }
}

const DAY: i64 = 86_400_000_000;

/// How far the clock went from one operation to the next, when that was far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Silence {
    /// The one after it
    operation: OperationId,
    /// Negative when the clock was set back
    micros: i64,
}

/// Which operations to let go of: those for which everything given here is true.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prune {
    /// Older than this; without it and without `keep`, what the retention says
    pub before: Option<Timestamp>,
    /// Not among the newest so many
    pub keep: Option<u64>,
    pub dry_run: bool,
}

/// What was let go of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pruned {
    pub operations: u64,
    pub changes: u64,
    /// Hidden tables with what was dropped
    pub tables: u64,
    /// Room in the file that new records use first
    pub free_bytes: u64,
}

/// An operation, and what tells it from another one of the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub id: OperationId,
    pub stamp: String,
}

const STAMP: &str = "at || ' ' || author || ' ' || what";

/// Changes and operations removed in one transaction, so that no writer waits long.
const STEP: i64 = 2_000;
/// The same after somebody's write.
const LITTLE: i64 = 300;

/// How many runs of a connection are kept, however old.
const RUNS: i64 = 100;

impl Store {
    pub fn retention(&self) -> Result<Retention> {
        retention(&self.lock())
    }

    /// Sets how long operations are kept, as an operation.
    pub fn keep_for(&self, retention: Retention, by: &Author) -> Result<Option<OperationId>> {
        let body = serde_json::to_value(retention).expect("a retention is JSON");
        let what = retention.days.map_or("log retention forever".to_owned(), |days| format!("log retention {days}d"));
        Ok(self.change(by, &what, |change| change.put_document(DOCUMENT, RETENTION, &body))?.1)
    }

    /// Lets go of old operations, in steps that keep nobody waiting. `tell` hears how many changes are gone; an error of
    /// its stops after a step, and the rest goes the next time.
    pub fn prune(&self, which: &Prune, tell: &mut dyn FnMut(u64) -> Result<()>) -> Result<Pruned> {
        let through = self.through(which)?;
        let mut pruned = self.would_prune(through)?;
        if which.dry_run {
            return Ok(pruned);
        }
        {
            let connection = self.lock();
            sql::immediately(&connection, || mark(&connection, through))?;
        }
        pruned.tables = 0;
        let mut gone = 0;
        loop {
            let connection = self.lock();
            let step = sql::immediately(&connection, || step(&connection, STEP))?;
            drop(connection);
            gone += step.changes;
            pruned.tables += step.tables;
            tell(gone)?;
            if step.is_done {
                break;
            }
        }
        pruned.free_bytes = free_bytes(&self.lock())?;
        Ok(pruned)
    }

    /// Gives the room that nothing uses back to the disk. Writes the file anew, so it needs as much room again meanwhile.
    pub fn compact(&self) -> Result<()> {
        self.lock().execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(())
    }

    /// The last operation to let go of.
    fn through(&self, which: &Prune) -> Result<OperationId> {
        let connection = self.lock();
        let before = match (which.before, which.keep) {
            (None, None) => retention(&connection)?.before(self.clock.now()),
            (before, _) => before,
        };
        let pruned = pruned(&connection)?.id;
        let newest: OperationId = last_operation(&connection)?.id;
        let by_age = match (before, which.keep) {
            (Some(before), _) => {
                let text = "SELECT min(id) FROM _appctl_operations WHERE datetime_key(at) >= datetime_key(?)";
                let kept: Option<i64> = connection.query_row(text, [before.rfc3339()], |row| row.get(0))?;
                kept.map_or(newest, |kept| kept - 1)
            }
            (None, Some(_)) => newest,
            (None, None) => pruned, // kept for ever
        };
        let by_count = match which.keep {
            Some(0) | None => newest,
            Some(keep) => {
                let text = "SELECT id FROM _appctl_operations ORDER BY id DESC LIMIT 1 OFFSET ?";
                let keep = i64::try_from(keep).unwrap_or(i64::MAX) - 1;
                let oldest: Option<i64> = connection.query_row(text, [keep], |row| row.get(0)).optional()?;
                oldest.map_or(pruned, |oldest| oldest - 1)
            }
        };
        Ok(by_age.min(by_count).max(pruned))
    }

    fn would_prune(&self, through: OperationId) -> Result<Pruned> {
        let connection = self.lock();
        let count = |text: &str| -> Result<u64> {
            let count: i64 = connection.query_row(text, [through], |row| row.get(0))?;
            Ok(u64::try_from(count).unwrap_or(0))
        };
        Ok(Pruned {
            operations: count("SELECT count(*) FROM _appctl_operations WHERE id <= ?")?,
            changes: count("SELECT count(*) FROM _appctl_changes WHERE operation <= ?")?,
            tables: asides(&connection, through, i64::MAX)?.len() as u64,
            free_bytes: free_bytes(&connection)?,
        })
    }
}

/// After somebody's write: a few operations that are too old go. A failure is left to the next time.
pub fn prune_a_little(connection: &Connection, clock: &Clock) {
    let little = || -> Result<()> {
        let text = "SELECT id FROM _appctl_operations ORDER BY id LIMIT 1";
        let Some(first) = connection.prepare_cached(text)?.query_row([], |row| row.get(0)).optional()? else {
            return Ok(());
        };
        let through = too_old(connection, first, clock.now())?;
        if through < first && pruned(connection)?.id < first {
            return Ok(());
        }
        sql::immediately(connection, || {
            mark(connection, through)?;
            step(connection, LITTLE).map(drop)
        })
    };
    let _ = little();
}

/// The last of the first few operations that are all too old; less than `first` when there is none.
fn too_old(connection: &Connection, first: OperationId, now: Timestamp) -> Result<OperationId> {
    let retention = retention(connection)?;
    let Some(before) = retention.before(now) else { return Ok(first - 1) };
    let text = "SELECT id, at FROM _appctl_operations ORDER BY id LIMIT 50";
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query([])?;
    let mut through = first - 1;
    let mut known = None;
    while let Some(row) = rows.next()? {
        let (id, at): (OperationId, String) = (row.get(0)?, row.get(1)?);
        let Some(at) = Timestamp::parse(&at).filter(|at| *at < before) else { break };
        let silences = match &mut known {
            Some(silences) => silences,
            none => none.insert(silences(connection)?),
        };
        let later = silences.iter().filter(|silence| silence.operation > id);
        let uncounted = later.map(|silence| silence.micros - silence.micros.clamp(0, retention.most_silent()));
        if at.0.saturating_add(uncounted.fold(0, i64::saturating_add)) >= before.0 {
            break;
        }
        through = id;
    }
    Ok(through)
}

/// Writes down how far the clock went since the operation before this one, which is being recorded, when that was far.
pub fn note_silence(connection: &Connection, id: OperationId, now: Timestamp) -> Result<()> {
    let text = "SELECT at FROM _appctl_operations WHERE id < ? ORDER BY id DESC LIMIT 1";
    let last: Option<String> = connection.prepare_cached(text)?.query_row([id], |row| row.get(0)).optional()?;
    let Some(last) = last.and_then(|at| Timestamp::parse(&at)) else { return Ok(()) };
    let micros = now.0.saturating_sub(last.0);
    if micros.unsigned_abs() <= DAY.min(retention(connection)?.most_silent()).unsigned_abs() {
        return Ok(());
    }
    let pruned = pruned(connection)?.id;
    let mut silences = silences(connection)?;
    silences.retain(|silence| silence.operation > pruned);
    silences.push(Silence { operation: id, micros });
    put(connection, SILENCES, &silences)
}

fn silences(connection: &Connection) -> Result<Vec<Silence>> {
    let document = schema::document(connection, DOCUMENT, SILENCES)?;
    Ok(document.and_then(|body| serde_json::from_value(body).ok()).unwrap_or_default())
}

struct Step {
    changes: u64,
    tables: u64,
    is_done: bool,
}

/// Writes down that operations up to this one are let go of.
fn mark(connection: &Connection, through: OperationId) -> Result<()> {
    if through <= pruned(connection)?.id {
        return Ok(());
    }
    let Some(stamp) = stamp(connection, through)? else { return Ok(()) };
    put(connection, PRUNED, &Mark { id: through, stamp })
}

/// Keeps a document about the log. Not through a `Change`: what is kept about operations is no operation itself.
fn put(connection: &Connection, name: &str, body: &impl Serialize) -> Result<()> {
    let body = serde_json::to_string(body).expect("numbers and texts are JSON");
    let text = "INSERT INTO _appctl_documents VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
    connection.execute(text, params![DOCUMENT, name, body])?;
    Ok(())
}

/// Removes a part of what was let go of.
fn step(connection: &Connection, most: i64) -> Result<Step> {
    let through = pruned(connection)?.id;
    let tables = asides(connection, through, most)?;
    for table in &tables {
        connection.execute_batch(&format!("DROP TABLE {}", quote(table)))?;
    }
    let text = "DELETE FROM _appctl_changes WHERE (operation, sequence) IN
                (SELECT operation, sequence FROM _appctl_changes WHERE operation <= ? ORDER BY operation, sequence LIMIT ?)";
    let changes = i64::try_from(connection.execute(text, [through, most])?).unwrap_or(i64::MAX);
    let mut is_done = changes < most;
    if is_done {
        let text = "DELETE FROM _appctl_operations WHERE id IN
                    (SELECT id FROM _appctl_operations WHERE id <= ? ORDER BY id LIMIT ?)";
        let operations = i64::try_from(connection.execute(text, [through, most])?).unwrap_or(i64::MAX);
        is_done = operations < most;
        let text = "DELETE FROM _appctl_runs WHERE operation <= ?1 AND ?2 <=
                    (SELECT count(*) FROM _appctl_runs AS newer WHERE newer.connection = _appctl_runs.connection
                     AND newer.id > _appctl_runs.id)";
        connection.execute(text, [through, RUNS])?;
    }
    Ok(Step { changes: u64::try_from(changes).unwrap_or(0), tables: tables.len() as u64, is_done })
}

/// Hidden tables that the first so many changes name, and no operation that is kept.
fn asides(connection: &Connection, through: OperationId, most: i64) -> Result<Vec<String>> {
    let text = "
        WITH old AS (SELECT kind, before FROM _appctl_changes WHERE operation <= ?1 ORDER BY operation, sequence LIMIT ?2),
        named AS (
            SELECT DISTINCT json_extract(before, '$.aside') AS aside FROM old
            WHERE kind NOT IN ('insert', 'update', 'delete', 'document', 'load')
        )
        SELECT name FROM sqlite_schema JOIN named ON name = aside
        WHERE type = 'table' AND name GLOB '_appctl_*' AND NOT EXISTS (
            SELECT 1 FROM _appctl_changes AS kept WHERE kept.operation > ?1
            AND kept.kind NOT IN ('insert', 'update', 'delete', 'document', 'load')
            AND json_extract(kept.before, '$.aside') = aside
        )";
    let mut statement = connection.prepare_cached(text)?;
    let names = statement.query_map([through, most], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

fn free_bytes(connection: &Connection) -> Result<u64> {
    let pragma = |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
    Ok(u64::try_from(pragma("freelist_count")? * pragma("page_size")?).unwrap_or(0))
}

fn retention(connection: &Connection) -> Result<Retention> {
    let document = schema::document(connection, DOCUMENT, RETENTION)?;
    Ok(document.and_then(|body: Json| serde_json::from_value(body).ok()).unwrap_or_default())
}

/// The last operation that was let go of; number 0 when none was.
pub fn pruned(connection: &Connection) -> Result<Mark> {
    let document = schema::document(connection, DOCUMENT, PRUNED)?;
    let mark = document.and_then(|body| serde_json::from_value(body).ok());
    Ok(mark.unwrap_or(Mark { id: 0, stamp: String::new() }))
}

/// The newest operation, though it was let go of.
pub fn last_operation(connection: &Connection) -> Result<Mark> {
    let text = format!("SELECT id, {STAMP} FROM main._appctl_operations ORDER BY id DESC LIMIT 1");
    let last = connection.query_row(&text, [], |row| Ok(Mark { id: row.get(0)?, stamp: row.get(1)? })).optional()?;
    last.map_or_else(|| pruned(connection), Ok)
}

/// What tells the operation of this number from another one. `None` when what came after it is not known any more.
pub fn stamp(connection: &Connection, id: OperationId) -> Result<Option<String>> {
    let pruned = pruned(connection)?;
    if id <= pruned.id {
        return Ok((id == pruned.id).then_some(pruned.stamp));
    }
    let text = format!("SELECT {STAMP} FROM main._appctl_operations WHERE id = ?");
    Ok(connection.query_row(&text, [id], |row| row.get(0)).optional()?)
}
