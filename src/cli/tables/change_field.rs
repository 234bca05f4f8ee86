//! `appctl tables change-field`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use super::show::types;
use crate::app::{App, OperationId};
use crate::base::{Cell, Compute, Error, FieldType, Kind, OnDelete, Result, TableName, Value};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::records;
use crate::tables::{self, Becomes, ChangeFieldRequest, FieldChange};

#[derive(clap::Args)]
#[command(
    after_help = format!(
        "{}

Every value is converted without loss: a text becomes an integer only when it reads the same afterwards, a decimal only when
it is whole. When one cannot be converted nothing is changed, and the first of them are listed.

Examples:
  appctl tables change-field tasks estimate:decimal --dry-run
  appctl tables change-field tasks status:select=open,doing,done
  appctl tables change-field tasks owner --on-delete clear
  appctl tables change-field people email --required --unique",
        types()
    )
)]
pub struct Args {
    /// The table
    #[arg(add = ArgValueCompleter::new(complete::tables))]
    table: TableName,
    /// The field; `:TYPE` behind it only when that shall change
    #[arg(value_name = "FIELD:TYPE")]
    field: String,
    /// Refuse records without it
    #[arg(long, conflicts_with = "optional")]
    required: bool,
    /// Take records without it
    #[arg(long)]
    optional: bool,
    /// Refuse two records with the same value in it
    #[arg(long, conflicts_with = "no_unique")]
    unique: bool,
    /// Take several records with the same value in it
    #[arg(long)]
    no_unique: bool,
    /// What becomes of a relation when the record that it points to is deleted
    #[arg(long, value_name = "restrict|clear|cascade", value_parser = on_delete)]
    on_delete: Option<OnDelete>,
    /// Show what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn on_delete(text: &str) -> Result<OnDelete, String> {
    OnDelete::ALL.into_iter().find(|chosen| chosen.word() == text).ok_or_else(|| {
        let words = OnDelete::ALL.map(OnDelete::word).join(", ");
        format!("it is none of {words}")
    })
}

pub async fn run(app: &mut App, ui: &mut Ui, args: Args) -> Result<()> {
    let (field, kind) = tables::named(&args.field)?;
    let (kind, mark) = match kind {
        Some(kind) if !Compute::WORDS.iter().any(|word| kind.starts_with(&format!("{word}="))) => {
            kind.strip_suffix('!').map_or((Some(kind), false), |kind| (Some(kind), true))
        }
        other => (other, false),
    };
    let flag = |yes: bool, no: bool| (yes || no).then_some(yes);
    let request = ChangeFieldRequest {
        table: args.table,
        becomes: kind.map(|kind| becomes(kind).map_err(|error| about(&field, error))).transpose()?,
        field,
        required: flag(args.required || mark, args.optional),
        unique: flag(args.unique, args.no_unique),
        on_delete: args.on_delete,
        dry_run: args.dry_run,
        interrupt: ui.interrupted(),
    };
    if request.becomes.is_none()
        && request.required.is_none()
        && request.unique.is_none()
        && request.on_delete.is_none()
    {
        return Err(Error::usage(format!("nothing to change about `{}` is given", request.field)).hint(format!(
            "give a type (`{}:integer`), `--required`, `--optional`, `--unique`, `--no-unique` or `--on-delete`",
            request.field
        )));
    }
    let change = tables::change_field(app, &request, &records::converter)?;
    let changed = Changed::of(&request, &change);
    if change.conversion.refused == 0 || request.dry_run {
        return ui.outcome(&changed);
    }
    let error = changed.refusal();
    ui.outcome(&changed)?;
    Err(error)
}

fn becomes(kind: &str) -> Result<Becomes> {
    match Compute::parse(kind) {
        Some(how) => how.map(Becomes::Computed),
        None => FieldType::parse(kind).map(Becomes::Stored),
    }
}

fn about(field: &crate::base::FieldName, error: Error) -> Error {
    Error { message: format!("field `{field}`: {}", error.message), ..error }
}

