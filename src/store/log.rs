//! The write-ahead log beside the app's file. While a read goes on, what others write stays in the log, so a read that its
//! reader forgets about would fill the disk.

use std::path::PathBuf;

use super::Store;
use crate::base::{Error, Kind, Result};

/// A read in progress is ended when the log is larger than this.
const MOST_BYTES: u64 = 64 << 20;

/// Looks at the size of the log. Owns what it needs, so that it can be asked while a read waits for its reader.
#[derive(Clone, Debug)]
pub struct LogWatch {
    path: PathBuf,
}

impl LogWatch {
    /// `Kind::Partial` when a read that waits for its reader must end, because others go on writing meanwhile.
    pub fn check(&self) -> Result<()> {
        if self.bytes() <= MOST_BYTES {
            return Ok(());
        }
        let most = MOST_BYTES >> 20;
        Err(Error::new(
            Kind::Partial,
            format!("the list was ended early: its reader paused while others wrote more than {most} MB"),
        )
        .hint("write it to a file before looking at it, or read it in parts with `--limit` and `--after`"))
    }

    /// How many bytes the log takes on the disk now.
    // Asking for its size opens nothing: closing a file of SQLite's would drop the locks this process holds on it.
    pub fn bytes(&self) -> u64 {
        std::fs::metadata(&self.path).map_or(0, |meta| meta.len())
    }
}

impl Store {
    /// What tells whether a read that waits must end.
    pub fn log_watch(&self) -> LogWatch {
        let mut path = self.file().into_os_string();
        path.push("-wal");
        LogWatch { path: path.into() }
    }
}
