//! Where random tests have their randomness from.

use super::postgres::variable;

/// A fresh seed, or the one in `APPCTL_TEST_SEED`; said where a failed test says what it did.
pub fn seed() -> u64 {
    let seed = variable("APPCTL_TEST_SEED").map_or_else(|| rand::random::<u64>() >> 16, |seed| seed.parse().unwrap());
    println!("APPCTL_TEST_SEED={seed}");
    seed
}
