//! Secrets in a sealed file, for servers and CI without a keyring: whoever chooses it says where the key is, and keeps the
//! key elsewhere than the file. Nothing is ever written that the key does not open.
//!
//! The file is a line with the version, 32 bytes of salt, the sealed box (its nonce in front), and 8 bytes of SHA-256 over
//! all that, which tell a damaged file from a wrong key. The salt is new with every write, so no key seals two boxes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::base::{Doing as _, Error, Kind, Result, Secret};

use super::{aead, disk, turn};

const VERSION: &[u8] = b"appctl sealed vault 1\n";
/// What the lines of all versions begin with.
const FAMILY: &[u8] = b"appctl sealed vault ";
const SALT: usize = 32;
const CHECK: usize = 8;
/// Fewest bytes of a key file.
const LEAST: usize = 32;
/// Most bytes of a key file.
const MOST: u64 = 64 << 10;

/// Where the sealed file is, and where its key is.
#[derive(Clone, Debug)]
pub struct SealedFile {
    path: PathBuf,
    key: PathBuf,
}

type Secrets = BTreeMap<String, Secret>;

impl SealedFile {
    pub fn new(path: PathBuf, key: PathBuf) -> Self {
        SealedFile { path, key }
    }

    pub fn get(&self, name: &str) -> Result<Option<Secret>> {
        Ok(self.read(&self.read_key()?)?.remove(name))
    }

    pub fn set(&self, name: &str, secret: &Secret) -> Result<()> {
        self.change(|secrets| {
            secrets.insert(name.to_owned(), secret.clone());
            true
        })
        .map(drop)
    }

    pub fn delete(&self, name: &str) -> Result<bool> {
        self.change(|secrets| secrets.remove(name).is_some())
    }

    /// Changes the secrets under the lock; they are written when `change` says so, which is what comes back.
    fn change(&self, change: impl FnOnce(&mut Secrets) -> bool) -> Result<bool> {
        let key = self.read_key()?;
        let _turn = turn::take(&self.path.with_extension("lock"))?;
        let mut secrets = self.read(&key)?;
        let changed = change(&mut secrets);
        if changed {
            disk::replace(&self.path, &seal(&key, &secrets))?;
        }
        Ok(changed)
    }

    fn read(&self, key: &[u8]) -> Result<Secrets> {
        match disk::read(&self.path)? {
            Some(bytes) => self.open(key, &bytes),
            None => Ok(Secrets::new()),
        }
    }

    fn open(&self, key: &[u8], bytes: &[u8]) -> Result<Secrets> {
        let file = self.path.display();
        let Some(rest) = bytes.strip_prefix(VERSION) else {
            if bytes.starts_with(FAMILY) {
                return Err(Error::failed(format!("`{file}` was written by another version of appctl"))
                    .hint("update appctl, or use the version that wrote it"));
            }
            return Err(self.damaged());
        };
        let Some((body, check)) = rest.split_last_chunk::<CHECK>() else { return Err(self.damaged()) };
        if checksum(&bytes[..bytes.len() - CHECK]) != *check || body.len() < SALT {
            return Err(self.damaged());
        }
        let (salt, sealed) = body.split_at(SALT);
        let sealing = aead::derive(key, salt, VERSION);
        let plain = aead::open(&sealing, &head(salt), sealed).ok_or_else(|| {
            Error::new(Kind::Denied, format!("the key in `{}` does not open `{file}`", self.key.display()))
                .hint("set `APPCTL_VAULT_KEY_FILE` to the key file that it was made with; nothing was changed")
        })?;
        parse(&plain).ok_or_else(|| self.damaged())
    }

    fn damaged(&self) -> Error {
        Error::new(Kind::Corrupt, format!("`{}` is damaged", self.path.display())).hint(
            "put a copy of it in its place, or move it away and sign in again with `appctl connections reauth NAME`",
        )
    }

    /// The bytes of the key file, after a look at who else can read it.
    fn read_key(&self) -> Result<Zeroizing<Vec<u8>>> {
        use std::io::Read as _;
        let path = &self.key;
        let reading = || format!("reading the vault's key file `{}`", path.display());
        let about = std::fs::metadata(path).doing(reading).map_err(|error| match error.kind {
            // What is missing is not what a command named.
            Kind::NotFound => Error { kind: Kind::Failed, ..error }.hint(self.making()),
            _ => error,
        })?;
        if !about.is_file() {
            return Err(Error::failed(format!("`{}` is no file, so it is no key file", path.display()))
                .hint("set `APPCTL_VAULT_KEY_FILE` to a file"));
        }
        let file = std::fs::File::open(path).doing(reading)?;
        check_private(path, &file.metadata().doing(reading)?)?;
        let mut key = Zeroizing::new(Vec::with_capacity(MOST as usize + 1));
        file.take(MOST + 1).read_to_end(&mut key).doing(reading)?;
        if key.len() < LEAST || key.len() as u64 > MOST {
            let message = format!("the vault's key file `{}` has {} bytes", path.display(), key.len());
            let message = if key.len() < LEAST { message } else { format!("{message} or more") };
            return Err(Error::failed(format!("{message}; it takes {LEAST} to {MOST}")).hint(self.making()));
        }
        Ok(key)
    }

