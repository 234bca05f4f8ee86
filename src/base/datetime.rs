//! Dates and times as the store keeps them: `2026-11-24`, `2026-11-24T06:00:00.5Z`, `infinity`, `0044-03-15 BC`.
//! Years are unlimited in both directions, as PostgreSQL's are; digits of a second are kept as they came, nine at most.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;

use super::clock::Timestamp;

mod plain;

const DAY: i128 = 86_400_000_000_000;
const SECOND: i128 = 1_000_000_000;

/// The text that a date field keeps. `None` when `text` is no date.
pub fn stored_date(text: &str) -> Option<String> {
    match Moment::parse(text)? {
        Moment::At(time) if time.has_clock => None,
        moment => Some(moment.date()),
    }
}

/// The text that a datetime field keeps, in UTC. A time without an offset is taken as UTC, a date alone as its midnight.
/// `None` when `text` is no date or time.
pub fn stored_datetime(text: &str) -> Option<String> {
    Some(Moment::parse(text)?.datetime())
}

/// Nanoseconds since 1970-01-01T00:00:00Z of a stored date or datetime, a date being its midnight in UTC. `infinity` is
/// `i128::MAX`, `-infinity` `i128::MIN`. `None` when `text` is neither.
pub fn key(text: &str) -> Option<i128> {
    Some(match Moment::parse(text)? {
        Moment::Infinity => i128::MAX,
        Moment::NegativeInfinity => i128::MIN,
        Moment::At(time) => time.nanos(),
    })
}

/// Sixteen bytes that sort as the times do: `key` for a store that compares bytes.
pub fn sort_key(text: &str) -> Option<[u8; 16]> {
    Some((key(text)?.cast_unsigned() ^ (1 << 127)).to_be_bytes())
}

/// Compares two stored dates or datetimes as instants; `None` when one of them is none.
pub fn compare(left: &str, right: &str) -> Option<Ordering> {
    plain::compare(left.as_bytes(), right.as_bytes()).or_else(|| Some(key(left)?.cmp(&key(right)?)))
}

/// `now` with months (keeping the day, or the month's last), then days, then microseconds added, as a stored datetime.
pub fn after(now: Timestamp, months: i32, days: i32, micros: i64) -> String {
    let time = Time::from_nanos(i128::from(now.0) * 1000);
    Moment::At(time.moved(months, days, micros)).datetime()
}

/// A stored date or datetime with months, days and microseconds added as `after` does, as a stored datetime. `None` when
/// `text` is no time, and beyond the years that can be written.
pub fn moved(text: &str, months: i32, days: i32, micros: i64) -> Option<String> {
    const LAST_YEAR: i64 = 9_999_999;
    match Moment::parse(text)? {
        Moment::At(time) => {
            let moved = time.moved(months, days, micros);
            let (year, _, _) = civil(moved.day);
            (-LAST_YEAR < year && year <= LAST_YEAR).then(|| Moment::At(moved).datetime())
        }
        endless => Some(endless.date()),
    }
}

/// The date of a stored date or datetime, in UTC.
pub fn date_of(text: &str) -> Option<String> {
    Some(Moment::parse(text)?.date())
}

/// Year (before Christ below zero, and never zero), month and day of a stored date or datetime; `None` for infinite ones.
pub fn parts(text: &str) -> Option<(i64, u32, u32)> {
    let Moment::At(time) = Moment::parse(text)? else { return None };
    let (year, month, day) = civil(time.day);
    Some((if year > 0 { year } else { year - 1 }, month, day))
}

/// How many days the second stored date is after the first; `None` for infinite ones.
pub fn days_between(earlier: &str, later: &str) -> Option<i64> {
    match (Moment::parse(earlier)?, Moment::parse(later)?) {
        (Moment::At(earlier), Moment::At(later)) => Some(later.day - earlier.day),
        _ => None,
    }
}

/// A date or time as it was read.
enum Moment<'a> {
    NegativeInfinity,
    At(Time<'a>),
    Infinity,
}

/// A time in UTC, with the digits of its second as they came.
struct Time<'a> {
    /// Days since 1970-01-01
    day: i64,
    /// 0 to 86,399
    second: u32,
    fraction: Cow<'a, str>,
    has_clock: bool,
}

