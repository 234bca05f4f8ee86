//! Names that were checked once. A value of one of these types is a valid name, so nobody checks twice.

use serde::{Deserialize, Serialize};

use super::error::{Error, Result};
use super::shell;

/// Longest table or field name, in characters.
pub const LONGEST: usize = 128;

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal, $check:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(String);

        impl $type {
            pub fn parse(text: &str) -> Result<Self> {
                $check($what, text)?;
                Ok($type(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The name as a shell takes it, for commands that are shown.
            pub fn shell(&self) -> std::borrow::Cow<'_, str> {
                shell::word(&self.0)
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $type {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                $type::parse(text)
            }
        }

        impl TryFrom<String> for $type {
            type Error = Error;
            fn try_from(text: String) -> Result<Self> {
                $type::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0
            }
        }

        impl AsRef<str> for $type {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

name!(
    /// The name of a table: any unicode without control characters, up to 128 characters, no reserved prefix.
    TableName, "table", free
);
name!(
    /// The name of a field; the same rules as a table's.
    FieldName, "field", free
);
name!(
    /// The name of a connection: lower-case letters, digits, `-` and `_`, because it also names files.
    ConnectionName, "connection", narrow
);
name!(
    /// The name of an app; the same rules as a connection's.
    AppName, "app", narrow
);
name!(
    /// The label of an account; the same rules as a connection's, because it also names an environment variable.
    Label, "account label", narrow
);

impl TableName {
    /// Makes a name out of what a source calls something: `public.orders` becomes `orders`, `Deal Stage` `deal_stage`.
    pub fn from_object(object: &str) -> Result<Self> {
        TableName::parse(&snake(object.rsplit('.').next().unwrap_or(object)))
    }
}

impl FieldName {
    /// Makes a name out of what a source calls a field.
    pub fn from_source(field: &str) -> Result<Self> {
        FieldName::parse(&snake(field))
    }
}

/// Lower case with underscores; letters of any script are kept.
fn snake(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            name.extend(letter.to_lowercase());
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    let reserved = name.starts_with("sqlite_") || name.starts_with("_appctl_");
    if name.is_empty() || reserved { format!("x_{name}").trim_end_matches('_').to_owned() } else { name.to_owned() }
}

fn free(what: &str, text: &str) -> Result<()> {
    let lower = text.to_lowercase();
    let wrong = if text.trim().is_empty() {
        "is empty".to_owned()
    } else if text.trim() != text {
        "begins or ends with a space".to_owned()
    } else if text.chars().count() > LONGEST {
        format!("is longer than {LONGEST} characters")
    } else if text.chars().any(char::is_control) {
        "has a control character".to_owned()
    } else if lower.starts_with("_appctl_") || lower.starts_with("sqlite_") {
        "begins with a reserved prefix (`_appctl_`, `sqlite_`)".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::usage(format!("{what} name `{}` {wrong}", text.escape_debug())))
}

fn narrow(what: &str, text: &str) -> Result<()> {
    let fits = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_';
    let starts = text.starts_with(|letter: char| letter.is_ascii_alphanumeric());
    if starts && text.len() <= 64 && text.chars().all(fits) {
        return Ok(());
    }
    Err(Error::usage(format!("{what} name `{}` cannot be used", text.escape_debug()))
        .hint("use lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 64"))
}

/// The candidate that was probably meant: the nearest spelling, when it is near enough to be one.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = |candidate: &str| strsim::jaro_winkler(&name.to_lowercase(), &candidate.to_lowercase());
    let scored = candidates.into_iter().map(|candidate| (near(candidate), candidate));
    scored.filter(|(score, _)| *score >= 0.8).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, candidate)| candidate)
}
