//! Between our values and SQLite's, and between SQLite's errors and ours.

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, Statement};

use crate::base::{Cell, Error, Kind, Result, Value};

/// A name in double quotes, whatever is in it.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `"a", "b"`.
pub fn quote_all<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    names.into_iter().map(quote).collect::<Vec<_>>().join(", ")
}

/// `?, ?, ?`.
pub fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// `left."a" IS right."a" AND …`, for columns of the same names on both sides.
pub fn same<'n>(left: &str, right: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let pairs = names.into_iter().map(|name| format!("{left}.{0} = {right}.{0}", quote(name)));
    pairs.collect::<Vec<_>>().join(" AND ")
}

/// A piece of a statement with the values of its parameters, in order.
#[derive(Clone, Debug, Default)]
pub struct Fragment {
    pub sql: String,
    pub values: Vec<Value>,
}

impl Fragment {
    pub fn new(sql: impl Into<String>) -> Self {
        Fragment { sql: sql.into(), values: Vec::new() }
    }

    pub fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Puts another piece behind this one.
    pub fn add(&mut self, other: &Fragment) {
        self.sql.push_str(&other.sql);
        self.values.extend(other.values.iter().cloned());
    }

    /// This piece between two texts that have no parameter.
    #[must_use]
    pub fn between(mut self, before: &str, behind: &str) -> Self {
        self.sql = format!("{before}{}{behind}", self.sql);
        self
    }
}

/// `t0."title"`: a column of one table among several.
pub fn column(alias: &str, name: &str) -> String {
    format!("{alias}.{}", quote(name))
}

pub struct Bound<'a>(pub Cell<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(number) => ValueRef::Integer(number),
            Cell::Real(number) => ValueRef::Real(number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Binds the cells to the parameters from `first` on (SQLite counts from 1).
pub fn bind<'a>(
    statement: &mut Statement<'_>,
    first: usize,
    cells: impl IntoIterator<Item = Cell<'a>>,
) -> rusqlite::Result<()> {
    for (index, cell) in cells.into_iter().enumerate() {
        statement.raw_bind_parameter(first + index, Bound(cell))?;
    }
    Ok(())
}

/// What SQLite gave, as one of our cells. Text that is no UTF-8 (written by another program) is shown as bytes.
pub fn cell(value: ValueRef<'_>) -> Cell<'_> {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(number) => Cell::Integer(number),
        ValueRef::Real(number) => Cell::Real(number),
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).map_or(Cell::Blob(bytes), Cell::Text),
        ValueRef::Blob(bytes) => Cell::Blob(bytes),
    }
}

/// The row's values from column `first` on.
pub fn values(row: &rusqlite::Row<'_>, first: usize, count: usize) -> Result<Vec<Value>> {
    (first..first + count).map(|index| Ok(cell(row.get_ref(index)?).to_value())).collect()
}

/// Runs `work` in one `BEGIN IMMEDIATE` transaction, so that a reader never has to become a writer halfway (F14).
pub fn immediately<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    match work().and_then(|value| Ok(connection.execute_batch("COMMIT").map(|()| value)?)) {
        Ok(value) => Ok(value),
        Err(error) => {
            // A full disk may have rolled back already; then there is nothing left to take back.
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            Err(error)
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        let code = error.sqlite_error_code();
        let (kind, hint) = match code {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                (Kind::Busy, Some("another program is writing; try again in a moment"))
            }
            // The index of the log gets no room: SQLite asks for it before it looks at the file.
            _ if error.sqlite_extended_error_code() == Some(rusqlite::ffi::SQLITE_IOERR_SHMSIZE) => {
                (Kind::DiskFull, Some("free some space; nothing was lost"))
            }
            Some(ErrorCode::DiskFull) => (Kind::DiskFull, Some("free some space; nothing was lost")),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                (Kind::Corrupt, Some("see `appctl doctor`, which names the newest backup"))
            }
            Some(ErrorCode::ReadOnly) => (Kind::Denied, Some("the file or its disk is read-only; nothing was changed")),
            Some(ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => (
                Kind::Denied,
                Some("look at the rights of the file and its folder, and at the limit of open files (`ulimit -n`)"),
            ),
            Some(ErrorCode::SystemIoFailure) => (
                Kind::Failed,
                Some(
                    "the disk refused to read or write; see whether it is damaged, unplugged or read-only. Nothing is half-written",
                ),
            ),
            Some(ErrorCode::OutOfMemory) => (Kind::Failed, Some("give the program more memory; nothing was changed")),
            Some(ErrorCode::TooBig) => {
                (Kind::Usage, Some("a value may have up to 1 GB and a table up to 2,000 fields; nothing was changed"))
            }
            _ => (Kind::Failed, None),
        };
        let text = match &error {
            rusqlite::Error::SqliteFailure(_, Some(message)) => message.clone(),
            rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
            other => other.to_string(),
        };
        if text.starts_with("too many columns") {
            return Error::usage(format!("a table has up to 2,000 fields (the store says: {text})"))
                .hint("leave some fields out; nothing was changed");
        }
        let mapped = Error::new(kind, format!("the store says: {text}"));
        hint.map_or(mapped.clone(), |hint| mapped.hint(hint))
    }
}
