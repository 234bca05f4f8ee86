//! From one type's stored form to another's, without loss: what is written under the new type means what it meant before,
//! down to the digits of a text. A value that cannot be converted so is refused with the reason.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::key;
use super::value::{Values, parse_text};
use crate::app::{App, Convert};
use crate::base::{Cell, Error, Field, FieldType, Result, Table, TableName, Value, datetime, decimal, record_id};

type Converted = std::result::Result<Value, String>;

/// What converts the values of a field of this table when it becomes another (`tables::change_field`).
pub fn converter(app: &App, table: &Table, before: &Field, after: &Field) -> Result<Box<Convert<'static>>> {
    let (from, to) = (before.field_type.clone(), after.clone());
    let FieldType::Relation { table: target, .. } = &after.field_type else {
        return Ok(Box::new(move |_, cell| Ok(convert(&from, &to, cell))));
    };
    let mut changed = table.clone();
    changed.fields.iter_mut().filter(|field| field.name == to.name).for_each(|field| field.clone_from(after));
    let name = target.clone();
    let target = Values::of(app, &changed)?.related.remove(target).ok_or_else(|| no_table(&name))?;
    Ok(Box::new(move |change, cell| {
        let text = text_form(&from, cell);
        let Ok(key) = key::parse(&target.plain, &text) else {
            return Ok(Err(format!("it is no key of `{name}`")));
        };
        let id = record_id::of(&key);
        if id != text {
            return Ok(Err(format!("it would become `{id}`")));
        }
        Ok(match change.exists(&target.table, &key)? {
            true => Ok(record_id::reference(&key)),
            false => Err(format!("`{name}` has no such record")),
        })
    }))
}

fn no_table(name: &TableName) -> Error {
    Error::not_found(format!("no table is named `{name}`")).hint("see `appctl tables list`")
}

/// A value of this type in the form of that field.
fn convert(from: &FieldType, to: &Field, cell: Cell<'_>) -> Converted {
    let text = text_form(from, cell);
    let given = given(from, &to.field_type, &text);
    let value = parse_text(to, &given).map_err(|_| misfit(&to.field_type, &given))?;
    let now = text_form(&to.field_type, value.cell());
    if is_same(from, &to.field_type, cell, &text, value.cell(), &now) {
        Ok(value)
    } else {
        Err(format!("it would become `{now}`"))
    }
}

/// The value as text, exactly: what becomes of it under the type text.
fn text_form(field_type: &FieldType, cell: Cell<'_>) -> String {
    match (cell, field_type) {
        (Cell::Null, _) => String::new(),
        (Cell::Integer(number), FieldType::Boolean) => (number != 0).to_string(),
        (Cell::Integer(number), _) => number.to_string(),
        (Cell::Real(number), _) => format!("{number:?}"),
        (Cell::Text(text), _) => text.to_owned(),
        (Cell::Blob(bytes), _) => BASE64.encode(bytes),
    }
}

/// How the value is written for the new type where its plain text is not how that type is written.
fn given(from: &FieldType, to: &FieldType, text: &str) -> String {
    match (from, to) {
        (FieldType::Boolean, FieldType::Integer | FieldType::Number | FieldType::Decimal) => {
            if text == "true" {
                "1".to_owned()
            } else {
                "0".to_owned()
            }
        }
        (FieldType::Number | FieldType::Decimal, FieldType::Integer) => whole(text).unwrap_or(text).to_owned(),
        (FieldType::DateTime, FieldType::Date) => text.replace("T00:00:00Z", ""),
        (FieldType::MultiSelect { .. }, FieldType::Select { .. }) => {
            match serde_json::from_str::<Vec<String>>(text).as_deref() {
                Ok([only]) => only.clone(),
                _ => text.to_owned(),
            }
        }
        (FieldType::Select { .. }, FieldType::MultiSelect { .. }) => {
            serde_json::to_string(&[text]).expect("texts are JSON")
        }
        _ => text.to_owned(),
    }
}

/// The digits before the point when there are only zeros behind it.
fn whole(text: &str) -> Option<&str> {
    let (whole, fraction) = text.split_once('.')?;
    let is_zero = fraction.bytes().all(|digit| digit == b'0') && !whole.is_empty();
    is_zero.then_some(whole)
}

fn is_same(from: &FieldType, to: &FieldType, old: Cell<'_>, text: &str, new: Cell<'_>, now: &str) -> bool {
    use FieldType::{Binary, Boolean, Currency, Date, DateTime, Decimal, Integer, MultiSelect, Number, Select};
    match (from, to) {
        // Numbers are the same when they are equal, in whatever form.
        (Integer | Number | Decimal, Integer | Number | Decimal) => {
            decimal::compare_cells(old, new) == Some(Ordering::Equal)
        }
        (Boolean, _) | (_, Boolean) | (Select { .. }, MultiSelect { .. }) | (MultiSelect { .. }, Select { .. }) => true,
        (Date | DateTime, Date | DateTime) => datetime::compare(text, now) == Some(Ordering::Equal),
        // Times of any offset are kept in UTC, and a list is the same however its parts were separated.
        (_, Date | DateTime | MultiSelect { .. }) => true,
        // `5` and `5.0` are both how the number is written; `05` and `5.00` are not.
        (_, Number) => matches!(new, Cell::Real(number) if number.to_string() == text) || now == text,
        (_, Integer | Decimal | Currency | Binary) => now == text,
        _ => now == text,
    }
}

