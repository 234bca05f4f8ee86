//! The numbers of one limit, in memory or in a small file that processes share under `flock`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::base::Result;

/// How many calls are remembered; no limit above it is looked after.
pub(super) const SLOTS: usize = 4096;
/// Numbers before the ring.
pub(super) const HEAD: usize = 8;

/// How long to wait for another process that holds the lock. It does so for microseconds, on a busy machine for as long as
/// it is kept from going on; one that was stopped is not waited for.
const LOCK_TRIES: u32 = 5_000;

#[derive(Debug)]
pub(super) enum Words {
    Memory { words: Mutex<Vec<u64>>, turn: Mutex<()> },
    Shared { file: Mutex<File>, turn: Mutex<()> },
}

impl Words {
    pub fn in_memory() -> Self {
        Words::Memory { words: Mutex::new(vec![0; HEAD + SLOTS]), turn: Mutex::default() }
    }

    /// Opens the file, or makes it, readable by its owner alone.
    pub fn open(path: &Path) -> Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Words::Shared { file: Mutex::new(options.open(path)?), turn: Mutex::default() })
    }

    /// Runs `change` while no other thread or process runs one. When the lock cannot be had in time it runs all the same:
    /// a limit that is counted loosely for a moment is better than a run that hangs.
    pub fn locked<R>(&self, change: impl FnOnce(&Words) -> R) -> R {
        let _turn = held(match self {
            Words::Memory { turn, .. } | Words::Shared { turn, .. } => turn,
        });
        let locked = self.lock_file();
        let result = change(self);
        if let (true, Words::Shared { file, .. }) = (locked, self) {
            let _ = held(file).unlock();
        }
        result
    }

    fn lock_file(&self) -> bool {
        let Words::Shared { file, .. } = self else { return false };
        for _ in 0..LOCK_TRIES {
            match held(file).try_lock() {
                Ok(()) => return true,
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_micros(100)),
                Err(TryLockError::Error(_)) => return false,
            }
        }
        false
    }

    /// The number at this place; 0 where nothing was written yet or nothing can be read.
    pub fn read(&self, index: usize) -> u64 {
        match self {
            Words::Memory { words, .. } => held(words)[index],
            Words::Shared { file, .. } => {
                let (mut file, mut bytes) = (held(file), [0; 8]);
                let found = file.seek(place(index)).and_then(|_| file.read_exact(&mut bytes));
                found.map_or(0, |()| u64::from_le_bytes(bytes))
            }
        }
    }

    pub fn write(&self, index: usize, word: u64) {
        match self {
            Words::Memory { words, .. } => held(words)[index] = word,
            Words::Shared { file, .. } => {
                let mut file = held(file);
                // A number that cannot be written (a full disk) leaves the limit looser, nothing else.
                let _ = file.seek(place(index)).and_then(|_| file.write_all(&word.to_le_bytes()));
            }
        }
    }
}

fn place(index: usize) -> SeekFrom {
    SeekFrom::Start(index as u64 * 8)
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
