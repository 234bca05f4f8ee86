//! What a command line of `tables` or `records` lacks is asked for when a person can answer. The answers become arguments:
//! the command then reads all of them as if they had been written, and the line that needs no question is shown. What is
//! asked is said by each noun; without a person nothing here happens.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, FromArgMatches as _};

use super::globals::Globals;
use super::ui::{Ui, words};
use super::{records, tables};
use crate::app::App;
use crate::base::Result;

/// The global options of a line that only lacks arguments.
pub fn globals(arguments: &[OsString], error: &clap::Error) -> Option<Globals> {
    if error.kind() != ErrorKind::MissingRequiredArgument {
        return None;
    }
    let matches = lenient().try_get_matches_from(arguments).ok()?;
    Globals::from_arg_matches(&matches).ok()
}

/// The tree of commands with no argument required where questions are asked.
fn lenient() -> clap::Command {
    let verbs = |noun: clap::Command| noun.mut_subcommands(|verb| verb.mut_args(|argument| argument.required(false)));
    super::command().mut_subcommand("tables", verbs).mut_subcommand("records", verbs)
}

/// What stands on a command line, by the arguments' ids.
pub struct Given {
    noun: String,
    verb: String,
    words: BTreeMap<String, Vec<String>>,
}

impl Given {
    /// `None` for commands that ask in their own way.
    pub fn read(arguments: &[OsString]) -> Option<Self> {
        let noun = |word: &OsString| word == "tables" || word == "records";
        if !arguments.iter().any(noun) {
            return None;
        }
        let matches = lenient().try_get_matches_from(arguments).ok()?;
        let (noun, matches) = matches.subcommand().filter(|(noun, _)| matches!(*noun, "tables" | "records"))?;
        let (verb, matches) = matches.subcommand()?;
        let said = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let ids: Vec<&str> = matches.ids().map(clap::Id::as_str).filter(said).collect();
        let words = ids.into_iter().map(|id| (id.to_owned(), texts(matches, id))).collect();
        Some(Given { noun: noun.to_owned(), verb: verb.to_owned(), words })
    }

    /// Whether an argument was given.
    pub fn has(&self, id: &str) -> bool {
        self.words.contains_key(id)
    }

    /// An argument's value.
    pub fn one(&self, id: &str) -> Option<&str> {
        self.all(id).first().map(String::as_str)
    }

    /// The values of an argument that takes several.
    pub fn all(&self, id: &str) -> &[String] {
        self.words.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether there is something to ask.
    pub fn lacks(&self) -> bool {
        match self.noun.as_str() {
            "tables" => tables::questions::lacks(&self.verb, self),
            _ => records::questions::lacks(&self.verb, self),
        }
    }

    /// Asks for what is lacking. `Kind::Interrupted` when the person changes their mind.
    pub fn ask(&self, app: &App, ui: &mut Ui) -> Result<Answers> {
        match self.noun.as_str() {
            "tables" => tables::questions::ask(&self.verb, app, ui, self),
            _ => records::questions::ask(&self.verb, app, ui, self),
        }
    }
}

fn texts(matches: &ArgMatches, id: &str) -> Vec<String> {
    let raw = matches.try_get_raw(id).ok().flatten().into_iter().flatten();
    raw.map(|word| word.to_string_lossy().into_owned()).collect()
}

/// What a person answered, as arguments.
#[derive(Default)]
pub struct Answers {
    words: Vec<String>,
    options: Vec<String>,
    /// A word that was given, and what takes its place
    instead: Option<(String, String)>,
    agreement: Option<String>,
    asks_itself: bool,
}

impl Answers {
    /// The next argument.
    pub fn word(&mut self, word: impl Into<String>) {
        self.words.push(word.into());
    }

    pub fn option(&mut self, option: impl Into<String>) {
        self.options.push(option.into());
    }

    /// Puts this word into the place of one that was given.
    pub fn instead(&mut self, given: &str, word: impl Into<String>) {
        self.instead = Some((given.to_owned(), word.into()));
    }

    /// What will be done, for the person to agree to.
    pub fn agreement(&mut self, question: impl Into<String>) {
        self.agreement = Some(question.into());
    }

    /// The command goes on asking, and shows its own line at the end.
    pub fn asks_itself(&mut self) {
        self.asks_itself = true;
    }

    /// The line with the answers in it.
    pub fn put_into(&self, arguments: &[OsString]) -> Vec<OsString> {
        let mut line = arguments.to_vec();
        if let Some((given, word)) = &self.instead
            && let Some(place) = line.iter().rposition(|argument| argument == given.as_str())
        {
            line[place] = word.into();
        }
        let end = line.iter().position(|argument| argument == "--");
        let place = end.unwrap_or(line.len());
        line.splice(place..place, self.options.iter().map(OsString::from));
        if end.is_none() && self.words.iter().any(|word| word.starts_with('-')) {
            line.push("--".into());
        }
        line.extend(self.words.iter().map(OsString::from));
        line
    }

    /// `Kind::Interrupted` when the person does not agree: nothing was done.
    pub fn agreed(&self, ui: &mut Ui) -> Result<()> {
        self.agreement.as_deref().map_or(Ok(()), |question| ui.confirmed(question))
    }

    /// The sentence with the line that asks nothing.
    pub fn same(&self, line: &[OsString]) -> Option<String> {
        let words = line.iter().skip(1).map(|word| words::shell(&word.to_string_lossy()));
        let line = std::iter::once("appctl".to_owned()).chain(words).collect::<Vec<_>>().join(" ");
        (!self.asks_itself).then(|| format!("the same without questions: {line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &[&str]) -> Vec<OsString> {
        words.iter().map(OsString::from).collect()
    }

    #[test]
    fn answers_stand_where_they_would_have_been_written() {
        let mut answers = Answers::default();
        answers.word("-5");
        answers.option("--unique");
        assert_eq!(answers.put_into(&line(&["appctl", "x"])), line(&["appctl", "x", "--unique", "--", "-5"]));
        assert_eq!(answers.put_into(&line(&["appctl", "--", "x"])), line(&["appctl", "--unique", "--", "x", "-5"]));
        let mut answers = Answers::default();
        answers.instead("due", "due:date");
        let line = answers.put_into(&line(&["appctl", "tables", "change-field", "due", "due"]));
        assert_eq!(answers.same(&line).unwrap(), "the same without questions: appctl tables change-field due due:date");
    }

    #[test]
    fn a_line_is_read_whatever_it_lacks() {
        let given = Given::read(&line(&["appctl", "--app", "x", "tables", "rename-field", "people"])).unwrap();
        assert_eq!((given.one("table"), given.one("field"), given.lacks()), (Some("people"), None, true));
        assert!(Given::read(&line(&["appctl", "status"])).is_none());
        assert!(Given::read(&line(&["appctl", "tables", "no-such-verb"])).is_none());
    }
}
