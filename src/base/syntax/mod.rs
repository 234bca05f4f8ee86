//! What the filter language and the formula language share: sqlparser reads the text, and what is no part of the language
//! is refused with its place. Single words and signs are refused before the parser sees them, so that a monstrous text
//! never becomes a tree; the structure is refused afterwards, by each language itself.

use sqlparser::ast::Expr;
use sqlparser::dialect::{Dialect, Precedence};
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer, Whitespace, Word};

use super::{Error, Result};

mod interval;
mod literal;
mod name;
mod place;

pub use interval::Interval;
pub use literal::{bytes, number};
pub use name::{path, quoted};
pub use place::{shortened, start};

/// One language: its name in messages, and what it has.
#[derive(Debug)]
pub struct Language {
    /// `filter`
    pub word: &'static str,
    /// What to write instead
    pub hint: &'static str,
    /// Words that may stand before a parenthesis
    pub before_parenthesis: &'static [&'static str],
    /// What to say about any other function
    pub functions: &'static str,
    /// Whether there is arithmetic: `*`, `/`, `%` and `||`
    pub arithmetic: bool,
    /// Longest text, in bytes
    pub longest: usize,
    /// Most words and signs other than values and commas: what makes the parsed tree deep
    pub most_words: usize,
}

/// Deepest nesting of parentheses and `not`.
pub const DEEPEST: usize = 40;

/// A text in one of the languages.
#[derive(Clone, Copy, Debug)]
pub struct Text<'t> {
    pub language: &'static Language,
    pub text: &'t str,
}

