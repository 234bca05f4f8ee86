//! Filling a new or empty table with very many records: they wait in a hidden table that is filled in bounded transactions
//! and shown by renaming it in the last one, recorded as one marker. What a crash left behind goes when the app is opened
//! next. Bringing records into a table that has some already is the row path of `rows`; the lookups it needs are here.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension};
use serde_json::Value as Json;

use super::{Author, Change, OperationId, key_text};
use crate::base::{Cell, Doing, Error, FieldName, FieldType, Kind, Result, Rows, Table, Value};
use crate::store::sql::{self, quote, quote_all};
use crate::store::{Store, files, indexes, schema};

/// The hidden table. There is one at a time, because its loader holds the lock.
const HIDDEN: &str = "_appctl_import";
/// Keeps apart in the file what the table itself does not.
const ONCE: &str = "_appctl_import_once";
const LOCK: &str = "import.lock";

/// Pages after which the log is brought into the main file: SQLite's own number, and the one while a table is loaded.
const CHECKPOINT: u32 = 1000;
const LOAD_CHECKPOINT: u32 = 4096;

/// A hidden table on its way to be shown. Dropped without `show`, it leaves nothing.
pub struct Load<'s> {
    store: &'s Store,
    place: Place,
    table: Table,
    columns: Vec<FieldName>,
    rows: u64,
}

enum Place {
    /// In the main file; the lock is held until the table is shown or gone
    Main {
        lock: File,
    },
    /// In a file of its own, for a dry run: the main file is not touched
    Aside {
        connection: Connection,
        _folder: tempfile::TempDir,
    },
    Gone,
}

/// A record that the table does not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its place in the block
    pub row: usize,
    /// The fields whose values stand in a record above already; none when it is refused for another reason
    pub twice: Vec<FieldName>,
    pub reason: String,
}

impl Store {
    /// Begins to fill a table that is not there yet, or is empty: `columns` in this order, everything else null.
    ///
    /// `once` names fields that two records cannot share, beside what the table itself demands. `Kind::Busy` while another
    /// load runs in this app.
    pub fn load(&self, table: &Table, columns: Vec<FieldName>, once: &[FieldName]) -> Result<Load<'_>> {
        let lock = hold(self.folder())?;
        mark(&lock, true)?;
        let main = self.lock();
        let place = Place::Main { lock };
        let load = Load { store: self, place, table: table.clone(), columns, rows: 0 };
        let begun = sql::immediately(&main, || {
            main.execute_batch(&format!("DROP TABLE IF EXISTS {}", quote(HIDDEN)))?;
            begin(&main, table, once)
        });
        drop(main); // dropping the load takes it again
        begun?;
        Ok(load)
    }

    /// Looks at records outside of an operation.
    pub fn peek<T>(&self, work: impl FnOnce(&Change<'_>) -> Result<T>) -> Result<T> {
        work(&Change::begin(&self.lock()))
    }

    /// The same work in a file of its own, which can only be given up: what a dry run does.
    pub fn rehearse_load(&self, table: &Table, columns: Vec<FieldName>, once: &[FieldName]) -> Result<Load<'_>> {
        let folder = tempfile::Builder::new().prefix("import-").tempdir_in(self.folder())?;
        let connection = Connection::open(folder.path().join("rows.db"))?;
        connection.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")?;
        begin(&connection, table, once)?;
        let place = Place::Aside { connection, _folder: folder };
        Ok(Load { store: self, place, table: table.clone(), columns, rows: 0 })
    }
}

