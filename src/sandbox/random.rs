//! Chance that can be repeated: numbers made from a seed by a mixing function, so that any value can be computed on its
//! own, without the ones before it. Nothing here is for secrets.

/// Scatters a number over all 64 bits (the finalizer of SplitMix64, Steele, Lea and Flood 2014).
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// One number from several: the same parts give the same number.
pub(crate) fn hash(parts: &[u64]) -> u64 {
    parts.iter().fold(0x5851_F42D_4C95_7F2D, |sum, part| mix(sum ^ mix(*part)))
}

/// One number from a text.
pub(crate) fn hash_text(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |sum, byte| mix(sum ^ u64::from(byte)))
}

/// Whether something with this probability (0 to 1) happens for this number.
pub(crate) fn happens(number: u64, probability: f64) -> bool {
    let share = (mix(number) >> 11) as f64 / (1u64 << 53) as f64;
    share < probability
}

/// A row of throws from one seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// Less than `bound`; 0 when `bound` is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound == 0 { 0 } else { self.next() % bound }
    }
}
