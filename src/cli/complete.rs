//! Names for the shell's tab key. A completion never fails and never creates anything: without a store there are no names.

use std::ffi::OsStr;

use clap::Parser as _;
use clap_complete::CompletionCandidate;

use super::globals::Globals;
use crate::app::App;
use crate::config::Config;

/// The tables of the app that the environment names.
pub fn tables(current: &OsStr) -> Vec<CompletionCandidate> {
    let tables = app().and_then(|app| app.store.tables().ok()).unwrap_or_default();
    matching(current, tables.into_iter().map(|table| (table.name.to_string(), None)))
}

fn matching(current: &OsStr, names: impl Iterator<Item = (String, Option<String>)>) -> Vec<CompletionCandidate> {
    let start = current.to_str().unwrap_or_default();
    names
        .filter(|(name, _)| name.starts_with(start))
        .map(|(name, about)| CompletionCandidate::new(name).help(about.map(Into::into)))
        .collect()
}

/// The options alone, as the environment sets them: the line that is being completed is not a whole command yet.
#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    globals: Globals,
}

fn app() -> Option<App> {
    let globals = Line::try_parse_from(["appctl"]).ok()?.globals;
    let config = Config::from_env(globals.home, globals.app).ok()?;
    if config.app_folder().is_dir() { App::open(config).ok() } else { None }
}
