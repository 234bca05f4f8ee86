//! The values that a command is given: `name=text` and `name:=json` arguments, `--data`, or JSON lines on stdin.

use std::fs::File;
use std::io::{BufReader, Cursor, Read};

use serde_json::value::RawValue;

use crate::base::{Doing as _, Error, Result};
use crate::records::{Given, Values, given_json, given_texts};

/// How values are written, for help texts.
pub const HOW: &str = "\
`name=text` is read by the field's type; `name=` is an empty text. `name:=JSON` takes null, numbers, lists and objects:
`due:=null`, `tags:='[\"a\",\"b\"]'`.";

#[derive(clap::Args)]
pub struct Data {
    /// Take the values from JSON, or from `@FILE` (`@-`: stdin)
    #[arg(long, value_name = "JSON")]
    pub data: Option<String>,
}

impl Data {
    fn read(&self, text: &str) -> Result<Box<dyn Read>> {
        Ok(match text.strip_prefix('@') {
            Some("-") => Box::new(std::io::stdin()),
            Some(path) => Box::new(File::open(path).doing(|| format!("reading `{path}`"))?),
            None => Box::new(Cursor::new(text.as_bytes().to_vec())),
        })
    }

    /// The one record that the arguments or `--data` give.
    pub fn one(&self, values: &Values<'_>, pairs: &[String]) -> Result<Given> {
        match (&self.data, pairs) {
            (Some(_), [_, ..]) => Err(Error::usage("`--data` and `name=value` cannot be combined")),
            (None, pairs) => given_texts(values, pairs),
            (Some(data), []) => {
                let mut text = String::new();
                self.read(data)?.read_to_string(&mut text).map_err(Error::from).doing(|| "reading the data")?;
                given_json(values, &text)
            }
        }
    }

    /// Whether one record is given, and not a stream or a list of them.
    pub fn is_one(&self, pairs: &[String]) -> bool {
        !is_stream(pairs) && self.data.is_none()
    }

    /// The records that stdin (`-`) or `--data` give, one after the other, without holding them all.
    pub fn many<'v>(
        &self,
        values: &'v Values<'v>,
        pairs: &[String],
    ) -> Result<Box<dyn Iterator<Item = Result<Given>> + 'v>> {
        let from: Box<dyn Read> = match &self.data {
            Some(_) if !pairs.is_empty() => {
                return Err(Error::usage("`--data` and `name=value` cannot be combined"));
            }
            Some(data) => self.read(data)?,
            None => Box::new(std::io::stdin()),
        };
        let stream = serde_json::Deserializer::from_reader(BufReader::new(from)).into_iter::<Box<RawValue>>();
        let objects = stream.flat_map(|value| match value {
            Ok(json) if json.get().starts_with('[') => elements(&json),
            Ok(json) => vec![Ok(json)],
            Err(error) => vec![Err(Error::usage(format!("the data is no JSON: {error}")))],
        });
        Ok(Box::new(objects.enumerate().map(move |(place, json)| {
            json.and_then(|json| given_json(values, json.get())).doing(|| format!("record {}", place + 1))
        })))
    }
}

/// Whether the arguments are a lone `-`.
pub fn is_stream(pairs: &[String]) -> bool {
    matches!(pairs, [only] if only == "-")
}

fn elements(json: &RawValue) -> Vec<Result<Box<RawValue>>> {
    match serde_json::from_str::<Vec<Box<RawValue>>>(json.get()) {
        Ok(elements) => elements.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(Error::usage(format!("the data is no JSON: {error}")))],
    }
}
