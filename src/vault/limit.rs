//! A time limit for calls that have none: a keyring that hangs must not hang the command.

use std::sync::mpsc;
use std::time::Duration;

use crate::base::{Doing as _, Error, Result};

use super::keyring::WAYS_OUT;

/// Long enough for every keyring that works, short enough to wait for.
const LIMIT: Duration = Duration::from_secs(3);

/// Runs `call`, which is given three seconds.
pub fn within<T: Send + 'static>(what: &str, call: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match answer(what, LIMIT, call)? {
        Some(result) => result.map_err(|error| error.while_doing(what)),
        None => Err(Error::failed(format!("{what}: no answer within {} seconds", LIMIT.as_secs())).hint(WAYS_OUT)),
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
