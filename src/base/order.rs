//! Keys whose bytes sort as the values do: exact decimals by size, moments by time. The store compares and sorts by them.

use super::clock::Timestamp;

/// A key for a decimal text: `-Infinity` < negative < zero < positive < `Infinity` < `NaN` (PostgreSQL's order,
/// postgresql.org/docs/current/datatype-numeric.html), and after them whatever is no decimal, by its bytes.
///
/// Equal numbers have equal keys however they are written: `1.5`, `1.50` and `15e-1`.
pub fn decimal_key(text: &str) -> Vec<u8> {
    const EXPONENT_BIAS: i64 = 1 << 31;
    match text.trim() {
        "NaN" => return vec![5],
        "Infinity" | "inf" => return vec![4],
        "-Infinity" | "-inf" => return vec![0],
        _ => {}
    }
    let Some((negative, digits, exponent)) = scientific(text.trim()) else {
        return [&[6], text.as_bytes()].concat();
    };
    if digits.is_empty() {
        return vec![2];
    }
    let biased = u32::try_from(exponent.saturating_add(EXPONENT_BIAS).clamp(0, i64::from(u32::MAX)));
    let mut key = biased.expect("the exponent was clamped").to_be_bytes().to_vec();
    key.extend_from_slice(&digits);
    if negative {
        key.iter_mut().for_each(|byte| *byte = !*byte);
        key.push(0xff); // a longer one is further from zero and comes first
        key.insert(0, 1);
    } else {
        key.insert(0, 3);
    }
    key
}

/// Sign, digits without zeros at either end, and the power of ten of the first digit. `None` when it is no decimal.
fn scientific(text: &str) -> Option<(bool, Vec<u8>, i64)> {
    let (negative, text) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, power) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], text[at + 1..].parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && part.is_empty() || !whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut digits: Vec<u8> = whole.bytes().chain(part.bytes()).collect();
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    while digits.last() == Some(&b'0') {
        digits.pop();
    }
    let exponent = i64::try_from(whole.len()).ok()? - i64::try_from(zeros).ok()?;
    Some((negative, digits, exponent.saturating_add(power)))
}

/// A key for a date or datetime in its stored form: `-infinity` < BC < years to 9999 < later years < `infinity`, and after
/// them whatever is no moment, by its bytes.
pub fn moment_key(text: &str) -> String {
    match text {
        "-infinity" => return "0".to_owned(),
        "infinity" => return "4".to_owned(),
        _ => {}
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits < 4 || text.as_bytes().get(digits) != Some(&b'-') {
        return format!("5{text}");
    }
    let rest = &text[digits..];
    let year: u64 = text[..digits].parse().unwrap_or(u64::MAX);
    if let Some(rest) = rest.strip_suffix(" BC") {
        return format!("1{:010}{}", 9_999_999_999_u64.saturating_sub(year), rest.trim_end_matches('Z'));
    }
    if digits > 4 {
        return format!("3{year:010}{}", rest.trim_end_matches('Z'));
    }
    match text.strip_suffix('Z') {
        Some(utc) if !utc.contains('.') => format!("2{utc}"),
        Some(utc) => format!("2{}", utc.trim_end_matches('0').trim_end_matches('.')),
        None => match Timestamp::parse(text) {
            Some(time) => moment_key(&time.rfc3339()),
            None => format!("2{text}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_sort_by_size() {
        let sorted = [
            "-Infinity", "-1e30", "-1000.5", "-1000", "-2", "-1.51", "-1.5", "-0.02", "-0.015", "0", "0.0001", "0.015", "0.02", "1", "1.5",
            "1.51", "2", "9.99", "10", "99999999999999999999.1", "1e30", "Infinity", "NaN", "what",
        ];
        for pair in sorted.windows(2) {
            assert!(decimal_key(pair[0]) < decimal_key(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        for same in ["1.5", "1.50", "01.5", "15e-1", "+1.5"] {
            assert_eq!(decimal_key(same), decimal_key("1.5"), "{same}");
        }
        assert_eq!(decimal_key("-0.00"), decimal_key("0"));
    }

    #[test]
    fn moments_sort_by_time() {
        let sorted = [
            "-infinity", "0100-01-01T00:00:00Z BC", "0044-03-15T00:00:00Z BC", "0044-03-16T00:00:00Z BC", "0001-01-01T00:00:00Z",
            "2026-11-24T06:00:00Z", "2026-11-24T06:00:00.5Z", "2026-11-24T06:00:01Z", "9999-12-31T00:00:00Z",
            "10000-01-01T00:00:00Z", "294276-01-01T00:00:00Z", "infinity", "what",
        ];
        for pair in sorted.windows(2) {
            assert!(moment_key(pair[0]) < moment_key(pair[1]), "{} < {}", pair[0], pair[1]);
        }
        assert_eq!(moment_key("2026-11-24T07:00:00+01:00"), moment_key("2026-11-24T06:00:00.000Z"));
    }
}
