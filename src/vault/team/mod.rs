//! The team vault: secrets that several people share through one file, each with a key of their own. Whoever may write the
//! file but is no member can neither read it nor put another data key, member or older state in its place unnoticed.
//!
//! The data key is sealed to each member by `crypto_box` (libsodium's sealed boxes, RustCrypto): 21 crates that nothing else
//! here needs (`cargo tree`, on Linux), long in use and finished, where `age` brings 70 and calls itself beta. Sealed boxes are anonymous, so every change of members or data
//! key is signed as well (`chain`, Ed25519 by ring), and each member keeps what they saw last (`seen`). What no file can
//! prevent: somebody who was removed can go on as if they were not towards members who have not seen the removal yet.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Clock, Error, Kind, Result, Secret, Timestamp};

use super::{Vault, disk, turn};

mod chain;
mod contents;
mod document;
mod look;
mod member;
mod members;
mod merge;
mod seen;
mod trouble;

use chain::State;
use contents::{Contents, Stamp};
use document::{DataKey, Document};
pub use look::{Look, Standing};
use member::Identity;
pub use members::{Known, Removed};
pub use merge::Merged;
use seen::{Differs, Place, Seen};

/// How often a write begins anew because the file changed meanwhile: a folder that another machine keeps in step knows no locks.
const TRIES: usize = 5;

/// A team vault, as one person sees it.
pub struct Team {
    path: PathBuf,
    user: String,
    own: Vault,
    /// Where this person keeps a copy of what they saw last, when others may overwrite it
    copies: Option<PathBuf>,
    /// What was read from the person's own vault, so that it is asked once in a process
    read: Mutex<Read>,
}

#[derive(Default)]
struct Read {
    identity: Option<Arc<Identity>>,
    seen: Option<Seen>,
}

