//! The values that a record is given, and where they were written, so that an error can name the line.

use std::borrow::Cow;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::value::Values;
use crate::base::{Error, Field, FieldName, Result, Table, Value};
use crate::tables::no_field;

/// Fields and their new values in the stored form; relations as they were written (`Relations::settle`).
pub type Given = Vec<(FieldName, Value)>;

/// Where values were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// They are the only ones
    Alone,
    /// A line of a stream, counted from 1
    Line(usize),
    /// An element of a list, counted from 1
    Record(usize),
}

impl Place {
    /// Puts the place in front of an error's message.
    pub fn name(self, error: Error) -> Error {
        match self {
            Place::Alone => error,
            Place::Line(line) => error.while_doing(format_args!("line {line}")),
            Place::Record(record) => error.while_doing(format_args!("record {record}")),
        }
    }
}

/// Things that were given, each with its place.
pub type Stream<'s, T> = dyn Iterator<Item = (Place, Result<T>)> + 's;

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
    let object = object(json)?;
    let mut given = Given::with_capacity(object.len());
    for (name, json) in object {
        let field = field(values.table, &name)?;
        add(&mut given, field, values.json(field, json)?)?;
    }
    Ok(given)
}

/// What names one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Named {
    /// Its id, as people see it
    Id(String),
    /// Its key fields
    Key(Given),
}

/// Reads what names a record: its id as a JSON text or number, or an object with its key fields. Other fields of the
/// object are not looked at, so that records can be given as they were listed.
pub fn named_json(values: &Values<'_>, json: &str) -> Result<Named> {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map(Named::Id).map_err(|_| no_name(values.table, json)),
        Some(b'-' | b'0'..=b'9') => Ok(Named::Id(json.to_owned())),
        Some(b'{') => {
            let mut given = Given::new();
            for (name, json) in object(json)? {
                let field = field(values.table, &name)?;
                if values.table.is_key(&field.name) {
                    add(&mut given, field, values.json(field, json)?)?;
                }
            }
            Ok(Named::Key(given))
        }
        _ => Err(no_name(values.table, json)),
    }
}

fn no_name(table: &Table, json: &str) -> Error {
    let shown: String = json.chars().take(60).collect();
    Error::usage(format!("`{shown}` names no record of `{}`", table.name))
        .hint("give an id as a text or number, or an object with the key fields")
}

fn object(json: &str) -> Result<Vec<(Cow<'_, str>, &RawValue)>> {
    let object: Object<'_> = serde_json::from_str(json).map_err(|error| {
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        Error::usage(format!("this is no JSON object: {text}"))
            .hint("write one object with fields and values: `{\"name\":\"Ada\"}`")
    })?;
    Ok(object.0)
}

/// A JSON object with its values verbatim, so that no digit of a number is lost.
struct Object<'j>(Vec<(Cow<'j, str>, &'j RawValue)>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of fields and values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Object<'de>, M::Error> {
                let mut pairs = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    pairs.push((name, value));
                }
                Ok(Object(pairs))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

/// A field's name, borrowed from the text where nothing in it is escaped.
#[derive(serde::Deserialize)]
struct Name<'j>(#[serde(borrow)] Cow<'j, str>);

pub(super) fn field<'t>(table: &'t Table, name: &str) -> Result<&'t Field> {
    table.field(name).ok_or_else(|| no_field(table, name))
}

fn add(given: &mut Given, field: &Field, value: Value) -> Result<()> {
    if given.iter().any(|(name, _)| *name == field.name) {
        return Err(Error::usage(format!("field `{}` is given twice", field.name)));
    }
    given.push((field.name.clone(), value));
    Ok(())
}
