//! A walk in SQLite's language: correlated subqueries that find the records by their key, or by the index on the relation.
//! Names are always quoted and qualified, values are always parameters.

use std::cell::Cell;

use super::walk::Rollup;
use super::{End, Paths, Step, Walk};
use crate::base::expression::Expression;
use crate::base::{Field, FieldType, Result, RollupFunction, Table, Timestamp};
use crate::store::expression::formula_sql;
use crate::store::filter;
use crate::store::schema;
use crate::store::sql::{Fragment, column, quote};

/// Writes the expressions of one statement over a table, which is called `t0` there.
pub struct Scope<'p> {
    pub paths: &'p Paths,
    pub table: &'p Table,
    /// What `now()` is in a formula
    now: Timestamp,
    last: Cell<usize>,
}

/// The records that a walk comes by: what stands behind FROM and WHERE, and where it ends.
pub struct Chain<'p> {
    pub from: String,
    pub on: String,
    pub alias: String,
    pub table: &'p Table,
    /// What orders the records
    keys: Vec<String>,
}

impl<'p> Scope<'p> {
    /// The name of the scope's own table.
    pub const ROOT: &'static str = "t0";

    pub fn new(paths: &'p Paths, table: &'p Table, now: Timestamp) -> Self {
        Scope { paths, table, now, last: Cell::new(0) }
    }

