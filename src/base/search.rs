//! What a person looks for: words that must all be there, phrases, beginnings of words, and words that must not be there.
//! Where they are found is the store's business.

use std::ops::Range;

use super::error::{Error, Result};

/// The words of a search, as they were meant. At least one is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    pub wanted: Vec<Term>,
    pub unwanted: Vec<Term>,
}

/// A word, or several that stand next to each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub text: String,
    /// The last word only begins like this
    pub prefix: bool,
}

/// A text with the places in it that were looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marked {
    pub text: String,
    /// In bytes, in order, not overlapping
    pub marks: Vec<Range<usize>>,
}

impl Words {
    /// Reads `call acme`, `"a phrase"`, `pre*` and `-word`. Anything else in a word only separates: `co-op` is the
    /// phrase `co op`.
    ///
    /// `Kind::Usage` when nothing is looked for.
    pub fn parse(text: &str) -> Result<Self> {
        let mut words = Words { wanted: Vec::new(), unwanted: Vec::new() };
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (unwanted, behind) = match rest.strip_prefix('-') {
                Some(behind) if !behind.starts_with(char::is_whitespace) => (true, behind),
                _ => (false, rest),
            };
            let (term, behind) = term(behind);
            if term.text.chars().any(char::is_alphanumeric) {
                if unwanted { words.unwanted.push(term) } else { words.wanted.push(term) }
            }
            rest = behind.trim_start();
        }
        if words.wanted.is_empty() { Err(nothing(text, &words)) } else { Ok(words) }
    }
}

/// The first word or phrase of a text, and what is behind it. A quote that is not closed goes on to the end.
fn term(text: &str) -> (Term, &str) {
    let (words, behind) = match text.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
        None => text.split_at(text.find(char::is_whitespace).unwrap_or(text.len())),
    };
    let (prefix, behind) = match behind.strip_prefix('*') {
        Some(behind) => (true, behind),
        None => (words.ends_with('*'), behind),
    };
    // A NUL would end the query inside SQLite.
    (Term { text: words.replace(['\0', '*'], " ").trim().to_owned(), prefix }, behind)
}

fn nothing(text: &str, words: &Words) -> Error {
    if words.unwanted.is_empty() {
        return Error::usage(format!("there is no word to look for in `{}`", text.trim()))
            .hint("give words of letters or digits: `appctl records search tasks acme`");
    }
    Error::usage("a search needs a word that must be there; `-word` only leaves records out")
        .hint("to list records without a word: `appctl records list TABLE --where \"title not like '%word%'\"`")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Term, Words};

    fn term(text: &str, prefix: bool) -> Term {
        Term { text: text.to_owned(), prefix }
    }

    #[test]
    fn words_phrases_beginnings_and_exclusions_are_told_apart() {
        let words = Words::parse(" call \"Acme Corp\" inv* -\"paid late\" -old* \"new y\"* - 5\" ").expect("words");
        let wanted = [("call", false), ("Acme Corp", false), ("inv", true), ("new y", true), ("5\"", false)]
            .map(|(t, p)| term(t, p));
        assert_eq!(words.wanted, wanted);
        assert_eq!(words.unwanted, [term("paid late", false), term("old", true)]);
        assert_eq!(Words::parse("\"open phrase").expect("words").wanted, [term("open phrase", false)]);
    }

    #[test]
    fn nothing_to_look_for_is_said() {
        for text in ["", "  ", "!!!", "\"\"", "*", "-", "--"] {
            assert!(Words::parse(text).is_err_and(|error| error.message.contains("no word")), "{text:?}");
        }
        assert!(Words::parse("-done").is_err_and(|error| error.message.contains("must be there")));
    }

    proptest! {
        #[test]
        fn every_text_is_read_to_its_end(text in ".{0,40}") {
            let _ = Words::parse(&text);
        }
    }
}
