//! A record's id: its key as people see it, and as a relation to a key of several fields holds it. A single key field is its
//! text; several are joined with `,`, and a part that has a comma or a quote in it, or is empty, stands in double quotes:
//! `EU,"Smith, John"`.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::rows::Cell;
use super::value::Value;

/// The id of the record with this key, the key's values in the key's order.
pub fn print(key: &[Cell<'_>]) -> String {
    match key {
        [only] => part(*only).into_owned(),
        parts => {
            let quoted = parts.iter().map(|cell| {
                let text = part(*cell);
                let plain = !text.is_empty() && !text.contains([',', '"']);
                if plain { text } else { Cow::Owned(format!("\"{}\"", text.replace('"', "\"\""))) }
            });
            quoted.collect::<Vec<_>>().join(",")
        }
    }
}

/// The id of the record with this key.
pub fn of(key: &[Value]) -> String {
    let cells: Vec<Cell<'_>> = key.iter().map(Value::cell).collect();
    print(&cells)
}

/// What a relation to the record with this key holds: the key itself when it is one field, else the record's id.
pub fn reference(key: &[Value]) -> Value {
    match key {
        [only] => only.clone(),
        key => Value::Text(of(key)),
    }
}

fn part(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Null => Cow::Borrowed(""),
        Cell::Integer(number) => Cow::Owned(number.to_string()),
        Cell::Real(number) => Cow::Owned(format!("{number:?}")),
        Cell::Text(text) => Cow::Borrowed(text),
        Cell::Blob(bytes) => Cow::Owned(BASE64.encode(bytes)),
    }
}

/// The parts of an id of several fields. `None` when a quote is not closed or something is behind one.
pub fn split(id: &str) -> Option<Vec<String>> {
    let mut parts = Vec::new();
    let mut rest = id;
    loop {
        let (part, behind) = match rest.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        parts.push(part);
        match behind.strip_prefix(',') {
            Some(next) => rest = next,
            None => return behind.is_empty().then_some(parts),
        }
    }
}

/// The text up to the closing quote, and what is behind it.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut part = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('"')?;
        part.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(behind) => {
                part.push('"');
                rest = behind;
            }
            None => return Some((part, rest)),
        }
    }
}