    /// The command that makes a key.
    fn making(&self) -> String {
        let path = self.key.display();
        if cfg!(unix) {
            format!("make one with `(umask 077; head -c 32 /dev/urandom > '{path}')`")
        } else {
            format!("make one with `openssl rand -out \"{path}\" 32`")
        }
    }
}

fn seal(key: &[u8], secrets: &Secrets) -> Vec<u8> {
    let salt: [u8; SALT] = aead::random();
    let sealed = aead::seal(&aead::derive(key, &salt, VERSION), &head(&salt), &write(secrets));
    let mut bytes = [VERSION, &salt, &sealed].concat();
    bytes.extend(checksum(&bytes));
    bytes
}

fn head(salt: &[u8]) -> Vec<u8> {
    [VERSION, salt].concat()
}

/// The secrets as the JSON that is sealed: one object, names and texts.
pub fn write(secrets: &Secrets) -> Zeroizing<Vec<u8>> {
    let plain: BTreeMap<&str, &str> = secrets.iter().map(|(name, secret)| (name.as_str(), secret.expose())).collect();
    // Every byte may become six; a buffer that never grows leaves no copy of the secrets behind.
    let room = plain.iter().map(|(name, secret)| 6 * (name.len() + secret.len()) + 6).sum::<usize>() + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *bytes, &plain).expect("texts are JSON");
    bytes
}

/// What `write` wrote.
pub fn parse(plain: &[u8]) -> Option<Secrets> {
    let secrets: BTreeMap<String, String> = serde_json::from_slice(plain).ok()?;
    Some(secrets.into_iter().map(|(name, secret)| (name, Secret::new(secret))).collect())
}

fn checksum(bytes: &[u8]) -> [u8; CHECK] {
    *Sha256::digest(bytes).first_chunk().expect("SHA-256 has 32 bytes")
}

