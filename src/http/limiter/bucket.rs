//! One limit: the times of the calls it counted, exactly, in a ring. A sliding window never lets two bursts meet at the
//! edge of an interval, as a refilling bucket does, and still takes no longer than the limit demands.

use std::time::Duration;

use super::words::{SLOTS, Words};
use crate::base::Timestamp;

/// At most `most` calls in any `span`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rate {
    pub most: u64,
    pub span: Duration,
}

const PAUSED_UNTIL: usize = 0;
/// The announced limit; 0: none was announced
const MOST: usize = 1;
const SPAN: usize = 2;
/// How many calls were counted in all; the ring's next place is this modulo its size
const COUNTED: usize = 3;
const LAST_REFUSED: usize = 4;
const RING: usize = super::words::HEAD;

/// Times further ahead than this come from a clock that was set back, and count as long ago.
const ABSURD: Duration = Duration::from_secs(3600);
/// For so long after a 429 the margin is wider.
const CAREFUL: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(super) struct Bucket(Words);

impl Bucket {
    pub fn new(words: Words) -> Self {
        Bucket(words)
    }

    /// Takes the next free place and says how long to wait for it. `Err` with that time when it is over `patience`, and
    /// then no place is taken.
    pub fn reserve(&self, now: Timestamp, rate: Rate, patience: Duration) -> Result<Duration, Duration> {
        if self.0.read(MOST) >= SLOTS as u64 && paused(&self.0, now).is_none() {
            return Ok(Duration::ZERO);
        }
        self.0.locked(|words| {
            let rate = current(words, rate);
            let turn = turn(words, now, rate);
            let wait = turn.since(now);
            if wait > patience {
                return Err(wait);
            }
            count(words, turn);
            Ok(wait)
        })
    }

    /// Until when everybody waits, if anybody must.
    pub fn paused(&self, now: Timestamp) -> Option<Timestamp> {
        paused(&self.0, now)
    }

    pub fn pause(&self, now: Timestamp, wait: Duration) {
        self.0.locked(|words| {
            let until = now.plus(wait).max(paused(words, now).unwrap_or(now));
            words.write(PAUSED_UNTIL, to_word(until));
            words.write(LAST_REFUSED, to_word(now));
        });
    }

    pub fn set_rate(&self, rate: Rate) {
        let span = u64::try_from(rate.span.as_micros()).unwrap_or(u64::MAX);
        if self.0.read(MOST) == rate.most && self.0.read(SPAN) == span {
            return;
        }
        self.0.locked(|words| {
            words.write(MOST, rate.most);
            words.write(SPAN, span);
        });
    }

    /// The server counted `used` calls in this interval: what we did not make ourselves is counted as made just now.
    pub fn others_used(&self, now: Timestamp, used: u64) {
        let used = used.min(SLOTS as u64);
        let span = Duration::from_micros(self.0.read(SPAN));
        let known = |words: &Words| {
            let counted = words.read(COUNTED);
            used == 0 || (counted >= used && at(words, counted - used, now) > now.minus(span))
        };
        if known(&self.0) {
            return;
        }
        self.0.locked(|words| {
            for _ in 0..used {
                if known(words) {
                    return;
                }
                count(words, now);
            }
        });
    }
}

/// The announced rate where there is one, else the provider's.
fn current(words: &Words, rate: Rate) -> Rate {
    match words.read(MOST) {
        0 => rate,
        most => Rate { most: most.min(SLOTS as u64), span: Duration::from_micros(words.read(SPAN)) },
    }
}

/// When the next call may go: one span and a margin after the call that is `most` calls back, and after any pause.
fn turn(words: &Words, now: Timestamp, rate: Rate) -> Timestamp {
    let counted = words.read(COUNTED);
    let free = match counted.checked_sub(rate.most.max(1)) {
        Some(before) => at(words, before, now).plus(rate.span + margin(words, now, rate.span)),
        None => now,
    };
    free.max(now).max(paused(words, now).unwrap_or(now))
}

