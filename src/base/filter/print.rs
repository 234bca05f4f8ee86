//! A filter as text that parses to the same filter again.

use std::fmt::{Display, Formatter, Result};

use super::{Filter, Operand};
use crate::base::Value;
use crate::base::syntax::{Interval, path as field};

/// How tightly the surroundings bind: what binds less is put in parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Or,
    And,
    Not,
}

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write(self, Level::Or, f)
    }
}

fn write(filter: &Filter, level: Level, f: &mut Formatter<'_>) -> Result {
    match filter {
        Filter::All(parts) if parts.is_empty() => f.write_str("true"),
        Filter::Any(parts) if parts.is_empty() => f.write_str("false"),
        Filter::All(parts) => join(parts, " and ", Level::Not, level >= Level::And, f),
        Filter::Any(parts) => join(parts, " or ", Level::And, level >= Level::And, f),
        Filter::Not(part) => {
            f.write_str("not ")?;
            write(part, Level::Not, f)
        }
        Filter::Compare { left, op, right } => write!(f, "{left} {} {right}", op.sign()),
        Filter::In { operand, list, negated } => {
            write!(f, "{operand} {}in (", not(*negated))?;
            for (index, item) in list.iter().enumerate() {
                write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
            }
            f.write_str(")")
        }
        Filter::Between { operand, low, high, negated } => {
            write!(f, "{operand} {}between {low} and {high}", not(*negated))
        }
        Filter::Like { operand, pattern, negated } => write!(f, "{operand} {}like {}", not(*negated), text(pattern)),
        Filter::Null { operand, negated } => write!(f, "{operand} is {}null", not(*negated)),
    }
}

fn join(parts: &[Filter], between: &str, level: Level, parentheses: bool, f: &mut Formatter<'_>) -> Result {
    f.write_str(if parentheses { "(" } else { "" })?;
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { between })?;
        write(part, level, f)?;
    }
    f.write_str(if parentheses { ")" } else { "" })
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Operand::Field(path) => f.write_str(&field(path)),
            Operand::Literal(value) => literal(value, f),
            Operand::Now { months, days, micros } => {
                let interval = Interval { months: *months, days: *days, micros: *micros };
                if interval == Interval::default() {
                    return f.write_str("now()");
                }
                match Interval::default().plus(interval, true) {
                    Some(back) if *months <= 0 && *days <= 0 && *micros <= 0 => write!(f, "now() - interval '{back}'"),
                    _ => write!(f, "now() + interval '{interval}'"),
                }
            }
        }
    }
}

fn literal(value: &Value, f: &mut Formatter<'_>) -> Result {
    match value {
        Value::Null => f.write_str("null"),
        Value::Integer(number) => write!(f, "{number}"),
        // Always with a point or an exponent, so that it is read as a real again.
        Value::Real(number) => write!(f, "{number:?}"),
        Value::Text(word) if word == "true" || word == "false" => f.write_str(word),
        Value::Text(content) => f.write_str(&text(content)),
        Value::Blob(bytes) => {
            f.write_str("x'")?;
            bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
            f.write_str("'")
        }
    }
}

fn text(content: &str) -> String {
    format!("'{}'", content.replace('\'', "''"))
}
