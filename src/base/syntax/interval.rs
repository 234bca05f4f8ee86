//! The text inside `interval '…'`: whole numbers of units, such as `1 month 2 days`.

/// A span of time as months, days and microseconds, which add up differently.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Interval {
    pub months: i32,
    pub days: i32,
    pub micros: i64,
}

#[derive(Clone, Copy)]
enum Part {
    Months(i128),
    Days(i128),
    Micros(i128),
}

/// Each unit, the part it belongs to, and the word it is printed with. Larger units of one part come first.
const UNITS: [(&str, Part); 10] = [
    ("year", Part::Months(12)),
    ("month", Part::Months(1)),
    ("week", Part::Days(7)),
    ("day", Part::Days(1)),
    ("hour", Part::Micros(3_600_000_000)),
    ("minute", Part::Micros(60_000_000)),
    ("second", Part::Micros(1_000_000)),
    ("millisecond", Part::Micros(1000)),
    ("microsecond", Part::Micros(1)),
    ("min", Part::Micros(60_000_000)),
];

impl Interval {
    /// Reads `7 days`, `1 year 2 months`, `-90 minutes`. `None` for everything else and when it is too long.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (mut months, mut days, mut micros) = (0i128, 0i128, 0i128);
        let mut some = false;
        while let Some(number) = words.next() {
            let number = i128::from(number.parse::<i64>().ok().filter(|_| !number.starts_with('+'))?);
            match unit(words.next()?)? {
                Part::Months(size) => months += number * size,
                Part::Days(size) => days += number * size,
                Part::Micros(size) => micros += number * size,
            }
            some = true;
        }
        let narrow = |part: i128| i32::try_from(part).ok();
        let interval = Interval { months: narrow(months)?, days: narrow(days)?, micros: i64::try_from(micros).ok()? };
        some.then_some(interval)
    }

    /// This and another one, or its opposite. `None` when the sum is too long.
    pub fn plus(self, other: Interval, negative: bool) -> Option<Self> {
        let (months, days, micros) = if negative {
            (other.months.checked_neg()?, other.days.checked_neg()?, other.micros.checked_neg()?)
        } else {
            (other.months, other.days, other.micros)
        };
        Some(Interval {
            months: self.months.checked_add(months)?,
            days: self.days.checked_add(days)?,
            micros: self.micros.checked_add(micros)?,
        })
    }
}

fn unit(word: &str) -> Option<Part> {
    let word = word.to_ascii_lowercase();
    let singular = word.strip_suffix('s').unwrap_or(&word);
    UNITS.iter().find(|(name, _)| *name == singular).map(|(_, part)| *part)
}

impl std::fmt::Display for Interval {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut words = Vec::new();
        let mut say = |number: i64, unit: &str| {
            if number != 0 {
                words.push(format!("{number} {unit}{}", if number == 1 { "" } else { "s" }));
            }
        };
        say(i64::from(self.months), "month");
        say(i64::from(self.days), "day");
        let clock = UNITS.iter().find_map(|(unit, part)| match part {
            Part::Micros(size) if i128::from(self.micros) % size == 0 => Some((i128::from(self.micros) / size, unit)),
            _ => None,
        });
        let (number, unit) = clock.expect("one microsecond divides everything");
        say(i64::try_from(number).expect("no larger than the microseconds"), unit);
        f.write_str(&words.join(" "))
    }
}
