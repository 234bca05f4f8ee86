//! One line that is typed without being shown. Keys are read one by one, so that Ctrl-C is an answer like any other, and
//! the terminal is as it was whatever ends the question.

use std::io::{self, ErrorKind};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

use crate::base::Interrupt;

const CTRL_C: u8 = 3;
const CTRL_D: u8 = 4;
const BACKSPACE: u8 = 8;
const LINE_FEED: u8 = b'\n';
const RETURN: u8 = b'\r';
const CTRL_U: u8 = 21;
const ESCAPE: u8 = 27;
const DELETE: u8 = 127;

/// How long a signal may go unnoticed.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// Reads the line. `ErrorKind::Interrupted` at Ctrl-C, Ctrl-D, Escape, and when the person wants to stop.
pub fn read_line(interrupt: &Interrupt) -> io::Result<String> {
    let _quiet = Quiet::begin()?;
    let mut typed: Vec<u8> = Vec::new();
    loop {
        if interrupt.is_set() {
            return Err(ErrorKind::Interrupted.into());
        }
        let stdin = io::stdin();
        let mut ready = [PollFd::new(&stdin, PollFlags::IN)];
        match poll(&mut ready, Some(&LOOK)) {
            Ok(0) | Err(rustix::io::Errno::INTR) => continue,
            ready => ready?,
        };
        let mut key = [0];
        if rustix::io::read(&stdin, &mut key)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        match key[0] {
            RETURN | LINE_FEED => break,
            CTRL_C | CTRL_D | ESCAPE => return Err(ErrorKind::Interrupted.into()),
            BACKSPACE | DELETE => drop_letter(&mut typed),
            CTRL_U => typed.clear(),
            key => typed.push(key),
        }
    }
    String::from_utf8(typed).map_err(|_| io::Error::new(ErrorKind::InvalidData, "what was typed is no UTF-8"))
}

/// Takes the last letter away, with all its bytes.
fn drop_letter(typed: &mut Vec<u8>) {
    while typed.pop().is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000) {}
}

/// A terminal that shows nothing of what is typed and hands it over key by key, until this is dropped.
struct Quiet(Termios);

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut modes = before.clone();
        modes.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG | LocalModes::IEXTEN);
        modes.special_codes[SpecialCodeIndex::VMIN] = 1;
        modes.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &modes)?;
        Ok(Quiet(before))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone has nothing to be restored.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_goes_with_all_its_bytes() {
        let mut typed = "aé€".as_bytes().to_vec();
        drop_letter(&mut typed);
        assert_eq!(typed, "aé".as_bytes());
        drop_letter(&mut typed);
        drop_letter(&mut typed);
        drop_letter(&mut typed);
        assert!(typed.is_empty());
    }
}
