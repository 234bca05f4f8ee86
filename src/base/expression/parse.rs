//! From text to a formula: what `base::syntax` read, as far as it has the structure of a formula.

use sqlparser::ast::{
    self, BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, Spanned, UnaryOperator,
};

use super::{Expression, Literal, MOST_ITEMS, Name, Place, Sign, State, What};
use crate::base::filter::Op;
use crate::base::syntax::{Language, Text, shortened};
use crate::base::{Error, Result, decimal};

static FORMULA: Language = Language {
    word: "formula",
    hint: "a formula is an expression over the record's own fields: `price * quantity`, `first || ' ' || last`, `case when due < now() then 'late' else 'open' end`",
    before_parenthesis: &[
        "abs", "and", "between", "case", "coalesce", "concat", "date", "day", "else", "in", "length", "like", "lower",
        "max", "min", "month", "not", "now", "nullif", "or", "replace", "round", "substr", "then", "trim", "upper",
        "when", "year",
    ],
    functions: "the functions are abs, coalesce, concat, date, day, length, lower, max, min, month, now, nullif, replace, round, substr, trim, upper, year",
    arithmetic: true,
    longest: 20_000,
    most_words: 1_000,
};

/// Most parts inside each other: what keeps checking, evaluating and SQLite's own parser (its limit is 1,000) shallow.
const DEEPEST: usize = 60;

impl Expression {
    /// Reads a formula. `Kind::Usage`, with the place in the text, when it is none.
    ///
    /// Fields and types are not looked at; that is `check`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = Text { language: &FORMULA, text };
        Reader { text }.expression(text.parse()?, 0)
    }
}

/// Turns sqlparser's tree into ours.
struct Reader<'t> {
    text: Text<'t>,
}

