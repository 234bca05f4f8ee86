//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

mod connections;
mod filter;
mod help;
mod interrupts;
mod layers;
mod stage;
mod support;
mod vault;
mod wizard;
