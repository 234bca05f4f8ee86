//! From what people and scripts write to what the store keeps, by the field's type. Nothing is rounded and nothing guessed:
//! a value that does not fit is an error that names the field, the value and the form it should have.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::value::RawValue;

use super::key;
use crate::app::App;
use crate::base::names::closest;
use crate::base::{Error, Field, FieldType, Kind, Result, Table, TableName, Value, datetime, decimal};

/// Reads values for the fields of one table. A relation's value stays as it was written until `Relations::settle` finds
/// the record that it means.
#[derive(Debug)]
pub struct Values<'t> {
    pub table: &'t Table,
    /// The same with every relation in its key as what it holds, for reading ids
    pub(super) plain: Table,
    /// The tables that relations point to
    pub(super) related: BTreeMap<TableName, Related>,
}

/// A table that relations point to.
#[derive(Debug)]
pub(super) struct Related {
    pub table: Table,
    /// The same with every relation in its key as what it holds, for reading ids
    pub plain: Table,
}

impl<'t> Values<'t> {
    /// Reads values for the fields of this table.
    pub fn of(app: &App, table: &'t Table) -> Result<Self> {
        let lookup = |name: &TableName| existing(app, name);
        let mut related = BTreeMap::new();
        for field in &table.fields {
            if let FieldType::Relation { table: name, .. } = &field.field_type
                && let Some(target) = lookup(name)?
            {
                let plain = key::plain(&target, &lookup)?;
                related.insert(name.clone(), Related { table: target, plain });
            }
        }
        Ok(Values { table, plain: key::plain(table, &lookup)?, related })
    }

    /// The stored form of a value given as text. Empty text is an empty text, never null.
    pub fn text(&self, field: &Field, text: &str) -> Result<Value> {
        parse_text(field, text)
    }

    /// The stored form of a value given as JSON, verbatim: digits are taken as they stand.
    pub fn json(&self, field: &Field, json: &RawValue) -> Result<Value> {
        parse_json(field, json)
    }
}

