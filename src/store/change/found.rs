//! Records that stand in the way, as an error names them: the first twenty.

use super::pointing::Pointer;
use crate::base::{TableName, Value, record_id};

/// What was found so far.
#[derive(Default)]
pub(super) struct Found {
    named: Vec<String>,
    records: usize,
    /// The tables it was found in
    pub tables: Vec<TableName>,
}

/// How many records an error names.
const MOST: usize = 20;

impl Found {
    /// How many more it makes sense to look for.
    pub fn room(&self) -> u32 {
        u32::try_from((MOST + 1).saturating_sub(self.records)).unwrap_or(0)
    }

    /// Adds the records of these keys: `` `tasks` 3, 4 point to `people` 1 (`owner`) ``.
    pub fn add(&mut self, keys: &[Vec<Value>], pointer: &Pointer, to: &TableName, held: &Value) {
        if keys.is_empty() {
            return;
        }
        let left = MOST.saturating_sub(self.records);
        let ids: Vec<String> = keys.iter().take(left).map(|key| record_id::of(key)).collect();
        if !ids.is_empty() {
            let point = if keys.len() == 1 { "points" } else { "point" };
            let held = record_id::of(std::slice::from_ref(held));
            let (table, field) = (&pointer.table.name, &pointer.field.name);
            self.named.push(format!("`{table}` {} {point} to `{to}` {held} (`{field}`)", ids.join(", ")));
        }
        self.records += keys.len();
        self.tables.push(pointer.table.name.clone());
    }

    pub fn add_one(&mut self, named: String) {
        if self.records < MOST {
            self.named.push(named);
        }
        self.records += 1;
    }

    pub fn is_empty(&self) -> bool {
        self.named.is_empty()
    }

    pub fn shown(&self) -> String {
        format!("{}{}", self.named.join("; "), if self.records > MOST { "; and more" } else { "" })
    }
}
