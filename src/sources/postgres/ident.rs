//! Names and texts inside SQL: identifiers and literals quoted so that nothing in them can mean anything else, and the
//! object id `schema.table`, which is printed and read back exactly.

use std::fmt;

use crate::base::{Error, Result};

/// A quoted identifier: `"My ""own"" table"`.
pub fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A literal of unknown type, for `COPY`, which takes no parameters. Right whatever `standard_conforming_strings` says:
/// with a backslash in it the form is `E'…'`, as libpq's `PQescapeLiteral` does
/// (postgresql.org/docs/current/libpq-exec.html#LIBPQ-PQESCAPELITERAL). The session's encoding is always UTF-8.
///
/// `None` for a text with a NUL, which no value in PostgreSQL can have.
pub fn literal(text: &str) -> Option<String> {
    if text.contains('\0') {
        return None;
    }
    let quoted = text.replace('\'', "''");
    Some(if text.contains('\\') { format!(" E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") })
}

/// The schema and name of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    pub schema: String,
    pub name: String,
}

impl ObjectId {
    /// Reads `public.orders`, `public."My Table"` or `orders` (in `public`). As in SQL, a part without quotes is lower case.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || {
            Error::usage(format!("`{}` names no table", text.escape_debug()))
                .hint("write it as `schema.table`, with odd names in double quotes: `public.\"My Table\"`")
        };
        let (first, rest) = part(text).ok_or_else(wrong)?;
        let Some(rest) = rest else { return Ok(ObjectId { schema: "public".to_owned(), name: first }) };
        match part(rest).ok_or_else(wrong)? {
            (second, None) => Ok(ObjectId { schema: first, name: second }),
            _ => Err(wrong()),
        }
    }

    /// Both parts quoted, for SQL.
    pub fn sql(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &str| if is_plain(name) { name.to_owned() } else { quote(name) };
        write!(f, "{}.{}", shown(&self.schema), shown(&self.name))
    }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// The first part, and what follows its dot.
fn part(text: &str) -> Option<(String, Option<&str>)> {
    let (name, rest) = if let Some(quoted) = text.strip_prefix('"') {
        let mut name = String::new();
        let mut rest = quoted;
        loop {
            let at = rest.find('"')?;
            name.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            match rest.strip_prefix('"') {
                Some(after) => {
                    name.push('"');
                    rest = after;
                }
                None => break (name, rest),
            }
        }
    } else {
        let at = text.find('.').unwrap_or(text.len());
        let name = &text[..at];
        if name.contains('"') {
            return None;
        }
        (name.to_ascii_lowercase(), &text[at..])
    };
    let rest = if rest.is_empty() { None } else { Some(rest.strip_prefix('.')?) };
    (!name.is_empty() && !name.contains('\0')).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn object_ids_are_read_as_sql_reads_them() {
        let id = |schema: &str, name: &str| ObjectId { schema: schema.into(), name: name.into() };
        assert_eq!(ObjectId::parse("public.orders").unwrap(), id("public", "orders"));
        assert_eq!(ObjectId::parse("Orders").unwrap(), id("public", "orders"));
        assert_eq!(ObjectId::parse("\"A.b\".\"c\"\"d\"").unwrap(), id("A.b", "c\"d"));
        for wrong in ["", ".", "a.", ".a", "a.b.c", "\"a", "\"a\"b", "a\"b", "\"\".a"] {
            assert!(ObjectId::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_name_survives_being_printed(schema in "[^\0]{1,9}", name in "[^\0]{1,9}") {
            let id = ObjectId { schema, name };
            prop_assert_eq!(ObjectId::parse(&id.to_string()).unwrap(), id);
        }
    }
}
