//! The one transaction that shows a run: rows with their before-images, tables that a first load filled, the states that
//! the next run begins from, the run's record, and the check that nobody took over.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use rusqlite::{Connection, params};
use serde_json::{Map, Value as Json};

use super::diff::{self, Diff};
use super::{Applied, Counts, FinishObject, Outcome, Place, Run, RunRecord, Staged};
use super::{check_epoch, journal, load, raise_epoch};
use crate::base::{Cell, Error, Field, FieldName, Result, Table, Value};
use crate::store::change::{Author, AuthorKind, Change, key_text};
use crate::store::operations::SYNC_STATE;
use crate::store::sql::{self, quote, quote_all};
use crate::store::{retention, schema};

/// A run that would remove more than this share of a table's rows, and more than this many, stops.
const DELETE_SHARE: u64 = 10; // per cent
const DELETE_ROWS: u64 = 20;

impl Run<'_> {
    /// Shows the given objects, which must be complete, all at once. Objects that are not given wait for the next run.
    ///
    /// `record` makes what is written down of the run from what was done. An object whose deletes are too many is left
    /// as it was (`Outcome::Guarded`). In a dry run everything is done and taken back.
    pub fn finish(
        mut self,
        objects: &[FinishObject],
        what: &str,
        record: &dyn Fn(&Applied) -> RunRecord,
    ) -> Result<Applied> {
        check_epoch(&self.store.lock(), &self.request.connection, self.epoch)?;
        let diffs = self.compare(objects)?;
        let mut applied = Applied { objects: BTreeMap::new(), operation: None, held: Duration::ZERO };
        for object in objects {
            let staged = &self.objects[&object.object];
            let (diff, _) = &diffs[&object.object];
            let share = diff.before.saturating_mul(DELETE_SHARE) / 100;
            let outcome = if diff.deleted > DELETE_ROWS && diff.deleted > share && !object.allow_deletes {
                Outcome::Guarded { deletes: diff.deleted, rows: diff.before }
            } else {
                Outcome::Applied(counts(diff, staged))
            };
            applied.objects.insert(object.object.clone(), outcome);
        }
        let shown: Vec<&FinishObject> =
            objects.iter().filter(|object| matches!(applied.objects[&object.object], Outcome::Applied(_))).collect();
        if shown.iter().all(|object| self.changes_nothing(&object.object, &diffs)) {
            if !self.request.dry_run {
                self.remember_quietly(&shown, record(&applied))?;
            }
        } else {
            self.apply(&shown, &diffs, what, record, &mut applied)?;
            retention::prune_a_little(&self.store.lock(), &self.store.clock);
        }
        // All of it is shown by now. What could not be tidied (a full disk) no longer counts: the epoch tells the next run.
        let _ = self.tidy(objects);
        Ok(applied)
    }

    /// Works out every object's difference; nobody is kept waiting for it.
    fn compare(&self, objects: &[FinishObject]) -> Result<BTreeMap<String, (Diff, Option<Table>)>> {
        let stage = &self.stage.connection;
        stage.execute("ATTACH ? AS app", [self.store.file().to_string_lossy()])?;
        let mut diffs = BTreeMap::new();
        for FinishObject { object, .. } in objects {
            let staged = self.objects.get(object).ok_or_else(|| super::unknown(object))?;
            let Staged { plan, progress, place } = staged;
            if !progress.is_done() {
                return Err(Error::failed(format!("object `{object}` is not complete")));
            }
            let stored = schema::table(&self.store.lock(), &plan.table.name)?;
            let (diff, rows) = match place {
                Place::Stage(number) => {
                    let diff = diff::diff(stage, *number, plan, stored.as_ref(), progress)?;
                    (diff, diff::count(stage, &format!("rows_{number}"))?)
                }
                Place::Hidden(hidden) => {
                    let rows = diff::count(&self.store.lock(), &quote(hidden))?;
                    (Diff { inserted: rows, ..Diff::default() }, rows)
                }
            };
            diff::check(object, rows, progress)?;
            diffs.insert(object.clone(), (diff, stored));
        }
        stage.execute_batch("DETACH app")?;
        Ok(diffs)
    }

    fn changes_nothing(&self, object: &str, diffs: &BTreeMap<String, (Diff, Option<Table>)>) -> bool {
        let (diff, stored) = &diffs[object];
        let planned = &self.objects[object].plan.table;
        let same_table = stored.as_ref().is_some_and(|stored| *stored == with_own(stored, planned));
        same_table && diff.inserted + diff.updated + diff.deleted == 0
    }

    /// Nothing changed: the main file is left alone, and what the next run needs is written beside it.
    fn remember_quietly(&self, shown: &[&FinishObject], record: RunRecord) -> Result<()> {
        let folder = self.held.folder();
        let mut journal = journal::read(folder)?;
        if journal.epoch != Some(self.epoch) {
            journal.states.clear();
            journal.epoch = Some(self.epoch);
        }
        check_epoch(&self.store.lock(), &self.request.connection, self.epoch)?;
        // Nothing can be lost any more, so a death after this line is not an interruption.
        self.stage.pause()?;
        journal.states.extend(shown.iter().map(|object| (object.object.clone(), self.state(object))));
        let number = super::next_number(&self.store.lock(), &self.request.connection, &journal)?;
        journal.add(RunRecord { number, ..record });
        journal::write(folder, &journal)
    }

    fn state(&self, object: &FinishObject) -> Json {
        let mut state = object.state.clone();
        if let Json::Object(fields) = &mut state {
            let cursor = self.objects[&object.object].progress.cursor.clone();
            fields.insert("cursor".to_owned(), cursor.unwrap_or(Json::Null));
        }
        state
    }

    fn apply(
        &self,
        shown: &[&FinishObject],
        diffs: &BTreeMap<String, (Diff, Option<Table>)>,
        what: &str,
        record: &dyn Fn(&Applied) -> RunRecord,
        applied: &mut Applied,
    ) -> Result<()> {
        let main = self.store.lock();
        main.execute("ATTACH ? AS stage", [self.stage.path.to_string_lossy()])?;
        let result = self.transaction(&main, shown, diffs, what, record, applied);
        main.execute_batch("DETACH stage")?;
        result
    }

    fn transaction(
        &self,
        main: &Connection,
        shown: &[&FinishObject],
        diffs: &BTreeMap<String, (Diff, Option<Table>)>,
        what: &str,
        record: &dyn Fn(&Applied) -> RunRecord,
        applied: &mut Applied,
    ) -> Result<()> {
        main.execute_batch("BEGIN IMMEDIATE")?;
        let began = Instant::now();
        let mut work = || -> Result<()> {
            let name = self.request.connection.as_str();
            check_epoch(main, &self.request.connection, self.epoch)?;
            raise_epoch(main, name)?;
            let mut change = Change::begin(main);
            for object in shown {
                let staged = &self.objects[&object.object];
                match &staged.place {
                    Place::Hidden(hidden) => {
                        change.adopt_table(hidden, &staged.plan.table, diffs[&object.object].0.inserted)?;
                        load::shown(main, name, &object.object)?;
                    }
                    Place::Stage(number) => apply_rows(&mut change, *number, staged)?,
                }
            }
            self.remember(&mut change, shown)?;
            applied.operation = Some(change.operation()?);
            let author = Author { kind: AuthorKind::Run, name: name.to_owned() };
            change.record(&author, what, Some(name), &self.store.clock)?;
            let text = "INSERT INTO _appctl_runs (connection, operation, record) VALUES (?, ?, ?)";
            let number = super::next_number(main, &self.request.connection, &journal::read(self.held.folder())?)?;
            let record = RunRecord { number, ..record(applied) };
            let json = serde_json::to_string(&record).expect("a record is JSON");
            main.execute(text, params![name, applied.operation, json])?;
            Ok(())
        };
        let done = work();
        let end = if done.is_ok() && !self.request.dry_run { "COMMIT" } else { "ROLLBACK" };
        if !main.is_autocommit() {
            let ended = main.execute_batch(end);
            if ended.is_err() && !main.is_autocommit() {
                main.execute_batch("ROLLBACK")?;
            }
            done.and(Ok(ended?))?;
        } else {
            done?;
        }
        if self.request.dry_run {
            applied.operation = None;
        }
        applied.held = began.elapsed();
        Ok(())
    }

    /// The states of the objects shown, and those of quiet runs before, which this transaction makes outdated.
    fn remember(&self, change: &mut Change<'_>, shown: &[&FinishObject]) -> Result<()> {
        let journal = journal::read(self.held.folder())?;
        let mut states = if journal.epoch == Some(self.epoch) { journal.states } else { BTreeMap::new() };
        states.extend(shown.iter().map(|object| (object.object.clone(), self.state(object))));
        for (object, state) in states {
            change.put_document(SYNC_STATE, &format!("{}/{object}", self.request.connection), &state)?;
        }
        Ok(())
    }

    /// Empties the stage of what was shown or guarded; the rest waits.
    fn tidy(&mut self, objects: &[FinishObject]) -> Result<()> {
        if !self.is_ours() && !self.request.dry_run {
            return Ok(());
        }
        for FinishObject { object, .. } in objects {
            if let Some(Staged { place: Place::Stage(number), .. }) = self.objects.get(object) {
                self.stage.forget(*number)?;
            }
            self.stage.note_hidden(object, None)?;
        }
        self.stage.close()
    }
}

