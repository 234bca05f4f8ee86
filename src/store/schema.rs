//! The file's own shape: how it is opened, which tables appctl keeps in it, and how a table of a person's is declared.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};
use serde_json::Value as Json;

use super::sql::{self, quote, quote_all};
use super::{backup, files, functions, indexes, trust};
use crate::base::{Clock, Doing, Error, Field, FieldType, Kind, Result, Table, TableName};

/// "appc": tells our files from other SQLite files (sqlite.org/pragma.html#pragma_application_id).
pub const APPLICATION: i32 = 0x6170_7063;

/// Each step brings the file from the version that is its index to the next one.
const MIGRATIONS: &[Migration] = &[
    Migration::Sql(TABLES),
    // Relations are looked up from both sides.
    Migration::Work(|connection| tables(connection)?.iter().try_for_each(|table| indexes::keep(connection, table))),
];

enum Migration {
    Sql(&'static str),
    Work(fn(&Connection) -> Result<()>),
}

/// The first version.
const TABLES: &str = "
    CREATE TABLE _appctl_tables (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_documents (kind TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (kind, name))
        STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_operations (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, author_kind TEXT NOT NULL, author TEXT NOT NULL,
        what TEXT NOT NULL, connection TEXT, inserted INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,
        deleted INTEGER NOT NULL DEFAULT 0, tables TEXT NOT NULL DEFAULT '[]', undoes INTEGER, undone_by INTEGER
    ) STRICT;
    CREATE TABLE _appctl_changes (
        operation INTEGER NOT NULL REFERENCES _appctl_operations ON DELETE CASCADE, sequence INTEGER NOT NULL,
        table_name TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, before TEXT,
        PRIMARY KEY (operation, sequence)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX _appctl_changes_by_key ON _appctl_changes (table_name, key, operation);
    CREATE TABLE _appctl_runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT, connection TEXT NOT NULL, operation INTEGER, record TEXT NOT NULL
    ) STRICT;
    CREATE INDEX _appctl_runs_by_connection ON _appctl_runs (connection, id);
    CREATE TABLE _appctl_epochs (connection TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE _appctl_loads (
        connection TEXT, object TEXT, table_name TEXT NOT NULL UNIQUE, progress TEXT NOT NULL,
        PRIMARY KEY (connection, object)
    ) STRICT, WITHOUT ROWID;
";

/// The version this program reads and writes.
pub const VERSION: usize = MIGRATIONS.len();

/// Opens the main file: refuses what is not ours before a byte changes, then brings it to this version.
pub fn open(path: &Path, clock: &Clock) -> Result<Connection> {
    let shown = || format!("opening the store `{}`", path.display());
    let mut tries = 0;
    loop {
        let before = trust::file(path)?;
        let fresh = std::fs::metadata(path).map_or(true, |meta| meta.len() == 0);
        files::make_private(path)?;
        let before = before.or(trust::file(path)?);
        let connection = connect(path).doing(shown)?;
        // A file that is not ours is closed as it was found, with what waits in its log.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, is_waiting(path))?;
        let version = version(&connection, fresh).doing(shown)?;
        let after = trust::file(path)?;
        if !after.is_some_and(|after| before == Some(after) && trust::is_open(after)) {
            // A restore put another file there meanwhile, or somebody plays with links.
            tries += 1;
            if tries < 3 {
                continue;
            }
            return Err(Error::new(Kind::Busy, format!("`{}` was replaced while it was being opened", path.display()))
                .hint("try again in a moment"));
        }
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        if fresh {
            connection.execute_batch(PAGE_SIZE).map_err(Error::from).doing(shown)?;
        }
        prepare(&connection).doing(shown)?;
        if version < VERSION {
            migrate(&connection, path, clock).doing(|| format!("bringing the store to version {VERSION}"))?;
        }
        return Ok(connection);
    }
}

/// Opens the main file for reading only, whatever its version, and changes nothing beside it either.
pub fn look(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    // Where nothing waits in the log, the file itself says everything, and no companion has to be made to read it.
    let connection = Connection::open_with_flags(uri(path, !is_waiting(path)), flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute_batch(
        "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;",
    )?;
    functions::register(&connection)?;
    Ok(connection)
}

/// Whether something waits in the log beside this file.
fn is_waiting(path: &Path) -> bool {
    std::fs::symlink_metadata(trust::beside(path, "-wal")).is_ok_and(|meta| meta.len() > 0)
}

/// A path as SQLite's URI (sqlite.org/uri.html).
fn uri(path: &Path, immutable: bool) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => uri.push(char::from(*byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str(if immutable { "?mode=ro&immutable=1" } else { "?mode=ro" });
    uri
}

/// Rows of synced tables are a few hundred bytes wide and come by the thousand: pages of twice SQLite's size halve the
/// reads and writes of a load. Without effect on a file that has its first table already.
pub const PAGE_SIZE: &str = "PRAGMA page_size = 8192";

/// Another connection to the main file, still without its settings.
pub fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    // SQLite then refuses a link anywhere in the path, and the folder's own path may have honest ones.
    let real = path.parent().and_then(|folder| folder.canonicalize().ok()).zip(path.file_name());
    let real = real.map_or(path.to_owned(), |(folder, name)| folder.join(name));
    let connection = Connection::open_with_flags(real, flags)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    Ok(connection)
}

/// The settings that every connection to the main file has.
pub fn prepare(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA mmap_size = 0;
         PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA journal_size_limit = 67108864;
         PRAGMA temp_store = MEMORY;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    functions::register(connection)
}

/// The file's version; refuses what is not ours.
pub fn version(connection: &Connection, fresh: bool) -> Result<usize> {
    if fresh {
        return Ok(0);
    }
    let application: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if application != APPLICATION {
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        if application == 0 && version == 0 && tables == 0 {
            return Ok(0); // a first opening that was interrupted
        }
        return Err(Error::new(Kind::Corrupt, "this file belongs to another program")
            .hint("choose another folder with `--home` or another app with `--app`"));
    }
    match usize::try_from(version) {
        Ok(version) if version <= VERSION => Ok(version),
        _ => Err(Error::new(Kind::Corrupt, format!("the file has version {version}, this program knows {VERSION}"))
            .hint("install a newer appctl; nothing was changed")),
    }
}

fn migrate(connection: &Connection, path: &Path, clock: &Clock) -> Result<()> {
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    let step = || -> Result<()> {
        // Read again: another process may have done it while we waited for the lock.
        let before = user_version(connection)?;
        if before > 0 && before < VERSION {
            backup::before_migration(path, before, clock)?; // nobody else can write meanwhile
        }
        for migration in MIGRATIONS.iter().skip(before) {
            match migration {
                Migration::Sql(text) => connection.execute_batch(text)?,
                Migration::Work(work) => work(connection)?,
            }
        }
        connection.execute_batch(&format!(
            "PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {VERSION}; COMMIT"
        ))?;
        Ok(())
    };
    step().inspect_err(|_| {
        if !connection.is_autocommit() {
            let _ = connection.execute_batch("ROLLBACK");
        }
    })
}

fn user_version(connection: &Connection) -> Result<usize> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(0))
}

pub fn tables(connection: &Connection) -> Result<Vec<Table>> {
    let mut statement = connection.prepare_cached("SELECT body FROM _appctl_tables ORDER BY name")?;
    let bodies = statement.query_map([], |row| row.get::<_, String>(0))?;
    bodies.map(|body| parse_table(&body?)).collect()
}

pub fn table(connection: &Connection, name: &TableName) -> Result<Option<Table>> {
    let mut statement = connection.prepare_cached("SELECT body FROM _appctl_tables WHERE name = ?")?;
    let body: Option<String> = statement.query_row([name.as_str()], |row| row.get(0)).optional()?;
    body.map(|body| parse_table(&body)).transpose()
}

fn parse_table(body: &str) -> Result<Table> {
    serde_json::from_str(body).map_err(|error| Error::new(Kind::Corrupt, format!("a table's description: {error}")))
}

/// Writes a table's description. The SQL table itself is the caller's.
pub fn put_table(connection: &Connection, table: &Table) -> Result<()> {
    let body = serde_json::to_string(table).expect("a table is JSON");
    let sql = "INSERT INTO _appctl_tables VALUES (?, ?) ON CONFLICT DO UPDATE SET body = excluded.body";
    connection.execute(sql, params![table.name.as_str(), body])?;
    Ok(())
}

pub fn documents(connection: &Connection, kind: &str) -> Result<Vec<(String, Json)>> {
    let sql = "SELECT name, body FROM _appctl_documents WHERE kind = ? ORDER BY name";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([kind], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| row.map_err(Error::from).and_then(|(name, body)| Ok((name, parse_document(&body)?)))).collect()
}

pub fn document(connection: &Connection, kind: &str, name: &str) -> Result<Option<Json>> {
    let sql = "SELECT body FROM _appctl_documents WHERE kind = ? AND name = ?";
    let mut statement = connection.prepare_cached(sql)?;
    let body: Option<String> = statement.query_row([kind, name], |row| row.get(0)).optional()?;
    body.map(|body| parse_document(&body)).transpose()
}

fn parse_document(body: &str) -> Result<Json> {
    serde_json::from_str(body).map_err(|error| Error::new(Kind::Corrupt, format!("a document: {error}")))
}

/// The statement that makes the SQL table for this description, under the name given.
///
/// Tables are STRICT so that SQLite never converts a value: text is TEXT, what may be a number or a text is ANY
/// (sqlite.org/stricttables.html). A single integer key is the rowid itself. Unique fields get an index of their own
/// (`indexes::keep`), because a rule that stands in the declaration can only be changed by writing the table anew.
pub fn declare(table: &Table, name: &str) -> String {
    let rowid = rowid_key(table);
    let columns = table.fields.iter().map(|field| {
        let mut column = format!("{} {}", quote(field.name.as_str()), storage(table, field));
        if rowid && table.is_key(&field.name) {
            column.push_str(if table.generated_key { " PRIMARY KEY AUTOINCREMENT" } else { " PRIMARY KEY" });
        } else if table.is_key(&field.name) || (field.required && field.source_id.is_none()) {
            column.push_str(" NOT NULL");
        }
        column
    });
    let mut parts: Vec<String> = columns.collect();
    if !rowid {
        parts.push(format!("PRIMARY KEY ({})", quote_all(table.key.iter().map(AsRef::as_ref))));
    }
    format!("CREATE TABLE {} ({}) STRICT", quote(name), parts.join(", "))
}

/// Whether the key is one integer, which SQLite keeps as the row's own number.
pub fn rowid_key(table: &Table) -> bool {
    table.key.len() == 1 && table.key_fields().all(|field| field.field_type == FieldType::Integer)
}

/// The declared type of a field's column.
pub fn storage(table: &Table, field: &Field) -> &'static str {
    match field.field_type {
        FieldType::Integer if rowid_key(table) && table.is_key(&field.name) => "INTEGER",
        FieldType::Integer
        | FieldType::Number
        | FieldType::Boolean
        | FieldType::Binary
        | FieldType::Relation { .. } => "ANY",
        _ => "TEXT",
    }
}

/// Adds one column to an existing SQL table. Its index is `indexes::keep`'s.
pub fn add_field(connection: &Connection, table: &Table, field: &Field) -> Result<()> {
    let sql = format!(
        "ALTER TABLE {} ADD COLUMN {} {}",
        quote(table.name.as_str()),
        quote(field.name.as_str()),
        storage(table, field)
    );
    Ok(connection.execute_batch(&sql)?)
}

/// All the columns of a table, quoted, in its order.
pub fn columns(table: &Table) -> String {
    sql::quote_all(table.fields.iter().map(|field| field.name.as_str()))
}
