//! Reading records: filtered, sorted, streamed, without holding them.

use std::ops::ControlFlow;

use rusqlite::{Connection, Statement};

use super::filter::Order;
use super::paths::{End, Paths, Scope, Step, Walk};
use super::sql::{self, Fragment, column, quote};
use super::{Store, change, filter, schema};
use crate::base::filter::Filter;
use crate::base::{Cell, Error, Result, Table, Timestamp, Value, record_id, shell};

/// Which records, which of their fields, in which order.
#[derive(Clone, Debug)]
pub struct Query<'t> {
    pub table: &'t Table,
    /// The cells of every row, in this order: fields, computed fields and dotted paths
    pub fields: Vec<String>,
    /// Checked against the table (`Filter::check`)
    pub filter: Filter,
    /// The key is always added at the end, so that the order is the same every time
    pub sort: Vec<Sort>,
    pub limit: Option<u64>,
    /// Only records after the one with this key. Where the listing is sorted, that record must be there.
    pub after: Option<Vec<Value>>,
    /// What `now()` is
    pub now: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sort {
    /// A field, or a path that leads to one value
    pub field: String,
    pub descending: bool,
}

impl<'t> Query<'t> {
    /// All records of a table, all stored fields, by key.
    pub fn all(table: &'t Table, now: Timestamp) -> Self {
        let fields = table.fields.iter().map(|field| field.name.to_string()).collect();
        Query { table, fields, filter: Filter::everything(), sort: Vec::new(), limit: None, after: None, now }
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let sort = self.sort.iter().map(|sort| sort.field.as_str());
        self.fields.iter().map(String::as_str).chain(sort).chain(self.filter.fields())
    }
}

impl Store {
    /// Streams the query's rows to `each` until it breaks. The rows are one moment's: writers do not show in between.
    pub fn read(&self, query: &Query<'_>, each: &mut dyn FnMut(&[Cell<'_>]) -> Result<ControlFlow<()>>) -> Result<()> {
        read(&self.lock(), query, each)
    }

    /// One record, all stored fields in the table's order.
    pub fn get(&self, table: &Table, key: &[Value]) -> Result<Option<Vec<Value>>> {
        change::get(&self.lock(), table, key)
    }

    /// These fields and paths of one record.
    pub fn get_fields(&self, table: &Table, key: &[Value], fields: &[String]) -> Result<Option<Vec<Value>>> {
        let connection = self.lock();
        let paths = Paths::load(&connection, table, fields.iter().map(String::as_str))?;
        let scope = Scope::new(&paths, table, self.clock.now());
        let values = fields.iter().map(|path| scope.value(&scope.walk(path)?)).collect::<Result<Vec<_>>>()?;
        one(&connection, table, key, &values)
    }

    /// How many records the filter keeps.
    pub fn count(&self, table: &Table, filter: &Filter, now: Timestamp) -> Result<u64> {
        let connection = self.lock();
        let paths = Paths::load(&connection, table, filter.fields())?;
        let condition = filter::condition(&Scope::new(&paths, table, now), filter, now)?;
        let text = format!("SELECT count(*) FROM {} WHERE {}", from(table), condition.sql);
        let mut statement = connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, condition.values.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        let row = rows.next()?.expect("count gives one row");
        Ok(u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0))
    }

    /// How SQLite will find the query's rows (sqlite.org/eqp.html), for the tests of what is slow and what is not.
    #[doc(hidden)]
    pub fn explain(&self, query: &Query<'_>) -> Result<Vec<String>> {
        let connection = self.lock();
        let select = select(&connection, query)?;
        let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", select.sql))?;
        sql::bind(&mut statement, 1, select.values.iter().map(Value::cell))?;
        let mut rows = statement.raw_query();
        let mut plan = Vec::new();
        while let Some(row) = rows.next()? {
            plan.push(row.get(3)?);
        }
        Ok(plan)
    }
}

