//! Looking at a store's file without changing it and without trusting it: what `doctor` reads, and what a backup must
//! pass. It works where the normal door refuses: damaged, foreign, older and newer files.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use super::sql::quote;
use super::{FILE, Store, schema, trust};
use crate::base::{Error, Interrupt, Kind, Result, Timestamp};

/// How closely a file is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// `quick_check`: every page, but not whether indexes agree with their tables
    Quick,
    /// `integrity_check`
    Deep,
}

/// Whose a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kin {
    /// Nothing is in it yet
    Empty,
    Ours {
        version: usize,
    },
    /// A newer appctl wrote it
    Newer {
        version: i64,
    },
    Foreign,
}

/// What a look at a file found.
#[derive(Clone, Debug)]
pub struct Inspection {
    pub kin: Kin,
    /// What is damaged, in words; the first twenty
    pub problems: Vec<String>,
    /// The newest operation's number and time
    pub newest: Option<(i64, Timestamp)>,
    /// Hidden tables that no load knows of
    pub hidden: Vec<String>,
    pub tables: u64,
}

/// The version that this program writes.
pub const VERSION: usize = schema::VERSION;

/// Looks at the main file of the app in this folder. `None` when there is none.
///
/// An error when it cannot even be opened; what is damaged inside is told in `problems`.
pub fn inspect(folder: &Path, depth: Depth, interrupt: &Interrupt) -> Result<Option<Inspection>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    let stamp = || (std::fs::metadata(&path).ok().map(|meta| (meta.len(), meta.modified().ok())), wal(&path));
    for _ in 0..3 {
        let before = stamp();
        let found = inspect_file(&path, depth, interrupt)?;
        // Where a writer was at work meanwhile, what looks damaged may be two moments of one file.
        if found.problems.is_empty() || stamp() == before {
            return Ok(Some(found));
        }
    }
    inspect_file(&path, depth, interrupt).map(Some)
}

/// The bytes that wait in the log beside this file.
pub fn wal(path: &Path) -> u64 {
    std::fs::symlink_metadata(trust::beside(path, "-wal")).map_or(0, |meta| meta.len())
}

/// Looks at one SQLite file.
pub fn inspect_file(path: &Path, depth: Depth, interrupt: &Interrupt) -> Result<Inspection> {
    let mut found = Inspection { kin: Kin::Foreign, problems: Vec::new(), newest: None, hidden: Vec::new(), tables: 0 };
    let mut connection = schema::look(path)?;
    heed(&mut connection, interrupt)?;
    let looked = look_inside(&connection, depth, &mut found);
    interrupt.check()?;
    match looked {
        Err(error) if error.kind == Kind::Corrupt => found.problems.push(plain(&error)),
        other => other?,
    }
    Ok(found)
}

fn look_inside(connection: &Connection, depth: Depth, found: &mut Inspection) -> Result<()> {
    found.kin = kin(connection)?;
    if !matches!(found.kin, Kin::Ours { .. }) {
        return Ok(());
    }
    found.problems = problems(connection, depth)?;
    if found.problems.is_empty() {
        found.newest = newest_operation(connection)?;
        found.hidden = hidden(connection)?;
        found.tables = count(connection, "_appctl_tables")?;
    }
    Ok(())
}

/// Whose file this is, by `application_id` and `user_version`.
pub fn kin(connection: &Connection) -> Result<Kin> {
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0));
    let (application, version) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    if application == i64::from(schema::APPLICATION) {
        return Ok(match usize::try_from(version) {
            Ok(version) if version <= VERSION => Kin::Ours { version },
            _ => Kin::Newer { version },
        });
    }
    let tables = number("SELECT count(*) FROM sqlite_schema")?;
    Ok(if (application, version, tables) == (0, 0, 0) { Kin::Empty } else { Kin::Foreign })
}

/// Lets long reading end when somebody wants to stop: it then fails, and `interrupt.check` tells why.
pub fn heed(connection: &mut Connection, interrupt: &Interrupt) -> Result<()> {
    let interrupt = interrupt.clone();
    connection.progress_handler(100_000, Some(move || interrupt.is_set()))?;
    Ok(())
}

