//! Names for the shell's tab key. A completion never fails and never creates anything: without a store there are no names.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap_complete::CompletionCandidate;

use crate::app::App;
use crate::base::{AppName, Result};
use crate::config::Config;
use crate::connections;

/// The connections of the app, with their source.
pub fn connections(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = in_app(connections::list);
    matching(current, all.into_iter().map(|connection| (connection.name.to_string(), connection.source)))
}

/// The sources that a connection can have.
pub fn sources(current: &OsStr) -> Vec<CompletionCandidate> {
    matching(current, connections::sources_list().into_iter().map(|info| (info.source, info.title)))
}

/// Connections, and sources that have none yet.
pub fn connections_and_sources(current: &OsStr) -> Vec<CompletionCandidate> {
    let mut found = connections(current);
    found.extend(sources(current));
    found
}

/// The objects that connections bring: those of the connection that the line names, else of all.
pub fn objects(current: &OsStr) -> Vec<CompletionCandidate> {
    let words: Vec<String> = words();
    let all = in_app(connections::list);
    let named = all.iter().any(|connection| words.iter().any(|word| word == connection.name.as_str()));
    let of_line = all.into_iter().filter(|connection| !named || words.iter().any(|word| word == connection.name.as_str()));
    let objects = of_line.flat_map(|connection| connection.objects.into_iter());
    matching(current, objects.map(|config| (config.object, format!("into {}", config.table))))
}

/// The tables of the app.
pub fn tables(current: &OsStr) -> Vec<CompletionCandidate> {
    let all = in_app(|app| app.store.tables());
    matching(current, all.into_iter().map(|table| {
        let filled = table.connection.map_or(String::new(), |connection| format!("filled by {connection}"));
        (table.name.to_string(), filled)
    }))
}

/// Asks the app that the line or the environment names; nothing when there is none.
fn in_app<T: Default>(ask: impl FnOnce(&App) -> Result<T>) -> T {
    let answer = || -> Option<T> {
        let words = words();
        let option = |name: &str| words.iter().position(|word| word == name).and_then(|at| words.get(at + 1)).cloned();
        let home = option("--home").or_else(|| crate::config::option("HOME")).map(PathBuf::from);
        let app = option("--app").or_else(|| crate::config::option("APP")).unwrap_or_else(|| "default".to_owned());
        let config = Config::from_env(home, AppName::parse(&app).ok()?).ok()?;
        if !config.app_folder().is_dir() {
            return None;
        }
        ask(&App::open(config).ok()?).ok()
    };
    answer().unwrap_or_default()
}

/// The words of the line that is being completed.
fn words() -> Vec<String> {
    std::env::args().collect()
}

fn matching(current: &OsStr, names: impl Iterator<Item = (String, String)>) -> Vec<CompletionCandidate> {
    let start = current.to_str().unwrap_or_default();
    names
        .filter(|(name, _)| name.starts_with(start))
        .map(|(name, about)| CompletionCandidate::new(name).help(Some(about.into())))
        .collect()
}