fn counts(diff: &Diff, staged: &Staged) -> Counts {
    let progress = &staged.progress;
    Counts {
        fetched: progress.fetched,
        inserted: diff.inserted,
        updated: diff.updated,
        unchanged: diff.unchanged + progress.repeated + progress.dropped,
        deleted: diff.deleted,
        rejected: progress.rejected,
        filtered: progress.filtered,
    }
}

/// Brings the table's description to what the run found, then writes exactly the rows that differ.
fn apply_rows(change: &mut Change<'_>, number: i64, staged: &Staged) -> Result<()> {
    let plan = &staged.plan;
    let table = match change.table(&plan.table.name)? {
        None => {
            change.create_table(&plan.table)?;
            plan.table.clone()
        }
        Some(stored) => {
            let wanted = with_own(&stored, &plan.table);
            reshape(change, stored, &wanted)?;
            wanted
        }
    };
    let keys = quote_all(plan.table.key.iter().map(AsRef::as_ref));
    let text = format!("SELECT kind, {keys} FROM stage.diff_{number} ORDER BY kind DESC, {keys}");
    let mut statement = change.connection.prepare(&text)?;
    let mut rows = statement.query([])?;
    let writer = RowWriter::new(table.clone(), plan.columns.clone(), number);
    while let Some(row) = rows.next()? {
        let key = sql::values(row, 1, plan.table.key.len())?;
        match row.get::<_, i64>(0)? {
            diff::DELETE => {
                change.delete_synced(&table, &key)?;
            }
            diff::INSERT => writer.insert(change, &key)?,
            _ => writer.update(change, &key)?,
        }
    }
    Ok(())
}

