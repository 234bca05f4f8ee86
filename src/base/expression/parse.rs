//! From text to a formula: what `base::syntax` read, as far as it has the structure of a formula.

use sqlparser::ast::{
    self, BinaryOperator, CaseWhen, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator,
};

use super::{Expression, Literal, MOST_ITEMS, Name, Place, Sign, State, What};
use crate::base::filter::Op;
use crate::base::syntax::{Language, Text, start};
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
        Reader { text }.expression(&text.parse()?, 0)
    }
}

/// Turns sqlparser's tree into ours. It goes by reference, which keeps the stack small where the tree is deep.
struct Reader<'t> {
    text: Text<'t>,
}

impl Reader<'_> {
    fn expression(&self, expression: &Expr, depth: usize) -> Result<Expression> {
        let place = Place { at: start(expression), lines: self.text.text.contains('\n') };
        if depth > DEEPEST {
            let what = format!("it has more than {DEEPEST} parts inside each other");
            return Err(self.text.refuse(what, Some(place.at)));
        }
        Ok(Expression { what: self.what(expression, depth + 1)?, place })
    }

    fn inner(&self, expression: &Expr, depth: usize) -> Result<Box<Expression>> {
        self.expression(expression, depth).map(Box::new)
    }

    fn what(&self, expression: &Expr, depth: usize) -> Result<What> {
        match expression {
            Expr::Nested(inner) | Expr::UnaryOp { op: UnaryOperator::Plus, expr: inner } => self.what(inner, depth),
            Expr::Identifier(name) => Ok(What::Field(name.value.clone())),
            Expr::CompoundIdentifier(names) => {
                let path = names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".");
                Err(self
                    .text
                    .refuse_at(format!("`{path}` is no field of the record itself"), expression)
                    .hint(format!("a lookup reads fields of other records: `NAME:lookup={path}`")))
            }
            Expr::Value(_) | Expr::TypedString(_) => self.literal(expression),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Ok(What::Not(self.inner(expr, depth)?)),
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => self.negative(expr, depth),
            Expr::BinaryOp { left, op, right } => self.binary(expression, left, op, right, depth),
            Expr::Case { operand, conditions, else_result, .. } => {
                self.case(operand.as_deref(), conditions, else_result.as_deref(), depth)
            }
            Expr::Interval(_) => match self.text.interval(expression)? {
                Some(interval) => Ok(What::Interval(interval)),
                None => Err(self.no_part(expression)),
            },
            Expr::Function(_) | Expr::Substring { .. } | Expr::Trim { .. } => self.call(expression, depth),
            _ => self.condition(expression, depth),
        }
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

    /// A number below zero, or something with its sign turned.
    fn negative(&self, expression: &Expr, depth: usize) -> Result<What> {
        let part = self.expression(expression, depth)?;
        match &part.what {
            What::Literal(Literal::Number(digits)) if !digits.starts_with('-') => {
                Ok(What::Literal(Literal::Number(format!("-{digits}"))))
            }
            _ => Ok(What::Negate(Box::new(part))),
        }
    }

    fn binary(&self, whole: &Expr, left: &Expr, op: &BinaryOperator, right: &Expr, depth: usize) -> Result<What> {
        match op {
            BinaryOperator::And => return Ok(What::All(self.chain(op, whole, depth)?)),
            BinaryOperator::Or => return Ok(What::Any(self.chain(op, whole, depth)?)),
            BinaryOperator::StringConcat => return Ok(What::Join(self.chain(op, whole, depth)?)),
            _ => {}
        }
        let (sign, comparison) = (sign(op), comparison(op));
        if sign.is_none() && comparison.is_none() {
            return Err(self.no_part(whole));
        }
        let (left, right) = (self.inner(left, depth)?, self.inner(right, depth)?);
        Ok(match (sign, comparison) {
            (Some(sign), _) => What::Arithmetic { left, sign, right },
            (_, op) => What::Compare { left, op: op.expect("looked at above"), right },
        })
    }

    /// The parts of `a and b and c`, which the parser nests to the left; a loop, because there may be many.
    fn chain(&self, between: &BinaryOperator, mut expression: &Expr, depth: usize) -> Result<Vec<Expression>> {
        let mut parts = Vec::new();
        while let Expr::BinaryOp { left, op, right } = expression
            && op == between
        {
            parts.push(self.expression(right, depth)?);
            expression = left;
        }
        parts.push(self.expression(expression, depth)?);
        parts.reverse();
        Ok(parts)
    }

    /// `in`, `between`, `like`, `is`.
    fn condition(&self, expression: &Expr, depth: usize) -> Result<What> {
        let is = |operand: &Expr, state, negated| Ok(What::Is { operand: self.inner(operand, depth)?, state, negated });
        match expression {
            Expr::InList { expr, list, negated } => {
                let operand = self.inner(expr, depth)?;
                Ok(What::In { operand, list: self.list(list, depth)?, negated: *negated })
            }
            Expr::Between { expr, negated, low, high } => {
                let operand = self.inner(expr, depth)?;
                let (low, high) = (self.inner(low, depth)?, self.inner(high, depth)?);
                Ok(What::Between { operand, low, high, negated: *negated })
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                let operand = self.inner(expr, depth)?;
                Ok(What::Like { operand, pattern: self.pattern(pattern)?, negated: *negated })
            }
            Expr::IsNull(operand) => is(operand, State::Null, false),
            Expr::IsNotNull(operand) => is(operand, State::Null, true),
            Expr::IsTrue(operand) => is(operand, State::True, false),
            Expr::IsNotTrue(operand) => is(operand, State::True, true),
            Expr::IsFalse(operand) => is(operand, State::False, false),
            Expr::IsNotFalse(operand) => is(operand, State::False, true),
            other => Err(self.no_part(other)),
        }
    }

    fn case(
        &self,
        operand: Option<&Expr>,
        conditions: &[CaseWhen],
        otherwise: Option<&Expr>,
        depth: usize,
    ) -> Result<What> {
        let branch =
            |case: &CaseWhen| Ok((self.expression(&case.condition, depth)?, self.expression(&case.result, depth)?));
        Ok(What::Case {
            operand: operand.map(|operand| self.inner(operand, depth)).transpose()?,
            branches: conditions.iter().map(branch).collect::<Result<_>>()?,
            otherwise: otherwise.map(|otherwise| self.inner(otherwise, depth)).transpose()?,
        })
    }

    fn list<'e>(&self, list: impl IntoIterator<Item = &'e Expr>, depth: usize) -> Result<Vec<Expression>> {
        let mut items = Vec::new();
        for item in list {
            if items.len() == MOST_ITEMS {
                return Err(self.text.refuse_at(format!("there are more than {MOST_ITEMS} values"), item));
            }
            items.push(self.expression(item, depth)?);
        }
        Ok(items)
    }

    /// `like` takes its pattern as a text, as filters do.
    fn pattern(&self, expression: &Expr) -> Result<String> {
        match expression {
            Expr::Value(ast::ValueWithSpan { value: ast::Value::SingleQuotedString(pattern), .. }) => {
                Ok(pattern.clone())
            }
            other => Err(self.text.refuse_at("`like` needs a text in single quotes", other)),
        }
    }

    /// A call of one of the functions; sqlparser has trees of their own for two of them.
    fn call(&self, expression: &Expr, depth: usize) -> Result<What> {
        let (name, arguments) = match expression {
            Expr::Substring { expr, substring_from: Some(from), substring_for, special: true, .. } => {
                (Name::Substr, [&**expr, &**from].into_iter().chain(substring_for.as_deref()).collect())
            }
            Expr::Trim { trim_where: None, trim_what: None, expr, trim_characters: None } => {
                (Name::Trim, vec![&**expr])
            }
            Expr::Function(function) => {
                let word = function.name.to_string();
                let known = Name::ALL.into_iter().find(|name| name.word().eq_ignore_ascii_case(&word));
                match (known, plain_arguments(function)) {
                    (Some(name), Some(arguments)) => (name, arguments),
                    _ => return Err(self.no_part(expression)),
                }
            }
            _ => return Err(self.no_part(expression)),
        };
        let (fewest, most, form) = name.arguments();
        if !(fewest..=most).contains(&arguments.len()) {
            let how = if arguments.len() < fewest { "few" } else { "many" };
            let what = format!("`{}` has too {how} values", name.word());
            return Err(self.text.refuse_at(what, expression).hint(format!("write `{form}`")));
        }
        Ok(What::Call { name, arguments: self.list(arguments, depth)? })
    }

    fn no_part(&self, expression: &Expr) -> Error {
        self.text.refuse_at(format!("`{}` is no part of a formula", self.text.shown(expression)), expression)
    }
}

/// The arguments of a call that has nothing but arguments.
fn plain_arguments(function: &ast::Function) -> Option<Vec<&Expr>> {
    let nothing_else = !function.uses_odbc_syntax
        && function.parameters == FunctionArguments::None
        && function.within_group.is_empty()
        && function.filter.is_none()
        && function.null_treatment.is_none()
        && function.over.is_none();
    let FunctionArguments::List(list) = &function.args else { return None };
    if !nothing_else || list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
        return None;
    }
    let plain = |argument| match argument {
        &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expression)) => Some(expression),
        _ => None,
    };
    list.args.iter().map(plain).collect()
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
