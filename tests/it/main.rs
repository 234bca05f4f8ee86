//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

mod connections;
mod filter;
mod help;
mod http;
mod hubspot;
mod hubspot_sandbox;
mod interrupts;
mod layers;
mod postgres;
mod sandbox;
mod stage;
mod support;
mod vault;
