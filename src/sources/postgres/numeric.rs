//! `numeric` as it comes over the wire: digits to the base 10,000, read back into exactly the text that `psql` prints.
//! Layout: postgresql.org's `src/backend/utils/adt/numeric.c`, `numeric_send`.

const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Appends the text. `None` when the bytes are no numeric.
pub fn write(bytes: &[u8], text: &mut String) -> Option<()> {
    let (head, digits) = bytes.split_first_chunk::<8>()?;
    let word = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
    let (count, weight, sign, scale) = (usize::from(word(0)), word(2).cast_signed(), word(4), usize::from(word(6)));
    match sign {
        0 => {}
        NEGATIVE => text.push('-'),
        NAN => text.push_str("NaN"),
        INFINITY => text.push_str("Infinity"),
        NEGATIVE_INFINITY => text.push_str("-Infinity"),
        _ => return None,
    }
    if sign != 0 && sign != NEGATIVE {
        return Some(());
    }
    if digits.len() != count * 2 {
        return None;
    }
    let group = |place: i32| -> u16 {
        let index = i32::from(weight) - place;
        match usize::try_from(index) {
            Ok(index) if index < count => u16::from_be_bytes([digits[index * 2], digits[index * 2 + 1]]),
            _ => 0,
        }
    };
    if weight < 0 {
        text.push('0');
    } else {
        push_short(text, group(i32::from(weight)));
        for place in (0..i32::from(weight)).rev() {
            push_four(text, group(place), 4);
        }
    }
    if scale > 0 {
        text.push('.');
        let (mut left, mut place) = (scale, -1);
        while left > 0 {
            push_four(text, group(place), left.min(4));
            left = left.saturating_sub(4);
            place -= 1;
        }
    }
    Some(())
}

/// The first group, without zeros in front.
fn push_short(text: &mut String, group: u16) {
    let digits = match group {
        0..10 => 1,
        10..100 => 2,
        100..1000 => 3,
        _ => 4,
    };
    for place in (0..digits).rev() {
        text.push(digit(group / 10u16.pow(place) % 10));
    }
}

/// The first `count` digits of a group of four.
fn push_four(text: &mut String, group: u16, count: usize) {
    let four = [digit(group / 1000 % 10), digit(group / 100 % 10), digit(group / 10 % 10), digit(group % 10)];
    text.extend(&four[..count]);
}

fn digit(number: u16) -> char {
    char::from(b'0' + (number % 10) as u8)
}
