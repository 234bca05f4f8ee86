//! A filter against the fields it is meant for: the names exist, and every literal has the form that its field stores.

use std::borrow::Cow;

use super::matches::Class;
use super::{Filter, Operand};
use crate::base::names::closest;
use crate::base::{Error, FieldType, Result, Table, Value, datetime, decimal, syntax};

impl Filter {
    /// Checks the filter against fields, which `lookup` knows by their name or dotted path, and gives it back with literals
    /// in the stored form of the field they are compared with.
    ///
    /// `Kind::NotFound` for an unknown field, `Kind::Usage` for a comparison that cannot mean anything.
    pub fn check(&self, lookup: &dyn Fn(&str) -> Option<FieldType>) -> Result<Filter> {
        Checker { lookup: &|path| lookup(path).map(Cow::Owned), table: None }.check(self)
    }

    /// Checks the filter as `check` does, where errors shall say where the fields of this table are described.
    pub fn check_paths(&self, table: &Table, lookup: &dyn Fn(&str) -> Option<FieldType>) -> Result<Filter> {
        Checker { lookup: &|path| lookup(path).map(Cow::Owned), table: Some(table) }.check(self)
    }

    /// Checks the filter against the fields of a table, as `check` does.
    pub fn check_on(&self, table: &Table) -> Result<Filter> {
        Checker { lookup: &|path| Some(Cow::Borrowed(&table.field(path)?.field_type)), table: Some(table) }.check(self)
    }
}

struct Checker<'c> {
    lookup: &'c dyn Fn(&str) -> Option<Cow<'c, FieldType>>,
    /// Whose fields are meant, for the hints
    table: Option<&'c Table>,
}

impl<'c> Checker<'c> {
    fn check(&self, filter: &Filter) -> Result<Filter> {
        // A list may have thousands of values, so its field is looked up once and not for each of them.
        let mut leading: Option<(*const Filter, String, Cow<'c, FieldType>)> = None;
        filter.map(&mut |comparison, operand| {
            let checked = match &leading {
                Some((of, name, field_type)) if std::ptr::eq(*of, comparison) => {
                    self.operand(comparison, operand, name, field_type)
                }
                _ => self.leading_field(comparison).and_then(|(name, field_type)| {
                    let (_, name, field_type) = leading.insert((comparison, name.to_owned(), field_type));
                    self.operand(comparison, operand, name, field_type)
                }),
            };
            checked.map_err(|error| self.hinted(error))
        })
    }

    /// An operand of a comparison whose first field has this name and type.
    fn operand(&self, comparison: &Filter, operand: &Operand, name: &str, field_type: &FieldType) -> Result<Operand> {
        if let Filter::Like { .. } = comparison {
            let class = Class::of(field_type);
            if !matches!(class, Class::Text | Class::Time | Class::Key) {
                return Err(mismatch(name, field_type, "`like` looks at text"));
            }
        }
        match operand {
            Operand::Field(other) => {
                let other_type = self.field(other)?;
                if Class::of(&other_type) != Class::of(field_type) {
                    let what = format!("it cannot be compared with the {} field `{other}`", other_type.word());
                    return Err(mismatch(name, field_type, what));
                }
                Ok(operand.clone())
            }
            Operand::Now { .. } if Class::of(field_type) != Class::Time => {
                Err(mismatch(name, field_type, "`now()` is compared with dates and datetimes"))
            }
            Operand::Now { .. } => Ok(operand.clone()),
            Operand::Literal(value) => Ok(Operand::Literal(literal(name, field_type, value)?)),
        }
    }

    /// The first field of a comparison: it says how the others are compared.
    fn leading_field<'f>(&self, comparison: &'f Filter) -> Result<(&'f str, Cow<'c, FieldType>)> {
        for operand in comparison.operands() {
            if let Operand::Field(name) = operand {
                return Ok((name, self.field(name)?));
            }
        }
        Err(Error::usage(format!("`{comparison}` compares no field"))
            .hint("compare a field with a value: `amount > 100`"))
    }

    fn field(&self, name: &str) -> Result<Cow<'c, FieldType>> {
        (self.lookup)(name).ok_or_else(|| {
            let error = Error::not_found(format!("no field is named `{name}`"));
            let Some(table) = self.table else { return error };
            let mut names = table.fields.iter().map(|field| field.name.as_str());
            match closest(name, names.clone()) {
                Some(near) => error.hint(format!("did you mean `{}`?", syntax::path(near))),
                None if table.fields.len() <= 20 => {
                    let names: Vec<String> = names.by_ref().map(syntax::path).collect();
                    error.hint(format!("the fields are {}", names.join(", ")))
                }
                None => error.hint(format!("see `appctl tables show {}`", table.name.shell())),
            }
        })
    }

    /// Adds where to look the fields up, unless the error says more already.
    fn hinted(&self, error: Error) -> Error {
        match (self.table, &error.hint) {
            (Some(table), None) => error.hint(format!("see `appctl tables show {}`", table.name.shell())),
            _ => error,
        }
    }
}

