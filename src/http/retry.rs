//! How long to wait before asking again: what the server asked for, else a random time below a bound that doubles.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::answer::{Answer, http_date};
use super::options::Options;
use crate::base::Clock;

/// Nobody is asked to come back later than this, whatever the server says.
const LATEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Full jitter: the processes that failed together do not come back together.
#[derive(Debug)]
pub(super) struct Backoff {
    dice: Mutex<StdRng>,
    first: Duration,
    longest: Duration,
}

impl Backoff {
    pub fn new(options: &Options) -> Self {
        let dice = options.seed.map_or_else(rand::make_rng::<StdRng>, StdRng::seed_from_u64);
        Backoff { dice: Mutex::new(dice), first: options.first_wait, longest: options.longest_wait }
    }

    /// A wait before attempt `attempts + 1`.
    pub fn wait(&self, attempts: u32) -> Duration {
        let bound = self.first.saturating_mul(1 << (attempts.saturating_sub(1)).min(20)).min(self.longest);
        bound.mul_f64(self.random())
    }

    /// A wait after being too fast for a limit of this span when the server did not say how long: at least half a span,
    /// because nothing earlier can succeed against an honest limit that is full.
    pub fn slow_down(&self, span: Duration, attempts: u32) -> Duration {
        let bound = span.saturating_mul(1 << (attempts.saturating_sub(1)).min(5)).min(self.longest);
        bound.mul_f64(0.5 + self.random() / 2.0)
    }

    fn random(&self) -> f64 {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).random_range(0.0..1.0)
    }
}

/// What `Retry-After` asks for (RFC 9110 section 10.2.3): seconds, or a date, which is compared with the server's own
/// clock where it shows it. Negative, empty and unreadable values count as missing; absurd ones as a day.
pub(super) fn asked_wait(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let usable = seconds.is_finite() && seconds >= 0.0;
        return usable.then(|| Duration::from_secs_f64(seconds.min(LATEST.as_secs_f64())));
    }
    let until = http_date(text)?;
    let now = answer.date().unwrap_or_else(|| Clock::system().now());
    Some(until.since(now).min(LATEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(header: &str) -> Option<Duration> {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("retry-after", header.parse().unwrap());
        headers.insert("date", "Tue, 24 Nov 2026 06:00:00 GMT".parse().unwrap());
        asked_wait(&Answer { status: reqwest::StatusCode::TOO_MANY_REQUESTS, headers, body: bytes::Bytes::new() })
    }

    #[test]
    fn retry_after_is_read_in_every_form_servers_use() {
        assert_eq!(asked("3"), Some(Duration::from_secs(3)));
        assert_eq!(asked(" 1.5 "), Some(Duration::from_millis(1500)));
        assert_eq!(asked("Tue, 24 Nov 2026 06:00:07 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(asked("Tue, 24 Nov 2026 05:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("-1"), None);
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("NaN"), None);
        assert_eq!(asked("1e9"), Some(LATEST));
        assert_eq!(asked("99999999999999999999"), Some(LATEST));
    }

    #[test]
    fn waits_are_random_below_a_bound_that_doubles_and_repeat_with_the_seed() {
        let options = Options { seed: Some(7), ..Options::default() };
        let (one, two) = (Backoff::new(&options), Backoff::new(&options));
        for attempts in 1..40 {
            let wait = one.wait(attempts);
            assert_eq!(wait, two.wait(attempts), "seed 7");
            assert!(wait <= options.longest_wait, "seed 7: {wait:?}");
            assert!(attempts > 1 || wait <= options.first_wait, "seed 7: {wait:?}");
        }
    }
}
