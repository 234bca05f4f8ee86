//! Looks at the file and the table before anything is written: where each column goes, what a new table is made of, and
//! which way the rows take.

use std::ops::ControlFlow;

use super::infer::Guess;
use super::mapping::{self, Said, new_name};
use super::read::{Header, ReadOptions, Source};
use super::{Event, Mapped, Plan, Request, Target, Tell, Way};
use crate::app::App;
use crate::base::filter::Filter;
use crate::base::{Error, Field, FieldName, FieldType, Kind, Result, Table};
use crate::tables::{self, no_field};

/// What will be done.
///
/// `Kind::Usage` when a column has no field or the key cannot tell records apart, `Kind::NotFound` when the table is not
/// there and not to be made, `Kind::Denied` for what a connection fills.
pub fn plan(
    app: &App,
    source: &mut Source,
    options: &ReadOptions,
    request: &Request,
    tell: &mut Tell<'_>,
) -> Result<Plan> {
    let said = Said::of(source, request)?;
    let numbered = options.header == Header::None;
    if request.create {
        refuse_taken(app, request)?;
        return new(source, numbered, request, &said, tell).and_then(|plan| {
            plan.table.fields.iter().try_for_each(|field| related(app, &plan.table, field))?;
            Ok(plan)
        });
    }
    let table = tables::find(app, &request.table).map_err(|error| match error.kind {
        Kind::NotFound if error.hint.as_deref().is_none_or(|hint| !hint.starts_with("did you mean")) => {
            error.hint("add `--create` to make it from the file")
        }
        _ => error,
    })?;
    existing(app, source, table, numbered, request, &said)
}

fn refuse_taken(app: &App, request: &Request) -> Result<()> {
    let lower = request.table.as_str().to_lowercase();
    match app.store.tables()?.iter().find(|table| table.name.as_str().to_lowercase() == lower) {
        None => Ok(()),
        Some(taken) => Err(Error::new(Kind::Conflict, format!("there is a table named `{}` already", taken.name))
            .hint("leave `--create` away to add to it, or choose another name")),
    }
}

fn related(app: &App, own: &Table, field: &Field) -> Result<()> {
    match &field.field_type {
        FieldType::Relation { table, .. } if *table != own.name => tables::find(app, table).map(drop),
        _ => Ok(()),
    }
}

fn existing(app: &App, source: &Source, table: Table, numbered: bool, request: &Request, said: &Said) -> Result<Plan> {
    let columns = mapping::to_existing(source, &table, said, numbered)?;
    mapping::check(source, &table, &columns)?;
    if let Some((name, kind)) = request.types.first() {
        let field = table.field(name.as_str()).ok_or_else(|| no_field(&table, name.as_str()))?;
        if field.field_type != *kind {
            return Err(Error::usage(format!(
                "field `{name}` of table `{}` is of type {} already",
                table.name,
                field.field_type.word()
            ))
            .hint("`--type` is for a table that is made with `--create`"));
        }
    }
    let given = |name: &FieldName| {
        columns.iter().any(|one| matches!(one.target, Target::Field(place) if table.fields[place].name == *name))
    };
    for name in &request.key {
        if table.field(name.as_str()).is_none() {
            return Err(no_field(&table, name.as_str()));
        }
        if !given(name) {
            return Err(Error::usage(format!("no column of `{}` goes to the key `{name}`", source.name))
                .hint(format!("name it with `--map COLUMN={name}`")));
        }
    }
    let way = way(app, &table, &columns, request)?;
    let adds = way == Way::Fill || (way == Way::Merge && request.key.is_empty());
    if let Some(field) = table.fields.iter().find(|field| adds && field.required && !given(&field.name)) {
        return Err(Error::usage(format!(
            "field `{}` is required, and no column of `{}` goes to it",
            field.name, source.name
        ))
        .hint(format!("name the column with `--map COLUMN={}`", field.name)));
    }
    Ok(Plan { table, is_new: false, columns, key: request.key.clone(), rows: None, way })
}

fn way(app: &App, table: &Table, columns: &[Mapped], request: &Request) -> Result<Way> {
    let Some(connection) = &table.connection else {
        let records = app.store.count(table, &Filter::everything(), app.clock.now())?;
        return Ok(if records == 0 { Way::Fill } else { Way::Merge });
    };
    if request.key.is_empty() {
        return Err(Error::new(
            Kind::Denied,
            format!("table `{}` is filled by connection `{connection}`: its records come and go there", table.name),
        )
        .hint("name the key with `--key` to fill fields of your own in records that are there"));
    }
    for one in columns {
        let Target::Field(place) = one.target else { continue };
        let field = &table.fields[place];
        if table.is_locked(field) && !request.key.contains(&field.name) {
            return Err(Error::new(
                Kind::Denied,
                format!("field `{}` of table `{}` is filled by connection `{connection}`", field.name, table.name),
            )
            .hint(format!("leave the column out with `--ignore '{}'`", one.column)));
        }
    }
    Ok(Way::Update)
}

