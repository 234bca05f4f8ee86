//! Recorded operations: listing them, and taking one back.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value as Json;

use super::change::{Author, AuthorKind, OperationId, damaged};
use super::{Store, history, retention, sql};
use crate::base::{ConnectionName, Error, Kind, Result, TableName, Timestamp};

mod undo;

use undo::{conflicts, undo};

/// One recorded change of the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Operation {
    pub id: OperationId,
    pub at: Timestamp,
    pub by: AuthorKind,
    pub author: String,
    /// What was done, in words: `sync crm`, `update tasks`
    pub what: String,
    pub connection: Option<String>,
    pub tables: Vec<String>,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    /// The operation that this one took back
    pub undoes: Option<OperationId>,
    /// The operation that took this one back
    pub undone_by: Option<OperationId>,
}

/// Which operations to list. Everything when nothing is set.
#[derive(Clone, Debug, Default)]
pub struct OperationFilter {
    /// It changed this table, also under the names that the table had before
    pub table: Option<TableName>,
    pub author: Option<String>,
    pub connection: Option<ConnectionName>,
    /// Made by such an author
    pub by: Option<AuthorKind>,
    pub since: Option<Timestamp>,
    /// Before this moment
    pub until: Option<Timestamp>,
    /// Older than this operation, which goes on where a list ended
    pub after: Option<OperationId>,
    pub limit: Option<u64>,
}

/// A later change that an undo would clobber.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// What was changed again: `people 1`
    pub thing: String,
    pub operation: OperationId,
    pub what: String,
}

/// What an undo would do.
#[derive(Clone, Debug, PartialEq)]
pub struct Rehearsed {
    pub target: Operation,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    /// What was changed later, at most 21
    pub conflicts: Vec<Conflict>,
    /// Why it cannot be undone, when it cannot
    pub refused: Option<Error>,
}

/// One change within an operation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChangeRecord {
    pub table: String,
    /// The key's exact values as a JSON array; empty for a change of the table itself
    pub key: String,
    pub kind: String,
    /// What was there before: the changed fields, or the whole record that was deleted
    pub before: Option<Json>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Undone {
    /// The operation that the undo itself is
    pub operation: OperationId,
    pub undid: OperationId,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
}

const COLUMNS: &str =
    "id, at, author_kind, author, what, connection, tables, inserted, updated, deleted, undoes, undone_by";

/// State that a sync keeps: going back to an older one only makes it read more, so it never stands in the way of an undo.
pub(super) const SYNC_STATE: &str = "sync-state";

