//! Recorded operations: listing them, and taking one back.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;
use serde_json::Value as Json;

use super::change::{Author, AuthorKind, Change, DOCUMENTS, OperationId, damaged, parse_key};
use super::{Store, history, retention, schema, sql, sync};
use crate::base::references;
use crate::base::{Computed, ConnectionName, Error, FieldName, Kind, Result, Table, TableName, Timestamp, Value};

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

fn undo(connection: &Connection, id: OperationId, by: &Author, clock: &crate::base::Clock) -> Result<Undone> {
    let target = find(connection, id)?;
    if let Some(by) = target.undone_by {
        return Err(Error::new(Kind::Conflict, format!("operation {id} was undone already, by operation {by}"))
            .hint(format!("undo that one to bring it back: `appctl undo {by}`")));
    }
    refuse_conflicts(connection, id)?;
    let broken = references::dangling(&schema::tables(connection)?);
    let mut change = Change::begin(connection);
    revert_all(&mut change, id).map_err(|error| in_the_way(id, error))?;
    change.refuse_pointing_nowhere(id)?;
    refuse_dangling(connection, id, &broken)?;
    let operation = change.operation()?; // an undo is recorded even when there was nothing left to change
    let what = format!("undo {id}: {}", target.what);
    change.record(by, &what, target.connection.as_deref(), clock)?;
    let text = "UPDATE _appctl_operations SET undoes = ? WHERE id = ?";
    connection.execute(text, params![id, operation])?;
    connection.execute("UPDATE _appctl_operations SET undone_by = ? WHERE id = ?", params![operation, id])?;
    stand_again(connection, &target)?;
    if let Some(name) = &target.connection {
        sync::raise_epoch(connection, name)?;
    }
    Ok(Undone { operation, undid: id, inserted: change.inserted, updated: change.updated, deleted: change.deleted })
}

/// An undo that is taken back lets what it had undone stand again. When that was an undo too, what it undid does not, and so on.
fn stand_again(connection: &Connection, undone: &Operation) -> Result<()> {
    let (mut above, mut below, mut stands) = (undone.id, undone.undoes, true);
    while let Some(id) = below {
        let by = (!stands).then_some(above);
        connection.execute("UPDATE _appctl_operations SET undone_by = ? WHERE id = ?", params![by, id])?;
        let text = "SELECT undoes FROM _appctl_operations WHERE id = ?";
        let next = connection.query_row(text, [id], |row| row.get::<_, Option<i64>>(0)).optional()?.flatten();
        (above, below, stands) = (id, next, !stands);
    }
    Ok(())
}

/// A rule that what came back would break, a value that another record has by now: that stands in the way of the undo.
fn in_the_way(id: OperationId, error: Error) -> Error {
    let broken = ["NOT NULL", "UNIQUE"].iter().find_map(|rule| {
        let (_, columns) = error.message.split_once(&format!("{rule} constraint failed: "))?;
        let names: Vec<&str> =
            columns.split(", ").map(|column| column.split_once('.').map_or(column, |(_, name)| name)).collect();
        Some((*rule, names.join(", ")))
    });
    let why = match (broken, error.kind) {
        (Some(("UNIQUE", names)), _) => format!("two records have the same `{names}` by now"),
        (Some((_, names)), _) => format!("records that came later have no `{names}`"),
        (None, Kind::Usage | Kind::NotFound | Kind::Conflict) => error.message,
        (None, _) => return error,
    };
    Error::new(Kind::Conflict, format!("operation {id} cannot be undone: {why}"))
        .hint("change the records that are in the way first; nothing was changed")
}

