//! A first look at dates and times. In the form that nearly all of them have, their texts sort as they do, so that SQLite
//! passes over most records by itself; only what is left is compared as instants, by a function of ours.

use super::{Order, Writer};
use crate::base::filter::{Op, Operand};
use crate::base::{FieldType, Result, Value, datetime};

impl Writer<'_, '_> {
    /// Writes what must hold for the comparison to be true, with ` AND ` behind it, where that is worth a look. It is false
    /// where the comparison may be unknown, so it stands in no condition that is turned round.
    pub(super) fn roughly(&mut self, left: &Operand, op: Op, right: &Operand) -> Result<()> {
        let (name, op, other) = match (left, right) {
            (Operand::Field(name), other) => (name, op, other),
            (other, Operand::Field(name)) => (name, super::number::turned(op), other),
            _ => return Ok(()),
        };
        let field = self.operated(name)?;
        let Some(length) = field.stored.as_ref().filter(|_| !self.turned_round).and_then(usual_length) else {
            return Ok(());
        };
        let Some(day) = self.day(other) else { return Ok(()) };
        let column = &field.value.sql;
        // On the same day the texts do not tell.
        let end = format!("{day}~");
        let condition = match op {
            Op::Greater | Op::GreaterOrEqual => format!("{column} >= ?"),
            Op::Less | Op::LessOrEqual => format!("{column} < ?"),
            Op::Equal => format!("{column} BETWEEN ? AND ?"),
            Op::NotEqual => return Ok(()),
        };
        self.push(&format!("({condition} OR octet_length({column}) <> {length}) AND "));
        if op != Op::Less && op != Op::LessOrEqual {
            self.condition.values.push(Value::Text(day));
        }
        if !matches!(op, Op::Greater | Op::GreaterOrEqual) {
            self.condition.values.push(Value::Text(end));
        }
        Ok(())
    }

    /// The day in UTC of a literal, when it is one of the years whose texts sort.
    fn day(&self, operand: &Operand) -> Option<String> {
        let time = match operand {
            Operand::Field(_) => return None,
            Operand::Literal(value) => super::order::literal(value, Order::Plain),
            Operand::Now { months, days, micros } => Value::Text(datetime::after(self.now, *months, *days, *micros)),
        };
        let Value::Text(time) = time else { return None };
        datetime::date_of(&time).filter(|day| day.len() == USUAL_DATE)
    }
}

const USUAL_DATE: usize = "2026-11-24".len();

/// The bytes of most values of a type, none of which is one of a year before 1 or after 9999.
fn usual_length(field_type: &FieldType) -> Option<usize> {
    match field_type {
        FieldType::Date => Some(USUAL_DATE),
        FieldType::DateTime => Some("2026-11-24T06:00:00Z".len()),
        _ => None,
    }
}