/// The server sees calls at other distances than they were sent at. A margin of 2.5 % and 10 ms keeps the whole below
/// 1.05 times the least possible time; after a refusal it is five times as wide for a while.
fn margin(words: &Words, now: Timestamp, span: Duration) -> Duration {
    let usual = span / 40 + Duration::from_millis(10);
    let refused = from_word(words.read(LAST_REFUSED), now);
    if refused.0 > 0 && now.since(refused) < CAREFUL { usual * 5 } else { usual }
}

fn count(words: &Words, at: Timestamp) {
    let counted = words.read(COUNTED);
    words.write(slot(counted), to_word(at));
    words.write(COUNTED, counted + 1);
}

fn at(words: &Words, call: u64, now: Timestamp) -> Timestamp {
    from_word(words.read(slot(call)), now)
}

fn slot(call: u64) -> usize {
    RING + usize::try_from(call % SLOTS as u64).unwrap_or(0)
}

fn paused(words: &Words, now: Timestamp) -> Option<Timestamp> {
    let until = from_word(words.read(PAUSED_UNTIL), now);
    (until > now).then_some(until)
}

fn to_word(time: Timestamp) -> u64 {
    u64::try_from(time.0).unwrap_or(0)
}

fn from_word(word: u64, now: Timestamp) -> Timestamp {
    let time = Timestamp(i64::try_from(word).unwrap_or(0));
    if time > now.plus(ABSURD) { Timestamp::default() } else { time }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { most: 5, span: Duration::from_secs(1) };
    const START: Timestamp = Timestamp(1_800_000_000_000_000);
    const LONG: Duration = Duration::from_secs(1000);

    /// The times at which `calls` calls go when each takes `took`.
    fn goes(bucket: &Bucket, calls: usize, took: Duration) -> Vec<Timestamp> {
        let mut now = START;
        let mut times = Vec::new();
        for _ in 0..calls {
            now = now.plus(bucket.reserve(now, RATE, LONG).unwrap());
            times.push(now);
            now = now.plus(took);
        }
        times
    }

    #[test]
    fn no_interval_ever_sees_more_than_the_limit_and_no_time_is_wasted() {
        for took in [0, 1, 20, 100, 199, 300] {
            let times = goes(&Bucket::new(Words::in_memory()), 101, Duration::from_millis(took));
            for window in times.windows(6) {
                assert!(window[5].since(window[0]) > RATE.span, "{took} ms");
            }
            let all = times[100].since(START).as_secs_f64();
            let least = (100.0 * 0.001 * took as f64).max(20.0);
            assert!(all <= least * 1.05, "{took} ms a call: {all} s, {least} s would do");
        }
    }

    #[test]
    fn an_announced_limit_takes_the_place_of_the_usual_one() {
        let bucket = Bucket::new(Words::in_memory());
        bucket.set_rate(Rate { most: 10, span: Duration::from_secs(1) });
        let times = goes(&bucket, 21, Duration::ZERO);
        assert_eq!(times[9], START);
        assert!(times[20].since(START) < Duration::from_millis(2100));
        bucket.set_rate(Rate { most: 1_000_000, span: Duration::from_secs(10) });
        assert_eq!(bucket.reserve(START, RATE, Duration::ZERO), Ok(Duration::ZERO));
    }

    #[test]
    fn calls_that_others_made_are_counted() {
        let bucket = Bucket::new(Words::in_memory());
        bucket.set_rate(RATE);
        bucket.reserve(START, RATE, LONG).unwrap();
        bucket.others_used(START, 5);
        assert!(bucket.reserve(START, RATE, LONG).unwrap() > Duration::from_millis(999));
    }

    #[test]
    fn a_pause_holds_for_everybody_and_a_clock_set_back_does_not_hold_at_all() {
        let bucket = Bucket::new(Words::in_memory());
        bucket.pause(START, Duration::from_secs(3));
        assert_eq!(bucket.reserve(START, RATE, LONG), Ok(Duration::from_secs(3)));
        assert_eq!(bucket.reserve(START, RATE, Duration::from_secs(2)), Err(Duration::from_secs(3)));
        let year = Duration::from_secs(365 * 24 * 3600);
        assert_eq!(bucket.reserve(START.minus(year), RATE, LONG), Ok(Duration::ZERO));
    }
}
