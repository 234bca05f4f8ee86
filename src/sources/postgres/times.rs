//! Dates and times as they come over the wire, days or microseconds since 2000-01-01, written as `FieldType` says.
//! A `timestamp` without a zone is no moment, so its text has no `Z`: `2026-11-24T06:00:00.5`.

/// Days from 1970-01-01 to 2000-01-01.
const EPOCH_DAYS: i64 = 10_957;
const DAY_MICROS: i64 = 86_400_000_000;

/// `2026-11-24`, `infinity`, `-infinity` or `0044-03-15 BC`.
pub fn write_date(days: i32, text: &mut String) {
    match days {
        i32::MAX => text.push_str("infinity"),
        i32::MIN => text.push_str("-infinity"),
        days => {
            let before_christ = push_day(i64::from(days), text);
            text.push_str(if before_christ { " BC" } else { "" });
        }
    }
}

/// `2026-11-24T06:00:00.5` with `zone` after it, `infinity`, `-infinity`, or with ` BC` at the end.
pub fn write_time(micros: i64, zone: &str, text: &mut String) {
    match micros {
        i64::MAX => return text.push_str("infinity"),
        i64::MIN => return text.push_str("-infinity"),
        _ => {}
    }
    let (days, clock) = (micros.div_euclid(DAY_MICROS), micros.rem_euclid(DAY_MICROS));
    let before_christ = push_day(days, text);
    let (seconds, fraction) = (clock / 1_000_000, clock % 1_000_000);
    let two = |number: i64| [(b'0' + (number / 10) as u8), (b'0' + (number % 10) as u8)];
    let ([h, hh], [m, mm], [s, ss]) = (two(seconds / 3600), two(seconds / 60 % 60), two(seconds % 60));
    push_ascii(&[b'T', h, hh, b':', m, mm, b':', s, ss], text);
    if fraction > 0 {
        let mut digits = *b".000000";
        let mut left = fraction;
        for place in digits[1..].iter_mut().rev() {
            *place = b'0' + (left % 10) as u8;
            left /= 10;
        }
        let zeros = digits.iter().rev().take_while(|digit| **digit == b'0').count();
        push_ascii(&digits[..digits.len() - zeros], text);
    }
    text.push_str(zone);
    text.push_str(if before_christ { " BC" } else { "" });
}

/// Appends the day and says whether it was before Christ.
fn push_day(days: i64, text: &mut String) -> bool {
    let (year, month, day) = civil(days + EPOCH_DAYS);
    let (year, before_christ) = if year > 0 { (year, false) } else { (1 - year, true) };
    let two = |number: i64| [(b'0' + (number / 10) as u8), (b'0' + (number % 10) as u8)];
    let ([m, mm], [d, dd]) = (two(month), two(day));
    if year < 10_000 {
        let ([y, yy], [yyy, yyyy]) = (two(year / 100), two(year % 100));
        push_ascii(&[y, yy, yyy, yyyy, b'-', m, mm, b'-', d, dd], text);
    } else {
        text.push_str(&year.to_string());
        push_ascii(&[b'-', m, mm, b'-', d, dd], text);
    }
    before_christ
}

fn push_ascii(bytes: &[u8], text: &mut String) {
    text.push_str(std::str::from_utf8(bytes).expect("digits and separators are ASCII"));
}

/// Year (0 is 1 BC), month and day of a number of days since 1970-01-01, in the proleptic Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years of this calculation begin on 1 March, so that a leap day is a year's last.
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(micros: i64) -> String {
        let mut text = String::new();
        write_time(micros, "Z", &mut text);
        text
    }

    #[test]
    fn times_keep_their_digits() {
        assert_eq!(time(0), "2000-01-01T00:00:00Z");
        assert_eq!(time(500_000), "2000-01-01T00:00:00.5Z");
        assert_eq!(time(-1), "1999-12-31T23:59:59.999999Z");
        assert_eq!(time(9_223_371_331_199_999_999), "294276-12-31T23:59:59.999999Z");
        assert_eq!(time(-211_813_488_000_000_000), "4714-11-24T00:00:00Z BC");
        assert_eq!((time(i64::MAX), time(i64::MIN)), ("infinity".to_owned(), "-infinity".to_owned()));
    }
}