/// A table made of the file's columns, each of a type that all of its values have.
fn new(source: &mut Source, numbered: bool, request: &Request, said: &Said, tell: &mut Tell<'_>) -> Result<Plan> {
    let mut names = Vec::new();
    for (place, column) in source.columns.iter().enumerate() {
        names.push(match &said.fields[place] {
            _ if said.ignored[place] => None,
            Some(name) => Some(name.clone()),
            None => Some(new_name(column, numbered)?),
        });
    }
    refuse_too_many(&names)?;
    let (guesses, rows) = look(source, request, tell)?;
    let (mut fields, mut columns): (Vec<Field>, Vec<Mapped>) = (Vec::new(), Vec::new());
    for (place, name) in names.into_iter().enumerate() {
        let column = source.columns[place].clone();
        let Some(name) = name else {
            columns.push(Mapped { column, target: Target::Ignored });
            continue;
        };
        if let Some(twin) =
            fields.iter().position(|field| field.name.as_str().to_lowercase() == name.as_str().to_lowercase())
        {
            let twin = columns.iter().find(|one| one.target == Target::Field(twin)).map_or("", |one| &one.column);
            return Err(Error::usage(format!("columns `{twin}` and `{column}` both go to field `{name}`"))
                .hint(format!("give one another name: `--map '{column}=FIELD'`")));
        }
        let said = request.types.iter().find(|(field, _)| *field == name).map(|(_, kind)| kind.clone());
        columns.push(Mapped { column, target: Target::Field(fields.len()) });
        fields.push(Field::new(name, said.unwrap_or_else(|| guesses[place].field_type(&request.forms))));
    }
    let mut table = Table {
        name: request.table.clone(),
        fields,
        key: request.key.clone(),
        generated_key: false,
        connection: None,
        computed: Vec::new(),
    };
    for (name, _) in &request.types {
        if table.field(name.as_str()).is_none() {
            return Err(no_field(&table, name.as_str()));
        }
    }
    give_key(&mut table, &mut columns)?;
    Ok(Plan { table, is_new: true, columns, key: request.key.clone(), rows: Some(rows), way: Way::Fill })
}

/// SQLite's own limit (sqlite.org/limits.html), less one for the number that records get.
const MOST_FIELDS: usize = 1_999;

fn refuse_too_many(names: &[Option<FieldName>]) -> Result<()> {
    let count = names.iter().flatten().count();
    if count <= MOST_FIELDS {
        return Ok(());
    }
    Err(Error::usage(format!("there are {count} columns, and a table has at most {MOST_FIELDS} fields"))
        .hint("leave columns out with `--ignore`, or turn the file so that they become rows"))
}

/// The key that was named, else the column `id`, else a number that each record gets.
fn give_key(table: &mut Table, columns: &mut [Mapped]) -> Result<()> {
    let id = FieldName::parse("id").expect("`id` is a name");
    if table.key.is_empty() {
        match table.fields.iter().find(|field| field.name.as_str().eq_ignore_ascii_case("id")) {
            Some(field) => {
                table.generated_key = field.field_type == FieldType::Integer;
                table.key = vec![field.name.clone()];
            }
            None => {
                table.fields.insert(0, Field::new(id.clone(), FieldType::Integer));
                table.key = vec![id];
                table.generated_key = true;
                for one in columns {
                    if let Target::Field(place) = &mut one.target {
                        *place += 1;
                    }
                }
            }
        }
    }
    for name in table.key.clone() {
        let missing = no_field(table, name.as_str());
        let generated = table.generated_key;
        let field = table.fields.iter_mut().find(|field| field.name == name).ok_or(missing)?;
        field.required = !generated;
        if matches!(
            field.field_type,
            FieldType::Json
                | FieldType::Binary
                | FieldType::MultiSelect { .. }
                | FieldType::LongText
                | FieldType::Number
                | FieldType::Boolean
        ) {
            return Err(Error::usage(format!(
                "field `{name}` is of type {} and cannot be the key",
                field.field_type.word()
            ))
            .hint(format!("choose another key with `--key FIELD`, or another type with `--type {name}:text`")));
        }
    }
    Ok(())
}

/// Reads all values once.
fn look(source: &mut Source, request: &Request, tell: &mut Tell<'_>) -> Result<(Vec<Guess>, u64)> {
    let mut guesses = vec![Guess::default(); source.columns.len()];
    let mut rows = 0;
    source.rows(&mut |row| {
        rows += 1;
        if rows % 4096 == 0 {
            tell(Event::Rows(0))?;
        }
        if row.fault.is_none() {
            for (guess, raw) in guesses.iter_mut().zip(&row.cells) {
                guess.see(*raw, &request.forms);
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((guesses, rows))
}
