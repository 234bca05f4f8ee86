//! Making, changing and removing records, each call as one operation: all of it or nothing.

use std::collections::BTreeMap;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::app::{App, Change, OperationId};
use crate::base::{Cell, ConnectionName, Error, Field, FieldName, FieldType, Kind, Result, Table, TableName, Value};
use crate::tables::no_field;

use super::key;
use super::read::no_record;
use super::value::Values;

/// Fields and their new values in the stored form.
pub type Given = Vec<(FieldName, Value)>;

impl<'t> Values<'t> {
    /// Reads values for the fields of this table.
    pub fn of(app: &App, table: &'t Table) -> Result<Self> {
        let mut related = BTreeMap::new();
        for field in &table.fields {
            if let FieldType::Relation { table, .. } = &field.field_type
                && let Some(target) = existing(app, table)?
            {
                related.insert(table.clone(), target);
            }
        }
        Ok(Values { table, related })
    }
}

fn existing(app: &App, name: &TableName) -> Result<Option<Table>> {
    match app.store.table(name) {
        Ok(table) => Ok(Some(table)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads `name=text` and `name:=json`, as they stand on a command line.
pub fn given_texts(values: &Values<'_>, pairs: &[String]) -> Result<Given> {
    let mut given = Given::new();
    for pair in pairs {
        let (name, text) = pair.split_once('=').ok_or_else(|| {
            Error::usage(format!("`{pair}` sets no field"))
                .hint("write `name=value`, or `name:=JSON` for null, numbers and lists")
        })?;
        let typed = name.strip_suffix(':').filter(|_| values.table.field(name).is_none());
        let field = field(values.table, typed.unwrap_or(name))?;
        let value = match typed {
            None => values.text(field, text)?,
            Some(name) => {
                let json: &RawValue = serde_json::from_str(text).map_err(|error| {
                    Error::usage(format!("`{pair}` gives no JSON: {error}"))
                        .hint(format!("write a text as `{name}={text}`"))
                })?;
                values.json(field, json)?
            }
        };
        add(&mut given, field, value)?;
    }
    Ok(given)
}

/// Reads one JSON object.
pub fn given_json(values: &Values<'_>, json: &str) -> Result<Given> {
    let object: Object =
        serde_json::from_str(json).map_err(|error| Error::usage(format!("this is no JSON object: {error}")))?;
    let mut given = Given::new();
    for (name, json) in &object.0 {
        let field = field(values.table, name)?;
        add(&mut given, field, values.json(field, json)?)?;
    }
    Ok(given)
}

/// A JSON object with its values verbatim, so that no digit of a number is lost.
struct Object(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of fields and values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Object, M::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

fn field<'t>(table: &'t Table, name: &str) -> Result<&'t Field> {
    table.field(name).ok_or_else(|| no_field(table, name))
}

fn add(given: &mut Given, field: &Field, value: Value) -> Result<()> {
    if given.iter().any(|(name, _)| *name == field.name) {
        return Err(Error::usage(format!("field `{}` is given twice", field.name)));
    }
    given.push((field.name.clone(), value));
    Ok(())
}

/// Adds records, and gives their ids. Nothing is added when one cannot be: the error says which.
///
/// `Kind::Denied` on a table that a connection fills, `Kind::Conflict` when a key or unique value is taken.
pub fn create(
    app: &App,
    values: &Values<'_>,
    records: &mut dyn Iterator<Item = Result<Given>>,
) -> Result<(Vec<String>, Option<OperationId>)> {
    let table = values.table;
    refuse_synced(table, "its records come and go there")?;
    app.store.change(&app.person(), &format!("records create {}", table.name), |change| {
        let mut ids = Vec::new();
        for given in records {
            let given = given?;
            check_relations(change, values, &given)?;
            let key = change.insert(table, &given)?;
            ids.push(id(&key));
        }
        Ok(ids)
    })
}

/// Sets fields of one record. False when it holds these values already.
///
/// `Kind::Denied` for a field that a connection fills, `Kind::NotFound` when there is no such record.
pub fn update(app: &App, values: &Values<'_>, id: &str, given: &Given) -> Result<(bool, Option<OperationId>)> {
    let table = values.table;
    for (name, _) in given {
        let field = field(table, name.as_str())?;
        if let (true, Some(connection)) = (table.is_locked(field), &table.connection) {
            return Err(Error::new(
                Kind::Denied,
                format!("field `{name}` of table `{}` is filled by connection `{connection}`", table.name),
            )
            .hint(format!(
                "change it at the source, or add a field of your own: `appctl tables add-field {} NAME:TYPE`",
                table.name
            )));
        }
        if table.is_key(name) {
            return Err(Error::usage(format!(
                "field `{name}` is the key of table `{}` and cannot be changed",
                table.name
            ))
            .hint("create a record with the new key and delete this one"));
        }
    }
    let key = key::parse(table, id)?;
    app.store.change(&app.person(), &format!("records update {}", table.name), |change| {
        if change.get(table, &key)?.is_none() {
            return Err(no_record(table, &key));
        }
        check_relations(change, values, given)?;
        change.update(table, &key, given)
    })
}

/// Removes records. Nothing is removed when one of them is not there.
///
/// `Kind::Denied` on a table that a connection fills.
pub fn delete(app: &App, table: &Table, ids: &[String]) -> Result<(u64, Option<OperationId>)> {
    refuse_synced(table, "its records come and go there")?;
    let keys = ids.iter().map(|id| key::parse(table, id)).collect::<Result<Vec<_>>>()?;
    app.store.change(&app.person(), &format!("records delete {}", table.name), |change| {
        let mut deleted = 0;
        for key in &keys {
            if !change.delete(table, key)? {
                return Err(no_record(table, key));
            }
            deleted += 1;
        }
        Ok(deleted)
    })
}

fn refuse_synced(table: &Table, why: &str) -> Result<()> {
    let Some(connection) = &table.connection else { return Ok(()) };
    Err(Error::new(Kind::Denied, format!("table `{}` is filled by connection `{connection}`: {why}", table.name))
        .hint(again(connection)))
}

fn again(connection: &ConnectionName) -> String {
    format!("change them at the source, then `appctl connections sync {connection}`")
}

/// A relation points to a record that is there.
fn check_relations(change: &Change<'_>, values: &Values<'_>, given: &Given) -> Result<()> {
    for (name, value) in given {
        let field = field(values.table, name.as_str())?;
        let FieldType::Relation { table, .. } = &field.field_type else { continue };
        let (Some(target), false) = (values.related.get(table), value.is_null()) else { continue };
        let key = match value {
            Value::Text(id) if target.key.len() > 1 => key::parse(target, id)?,
            value => vec![value.clone()],
        };
        if change.get(target, &key)?.is_none() {
            return Err(Error::not_found(format!(
                "field `{name}` points to `{}`, which has no record `{}`",
                target.name,
                id(&key)
            ))
            .hint(format!("see `appctl records list {}`", target.name)));
        }
    }
    Ok(())
}

fn id(key: &[Value]) -> String {
    let cells: Vec<Cell<'_>> = key.iter().map(Value::cell).collect();
    key::print(&cells)
}
