//! Where random tests have their randomness from.

/// A fresh seed, or the one in `APPCTL_TEST_SEED`; said where a failed test says what it did.
pub fn seed() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "a person says to a test what to do again")]
    let given = std::env::var("APPCTL_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| rand::random::<u64>() >> 16);
    println!("APPCTL_TEST_SEED={seed}");
    seed
}
