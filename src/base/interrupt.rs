//! The wish of a person to stop, as something that long work can look at between two steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{Error, Kind, Result};

/// Set once, by Ctrl-C or a service manager's signal. A clone looks at the same wish.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    pub fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    /// `Kind::Interrupted` once somebody wants to stop. Call it where stopping leaves nothing half-made.
    pub fn check(&self) -> Result<()> {
        if self.is_set() { Err(Interrupt::error()) } else { Ok(()) }
    }

    /// What `check` fails with.
    pub fn error() -> Error {
        Error::new(Kind::Interrupted, "interrupted")
    }
}
