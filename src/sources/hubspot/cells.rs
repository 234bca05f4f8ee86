//! HubSpot's values as cells. Every value of a property is a string, and an empty one means that it was cleared. What does
//! not have the form of its type is kept as the text that came, because a lost value is worse than an odd one.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate};

use crate::base::{FieldType, Rows, Timestamp};

pub(super) fn push(rows: &mut Rows, field_type: &FieldType, value: Option<&str>) {
    let Some(text) = value.filter(|text| !text.is_empty()) else {
        rows.push_null();
        return;
    };
    match field_type {
        FieldType::Decimal | FieldType::Number => match decimal(text) {
            Some(digits) => rows.push_text(&digits),
            None => rows.push_text(text),
        },
        FieldType::Integer => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => rows.push_integer(number),
            _ => rows.push_text(text),
        },
        FieldType::Boolean => match text {
            "true" => rows.push_integer(1),
            "false" => rows.push_integer(0),
            other => rows.push_text(other),
        },
        FieldType::Date => match date(text) {
            Some(date) => rows.push_text(&date),
            None => rows.push_text(text),
        },
        FieldType::DateTime => match moment(text) {
            Some(time) => rows.push_text(&time.rfc3339()),
            None => rows.push_text(text),
        },
        FieldType::MultiSelect { .. } => rows.push_text_with(|cell| list(cell, text)),
        _ => rows.push_text(text),
    }
}

/// The exact digits of a number without an exponent. `None`: it is no number, or one that digits cannot say.
fn decimal(text: &str) -> Option<Cow<'_, str>> {
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = rest.split_once(['e', 'E']).unwrap_or((rest, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 || mantissa.ends_with('.') {
        return None;
    }
    let exponent = exponent.parse::<i32>().ok().filter(|exponent| exponent.abs() <= 400)?;
    if exponent == 0 && !whole.is_empty() && mantissa.len() == rest.len() {
        return Some(Cow::Borrowed(text));
    }
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).ok()? + exponent;
    let shifted = match usize::try_from(point) {
        Ok(point) if point >= all.len() => format!("{all}{}", "0".repeat(point - all.len())),
        Ok(point) if point > 0 => format!("{}.{}", &all[..point], &all[point..]),
        _ => format!("0.{}{all}", "0".repeat(usize::try_from(-point).ok()?)),
    };
    let trimmed = shifted.trim_start_matches('0');
    let trimmed =
        if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() };
    Some(Cow::Owned(format!("{sign}{trimmed}")))
}

/// A day as `2026-11-24`: written so, as midnight in UTC, or as that midnight's milliseconds.
fn date(text: &str) -> Option<Cow<'_, str>> {
    if text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok() {
        return Some(Cow::Borrowed(text));
    }
    let time = moment(text)?.utc()?;
    let midnight = time.time() == chrono::NaiveTime::MIN;
    midnight.then(|| Cow::Owned(time.format("%Y-%m-%d").to_string()))
}

/// RFC 3339, or milliseconds since 1970. `None` also for times with digits that microseconds cannot hold.
fn moment(text: &str) -> Option<Timestamp> {
    if text.strip_prefix('-').unwrap_or(text).bytes().all(|byte| byte.is_ascii_digit()) {
        let time = Timestamp::from_millis(text.parse().ok()?);
        return DateTime::from_timestamp_micros(time.0).is_some().then_some(time);
    }
    let exact = DateTime::parse_from_rfc3339(text).ok()?;
    (exact.timestamp_subsec_nanos() % 1000 == 0).then(|| Timestamp(exact.timestamp_micros()))
}

/// `chocolate;strawberry` as a JSON array.
fn list(cell: &mut String, text: &str) {
    cell.push('[');
    for (place, option) in text.split(';').map(str::trim).filter(|option| !option.is_empty()).enumerate() {
        if place > 0 {
            cell.push(',');
        }
        cell.push_str(&serde_json::to_string(option).expect("a text can always be written as JSON"));
    }
    cell.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Cell;

    fn cell(field_type: FieldType, value: &str) -> String {
        let mut rows = Rows::new(1);
        push(&mut rows, &field_type, Some(value));
        match rows.cell(0, 0) {
            Cell::Text(text) => text.to_owned(),
            Cell::Null => "null".to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn numbers_keep_every_digit() {
        let same = ["0", "-12.500", "123456789012345678901234567890.1", "0.1", "007"];
        for number in same {
            assert_eq!(cell(FieldType::Decimal, number), number);
        }
        assert_eq!(cell(FieldType::Decimal, "1.5E7"), "15000000");
        assert_eq!(cell(FieldType::Decimal, "-1.25e-3"), "-0.00125");
        assert_eq!(cell(FieldType::Decimal, ".5"), "0.5");
        assert_eq!(cell(FieldType::Decimal, "1.5E0"), "1.5");
        for odd in ["1,5", "NaN", "12 EUR", "1.", "1e999", "-", "0x10", "e5"] {
            assert_eq!(cell(FieldType::Decimal, odd), odd);
        }
    }

    #[test]
    fn times_come_in_two_forms_and_leave_in_one() {
        assert_eq!(cell(FieldType::DateTime, "1572480000123"), "2019-10-31T00:00:00.123Z");
        assert_eq!(cell(FieldType::DateTime, "2019-10-31T02:00:00+02:00"), "2019-10-31T00:00:00Z");
        assert_eq!(cell(FieldType::DateTime, "2019-10-31T00:00:00.123456789Z"), "2019-10-31T00:00:00.123456789Z");
        assert_eq!(cell(FieldType::DateTime, "yesterday"), "yesterday");
        assert_eq!(cell(FieldType::DateTime, "99999999999999999999"), "99999999999999999999");
        assert_eq!(cell(FieldType::Date, "1572480000000"), "2019-10-31");
        assert_eq!(cell(FieldType::Date, "2019-10-31"), "2019-10-31");
        assert_eq!(cell(FieldType::Date, "2019-10-31T00:00:00Z"), "2019-10-31");
        assert_eq!(cell(FieldType::Date, "2019-10-31T01:00:00Z"), "2019-10-31T01:00:00Z");
    }

    #[test]
    fn choices_truths_and_cleared_values() {
        let many = || FieldType::MultiSelect { options: Vec::new() };
        assert_eq!(cell(many(), "a;b \"c\";"), r#"["a","b \"c\""]"#);
        assert_eq!(cell(FieldType::Boolean, "true"), "Integer(1)");
        assert_eq!(cell(FieldType::Boolean, "perhaps"), "perhaps");
        assert_eq!(cell(FieldType::Text, ""), "null");
        assert_eq!(cell(FieldType::Text, " "), " ");
    }
}
