//! A field as people write it: `title:text!`, `status:select=open,done`, `owner:relation=people`,
//! `open_tasks:rollup=tasks.owner:count`. A name with a colon in it stands in double quotes: `"due: date":date`.

use crate::base::{Compute, Computed, Error, Field, FieldName, FieldType, Result, path};

/// A field's name and type from the command line. `!` at the end makes it required; without a type it is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldSpec {
    Stored(Field),
    Computed(Computed),
}

impl FieldSpec {
    pub fn name(&self) -> &FieldName {
        match self {
            FieldSpec::Stored(field) => &field.name,
            FieldSpec::Computed(computed) => &computed.name,
        }
    }
}

impl std::str::FromStr for FieldSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (name, kind) = split(text)?;
        let about = |error: Error| Error { message: format!("field `{name}`: {}", error.message), ..error };
        let kind = kind.unwrap_or("text");
        if let Some(how) = Compute::parse(kind) {
            return Ok(FieldSpec::Computed(Computed { how: how.map_err(about)?, name }));
        }
        let (kind, required) = kind.strip_suffix('!').map_or((kind, false), |kind| (kind, true));
        if Compute::WORDS.contains(&kind) {
            return Err(Error::usage(format!("field `{name}`: a {kind} is worked out and cannot be required")));
        }
        let field_type = FieldType::parse(kind).map_err(about)?;
        check_options(&name, &field_type)?;
        Ok(FieldSpec::Stored(Field { required, ..Field::new(name, field_type) }))
    }
}

/// The name, and the type when there is one, of a field that is there: `title`, `title:integer`.
pub fn named(text: &str) -> Result<(FieldName, Option<&str>)> {
    split(text)
}

/// The name, and the type when there is one. `title!` is a required text.
fn split(text: &str) -> Result<(FieldName, Option<&str>)> {
    if text.starts_with('"') {
        let wrong = || Error::usage(format!("`{text}` names no field")).hint("write `\"NAME\":TYPE`");
        let (name, behind) = path::name(text, &[':']).ok_or_else(wrong)?;
        return match behind.strip_prefix(':') {
            Some(kind) => Ok((FieldName::parse(&name)?, Some(kind))),
            None if behind.is_empty() => Ok((FieldName::parse(&name)?, None)),
            None if behind == "!" => Ok((FieldName::parse(&name)?, Some("text!"))),
            None => Err(wrong()),
        };
    }
    match text.split_once(':') {
        Some((name, kind)) => Ok((FieldName::parse(name)?, Some(kind))),
        None => match text.strip_suffix('!') {
            Some(name) => Ok((FieldName::parse(name)?, Some("text!"))),
            None => Ok((FieldName::parse(text)?, None)),
        },
    }
}

pub(super) fn check_options(name: &FieldName, field_type: &FieldType) -> Result<()> {
    let (FieldType::Select { options } | FieldType::MultiSelect { options }) = field_type else { return Ok(()) };
    let word = field_type.word();
    if options.is_empty() {
        return Err(Error::usage(format!("field `{name}`: a {word} names its options"))
            .hint(format!("write `{name}:{word}=open,done`")));
    }
    let twice = options.iter().enumerate().find(|(place, option)| options[..*place].contains(option));
    match twice {
        Some((_, option)) => Err(Error::usage(format!("field `{name}`: the option `{option}` is there twice"))),
        None => Ok(()),
    }
}