/// Later operations that still stand and touched the same records, or the names, fields and values that these need.
///
/// An operation that was undone does not stand, and neither does the undo of an operation that is itself later.
fn conflicts(connection: &Connection, id: OperationId) -> Result<Vec<Conflict>> {
    let scope = "CASE WHEN kind IN ('load', 'fill', 'empty', 'create_table', 'drop_table') THEN 'whole'
        WHEN kind IN ('redescribe', 'rename_table') THEN 'table'
        WHEN kind IN ('add_field', 'drop_field', 'rename_field', 'change_field', 'add_computed', 'drop_computed', 'carry')
        THEN 'field' ELSE 'row' END AS scope";
    let text = format!(
        "WITH standing AS (
            SELECT id, what FROM _appctl_operations
            WHERE id > ?1 AND undone_by IS NULL AND (undoes IS NULL OR undoes < ?1)
        ),
        named AS MATERIALIZED (
            SELECT value ->> 0 AS table_name, value ->> 1 AS later_name, value ->> 2 AS since, value ->> 3 AS until
            FROM json_each(?4)
        ),
        mine AS NOT MATERIALIZED (SELECT *, {scope} FROM _appctl_changes WHERE operation = ?1),
        later AS NOT MATERIALIZED (
            SELECT named.table_name, key, kind, before, operation, later_name, {scope}
            FROM named CROSS JOIN _appctl_changes AS changes ON changes.table_name = later_name
            WHERE operation > ?1 AND operation BETWEEN since AND until
        ),
        touching AS (
            -- the same record, document or field
            SELECT later.* FROM mine CROSS JOIN later USING (table_name, key)
            WHERE mine.scope IN ('row', 'field') AND later.scope = mine.scope
                AND NOT (mine.table_name = ?2 AND json_extract(mine.key, '$[0]') = ?3)
            UNION ALL
            -- the table is another one, or has another name or description
            SELECT later.* FROM (SELECT DISTINCT table_name, scope = 'row' AS row FROM mine) AS mine
            CROSS JOIN later USING (table_name)
            WHERE later.key = '' AND (later.scope = 'whole' OR later.kind = 'rename_table' OR later.scope = 'table' AND NOT row)
            UNION ALL
            -- anything in a table that was made or dropped, any field of one that was described anew
            SELECT later.* FROM (SELECT * FROM mine WHERE scope = 'whole' OR kind = 'redescribe') AS mine
            CROSS JOIN later USING (table_name)
            WHERE mine.scope = 'whole' OR later.scope = 'field'
            UNION ALL
            -- a field that a value of mine needs
            SELECT later.* FROM later
            WHERE later.kind IN ('drop_field', 'rename_field', 'change_field')
                AND (later.kind <> 'change_field' OR json_extract(later.before, '$.retyped'))
                AND EXISTS (SELECT 1 FROM mine, json_each(mine.before) AS image
                    WHERE mine.table_name = later.table_name AND mine.scope = 'row' AND image.key = later.key)
            UNION ALL
            -- a value that came after the field was dropped or changed
            SELECT later.* FROM (SELECT * FROM mine WHERE kind = 'drop_field'
                OR kind = 'change_field' AND json_extract(before, '$.retyped')) AS mine
            CROSS JOIN later USING (table_name)
            WHERE later.kind = 'insert' AND mine.kind = 'change_field'
                OR later.kind = 'update' AND EXISTS (SELECT 1 FROM json_each(later.before) AS image WHERE image.key = mine.key)
        )
        SELECT DISTINCT standing.id, standing.what, touching.later_name, touching.key
        FROM touching JOIN standing ON standing.id = touching.operation
        ORDER BY standing.id, touching.later_name, touching.key LIMIT 21"
    );
    let mut statement = connection.prepare(&text)?;
    let mut rows = statement.query(params![id, DOCUMENTS, SYNC_STATE, later_names(connection, id)?.to_string()])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let (by, what, table, key): (i64, String, String, String) =
            (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
        let thing = if table == DOCUMENTS {
            key.trim_matches(['[', ']']).replace('"', "").replace(',', " ")
        } else {
            format!("{table} {}", key.trim_matches(['[', ']']))
        };
        found.push(Conflict { thing: thing.trim_end().to_owned(), operation: by, what });
    }
    Ok(found)
}

/// The names that this operation's tables had since, each with the operations between which it had it: a table that was
/// renamed and got its old name back was changed under the other one too.
fn later_names(connection: &Connection, id: OperationId) -> Result<Json> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT table_name FROM _appctl_changes WHERE operation = ?")?;
    let tables: Vec<String> = statement.query_map([id], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut named = Vec::new();
    for table in tables {
        named.push(serde_json::json!([table, table, id, OperationId::MAX]));
        let renames = history::renames_after(connection, &table, id)?;
        for (place, (since, name)) in renames.iter().enumerate().filter(|(_, (_, name))| *name != table) {
            let until = renames.get(place + 1).map_or(OperationId::MAX, |(until, _)| *until);
            named.push(serde_json::json!([table, name, since, until]));
        }
    }
    Ok(Json::Array(named))
}

