//! Exact decimal numbers as text: what is a number, which of two is larger, and their sum. Nothing is rounded and the
//! text is kept as it came (`1.50` and `1.5` are equal and both stay). `NaN` and the infinities are ordered as PostgreSQL
//! orders them (<https://www.postgresql.org/docs/current/datatype-numeric.html>): NaN equals NaN and is above everything.

use std::cmp::Ordering;

use super::rows::Cell;

mod arithmetic;
mod plain;
mod sum;

pub use arithmetic::{Operation, absolute, compute, negate, round};
pub use sum::Sum;

/// The most zeros that `stored` writes out for an exponent; PostgreSQL's numeric has at most 131,072 digits before the point.
const LONGEST_EXPONENT: i64 = 131_072;

/// A number as read from its text, without a copy of its digits.
#[derive(Clone, Copy, Debug)]
pub enum Decimal<'a> {
    NegativeInfinity,
    Finite(Finite<'a>),
    Infinity,
    NaN,
}

/// The digits before and after the point, and the exponent behind an `e`.
#[derive(Clone, Copy, Debug)]
pub struct Finite<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    exponent: i64,
}

impl<'a> Decimal<'a> {
    /// Reads `-12.500`, `1e3`, `.5`, `NaN`, `Infinity` or `-inf`. `None` for everything else, spaces included.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, &text[1..]),
            b'+' => (false, &text[1..]),
            _ => (false, text),
        };
        if rest.eq_ignore_ascii_case("nan") {
            return (rest.len() == text.len()).then_some(Decimal::NaN);
        }
        if rest.eq_ignore_ascii_case("infinity") || rest.eq_ignore_ascii_case("inf") {
            return Some(if negative { Decimal::NegativeInfinity } else { Decimal::Infinity });
        }
        let (digits, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (&rest[..at], exponent(&rest[at + 1..])?),
            None => (rest, 0),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let some = !whole.is_empty() || !fraction.is_empty();
        (some && all_digits(whole) && all_digits(fraction)).then_some(Decimal::Finite(Finite {
            negative,
            whole,
            fraction,
            exponent,
        }))
    }

    fn rank(&self) -> u8 {
        match self {
            Decimal::NegativeInfinity => 0,
            Decimal::Finite(_) => 1,
            Decimal::Infinity => 2,
            Decimal::NaN => 3,
        }
    }
}

impl<'a> Finite<'a> {
    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.whole.bytes().chain(self.fraction.bytes()).skip_while(|digit| *digit == b'0')
    }

    /// Where the point is, counted from the first digit that is not 0; `None` for zero.
    fn point(&self) -> Option<i64> {
        let all = self.whole.len() + self.fraction.len();
        let zeros = all - self.digits().count();
        (zeros < all).then(|| {
            let point = i64::try_from(self.whole.len()).unwrap_or(i64::MAX) - i64::try_from(zeros).unwrap_or(i64::MAX);
            point.saturating_add(self.exponent)
        })
    }

    fn cmp_size(&self, other: &Finite<'_>) -> Ordering {
        match (self.point(), other.point()) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(mine), Some(theirs)) => mine.cmp(&theirs).then_with(|| cmp_digits(self.digits(), other.digits())),
        }
    }

    fn cmp(&self, other: &Finite<'_>) -> Ordering {
        let below_zero = |number: &Finite<'_>| number.negative && number.point().is_some();
        match (below_zero(self), below_zero(other)) {
            (false, false) => self.cmp_size(other),
            (true, true) => other.cmp_size(self),
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
        }
    }
}

/// Compares digits behind the same point; the shorter one goes on with zeros.
fn cmp_digits(mut left: impl Iterator<Item = u8>, mut right: impl Iterator<Item = u8>) -> Ordering {
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (mine, theirs) => match mine.unwrap_or(b'0').cmp(&theirs.unwrap_or(b'0')) {
                Ordering::Equal => {}
                unequal => return unequal,
            },
        }
    }
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let size = fits.then(|| digits.parse::<i64>().unwrap_or(i64::MAX / 4).min(i64::MAX / 4))?;
    Some(if text.starts_with('-') { -size } else { size })
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal<'_> {}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Decimal::Finite(mine), Decimal::Finite(theirs)) => mine.cmp(theirs),
            (mine, theirs) => mine.rank().cmp(&theirs.rank()),
        }
    }
}

/// Compares two numbers given as text; `None` when one of them is no number.
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    plain::compare(left.as_bytes(), right.as_bytes())
        .or_else(|| Some(Decimal::parse(left)?.cmp(&Decimal::parse(right)?)))
}

