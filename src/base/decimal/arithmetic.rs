//! Computing with exact decimals. Sums, differences and products have all their digits; a quotient has 20 significant
//! digits, or as many behind the point as its operands have where those are more.

use num_bigint::{BigInt, Sign};

use super::{Decimal, cmp_digits, stored};

/// Most digits of an operand and of a result; PostgreSQL's numeric has at most as many before the point.
const MOST_DIGITS: usize = 131_072;

/// Significant digits of a quotient.
const PRECISION: i64 = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Add,
    Subtract,
    Multiply,
    Divide,
    /// What is left of a division to a whole number, with the dividend's sign
    Remainder,
}

/// The operation on two numbers given as text. `None` when one of them is none, for a division by zero, and for a result
/// of more than 131,072 digits.
pub fn compute(operation: Operation, left: &str, right: &str) -> Option<String> {
    match (Exact::parse(left)?, Exact::parse(right)?) {
        (Number::Exact(one), Number::Exact(two)) => one.compute(operation, two)?.text(),
        (Number::Exact(one), Number::Infinity | Number::NegativeInfinity) if operation == Operation::Remainder => {
            one.text()
        }
        (one, two) => special(operation, &one, &two).map(str::to_owned),
    }
}

pub fn negate(text: &str) -> Option<String> {
    match Exact::parse(text)? {
        Number::Exact(number) => Exact { digits: -number.digits, ..number }.text(),
        special => Some(word(special.sign().map(|sign| -sign)).to_owned()),
    }
}

pub fn absolute(text: &str) -> Option<String> {
    match Exact::parse(text)? {
        Number::Exact(number) => Exact { digits: BigInt::from(number.digits.into_parts().1), ..number }.text(),
        special => Some(word(special.sign().map(i32::abs)).to_owned()),
    }
}

/// To this many digits behind the point, or before it where that is below zero; half goes away from zero.
pub fn round(text: &str, digits: i64) -> Option<String> {
    let number = match Exact::parse(text)? {
        Number::Exact(number) => number,
        special => return Some(word(special.sign()).to_owned()),
    };
    let scale = i64::try_from(number.scale).ok()?;
    let kept = usize::try_from(digits.max(0)).ok()?;
    if digits >= scale {
        return number.at_scale(kept)?.text();
    }
    let unit = ten(usize::try_from(scale - digits).ok()?)?;
    let rounded = quotient(&number.digits, &unit);
    let before = ten(usize::try_from((-digits).max(0)).ok()?)?;
    Exact { digits: rounded * before, scale: kept }.text()
}

enum Number {
    Exact(Exact),
    NaN,
    Infinity,
    NegativeInfinity,
}

impl Number {
    /// -1, 0 or 1; `None` for what is no number.
    fn sign(&self) -> Option<i32> {
        match self {
            Number::NaN => None,
            Number::Infinity => Some(1),
            Number::NegativeInfinity => Some(-1),
            Number::Exact(number) => Some(match number.digits.sign() {
                Sign::Minus => -1,
                Sign::NoSign => 0,
                Sign::Plus => 1,
            }),
        }
    }
}

/// A number as its digits and how many of them are behind the point.
struct Exact {
    digits: BigInt,
    scale: usize,
}

impl Exact {
    fn parse(text: &str) -> Option<Number> {
        Some(match Decimal::parse(text)? {
            Decimal::NaN => Number::NaN,
            Decimal::Infinity => Number::Infinity,
            Decimal::NegativeInfinity => Number::NegativeInfinity,
            Decimal::Finite(_) => {
                let text = stored(text).filter(|text| text.len() <= MOST_DIGITS + 2)?;
                let scale = text.find('.').map_or(0, |point| text.len() - point - 1);
                Number::Exact(Exact { digits: text.replace('.', "").parse().ok()?, scale })
            }
        })
    }

    fn text(&self) -> Option<String> {
        let mut digits = self.digits.magnitude().to_string();
        if digits.len() <= self.scale {
            digits.insert_str(0, &"0".repeat(self.scale + 1 - digits.len()));
        }
        let (whole, fraction) = digits.split_at(digits.len() - self.scale);
        let sign = if self.digits.sign() == Sign::Minus { "-" } else { "" };
        let point = if fraction.is_empty() { "" } else { "." };
        (digits.len() <= MOST_DIGITS).then(|| format!("{sign}{whole}{point}{fraction}"))
    }

