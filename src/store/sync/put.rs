//! Putting a page where it waits: rows, keys that are gone, the listing's part, and the position after it, together.

use std::cell::Cell as Changeable;
use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::ffi::{SQLITE_CONSTRAINT_DATATYPE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID};

use super::stage::Stage;
use super::{Batch, BatchListing, BatchNext, ListingState, ObjectPlan, ObjectProgress, Place, Staged, Verdict};
use super::{check_epoch, load};
use crate::base::{Cell, ConnectionName, Result, Rows, Value};
use crate::store::change::{key_text, parse_key};
use crate::store::sql::{self, quote, quote_all};
use crate::store::{Store, schema};

/// How many rejected keys are kept by name.
const REJECTS_KEPT: usize = 100;

/// One page into the stage file. The table it will be compared with is in the main file.
pub fn to_stage(
    store: &Store,
    stage: &Stage,
    staged: &mut Staged,
    batch: &Batch<'_>,
    verdict: &dyn Fn(&[Cell<'_>]) -> Verdict,
) -> Result<()> {
    let Place::Stage(number) = staged.place else { unreachable!("the caller looked at the place") };
    let mut progress = staged.progress.clone();
    sql::immediately(&stage.connection, || {
        let pen = Pen::new(&stage.connection, &staged.plan, format!("rows_{number}"), Some(number))?;
        pen.rows(batch.rows, verdict, &mut progress)?;
        pen.rejected(&batch.rejected)?;
        pen.gone(batch.gone, &mut progress)?;
        match &batch.listing {
            None => {}
            Some(BatchListing::Rows { end }) => progress.listing = ListingState::Rows { ended: *end },
            Some(BatchListing::Keys { keys, end }) => {
                pen.seen(keys, &format!("seen_{number}"))?;
                progress.listing = ListingState::Keys { ended: *end };
            }
            Some(BatchListing::Sorted { keys, end }) => {
                let stored = staged.plan.table.name.as_str();
                let gone = missing(&store.lock(), &staged.plan, stored, keys, *end, &progress)?;
                pen.missing(&gone)?;
                let gone = missing(&stage.connection, &staged.plan, &format!("rows_{number}"), keys, *end, &progress)?;
                for key in &gone {
                    progress.dropped += pen.remove(key.iter().map(Value::cell))?;
                }
                progress.listing = merged(keys, *end, &progress);
            }
            Some(BatchListing::Anew) => {
                stage.connection.execute_batch(&format!("DELETE FROM seen_{number}"))?;
                progress.listing = ListingState::None;
            }
        }
        note(&mut progress, batch);
        stage.save(number, &progress)
    })?;
    staged.progress = progress;
    Ok(())
}

/// One page of a first load into its hidden table.
pub fn to_hidden(
    store: &Store,
    connection: &ConnectionName,
    epoch: i64,
    staged: &mut Staged,
    batch: &Batch<'_>,
    verdict: &dyn Fn(&[Cell<'_>]) -> Verdict,
) -> Result<()> {
    let Place::Hidden(hidden) = &staged.place else { unreachable!("the caller looked at the place") };
    let mut progress = staged.progress.clone();
    let main = store.lock();
    load::without_waiting(&main, || {
        check_epoch(&main, connection, epoch)?;
        let pen = Pen::new(&main, &staged.plan, hidden.clone(), None)?;
        pen.rows(batch.rows, verdict, &mut progress)?;
        pen.gone(batch.gone, &mut progress)?;
        match &batch.listing {
            None => {}
            // The hidden table began empty, so what is in it was in the listing.
            Some(BatchListing::Rows { end }) => progress.listing = ListingState::Rows { ended: *end },
            Some(BatchListing::Keys { keys, end }) => {
                load::seen_table(&main, &staged.plan, hidden)?;
                pen.seen(keys, &load::seen_name(hidden))?;
                progress.listing = ListingState::Keys { ended: *end };
                if *end {
                    progress.dropped += load::keep_seen(&main, &staged.plan, hidden)?;
                }
            }
            Some(BatchListing::Sorted { keys, end }) => {
                let missing = missing(&main, &staged.plan, hidden, keys, *end, &progress)?;
                for key in &missing {
                    progress.dropped += pen.remove(key.iter().map(Value::cell))?;
                }
                progress.listing = merged(keys, *end, &progress);
            }
            Some(BatchListing::Anew) => {
                load::forget_seen(&main, hidden)?;
                progress.listing = ListingState::None;
            }
        }
        note(&mut progress, batch);
        load::save(&main, connection.as_str(), &staged.plan.object, &progress)
    })?;
    staged.progress = progress;
    Ok(())
}

/// The position, the notes and the records that the source itself rejected.
fn note(progress: &mut ObjectProgress, batch: &Batch<'_>) {
    for (key, reason) in &batch.rejected {
        progress.fetched += 1;
        reject(progress, key.clone(), reason.clone());
    }
    for text in batch.notes {
        if !progress.notes.contains(text) {
            progress.notes.push(text.clone());
        }
    }
    progress.pages += 1;
    match &batch.next {
        BatchNext::More(position) => progress.position = Some(position.clone()),
        BatchNext::Done(cursor) => progress.cursor = Some(cursor.clone()),
    }
}

fn reject(progress: &mut ObjectProgress, key: String, reason: String) {
    progress.rejected += 1;
    if progress.rejects.len() < REJECTS_KEPT {
        progress.rejects.push((key, reason));
    }
}

/// Writes rows and keys into one waiting table.
struct Pen<'c> {
    connection: &'c Connection,
    plan: &'c ObjectPlan,
    table: String,
    /// Where keys that are gone and keys that were seen wait; not for a first load
    gone: Option<String>,
    /// Some keys wait there, so that a row that comes may have been gone before
    some_gone: Changeable<bool>,
    seen: Option<String>,
    insert: String,
    update: Option<String>,
    delete: String,
}

impl<'c> Pen<'c> {
    fn new(connection: &'c Connection, plan: &'c ObjectPlan, table: String, stage: Option<i64>) -> Result<Self> {
        let keys = &plan.columns[..plan.key_len()];
        let others = &plan.columns[plan.key_len()..];
        let by_key = keys.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(" AND ");
        let sets = others.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(", ");
        let name = quote(&table);
        let insert = format!(
            "INSERT INTO {name} ({}) VALUES ({})",
            quote_all(plan.columns.iter().map(AsRef::as_ref)),
            sql::marks(plan.columns.len())
        );
        let update = (!others.is_empty()).then(|| format!("UPDATE {name} SET {sets} WHERE {by_key}"));
        let delete = format!("DELETE FROM {name} WHERE {by_key}");
        let gone = stage.map(|number| format!("gone_{number}"));
        let seen = stage.map(|number| format!("seen_{number}"));
        let some_gone = Changeable::new(match &gone {
            None => false,
            Some(gone) => {
                let text = format!("SELECT EXISTS (SELECT 1 FROM {gone})");
                connection.prepare_cached(&text)?.query_row([], |row| row.get(0))?
            }
        });
        Ok(Pen { connection, plan, table, gone, some_gone, seen, insert, update, delete })
    }

    fn rows(&self, rows: &Rows, verdict: &dyn Fn(&[Cell<'_>]) -> Verdict, progress: &mut ObjectProgress) -> Result<()> {
        let (width, key_len) = (self.plan.columns.len(), self.plan.key_len());
        let mut insert = self.connection.prepare_cached(&self.insert)?;
        let mut cells = Vec::with_capacity(rows.width());
        for index in 0..rows.len() {
            cells.clear();
            cells.extend(rows.row(index));
            progress.fetched += 1;
            if cells[..key_len].contains(&Cell::Null) {
                reject(progress, shown(&cells[..key_len]), "the key is null".to_owned());
                continue;
            }
            match verdict(&cells) {
                Verdict::Keep => {}
                Verdict::Filter => {
                    progress.filtered += 1;
                    self.say_gone(&cells[..key_len], progress)?;
                    continue;
                }
                Verdict::Reject(reason) => {
                    self.put_key(self.seen.as_deref(), &cells[..key_len])?;
                    reject(progress, shown(&cells[..key_len]), reason);
                    continue;
                }
            }
            sql::bind(&mut insert, 1, cells[..width].iter().copied())?;
            match insert.raw_execute() {
                Ok(_) => self.is_back(&cells[..key_len])?,
                Err(error) => match error.sqlite_extended_error_code() {
                    Some(SQLITE_CONSTRAINT_PRIMARYKEY | SQLITE_CONSTRAINT_ROWID) => {
                        self.replace(&cells[..width])?;
                        progress.repeated += 1;
                    }
                    Some(SQLITE_CONSTRAINT_DATATYPE) => {
                        self.put_key(self.seen.as_deref(), &cells[..key_len])?;
                        reject(progress, shown(&cells[..key_len]), format!("a value does not fit: {error}"));
                    }
                    _ => return Err(error.into()),
                },
            }
        }
        Ok(())
    }

    fn replace(&self, cells: &[Cell<'_>]) -> Result<()> {
        let Some(update) = &self.update else { return Ok(()) };
        let (keys, others) = cells.split_at(self.plan.key_len());
        let mut statement = self.connection.prepare_cached(update)?;
        sql::bind(&mut statement, 1, others.iter().copied())?;
        sql::bind(&mut statement, 1 + others.len(), keys.iter().copied())?;
        statement.raw_execute()?;
        Ok(())
    }

    /// A key that was gone earlier in this run has come back.
    fn is_back(&self, key: &[Cell<'_>]) -> Result<()> {
        let Some(gone) = self.gone.as_ref().filter(|_| self.some_gone.get()) else { return Ok(()) };
        let text = self.delete.replacen(&quote(&self.table), &quote(gone), 1);
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, key.iter().copied())?;
        statement.raw_execute()?;
        Ok(())
    }

    fn gone(&self, keys: &Rows, progress: &mut ObjectProgress) -> Result<()> {
        for index in 0..keys.len() {
            let key: Vec<Cell<'_>> = keys.row(index).collect();
            self.say_gone(&key, progress)?;
        }
        Ok(())
    }

    fn say_gone(&self, key: &[Cell<'_>], progress: &mut ObjectProgress) -> Result<()> {
        progress.dropped += self.remove(key.iter().copied())?;
        self.put_gone(key)
    }

    fn put_gone(&self, key: &[Cell<'_>]) -> Result<()> {
        self.some_gone.set(true);
        self.put_key(self.gone.as_deref(), key)
    }

    /// Records that the source itself rejected are there all the same, so a listing must not remove them.
    fn rejected(&self, rejected: &[(String, String)]) -> Result<()> {
        if self.plan.key_len() > 1 {
            return Ok(()); // their keys are only text for people
        }
        let whole = schema::rowid_key(&self.plan.table);
        for (key, _) in rejected.iter().filter(|(key, _)| !whole || key.parse::<i64>().is_ok()) {
            self.put_key(self.seen.as_deref(), &[Cell::Text(key)])?;
        }
        Ok(())
    }

    /// Stored keys that a sorted listing passed over.
    fn missing(&self, keys: &[Vec<Value>]) -> Result<()> {
        for key in keys {
            let cells: Vec<Cell<'_>> = key.iter().map(Value::cell).collect();
            self.put_gone(&cells)?;
        }
        Ok(())
    }

    fn seen(&self, keys: &Rows, table: &str) -> Result<()> {
        for index in 0..keys.len() {
            let key: Vec<Cell<'_>> = keys.row(index).collect();
            self.put_key(Some(table), &key)?;
        }
        Ok(())
    }

    fn put_key(&self, table: Option<&str>, key: &[Cell<'_>]) -> Result<()> {
        let Some(table) = table else { return Ok(()) };
        let text = format!("INSERT OR IGNORE INTO {} VALUES ({})", quote(table), sql::marks(key.len()));
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, key.iter().copied())?;
        statement.raw_execute()?;
        Ok(())
    }

    fn remove<'a>(&self, key: impl IntoIterator<Item = Cell<'a>>) -> Result<u64> {
        let mut statement = self.connection.prepare_cached(&self.delete)?;
        sql::bind(&mut statement, 1, key)?;
        Ok(u64::try_from(statement.raw_execute()?).unwrap_or(0))
    }
}

/// Stored keys in the range that this page of a sorted listing speaks for, and that it does not name.
fn missing(
    connection: &Connection,
    plan: &ObjectPlan,
    table: &str,
    keys: &Rows,
    end: bool,
    progress: &ObjectProgress,
) -> Result<Vec<Vec<Value>>> {
    if keys.is_empty() && !end {
        return Ok(Vec::new());
    }
    let after = match &progress.listing {
        ListingState::Sorted { after: Some(after), .. } => parse_key(after)?,
        _ => Vec::new(),
    };
    let names = quote_all(plan.table.key.iter().map(AsRef::as_ref));
    let mark = sql::marks(plan.key_len());
    let mut text = format!("SELECT {names} FROM {} WHERE 1", quote(table));
    if !after.is_empty() {
        text.push_str(&format!(" AND ({names}) > ({mark})"));
    }
    if !end {
        text.push_str(&format!(" AND ({names}) <= ({mark})"));
    }
    text.push_str(&format!(" ORDER BY {names}"));
    let mut statement = connection.prepare_cached(&text)?;
    sql::bind(&mut statement, 1, after.iter().map(Value::cell))?;
    if !end {
        sql::bind(&mut statement, 1 + after.len(), keys.row(keys.len() - 1))?;
    }
    let mut stored = statement.raw_query();
    let mut missing = Vec::new();
    let mut at = 0;
    while let Some(row) = stored.next()? {
        while at < keys.len() && compare(row, keys, at)? == Ordering::Greater {
            at += 1;
        }
        if at == keys.len() || compare(row, keys, at)? != Ordering::Equal {
            missing.push(sql::values(row, 0, plan.key_len())?);
        }
    }
    Ok(missing)
}

/// The stored key against the listed one, as SQLite orders them: numbers before text, text by its bytes.
fn compare(row: &rusqlite::Row<'_>, keys: &Rows, at: usize) -> Result<Ordering> {
    for (index, listed) in keys.row(at).enumerate() {
        let order = match (sql::cell(row.get_ref(index)?), listed) {
            (Cell::Integer(left), Cell::Integer(right)) => left.cmp(&right),
            (Cell::Text(left), Cell::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (Cell::Blob(left), Cell::Blob(right)) => left.cmp(right),
            (left, right) => rank(left).cmp(&rank(right)),
        };
        if order != Ordering::Equal {
            return Ok(order);
        }
    }
    Ok(Ordering::Equal)
}

fn rank(cell: Cell<'_>) -> u8 {
    match cell {
        Cell::Null => 0,
        Cell::Integer(_) | Cell::Real(_) => 1,
        Cell::Text(_) => 2,
        Cell::Blob(_) => 3,
    }
}

fn merged(keys: &Rows, end: bool, progress: &ObjectProgress) -> ListingState {
    let after = match keys.len() {
        0 => match &progress.listing {
            ListingState::Sorted { after, .. } => after.clone(),
            _ => None,
        },
        count => Some(key_text(&keys.row(count - 1).map(Cell::to_value).collect::<Vec<_>>())),
    };
    ListingState::Sorted { after, ended: end }
}

fn shown(key: &[Cell<'_>]) -> String {
    key_text(&key.iter().map(|cell| cell.to_value()).collect::<Vec<_>>())
}
