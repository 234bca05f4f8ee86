//! One limit: the times of the calls it counted, exactly, in a ring. A sliding window never lets two bursts meet at the
//! edge of an interval, as a refilling bucket does, and still takes no longer than the limit demands.

use std::sync::atomic::{AtomicU64, Ordering};
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
pub(super) struct Bucket {
    words: Words,
    /// The quickest way to the server and back that was seen, in microseconds
    quickest: AtomicU64,
}

/// A place in a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    /// How long to wait for it
    pub wait: Duration,
    /// Its number, where the limit counts at all
    pub call: Option<u64>,
}

impl Bucket {
    pub fn new(words: Words) -> Self {
        Bucket { words, quickest: AtomicU64::new(u64::MAX) }
    }

    /// Takes the next free place and says how long to wait for it. `Err` with that time when it is over `patience`, and
    /// then no place is taken.
    pub fn reserve(&self, now: Timestamp, rate: Rate, patience: Duration) -> Result<Place, Duration> {
        if self.words.read(MOST) >= SLOTS as u64 && paused(&self.words, now).is_none() {
            return Ok(Place { wait: Duration::ZERO, call: None });
        }
        self.words.locked(|words| {
            let rate = current(words, rate);
            let turn = turn(words, now, rate);
            let wait = turn.since(now);
            if wait > patience {
                return Err(wait);
            }
            Ok(Place { wait, call: Some(count(words, turn)) })
        })
    }

    /// Moves a call to the latest time at which it can have been sent, by when its answer began.
    pub fn settle(&self, call: u64, sent: Timestamp, answered: Timestamp) {
        let took = u64::try_from(answered.since(sent).as_micros()).unwrap_or(u64::MAX);
        // The first call had to connect as well, so it is no measure of its own quickness.
        let quickest = match self.quickest.fetch_min(took, Ordering::Relaxed) {
            u64::MAX => 0,
            before => before.min(took),
        };
        let latest = answered.minus(Duration::from_micros(quickest));
        let still_there = self.words.read(COUNTED).saturating_sub(call) < SLOTS as u64;
        if still_there && latest > at(&self.words, call, answered) {
            self.words.write(slot(call), to_word(latest));
        }
    }

    /// Until when everybody waits, if anybody must.
    pub fn paused(&self, now: Timestamp) -> Option<Timestamp> {
        paused(&self.words, now)
    }

    pub fn pause(&self, now: Timestamp, wait: Duration) {
        self.words.locked(|words| {
            let until = now.plus(wait).max(paused(words, now).unwrap_or(now));
            words.write(PAUSED_UNTIL, to_word(until));
            words.write(LAST_REFUSED, to_word(now));
        });
    }

    pub fn set_rate(&self, rate: Rate) {
        let span = u64::try_from(rate.span.as_micros()).unwrap_or(u64::MAX);
        if self.words.read(MOST) == rate.most && self.words.read(SPAN) == span {
            return;
        }
        self.words.locked(|words| {
            words.write(MOST, rate.most);
            words.write(SPAN, span);
        });
    }

    /// The server counted `used` calls in this interval: what we did not make ourselves is counted as made just now.
    pub fn others_used(&self, now: Timestamp, used: u64) {
        let used = used.min(SLOTS as u64);
        let span = Duration::from_micros(self.words.read(SPAN));
        let known = |words: &Words| {
            let counted = words.read(COUNTED);
            used == 0 || (counted >= used && at(words, counted - used, now) > now.minus(span))
        };
        if known(&self.words) {
            return;
        }
        self.words.locked(|words| {
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

fn count(words: &Words, at: Timestamp) -> u64 {
    let counted = words.read(COUNTED);
    words.write(slot(counted), to_word(at));
    words.write(COUNTED, counted + 1);
    counted
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

    fn wait(bucket: &Bucket, now: Timestamp, patience: Duration) -> Result<Duration, Duration> {
        bucket.reserve(now, RATE, patience).map(|place| place.wait)
    }

    /// The times at which `calls` calls go when each takes `took`.
    fn goes(bucket: &Bucket, calls: usize, took: Duration) -> Vec<Timestamp> {
        let mut now = START;
        let mut times = Vec::new();
        for _ in 0..calls {
            now = now.plus(wait(bucket, now, LONG).unwrap());
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
        assert_eq!(wait(&bucket, START, Duration::ZERO), Ok(Duration::ZERO));
    }

    #[test]
    fn calls_that_others_made_are_counted() {
        let bucket = Bucket::new(Words::in_memory());
        bucket.set_rate(RATE);
        wait(&bucket, START, LONG).unwrap();
        bucket.others_used(START, 5);
        assert!(wait(&bucket, START, LONG).unwrap() > Duration::from_millis(999));
    }

    #[test]
    fn a_pause_holds_for_everybody_and_a_clock_set_back_does_not_hold_at_all() {
        let bucket = Bucket::new(Words::in_memory());
        bucket.pause(START, Duration::from_secs(3));
        assert_eq!(wait(&bucket, START, LONG), Ok(Duration::from_secs(3)));
        assert_eq!(wait(&bucket, START, Duration::from_secs(2)), Err(Duration::from_secs(3)));
        let year = Duration::from_secs(365 * 24 * 3600);
        assert_eq!(wait(&bucket, START.minus(year), LONG), Ok(Duration::ZERO));
    }

    #[test]
    fn a_call_that_took_long_to_arrive_counts_from_its_arrival() {
        let bucket = Bucket::new(Words::in_memory());
        let ms = |ms: u64| START.plus(Duration::from_millis(ms));
        let calls = [0, 1, 2, 3, 4].map(|at| bucket.reserve(ms(at), RATE, LONG).unwrap().call.unwrap());
        bucket.settle(calls[0], ms(0), ms(150));
        assert_eq!(wait(&bucket, ms(150), Duration::ZERO), Err(Duration::from_millis(1035)));
        bucket.settle(calls[1], ms(150), ms(160));
        bucket.settle(calls[2], ms(160), ms(190));
        bucket.settle(calls[0], ms(0), ms(500));
        assert_eq!(wait(&bucket, ms(500), Duration::ZERO), Err(Duration::from_millis(490 + 1035 - 500)));
    }
}
