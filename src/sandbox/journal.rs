//! A sandbox that outlives its process, and is the same in several at once: a file of all the requests that changed something,
//! from which whoever opens it makes the state again.
//!
//! *What is in it.* The first line says what the data and the secrets follow from (seed, number of records, key) and at which
//! port the sandbox was first; every further line is one request as it came, with the server's time. Answering is a function
//! of these: time is pinned while a request is carried out, and what is drawn follows from the key and the number of draws
//! before. So the requests, carried out again in their order, make the same state, and the same tokens.
//!
//! *Turns.* Each process has its own servers and its own state. For one request it takes a lock on the file, carries out what
//! others appended since it last looked, answers, appends its own request if that changed something, and lets go. Nobody
//! needs to be there first, nobody is in charge, and a process that dies leaves nothing to be tidied: its lock goes with it.
//!
//! *What a crash leaves.* A line is written at once, with a checksum, and is on the disk before the answer leaves. A last line
//! that is not whole was never answered, and is cut off; a line that is wrong in the middle is an error, as the state after it
//! cannot be known. What is counted, the faults, the limits and the index lag belong to one process and are not kept, nor is
//! what tests do without HTTP (`Sandbox::oauth()`, `Sandbox::hubspot()`).

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::wire::Request;
use crate::base::{Doing as _, Error, Kind, Result, Timestamp};

const FIRST_WORD: &str = "appctl-sandbox-1";
/// How long another process may hold the lock: it does so for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a sandbox follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) seed: u64,
    pub(crate) records: usize,
    pub(crate) port: u16,
    pub(crate) key: u128,
}

/// One request that changed something.
pub(crate) struct Entry {
    pub(crate) at: Timestamp,
    pub(crate) request: Request,
}

#[derive(Debug)]
pub(crate) struct Journal {
    file: File,
    path: PathBuf,
    /// Up to where this process carried it out
    read: u64,
    /// A line could neither be written nor taken back, so that the state here is ahead of the file
    broken: bool,
}

