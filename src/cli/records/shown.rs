//! One record as an outcome: its keys are its fields, null is never left out.

use serde::{Serialize, Serializer};

use crate::base::{Table, Value};
use crate::cli::ui::{Column, Outcome, Sheet};

pub struct Shown<'t> {
    pub table: &'t Table,
    /// In the table's order
    pub values: Vec<Value>,
    pub said: Option<String>,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs = self.table.fields.iter().zip(&self.values);
        serializer.collect_map(pairs.map(|(field, value)| (field.name.as_str(), value.to_json(&field.field_type))))
    }
}

impl Outcome for Shown<'_> {
    fn sheet(&self) -> Sheet {
        let pairs = self.table.fields.iter().zip(&self.values);
        Sheet::thing(pairs.map(|(field, value)| (Column::from(field), value.clone())))
    }

    fn said(&self) -> Option<String> {
        self.said.clone()
    }
}

/// What a command did to many records.
#[derive(Serialize)]
pub struct Done {
    pub table: String,
    /// `created` or `deleted`
    #[serde(flatten)]
    pub records: std::collections::BTreeMap<&'static str, u64>,
    pub operation: Option<i64>,
    #[serde(skip)]
    pub said: String,
}

impl Outcome for Done {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        Some(self.said.clone())
    }
}
