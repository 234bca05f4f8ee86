//! The functions with which records are taken together: exact sums and averages, lists as JSON, and the ids of records.
//! Like all of ours they are known to appctl's own connections only and never written into the file.

use std::cmp::Ordering;

use rusqlite::Connection;
use rusqlite::functions::{Aggregate, Context, FunctionFlags};
use rusqlite::types::Value as Sql;

use super::functions::number;
use super::sql::cell;
use crate::base::{Cell, FieldType, Result, decimal, record_id};

/// How many digits an average has behind the point, unless its values have more; zeros at the end are left away.
const AVERAGE_DIGITS: usize = 16;

pub fn register(connection: &Connection) -> Result<()> {
    let pure = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    for (name, given, averaged) in [
        ("integer_sum", Given::Integer, false),
        ("number_sum", Given::Number, false),
        ("number_avg", Given::Number, true),
        ("decimal_avg", Given::Decimal, true),
    ] {
        connection.create_aggregate_function(name, 1, pure, Total { given, averaged })?;
    }
    for (name, how) in [
        ("currency_sum", Amounts::Sum),
        ("currency_avg", Amounts::Average),
        ("currency_min", Amounts::Least),
        ("currency_max", Amounts::Most),
    ] {
        connection.create_aggregate_function(name, 1, pure, how)?;
    }
    connection.create_aggregate_function("json_list", 2, pure, JsonList)?;
    connection.create_scalar_function("record_id", -1, pure, |context| {
        let key: Vec<Cell<'_>> = (0..context.len()).map(|place| cell(context.get_raw(place))).collect();
        Ok(record_id::print(&key))
    })?;
    connection.create_scalar_function("record_id_part", 3, pure, |context| {
        let (id, place, is_number) = (cell(context.get_raw(0)), context.get::<u32>(1)?, context.get::<bool>(2)?);
        Ok(part(id, place, is_number))
    })?;
    Ok(())
}

/// One value of the key that an id of several fields stands for, as the store keeps it. Null for what is no such id.
fn part(id: Cell<'_>, place: u32, is_number: bool) -> Sql {
    let Cell::Text(id) = id else { return Sql::Null };
    match record_id::split(id).and_then(|parts| parts.into_iter().nth(place as usize)) {
        None => Sql::Null,
        Some(part) => match part.parse() {
            Ok(number) if is_number => Sql::Integer(number),
            _ => Sql::Text(part),
        },
    }
}

/// The form in which a total is given.
#[derive(Clone, Copy)]
enum Given {
    /// 64 bits, or the digits
    Integer,
    /// The nearest real, rounded once
    Number,
    Decimal,
}

/// The exact sum or average of numbers; null without any.
struct Total {
    given: Given,
    averaged: bool,
}

#[derive(Default)]
struct Counted {
    sum: decimal::Sum,
    count: u64,
}

impl Counted {
    fn add(&mut self, text: &str) -> rusqlite::Result<()> {
        let refused = || rusqlite::Error::UserFunctionError(format!("`{text}` is no number").into());
        self.sum.add(text).ok_or_else(refused)?;
        self.count += 1;
        Ok(())
    }

    fn result(&self, averaged: bool) -> String {
        let total = self.sum.total();
        if averaged { quotient(&total, self.count) } else { total }
    }
}

impl Aggregate<Option<Counted>, Sql> for Total {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<Counted>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, counted: &mut Option<Counted>) -> rusqlite::Result<()> {
        match number(context.get_raw(0)) {
            Some(text) => counted.get_or_insert_default().add(&text),
            None => Ok(()),
        }
    }

    fn finalize(&self, _: &mut Context<'_>, counted: Option<Option<Counted>>) -> rusqlite::Result<Sql> {
        let Some(counted) = counted.flatten() else { return Ok(Sql::Null) };
        let text = counted.result(self.averaged);
        Ok(match self.given {
            Given::Decimal => Sql::Text(text),
            Given::Integer => text.parse().map_or(Sql::Text(text), Sql::Integer),
            Given::Number => match text.parse::<f64>() {
                Ok(real) if real.is_finite() => Sql::Real(real),
                Ok(real) if real == f64::INFINITY => Sql::Text("Infinity".to_owned()),
                Ok(real) if real == f64::NEG_INFINITY => Sql::Text("-Infinity".to_owned()),
                _ => Sql::Text("NaN".to_owned()),
            },
        })
    }
}