impl Store {
    /// Operations, newest first.
    pub fn operations(&self, which: &OperationFilter) -> Result<Vec<Operation>> {
        let text = format!(
            "SELECT {COLUMNS} FROM _appctl_operations WHERE (?1 IS NULL OR EXISTS (
                SELECT 1 FROM json_each(tables) AS changed JOIN json_each(?1) AS named ON changed.value = named.value ->> 0
                WHERE _appctl_operations.id BETWEEN named.value ->> 1 AND named.value ->> 2))
             AND (?2 IS NULL OR author = ?2) AND (?3 IS NULL OR connection = ?3) AND (?4 IS NULL OR datetime_key(at) >= datetime_key(?4))
             AND (?5 IS NULL OR datetime_key(at) < datetime_key(?5)) AND (?6 IS NULL OR author_kind = ?6)
             AND id < ?7 AND id > ?8 ORDER BY id DESC LIMIT ?9"
        );
        let connection = self.lock();
        let pruned = retention::pruned(&connection)?;
        let names = which.table.as_ref().map(|table| history::names_so_far(&connection, table)).transpose()?;
        let mut statement = connection.prepare_cached(&text)?;
        let rows = statement.query_map(
            params![
                names.map(|names| names.to_string()),
                which.author,
                which.connection.as_ref().map(ConnectionName::as_str),
                which.since.map(Timestamp::rfc3339),
                which.until.map(Timestamp::rfc3339),
                which.by.map(AuthorKind::word),
                which.after.unwrap_or(OperationId::MAX),
                pruned.id,
                which.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)),
            ],
            |row| Ok(operation(row)),
        )?;
        rows.map(|row| row?).collect()
    }

    /// `Kind::NotFound` when there is no such operation.
    pub fn operation(&self, id: OperationId) -> Result<Operation> {
        find(&self.lock(), id)
    }

    /// What an operation changed, in the order it did.
    pub fn changes(&self, id: OperationId) -> Result<Vec<ChangeRecord>> {
        changes(&self.lock(), id)
    }

    /// Takes an operation back, as an operation of its own.
    ///
    /// `Kind::Conflict` when something later touched the same records (they are named, nothing is changed), `Kind::Busy`
    /// while the connection whose run it was is syncing.
    pub fn undo(&self, id: OperationId, by: &Author) -> Result<Undone> {
        let undone = self.undo_all(&[id], by)?;
        Ok(undone.into_iter().next().expect("one operation is undone by one"))
    }

    /// Takes operations back, the newest first, each as an operation of its own: all of them, or none.
    pub fn undo_all(&self, ids: &[OperationId], by: &Author) -> Result<Vec<Undone>> {
        let ids = newest_first(ids);
        let targets = ids.iter().map(|id| self.operation(*id)).collect::<Result<Vec<_>>>()?;
        let connections: BTreeSet<&String> = targets.iter().filter_map(|target| target.connection.as_ref()).collect();
        let held = connections.into_iter().map(|name| self.hold(&ConnectionName::parse(name)?));
        let held = held.collect::<Result<Vec<_>>>()?;
        let undone = {
            let connection = self.lock();
            let all = || ids.iter().map(|id| undo(&connection, *id, by, &self.clock)).collect::<Result<Vec<_>>>();
            let undone = sql::immediately(&connection, all)?;
            retention::prune_a_little(&connection, &self.clock);
            undone
        };
        held.iter().try_for_each(|held| held.forget_progress(self))?;
        Ok(undone)
    }

    /// Does what `undo_all` would, says what came of it, and takes it back.
    pub fn rehearse_undo(&self, ids: &[OperationId], by: &Author) -> Result<Vec<Rehearsed>> {
        let connection = self.lock();
        connection.execute_batch("BEGIN IMMEDIATE")?;
        let all = newest_first(ids).into_iter().map(|id| rehearse(&connection, id, by, &self.clock));
        let rehearsed = all.collect::<Result<Vec<_>>>();
        if !connection.is_autocommit() {
            connection.execute_batch("ROLLBACK")?;
        }
        rehearsed
    }

    /// The newest operations that stand, newest first: not undone, and no undo themselves.
    pub fn last_standing(&self, count: u64) -> Result<Vec<OperationId>> {
        let connection = self.lock();
        let text = "SELECT id FROM _appctl_operations WHERE undone_by IS NULL AND undoes IS NULL AND id > ?
                    ORDER BY id DESC LIMIT ?";
        let mut statement = connection.prepare_cached(text)?;
        let pruned = retention::pruned(&connection)?.id;
        let rows = statement.query_map(params![pruned, i64::try_from(count).unwrap_or(i64::MAX)], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

fn newest_first(ids: &[OperationId]) -> Vec<OperationId> {
    let ids: BTreeSet<OperationId> = ids.iter().copied().collect();
    ids.into_iter().rev().collect()
}

fn rehearse(connection: &Connection, id: OperationId, by: &Author, clock: &crate::base::Clock) -> Result<Rehearsed> {
    let target = find(connection, id)?;
    let conflicts = if target.undone_by.is_none() { conflicts(connection, id)? } else { Vec::new() };
    connection.execute_batch("SAVEPOINT rehearsal")?;
    let undone = undo(connection, id, by, clock);
    let (undone, refused) = match undone {
        Ok(undone) => (Some(undone), None),
        Err(error) if error.kind == Kind::Conflict => (None, Some(error)),
        Err(error) => return Err(error),
    };
    let end = if refused.is_some() { "ROLLBACK TO rehearsal; RELEASE rehearsal" } else { "RELEASE rehearsal" };
    connection.execute_batch(end)?;
    let count = |of: fn(&Undone) -> u64| undone.as_ref().map_or(0, of);
    Ok(Rehearsed {
        inserted: count(|undone| undone.inserted),
        updated: count(|undone| undone.updated),
        deleted: count(|undone| undone.deleted),
        target,
        conflicts,
        refused,
    })
}

/// `Kind::NotFound` when there is no such operation, or it is no longer kept.
pub(super) fn find(connection: &Connection, id: OperationId) -> Result<Operation> {
    if (1..=retention::pruned(connection)?.id).contains(&id) {
        return Err(Error::not_found(format!("operation {id} is older than what the log keeps"))
            .hint("see `appctl log` for what can be undone, and `appctl log retention` for how long"));
    }
    let text = format!("SELECT {COLUMNS} FROM _appctl_operations WHERE id = ?");
    let found = connection.query_row(&text, [id], |row| Ok(operation(row))).optional()?;
    found.unwrap_or_else(|| Err(Error::not_found(format!("there is no operation {id}")).hint("see `appctl log`")))
}

fn operation(row: &Row<'_>) -> Result<Operation> {
    let count = |index| -> Result<u64> { Ok(u64::try_from(row.get::<_, i64>(index)?).unwrap_or(0)) };
    let at: String = row.get(1)?;
    let kind: String = row.get(2)?;
    let tables: String = row.get(6)?;
    Ok(Operation {
        id: row.get(0)?,
        at: Timestamp::parse(&at).ok_or_else(|| damaged(&at))?,
        by: match kind.as_str() {
            "person" => AuthorKind::Person,
            "run" => AuthorKind::Run,
            "agent" => AuthorKind::Agent,
            other => return Err(damaged(other)),
        },
        author: row.get(3)?,
        what: row.get(4)?,
        connection: row.get(5)?,
        tables: serde_json::from_str(&tables).map_err(damaged)?,
        inserted: count(7)?,
        updated: count(8)?,
        deleted: count(9)?,
        undoes: row.get(10)?,
        undone_by: row.get(11)?,
    })
}

/// The changes of an operation, a few at a time: an operation may have millions of them.
pub(super) struct Recorded<'c> {
    connection: &'c Connection,
    operation: OperationId,
    /// The last one first
    backwards: bool,
    /// The number of the one that was given last
    last: Option<i64>,
}

/// So many changes, or so many bytes of what was there before them, are held at once.
const FEW: usize = 1_000;
const FEW_BYTES: usize = 1 << 20;

impl<'c> Recorded<'c> {
    pub(super) fn first_to_last(connection: &'c Connection, operation: OperationId) -> Self {
        Recorded { connection, operation, backwards: false, last: None }
    }

    fn last_to_first(connection: &'c Connection, operation: OperationId) -> Self {
        Recorded { connection, operation, backwards: true, last: None }
    }

    /// The next ones; nothing when there are no more.
    // The statement ends with each call: what is done with a change may need that nothing reads.
    pub(super) fn next(&mut self) -> Result<Vec<ChangeRecord>> {
        let (compare, order) = if self.backwards { ("<", "DESC") } else { (">", "ASC") };
        let text = format!(
            "SELECT sequence, table_name, key, kind, before FROM _appctl_changes
             WHERE operation = ?1 AND sequence {compare} ?2 ORDER BY sequence {order}"
        );
        let begin = if self.backwards { i64::MAX } else { i64::MIN };
        let mut statement = self.connection.prepare_cached(&text)?;
        let mut rows = statement.query(params![self.operation, self.last.unwrap_or(begin)])?;
        let (mut found, mut bytes) = (Vec::new(), 0);
        while found.len() < FEW
            && bytes < FEW_BYTES
            && let Some(row) = rows.next()?
        {
            self.last = Some(row.get(0)?);
            let before = row.get_ref(4)?.as_str_or_null().map_err(damaged)?;
            bytes += before.map_or(0, str::len);
            let before = before.map(|text| serde_json::from_str(text).map_err(damaged)).transpose()?;
            found.push(ChangeRecord { table: row.get(1)?, key: row.get(2)?, kind: row.get(3)?, before });
        }
        Ok(found)
    }
}

fn changes(connection: &Connection, id: OperationId) -> Result<Vec<ChangeRecord>> {
    let mut recorded = Recorded::first_to_last(connection, id);
    let mut found = Vec::new();
    loop {
        let few = recorded.next()?;
        if few.is_empty() {
            return Ok(found);
        }
        found.extend(few);
    }
}
