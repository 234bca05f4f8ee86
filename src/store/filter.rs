//! Filters in SQLite's language. Literals and patterns are always parameters; names are quoted.

use super::schema;
use super::sql::quote;
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Error, Field, FieldType, Result, Table, Timestamp, Value, datetime, decimal};

/// A condition with the values of its parameters, in order.
#[derive(Debug, Default)]
pub struct Condition {
    pub sql: String,
    pub values: Vec<Value>,
}

/// How two values of a type are compared. What each must mean is settled by `base::filter::holds`.
#[derive(Clone, Copy, PartialEq)]
enum Order {
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
pub fn condition(table: &Table, filter: &Filter, now: Timestamp) -> Result<Condition> {
    let mut writer = Writer { table, now, condition: Condition::default() };
    writer.filter(filter)?;
    if writer.condition.values.len() > MOST_VALUES - 100 {
        let values = writer.condition.values.len();
        return Err(Error::usage(format!("the filter has {values} values, which are too many for the store"))
            .hint("ask in several steps"));
    }
    Ok(writer.condition)
}

/// The expressions that sort by this field, the first first.
pub fn sort_expressions(table: &Table, field: &Field) -> Vec<String> {
    let column = quote(field.name.as_str());
    match order_of(table, field) {
        Order::Plain => vec![column],
        Order::Decimal => vec![format!("decimal_key({column})")],
        Order::Currency => vec![format!("currency_key({column})")],
        Order::Moment => vec![format!("datetime_key({column})")],
        // Nulls, what is below every number, numbers, what is above them.
        Order::Number => vec![
            format!(
                "CASE typeof({column}) WHEN 'null' THEN 0 WHEN 'text' THEN CASE WHEN {column} LIKE '-%' THEN 1 ELSE 3 END ELSE 2 END"
            ),
            format!("CASE typeof({column}) WHEN 'text' THEN decimal_key({column}) ELSE {column} END"),
        ],
    }
}

fn order_of(table: &Table, field: &Field) -> Order {
    match field.field_type {
        // The row's own number is always a number, and comparing it plainly finds it by its index.
        FieldType::Integer if schema::rowid_key(table) && table.is_key(&field.name) => Order::Plain,
        FieldType::Integer | FieldType::Number => Order::Number,
        FieldType::Decimal => Order::Decimal,
        FieldType::Currency => Order::Currency,
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

    /// Writes a comparison in the order its fields ask for. One between numbers is written twice, for a value that is
    /// stored as a number and for one stored as text, unless it asks for equality, which needs no order.
    fn by_size(&mut self, filter: &Filter, write: &dyn Fn(&mut Self, Order) -> Result<()>) -> Result<()> {
        let order = self.order(filter.operands())?;
        if order != Order::Number {
            return write(self, order);
        }
        let operands = filter.operands();
        let plain = |operand: &&Operand| matches!(operand, Operand::Literal(Value::Integer(_) | Value::Real(_)));
        let fields = operands.iter().filter_map(|operand| match operand {
            Operand::Field(name) => Some(name),
            _ => None,
        });
        let fields: Vec<&String> = fields.collect();
        match fields.as_slice() {
            [only] if operands.iter().filter(|operand| plain(operand)).count() + 1 == operands.len() => {
                let equality =
                    matches!(filter, Filter::In { .. } | Filter::Compare { op: Op::Equal | Op::NotEqual, .. });
                if equality {
                    return write(self, Order::Plain);
                }
                let column = quote(self.field(only)?.name.as_str());
                self.push(&format!("(CASE typeof({column}) WHEN 'text' THEN "));
                write(self, Order::Decimal)?;
                self.push(" ELSE ");
                write(self, Order::Plain)?;
                self.push(" END)");
                Ok(())
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
        self.operand(left, order)?;
        self.push(&format!(" {} ", op.sign()));
        self.operand(right, order)
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
                let column = quote(self.field(name)?.name.as_str());
                self.push(&match order {
                    Order::Plain | Order::Number | Order::Currency => column,
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
                order = order_of(self.table, self.field(name)?);
            }
        }
        Ok(order)
    }

    fn field(&self, name: &str) -> Result<&Field> {
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
