//! The filter language: a checked subset of SQL's expressions, parsed once and used by records, by sync filters and by
//! grants. Turning a filter into a store's or a vendor's own language is their business.

use super::value::Value;

/// A parsed filter. SQL's three-valued logic: a comparison with null is neither true nor false, and only true keeps a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Filter {
    /// All must be true; true when empty
    All(Vec<Filter>),
    /// One must be true; false when empty
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Compare {
        left: Operand,
        op: Op,
        right: Operand,
    },
    In {
        operand: Operand,
        list: Vec<Operand>,
        negated: bool,
    },
    Between {
        operand: Operand,
        low: Operand,
        high: Operand,
        negated: bool,
    },
    /// `%` any text, `_` one character; ASCII letters match in either case
    Like {
        operand: Operand,
        pattern: String,
        negated: bool,
    },
    Null {
        operand: Operand,
        negated: bool,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A field's name; a dotted path goes through relations
    Field(String),
    Literal(Value),
    /// The time of evaluation, plus months, days and microseconds
    Now {
        months: i32,
        days: i32,
        micros: i64,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operand {
    /// The moment that `Now` stands for at this time; `None` for other operands and outside the calendar.
    pub fn moment(&self, now: super::Timestamp) -> Option<super::Timestamp> {
        let Operand::Now { months, days, micros } = self else { return None };
        let time = now.utc()?;
        let shift = chrono::Months::new(months.unsigned_abs());
        let time = if *months < 0 { time.checked_sub_months(shift)? } else { time.checked_add_months(shift)? };
        let time = time.checked_add_signed(chrono::Duration::try_days(i64::from(*days))?)?;
        Some(super::Timestamp(time.timestamp_micros().checked_add(*micros)?))
    }
}