/// A decimal divided by a count, rounded half away from zero.
fn quotient(total: &str, count: u64) -> String {
    let (sign, digits) = total.strip_prefix('-').map_or(("", total), |digits| ("-", digits));
    if count == 0 || !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return total.to_owned(); // NaN and the infinities
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = fraction.len().max(AVERAGE_DIGITS);
    let zeros = std::iter::repeat_n(b'0', scale - fraction.len());
    let mut rest: u128 = 0;
    let mut result: Vec<u8> = vec![b'0'];
    for digit in whole.bytes().chain(fraction.bytes()).chain(zeros) {
        rest = rest * 10 + u128::from(digit - b'0');
        let next = u8::try_from(rest / u128::from(count)).expect("a remainder is smaller than what divides it");
        result.push(b'0' + next);
        rest %= u128::from(count);
    }
    if rest * 2 >= u128::from(count) {
        let last = result.iter().rposition(|digit| *digit != b'9').expect("the first digit is a zero");
        result[last] += 1;
        result[last + 1..].fill(b'0');
    }
    let point = result.len() - scale;
    let text = |digits: &[u8]| digits.iter().map(|digit| char::from(*digit)).collect::<String>();
    let whole = text(&result[..point]);
    let kept = result[point..].iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
    let behind = text(&result[point..point + kept.max(fraction.len())]);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let nothing = whole == "0" && behind.bytes().all(|digit| digit == b'0');
    let sign = if nothing { "" } else { sign };
    if behind.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{behind}") }
}

/// Amounts of one currency taken together; null without any, and where the codes differ.
#[derive(Clone, Copy, PartialEq)]
enum Amounts {
    Sum,
    Average,
    Least,
    Most,
}

#[derive(Default)]
struct OneCode {
    code: String,
    differs: bool,
    counted: Counted,
    chosen: String,
}

impl Aggregate<Option<OneCode>, Option<String>> for Amounts {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<Option<OneCode>> {
        Ok(None)
    }

    fn step(&self, context: &mut Context<'_>, state: &mut Option<OneCode>) -> rusqlite::Result<()> {
        let Some(text) = number(context.get_raw(0)) else { return Ok(()) };
        let (amount, code) = text.split_once(' ').unwrap_or((&text, ""));
        let first = state.is_none();
        let state = state.get_or_insert_default();
        if first {
            code.clone_into(&mut state.code);
        }
        state.differs |= state.code != code;
        state.counted.add(amount)?;
        let order = decimal::compare(amount, &state.chosen);
        let better = order == Some(if *self == Amounts::Most { Ordering::Greater } else { Ordering::Less });
        if first || better {
            amount.clone_into(&mut state.chosen);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, state: Option<Option<OneCode>>) -> rusqlite::Result<Option<String>> {
        let Some(state) = state.flatten().filter(|state| !state.differs) else { return Ok(None) };
        let amount = match self {
            Amounts::Sum | Amounts::Average => state.counted.result(*self == Amounts::Average),
            Amounts::Least | Amounts::Most => state.chosen,
        };
        Ok(Some(if state.code.is_empty() { amount } else { format!("{amount} {}", state.code) }))
    }
}

/// A JSON list of values in the form that scripts see, given with the word of what they are; `[]` without any.
struct JsonList;

impl Aggregate<String, String> for JsonList {
    fn init(&self, _: &mut Context<'_>) -> rusqlite::Result<String> {
        Ok(String::new())
    }

    fn step(&self, context: &mut Context<'_>, list: &mut String) -> rusqlite::Result<()> {
        let field_type = match context.get_raw(1).as_str()? {
            "boolean" => FieldType::Boolean,
            "decimal" => FieldType::Decimal,
            "json" => FieldType::Json,
            _ => FieldType::Text,
        };
        list.push(if list.is_empty() { '[' } else { ',' });
        list.push_str(&cell(context.get_raw(0)).to_json(&field_type).to_string());
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, list: Option<String>) -> rusqlite::Result<String> {
        Ok(match list {
            Some(list) if !list.is_empty() => list + "]",
            _ => "[]".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::quotient;

    #[test]
    fn averages_are_exact_to_their_last_digit() {
        for (total, count, average) in [
            ("20.00", 2, "10.00"),
            ("3", 2, "1.5"),
            ("-3", 2, "-1.5"),
            ("1", 3, "0.3333333333333333"),
            ("2", 3, "0.6666666666666667"),
            ("-2", 3, "-0.6666666666666667"),
            ("0.00", 7, "0.00"),
            ("-0.0", 7, "0.0"),
            ("10", 10, "1"),
            ("99999999999999999999.5", 1, "99999999999999999999.5"),
            ("0.00000000000000000001", 2, "0.00000000000000000001"),
            ("NaN", 2, "NaN"),
            ("-Infinity", 2, "-Infinity"),
        ] {
            assert_eq!(quotient(total, count), average, "{total} / {count}");
        }
    }
}
