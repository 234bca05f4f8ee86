//! Relations seen from the table that they point to: `people.tasks` for `tasks.owner`.

use serde::Serialize;

use crate::base::{FieldType, Table};

/// A relation of some table that points here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inverse {
    /// The name under which its records are read: `tasks`, or `tasks_by_owner` where that is not clear
    pub name: String,
    pub table: String,
    /// The relation field of `table`
    pub field: String,
    pub on_delete: &'static str,
}

/// The relations that point to a table. One is named after its table when no other relation of that table points here and
/// no field has that name.
pub fn inverses(tables: &[Table], here: &Table) -> Vec<Inverse> {
    let mut found = Vec::new();
    for table in tables {
        let relations = table.fields.iter().filter_map(|field| match &field.field_type {
            FieldType::Relation { table: target, on_delete } if *target == here.name => Some((field, on_delete)),
            _ => None,
        });
        let relations: Vec<_> = relations.collect();
        let taken = here.field(table.name.as_str()).is_some() || here.computed(table.name.as_str()).is_some();
        for (field, on_delete) in &relations {
            let name = match relations.len() {
                1 if !taken => table.name.to_string(),
                _ => format!("{}_by_{}", table.name, field.name),
            };
            let (table, field) = (table.name.to_string(), field.name.to_string());
            found.push(Inverse { name, table, field, on_delete: on_delete.word() });
        }
    }
    found
}
