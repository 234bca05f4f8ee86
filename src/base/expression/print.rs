//! A formula as text that parses to the same formula again.

use std::fmt::{Display, Formatter, Result};

use super::{Expression, Literal, Sign, What};
use crate::base::syntax::quoted;

/// How tightly a form binds, as sqlparser ranks them: what binds less than its surroundings is put in parentheses.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Level {
    Or,
    And,
    Not,
    Condition,
    Join,
    Sum,
    Product,
    Sign,
    Atom,
}

impl Display for Expression {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        self.write(Level::Or, f)
    }
}

impl Expression {
    fn level(&self) -> Level {
        match &self.what {
            What::Any(_) => Level::Or,
            What::All(_) => Level::And,
            What::Not(_) => Level::Not,
            What::Compare { .. } | What::In { .. } | What::Between { .. } | What::Like { .. } | What::Is { .. } => {
                Level::Condition
            }
            What::Join(_) => Level::Join,
            What::Arithmetic { sign: Sign::Plus | Sign::Minus, .. } => Level::Sum,
            What::Arithmetic { .. } => Level::Product,
            What::Negate(_) => Level::Sign,
            What::Literal(Literal::Number(digits)) if digits.starts_with('-') => Level::Sign,
            _ => Level::Atom,
        }
    }

    fn write(&self, least: Level, f: &mut Formatter<'_>) -> Result {
        if self.level() < least {
            f.write_str("(")?;
            self.bare(f)?;
            return f.write_str(")");
        }
        self.bare(f)
    }

    fn bare(&self, f: &mut Formatter<'_>) -> Result {
        let above = |level: Level| match level {
            Level::Or => Level::And,
            Level::And => Level::Not,
            Level::Not | Level::Condition => Level::Join,
            Level::Join => Level::Sum,
            Level::Sum => Level::Product,
            Level::Product => Level::Sign,
            Level::Sign | Level::Atom => Level::Atom,
        };
        let inner = above(self.level());
        match &self.what {
            What::Field(name) => f.write_str(&quoted(name)),
            What::Literal(literal) => write!(f, "{literal}"),
            What::Interval(interval) => write!(f, "interval '{interval}'"),
            What::Not(part) => {
                f.write_str("not ")?;
                part.write(Level::Not, f)
            }
            What::Negate(part) => {
                f.write_str("-")?;
                part.write(Level::Atom, f)
            }
            What::Arithmetic { left, sign, right } => {
                left.write(self.level(), f)?;
                write!(f, " {} ", sign.text())?;
                right.write(inner, f)
            }
            What::Join(parts) => between(parts, " || ", inner, f),
            What::All(parts) => between(parts, " and ", inner, f),
            What::Any(parts) => between(parts, " or ", inner, f),
            What::Compare { left, op, right } => {
                left.write(inner, f)?;
                write!(f, " {} ", op.sign())?;
                right.write(inner, f)
            }
            What::In { operand, list, negated } => {
                operand.write(inner, f)?;
                write!(f, " {}in (", not(*negated))?;
                between(list, ", ", Level::Or, f)?;
                f.write_str(")")
            }
            What::Between { operand, low, high, negated } => {
                operand.write(inner, f)?;
                write!(f, " {}between ", not(*negated))?;
                low.write(inner, f)?;
                f.write_str(" and ")?;
                high.write(inner, f)
            }
            What::Like { operand, pattern, negated } => {
                operand.write(inner, f)?;
                write!(f, " {}like {}", not(*negated), Literal::Text(pattern.clone()))
            }
            What::Is { operand, state, negated } => {
                operand.write(inner, f)?;
                write!(f, " is {}{}", not(*negated), state.word())
            }
            What::Case { operand, branches, otherwise } => {
                f.write_str("case")?;
                if let Some(operand) = operand {
                    write!(f, " {operand}")?;
                }
                branches.iter().try_for_each(|(when, then)| write!(f, " when {when} then {then}"))?;
                if let Some(otherwise) = otherwise {
                    write!(f, " else {otherwise}")?;
                }
                f.write_str(" end")
            }
            What::Call { name, arguments } => {
                write!(f, "{}(", name.word())?;
                between(arguments, ", ", Level::Or, f)?;
                f.write_str(")")
            }
        }
    }
}

fn between(parts: &[Expression], sign: &str, level: Level, f: &mut Formatter<'_>) -> Result {
    for (index, part) in parts.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { sign })?;
        part.write(level, f)?;
    }
    Ok(())
}

fn not(negated: bool) -> &'static str {
    if negated { "not " } else { "" }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        match self {
            Literal::Null => f.write_str("null"),
            Literal::Boolean(yes) => write!(f, "{yes}"),
            Literal::Number(digits) => f.write_str(digits),
            Literal::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}
