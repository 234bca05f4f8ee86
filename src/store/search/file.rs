//! The file that the search indexes are in.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use crate::base::{Kind, Result};
use crate::store::files;

const FILE: &str = "search.db";

/// What is in the file is understood by this version only; another one is emptied.
const VERSION: i64 = 1;

fn path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// Makes the index file part of this connection, as `search`; made when it is not there.
pub fn attach(connection: &Connection, folder: &Path) -> Result<()> {
    let path = path(folder);
    files::make_private(&path)?;
    connection.execute("ATTACH ? AS search", [path.to_string_lossy()])?;
    prepare(connection)
}

/// An index file that goes with the connection, in the place of the one that was there.
pub fn attach_passing(connection: &Connection) -> Result<()> {
    if !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    let attached = connection.prepare("SELECT 1 FROM pragma_database_list WHERE name = 'search'")?.exists([])?;
    if attached {
        connection.execute_batch("DETACH search")?;
    }
    connection.execute_batch("PRAGMA temp_store = DEFAULT; ATTACH '' AS search")?;
    prepare(connection)
}

/// Forgets all indexes.
pub fn remove(folder: &Path) -> Result<()> {
    files::remove_database(&path(folder))
}

/// SQLite does not wait when two connections want to make the same file's first log (sqlite.org/wal.html, "Sometimes
/// queries return SQLITE_BUSY in WAL mode"), so the later one tries again.
fn prepare(connection: &Connection) -> Result<()> {
    for _ in 0..TRIES {
        match prepare_once(connection) {
            Err(error) if error.kind == Kind::Busy => std::thread::sleep(PAUSE),
            other => return other,
        }
    }
    prepare_once(connection)
}

const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(25);

fn prepare_once(connection: &Connection) -> Result<()> {
    let version: i64 = connection.query_row("PRAGMA search.user_version", [], |row| row.get(0))?;
    if version != VERSION {
        connection.execute_batch("PRAGMA search.page_size = 8192")?;
    }
    // What is lost when the machine stops is indexed again; nothing is torn.
    connection.execute_batch(
        "PRAGMA search.journal_mode = WAL; PRAGMA search.synchronous = NORMAL; PRAGMA search.cache_size = -16000;
         PRAGMA search.journal_size_limit = 16777216;",
    )?;
    if version != VERSION {
        make(connection)?;
    }
    Ok(())
}

fn make(connection: &Connection) -> Result<()> {
    connection.execute_batch("BEGIN")?;
    let step = || -> Result<()> {
        // The first statement writes, so that two searches that both make the file take turns.
        connection.execute_batch(
            "CREATE TABLE IF NOT EXISTS search._appctl_indexes (
                number INTEGER PRIMARY KEY, table_name TEXT NOT NULL UNIQUE, shape TEXT NOT NULL,
                operation INTEGER NOT NULL, stamp TEXT NOT NULL
             ) STRICT;
             DELETE FROM search._appctl_indexes;",
        )?;
        let old: Vec<String> = connection
            .prepare(
                "SELECT name FROM search.sqlite_schema WHERE type = 'table' AND sql IS NOT NULL
                 AND (name GLOB '_appctl_keys_*' OR sql LIKE 'CREATE VIRTUAL TABLE%')",
            )?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        for name in old {
            connection.execute_batch(&format!("DROP TABLE search.{}", crate::store::sql::quote(&name)))?;
        }
        Ok(connection.execute_batch(&format!("PRAGMA search.user_version = {VERSION}; COMMIT"))?)
    };
    step().inspect_err(|_| {
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
    })
}
