//! How often a client may call, as the vendors limit it: a rolling window of ten seconds, a day, and a window of one
//! second for searches.

use std::collections::VecDeque;

/// `None` anywhere means without limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Calls in ten seconds
    pub ten_seconds: Option<u32>,
    /// Calls in a day
    pub daily: Option<u64>,
    /// Searches in a second
    pub searches_per_second: Option<u32>,
}

/// What is announced as the most calls in ten seconds when there is no limit.
pub(crate) const ENDLESS: u32 = 1_000_000;
/// What is announced as the most calls in a day when there is no limit.
pub(crate) const ENDLESS_DAY: u64 = 100_000_000;

impl Limits {
    /// No limits; the headers announce a very high one.
    pub fn none() -> Self {
        Limits { ten_seconds: None, daily: None, searches_per_second: None }
    }

    /// HubSpot's Free and Starter accounts (developers.hubspot.com, usage guidelines).
    pub fn free() -> Self {
        Limits { ten_seconds: Some(100), daily: Some(250_000), searches_per_second: Some(5) }
    }

    /// HubSpot's Professional accounts (developers.hubspot.com, usage guidelines).
    pub fn professional() -> Self {
        Limits { ten_seconds: Some(190), daily: Some(625_000), searches_per_second: Some(5) }
    }

    /// `none`, `free` or `professional` (also `pro`).
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "none" => Some(Limits::none()),
            "free" | "starter" => Some(Limits::free()),
            "pro" | "professional" => Some(Limits::professional()),
            _ => None,
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::none()
    }
}

/// Which limit a call ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Policy {
    TenSeconds,
    Second,
    Daily,
}

impl Policy {
    /// HubSpot's name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Policy::TenSeconds => "TEN_SECONDLY_ROLLING",
            Policy::Second => "SECONDLY",
            Policy::Daily => "DAILY",
        }
    }
}

/// The calls of one token so far.
#[derive(Debug)]
pub(crate) struct Meter {
    pub(crate) limits: Limits,
    calls: VecDeque<i64>,
    searches: VecDeque<i64>,
    day: i64,
    today: u64,
}

/// What the headers say after a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reading {
    pub(crate) max: u32,
    pub(crate) remaining: u32,
    pub(crate) daily: u64,
    pub(crate) daily_remaining: u64,
}

impl Meter {
    pub(crate) fn new(limits: Limits) -> Self {
        Meter { limits, calls: VecDeque::new(), searches: VecDeque::new(), day: 0, today: 0 }
    }

    /// Counts one call at this time (milliseconds), or says which limit forbids it; a forbidden call is not counted.
    pub(crate) fn call(&mut self, now: i64, search: bool) -> Result<(), Policy> {
        self.turn_day(now);
        if self.limits.daily.is_some_and(|most| self.today >= most) {
            return Err(Policy::Daily);
        }
        if search {
            let most = self.limits.searches_per_second;
            if full(&mut self.searches, now, 1000, most) {
                return Err(Policy::Second);
            }
        }
        if full(&mut self.calls, now, 10_000, self.limits.ten_seconds) {
            return Err(Policy::TenSeconds);
        }
        self.today += 1;
        if self.limits.ten_seconds.is_some() {
            self.calls.push_back(now);
        }
        if search && self.limits.searches_per_second.is_some() {
            self.searches.push_back(now);
        }
        Ok(())
    }

    pub(crate) fn reading(&self) -> Reading {
        let max = self.limits.ten_seconds.unwrap_or(ENDLESS);
        let daily = self.limits.daily.unwrap_or(ENDLESS_DAY);
        Reading {
            max,
            remaining: max.saturating_sub(u32::try_from(self.calls.len()).unwrap_or(u32::MAX)),
            daily,
            daily_remaining: daily.saturating_sub(self.today),
        }
    }

    /// Calls made on this day.
    pub(crate) fn today(&mut self, now: i64) -> u64 {
        self.turn_day(now);
        self.today
    }

    /// Pretends that so many calls were made today.
    pub(crate) fn set_today(&mut self, now: i64, calls: u64) {
        self.turn_day(now);
        self.today = calls;
    }

    fn turn_day(&mut self, now: i64) {
        let day = now.div_euclid(86_400_000);
        if day != self.day {
            self.day = day;
            self.today = 0;
        }
    }
}

fn full(calls: &mut VecDeque<i64>, now: i64, window: i64, most: Option<u32>) -> bool {
    while calls.front().is_some_and(|at| *at <= now - window || *at > now) {
        calls.pop_front();
    }
    most.is_some_and(|most| calls.len() >= most as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_rolls_and_a_day_ends() {
        let mut meter = Meter::new(Limits { ten_seconds: Some(2), daily: Some(3), searches_per_second: Some(1) });
        assert_eq!(meter.call(0, true), Ok(()));
        assert_eq!(meter.call(999, true), Err(Policy::Second));
        assert_eq!(meter.call(999, false), Ok(()));
        assert_eq!(meter.call(9_999, false), Err(Policy::TenSeconds));
        assert_eq!(meter.call(10_000, false), Ok(()));
        assert_eq!(meter.call(50_000, false), Err(Policy::Daily));
        assert_eq!(meter.call(86_400_000, false), Ok(()));
        assert_eq!(meter.reading().daily_remaining, 2);
    }
}