impl<'a> Moment<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        match text {
            "infinity" | "Infinity" => return Some(Moment::Infinity),
            "-infinity" | "-Infinity" => return Some(Moment::NegativeInfinity),
            _ => {}
        }
        let (text, before_christ) = text.strip_suffix(" BC").map_or((text, false), |text| (text, true));
        let (date, clock) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], Some(&text[at + 1..])),
            None => (text, None),
        };
        let day = day(date, before_christ)?;
        let Some(clock) = clock else {
            return Some(Moment::At(Time { day, second: 0, fraction: "".into(), has_clock: false }));
        };
        let (second, fraction) = self::clock(clock)?;
        let (over, second) = (second.div_euclid(86_400), second.rem_euclid(86_400));
        let second = u32::try_from(second).expect("less than a day");
        Some(Moment::At(Time { day: day + over, second, fraction: fraction.into(), has_clock: true }))
    }

    fn date(&self) -> String {
        match self {
            Moment::Infinity => "infinity".to_owned(),
            Moment::NegativeInfinity => "-infinity".to_owned(),
            Moment::At(time) => time.write(false),
        }
    }

    fn datetime(&self) -> String {
        match self {
            Moment::At(time) => time.write(true),
            endless => endless.date(),
        }
    }
}

impl<'a> Time<'a> {
    fn moved(self, months: i32, days: i32, micros: i64) -> Time<'a> {
        let (year, month, day) = civil(self.day);
        let month = year * 12 + i64::from(month) - 1 + i64::from(months);
        let (year, month) = (month.div_euclid(12), u32::try_from(month.rem_euclid(12) + 1).expect("1 to 12"));
        let day = days_from_civil(year, month, day.min(days_in(year, month))) + i64::from(days);
        let moved = Time { day, has_clock: true, ..self };
        if micros == 0 { moved } else { Time::from_nanos(moved.nanos() + i128::from(micros) * 1000) }
    }

    fn from_nanos(nanos: i128) -> Time<'static> {
        let day = i64::try_from(nanos.div_euclid(DAY)).expect("made from 64-bit parts");
        let clock = nanos.rem_euclid(DAY);
        let second = u32::try_from(clock / SECOND).expect("less than a day");
        let fraction = format!("{:09}", clock % SECOND).trim_end_matches('0').to_owned();
        Time { day, second, fraction: fraction.into(), has_clock: true }
    }

    fn nanos(&self) -> i128 {
        let fraction = self.fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
        let fraction = fraction.fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        i128::from(self.day) * DAY + i128::from(self.second) * SECOND + fraction
    }

    fn write(&self, clock: bool) -> String {
        let (year, month, day) = civil(self.day);
        let (year, suffix) = if year > 0 { (year, "") } else { (1 - year, " BC") };
        let mut text = format!("{year:04}-{month:02}-{day:02}");
        if clock {
            let (hour, minute, second) = (self.second / 3600, self.second / 60 % 60, self.second % 60);
            let point = if self.fraction.is_empty() { "" } else { "." };
            let _ = write!(text, "T{hour:02}:{minute:02}:{second:02}{point}{}Z", self.fraction);
        }
        text + suffix
    }
}

/// Reads `2026-11-24` as days since 1970-01-01. There is no year 0 in this notation.
fn day(text: &str, before_christ: bool) -> Option<i64> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() < 4 || year.len() > 7 || month.len() != 2 || day.len() != 2 {
        return None;
    }
    let (year, month, day) = (i64::from(number(year)?), number(month)?, number(day)?);
    let year = match (year, before_christ) {
        (0, _) => return None,
        (year, true) => 1 - year,
        (year, false) => year,
    };
    ((1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)).then(|| days_from_civil(year, month, day))
}

