//! Taking an operation back: what stands in the way, and how each of its changes is undone.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value as Json;

use super::{ChangeRecord, Conflict, Operation, Recorded, SYNC_STATE, Undone, find};
use crate::base::{Computed, Error, FieldName, Kind, Result, Table, TableName, Value, references};
use crate::store::change::{Author, Change, DOCUMENTS, OperationId, damaged, parse_key};
use crate::store::{history, schema, sync};

pub(super) fn undo(
    connection: &Connection,
    id: OperationId,
    by: &Author,
    clock: &crate::base::Clock,
) -> Result<Undone> {
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
pub(super) fn stand_again(connection: &Connection, undone: &Operation) -> Result<()> {
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
pub(super) fn in_the_way(id: OperationId, error: Error) -> Error {
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
pub(super) fn conflicts(connection: &Connection, id: OperationId) -> Result<Vec<Conflict>> {
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

pub(super) fn refuse_conflicts(connection: &Connection, id: OperationId) -> Result<()> {
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
pub(super) fn refuse_dangling(connection: &Connection, id: OperationId, before: &BTreeSet<String>) -> Result<()> {
    let now = references::dangling(&schema::tables(connection)?);
    let new: Vec<&str> = now.difference(before).map(String::as_str).collect();
    if new.is_empty() {
        return Ok(());
    }
    Err(Error::new(Kind::Conflict, format!("operation {id} cannot be undone: then {}", new.join(", ")))
        .hint("change or drop these fields first; nothing was changed"))
}

pub(super) fn revert_all(change: &mut Change<'_>, id: OperationId) -> Result<()> {
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
    let table = change.described(&name)?.ok_or_else(|| crate::store::no_table(&name))?;
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
