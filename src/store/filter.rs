//! Filters in SQLite's language. Literals and patterns are always parameters; names are quoted. A comparison over records
//! of another table that point here holds when it does for at least one of them.

use super::paths::{End, Paths, Scope, Step, Walk};
use super::schema;
use super::sql::Fragment;
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Error, Field, FieldType, Result, Table, Timestamp, Value, datetime, decimal};

/// How two values of a type are compared. What each must mean is settled by `base::filter::holds`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Order {
    /// As SQLite does
    Plain,
    /// Numbers as SQLite does, but digits, NaN and the infinities, which are text, by their size
    Number,
    Decimal,
    Currency,
    Moment,
}

/// The most parameters of a statement (sqlite.org/limits.html#max_variable_number).
const MOST_VALUES: usize = 32_766;

/// `1` for a filter that keeps everything.
pub fn condition(scope: &Scope<'_>, filter: &Filter, now: Timestamp) -> Result<Fragment> {
    let mut writer = Writer { scope, now, bound: Vec::new(), condition: Fragment::default() };
    writer.filter(filter)?;
    if writer.condition.values.len() > MOST_VALUES - 100 {
        let values = writer.condition.values.len();
        return Err(Error::usage(format!("the filter has {values} values, which are too many for the store"))
            .hint("ask in several steps"));
    }
    Ok(writer.condition)
}

impl Order {
    /// How the values of a stored field are compared.
    pub fn of(paths: &Paths, table: &Table, field: &Field) -> Self {
        // The row's own number is always a number, and comparing it plainly finds it by its index.
        let is_rowid = schema::rowid_key(table) && table.is_key(&field.name);
        if is_rowid || paths.holds_rowid(&field.field_type) {
            return Order::Plain;
        }
        Order::of_type(&paths.held(&field.field_type))
    }

    fn of_type(field_type: &FieldType) -> Self {
        match field_type {
            FieldType::Integer | FieldType::Number => Order::Number,
            FieldType::Decimal => Order::Decimal,
            FieldType::Currency => Order::Currency,
            FieldType::Date | FieldType::DateTime => Order::Moment,
            _ => Order::Plain,
        }
    }

    /// How the values at the end of a walk are compared.
    pub fn at_end(scope: &Scope<'_>, walk: &Walk<'_>) -> Result<Self> {
        Ok(match walk.end {
            End::Stored(field) => Order::of(scope.paths, walk.table, field),
            End::Record if schema::rowid_key(walk.table) => Order::Plain,
            _ => Order::of_type(&scope.paths.held(&scope.end_type(walk)?)),
        })
    }
}

/// The expressions that sort by this value, the first first. A column may be written several times, what has to be worked
/// out may not.
pub fn sort_expressions(value: &str, order: Order, is_column: bool) -> Vec<String> {
    match order {
        Order::Plain => vec![value.to_owned()],
        Order::Currency => vec![format!("currency_key({value})")],
        Order::Moment => vec![format!("datetime_key({value})")],
        // Nulls, what is below every number, numbers, what is above them.
        Order::Number if is_column => vec![
            format!(
                "CASE typeof({value}) WHEN 'null' THEN 0 WHEN 'text' THEN CASE WHEN {value} LIKE '-%' THEN 1 ELSE 3 END ELSE 2 END"
            ),
            format!("CASE typeof({value}) WHEN 'text' THEN decimal_key({value}) ELSE {value} END"),
        ],
        Order::Decimal | Order::Number => vec![format!("decimal_key({value})")],
    }
}

struct Writer<'f, 'p> {
    scope: &'f Scope<'p>,
    now: Timestamp,
    /// The records of other tables that the comparison at hand is about
    bound: Vec<Bound<'p>>,
    condition: Fragment,
}

/// What a part of a filter costs for each record, the cheapest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cost {
    /// One value and another, or null; also what keeps the fewest
    Equality,
    Comparison,
    /// A function of our own, or several comparisons
    Several,
    /// Something worked out, or other records
    Search,
}

struct Bound<'p> {
    steps: Vec<Step<'p>>,
    alias: String,
    table: &'p Table,
}

/// A field or path as one value.
struct Operated {
    value: Fragment,
    order: Order,
    is_column: bool,
}

