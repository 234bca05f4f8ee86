//! The app's file: tables, records, documents, changes and the sync's stage. The only user of rusqlite.
//! It speaks rows, filters and changes; SQL text stays below this line, because a second store comes behind the same
//! interface. It knows no vendor and no command.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use rusqlite::Connection;
use serde_json::Value as Json;

use crate::base::{Clock, Error, Kind, Result, Table, TableName};

mod backup;
mod change;
mod disk;
mod expression;
mod files;
mod filter;
mod functions;
mod history;
mod holders;
mod indexes;
mod inspect;
mod log;
mod operations;
mod paths;
mod read;
mod readonly;
mod rebuild;
mod restore;
mod retention;
mod rollups;
mod schema;
mod search;
mod select;
mod sql;
mod sync;
mod trust;
mod turns;

pub use backup::{Copied, Step as BackupStep, backups, digest, exists as target_exists};
pub use change::{
    Author, AuthorKind, Change, Conversion, Convert, Load, Match, OperationId, Refusal, Refused, Removed,
};
pub use disk::{free as free_space, network_of};
pub use expression::formula_sql;
pub use history::{Detail, FieldChange, History, Step, StepKind};
pub use holders::{OpenBy, holders};
pub use inspect::{Depth, Inspection, Kin, VERSION, inspect, inspect_file, wal as waiting_log};
pub use log::LogWatch;
pub use operations::{ChangeRecord, Conflict, Operation, OperationFilter, Rehearsed, Undone};
pub use paths::{Meaning, Paths};
pub use read::{Query, Sort};
pub use restore::{Holds, Present, Ready, prepare as prepare_restore, present};
pub use retention::{Prune, Pruned, Retention};
pub use search::{Found, Hit, Indexing, Search, is_searched};
pub use select::{Cut, EachRow, SelectLimits, Selected};
pub use sync::{
    Applied, Batch, BatchListing, BatchNext, Counts, FinishObject, Held, Holder, Interrupted, InterruptedObject,
    ObjectPlan, ObjectProgress, Outcome, Run, RunRecord, RunRequest, Verdict, state_document,
};
pub use turns::{Turn, Turns};

/// One app's store. Cheap to share by reference; calls from several threads take turns.
pub struct Store {
    connection: Mutex<Connection>,
    folder: PathBuf,
    clock: Clock,
    _temporary: Option<Arc<tempfile::TempDir>>,
}

impl Store {
    /// Opens the app's file in this folder, and makes both when they are not there (0600 in 0700).
    ///
    /// `Kind::Corrupt` for a damaged, foreign or newer file, which is left as it was; `Kind::Denied` for links and for what
    /// is somebody else's; `Kind::Failed` on a network file system.
    pub fn open(folder: &Path, clock: Clock) -> Result<Self> {
        disk::refuse_network(folder)?;
        files::make_folder(folder)?;
        let path = folder.join(FILE);
        let connection = match schema::open(&path, &clock) {
            Err(_) if readonly::applies(&path) => readonly::open(&path)?,
            opened => {
                let connection = opened?;
                // What cannot be cleared away now (a full disk) is cleared next time; reading does not wait for it.
                let put_up_with = |error: &Error| matches!(error.kind, Kind::DiskFull | Kind::Denied | Kind::Busy);
                match change::bulk::tidy(&connection, folder) {
                    Err(error) if !put_up_with(&error) => return Err(error),
                    _ => connection,
                }
            }
        };
        Ok(Store { connection: Mutex::new(connection), folder: folder.to_owned(), clock, _temporary: None })
    }

    /// A store in a folder of its own that goes when the store does: tests and `demo`.
    pub fn temporary(clock: Clock) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("appctl-").tempdir()?;
        let mut store = Store::open(folder.path(), clock)?;
        store._temporary = Some(Arc::new(folder));
        Ok(store)
    }

    /// The SQLite file itself, for other programs.
    pub fn file(&self) -> PathBuf {
        self.folder.join(FILE)
    }

    /// Where this store keeps files of its own beside the main one.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// All tables, by name.
    pub fn tables(&self) -> Result<Vec<Table>> {
        schema::tables(&self.lock())
    }

    /// `Kind::NotFound` when there is no table of this name.
    pub fn table(&self, name: &TableName) -> Result<Table> {
        schema::table(&self.lock(), name)?.ok_or_else(|| no_table(name))
    }

    /// The documents of one kind (connections, accounts), by name.
    pub fn documents(&self, kind: &str) -> Result<Vec<(String, Json)>> {
        schema::documents(&self.lock(), kind)
    }

    pub fn document(&self, kind: &str, name: &str) -> Result<Option<Json>> {
        schema::document(&self.lock(), kind, name)
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic while the connection was held rolled its transaction back, so the connection is still good.
        self.connection.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The file's name in the app's folder.
pub const FILE: &str = "app.db";

/// The version of the SQLite that is built in: `3.53.2`.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

fn no_table(name: &TableName) -> Error {
    Error::not_found(format!("no table is named `{name}`")).hint("see `appctl tables list`")
}