/// Reads `06:00`, `06:00:00.5`, `06:00:00Z` or `06:00:00+02:00` as seconds of a UTC day (which may be the day before or
/// after) and the digits of the second.
fn clock(text: &str) -> Option<(i64, &str)> {
    let at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let offset = offset(&text[at..])?;
    let (clock, fraction) = match text[..at].split_once('.') {
        Some((_, "")) => return None,
        Some((clock, fraction)) => (clock, fraction),
        None => (&text[..at], ""),
    };
    let mut parts = clock.split(':').map(|part| if part.len() == 2 { number(part) } else { None });
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = match parts.next() {
        Some(second) => second?,
        None if fraction.is_empty() => 0,
        None => return None,
    };
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.bytes().all(|digit| digit == b'0');
    let fits = (hour < 24 || midnight) && minute < 60 && second < 60 && parts.next().is_none();
    let digits = fraction.len() <= 9 && fraction.bytes().all(|digit| digit.is_ascii_digit());
    (fits && digits).then_some((i64::from(hour * 3600 + minute * 60 + second) - offset, fraction))
}

/// Reads ``, `Z`, `+02`, `+0200` or `+02:00` as seconds east of UTC.
fn offset(text: &str) -> Option<i64> {
    if text.is_empty() || text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, rest) = text.strip_prefix('-').map_or((1, text.strip_prefix('+').unwrap_or(text)), |rest| (-1, rest));
    let (hours, minutes) = match (rest.len(), rest.split_once(':')) {
        (2, None) => (rest, "00"),
        (4, None) => (rest.get(..2)?, rest.get(2..)?),
        (5, Some((hours, minutes))) if hours.len() == 2 => (hours, minutes),
        _ => return None,
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 24 && minutes < 60).then(|| sign * i64::from(hours * 3600 + minutes * 60))
}

fn number(digits: &str) -> Option<u32> {
    if digits.bytes().all(|digit| digit.is_ascii_digit()) { digits.parse().ok() } else { None }
}

fn days_in(year: i64, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days before the first of a year of the proleptic Gregorian calendar that begins in March, so that a leap day is its last.
fn days_before(year: i64) -> i64 {
    year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400)
}

/// Days between 0000-03-01 and 1970-01-01.
const EPOCH: i64 = 719_468;

fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    // March to January have 31, 30, 31, 30, 31, 31, … days: 153 in every five months.
    days_before(year) + i64::from((153 * month + 2) / 5 + day) - 1 - EPOCH
}

