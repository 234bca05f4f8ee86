//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

mod connections;
mod filter;
mod help;
mod http;
mod hubspot;
mod layers;
mod operations;
mod postgres;
mod records;
mod stage;
mod support;
mod tables;
mod vault;
