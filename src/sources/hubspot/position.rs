//! Where a run is, and what it leaves for the next one. Both are places in the data: HubSpot's own page tokens are kept
//! beside them only because they save a search while they last.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::super::{Next, Rejected};
use super::api::Moment;
use crate::base::{Error, Kind, Result, Timestamp};

/// As many records as fit into one batch are asked for again.
pub(super) const MOST_AGAIN: usize = 100;
/// `Date` is rounded down, so a window reaches a little further.
const AHEAD: Duration = Duration::from_secs(2);

/// What the last run of a CRM object left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// What changed at or after this is still to be fetched
    pub since: Timestamp,
    pub archived_at: Option<Timestamp>,
    #[serde(default)]
    pub archived_pages: u64,
    pub reconciled_at: Option<Timestamp>,
    pub calculated_at: Option<Timestamp>,
    /// Records that could not be read; the next run asks for them again
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rejected: Vec<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Phase {
    /// The records that the last run could not read
    Again,
    /// Everything by listing
    List,
    /// The rest of everything by search, after a listing that broke off
    Rest,
    /// What changed, by search
    Search,
    Archived,
    /// The ids of everything, to find what is gone
    Keys,
}

/// Where a run of a CRM object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub phase: Phase,
    /// HubSpot's time when the run began
    pub started: Timestamp,
    /// What changes from here on is for the next run
    pub until: Timestamp,
    /// Where the search's window ends, a little later
    pub end: Timestamp,
    /// Where the search begins
    #[serde(default)]
    pub since: Timestamp,
    /// The largest id seen in this phase
    #[serde(default)]
    pub last: u64,
    /// HubSpot's token for what comes after it
    #[serde(default)]
    pub after: Option<String>,
    /// Pages and records of this phase
    #[serde(default)]
    pub pages: u64,
    #[serde(default)]
    pub seen: u64,
    /// How many records there are, as the search index says
    #[serde(default)]
    pub total: Option<u64>,
    /// How often this phase had to begin again
    #[serde(default)]
    pub restarts: u8,
    /// What this run does after the search, decided at its start
    #[serde(default)]
    pub archived: bool,
    #[serde(default)]
    pub keys: bool,
    /// The archived list's length, when this run read it
    #[serde(default)]
    pub archived_pages: Option<u64>,
    /// Everything was read again, calculated properties too
    #[serde(default)]
    pub everything: bool,
    /// The records of this run that could not be read
    #[serde(default)]
    pub rejected: Vec<u64>,
}

impl Position {
    pub fn at_start(phase: Phase, now: Moment) -> Self {
        Position {
            phase,
            started: now.there,
            until: now.there.min(now.here),
            end: now.there.max(now.here).plus(AHEAD),
            since: Timestamp::default(),
            last: 0,
            after: None,
            pages: 0,
            seen: 0,
            total: None,
            restarts: 0,
            archived: false,
            keys: false,
            archived_pages: None,
            everything: false,
            rejected: Vec::new(),
        }
    }

    /// The beginning of the next phase of the same run.
    pub fn enter(&self, phase: Phase) -> Self {
        Position { phase, last: 0, after: None, pages: 0, seen: 0, total: None, restarts: 0, ..self.clone() }
    }

    /// Notes records that could not be read, as many as are worth it and one more.
    pub fn remember(&mut self, rejected: &[Rejected]) {
        let ids = rejected.iter().filter_map(|rejected| rejected.key.parse::<u64>().ok());
        self.rejected.extend(ids);
        self.rejected.truncate(MOST_AGAIN + 1);
    }

    pub fn next(&self) -> Result<Next> {
        Ok(Next::More(json(self)?))
    }
}

/// Reads what this source wrote; a position or cursor of another version begins the run again.
pub(super) fn read<T: for<'de> Deserialize<'de>>(json: &Json) -> Result<T> {
    T::deserialize(json)
        .map_err(|error| Error::new(Kind::Expired, format!("the stored position cannot be read: {error}")))
}

pub(super) fn json(value: &impl Serialize) -> Result<Json> {
    serde_json::to_value(value).map_err(|error| Error::failed(format!("writing the position: {error}")))
}
