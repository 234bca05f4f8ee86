//! The wish of a person to stop, as something that long work can look at between two steps.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::error::{Error, Kind, Result};

/// Set once, by Ctrl-C or a service manager's signal. A clone looks at the same wish.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<State>);

#[derive(Default)]
struct State {
    wished: AtomicBool,
    asking: AtomicBool,
    at_end: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "wished {:?}, asking {:?}", self.wished, self.asking)
    }
}

/// Until it is dropped, something has to be done before the process ends in the middle of a question.
#[derive(Debug)]
pub struct AtEnd(Interrupt);

impl Drop for AtEnd {
    fn drop(&mut self) {
        self.0.at_end_slot().take();
    }
}

impl Interrupt {
    pub fn set(&self) {
        self.0.wished.store(true, Ordering::SeqCst);
    }

    pub fn is_set(&self) -> bool {
        self.0.wished.load(Ordering::SeqCst)
    }

    /// Asks a person something. Nothing looks at the wish meanwhile, and nothing is half-made but what `at_end` undoes, so
    /// whoever hears of it may end the process at once.
    pub fn asking<T>(&self, ask: impl FnOnce() -> T) -> T {
        self.0.asking.store(true, Ordering::SeqCst);
        let answer = ask();
        self.0.asking.store(false, Ordering::SeqCst);
        answer
    }

    pub fn is_asking(&self) -> bool {
        self.0.asking.load(Ordering::SeqCst)
    }

    /// Has this done should the process end while a question is asked: on a thread of its own, within two seconds.
    #[must_use]
    pub fn at_end(&self, work: impl FnOnce() + Send + 'static) -> AtEnd {
        *self.at_end_slot() = Some(Box::new(work));
        AtEnd(self.clone())
    }

    /// What whoever ends the process has to do first.
    pub fn take_at_end(&self) -> Option<Box<dyn FnOnce() + Send>> {
        self.at_end_slot().take()
    }

    fn at_end_slot(&self) -> MutexGuard<'_, Option<Box<dyn FnOnce() + Send>>> {
        // A whole value is put in and taken out, whoever panicked meanwhile.
        self.0.at_end.lock().unwrap_or_else(PoisonError::into_inner)
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
