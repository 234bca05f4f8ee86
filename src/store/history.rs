//! The history of one record, read backwards from what it is now: each recorded change says what was there before, and what
//! it left behind is what the next newer one found. Tables and fields that were renamed since are followed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension, params};
use serde_json::Value as Json;

use super::change::{self, OperationId, damaged, key_text};
use super::change::{DOCUMENTS, parse_key};
use super::operations::{Operation, find};
use super::sql::{self, quote};
use super::{Store, schema};
use crate::base::{Result, Table, TableName, Value};

/// What became of a record over time.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Newest first
    pub steps: Vec<Step>,
    /// Whether it reaches back to where the record came from; otherwise the rest was pruned
    pub complete: bool,
}

/// One change of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub operation: Operation,
    pub kind: StepKind,
    /// The fields that changed, in the order of their names
    pub fields: Vec<FieldChange>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    Created,
    /// It came with many others, which are recorded together
    Loaded,
    Changed,
    Deleted,
    /// It was deleted, alone or with its table, and came back
    Restored,
}

impl StepKind {
    pub fn word(self) -> &'static str {
        match self {
            StepKind::Created => "created",
            StepKind::Loaded => "loaded",
            StepKind::Changed => "changed",
            StepKind::Deleted => "deleted",
            StepKind::Restored => "restored",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    /// As the field is called now, or was called last
    pub field: String,
    pub before: Value,
    pub after: Value,
}

/// One thing that an operation did.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// What it did to a record, under the table's present name
    Record { table: String, key: Vec<Value>, kind: StepKind, fields: Vec<FieldChange> },
    /// A change of a table (`name` is empty), of one of its fields, or of a document of appctl's own (`table` is empty)
    Other { table: String, name: String, kind: String },
}

impl Store {
    /// Everything that is recorded of one record, whether or not it is still there.
    pub fn history(&self, table: &Table, key: &[Value]) -> Result<History> {
        let connection = self.lock();
        history(&connection, table.name.as_str(), Some(table), key)
    }

    /// What an operation did, up to this many things, and whether there are more.
    pub fn details(&self, id: OperationId, limit: u64) -> Result<(Vec<Detail>, bool)> {
        details(&self.lock(), id, usize::try_from(limit).unwrap_or(usize::MAX))
    }
}

fn details(connection: &Connection, id: OperationId, limit: usize) -> Result<(Vec<Detail>, bool)> {
    let text = "SELECT table_name, key, kind FROM _appctl_changes WHERE operation = ? ORDER BY sequence";
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query([id])?;
    let mut details = Vec::new();
    let mut seen = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let (table, key, kind): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let is_record = matches!(kind.as_str(), "insert" | "update" | "delete");
        if is_record && !seen.insert((table.clone(), key.clone())) {
            continue; // told with the first change of this record
        }
        if details.len() >= limit {
            return Ok((details, true));
        }
        if is_record {
            let table = name_now(connection, &table, id)?;
            let described = TableName::parse(&table).ok().map(|name| schema::table(connection, &name)).transpose()?;
            let key = parse_key(&key)?;
            let history = history(connection, &table, described.flatten().as_ref(), &key)?;
            let steps = history.steps.into_iter().rev().filter(|step| step.operation.id == id);
            details.extend(steps.map(|Step { kind, fields, .. }| Detail::Record {
                table: table.clone(),
                key: key.clone(),
                kind,
                fields,
            }));
        } else {
            let table = if table == DOCUMENTS { String::new() } else { table };
            details.push(Detail::Other { table, name: key, kind });
        }
    }
    Ok((details, false))
}

/// The values of a record at some moment by its fields' names at that moment. Null fields may be left out.
type Record = BTreeMap<String, Value>;

/// The way back through a record's changes.
struct Walk<'c> {
    connection: &'c Connection,
    key: &'c [Value],
    key_text: String,
    /// What the table was called after the change that is looked at
    table: String,
    /// The names of its key fields then
    key_names: Vec<String>,
    /// The record then; `None` while it was not there
    record: Option<Record>,
    /// What fields that were renamed since are called now, by their names then
    names: HashMap<String, String>,
    /// What a hidden table held that is shown again, or hidden elsewhere, by now
    aside: HashMap<String, Option<Record>>,
    steps: Vec<(OperationId, StepKind, Vec<FieldChange>)>,
}