impl Load<'_> {
    /// Adds a block of records in one transaction, telling which of them the table does not take.
    pub fn put(&mut self, rows: &Rows, refused: &mut dyn FnMut(Refused)) -> Result<()> {
        self.rows += match &self.place {
            Place::Main { .. } => {
                let main = self.store.lock();
                without_waiting(&main, || insert(&main, &self.table, &self.columns, rows, refused))?
            }
            Place::Aside { connection, .. } => {
                sql::immediately(connection, || insert(connection, &self.table, &self.columns, rows, refused))?
            }
            Place::Gone => 0,
        };
        Ok(())
    }

    /// Whether a record with this key was put.
    pub fn has(&self, key: &[Value]) -> Result<bool> {
        match &self.place {
            Place::Main { .. } => has(&self.store.lock(), &self.table, HIDDEN, key),
            Place::Aside { connection, .. } => has(connection, &self.table, HIDDEN, key),
            Place::Gone => Ok(false),
        }
    }

    /// How many records were put.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Shows the records under the table's name, as one recorded operation: a new table, or the one that is `empty` now.
    ///
    /// `Kind::Conflict` when the name was taken, the table changed or filled, or a record went that others point to.
    pub fn show(mut self, by: &Author, what: &str, empty: Option<&Table>) -> Result<Option<OperationId>> {
        let main = self.store.lock();
        let id = sql::immediately(&main, || {
            let mut change = Change::begin(&main);
            main.execute_batch(&format!("DROP INDEX IF EXISTS {ONCE}"))?;
            refuse_lost_relations(&main, &self.table)?;
            match empty {
                None => change.adopt_table(HIDDEN, &self.table, self.rows)?,
                Some(before) => {
                    change.fill_table(HIDDEN, before, self.rows, serde_json::json!({ "rows": self.rows }))?
                }
            }
            change.record(by, what, None, &self.store.clock)
        })?;
        drop(main);
        if let Place::Main { lock } = std::mem::replace(&mut self.place, Place::Gone) {
            mark(&lock, false)?;
        }
        Ok(id)
    }
}

impl Drop for Load<'_> {
    fn drop(&mut self) {
        if let Place::Main { lock } = &self.place {
            // What cannot be cleared up now is cleared up when the app is opened next.
            let _ = clear(&self.store.lock(), lock);
        }
    }
}

/// Records that were there when they were looked up may have gone before the table is shown.
fn refuse_lost_relations(connection: &Connection, table: &Table) -> Result<()> {
    for field in &table.fields {
        let FieldType::Relation { table: name, .. } = &field.field_type else { continue };
        let Some(target) = schema::table(connection, name)? else { continue };
        let [key] = target.key.as_slice() else { continue }; // a composite key is one text here and several columns there
        let there = if target.name == table.name { HIDDEN } else { name.as_str() };
        let text = format!(
            "SELECT 1 FROM {0} AS loaded WHERE {1} IS NOT NULL
             AND NOT EXISTS (SELECT 1 FROM {2} AS there WHERE there.{3} = loaded.{1}) LIMIT 1",
            quote(HIDDEN),
            quote(field.name.as_str()),
            quote(there),
            quote(key.as_str())
        );
        if connection.query_row(&text, [], |_| Ok(())).optional()?.is_some() {
            let message =
                format!("records of `{name}` that field `{}` points to went while the file was read", field.name);
            return Err(Error::new(Kind::Conflict, message).hint("nothing was imported; run the same command again"));
        }
    }
    Ok(())
}

/// Removes what a load left that ended halfway. Costs one look at a file when there was none.
pub(in crate::store) fn tidy(connection: &Connection, folder: &Path) -> Result<()> {
    let path = folder.join(LOCK);
    if std::fs::metadata(&path).map_or(true, |meta| meta.len() == 0) {
        return Ok(());
    }
    let lock = files::open_private(&path)?;
    match lock.try_lock() {
        Ok(()) => clear(connection, &lock),
        Err(_) => Ok(()), // it is still running
    }
}

fn clear(connection: &Connection, lock: &File) -> Result<()> {
    sql::immediately(connection, || Ok(connection.execute_batch(&format!("DROP TABLE IF EXISTS {}", quote(HIDDEN)))?))?;
    mark(lock, false)
}

fn hold(folder: &Path) -> Result<File> {
    let lock = files::open_private(&folder.join(LOCK))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(Error::new(Kind::Busy, "another import fills a table of this app").hint("try again when it is done"))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(error).doing(|| "locking the app for an import"),
    }
}

/// Writes down whether there may be a hidden table; it is on the disk before the table is.
fn mark(mut lock: &File, loading: bool) -> Result<()> {
    lock.set_len(0)?;
    if loading {
        lock.rewind()?;
        lock.write_all(std::process::id().to_string().as_bytes())?;
        lock.sync_data()?;
    }
    Ok(())
}

