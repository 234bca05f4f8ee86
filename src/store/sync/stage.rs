//! The stage: a SQLite file beside the main one, where a run's pages wait together with the position in the data.
//! A page is committed without waiting for the disk: after a power cut the stage is an earlier one, never a torn one.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde::Serialize;

use super::{ObjectPlan, ObjectProgress, Place, RunRequest};
use crate::base::{Doing, Error, Kind, Result, Timestamp};
use crate::store::sql::{self, quote, quote_all};
use crate::store::{files, schema};

pub const FILE: &str = "stage.db";

const SHAPE: &str = "
    CREATE TABLE IF NOT EXISTS last_run (
        one INTEGER PRIMARY KEY CHECK (one = 1), started TEXT NOT NULL, pid INTEGER NOT NULL, running INTEGER NOT NULL,
        epoch INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS objects (
        number INTEGER PRIMARY KEY AUTOINCREMENT, object TEXT NOT NULL UNIQUE, progress TEXT NOT NULL,
        hidden INTEGER NOT NULL DEFAULT 0
    ) STRICT;";

/// How far a run had come when it died.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Interrupted {
    pub started: Timestamp,
    pub pid: u32,
    pub objects: Vec<InterruptedObject>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InterruptedObject {
    pub object: String,
    pub pages: u64,
    pub rows: u64,
}

impl Interrupted {
    pub fn pages(&self) -> u64 {
        self.objects.iter().map(|object| object.pages).sum()
    }
}

pub struct Stage {
    pub connection: Connection,
    pub path: PathBuf,
    /// Goes with the run: a dry run's stage
    _temporary: Option<tempfile::TempDir>,
}

impl Stage {
    /// Opens the stage that an earlier run left, or makes one. A dry run has one of its own, which it takes with it.
    pub fn open(path: &Path, request: &RunRequest, epoch: i64) -> Result<Self> {
        let folder = path.parent().expect("the stage is in a folder");
        let (path, temporary) = if request.dry_run {
            let folder = tempfile::Builder::new().prefix("dry-").tempdir_in(folder)?;
            (folder.path().join(FILE), Some(folder))
        } else {
            (path.to_owned(), None)
        };
        let connection = match connect(&path) {
            Err(error) if error.kind == Kind::Corrupt => {
                files::remove_database(&path)?; // pages can be asked for again
                connect(&path)?
            }
            other => other?,
        };
        let text = "INSERT INTO last_run VALUES (1, ?1, ?2, 1, ?3)
             ON CONFLICT DO UPDATE SET started = ?1, pid = ?2, running = 1, epoch = ?3";
        connection.execute(text, params![request.started.rfc3339(), std::process::id(), epoch])?;
        Ok(Stage { connection, path, _temporary: temporary })
    }

    /// Begins an object in the stage, or finds it with the same fingerprint.
    pub fn begin(&self, plan: &ObjectPlan) -> Result<(Place, ObjectProgress)> {
        let text = "SELECT number, progress FROM objects WHERE object = ? AND NOT hidden";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?));
        if let Some((number, progress)) = self.connection.query_row(text, [&plan.object], row).optional()? {
            let progress: ObjectProgress = serde_json::from_str(&progress).map_err(damaged)?;
            if progress.fingerprint == plan.fingerprint {
                return Ok((Place::Stage(number), progress));
            }
            self.forget(number)?;
        }
        let progress = ObjectProgress { fingerprint: plan.fingerprint.clone(), ..ObjectProgress::default() };
        sql::immediately(&self.connection, || {
            self.note_hidden(&plan.object, None)?;
            let text = "INSERT INTO objects (object, progress) VALUES (?, ?)";
            self.connection.execute(text, params![plan.object, to_text(&progress)])?;
            let number = self.connection.last_insert_rowid();
            let columns = plan.columns.iter().map(|name| {
                let field = plan.table.field(name.as_str()).expect("a plan's columns are its table's fields");
                format!("{} {}", quote(name.as_str()), schema::storage(&plan.table, field))
            });
            let columns: Vec<String> = columns.collect();
            let keys = quote_all(plan.table.key.iter().map(AsRef::as_ref));
            let key_columns = columns[..plan.table.key.len()].join(", ");
            self.connection.execute_batch(&format!(
                "CREATE TABLE rows_{number} ({}, PRIMARY KEY ({keys})) STRICT;
             CREATE TABLE gone_{number} ({key_columns}, PRIMARY KEY ({keys})) STRICT;
             CREATE TABLE seen_{number} ({key_columns}, PRIMARY KEY ({keys})) STRICT;",
                columns.join(", "),
            ))?;
            Ok((Place::Stage(number), progress))
        })
    }

    /// Notes for people how far an object is whose rows wait in the main file; `None` when it no longer does.
    pub fn note_hidden(&self, object: &str, progress: Option<&ObjectProgress>) -> Result<()> {
        match progress {
            None => {
                self.connection.execute("DELETE FROM objects WHERE object = ? AND hidden", [object])?;
            }
            Some(progress) => {
                let text = "INSERT INTO objects (object, progress, hidden) VALUES (?1, ?2, 1)
                            ON CONFLICT (object) DO UPDATE SET progress = ?2";
                self.connection.prepare_cached(text)?.execute(params![object, to_text(progress)])?;
            }
        }
        Ok(())
    }

    pub fn save(&self, number: i64, progress: &ObjectProgress) -> Result<()> {
        let text = "UPDATE objects SET progress = ? WHERE number = ?";
        self.connection.prepare_cached(text)?.execute(params![to_text(progress), number])?;
        Ok(())
    }

    pub fn forget(&self, number: i64) -> Result<()> {
        sql::immediately(&self.connection, || {
            self.connection.execute_batch(&format!(
                "DROP TABLE IF EXISTS rows_{number}; DROP TABLE IF EXISTS gone_{number};
             DROP TABLE IF EXISTS seen_{number}; DROP TABLE IF EXISTS diff_{number};
             DELETE FROM objects WHERE number = {number};"
            ))?;
            Ok(())
        })
    }

    /// The run ends here with something left for the next one.
    pub fn pause(&self) -> Result<()> {
        self.connection.execute("UPDATE last_run SET running = 0", [])?;
        Ok(())
    }

    /// The run ends here; the file goes when nothing in it is needed.
    pub fn close(&self) -> Result<()> {
        self.pause()?;
        let text = "SELECT count(*) FROM objects WHERE NOT hidden";
        let left: i64 = self.connection.query_row(text, [], |row| row.get(0))?;
        if left == 0 { files::remove_database(&self.path) } else { Ok(()) }
    }
}

