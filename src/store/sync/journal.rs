//! Runs that changed no row are written beside the main file, so that a run with nothing new leaves every page of it
//! alone. Their cursors count only while nothing was shown or undone since: the epoch tells.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::RunRecord;
use crate::base::{Doing, Error, Kind, Result};
use crate::store::files;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Journal {
    /// The epoch in which `states` were current
    pub epoch: Option<i64>,
    pub states: BTreeMap<String, Json>,
    /// Oldest first
    pub runs: Vec<RunRecord>,
}

/// How many of these runs are kept.
const KEPT: usize = 100;

impl Journal {
    pub fn add(&mut self, run: RunRecord) {
        self.runs.push(run);
        let over = self.runs.len().saturating_sub(KEPT);
        self.runs.drain(..over);
    }
}

pub fn read(folder: &Path) -> Result<Journal> {
    let path = folder.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
            Error::new(Kind::Corrupt, format!("`{}` is damaged: {error}", path.display()))
                .hint("remove that file; only the list of runs without changes is lost")
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Journal::default()),
        Err(error) => Err(error).doing(|| format!("reading `{}`", path.display())),
    }
}

pub fn write(folder: &Path, journal: &Journal) -> Result<()> {
    files::make_folder(folder)?;
    files::replace(&folder.join(FILE), &serde_json::to_vec(journal).expect("a journal is JSON"))
}

const FILE: &str = "runs.json";