/// What was done or would be, for people and scripts.
#[derive(Serialize)]
struct Changed {
    table: String,
    field: String,
    #[serde(rename = "type")]
    kind: &'static str,
    /// What it becomes, in words: `integer`, `required and unique`
    #[serde(skip)]
    becomes: String,
    dry_run: bool,
    values: u64,
    /// Values that are stored in another form
    changed: u64,
    refused: u64,
    /// The first of those that cannot be converted
    examples: Vec<Example>,
    operation: Option<OperationId>,
}

#[derive(Serialize)]
struct Example {
    record: String,
    value: Option<String>,
    reason: String,
}

impl Changed {
    fn of(request: &ChangeFieldRequest, change: &FieldChange) -> Self {
        let FieldChange { table, conversion, operation } = change;
        let name = request.field.as_str();
        let kind = match (table.field(name), table.computed(name)) {
            (Some(field), _) => field.field_type.word(),
            (None, Some(computed)) => computed.how.word(),
            (None, None) => "",
        };
        let examples = conversion.examples.iter().map(|refusal| {
            let key: Vec<Cell<'_>> = refusal.key.iter().map(Value::cell).collect();
            let value = Some(refusal.value.cell()).filter(|cell| *cell != Cell::Null);
            let value = value.map(|cell| records::print_key(&[cell]));
            Example { record: records::print_key(&key), value, reason: refusal.reason.clone() }
        });
        Changed {
            table: table.name.to_string(),
            field: name.to_owned(),
            kind,
            becomes: in_words(request, kind),
            dry_run: request.dry_run,
            values: conversion.values,
            changed: conversion.changed,
            refused: conversion.refused,
            examples: examples.collect(),
            operation: *operation,
        }
    }

    fn refusal(&self) -> Error {
        Error::new(Kind::Failed, format!("{}; nothing was changed", self.refused_words())).hint(format!(
            "change these values first, for example with `appctl records update {} {} {}=…`",
            words::shell(&self.table),
            words::shell(&self.examples[0].record),
            words::shell(&self.field)
        ))
    }

    fn refused_words(&self) -> String {
        let more = if self.refused > self.examples.len() as u64 {
            format!(" (the first {} are shown)", self.examples.len())
        } else {
            String::new()
        };
        let fit = if self.refused == 1 { "does not fit" } else { "do not fit" };
        let records = words::counted(self.refused, "record", "records");
        format!(
            "field `{}` of table `{}` cannot become {}: {records} {fit}{more}",
            self.field, self.table, self.becomes
        )
    }
}

fn in_words(request: &ChangeFieldRequest, kind: &str) -> String {
    let rule =
        |asked: Option<bool>, yes: &'static str, no: &'static str| asked.map(|asked| if asked { yes } else { no });
    let parts = [
        request.becomes.is_some().then_some(kind),
        rule(request.required, "required", "optional"),
        rule(request.unique, "unique", "not unique"),
        request.on_delete.map(|on_delete| match on_delete {
            OnDelete::Restrict => "a relation that restricts",
            OnDelete::Clear => "a relation that is cleared",
            OnDelete::Cascade => "a relation that cascades",
        }),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

impl Outcome for Changed {
    fn sheet(&self) -> Sheet {
        if self.examples.is_empty() {
            return Sheet::nothing();
        }
        let rows = self.examples.iter().map(|example| {
            vec![Value::text(&example.record), Value::from(example.value.clone()), Value::text(&example.reason)]
        });
        Sheet::list(["record", "value", "reason"].map(Column::text), rows)
    }

    fn said(&self) -> Option<String> {
        if self.refused > 0 {
            return self.dry_run.then(|| format!("{}; this was a dry run", self.refused_words()));
        }
        let values = words::counted(self.values, "value", "values");
        let rewritten = match (self.values, self.changed) {
            (0, _) => String::new(),
            (_, 0) => format!(", {values} unchanged"),
            (_, changed) => format!(", {} of {values} in another form", words::count(changed)),
        };
        let Changed { table, field, becomes, .. } = self;
        Some(match (self.dry_run, self.operation) {
            (true, _) => {
                format!("field `{field}` of table `{table}` can become {becomes}{rewritten}; this was a dry run")
            }
            (false, Some(id)) => format!(
                "field `{field}` of table `{table}` became {becomes}{rewritten}; `appctl undo {id}` changes it back"
            ),
            (false, None) => format!("field `{field}` of table `{table}` became {becomes}{rewritten}"),
        })
    }
}
