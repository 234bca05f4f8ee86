//! Who a member is: a name, a key that secrets are sealed to, and a key that their changes are signed with. The halves that
//! are secret stay in the member's own vault.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use crypto_box::aead::OsRng;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::base::{Error, Kind, Result, Secret};
use crate::vault::{Vault, aead};

/// Longest name of a member, in characters.
const LONGEST: usize = 64;
/// What the line begins with by which somebody asks to be let in.
const REQUEST: &str = "appctl-member-1";

/// What everybody may know of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub name: String,
    /// X25519, for the data key
    pub seal: Bytes32,
    /// Ed25519, for their changes
    pub sign: Bytes32,
}

impl Member {
    /// What two people compare to be sure that they speak of the same keys: `3f1c-90ab-77e2-05d4`.
    pub fn fingerprint(&self) -> String {
        short(&Sha256::digest([b"appctl member ".as_slice(), &self.seal.0, &self.sign.0].concat()))
    }

    /// Seals bytes so that this member alone can open them.
    pub fn seal(&self, bytes: &[u8]) -> Result<String> {
        let key = crypto_box::PublicKey::from_bytes(self.seal.0);
        let sealed = key.seal(&mut OsRng, bytes).map_err(|_| Error::failed("nothing can be sealed here"))?;
        Ok(BASE64.encode(sealed))
    }

    /// Whether this member signed these bytes.
    pub fn signed(&self, bytes: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.sign.0).verify(bytes, &signature).is_ok()
    }

    /// Reads the line that `join` prints; `Kind::Usage` for anything else.
    pub fn parse_request(text: &str) -> Result<Member> {
        let hint = "give the whole line that `appctl vault join` printed for the new member";
        let wrong = |what: &str| Error::usage(format!("the request {what}")).hint(hint);
        let text = text.trim();
        let rest = text.strip_prefix(REQUEST).and_then(|rest| rest.strip_prefix(':'));
        let rest = rest.ok_or_else(|| wrong("is none of appctl's"))?;
        let (name, keys) = rest.rsplit_once(':').ok_or_else(|| wrong("is cut short"))?;
        check_name(name)?;
        let bytes = BASE64.decode(keys).map_err(|_| wrong("is damaged"))?;
        let (seal, rest) = bytes.split_first_chunk::<32>().ok_or_else(|| wrong("is cut short"))?;
        let (sign, signature) = rest.split_first_chunk::<32>().ok_or_else(|| wrong("is cut short"))?;
        let member = Member { name: name.to_owned(), seal: Bytes32(*seal), sign: Bytes32(*sign) };
        if !member.signed(&asked(&member), &BASE64.encode(signature)) {
            return Err(wrong("is damaged"));
        }
        Ok(member)
    }
}

/// What a request signs, so that nobody asks with a key that is not theirs, and a mistyped letter is found.
fn asked(member: &Member) -> Vec<u8> {
    [REQUEST.as_bytes(), b"\n", member.name.as_bytes(), b"\n", &member.seal.0, &member.sign.0].concat()
}

/// A name that fits into a line and a table. `Kind::Usage` for others.
pub fn check_name(name: &str) -> Result<()> {
    let fits = |letter: char| letter.is_alphanumeric() || "-_.@+".contains(letter);
    if !name.is_empty() && name.chars().count() <= LONGEST && name.chars().all(fits) {
        return Ok(());
    }
    Err(Error::usage(format!("`{}` cannot be a member's name", name.escape_debug()))
        .hint(format!("set `APPCTL_USER` to letters, digits, `-`, `_`, `.`, `@` and `+`, at most {LONGEST}")))
}

/// The first 8 bytes of a digest, in four groups.
pub fn short(digest: &[u8]) -> String {
    let groups: Vec<String> = digest.chunks(2).take(4).map(|pair| pair.iter().map(hex).collect()).collect();
    groups.join("-")
}

fn hex(byte: &u8) -> String {
    format!("{byte:02x}")
}

/// A person's keys.
pub struct Identity {
    pub member: Member,
    open: crypto_box::SecretKey,
    sign: Ed25519KeyPair,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    version: u32,
    open: Bytes32,
    sign: Bytes32,
}

impl Identity {
    /// The keys that this person has in their own vault; `None` before `make`. One read of the vault.
    pub fn find(own: &Vault, name: &str) -> Result<Option<Identity>> {
        let Some(kept) = own.get(&entry(name))? else { return Ok(None) };
        let damaged =
            || Error::new(Kind::Corrupt, format!("the team key of `{name}` in the {} is damaged", own.word()));
        let kept: Kept = serde_json::from_str(kept.expose()).map_err(|_| damaged())?;
        if kept.version != 1 {
            return Err(Error::failed("the team key was made by another version of appctl").hint("update appctl"));
        }
        Ok(Some(Identity::of(name, &kept)))
    }

