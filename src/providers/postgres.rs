//! PostgreSQL: every account has its own server, so there is no base, no common limit and no HTTP. The source speaks to it
//! and says who it is.

use super::{Guide, Method, Provider};

pub static POSTGRES: Provider = Provider {
    id: "postgres",
    title: "PostgreSQL",
    secret: "password",
    secret_optional: true,
    methods: &[Method::Token],
    guides: &[Guide {
        method: Method::Token,
        page: "",
        text: "Make a role that may only read, give it a password, and add the connection with its host, user and database",
    }],
    ..Provider::BLANK
};