/// The literal as the field would store it.
fn literal(name: &str, field_type: &FieldType, value: &Value) -> Result<Value> {
    let refuse = |what: &str| Err(mismatch(name, field_type, what));
    match (field_type, value) {
        (_, Value::Null) => {
            Err(Error::usage(format!("nothing is equal to null, so `{name}` cannot be compared with it"))
                .hint(format!("write `{0} is null` or `{0} is not null`", syntax::path(name))))
        }
        (FieldType::Relation { .. }, value) => Ok(value.clone()),
        (FieldType::Binary, Value::Blob(_)) => Ok(value.clone()),
        (FieldType::Binary, _) => refuse("write its bytes in hexadecimal: `x'00ff'`"),
        (_, Value::Blob(_)) => refuse("it is no binary field"),
        (FieldType::Integer | FieldType::Number | FieldType::Decimal, value) => number(field_type, value)
            .ok_or_else(|| mismatch(name, field_type, format!("{} is no number", shown(value)))),
        (FieldType::Currency, value) => currency(value).ok_or_else(|| {
            mismatch(name, field_type, format!("{} is no amount such as `12.50` or `'12.50 USD'`", shown(value)))
        }),
        (FieldType::Boolean, Value::Integer(bit @ (0 | 1))) => Ok(Value::Integer(*bit)),
        (FieldType::Boolean, Value::Text(word)) if word == "true" || word == "false" => Ok(Value::from(word == "true")),
        (FieldType::Boolean, value) => refuse(&format!("{} is neither `true` nor `false`", shown(value))),
        (FieldType::Date, Value::Text(text)) => {
            match datetime::stored_date(text).or_else(|| datetime::stored_datetime(text)) {
                Some(stored) => Ok(Value::Text(stored)),
                None => refuse(&format!("{} is no date such as `'2026-11-24'`", shown(value))),
            }
        }
        (FieldType::DateTime, Value::Text(text)) => match datetime::stored_datetime(text) {
            Some(stored) => Ok(Value::Text(stored)),
            None => refuse(&format!("{} is no time such as `'2026-11-24T06:00:00Z'`", shown(value))),
        },
        (FieldType::Date | FieldType::DateTime, value) => {
            refuse(&format!("{} is no date; write it in single quotes: `'2026-11-24'`", shown(value)))
        }
        (FieldType::MultiSelect { .. }, Value::Text(text)) if !text.starts_with('[') => {
            let part = syntax::quoted(text);
            let hint = format!("write `{} like '%\"{}\"%'`", syntax::path(name), part.trim_matches('"'));
            Err(mismatch(name, field_type, "it holds a list, and a list is equal to no single option").hint(hint))
        }
        (_, Value::Text(_)) => Ok(value.clone()),
        (_, value) => {
            refuse(&format!("{0} is no text; write it in single quotes: `'{1}'`", shown(value), plain(value)))
        }
    }
}

/// A number in the form of the field's own; `None` for what is no number.
fn number(field_type: &FieldType, value: &Value) -> Option<Value> {
    let text = match value {
        Value::Text(text) => decimal::stored(text)?,
        other => plain(other),
    };
    Some(match field_type {
        FieldType::Decimal => Value::Text(text),
        FieldType::Integer => match (text.parse(), value) {
            (Ok(integer), _) => Value::Integer(integer),
            (Err(_), Value::Real(real)) => Value::Real(*real),
            (Err(_), _) => Value::Text(text),
        },
        _ => match text.parse::<f64>() {
            Ok(real) if real.is_finite() => Value::Real(real),
            Ok(real) if real.is_nan() => Value::text("NaN"),
            Ok(real) => Value::text(if real > 0.0 { "Infinity" } else { "-Infinity" }),
            Err(_) => return None,
        },
    })
}

/// An amount with or without its code.
fn currency(value: &Value) -> Option<Value> {
    let text = plain(value);
    let (amount, code) = text.split_once(' ').map_or((text.as_str(), None), |(amount, code)| (amount, Some(code)));
    let amount = decimal::stored(amount)?;
    match code {
        None => Some(Value::Text(amount)),
        Some(code) if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) => {
            Some(Value::Text(format!("{amount} {code}")))
        }
        Some(_) => None,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null | Value::Blob(_) => String::new(),
    }
}

fn shown(value: &Value) -> String {
    format!("`{}`", Operand::Literal(value.clone()))
}

fn mismatch(name: &str, field_type: &FieldType, what: impl std::fmt::Display) -> Error {
    Error::usage(format!("field `{name}` is of type {}: {what}", field_type.word()))
}
