//! Making a table, and adding fields of one's own to it.

use crate::app::{App, OperationId};
use crate::base::{Error, Field, FieldName, FieldType, Kind, Result, Table, TableName};

use super::references::Tables;
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
    let tables = Tables::with(app.store.tables()?, &table);
    table.fields.iter().try_for_each(|field| tables.check_field(field))?;
    table.computed.iter().try_for_each(|computed| tables.check_computed(&table, computed))?;
    let (_, operation) = app.store.change(&app.person(), &what, |change| change.create_table(&table))?;
    Ok((table, operation))
}

fn table(request: CreateRequest) -> Result<Table> {
    let CreateRequest { name, fields: specs, key, unique } = request;
    let generated = key.is_empty();
    let key = if generated { vec![FieldName::parse("id").expect("`id` is a name")] } else { key };
    refuse_twins(&specs)?;
    let (mut fields, mut computed) = (Vec::new(), Vec::new());
    if generated {
        if let Some(taken) = specs.iter().map(FieldSpec::name).find(|name| name.as_str().eq_ignore_ascii_case("id")) {
            return Err(Error::usage(format!("the field `{taken}` and the number that records get are both `id`"))
                .hint(format!("make it the key with `--key {taken}`, or choose another name")));
        }
        fields.push(Field::new(key[0].clone(), FieldType::Integer));
    }
    for spec in specs {
        match spec {
            FieldSpec::Stored(field) => fields.push(field),
            FieldSpec::Computed(field) => computed.push(field),
        }
    }
    let mut table = Table { name, fields, key, generated_key: generated, connection: None, computed };
    for name in table.key.iter().chain(&unique) {
        if table.computed(name.as_str()).is_some() {
            return Err(Error::usage(format!("field `{name}` is worked out; it cannot be the key or unique")));
        }
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

fn refuse_twins(specs: &[FieldSpec]) -> Result<()> {
    for (place, spec) in specs.iter().enumerate() {
        let name = spec.name();
        let same = |other: &&FieldSpec| other.name().as_str().to_lowercase() == name.as_str().to_lowercase();
        if let Some(twin) = specs[..place].iter().find(same) {
            return Err(Error::usage(format!("the fields `{}` and `{name}` have the same name", twin.name()))
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

/// Adds a field of one's own to a table, filled by a connection or not. It is null in every record.
pub fn add_field(app: &App, name: &TableName, spec: FieldSpec) -> Result<(Table, Option<OperationId>)> {
    let table = find(app, name)?;
    let what = format!("tables add-field {name} {}", spec.name());
    let tables = Tables::with(app.store.tables()?, &table);
    match spec {
        FieldSpec::Stored(field) => {
            tables.check_field(&field)?;
            if field.required {
                refuse_required(app, &table, &field)?;
            }
            app.store.change(&app.person(), &what, |change| change.add_field(&table, &field))
        }
        FieldSpec::Computed(computed) => {
            tables.check_computed(&table, &computed)?;
            app.store.change(&app.person(), &what, |change| change.add_computed(&table, &computed, None))
        }
    }
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
