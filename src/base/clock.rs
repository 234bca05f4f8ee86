//! The time, as something that tests can hold still. The only place that asks the operating system what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};

/// A moment: microseconds since 1970-01-01T00:00:00Z. Negative before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub fn from_millis(millis: i64) -> Self {
        Timestamp(millis.saturating_mul(1000))
    }

    pub fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339, with any offset and up to nine digits of a second.
    pub fn parse(text: &str) -> Option<Self> {
        DateTime::parse_from_rfc3339(text).ok().map(|time| Timestamp(time.timestamp_micros()))
    }

    /// RFC 3339 in UTC, with as many digits of a second as are needed: `2026-11-24T06:00:00Z`.
    pub fn rfc3339(self) -> String {
        match DateTime::<Utc>::from_timestamp_micros(self.0) {
            Some(time) if self.0 % 1_000_000 == 0 => time.to_rfc3339_opts(SecondsFormat::Secs, true),
            Some(time) if self.0 % 1000 == 0 => time.to_rfc3339_opts(SecondsFormat::Millis, true),
            Some(time) => time.to_rfc3339_opts(SecondsFormat::Micros, true),
            None => format!("{}us", self.0),
        }
    }

    /// `None` outside chrono's range (about ±262,000 years).
    pub fn utc(self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.0)
    }

    pub fn plus(self, time: Duration) -> Self {
        Timestamp(self.0.saturating_add(micros(time)))
    }

    pub fn minus(self, time: Duration) -> Self {
        Timestamp(self.0.saturating_sub(micros(time)))
    }

    /// The time from `earlier` to this moment; zero when `earlier` is later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

fn micros(time: Duration) -> i64 {
    i64::try_from(time.as_micros()).unwrap_or(i64::MAX)
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.rfc3339())
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> String {
        time.rfc3339()
    }
}

impl TryFrom<String> for Timestamp {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Timestamp::parse(&text).ok_or_else(|| format!("`{text}` is no RFC 3339 time"))
    }
}

/// Where the program gets the time from. A clone shows the same time as its original.
#[derive(Clone, Debug)]
pub struct Clock(Face);

#[derive(Clone, Debug)]
enum Face {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Clock(Face::System)
    }

    /// A clock that stands still until it is told to move.
    pub fn fixed(at: Timestamp) -> Self {
        Clock(Face::Fixed(Arc::new(AtomicI64::new(at.0))))
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that asks the operating system")]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Face::Fixed(at) => Timestamp(at.load(Ordering::SeqCst)),
            Face::System => {
                let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                Timestamp(since.map_or_else(|before| -micros(before.duration()), micros))
            }
        }
    }

    /// Sets a fixed clock back, as a machine's clock may be; a system clock stays as it is.
    pub fn set_back(&self, time: Duration) {
        if let Face::Fixed(at) = &self.0 {
            at.fetch_sub(micros(time), Ordering::SeqCst);
        }
    }

    /// Moves a fixed clock; a system clock cannot be moved and stays as it is.
    pub fn advance(&self, time: Duration) {
        if let Face::Fixed(at) = &self.0 {
            at.fetch_add(micros(time), Ordering::SeqCst);
        }
    }
}
