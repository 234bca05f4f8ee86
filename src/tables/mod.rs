//! The tables of an app: which there are, what they are made of, making and widening them, and reading across them with
//! SQL. What is in one table is `records`' business.

use serde::Serialize;

use crate::app::{App, EachRow, SelectLimits, Selected};
use crate::base::filter::Filter;
use crate::base::names::closest;
use crate::base::{Computed, Error, Field, FieldType, Kind, Result, Table, TableName};

mod change_field;
mod create;
mod inverse;
mod lock;
mod references;
mod remove;
mod rename;
mod spec;

pub use change_field::{Becomes, ChangeFieldRequest, Converter, FieldChange, change_field};
pub use create::{CreateRequest, add_field, create};
pub use inverse::{Inverse, inverses};
pub use remove::{drop, drop_field, droppable, droppable_field, refuse_referred};
pub use rename::{rename, rename_field};
pub use spec::{FieldSpec, named};

/// A table and how many records it has.
#[derive(Clone, Debug, PartialEq)]
pub struct Overview {
    pub table: Table,
    pub records: u64,
    /// The relations of other tables that point here, by the name under which they are read
    pub inverses: Vec<Inverse>,
}

/// All tables, by name.
pub fn list(app: &App) -> Result<Vec<Overview>> {
    app.store.tables()?.into_iter().map(|table| overview(app, table)).collect()
}

/// One table. `Kind::NotFound`, with the name that was probably meant, when there is none.
pub fn show(app: &App, name: &TableName) -> Result<Overview> {
    overview(app, find(app, name)?)
}

fn overview(app: &App, table: Table) -> Result<Overview> {
    let records = app.store.count(&table, &Filter::everything(), app.clock.now())?;
    let inverses = inverses(&app.store.tables()?, &table);
    Ok(Overview { table, records, inverses })
}

/// The table of this name. `Kind::NotFound`, with the name that was probably meant, when there is none.
pub fn find(app: &App, name: &TableName) -> Result<Table> {
    app.store.table(name).map_err(|error| match error.kind {
        Kind::NotFound => no_table(app, name),
        _ => error,
    })
}

fn no_table(app: &App, name: &TableName) -> Error {
    let error = Error::not_found(format!("no table is named `{name}`"));
    let tables = app.store.tables().unwrap_or_default();
    match closest(name.as_str(), tables.iter().map(|table| table.name.as_str())) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if tables.is_empty() => error.hint("make one with `appctl tables create NAME FIELD:TYPE…`"),
        None => error.hint("see `appctl tables list`"),
    }
}

/// The error for a field that a table does not have, with the name that was probably meant.
pub fn no_field(table: &Table, name: &str) -> Error {
    let error = Error::not_found(format!("table `{}` has no field `{name}`", table.name));
    match closest(name, table.fields.iter().map(|field| field.name.as_str())) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if table.fields.len() > 20 => error.hint(format!("see `appctl tables show {}`", table.name.shell())),
        None => {
            let names: Vec<&str> = table.fields.iter().map(|field| field.name.as_str()).collect();
            error.hint(format!("the fields are {}", names.join(", ")))
        }
    }
}

/// Runs read-only SQL over the tables, streaming its rows with their columns' names.
///
/// `Kind::Denied` for anything but reading, `Kind::Usage` for SQL that cannot be understood.
pub fn query(app: &App, sql: &str, limits: &SelectLimits, each: &mut EachRow<'_>) -> Result<Selected> {
    app.store.select(sql, limits, each)
}

/// A field's description for scripts.
#[derive(Clone, Debug, Serialize)]
pub struct FieldView<'t> {
    pub name: &'t str,
    #[serde(rename = "type")]
    pub field_type: &'static str,
    /// The options of a `select` or `multi_select`
    pub options: Option<&'t [String]>,
    /// The table that a `relation` points to
    pub relation: Option<&'t str>,
    /// What becomes of a `relation` when the record that it points to is deleted
    pub on_delete: Option<&'static str>,
    pub required: bool,
    pub unique: bool,
    pub key: bool,
    /// A connection fills it, so it cannot be written here
    pub locked: bool,
}

/// The fields of a table, in order.
pub fn fields(table: &Table) -> Vec<FieldView<'_>> {
    table.fields.iter().map(|field| field_view(table, field)).collect()
}

fn field_view<'t>(table: &'t Table, field: &'t Field) -> FieldView<'t> {
    let Field { name, field_type, required, unique, .. } = field;
    FieldView {
        name: name.as_str(),
        field_type: field_type.word(),
        options: match field_type {
            FieldType::Select { options } | FieldType::MultiSelect { options } => Some(options),
            _ => None,
        },
        relation: match field_type {
            FieldType::Relation { table, .. } => Some(table.as_str()),
            _ => None,
        },
        on_delete: match field_type {
            FieldType::Relation { on_delete, .. } => Some(on_delete.word()),
            _ => None,
        },
        required: *required,
        unique: *unique || (table.key.len() == 1 && table.is_key(name)),
        key: table.is_key(name),
        locked: table.is_locked(field),
    }
}

/// A computed field's description for scripts.
#[derive(Clone, Debug, Serialize)]
pub struct ComputedView<'t> {
    pub name: &'t str,
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// As it is written behind the type: `owner.email`, `tasks.owner:count`
    pub of: String,
}

/// The computed fields of a table, in order.
pub fn computed(table: &Table) -> Vec<ComputedView<'_>> {
    let views = table.computed.iter().map(|Computed { name, how }| ComputedView {
        name: name.as_str(),
        kind: how.word(),
        of: how.detail(),
    });
    views.collect()
}
