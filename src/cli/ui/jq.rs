//! `--jq`: an expression of the jq language over the JSON that would have been printed. The language is jaq's; the words
//! for what is wrong with an expression are ours.

use jaq_core::load::{self, Arena, File, Loader, lex};
use jaq_core::{Compiler, Ctx, Vars, data};
use jaq_json::Val;

use crate::base::{Error, Result};

type Program = jaq_core::compile::Filter<jaq_core::Native<data::JustLut<Val>>>;

/// An expression that was read and can be run.
pub struct Jq {
    program: Program,
}

/// One thing that an expression gave.
pub enum Answer<'a> {
    Text(&'a str),
    /// Anything else, as compact JSON
    Json(&'a str),
}

impl Jq {
    /// `Kind::Usage` with the place that is wrong.
    pub fn parse(expression: &str) -> Result<Self> {
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: expression, path: () })
            .map_err(|errors| unreadable(expression, errors))?;
        let program = Compiler::default().with_funs(funs).compile(modules).map_err(|errors| {
            let name = errors.iter().flat_map(|(_, errors)| errors).next();
            wrong(name.map_or_else(
                || "it uses something that does not exist".to_owned(),
                |(name, what)| format!("there is no {} `{name}`", what.as_str()),
            ))
        })?;
        Ok(Jq { program })
    }

    /// Hands each answer for this input to `each`, in order.
    pub fn run(&self, input: &serde_json::Value, each: &mut dyn FnMut(Answer<'_>) -> Result<()>) -> Result<()> {
        let input = jaq_json::read::parse_single(input.to_string().as_bytes())
            .map_err(|error| Error::failed(format!("reading the outcome for `--jq`: {error}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.program.lut, Vars::new([]));
        for answer in self.program.id.run((context, input)) {
            let answer = match answer.map_err(jaq_core::Exn::get_err) {
                Ok(answer) => answer,
                Err(Ok(error)) => return Err(unfitting(&error.to_string())),
                // `halt` ends the expression; the command itself is done.
                Err(Err(_)) => return Ok(()),
            };
            match &answer {
                Val::TStr(text) => each(Answer::Text(&String::from_utf8_lossy(text)))?,
                other => each(Answer::Json(&other.to_string()))?,
            }
        }
        Ok(())
    }
}

/// The expression does not fit the data. jaq's message has the whole value in it, of which the ends are enough.
fn unfitting(message: &str) -> Error {
    let letters: Vec<char> = message.chars().collect();
    let text = |part: &[char]| part.iter().collect::<String>();
    let shown = match letters.len() {
        0..=160 => message.to_owned(),
        length => format!("{} … {}", text(&letters[..80]), text(&letters[length - 60..])),
    };
    let error = Error::failed(format!("`--jq`: {shown}"));
    if message.starts_with("cannot index [") {
        return error.hint("the value is a list: `.[]` goes through it, `.[0]` is its first element");
    }
    error
}

fn unreadable(expression: &str, errors: load::Errors<&str, ()>) -> Error {
    let place = |found: &str| {
        let at = load::span(expression, found).start;
        if found.is_empty() || at >= expression.len() {
            "at its end".to_owned()
        } else {
            format!("at `{}`, character {}", short(&expression[at..]), expression[..at].chars().count() + 1)
        }
    };
    match errors.into_iter().next().map(|(_, error)| error) {
        Some(load::Error::Lex(errors)) => match errors.into_iter().next() {
            Some((lex::Expect::Delim(open), _)) => {
                wrong(format!("`{}` is not closed", open.chars().next().unwrap_or('"')))
            }
            Some((expected, found)) => wrong(format!("a {} is missing {}", expected.as_str(), place(found))),
            None => wrong("it is not understood"),
        },
        Some(load::Error::Parse(errors)) => match errors.into_iter().next() {
            Some((load::parse::Expect::Nothing, found)) => wrong(format!("it goes on unexpectedly {}", place(found))),
            Some((expected, found)) => wrong(format!("a {} is missing {}", expected.as_str(), place(found))),
            None => wrong("it is not understood"),
        },
        Some(load::Error::Io(_)) => wrong("modules cannot be loaded here"),
        None => wrong("it is not understood"),
    }
}

fn wrong(why: impl AsRef<str>) -> Error {
    Error::usage(format!("the `--jq` expression cannot be used: {}", why.as_ref()))
        .hint("see https://jqlang.org/manual for the language; `--jq .` prints everything")
}

fn short(text: &str) -> String {
    text.chars().take(20).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(expression: &str, input: &str) -> Result<Vec<String>> {
        let mut answers = Vec::new();
        Jq::parse(expression)?.run(&serde_json::from_str(input).unwrap(), &mut |answer| {
            answers.push(match answer {
                Answer::Text(text) | Answer::Json(text) => text.to_owned(),
            });
            Ok(())
        })?;
        Ok(answers)
    }

    #[test]
    fn texts_come_raw_and_everything_else_as_json() {
        let input = r#"{"runs":[{"connection":"crm","inserted":3},{"connection":"shop","inserted":0}]}"#;
        assert_eq!(run(".runs[].connection", input).unwrap(), ["crm", "shop"]);
        assert_eq!(
            run(".runs[] | {connection, inserted}", input).unwrap(),
            [r#"{"connection":"crm","inserted":3}"#, r#"{"connection":"shop","inserted":0}"#]
        );
        assert_eq!(run(".runs | length", input).unwrap(), ["2"]);
    }

    #[test]
    fn a_wrong_expression_is_told_with_its_place() {
        let message = |expression| Jq::parse(expression).err().map(|error| error.message).unwrap_or_default();
        let prefix = "the `--jq` expression cannot be used: ";
        assert_eq!(message(".runs["), format!("{prefix}`[` is not closed"));
        assert_eq!(message(".a | nope"), format!("{prefix}there is no filter `nope`"));
        assert_eq!(message(".a |"), format!("{prefix}a term is missing at its end"));
        assert_eq!(message(". ) ."), format!("{prefix}a token is missing at `) .`, character 3"));
        assert_eq!(message("\"open"), format!("{prefix}`\"` is not closed"));
        assert_eq!(message("$x"), format!("{prefix}there is no variable `$x`"));
    }

    #[test]
    fn a_long_value_is_not_repeated_in_an_error() {
        let input = format!("[{}]", vec!["{\"a\":1}"; 1000].join(","));
        let error = run(".a", &input).unwrap_err();
        assert!(error.message.len() < 200 && error.message.ends_with("with \"a\""), "{}", error.message);
        assert!(error.hint.unwrap_or_default().contains("`.[]`"));
    }

    #[test]
    fn a_failing_expression_fails_the_command_after_what_it_gave() {
        assert_eq!(run(".a.b", r#"{"a":1}"#).unwrap_err().kind, crate::base::Kind::Failed);
        assert_eq!(run("1, halt, 2", "null").unwrap(), ["1"]);
    }
}
