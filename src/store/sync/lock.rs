//! The lock that a run holds on its connection: `flock` on a file, which the kernel frees however the process ends.
//! What is written in the file is only for people to read.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{load, raise_epoch, stage};
use crate::base::{ConnectionName, Doing, Error, Kind, Result, Timestamp};
use crate::store::{Store, files, sql};

/// A held lock. Freed when dropped.
#[derive(Debug)]
pub struct Held {
    connection: ConnectionName,
    folder: PathBuf,
    file: File,
}

/// Who holds a lock, in their own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    pub pid: u32,
    pub host: String,
    pub since: Option<Timestamp>,
}

/// Somebody who only looks whether the lock is held does so for less than this.
const GLANCE: Duration = Duration::from_millis(300);

impl Store {
    /// Takes the connection's lock. `Kind::Busy`, with who holds it, when it is held.
    pub fn hold(&self, connection: &ConnectionName) -> Result<Held> {
        let folder = self.sync_folder(connection);
        files::make_folder(&folder)?;
        let path = folder.join(FILE);
        let started = Instant::now();
        loop {
            let file = files::open_private(&path)?;
            match file.try_lock() {
                Ok(()) if files::is_still(&file, &path) => {
                    return Ok(Held { connection: connection.clone(), folder, file });
                }
                // Somebody stole it between our opening and locking; take the new file.
                Ok(()) => {}
                Err(std::fs::TryLockError::WouldBlock) if started.elapsed() > GLANCE => {
                    return Err(self.busy(connection, &path));
                }
                Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(20)),
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(error).doing(|| format!("locking connection `{connection}`"));
                }
            }
        }
    }

    /// Takes the lock from whoever holds it: their epoch ends first, then the file that they locked is replaced.
    pub(super) fn steal(&self, connection: &ConnectionName) -> Result<Held> {
        if let Ok(held) = self.hold(connection) {
            return Ok(held);
        }
        {
            let main = self.lock();
            sql::immediately(&main, || raise_epoch(&main, connection.as_str()))?;
        }
        let folder = self.sync_folder(connection);
        let remove = |name: &str| match std::fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::from(error)),
            _ => Ok(()),
        };
        remove(FILE)?;
        let held = self.hold(connection)?;
        held.forget_progress(self)?; // the other's stage may still be open over there
        Ok(held)
    }

    /// Who holds the connection's lock now; `None` when nobody does.
    pub fn holder(&self, connection: &ConnectionName) -> Result<Option<Holder>> {
        let path = self.sync_folder(connection).join(FILE);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).doing(|| format!("looking at the lock of `{connection}`")),
        };
        match file.try_lock_shared() {
            Ok(()) => Ok(None),
            Err(std::fs::TryLockError::WouldBlock) => Ok(Some(read_holder(&path))),
            Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
        }
    }

    fn busy(&self, connection: &ConnectionName, path: &Path) -> Error {
        let holder = read_holder(path);
        let since = holder
            .since
            .map_or(String::new(), |since| format!(", for {} seconds", self.clock.now().since(since).as_secs()));
        let progress = self.interrupted(connection).ok().flatten();
        let page = progress.map_or(String::new(), |progress| format!(", at page {}", progress.pages()));
        let who = format!("process {} on {}", holder.pid, holder.host);
        Error::new(Kind::Busy, format!("connection `{connection}` is being synced by {who}{since}{page}"))
            .hint(format!("wait for it, or see `appctl connections status {connection}`"))
    }
}

impl Held {
    pub(super) fn stage_path(&self) -> PathBuf {
        self.folder.join(stage::FILE)
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether nobody has stolen the lock: what lies in the connection's folder is then ours to change.
    pub(super) fn is_ours(&self) -> bool {
        files::is_still(&self.file, &self.folder.join(FILE))
    }

    /// Writes down who we are, for people.
    pub(super) fn describe(&self, since: Timestamp) -> Result<()> {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let holder = Holder { pid: std::process::id(), host, since: Some(since) };
        let text = serde_json::to_vec(&holder).expect("a holder is JSON");
        let mut file = &self.file;
        file.rewind()?;
        file.write_all(&text)?;
        file.set_len(u64::try_from(text.len()).unwrap_or(0))?;
        Ok(())
    }

    /// Forgets what runs left on their way: the stage and hidden tables.
    pub fn forget_progress(&self, store: &Store) -> Result<()> {
        files::remove_database(&self.stage_path())?;
        load::forget_all(&store.lock(), self.connection.as_str())
    }
}

const FILE: &str = "lock";

fn read_holder(path: &Path) -> Holder {
    let mut text = String::new();
    let read = File::open(path).and_then(|mut file| file.read_to_string(&mut text));
    read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_default()
}
