//! From text to a filter: what `base::syntax` read, as far as it has the structure of a filter.

use sqlparser::ast::{self, BinaryOperator, Expr, UnaryOperator};

use super::{Filter, Op, Operand};
use crate::base::syntax::{Interval, Language, Text, bytes, number};
use crate::base::{Error, Result, Value};

static FILTER: Language = Language {
    word: "filter",
    hint: "a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'",
    before_parenthesis: &["now", "in", "and", "or", "not", "between", "like"],
    functions: "the only function is `now()`",
    arithmetic: false,
    longest: 1 << 20,
    most_words: 6_000,
};

/// SQLite's own limit (sqlite.org/limits.html#max_like_pattern_length).
const LONGEST_PATTERN: usize = 50_000;

impl Filter {
    /// Reads a filter. `Kind::Usage`, with the place in the text, when it is none.
    ///
    /// Fields and the types of literals are not looked at; that is `check`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = Text { language: &FILTER, text };
        Reader { text }.condition(text.parse()?)
    }
}

/// Turns sqlparser's tree into ours.
struct Reader<'t> {
    text: Text<'t>,
}

impl Reader<'_> {
    fn condition(&self, expression: Expr) -> Result<Filter> {
        match expression {
            Expr::Nested(inner) => self.condition(*inner),
            Expr::BinaryOp { op: BinaryOperator::And, .. } => {
                Ok(Filter::All(self.chain(expression, &BinaryOperator::And)?))
            }
            Expr::BinaryOp { op: BinaryOperator::Or, .. } => {
                Ok(Filter::Any(self.chain(expression, &BinaryOperator::Or)?))
            }
            Expr::BinaryOp { left, op, right } => match comparison(&op) {
                Some(op) => Ok(Filter::Compare { left: self.operand(*left)?, op, right: self.operand(*right)? }),
                None => Err(self.no_condition(&Expr::BinaryOp { left, op, right })),
            },
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(Filter::Not(Box::new(self.condition(*expr)?))),
            Expr::InList { expr, list, negated } => Ok(Filter::In {
                operand: self.operand(*expr)?,
                list: list.into_iter().map(|item| self.operand(item)).collect::<Result<_>>()?,
                negated,
            }),
            Expr::Between { expr, negated, low, high } => Ok(Filter::Between {
                operand: self.operand(*expr)?,
                low: self.operand(*low)?,
                high: self.operand(*high)?,
                negated,
            }),
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                Ok(Filter::Like { operand: self.operand(*expr)?, pattern: self.pattern(*pattern)?, negated })
            }
            Expr::IsNull(expr) => Ok(Filter::Null { operand: self.operand(*expr)?, negated: false }),
            Expr::IsNotNull(expr) => Ok(Filter::Null { operand: self.operand(*expr)?, negated: true }),
            Expr::IsTrue(expr) => self.is(*expr, "true"),
            Expr::IsFalse(expr) => self.is(*expr, "false"),
            Expr::IsNotTrue(expr) => Ok(Filter::Not(Box::new(self.is(*expr, "true")?))),
            Expr::IsNotFalse(expr) => Ok(Filter::Not(Box::new(self.is(*expr, "false")?))),
            Expr::Value(ref value) => match value.value {
                ast::Value::Boolean(true) => Ok(Filter::All(Vec::new())),
                ast::Value::Boolean(false) => Ok(Filter::Any(Vec::new())),
                _ => Err(self.no_condition(&expression)),
            },
            // A boolean field alone.
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                Ok(Filter::Compare { left: self.operand(expression)?, op: Op::Equal, right: truth("true") })
            }
            other => Err(self.no_condition(&other)),
        }
    }

    /// The parts of `a and b and c`, which the parser nests to the left; a loop, because there may be thousands.
    fn chain(&self, mut expression: Expr, between: &BinaryOperator) -> Result<Vec<Filter>> {
        let mut parts = Vec::new();
        loop {
            match expression {
                Expr::BinaryOp { left, op, right } if op == *between => {
                    parts.push(self.condition(*right)?);
                    expression = *left;
                }
                first => {
                    parts.push(self.condition(first)?);
                    parts.reverse();
                    return Ok(parts);
                }
            }
        }
    }

    /// `x is true`: unlike `x = true` it is false for null.
    fn is(&self, expression: Expr, word: &str) -> Result<Filter> {
        let operand = self.operand(expression)?;
        Ok(Filter::All(vec![
            Filter::Null { operand: operand.clone(), negated: true },
            Filter::Compare { left: operand, op: Op::Equal, right: truth(word) },
        ]))
    }

    fn operand(&self, expression: Expr) -> Result<Operand> {
        match expression {
            Expr::Nested(inner) => self.operand(*inner),
            Expr::Identifier(name) => Ok(Operand::Field(name.value)),
            Expr::CompoundIdentifier(names) => {
                let names: Vec<String> = names.into_iter().map(|name| name.value).collect();
                Ok(Operand::Field(names.join(".")))
            }
            Expr::Value(ref value) => match &value.value {
                ast::Value::Number(digits, _) => Ok(Operand::Literal(number(digits))),
                ast::Value::SingleQuotedString(text) => Ok(Operand::Literal(Value::text(text))),
                ast::Value::HexStringLiteral(digits) => match bytes(digits) {
                    Some(bytes) => Ok(Operand::Literal(Value::Blob(bytes))),
                    None => Err(self.refuse_at("these are no hexadecimal digits, two for each byte", &expression)),
                },
                ast::Value::Boolean(yes) => Ok(truth(if *yes { "true" } else { "false" })),
                ast::Value::Null => Ok(Operand::Literal(Value::Null)),
                _ => Err(self.no_operand(&expression)),
            },
            Expr::UnaryOp { op: op @ (UnaryOperator::Minus | UnaryOperator::Plus), ref expr } => match &**expr {
                Expr::Value(value) => match &value.value {
                    ast::Value::Number(digits, _) if op == UnaryOperator::Minus => {
                        Ok(Operand::Literal(number(&format!("-{digits}"))))
                    }
                    ast::Value::Number(digits, _) => Ok(Operand::Literal(number(digits))),
                    _ => Err(self.no_operand(&expression)),
                },
                _ => Err(self.no_operand(&expression)),
            },
            Expr::Function(_) | Expr::BinaryOp { .. } => self.moment(&expression),
            other => Err(self.no_operand(&other)),
        }
    }

    /// `now()` with any number of intervals added or taken away.
    fn moment(&self, expression: &Expr) -> Result<Operand> {
        if !begins_with_now(expression) {
            return Err(self.no_operand(expression));
        }
        let mut sum = Interval::default();
        let mut part = expression;
        while let Expr::BinaryOp { left, op, right } = part {
            let negative = match op {
                BinaryOperator::Plus => false,
                BinaryOperator::Minus => true,
                _ => return Err(self.no_operand(expression)),
            };
            let interval = self.interval(right)?;
            let too_long = || self.refuse_at("this interval is too long", right);
            sum = sum.plus(interval, negative).ok_or_else(too_long)?;
            part = left;
        }
        Ok(Operand::Now { months: sum.months, days: sum.days, micros: sum.micros })
    }

    fn interval(&self, expression: &Expr) -> Result<Interval> {
        self.text.interval(expression)?.ok_or_else(|| self.no_operand(expression))
    }

    fn pattern(&self, expression: Expr) -> Result<String> {
        match self.operand(expression.clone())? {
            Operand::Literal(Value::Text(pattern)) if pattern.len() > LONGEST_PATTERN => {
                let what = format!("the pattern is longer than {LONGEST_PATTERN} bytes");
                Err(self.text.refuse_at(what, &expression))
            }
            Operand::Literal(Value::Text(pattern)) => Ok(pattern),
            _ => Err(self.text.refuse_at("`like` needs a text in single quotes", &expression)),
        }
    }

    fn no_condition(&self, expression: &Expr) -> Error {
        self.refuse_at(format!("`{}` is no condition", self.text.shown(expression)), expression)
    }

    fn no_operand(&self, expression: &Expr) -> Error {
        let what =
            format!("`{}` is neither a field, a value nor `now()` with an interval", self.text.shown(expression));
        self.refuse_at(what, expression)
    }

    fn refuse_at(&self, what: impl Into<String>, expression: &Expr) -> Error {
        self.text.refuse_at(what, expression)
    }
}

fn begins_with_now(mut expression: &Expr) -> bool {
    while let Expr::BinaryOp { left, .. } = expression {
        expression = left;
    }
    matches!(expression, Expr::Function(_)) && expression.to_string().eq_ignore_ascii_case("now()")
}

fn comparison(op: &BinaryOperator) -> Option<Op> {
    Some(match op {
        BinaryOperator::Eq => Op::Equal,
        BinaryOperator::NotEq => Op::NotEqual,
        BinaryOperator::Lt => Op::Less,
        BinaryOperator::LtEq => Op::LessOrEqual,
        BinaryOperator::Gt => Op::Greater,
        BinaryOperator::GtEq => Op::GreaterOrEqual,
        _ => return None,
    })
}

/// `true` and `false` until `check` knows the field: the value of a boolean field, or the word in a text.
fn truth(word: &str) -> Operand {
    Operand::Literal(Value::text(word))
}
