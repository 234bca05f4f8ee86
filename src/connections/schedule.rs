//! When a connection is due: every so often, or by a cron line in a time zone.

use std::time::Duration;

use croner::Cron;
use serde::{Deserialize, Serialize};

use crate::base::{Error, Result, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    Every {
        seconds: u64,
    },
    /// Five fields (minute, hour, day, month, weekday), in this time zone of the IANA database
    Cron {
        line: String,
        zone: String,
    },
}

/// Nothing is scheduled more often.
const SHORTEST: u64 = 60;

impl Schedule {
    /// Reads `15m`, `2h`, `1d`, `90s`. `Kind::Usage` when it is none, or shorter than a minute.
    pub fn every(text: &str) -> Result<Self> {
        let seconds = span(text)?.as_secs();
        if seconds < SHORTEST {
            return Err(Error::usage(format!("`{text}` is shorter than a minute")).hint("use `1m` or longer"));
        }
        Ok(Schedule::Every { seconds })
    }

    /// Reads a cron line, with its time zone (`Europe/Berlin`; UTC when there is none).
    pub fn cron(line: &str, zone: Option<&str>) -> Result<Self> {
        line.parse::<Cron>().map_err(|error| {
            Error::usage(format!("`{line}` is no cron line: {error}")).hint("for example `0 6 * * 1-5`")
        })?;
        let zone = zone.unwrap_or("UTC");
        zone.parse::<chrono_tz::Tz>()
            .map_err(|_| Error::usage(format!("`{zone}` is no time zone")).hint("for example `Europe/Berlin`"))?;
        Ok(Schedule::Cron { line: line.to_owned(), zone: zone.to_owned() })
    }

    /// The first time after `last` (the start of the last run). A time that was missed is due at once, and only once.
    pub fn next(&self, last: Timestamp) -> Option<Timestamp> {
        match self {
            Schedule::Every { seconds } => Some(last.plus(Duration::from_secs(*seconds))),
            Schedule::Cron { line, zone } => {
                let cron: Cron = line.parse().ok()?;
                let zone: chrono_tz::Tz = zone.parse().ok()?;
                let next = cron.find_next_occurrence(&last.utc()?.with_timezone(&zone), false).ok()?;
                Some(Timestamp(next.timestamp_micros()))
            }
        }
    }

    /// How long a run may stay away before the data counts as stale: twice the distance, and a minute.
    pub fn patience(&self, last: Timestamp) -> Duration {
        let distance = self.next(last).map_or(Duration::from_secs(86_400), |next| next.since(last));
        distance * 2 + Duration::from_secs(60)
    }
}

impl std::fmt::Display for Schedule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Schedule::Every { seconds } => {
                write!(f, "every {}", span_words(Duration::from_secs(*seconds)))
            }
            Schedule::Cron { line, zone } => write!(f, "{line} {zone}"),
        }
    }
}

/// Reads a length of time: a number and `s`, `m`, `h` or `d`.
pub fn span(text: &str) -> Result<Duration> {
    let wrong = || Error::usage(format!("`{text}` is no length of time")).hint("use a number and s, m, h or d: `15m`");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let number: u64 = text[..text.len() - 1].parse().map_err(|_| wrong())?;
    Ok(Duration::from_secs(number.checked_mul(seconds).ok_or_else(wrong)?))
}

/// A length of time as `span` reads it: `90m`, `1d`. Parts of a second are left out.
pub fn span_words(time: Duration) -> String {
    let seconds = time.as_secs();
    let (number, unit) = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")]
        .into_iter()
        .find(|(size, _)| seconds > 0 && seconds.is_multiple_of(*size))
        .map_or((seconds, "s"), |(size, unit)| (seconds / size, unit));
    format!("{number}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a time")
    }

    #[test]
    fn a_cron_line_follows_its_time_zone_over_the_change_of_clocks() {
        let schedule = Schedule::cron("30 8 * * *", Some("Europe/Berlin")).unwrap();
        assert_eq!(schedule.next(at("2026-10-24T12:00:00Z")), Some(at("2026-10-25T07:30:00Z")));
        assert_eq!(schedule.next(at("2026-10-23T12:00:00Z")), Some(at("2026-10-24T06:30:00Z")));
    }

    #[test]
    fn a_span_shorter_than_a_minute_is_refused() {
        assert_eq!(Schedule::every("15m").unwrap(), Schedule::Every { seconds: 900 });
        assert_eq!(Schedule::every("90m").unwrap().to_string(), "every 90m");
        for wrong in ["30s", "", "m", "5", "-5m", "99999999999999999999d"] {
            assert!(Schedule::every(wrong).is_err(), "{wrong}");
        }
    }
}
