//! PostgreSQL: every account has its own server, so there is no base and no common limit.

use super::{Method, Provider};

pub static POSTGRES: Provider = Provider {
    id: "postgres",
    title: "PostgreSQL",
    base: "",
    secret: "password",
    secret_optional: true,
    console: "",
    limits: &[],
    methods: &[Method::Token],
};