/// A recorded change that may have to do with the record.
struct Noted {
    operation: OperationId,
    sequence: i64,
    key: String,
    kind: String,
    before: Option<String>,
}

/// The history under this name, and what the table is now, if it is there.
fn history(connection: &Connection, name: &str, table: Option<&Table>, key: &[Value]) -> Result<History> {
    let record = |table: &Table| -> Result<Option<Record>> {
        let names = table.fields.iter().map(|field| field.name.to_string());
        Ok(change::get(connection, table, key)?.map(|values| names.zip(values).collect()))
    };
    let mut walk = Walk {
        connection,
        key,
        key_text: key_text(key),
        table: name.to_owned(),
        key_names: table.into_iter().flat_map(|table| &table.key).map(ToString::to_string).collect(),
        record: table.map(record).transpose()?.flatten(),
        names: HashMap::new(),
        aside: HashMap::new(),
        steps: Vec::new(),
    };
    let mut before = (OperationId::MAX, i64::MAX);
    while let Some(next) = walk.back(before)? {
        before = next;
    }
    let complete = walk.record.is_none();
    let mut steps = Vec::with_capacity(walk.steps.len());
    for (id, kind, fields) in walk.steps {
        let operation = find(connection, id)?;
        let kind = match kind {
            StepKind::Created if operation.undoes.is_some() => StepKind::Restored,
            kind => kind,
        };
        steps.push(Step { operation, kind, fields });
    }
    Ok(History { steps, complete })
}

/// What the table is called now, or was called last, that had this name after this operation.
fn name_now(connection: &Connection, table: &str, after: OperationId) -> Result<String> {
    let renames = renames_after(connection, table, after)?;
    Ok(renames.into_iter().next_back().map_or_else(|| table.to_owned(), |(_, name)| name))
}

/// The names that the table of this name got after this operation, each with the operation that gave it.
pub fn renames_after(connection: &Connection, table: &str, after: OperationId) -> Result<Vec<(OperationId, String)>> {
    let (mut name, mut place) = (table.to_owned(), (after, i64::MAX));
    let mut renames = Vec::new();
    let text = "SELECT operation, sequence, json_extract(before, '$.to') FROM _appctl_changes
                WHERE table_name = ?1 AND key = '' AND kind = 'rename_table' AND (operation, sequence) > (?2, ?3)
                AND json_extract(before, '$.to') IS NOT NULL ORDER BY operation, sequence LIMIT 1";
    let mut statement = connection.prepare_cached(text)?;
    loop {
        let next = statement.query_row(params![name, place.0, place.1], |row| {
            Ok(((row.get(0)?, row.get(1)?), row.get::<_, String>(2)?))
        });
        let Some((next, to)) = next.optional()? else { return Ok(renames) };
        (name, place) = (to.clone(), next);
        renames.push((next.0, to));
    }
}

/// The names of the table that has this name, or had it last, each with the operations between which it was its name:
/// `[["people", 7, …], ["contacts", 0, 7]]`.
pub fn names_so_far(connection: &Connection, table: &TableName) -> Result<Json> {
    let text = "SELECT operation, sequence, json_extract(before, '$.from') FROM _appctl_changes
                WHERE table_name = ?1 AND key = '' AND kind = 'rename_table' AND (operation, sequence) < (?2, ?3)
                ORDER BY operation DESC, sequence DESC LIMIT 1";
    let mut statement = connection.prepare_cached(text)?;
    let (mut name, mut place) = (table.to_string(), (OperationId::MAX, i64::MAX));
    let mut until = OperationId::MAX;
    let is_there = schema::table(connection, table)?.is_some();
    let mut names = Vec::new();
    loop {
        let renamed = statement.query_row(params![name, place.0, place.1], |row| {
            Ok(((row.get(0)?, row.get::<_, i64>(1)?), row.get::<_, Option<String>>(2)?))
        });
        match renamed.optional()? {
            Some((at, Some(from))) => {
                names.push(serde_json::json!([name, at.0, until]));
                // The same rename stands under the old name just before.
                (name, place, until) = (from, (at.0, at.1 - 1), at.0);
            }
            // The table has another name now, and no other one had this name since.
            Some((at, None)) if names.is_empty() && !is_there && !is_changed_after(connection, &name, at.0)? => {
                (place, until) = (at, at.0);
            }
            // Another table had the name before.
            Some((at, None)) => {
                names.push(serde_json::json!([name, at.0, until]));
                return Ok(Json::Array(names));
            }
            None => {
                names.push(serde_json::json!([name, 0, until]));
                return Ok(Json::Array(names));
            }
        }
    }
}

