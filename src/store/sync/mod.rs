//! What a sync needs of the store: the lock on a connection, a stage outside the main file for pages and the position
//! in the data, and the one transaction that shows everything at once. It does not know where the rows come from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Store;
use super::change::OperationId;
use super::operations::SYNC_STATE;
use crate::base::{Cell, ConnectionName, Error, FieldName, Kind, Result, Rows, Table, Timestamp};

mod apply;
mod diff;
mod journal;
mod load;
mod lock;
mod put;
mod stage;
#[cfg(test)]
mod trace;

pub(super) use load::forget_all as forget_loads;
pub use lock::{Held, Holder};
pub use stage::{Interrupted, InterruptedObject};

/// What a run is, before it begins.
#[derive(Clone, Debug)]
pub struct RunRequest {
    pub connection: ConnectionName,
    /// Do everything and take it back
    pub dry_run: bool,
    /// Take the lock from a run that is stopped and still holds it; that run can no longer change anything
    pub steal: bool,
    /// Forget pages that an earlier run left
    pub fresh: bool,
    pub started: Timestamp,
}

/// How one object is stored by this run.
#[derive(Clone, Debug)]
pub struct ObjectPlan {
    /// The source's id of the object
    pub object: String,
    /// The table as it shall be after the run
    pub table: Table,
    /// The fields that the first cells of each row fill, key fields first; further cells are only for the verdict
    pub columns: Vec<FieldName>,
    /// Same text, same work: pages staged under another fingerprint are forgotten
    pub fingerprint: String,
}

impl ObjectPlan {
    fn key_len(&self) -> usize {
        self.table.key.len()
    }
}

/// One page for the stage, together with where to go on after it.
#[derive(Debug)]
pub struct Batch<'p> {
    pub rows: &'p Rows,
    pub gone: &'p Rows,
    pub listing: Option<BatchListing<'p>>,
    /// Key and reason
    pub rejected: Vec<(String, String)>,
    pub notes: &'p [String],
    pub next: BatchNext,
}

/// See `sources::Listing`, which says the same of a page.
#[derive(Debug)]
pub enum BatchListing<'p> {
    Rows { end: bool },
    Keys { keys: &'p Rows, end: bool },
    Sorted { keys: &'p Rows, end: bool },
    Anew,
}

#[derive(Debug)]
pub enum BatchNext {
    More(Json),
    Done(Json),
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Keep,
    /// A filter drops it; a stored record of this key goes
    Filter,
    Reject(String),
}

/// How far an object is, in this run or in the one that it continues.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ObjectProgress {
    pub fingerprint: String,
    /// When the run began that asked for its first page; an earlier one than this run when that died
    pub begun: Timestamp,
    /// `None` before the first page
    pub position: Option<Json>,
    /// The next run's cursor, once the object is complete
    pub cursor: Option<Json>,
    pub pages: u64,
    /// Rows that came
    pub fetched: u64,
    pub filtered: u64,
    pub rejected: u64,
    /// Rows that came again in the same run
    pub repeated: u64,
    /// Rows that came and were said to be gone later in the same run
    pub dropped: u64,
    /// The first hundred rejected keys with their reasons
    pub rejects: Vec<(String, String)>,
    pub notes: Vec<String>,
    listing: ListingState,
}

impl ObjectProgress {
    pub fn is_done(&self) -> bool {
        self.cursor.is_some()
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
enum ListingState {
    #[default]
    None,
    Rows {
        ended: bool,
    },
    Keys {
        ended: bool,
    },
    /// The last key that was merged, as key text
    Sorted {
        after: Option<String>,
        ended: bool,
    },
}

/// One object's counts. `fetched = inserted + updated + unchanged + rejected + filtered`, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub fetched: u64,
    pub inserted: u64,
    pub updated: u64,
    /// Rows that came as they were, came twice, or came and went
    pub unchanged: u64,
    pub deleted: u64,
    pub rejected: u64,
    /// Rows that a local filter dropped
    pub filtered: u64,
}

/// What finishing did with one object.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Applied(Counts),
    /// The run would have removed this many of the table's rows; nothing of the object was changed
    Guarded {
        deletes: u64,
        rows: u64,
    },
}

/// One object to show, with the state that its next run begins from.
#[derive(Clone, Debug)]
pub struct FinishObject {
    pub object: String,
    /// Kept as it is; `cursor` inside it is the store's to add
    pub state: Json,
    pub allow_deletes: bool,
}

/// What the final transaction did.
#[derive(Clone, Debug)]
pub struct Applied {
    pub objects: BTreeMap<String, Outcome>,
    pub operation: Option<OperationId>,
    /// How long other writers had to wait
    pub held: Duration,
}

