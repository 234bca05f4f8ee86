//! Numbers, times and lists as people say them, for talk and tables; JSON never uses these.

use std::time::Duration;

use crate::base::shell;

/// `1,204`
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 row`, `1,204 rows`
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// `0.3s`, `42s`, `3m 20s`, `5h 10m`, `2d 4h`
pub fn time(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1}s", time.as_secs_f64()),
        10..60 => format!("{seconds}s"),
        60..3_600 => two(seconds / 60, "m", seconds % 60, "s"),
        3_600..86_400 => two(seconds / 3_600, "h", seconds % 3_600 / 60, "m"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
    }
}

/// `12s ago`, `3m ago`, `2d ago`: the largest unit only.
pub fn ago(time: Duration) -> String {
    format!("{} ago", rough(time))
}

/// `12s`, `3m`, `5h`, `2d`
pub fn rough(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds}s"),
        seconds @ 60..3_600 => format!("{}m", seconds / 60),
        seconds @ 3_600..86_400 => format!("{}h", seconds / 3_600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// `1.2 MB`, with powers of 1,000
pub fn bytes(bytes: u64) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < units.len() {
        size /= 1000.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{size:.1} {}", units[unit]) }
}

/// `` `a`, `b` and `c` ``
pub fn names<T: std::fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// An argument as a shell takes it: quoted only where it must be.
pub fn shell(argument: &str) -> String {
    shell::word(argument).into_owned()
}

fn two(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{large}{large_unit}") } else { format!("{large}{large_unit} {small}{small_unit}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_as_people_say_them() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "row", "rows"), "1 row");
        assert_eq!(time(Duration::from_millis(340)), "0.3s");
        assert_eq!(
            [42, 200, 18_600, 187_200].map(|s| time(Duration::from_secs(s))),
            ["42s", "3m 20s", "5h 10m", "2d 4h"]
        );
        assert_eq!(ago(Duration::from_secs(190)), "3m ago");
        assert_eq!([12, 1_500, 2_500_000].map(bytes), ["12 B", "1.5 kB", "2.5 MB"]);
        assert_eq!(names(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}
