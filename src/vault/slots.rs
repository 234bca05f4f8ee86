//! How a secret of any size is laid out in a keyring whose entries are small. Windows holds 2,560 bytes an entry
//! (CRED_MAX_CREDENTIAL_BLOB_SIZE), so a long secret is cut into chunks. The entry under the secret's own name, the head,
//! is written last and says where the chunks are; they go to the slot that the old head does not name. Whoever dies
//! between two writes leaves the old secret whole.

use sha2::{Digest as _, Sha256};

use crate::base::{Error, Kind, Result, Secret};

/// Longest entry, in bytes.
const CHUNK: usize = 2_400;
/// Most chunks: 64 KiB and some.
const MOST: usize = 28;

/// What a keyring can do with one small entry.
pub trait Entries {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>>;
    fn write(&self, name: &str, bytes: &[u8]) -> Result<()>;
    /// Says whether there was one.
    fn remove(&self, name: &str) -> Result<bool>;
}

/// What a head says. A short secret is in it, so that it costs one call; a long one is in the chunks of a slot.
#[derive(Debug, PartialEq)]
enum Head {
    Whole(Vec<u8>),
    Chunks { slot: char, count: usize, digest: String },
}

pub fn get(entries: &dyn Entries, name: &str) -> Result<Option<Secret>> {
    // Between the head and the chunks somebody else may have replaced the secret: then the head says something else now.
    for _ in 0..3 {
        let bytes = match read_head(entries, name)? {
            None => return Ok(None),
            Some(Head::Whole(bytes)) => bytes,
            Some(Head::Chunks { slot, count, digest }) => {
                let mut bytes = Vec::with_capacity(count * CHUNK);
                for chunk in 0..count {
                    bytes.extend(entries.read(&chunk_name(name, slot, chunk))?.unwrap_or_default());
                }
                if digest_of(&bytes) != digest {
                    continue;
                }
                bytes
            }
        };
        return String::from_utf8(bytes).map(|text| Some(Secret::new(text))).map_err(|_| damaged(name));
    }
    Err(damaged(name))
}

pub fn set(entries: &dyn Entries, name: &str, secret: &Secret) -> Result<()> {
    let bytes = secret.expose().as_bytes();
    if bytes.len() > CHUNK * MOST {
        return Err(Error::usage(format!("a secret of {} bytes is too long to be kept", bytes.len())));
    }
    if bytes.len() + 2 <= CHUNK {
        entries.write(name, &[b"1:", bytes].concat())?;
        sweep(entries, name, 'A', 0);
        sweep(entries, name, 'B', 0);
        return Ok(());
    }
    // A head that nobody understands names no slot; the new one replaces it.
    let old =
        read_head(entries, name).or_else(|error| if error.kind == Kind::Corrupt { Ok(None) } else { Err(error) })?;
    let slot = if matches!(old, Some(Head::Chunks { slot: 'A', .. })) { 'B' } else { 'A' };
    let chunks: Vec<&[u8]> = bytes.chunks(CHUNK).collect();
    for (at, chunk) in chunks.iter().enumerate() {
        entries.write(&chunk_name(name, slot, at), chunk)?;
    }
    entries.write(name, format!("2:{slot}:{}:{}", chunks.len(), digest_of(bytes)).as_bytes())?;
    sweep(entries, name, slot, chunks.len());
    sweep(entries, name, if slot == 'A' { 'B' } else { 'A' }, 0);
    Ok(())
}

pub fn delete(entries: &dyn Entries, name: &str) -> Result<bool> {
    let was_there = entries.remove(name)?;
    sweep(entries, name, 'A', 0);
    sweep(entries, name, 'B', 0);
    Ok(was_there)
}

/// Removes the chunks of a slot from number `from` on. Chunks that no head names are no secret any more, so a failure
/// here is left to the next write.
fn sweep(entries: &dyn Entries, name: &str, slot: char, from: usize) {
    for chunk in from..MOST {
        if !matches!(entries.remove(&chunk_name(name, slot, chunk)), Ok(true)) {
            return;
        }
    }
}

fn read_head(entries: &dyn Entries, name: &str) -> Result<Option<Head>> {
    let Some(bytes) = entries.read(name)? else { return Ok(None) };
    if let Some(secret) = bytes.strip_prefix(b"1:") {
        return Ok(Some(Head::Whole(secret.to_vec())));
    }
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    let parts: Vec<&str> = text.split(':').collect();
    match parts.as_slice() {
        ["2", slot @ ("A" | "B"), count, digest] => {
            let count = count.parse().ok().filter(|count| *count <= MOST).ok_or_else(|| damaged(name))?;
            let slot = if *slot == "A" { 'A' } else { 'B' };
            Ok(Some(Head::Chunks { slot, count, digest: (*digest).to_owned() }))
        }
        _ => Err(damaged(name)),
    }
}