    pub fn walk(&self, path: &str) -> Result<Walk<'p>> {
        self.paths.walk(self.table, path)
    }

    /// The value of a path, which is a JSON list when there may be many.
    pub fn value(&self, walk: &Walk<'p>) -> Result<Fragment> {
        self.along(Self::ROOT, self.table, &walk.steps, walk)
    }

    /// The value of what is left of a walk, from the record that `alias` is.
    pub fn along(&self, alias: &str, table: &'p Table, steps: &[Step<'p>], walk: &Walk<'p>) -> Result<Fragment> {
        match steps {
            [] => self.end(alias, table, walk),
            [Step::One { field, to }, rest @ ..] => {
                let next = self.alias();
                let inner = self.along(&next, to, rest, walk)?;
                let on = self.points(alias, field, &next, to);
                Ok(inner.between("(SELECT ", &format!(" FROM {} AS {next} WHERE {on})", quote(to.name.as_str()))))
            }
            [Step::Many { .. }, ..] => self.list(alias, table, steps, walk),
        }
    }

    fn list(&self, alias: &str, table: &'p Table, steps: &[Step<'p>], walk: &Walk<'p>) -> Result<Fragment> {
        let many = |step: &Step<'_>| matches!(step, Step::Many { .. });
        let last = steps.iter().rposition(many).unwrap_or_default();
        let chain = self.chain(alias, table, &steps[..=last]);
        let value = self.along(&chain.alias, chain.table, &steps[last + 1..], walk)?;
        let word = list_word(&self.end_type(walk)?);
        let behind = format!(", '{word}' ORDER BY {}) FROM {} WHERE {})", chain.keys.join(", "), chain.from, chain.on);
        Ok(value.between("(SELECT json_list(", &behind))
    }

    /// The records along these steps, at least one, from the record that `alias` is.
    pub fn chain(&self, alias: &str, table: &'p Table, steps: &[Step<'p>]) -> Chain<'p> {
        let (mut here, mut here_table) = (alias.to_owned(), table);
        let mut chain = Chain { from: String::new(), on: String::new(), alias: here.clone(), table, keys: Vec::new() };
        for step in steps {
            let next = self.alias();
            let (on, to) = match step {
                Step::One { field, to } => (self.points(&here, field, &next, to), *to),
                Step::Many { field, from } => {
                    chain.keys.extend(from.key.iter().map(|name| column(&next, name.as_str())));
                    (format!("{} = {}", column(&next, field.name.as_str()), reference(&here, here_table)), *from)
                }
            };
            if chain.from.is_empty() {
                chain.from = format!("{} AS {next}", quote(to.name.as_str()));
                chain.on = on;
            } else {
                chain.from.push_str(&format!(" JOIN {} AS {next} ON {on}", quote(to.name.as_str())));
            }
            (here, here_table) = (next, to);
        }
        Chain { alias: here, table: here_table, ..chain }
    }

    /// What is taken of the record at the end.
    fn end(&self, alias: &str, table: &'p Table, walk: &Walk<'p>) -> Result<Fragment> {
        match &walk.end {
            End::Record => Ok(Fragment::new(reference(alias, table))),
            End::Stored(field) => Ok(Fragment::new(column(alias, field.name.as_str()))),
            End::Formula(formula) => {
                let (sql, values, _) = formula_sql(table, alias, &Expression::parse(formula)?, self.now)?;
                Ok(Fragment { sql, values })
            }
            End::Rollup(rollup) => Ok(Fragment::new(self.rollup(alias, table, rollup))),
        }
    }

    /// The type of one value at the end of a walk.
    pub fn end_type(&self, walk: &Walk<'_>) -> Result<FieldType> {
        Ok(match &walk.end {
            End::Record => FieldType::Relation { table: walk.table.name.clone(), on_delete: Default::default() },
            End::Stored(field) => field.field_type.clone(),
            End::Formula(formula) => Expression::parse(formula)?.check(walk.table)?.field_type,
            End::Rollup(Rollup { function: RollupFunction::Count, .. } | Rollup { field: None, .. }) => {
                FieldType::Integer
            }
            End::Rollup(Rollup { field: Some(field), function, .. }) => match (function, &field.field_type) {
                (RollupFunction::Avg, FieldType::Integer) => FieldType::Decimal,
                (_, field_type) => field_type.clone(),
            },
        })
    }

    fn rollup(&self, alias: &str, table: &Table, rollup: &Rollup<'_>) -> String {
        let next = self.alias();
        let relation = column(&next, rollup.relation.name.as_str());
        let mut behind = format!(
            "FROM {} AS {next} WHERE {relation} = {}",
            quote(rollup.table.name.as_str()),
            reference(alias, table)
        );
        let Some(field) = rollup.field.filter(|_| rollup.function != RollupFunction::Count) else {
            return format!("(SELECT count(*) {behind})");
        };
        let value = column(&next, field.name.as_str());
        let function = match (rollup.function, &field.field_type) {
            (RollupFunction::Sum, FieldType::Integer) => "integer_sum",
            (RollupFunction::Sum, FieldType::Number) => "number_sum",
            (RollupFunction::Sum, FieldType::Currency) => "currency_sum",
            (RollupFunction::Sum, _) => "decimal_sum",
            (RollupFunction::Avg, FieldType::Number) => "number_avg",
            (RollupFunction::Avg, FieldType::Currency) => "currency_avg",
            (RollupFunction::Avg, _) => "decimal_avg",
            (RollupFunction::Min, FieldType::Currency) => "currency_min",
            (RollupFunction::Max, FieldType::Currency) => "currency_max",
            (function, _) => {
                let direction = if function == RollupFunction::Max { " DESC" } else { "" };
                let order = filter::Order::of(self.paths, rollup.table, field);
                let order = filter::sort_expressions(&value, order, true);
                let keys = rollup.table.key.iter().map(|name| column(&next, name.as_str()));
                let order: Vec<String> = order.iter().map(|part| format!("{part}{direction}")).chain(keys).collect();
                behind.push_str(&format!(" AND {value} IS NOT NULL ORDER BY {} LIMIT 1", order.join(", ")));
                return format!("(SELECT {value} {behind})");
            }
        };
        format!("(SELECT {function}({value}) {behind})")
    }

    /// Whether the relation of one record points to another.
    fn points(&self, alias: &str, field: &Field, to: &str, table: &Table) -> String {
        let relation = column(alias, field.name.as_str());
        if let [only] = table.key.as_slice() {
            return format!("{} = {relation}", column(to, only.as_str()));
        }
        let parts = table.key_fields().enumerate().map(|(place, field)| {
            let number = u8::from(self.paths.held(&field.field_type) == FieldType::Integer);
            format!("{} = record_id_part({relation}, {place}, {number})", column(to, field.name.as_str()))
        });
        parts.collect::<Vec<_>>().join(" AND ")
    }

    fn alias(&self) -> String {
        self.last.set(self.last.get() + 1);
        format!("t{}", self.last.get())
    }
}

/// What a relation to this record holds. The `+` takes the column's affinity away, without which SQLite would not use the
/// index on a relation, whose column has none (sqlite.org/datatype3.html#comparisons).
fn reference(alias: &str, table: &Table) -> String {
    match table.key.as_slice() {
        [only] if schema::rowid_key(table) => format!("+{}", column(alias, only.as_str())),
        [only] => column(alias, only.as_str()),
        key => {
            let parts: Vec<String> = key.iter().map(|name| column(alias, name.as_str())).collect();
            format!("record_id({})", parts.join(", "))
        }
    }
}

/// What `json_list` has to know of its values.
fn list_word(field_type: &FieldType) -> &'static str {
    match field_type {
        FieldType::Boolean => "boolean",
        FieldType::Decimal => "decimal",
        FieldType::Json | FieldType::MultiSelect { .. } => "json",
        _ => "text",
    }
}
