//! Stdout while rows stream into it. Its reader may pause for as long as it likes (`| less`), and meanwhile somebody has to
//! look whether the read behind the rows may go on. Only on Unix: elsewhere a write simply waits.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, Result};

/// What is asked while the reader pauses; an error ends the output.
pub type Check = Box<dyn Fn() -> Result<()> + Send>;

/// Shared by the one who sets the check and the stream that asks it.
#[derive(Clone, Default)]
pub struct Patience(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    check: Option<Check>,
    /// Why the output ended
    why: Option<Error>,
    ended: bool,
}

impl Patience {
    pub fn set(&self, check: Check) {
        self.state().check = Some(check);
    }

    /// The check's own error, when that is what ended the output.
    pub fn why(&self) -> Option<Error> {
        self.state().why.take()
    }

    fn is_set(&self) -> bool {
        self.state().check.is_some()
    }

    /// What is left in a buffer after the end goes nowhere: nobody reads it, and waiting for them would never end.
    fn has_ended(&self) -> bool {
        self.state().ended
    }

    fn ask(&self) -> io::Result<()> {
        let mut state = self.state();
        let asked = state.check.as_ref().map_or(Ok(()), |check| check());
        asked.map_err(|error| {
            let text = error.to_string();
            state.why = Some(error);
            state.ended = true;
            io::Error::other(text)
        })
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Stdout, asking while it cannot take more.
pub struct Patient {
    pub to: io::Stdout,
    pub patience: Patience,
}

/// What a pipe takes at once when it takes anything: POSIX's PIPE_BUF on Linux.
#[cfg(unix)]
const AT_ONCE: usize = 4096;
/// How often the check is asked, in milliseconds.
#[cfg(unix)]
const EVERY: i64 = 100;

impl Write for Patient {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.patience.has_ended() {
            return Ok(bytes.len());
        }
        if !self.patience.is_set() {
            return self.to.write(bytes);
        }
        #[cfg(unix)]
        {
            self.wait()?;
            // Rust's own stdout would keep a part of it until a line ends, so this goes straight to the file.
            Ok(rustix::io::write(&self.to, &bytes[..bytes.len().min(AT_ONCE)])?)
        }
        #[cfg(not(unix))]
        {
            self.patience.ask()?;
            self.to.write(bytes)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

impl Patient {
    /// Waits until stdout takes something.
    #[cfg(unix)]
    fn wait(&mut self) -> io::Result<()> {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        self.to.flush()?;
        let time = Timespec { tv_sec: 0, tv_nsec: EVERY * 1_000_000 };
        loop {
            let mut waiting = [PollFd::new(&self.to, PollFlags::OUT)];
            match poll(&mut waiting, Some(&time)) {
                Ok(0) => self.patience.ask()?,
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
