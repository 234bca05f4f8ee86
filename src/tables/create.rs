//! Making a table, and adding fields of one's own to it.

use crate::app::{App, OperationId};
use crate::base::{Error, Field, FieldName, FieldType, Kind, Result, Table, TableName};

use super::{FieldSpec, find, no_field};

/// What to make.
#[derive(Clone, Debug)]
pub struct CreateRequest {
    pub name: TableName,
    pub fields: Vec<FieldSpec>,
    /// The key fields in order; empty: an integer `id` that is handed out
    pub key: Vec<FieldName>,
    /// Fields in which two records cannot hold the same value
    pub unique: Vec<FieldName>,
}

/// Makes an empty table.
pub fn create(app: &App, request: CreateRequest) -> Result<(Table, Option<OperationId>)> {
    let table = table(request)?;
    let what = format!("tables create {}", table.name);
    for field in &table.fields {
        check_relation(app, &table.name, field)?;
    }
    let (_, operation) = app.store.change(&app.person(), &what, |change| change.create_table(&table))?;
    Ok((table, operation))
}

fn table(request: CreateRequest) -> Result<Table> {
    let CreateRequest { name, fields, key, unique } = request;
    let mut fields: Vec<Field> = fields.into_iter().map(|spec| spec.0).collect();
    let generated = key.is_empty();
    let key = if generated { vec![FieldName::parse("id").expect("`id` is a name")] } else { key };
    refuse_twins(&fields)?;
    if generated {
        if let Some(taken) = fields.iter().find(|field| field.name.as_str().eq_ignore_ascii_case("id")) {
            return Err(Error::usage(format!(
                "the field `{}` and the number that records get are both `id`",
                taken.name
            ))
            .hint(format!("make it the key with `--key {}`, or choose another name", taken.name)));
        }
        fields.insert(0, Field::new(key[0].clone(), FieldType::Integer));
    }
    let mut table = Table { name, fields, key, generated_key: generated, connection: None, computed: Vec::new() };
    for name in table.key.iter().chain(&unique) {
        if table.field(name.as_str()).is_none() {
            return Err(no_field(&table, name.as_str()));
        }
    }
    for field in &mut table.fields {
        if table.key.contains(&field.name) {
            refuse_as_key(field)?;
            field.required = !generated;
        }
        field.unique = unique.contains(&field.name);
    }
    Ok(table)
}

fn refuse_twins(fields: &[Field]) -> Result<()> {
    for (place, field) in fields.iter().enumerate() {
        let same = |other: &&Field| other.name.as_str().to_lowercase() == field.name.as_str().to_lowercase();
        if let Some(twin) = fields[..place].iter().find(same) {
            return Err(Error::usage(format!("the fields `{}` and `{}` have the same name", twin.name, field.name))
                .hint("upper and lower case are the same to SQLite"));
        }
    }
    Ok(())
}

fn refuse_as_key(field: &Field) -> Result<()> {
    match &field.field_type {
        FieldType::Json
        | FieldType::Binary
        | FieldType::MultiSelect { .. }
        | FieldType::LongText
        | FieldType::Number
        | FieldType::Boolean => Err(Error::usage(format!(
            "field `{}` is of type {} and cannot be the key",
            field.name,
            field.field_type.word()
        ))
        .hint("a key is a text, an integer, a date or the like")),
        _ => Ok(()),
    }
}

/// A relation points to a table that exists, or to the one that is being made.
fn check_relation(app: &App, own: &TableName, field: &Field) -> Result<()> {
    match &field.field_type {
        FieldType::Relation { table, .. } if table != own => find(app, table)
            .map(drop)
            .map_err(|error| Error { message: format!("field `{}`: {}", field.name, error.message), ..error }),
        _ => Ok(()),
    }
}

/// Adds a field of one's own to a table, filled by a connection or not. It is null in every record.
pub fn add_field(app: &App, name: &TableName, spec: FieldSpec) -> Result<(Table, Option<OperationId>)> {
    let table = find(app, name)?;
    let field = spec.0;
    if field.required {
        refuse_required(app, &table, &field)?;
    }
    let what = format!("tables add-field {name} {}", field.name);
    check_relation(app, &table.name, &field)?;
    app.store.change(&app.person(), &what, |change| change.add_field(&table, &field))
}

fn refuse_required(app: &App, table: &Table, field: &Field) -> Result<()> {
    let records = super::overview(app, table.clone())?.records;
    let why = match &table.connection {
        Some(connection) => format!("the records of `{}` come from connection `{connection}` without it", table.name),
        None if records > 0 => format!("table `{}` has {records} records without it", table.name),
        None => return Ok(()),
    };
    Err(Error::new(Kind::Usage, format!("field `{}` cannot be required: {why}", field.name)).hint(format!(
        "leave the `!` away: `{}:{}`",
        field.name,
        field.field_type.word()
    )))
}
