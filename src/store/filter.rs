//! Filters in SQLite's language. Literals and patterns are always parameters; names are quoted.

use super::sql::quote;
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Error, FieldType, Result, Table, Timestamp, Value, datetime, decimal};

/// A condition with the values of its parameters, in order.
#[derive(Debug, Default)]
pub struct Condition {
    pub sql: String,
    pub values: Vec<Value>,
}

/// How two values of a type are compared.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Plain,
    Decimal,
    Moment,
}

/// `1` for a filter that keeps everything.
pub fn condition(table: &Table, filter: &Filter, now: Timestamp) -> Result<Condition> {
    let mut writer = Writer { table, now, condition: Condition::default() };
    writer.filter(filter)?;
    Ok(writer.condition)
}

/// The expression that sorts this field's column.
pub fn sort_expression(field_type: &FieldType, column: &str) -> String {
    match order_of(field_type) {
        Order::Plain => column.to_owned(),
        Order::Decimal => format!("decimal_key({column})"),
        Order::Moment => format!("datetime_key({column})"),
    }
}

fn order_of(field_type: &FieldType) -> Order {
    match field_type {
        FieldType::Decimal => Order::Decimal,
        FieldType::Date | FieldType::DateTime => Order::Moment,
        _ => Order::Plain,
    }
}

struct Writer<'f> {
    table: &'f Table,
    now: Timestamp,
    condition: Condition,
}

impl Writer<'_> {
    fn filter(&mut self, filter: &Filter) -> Result<()> {
        match filter {
            Filter::All(parts) => self.parts(parts, " AND ", "1"),
            Filter::Any(parts) => self.parts(parts, " OR ", "0"),
            Filter::Not(inner) => {
                self.push("(NOT ");
                self.filter(inner)?;
                self.push(")");
                Ok(())
            }
            Filter::Compare { left, op, right } => {
                let order = self.order([left, right])?;
                self.push("(");
                self.operand(left, order)?;
                self.push(match op {
                    Op::Equal => " = ",
                    Op::NotEqual => " <> ",
                    Op::Less => " < ",
                    Op::LessOrEqual => " <= ",
                    Op::Greater => " > ",
                    Op::GreaterOrEqual => " >= ",
                });
                self.operand(right, order)?;
                self.push(")");
                Ok(())
            }
            Filter::In { operand, list, negated } => {
                let order = self.order(std::iter::once(operand).chain(list))?;
                self.push("(");
                self.operand(operand, order)?;
                self.push(if *negated { " NOT IN (" } else { " IN (" });
                for (index, item) in list.iter().enumerate() {
                    self.push(if index == 0 { "" } else { ", " });
                    self.operand(item, order)?;
                }
                self.push("))");
                Ok(())
            }
            Filter::Between { operand, low, high, negated } => {
                let order = self.order([operand, low, high])?;
                self.push("(");
                self.operand(operand, order)?;
                self.push(if *negated { " NOT BETWEEN " } else { " BETWEEN " });
                self.operand(low, order)?;
                self.push(" AND ");
                self.operand(high, order)?;
                self.push(")");
                Ok(())
            }
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
        }
    }

    fn parts(&mut self, parts: &[Filter], between: &str, empty: &str) -> Result<()> {
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

    fn operand(&mut self, operand: &Operand, order: Order) -> Result<()> {
        match operand {
            Operand::Field(name) => {
                let column = quote(self.field(name)?.name.as_str());
                self.push(&match order {
                    Order::Plain => column,
                    Order::Decimal => format!("decimal_key({column})"),
                    Order::Moment => format!("datetime_key({column})"),
                });
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

    /// The order that the fields among these operands ask for.
    fn order<'o>(&self, operands: impl IntoIterator<Item = &'o Operand>) -> Result<Order> {
        let mut order = Order::Plain;
        for operand in operands {
            if let Operand::Field(name) = operand
                && order == Order::Plain
            {
                order = order_of(&self.field(name)?.field_type);
            }
        }
        Ok(order)
    }

    fn field(&self, name: &str) -> Result<&crate::base::Field> {
        self.table.field(name).ok_or_else(|| {
            Error::usage(format!("table `{}` has no field `{name}`", self.table.name))
                .hint(format!("see `appctl tables show {}`", self.table.name))
        })
    }

    fn push(&mut self, text: &str) {
        self.condition.sql.push_str(text);
    }
}

/// The literal in the form that the order's key function gives for a column.
fn literal(value: &Value, order: Order) -> Value {
    let text = match value {
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => text.clone(),
        Value::Null | Value::Blob(_) => return value.clone(),
    };
    match order {
        Order::Plain => value.clone(),
        Order::Decimal => decimal::sort_key(&text).map_or(Value::Null, Value::Blob),
        Order::Moment => datetime::sort_key(&text).map_or(Value::Null, |key| Value::Blob(key.to_vec())),
    }
}
