//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

mod canary;
mod connections;
mod faults;
mod filter;
mod help;
mod http;
mod hubspot;
mod interrupts;
mod kills;
mod layers;
mod postgres;
mod stage;
mod support;
mod torn;
mod vault;
