//! What a run did, in the form that is shown, recorded and promised to scripts.

use serde::{Deserialize, Serialize};

use super::Drift;
use crate::base::{Error, Kind, Timestamp};

/// One run of one connection. Its JSON is pinned: scripts depend on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    pub connection: String,
    pub status: RunStatus,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    /// Rows that a local filter dropped
    pub filtered: u64,
    /// Rows that came: inserted + updated + unchanged + rejected + filtered
    pub fetched: u64,
    pub calls: u64,
    pub seconds: f64,
    /// How long other writers had to wait for the change of the tables, in seconds
    #[serde(default)]
    pub held_seconds: f64,
    pub started: Timestamp,
    pub dry_run: bool,
    /// The run went on where an earlier one stopped
    pub resumed: bool,
    /// The recorded operation; null when no row changed
    pub operation: Option<i64>,
    pub error: Option<Failure>,
    pub objects: Vec<ObjectReport>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    Done,
    /// Some objects failed, the others are done
    Partial,
    /// Stopped at a checkpoint: the budget of calls or the run's time is used up; the next run goes on
    Stopped,
    Failed,
    Interrupted,
}

/// One object of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectReport {
    pub object: String,
    pub table: String,
    pub status: RunStatus,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub unchanged: u64,
    pub rejected: u64,
    pub filtered: u64,
    pub fetched: u64,
    /// Rows that wait for the next run, because this one did not complete the object
    pub staged: u64,
    pub pages: u64,
    /// `full` or `incremental`
    pub mode: String,
    pub notes: Vec<String>,
    pub drift: Drift,
    /// The first rejected keys, with the reason
    pub rejects: Vec<(String, String)>,
    pub error: Option<Failure>,
}

/// An error as it is written down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: String,
    pub message: String,
    pub hint: Option<String>,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Failure { kind: error.kind.word().to_owned(), message: error.message.clone(), hint: error.hint.clone() }
    }
}

impl RunReport {
    /// The error to exit with; `None` when all of it is done.
    pub fn failure(&self) -> Option<Error> {
        let name = &self.connection;
        let first = self.error.clone().or_else(|| self.objects.iter().find_map(|object| object.error.clone()));
        let error = |kind: Kind, message: String| {
            let hint = first.as_ref().and_then(|failure| failure.hint.clone());
            let error = Error::new(kind, message);
            Some(hint.map_or(error.clone(), |hint| error.hint(hint)))
        };
        let why = first.as_ref().map_or("", |failure| failure.message.as_str());
        match self.status {
            RunStatus::Done => None,
            RunStatus::Partial => {
                let failed = self.objects.iter().filter(|object| object.error.is_some());
                let names = failed.map(|object| format!("`{}`", object.object)).collect::<Vec<_>>().join(", ");
                error(Kind::Partial, format!("connection `{name}` is partly done, {names} failed: {why}"))
            }
            RunStatus::Stopped => error(
                Kind::Partial,
                format!(
                    "connection `{name}` stopped after {} calls, at a checkpoint, because {why}; run it again to go on",
                    self.calls
                ),
            ),
            RunStatus::Interrupted => error(Kind::Interrupted, format!("connection `{name}` was interrupted")),
            RunStatus::Failed => {
                let kind = first.as_ref().map_or(Kind::Failed, |failure| kind(&failure.kind));
                error(kind, format!("connection `{name}` was not synced: {why}"))
            }
        }
    }
}

fn kind(word: &str) -> Kind {
    use Kind::{
        Busy, Conflict, Corrupt, Denied, DiskFull, Expired, Failed, Interrupted, NotFound, Partial, Remote, SignIn,
        Usage,
    };
    [Usage, NotFound, SignIn, Denied, Busy, Partial, Remote, Expired, Interrupted, DiskFull, Corrupt, Conflict]
        .into_iter()
        .find(|kind| kind.word() == word)
        .unwrap_or(Failed)
}
