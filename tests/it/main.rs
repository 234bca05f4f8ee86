//! One test binary: the house's rules, the engine's promises, and the real program in an empty home.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that is surprised should stop there, and says its seed"
)]

mod accounts_canary;
mod accounts_connect;
mod accounts_custom;
mod accounts_grace;
#[cfg(target_os = "linux")]
mod accounts_kills;
mod accounts_pick;
mod accounts_postgres;
mod accounts_refresh;
mod accounts_remove;
mod accounts_two_step;
#[cfg(unix)]
mod accounts_unkept;
mod bad_values;
mod canary;
mod conformance;
mod connections;
mod connections_story;
mod demo;
mod faults;
mod filter;
mod filter_truth;
mod formula;
mod help;
mod history;
mod http;
mod http_reach;
mod http_sign_in;
mod hubspot;
mod hubspot_sandbox;
mod in_step;
mod injections;
mod integrations;
mod integrations_wizard;
mod interrupts;
mod kills;
mod layers;
mod model;
mod oauth;
mod oauth_callback;
mod oauth_device;
mod oauth_discover;
mod oauth_grants;
mod oauth_random;
mod oauth_sandbox;
mod oidc;
mod one_family;
mod operations;
mod own_fields;
mod postgres;
mod providers;
mod questions;
mod readme;
mod records;
mod records_history;
mod records_import;
mod records_import_faults;
mod records_import_wizard;
mod records_paths;
mod records_paths_oracle;
mod records_round_trip;
mod records_search;
mod records_sync;
mod records_write;
mod retention;
mod run_ends;
mod sandbox;
mod sandbox_clients;
mod sandbox_oauth;
mod sandbox_oauth_errors;
mod sandbox_oauth_fuzz;
mod sandbox_oauth_grants;
mod sandbox_oauth_random;
mod sandbox_oauth_tokens;
mod sandbox_oauth_vendors;
mod sandbox_serve;
mod search;
mod stage;
mod store_faults;
mod store_open;
mod support;
mod tables;
mod tables_large;
mod tables_shape;
mod tables_undo;
mod torn;
mod upkeep_backup;
mod upkeep_doctor;
mod vault;
mod vault_file;
mod vault_keyring;
mod vault_memory;
mod vault_process;
mod vault_reads;
mod vault_synced;
mod vault_team;
mod wizard;
