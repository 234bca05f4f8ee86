//! What an import is going to do, what is wrong with its rows, and what it did.

use serde::Serialize;

use crate::cli::ui::{Outcome, Sheet, words};
use crate::records::import::{Bad, Plan, Report, Request, Source, Target};

use super::errors::Errors;

/// How many columns are named.
const COLUMNS: usize = 50;

/// Where each column goes.
pub fn plan(source: &Source, plan: &Plan) -> String {
    let mut text = format!("`{}`: {}", source.name, source.described);
    for one in plan.columns.iter().take(COLUMNS) {
        let to = match one.target {
            Target::Field(place) => {
                let field = &plan.table.fields[place];
                let key = if plan.is_new && plan.table.is_key(&field.name) { ", key" } else { "" };
                let kind = if plan.is_new { format!(" ({}{key})", field.field_type.word()) } else { String::new() };
                format!("-> {}{kind}", field.name)
            }
            Target::Ignored => "is left out".to_owned(),
            Target::Computed => "is left out: the field is worked out".to_owned(),
            Target::Nowhere => "has no field".to_owned(),
        };
        text.push_str(&format!("\n  {} {to}", if one.column.is_empty() { "(no name)" } else { &one.column }));
    }
    if let Some(more) = plan.columns.len().checked_sub(COLUMNS).filter(|more| *more > 0) {
        text.push_str(&format!("\n  and {} more", words::counted(more as u64, "column", "columns")));
    }
    text
}

/// The first of the errors.
pub fn errors(source: &Source, report: &Report, errors: &Errors) -> String {
    let mut text = format!("{} cannot be imported", words::counted(report.bad, "row", "rows"));
    for bad in &errors.first {
        let column = bad.column.as_ref().map(|column| format!(", `{column}`")).unwrap_or_default();
        text.push_str(&format!("\n  {} {}{column}: {}", source.unit(), bad.place, bad.reason));
    }
    match (errors.count.checked_sub(errors.first.len() as u64), &errors.written) {
        (_, Some(path)) => text.push_str(&format!("\n  all errors are in `{}`", path.display())),
        (Some(more), None) if more > 0 => {
            text.push_str(&format!("\n  and {} more", words::counted(more, "error", "errors")));
        }
        _ => {}
    }
    text
}

/// What an import did.
#[derive(Serialize)]
pub struct Imported {
    table: String,
    /// Whether the table was made
    created: bool,
    dry_run: bool,
    rows: u64,
    inserted: u64,
    updated: u64,
    unchanged: u64,
    /// Rows that could not be brought
    bad: u64,
    operation: Option<i64>,
    /// The first of them
    errors: Vec<Bad>,
    report: Option<String>,
    #[serde(skip)]
    done: bool,
}

impl Imported {
    pub fn of(plan: &Plan, request: &Request, report: &Report, errors: &Errors) -> Self {
        let done = |count: u64| if report.done { count } else { 0 };
        Imported {
            table: plan.table.name.to_string(),
            created: plan.is_new && report.done,
            dry_run: request.dry_run,
            rows: report.rows,
            inserted: done(report.inserted),
            updated: done(report.updated),
            unchanged: done(report.unchanged),
            bad: report.bad,
            operation: report.operation,
            errors: errors.first.clone(),
            report: errors.written.as_ref().map(|path| path.display().to_string()),
            done: report.done,
        }
    }
}

impl Outcome for Imported {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        if !self.done {
            return None;
        }
        let new = if self.created { "new " } else { "" };
        let mut counts = vec![format!("{} new", words::count(self.inserted))];
        for (count, word) in [(self.updated, "changed"), (self.unchanged, "unchanged"), (self.bad, "skipped")] {
            if count > 0 {
                counts.push(format!("{} {word}", words::count(count)));
            }
        }
        let counts = counts.join(", ");
        if self.dry_run {
            return Some(format!("would import into {new}table `{}`: {counts}; nothing was changed", self.table));
        }
        let back = self.operation.map(|id| format!("; `appctl undo {id}` takes it back")).unwrap_or_default();
        Some(format!("imported into {new}table `{}`: {counts}{back}", self.table))
    }
}
