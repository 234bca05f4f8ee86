//! Texts, by their characters and in every script. A text that would outgrow 16 MiB is null.

use super::{Function, How, MANY};
use crate::base::filter::like;
use crate::base::{Cell, Value};

pub const FUNCTIONS: &[Function] = &[
    Function { name: "text_join", arguments: (1, MANY), strict: true, how: How::Plain(join) },
    Function { name: "text_concat", arguments: (1, MANY), strict: false, how: How::Plain(join) },
    Function::plain("text_of_boolean", 1, |cells| match *cells.first()? {
        Cell::Integer(number) => Some(Value::text(if number == 0 { "false" } else { "true" })),
        _ => None,
    }),
    Function::plain("text_of_number", 1, |cells| match *cells.first()? {
        Cell::Integer(number) => Some(Value::Text(number.to_string())),
        Cell::Real(number) => Some(Value::Text(number.to_string())),
        Cell::Text(digits) => Some(Value::text(digits)),
        Cell::Null | Cell::Blob(_) => None,
    }),
    Function::plain("text_lower", 1, |cells| Some(Value::Text(text(cells, 0)?.to_lowercase()))),
    Function::plain("text_upper", 1, |cells| Some(Value::Text(text(cells, 0)?.to_uppercase()))),
    Function::plain("text_trim", 1, |cells| Some(Value::text(text(cells, 0)?.trim_matches(' ')))),
    Function::plain("text_length", 1, |cells| i64::try_from(text(cells, 0)?.chars().count()).ok().map(Value::Integer)),
    Function { name: "text_substr", arguments: (2, 3), strict: true, how: How::Plain(substr) },
    Function::plain("text_replace", 3, replace),
    Function::plain("text_like", 2, |cells| Some(Value::from(like(text(cells, 1)?, text(cells, 0)?)))),
];

/// Longest text that a function makes, in bytes.
const LONGEST: usize = 16 << 20;

fn text<'c>(cells: &[Cell<'c>], place: usize) -> Option<&'c str> {
    match *cells.get(place)? {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn join(cells: &[Cell<'_>]) -> Option<Value> {
    let mut joined = String::new();
    for (place, _) in cells.iter().enumerate().filter(|(_, cell)| **cell != Cell::Null) {
        joined.push_str(text(cells, place)?);
    }
    (joined.len() <= LONGEST).then_some(Value::Text(joined))
}

/// `substr(text, from, count)`, as in PostgreSQL: places before the first count too, and there is nothing at them.
fn substr(cells: &[Cell<'_>]) -> Option<Value> {
    let (text, from) = (text(cells, 0)?, whole(cells, 1)?);
    let end = match cells.len() {
        2 => i64::MAX,
        _ => from.saturating_add(whole(cells, 2)?),
    };
    let skip = usize::try_from(from.saturating_sub(1)).unwrap_or(0);
    let end = usize::try_from(end.saturating_sub(1)).unwrap_or(0);
    Some(Value::Text(text.chars().take(end).skip(skip).collect()))
}

fn replace(cells: &[Cell<'_>]) -> Option<Value> {
    let (text, old, new) = (text(cells, 0)?, text(cells, 1)?, text(cells, 2)?);
    if old.is_empty() {
        return Some(Value::text(text));
    }
    let times = text.matches(old).count();
    let longer = times.saturating_mul(new.len()).saturating_add(text.len());
    (longer <= LONGEST).then(|| Value::Text(text.replace(old, new)))
}

/// An integer of any length, as near as 64 bits come.
fn whole(cells: &[Cell<'_>], place: usize) -> Option<i64> {
    match *cells.get(place)? {
        Cell::Integer(number) => Some(number),
        Cell::Text(digits) => Some(if digits.starts_with('-') { i64::MIN } else { i64::MAX }),
        _ => None,
    }
}
