//! Texts that nobody can guess: codes, tokens, the letters that a device shows. They follow from a key and from how many were
//! drawn before, so that a journal (`journal.rs`) gives the same ones again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

/// A clone draws from the same row.
#[derive(Clone)]
pub(crate) struct Chance(Arc<Row>);

struct Row {
    key: [u8; 16],
    drawn: AtomicU64,
}

impl Chance {
    pub(crate) fn new(key: u128) -> Chance {
        Chance(Arc::new(Row { key: key.to_be_bytes(), drawn: AtomicU64::new(0) }))
    }

    /// So many letters of this alphabet.
    pub(crate) fn text(&self, alphabet: &[u8], length: usize) -> String {
        let draw = self.0.drawn.fetch_add(1, Ordering::SeqCst);
        let block =
            |at: u64| Sha256::new().chain_update(self.0.key).chain_update([draw, at].map(u64::to_be_bytes).concat());
        let bytes = (0..).flat_map(|at| block(at).finalize().to_vec());
        // What is left over above the last whole alphabet would make its first letters likelier.
        let fair = bytes.filter(|byte| usize::from(*byte) < 256 / alphabet.len() * alphabet.len());
        fair.take(length).map(|byte| char::from(alphabet[usize::from(byte) % alphabet.len()])).collect()
    }

    pub(crate) fn number(&self) -> u64 {
        self.text(b"0123456789abcdef", 16).bytes().fold(0, |sum, digit| sum << 4 | u64::from(digit % 16))
    }
}

impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Chance")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_draws_the_same_row_and_another_key_another() {
        let row = |key| {
            let chance = Chance::new(key);
            (0..3).map(|_| chance.text(b"abcdefghij", 20)).collect::<Vec<_>>()
        };
        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
        assert_ne!(row(1)[0], row(1)[1]);
        assert!(row(1).iter().all(|text| text.len() == 20));
    }
}
