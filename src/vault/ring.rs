//! The keyring, with what this process read of it last: a secret is asked for once, until some process of this home writes
//! one. That is known by a mark in the file by which processes take turns, which every writer takes away.

use std::collections::HashMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::base::{Doing as _, Result, Secret};

use super::keyring::Keyring;
use super::limit::Patience;
use super::{slots, turn};

/// Other programs change the keyring without a word, so what was read is believed no longer than this.
const FRESH: Duration = Duration::from_secs(600);

type Mark = [u8; 16];

/// A keyring. A clone knows the same.
#[derive(Clone)]
pub struct Ring {
    turns: PathBuf,
    patience: Patience,
    known: Arc<Mutex<HashMap<String, Known>>>,
}

/// What a secret was while the file had this mark.
struct Known {
    secret: Secret,
    mark: Mark,
    read: Instant,
}

impl Ring {
    pub fn new(turns: PathBuf) -> Self {
        Ring { turns, patience: Patience::default(), known: Arc::default() }
    }

    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        let mut turn = turn::take(&self.turns)?;
        let mark = mark(&mut turn);
        let asked = name.to_owned();
        let secret = self.patience.within("reading from the keyring", move || slots::get(&Keyring::open()?, &asked))?;
        if let Some(mark) = mark {
            self.remember(name, secret.as_ref(), mark);
        }
        Ok(secret)
    }

    /// What `get` gave last, where nobody wrote since.
    pub fn recent(&self, name: &str) -> Result<Option<Secret>> {
        match self.known(name) {
            Some(secret) => Ok(Some(secret)),
            None => self.get(name),
        }
    }

    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        let (entry, kept) = (name.to_owned(), secret.clone());
        let set = move || slots::set(&Keyring::open()?, &entry, &kept);
        self.change(name, Some(secret), || self.patience.within("writing to the keyring", set))
    }

    pub fn delete(&self, name: &str) -> Result<bool> {
        let entry = name.to_owned();
        let delete = move || slots::delete(&Keyring::open()?, &entry);
        self.change(name, None, || self.patience.within("deleting from the keyring", delete))
    }

    /// From here on nobody else believes what they read before. The mark goes first, so that a writer who dies leaves no
    /// one with an old secret, and it goes by making the file shorter, which works on a full disk. `next` is what the name
    /// stands for after a change that succeeds.
    fn change<T>(&self, name: &str, next: Option<&Secret>, change: impl FnOnce() -> Result<T>) -> Result<T> {
        let mut turn = turn::take(&self.turns)?;
        let before = read(&mut turn);
        self.lock().retain(|known, what| known != name && Some(what.mark) == before);
        turn.set_len(0).doing(|| format!("writing `{}`", self.turns.display()))?;
        let changed = change()?;
        if let Some(after) = mark(&mut turn) {
            self.lock().values_mut().for_each(|known| known.mark = after);
            self.remember(name, next, after);
        }
        Ok(changed)
    }

    fn remember(&self, name: &str, secret: Option<&Secret>, mark: Mark) {
        match secret {
            Some(secret) => {
                let known = Known { secret: secret.clone(), mark, read: Instant::now() };
                self.lock().insert(name.to_owned(), known);
            }
            None => drop(self.lock().remove(name)),
        }
    }

    fn known(&self, name: &str) -> Option<Secret> {
        let known = self.lock();
        let known = known.get(name).filter(|known| known.read.elapsed() < FRESH)?;
        let mark = read(&mut File::open(&self.turns).ok()?)?;
        (mark == known.mark).then(|| known.secret.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Known>> {
        // A map is whole after every insert and remove, whoever panicked meanwhile.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The mark that stands in the file, or a new one; `None` when none can be written, and then nothing is remembered.
fn mark(turn: &mut File) -> Option<Mark> {
    if let Some(mark) = read(turn) {
        return Some(mark);
    }
    let mark: Mark = rand::random();
    let written = turn.rewind().and_then(|()| turn.write_all(&mark));
    written.ok().map(|()| mark)
}

fn read(file: &mut File) -> Option<Mark> {
    let mut mark = Mark::default();
    file.rewind().and_then(|()| file.read_exact(&mut mark)).ok().map(|()| mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(folder: &tempfile::TempDir) -> Ring {
        Ring::new(folder.path().join("keyring.lock"))
    }

    /// As `get` does once the keyring answered.
    fn remember(ring: &Ring, name: &str, secret: &str) {
        let mark = mark(&mut turn::take(&ring.turns).unwrap()).unwrap();
        ring.remember(name, Some(&Secret::new(secret)), mark);
    }

    fn known(ring: &Ring, name: &str) -> String {
        ring.known(name).map(|secret| secret.expose().to_owned()).unwrap_or_default()
    }

    #[test]
    fn what_was_read_is_known_until_another_process_writes() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, other) = (ring(&folder), ring(&folder));
        assert_eq!(known(&ring, "a"), "");
        remember(&ring, "a", "1");
        remember(&other, "a", "1");
        assert_eq!(
            (known(&ring, "a"), known(&ring.clone(), "a"), known(&other, "a")),
            ("1".into(), "1".into(), "1".into())
        );
        other.change("b", None, || Ok(())).unwrap();
        assert_eq!((known(&ring, "a"), known(&other, "a")), (String::new(), "1".into()));
        remember(&ring, "a", "2");
        // A writer that fails may have written all the same.
        assert!(other.change("a", None, || Err::<(), _>(crate::base::Error::failed("no"))).is_err());
        assert_eq!((known(&ring, "a"), known(&other, "a")), (String::new(), String::new()));
        other.change("a", Some(&Secret::new("3")), || Ok(())).unwrap();
        assert_eq!(known(&other, "a"), "3");
        std::fs::remove_file(&ring.turns).unwrap();
        assert_eq!(known(&other, "a"), "");
    }

    #[test]
    fn a_write_makes_nothing_true_again_that_another_process_changed() {
        let folder = tempfile::tempdir().unwrap();
        let (ring, other) = (ring(&folder), ring(&folder));
        remember(&ring, "a", "1");
        other.change("a", None, || Ok(())).unwrap();
        ring.change("b", None, || Ok(())).unwrap();
        assert_eq!(known(&ring, "a"), "");
    }

    #[test]
    fn what_other_programs_may_have_changed_is_asked_for_again_after_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let ring = ring(&folder);
        remember(&ring, "a", "1");
        let Some(before) = Instant::now().checked_sub(FRESH) else { return };
        ring.lock().get_mut("a").unwrap().read = before;
        assert_eq!(known(&ring, "a"), "");
    }
}
