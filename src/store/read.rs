//! Reading records: filtered, sorted, streamed, without holding them.

use std::ops::ControlFlow;

use rusqlite::Connection;

use super::sql::{self, quote, quote_all};
use super::{Store, change, filter};
use crate::base::filter::Filter;
use crate::base::{Cell, Error, FieldName, Result, Table, Timestamp, Value};

/// Which records, which of their fields, in which order.
#[derive(Clone, Debug)]
pub struct Query<'t> {
    pub table: &'t Table,
    /// The cells of every row, in this order
    pub fields: Vec<FieldName>,
    /// Checked against the table (`Filter::check`)
    pub filter: Filter,
    /// The key is always added at the end, so that the order is the same every time
    pub sort: Vec<Sort>,
    pub limit: Option<u64>,
    /// Only records after this key, in the key's order; cannot be combined with `sort`
    pub after: Option<Vec<Value>>,
    /// What `now()` is
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    pub field: FieldName,
    pub descending: bool,
}

impl<'t> Query<'t> {
    /// All records of a table, all fields, by key.
    pub fn all(table: &'t Table, now: Timestamp) -> Self {
        let fields = table.fields.iter().map(|field| field.name.clone()).collect();
        Query { table, fields, filter: Filter::All(Vec::new()), sort: Vec::new(), limit: None, after: None, now }
    }
}

impl Store {
    /// Streams the query's rows to `each` until it breaks. The rows are one moment's: writers do not show in between.
    pub fn read(&self, query: &Query<'_>, each: &mut dyn FnMut(&[Cell<'_>]) -> Result<ControlFlow<()>>) -> Result<()> {
        read(&self.lock(), query, each)
    }

    /// One record, all fields in the table's order.
    pub fn get(&self, table: &Table, key: &[Value]) -> Result<Option<Vec<Value>>> {
        change::get(&self.lock(), table, key)
    }

    /// How many records the filter keeps.
    pub fn count(&self, table: &Table, filter: &Filter, now: Timestamp) -> Result<u64> {
        let condition = filter::condition(table, filter, now)?;
        let text = format!("SELECT count(*) FROM {} WHERE {}", quote(table.name.as_str()), condition.sql);
        let connection = self.lock();
        let mut statement = connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, condition.values.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        let row = rows.next()?.expect("count gives one row");
        Ok(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0))
    }
}

/// Streams the query's rows on this connection, inside a transaction too.
pub(super) fn read(
    connection: &Connection,
    query: &Query<'_>,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let (text, values) = select(query)?;
    let mut statement = connection.prepare_cached(&text)?;
    sql::bind(&mut statement, 1, values.iter().map(Value::cell))?;
    let width = query.fields.len();
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next()? {
        let mut cells = Vec::with_capacity(width);
        for index in 0..width {
            cells.push(sql::cell(row.get_ref(index)?));
        }
        if each(&cells)?.is_break() {
            break;
        }
    }
    Ok(())
}

fn select(query: &Query<'_>) -> Result<(String, Vec<Value>)> {
    let table = query.table;
    let condition = filter::condition(table, &query.filter, query.now)?;
    let mut values = condition.values;
    let mut text = format!(
        "SELECT {} FROM {} WHERE {}",
        quote_all(query.fields.iter().map(AsRef::as_ref)),
        quote(table.name.as_str()),
        condition.sql
    );
    if let Some(after) = &query.after {
        if !query.sort.is_empty() {
            return Err(Error::usage("`after` follows the key's order and cannot be combined with a sort"));
        }
        let key = quote_all(table.key.iter().map(AsRef::as_ref));
        text.push_str(&format!(" AND ({key}) > ({})", sql::marks(after.len())));
        values.extend(after.iter().cloned());
    }
    text.push_str(&format!(" ORDER BY {}", order(query)?));
    if let Some(limit) = query.limit {
        text.push_str(&format!(" LIMIT {limit}"));
    }
    Ok((text, values))
}

fn order(query: &Query<'_>) -> Result<String> {
    let mut parts = Vec::new();
    for sort in &query.sort {
        let field = query.table.field(sort.field.as_str()).ok_or_else(|| {
            Error::usage(format!("table `{}` has no field `{}`", query.table.name, sort.field))
                .hint(format!("see `appctl tables show {}`", query.table.name))
        })?;
        let direction = if sort.descending { " DESC" } else { "" };
        let expressions = filter::sort_expressions(query.table, field).into_iter();
        parts.extend(expressions.map(|expression| format!("{expression}{direction}")));
    }
    parts.extend(query.table.key.iter().map(|name| quote(name.as_str())));
    Ok(parts.join(", "))
}
