//! Numbers, which a column may have as digits too. Nearly all are integers and reals, and are compared as SQLite does; only
//! what is text, and so greater than every number for SQLite, is compared by its size.

use super::{Order, Writer};
use crate::base::filter::{Filter, Op, Operand};
use crate::base::{Result, Value};

impl Writer<'_, '_> {
    /// Writes a comparison in the order its fields ask for. Equality between numbers needs no order, and a column is
    /// compared with numbers as `sized` says.
    pub(super) fn by_size(&mut self, filter: &Filter, write: &dyn Fn(&mut Self, Order) -> Result<()>) -> Result<()> {
        let operands = filter.operands();
        let fields = operands.iter().filter_map(|operand| match operand {
            Operand::Field(name) => Some(self.operated(name)),
            _ => None,
        });
        let fields = fields.collect::<Result<Vec<_>>>()?;
        let order = fields.iter().map(|field| field.order).find(|order| *order != Order::Plain).unwrap_or(Order::Plain);
        if order != Order::Number {
            return write(self, order);
        }
        let plain = |operand: &&Operand| matches!(operand, Operand::Literal(Value::Integer(_) | Value::Real(_)));
        match fields.as_slice() {
            [only] if operands.iter().filter(|operand| plain(operand)).count() + 1 == operands.len() => {
                let equality =
                    matches!(filter, Filter::In { .. } | Filter::Compare { op: Op::Equal | Op::NotEqual, .. });
                if equality {
                    return write(self, Order::Plain);
                }
                if only.stored.is_none() {
                    return write(self, Order::Decimal);
                }
                write(self, Order::Number)
            }
            _ => write(self, Order::Decimal),
        }
    }

    /// A column against a number: plainly, and by size where the column has digits, NaN or an infinity, which are text and
    /// so greater than every number for SQLite. Only what the first half leaves open costs more than SQLite's comparison.
    pub(super) fn sized(&mut self, column: &Operand, op: Op, number: &Operand) -> Result<()> {
        let (between, text) = match op {
            Op::Greater | Op::GreaterOrEqual => (" AND ", " < '' OR "),
            _ => (" OR ", " >= '' AND "),
        };
        self.push("(");
        for (order, before) in [(Order::Plain, ""), (Order::Decimal, between)] {
            self.push(before);
            if order == Order::Decimal {
                self.push("(");
                self.operand(column, Order::Plain)?;
                self.push(text);
            }
            self.operand(column, order)?;
            self.push(&format!(" {} ", op.sign()));
            self.operand(number, order)?;
        }
        self.push("))");
        Ok(())
    }

    /// A column between two numbers. Plainly first: what is text is greater than both for SQLite and comes by size then.
    pub(super) fn sized_between(&mut self, column: &Operand, low: &Operand, high: &Operand) -> Result<()> {
        self.between(column, low, high, Order::Plain)?;
        self.push(" OR (");
        self.operand(column, Order::Plain)?;
        self.push(" >= '' AND ");
        self.between(column, low, high, Order::Decimal)?;
        self.push(")");
        Ok(())
    }

    fn between(&mut self, operand: &Operand, low: &Operand, high: &Operand, order: Order) -> Result<()> {
        self.operand(operand, order)?;
        self.push(" BETWEEN ");
        self.operand(low, order)?;
        self.push(" AND ");
        self.operand(high, order)
    }
}

/// The comparison with its sides exchanged.
pub(super) fn turned(op: Op) -> Op {
    match op {
        Op::Less => Op::Greater,
        Op::LessOrEqual => Op::GreaterOrEqual,
        Op::Greater => Op::Less,
        Op::GreaterOrEqual => Op::LessOrEqual,
        Op::Equal | Op::NotEqual => op,
    }
}
