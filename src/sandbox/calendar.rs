//! Moments as the vendors write and read them. Everything inside counts milliseconds since 1970 in UTC; writing goes
//! straight into a buffer, because a page of a hundred records has three hundred of them.

use crate::base::Timestamp;

const DAY: i64 = 86_400_000;

/// Year, month and day of a count of days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date
/// algorithms", civil_from_days).
fn civil(days: i64) -> (i64, u8, u8) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month as u8, day as u8)
}

fn two(out: &mut String, number: u8) {
    out.push((b'0' + number / 10 % 10) as char);
    out.push((b'0' + number % 10) as char);
}

/// Writes `2026-01-31`.
pub(crate) fn date(out: &mut String, millis: i64) {
    let (year, month, day) = civil(millis.div_euclid(DAY));
    if (0..=9999).contains(&year) {
        two(out, (year / 100) as u8);
        two(out, (year % 100) as u8);
    } else {
        out.push_str(&year.to_string());
    }
    out.push('-');
    two(out, month);
    out.push('-');
    two(out, day);
}

/// Writes `2026-01-31T09:05:00.120Z`, and no fraction when it is zero (as java.time.Instant does).
pub(crate) fn instant(out: &mut String, millis: i64) {
    date(out, millis);
    let of_day = millis.rem_euclid(DAY);
    out.push('T');
    two(out, (of_day / 3_600_000) as u8);
    out.push(':');
    two(out, (of_day / 60_000 % 60) as u8);
    out.push(':');
    two(out, (of_day / 1000 % 60) as u8);
    let fraction = of_day % 1000;
    if fraction != 0 {
        out.push('.');
        out.push((b'0' + (fraction / 100) as u8) as char);
        two(out, (fraction % 100) as u8);
    }
    out.push('Z');
}

pub(crate) fn instant_text(millis: i64) -> String {
    let mut text = String::with_capacity(24);
    instant(&mut text, millis);
    text
}

/// Reads milliseconds, RFC 3339 or a plain date at midnight in UTC; `None` beyond 100,000,000 days from 1970.
pub(crate) fn read(text: &str) -> Option<i64> {
    const FARTHEST: i64 = 100_000_000 * DAY;
    let text = text.trim();
    if let Ok(millis) = text.parse::<i64>() {
        return Some(millis).filter(|millis| (-FARTHEST..=FARTHEST).contains(millis));
    }
    if text.len() == 10 {
        return Timestamp::parse(&format!("{text}T00:00:00Z")).map(Timestamp::millis);
    }
    Timestamp::parse(text).map(Timestamp::millis)
}

/// The `Date` header's form: `Tue, 24 Nov 2026 06:00:00 GMT` (RFC 9110, section 5.6.7).
pub(crate) fn http_date(out: &mut String, millis: i64) {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let days = millis.div_euclid(DAY);
    let (year, month, day) = civil(days);
    out.push_str(DAYS[days.rem_euclid(7) as usize]);
    out.push_str(", ");
    two(out, day);
    out.push(' ');
    out.push_str(MONTHS[usize::from(month) - 1]);
    out.push_str(&format!(" {year:04} "));
    let of_day = millis.rem_euclid(DAY);
    two(out, (of_day / 3_600_000) as u8);
    out.push(':');
    two(out, (of_day / 60_000 % 60) as u8);
    out.push(':');
    two(out, (of_day / 1000 % 60) as u8);
    out.push_str(" GMT");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_back_as_they_were_written() {
        for millis in [0, 1, 951_782_400_000, 951_868_799_999, 1_767_225_600_000, -1, 4_102_444_799_500] {
            assert_eq!(read(&instant_text(millis)), Some(millis), "{millis}");
            assert_eq!(Timestamp::from_millis(millis).rfc3339(), instant_text(millis));
        }
        assert_eq!(read("2026-01-01"), Some(1_767_225_600_000));
        assert_eq!(read("yesterday"), None);
    }

    #[test]
    fn the_date_header_names_the_right_weekday() {
        let mut text = String::new();
        http_date(&mut text, 784_111_777_000);
        assert_eq!(text, "Sun, 06 Nov 1994 08:49:37 GMT");
    }
}
