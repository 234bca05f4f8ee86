//! How long recorded operations are kept, and letting go of those that are too old.
//!
//! Operations go from the oldest on, without gaps: what is left is always everything since some moment, so that an undo
//! sees every later change. The last one that went is written down before anything of it is removed.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use super::change::OperationId;
use super::schema;
use crate::base::Result;

/// The kind of appctl's own documents about the log.
const DOCUMENT: &str = "log";
const PRUNED: &str = "pruned";

/// An operation, and what tells it from another one of the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub id: OperationId,
    pub stamp: String,
}

/// The last operation that was let go of; number 0 when none was.
pub fn pruned(connection: &Connection) -> Result<Mark> {
    let document = schema::document(connection, DOCUMENT, PRUNED)?;
    let mark = document.and_then(|body| serde_json::from_value(body).ok());
    Ok(mark.unwrap_or(Mark { id: 0, stamp: String::new() }))
}

/// The newest operation, though it was let go of.
pub fn last_operation(connection: &Connection) -> Result<Mark> {
    let text = format!("SELECT id, {STAMP} FROM main._appctl_operations ORDER BY id DESC LIMIT 1");
    let last = connection.query_row(&text, [], |row| Ok(Mark { id: row.get(0)?, stamp: row.get(1)? })).optional()?;
    last.map_or_else(|| pruned(connection), Ok)
}

/// What tells the operation of this number from another one. `None` when what came after it is not known any more.
pub fn stamp(connection: &Connection, id: OperationId) -> Result<Option<String>> {
    let pruned = pruned(connection)?;
    if id <= pruned.id {
        return Ok((id == pruned.id).then_some(pruned.stamp));
    }
    let text = format!("SELECT {STAMP} FROM main._appctl_operations WHERE id = ?");
    Ok(connection.query_row(&text, [id], |row| row.get(0)).optional()?)
}

const STAMP: &str = "at || ' ' || author || ' ' || what";
