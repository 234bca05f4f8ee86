//! The filter language: a checked subset of SQL's expressions, parsed once and used by records, by sync filters and by
//! grants. Turning a filter into a store's or a vendor's own language is their business; what a filter means is settled
//! here, by `matches`, and they must agree with it.
//!
//! `stage = 'won' and amount > 100 and (owner.name like 'A%' or due < now() + interval '7 days')`

use super::value::Value;

mod check;
mod matches;
mod parse;
mod print;

pub use super::syntax::quoted;
pub use matches::{Class, currency_key, holds, like, order};

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

impl Op {
    pub const ALL: [Op; 6] = [Op::Equal, Op::NotEqual, Op::Less, Op::LessOrEqual, Op::Greater, Op::GreaterOrEqual];

    pub fn sign(self) -> &'static str {
        match self {
            Op::Equal => "=",
            Op::NotEqual => "<>",
            Op::Less => "<",
            Op::LessOrEqual => "<=",
            Op::Greater => ">",
            Op::GreaterOrEqual => ">=",
        }
    }
}

impl Filter {
    /// The filter that keeps every row.
    pub fn everything() -> Self {
        Filter::All(Vec::new())
    }

    /// The fields it looks at, each once, in the order they appear.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.each_operand(&mut |operand| {
            if let Operand::Field(name) = operand
                && !fields.contains(&name.as_str())
            {
                fields.push(name);
            }
        });
        fields
    }

    /// Whether the time of evaluation is in it, so that rows come into it and leave it without changing.
    pub fn moves_with_time(&self) -> bool {
        let mut moves = false;
        self.each_operand(&mut |operand| moves |= matches!(operand, Operand::Now { .. }));
        moves
    }

    fn each_operand<'f>(&'f self, visit: &mut dyn FnMut(&'f Operand)) {
        match self {
            Filter::All(parts) | Filter::Any(parts) => parts.iter().for_each(|part| part.each_operand(visit)),
            Filter::Not(part) => part.each_operand(visit),
            comparison => comparison.operands().into_iter().for_each(visit),
        }
    }

    /// The operands that are compared with each other here; none for `All`, `Any` and `Not`.
    pub(crate) fn operands(&self) -> Vec<&Operand> {
        match self {
            Filter::All(_) | Filter::Any(_) | Filter::Not(_) => Vec::new(),
            Filter::Compare { left, right, .. } => vec![left, right],
            Filter::In { operand, list, .. } => std::iter::once(operand).chain(list).collect(),
            Filter::Between { operand, low, high, .. } => vec![operand, low, high],
            Filter::Like { operand, .. } | Filter::Null { operand, .. } => vec![operand],
        }
    }

    /// The same filter with every operand replaced, or the first failure.
    fn map(&self, change: &mut dyn FnMut(&Filter, &Operand) -> super::Result<Operand>) -> super::Result<Filter> {
        let parts = |parts: &[Filter], change: &mut dyn FnMut(&Filter, &Operand) -> super::Result<Operand>| {
            parts.iter().map(|part| part.map(change)).collect::<super::Result<Vec<_>>>()
        };
        Ok(match self {
            Filter::All(all) => Filter::All(parts(all, change)?),
            Filter::Any(any) => Filter::Any(parts(any, change)?),
            Filter::Not(part) => Filter::Not(Box::new(part.map(change)?)),
            Filter::Compare { left, op, right } => {
                Filter::Compare { left: change(self, left)?, op: *op, right: change(self, right)? }
            }
            Filter::In { operand, list, negated } => Filter::In {
                operand: change(self, operand)?,
                list: list.iter().map(|item| change(self, item)).collect::<super::Result<_>>()?,
                negated: *negated,
            },
            Filter::Between { operand, low, high, negated } => Filter::Between {
                operand: change(self, operand)?,
                low: change(self, low)?,
                high: change(self, high)?,
                negated: *negated,
            },
            Filter::Like { operand, pattern, negated } => {
                Filter::Like { operand: change(self, operand)?, pattern: pattern.clone(), negated: *negated }
            }
            Filter::Null { operand, negated } => Filter::Null { operand: change(self, operand)?, negated: *negated },
        })
    }

    /// The same filter with every field's name replaced.
    #[must_use]
    pub fn rename(&self, name: &dyn Fn(&str) -> String) -> Filter {
        let renamed = self.map(&mut |_, operand| {
            Ok(match operand {
                Operand::Field(path) => Operand::Field(name(path)),
                other => other.clone(),
            })
        });
        renamed.expect("renaming cannot fail")
    }

    /// The same filter with the texts that a field is compared with in the form that `form` gives for the field's name and
    /// the text; those that it gives none for stay.
    #[must_use]
    pub fn form(&self, form: &dyn Fn(&str, &str) -> Option<String>) -> Filter {
        let formed = self.map(&mut |comparison, operand| {
            let Operand::Literal(Value::Text(text)) = operand else { return Ok(operand.clone()) };
            let formed = comparison.operands().into_iter().find_map(|other| match other {
                Operand::Field(name) => form(name, text),
                _ => None,
            });
            Ok(formed.map_or_else(|| operand.clone(), |text| Operand::Literal(Value::Text(text))))
        });
        formed.expect("a form fails for no operand")
    }

    /// The same filter with `now()` fixed, for evaluating it many times.
    #[must_use]
    pub fn at(&self, now: super::Timestamp) -> Filter {
        let fix = &mut |_: &Filter, operand: &Operand| Ok(operand.at(now));
        self.map(fix).expect("fixing the time fails for no operand")
    }
}

impl Operand {
    /// `Now` as the stored text of its moment; every other operand as it is.
    #[must_use]
    pub fn at(&self, now: super::Timestamp) -> Operand {
        match self {
            Operand::Now { months, days, micros } => {
                Operand::Literal(Value::Text(super::datetime::after(now, *months, *days, *micros)))
            }
            other => other.clone(),
        }
    }

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
