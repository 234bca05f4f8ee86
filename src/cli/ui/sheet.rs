//! What an outcome looks like to a person: pairs for one thing, columns for a list.

use std::borrow::Cow;

use crate::base::search::Marked;
use crate::base::{Cell, Field, FieldType, Value, sanitize};

/// Something a command found or did. As JSON it is what `Serialize` makes of it (a list is an array of objects, one thing
/// an object); as a table or CSV it is its sheet.
pub trait Outcome: serde::Serialize {
    fn sheet(&self) -> Sheet;

    /// What a person sees of it, where that is not the whole sheet
    fn shown(&self) -> Sheet {
        self.sheet()
    }

    /// What is said beside it on stderr when people read: "synced `crm`: 1,204 new, 31 changed"
    fn said(&self) -> Option<String> {
        None
    }
}

impl<T: Outcome> Outcome for &T {
    fn sheet(&self) -> Sheet {
        (**self).sheet()
    }

    fn shown(&self) -> Sheet {
        (**self).shown()
    }

    fn said(&self) -> Option<String> {
        (**self).said()
    }
}

/// Parts that are shown one below the other; CSV takes the first list, else the first thing.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    pub parts: Vec<Part>,
}

#[derive(Clone, Debug)]
pub enum Part {
    /// One thing: names and values below each other
    Thing(Vec<(Column, Value)>),
    List {
        columns: Vec<Column>,
        rows: Vec<Vec<Value>>,
    },
    /// A list for people only, with places in its texts that stand out
    Marked {
        columns: Vec<Column>,
        rows: Vec<Vec<Marked>>,
    },
    /// A line of text between other parts, for people only
    Text(String),
}

impl Sheet {
    /// Nothing to show; `said` says it all.
    pub fn nothing() -> Self {
        Sheet::default()
    }

    /// A list. Columns are names, or `Column`s where values are numbers or dates.
    pub fn list<C: Into<Column>>(
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Self {
        Sheet::nothing().and_list(columns, rows)
    }

    /// One thing.
    pub fn thing<C: Into<Column>>(pairs: impl IntoIterator<Item = (C, Value)>) -> Self {
        Sheet::nothing().and_thing(pairs)
    }

    #[must_use]
    pub fn and_list<C: Into<Column>>(
        mut self,
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.parts.push(Part::List { columns, rows: rows.into_iter().collect() });
        self
    }

    #[must_use]
    pub fn and_marked<C: Into<Column>>(
        mut self,
        columns: impl IntoIterator<Item = C>,
        rows: impl IntoIterator<Item = Vec<Marked>>,
    ) -> Self {
        let columns = columns.into_iter().map(Into::into).collect();
        self.parts.push(Part::Marked { columns, rows: rows.into_iter().collect() });
        self
    }

    #[must_use]
    pub fn and_thing<C: Into<Column>>(mut self, pairs: impl IntoIterator<Item = (C, Value)>) -> Self {
        self.parts.push(Part::Thing(pairs.into_iter().map(|(column, value)| (column.into(), value)).collect()));
        self
    }

    #[must_use]
    pub fn and_text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }
}

/// A column: the name that is its JSON key, and the type of its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub field_type: FieldType,
}

impl Column {
    pub fn new(name: impl Into<String>, field_type: FieldType) -> Self {
        Column { name: name.into(), field_type }
    }

    pub fn text(name: impl Into<String>) -> Self {
        Column::new(name, FieldType::Text)
    }

    /// A whole number, which is written at the right edge of its column.
    pub fn count(name: impl Into<String>) -> Self {
        Column::new(name, FieldType::Integer)
    }

    /// A value as a person reads it in this column.
    pub fn shown(&self, value: &Value) -> String {
        match value {
            Value::Blob(bytes) => format!("<{} bytes>", bytes.len()),
            other => sanitize::line(&cell_text(other.cell(), &self.field_type)).into_owned(),
        }
    }

    /// Whether the digits should stand below each other.
    pub fn is_number(&self) -> bool {
        matches!(self.field_type, FieldType::Integer | FieldType::Number | FieldType::Decimal | FieldType::Currency)
    }
}

impl From<&str> for Column {
    fn from(name: &str) -> Self {
        Column::text(name)
    }
}

impl From<String> for Column {
    fn from(name: String) -> Self {
        Column::text(name)
    }
}

impl From<&Field> for Column {
    fn from(field: &Field) -> Self {
        Column::new(field.name.as_str(), field.field_type.clone())
    }
}

/// A cell as text, unguarded and unshortened; null is empty. Binary is base64, as in JSON.
pub fn cell_text<'a>(cell: Cell<'a>, field_type: &FieldType) -> Cow<'a, str> {
    match (cell, field_type) {
        (Cell::Null, _) => Cow::Borrowed(""),
        (Cell::Integer(number), FieldType::Boolean) => Cow::Borrowed(if number == 0 { "false" } else { "true" }),
        (Cell::Integer(number), _) => Cow::Owned(number.to_string()),
        // As JSON writes it, so that 1.0 is not taken for an integer and 1e300 is not 300 zeros.
        (Cell::Real(number), _) => Cow::Owned(format!("{number:?}")),
        (Cell::Text(text), _) => Cow::Borrowed(text),
        (blob @ Cell::Blob(_), _) => match blob.to_json(field_type) {
            serde_json::Value::String(text) => Cow::Owned(text),
            other => Cow::Owned(other.to_string()),
        },
    }
}