    /// The same number with more digits behind the point.
    fn at_scale(&self, scale: usize) -> Option<Exact> {
        let more = scale.checked_sub(self.scale)?;
        fits(self.digits.bits(), more)?;
        Some(Exact { digits: &self.digits * ten(more)?, scale })
    }

    fn compute(self, operation: Operation, other: Exact) -> Option<Exact> {
        let scale = self.scale.max(other.scale);
        match operation {
            Operation::Multiply => {
                fits(self.digits.bits() + other.digits.bits(), 0)?;
                return Some(Exact { digits: self.digits * other.digits, scale: self.scale + other.scale });
            }
            Operation::Divide => return self.divided(&other),
            _ => {}
        }
        let (one, two) = (self.at_scale(scale)?.digits, other.at_scale(scale)?.digits);
        let digits = match operation {
            Operation::Add => one + two,
            Operation::Subtract => one - two,
            _ if two.sign() == Sign::NoSign => return None,
            _ => one % two,
        };
        Some(Exact { digits, scale })
    }

    fn divided(&self, other: &Exact) -> Option<Exact> {
        if other.digits.sign() == Sign::NoSign {
            return None;
        }
        let least = self.scale.max(other.scale);
        let scale = usize::try_from(PRECISION - self.quotient_point(other)).unwrap_or(0).max(least);
        let dividend = &self.digits * ten(scale + other.scale - self.scale)?;
        let mut result = Exact { digits: quotient(&dividend, &other.digits), scale };
        let ending = result.digits.magnitude().to_string();
        let zeros = ending.len() - ending.trim_end_matches('0').len();
        let zeros = if ending == "0" { scale } else { zeros };
        let spare = zeros.min(scale - least);
        result.digits /= ten(spare)?;
        result.scale -= spare;
        Some(result)
    }

    /// How many digits the quotient has before its point; zeros behind the point count below zero.
    fn quotient_point(&self, other: &Exact) -> i64 {
        let (one, two) = (self.digits.magnitude().to_string(), other.digits.magnitude().to_string());
        if one == "0" {
            return PRECISION;
        }
        let place = |digits: &str, scale: usize| digits.len() as i64 - scale as i64;
        let larger = cmp_digits(one.bytes(), two.bytes()).is_ge();
        place(&one, self.scale) - place(&two, other.scale) + i64::from(larger)
    }
}

/// Whether a number of so many bits and then so many digits may be short enough, before it is worked out.
fn fits(bits: u64, digits: usize) -> Option<()> {
    // log2(10) is a little more than 3.3.
    (bits * 10 / 34 + digits as u64 <= MOST_DIGITS as u64).then_some(())
}

/// The quotient as a whole number; half goes away from zero.
fn quotient(dividend: &BigInt, divisor: &BigInt) -> BigInt {
    let whole = dividend / divisor;
    let rest = dividend - &whole * divisor;
    if (rest.magnitude() * 2u32) < *divisor.magnitude() {
        return whole;
    }
    if dividend.sign() == divisor.sign() { whole + 1 } else { whole - 1 }
}

fn ten(power: usize) -> Option<BigInt> {
    let power = u32::try_from(power).ok().filter(|power| *power as usize <= 2 * MOST_DIGITS)?;
    Some(BigInt::from(10).pow(power))
}

/// IEEE's rules for what is no finite number, except that a division by zero has no result.
fn special(operation: Operation, left: &Number, right: &Number) -> Option<&'static str> {
    let finite = |number: &Number| matches!(number, Number::Exact(_));
    let (one, two) = (left.sign(), right.sign());
    if matches!(operation, Operation::Divide | Operation::Remainder) && two == Some(0) {
        return None;
    }
    let (Some(one), Some(two)) = (one, two) else { return Some("NaN") };
    Some(word(match operation {
        Operation::Add | Operation::Subtract => {
            let two = if operation == Operation::Subtract { -two } else { two };
            match (finite(left), finite(right)) {
                (false, false) if one != two => None,
                (false, _) => Some(one),
                _ => Some(two),
            }
        }
        Operation::Multiply => Some(one * two).filter(|sign| *sign != 0),
        Operation::Divide if finite(left) => return Some("0"),
        Operation::Divide => Some(one * two).filter(|_| finite(right)),
        Operation::Remainder => None,
    }))
}

fn word(sign: Option<i32>) -> &'static str {
    match sign {
        None => "NaN",
        Some(sign) if sign < 0 => "-Infinity",
        Some(_) => "Infinity",
    }
}
