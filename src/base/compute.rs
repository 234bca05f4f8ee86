//! How computed fields are written: `lookup=owner.email`, `rollup=tasks.owner:sum:estimate`, `formula=price * quantity`.

use super::error::{Error, Result};
use super::field::{Compute, RollupFunction};
use super::names::{FieldName, TableName};
use super::path;

impl Compute {
    /// The words that `parse` knows.
    pub const WORDS: [&'static str; 3] = ["lookup", "rollup", "formula"];

    pub fn word(&self) -> &'static str {
        match self {
            Compute::Lookup { .. } => "lookup",
            Compute::Rollup { .. } => "rollup",
            Compute::Formula { .. } => "formula",
        }
    }

    /// Reads `lookup=owner.email` and the like. `None` when it begins with none of the words.
    pub fn parse(text: &str) -> Option<Result<Self>> {
        let (word, detail) = text.split_once('=').map_or((text, ""), |(word, detail)| (word, detail.trim()));
        match word {
            "lookup" => Some(lookup(detail)),
            "rollup" => Some(rollup(detail)),
            "formula" => Some(formula(detail)),
            _ => None,
        }
    }

    /// What `parse` reads, without the word: `owner.email`, `tasks.owner:count`, `price * quantity`.
    pub fn detail(&self) -> String {
        match self {
            Compute::Lookup { path } => path.clone(),
            Compute::Formula { expression } => expression.clone(),
            Compute::Rollup { table, relation, function, field } => {
                let written = |name: &str| path::written(name, &SEPARATORS);
                let mut text =
                    format!("{}.{}:{}", written(table.as_str()), written(relation.as_str()), function.word());
                if let Some(field) = field {
                    text.push(':');
                    text.push_str(&written(field.as_str()));
                }
                text
            }
        }
    }
}

const SEPARATORS: [char; 2] = ['.', ':'];

fn lookup(detail: &str) -> Result<Compute> {
    match path::split(detail) {
        Some(names) if names.len() > 1 => Ok(Compute::Lookup { path: path::join(names.iter().map(String::as_str)) }),
        _ => Err(Error::usage("a lookup names a relation and a field behind it: `lookup=owner.email`")),
    }
}

fn rollup(detail: &str) -> Result<Compute> {
    let wrong = || {
        Error::usage(
            "a rollup names a table, its relation, and what to work out: `rollup=tasks.owner:count` or `rollup=tasks.owner:sum:estimate`",
        )
    };
    let (names, between) = path::names(detail, &SEPARATORS).ok_or_else(wrong)?;
    let (table, relation, function, field) = match (names.as_slice(), between.as_slice()) {
        ([table, relation, function], ['.', ':']) => (table, relation, function, None),
        ([table, relation, function, field], ['.', ':', ':']) => (table, relation, function, Some(field)),
        _ => return Err(wrong()),
    };
    let function = RollupFunction::parse(function)?;
    if field.is_none() && function != RollupFunction::Count {
        let word = function.word();
        return Err(Error::usage(format!("a rollup's {word} is of a field: `rollup={table}.{relation}:{word}:FIELD`")));
    }
    if field.is_some() && function == RollupFunction::Count {
        return Err(Error::usage(format!("a rollup's count is of records: `rollup={table}.{relation}:count`")));
    }
    Ok(Compute::Rollup {
        table: TableName::parse(table)?,
        relation: FieldName::parse(relation)?,
        function,
        field: field.map(|name| FieldName::parse(name)).transpose()?,
    })
}

fn formula(detail: &str) -> Result<Compute> {
    match detail {
        "" => Err(Error::usage("a formula is an expression over the record's fields: `formula=price * quantity`")),
        expression => Ok(Compute::Formula { expression: expression.to_owned() }),
    }
}

impl RollupFunction {
    fn parse(text: &str) -> Result<Self> {
        RollupFunction::ALL.into_iter().find(|function| function.word() == text).ok_or_else(|| {
            let words = RollupFunction::ALL.map(RollupFunction::word).join(", ");
            Error::usage(format!("a rollup knows no `{text}`")).hint(format!("use one of {words}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Compute;

    #[test]
    fn computed_fields_are_written_as_they_are_read() {
        for text in [
            "lookup=owner.email",
            "lookup=\"my.owner\".company.name",
            "rollup=tasks.owner:count",
            "rollup=\"a:b\".owner:sum:\"x.y\"",
            "formula=price * quantity",
            "formula=a = b",
        ] {
            let read = Compute::parse(text).unwrap().unwrap();
            assert_eq!(format!("{}={}", read.word(), read.detail()), text);
        }
        for text in ["text", "relation=people"] {
            assert!(Compute::parse(text).is_none(), "{text}");
        }
        for text in [
            "lookup",
            "lookup=owner",
            "lookup=owner..x",
            "rollup=tasks.owner",
            "rollup=tasks:count",
            "rollup=tasks.owner:sum",
            "rollup=tasks.owner:count:title",
            "rollup=tasks.owner:median:title",
            "rollup=_appctl_x.owner:count",
            "formula=",
        ] {
            assert!(Compute::parse(text).unwrap().is_err(), "{text}");
        }
    }
}
