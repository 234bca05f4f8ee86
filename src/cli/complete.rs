//! Names for the shell's tab key. A completion never fails and never creates anything: without a store there are no names.

use std::ffi::OsStr;

use clap_complete::CompletionCandidate;

#[expect(dead_code, reason = "the nouns use it")]
fn matching(current: &OsStr, names: impl Iterator<Item = (String, Option<String>)>) -> Vec<CompletionCandidate> {
    let start = current.to_str().unwrap_or_default();
    names
        .filter(|(name, _)| name.starts_with(start))
        .map(|(name, about)| CompletionCandidate::new(name).help(about.map(Into::into)))
        .collect()
}
