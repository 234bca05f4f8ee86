//! From a cell of the file to the value that the store keeps, by the field's type.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::read::Raw;
use crate::base::{Cell, Error, Field, FieldType, Result, Rows, Value};
use crate::records::Values;

/// How the file writes what it could write in several ways.
#[derive(Clone, Debug, Default)]
pub struct Forms {
    /// Dates and times, in the words of strftime: `%d.%m.%Y`
    pub date: Option<String>,
    /// Numbers have a comma before their fraction, and may have dots between thousands
    pub decimal_comma: bool,
    /// An empty cell is an empty text where the field takes one, and not null
    pub empty_is_text: bool,
}

impl Forms {
    /// Whether the form of dates has a time of day in it.
    pub fn has_clock(&self) -> bool {
        let clock = ["%H", "%I", "%M", "%S", "%T", "%R", "%X", "%s", "%k", "%l", "%r", "%c", "%+"];
        self.date.as_deref().is_some_and(|form| clock.iter().any(|part| form.contains(part)))
    }

    /// The ISO form of a date or time that is written in the file's own.
    pub fn dated(&self, text: &str) -> Option<String> {
        let form = self.date.as_deref()?;
        // `%Y` takes `26` for the year 26, which nobody meant.
        let whole_year = |year: i32| !form.contains("%Y") || year >= 1000;
        if !self.has_clock() {
            let date = NaiveDate::parse_from_str(text, form).ok()?;
            return whole_year(chrono::Datelike::year(&date)).then(|| date.format("%Y-%m-%d").to_string());
        }
        let time = match DateTime::parse_from_str(text, form) {
            Ok(time) => time.naive_utc(),
            Err(_) => NaiveDateTime::parse_from_str(text, form).ok()?,
        };
        whole_year(chrono::Datelike::year(&time)).then(|| time.format("%Y-%m-%dT%H:%M:%S%.fZ").to_string())
    }

    /// `1.234,50` as `1234.50`.
    pub fn plain_number(&self, text: &str) -> Option<String> {
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text),
        };
        let (whole, fraction) = rest.split_once(',').map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
        let mut groups = whole.split(['.', ' ', '\u{a0}', '\u{202f}', '\'']);
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let first = groups.next().filter(|group| all_digits(group))?;
        let mut number = format!("{sign}{first}");
        for group in groups {
            if first.len() > 3 || group.len() != 3 || !all_digits(group) {
                return None;
            }
            number.push_str(group);
        }
        match fraction {
            Some(fraction) if all_digits(fraction) => number.extend([".", fraction]),
            Some(_) => return None,
            None => {}
        }
        Some(number)
    }

    fn is_plain(&self) -> bool {
        self.date.is_none() && !self.decimal_comma
    }

    /// The text in the form that the field's type has.
    fn formed<'t>(&self, field: &Field, text: &'t str) -> Cow<'t, str> {
        let formed = match &field.field_type {
            FieldType::Date | FieldType::DateTime => self.dated(text),
            FieldType::Integer | FieldType::Number | FieldType::Decimal if self.decimal_comma => {
                self.plain_number(text)
            }
            FieldType::Currency if self.decimal_comma => {
                text.rsplit_once(' ').and_then(|(amount, code)| Some(format!("{} {code}", self.plain_number(amount)?)))
            }
            _ => None,
        };
        formed.map_or(Cow::Borrowed(text), Cow::Owned)
    }
}

/// Reads cells for the fields of one table.
pub struct Converter<'c> {
    pub values: &'c Values<'c>,
    pub forms: &'c Forms,
}

impl Converter<'_> {
    /// Adds the cell's value to a row; a cell that is absent is null.
    pub fn push(&self, field: &Field, raw: Raw<'_>, to: &mut Rows) -> Result<()> {
        // Most cells of most files are one of these two, and need no value of their own.
        if let Raw::Plain(text) = raw {
            match field.field_type {
                FieldType::Text | FieldType::LongText | FieldType::Phone | FieldType::File => {
                    to.push_text(text);
                    return Ok(());
                }
                FieldType::Integer => {
                    if let Some(number) = short_integer(text) {
                        to.push_integer(number);
                        return Ok(());
                    }
                }
                _ => {}
            }
        }
        match self.value(field, raw)? {
            Some(value) => to.push(value.cell()),
            None => to.push(Cell::Null),
        }
        Ok(())
    }

    /// The cell's value; nothing where the row does not speak of the column.
    pub fn value(&self, field: &Field, raw: Raw<'_>) -> Result<Option<Value>> {
        let value = match raw {
            Raw::Absent => return Ok(None),
            Raw::Empty if self.forms.empty_is_text && is_text(&field.field_type) => Value::text(""),
            Raw::Empty => Value::Null,
            Raw::Fault(text) => return Err(Error::usage(format!("the cell holds the error `{text}`"))),
            Raw::Plain(text) | Raw::Text(text) => self.text(field, text)?,
            Raw::Number(text) | Raw::Date(text) | Raw::DateTime(text) => self.values.text(field, text)?,
            Raw::Boolean(truth) => self.values.text(field, if truth { "true" } else { "false" })?,
            Raw::Json(json) => match json.get().as_bytes().first() {
                Some(b'"') if !self.forms.is_plain() => {
                    let text: String =
                        serde_json::from_str(json.get()).map_err(|_| Error::usage("the text has lone surrogates"))?;
                    self.text(field, &text)?
                }
                Some(b'-' | b'0'..=b'9' | b't' | b'f') if is_text(&field.field_type) => Value::text(json.get()),
                _ => self.values.json(field, json)?,
            },
        };
        Ok(Some(value))
    }

    fn text(&self, field: &Field, text: &str) -> Result<Value> {
        if text.is_empty() {
            // An empty value where the type has one.
            return Ok(self.values.text(field, text).unwrap_or(Value::Null));
        }
        if is_text(&field.field_type) {
            return self.values.text(field, text);
        }
        let formed = self.forms.formed(field, text);
        self.values.text(field, &formed).or_else(|error| {
            let trimmed = text.trim();
            match field.field_type {
                FieldType::Boolean if trimmed.eq_ignore_ascii_case("true") => Ok(Value::from(true)),
                FieldType::Boolean if trimmed.eq_ignore_ascii_case("false") => Ok(Value::from(false)),
                _ if trimmed.is_empty() => Ok(Value::Null),
                _ if trimmed.len() < text.len() && !matches!(field.field_type, FieldType::Json) => {
                    self.values.text(field, &self.forms.formed(field, trimmed)).map_err(|_| error)
                }
                _ => Err(error),
            }
        })
    }
}

/// Whether any text is a value of this type, the empty one too.
fn is_text(field_type: &FieldType) -> bool {
    matches!(field_type, FieldType::Text | FieldType::LongText | FieldType::Phone | FieldType::File)
}

fn short_integer(text: &str) -> Option<i64> {
    if text.len() > 18 { None } else { text.strip_prefix('+').map_or_else(|| text.parse().ok(), |_| None) }
}
