//! What the engine tells while it works, to whoever asked it to.

/// Something that happened on the way.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A run goes on where an earlier one stopped
    Resumed { pages: u64, rows: u64 },
    /// An object is begun
    Object { object: String, table: String },
    /// Rows are staged; `total` once it is known
    Staged { object: String, rows: u64, total: Option<u64> },
    /// Something worth knowing: a horizon passed, a wait, a retry
    Note { object: Option<String>, text: String },
    /// Everything is read; the tables are about to change
    Applying,
}

/// How events reach the door that listens.
pub type Tell<'t> = &'t mut (dyn FnMut(Event) + Send);
