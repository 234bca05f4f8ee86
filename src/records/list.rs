//! From what a person asks for (`--where`, `--sort -amount,name`, `--fields`, `--after`) to a query of the store.

use crate::app::{App, Query, Sort};
use crate::base::filter::Filter;
use crate::base::{Error, FieldName, FieldType, Result, Table, Value};
use crate::tables::{self, no_field};

use super::key;

/// What to list, as it was written.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// A filter
    pub filter: Option<String>,
    /// Fields to sort by, `-` in front for the largest first
    pub sort: Vec<String>,
    /// Fields to give; empty: all
    pub fields: Vec<String>,
    pub limit: Option<u64>,
    /// The id of the record before the first
    pub after: Option<String>,
}

/// The query for a listing, checked against the table.
pub fn prepare<'t>(app: &App, table: &'t Table, listing: &Listing) -> Result<Query<'t>> {
    let fields = match listing.fields.as_slice() {
        [] => table.fields.iter().map(|field| field.name.clone()).collect(),
        names => names.iter().map(|name| field(table, name)).collect::<Result<_>>()?,
    };
    let after = listing.after.as_deref().map(|id| after(app, table, listing, id)).transpose()?;
    Ok(Query {
        table,
        fields,
        filter: filter(app, table, listing.filter.as_deref())?,
        sort: listing.sort.iter().map(|text| sort(table, text)).collect::<Result<_>>()?,
        limit: listing.limit,
        after,
        now: app.clock.now(),
    })
}

/// The filter that this text is on this table; everything without one.
pub(super) fn filter(app: &App, table: &Table, text: Option<&str>) -> Result<Filter> {
    let Some(text) = text else { return Ok(Filter::everything()) };
    let filter = Filter::parse(text)?;
    // A relation is compared as the key that it holds.
    let mut plain = table.clone();
    for field in &mut plain.fields {
        if let FieldType::Relation { table, .. } = &field.field_type
            && let Ok(target) = tables::find(app, table)
        {
            field.field_type = match target.key_fields().collect::<Vec<_>>().as_slice() {
                [only] if !matches!(only.field_type, FieldType::Relation { .. }) => only.field_type.clone(),
                [_] => continue,
                _ => FieldType::Text,
            };
        }
    }
    filter.check_on(&plain)
}

fn field(table: &Table, name: &str) -> Result<FieldName> {
    table.field(name).map(|field| field.name.clone()).ok_or_else(|| no_field(table, name))
}

fn sort(table: &Table, text: &str) -> Result<Sort> {
    let (name, descending) = match text.strip_prefix('-') {
        Some(name) if table.field(text).is_none() => (name, true),
        _ => (text, false),
    };
    Ok(Sort { field: field(table, name)?, descending })
}

fn after(app: &App, table: &Table, listing: &Listing, id: &str) -> Result<Vec<Value>> {
    if listing.sort.is_empty() {
        return key::find(app, table, id);
    }
    Err(Error::usage("`--after` goes by the key and cannot be combined with `--sort`")
        .hint("leave one of them away; `--where` can go on from a sorted value"))
}
