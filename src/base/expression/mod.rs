//! The formula language of computed fields: a checked subset of SQL's expressions over a record's own stored fields.
//!
//! `case when quantity >= 10 then price * quantity * 0.9 else price * quantity end`
//!
//! | what | how |
//! |---|---|
//! | values | `12`, `0.5`, `1e3`, `'text'`, `true`, `false`, `null`, a field's name (`"Full name"` when it is no plain word) |
//! | numbers | `+ - * / %`, `round(x)`, `round(x, digits)`, `abs(x)`, `min(a, b, …)`, `max(a, b, …)` |
//! | texts | `||`, `concat(…)`, `lower`, `upper`, `trim`, `length`, `substr(x, from, count)`, `replace(x, old, new)` |
//! | times | `now()`, `date(x)`, `year(x)`, `month(x)`, `day(x)`, `due + interval '7 days'`, `due + 7`, `due - start` (in days) |
//! | conditions | `= <> < <= > >=`, `and`, `or`, `not`, `in`, `between`, `like`, `is null`, `is true`, `is false` |
//! | choices | `case`, `coalesce(a, b, …)`, `nullif(a, b)` |
//!
//! What it means, in memory and in the store's SQL alike:
//! - Integers and decimals are exact, and an integer that outgrows 64 bits goes on as its digits. A quotient is a decimal,
//!   rounded half away from zero to 20 significant digits, or to as many digits behind the point as its operands have where
//!   those are more. What has a `number` in it is computed in IEEE doubles. A result of more than 131,072 digits is null.
//! - An amount keeps its code. Amounts of different codes have no sum, no quotient and no smaller one: null.
//! - Dividing by zero gives null. Null in gives null out, except for `coalesce`, `nullif`, `case`, `is …`, `and`, `or`
//!   and `concat`, which leaves nulls out.
//! - `year` and its likes of an infinite date are null, and a year before Christ is negative.

use std::fmt;

use sqlparser::tokenizer::Location;

use super::Error;
use super::filter::Op;
use super::syntax::Interval;

mod check;
mod evaluate;
mod function;
mod parse;
mod print;
mod typed;

pub use function::{FUNCTIONS, Function};
pub use typed::{Checked, Node, Sort, Typed};

/// A parsed formula. Two are equal when they say the same, wherever it stands in their texts.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression {
    what: What,
    place: Place,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    Field(String),
    Literal(Literal),
    Interval(Interval),
    Not(Box<Expression>),
    Negate(Box<Expression>),
    Arithmetic {
        left: Box<Expression>,
        sign: Sign,
        right: Box<Expression>,
    },
    /// `a || b || c`
    Join(Vec<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Compare {
        left: Box<Expression>,
        op: Op,
        right: Box<Expression>,
    },
    In {
        operand: Box<Expression>,
        list: Vec<Expression>,
        negated: bool,
    },
    Between {
        operand: Box<Expression>,
        low: Box<Expression>,
        high: Box<Expression>,
        negated: bool,
    },
    Like {
        operand: Box<Expression>,
        pattern: String,
        negated: bool,
    },
    /// `is null`, `is true`, `is false`
    Is {
        operand: Box<Expression>,
        state: State,
        negated: bool,
    },
    Case {
        operand: Option<Box<Expression>>,
        branches: Vec<(Expression, Expression)>,
        otherwise: Option<Box<Expression>>,
    },
    Call {
        name: Name,
        arguments: Vec<Expression>,
    },
}

#[derive(Clone, Debug, PartialEq)]
enum Literal {
    Null,
    Boolean(bool),
    /// As it was written
    Number(String),
    Text(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

impl Sign {
    fn text(self) -> &'static str {
        match self {
            Sign::Plus => "+",
            Sign::Minus => "-",
            Sign::Times => "*",
            Sign::Divide => "/",
            Sign::Remainder => "%",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Null,
    True,
    False,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Null => "null",
            State::True => "true",
            State::False => "false",
        }
    }
}

/// The functions that a formula may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    Abs,
    Coalesce,
    Concat,
    Date,
    Day,
    Length,
    Lower,
    Max,
    Min,
    Month,
    Now,
    NullIf,
    Replace,
    Round,
    Substr,
    Trim,
    Upper,
    Year,
}

impl Name {
    const ALL: [Name; 18] = [
        Name::Abs,
        Name::Coalesce,
        Name::Concat,
        Name::Date,
        Name::Day,
        Name::Length,
        Name::Lower,
        Name::Max,
        Name::Min,
        Name::Month,
        Name::Now,
        Name::NullIf,
        Name::Replace,
        Name::Round,
        Name::Substr,
        Name::Trim,
        Name::Upper,
        Name::Year,
    ];

