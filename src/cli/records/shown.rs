//! What a command shows of what it did: one record with its fields, or how many it wrote.

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::base::{Table, Value};
use crate::cli::ui::{Column, Outcome, Sheet, words};
use crate::records::Written;

/// One record as an outcome: its keys are its fields, null is never left out.
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

/// What a command did to many records, or would do.
pub struct Done<'t> {
    pub table: &'t Table,
    pub verb: Verb,
    pub written: Written,
    /// Whether it was taken back
    pub dry: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Create,
    Update,
    Upsert,
    Delete,
}

impl Done<'_> {
    /// The counts that the verb can have, with their words.
    fn counts(&self) -> Vec<(&'static str, u64)> {
        let Written { created, updated, unchanged, deleted, cascaded, cleared, .. } = self.written;
        match self.verb {
            Verb::Create => vec![("created", created)],
            Verb::Update => vec![("updated", updated), ("unchanged", unchanged)],
            Verb::Upsert => vec![("created", created), ("updated", updated), ("unchanged", unchanged)],
            Verb::Delete => vec![("deleted", deleted), ("cascaded", cascaded), ("cleared", cleared)],
        }
    }
}

impl Serialize for Done<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("table", self.table.name.as_str())?;
        for (word, count) in self.counts() {
            map.serialize_entry(word, &count)?;
        }
        map.serialize_entry("operation", &self.written.operation)?;
        if self.dry {
            map.serialize_entry("dry_run", &true)?;
            map.serialize_entry("ids", &self.written.ids)?;
        }
        map.end()
    }
}

impl Outcome for Done<'_> {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    /// `` changed 3 records of `tasks`, 2 were so already; `appctl undo 7` takes it back ``
    fn said(&self) -> Option<String> {
        Some(match (self.dry, self.written.operation) {
            (true, _) => format!("dry run: {}{}; nothing was changed", self.did(), self.first()),
            (false, Some(id)) if self.verb != Verb::Create => {
                format!("{}; `appctl undo {id}` {}", self.did(), self.back())
            }
            (false, _) => self.did(),
        })
    }
}

impl Done<'_> {
    fn did(&self) -> String {
        let Written { created, updated, unchanged, deleted, .. } = self.written;
        let (table, records) = (&self.table.name, |count| words::counted(count, "record", "records"));
        let text = match self.verb {
            Verb::Create => format!("created {} in `{table}`", records(created)),
            Verb::Delete => format!("deleted {} of `{table}`{}", records(deleted), along(&self.written)),
            _ if created > 0 && updated > 0 => {
                format!("created {} in `{table}` and changed {}", records(created), words::count(updated))
            }
            _ if created > 0 => format!("created {} in `{table}`", records(created)),
            _ => format!("changed {} of `{table}`", records(updated)),
        };
        match unchanged {
            0 => text,
            1 => format!("{text}, 1 was so already"),
            many => format!("{text}, {} were so already", words::count(many)),
        }
    }

    fn back(&self) -> &'static str {
        match self.verb {
            Verb::Delete if self.written.deleted + self.written.cascaded == 1 => "brings it back",
            Verb::Delete => "brings them back",
            _ => "takes it back",
        }
    }

    /// ` (1, 2, 3 and 40 more)`
    fn first(&self) -> String {
        let ids = &self.written.ids;
        if ids.is_empty() {
            return String::new();
        }
        match self.written.records() - ids.len() as u64 {
            0 => format!(" ({})", ids.join(", ")),
            more => format!(" ({} and {} more)", ids.join(", "), words::count(more)),
        }
    }
}

/// What a delete does beside its records: `, and 3 records that point to them`.
pub fn along(written: &Written) -> String {
    let Written { deleted, cascaded, cleared, .. } = *written;
    let them = if deleted == 1 { "it" } else { "them" };
    let records = |count: u64, one: &str, many: &str| {
        format!("{} {}", words::counted(count, "record", "records"), if count == 1 { one } else { many })
    };
    match (cascaded, cleared) {
        (0, 0) => String::new(),
        (_, 0) => format!(", and with {them} {}", records(cascaded, "that points there", "that point there")),
        (0, _) => format!("; {} to {them}", records(cleared, "no longer points", "no longer point")),
        _ => format!(
            ", and with {them} {}; {} to {them}",
            records(cascaded, "that points there", "that point there"),
            records(cleared, "no longer points", "no longer point")
        ),
    }
}