fn misfit(to: &FieldType, text: &str) -> String {
    match to {
        FieldType::Select { .. } => "it is none of the options".to_owned(),
        FieldType::MultiSelect { .. } => "it has a part that is none of the options".to_owned(),
        FieldType::Integer if whole(text).is_none() && decimal::stored(text).is_some() => "it is not whole".to_owned(),
        FieldType::Date if datetime::stored_datetime(text).is_some() => "it has a time of day".to_owned(),
        other => format!("it is no {}", other.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::convert;
    use crate::base::{Cell, Field, FieldName, FieldType, Value};

    fn check(from: &str, to: &str, value: Value, expected: std::result::Result<Value, &str>) {
        let read = |text: &str| FieldType::parse(text).expect("a type");
        let field = Field::new(FieldName::parse("f").expect("a name"), read(to));
        let cell: Cell<'_> = value.cell();
        assert_eq!(convert(&read(from), &field, cell), expected.map_err(str::to_owned), "{value:?}: {from} to {to}");
    }

    #[test]
    fn nothing_is_lost_on_the_way_from_one_type_to_another() {
        let text = Value::text;
        for (from, to, value, becomes) in [
            ("text", "integer", text("42"), Value::Integer(42)),
            ("text", "integer", text("99999999999999999999"), text("99999999999999999999")),
            ("text", "decimal", text("12.50"), text("12.50")),
            ("text", "number", text("5"), Value::Real(5.0)),
            ("text", "number", text("0.1"), Value::Real(0.1)),
            ("text", "date", text("2026-11-24"), text("2026-11-24")),
            ("text", "datetime", text("2026-11-24 06:00:00+00"), text("2026-11-24T06:00:00Z")),
            ("text", "boolean", text("true"), Value::Integer(1)),
            ("text", "select=a,b", text("a"), text("a")),
            ("text", "multi_select=a,b", text("a, b"), text("[\"a\",\"b\"]")),
            ("text", "json", text("{\"a\": 1}"), text("{\"a\": 1}")),
            ("text", "binary", text("aGk="), Value::Blob(b"hi".to_vec())),
            ("integer", "text", Value::Integer(7), text("7")),
            ("integer", "decimal", Value::Integer(7), text("7")),
            ("integer", "boolean", Value::Integer(1), Value::Integer(1)),
            ("integer", "number", Value::Integer(7), Value::Real(7.0)),
            ("decimal", "integer", text("7.00"), Value::Integer(7)),
            ("decimal", "number", text("0.10"), Value::Real(0.1)),
            ("number", "integer", Value::Real(7.0), Value::Integer(7)),
            ("number", "decimal", Value::Real(0.1), text("0.1")),
            ("number", "text", Value::Real(1e300), text("1e300")),
            ("boolean", "text", Value::Integer(1), text("true")),
            ("boolean", "integer", Value::Integer(0), Value::Integer(0)),
            ("date", "datetime", text("2026-11-24"), text("2026-11-24T00:00:00Z")),
            ("datetime", "date", text("2026-11-24T00:00:00Z"), text("2026-11-24")),
            ("datetime", "text", text("infinity"), text("infinity")),
            ("currency", "text", text("12.50 USD"), text("12.50 USD")),
            ("select=a,b", "multi_select=a", text("a"), text("[\"a\"]")),
            ("multi_select=a,b", "select=a", text("[\"a\"]"), text("a")),
            ("multi_select=a,b", "text", text("[\"a\",\"b\"]"), text("[\"a\",\"b\"]")),
            ("json", "text", text("{\"a\": 1}"), text("{\"a\": 1}")),
            ("binary", "text", Value::Blob(b"hi".to_vec()), text("aGk=")),
            ("text", "email", text("a@b"), text("a@b")),
        ] {
            check(from, to, value, Ok(becomes));
        }
    }

    #[test]
    fn what_would_be_lost_is_refused() {
        let text = Value::text;
        for (from, to, value, reason) in [
            ("text", "integer", text("007"), "it would become `7`"),
            ("text", "integer", text("+7"), "it would become `7`"),
            ("text", "integer", text("seven"), "it is no integer"),
            ("text", "integer", text("7.5"), "it is not whole"),
            ("text", "number", text("12.50"), "it would become `12.5`"),
            ("text", "decimal", text("1e3"), "it would become `1000`"),
            ("text", "date", text("24.11.2026"), "it is no date"),
            ("text", "boolean", text("yes"), "it is no boolean"),
            ("text", "select=a,b", text("c"), "it is none of the options"),
            ("text", "binary", text("hi"), "it is no binary"),
            ("text", "json", text("{a"), "it is no json"),
            ("decimal", "integer", text("7.25"), "it is not whole"),
            ("decimal", "number", text("0.12345678901234567890"), "it would become `0.12345678901234568`"),
            ("number", "integer", Value::Real(7.5), "it is not whole"),
            ("integer", "number", Value::Integer(9_007_199_254_740_993), "it would become `9007199254740992.0`"),
            ("integer", "boolean", Value::Integer(2), "it is no boolean"),
            ("datetime", "date", text("2026-11-24T06:00:00Z"), "it has a time of day"),
            ("currency", "decimal", text("12.50 USD"), "it is no decimal"),
            ("select=a,b", "select=b", text("a"), "it is none of the options"),
            ("multi_select=a,b", "select=a,b", text("[\"a\",\"b\"]"), "it is none of the options"),
            ("text", "email", text("a"), "it is no email"),
        ] {
            check(from, to, value, Err(reason));
        }
    }
}
