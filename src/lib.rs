//! appctl: hold an app's data, keep it in step with the products you use, decide what each agent may touch.
//!
//! The code map, lowest layer first. A module imports only what its row lists; `tests/it/layers.rs` checks it.
//!
//! | module | what it is | may import |
//! |---|---|---|
//! | [`base`] | errors, secrets, values, fields, names, filters, the clock: no IO | – |
//! | [`http`] | the only user of reqwest: retries, limits, caps | base |
//! | [`vault`] | the only user of keyring: where secrets are | base |
//! | [`store`] | the only user of rusqlite: schema, rows, stage, apply, changes, read-only SQL | base |
//! | [`oauth`] | OAuth 2 as a client does it, whoever the vendor is | base, http |
//! | [`providers`] | who a vendor is: address, sign-in, limits | base, http, oauth |
//! | [`sources`] | one file a source: what is the page after this position? | base, http, providers |
//! | [`sandbox`] | fakes of the providers, with faults; shares nothing with what it tests | base |
//! | [`app`], [`config`] | `App { store, vault, team, http, clock, config }`; the only reader of the environment | base, http, vault, store |
//! | [`operations`] | every recorded change: log and undo | base, app |
//! | [`accounts`] | identities people authorised: sign-in, refresh, revocation | base, app, oauth, providers |
//! | [`tables`], [`records`] | the data | base, app, operations (records also tables) |
//! | [`connections`] | configured sources, and the sync engine | base, app, sources, accounts, tables, records, operations |
//! | [`scheduler`] | wakes, asks connections what is due, runs it | base, app, connections |
//! | [`upkeep`] | health of the whole app | base, app and every noun |
//! | [`cli`] | the only user of clap, comfy-table, indicatif, dialoguer | all nouns, upkeep, app, base, sandbox, scheduler |

pub mod accounts;
pub mod app;
pub mod base;
pub mod cli;
pub mod config;
pub mod connections;
pub mod http;
pub mod oauth;
pub mod operations;
pub mod providers;
pub mod records;
pub mod sandbox;
pub mod scheduler;
pub mod sources;
pub mod store;
pub mod tables;
pub mod upkeep;
pub mod vault;
