//! Dates and times. Infinite ones stay where they are when they are moved, and have no year.

use super::Function;
use crate::base::{Cell, Value, datetime};

pub const FUNCTIONS: &[Function] = &[
    Function::plain("date_of", 1, |cells| datetime::date_of(text(cells, 0)?).map(Value::Text)),
    Function::plain("datetime_of", 1, |cells| datetime::stored_datetime(text(cells, 0)?).map(Value::Text)),
    Function::plain("date_add", 4, |cells| datetime::date_of(&moved(cells)?).map(Value::Text)),
    Function::plain("datetime_add", 4, |cells| moved(cells).map(Value::Text)),
    Function::plain("date_add_days", 2, |cells| days(cells, 1)),
    Function::plain("date_subtract_days", 2, |cells| days(cells, -1)),
    Function::plain("date_days_between", 2, |cells| {
        datetime::days_between(text(cells, 1)?, text(cells, 0)?).map(Value::Integer)
    }),
    Function::plain("time_year", 1, |cells| datetime::parts(text(cells, 0)?).map(|(year, _, _)| Value::Integer(year))),
    Function::plain("time_month", 1, |cells| {
        datetime::parts(text(cells, 0)?).map(|(_, month, _)| Value::Integer(month.into()))
    }),
    Function::plain("time_day", 1, |cells| {
        datetime::parts(text(cells, 0)?).map(|(_, _, day)| Value::Integer(day.into()))
    }),
];

fn text<'c>(cells: &[Cell<'c>], place: usize) -> Option<&'c str> {
    match *cells.get(place)? {
        Cell::Text(text) => Some(text),
        _ => None,
    }
}

fn integer(cells: &[Cell<'_>], place: usize) -> Option<i64> {
    match *cells.get(place)? {
        Cell::Integer(number) => Some(number),
        _ => None,
    }
}

/// `add(time, months, days, micros)`
fn moved(cells: &[Cell<'_>]) -> Option<String> {
    let months = i32::try_from(integer(cells, 1)?).ok()?;
    let days = i32::try_from(integer(cells, 2)?).ok()?;
    datetime::moved(text(cells, 0)?, months, days, integer(cells, 3)?)
}

fn days(cells: &[Cell<'_>], sign: i64) -> Option<Value> {
    let days = i32::try_from(integer(cells, 1)?.checked_mul(sign)?).ok()?;
    datetime::date_of(&datetime::moved(text(cells, 0)?, 0, days, 0)?).map(Value::Text)
}
