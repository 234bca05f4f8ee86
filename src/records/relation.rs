//! The record that a relation's value means: its key, its id, or the value of a unique field, each also behind the other
//! table's name (`people:ada@example.com`). Looked up where it is written, so that it is there when the operation is done.

use std::collections::HashMap;

use super::given::Given;
use super::key;
use super::value::{Related, Values, parse_text};
use crate::app::Change;
use crate::base::names::closest;
use crate::base::{Error, Field, FieldName, FieldType, Kind, Result, TableName, Value, record_id};

/// Finds the records that the relations of one table point to, and remembers those it found for the same operation.
///
/// Not to be used across a delete.
pub struct Relations<'v> {
    fields: Vec<Pointing<'v>>,
}

/// One relation field and the table that it points to.
struct Pointing<'v> {
    field: &'v Field,
    to: &'v TableName,
    /// `None`: the table is gone
    target: Option<&'v Related>,
    /// The table points to itself, so what one record means can change with the next
    to_itself: bool,
    known: HashMap<String, Value>,
}

impl<'v> Relations<'v> {
    pub fn of(values: &'v Values<'_>) -> Self {
        let table = values.table;
        let fields = table.fields.iter().filter_map(|field| match &field.field_type {
            FieldType::Relation { table: to, .. } => Some(Pointing {
                field,
                to,
                target: values.related.get(to),
                to_itself: *to == table.name,
                known: HashMap::new(),
            }),
            _ => None,
        });
        Relations { fields: fields.collect() }
    }

    /// Replaces every relation's value by the key of the record that it means.
    ///
    /// `Kind::NotFound` when there is no such record, `Kind::Conflict` when it may be several.
    pub fn settle(&mut self, change: &Change<'_>, given: &mut Given) -> Result<()> {
        if self.fields.is_empty() {
            return Ok(());
        }
        for (name, value) in given {
            self.settle_one(change, name, value)?;
        }
        Ok(())
    }

    fn settle_one(&mut self, change: &Change<'_>, name: &FieldName, value: &mut Value) -> Result<()> {
        let Some(pointing) = self.fields.iter_mut().find(|pointing| pointing.field.name == *name) else {
            return Ok(());
        };
        let written = match *value {
            Value::Null => return Ok(()),
            Value::Text(ref mut text) => std::mem::take(text),
            ref other => record_id::of(std::slice::from_ref(other)),
        };
        *value = match pointing.known.get(&written) {
            Some(known) => known.clone(),
            None => pointing.find(change, written)?,
        };
        Ok(())
    }
}

/// How many records a field remembers.
const MOST_KNOWN: usize = 100_000;

impl Pointing<'_> {
    fn find(&mut self, change: &Change<'_>, written: String) -> Result<Value> {
        let Some(target) = self.target else {
            let (field, to) = (&self.field.name, self.to);
            return Err(Error::not_found(format!("field `{field}` points to table `{to}`, which is not there"))
                .hint("see `appctl tables list`"));
        };
        let without_table = written.strip_prefix(self.to.as_str()).and_then(|rest| rest.strip_prefix(':'));
        let ways = [Some(written.as_str()), without_table];
        let mut lasting = true;
        let mut found = None;
        for id in ways.into_iter().flatten() {
            if let Ok(key) = key::parse(&target.plain, id)
                && change.exists(&target.table, &key)?
            {
                found = Some(key);
                break;
            }
        }
        if found.is_none() {
            lasting = !self.to_itself;
            found = self.by_unique_field(change, target, &written, &ways)?;
        }
        let key = found.ok_or_else(|| self.nothing(change, target, without_table.unwrap_or(&written)))?;
        let held = record_id::reference(&key);
        if lasting {
            if self.known.len() >= MOST_KNOWN {
                self.known.clear();
            }
            self.known.insert(written, held.clone());
        }
        Ok(held)
    }

    fn by_unique_field(
        &self,
        change: &Change<'_>,
        target: &Related,
        written: &str,
        ways: &[Option<&str>],
    ) -> Result<Option<Vec<Value>>> {
        for text in ways.iter().copied().flatten() {
            let mut found: Vec<(&Field, Vec<Value>)> = Vec::new();
            for field in unique(target) {
                let Ok(value) = parse_text(field, text) else { continue };
                let keys = change.holding(&target.table, field, &value, 1)?;
                found.extend(keys.into_iter().map(|key| (field, key)));
            }
            if found.iter().any(|(_, key)| *key != found[0].1) {
                return Err(self.several(written, &found));
            }
            if let Some((_, key)) = found.pop() {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    fn several(&self, written: &str, found: &[(&Field, Vec<Value>)]) -> Error {
        let (field, to) = (&self.field.name, self.to);
        let records = found.iter().map(|(by, key)| format!("{} by its `{}`", record_id::of(key), by.name));
        let records = records.collect::<Vec<_>>().join(" or ");
        Error::new(Kind::Conflict, format!("field `{field}` points to `{to}`, where `{written}` may be {records}"))
            .hint(format!("give the key: `{field}={}`", record_id::of(&found[0].1)))
    }

    /// The error for a value that is no record's, with the one that was probably meant.
    fn nothing(&self, change: &Change<'_>, target: &Related, text: &str) -> Error {
        let field = &self.field.name;
        let uniques: Vec<&Field> = unique(target).collect();
        if let (Err(error), true) = (key::parse(&target.plain, text), uniques.is_empty()) {
            return Error { message: format!("field `{field}` points to `{}`: {}", self.to, error.message), ..error };
        }
        let error = Error::not_found(format!("field `{field}` points to `{}`, which has no record `{text}`", self.to));
        if let Some(near) = near(change, target, &uniques, text) {
            return error.hint(format!("did you mean `{near}`?"));
        }
        let see = format!("see `appctl records list {}`", self.to.shell());
        match uniques.iter().map(|field| format!("its `{}`", field.name)).collect::<Vec<_>>().split_last() {
            None => error.hint(see),
            Some((last, [])) => error.hint(format!("give its key or {last}; {see}")),
            Some((last, rest)) => error.hint(format!("give its key, {} or {last}; {see}", rest.join(", "))),
        }
    }
}

/// The fields by which a record of this table can be given, beside its key.
fn unique(target: &Related) -> impl Iterator<Item = &Field> {
    let is_relation = |field: &&Field| matches!(field.field_type, FieldType::Relation { .. });
    target.table.fields.iter().filter(move |field| field.unique && !is_relation(field))
}

/// How many values are looked through for one that was meant.
const MOST_NEAR: u32 = 10_000;

fn near(change: &Change<'_>, target: &Related, uniques: &[&Field], text: &str) -> Option<String> {
    let key = target.table.key_fields().filter(|_| target.table.key.len() == 1);
    let mut texts = Vec::new();
    for field in key.chain(uniques.iter().copied()) {
        // A suggestion is not worth an error.
        let values = change.some_values(&target.table, field, MOST_NEAR).unwrap_or_default();
        texts.extend(values.into_iter().filter_map(|value| match value {
            Value::Text(text) => Some(text),
            _ => None,
        }));
    }
    closest(text, texts.iter().map(String::as_str)).map(str::to_owned)
}
