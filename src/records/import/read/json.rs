//! JSON: one list of objects, or an object a line. Values stay verbatim, so that no digit of a number is lost.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::encoding::{Utf8, unreadable};
use super::{Each, Format, Raw, Row};
use crate::base::{Error, Kind, Result};

/// What the records are made of.
#[derive(Debug)]
pub struct Form {
    format: Format,
    /// Each column's place
    places: HashMap<String, usize>,
}

impl Form {
    /// Reads everything once: every key that a record has is a column, in the order in which they come first.
    pub fn look(from: Utf8, format: Format) -> Result<(Vec<String>, Form)> {
        let (mut names, mut places) = (Vec::new(), HashMap::new());
        each_record(from, format, &mut |_, text| {
            // What is no object is told, with its place, when the rows are read.
            if let Ok(Pairs(pairs)) = serde_json::from_str(text) {
                for (key, _) in pairs {
                    if !places.contains_key(&*key) {
                        places.insert(key.clone().into_owned(), names.len());
                        names.push(key.into_owned());
                    }
                }
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((names, Form { format, places }))
    }
}

/// Gives every record as a row.
pub fn rows(from: Utf8, form: &Form, width: usize, each: &mut Each<'_>) -> Result<()> {
    each_record(from, form.format, &mut |place, text| {
        let mut cells = vec![Raw::Absent; width];
        let mut fault = None;
        match serde_json::from_str::<Pairs<'_>>(text) {
            Err(error) => {
                // The place within the record is no place in the file.
                let told = error.to_string();
                let told = told.split(" at line ").next().unwrap_or_default();
                fault = Some(format!("this is no JSON object: {told}"));
            }
            Ok(Pairs(pairs)) => {
                for (key, json) in pairs {
                    let Some(&column) = form.places.get(&*key) else { continue };
                    if !matches!(cells[column], Raw::Absent) {
                        fault = Some(format!("`{key}` is there twice"));
                    }
                    cells[column] = if json.get() == "null" { Raw::Empty } else { Raw::Json(json) };
                }
            }
        }
        each(Row { place, cells, fault })
    })
}

type EachRecord<'e> = dyn FnMut(u64, &str) -> Result<ControlFlow<()>> + 'e;

fn each_record(from: Utf8, format: Format, each: &mut EachRecord<'_>) -> Result<()> {
    let from = BufReader::with_capacity(1 << 17, from);
    if format == Format::Json { each_element(from, each) } else { each_line(from, each) }
}

fn each_line(mut from: impl BufRead, each: &mut EachRecord<'_>) -> Result<()> {
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        if from.read_until(b'\n', &mut line).map_err(unreadable)? == 0 {
            return Ok(());
        }
        number += 1;
        let text = std::str::from_utf8(&line).map_err(|error| {
            let message = format!("line {number}, byte {}: what stands there is no utf-8", error.valid_up_to() + 1);
            Error::new(Kind::Failed, message).hint("name the file's encoding with `--encoding`")
        })?;
        if text.trim().is_empty() {
            continue;
        }
        if each(number, text.trim())?.is_break() {
            return Ok(());
        }
    }
}

fn each_element(from: impl BufRead, each: &mut EachRecord<'_>) -> Result<()> {
    let mut stopped = None;
    let list = List { each, stopped: &mut stopped };
    let mut deserializer = serde_json::Deserializer::from_reader(from);
    let read = deserializer.deserialize_seq(list).and_then(|()| deserializer.end());
    match (stopped, read) {
        (Some(Stop::Enough), _) | (None, Ok(())) => Ok(()),
        (Some(Stop::Failed(error)), _) => Err(error),
        (None, Err(error)) => Err(Error::usage(format!("this is no JSON list of objects: {error}"))
            .hint("a file with one object a line is read with `--format jsonl`")),
    }
}

enum Stop {
    Enough,
    Failed(Error),
}

struct List<'l, 'e> {
    each: &'l mut EachRecord<'e>,
    stopped: &'l mut Option<Stop>,
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<(), A::Error> {
        let mut number = 0;
        while let Some(element) = list.next_element::<Box<RawValue>>()? {
            number += 1;
            let stop = match (self.each)(number, element.get()) {
                Ok(ControlFlow::Continue(())) => continue,
                Ok(ControlFlow::Break(())) => Stop::Enough,
                Err(error) => Stop::Failed(error),
            };
            *self.stopped = Some(stop);
            return Err(A::Error::custom("stopped"));
        }
        Ok(())
    }
}

/// An object's keys and values, verbatim and in order.
struct Pairs<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object of columns and values")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<Pairs<'de>, M::Error> {
                let mut pairs = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    pairs.push((key, value));
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Borrowed where it has no escapes.
#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
