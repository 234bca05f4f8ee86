//! SQL from people and agents, which can only read: a connection of its own, opened read-only, with SQLite's authorizer
//! (sqlite.org/c3ref/set_authorizer.html), limits on what a statement may be, and a clock that stops it.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction as On, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

use super::{Store, functions, readonly, sql};
use crate::base::{Cell, Error, Kind, Result};

#[derive(Clone, Copy, Debug)]
pub struct SelectLimits {
    pub rows: u64,
    pub time: Duration,
}

impl Default for SelectLimits {
    fn default() -> Self {
        SelectLimits { rows: 10_000, time: Duration::from_secs(30) }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    pub columns: Vec<String>,
    pub rows: u64,
    /// Why not everything was given
    pub cut: Option<Cut>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    Rows,
    Time,
}

/// What takes the rows: the columns' names, and the cells in their order.
pub type EachRow<'e> = dyn FnMut(&[String], &[Cell<'_>]) -> Result<ControlFlow<()>> + 'e;

impl Store {
    /// Runs one SELECT and streams its rows, each with the columns' names, until the limits or `each` say stop.
    ///
    /// `Kind::Denied` for anything but reading people's tables; `Kind::Usage` for SQL that SQLite does not understand.
    pub fn select(&self, text: &str, limits: &SelectLimits, each: &mut EachRow<'_>) -> Result<Selected> {
        let mut connection = self.reader()?;
        let started = Instant::now();
        let time = limits.time;
        connection.progress_handler(1_000, Some(move || started.elapsed() > time))?;
        run(&mut connection, text, limits, each)
    }

    fn reader(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = self.file();
        let mut connection = if readonly::applies(&file) {
            readonly::connect(&file)?
        } else {
            Connection::open_with_flags(file, flags)?
        };
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY;")?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        functions::register(&connection)?;
        for (limit, most) in [
            (Limit::SQLITE_LIMIT_ATTACHED, 0),
            (Limit::SQLITE_LIMIT_LENGTH, 20_000_000),
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
        ] {
            connection.set_limit(limit, most)?;
        }
        connection.authorizer(Some(|context: AuthContext<'_>| authorize(&context)))?;
        Ok(connection)
    }
}

/// Reading people's tables and calling functions that only compute. Everything else is refused.
fn authorize(context: &AuthContext<'_>) -> Authorization {
    match context.action {
        On::Select | On::Recursive => Authorization::Allow,
        On::Read { table_name, .. } if is_internal(table_name) => Authorization::Deny,
        On::Read { .. } => Authorization::Allow,
        On::Function { function_name } if !FORBIDDEN.contains(&function_name.to_ascii_lowercase().as_str()) => {
            Authorization::Allow
        }
        _ => Authorization::Deny,
    }
}

/// Functions that reach outside the query or burn memory.
const FORBIDDEN: &[&str] =
    &["load_extension", "fts3_tokenizer", "zeroblob", "randomblob", "edit", "readfile", "writefile"];

fn is_internal(table: &str) -> bool {
    let lower = table.to_ascii_lowercase();
    lower.starts_with("_appctl_") || lower.starts_with("sqlite_")
}

fn run(connection: &mut Connection, text: &str, limits: &SelectLimits, each: &mut EachRow<'_>) -> Result<Selected> {
    let mut statement = connection.prepare(text).map_err(refused)?;
    if !statement.readonly() || statement.column_count() == 0 {
        return Err(read_only());
    }
    if statement.parameter_count() > 0 {
        return Err(Error::usage("the query has a parameter (`?`) that nothing fills"));
    }
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    let mut given = 0;
    loop {
        let row = match rows.next() {
            Ok(Some(row)) => row,
            Ok(None) => return Ok(Selected { columns, rows: given, cut: None }),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::OperationInterrupted) => {
                return Ok(Selected { columns, rows: given, cut: Some(Cut::Time) });
            }
            Err(error) => return Err(refused(error)),
        };
        if given == limits.rows {
            return Ok(Selected { columns, rows: given, cut: Some(Cut::Rows) });
        }
        let cells: Vec<Cell<'_>> =
            (0..columns.len()).map(|index| row.get_ref(index).map(sql::cell)).collect::<rusqlite::Result<_>>()?;
        given += 1;
        if each(&columns, &cells)?.is_break() {
            return Ok(Selected { columns, rows: given, cut: None });
        }
    }
}

fn refused(error: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode::{AuthorizationForStatementDenied, OperationInterrupted};
    match error.sqlite_error_code() {
        Some(AuthorizationForStatementDenied) => return read_only(),
        Some(OperationInterrupted) => return Error::failed("the query took longer than its time limit"),
        Some(rusqlite::ErrorCode::TooBig) => {
            return Error::usage("the query, or a value in it, is too long")
                .hint("at most 100,000 bytes of SQL, and 20 MB for one value");
        }
        _ if matches!(error, rusqlite::Error::Empty) => {
            return Error::usage("the query is empty").hint("`appctl tables query \"select * from TABLE\"`");
        }
        _ if matches!(error, rusqlite::Error::MultipleStatement) => {
            return Error::usage("give one statement at a time");
        }
        _ => {}
    }
    // What is wrong with the text, not with the store (sqlite.org/rescode.html#error).
    let code = match &error {
        rusqlite::Error::SqlInputError { error, .. } => Some(error.extended_code),
        other => other.sqlite_extended_error_code(),
    };
    if code != Some(rusqlite::ffi::SQLITE_ERROR) {
        return error.into();
    }
    let text = Error::from(error).message.replace("the store says: ", "");
    // "access to t.c is prohibited" and "not authorized" are the authorizer's words.
    if text.contains("prohibited") || text.contains("not authorized") {
        return read_only();
    }
    Error::usage(format!("the query cannot be run: {text}")).hint("see `appctl tables list` for the tables")
}

fn read_only() -> Error {
    Error::new(Kind::Denied, "the query may only read the app's tables")
        .hint("use SELECT; records are changed by `appctl records`")
}
