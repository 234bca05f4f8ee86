//! Boxes that nobody opens or changes without the key: ChaCha20-Poly1305 (RFC 8439) and HKDF-SHA-256 (RFC 5869), by ring.

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use zeroize::Zeroizing;

/// Bytes of a key.
pub const KEY: usize = 32;

/// 32 bytes that nobody can guess.
pub fn random() -> [u8; KEY] {
    rand::random()
}

/// Derives a key from something as good as one.
pub fn derive(from: &[u8], salt: &[u8], purpose: &[u8]) -> Zeroizing<[u8; KEY]> {
    let mut key = Zeroizing::new([0; KEY]);
    let purpose = [purpose];
    let derived = Salt::new(HKDF_SHA256, salt).extract(from);
    derived
        .expand(&purpose, HKDF_SHA256)
        .and_then(|okm| okm.fill(key.as_mut()))
        .expect("HKDF-SHA-256 gives up to 8,160 bytes");
    key
}

/// Seals `plain`; who opens it must know the key and the same `beside`. A random nonce stands in front.
pub fn seal(key: &[u8; KEY], beside: &[u8], plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE_LEN] = rand::random();
    let mut sealed = Zeroizing::new(plain.to_vec());
    // The tag goes apart, so that growing the buffer leaves no copy of the plain text behind.
    let tag = cipher(key)
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(beside), &mut sealed)
        .expect("a vault is shorter than 256 GiB");
    [&nonce, sealed.as_slice(), tag.as_ref()].concat()
}

/// Opens what `seal` made; `None` when the key or `beside` is another, or a byte was changed.
pub fn open(key: &[u8; KEY], beside: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = cipher(key)
        .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::from(beside), &mut bytes)
        .ok()
        .map(|plain| plain.len())?;
    bytes.truncate(length);
    Some(bytes)
}

fn cipher(key: &[u8; KEY]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&CHACHA20_POLY1305, key).expect("a key of 32 bytes fits"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5869, A.1 gives 42 bytes for these inputs; these are the first 32.
    #[test]
    fn a_key_is_derived_as_the_rfc_has_it() {
        let hex = |text: &str| -> Vec<u8> {
            (0..text.len() / 2).map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap()).collect()
        };
        let key = derive(&[0x0b; 22], &hex("000102030405060708090a0b0c"), &hex("f0f1f2f3f4f5f6f7f8f9"));
        assert_eq!(key.to_vec(), hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    }

    #[test]
    fn a_box_opens_only_whole_with_its_key_and_what_stands_beside_it() {
        let key = random();
        let sealed = seal(&key, b"beside", b"plain");
        assert_eq!(open(&key, b"beside", &sealed).unwrap().as_slice(), b"plain");
        assert_ne!(sealed, seal(&key, b"beside", b"plain"), "the nonce is another each time");
        assert!(open(&random(), b"beside", &sealed).is_none());
        assert!(open(&key, b"elsewhere", &sealed).is_none());
        for at in 0..sealed.len() {
            assert!(open(&key, b"beside", &sealed[..at]).is_none(), "cut at {at}");
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(open(&key, b"beside", &changed).is_none(), "changed at {at}");
        }
    }
}
