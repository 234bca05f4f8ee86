//! What the engine tells while it works, on its way to the bar and to the person.

use std::collections::BTreeMap;

use crate::cli::ui::{Progress, Ui};
use crate::connections::Event;

/// Listens to one run.
pub struct Watch {
    progress: Progress,
    /// The name of the connection, in front of its objects
    name: String,
    tables: BTreeMap<String, String>,
}

impl Watch {
    pub fn new(ui: &Ui, name: &str) -> Self {
        Watch { progress: ui.progress(), name: name.to_owned(), tables: BTreeMap::new() }
    }

    pub fn hear(&mut self, event: Event) {
        match event {
            Event::Resumed { pages, rows } => {
                self.progress
                    .note(&format!("`{}` goes on where it stopped, after {pages} pages and {rows} rows", self.name));
            }
            Event::Object { object, table } => {
                self.progress.step(&format!("{}: {table}", self.name));
                self.tables.insert(object, table);
            }
            Event::Staged { object, rows, total } => {
                let table = self.tables.get(&object).unwrap_or(&object);
                self.progress.show(&format!("{}: {table}", self.name), rows, total, "rows");
            }
            Event::Note { object: Some(object), text } => {
                self.progress.note(&format!("{}: {object}: {text}", self.name))
            }
            Event::Note { object: None, text } => self.progress.note(&format!("{}: {text}", self.name)),
            Event::Applying => self.progress.step(&format!("{}: writing", self.name)),
        }
    }
}
