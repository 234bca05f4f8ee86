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

use super::Error;
use super::filter::Op;
use super::syntax::Interval;

mod check;
mod evaluate;
mod function;
mod name;
mod parse;
mod place;
mod print;
mod typed;
mod walk;

pub use function::{FUNCTIONS, Function};
pub use typed::{Checked, Node, Sort, Typed};

use name::Name;
use place::Place;

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

/// Most arguments of a call and most values of a list.
const MOST_ITEMS: usize = 100;

impl Expression {
    /// An error about this part of the formula.
    fn refuse(&self, what: impl fmt::Display) -> Error {
        Error::usage(format!("the formula is wrong at {}: {what}", self.place))
    }
}
