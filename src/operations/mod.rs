//! Every recorded change of the app: listing operations and taking them back. It does not know what made a change.

use std::time::Duration;

use crate::app::{App, Detail, Operation, OperationFilter, OperationId, Prune, Pruned, Rehearsed, Retention, Undone};
use crate::base::{Error, Result, Timestamp, datetime};

/// Operations, newest first.
pub fn log(app: &App, which: &OperationFilter) -> Result<Vec<Operation>> {
    app.store.operations(which)
}

/// One operation. `Kind::NotFound` when there is none of this number.
pub fn find(app: &App, id: OperationId) -> Result<Operation> {
    app.store.operation(id)
}

/// What an operation did, up to this many things, and whether there are more.
pub fn details(app: &App, id: OperationId, limit: u64) -> Result<(Vec<Detail>, bool)> {
    app.store.details(id, limit)
}

/// Takes an operation back, an undo too, as a new operation. Nothing changes when something later touched the same
/// records: `Kind::Conflict` names them.
pub fn undo(app: &App, id: OperationId) -> Result<Undone> {
    app.store.undo(id, &app.person())
}

/// Takes operations back, the newest first and each as an operation of its own: all of them, or none.
pub fn undo_all(app: &App, ids: &[OperationId]) -> Result<Vec<Undone>> {
    app.store.undo_all(ids, &app.person())
}

/// What `undo` would do, and what is in its way.
pub fn rehearse_undo(app: &App, ids: &[OperationId]) -> Result<Vec<Rehearsed>> {
    app.store.rehearse_undo(ids, &app.person())
}

/// The newest operations that stand, newest first: not undone, and no undo themselves.
pub fn last_standing(app: &App, count: u64) -> Result<Vec<OperationId>> {
    app.store.last_standing(count)
}

/// How long operations are kept.
pub fn retention(app: &App) -> Result<Retention> {
    app.store.retention()
}

/// Sets how long operations are kept, as an operation.
pub fn keep_for(app: &App, retention: Retention) -> Result<Option<OperationId>> {
    app.store.keep_for(retention, &app.person())
}

/// Lets go of old operations. `tell` hears how many changes are gone; an error of its stops after a step.
pub fn prune(app: &App, which: &Prune, tell: &mut dyn FnMut(u64) -> Result<()>) -> Result<Pruned> {
    app.store.prune(which, tell)
}

/// Gives the room in the app's file that nothing uses back to the disk.
pub fn compact(app: &App) -> Result<()> {
    app.store.compact()
}

/// Reads how far back to look: `30m`, `12h`, `7d`, `2w`, a date, or a time.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp> {
    if let Some(back) = span(text) {
        return Ok(now.minus(back));
    }
    let stored = datetime::stored_datetime(text).and_then(|stored| Timestamp::parse(&stored));
    stored.ok_or_else(|| {
        Error::usage(format!("`{text}` is no time")).hint("write `12h`, `7d`, `2026-11-24` or `2026-11-24T06:00:00Z`")
    })
}

fn span(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let seconds: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::since;
    use crate::base::Timestamp;

    #[test]
    fn looking_back_takes_spans_dates_and_times() {
        let now = Timestamp::parse("2026-11-24T06:00:00Z").expect("a time");
        for (text, time) in [
            ("90m", "2026-11-24T04:30:00Z"),
            ("1w", "2026-11-17T06:00:00Z"),
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T10:00:00+02:00", "2026-11-01T08:00:00Z"),
        ] {
            assert_eq!(since(text, now).map(Timestamp::rfc3339).as_deref(), Ok(time));
        }
        for text in ["", "soon", "7", "d", "7 days", "infinity", "99999999999999999999d"] {
            assert!(since(text, now).is_err(), "{text:?}");
        }
    }
}