/// This process alone is at the vault's file.
struct Turn(#[expect(dead_code, reason = "it is held")] std::fs::File);

/// The vault's file, opened by a member.
struct Opened {
    /// The file as it was
    bytes: Vec<u8>,
    document: Document,
    state: State,
    identity: Arc<Identity>,
    key: DataKey,
    contents: Contents,
}

impl Team {
    pub fn new(path: PathBuf, user: String, own: Vault, copies: Option<PathBuf>) -> Self {
        Team { path, user, own, copies, read: Mutex::default() }
    }

    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.open()?.contents.remove(name))
    }

    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        let at = Clock::system().now();
        self.write(|opened| {
            let write = opened.document.writes.get(&self.user).copied().unwrap_or_default() + 1;
            opened.contents.set(name, secret.clone(), Stamp { by: self.user.clone(), write, at });
            Ok(())
        })
    }

    pub fn delete(&self, name: &str) -> Result<bool> {
        if !self.open()?.contents.secrets.contains_key(name) {
            return Ok(false);
        }
        self.write(|opened| Ok(opened.contents.remove(name).is_some()))
    }

    /// Begins a vault with this person as its only member. `Kind::Conflict` when there is one; with `again` a vault that
    /// was seen here and is gone is given up.
    pub fn begin(&self, now: Timestamp, again: bool) -> Result<Look> {
        self.check_vacant()?;
        let turn = self.turn()?;
        if disk::read(&self.path)?.is_some() {
            return Err(self.taken()); // somebody began one in the meantime
        }
        if self.seen()?.is_some() && !again {
            return Err(self.gone());
        }
        let identity = self.identity_or_new()?;
        let key = DataKey::new();
        let mut document = Document::new(chain::begin(&identity, now, key.mark()));
        let state = chain::follow(&document.chain).expect("a chain of its beginning alone is right");
        document.share(&state, &key)?;
        document.close(&self.user, &state, &key, &Contents::default());
        self.put(&document)?;
        self.keep_seen(&turn, Seen::of(&state, &document)).inspect_err(|_| {
            // Best effort: a vault that its founder has not noted is joined like one that somebody else began.
            let _ = std::fs::remove_file(&self.path);
        })?;
        self.look()
    }

    /// Changes the secrets, the members or the data key, all in one step that happens or does not.
    fn write<T>(&self, change: impl Fn(&mut Opened) -> Result<T>) -> Result<T> {
        let turn = self.turn()?;
        for _ in 0..TRIES {
            let mut opened = self.open_in_turn()?;
            let changed = change(&mut opened)?;
            let Opened { bytes, document, state, key, contents, .. } = &mut opened;
            document.close(&self.user, state, key, contents);
            if disk::read(&self.path)?.as_ref() == Some(bytes) {
                self.put(document)?;
                self.keep_seen(&turn, Seen::of(state, document))?;
                return Ok(changed);
            }
        }
        Err(Error::new(Kind::Busy, format!("`{}` is changed all the time by somebody else", self.path.display()))
            .hint("try again in a moment"))
    }

    /// Replaces the file. What is written is kept as a copy as well, before somebody else's can take its place.
    fn put(&self, document: &Document) -> Result<()> {
        let text = document.text();
        self.keep_copy(&text);
        disk::replace(&self.path, &text).map_err(|error| self.unreachable(error))
    }

    /// Best effort: without a copy, what others overwrite is noticed all the same.
    fn keep_copy(&self, text: &[u8]) {
        let Some(copy) = self.copy() else { return };
        let folder = copy.parent().map_or(Ok(()), std::fs::create_dir_all);
        let _ = folder.is_ok() && disk::replace(&copy, text).is_ok();
    }

    fn copy(&self) -> Option<PathBuf> {
        self.copies.as_ref().map(|folder| folder.join(self.place().copy()))
    }

    /// While it lasts no other process of this machine writes, so what was seen last is read again in it, once.
    fn turn(&self) -> Result<Turn> {
        let mut lock = self.path.as_os_str().to_owned();
        lock.push(".lock");
        let turn = Turn(turn::take_shared(Path::new(&lock)).map_err(|error| self.unreachable(error))?);
        self.lock().seen = None;
        Ok(turn)
    }

    fn open(&self) -> Result<Opened> {
        let opened = self.open_in_turn()?;
        let now = Seen::of(&opened.state, &opened.document);
        if self.seen()?.is_some_and(|seen| now.is_after(&seen)) {
            let turn = self.turn()?;
            if self.seen()?.is_none_or(|seen| now.is_after(&seen)) {
                self.keep_copy(&opened.bytes);
            }
            self.keep_seen(&turn, now)?;
        }
        Ok(opened)
    }

    /// Opens the file without noting what was seen of it.
    fn open_in_turn(&self) -> Result<Opened> {
        // What was seen is asked for first: another process of this person writes the file before it notes that.
        let seen = self.seen()?;
        let Some((bytes, document, state)) = self.load()? else { return Err(self.absent()?) };
        let seen = seen.ok_or_else(|| self.not_joined())?;
        let checked = seen.check(&state, &document);
        if let Err(differs) = checked
            && differs != Differs::Parted
        {
            return Err(self.differs(differs));
        }
        // That two wrote at once is believed only of a file that a member closed.
        let opened = self.unseal(bytes, document, state)?;
        checked.map(|()| opened).map_err(|differs| self.differs(differs))
    }

    /// Opens a file of this vault with this person's keys.
    fn unseal(&self, bytes: Vec<u8>, document: Document, state: State) -> Result<Opened> {
        let identity = self.member_in(&state)?;
        let key =
            document.data_key(&state, &identity).ok_or_else(|| self.distrusted("its data key is not the members'"))?;
        let contents =
            document.open(&state, &key).ok_or_else(|| self.distrusted("its box was not closed by a member"))?;
        Ok(Opened { bytes, document, state, identity, key, contents })
    }

    fn load(&self) -> Result<Option<(Vec<u8>, Document, State)>> {
        let bytes = disk::read(&self.path).map_err(|error| self.unreachable(error))?;
        let Some(bytes) = bytes else { return Ok(None) };
        let (document, state) = Document::parse(&bytes).map_err(|trouble| trouble.into_error(&self.path))?;
        Ok(Some((bytes, document, state)))
    }

    /// This person's keys, when the chain says that they are a member's.
    fn member_in(&self, state: &State) -> Result<Arc<Identity>> {
        let identity = self.identity()?.ok_or_else(|| self.not_joined())?;
        let is_member = state.member(&self.user).is_some_and(|joined| joined.member == identity.member);
        if is_member { Ok(identity) } else { Err(self.no_member(state, &identity)) }
    }

    /// The keys of this person; read from their own vault once.
    fn identity(&self) -> Result<Option<Arc<Identity>>> {
        if let Some(identity) = &self.lock().identity {
            return Ok(Some(identity.clone()));
        }
        let found = Identity::find(&self.own, &self.user)?.map(Arc::new);
        self.lock().identity.clone_from(&found);
        Ok(found)
    }

    fn identity_or_new(&self) -> Result<Arc<Identity>> {
        let made = Arc::new(Identity::make(&self.own, &self.user)?);
        self.lock().identity = Some(made.clone());
        Ok(made)
    }

    /// What this person saw last; read from their own vault once.
    fn seen(&self) -> Result<Option<Seen>> {
        if let Some(seen) = &self.lock().seen {
            return Ok(Some(seen.clone()));
        }
        let found = Seen::find(&self.own, &self.place())?;
        self.lock().seen.clone_from(&found);
        Ok(found)
    }

    /// Keeps what was seen, unless another process has seen more of the same vault.
    fn keep_seen(&self, _turn: &Turn, seen: Seen) -> Result<()> {
        let known = self.seen()?;
        if known.is_some_and(|known| known.id == seen.id && !seen.is_after(&known)) {
            return Ok(());
        }
        seen.keep(&self.own, &self.place())?;
        self.lock().seen = Some(seen);
        Ok(())
    }

    fn forget_seen(&self, _turn: &Turn) -> Result<()> {
        self.place().forget(&self.own)?;
        self.lock().seen = None;
        Ok(())
    }

    fn place(&self) -> Place {
        Place::new(&self.path, &self.user)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Read> {
        // What is in it is whole after every assignment, whoever panicked meanwhile.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
