//! Turns at something that is not in the file and that only one process may change at a time: an account's tokens. A lock
//! that the kernel frees however the process ends, and beside it a small file in which a turn leaves word for the next.
//! No secret is written here.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::{Store, files};
use crate::base::{Doing as _, Error, Kind, Result};

/// The first pause between two tries to take a turn, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(40));

/// Where processes take turns at one thing. Nothing is made on disk before somebody does.
#[derive(Clone, Debug)]
pub struct Turns {
    folder: PathBuf,
    name: String,
}

/// A turn. It ends when it is dropped, or its process dies.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    _lock: File,
}

impl Store {
    /// The turns at the thing of this name: letters and digits, because it names files.
    pub fn turns(&self, name: &str) -> Turns {
        assert!(!name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric()), "it names files");
        Turns { folder: self.folder.join(FOLDER), name: name.to_owned() }
    }

    /// The names of all things of which something was written down.
    pub fn all_turns(&self) -> Result<Vec<String>> {
        let folder = self.folder.join(FOLDER);
        let entries = match std::fs::read_dir(&folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.doing(|| format!("looking into `{}`", folder.display()))?,
        };
        let name = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            let name = name.strip_suffix(STATE)?;
            name.chars().all(|letter| letter.is_ascii_alphanumeric()).then(|| name.to_owned())
        };
        Ok(entries.flatten().filter_map(name).collect())
    }
}

impl Turns {
    /// Waits for a turn without holding up other work. `Kind::Busy` when somebody else still has it after `patience`.
    pub async fn take(&self, patience: Duration) -> Result<Turn> {
        let end = Instant::now() + patience;
        let mut pause = PAUSES.0;
        loop {
            if let Some(turn) = self.try_take()? {
                return Ok(turn);
            }
            let now = Instant::now();
            if now >= end {
                return Err(Error::new(
                    Kind::Busy,
                    format!("another process has held it for {} s", patience.as_secs()),
                ));
            }
            tokio::time::sleep(pause.min(end - now)).await;
            pause = (pause * 2).min(PAUSES.1);
        }
    }

    /// A turn, when nobody has it.
    pub fn try_take(&self) -> Result<Option<Turn>> {
        files::make_folder(&self.folder)?;
        let path = self.folder.join(format!("{}{LOCK}", self.name));
        loop {
            let file = files::open_private(&path)?;
            match file.try_lock() {
                // The last one may have taken the file away between our opening and locking; then there is a new one.
                Ok(()) if files::is_still(&file, &path) => return Ok(Some(Turn { turns: self.clone(), _lock: file })),
                Ok(()) => {}
                Err(std::fs::TryLockError::WouldBlock) => return Ok(None),
                Err(std::fs::TryLockError::Error(error)) => {
                    return Err(error).doing(|| format!("locking `{}`", path.display()));
                }
            }
        }
    }

    /// What the last turn left; `None` when there is nothing. It may change at once, unless this process has the turn.
    pub fn state<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        let path = self.path();
        let bytes = match std::fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            bytes => bytes.doing(|| format!("reading `{}`", path.display()))?,
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Error::new(Kind::Corrupt, format!("`{}` cannot be read: {error}", path.display()))
                .hint(format!("remove it with `rm {}`; it holds no data of yours", path.display()))
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}{STATE}", self.name))
    }
}

impl Turn {
    /// As `Turns::state`.
    pub fn state<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.turns.state()
    }

    /// Leaves word for the next: on disk, power cuts included, when this comes back.
    pub fn write(&self, state: &impl Serialize) -> Result<()> {
        let bytes = serde_json::to_vec(state).expect("a state is JSON");
        files::replace(&self.turns.path(), &bytes)?;
        files::sync_folder(&self.turns.folder)
    }

    /// Ends the turn and leaves nothing behind.
    pub fn forget(self) -> Result<()> {
        let remove = |path: &Path| match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).doing(|| format!("removing `{}`", path.display()))
            }
            _ => Ok(()),
        };
        remove(&self.turns.path())?;
        remove(&self.turns.folder.join(format!("{}{LOCK}", self.turns.name)))
    }
}

/// In the store's folder.
const FOLDER: &str = "accounts";
const LOCK: &str = ".lock";
const STATE: &str = ".json";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Clock, Timestamp};

    fn store() -> Store {
        Store::temporary(Clock::fixed(Timestamp(0))).unwrap()
    }

    #[tokio::test]
    async fn one_at_a_time_and_the_next_reads_what_the_last_one_left() {
        let store = store();
        let turns = store.turns("a1");
        assert_eq!(turns.state::<u32>().unwrap(), None);
        let turn = turns.take(Duration::ZERO).await.unwrap();
        assert!(turns.try_take().unwrap().is_none());
        assert_eq!(turns.take(Duration::from_millis(30)).await.unwrap_err().kind, Kind::Busy);
        assert!(store.turns("b2").try_take().unwrap().is_some(), "other things are free");
        turn.write(&7).unwrap();
        let waits = tokio::spawn({
            let turns = turns.clone();
            async move { turns.take(Duration::from_secs(20)).await.unwrap().state::<u32>().unwrap() }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        turn.write(&8).unwrap();
        drop(turn);
        assert_eq!(waits.await.unwrap(), Some(8));
        assert_eq!(store.all_turns().unwrap(), ["a1"]);
    }

    #[tokio::test]
    async fn many_tasks_add_to_one_number_and_none_is_lost() {
        let store = store();
        let tasks = (0..40).map(|_| {
            let turns = store.turns("n");
            tokio::spawn(async move {
                let turn = turns.take(Duration::from_secs(60)).await.unwrap();
                let number = turn.state::<u32>().unwrap().unwrap_or_default();
                tokio::task::yield_now().await;
                turn.write(&(number + 1)).unwrap();
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        assert_eq!(store.turns("n").state::<u32>().unwrap(), Some(40));
    }

    #[tokio::test]
    async fn what_is_forgotten_is_gone_and_can_be_taken_anew() {
        let store = store();
        let turns = store.turns("a");
        let turn = turns.take(Duration::ZERO).await.unwrap();
        turn.write(&1).unwrap();
        turn.forget().unwrap();
        assert!(store.all_turns().unwrap().is_empty());
        let turn = turns.take(Duration::ZERO).await.unwrap();
        assert_eq!(turn.state::<u32>().unwrap(), None);
        std::fs::write(turns.path(), "no JSON").unwrap();
        assert_eq!(turns.state::<u32>().unwrap_err().kind, Kind::Corrupt);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_files_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let store = store();
        let turn = store.turns("a").take(Duration::ZERO).await.unwrap();
        turn.write(&1).unwrap();
        let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(turn.turns.path()), 0o600);
        assert_eq!(mode(turn.turns.folder.join("a.lock")), 0o600);
        assert_eq!(mode(turn.turns.folder.clone()), 0o700);
    }
}