/// A key that others can read, or change for one of theirs, keeps nothing secret.
#[cfg(unix)]
fn check_private(path: &Path, about: &std::fs::Metadata) -> Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let shown = path.display();
    if about.uid() != rustix::process::geteuid().as_raw() {
        return Err(Error::new(Kind::Denied, format!("the vault's key file `{shown}` belongs to another user"))
            .hint("set `APPCTL_VAULT_KEY_FILE` to a file of your own"));
    }
    if about.mode() & 0o077 != 0 {
        let mode = about.mode() & 0o7777;
        return Err(Error::new(Kind::Denied, format!("others can read the vault's key file `{shown}` ({mode:04o})"))
            .hint(format!("run `chmod 600 '{shown}'`")));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &std::fs::Metadata) -> Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Kept {
        folder: tempfile::TempDir,
        vault: SealedFile,
    }

    fn kept() -> Kept {
        let folder = tempfile::tempdir().unwrap();
        let vault = SealedFile::new(folder.path().join("vault.sealed"), folder.path().join("key"));
        make_key(&vault.key, &aead::random());
        Kept { folder, vault }
    }

    fn make_key(path: &Path, bytes: &[u8]) {
        std::fs::write(path, bytes).unwrap();
        close(path, 0o600);
    }

    fn close(path: &Path, mode: u32) {
        #[cfg(unix)]
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
        let _ = (path, mode);
    }

    #[test]
    fn what_was_kept_is_there_for_the_next_process_and_nobody_reads_it_in_the_file() {
        let Kept { folder, vault } = kept();
        assert!(vault.get("a").unwrap().is_none());
        vault.set("a", &Secret::new("hidden-1")).unwrap();
        vault.set("b", &Secret::new("quote \" and\nline \u{1}")).unwrap();
        let next = SealedFile::new(vault.path.clone(), vault.key.clone());
        assert_eq!(next.get("a").unwrap().unwrap().expose(), "hidden-1");
        assert_eq!(next.get("b").unwrap().unwrap().expose(), "quote \" and\nline \u{1}");
        let bytes = std::fs::read(&vault.path).unwrap();
        assert!(!bytes.windows(6).any(|part| part == b"hidden"), "{}", String::from_utf8_lossy(&bytes));
        assert!(next.delete("a").unwrap());
        assert!(!next.delete("a").unwrap());
        assert!(vault.get("a").unwrap().is_none());
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 3, "the key, the vault and its lock: {names:?}");
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_closed_to_others_from_its_first_moment() {
        use std::os::unix::fs::MetadataExt as _;
        let Kept { folder: _folder, vault } = kept();
        vault.set("a", &Secret::new("1")).unwrap();
        assert_eq!(std::fs::metadata(&vault.path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn another_key_opens_nothing_and_overwrites_nothing() {
        let Kept { folder: _folder, vault } = kept();
        vault.set("a", &Secret::new("1")).unwrap();
        let before = std::fs::read(&vault.path).unwrap();
        make_key(&vault.key, &aead::random());
        for error in [
            vault.get("a").unwrap_err(),
            vault.set("a", &Secret::new("2")).unwrap_err(),
            vault.delete("a").unwrap_err(),
        ] {
            assert_eq!(error.kind, Kind::Denied, "{error}");
            assert!(error.message.contains("does not open"), "{error}");
        }
        assert_eq!(std::fs::read(&vault.path).unwrap(), before);
    }

    #[test]
    fn a_file_that_was_cut_or_changed_anywhere_is_told_and_left_alone() {
        let Kept { folder: _folder, vault } = kept();
        vault.set("a", &Secret::new("1")).unwrap();
        let whole = std::fs::read(&vault.path).unwrap();
        let damaged = |bytes: &[u8], what: &str| {
            std::fs::write(&vault.path, bytes).unwrap();
            for error in [vault.get("a").unwrap_err(), vault.set("a", &Secret::new("2")).unwrap_err()] {
                assert!(matches!(error.kind, Kind::Corrupt | Kind::Failed), "{what}: {error}");
                assert!(error.hint.is_some(), "{what}");
            }
            assert_eq!(std::fs::read(&vault.path).unwrap(), bytes, "{what}");
        };
        for at in 0..whole.len() {
            damaged(&whole[..at], &format!("cut at {at}"));
            let mut changed = whole.clone();
            changed[at] ^= 0x20;
            damaged(&changed, &format!("changed at {at}"));
        }
        damaged(&[whole.as_slice(), b"x"].concat(), "longer");
        // Somebody who mends the checksum still has no key.
        let mut forged = whole[..whole.len() - CHECK].to_vec();
        *forged.last_mut().unwrap() ^= 1;
        forged.extend(checksum(&forged));
        std::fs::write(&vault.path, &forged).unwrap();
        assert_eq!(vault.get("a").unwrap_err().kind, Kind::Denied);
    }

    #[test]
    fn a_newer_file_is_not_called_damaged() {
        let Kept { folder: _folder, vault } = kept();
        std::fs::write(&vault.path, "appctl sealed vault 2\nwhatever").unwrap();
        let error = vault.get("a").unwrap_err();
        assert_eq!(error.message, format!("`{}` was written by another version of appctl", vault.path.display()));
    }

    #[test]
    fn a_key_file_that_keeps_nothing_secret_is_refused_with_what_helps() {
        let Kept { folder: _folder, vault } = kept();
        let refused = |what: &str| {
            let error = vault.get("a").unwrap_err();
            assert!(error.hint.is_some(), "{what}: {error}");
            error.message
        };
        make_key(&vault.key, &[7; 31]);
        assert!(refused("short").contains("has 31 bytes; it takes 32 to 65536"));
        make_key(&vault.key, &vec![7; 65_537]);
        assert!(refused("long").contains("has 65537 bytes or more"));
        make_key(&vault.key, &[7; 32]);
        if cfg!(unix) {
            close(&vault.key, 0o640);
            assert!(refused("open").contains("others can read the vault's key file"));
        }
        std::fs::remove_file(&vault.key).unwrap();
        assert!(refused("absent").contains("reading the vault's key file"));
        std::fs::create_dir(&vault.key).unwrap();
        assert!(refused("a folder").contains("is no file"));
        assert!(!vault.path.exists());
    }

    #[test]
    fn twenty_writers_lose_nothing() {
        let Kept { folder: _folder, vault } = kept();
        std::thread::scope(|scope| {
            for writer in 0..20 {
                let vault = vault.clone();
                scope.spawn(move || vault.set(&format!("name/{writer}"), &Secret::new(writer.to_string())).unwrap());
            }
        });
        for writer in 0..20 {
            assert_eq!(vault.get(&format!("name/{writer}")).unwrap().unwrap().expose(), writer.to_string());
        }
    }
}
