//! From text to a filter. sqlparser reads the SQL; everything that is no part of the language is refused with its place,
//! before the parser sees it where it is a matter of single words, and after it where it is a matter of structure.

use sqlparser::ast::{self, BinaryOperator, Expr, Spanned, UnaryOperator};
use sqlparser::dialect::Dialect;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace};

use super::interval::Interval;
use super::{Filter, Op, Operand};
use crate::base::{Error, Result, Value, decimal};

/// Longest text of a filter, in bytes.
const LONGEST: usize = 1 << 20;

/// Most words and signs other than values and commas: what makes the parsed tree deep.
const MOST_WORDS: usize = 6_000;

/// Deepest nesting of parentheses and `not`.
const DEEPEST: usize = 40;

impl Filter {
    /// Reads a filter. `Kind::Usage`, with the place in the text, when it is none.
    ///
    /// Fields and the types of literals are not looked at; that is `check`.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(refuse(format!("it is longer than {LONGEST} bytes"), None, text));
        }
        if let Some(at) = text.find('\0') {
            return Err(refuse("it has a NUL character", Some(place(&text[..at])), text));
        }
        let mut tokens = Tokenizer::new(&Language, text)
            .tokenize_with_location()
            .map_err(|error| refuse(lower(&error.message), Some(error.location), text))?;
        look_at_words(&tokens, text)?;
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        let mut parser = Parser::new(&Language).with_recursion_limit(DEEPEST * 2).with_tokens_with_locations(tokens);
        let expression = parser.parse_expr().map_err(|error| misread(error, text))?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            return Err(refuse(format!("`{}` was not expected", rest.token), Some(rest.span.start), text));
        }
        Reader { text }.condition(expression)
    }
}

/// SQL as filters use it: names of any script, `"` around names, `'` around text, and nothing else.
#[derive(Debug)]
struct Language;

impl Dialect for Language {
    fn is_identifier_start(&self, letter: char) -> bool {
        letter.is_alphabetic() || letter == '_'
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        letter.is_alphanumeric() || letter == '_'
    }

    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        letter == '"'
    }
}

/// Refuses words and signs that no filter has, and texts that would make a tree too deep to walk.
fn look_at_words(tokens: &[TokenWithSpan], text: &str) -> Result<()> {
    let (mut depth, mut words) = (0usize, 0);
    let mut before = &Token::EOF;
    for token in tokens {
        let at = Some(token.span.start);
        match &token.token {
            Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                return Err(refuse("it has a comment", at, text));
            }
            Token::Whitespace(_) => continue,
            Token::Number(..) | Token::SingleQuotedString(_) | Token::HexStringLiteral(_) | Token::Comma => {}
            Token::LParen => {
                depth += 1;
                if let Token::Word(word) = before
                    && !may_precede_parenthesis(word)
                {
                    let name = word.to_string();
                    return Err(refuse(
                        format!("`{name}(…)` is no part of a filter; the only function is `now()`"),
                        at,
                        text,
                    ));
                }
            }
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("select") => {
                return Err(refuse("queries are no part of a filter", at, text));
            }
            Token::Word(_) | Token::Period | Token::Plus | Token::Minus | Token::EOF => words += 1,
            Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => words += 1,
            Token::DoubleEq => return Err(refuse("`==` is written `=`", at, text)),
            Token::SemiColon => return Err(refuse("`;` is no part of a filter", at, text)),
            other => return Err(refuse(format!("`{other}` is no part of a filter"), at, text)),
        }
        if depth > DEEPEST || words > MOST_WORDS {
            let what = if depth > DEEPEST { "it is nested too deeply" } else { "it has too many parts" };
            return Err(refuse(what, at, text).hint(format!(
                "at most {DEEPEST} parentheses inside each other and {MOST_WORDS} words; a long list of values is `field in (…)`"
            )));
        }
        before = &token.token;
    }
    Ok(())
}

fn may_precede_parenthesis(word: &sqlparser::tokenizer::Word) -> bool {
    const WORDS: [&str; 7] = ["now", "in", "and", "or", "not", "between", "like"];
    word.quote_style.is_none() && WORDS.iter().any(|known| known.eq_ignore_ascii_case(&word.value))
}