fn civil(days: i64) -> (i64, u32, u32) {
    let days = days + EPOCH;
    let mut year = (days * 400).div_euclid(146_097);
    if days_before(year + 1) <= days {
        year += 1;
    } else if days_before(year) > days {
        year -= 1;
    }
    let day = u32::try_from(days - days_before(year)).expect("a day of its year");
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use proptest::prelude::*;

    use super::{after, civil, compare, days_from_civil, key, sort_key, stored_date, stored_datetime};
    use crate::base::Timestamp;

    #[test]
    fn every_day_has_one_date() {
        assert_eq!(days_from_civil(1970, 1, 1), 0);
        assert_eq!(days_from_civil(2000, 3, 1), 11017);
        for day in (-2_000_000_000..2_000_000_000).step_by(99_991) {
            for day in day..day + 3 {
                let (year, month, date) = civil(day);
                assert_eq!(days_from_civil(year, month, date), day);
            }
        }
    }

    #[test]
    fn dates_are_stored_in_one_form() {
        for text in
            ["2026-11-24", "0001-01-01", "0044-03-15 BC", "5874897-12-31", "infinity", "-infinity", "2024-02-29"]
        {
            assert_eq!(stored_date(text).as_deref(), Some(text));
        }
        for text in
            ["2026-02-29", "2026-13-01", "26-01-01", "0000-01-01", "2026-1-1", "2026-11-24T00:00:00Z", "", "now"]
        {
            assert_eq!(stored_date(text), None, "{text:?}");
        }
    }

    #[test]
    fn datetimes_are_stored_in_utc_with_the_digits_that_came() {
        for (text, kept) in [
            ("2026-11-24T06:00:00Z", "2026-11-24T06:00:00Z"),
            ("2026-11-24 06:00", "2026-11-24T06:00:00Z"),
            ("2026-11-24", "2026-11-24T00:00:00Z"),
            ("2026-11-24T06:00:00.500z", "2026-11-24T06:00:00.500Z"),
            ("2026-01-01T00:30:00.123456789+02:00", "2025-12-31T22:30:00.123456789Z"),
            ("2026-12-31T23:00:00-0230", "2027-01-01T01:30:00Z"),
            ("2026-12-31 24:00:00+00", "2027-01-01T00:00:00Z"),
            ("0044-03-15T10:00:00Z BC", "0044-03-15T10:00:00Z BC"),
            ("294276-12-31T23:59:59.999999Z", "294276-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(stored_datetime(text).as_deref(), Some(kept), "{text}");
            assert_eq!(stored_datetime(kept).as_deref(), Some(kept), "{text}");
        }
        for text in
            ["2026-11-24T", "2026-11-24T6:00", "2026-11-24T25:00:00Z", "2026-11-24T06:00:00.Z", "2026-11-24T06:00:60Z"]
        {
            assert_eq!(stored_datetime(text), None, "{text:?}");
        }
        assert_eq!(stored_datetime("2026-11-24T06:00:00.1234567890Z"), None);
    }

    #[test]
    fn times_are_ordered_as_instants_and_not_as_text() {
        let ascending = [
            "-infinity",
            "4713-11-24T00:00:00Z BC",
            "0001-12-31T00:00:00Z BC",
            "0001-01-01",
            "2026-11-24",
            "2026-11-24T00:00:00.000001Z",
            "2026-11-24T00:00:00.5Z",
            "2026-11-24T00:00:01Z",
            "2026-11-25",
            "294276-12-31T23:59:59.999999Z",
            "infinity",
        ];
        for (i, left) in ascending.iter().enumerate() {
            for (j, right) in ascending.iter().enumerate() {
                assert_eq!(compare(left, right), Some(i.cmp(&j)), "{left} and {right}");
                assert_eq!(sort_key(left).cmp(&sort_key(right)), i.cmp(&j), "{left} and {right}");
            }
        }
        assert_eq!(compare("2026-11-24T00:00:00.50Z", "2026-11-24T00:00:00.5Z"), Some(Ordering::Equal));
        assert_eq!(compare("2026-11-24", "soon"), None);
    }

    #[test]
    fn months_end_where_the_month_ends() {
        let now = Timestamp::parse("2026-01-31T10:00:00.25Z").expect("a time");
        assert_eq!(after(now, 1, 0, 0), "2026-02-28T10:00:00.25Z");
        assert_eq!(after(now, 1, 1, 0), "2026-03-01T10:00:00.25Z");
        assert_eq!(after(now, -11, -1, -250_000), "2025-02-27T10:00:00Z");
        assert_eq!(after(now, 0, 0, 0), "2026-01-31T10:00:00.25Z");
        assert!(after(now, i32::MAX, i32::MAX, i64::MAX).ends_with('Z'));
        assert!(after(Timestamp(i64::MIN), i32::MIN, i32::MIN, i64::MIN).ends_with("Z BC"));
    }

    /// Texts that are nearly alike, some of them no dates.
    fn texts() -> impl Strategy<Value = String> {
        let ends =
            ["", "Z", "T00:00:00Z", "T00:00:00.0Z", "T00:00:00.50Z", "T23:59:59.5Z", "T24:00:00Z", " 00:00:00Z", " BC"];
        let (years, months) = (["0000", "0001", "2026", "9999", "12026"], ["00", "01", "02", "12", "13"]);
        let days = ["00", "01", "28", "29", "31", "32"];
        let part = proptest::sample::select::<&str>;
        (part(years.to_vec()), part(months.to_vec()), part(days.to_vec()), part(ends.to_vec()))
            .prop_map(|(year, month, day, end)| format!("{year}-{month}-{day}{end}"))
    }

    proptest! {
        #[test]
        fn comparing_texts_is_comparing_what_they_say(left in texts(), right in texts()) {
            let truth = key(&left).and_then(|left| Some(left.cmp(&key(&right)?)));
            prop_assert_eq!(compare(&left, &right), truth, "{} and {}", left, right);
        }

        #[test]
        fn stored_times_agree_with_chrono(micros in -62_135_596_800_000_000i64..253_402_300_799_999_999) {
            let time = Timestamp(micros);
            prop_assert_eq!(key(&time.rfc3339()), Some(i128::from(micros) * 1000));
            prop_assert_eq!(Timestamp::parse(&after(time, 0, 0, 0)), Some(time));
        }
    }
}