/// A finished run as it was written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// When it began, by a clock that may have been wrong
    pub at: Timestamp,
    pub operation: Option<OperationId>,
    pub record: Json,
    /// Counts the runs of a connection; the store gives it
    #[serde(default)]
    pub number: u64,
}

/// A run that holds its connection's lock. Dropping it leaves what was staged for the next one.
pub struct Run<'s> {
    store: &'s Store,
    request: RunRequest,
    epoch: i64,
    stage: stage::Stage,
    objects: BTreeMap<String, Staged>,
    interrupted: Option<Interrupted>,
    // Last, because fields are dropped in this order: the stage is closed before the lock is free.
    held: Held,
}

/// One object of a run.
struct Staged {
    plan: ObjectPlan,
    progress: ObjectProgress,
    place: Place,
}

/// Where an object's rows wait.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// In the stage file, in tables with this number
    Stage(i64),
    /// In a hidden table of the main file
    Hidden(String),
}

impl Store {
    /// Begins a run: takes the lock, then opens what an earlier run left, or a new stage.
    ///
    /// `Kind::Busy` when another run holds the connection.
    pub fn begin_run(&self, request: RunRequest) -> Result<Run<'_>> {
        let held = if request.steal { self.steal(&request.connection)? } else { self.hold(&request.connection)? };
        let epoch = epoch(&self.lock(), request.connection.as_str())?;
        let path = held.stage_path();
        let interrupted = if request.dry_run { None } else { stage::interrupted(&path, epoch)? };
        if request.fresh && !request.dry_run {
            held.forget_progress(self)?;
        }
        let stage = stage::Stage::open(&path, &request, epoch)?;
        held.describe(request.started)?;
        Ok(Run { store: self, request, held, epoch, stage, objects: BTreeMap::new(), interrupted })
    }

    /// The states that `FinishObject` left, by object: what the next run begins from.
    pub fn sync_states(&self, connection: &ConnectionName) -> Result<BTreeMap<String, Json>> {
        let start = format!("{connection}/");
        let main = self.lock();
        let mut states = BTreeMap::new();
        for (name, state) in super::schema::documents(&main, SYNC_STATE)? {
            if let Some(object) = name.strip_prefix(&start) {
                states.insert(object.to_owned(), state);
            }
        }
        let epoch = epoch(&main, connection.as_str())?;
        drop(main);
        let journal = journal::read(&self.sync_folder(connection))?;
        if journal.epoch == Some(epoch) {
            states.extend(journal.states);
        }
        Ok(states)
    }

    /// Finished runs of a connection, newest first.
    pub fn runs(&self, connection: &ConnectionName, limit: usize) -> Result<Vec<RunRecord>> {
        let mut runs = journal::read(&self.sync_folder(connection))?.runs;
        let main = self.lock();
        let text = "SELECT operation, record FROM _appctl_runs WHERE connection = ? ORDER BY id DESC LIMIT ?";
        let mut statement = main.prepare_cached(text)?;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![connection.as_str(), most])?;
        while let Some(row) = rows.next()? {
            let text: String = row.get(1)?;
            let mut record: RunRecord = serde_json::from_str(&text).map_err(super::change::damaged)?;
            record.operation = row.get(0)?;
            runs.push(record);
        }
        // Not by time: clocks are set back.
        runs.sort_by_key(|run| std::cmp::Reverse(run.number));
        runs.truncate(limit);
        Ok(runs)
    }

    /// Writes down a run that changed no row: one that failed.
    pub fn record_run(&self, connection: &ConnectionName, record: RunRecord) -> Result<()> {
        let folder = self.sync_folder(connection);
        let mut journal = journal::read(&folder)?;
        let number = next_number(&self.lock(), connection, &journal)?;
        journal.add(RunRecord { number, ..record });
        journal::write(&folder, &journal)
    }

    /// What a run left that died or failed on its way, as far as it got.
    pub fn interrupted(&self, connection: &ConnectionName) -> Result<Option<Interrupted>> {
        let epoch = epoch(&self.lock(), connection.as_str())?;
        stage::interrupted(&self.sync_folder(connection).join(stage::FILE), epoch)
    }

    /// Removes everything that a connection's runs keep beside its tables: states, stage, journal, lock.
    /// The caller has taken the connection's document away already.
    pub fn forget_sync(&self, connection: &ConnectionName) -> Result<()> {
        let held = self.hold(connection)?;
        held.forget_progress(self)?;
        let folder = self.sync_folder(connection);
        drop(held);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }

    fn sync_folder(&self, connection: &ConnectionName) -> PathBuf {
        self.folder.join("sync").join(connection.as_str())
    }
}

