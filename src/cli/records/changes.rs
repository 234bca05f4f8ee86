//! The changed fields of a record, for `records history` and `log OPERATION`.

use serde::Serialize;
use serde_json::Value as Json;

use crate::app::FieldChange;
use crate::base::{FieldType, Table, Value};

#[derive(Clone, Serialize)]
pub struct FieldShown {
    pub field: String,
    pub before: Json,
    pub after: Json,
}

/// With values as they are of the field's type now; as texts where the field is gone.
pub fn shown_fields(table: Option<&Table>, fields: Vec<FieldChange>) -> Vec<FieldShown> {
    let shown = fields.into_iter().map(|FieldChange { field, before, after }| {
        let field_type =
            table.and_then(|table| table.field(&field)).map_or(&FieldType::Text, |field| &field.field_type);
        FieldShown { before: before.to_json(field_type), after: after.to_json(field_type), field }
    });
    shown.collect()
}

/// A value of JSON as it stands in a table.
pub fn text_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::String(text) => Value::text(text),
        other => Value::Text(other.to_string()),
    }
}