/// The table as the run wants it, with a person's own fields and computed fields as they are now: some may have come, gone
/// or changed while the run went on.
fn with_own(stored: &Table, planned: &Table) -> Table {
    let mut wanted = stored.clone();
    wanted.connection.clone_from(&planned.connection);
    for field in &planned.fields {
        let here = wanted.fields.iter_mut().find(|other| other.name == field.name);
        match (here, &field.source_id) {
            (Some(here), Some(_)) => here.clone_from(field),
            (Some(here), None) => here.source_id = None,
            (None, Some(_)) => wanted.fields.push(field.clone()),
            (None, None) => {}
        }
    }
    wanted
}

/// Adds fields that are new, makes those whose type changed anew, and writes the description.
fn reshape(change: &mut Change<'_>, stored: Table, wanted: &Table) -> Result<()> {
    let mut now = stored;
    for field in &wanted.fields {
        match now.field(field.name.as_str()).cloned() {
            None => now = change.add_field(&now, field)?,
            Some(old) if old.field_type != field.field_type => now = retype(change, &now, &old, field)?,
            Some(_) => {}
        }
    }
    if now != *wanted {
        change.redescribe(&now, wanted)?;
    }
    Ok(())
}

fn retype(change: &mut Change<'_>, table: &Table, old: &Field, new: &Field) -> Result<Table> {
    if schema::storage(table, old) == schema::storage(table, new) || table.is_key(&old.name) {
        let mut after = table.clone();
        for field in &mut after.fields {
            if field.name == new.name {
                *field = new.clone();
            }
        }
        change.redescribe(table, &after)?;
        return Ok(after);
    }
    change.drop_field(table, old.name.as_str())?;
    let mut narrower = table.clone();
    narrower.fields.retain(|field| field.name != old.name);
    change.add_field(&narrower, new)
}