/// Whether something is recorded under this table's name after this operation.
fn is_changed_after(connection: &Connection, table: &str, operation: OperationId) -> Result<bool> {
    let text = "SELECT EXISTS (SELECT 1 FROM _appctl_changes WHERE table_name = ? AND operation > ?)";
    Ok(connection.prepare_cached(text)?.query_row(params![table, operation], |row| row.get(0))?)
}

impl Walk<'_> {
    /// Goes back over the changes under the table's present name. Gives where to go on when it was renamed there.
    fn back(&mut self, before: (OperationId, i64)) -> Result<Option<(OperationId, i64)>> {
        for noted in self.noted(before)? {
            let image = noted.before.as_deref().map(serde_json::from_str::<Json>).transpose().map_err(damaged)?;
            let image = image.unwrap_or(Json::Null);
            if noted.kind == "rename_table" {
                let Some(from) = image["from"].as_str() else { return Ok(None) }; // another table had the name before
                from.clone_into(&mut self.table);
                // The same rename stands under the old name just before.
                return Ok(Some((noted.operation, noted.sequence - 1)));
            }
            self.step(&noted, &image)?;
        }
        Ok(None)
    }

    /// Changes of the record, and of the table and its fields, newest first. Keys of records begin with `[`.
    fn noted(&self, before: (OperationId, i64)) -> Result<Vec<Noted>> {
        let part = |condition: &str| {
            format!(
                "SELECT operation, sequence, key, kind, before FROM _appctl_changes
                 WHERE table_name = ?1 AND {condition} AND (operation, sequence) < (?3, ?4)"
            )
        };
        let text = format!(
            "{} UNION ALL {} UNION ALL {} ORDER BY operation DESC, sequence DESC",
            part("key = ?2"),
            part("key < '['"),
            part("key >= '\\'")
        );
        let mut statement = self.connection.prepare_cached(&text)?;
        let rows = statement.query_map(params![self.table, self.key_text, before.0, before.1], |row| {
            Ok(Noted {
                operation: row.get(0)?,
                sequence: row.get(1)?,
                key: row.get(2)?,
                kind: row.get(3)?,
                before: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Takes one change back, and writes down what it did to the record.
    fn step(&mut self, noted: &Noted, image: &Json) -> Result<()> {
        let aside = image["aside"].as_str();
        match noted.kind.as_str() {
            "insert" => self.became(noted, StepKind::Created, None),
            "load" => self.became(noted, StepKind::Loaded, None),
            "create_table" | "fill" => {
                let after = self.record.clone();
                if let Some(aside) = aside {
                    self.aside.insert(aside.to_owned(), after);
                }
                let kind = if aside.is_some() { StepKind::Restored } else { StepKind::Loaded };
                self.became(noted, kind, None)
            }
            "delete" => self.became(noted, StepKind::Deleted, Some(values(image)?)),
            "drop_table" | "empty" => {
                let before = self.hidden_record(aside.unwrap_or_default(), image)?;
                self.became(noted, StepKind::Deleted, before)
            }
            "update" => self.earlier(noted, values(image)?),
            "add_field" => self.earlier(noted, [(noted.key.clone(), Value::Null)].into()),
            "drop_field" | "change_field" => {
                let value = aside.map(|aside| self.hidden_value(aside)).transpose()?.flatten();
                self.earlier(noted, value.map(|value| (noted.key.clone(), value)).into_iter().collect())
            }
            "rename_field" => {
                if let Some(from) = image["from"].as_str() {
                    self.rename(&noted.key, from);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The record was like this before; it came, went, or came back.
    fn became(&mut self, noted: &Noted, kind: StepKind, before: Option<Record>) -> Result<()> {
        if before.is_none() && self.record.is_none() {
            return Ok(());
        }
        let after = std::mem::replace(&mut self.record, before);
        let (before, after) = (self.record.clone().unwrap_or_default(), after.unwrap_or_default());
        let fields = self.difference(&before, &after);
        self.steps.push((noted.operation, kind, fields));
        Ok(())
    }

    /// These fields had these values before.
    fn earlier(&mut self, noted: &Noted, values: Record) -> Result<()> {
        let Some(record) = self.record.as_mut() else { return Ok(()) };
        let after = record.clone();
        record.extend(values);
        let before = record.clone();
        let fields = self.difference(&before, &after);
        if !fields.is_empty() {
            self.steps.push((noted.operation, StepKind::Changed, fields));
        }
        Ok(())
    }

    fn difference(&self, before: &Record, after: &Record) -> Vec<FieldChange> {
        let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
        names.sort();
        names.dedup();
        let value = |record: &Record, name: &String| record.get(name).cloned().unwrap_or_default();
        let changes = names.into_iter().map(|name| FieldChange {
            field: self.names.get(name).unwrap_or(name).clone(),
            before: value(before, name),
            after: value(after, name),
        });
        changes.filter(|change| change.before != change.after).collect()
    }

    /// The field was called `from` before.
    fn rename(&mut self, to: &str, from: &str) {
        if let Some(value) = self.record.as_mut().and_then(|record| record.remove(to)) {
            self.record.get_or_insert_default().insert(from.to_owned(), value);
        }
        let now = self.names.remove(to).unwrap_or_else(|| to.to_owned());
        self.names.insert(from.to_owned(), now);
        self.key_names.iter_mut().filter(|name| *name == to).for_each(|name| from.clone_into(name));
    }

    /// The record in a hidden table that keeps whole records; `None` when it had none of this key, or is gone.
    fn hidden_record(&mut self, aside: &str, image: &Json) -> Result<Option<Record>> {
        if let Some(record) = self.aside.remove(aside) {
            return Ok(record);
        }
        let described: Option<Table> = serde_json::from_value(image["table"].clone()).ok();
        let key_names: Vec<String> = match &described {
            Some(table) => table.key.iter().map(ToString::to_string).collect(),
            None => self.key_names.clone(),
        };
        if !self.is_there(aside)? || key_names.len() != self.key.len() {
            return Ok(None);
        }
        let equal = key_names.iter().map(|name| format!("{} = ?", quote(name))).collect::<Vec<_>>().join(" AND ");
        let mut statement = self.connection.prepare(&format!("SELECT * FROM {} WHERE {equal}", quote(aside)))?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        sql::bind(&mut statement, 1, self.key.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(names.iter().cloned().zip(sql::values(row, 0, names.len())?).collect()))
    }

    /// The value in a hidden table that keeps the values of one field.
    fn hidden_value(&self, aside: &str) -> Result<Option<Value>> {
        if !self.is_there(aside)? {
            return Ok(None);
        }
        let equal = (0..self.key.len()).map(|place| format!("k{place} = ?")).collect::<Vec<_>>().join(" AND ");
        let mut statement = self.connection.prepare(&format!("SELECT value FROM {} WHERE {equal}", quote(aside)))?;
        sql::bind(&mut statement, 1, self.key.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        Ok(rows.next()?.map(|row| Ok::<_, rusqlite::Error>(sql::cell(row.get_ref(0)?).to_value())).transpose()?)
    }

    fn is_there(&self, table: &str) -> Result<bool> {
        let text = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?)";
        Ok(self.connection.prepare_cached(text)?.query_row([table], |row| row.get(0))?)
    }
}

/// The values of a before-image.
fn values(image: &Json) -> Result<Record> {
    let Json::Object(pairs) = image else { return Err(damaged("a record")) };
    let pair =
        |(name, json): (&String, &Json)| Ok((name.clone(), Value::from_exact_json(json).ok_or_else(|| damaged(name))?));
    pairs.iter().map(pair).collect()
}
