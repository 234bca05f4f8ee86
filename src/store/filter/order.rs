//! How the values of a field are compared and sorted in SQLite's language.

use crate::base::{Field, FieldType, Result, Table, Value, datetime, decimal};
use crate::store::paths::{End, Paths, Scope, Walk};
use crate::store::schema;

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

/// The literal in the form that the order's key function gives for a column.
pub fn literal(value: &Value, order: Order) -> Value {
    match (text(value, order), order) {
        (value, Order::Plain | Order::Number | Order::Currency) => value,
        (Value::Text(text), Order::Decimal) => decimal::sort_key(&text).map_or(Value::Null, Value::Blob),
        (Value::Text(text), Order::Moment) => {
            datetime::sort_key(&text).map_or(Value::Null, |key| Value::Blob(key.to_vec()))
        }
        (other, _) => other,
    }
}

/// The literal as the order's own functions take it: an exact number as text.
pub fn text(value: &Value, order: Order) -> Value {
    match (value, order) {
        (Value::Integer(number), Order::Decimal | Order::Moment) => Value::Text(number.to_string()),
        (Value::Real(number), Order::Decimal | Order::Moment) => Value::Text(decimal::of_real(*number)),
        (value, _) => value.clone(),
    }
}
