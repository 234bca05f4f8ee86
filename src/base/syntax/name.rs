//! Names as both languages write them.

/// A field's path as it is written in a filter or formula, with quotes where they are needed: `owner."Full name"`.
pub fn path(path: &str) -> String {
    if path.split('.').any(str::is_empty) {
        return quote(path);
    }
    path.split('.').map(quoted).collect::<Vec<_>>().join(".")
}

/// A name as it is written in a filter or formula: bare when that is read as a name, else in double quotes.
pub fn quoted(name: &str) -> String {
    let starts = name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_');
    let plain = starts && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    let taken = RESERVED.iter().any(|word| word.eq_ignore_ascii_case(name));
    if plain && !taken { name.to_owned() } else { quote(name) }
}

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Words that mean something else when they are not quoted. A test tries every keyword that the parser knows.
const RESERVED: &[&str] = &[
    "all",
    "and",
    "any",
    "between",
    "case",
    "current_date",
    "current_time",
    "current_timestamp",
    "distinct",
    "exists",
    "false",
    "in",
    "interval",
    "is",
    "like",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "or",
    "returning",
    "select",
    "some",
    "trim",
    "true",
    "when",
    "with",
    "x",
];
