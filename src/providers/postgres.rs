//! PostgreSQL: every account has its own server, so there is no base, no common limit and no HTTP. The source speaks to it
//! and says who it is.

use std::collections::BTreeMap;

use super::{Guide, Method, Provider, Setting};
use crate::base::{Error, Result};

pub static POSTGRES: Provider = Provider {
    id: "postgres",
    title: "PostgreSQL",
    secret: "password",
    secret_optional: true,
    methods: &[Method::Token],
    guides: &[Guide {
        method: Method::Token,
        page: "",
        text: "Make a role that may only read, and give it a password",
    }],
    settings: &[Setting {
        key: "url",
        help: "postgresql://user@host:port/database?sslmode=verify-full, without the password",
        default: "",
        choices: &[],
        required_for: &[Method::Token],
    }],
    check,
    ..Provider::BLANK
};

/// The form alone: the source reads the address, and says what is wrong with it.
fn check(_: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    let url = settings.get("url").map_or("", String::as_str);
    match url.starts_with("postgresql://") || url.starts_with("postgres://") {
        true => Ok(()),
        false => Err(Error::usage("`url` does not begin with `postgresql://`")
            .hint("give `--set url=postgresql://user@host:5432/database`; the password is asked for")),
    }
}