/// The exact sum of two numbers; `None` when one of them is none. For many, use `Sum`.
pub fn sum(left: &str, right: &str) -> Option<String> {
    let mut sum = Sum::default();
    sum.add(left)?;
    sum.add(right)?;
    Some(sum.total())
}

/// Compares two cells as numbers: integers and reals by their value, text by its digits. A real stands for what
/// `of_real` gives. `None` for null, binary and text that is no number.
pub fn compare_cells(left: Cell<'_>, right: Cell<'_>) -> Option<Ordering> {
    match (left, right) {
        (Cell::Integer(mine), Cell::Integer(theirs)) => Some(mine.cmp(&theirs)),
        (Cell::Real(mine), Cell::Real(theirs)) if !mine.is_nan() && !theirs.is_nan() => mine.partial_cmp(&theirs),
        (Cell::Integer(mine), Cell::Real(theirs)) if !theirs.is_nan() => Some(cmp_real(mine, theirs)),
        (Cell::Real(mine), Cell::Integer(theirs)) if !mine.is_nan() => Some(cmp_real(theirs, mine).reverse()),
        (left, right) => compare(&cell_text(left)?, &cell_text(right)?),
    }
}

/// Compares exactly, as SQLite does: rounding the integer to a real could make unequal numbers equal.
fn cmp_real(integer: i64, real: f64) -> Ordering {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    if real >= BEYOND {
        return Ordering::Less;
    }
    if real < -BEYOND {
        return Ordering::Greater;
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is in range, and the fraction is compared below")]
    let whole = real.trunc() as i64;
    integer.cmp(&whole).then(if real.fract() > 0.0 {
        Ordering::Less
    } else if real.fract() < 0.0 {
        Ordering::Greater
    } else {
        Ordering::Equal
    })
}

/// The decimal that a real stands for when it is compared: the shortest that reads back as the same real, and the exact one
/// for the large ones, all of which are integers, so that they compare with integers as they do in SQLite.
pub fn of_real(real: f64) -> String {
    const LAST_EXACT: f64 = 9_007_199_254_740_992.0;
    if real.abs() >= LAST_EXACT && real.is_finite() { format!("{real:.0}") } else { real.to_string() }
}

fn cell_text(cell: Cell<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match cell {
        Cell::Integer(number) => Some(number.to_string().into()),
        Cell::Real(number) => Some(of_real(number).into()),
        Cell::Text(text) => Some(text.into()),
        Cell::Null | Cell::Blob(_) => None,
    }
}

/// A key whose bytes sort as the numbers do: equal numbers have equal keys. `None` when `text` is no number.
pub fn sort_key(text: &str) -> Option<Vec<u8>> {
    let finite = match Decimal::parse(text)? {
        Decimal::NegativeInfinity => return Some(vec![0]),
        Decimal::Infinity => return Some(vec![4]),
        Decimal::NaN => return Some(vec![5]),
        Decimal::Finite(finite) => finite,
    };
    let Some(point) = finite.point() else { return Some(vec![2]) };
    let mut key = vec![3];
    key.extend_from_slice(&(point.cast_unsigned() ^ (1 << 63)).to_be_bytes());
    key.extend(finite.digits());
    while key.len() > 9 && key.last() == Some(&b'0') {
        key.pop();
    }
    if finite.negative {
        // Larger digits come first below zero, and an end that is above every digit puts the shorter number behind.
        key[0] = 1;
        key[1..].iter_mut().for_each(|byte| *byte = !*byte);
        key.push(u8::MAX);
    }
    Some(key)
}

/// The text that a decimal field keeps: the digits as they came, without `+` and with the exponent written out.
/// `None` when `text` is no number, or would have more than 131,072 digits.
pub fn stored(text: &str) -> Option<String> {
    let finite = match Decimal::parse(text)? {
        Decimal::NaN => return Some("NaN".to_owned()),
        Decimal::Infinity => return Some("Infinity".to_owned()),
        Decimal::NegativeInfinity => return Some("-Infinity".to_owned()),
        Decimal::Finite(finite) => finite,
    };
    if finite.exponent.abs() > LONGEST_EXPONENT {
        return None;
    }
    let shift = usize::try_from(finite.exponent.unsigned_abs()).ok()?;
    let (mut whole, mut fraction) = (finite.whole.to_owned(), finite.fraction.to_owned());
    if finite.exponent > 0 {
        fraction.push_str(&"0".repeat(shift.saturating_sub(fraction.len())));
        whole.push_str(&fraction[..shift]);
        fraction.drain(..shift);
    } else if shift > 0 {
        whole.insert_str(0, &"0".repeat(shift.saturating_sub(whole.len())));
        fraction.insert_str(0, &whole[whole.len() - shift..]);
        whole.truncate(whole.len() - shift);
    }
    if finite.exponent != 0 {
        whole = whole.trim_start_matches('0').to_owned();
    }
    let sign = if finite.negative { "-" } else { "" };
    let whole = if whole.is_empty() { "0" } else { &whole };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::{Sum, compare, sort_key, stored};

    const ASCENDING: [&str; 15] = [
        "-Infinity",
        "-1e400",
        "-12345678901234567890123.5",
        "-10",
        "-9.99",
        "-0.001",
        "0",
        "1e-400",
        "0.0009",
        "0.001",
        "9",
        "10",
        "12345678901234567890123.45",
        "Infinity",
        "NaN",
    ];

    #[test]
    fn numbers_are_ordered_by_size() {
        for (i, left) in ASCENDING.iter().enumerate() {
            for (j, right) in ASCENDING.iter().enumerate() {
                assert_eq!(compare(left, right), Some(i.cmp(&j)), "{left} and {right}");
                assert_eq!(sort_key(left).cmp(&sort_key(right)), i.cmp(&j), "keys of {left} and {right}");
            }
        }
    }

    #[test]
    fn the_same_number_in_other_digits_is_equal() {
        for (left, right) in
            [("1.50", "1.5"), ("0", "-0.000"), ("1e3", "1000"), (".5", "0.5"), ("007", "7"), ("NaN", "nan")]
        {
            assert_eq!(compare(left, right), Some(Ordering::Equal), "{left} and {right}");
            assert_eq!(sort_key(left), sort_key(right), "{left} and {right}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "-", ".", "1.2.3", "1e", "1e+", "--1", " 1", "1 ", "0x10", "1_000", "-NaN", "１"] {
            assert_eq!(compare(text, "1"), None, "{text:?}");
            assert_eq!(stored(text), None, "{text:?}");
        }
    }

    #[test]
    fn digits_are_stored_as_they_came() {
        let long = format!("-{}.{}", "9".repeat(1000), "1".repeat(1000));
        for text in ["1.50", "-0", "007.0", "0.000", "NaN", "-Infinity", &long] {
            assert_eq!(stored(text).as_deref(), Some(text));
        }
        for (text, kept) in [("+1.50", "1.50"), (".5", "0.5"), ("5.", "5"), ("1.25e1", "12.5"), ("1.25e3", "1250")] {
            assert_eq!(stored(text).as_deref(), Some(kept));
        }
        assert_eq!(stored("-12e-3").as_deref(), Some("-0.012"));
        assert_eq!(stored("inf").as_deref(), Some("Infinity"));
        assert_eq!(stored("1e999999999"), None);
    }

    #[test]
    fn sums_are_exact_and_keep_the_longest_scale() {
        let sum = |numbers: &[&str]| {
            let mut sum = Sum::default();
            numbers.iter().for_each(|number| sum.add(number).expect("a number"));
            sum.total()
        };
        assert_eq!(sum(&[]), "0");
        assert_eq!(sum(&["0.1", "0.2"]), "0.3");
        assert_eq!(sum(&["1.50", "-1.5"]), "0.00");
        assert_eq!(sum(&["999999999.999999999", "0.000000001"]), "1000000000.000000000");
        assert_eq!(sum(&["-1000000000000000000000", "1"]), "-999999999999999999999");
        assert_eq!(sum(&["1e3", "-2000.25"]), "-1000.25");
        assert_eq!(sum(&["Infinity", "1"]), "Infinity");
        assert_eq!(sum(&["Infinity", "-Infinity"]), "NaN");
        let long = "9".repeat(1000);
        assert_eq!(sum(&[&long, "1"]), format!("1{}", "0".repeat(1000)));
    }

    proptest! {
        #[test]
        fn comparing_and_adding_agree_with_wide_integers(a in -10i128.pow(30)..10i128.pow(30), b in -10i128.pow(30)..10i128.pow(30), scale in 0u32..12) {
            let text = |number: i128| {
                let (size, ten) = (number.unsigned_abs(), 10u128.pow(scale));
                let sign = if number < 0 { "-" } else { "" };
                let width = scale as usize;
                if scale == 0 { format!("{sign}{size}") } else { format!("{sign}{}.{:0width$}", size / ten, size % ten) }
            };
            prop_assert_eq!(compare(&text(a), &text(b)), Some(a.cmp(&b)));
            prop_assert_eq!(sort_key(&text(a)).cmp(&sort_key(&text(b))), a.cmp(&b));
            let mut sum = Sum::default();
            sum.add(&text(a)).expect("a number");
            sum.add(&text(b)).expect("a number");
            prop_assert_eq!(sum.total(), text(a + b));
        }
    }
}
