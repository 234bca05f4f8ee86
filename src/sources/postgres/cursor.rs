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
    /// How far the listing of keys has come, once it has begun
    #[serde(default)]
    pub swept: Option<Swept>,
    /// Rows so far
    pub rows: u64,
    pub stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Stage {
    /// Reading rows: everything, or what changed
    Rows(Pass),
    /// Listing all keys
    Sweep {
        /// The snapshot that the rows are complete in
        complete: Start,
        keys: KeySet,
    },
}

/// How far a listing of keys has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Swept {
    /// The last key, where keys have an order
    pub after: Option<Vec<Json>>,
    /// Where on disk it is, where they have none
    pub place: Option<Place>,
    /// Keys so far
    pub listed: u64,
    /// How often it began anew, because the snapshot was another one
    pub restarts: u32,
}

/// A place on disk. As long as a table keeps its files, rows that were behind it still are, or were written anew since.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Partitions that were read to their end
    #[serde(default)]
    pub done: Vec<u32>,
    /// How far the others are; the last one is being read. After a break the server may come to one that had no rows before
    /// first, so several can be half read. A table without partitions is number 0
    pub reached: Vec<Reached>,
}

/// The last row that was read of one partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub part: u32,
    /// `ctid`: the block, and the row in it
    pub block: u32,
    pub row: u16,
}

impl Place {
    /// The condition for everything behind it.
    pub fn beyond(&self) -> String {
        let behind = |at: &Reached| format!("ctid > '({},{})'::tid", at.block, at.row);
        if let [Reached { part: 0, .. }] = &self.reached[..] {
            return behind(&self.reached[0]);
        }
        let half = self.reached.iter().map(|at| format!("tableoid = {} AND {} OR ", at.part, behind(at)));
        let known = self.done.iter().copied().chain(self.reached.iter().map(|at| at.part));
        let known = known.map(|part| part.to_string()).collect::<Vec<_>>().join(",");
        format!("({}tableoid <> ALL ('{{{known}}}'::oid[]))", half.collect::<String>())
    }

    /// Goes on in this partition; `left` was read to its end. Whether rows of it may still come.
    pub fn turn_to(&mut self, part: u32, left: Option<u32>) -> bool {
        if let Some(left) = left {
            self.reached.retain(|at| at.part != left);
            self.done.push(left);
        }
        match self.reached.iter().position(|at| at.part == part) {
            Some(at) => {
                let at = self.reached.remove(at);
                self.reached.push(at);
            }
            None => self.reached.push(Reached { part, block: 0, row: 0 }),
        }
        !self.done.contains(&part)
    }
}

/// One walk through the table, in the order of its pages on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Pass {
    /// Only rows that changed since; `None`: all
    pub from: Option<Start>,
    /// When this walk began: if it ends in another snapshot, what changed in between is read next
    pub began: Start,
    /// The last row's; `None` at the beginning, and where rows have no place
    pub place: Option<Place>,
    /// Rows of this walk so far
    pub rows: u64,
}

impl Pass {
    pub fn new(from: Option<Start>, began: Start) -> Self {
        Pass { from, began, place: None, rows: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_that_was_left_half_read_is_taken_up_again() {
        let mut place = Place::default();
        assert!(place.turn_to(7, None));
        assert!(place.turn_to(9, Some(7)));
        (place.reached[0].block, place.reached[0].row) = (3, 4);
        // After a break: 8 had no rows before, and comes first now.
        assert!(place.turn_to(8, None));
        assert_eq!(
            place.beyond(),
            "(tableoid = 9 AND ctid > '(3,4)'::tid OR tableoid = 8 AND ctid > '(0,0)'::tid OR \
             tableoid <> ALL ('{7,9,8}'::oid[]))"
        );
        assert!(place.turn_to(9, Some(8)));
        assert_eq!((place.done.as_slice(), place.reached.len()), ([7, 8].as_slice(), 1));
        assert!(!place.turn_to(7, Some(9)), "rows of a partition that had ended are out of order");
    }
}