/// Streams the query's rows on this connection, inside a transaction too.
pub(super) fn read(
    connection: &Connection,
    query: &Query<'_>,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let select = select(connection, query)?;
    let mut statement = connection.prepare_cached(&select.sql)?;
    sql::bind(&mut statement, 1, select.values.iter().map(Value::cell))?;
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

/// The query's rows one by one, each by its key: what is read of the tables and prepared is so once for all of them.
pub(super) struct Single<'c> {
    statement: Statement<'c>,
    values: Vec<Value>,
    width: usize,
}

impl<'c> Single<'c> {
    /// The query's sort, limit and `after` say nothing here.
    pub(super) fn new(connection: &'c Connection, query: &Query<'_>) -> Result<Self> {
        let table = query.table;
        let paths = Paths::load(connection, table, query.names())?;
        let scope = Scope::new(&paths, table, query.now);
        let fields = query.fields.iter().map(|path| scope.value(&scope.walk(path)?)).collect::<Result<Vec<_>>>()?;
        let mut select = Fragment::new("SELECT ");
        list(&mut select, &fields);
        select.push(&format!(" FROM {} WHERE (", from(table)));
        select.add(&filter::condition(&scope, &query.filter, query.now)?);
        let keys: Vec<String> = keys(table).map(|key| format!("{key} = ?")).collect();
        select.push(&format!(") AND {}", keys.join(" AND ")));
        let statement = connection.prepare(&select.sql)?;
        Ok(Single { statement, values: select.values, width: query.fields.len() })
    }

    /// The query's fields of the record with this key; `None` when there is none that the filter keeps.
    pub(super) fn get(&mut self, key: &[Value]) -> Result<Option<Vec<Value>>> {
        sql::bind(&mut self.statement, 1, self.values.iter().chain(key).map(Value::cell))?;
        let mut rows = self.statement.raw_query();
        rows.next()?.map(|row| sql::values(row, 0, self.width)).transpose()
    }
}

/// These expressions for the record with this key.
fn one(connection: &Connection, table: &Table, key: &[Value], values: &[Fragment]) -> Result<Option<Vec<Value>>> {
    let mut select = Fragment::new("SELECT ");
    list(&mut select, values);
    let keys: Vec<String> = keys(table).map(|key| format!("{key} = ?")).collect();
    select.push(&format!(" FROM {} WHERE {}", from(table), keys.join(" AND ")));
    select.values.extend(key.iter().cloned());
    let mut statement = connection.prepare_cached(&select.sql)?;
    sql::bind(&mut statement, 1, select.values.iter().map(Value::cell))?;
    let mut rows = statement.raw_query();
    rows.next()?.map(|row| sql::values(row, 0, values.len())).transpose()
}

fn select(connection: &Connection, query: &Query<'_>) -> Result<Fragment> {
    let table = query.table;
    let paths = Paths::load(connection, table, query.names())?;
    let scope = Scope::new(&paths, table, query.now);
    let fields = query.fields.iter().map(|path| scope.value(&scope.walk(path)?)).collect::<Result<Vec<_>>>()?;
    let sort = sort(&scope, query)?;
    let mut select = Fragment::new("SELECT ");
    list(&mut select, &fields);
    select.push(&format!(" FROM {} WHERE ", from(table)));
    select.add(&filter::condition(&scope, &query.filter, query.now)?);
    if let Some(after) = &query.after {
        select.push(" AND ");
        select.add(&behind(connection, table, &sort, after)?);
    }
    select.push(" ORDER BY ");
    for (value, descending) in &sort {
        select.add(value);
        select.push(if *descending { " DESC, " } else { ", " });
    }
    // What a filter keeps of a table is sorted faster than all of it is fetched record by record along the key's index,
    // which SQLite would prefer. The `+` keeps it from there (sqlite.org/optoverview.html#disqualifying_where_clause_terms).
    let sorted = query.filter != Filter::everything() && !schema::rowid_key(table);
    let keys = keys(table).map(|key| if sorted { format!("+{key}") } else { key });
    select.push(&keys.collect::<Vec<_>>().join(", "));
    if let Some(limit) = query.limit {
        select.push(&format!(" LIMIT {limit}"));
    }
    Ok(select)
}