pub(super) fn existing(app: &App, name: &TableName) -> Result<Option<Table>> {
    match app.store.table(name) {
        Ok(table) => Ok(Some(table)),
        Err(error) if error.kind == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The stored form of a value given as text, for every type. A relation's is what was written.
pub fn parse_text(field: &Field, text: &str) -> Result<Value> {
    let refuse = |form: &str| Err(misfit(field, text, form));
    let kept = |value: Option<String>, form: &str| value.map(Value::Text).ok_or_else(|| misfit(field, text, form));
    match &field.field_type {
        FieldType::Text | FieldType::LongText | FieldType::Phone | FieldType::File | FieldType::Relation { .. } => {
            Ok(Value::text(text))
        }
        FieldType::Email if is_email(text) => Ok(Value::text(text)),
        FieldType::Email => refuse("an address such as `ada@example.com`"),
        FieldType::Url if url::Url::parse(text).is_ok() => Ok(Value::text(text)),
        FieldType::Url => refuse("a whole address such as `https://example.com/a`"),
        FieldType::Integer => integer(text).ok_or_else(|| misfit(field, text, "a whole number such as `42`")),
        FieldType::Number => number(text).ok_or_else(|| misfit(field, text, "a number such as `1.5`")),
        FieldType::Decimal => kept(decimal::stored(text), "a number such as `12.50`"),
        FieldType::Currency => kept(currency(text), "an amount with its code such as `12.50 USD`"),
        FieldType::Boolean => match text {
            "true" | "1" => Ok(Value::Integer(1)),
            "false" | "0" => Ok(Value::Integer(0)),
            _ => refuse("`true` or `false`"),
        },
        FieldType::Date => kept(datetime::stored_date(text), "a date such as `2026-11-24`"),
        FieldType::DateTime => kept(datetime::stored_datetime(text), "a time such as `2026-11-24T06:00:00Z`"),
        FieldType::Select { options } => option(field, options, text).map(|()| Value::text(text)),
        FieldType::MultiSelect { options } => {
            let parts: Vec<String> = match serde_json::from_str(text) {
                Ok(parts) => parts,
                Err(_) if text.trim().is_empty() => Vec::new(),
                Err(_) => text.split(',').map(|part| part.trim().to_owned()).collect(),
            };
            list(field, options, &parts)
        }
        FieldType::Json => match serde_json::from_str::<&RawValue>(text) {
            Ok(json) => Ok(Value::text(json.get())),
            Err(_) => refuse("JSON such as `{\"a\":1}`, or `\"a\"` with its quotes"),
        },
        FieldType::Binary => match BASE64.decode(text) {
            Ok(bytes) => Ok(Value::Blob(bytes)),
            Err(_) => refuse("its bytes in base64"),
        },
    }
}

/// The stored form of a value given as JSON, for every type. A relation's is what was written.
pub fn parse_json(field: &Field, json: &RawValue) -> Result<Value> {
    let text = json.get();
    let field_type = &field.field_type;
    match (field_type, text.as_bytes().first()) {
        (_, Some(b'n')) => Ok(Value::Null),
        (FieldType::Json, _) => Ok(Value::text(text)),
        (FieldType::MultiSelect { options }, Some(b'[')) => {
            let parts: Vec<String> = serde_json::from_str(text)
                .map_err(|_| misfit(field, text, "a list of texts such as `[\"a\",\"b\"]`"))?;
            list(field, options, &parts)
        }
        (_, Some(b'"')) => parse_text(field, &string(field, text)?),
        (FieldType::Boolean, Some(b't' | b'f')) => Ok(Value::from(text == "true")),
        (FieldType::Integer | FieldType::Number | FieldType::Decimal, Some(b'-' | b'0'..=b'9')) => {
            parse_text(field, text)
        }
        (FieldType::Relation { .. }, Some(b'-' | b'0'..=b'9')) => Ok(Value::text(text)),
        _ => Err(misfit(field, text, form(field_type))),
    }
}

fn form(field_type: &FieldType) -> &'static str {
    match field_type {
        FieldType::Integer => "a whole number such as `42`",
        FieldType::Number | FieldType::Decimal => "a number such as `12.50`",
        FieldType::Boolean => "`true` or `false`",
        FieldType::MultiSelect { .. } => "a list of texts such as `[\"a\",\"b\"]`",
        FieldType::Currency => "an amount with its code in quotes such as `\"12.50 USD\"`",
        _ => "a text in double quotes",
    }
}

fn string(field: &Field, json: &str) -> Result<String> {
    serde_json::from_str(json).map_err(|_| misfit(field, json, "text without lone surrogates"))
}

fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    plain && text.rsplit_once('@').is_some_and(|(user, host)| !user.is_empty() && !host.is_empty())
}

fn integer(text: &str) -> Option<Value> {
    if let Ok(number) = text.parse::<i64>() {
        return Some(Value::Integer(number));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    let whole = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    // More than 64 bits hold: the digits themselves, in the one form that an equal number has.
    whole.then(|| Value::Text(format!("{}{}", if digits == text { "" } else { "-" }, digits.trim_start_matches('0'))))
}

fn number(text: &str) -> Option<Value> {
    match decimal::stored(text)?.as_str() {
        special @ ("NaN" | "Infinity" | "-Infinity") => Some(Value::text(special)),
        _ => text.parse::<f64>().ok().filter(|real| real.is_finite()).map(Value::Real),
    }
}

fn currency(text: &str) -> Option<String> {
    let (amount, code) = text.split_once(' ')?;
    let is_code = code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase());
    decimal::stored(amount).filter(|_| is_code).map(|amount| format!("{amount} {code}"))
}

fn option(field: &Field, options: &[String], text: &str) -> Result<()> {
    if options.is_empty() || options.iter().any(|option| option == text) {
        return Ok(());
    }
    let error = Error::usage(format!("field `{}` has no option `{text}`", field.name));
    Err(match closest(text, options.iter().map(String::as_str)) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None => error.hint(format!("the options are {}", options.join(", "))),
    })
}

fn list(field: &Field, options: &[String], parts: &[String]) -> Result<Value> {
    parts.iter().try_for_each(|part| option(field, options, part))?;
    Ok(Value::Text(serde_json::to_string(parts).expect("texts are JSON")))
}

fn misfit(field: &Field, value: &str, form: &str) -> Error {
    let shown = match value.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &value[..end]),
        None => value.to_owned(),
    };
    let error = Error::usage(format!(
        "field `{}` is of type {}, and `{shown}` is none: write {form}",
        field.name,
        field.field_type.word()
    ));
    if value.is_empty() { error.hint(format!("`{}:=null` empties a field", field.name)) } else { error }
}
