//! `appctl log OPERATION`

use serde::Serialize;

use super::list::Line;
use crate::app::{App, Detail, OperationId};
use crate::base::{FieldType, Result, TableName, Value};
use crate::cli::records::changes::{FieldShown, shown_fields, text_of};
use crate::cli::ui::{Column, Outcome, Sheet, Ui};
use crate::{operations, records, tables};

pub fn run(app: &App, ui: &mut Ui, id: OperationId, limit: u64) -> Result<()> {
    let operation = Line::from(operations::find(app, id)?);
    let (details, more) = operations::details(app, id, limit)?;
    let changes = details.into_iter().map(|detail| Shown::of(app, detail)).collect();
    ui.outcome(&Details { operation, changes, more })
}

#[derive(Serialize)]
struct Details {
    #[serde(flatten)]
    operation: Line,
    changes: Vec<Shown>,
    /// Whether there are more changes than the limit
    more: bool,
}

/// One thing that an operation did.
#[derive(Serialize)]
struct Shown {
    table: Option<String>,
    /// The record's id
    record: Option<String>,
    /// The field, or the connection or account that was changed
    name: Option<String>,
    change: String,
    fields: Vec<FieldShown>,
}

impl Shown {
    fn of(app: &App, detail: Detail) -> Self {
        let some = |text: String| (!text.is_empty()).then_some(text);
        match detail {
            Detail::Record { table, key, kind, fields } => {
                let cells: Vec<_> = key.iter().map(Value::cell).collect();
                let described = TableName::parse(&table).and_then(|name| tables::find(app, &name)).ok();
                Shown {
                    record: Some(records::print_key(&cells)),
                    name: None,
                    change: kind.word().to_owned(),
                    fields: shown_fields(described.as_ref(), fields),
                    table: Some(table),
                }
            }
            Detail::Other { table, name, kind } => {
                // A document's name is a JSON list: its kind and what it is called.
                let document: Option<Vec<String>> = serde_json::from_str(&name).ok().filter(|_| table.is_empty());
                let name = document.map_or(name, |parts| parts.join(" "));
                Shown { table: some(table), record: None, name: some(name), change: word(&kind), fields: Vec::new() }
            }
        }
    }
}

/// A recorded kind in people's words: `rename_field` is `field renamed`.
fn word(kind: &str) -> String {
    match kind {
        "create_table" => "table made",
        "load" | "fill" => "records loaded",
        "empty" => "records removed",
        "drop_table" => "table dropped",
        "rename_table" => "table renamed",
        "add_field" | "add_computed" => "field added",
        "drop_field" | "drop_computed" => "field dropped",
        "rename_field" => "field renamed",
        "change_field" => "field changed",
        "redescribe" => "described anew",
        "carry" => "follows a new name",
        "document" => "settings changed",
        other => other,
    }
    .to_owned()
}

impl Outcome for Details {
    fn sheet(&self) -> Sheet {
        let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::Text);
        let columns = ["table", "record", "change", "field", "before", "after"].map(Column::text);
        let rows = self.changes.iter().flat_map(|change| {
            let row = |field: Value, before: Value, after: Value| {
                vec![text(&change.table), text(&change.record), Value::text(&change.change), field, before, after]
            };
            if change.fields.is_empty() {
                return vec![row(text(&change.name), Value::Null, Value::Null)];
            }
            let fields = change.fields.iter();
            fields.map(|field| row(Value::text(&field.field), text_of(&field.before), text_of(&field.after))).collect()
        });
        Sheet::list(columns, rows)
    }

    fn shown(&self) -> Sheet {
        let Line { operation, at, by, what, undoes, undone_by, .. } = &self.operation;
        let mut thing = vec![
            (Column::count("operation"), Value::Integer(*operation)),
            (Column::new("at", FieldType::DateTime), Value::text(at)),
            (Column::text("by"), Value::text(by)),
            (Column::text("what"), Value::text(what)),
        ];
        thing.extend(undoes.map(|id| (Column::count("undoes"), Value::Integer(id))));
        thing.extend(undone_by.map(|id| (Column::text("undone"), Value::Text(format!("by {id}")))));
        let mut sheet = Sheet::thing(thing);
        sheet.parts.extend(self.sheet().parts);
        sheet
    }

    fn said(&self) -> Option<String> {
        self.more.then(|| "there are more: raise `--limit`".to_owned())
    }
}
