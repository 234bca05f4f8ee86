//! The values that a command is given: `name=text` and `name:=json` arguments, `--data`, or JSON lines on stdin.

use std::fs::File;
use std::io::Read;

use serde_json::value::RawValue;

use crate::base::{Doing as _, Error, Interrupt, Result};
use crate::records::{Given, Place, Values, given_json, given_texts};

/// How values are written, for help texts.
pub const HOW: &str = "\
`name=text` is read by the field's type; `name=` is an empty text. `name:=JSON` takes null, numbers, lists and objects:
`due:=null`, `tags:='[\"a\",\"b\"]'`. A relation takes the other record's key or the value of a unique field of it:
`owner=3`, `owner=ada@example.com`, `owner=people:ada@example.com`.";

#[derive(clap::Args)]
pub struct Data {
    /// Take the values from JSON, or from `@FILE` (`@-`: stdin)
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
}

impl Data {
    /// The one record that the arguments or `--data` give.
    pub fn one(&self, values: &Values<'_>, pairs: &[String]) -> Result<Given> {
        match (&self.data, pairs) {
            (Some(_), [_, ..]) => Err(Error::usage("`--data` and `name=value` cannot be combined")),
            (None, pairs) => given_texts(values, pairs),
            (Some(data), []) => given_json(values, read(data)?.trim()),
        }
    }

    /// Whether one record is given, and not a stream or a list of them.
    pub fn is_one(&self, pairs: &[String]) -> bool {
        !is_stream(pairs) && self.data.is_none()
    }

    /// The text that stdin (`-`) or `--data` gives, to its end: a slow producer must not keep other writers waiting.
    pub fn text(&self, pairs: &[String]) -> Result<Text> {
        match &self.data {
            Some(_) if !pairs.is_empty() => Err(Error::usage("`--data` and `name=value` cannot be combined")),
            Some(data) => Ok(Text::new(read(data)?)),
            None => Ok(Text { by_line: true, text: read("@-")? }),
        }
    }
}

fn read(data: &str) -> Result<String> {
    let mut bytes = Vec::new();
    match data.strip_prefix('@') {
        None => return Ok(data.to_owned()),
        Some("-") => std::io::stdin().read_to_end(&mut bytes).doing(|| "reading stdin")?,
        Some(path) => {
            File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).doing(|| format!("reading `{path}`"))?
        }
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        Error::usage(format!("line {}: the data is no UTF-8", line + 1)).hint("convert it first: `iconv -t UTF-8`")
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Whether the arguments are a lone `-`.
pub fn is_stream(pairs: &[String]) -> bool {
    matches!(pairs, [only] if only == "-")
}

/// JSON values one behind the other, and lists of them.
pub struct Text {
    text: String,
    /// Errors name lines, and not the how-manyth record it is
    by_line: bool,
}

impl Text {
    fn new(text: String) -> Self {
        Text { by_line: text.trim_end().contains('\n'), text }
    }

    /// Reads each value with `read`, without holding them all.
    pub fn each<'t, T>(
        &'t self,
        interrupt: Interrupt,
        read: impl Fn(&str) -> Result<T> + 't,
    ) -> impl Iterator<Item = (Place, Result<T>)> + 't {
        let stream = serde_json::Deserializer::from_str(&self.text).into_iter::<&RawValue>();
        let values = stream.flat_map(|value| match value {
            Ok(json) if json.get().starts_with('[') => match serde_json::from_str::<Vec<&RawValue>>(json.get()) {
                Ok(elements) => elements.into_iter().map(Ok).collect(),
                Err(error) => vec![Err(error)],
            },
            value => vec![value],
        });
        let mut places = Places { text: self, record: 0, line: 1, seen: 0 };
        values.map(move |value| match value {
            Ok(json) => (places.of(json), interrupt.check().and_then(|()| read(json.get()))),
            Err(error) => (places.of_error(&error), Err(no_json(&error))),
        })
    }
}

fn no_json(error: &serde_json::Error) -> Error {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    Error::usage(format!("the data is no JSON: {what} at column {}", error.column()))
        .hint("write one JSON object a line, or a list of them")
}

/// Counts lines as the values come.
struct Places<'t> {
    text: &'t Text,
    record: usize,
    line: usize,
    /// Up to where lines were counted
    seen: usize,
}

impl Places<'_> {
    fn of(&mut self, json: &RawValue) -> Place {
        self.record += 1;
        if !self.text.by_line {
            return Place::Record(self.record);
        }
        let text = &self.text.text;
        // The value is a part of the text, so this is where it begins.
        let begin = (json.get().as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
        if let Some(between) = text.as_bytes().get(self.seen..begin) {
            self.line += between.iter().filter(|byte| **byte == b'\n').count();
            self.seen = begin;
        }
        Place::Line(self.line)
    }

    fn of_error(&mut self, error: &serde_json::Error) -> Place {
        self.record += 1;
        if self.text.by_line { Place::Line(error.line()) } else { Place::Record(self.record) }
    }
}
