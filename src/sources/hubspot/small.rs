//! Objects that are small and have fixed fields: read whole, cell by cell out of JSON.

use serde_json::{Map, Value as Json};

use super::super::{Column, Shape};
use super::cells;
use super::properties::column;
use crate::base::{FieldType, Rows};

/// One field: its name in HubSpot's JSON, what people call it, its type.
pub(super) type SmallField = (&'static str, &'static str, FieldType);

pub(super) fn shape(object: &str, title: &str, key: &[&str], fields: &[SmallField], note: &str) -> Shape {
    let columns = fields
        .iter()
        .map(|(id, title, field_type)| column(id, title, field_type.clone(), field_type.word(), key.contains(id)));
    Shape {
        object: object.to_owned(),
        title: title.to_owned(),
        columns: columns.collect(),
        key: key.iter().map(|id| (*id).to_owned()).collect(),
        cursors: Vec::new(),
        filters: false,
        notes: vec![note.to_owned()],
    }
}

pub(super) fn push(rows: &mut Rows, columns: &[Column], record: &Map<String, Json>) {
    for column in columns {
        match record.get(&column.id) {
            None | Some(Json::Null) => rows.push_null(),
            Some(Json::String(text)) => cells::push(rows, &column.field_type, Some(text)),
            Some(Json::Bool(truth)) => rows.push_integer(i64::from(*truth)),
            Some(Json::Number(number)) if column.field_type == FieldType::Integer && number.is_i64() => {
                rows.push_integer(number.as_i64().unwrap_or_default());
            }
            Some(other) => rows.push_text(&other.to_string()),
        }
    }
}
