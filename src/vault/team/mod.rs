//! The team vault: secrets that several people share through one file, each with a key of their own. Whoever may write the
//! file but is no member can neither read it nor put another data key, member or older state in its place unnoticed.
//!
//! The data key is sealed to each member by `crypto_box` (libsodium's sealed boxes, RustCrypto): 14 crates, long in use and
//! finished, where `age` brings 70 and calls itself beta. Sealed boxes are anonymous, so every change of members or data
//! key is signed as well (`chain`, Ed25519 by ring), and each member keeps what they saw last (`seen`). What no file can
//! prevent: somebody who was removed can go on as if they were not towards members who have not seen the removal yet.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, Kind, Result, Secret, Timestamp};

use super::{Vault, disk, turn};

mod chain;
mod document;
mod look;
mod member;
mod members;
mod seen;

use chain::State;
use document::{DataKey, Document, Secrets};
pub use look::{Look, Standing};
use member::Identity;
pub use members::{Known, Removed};
use seen::{Place, Seen};

/// How often a write begins anew because the file changed meanwhile: a folder that another machine keeps in step knows no locks.
const TRIES: usize = 5;

/// A team vault, as one person sees it.
pub struct Team {
    path: PathBuf,
    user: String,
    own: Vault,
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
    secrets: Secrets,
}

impl Team {
    pub fn new(path: PathBuf, user: String, own: Vault) -> Self {
        Team { path, user, own, read: Mutex::default() }
    }

    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.open()?.secrets.remove(name))
    }

    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        self.write(|opened| {
            opened.secrets.insert(name.to_owned(), secret.clone());
            Ok(())
        })
    }

    pub fn delete(&self, name: &str) -> Result<bool> {
        if !self.open()?.secrets.contains_key(name) {
            return Ok(false);
        }
        self.write(|opened| Ok(opened.secrets.remove(name).is_some()))
    }

    /// Begins a vault with this person as its only member. `Kind::Conflict` when there is one; with `again` a vault that
    /// was seen here and is gone is given up.
    pub fn begin(&self, now: Timestamp, again: bool) -> Result<Look> {
        let turn = self.turn()?;
        if disk::read(&self.path)?.is_some() {
            return Err(Error::new(Kind::Conflict, format!("there is a team vault at `{}`", self.path.display()))
                .hint("ask to be let in with `appctl vault join`"));
        }
        if self.seen()?.is_some() && !again {
            return Err(self.gone());
        }
        let identity = self.identity_or_new()?;
        let key = DataKey::new();
        let mut document = Document::new(chain::begin(&identity, now, key.mark()));
        let state = chain::follow(&document.chain).expect("a chain of its beginning alone is right");
        document.share(&state, &key)?;
        document.close(&state, &key, &Secrets::new());
        disk::replace(&self.path, &document.text())?;
        self.keep_seen(&turn, Seen::of(&state, document.revision)).inspect_err(|_| {
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
            let Opened { bytes, document, state, key, secrets, .. } = &mut opened;
            document.close(state, key, secrets);
            if disk::read(&self.path)?.as_ref() == Some(bytes) {
                disk::replace(&self.path, &document.text())?;
                self.keep_seen(&turn, Seen::of(state, document.revision))?;
                return Ok(changed);
            }
        }
        Err(Error::new(Kind::Busy, format!("`{}` is changed all the time by somebody else", self.path.display()))
            .hint("try again in a moment"))
    }

    /// While it lasts no other process of this machine writes, so what was seen last is read again in it, once.
    fn turn(&self) -> Result<Turn> {
        let mut lock = self.path.as_os_str().to_owned();
        lock.push(".lock");
        let turn = Turn(turn::take_shared(Path::new(&lock))?);
        self.lock().seen = None;
        Ok(turn)
    }

    fn open(&self) -> Result<Opened> {
        let opened = self.open_in_turn()?;
        let now = Seen::of(&opened.state, opened.document.revision);
        if self.seen()?.is_some_and(|seen| now.is_after(&seen)) {
            let turn = self.turn()?;
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
        seen.check(&state, document.revision).map_err(|why| self.distrusted(why))?;
        let identity = self.member_in(&state)?;
        let key =
            document.data_key(&state, &identity).ok_or_else(|| self.distrusted("its data key is not the members'"))?;
        let secrets =
            document.open(&state, &key).ok_or_else(|| self.distrusted("its box was not closed by a member"))?;
        Ok(Opened { bytes, document, state, identity, key, secrets })
    }

    fn load(&self) -> Result<Option<(Vec<u8>, Document, State)>> {
        let Some(bytes) = disk::read(&self.path)? else { return Ok(None) };
        let (document, state) = Document::parse(&bytes).map_err(|trouble| trouble.into_error(&self.path))?;
        Ok(Some((bytes, document, state)))
    }

    /// This person's keys, when the chain says that they are a member's.
    fn member_in(&self, state: &State) -> Result<Arc<Identity>> {
        let identity = self.identity()?.ok_or_else(|| self.not_joined())?;
        let is_member = state.member(&self.user).is_some_and(|joined| joined.member == identity.member);
        if is_member { Ok(identity) } else { Err(self.no_member(state, &identity)) }
    }

    fn no_member(&self, state: &State, identity: &Identity) -> Error {
        let user = &self.user;
        let gone = state.removed.iter().rev().find(|(member, _)| *member == identity.member);
        let message = match gone {
            Some((_, by)) => format!("`{by}` removed `{user}` from the team vault"),
            None => format!("`{user}` is no member of the team vault"),
        };
        Error::new(Kind::Denied, message).hint("ask a member to let you in: `appctl vault join` prints what they need")
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
        if let Some(seen) = self.lock().seen {
            return Ok(Some(seen));
        }
        let found = Seen::find(&self.own, &self.place())?;
        self.lock().seen = found;
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

    fn place(&self) -> Place {
        Place::new(&self.path, &self.user)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Read> {
        // What is in it is whole after every assignment, whoever panicked meanwhile.
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn absent(&self) -> Result<Error> {
        Ok(match self.seen()? {
            Some(_) => self.gone(),
            None => Error::new(Kind::Denied, "there is no team vault yet")
                .hint("begin one with `appctl vault init`, or set `APPCTL_TEAM_VAULT` to the file of your team's"),
        })
    }

    fn gone(&self) -> Error {
        let file = self.path.display();
        Error::new(Kind::Corrupt, format!("the team vault `{file}` is gone"))
            .hint("put a copy of it in its place, or begin anew without its secrets: `appctl vault init --again`")
    }

    fn not_joined(&self) -> Error {
        Error::new(Kind::Denied, format!("`{}` has not joined the team vault here", self.user))
            .hint("run `appctl vault join`")
    }

    fn distrusted(&self, why: &str) -> Error {
        distrusted(&self.path.display().to_string(), why)
    }
}

fn distrusted(file: &str, why: &str) -> Error {
    Error::new(Kind::Corrupt, format!("`{file}` cannot be trusted: {why}"))
        .hint("nothing was read or changed; put a good copy in its place, and ask who can write to its folder")
}

#[cfg(test)]
mod tests;
