//! An object's properties as columns. Types: developers.hubspot.com, "Properties", section "Property type and fieldType
//! values".

use serde::Deserialize;

use super::super::{Column, Shape};
use super::api::Api;
use super::objects::Crm;
use crate::base::{FieldType, Result};
use crate::http::Request;

/// The key column.
pub(super) const ID: &str = "id";
/// System columns beside the properties. Property names are lower case, so these can never be one.
pub(super) const CREATED: &str = "createdAt";
pub(super) const UPDATED: &str = "updatedAt";

#[derive(Deserialize)]
struct Properties {
    results: Vec<Property>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: String,
    #[serde(default)]
    label: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    field_type: String,
    #[serde(default)]
    options: Vec<PropertyOption>,
    #[serde(default)]
    calculated: bool,
    #[serde(default)]
    archived: bool,
}

#[derive(Deserialize)]
struct PropertyOption {
    #[serde(default)]
    value: String,
}

/// `GET /crm/v3/properties/{type}`.
pub(super) async fn shape(api: &mut Api, object: &Crm) -> Result<Shape> {
    let properties: Properties = api.json(&Request::get(format!("/crm/v3/properties/{}", object.path))).await?;
    let mut columns = vec![column(ID, "Record id", FieldType::Text, "id", true)];
    // A property of that name would be the key's twin, and HubSpot gives it the same value.
    let usable = properties.results.into_iter().filter(|property| !property.archived && property.name != ID);
    columns.extend(usable.map(Property::into_column));
    columns.push(column(CREATED, "Created at", FieldType::DateTime, "datetime", false));
    columns.push(column(UPDATED, "Updated at", FieldType::DateTime, "datetime", false));
    let calculated = columns.iter().filter(|column| column.calculated).count();
    let mut notes = vec!["associations are tables of their own".to_owned()];
    if calculated > 0 {
        notes.push(format!("{calculated} calculated properties are read again on a cadence (`calculated_every`)"));
    }
    Ok(Shape {
        object: object.id.clone(),
        title: object.title.clone(),
        columns,
        key: vec![ID.to_owned()],
        cursors: vec![object.cursor().to_owned()],
        // Evaluated at the source, a filter would hide the records that stop matching it, and they would stay for ever.
        filters: false,
        notes,
    })
}

pub(super) fn column(id: &str, title: &str, field_type: FieldType, native: &str, required: bool) -> Column {
    let (id, title, native) = (id.to_owned(), title.to_owned(), native.to_owned());
    Column { id, title, field_type, native, required, calculated: false }
}

impl Property {
    fn into_column(self) -> Column {
        let field_type = self.field_type();
        let title = if self.label.is_empty() { self.name.clone() } else { self.label };
        // Roll-ups and scores are worked out by HubSpot without touching the record's modification date.
        let calculated = self.calculated || self.field_type.starts_with("calculation_");
        Column { id: self.name, title, field_type, native: self.kind, required: false, calculated }
    }

    fn field_type(&self) -> FieldType {
        let options = || self.options.iter().map(|option| option.value.clone()).collect::<Vec<_>>();
        match (self.kind.as_str(), self.field_type.as_str()) {
            ("number", _) => FieldType::Decimal,
            ("bool", _) => FieldType::Boolean,
            ("date", _) => FieldType::Date,
            ("datetime", _) => FieldType::DateTime,
            ("enumeration", "booleancheckbox") => FieldType::Boolean,
            ("enumeration", "checkbox") => FieldType::MultiSelect { options: options() },
            ("enumeration", _) => FieldType::Select { options: options() },
            ("phone_number", _) | ("string", "phonenumber") => FieldType::Phone,
            ("json" | "object_coordinates", _) => FieldType::Json,
            ("string", "textarea" | "html") => FieldType::LongText,
            ("string", _) if self.name == "email" => FieldType::Email,
            _ => FieldType::Text,
        }
    }
}
