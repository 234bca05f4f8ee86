//! JSON as scripts read it: the data unchanged, with every character that a terminal could obey written as `\uXXXX`.

use std::borrow::Cow;

use serde_json::Value;

use crate::base::{Cell, FieldType, sanitize};

use super::sheet::Column;

/// One value on one line, with its line feed.
pub fn line(value: &Value) -> String {
    let mut text = escape(&value.to_string()).into_owned();
    text.push('\n');
    text
}

/// The whole value: indented for a person, else a list has one element a line and anything else is one line.
pub fn whole(value: &Value, indented: bool) -> String {
    if indented {
        return format!("{}\n", escape(&format!("{value:#}")));
    }
    match value {
        Value::Array(things) if !things.is_empty() => {
            let things: Vec<String> = things.iter().map(|thing| escape(&thing.to_string()).into_owned()).collect();
            format!("[{}]\n", things.join(",\n"))
        }
        other => line(other),
    }
}

/// One row as an object. What a JSON field holds stays as it was written, down to the digits of its numbers; only its line
/// breaks, which can stand between values alone, become spaces, and for a terminal it is escaped like the rest.
pub fn object<'a>(columns: &[Column], cells: impl IntoIterator<Item = Cell<'a>>, terminal: bool, to: &mut String) {
    to.push('{');
    for (place, (column, cell)) in columns.iter().zip(cells).enumerate() {
        if place > 0 {
            to.push(',');
        }
        to.push_str(&escape(&Value::String(column.name.clone()).to_string()));
        to.push(':');
        match (cell, &column.field_type) {
            (Cell::Text(text), FieldType::Json | FieldType::MultiSelect { .. }) if is_json(text) => {
                let text = if terminal { escape(text) } else { Cow::Borrowed(text) };
                to.extend(text.chars().map(|letter| if matches!(letter, '\n' | '\r') { ' ' } else { letter }));
            }
            (cell, field_type) => to.push_str(&escape(&cell.to_json(field_type).to_string())),
        }
    }
    to.push('}');
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// Escapes what serde_json leaves as it is: DEL, C1 and Unicode's invisible characters. In JSON they only occur inside
/// of strings, so the text stays the same value.
pub fn escape(json: &str) -> Cow<'_, str> {
    let risky = |letter: char| letter != '\n' && sanitize::is_unsafe(letter);
    if !json.chars().any(risky) {
        return Cow::Borrowed(json);
    }
    let mut text = String::with_capacity(json.len() + 16);
    for letter in json.chars() {
        if risky(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(letter);
        }
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_every_character_and_shows_no_control_sequence() {
        let value = serde_json::json!({ "name": "a\u{1b}[31m\u{7f}\u{9b}\u{202e}\u{e0041}é" });
        let text = line(&value);
        assert_eq!(text, "{\"name\":\"a\\u001b[31m\\u007f\\u009b\\u202e\\udb40\\udc41é\"}\n");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }

    #[test]
    fn a_list_has_one_element_a_line() {
        assert_eq!(whole(&serde_json::json!([{ "a": 1 }, { "a": 2 }]), false), "[{\"a\":1},\n{\"a\":2}]\n");
        assert_eq!(whole(&serde_json::json!([]), false), "[]\n");
    }
}