impl<'p> Writer<'_, 'p> {
    fn filter(&mut self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::All(parts) => self.cheapest_first(parts, " AND ", "1"),
            Filter::Any(parts) => self.cheapest_first(parts, " OR ", "0"),
            Filter::Not(inner) => {
                self.push("(NOT ");
                self.filter(inner)?;
                self.push(")");
                Ok(())
            }
            comparison => self.over_records(comparison),
        }
    }

    /// Writes a comparison, inside of EXISTS for each path to many records in it. The same path means the same record.
    fn over_records(&mut self, comparison: &Filter) -> Result<()> {
        let mut open = 0;
        for operand in comparison.operands() {
            let Operand::Field(name) = operand else { continue };
            let walk = self.scope.walk(name)?;
            let Some(last) = walk.last_many() else { continue };
            let steps = &walk.steps[..=last];
            if self.bound.iter().any(|bound| bound.steps == steps) {
                continue;
            }
            let none = matches!(comparison, Filter::Null { negated: false, .. }) && ends_with_records(&walk, last);
            let chain = self.scope.chain(Scope::ROOT, self.scope.table, steps);
            self.push(&format!(
                "({}EXISTS (SELECT 1 FROM {} WHERE {} AND ",
                if none { "NOT " } else { "" },
                chain.from,
                chain.on
            ));
            self.bound.push(Bound { steps: steps.to_vec(), alias: chain.alias, table: chain.table });
            open += 1;
        }
        match comparison {
            Filter::Null { operand: Operand::Field(name), .. }
                if open == 1 && {
                    let walk = self.scope.walk(name)?;
                    walk.last_many().is_some_and(|last| ends_with_records(&walk, last))
                } =>
            {
                self.push("1")
            }
            comparison => self.comparison(comparison)?,
        }
        self.push(&"))".repeat(open));
        self.bound.clear();
        Ok(())
    }

    fn comparison(&mut self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::Compare { left, op, right } => self.by_size(filter, &|writer, order| {
                writer.push("(");
                writer.compare(left, *op, right, order)?;
                writer.push(")");
                Ok(())
            }),
            Filter::In { operand, list, negated } => self.by_size(filter, &|writer, order| {
                writer.push(if *negated { "(NOT (" } else { "((" });
                writer.contains(operand, list, order)?;
                writer.push("))");
                Ok(())
            }),
            Filter::Between { operand, low, high, negated } => self.by_size(filter, &|writer, order| {
                writer.push(if *negated { "(NOT (" } else { "((" });
                if order == Order::Number && matches!(operand, Operand::Field(_)) {
                    writer.sized_between(operand, low, high)?;
                    writer.push("))");
                    return Ok(());
                }
                writer.compare(operand, Op::GreaterOrEqual, low, order)?;
                writer.push(" AND ");
                writer.compare(operand, Op::LessOrEqual, high, order)?;
                writer.push("))");
                Ok(())
            }),
            Filter::Like { operand, pattern, negated } => {
                self.push("(");
                self.operand(operand, Order::Plain)?;
                self.push(if *negated { " NOT LIKE ?)" } else { " LIKE ?)" });
                self.condition.values.push(Value::text(pattern));
                Ok(())
            }
            Filter::Null { operand, negated } => {
                self.push("(");
                self.operand(operand, Order::Plain)?;
                self.push(if *negated { " IS NOT NULL)" } else { " IS NULL)" });
                Ok(())
            }
            Filter::All(_) | Filter::Any(_) | Filter::Not(_) => self.filter(filter),
        }
    }

    /// SQLite looks at the parts in the order in which they are written, and at no more of them than it has to.
    fn cheapest_first(&mut self, parts: &[Filter], between: &str, empty: &str) -> Result<()> {
        let mut costs = Vec::with_capacity(parts.len());
        for part in parts {
            costs.push((self.cost(part)?, part));
        }
        costs.sort_by_key(|(cost, _)| *cost);
        let parts: Vec<&Filter> = costs.into_iter().map(|(_, part)| part).collect();
        self.parts(&parts, between, empty)
    }

    /// How much work a part is for each record.
    fn cost(&self, filter: &Filter) -> Result<Cost> {
        if matches!(filter, Filter::All(_) | Filter::Any(_) | Filter::Not(_)) {
            return Ok(Cost::Several);
        }
        let mut cost = Cost::Equality;
        for operand in filter.operands() {
            let Operand::Field(name) = operand else { continue };
            let walk = self.scope.walk(name)?;
            let stored = walk.steps.is_empty() && matches!(walk.end, End::Stored(_));
            let order = if stored { Order::at_end(self.scope, &walk)? } else { Order::Decimal };
            let equality = matches!(filter, Filter::Null { .. } | Filter::Compare { op: Op::Equal, .. });
            cost = cost.max(match order {
                _ if !stored => Cost::Search,
                _ if matches!(filter, Filter::Null { .. }) => Cost::Equality,
                Order::Plain | Order::Number if equality => Cost::Equality,
                Order::Plain | Order::Number => Cost::Comparison,
                Order::Decimal | Order::Currency | Order::Moment => Cost::Several,
            });
        }
        Ok(cost)
    }

    fn parts(&mut self, parts: &[&Filter], between: &str, empty: &str) -> Result<()> {
        match parts {
            [] => self.push(empty),
            [only] => self.filter(only)?,
            [first, last] => {
                self.push("(");
                self.filter(first)?;
                self.push(between);
                self.filter(last)?;
                self.push(")");
            }
            // As a balanced tree: SQLite's parser counts the depth of a chain.
            many => {
                let (left, right) = many.split_at(many.len() / 2);
                self.push("(");
                self.parts(left, between, empty)?;
                self.push(between);
                self.parts(right, between, empty)?;
                self.push(")");
            }
        }
        Ok(())
    }

    /// Writes a comparison in the order its fields ask for. Equality between numbers needs no order, and a column is
    /// compared with numbers as `sized` says.
    fn by_size(&mut self, filter: &Filter, write: &dyn Fn(&mut Self, Order) -> Result<()>) -> Result<()> {
        let operands = filter.operands();
        let fields = operands.iter().filter_map(|operand| match operand {
            Operand::Field(name) => Some(self.operated(name)),
            _ => None,
        });
        let fields = fields.collect::<Result<Vec<_>>>()?;
        let order = fields.iter().map(|field| field.order).find(|order| *order != Order::Plain).unwrap_or(Order::Plain);
        if order != Order::Number {
            return write(self, order);
        }
        let plain = |operand: &&Operand| matches!(operand, Operand::Literal(Value::Integer(_) | Value::Real(_)));
        match fields.as_slice() {
            [only] if operands.iter().filter(|operand| plain(operand)).count() + 1 == operands.len() => {
                let equality =
                    matches!(filter, Filter::In { .. } | Filter::Compare { op: Op::Equal | Op::NotEqual, .. });
                if equality {
                    return write(self, Order::Plain);
                }
                if !only.is_column {
                    return write(self, Order::Decimal);
                }
                write(self, Order::Number)
            }
            _ => write(self, Order::Decimal),
        }
    }

    fn compare(&mut self, left: &Operand, op: Op, right: &Operand, order: Order) -> Result<()> {
        if order == Order::Currency {
            self.push(&format!("currency_compare('{}', ", op.sign()));
            self.operand(left, order)?;
            self.push(", ");
            self.operand(right, order)?;
            self.push(")");
            return Ok(());
        }
        match (order, left, right) {
            (Order::Number, Operand::Field(_), _) => return self.sized(left, op, right),
            (Order::Number, _, Operand::Field(_)) => return self.sized(right, turned(op), left),
            _ => {}
        }
        self.operand(left, order)?;
        self.push(&format!(" {} ", op.sign()));
        self.operand(right, order)
    }

    /// A column against a number: plainly, and by size where the column has digits, NaN or an infinity, which are text and
    /// so greater than every number for SQLite. Only what the first half leaves open costs more than SQLite's comparison.
    fn sized(&mut self, column: &Operand, op: Op, number: &Operand) -> Result<()> {
        let (between, text) = match op {
            Op::Greater | Op::GreaterOrEqual => (" AND ", " < '' OR "),
            _ => (" OR ", " >= '' AND "),
        };
        self.push("(");
        for (order, before) in [(Order::Plain, ""), (Order::Decimal, between)] {
            self.push(before);
            if order == Order::Decimal {
                self.push("(");
                self.operand(column, Order::Plain)?;
                self.push(text);
            }
            self.operand(column, order)?;
            self.push(&format!(" {} ", op.sign()));
            self.operand(number, order)?;
        }
        self.push("))");
        Ok(())
    }

    /// A column between two numbers. Plainly first: what is text is greater than both for SQLite and comes by size then.
    fn sized_between(&mut self, column: &Operand, low: &Operand, high: &Operand) -> Result<()> {
        self.between(column, low, high, Order::Plain)?;
        self.push(" OR (");
        self.operand(column, Order::Plain)?;
        self.push(" >= '' AND ");
        self.between(column, low, high, Order::Decimal)?;
        self.push(")");
        Ok(())
    }

    fn between(&mut self, operand: &Operand, low: &Operand, high: &Operand, order: Order) -> Result<()> {
        self.operand(operand, order)?;
        self.push(" BETWEEN ");
        self.operand(low, order)?;
        self.push(" AND ");
        self.operand(high, order)
    }

    fn contains(&mut self, operand: &Operand, list: &[Operand], order: Order) -> Result<()> {
        if order == Order::Currency {
            for (index, item) in list.iter().enumerate() {
                self.push(if index == 0 { "" } else { " OR " });
                self.compare(operand, Op::Equal, item, order)?;
            }
            return Ok(());
        }
        self.operand(operand, order)?;
        self.push(" IN (");
        for (index, item) in list.iter().enumerate() {
            self.push(if index == 0 { "" } else { ", " });
            self.operand(item, order)?;
        }
        self.push(")");
        Ok(())
    }

    fn operand(&mut self, operand: &Operand, order: Order) -> Result<()> {
        match operand {
            Operand::Field(name) => {
                let value = self.operated(name)?.value;
                let value = match order {
                    Order::Plain | Order::Number | Order::Currency => value,
                    Order::Decimal => value.between("decimal_key(", ")"),
                    Order::Moment => value.between("datetime_key(", ")"),
                };
                self.condition.add(&value);
            }
            Operand::Literal(value) => {
                self.push("?");
                self.condition.values.push(literal(value, order));
            }
            Operand::Now { months, days, micros } => {
                self.push("?");
                let time = datetime::after(self.now, *months, *days, *micros);
                self.condition.values.push(literal(&Value::Text(time), order));
            }
        }
        Ok(())
    }

    /// The one value that a name stands for here.
    fn operated(&self, name: &str) -> Result<Operated> {
        let walk = self.scope.walk(name)?;
        let order = Order::at_end(self.scope, &walk)?;
        let (alias, table, steps) = match walk.last_many() {
            None => (Scope::ROOT, self.scope.table, walk.steps.as_slice()),
            Some(last) => {
                let bound = self.bound.iter().find(|bound| bound.steps == walk.steps[..=last]);
                let bound = bound.expect("every path to many records is bound before its comparison is written");
                (bound.alias.as_str(), bound.table, &walk.steps[last + 1..])
            }
        };
        let is_column = steps.is_empty() && matches!(walk.end, End::Stored(_));
        Ok(Operated { value: self.scope.along(alias, table, steps, &walk)?, order, is_column })
    }

    fn push(&mut self, text: &str) {
        self.condition.push(text);
    }
}

/// The comparison with its sides exchanged.
fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        Op::Equal | Op::NotEqual => op,
    }
}

/// Whether a walk ends with the records themselves, of which there may be none: `tasks is null`.
fn ends_with_records(walk: &Walk<'_>, last: usize) -> bool {
    matches!(walk.end, End::Record) && last + 1 == walk.steps.len()
}

/// The literal in the form that the order's key function gives for a column.
fn literal(value: &Value, order: Order) -> Value {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => decimal::of_real(*number),
        Value::Text(text) => text.clone(),
        Value::Null | Value::Blob(_) => return value.clone(),
    };
    match order {
        Order::Plain | Order::Number | Order::Currency => value.clone(),
        Order::Decimal => decimal::sort_key(&text).map_or(Value::Null, Value::Blob),
        Order::Moment => datetime::sort_key(&text).map_or(Value::Null, |key| Value::Blob(key.to_vec())),
    }
}
