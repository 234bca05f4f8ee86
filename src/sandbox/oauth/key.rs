//! The sandbox's own RSA key, made up and published with it: it signs identity tokens, and is the private key of the
//! service account that the sandbox knows. Assertions of RFC 7523 are checked here.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::rand::SystemRandom;
use ring::rsa::{KeyPair, PublicKeyComponents};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey};
use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::errors::Cause;

/// It opens nothing but a sandbox.
pub(crate) const PEM: &str = include_str!("key.pem");
pub(crate) const ID: &str = "sandbox-1";

pub(crate) struct Key(KeyPair);

impl Key {
    pub(crate) fn made_up() -> Key {
        let der = der(PEM).expect("the key in the source is PEM");
        Key(KeyPair::from_pkcs8(&der).expect("the key in the source is a key"))
    }

    /// PKCS #1, as `verify` wants it.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.0.public().as_ref().to_vec()
    }

    /// A JSON Web Token with these claims (RFC 7519), signed with RS256.
    pub(crate) fn sign(&self, claims: &Json) -> String {
        let header = json!({"alg": "RS256", "typ": "JWT", "kid": ID});
        let part = |json: &Json| URL_SAFE_NO_PAD.encode(json.to_string());
        let text = format!("{}.{}", part(&header), part(claims));
        let mut signature = vec![0; self.0.public().modulus_len()];
        let signed = self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature);
        signed.expect("a key of 2048 bits signs every text");
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public half as certificates by the key's id, as Google has them beside the key set.
    pub(crate) fn certificates() -> Json {
        json!({ID: include_str!("certificate.pem")})
    }

    /// The public half as a key set (RFC 7517).
    pub(crate) fn set(&self) -> Json {
        let parts: PublicKeyComponents<Vec<u8>> = PublicKeyComponents::from(self.0.public());
        json!({"keys": [{
            "kty": "RSA", "use": "sig", "alg": "RS256", "kid": ID,
            "n": URL_SAFE_NO_PAD.encode(&parts.n), "e": URL_SAFE_NO_PAD.encode(&parts.e),
        }]})
    }
}

/// A token's hash, as GitHub tells it.
pub(crate) fn hash(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The left half of a token's hash, for `at_hash` (OpenID Connect Core 1.0 section 3.1.3.6).
pub(crate) fn half_hash(token: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(token.as_bytes())[..16])
}

/// The claims of a token, whoever signed it; `verify` says whether that was right.
pub(crate) fn claims(token: &str) -> Result<Json, Cause> {
    let mut parts = token.split('.');
    let (Some(header), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return Err(Cause::BadAssertion("it is no JSON Web Token"));
    };
    let read = |part: &str| -> Option<Json> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let header = read(header).ok_or(Cause::BadAssertion("its header cannot be read"))?;
    // `none` and HS256 are the classic ways around a signature (RFC 8725 sections 2.1 and 3.1).
    if header["alg"] != "RS256" {
        return Err(Cause::BadAssertion("its algorithm is not RS256"));
    }
    read(claims).ok_or(Cause::BadAssertion("its claims cannot be read"))
}

/// Whether a token was signed with the private half of this key.
pub(crate) fn verify(public: &[u8], token: &str) -> Result<(), Cause> {
    let (text, signature) = token.rsplit_once('.').ok_or(Cause::BadSignature)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Cause::BadSignature)?;
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
    key.verify(text.as_bytes(), &signature).map_err(|_| Cause::BadSignature)
}

/// The RSA public key (PKCS #1) in a PEM of a public or private key.
pub(crate) fn public_key(pem: &str) -> Option<Vec<u8>> {
    let bytes = der(pem)?;
    if let Ok(pair) = KeyPair::from_pkcs8(&bytes).or_else(|_| KeyPair::from_der(&bytes)) {
        return Some(pair.public().as_ref().to_vec());
    }
    if pem.contains("BEGIN RSA PUBLIC KEY") {
        return Some(bytes);
    }
    // SubjectPublicKeyInfo (RFC 5280 section 4.1): a sequence of the algorithm and a bit string with the key in it.
    let (0x30, info, _) = value(&bytes)? else { return None };
    let (0x30, _, rest) = value(info)? else { return None };
    let (0x03, bits, _) = value(rest)? else { return None };
    bits.strip_prefix(&[0]).map(<[u8]>::to_vec)
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let body: String = pem.lines().map(str::trim).filter(|line| !line.starts_with("-----")).collect();
    STANDARD.decode(body).ok().filter(|bytes| !bytes.is_empty())
}

/// The first value of DER: its tag, its contents, and what follows.
fn value(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        _ => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            if digits.len() > 4 {
                return None;
            }
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
    };
    let (contents, rest) = rest.split_at_checked(length)?;
    Some((tag, contents, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_key_signs_it_also_checks() {
        let key = Key::made_up();
        let token = key.sign(&json!({"iss": "me"}));
        assert_eq!(claims(&token).unwrap()["iss"], "me");
        verify(&key.public(), &token).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        assert!(verify(&key.public(), &format!("{text}x.{signature}")).is_err());
        assert_eq!(public_key(PEM).unwrap(), key.public());
    }

    #[test]
    fn a_token_without_a_signature_is_refused() {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.", part(r#"{"alg":"none"}"#), part("{}"));
        assert_eq!(claims(&token), Err(Cause::BadAssertion("its algorithm is not RS256")));
    }
}