impl Journal {
    /// Opens the file, or begins it with `wished`. Says what it follows from, which is what the one who began it wished.
    /// `Kind::Corrupt` for a file that is no journal, `Kind::Busy` when another process holds it for too long.
    pub(crate) async fn open(path: &Path, wished: Origin) -> Result<(Journal, Origin)> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let opened = options.open(path).doing(|| format!("opening `{}`", path.display()));
        let file = opened.map_err(|error| error.hint("name a file in a folder that is there"))?;
        let mut journal = Journal { file, path: path.to_owned(), read: 0, broken: false };
        journal.lock().await?;
        let origin = journal.origin(wished);
        journal.unlock();
        Ok((journal, origin?))
    }

    fn origin(&mut self, wished: Origin) -> Result<Origin> {
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).doing(|| "reading the sandbox's journal")?;
        // One who died while beginning it left half a line and nothing else.
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
            if !is_beginning(&bytes) {
                return Err(self.foreign());
            }
            self.cut(0)?;
            let Origin { seed, records, port, key } = wished;
            self.write(&format!("{FIRST_WORD} {seed} {records} {port} {key:032x}"))?;
            return Ok(wished);
        };
        self.read = end as u64 + 1;
        let line = checked(&bytes[..end]).ok_or_else(|| self.foreign())?;
        let words: Vec<&str> = line.split(' ').collect();
        let [FIRST_WORD, seed, records, port, key] = words.as_slice() else { return Err(self.foreign()) };
        let read = || {
            let key = u128::from_str_radix(key, 16).ok()?;
            Some(Origin { seed: seed.parse().ok()?, records: records.parse().ok()?, port: port.parse().ok()?, key })
        };
        read().ok_or_else(|| self.foreign())
    }

    /// Waits for this process's turn.
    pub(crate) async fn lock(&mut self) -> Result<()> {
        if self.broken {
            return Err(Error::failed("the sandbox's journal could not be written").hint("run the command again"));
        }
        let begin = std::time::Instant::now();
        loop {
            match self.file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!("another process holds `{}`", self.path.display());
                    return Err(Error::new(Kind::Busy, message).hint("wait for it, or end it"));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(error).doing(|| format!("locking `{}`", self.path.display()));
                }
            }
        }
    }

    pub(crate) fn unlock(&mut self) {
        // Closing the file would do the same, so a failure leaves nothing behind.
        _ = self.file.unlock();
    }

    /// What was appended since this was asked last. A last line that is not whole is cut off.
    pub(crate) fn news(&mut self) -> Result<Vec<Entry>> {
        let length = self.file.metadata().doing(|| "looking at the sandbox's journal")?.len();
        if length < self.read {
            return Err(self.corrupt(length));
        }
        if length == self.read {
            return Ok(Vec::new());
        }
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(self.read)).doing(|| "reading the sandbox's journal")?;
        self.file.read_to_end(&mut bytes).doing(|| "reading the sandbox's journal")?;
        let mut entries = Vec::new();
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n');
            match end.and_then(|end| entry(&rest[..end])) {
                Some(entry) => entries.push(entry),
                None if end.is_none_or(|end| end + 1 == rest.len()) => {
                    self.cut(self.read)?;
                    break;
                }
                None => return Err(self.corrupt(self.read)),
            }
            let end = end.expect("the line was whole") + 1;
            self.read += end as u64;
            rest = &rest[end..];
        }
        Ok(entries)
    }

    /// Puts a request at the end, on the disk. Only while locked and after `news`.
    pub(crate) fn append(&mut self, at: Timestamp, request: &Request) -> Result<()> {
        self.write(&format!("{} {}", at.0, STANDARD_NO_PAD.encode(request.bytes())))
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let line = format!("{} {text}\n", sum(text.as_bytes()));
        let written = self.file.seek(SeekFrom::Start(self.read)).and_then(|_| {
            self.file.write_all(line.as_bytes())?;
            self.file.sync_data()
        });
        if let Err(error) = written {
            // Its effect is in memory already, so this process has nothing more to say either way.
            self.broken = true;
            _ = self.cut(self.read);
            return Err(error).doing(|| format!("writing `{}`", self.path.display()));
        }
        self.read += line.len() as u64;
        Ok(())
    }

    fn cut(&mut self, length: u64) -> Result<()> {
        let cut = self.file.set_len(length).and_then(|()| self.file.sync_data());
        cut.doing(|| format!("cutting off the end of `{}`", self.path.display()))
    }

    fn foreign(&self) -> Error {
        let message = format!("`{}` is no journal of a sandbox", self.path.display());
        Error::new(Kind::Corrupt, message).hint("name another file; this one was left as it is")
    }

    fn corrupt(&self, at: u64) -> Error {
        let message = format!("`{}` is damaged at byte {at}", self.path.display());
        Error::new(Kind::Corrupt, message).hint("remove the file to begin a new sandbox; what was in this one is lost")
    }
}

fn entry(line: &[u8]) -> Option<Entry> {
    let (at, request) = checked(line)?.split_once(' ')?;
    let request = Request::of_bytes(&STANDARD_NO_PAD.decode(request).ok()?)?;
    Some(Entry { at: Timestamp(at.parse().ok()?), request })
}

/// Whether this can be the half of a first line: nobody else's file is cut off.
fn is_beginning(bytes: &[u8]) -> bool {
    let (sum, rest) = bytes.split_at(bytes.len().min(16));
    let word = format!(" {FIRST_WORD} ");
    let word = word.as_bytes();
    sum.iter().all(u8::is_ascii_hexdigit) && bytes.len() < 200 && rest.iter().zip(word).all(|(one, two)| one == two)
}

/// The text behind a checksum that is right.
fn checked(line: &[u8]) -> Option<&str> {
    let (given, text) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    (given == sum(text.as_bytes())).then_some(text)
}

fn sum(text: &[u8]) -> String {
    Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
