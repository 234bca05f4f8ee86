//! Filters in PostgreSQL's language, for what means exactly the same there. Texts compare by their bytes (`COLLATE "C"`),
//! decimals and moments by value, as the store does. `COPY` takes no parameters, so literals are quoted (see `ident`).

use super::ident::{literal, quote};
use super::relation::Relation;
use super::types::{Attribute, Decode};
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Timestamp, Value, datetime, decimal};

/// The condition, or `None` when some part of it could mean something else there.
pub fn condition(relation: &Relation, filter: &Filter, now: Timestamp) -> Option<String> {
    match filter {
        Filter::All(parts) => joined(relation, parts, now, " AND ", "true"),
        Filter::Any(parts) => joined(relation, parts, now, " OR ", "false"),
        Filter::Not(inner) => Some(format!("(NOT {})", condition(relation, inner, now)?)),
        Filter::Compare { left: Operand::Field(name), op, right } => {
            compare(attribute(relation, name)?, *op, right, now)
        }
        Filter::Compare { left, op, right: Operand::Field(name) } => {
            compare(attribute(relation, name)?, turned(*op), left, now)
        }
        Filter::Compare { .. } => None,
        Filter::In { operand: Operand::Field(name), list, negated } => {
            let attribute = attribute(relation, name)?;
            let items = list.iter().map(|item| compare(attribute, Op::Equal, item, now)).collect::<Option<Vec<_>>>()?;
            let any = if items.is_empty() { "false".to_owned() } else { items.join(" OR ") };
            Some(if *negated { format!("(NOT ({any}))") } else { format!("({any})") })
        }
        Filter::Between { operand: Operand::Field(name), low, high, negated } => {
            let attribute = attribute(relation, name)?;
            let low = compare(attribute, Op::GreaterOrEqual, low, now)?;
            let high = compare(attribute, Op::LessOrEqual, high, now)?;
            Some(if *negated { format!("(NOT ({low} AND {high}))") } else { format!("({low} AND {high})") })
        }
        Filter::Like { operand: Operand::Field(name), pattern, negated } => {
            let attribute = attribute(relation, name)?;
            (attribute.decode() == Decode::Text).then_some(())?;
            // In the collation "C", ILIKE folds ASCII letters only, and ESCAPE '' leaves the backslash a letter.
            let not = if *negated { "NOT " } else { "" };
            Some(format!("({} {not}ILIKE {} COLLATE \"C\" ESCAPE '')", text_of(attribute), literal(pattern)?))
        }
        Filter::Null { operand: Operand::Field(name), negated } => {
            let column = quote(&attribute(relation, name)?.name);
            // For composite values `IS NULL` would ask about their fields.
            Some(format!("({column} IS {}DISTINCT FROM NULL)", if *negated { "" } else { "NOT " }))
        }
        Filter::In { .. } | Filter::Between { .. } | Filter::Like { .. } | Filter::Null { .. } => None,
    }
}

fn joined(relation: &Relation, parts: &[Filter], now: Timestamp, word: &str, empty: &str) -> Option<String> {
    let parts = parts.iter().map(|part| condition(relation, part, now)).collect::<Option<Vec<_>>>()?;
    Some(if parts.is_empty() { empty.to_owned() } else { format!("({})", parts.join(word)) })
}

fn attribute<'r>(relation: &'r Relation, name: &str) -> Option<&'r Attribute> {
    relation.attribute(name).ok()
}

fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        same => same,
    }
}

fn sign(op: Op) -> &'static str {
    match op {
        Op::Equal => "=",
        Op::NotEqual => "<>",
        Op::Less => "<",
        Op::LessOrEqual => "<=",
        Op::Greater => ">",
        Op::GreaterOrEqual => ">=",
    }
}

fn text_of(attribute: &Attribute) -> String {
    // The cast takes the blanks off a `char(n)`, which its value here has.
    if attribute.base == 1042 {
        return format!("pg_catalog.textin(pg_catalog.bpcharout({}))", quote(&attribute.name));
    }
    format!("({}::text)", attribute.expression())
}

fn compare(attribute: &Attribute, op: Op, operand: &Operand, now: Timestamp) -> Option<String> {
    let sign = sign(op);
    let column = quote(&attribute.name);
    let value = match operand {
        Operand::Literal(value) => value.clone(),
        Operand::Now { .. } => Value::Text(operand.moment(now)?.rfc3339()),
        Operand::Field(_) => return None,
    };
    if value.is_null() {
        return Some("(NULL::bool)".to_owned());
    }
    match (attribute.decode(), &value) {
        (Decode::Int2 | Decode::Int4 | Decode::Int8 | Decode::Oid, Value::Integer(number)) => {
            Some(format!("({column}::int8 {sign} '{number}'::int8)"))
        }
        (Decode::Bool, Value::Integer(number @ (0 | 1))) => Some(format!("({column}::int4 {sign} {number})")),
        (Decode::Numeric, Value::Integer(number)) => Some(format!("({column} {sign} '{number}'::numeric)")),
        (Decode::Numeric, Value::Real(number)) if number.is_finite() => {
            Some(format!("({column} {sign} '{number}'::numeric)"))
        }
        (Decode::Numeric, Value::Text(text)) if is_decimal(text) => {
            Some(format!("({column} {sign} {}::numeric)", literal(text)?))
        }
        (Decode::Text | Decode::Uuid, Value::Text(text)) => {
            Some(format!("({} {sign} {}::text COLLATE \"C\")", text_of(attribute), literal(text)?))
        }
        (Decode::Date, Value::Text(text))
            if text.len() == 10 && datetime::stored_date(text).as_deref() == Some(text) =>
        {
            Some(format!("({column} {sign} {}::date)", literal(text)?))
        }
        (Decode::Timestamp | Decode::Timestamptz, Value::Text(text)) => moment(attribute, op, text),
        _ => None,
    }
}

fn is_decimal(text: &str) -> bool {
    // No exponents, NaN or infinities: not every version of the server takes them.
    text.len() < 1000
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte))
        && decimal::stored(text).is_some()
}

/// A datetime against a literal. A date alone is earlier than its own midnight in the store, so it is only handed on where
/// that makes no difference.
fn moment(attribute: &Attribute, op: Op, text: &str) -> Option<String> {
    let stored = datetime::stored_datetime(text)?;
    let has_clock = text.contains(['T', 't', ' ']);
    let fine = text.split('.').nth(1).is_some_and(|digits| digits.bytes().take_while(u8::is_ascii_digit).count() > 6);
    let four_digits = stored.as_bytes().get(4) == Some(&b'-');
    if fine || !four_digits || !(has_clock || matches!(op, Op::Less | Op::GreaterOrEqual)) || text.contains("BC") {
        return None;
    }
    let column = quote(&attribute.name);
    let (stored, word) = match attribute.decode() {
        Decode::Timestamp => (stored.trim_end_matches('Z'), "timestamp"),
        _ => (stored.as_str(), "timestamptz"),
    };
    Some(format!("({column} {} {}::{word})", sign(op), literal(stored)?))
}
