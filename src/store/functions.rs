//! The functions that appctl gives to SQLite on each of its connections. None of them is ever written into the file
//! (no index, view or default uses them), so that any other program can open it.

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::{ToSqlOutput, Value as Owned, ValueRef};

use super::sql::cell;
use crate::base::expression::FUNCTIONS;
use crate::base::filter::Class;
use crate::base::{Result, Value, datetime, decimal, filter};

pub fn register(connection: &Connection) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("decimal_key", 1, pure, |context| {
        Ok(number(context.get_raw(0)).and_then(|text| decimal::sort_key(&text)))
    })?;
    connection.create_scalar_function("datetime_key", 1, pure, |context| {
        Ok(match context.get_raw(0) {
            ValueRef::Text(bytes) => datetime::sort_key(&String::from_utf8_lossy(bytes)).map(Vec::from),
            _ => None,
        })
    })?;
    connection.create_scalar_function("currency_key", 1, pure, |context| {
        Ok(filter::currency_key(cell(context.get_raw(0))))
    })?;
    // Minus one, zero or one: smaller, equal, greater. Filters compare by them; a key for each value would be thrown away.
    for (name, class) in [("number_order", Class::Number), ("time_order", Class::Time)] {
        connection.create_scalar_function(name, 2, pure, move |context| {
            let (left, right) = (cell(context.get_raw(0)), cell(context.get_raw(1)));
            Ok(filter::order(class, left, right).map(|order| order as i32))
        })?;
    }
    // What formulas are made of; `currency_compare` and its likes serve filters too.
    for function in FUNCTIONS.iter().copied().flatten() {
        let arguments = match function.arguments {
            (fewest, most) if fewest == most => i32::try_from(fewest).unwrap_or(-1),
            _ => -1,
        };
        connection.create_scalar_function(function.name, arguments, pure, move |context| {
            let cells: Vec<_> = (0..context.len()).map(|place| cell(context.get_raw(place))).collect();
            Ok(ToSqlOutput::Owned(match function.call(&cells) {
                Value::Null => Owned::Null,
                Value::Integer(number) => Owned::Integer(number),
                Value::Real(number) => Owned::Real(number),
                Value::Text(text) => Owned::Text(text),
                Value::Blob(bytes) => Owned::Blob(bytes),
            }))
        })?;
    }
    connection.create_aggregate_function("decimal_sum", 1, pure, DecimalSum)?;
    super::rollups::register(connection)
}

/// A number of any storage class as decimal text; null for null and blobs.
pub(super) fn number(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(decimal::of_real(number)),
        ValueRef::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        ValueRef::Null | ValueRef::Blob(_) => None,
    }
}

struct DecimalSum;

impl Aggregate<Option<decimal::Sum>, Option<String>> for DecimalSum {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<decimal::Sum>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, sum: &mut Option<decimal::Sum>) -> rusqlite::Result<()> {
        let Some(next) = number(context.get_raw(0)) else { return Ok(()) };
        let sum = sum.get_or_insert_default();
        sum.add(&next).ok_or_else(|| rusqlite::Error::UserFunctionError(format!("`{next}` is no decimal").into()))
    }

    fn finalize(&self, _: &mut Context<'_>, sum: Option<Option<decimal::Sum>>) -> rusqlite::Result<Option<String>> {
        Ok(sum.flatten().map(|sum| sum.total()))
    }
}
