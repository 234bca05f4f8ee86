//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

mod filter;
mod help;
mod layers;
mod operations;
mod records;
mod stage;
mod support;
mod tables;
mod vault;
