//! Names for the shell's tab key. A completion never fails and never creates anything: without a store there are no names.

use std::ffi::OsStr;

use clap::Parser as _;
use clap_complete::CompletionCandidate;

use super::globals::Globals;
use crate::accounts;
use crate::app::App;
use crate::config::Config;
use crate::connections;

/// The tables of the app.
pub fn tables(current: &OsStr) -> Vec<CompletionCandidate> {
    let tables = app().and_then(|app| app.store.tables().ok()).unwrap_or_default();
    let filled = |table: &crate::base::Table| table.connection.as_ref().map(|name| format!("filled by {name}"));
    matching(current, tables.iter().map(|table| (table.name.to_string(), filled(table))))
}

/// The connections of the app, with their source.
pub fn connections(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(
        current,
        all_connections().into_iter().map(|connection| (connection.name.to_string(), Some(connection.source))),
    )
}

/// The sources that a connection can have.
pub fn sources(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(current, connections::sources_list().into_iter().map(|info| (info.source, Some(info.title))))
}

/// The providers that can be signed in to, and the custom APIs that somebody signed in to.
pub fn providers(current: &OsStr) -> Vec<CompletionCandidate> {
    let known = accounts::providers().iter().map(|provider| (provider.id.to_owned(), Some(provider.title.to_owned())));
    let accounts = app().and_then(|app| accounts::list(&app).ok()).unwrap_or_default();
    let named = accounts.iter().filter(|account| account.product() != account.provider);
    let named = named.map(|account| (account.product().to_owned(), account.settings.get("base_url").cloned()));
    let all: std::collections::BTreeMap<_, _> = known.chain(named).collect();
    matching(current, all.into_iter())
}

/// The labels of accounts: those of the provider that the line names, else of all.
pub fn accounts(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = words();
    let all = app().and_then(|app| accounts::list(&app).ok()).unwrap_or_default();
    let is_named = |account: &accounts::Account| words.iter().any(|word| word == account.product());
    let one_is_named = all.iter().any(is_named);
    let fitting = all.into_iter().filter(|account| !one_is_named || is_named(account));
    matching(current, fitting.map(|account| (account.label.to_string(), Some(account.identity.name))))
}

/// Connections, and sources that can be looked at before they are connected.
pub fn connections_and_sources(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = connections(current);
    found.extend(sources(current));
    found
}

/// The objects that connections bring: those of the connection that the line names, else of all.
pub fn objects(current: &OsStr) -> Vec<CompletionCandidate> {
    let words = words();
    let all = all_connections();
    let is_named = |connection: &connections::Connection| words.iter().any(|word| word == connection.name.as_str());
    let one_is_named = all.iter().any(is_named);
    let objects = all
        .iter()
        .filter(|connection| !one_is_named || is_named(connection))
        .flat_map(|connection| &connection.objects);
    matching(current, objects.map(|config| (config.object.clone(), Some(format!("into {}", config.table)))))
}

fn all_connections() -> Vec<connections::Connection> {
    app().and_then(|app| connections::list(&app).ok()).unwrap_or_default()
}

fn matching(current: &OsStr, names: impl Iterator<Item = (String, Option<String>)>) -> Vec<CompletionCandidate> {
    let start = current.to_str().unwrap_or_default();
    names
        .filter(|(name, _)| name.starts_with(start))
        .map(|(name, about)| CompletionCandidate::new(name).help(about.map(Into::into)))
        .collect()
}

/// The options alone: the line that is being completed is not a whole command yet.
#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    globals: Globals,
}

/// The app that the line or the environment names, when it is there.
fn app() -> Option<App> {
    let words = words();
    let mut line = vec!["appctl".to_owned()];
    for option in ["--home", "--app"] {
        if let Some(at) = words.iter().position(|word| word == option) {
            line.extend(words.get(at..at + 2).unwrap_or_default().iter().cloned());
        }
    }
    let globals = Line::try_parse_from(line).ok()?.globals;
    let config = Config::from_env(globals.home, globals.app).ok()?;
    if config.app_folder().is_dir() { App::open(config).ok() } else { None }
}

/// The words of the line that is being completed.
fn words() -> Vec<String> {
    std::env::args().collect()
}
