//! Comparing, as filters compare: by the class of the values.

use super::{Function, MANY};
use crate::base::filter::{Class, Op, holds, order};
use crate::base::{Cell, Value};

macro_rules! functions {
    ($(($class:expr, $compare:literal, $between:literal, $in:literal, $which:literal, $nullif:literal, $least:literal, $greatest:literal)),*) => {
        &[$(
            Function::of_class($compare, (3, 3), $class, compare),
            Function::of_class($between, (3, 3), $class, between),
            Function::of_class($in, (2, MANY), $class, contains),
            Function::of_class($which, (2, MANY), $class, which),
            Function::of_class($nullif, (2, 2), $class, nullif),
            Function::of_class($least, (2, MANY), $class, |class, cells| extreme(class, Op::Less, cells)),
            Function::of_class($greatest, (2, MANY), $class, |class, cells| extreme(class, Op::Greater, cells)),
        )*]
    };
}

#[rustfmt::skip]
pub const FUNCTIONS: &[Function] = functions![
    (Class::Number, "number_compare", "number_between", "number_in", "number_which", "number_nullif", "number_least", "number_greatest"),
    (Class::Currency, "currency_compare", "currency_between", "currency_in", "currency_which", "currency_nullif", "currency_least", "currency_greatest"),
    (Class::Boolean, "boolean_compare", "boolean_between", "boolean_in", "boolean_which", "boolean_nullif", "boolean_least", "boolean_greatest"),
    (Class::Text, "text_compare", "text_between", "text_in", "text_which", "text_nullif", "text_least", "text_greatest"),
    (Class::Time, "time_compare", "time_between", "time_in", "time_which", "time_nullif", "time_least", "time_greatest")
];

/// `compare('<', a, b)`
fn compare(class: Class, cells: &[Cell<'_>]) -> Option<Value> {
    let [Cell::Text(sign), left, right] = *cells else { return None };
    let op = Op::ALL.into_iter().find(|op| op.sign() == sign)?;
    holds(class, op, left, right).map(Value::from)
}

/// `between(value, low, high)`
fn between(class: Class, cells: &[Cell<'_>]) -> Option<Value> {
    let [value, low, high] = *cells else { return None };
    let inside = match (holds(class, Op::GreaterOrEqual, value, low), holds(class, Op::LessOrEqual, value, high)) {
        (Some(false), _) | (_, Some(false)) => false,
        (above, below) => above? && below?,
    };
    Some(Value::from(inside))
}

/// `in(value, one, other, …)`: unknown when it is none of them and one of them is null.
fn contains(class: Class, cells: &[Cell<'_>]) -> Option<Value> {
    let (value, list) = cells.split_first()?;
    let mut found = Some(false);
    for item in list {
        match holds(class, Op::Equal, *value, *item) {
            Some(true) => return Some(Value::from(true)),
            Some(false) => {}
            None => found = None,
        }
    }
    found.map(Value::from)
}

/// Which of the others the first one equals, counted from 1; 0 for none.
fn which(class: Class, cells: &[Cell<'_>]) -> Option<Value> {
    let (value, list) = cells.split_first()?;
    let place = list.iter().position(|item| holds(class, Op::Equal, *value, *item) == Some(true));
    i64::try_from(place.map_or(0, |place| place + 1)).ok().map(Value::Integer)
}

/// The first, unless it equals the second.
fn nullif(class: Class, cells: &[Cell<'_>]) -> Option<Value> {
    let [value, what] = *cells else { return None };
    if holds(class, Op::Equal, value, what) == Some(true) { None } else { Some(value.to_value()) }
}

/// The least or the greatest of all; null when one is null, or of another currency.
fn extreme(class: Class, op: Op, cells: &[Cell<'_>]) -> Option<Value> {
    let mut best = *cells.first()?;
    order(class, best, best)?;
    for cell in &cells[1..] {
        if holds(class, op, *cell, best)? {
            best = *cell;
        }
    }
    Some(best.to_value())
}
