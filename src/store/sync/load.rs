//! First loads: a hidden table of the main file that is filled in bounded transactions and shown by renaming it.

use rusqlite::{Connection, OptionalExtension, params};

use super::stage::{damaged, to_text};
use super::{ObjectPlan, ObjectProgress, Place, check_epoch};
use crate::base::{ConnectionName, Result};
use crate::store::sql::{self, quote, quote_all};
use crate::store::{Store, schema};

/// Pages after which the log is brought into the main file: SQLite's own number, and the one while a table is loaded. Each
/// time waits for the disk twice; 32 MB are half of what `journal_size_limit` leaves on disk.
const CHECKPOINT: u32 = 1000;
const LOAD_CHECKPOINT: u32 = 4096;

/// Begins a first load, or goes on with one that has the same fingerprint.
pub fn begin(
    store: &Store,
    connection: &ConnectionName,
    epoch: i64,
    plan: &ObjectPlan,
) -> Result<(Place, ObjectProgress)> {
    let main = store.lock();
    sql::immediately(&main, || {
        check_epoch(&main, connection, epoch)?;
        if let Some((hidden, progress)) = find(&main, connection.as_str(), &plan.object)? {
            if progress.fingerprint == plan.fingerprint {
                return Ok((Place::Hidden(hidden), progress));
            }
            forget(&main, connection.as_str(), &plan.object)?;
        }
        let hidden = format!("_appctl_load_{connection}_{}", plan.object);
        main.execute_batch(&schema::declare(&plan.table, &hidden))?;
        let progress = ObjectProgress { fingerprint: plan.fingerprint.clone(), ..ObjectProgress::default() };
        let text = "INSERT INTO _appctl_loads VALUES (?, ?, ?, ?)";
        main.execute(text, params![connection.as_str(), plan.object, hidden, to_text(&progress)])?;
        Ok((Place::Hidden(hidden), progress))
    })
}

/// Runs `work` in a transaction that does not wait for the disk. Nobody reads a hidden table; its rows and position go
/// together whatever happens, and the transaction that shows it waits for all of them.
pub fn without_waiting<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch(&format!("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = {LOAD_CHECKPOINT}"))?;
    let result = sql::immediately(connection, work);
    connection.execute_batch(&format!("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {CHECKPOINT}"))?;
    result
}

pub fn save(connection: &Connection, name: &str, object: &str, progress: &ObjectProgress) -> Result<()> {
    let text = "UPDATE _appctl_loads SET progress = ? WHERE connection = ? AND object = ?";
    connection.prepare_cached(text)?.execute(params![to_text(progress), name, object])?;
    Ok(())
}

fn find(connection: &Connection, name: &str, object: &str) -> Result<Option<(String, ObjectProgress)>> {
    let text = "SELECT table_name, progress FROM _appctl_loads WHERE connection = ? AND object = ?";
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let found = connection.query_row(text, [name, object], row).optional()?;
    found.map(|(hidden, text)| Ok((hidden, serde_json::from_str(&text).map_err(damaged)?))).transpose()
}

/// Removes a first load that will not be shown.
pub fn forget(connection: &Connection, name: &str, object: &str) -> Result<()> {
    if let Some((hidden, _)) = find(connection, name, object)? {
        let (hidden, seen) = (quote(&hidden), quote(&seen_name(&hidden)));
        connection.execute_batch(&format!("DROP TABLE IF EXISTS {hidden}; DROP TABLE IF EXISTS {seen}"))?;
        shown(connection, name, object)?;
    }
    Ok(())
}

/// The load's own entry, once its table is shown or gone.
pub fn shown(connection: &Connection, name: &str, object: &str) -> Result<()> {
    connection.execute("DELETE FROM _appctl_loads WHERE connection = ? AND object = ?", [name, object])?;
    Ok(())
}

pub fn forget_all(connection: &Connection, name: &str) -> Result<()> {
    let objects: Vec<String> = connection
        .prepare("SELECT object FROM _appctl_loads WHERE connection = ?")?
        .query_map([name], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    if objects.is_empty() {
        return Ok(());
    }
    sql::immediately(connection, || objects.iter().try_for_each(|object| forget(connection, name, object)))
}

pub fn seen_name(hidden: &str) -> String {
    format!("{hidden}_seen")
}

/// Where the keys of an unsorted listing wait for its end.
pub fn seen_table(connection: &Connection, plan: &ObjectPlan, hidden: &str) -> Result<()> {
    let columns = plan
        .table
        .key_fields()
        .map(|field| format!("{} {}", quote(field.name.as_str()), schema::storage(&plan.table, field)));
    let columns: Vec<String> = columns.collect();
    let keys = quote_all(plan.table.key.iter().map(AsRef::as_ref));
    connection.execute_batch(&format!(
        "CREATE TABLE IF NOT EXISTS {} ({}, PRIMARY KEY ({keys})) STRICT",
        quote(&seen_name(hidden)),
        columns.join(", ")
    ))?;
    Ok(())
}

/// Forgets the keys of a listing that begins anew.
pub fn forget_seen(connection: &Connection, hidden: &str) -> Result<()> {
    connection.execute_batch(&format!("DROP TABLE IF EXISTS {}", quote(&seen_name(hidden))))?;
    Ok(())
}

/// Removes what the ended listing did not name; gives how many rows that were.
pub fn keep_seen(connection: &Connection, plan: &ObjectPlan, hidden: &str) -> Result<u64> {
    let seen = quote(&seen_name(hidden));
    let same = sql::same("seen", "loaded", plan.table.key.iter().map(AsRef::as_ref));
    let text =
        format!("DELETE FROM {} AS loaded WHERE NOT EXISTS (SELECT 1 FROM {seen} AS seen WHERE {same})", quote(hidden));
    let dropped = connection.execute(&text, [])?;
    connection.execute_batch(&format!("DROP TABLE {seen}"))?;
    Ok(u64::try_from(dropped).unwrap_or(0))
}