fn connect(path: &Path) -> Result<Connection> {
    files::make_private(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(path, flags).map_err(Error::from).doing(|| "opening the stage")?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.execute_batch(schema::PAGE_SIZE)?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;")?;
    connection.execute_batch(SHAPE)?;
    Ok(connection)
}

/// What is left in this stage of a run that did not end by itself. Reads only; fine while the run goes on.
///
/// A run that died after the transaction of its end did end: it raised the epoch, so `epoch` is no longer the one it began in.
pub fn interrupted(path: &Path, epoch: i64) -> Result<Option<Interrupted>> {
    if !path.exists() {
        return Ok(None);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(2))?;
    match read_interrupted(&connection, epoch) {
        // The run died before the stage had its tables.
        Err(error) if error.message.contains("no such table") || error.kind == Kind::Corrupt => Ok(None),
        other => other,
    }
}

fn read_interrupted(connection: &Connection, epoch: i64) -> Result<Option<Interrupted>> {
    let run = connection
        .query_row("SELECT started, pid FROM last_run WHERE running AND epoch = ?", [epoch], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?))
        })
        .optional()?;
    let Some((started, pid)) = run else { return Ok(None) };
    let mut statement = connection.prepare("SELECT object, progress FROM objects ORDER BY number")?;
    let mut rows = statement.query([])?;
    let mut objects = Vec::new();
    while let Some(row) = rows.next()? {
        let progress: ObjectProgress = serde_json::from_str(&row.get::<_, String>(1)?).map_err(damaged)?;
        objects.push(InterruptedObject { object: row.get(0)?, pages: progress.pages, rows: progress.fetched });
    }
    Ok(Some(Interrupted { started: Timestamp::parse(&started).unwrap_or_default(), pid, objects }))
}

pub fn to_text(progress: &ObjectProgress) -> String {
    serde_json::to_string(progress).expect("progress is JSON")
}

pub fn damaged(error: impl std::fmt::Display) -> Error {
    Error::new(Kind::Corrupt, format!("a run's progress cannot be read: {error}"))
}