/// The kind and name of the document that keeps an object's state; for `Change::delete_document`.
pub fn state_document(connection: &ConnectionName, object: &str) -> (&'static str, String) {
    (SYNC_STATE, format!("{connection}/{object}"))
}

impl Run<'_> {
    /// What the run before this one left when it died, if it did.
    pub fn interrupted(&self) -> Option<&Interrupted> {
        self.interrupted.as_ref()
    }

    /// Begins an object, or goes on with it where an earlier run with the same fingerprint stopped.
    ///
    /// The first load of a table goes to a hidden table of the main file, everything else to the stage.
    pub fn begin(&mut self, plan: ObjectPlan) -> Result<&ObjectProgress> {
        let exists = super::schema::table(&self.store.lock(), &plan.table.name)?.is_some();
        let (place, progress) = if exists || self.request.dry_run {
            self.stage.begin(&plan)?
        } else {
            load::begin(self.store, &self.request.connection, self.epoch, &plan)?
        };
        let object = plan.object.clone();
        let begun = if progress.pages == 0 { self.request.started } else { progress.begun };
        let progress = ObjectProgress { begun, ..progress };
        self.objects.insert(object.clone(), Staged { plan, progress, place });
        Ok(&self.objects[&object].progress)
    }

    /// Puts one page where it waits, in one transaction with the position after it.
    pub fn put(
        &mut self,
        object: &str,
        batch: &Batch<'_>,
        verdict: &dyn Fn(&[Cell<'_>]) -> Verdict,
    ) -> Result<&ObjectProgress> {
        check_epoch(&self.store.lock(), &self.request.connection, self.epoch)?;
        let staged = self.objects.get_mut(object).ok_or_else(|| unknown(object))?;
        match &staged.place {
            Place::Stage(_) => put::to_stage(self.store, &self.stage, staged, batch, verdict)?,
            Place::Hidden(_) => {
                put::to_hidden(self.store, &self.request.connection, self.epoch, staged, batch, verdict)?;
                self.stage.note_hidden(object, Some(&staged.progress))?;
            }
        }
        Ok(&self.objects[object].progress)
    }

    pub fn progress(&self, object: &str) -> Option<&ObjectProgress> {
        self.objects.get(object).map(|staged| &staged.progress)
    }

    /// Forgets what was staged of an object, so that its next run begins anew.
    pub fn forget(&mut self, object: &str) -> Result<()> {
        let Some(staged) = self.objects.remove(object) else { return Ok(()) };
        match staged.place {
            Place::Stage(number) => self.stage.forget(number),
            Place::Hidden(_) => load::forget(&self.store.lock(), self.request.connection.as_str(), object),
        }
    }

    /// Whether nobody took the connection from this run. Afterwards another run's stage is where ours was.
    pub fn is_ours(&self) -> bool {
        self.held.is_ours()
    }

    /// Ends the run without showing anything; what was staged waits for the next one.
    pub fn give_up(self) -> Result<()> {
        if self.is_ours() || self.request.dry_run { self.stage.close() } else { Ok(()) }
    }
}

/// What the next run of this connection is called.
fn next_number(main: &Connection, connection: &ConnectionName, journal: &journal::Journal) -> Result<u64> {
    let text = "SELECT record FROM _appctl_runs WHERE connection = ? ORDER BY id DESC LIMIT 1";
    let newest: Option<String> =
        main.prepare_cached(text)?.query_row([connection.as_str()], |row| row.get(0)).optional()?;
    let newest =
        newest.map(|text| serde_json::from_str::<RunRecord>(&text).map_err(super::change::damaged)).transpose()?;
    let quiet = journal.runs.iter().map(|run| run.number);
    Ok(1 + quiet.chain(newest.map(|run| run.number)).max().unwrap_or(0))
}

fn unknown(object: &str) -> Error {
    Error::failed(format!("object `{object}` was not begun in this run"))
}

/// How many times something of this connection was shown or taken back.
fn epoch(connection: &Connection, name: &str) -> Result<i64> {
    let text = "SELECT epoch FROM _appctl_epochs WHERE connection = ?";
    Ok(connection.prepare_cached(text)?.query_row([name], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Raises the epoch, so that a run that began before cannot show anything any more.
pub(super) fn raise_epoch(connection: &Connection, name: &str) -> Result<()> {
    let text = "INSERT INTO _appctl_epochs VALUES (?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1";
    connection.prepare_cached(text)?.execute([name])?;
    Ok(())
}

fn check_epoch(connection: &Connection, name: &ConnectionName, expected: i64) -> Result<()> {
    if epoch(connection, name.as_str())? == expected {
        return Ok(());
    }
    Err(Error::new(Kind::Busy, format!("another run of `{name}` took over; this one changed nothing"))
        .hint(format!("see `appctl connections status {name}`")))
}
