//! PostgreSQL as a source, against a real server: what is read, how changes and deletes are followed, how it goes on after
//! a break. `mirror` stands for the engine.

mod access;
mod changes;
mod discover;
mod filters;
mod mirror;
mod resume;
mod values;