fn list(select: &mut Fragment, values: &[Fragment]) {
    // Every statement gives something, also when no field is asked for.
    select.push(if values.is_empty() { "1" } else { "" });
    for (place, value) in values.iter().enumerate() {
        select.push(if place == 0 { "" } else { ", " });
        select.add(value);
    }
}

fn from(table: &Table) -> String {
    format!("{} AS {}", quote(table.name.as_str()), Scope::ROOT)
}

fn keys(table: &Table) -> impl Iterator<Item = String> {
    table.key.iter().map(|name| column(Scope::ROOT, name.as_str()))
}

/// What the listing is sorted by before the key, each with whether the largest comes first.
fn sort(scope: &Scope<'_>, query: &Query<'_>) -> Result<Vec<(Fragment, bool)>> {
    let mut parts = Vec::new();
    for Sort { field, descending } in &query.sort {
        let walk = scope.walk(field)?;
        if walk.last_many().is_some() {
            return Err(unsortable(scope.table, field, &walk));
        }
        let value = scope.value(&walk)?;
        let is_column = walk.steps.is_empty() && matches!(walk.end, End::Stored(_));
        let expressions = filter::sort_expressions(&value.sql, Order::at_end(scope, &walk)?, is_column);
        let part = |sql| (Fragment { sql, values: value.values.clone() }, *descending);
        parts.extend(expressions.into_iter().map(part));
    }
    Ok(parts)
}

fn unsortable(table: &Table, path: &str, walk: &Walk<'_>) -> Error {
    let error = Error::usage(format!("`{path}` is a list of values, which has no order"));
    match (walk.steps.as_slice(), walk.end) {
        ([Step::Many { field, from }], End::Stored(value)) => error.hint(format!(
            "add a field to sort by: `appctl tables add-field {} {}`",
            table.name.shell(),
            shell::word(&format!("NAME:rollup={}.{}:max:{}", from.name, field.name, value.name))
        )),
        _ => error.hint("sort by a rollup of them, such as their number or the largest"),
    }
}

/// Whether a record comes behind the one with this key. In a sorted listing that is where the record stands now: by its
/// values, nulls before everything, and by its key among equals.
fn behind(connection: &Connection, table: &Table, sort: &[(Fragment, bool)], key: &[Value]) -> Result<Fragment> {
    let columns = keys(table).collect::<Vec<_>>().join(", ");
    let mut condition = Fragment::new(format!("({columns}) > ({})", sql::marks(key.len())));
    condition.values.extend(key.iter().cloned());
    if sort.is_empty() {
        return Ok(condition);
    }
    let values: Vec<Fragment> = sort.iter().map(|(value, _)| value.clone()).collect();
    let stands = one(connection, table, key, &values)?.ok_or_else(|| {
        Error::not_found(format!("table `{}` has no record `{}` to go on behind", table.name, record_id::of(key)))
            .hint("a sorted listing goes on from a record that is there; `--where` can go on from a value")
    })?;
    for ((value, descending), stands) in sort.iter().zip(stands).rev() {
        condition = either(value, *descending, stands, &condition);
    }
    Ok(condition)
}

/// Behind this value, or equal to it and behind by what comes next.
fn either(value: &Fragment, descending: bool, stands: Value, next: &Fragment) -> Fragment {
    let mut condition = Fragment::new("(");
    match (descending, &stands) {
        (false, Value::Null) => condition.add(&value.clone().between("(", " IS NOT NULL)")),
        (true, Value::Null) => condition.push("0"),
        (false, _) => {
            condition.add(&value.clone().between("(", " > ?)"));
            condition.values.push(stands.clone());
        }
        (true, _) => {
            condition.add(&value.clone().between("(", " < ?"));
            condition.values.push(stands.clone());
            condition.add(&value.clone().between(" OR ", " IS NULL)"));
        }
    }
    condition.add(&value.clone().between(" OR (", " IS ?"));
    condition.values.push(stands);
    condition.add(&next.clone().between(" AND ", "))"));
    condition
}
