//! Literals: numbers without loss, bytes and intervals.

use sqlparser::ast::{self, Expr};

use super::Interval;
use crate::base::{Value, decimal};

/// An integer where 64 bits hold it, a real where the shortest form of one has the same value, else the digits as text.
pub fn number(digits: &str) -> Value {
    if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return digits.parse().map_or_else(|_| Value::text(digits), Value::Integer);
    }
    match digits.parse::<f64>() {
        Ok(real)
            if real.is_finite() && decimal::compare(digits, &real.to_string()) == Some(std::cmp::Ordering::Equal) =>
        {
            Value::Real(real)
        }
        _ => Value::text(digits),
    }
}

/// The bytes of `00ff`; `None` for other than pairs of hexadecimal digits.
pub fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let hex = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if hex { (0..digits.len()).step_by(2).map(pair).collect() } else { None }
}

pub(super) fn interval(interval: &ast::Interval) -> Option<Interval> {
    let text = match &*interval.value {
        Expr::Value(value) => match &value.value {
            ast::Value::SingleQuotedString(text) => text,
            _ => return None,
        },
        _ => return None,
    };
    let plain = interval.last_field.is_none()
        && interval.leading_precision.is_none()
        && interval.fractional_seconds_precision.is_none();
    let text = match &interval.leading_field {
        Some(unit) => format!("{text} {}", unit.to_string().to_lowercase()),
        None => text.clone(),
    };
    Interval::parse(&text).filter(|_| plain)
}