/// Writes single rows from the stage, with what they replace.
struct RowWriter {
    table: Table,
    columns: Vec<FieldName>,
    staged: String,
    stored: String,
    insert: String,
    update: String,
}

impl RowWriter {
    fn new(table: Table, columns: Vec<FieldName>, number: i64) -> Self {
        let names = quote_all(columns.iter().map(AsRef::as_ref));
        let name = quote(table.name.as_str());
        let equals = |names: &[FieldName], between: &str| {
            names.iter().map(|name| format!("{} = ?", quote(name.as_str()))).collect::<Vec<_>>().join(between)
        };
        let by_key = equals(&table.key, " AND ");
        let others = &columns[table.key.len()..];
        RowWriter {
            staged: format!("SELECT {names} FROM stage.rows_{number} WHERE {by_key}"),
            stored: format!("SELECT {names} FROM main.{name} WHERE {by_key}"),
            insert: format!("INSERT INTO main.{name} ({names}) VALUES ({})", sql::marks(columns.len())),
            update: format!("UPDATE main.{name} SET {} WHERE {by_key}", equals(others, ", ")),
            table,
            columns,
        }
    }

    fn row(&self, change: &Change<'_>, text: &str, key: &[Value]) -> Result<Vec<Value>> {
        let mut statement = change.connection.prepare_cached(text)?;
        sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        let row = rows.next()?.ok_or_else(|| {
            Error::failed(format!("record {} of `{}` went away during the run", key_text(key), self.table.name))
        })?;
        sql::values(row, 0, self.columns.len())
    }

    fn insert(&self, change: &mut Change<'_>, key: &[Value]) -> Result<()> {
        let values = self.row(change, &self.staged, key)?;
        let mut statement = change.connection.prepare_cached(&self.insert)?;
        sql::bind(&mut statement, 1, values.iter().map(Value::cell))?;
        statement.raw_execute()?;
        drop(statement);
        change.note(self.table.name.as_str(), &key_text(key), "insert", None)?;
        change.inserted += 1;
        Ok(())
    }

    fn update(&self, change: &mut Change<'_>, key: &[Value]) -> Result<()> {
        let new = self.row(change, &self.staged, key)?;
        let old = self.row(change, &self.stored, key)?;
        let changed = self.columns.iter().zip(old.iter().zip(&new)).filter(|(_, (old, new))| old != new);
        let image: Map<String, Json> =
            changed.map(|(name, (old, _))| (name.to_string(), old.to_exact_json())).collect();
        let (key_cells, others) = new.split_at(self.table.key.len());
        let cells: Vec<Cell<'_>> = others.iter().chain(key_cells).map(Value::cell).collect();
        let mut statement = change.connection.prepare_cached(&self.update)?;
        sql::bind(&mut statement, 1, cells)?;
        statement.raw_execute()?;
        drop(statement);
        change.note(self.table.name.as_str(), &key_text(key), "update", Some(Json::Object(image)))?;
        change.updated += 1;
        Ok(())
    }
}
