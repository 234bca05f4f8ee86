#![allow(clippy::unwrap_used, clippy::print_stdout, dead_code, unused_imports)]
#[path = "it/bad_values.rs"]
mod bad_values;
#[path = "it/filter_truth.rs"]
mod filter_truth;
#[path = "it/formula/mod.rs"]
mod formula;
#[path = "it/injections.rs"]
mod injections;
#[path = "it/support/mod.rs"]
mod support;
