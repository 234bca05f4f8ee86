//! Numbers and amounts. Integers stay integers and go on as their digits beyond 64 bits, decimals are exact, and what is
//! called `number` is computed in IEEE doubles.

use super::Function;
use crate::base::decimal::{self, Operation};
use crate::base::{Cell, Value};

pub const FUNCTIONS: &[Function] = &[
    Function::plain("integer_add", 2, |cells| integers(Operation::Add, cells)),
    Function::plain("integer_subtract", 2, |cells| integers(Operation::Subtract, cells)),
    Function::plain("integer_multiply", 2, |cells| integers(Operation::Multiply, cells)),
    Function::plain("integer_remainder", 2, |cells| integers(Operation::Remainder, cells)),
    Function::plain("integer_negate", 1, |cells| whole(decimal::negate(&text(cells, 0)?)?)),
    Function::plain("integer_absolute", 1, |cells| whole(decimal::absolute(&text(cells, 0)?)?)),
    Function::plain("integer_round", 2, |cells| whole(decimal::round(&text(cells, 0)?, digits(cells)?.min(0))?)),
    Function::plain("decimal_of", 1, |cells| text(cells, 0).map(Value::Text)),
    Function::plain("decimal_add", 2, |cells| decimals(Operation::Add, cells)),
    Function::plain("decimal_subtract", 2, |cells| decimals(Operation::Subtract, cells)),
    Function::plain("decimal_multiply", 2, |cells| decimals(Operation::Multiply, cells)),
    Function::plain("decimal_divide", 2, |cells| decimals(Operation::Divide, cells)),
    Function::plain("decimal_remainder", 2, |cells| decimals(Operation::Remainder, cells)),
    Function::plain("decimal_negate", 1, |cells| decimal::negate(&text(cells, 0)?).map(Value::Text)),
    Function::plain("decimal_absolute", 1, |cells| decimal::absolute(&text(cells, 0)?).map(Value::Text)),
    Function::plain("decimal_round", 2, |cells| decimal::round(&text(cells, 0)?, digits(cells)?).map(Value::Text)),
    Function::plain("number_of", 1, |cells| real(cells, 0).map(number)),
    Function::plain("number_add", 2, |cells| Some(number(real(cells, 0)? + real(cells, 1)?))),
    Function::plain("number_subtract", 2, |cells| Some(number(real(cells, 0)? - real(cells, 1)?))),
    Function::plain("number_multiply", 2, |cells| Some(number(real(cells, 0)? * real(cells, 1)?))),
    Function::plain("number_divide", 2, |cells| Some(number(real(cells, 0)? / divisor(cells)?))),
    Function::plain("number_remainder", 2, |cells| Some(number(real(cells, 0)? % divisor(cells)?))),
    Function::plain("number_negate", 1, |cells| Some(number(-real(cells, 0)?))),
    Function::plain("number_absolute", 1, |cells| Some(number(real(cells, 0)?.abs()))),
    Function::plain("number_round", 2, |cells| {
        // The shortest decimal that the double stands for is what people see, so that is what is rounded.
        let rounded = decimal::round(&real(cells, 0)?.to_string(), digits(cells)?)?;
        rounded.parse().ok().map(number)
    }),
    Function::plain("currency_add", 2, |cells| amounts(Operation::Add, cells)),
    Function::plain("currency_subtract", 2, |cells| amounts(Operation::Subtract, cells)),
    Function::plain("currency_ratio", 2, |cells| {
        let ((one, code), (two, other)) = (amount(cells, 0)?, amount(cells, 1)?);
        if code == other { decimal::compute(Operation::Divide, one, two).map(Value::Text) } else { None }
    }),
    Function::plain("currency_multiply", 2, |cells| scaled(Operation::Multiply, cells)),
    Function::plain("currency_divide", 2, |cells| scaled(Operation::Divide, cells)),
    Function::plain("currency_negate", 1, |cells| changed(cells, decimal::negate)),
    Function::plain("currency_absolute", 1, |cells| changed(cells, decimal::absolute)),
    Function::plain("currency_round", 2, |cells| {
        let digits = digits(cells)?;
        changed(cells, |amount| decimal::round(amount, digits))
    }),
];