    /// Makes keys and keeps them; what was there already stays.
    pub fn make(own: &Vault, name: &str) -> Result<Identity> {
        check_name(name)?;
        if let Some(identity) = Identity::find(own, name)? {
            return Ok(identity);
        }
        let kept = Kept { version: 1, open: Bytes32(aead::random()), sign: Bytes32(aead::random()) };
        let text = Zeroizing::new(serde_json::to_string(&kept).expect("keys are JSON"));
        own.set(&entry(name), &Secret::new(text.as_str()))?;
        // Somebody else may have made them at the same moment; what is kept counts.
        Identity::find(own, name)?
            .ok_or_else(|| Error::failed(format!("the {} does not keep what it is given", own.word())))
    }

    fn of(name: &str, kept: &Kept) -> Identity {
        let open = crypto_box::SecretKey::from_bytes(kept.open.0);
        let sign = Ed25519KeyPair::from_seed_unchecked(&kept.sign.0).expect("every 32 bytes are a seed");
        let public = *sign.public_key().as_ref().first_chunk().expect("an Ed25519 key has 32 bytes");
        let member =
            Member { name: name.to_owned(), seal: Bytes32(*open.public_key().as_bytes()), sign: Bytes32(public) };
        Identity { member, open, sign }
    }

    pub fn sign(&self, bytes: &[u8]) -> String {
        BASE64.encode(self.sign.sign(bytes))
    }

    /// Opens what was sealed to this person.
    pub fn open(&self, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.open.unseal(&BASE64.decode(sealed).ok()?).ok().map(Zeroizing::new)
    }

    /// The line by which this person asks a member to be let in.
    pub fn request(&self) -> String {
        let Member { name, seal, sign } = &self.member;
        let signature = self.sign.sign(&asked(&self.member));
        format!("{REQUEST}:{name}:{}", BASE64.encode([seal.0.as_slice(), &sign.0, signature.as_ref()].concat()))
    }
}

/// The same keys for all team vaults of a person, so that a home may be moved.
fn entry(name: &str) -> String {
    format!("team/{name}/key")
}

/// 32 bytes, as base64 in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bytes32(pub [u8; 32]);

impl From<Bytes32> for String {
    fn from(bytes: Bytes32) -> String {
        BASE64.encode(bytes.0)
    }
}

impl TryFrom<String> for Bytes32 {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, &'static str> {
        let bytes = BASE64.decode(text).map_err(|_| "no base64")?;
        bytes.try_into().map(Bytes32).map_err(|_| "not 32 bytes")
    }
}

impl std::fmt::Debug for Bytes32 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_back_and_every_changed_letter_is_found() {
        let identity = Identity::make(&Vault::memory(), "ana@example.com").unwrap();
        let line = identity.request();
        assert_eq!(Member::parse_request(&format!(" {line}\n")).unwrap(), identity.member);
        for at in 0..line.len() {
            assert!(Member::parse_request(&line[..at]).is_err(), "cut at {at}");
            let mut changed = line.clone().into_bytes();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Member::parse_request(&changed).unwrap_err().kind, Kind::Usage, "changed at {at}");
        }
        for wrong in ["", "ben", "appctl-member-2:ben:AAAA", "appctl-member-1::AAAA", "appctl-member-1:b n:AAAA"] {
            assert_eq!(Member::parse_request(wrong).unwrap_err().kind, Kind::Usage, "{wrong}");
        }
    }

    #[test]
    fn keys_are_made_once_and_stay() {
        let own = Vault::memory();
        assert!(Identity::find(&own, "ana").unwrap().is_none());
        let first = Identity::make(&own, "ana").unwrap();
        assert_eq!(Identity::make(&own, "ana").unwrap().member, first.member);
        assert_ne!(Identity::make(&own, "ben").unwrap().member.seal, first.member.seal);
        let sealed = first.member.seal(b"for ana").unwrap();
        assert_eq!(first.open(&sealed).unwrap().as_slice(), b"for ana");
        assert!(Identity::find(&own, "ben").unwrap().unwrap().open(&sealed).is_none());
        assert!(first.member.signed(b"text", &first.sign(b"text")));
        assert!(!first.member.signed(b"another", &first.sign(b"text")));
    }
}