/// Turns sqlparser's tree into ours.
struct Reader<'t> {
    text: &'t str,
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
        let Expr::Interval(interval) = expression else { return Err(self.no_operand(expression)) };
        let refused = || {
            self.refuse_at("this interval cannot be read", expression).hint(
                "write whole numbers of years, months, weeks, days, hours, minutes or seconds: `interval '7 days'`",
            )
        };
        let text = match &*interval.value {
            Expr::Value(value) => match &value.value {
                ast::Value::SingleQuotedString(text) => text,
                _ => return Err(refused()),
            },
            _ => return Err(refused()),
        };
        let plain = interval.last_field.is_none()
            && interval.leading_precision.is_none()
            && interval.fractional_seconds_precision.is_none();
        let text = match &interval.leading_field {
            Some(unit) => format!("{text} {}", unit.to_string().to_lowercase()),
            None => text.clone(),
        };
        Interval::parse(&text).filter(|_| plain).ok_or_else(refused)
    }

    fn pattern(&self, expression: Expr) -> Result<String> {
        match self.operand(expression.clone())? {
            Operand::Literal(Value::Text(pattern)) => Ok(pattern),
            _ => Err(self.refuse_at("`like` needs a text in single quotes", &expression)),
        }
    }

    fn no_condition(&self, expression: &Expr) -> Error {
        self.refuse_at(format!("`{}` is no condition", shortened(expression)), expression)
    }

    fn no_operand(&self, expression: &Expr) -> Error {
        let what = format!("`{}` is neither a field, a value nor `now()` with an interval", shortened(expression));
        self.refuse_at(what, expression)
    }

    fn refuse_at(&self, what: impl Into<String>, expression: &Expr) -> Error {
        refuse(what, Some(expression.span().start), self.text)
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

/// An integer where 64 bits hold it, a real where the shortest form of one has the same value, else the digits as text.
fn number(digits: &str) -> Value {
    if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return digits.parse().map_or_else(|_| Value::text(digits), Value::Integer);
    }
    match digits.parse::<f64>() {
        Ok(real)
            if real.is_finite() && decimal::compare(digits, &real.to_string()) == Some(std::cmp::Ordering::Equal) =>
        {
            Value::Real(real)
        }
        _ => Value::text(digits),
    }
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    let pair = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let hex = digits.len().is_multiple_of(2) && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    if hex { (0..digits.len()).step_by(2).map(pair).collect() } else { None }
}

fn shortened(expression: &Expr) -> String {
    let text = expression.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// sqlparser says `Expected: an expression, found: EOF at Line: 1, Column: 5`.
fn misread(error: ParserError, text: &str) -> Error {
    let message = match error {
        ParserError::RecursionLimitExceeded => return refuse("it is nested too deeply", None, text),
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
    };
    let (what, at) = match message.rsplit_once(" at Line: ") {
        Some((what, at)) => (what, at.split_once(", Column: ")),
        None => (message.as_str(), None),
    };
    let at = at.and_then(|(line, column)| Some(Location { line: line.parse().ok()?, column: column.parse().ok()? }));
    let what = lower(what).replace("expected: ", "expected ").replace("found: EOF", "found the end");
    refuse(what.replace("found: ", "found "), at.or(Some(place(text))), text)
}

fn lower(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// The place behind this text.
fn place(text: &str) -> Location {
    let line = text.matches('\n').count();
    let column = text.rsplit('\n').next().unwrap_or("").chars().count();
    Location { line: line as u64 + 1, column: column as u64 + 1 }
}

fn refuse(what: impl Into<String>, at: Option<Location>, text: &str) -> Error {
    let place = match at {
        Some(at) if at.line > 1 || text.contains('\n') => format!(" at line {}, column {}", at.line, at.column),
        Some(at) if at.line == 1 => format!(" at column {}", at.column),
        _ => String::new(),
    };
    Error::usage(format!("cannot read the filter{place}: {}", what.into())).hint(
        "a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'",
    )
}