impl Text<'_> {
    /// sqlparser's tree of one expression. `Kind::Usage`, with the place in the text, when it is none.
    pub fn parse(&self) -> Result<Expr> {
        let Language { longest, .. } = self.language;
        if self.text.len() > *longest {
            return Err(self.refuse(format!("it is longer than {longest} bytes"), None));
        }
        if let Some(at) = self.text.find('\0') {
            return Err(self.refuse("it has a NUL character", Some(place(&self.text[..at]))));
        }
        let mut tokens = Tokenizer::new(&Sql, self.text)
            .tokenize_with_location()
            .map_err(|error| self.refuse(lower(&error.message), Some(error.location)))?;
        self.look_at_words(&tokens)?;
        tokens.retain(|token| !matches!(token.token, Token::Whitespace(_)));
        let mut parser = Parser::new(&Sql).with_recursion_limit(DEEPEST * 2).with_tokens_with_locations(tokens);
        let expression = parser.parse_expr().map_err(|error| self.misread(error))?;
        let rest = parser.peek_token();
        if rest.token != Token::EOF {
            return Err(self.refuse(format!("`{}` was not expected", rest.token), Some(rest.span.start)));
        }
        Ok(expression)
    }

    /// Refuses words and signs that the language does not have, and texts that would make a tree too deep to walk.
    fn look_at_words(&self, tokens: &[TokenWithSpan]) -> Result<()> {
        let Language { word: language, most_words, .. } = self.language;
        let (mut depth, mut words) = (0usize, 0);
        let mut before = &Token::EOF;
        for token in tokens {
            let at = Some(token.span.start);
            let no_part = |what: &dyn std::fmt::Display| self.refuse(format!("{what} is no part of a {language}"), at);
            match &token.token {
                Token::Whitespace(Whitespace::SingleLineComment { .. } | Whitespace::MultiLineComment(_)) => {
                    return Err(self.refuse("it has a comment", at));
                }
                Token::Whitespace(_) => continue,
                Token::Number(..) | Token::SingleQuotedString(_) | Token::HexStringLiteral(_) | Token::Comma => {}
                Token::LParen => {
                    depth += 1;
                    if let Token::Word(word) = before
                        && !self.may_precede_parenthesis(word)
                    {
                        let what = format!("`{word}(…)` is no part of a {language}; {}", self.language.functions);
                        return Err(self.refuse(what, at));
                    }
                }
                Token::RParen => depth = depth.saturating_sub(1),
                Token::Word(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("select") => {
                    return Err(self.refuse(format!("queries are no part of a {language}"), at));
                }
                Token::Word(_) | Token::Period | Token::Plus | Token::Minus | Token::EOF => words += 1,
                Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => words += 1,
                Token::Mul | Token::Div | Token::Mod | Token::StringConcat if self.language.arithmetic => words += 1,
                Token::DoubleEq => return Err(self.refuse("`==` is written `=`", at)),
                Token::SemiColon => return Err(no_part(&"`;`")),
                other => return Err(no_part(&format!("`{other}`"))),
            }
            if depth > DEEPEST || words > *most_words {
                let what = if depth > DEEPEST { "it is nested too deeply" } else { "it has too many parts" };
                return Err(self.refuse(what, at).hint(format!(
                    "at most {DEEPEST} parentheses inside each other and {most_words} words; a long list of values is `field in (…)`"
                )));
            }
            before = &token.token;
        }
        Ok(())
    }

    fn may_precede_parenthesis(&self, word: &Word) -> bool {
        let known = |known: &str| known.eq_ignore_ascii_case(&word.value);
        word.quote_style.is_none() && self.language.before_parenthesis.iter().any(|name| known(name))
    }

    /// sqlparser says `Expected: an expression, found: EOF at Line: 1, Column: 5`.
    fn misread(&self, error: ParserError) -> Error {
        let message = match error {
            ParserError::RecursionLimitExceeded => return self.refuse("it is nested too deeply", None),
            ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        };
        let (what, at) = match message.rsplit_once(" at Line: ") {
            Some((what, at)) => (what, at.split_once(", Column: ")),
            None => (message.as_str(), None),
        };
        let at =
            at.and_then(|(line, column)| Some(Location { line: line.parse().ok()?, column: column.parse().ok()? }));
        let what = lower(what).replace("expected: ", "expected ").replace("found: EOF", "found the end");
        self.refuse(what.replace("found: ", "found "), at.or(Some(place(self.text))))
    }

    /// The interval that this expression is: `interval '7 days'` or `interval '7' day`.
    pub fn interval(&self, expression: &Expr) -> Result<Option<Interval>> {
        let Expr::Interval(interval) = expression else { return Ok(None) };
        match literal::interval(interval) {
            Some(interval) => Ok(Some(interval)),
            None => Err(self.refuse_at("this interval cannot be read", expression).hint(
                "write whole numbers of years, months, weeks, days, hours, minutes or seconds: `interval '7 days'`",
            )),
        }
    }

    pub fn refuse_at(&self, what: impl Into<String>, expression: &Expr) -> Error {
        self.refuse(what, Some(start(expression)))
    }

    pub fn refuse(&self, what: impl Into<String>, at: Option<Location>) -> Error {
        let place = match at {
            Some(at) if at.line > 1 || self.text.contains('\n') => {
                format!(" at line {}, column {}", at.line, at.column)
            }
            Some(at) if at.line == 1 => format!(" at column {}", at.column),
            _ => String::new(),
        };
        Error::usage(format!("cannot read the {}{place}: {}", self.language.word, what.into())).hint(self.language.hint)
    }
}

/// SQL as both languages use it: names of any script, `"` around names, `'` around text, and nothing else.
#[derive(Debug)]
struct Sql;

impl Dialect for Sql {
    fn is_identifier_start(&self, letter: char) -> bool {
        letter.is_alphabetic() || letter == '_'
    }

    fn is_identifier_part(&self, letter: char) -> bool {
        letter.is_alphanumeric() || letter == '_'
    }

    fn is_delimited_identifier_start(&self, letter: char) -> bool {
        letter == '"'
    }

    /// `||` joins what was added up, as in PostgreSQL; sqlparser's own rank is that of `*`.
    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        (parser.peek_token_ref().token == Token::StringConcat).then(|| Ok(self.prec_value(Precedence::PgOther)))
    }
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
