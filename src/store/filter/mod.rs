//! Filters in SQLite's language. Literals and patterns are always parameters; names are quoted. A comparison over records
//! of another table that point here holds when it does for at least one of them.

use super::paths::{End, Scope, Step, Walk};
use super::sql::Fragment;
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Error, FieldType, Result, Table, Timestamp, Value, datetime};

mod cost;
mod number;
mod order;
mod rough;

pub use order::{Order, sort_expressions};

use number::turned;
use order::literal;

/// The most parameters of a statement (sqlite.org/limits.html#max_variable_number).
const MOST_VALUES: usize = 32_766;

/// `1` for a filter that keeps everything.
pub fn condition(scope: &Scope<'_>, filter: &Filter, now: Timestamp) -> Result<Fragment> {
    let mut writer = Writer { scope, now, bound: Vec::new(), turned_round: false, condition: Fragment::default() };
    writer.filter(filter)?;
    if writer.condition.values.len() > MOST_VALUES - 100 {
        let values = writer.condition.values.len();
        return Err(Error::usage(format!("the filter has {values} values, which are too many for the store"))
            .hint("ask in several steps"));
    }
    Ok(writer.condition)
}

struct Writer<'f, 'p> {
    scope: &'f Scope<'p>,
    now: Timestamp,
    /// The records of other tables that the comparison at hand is about
    bound: Vec<Bound<'p>>,
    /// Whether what is written is inside of a NOT, where false and unknown differ
    turned_round: bool,
    condition: Fragment,
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
    /// The type of the field whose column it is
    stored: Option<FieldType>,
}

impl<'p> Writer<'_, 'p> {
    fn filter(&mut self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::All(parts) => self.cheapest_first(parts, " AND ", "1"),
            Filter::Any(parts) => self.cheapest_first(parts, " OR ", "0"),
            Filter::Not(inner) => {
                self.push("(NOT ");
                self.turning(true, |writer| writer.filter(inner))?;
                self.push(")");
                Ok(())
            }
            comparison => self.over_records(comparison),
        }
    }

    /// Writes something that is turned round when this is so.
    fn turning(&mut self, so: bool, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let before = self.turned_round;
        self.turned_round |= so;
        let written = write(self);
        self.turned_round = before;
        written
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
                writer.turning(*negated, |writer| {
                    writer.compare(operand, Op::GreaterOrEqual, low, order)?;
                    writer.push(" AND ");
                    writer.compare(operand, Op::LessOrEqual, high, order)
                })?;
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
            (Order::Decimal, ..) => return self.by_function("number_order", left, op, right, order),
            (Order::Moment, ..) => {
                self.roughly(left, op, right)?;
                return self.by_function("time_order", left, op, right, order);
            }
            _ => {}
        }
        self.operand(left, order)?;
        self.push(&format!(" {} ", op.sign()));
        self.operand(right, order)
    }

    /// By a function that gives how two values stand to each other.
    fn by_function(&mut self, name: &str, left: &Operand, op: Op, right: &Operand, order: Order) -> Result<()> {
        for (operand, before) in [(left, format!("{name}(")), (right, ", ".to_owned())] {
            self.push(&before);
            match operand {
                Operand::Literal(value) => {
                    self.push("?");
                    self.condition.values.push(order::text(value, order));
                }
                operand => self.operand(operand, Order::Plain)?,
            }
        }
        self.push(&format!(") {} 0", op.sign()));
        Ok(())
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
        let stored = match walk.end {
            End::Stored(field) if steps.is_empty() => Some(field.field_type.clone()),
            _ => None,
        };
        Ok(Operated { value: self.scope.along(alias, table, steps, &walk)?, order, stored })
    }

    fn push(&mut self, text: &str) {
        self.condition.push(text);
    }
}

/// Whether a walk ends with the records themselves, of which there may be none: `tasks is null`.
fn ends_with_records(walk: &Walk<'_>, last: usize) -> bool {
    matches!(walk.end, End::Record) && last + 1 == walk.steps.len()
}