fn begin(connection: &Connection, table: &Table, once: &[FieldName]) -> Result<()> {
    connection.execute_batch(&schema::declare(table, HIDDEN))?;
    if !once.is_empty() {
        let fields = quote_all(once.iter().map(AsRef::as_ref));
        connection.execute_batch(&format!("CREATE UNIQUE INDEX {ONCE} ON {} ({fields})", quote(HIDDEN)))?;
    }
    if table.generated_key {
        keep_numbers(connection, table.name.as_str(), HIDDEN)?;
    }
    Ok(())
}

/// Numbers that one table handed out are not handed out again by the one that takes its place.
fn keep_numbers(connection: &Connection, from: &str, to: &str) -> Result<()> {
    let text = "INSERT INTO sqlite_sequence (name, seq) SELECT ?2, seq FROM sqlite_sequence WHERE name = ?1";
    connection.execute(text, [from, to])?;
    Ok(())
}

/// Runs `work` in a transaction that does not wait for the disk: nobody reads a hidden table, and the transaction that
/// shows it waits for everything before it.
fn without_waiting<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch(&format!("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = {LOAD_CHECKPOINT}"))?;
    let result = sql::immediately(connection, work);
    connection.execute_batch(&format!("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = {CHECKPOINT}"))?;
    result
}

fn insert(
    connection: &Connection,
    table: &Table,
    columns: &[FieldName],
    rows: &Rows,
    refused: &mut dyn FnMut(Refused),
) -> Result<u64> {
    let names = quote_all(columns.iter().map(AsRef::as_ref));
    let text = format!("INSERT INTO {} ({names}) VALUES ({})", quote(HIDDEN), sql::marks(columns.len()));
    let mut statement = connection.prepare_cached(&text)?;
    let mut put = 0;
    for (place, row) in rows.iter().enumerate() {
        sql::bind(&mut statement, 1, row)?;
        match statement.raw_execute() {
            Ok(_) => put += 1,
            Err(error) => refused(refusal(error, table, place)?),
        }
    }
    Ok(put)
}

/// Why SQLite refused a row; every error that is no constraint's is the load's own.
fn refusal(error: rusqlite::Error, table: &Table, row: usize) -> Result<Refused> {
    use rusqlite::ErrorCode::{ConstraintViolation, TypeMismatch};
    let text = match (&error, error.sqlite_error_code()) {
        (rusqlite::Error::SqliteFailure(_, Some(text)), Some(ConstraintViolation | TypeMismatch)) => text.clone(),
        _ => return Err(error.into()),
    };
    let Some(names) = text.strip_prefix("UNIQUE constraint failed: ") else {
        let reason = if text.contains("mismatch") { "the key is larger than 64 bits".to_owned() } else { text };
        return Ok(Refused { row, twice: Vec::new(), reason });
    };
    let own = format!("{HIDDEN}.");
    let twice = table.fields.iter().map(|field| &field.name);
    let twice: Vec<FieldName> = twice
        .filter(|name| names.split(", ").any(|part| part.strip_prefix(&own) == Some(name.as_str())))
        .cloned()
        .collect();
    let reason = "a row above has this value already".to_owned();
    Ok(Refused { row, twice: if twice.is_empty() { table.key.clone() } else { twice }, reason })
}

fn has(connection: &Connection, table: &Table, name: &str, key: &[Value]) -> Result<bool> {
    let is = table.key.iter().map(|field| format!("{} = ?", quote(field.as_str()))).collect::<Vec<_>>().join(" AND ");
    let mut statement = connection.prepare_cached(&format!("SELECT 1 FROM {} WHERE {is}", quote(name)))?;
    sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
    Ok(statement.raw_query().next()?.is_some())
}

/// Which record some fields' values stand for.
#[derive(Clone, Debug, PartialEq)]
pub enum Match {
    None,
    /// The record's key
    One(Vec<Value>),
    Several,
}

