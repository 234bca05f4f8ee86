//! What type a new table's field has: decided by all of the column's values, and never in a way that changes one of them.
//! `007`, `+1`, long digits, `NA` and dates in a locale's own form are texts.

use super::convert::Forms;
use super::read::Raw;
use crate::base::{FieldType, datetime};

const INTEGER: u8 = 1;
const DECIMAL: u8 = 2;
const BOOLEAN: u8 = 4;
const DATE: u8 = 8;
const DATETIME: u8 = 16;
const NUMBER: u8 = 32;
const JSON: u8 = 64;
const TEXT: u8 = 128;

/// The longest integer that is kept as a number: all of its digits are the same in every program.
const LONGEST_INTEGER: usize = 18;

/// What a column's values were so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Guess {
    kinds: u8,
    /// A value that is no date in the form that was given
    unformed: bool,
}

impl Guess {
    pub fn see(&mut self, raw: Raw<'_>, forms: &Forms) {
        if self.kinds & TEXT != 0 && (self.unformed || forms.date.is_none()) {
            return;
        }
        let kind = match raw {
            Raw::Absent | Raw::Empty | Raw::Fault(_) => return,
            Raw::Plain(text) => {
                self.unformed |= forms.date.is_none() || forms.dated(text).is_none();
                match forms.decimal_comma.then(|| forms.plain_number(text)).flatten() {
                    Some(number) => kind(&number),
                    None if forms.decimal_comma && text.contains('.') => TEXT | kind(text) & (DATE | DATETIME),
                    None => kind(text),
                }
            }
            Raw::Text(text) => {
                self.unformed |= forms.date.is_none() || forms.dated(text).is_none();
                text_kind(text)
            }
            // A sheet keeps numbers as doubles: beyond 2^53 these digits may not be the ones that were typed.
            Raw::Number(digits) => match kind(digits) {
                INTEGER if digits.parse::<i64>().is_ok_and(|number| number.unsigned_abs() > 1 << 53) => TEXT,
                TEXT if is_long_integer(digits) => TEXT,
                TEXT => NUMBER,
                known => known,
            },
            Raw::Boolean(_) => BOOLEAN,
            Raw::Date(_) => DATE,
            Raw::DateTime(_) => DATETIME,
            Raw::Json(json) => match json.get().as_bytes().first() {
                Some(b't' | b'f') => BOOLEAN,
                Some(b'[' | b'{') => JSON,
                Some(b'"') => serde_json::from_str::<String>(json.get()).map_or(TEXT, |text| {
                    self.unformed |= forms.date.is_none() || forms.dated(&text).is_none();
                    text_kind(&text)
                }),
                _ => match kind(json.get()) {
                    TEXT if !is_long_integer(json.get()) => NUMBER,
                    known => known,
                },
            },
        };
        self.unformed |= matches!(raw, Raw::Number(_) | Raw::Boolean(_));
        self.kinds |= kind;
    }

    pub fn field_type(self, forms: &Forms) -> FieldType {
        let only = |kinds: u8| self.kinds & !kinds == 0;
        match self.kinds {
            0 => FieldType::Text,
            _ if !self.unformed && forms.date.is_some() => {
                if forms.has_clock() {
                    FieldType::DateTime
                } else {
                    FieldType::Date
                }
            }
            _ if self.kinds & JSON != 0 => FieldType::Json,
            _ if only(INTEGER) => FieldType::Integer,
            _ if only(INTEGER | DECIMAL) => FieldType::Decimal,
            _ if only(INTEGER | DECIMAL | NUMBER) => FieldType::Number,
            _ if only(BOOLEAN) => FieldType::Boolean,
            _ if only(DATE) => FieldType::Date,
            _ if only(DATETIME) => FieldType::DateTime,
            _ => FieldType::Text,
        }
    }
}

/// What a text is when its type is not known.
fn kind(text: &str) -> u8 {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'0'..=b'9' | b'-') => {}
        Some(b't' | b'f') if matches!(text, "true" | "false") => return BOOLEAN,
        _ => return TEXT,
    }
    let digits = bytes.strip_prefix(b"-").unwrap_or(bytes);
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let canonical = whole > 0 && (whole == 1 || digits[0] != b'0');
    match digits.get(whole) {
        None if canonical && whole <= LONGEST_INTEGER && text != "-0" => INTEGER,
        Some(b'.') if canonical && digits.len() > whole + 1 && digits[whole + 1..].iter().all(u8::is_ascii_digit) => {
            DECIMAL
        }
        Some(b'-') => text_kind(text),
        _ => TEXT,
    }
}

/// What a text is that is known to be one: a date or time in the one form that is kept as it is, or a text.
fn text_kind(text: &str) -> u8 {
    if !text.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        return TEXT;
    }
    if datetime::stored_date(text).as_deref() == Some(text) {
        DATE
    } else if text.len() > 11 && datetime::stored_datetime(text).as_deref() == Some(text) {
        DATETIME
    } else {
        TEXT
    }
}

fn is_long_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.len() > LONGEST_INTEGER && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(values: &[&str]) -> &'static str {
        guessed_with(values, &Forms::default())
    }

    fn guessed_with(values: &[&str], forms: &Forms) -> &'static str {
        let mut guess = Guess::default();
        for value in values {
            guess.see(if value.is_empty() { Raw::Empty } else { Raw::Plain(value) }, forms);
        }
        guess.field_type(forms).word()
    }

    #[test]
    fn a_type_is_one_that_keeps_every_value_as_it_is() {
        for (values, expected) in [
            (&["1", "-20", "", "999999999999999999"][..], "integer"),
            (&["1", "007"], "text"),
            (&["+49301234"], "text"),
            (&["1000000000000000000"], "text"),
            (&["-0"], "text"),
            (&["1", "2.50"], "decimal"),
            (&["1.", ".5"], "text"),
            (&["1e5"], "text"),
            (&["1.5", "NA"], "text"),
            (&["true", "false"], "boolean"),
            (&["true", "TRUE"], "text"),
            (&["true", "1"], "text"),
            (&["2026-11-24", "0001-01-01"], "date"),
            (&["2026-11-24", "24.11.2026"], "text"),
            (&["2026-02-30"], "text"),
            (&["2026-11-24T06:00:00Z", "2026-11-24T06:00:00.500Z"], "datetime"),
            (&["2026-11-24T06:00:00+02:00"], "text"),
            (&["2026-11-24 06:00:00"], "text"),
            (&["", ""], "text"),
            (&["null"], "text"),
            (&["Infinity"], "text"),
        ] {
            assert_eq!(guessed(values), expected, "{values:?}");
        }
    }

    #[test]
    fn the_files_own_forms_are_understood_when_they_are_named() {
        let date = Forms { date: Some("%d.%m.%Y".into()), ..Forms::default() };
        assert_eq!(guessed_with(&["24.11.2026", "", "1.2.2026"], &date), "date");
        assert_eq!(guessed_with(&["24.11.2026", "soon"], &date), "text");
        assert_eq!(guessed_with(&["24.11.26"], &date), "text");
        assert_eq!(guessed_with(&["5", "6"], &date), "integer");
        let comma = Forms { decimal_comma: true, ..Forms::default() };
        assert_eq!(guessed_with(&["1.234,50", "-2,5"], &comma), "decimal");
        assert_eq!(guessed_with(&["1.234", "5"], &comma), "integer");
        assert_eq!(guessed_with(&["1.5"], &comma), "text");
    }
}