/// What is damaged in a file of ours: its pages, its references, and the tables that appctl's own description names.
pub fn problems(connection: &Connection, depth: Depth) -> Result<Vec<String>> {
    let check = match depth {
        Depth::Quick => "PRAGMA quick_check(20)",
        Depth::Deep => "PRAGMA integrity_check(20)",
    };
    let mut problems = match texts(connection, check) {
        Ok(lines) => lines,
        Err(error) if error.kind == Kind::Corrupt => vec![plain(&error)],
        Err(error) => return Err(error),
    };
    problems.retain(|line| line != "ok");
    if problems.is_empty() {
        problems.extend(dangling(connection)?);
        if kin(connection)? == (Kin::Ours { version: VERSION }) {
            problems.extend(missing(connection)?); // an older version may describe its tables in other words
        }
    }
    problems.truncate(20);
    Ok(problems)
}

fn dangling(connection: &Connection) -> Result<Vec<String>> {
    let mut statement =
        connection.prepare("SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check GROUP BY 1, 2")?;
    let found = statement.query_map([], |row| {
        let (table, parent, rows): (String, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(format!("{rows} rows of `{table}` point to rows that `{parent}` does not have"))
    })?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// Tables and fields that the description has and the file does not.
fn missing(connection: &Connection) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for table in schema::tables(connection)? {
        let columns: Vec<String> = connection
            .prepare("SELECT name FROM pragma_table_info(?)")?
            .query_map([table.name.as_str()], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        if columns.is_empty() {
            problems.push(format!("table `{}` is described and not there", table.name));
            continue;
        }
        let gone = table.fields.iter().filter(|field| !columns.iter().any(|column| column == field.name.as_str()));
        problems.extend(gone.map(|field| format!("field `{}` of table `{}` is not there", field.name, table.name)));
    }
    Ok(problems)
}

/// Tables of a first load that no run goes on with any more.
fn hidden(connection: &Connection) -> Result<Vec<String>> {
    texts(
        connection,
        "SELECT name FROM sqlite_schema AS shape WHERE type = 'table' AND name LIKE '\\_appctl\\_load\\_%' ESCAPE '\\'
         AND NOT EXISTS (SELECT 1 FROM _appctl_loads AS load WHERE shape.name IN (load.table_name, load.table_name || '_seen'))",
    )
}

/// The newest operation's number and time.
pub fn newest_operation(connection: &Connection) -> Result<Option<(i64, Timestamp)>> {
    let text = "SELECT id, at FROM _appctl_operations ORDER BY id DESC LIMIT 1";
    let found =
        connection.query_row(text, [], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))).optional()?;
    Ok(found.map(|(id, at)| (id, Timestamp::parse(&at).unwrap_or_default())))
}

/// The names of people's tables, in whatever words this version describes them.
pub fn table_names(connection: &Connection) -> Result<Vec<String>> {
    texts(connection, "SELECT name FROM _appctl_tables ORDER BY name")
}

fn texts(connection: &Connection, text: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(text)?;
    let found = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(found.collect::<rusqlite::Result<_>>()?)
}

/// What SQLite says, without the words that every error of the store begins with.
fn plain(error: &Error) -> String {
    error.message.trim_start_matches("the store says: ").to_owned()
}

/// Whether people's data is in this file: tables, operations, or settings.
pub fn has_data(connection: &Connection) -> Result<bool> {
    match kin(connection)? {
        Kin::Empty => return Ok(false),
        Kin::Ours { .. } => {}
        _ => return Ok(true),
    }
    let text = "SELECT EXISTS (SELECT 1 FROM _appctl_tables) OR EXISTS (SELECT 1 FROM _appctl_operations)
                OR EXISTS (SELECT 1 FROM _appctl_documents)";
    Ok(connection.query_row(text, [], |row| row.get(0))?)
}

/// The rows of one table, for messages.
pub fn count(connection: &Connection, table: &str) -> Result<u64> {
    let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {}", quote(table)), [], |row| row.get(0))?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

impl Store {
    /// Opens the app's file for reading only: nothing is made, migrated or written. `Kind::NotFound` when there is none.
    pub fn open_read_only(folder: &Path, clock: crate::base::Clock) -> Result<Self> {
        let path: PathBuf = folder.join(FILE);
        if !path.exists() {
            return Err(Error::not_found(format!("there is no store in `{}`", folder.display())));
        }
        let connection = schema::look(&path)?;
        Ok(Store { connection: std::sync::Mutex::new(connection), folder: folder.to_owned(), clock, _temporary: None })
    }
}