impl Change<'_> {
    /// Puts the loaded rows in the place of a table that has none: recorded as one bulk marker.
    ///
    /// `Kind::Conflict` when the table was changed or filled since `before` was read.
    pub(in crate::store) fn fill_table(&mut self, hidden: &str, before: &Table, rows: u64, image: Json) -> Result<()> {
        let name = before.name.as_str();
        let now = schema::table(self.connection, &before.name)?;
        if now.as_ref() != Some(before) || !self.is_empty(name)? {
            return Err(Error::new(Kind::Conflict, format!("table `{name}` was changed while its records were read"))
                .hint("nothing was imported; run the same command again"));
        }
        self.connection.execute_batch(&format!("DROP TABLE {}", quote(name)))?;
        self.rename_sql_table(hidden, name)?;
        indexes::keep(self.connection, before)?;
        self.inserted += rows;
        self.note(name, "", "fill", Some(image))
    }

    /// Takes back a `fill`: the table is empty again, and its records are kept in the hidden table of this name.
    pub(in crate::store) fn empty_table(&mut self, table: &Table, aside: Option<&str>) -> Result<()> {
        let name = table.name.as_str();
        let aside = match aside {
            Some(aside) => aside.to_owned(),
            None => self.aside()?,
        };
        let rows = format!("SELECT count(*) FROM {}", quote(name));
        let rows: i64 = self.connection.query_row(&rows, [], |row| row.get(0))?;
        self.rename_sql_table(name, &aside)?;
        self.connection.execute_batch(&schema::declare(table, name))?;
        indexes::keep(self.connection, table)?;
        if table.generated_key {
            keep_numbers(self.connection, &aside, name)?;
        }
        self.deleted += u64::try_from(rows).unwrap_or(0);
        self.note(name, "", "empty", Some(serde_json::json!({ "aside": aside, "rows": rows })))
    }

    /// Takes back an `empty`. Taking that back puts the records where they were, so that the first operation finds them.
    pub(in crate::store) fn refill_table(&mut self, table: &Table, image: &Json) -> Result<()> {
        let aside = image["aside"].as_str().ok_or_else(|| super::damaged("an emptied table"))?;
        self.fill_table(aside, table, image["rows"].as_u64().unwrap_or(0), image.clone())
    }

    fn is_empty(&self, name: &str) -> Result<bool> {
        let first = self.connection.query_row(&format!("SELECT 1 FROM {} LIMIT 1", quote(name)), [], |_| Ok(()));
        Ok(first.optional()?.is_none())
    }

    /// Makes it quick to find records by these fields until `end_matching`, which takes every trace away.
    pub fn begin_matching(&self, table: &Table, fields: &[FieldName]) -> Result<()> {
        let columns = quote_all(fields.iter().map(AsRef::as_ref));
        Ok(self.connection.execute_batch(&format!(
            "CREATE INDEX {ONCE} ON {} ({columns}); CREATE TABLE {HIDDEN}_seen (key TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
            quote(table.name.as_str())
        ))?)
    }

    pub fn end_matching(&self) -> Result<()> {
        Ok(self.connection.execute_batch(&format!("DROP INDEX {ONCE}; DROP TABLE {HIDDEN}_seen"))?)
    }

    /// The record in which these fields have these values.
    pub fn find(&self, table: &Table, fields: &[FieldName], values: &[Cell<'_>]) -> Result<Match> {
        let is = fields.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(" AND ");
        let key = quote_all(table.key.iter().map(AsRef::as_ref));
        let text = format!("SELECT {key} FROM {} WHERE {is} LIMIT 2", quote(table.name.as_str()));
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, values.iter().copied())?;
        let mut rows = statement.raw_query();
        let Some(row) = rows.next()? else { return Ok(Match::None) };
        let found = sql::values(row, 0, table.key.len())?;
        Ok(if rows.next()?.is_some() { Match::Several } else { Match::One(found) })
    }

    /// Whether these values come for the first time since `begin_matching`.
    pub fn is_first(&self, values: &[Value]) -> Result<bool> {
        let text = format!("INSERT INTO {HIDDEN}_seen VALUES (?) ON CONFLICT DO NOTHING");
        Ok(self.connection.prepare_cached(&text)?.execute([key_text(values)])? == 1)
    }
}
