//! A field as people write it: `title:text!`, `status:select=open,done`, `owner:relation=people`.

use crate::base::{Error, Field, FieldName, FieldType, Result};

/// A field's name and type from the command line. `!` at the end makes it required; without a type it is text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldSpec(pub Field);

impl std::str::FromStr for FieldSpec {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (rest, required) = text.strip_suffix('!').map_or((text, false), |rest| (rest, true));
        let (name, kind) = rest.split_once(':').unwrap_or((rest, "text"));
        let name = FieldName::parse(name)?;
        let field_type = FieldType::parse(kind)
            .map_err(|error| Error { message: format!("field `{name}`: {}", error.message), ..error })?;
        check_options(&name, &field_type)?;
        Ok(FieldSpec(Field { required, ..Field::new(name, field_type) }))
    }
}

fn check_options(name: &FieldName, field_type: &FieldType) -> Result<()> {
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
