//! What is remembered between runs and between pages, as JSON: a place in the data, never a token that expires.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::base::Timestamp;

/// A moment in the server's life from which changes can be followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// Two snapshots with the same text see the same data
    pub snapshot: String,
    /// The oldest transaction that was still open (`pg_snapshot_xmin`), 64 bits
    pub xid: u64,
    /// Everything stamped before it was visible; less our overlap
    pub time: Timestamp,
}

/// What a completed run leaves for the next one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub start: Start,
    /// System identifier and timeline: transaction numbers of another server, or after a failover, mean nothing
    pub server: String,
    pub oid: i64,
    /// Which tables held the rows
    pub members: String,
    /// What was asked for: columns, filter, since
    pub query: String,
    /// The set of keys, when it was known to be the same here and there
    pub keys: Option<KeySet>,
}

/// A fingerprint of all the keys of an object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    pub rows: i64,
    pub hash: String,
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// The snapshot that the last page was read in
    pub snapshot: String,
    /// The run reads everything, as a listing
    pub whole: bool,
    /// Pages were read in more than one snapshot, so rows that came may be gone by now
    pub torn: bool,
    pub files: String,
    /// Some keys were listed already
    #[serde(default)]
    pub swept: bool,
    /// Rows so far
    pub rows: u64,
    pub stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Reading rows: everything, or what changed
    Rows(Pass),
    /// Listing all keys in order, after this one
    Sweep {
        after: Option<Vec<Json>>,
        /// Keys so far
        listed: u64,
        /// The snapshot that the rows are complete in
        complete: Start,
        keys: KeySet,
    },
}

/// One walk through the table, in the order of its pages on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Only rows that changed since; `None`: all
    pub from: Option<Start>,
    /// When this walk began: if it ends in another snapshot, what changed in between is read next
    pub began: Start,
    /// Keys of the last rows, the newest first: one that was not changed since says where on disk to go on
    pub marks: Vec<Vec<Json>>,
    /// The partitions that rows came from, in order; the last one is being read
    #[serde(default)]
    pub parts: Vec<u32>,
    /// Rows of this walk so far
    pub rows: u64,
}

impl Pass {
    pub fn new(from: Option<Start>, began: Start) -> Self {
        Pass { from, began, marks: Vec::new(), parts: Vec::new(), rows: 0 }
    }
}
