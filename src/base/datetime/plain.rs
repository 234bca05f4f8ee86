//! Dates and times whose texts sort as they do, which are nearly all: a year of four digits, in UTC. They are compared
//! without being worked out.

use std::cmp::Ordering;

/// Compares two dates or times by their letters. `None` when that does not tell, which says nothing about them.
pub(super) fn compare(left: &[u8], right: &[u8]) -> Option<Ordering> {
    let length = length(left)?.min(length(right)?);
    match left[..length].cmp(&right[..length]) {
        Ordering::Equal if left.len() == right.len() => Some(left[length..].cmp(&right[length..])),
        Ordering::Equal => None,
        unequal => Some(unequal),
    }
}

/// How much of a text sorts by its bytes: all of a date, a time up to its fraction.
fn length(text: &[u8]) -> Option<usize> {
    let is_time = || text[10] == b'T' && is_clock(&text[11..19]);
    match text {
        [.., b'Z'] if text.len() == 20 => (is_date(&text[..10]) && is_time()).then_some(19),
        [.., b'Z'] if (22..=30).contains(&text.len()) => {
            let digits = || text[19] == b'.' && text[20..text.len() - 1].iter().all(u8::is_ascii_digit);
            (is_date(&text[..10]) && is_time() && digits()).then_some(19)
        }
        _ => (text.len() == 10 && is_date(text)).then_some(10),
    }
}

/// `2026-11-24`. The last days of a month are left to whoever knows how many it has.
fn is_date(text: &[u8]) -> bool {
    let [a, b, c, d, b'-', m1, m2, b'-', d1, d2] = text else { return false };
    let digits = [a, b, c, d, m1, m2, d1, d2].into_iter().all(u8::is_ascii_digit);
    let month = (*b"01"..=*b"12").contains(&[*m1, *m2]);
    let day = (*b"01"..=*b"28").contains(&[*d1, *d2]);
    digits && month && day && text[..4] != *b"0000"
}

/// `06:00:00`
fn is_clock(text: &[u8]) -> bool {
    let [h1, h2, b':', m1, m2, b':', s1, s2] = text else { return false };
    let digits = [h1, h2, m1, m2, s1, s2].into_iter().all(u8::is_ascii_digit);
    digits && [*h1, *h2] <= *b"23" && *m1 <= b'5' && *s1 <= b'5'
}