impl Reader<'_> {
    fn expression(&self, expression: Expr, depth: usize) -> Result<Expression> {
        let place = Place { at: expression.span().start, lines: self.text.text.contains('\n') };
        if depth > DEEPEST {
            let what = format!("it has more than {DEEPEST} parts inside each other");
            return Err(self.text.refuse(what, Some(place.at)));
        }
        Ok(Expression { what: self.what(expression, depth + 1)?, place })
    }

    fn what(&self, expression: Expr, depth: usize) -> Result<What> {
        let inner = |part: Box<Expr>| self.expression(*part, depth).map(Box::new);
        Ok(match expression {
            Expr::Nested(inner) => self.what(*inner, depth)?,
            Expr::Identifier(name) => What::Field(name.value),
            Expr::CompoundIdentifier(ref names) => {
                let path = names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".");
                return Err(self
                    .text
                    .refuse_at(format!("`{path}` is no field of the record itself"), &expression)
                    .hint(format!("a lookup reads fields of other records: `NAME:lookup={path}`")));
            }
            Expr::Value(_) | Expr::TypedString(_) => self.literal(&expression)?,
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => What::Not(inner(expr)?),
            Expr::UnaryOp { op: UnaryOperator::Plus, expr } => self.what(*expr, depth)?,
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match inner(expr)? {
                number if matches!(&number.what, What::Literal(Literal::Number(digits)) if !digits.starts_with('-')) => {
                    let What::Literal(Literal::Number(digits)) = number.what else { return Ok(number.what) };
                    What::Literal(Literal::Number(format!("-{digits}")))
                }
                other => What::Negate(other),
            },
            Expr::BinaryOp { op: ref op @ BinaryOperator::And, .. } => {
                What::All(self.chain(&op.clone(), expression, depth)?)
            }
            Expr::BinaryOp { op: ref op @ BinaryOperator::Or, .. } => {
                What::Any(self.chain(&op.clone(), expression, depth)?)
            }
            Expr::BinaryOp { op: ref op @ BinaryOperator::StringConcat, .. } => {
                What::Join(self.chain(&op.clone(), expression, depth)?)
            }
            Expr::BinaryOp { left, op, right } => match (sign(&op), comparison(&op)) {
                (Some(sign), _) => What::Arithmetic { left: inner(left)?, sign, right: inner(right)? },
                (_, Some(op)) => What::Compare { left: inner(left)?, op, right: inner(right)? },
                _ => return Err(self.no_part(&Expr::BinaryOp { left, op, right })),
            },
            Expr::InList { expr, list, negated } => {
                What::In { operand: inner(expr)?, list: self.list(list, depth)?, negated }
            }
            Expr::Between { expr, negated, low, high } => {
                What::Between { operand: inner(expr)?, low: inner(low)?, high: inner(high)?, negated }
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                What::Like { operand: inner(expr)?, pattern: self.pattern(*pattern)?, negated }
            }
            Expr::IsNull(operand) => What::Is { operand: inner(operand)?, state: State::Null, negated: false },
            Expr::IsNotNull(operand) => What::Is { operand: inner(operand)?, state: State::Null, negated: true },
            Expr::IsTrue(operand) => What::Is { operand: inner(operand)?, state: State::True, negated: false },
            Expr::IsNotTrue(operand) => What::Is { operand: inner(operand)?, state: State::True, negated: true },
            Expr::IsFalse(operand) => What::Is { operand: inner(operand)?, state: State::False, negated: false },
            Expr::IsNotFalse(operand) => What::Is { operand: inner(operand)?, state: State::False, negated: true },
            Expr::Case { operand, conditions, else_result, .. } => What::Case {
                operand: operand.map(inner).transpose()?,
                branches: conditions
                    .into_iter()
                    .map(|when| Ok((self.expression(when.condition, depth)?, self.expression(when.result, depth)?)))
                    .collect::<Result<_>>()?,
                otherwise: else_result.map(inner).transpose()?,
            },
            Expr::Interval(_) => match self.text.interval(&expression)? {
                Some(interval) => What::Interval(interval),
                None => return Err(self.no_part(&expression)),
            },
            other => self.call(other, depth)?,
        })
    }

    /// A number, a text, a truth or null.
    fn literal(&self, expression: &Expr) -> Result<What> {
        let Expr::Value(value) = expression else {
            return Err(self.no_part(expression).hint("write a date in single quotes alone: `due > '2026-11-24'`"));
        };
        Ok(What::Literal(match &value.value {
            ast::Value::Number(digits, false) => match decimal::stored(digits) {
                Some(_) => Literal::Number(digits.clone()),
                None => return Err(self.text.refuse_at("this number has too many digits", expression)),
            },
            ast::Value::SingleQuotedString(text) => Literal::Text(text.clone()),
            ast::Value::Boolean(yes) => Literal::Boolean(*yes),
            ast::Value::Null => Literal::Null,
            _ => return Err(self.no_part(expression)),
        }))
    }

    /// The parts of `a and b and c`, which the parser nests to the left; a loop, because there may be many.
    fn chain(&self, between: &BinaryOperator, mut expression: Expr, depth: usize) -> Result<Vec<Expression>> {
        let mut parts = Vec::new();
        loop {
            match expression {
                Expr::BinaryOp { left, op, right } if op == *between => {
                    parts.push(self.expression(*right, depth)?);
                    expression = *left;
                }
                first => {
                    parts.push(self.expression(first, depth)?);
                    parts.reverse();
                    return Ok(parts);
                }
            }
        }
    }

    fn list(&self, list: Vec<Expr>, depth: usize) -> Result<Vec<Expression>> {
        if let Some(extra) = list.get(MOST_ITEMS) {
            return Err(self.text.refuse_at(format!("there are more than {MOST_ITEMS} values"), extra));
        }
        list.into_iter().map(|item| self.expression(item, depth)).collect()
    }

    /// `like` takes its pattern as a text, as filters do.
    fn pattern(&self, expression: Expr) -> Result<String> {
        match expression {
            Expr::Value(value) if matches!(value.value, ast::Value::SingleQuotedString(_)) => {
                Ok(value.value.into_string().unwrap_or_default())
            }
            other => Err(self.text.refuse_at("`like` needs a text in single quotes", &other)),
        }
    }

    /// A call of one of the functions; sqlparser has trees of their own for two of them.
    fn call(&self, expression: Expr, depth: usize) -> Result<What> {
        let shown = expression.clone();
        let (name, arguments) = match expression {
            Expr::Substring { expr, substring_from: Some(from), substring_for, special: true, .. } => {
                (Name::Substr, [*expr, *from].into_iter().chain(substring_for.map(|count| *count)).collect())
            }
            Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => (Name::Trim, vec![*expr]),
            Expr::Function(function) => {
                let word = function.name.to_string();
                let known = Name::ALL.into_iter().find(|name| name.word().eq_ignore_ascii_case(&word));
                match (known, plain_arguments(function)) {
                    (Some(name), Some(arguments)) => (name, arguments),
                    _ => return Err(self.no_part(&shown)),
                }
            }
            _ => return Err(self.no_part(&shown)),
        };
        let (fewest, most, form) = name.arguments();
        if !(fewest..=most).contains(&arguments.len()) {
            let what = match arguments.len() < fewest {
                true => format!("`{}` has too few values", name.word()),
                false => format!("`{}` has too many values", name.word()),
            };
            return Err(self.text.refuse_at(what, &shown).hint(format!("write `{form}`")));
        }
        Ok(What::Call { name, arguments: self.list(arguments, depth)? })
    }

    fn no_part(&self, expression: &Expr) -> Error {
        self.text.refuse_at(format!("`{}` is no part of a formula", shortened(expression)), expression)
    }
}

/// The arguments of a call that has nothing but arguments.
fn plain_arguments(function: ast::Function) -> Option<Vec<Expr>> {
    let nothing_else = !function.uses_odbc_syntax
        && function.parameters == FunctionArguments::None
        && function.within_group.is_empty()
        && function.filter.is_none()
        && function.null_treatment.is_none()
        && function.over.is_none();
    let FunctionArguments::List(list) = function.args else { return None };
    if !nothing_else || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return None;
    }
    let plain = |argument: FunctionArg| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
        _ => None,
    };
    list.args.into_iter().map(plain).collect()
}

fn sign(op: &BinaryOperator) -> Option<Sign> {
    Some(match op {
        BinaryOperator::Plus => Sign::Plus,
        BinaryOperator::Minus => Sign::Minus,
        BinaryOperator::Multiply => Sign::Times,
        BinaryOperator::Divide => Sign::Divide,
        BinaryOperator::Modulo => Sign::Remainder,
        _ => return None,
    })
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
