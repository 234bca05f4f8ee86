//! Work of this process that must come to its end even when the command that began it is dropped: between two steps of
//! it, something would be lost for good. Whoever ends the process waits for it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Such work takes no longer; whoever waits may give up then.
pub const LONGEST: Duration = Duration::from_secs(30);

static COUNT: AtomicUsize = AtomicUsize::new(0);

/// Holds the process back until it is dropped.
#[derive(Debug)]
pub struct Unfinished(());

impl Unfinished {
    /// Work begins that has to be finished.
    pub fn begin() -> Self {
        COUNT.fetch_add(1, Ordering::SeqCst);
        Unfinished(())
    }

    /// Whether there is any now.
    pub fn any() -> bool {
        COUNT.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        COUNT.fetch_sub(1, Ordering::SeqCst);
    }
}