fn refuse_conflicts(connection: &Connection, id: OperationId) -> Result<()> {
    let found = conflicts(connection, id)?;
    if found.is_empty() {
        return Ok(());
    }
    let more = if found.len() > 20 { ", and more" } else { "" };
    let named = found.iter().take(20);
    let named = named.map(|Conflict { thing, operation, what }| format!("{thing} (operation {operation}: {what})"));
    let named = named.collect::<Vec<_>>().join(", ");
    Err(Error::new(Kind::Conflict, format!("operation {id} was built upon later: {named}{more}"))
        .hint("undo the later operations first; nothing was changed"))
}

/// Nothing may point to what an undo takes away, nor come back pointing to what is gone.
fn refuse_dangling(connection: &Connection, id: OperationId, before: &BTreeSet<String>) -> Result<()> {
    let now = references::dangling(&schema::tables(connection)?);
    let new: Vec<&str> = now.difference(before).map(String::as_str).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::Conflict, format!("operation {id} cannot be undone: then {}", new.join(", ")))
        .hint("change or drop these fields first; nothing was changed"))
}

fn revert_all(change: &mut Change<'_>, id: OperationId) -> Result<()> {
    let mut recorded = Recorded::last_to_first(change.connection, id);
    loop {
        let few = recorded.next()?;
        if few.is_empty() {
            return Ok(());
        }
        few.iter().try_for_each(|record| revert(change, record))?;
    }
}

fn revert(change: &mut Change<'_>, record: &ChangeRecord) -> Result<()> {
    if record.table == DOCUMENTS {
        let key: Vec<String> = serde_json::from_str(&record.key).map_err(damaged)?;
        let [kind, name] = key.as_slice() else { return Err(damaged(&record.key)) };
        return match &record.before {
            None | Some(Json::Null) => change.delete_document(kind, name).map(drop),
            Some(body) => change.put_document(kind, name, body),
        };
    }
    let name = TableName::parse(&record.table)?;
    if record.kind == "drop_table" {
        let image = record.before.as_ref().ok_or_else(|| damaged("a dropped table"))?;
        let table: Table = serde_json::from_value(image["table"].clone()).map_err(damaged)?;
        return change.restore_table(image["aside"].as_str().unwrap_or_default(), &table);
    }
    let image = || record.before.as_ref().ok_or_else(|| damaged(&record.kind));
    if matches!(record.kind.as_str(), "rename_table" | "rename_field" | "carry") {
        return change.revert_name(&name, &record.key, &record.kind, image()?);
    }
    let table = change.described(&name)?.ok_or_else(|| super::no_table(&name))?;
    match record.kind.as_str() {
        "create_table" | "load" => match record.before.as_ref().and_then(|image| image["aside"].as_str()) {
            Some(aside) => change.put_aside(&table, aside),
            None => change.drop_table(&table),
        },
        "fill" => change.empty_table(&table, record.before.as_ref().and_then(|image| image["aside"].as_str())),
        "empty" => change.refill_table(&table, image()?),
        "add_field" => change.drop_field(&table, &record.key).map(drop),
        "drop_field" => change.restore_field(&table, image()?),
        "change_field" => change.restore_change(&table, image()?),
        "add_computed" => change.drop_computed(&table, &record.key).map(drop),
        "drop_computed" => {
            let computed: Computed = serde_json::from_value(image()?["computed"].clone()).map_err(damaged)?;
            let place = image()?["place"].as_u64().and_then(|place| usize::try_from(place).ok());
            change.add_computed(&table, &computed, place).map(drop)
        }
        "redescribe" => {
            let image = record.before.clone().ok_or_else(|| damaged("a description"))?;
            let before: Table = serde_json::from_value(image).map_err(damaged)?;
            change.redescribe(&table, &before)
        }
        "insert" => change.remove(&table, &parse_key(&record.key)?).map(drop),
        "update" => {
            let values = image_values(record)?;
            change.update(&table, &parse_key(&record.key)?, &values).map(drop)
        }
        "delete" => change.insert(&table, &image_values(record)?).map(drop),
        other => Err(damaged(other)),
    }
}

fn image_values(record: &ChangeRecord) -> Result<Vec<(FieldName, Value)>> {
    let Some(Json::Object(image)) = &record.before else { return Err(damaged(&record.kind)) };
    let pair = |(name, json): (&String, &Json)| {
        let value = Value::from_exact_json(json).ok_or_else(|| damaged(name))?;
        Ok((FieldName::parse(name)?, value))
    };
    image.iter().map(pair).collect()
}
