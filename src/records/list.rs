//! From what a person asks for (`--where`, `--sort -amount,owner.name`, `--fields`, `--after`) to a query of the store.

use std::collections::BTreeMap;

use crate::app::{App, Query, Sort};
use crate::base::filter::Filter;
use crate::base::{FieldType, Result, Table, record_id};
use crate::tables;

use super::key;

/// What to list, as it was written. Fields are names, or paths through relations: `owner.name`, `tasks.title`.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// A filter
    pub filter: Option<String>,
    /// Fields to sort by, `-` in front for the largest first
    pub sort: Vec<String>,
    /// Fields to give; empty: all that are stored
    pub fields: Vec<String>,
    pub limit: Option<u64>,
    /// The id of the record before the first
    pub after: Option<String>,
}

/// What is shown under one name of a listing.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    pub name: String,
    pub field_type: FieldType,
}

/// The query for a listing, checked against the table and those that it hangs together with.
pub fn prepare<'t>(app: &App, table: &'t Table, listing: &Listing) -> Result<Query<'t>> {
    let sort: Vec<Sort> = listing.sort.iter().map(|text| sort(table, text)).collect();
    let query = Query {
        fields: if listing.fields.is_empty() { stored(table) } else { listing.fields.clone() },
        filter: filter(app, table, listing.filter.as_deref())?,
        sort,
        limit: listing.limit,
        after: listing.after.as_deref().map(|id| key::find(app, table, id)).transpose()?,
        ..Query::all(table, app.clock.now())
    };
    let names = query.fields.iter().chain(query.sort.iter().map(|sort| &sort.field));
    shapes(app, table, names.map(String::as_str)).map(drop)?;
    Ok(query)
}

/// What a query gives, in the order of its cells. `Kind::NotFound` for a field that there is not.
pub fn columns(app: &App, query: &Query<'_>) -> Result<Vec<Shape>> {
    shapes(app, query.table, query.fields.iter().map(String::as_str))
}

/// The names of everything that a record has: its stored fields, then what is worked out.
pub fn all_fields(table: &Table) -> Vec<String> {
    let computed = table.computed.iter().map(|computed| computed.name.to_string());
    stored(table).into_iter().chain(computed).collect()
}

fn stored(table: &Table) -> Vec<String> {
    table.fields.iter().map(|field| field.name.to_string()).collect()
}

pub(super) fn shapes<'n>(app: &App, table: &Table, names: impl Iterator<Item = &'n str> + Clone) -> Result<Vec<Shape>> {
    let paths = app.store.paths(table, names.clone())?;
    let shape = |name: &str| {
        let meaning = paths.meaning(table, name)?;
        Ok(Shape { name: name.to_owned(), field_type: meaning.field_type })
    };
    names.map(shape).collect()
}

/// The filter that this text is on this table; everything without one.
pub(super) fn filter(app: &App, table: &Table, text: Option<&str>) -> Result<Filter> {
    let Some(text) = text else { return Ok(Filter::everything()) };
    let filter = Filter::parse(text)?;
    let names = filter.fields();
    let paths = app.store.paths(table, names.iter().copied())?;
    let (mut compared, mut pointed) = (BTreeMap::new(), BTreeMap::new());
    for name in names {
        let meaning = paths.meaning(table, name)?;
        if let Some(other) = meaning.ids_of {
            pointed.insert(name, key::plain(&tables::find(app, &other)?, &|name| super::value::existing(app, name))?);
        }
        compared.insert(name, meaning.compared);
    }
    let checked = filter.check_paths(table, &|name| compared.get(name).cloned())?;
    // An id of several parts may be written in several ways, and is stored in one: `EU,"5"` is `EU,5`.
    Ok(checked.form(&|name, id| Some(record_id::of(&key::parse(pointed.get(name)?, id).ok()?))))
}

fn sort(table: &Table, text: &str) -> Sort {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) if table.field(text).is_none() && table.computed(text).is_none() => (name, true),
        _ => (text, false),
    };
    Sort { field: name.to_owned(), descending }
}
