//! What went wrong, in our words: PostgreSQL's SQLSTATE decides the kind, its own sentence is the message.
//! Never the password, and never the address as it was given.

use std::error::Error as _;

use crate::base::{Error, Kind};

/// Makes our error of one of the library's. `user` is for the hint when a right is missing.
pub fn explain(error: &tokio_postgres::Error, user: &str) -> Error {
    let Some(db) = error.as_db_error() else { return of_the_wire(error) };
    let code = db.code().code();
    let message = format!("{} (SQLSTATE {code})", decapitalised(db.message()));
    let kind = kind_of(code);
    let error = Error::new(kind, message);
    match (kind, code) {
        (Kind::SignIn, _) => error.hint("run `appctl connections reauth NAME` with the right password"),
        (Kind::Denied, _) => {
            error.hint(format!("let an administrator run `GRANT SELECT ON TABLE … TO {}`", super::ident::quote(user)))
        }
        (_, "57014") => error.hint("raise the limit with `appctl connections edit NAME --set statement_timeout=12h`"),
        _ => error,
    }
}

/// The kind for a SQLSTATE (postgresql.org/docs/current/errcodes-appendix.html).
fn kind_of(code: &str) -> Kind {
    match code {
        "28P01" | "28000" => Kind::SignIn,
        "42501" => Kind::Denied,
        "42P01" | "42703" | "3F000" | "3D000" => Kind::NotFound,
        // A setting of ours that the server does not take: the name of a time zone
        "22023" => Kind::Usage,
        "XX000" => Kind::Remote,
        _ => match &code[..2.min(code.len())] {
            // connection, transaction rolled back or aborted, out of resources, busy, operator's intervention, its disk
            "08" | "25" | "40" | "53" | "55" | "57" | "58" | "72" => Kind::Remote,
            _ => Kind::Failed,
        },
    }
}

fn of_the_wire(error: &tokio_postgres::Error) -> Error {
    let text = chain(error);
    if text.contains("password missing") {
        return Error::new(Kind::SignIn, "the server wants a password and there is none")
            .hint("run `appctl connections reauth NAME` with a password");
    }
    if text.starts_with("authentication error") {
        return Error::new(Kind::SignIn, text).hint("run `appctl connections reauth NAME` with the right password");
    }
    match text.strip_prefix("error connecting to server: ") {
        Some(why) => Error::remote(format!("the server cannot be reached: {why}"))
            .hint("look whether the server runs and the address is right, then try again"),
        None => Error::remote(text),
    }
}

/// The error and everything behind it, each part once.
fn chain(error: &tokio_postgres::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let part = cause.to_string();
        if !text.contains(&part) {
            text = format!("{text}: {part}");
        }
        source = cause.source();
    }
    text
}

/// Our messages begin in lower case, but `SSL` and `VACUUM` stay as they are.
fn decapitalised(text: &str) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_state_decides_the_kind() {
        for (code, kind) in [
            ("28P01", Kind::SignIn),
            ("28000", Kind::SignIn),
            ("42501", Kind::Denied),
            ("42P01", Kind::NotFound),
            ("57P01", Kind::Remote),
            ("40001", Kind::Remote),
            ("53300", Kind::Remote),
            ("08006", Kind::Remote),
            ("22P02", Kind::Failed),
            ("", Kind::Failed),
        ] {
            assert_eq!(kind_of(code), kind, "{code}");
        }
    }
}
