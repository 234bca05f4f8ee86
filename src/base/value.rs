//! One value of a record, as the store holds it: SQLite's five storage classes, nothing rounded and nothing guessed.
//! What a value means (a decimal, a date) is said by the field's type.

use std::cmp::Ordering;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value as Json;

use super::decimal;
use super::field::FieldType;
use super::rows::Cell;

/// An owned value. A boolean is 0 or 1; decimals, dates and JSON are text; see `FieldType` for the text each type uses.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Integer(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

impl Value {
    pub fn text(text: impl Into<String>) -> Self {
        Value::Text(text.into())
    }

    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    pub fn cell(&self) -> Cell<'_> {
        match self {
            Value::Null => Cell::Null,
            Value::Integer(number) => Cell::Integer(*number),
            Value::Real(number) => Cell::Real(*number),
            Value::Text(text) => Cell::Text(text),
            Value::Blob(bytes) => Cell::Blob(bytes),
        }
    }

    /// What scripts see (design.md section 4): integers beyond ±2^53 and decimals are strings, null is null,
    /// JSON fields are JSON, binary is base64.
    pub fn to_json(&self, field_type: &FieldType) -> Json {
        self.cell().to_json(field_type)
    }

    /// The value alone, exactly, for before-images and keys: a blob is `{"$base64": "…"}`, a text is always a string.
    pub fn to_exact_json(&self) -> Json {
        match self {
            Value::Null => Json::Null,
            Value::Integer(number) => Json::from(*number),
            Value::Real(number) => match serde_json::Number::from_f64(*number) {
                Some(finite) => Json::Number(finite),
                None => serde_json::json!({ "$real": number.to_bits().to_string() }),
            },
            Value::Text(text) => Json::String(text.clone()),
            Value::Blob(bytes) => serde_json::json!({ "$base64": BASE64.encode(bytes) }),
        }
    }

    /// Takes back what `to_exact_json` made. `None` when it is nothing that `to_exact_json` makes.
    pub fn from_exact_json(json: &Json) -> Option<Self> {
        Some(match json {
            Json::Null => Value::Null,
            Json::Number(number) => match number.as_i64() {
                Some(integer) if !number.is_f64() => Value::Integer(integer),
                _ => Value::Real(number.as_f64()?),
            },
            Json::String(text) => Value::Text(text.clone()),
            Json::Object(object) => match (object.get("$base64"), object.get("$real")) {
                (Some(Json::String(text)), _) => Value::Blob(BASE64.decode(text).ok()?),
                (_, Some(Json::String(bits))) => Value::Real(f64::from_bits(bits.parse().ok()?)),
                _ => return None,
            },
            Json::Bool(_) | Json::Array(_) => return None,
        })
    }
}

impl Cell<'_> {
    pub fn to_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Integer(number) => Value::Integer(number),
            Cell::Real(number) => Value::Real(number),
            Cell::Text(text) => Value::Text(text.to_owned()),
            Cell::Blob(bytes) => Value::Blob(bytes.to_vec()),
        }
    }

    /// What scripts see; see `Value::to_json`.
    pub fn to_json(self, field_type: &FieldType) -> Json {
        const SAFE: i64 = 1 << 53;
        match (self, field_type) {
            (Cell::Null, _) => Json::Null,
            (Cell::Integer(number), FieldType::Boolean) => Json::Bool(number != 0),
            (Cell::Integer(number), FieldType::Decimal) => Json::String(number.to_string()),
            (Cell::Integer(number), _) if (-SAFE..=SAFE).contains(&number) => Json::from(number),
            (Cell::Integer(number), _) => Json::String(number.to_string()),
            (Cell::Real(number), _) => {
                serde_json::Number::from_f64(number).map_or_else(|| Json::String(number.to_string()), Json::Number)
            }
            (Cell::Text(text), FieldType::Json | FieldType::MultiSelect { .. }) => {
                // Whoever reads it would get other numbers than are stored; as text it is what it is.
                let parsed = serde_json::from_str(text).ok().filter(|_| keeps_numbers(text));
                parsed.unwrap_or_else(|| Json::String(text.to_owned()))
            }
            (Cell::Text(text), _) => Json::String(text.to_owned()),
            (Cell::Blob(bytes), _) => Json::String(BASE64.encode(bytes)),
        }
    }
}

/// Whether every number of a JSON text is the same after it was read as 64 bits.
fn keeps_numbers(json: &str) -> bool {
    /// So many digits are always kept.
    const SHORT: usize = 15;
    let mut rest = json;
    while let Some(at) = rest.find(|letter: char| letter == '"' || letter == '-' || letter.is_ascii_digit()) {
        rest = &rest[at..];
        let length = if let Some(text) = rest.strip_prefix('"') {
            let mut escaped = false;
            let end = text.find(|letter: char| {
                let ends = letter == '"' && !escaped;
                escaped = letter == '\\' && !escaped;
                ends
            });
            end.map_or(rest.len(), |end| end + 2)
        } else {
            let is_part = |letter: char| letter.is_ascii_digit() || "+-.eE".contains(letter);
            let length = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            let (number, short) = (&rest[..length], length <= SHORT && !rest[..length].contains(['e', 'E']));
            let read = || serde_json::from_str::<serde_json::Number>(number).ok();
            let same = |read: serde_json::Number| decimal::compare(number, &read.to_string()) == Some(Ordering::Equal);
            if !short && !read().is_some_and(same) {
                return false;
            }
            length
        };
        rest = &rest[length..];
    }
    true
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<u64> for Value {
    /// Beyond 64 signed bits, an integer is its digits.
    fn from(number: u64) -> Self {
        i64::try_from(number).map_or_else(|_| Value::Text(number.to_string()), Value::Integer)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Value::Integer(i64::from(truth))
    }
}