/// A number of any storage class as decimal text.
fn text(cells: &[Cell<'_>], place: usize) -> Option<String> {
    match *cells.get(place)? {
        Cell::Text(text) => decimal::stored(text),
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Real(number) => Some(decimal::of_real(number)),
        Cell::Null | Cell::Blob(_) => None,
    }
}

fn real(cells: &[Cell<'_>], place: usize) -> Option<f64> {
    match *cells.get(place)? {
        #[expect(clippy::cast_precision_loss, reason = "a number field holds the nearest double")]
        Cell::Integer(number) => Some(number as f64),
        Cell::Real(number) => Some(number),
        Cell::Text(text) => {
            decimal::Decimal::parse(text)?;
            text.parse().ok()
        }
        Cell::Null | Cell::Blob(_) => None,
    }
}

fn divisor(cells: &[Cell<'_>]) -> Option<f64> {
    real(cells, 1).filter(|number| *number != 0.0)
}

/// A double as number fields keep it. Zero has no sign there.
fn number(real: f64) -> Value {
    match real {
        real if real.is_finite() => Value::Real(real + 0.0),
        real if real.is_nan() => Value::text("NaN"),
        real => Value::text(if real > 0.0 { "Infinity" } else { "-Infinity" }),
    }
}

/// An integer as integer fields keep it.
fn whole(digits: String) -> Option<Value> {
    Some(digits.parse().map_or(Value::Text(digits), Value::Integer))
}

fn integers(operation: Operation, cells: &[Cell<'_>]) -> Option<Value> {
    if let [Cell::Integer(one), Cell::Integer(two)] = *cells {
        let short = match operation {
            Operation::Add => one.checked_add(two),
            Operation::Subtract => one.checked_sub(two),
            Operation::Multiply => one.checked_mul(two),
            Operation::Remainder => one.checked_rem(two),
            Operation::Divide => None,
        };
        if short.is_some() {
            return short.map(Value::Integer);
        }
    }
    whole(decimal::compute(operation, &text(cells, 0)?, &text(cells, 1)?)?)
}

fn decimals(operation: Operation, cells: &[Cell<'_>]) -> Option<Value> {
    decimal::compute(operation, &text(cells, 0)?, &text(cells, 1)?).map(Value::Text)
}

/// How many digits behind the point to round to, as many as anybody means.
fn digits(cells: &[Cell<'_>]) -> Option<i64> {
    const MOST: i64 = 1_000;
    match *cells.get(1)? {
        Cell::Integer(digits) => Some(digits.clamp(-MOST, MOST)),
        Cell::Text(digits) => Some(if digits.starts_with('-') { -MOST } else { MOST }),
        _ => None,
    }
}

/// The number and the code of `12.50 USD`.
fn amount<'c>(cells: &[Cell<'c>], place: usize) -> Option<(&'c str, &'c str)> {
    match *cells.get(place)? {
        Cell::Text(text) => text.split_once(' '),
        _ => None,
    }
}

fn amounts(operation: Operation, cells: &[Cell<'_>]) -> Option<Value> {
    let ((one, code), (two, other)) = (amount(cells, 0)?, amount(cells, 1)?);
    if code != other {
        return None;
    }
    decimal::compute(operation, one, two).map(|sum| Value::Text(format!("{sum} {code}")))
}

fn scaled(operation: Operation, cells: &[Cell<'_>]) -> Option<Value> {
    let (number, code) = amount(cells, 0)?;
    decimal::compute(operation, number, &text(cells, 1)?).map(|product| Value::Text(format!("{product} {code}")))
}

fn changed(cells: &[Cell<'_>], change: impl FnOnce(&str) -> Option<String>) -> Option<Value> {
    let (number, code) = amount(cells, 0)?;
    change(number).map(|changed| Value::Text(format!("{changed} {code}")))
}
