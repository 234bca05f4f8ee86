//! Numbers written as nearly all are: digits, one point at most, perhaps a `-`. They are compared without being worked out.

use std::cmp::Ordering;

/// A number's digits without the zeros that say nothing.
struct Plain<'a> {
    negative: bool,
    whole: &'a [u8],
    fraction: &'a [u8],
}

/// Compares two numbers by their digits. `None` when one is written in another way, which says nothing about it.
pub(super) fn compare(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let (left, right) = (Plain::read(left)?, Plain::read(right)?);
    Some(match (left.negative, right.negative) {
        (false, false) => left.cmp_size(&right),
        (true, true) => right.cmp_size(&left),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

impl<'a> Plain<'a> {
    fn read(text: &'a [u8]) -> Option<Self> {
        let (negative, digits) = text.strip_prefix(b"-").map_or((false, text), |digits| (true, digits));
        let mut point = digits.len();
        for (place, byte) in digits.iter().enumerate() {
            match byte {
                b'0'..=b'9' => {}
                b'.' if point == digits.len() => point = place,
                _ => return None,
            }
        }
        let (mut whole, mut fraction) = (&digits[..point], digits.get(point + 1..).unwrap_or_default());
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        while let [b'0', rest @ ..] = whole {
            whole = rest;
        }
        while let [rest @ .., b'0'] = fraction {
            fraction = rest;
        }
        Some(Plain { negative: negative && !(whole.is_empty() && fraction.is_empty()), whole, fraction })
    }

    fn cmp_size(&self, other: &Plain<'_>) -> Ordering {
        let wholes = self.whole.len().cmp(&other.whole.len()).then_with(|| self.whole.cmp(other.whole));
        wholes.then_with(|| self.fraction.cmp(other.fraction))
    }
}