fn chunk_name(name: &str, slot: char, chunk: usize) -> String {
    format!("{name}#{slot}{chunk}")
}

fn digest_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn damaged(name: &str) -> Error {
    Error::new(Kind::Corrupt, format!("the keyring's entry `{name}` is not whole"))
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use super::*;

    /// A keyring in memory that can die before any of its writes.
    #[derive(Default)]
    struct Mortal {
        entries: RefCell<BTreeMap<String, Vec<u8>>>,
        calls: Cell<usize>,
        writes_left: Cell<Option<usize>>,
    }

    impl Mortal {
        fn dies(&self) -> Result<()> {
            match self.writes_left.get() {
                Some(0) => Err(Error::failed("died")),
                left => {
                    self.writes_left.set(left.map(|left| left - 1));
                    Ok(())
                }
            }
        }
    }

    impl Entries for Mortal {
        fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
            self.calls.set(self.calls.get() + 1);
            Ok(self.entries.borrow().get(name).cloned())
        }
        fn write(&self, name: &str, bytes: &[u8]) -> Result<()> {
            self.dies()?;
            assert!(bytes.len() <= 2_400, "Windows holds 2,560 bytes");
            self.entries.borrow_mut().insert(name.to_owned(), bytes.to_vec());
            Ok(())
        }
        fn remove(&self, name: &str) -> Result<bool> {
            self.dies()?;
            Ok(self.entries.borrow_mut().remove(name).is_some())
        }
    }

    fn secret(size: usize, seed: char) -> Secret {
        Secret::new(seed.to_string().repeat(size))
    }

    fn read(entries: &Mortal) -> Option<String> {
        get(entries, "a/b/c").unwrap().map(|secret| secret.expose().to_owned())
    }

    #[test]
    fn every_size_comes_back_and_nothing_is_left_behind() {
        let entries = Mortal::default();
        for size in [1, 2_397, 2_398, 2_399, 2_400, 2_401, 4_800, 9_999, 64 * 1024, 100, 5_000, 1] {
            set(&entries, "a/b/c", &secret(size, 'x')).unwrap();
            assert_eq!(read(&entries).map(|text| text.len()), Some(size));
        }
        assert_eq!(entries.entries.borrow().len(), 1, "the chunks of older secrets are gone");
        assert!(delete(&entries, "a/b/c").unwrap());
        assert!(!delete(&entries, "a/b/c").unwrap());
        assert!(entries.entries.borrow().is_empty() && read(&entries).is_none());
    }

    #[test]
    fn a_short_secret_costs_one_read_and_none_to_write() {
        let entries = Mortal::default();
        for _ in 0..2 {
            set(&entries, "a/b/c", &secret(300, 'x')).unwrap();
        }
        assert_eq!(entries.calls.get(), 0);
        read(&entries);
        assert_eq!(entries.calls.get(), 1);
    }

    #[test]
    fn dying_at_any_write_leaves_the_old_secret_or_the_new_one() {
        for (old, new) in [(10_000, 9_000), (100, 9_000), (9_000, 100), (5_000, 64_000)] {
            for writes in 0..70 {
                let entries = Mortal::default();
                set(&entries, "a/b/c", &secret(old, 'o')).unwrap();
                entries.writes_left.set(Some(writes));
                let _ = set(&entries, "a/b/c", &secret(new, 'n'));
                let text = read(&entries).expect("there is a secret");
                let whole = text == "o".repeat(old) || text == "n".repeat(new);
                assert!(whole, "{old} to {new} died at write {writes} and left {} bytes", text.len());
                entries.writes_left.set(None);
                set(&entries, "a/b/c", &secret(1, 'z')).unwrap();
                assert_eq!(read(&entries).as_deref(), Some("z"));
            }
        }
    }

    #[test]
    fn a_damaged_entry_is_named_and_can_be_replaced() {
        let entries = Mortal::default();
        set(&entries, "a/b/c", &secret(5_000, 'x')).unwrap();
        entries.entries.borrow_mut().insert("a/b/c#A1".to_owned(), b"other".to_vec());
        assert_eq!(get(&entries, "a/b/c").unwrap_err().kind, Kind::Corrupt);
        set(&entries, "a/b/c", &secret(5_000, 'y')).unwrap();
        assert_eq!(read(&entries), Some("y".repeat(5_000)));
        entries.write("a/b/c", b"what is this").unwrap();
        assert_eq!(get(&entries, "a/b/c").unwrap_err().kind, Kind::Corrupt);
        set(&entries, "a/b/c", &secret(3, 'y')).unwrap();
        assert_eq!(read(&entries).as_deref(), Some("yyy"));
    }

    #[test]
    fn a_secret_beyond_the_limit_is_refused_before_anything_is_written() {
        let entries = Mortal::default();
        assert_eq!(set(&entries, "a/b/c", &secret(70_000, 'x')).unwrap_err().kind, Kind::Usage);
        assert!(entries.entries.borrow().is_empty());
    }
}
