//! The wish of a person to stop, as something that long work can look at between two steps.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::error::{Error, Kind, Result};

/// Set once, by Ctrl-C or a service manager's signal. A clone looks at the same wish.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<State>);

#[derive(Debug, Default)]
struct State {
    wished: AtomicBool,
    asking: AtomicBool,
}

impl Interrupt {
    pub fn set(&self) {
        self.0.wished.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.wished.load(Ordering::SeqCst)
    }

    /// Asks a person something. Nothing looks at the wish meanwhile, and nothing is half-made, so whoever hears of it may
    /// end the process at once.
    pub fn asking<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.0.asking.store(true, Ordering::SeqCst);
        let answer = ask();
        self.0.asking.store(false, Ordering::SeqCst);
        answer
    }

    pub fn is_asking(&self) -> bool {
        self.0.asking.load(Ordering::SeqCst)
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
