//! The server's time: the real one, or one that a test sets and moves. What it announces in `Date` may be off on purpose.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::base::{Clock, Timestamp};

/// A clone shows the same time as its original.
#[derive(Clone, Debug)]
pub struct ServerClock {
    base: Clock,
    face: Arc<Face>,
}

#[derive(Debug, Default)]
struct Face {
    still: AtomicBool,
    /// The time shown while the clock stands still, else what is added to the real one, in microseconds
    micros: AtomicI64,
    skew_seconds: AtomicI64,
    /// The time of one call that is carried out, now or again
    pinned: Mutex<Option<Timestamp>>,
}

impl ServerClock {
    pub fn new(base: Clock) -> Self {
        ServerClock { base, face: Arc::default() }
    }

    pub fn now(&self) -> Timestamp {
        if let Some(at) = *self.pin() {
            return at;
        }
        let micros = self.face.micros.load(Ordering::SeqCst);
        if self.face.still.load(Ordering::SeqCst) {
            Timestamp(micros)
        } else {
            Timestamp(self.base.now().0.saturating_add(micros))
        }
    }

    /// Shows this time until it is told otherwise, whatever else is done to the clock meanwhile.
    pub(crate) fn pinned(&self, at: Option<Timestamp>) {
        *self.pin() = at;
    }

    fn pin(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.face.pinned.lock().expect("no holder of this lock panics")
    }

    /// Stops the clock at this moment; it goes on only when it is advanced or released.
    pub fn set(&self, at: Timestamp) {
        self.face.micros.store(at.0, Ordering::SeqCst);
        self.face.still.store(true, Ordering::SeqCst);
    }

    /// Moves the clock forward, whether it stands still or not.
    pub fn advance(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX / 4);
        self.face.micros.fetch_add(micros, Ordering::SeqCst);
    }

    /// Back to the real time.
    pub fn release(&self) {
        self.face.still.store(false, Ordering::SeqCst);
        self.face.micros.store(0, Ordering::SeqCst);
    }

    /// How far the `Date` header is from the server's time, in seconds.
    pub fn skew(&self, seconds: i64) {
        self.face.skew_seconds.store(seconds, Ordering::SeqCst);
    }

    /// The time that the `Date` header shows.
    pub fn announced(&self) -> Timestamp {
        let skew = self.face.skew_seconds.load(Ordering::SeqCst);
        Timestamp(self.now().0.saturating_add(skew.saturating_mul(1_000_000)))
    }
}
