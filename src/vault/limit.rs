//! A time limit for calls that have none: a keyring that hangs must not hang the command.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::base::{Doing as _, Error, Result};

use super::keyring::WAYS_OUT;

/// Long enough for every keyring that works, short enough to wait for.
const LIMIT: Duration = Duration::from_secs(3);

/// For so long one that gave no answer is not asked again: a command waits three seconds, not three for each secret.
const REST: Duration = Duration::from_secs(30);

/// What is known of somebody who may hang. A clone knows the same.
#[derive(Clone, Default)]
pub struct Patience(Arc<Mutex<Option<Instant>>>);

impl Patience {
    /// Runs `call`, which is given three seconds.
    pub fn within<T: Send + 'static>(
        &self,
        what: &str,
        call: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let silent = || Error::failed(format!("{what}: no answer within {} seconds", LIMIT.as_secs())).hint(WAYS_OUT);
        if self.lock().is_some_and(|hung| hung.elapsed() < REST) {
            return Err(silent());
        }
        let answered = answer(what, LIMIT, call)?;
        *self.lock() = if answered.is_none() { Some(Instant::now()) } else { None };
        answered.ok_or_else(silent)?.map_err(|error| error.while_doing(what))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs `call` on a thread of its own, which is left behind when it does not answer in time: then there is no answer.
pub fn answer<T: Send + 'static>(
    what: &str,
    limit: Duration,
    call: impl FnOnce() -> T + Send + 'static,
) -> Result<Option<T>> {
    let (tell, told) = mpsc::sync_channel(1);
    let thread = std::thread::Builder::new().name("vault".to_owned()).spawn(move || {
        // Nobody listens any more once the time is over.
        let _ = tell.send(call());
    });
    thread.doing(|| what)?;
    match told.recv_timeout(limit) {
        Ok(answer) => Ok(Some(answer)),
        Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Error::failed(format!("{what}: it broke")).hint(WAYS_OUT)),
    }
}