    fn word(self) -> &'static str {
        match self {
            Name::Abs => "abs",
            Name::Coalesce => "coalesce",
            Name::Concat => "concat",
            Name::Date => "date",
            Name::Day => "day",
            Name::Length => "length",
            Name::Lower => "lower",
            Name::Max => "max",
            Name::Min => "min",
            Name::Month => "month",
            Name::Now => "now",
            Name::NullIf => "nullif",
            Name::Replace => "replace",
            Name::Round => "round",
            Name::Substr => "substr",
            Name::Trim => "trim",
            Name::Upper => "upper",
            Name::Year => "year",
        }
    }

    /// The fewest and the most arguments, and how a call looks.
    fn arguments(self) -> (usize, usize, &'static str) {
        match self {
            Name::Now => (0, 0, "now()"),
            Name::Abs => (1, 1, "abs(number)"),
            Name::Date => (1, 1, "date(time)"),
            Name::Day => (1, 1, "day(time)"),
            Name::Length => (1, 1, "length(text)"),
            Name::Lower => (1, 1, "lower(text)"),
            Name::Month => (1, 1, "month(time)"),
            Name::Trim => (1, 1, "trim(text)"),
            Name::Upper => (1, 1, "upper(text)"),
            Name::Year => (1, 1, "year(time)"),
            Name::Round => (1, 2, "round(number, digits)"),
            Name::NullIf => (2, 2, "nullif(value, what)"),
            Name::Substr => (2, 3, "substr(text, from, count)"),
            Name::Replace => (3, 3, "replace(text, old, new)"),
            Name::Concat => (1, MOST_ITEMS, "concat(text, text)"),
            Name::Coalesce => (2, MOST_ITEMS, "coalesce(value, otherwise)"),
            Name::Max => (2, MOST_ITEMS, "max(one, other)"),
            Name::Min => (2, MOST_ITEMS, "min(one, other)"),
        }
    }
}

/// Most arguments of a call and most values of a list.
const MOST_ITEMS: usize = 100;

/// Where an expression begins in its text. All places are equal.
#[derive(Clone, Copy, Debug)]
struct Place {
    at: Location,
    /// Whether the text has several lines, so that the line is said too
    lines: bool,
}

impl PartialEq for Place {
    fn eq(&self, _: &Place) -> bool {
        true
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.lines {
            true => write!(f, "line {}, column {}", self.at.line, self.at.column),
            false => write!(f, "column {}", self.at.column),
        }
    }
}

impl Expression {
    /// The record's fields that it looks at, each once, in the order they appear.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields = Vec::new();
        self.each(&mut |expression| {
            if let What::Field(name) = &expression.what
                && !fields.contains(&name.as_str())
            {
                fields.push(name);
            }
        });
        fields
    }

    /// The same formula when a field has another name.
    #[must_use]
    pub fn rename(&self, old: &str, new: &str) -> Expression {
        let mut renamed = self.clone();
        renamed.each_mut(&mut |expression| {
            if let What::Field(name) = &mut expression.what
                && name == old
            {
                new.clone_into(name);
            }
        });
        renamed
    }

    fn each<'e>(&'e self, visit: &mut dyn FnMut(&'e Expression)) {
        visit(self);
        self.parts().into_iter().for_each(|part| part.each(visit));
    }

    fn each_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        visit(self);
        self.parts_mut().into_iter().for_each(|part| part.each_mut(visit));
    }

    fn parts(&self) -> Vec<&Expression> {
        match &self.what {
            What::Field(_) | What::Literal(_) | What::Interval(_) => Vec::new(),
            What::Not(part) | What::Negate(part) => vec![part],
            What::Like { operand, .. } | What::Is { operand, .. } => vec![operand],
            What::Arithmetic { left, right, .. } | What::Compare { left, right, .. } => vec![left, right],
            What::Join(parts) | What::All(parts) | What::Any(parts) => parts.iter().collect(),
            What::Call { arguments, .. } => arguments.iter().collect(),
            What::In { operand, list, .. } => std::iter::once(&**operand).chain(list).collect(),
            What::Between { operand, low, high, .. } => vec![operand, low, high],
            What::Case { operand, branches, otherwise } => {
                let branches = branches.iter().flat_map(|(when, then)| [when, then]);
                operand.as_deref().into_iter().chain(branches).chain(otherwise.as_deref()).collect()
            }
        }
    }

    fn parts_mut(&mut self) -> Vec<&mut Expression> {
        match &mut self.what {
            What::Field(_) | What::Literal(_) | What::Interval(_) => Vec::new(),
            What::Not(part) | What::Negate(part) => vec![part],
            What::Like { operand, .. } | What::Is { operand, .. } => vec![operand],
            What::Arithmetic { left, right, .. } | What::Compare { left, right, .. } => vec![left, right],
            What::Join(parts) | What::All(parts) | What::Any(parts) => parts.iter_mut().collect(),
            What::Call { arguments, .. } => arguments.iter_mut().collect(),
            What::In { operand, list, .. } => std::iter::once(&mut **operand).chain(list).collect(),
            What::Between { operand, low, high, .. } => vec![operand, low, high],
            What::Case { operand, branches, otherwise } => {
                let branches = branches.iter_mut().flat_map(|(when, then)| [when, then]);
                operand.as_deref_mut().into_iter().chain(branches).chain(otherwise.as_deref_mut()).collect()
            }
        }
    }

    /// An error about this part of the formula.
    fn refuse(&self, what: impl fmt::Display) -> Error {
        Error::usage(format!("the formula is wrong at {}: {what}", self.place))
    }
}
