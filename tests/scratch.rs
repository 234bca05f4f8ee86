#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code, unused_imports)]
#[path = "it/filter.rs"]
mod filter;
#[path = "it/formula/mod.rs"]
mod formula;
#[path = "it/support/mod.rs"]
mod support;
