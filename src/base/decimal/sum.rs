//! The exact sum of any number of decimals, in blocks of nine digits on both sides of the point.

use super::{Decimal, stored};

const BLOCK: i64 = 1_000_000_000;
const DIGITS: usize = 9;

/// How many numbers are added before carries are moved on, so that no block overflows.
const CARRY_EVERY: u32 = 1 << 30;

/// A running sum. Its scale is the longest scale that was added, as in PostgreSQL.
#[derive(Clone, Debug, Default)]
pub struct Sum {
    /// Blocks before the point, smallest first
    whole: Vec<i64>,
    /// Blocks behind the point, largest first
    fraction: Vec<i64>,
    scale: usize,
    uncarried: u32,
    special: Option<Special>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Special {
    NaN,
    Infinity,
    NegativeInfinity,
}

impl Sum {
    /// Adds a number. `None`, and nothing added, when `text` is no number that a decimal field could keep.
    pub fn add(&mut self, text: &str) -> Option<()> {
        let special = match Decimal::parse(text)? {
            Decimal::Finite(_) => {
                self.add_digits(&stored(text)?);
                return Some(());
            }
            Decimal::NaN => Special::NaN,
            Decimal::Infinity => Special::Infinity,
            Decimal::NegativeInfinity => Special::NegativeInfinity,
        };
        self.special = Some(match self.special {
            Some(before) if before != special => Special::NaN,
            _ => special,
        });
        Some(())
    }

    fn add_digits(&mut self, text: &str) {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        self.scale = self.scale.max(fraction.len());
        let block = |digits: &[u8]| digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
        for (place, digits) in whole.as_bytes().rchunks(DIGITS).enumerate() {
            *at(&mut self.whole, place) += sign * block(digits);
        }
        for (place, digits) in fraction.as_bytes().chunks(DIGITS).enumerate() {
            let missing = u32::try_from(DIGITS - digits.len()).unwrap_or(0);
            *at(&mut self.fraction, place) += sign * block(digits) * 10i64.pow(missing);
        }
        self.uncarried += 1;
        if self.uncarried == CARRY_EVERY {
            self.carry();
        }
    }

    /// Brings every block into `0..BLOCK`; what is left over, at most a sign, stays in the topmost one.
    fn carry(&mut self) {
        let mut over = 0;
        for block in self.fraction.iter_mut().rev().chain(self.whole.iter_mut()) {
            let sum = *block + over;
            *block = sum.rem_euclid(BLOCK);
            over = sum.div_euclid(BLOCK);
        }
        if over != 0 {
            self.whole.push(over);
        }
        self.uncarried = 0;
    }

    /// The sum so far; `0` when nothing was added.
    pub fn total(&self) -> String {
        match self.special {
            Some(Special::NaN) => return "NaN".to_owned(),
            Some(Special::Infinity) => return "Infinity".to_owned(),
            Some(Special::NegativeInfinity) => return "-Infinity".to_owned(),
            None => {}
        }
        let mut sum = self.clone();
        sum.carry();
        let negative = sum.whole.last().is_some_and(|top| *top < 0);
        if negative {
            sum.whole.iter_mut().chain(sum.fraction.iter_mut()).for_each(|block| *block = -*block);
            sum.carry();
        }
        let mut whole: String = sum.whole.iter().rev().map(|block| format!("{block:09}")).collect();
        whole = whole.trim_start_matches('0').to_owned();
        if whole.is_empty() {
            whole.push('0');
        }
        let mut fraction: String = sum.fraction.iter().map(|block| format!("{block:09}")).collect();
        fraction.truncate(sum.scale);
        let sign = if negative { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }
}

fn at(blocks: &mut Vec<i64>, place: usize) -> &mut i64 {
    if blocks.len() <= place {
        blocks.resize(place + 1, 0);
    }
    &mut blocks[place]
}
