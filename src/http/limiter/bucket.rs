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
/// Beside a time in the ring: it is when the call is to be sent, or was, and its answer has not begun.
const UNDER_WAY: u64 = 1 << 63;
/// A call is counted by the server no later than this after that time, or never.
const ON_THE_WAY: Duration = Duration::from_secs(1);
/// The quickest of so many calls is as quick as they get.
const MEASURED: u64 = 8;
/// For so long after a 429 the margin is wider.
const CAREFUL: Duration = Duration::from_secs(600);

#[derive(Debug)]
pub(super) struct Bucket {
    words: Words,
    /// The quickest way to the server and back that was seen, in microseconds
    quickest: AtomicU64,
    /// How many calls it was seen in
    settled: AtomicU64,
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
        Bucket { words, quickest: AtomicU64::new(u64::MAX), settled: AtomicU64::new(0) }
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
            Ok(Place { wait, call: Some(count(words, to_word(turn) | UNDER_WAY)) })
        })
    }

    /// A call that has its place is about to be sent: it counts from now on, not from when it took its place. Where it has
    /// to wait, it says for how long before it asks again: the call one limit ago went later than it was to, or is still
    /// under way, and then nobody knows yet when the server counts it.
    ///
    /// No interval can hold one call more than the limit: of so many, two would be a limit apart, and each call goes one
    /// interval after the one that is a limit before it, whatever order they go in.
    pub fn go(&self, call: u64, now: Timestamp, rate: Rate) -> Duration {
        self.words.locked(|words| {
            let rate = current(words, rate);
            let wait = wait_for_the_one_before(words, call, now, rate);
            if is_there(words, call) {
                words.write(slot(call), to_word(now.plus(wait)) | UNDER_WAY);
            }
            wait
        })
    }

    /// Moves a call to the latest time at which it can have been sent, by when its answer began.
    pub fn settle(&self, call: u64, sent: Timestamp, answered: Timestamp) {
        let took = u64::try_from(answered.since(sent).as_micros()).unwrap_or(u64::MAX);
        let before = self.quickest.fetch_min(took, Ordering::Relaxed);
        let known = self.settled.fetch_add(1, Ordering::Relaxed) >= MEASURED;
        // The first calls had to connect as well, or met a busy machine, so they are no measure of quickness yet.
        let quickest = if known { before.min(took) } else { 0 };
        let latest = answered.minus(Duration::from_micros(quickest));
        if is_there(&self.words, call) {
            self.words.write(slot(call), to_word(latest.max(at(&self.words, call, answered))));
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
                count(words, to_word(now));
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
    let free = after(words, words.read(COUNTED), now, rate);
    free.max(now).max(paused(words, now).unwrap_or(now))
}

/// How long this call still waits for the one that is `most` calls before it.
fn wait_for_the_one_before(words: &Words, call: u64, now: Timestamp, rate: Rate) -> Duration {
    let free = after(words, call, now, rate);
    if free > now {
        return free.since(now);
    }
    let before = call.checked_sub(rate.most.max(1)).filter(|before| words.read(slot(*before)) & UNDER_WAY != 0);
    let Some(before) = before else { return Duration::ZERO };
    // Who died on the way is not waited for, so what arrived so late is not either.
    let latest = now.min(at(words, before, now).plus(rate.span.min(ON_THE_WAY)));
    let free = latest.plus(rate.span + margin(words, now, rate.span));
    if free > now { free.since(now).min(rate.span / 20) } else { Duration::ZERO }
}

/// One span and a margin after the call that is `most` calls before this one.
fn after(words: &Words, call: u64, now: Timestamp, rate: Rate) -> Timestamp {
    match call.checked_sub(rate.most.max(1)) {
        Some(before) if is_there(words, before) => {
            at(words, before, now).plus(rate.span + margin(words, now, rate.span))
        }
        _ => now,
    }
}

/// Whether no later call has taken this one's place in the ring.
fn is_there(words: &Words, call: u64) -> bool {
    words.read(COUNTED).saturating_sub(call) <= SLOTS as u64
}

/// The server sees calls at other distances than they were sent at. A margin of 2.5 % and 10 ms keeps the whole below
/// 1.05 times the least possible time; after a refusal it is five times as wide for a while.
fn margin(words: &Words, now: Timestamp, span: Duration) -> Duration {
    let usual = span / 40 + Duration::from_millis(10);
    let refused = from_word(words.read(LAST_REFUSED), now);
    if refused.0 > 0 && now.since(refused) < CAREFUL { usual * 5 } else { usual }
}

fn count(words: &Words, word: u64) -> u64 {
    let counted = words.read(COUNTED);
    words.write(slot(counted), word);
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
    let time = Timestamp(i64::try_from(word & !UNDER_WAY).unwrap_or(0));
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

    fn ms(ms: u64) -> Timestamp {
        START.plus(Duration::from_millis(ms))
    }

    /// Two runs share a limit. One takes the first place and is kept from going by a busy machine, the other goes four times
    /// meanwhile; then all five are at the server within a moment, and the sixth must know it.
    #[test]
    fn a_call_that_went_later_than_it_was_to_counts_from_then() {
        let bucket = Bucket::new(Words::in_memory());
        let place = |now| bucket.reserve(now, RATE, LONG).unwrap();
        let call = |now| place(now).call.unwrap();
        let late = call(ms(0));
        for at in 301..305 {
            let call = call(ms(at));
            assert_eq!(bucket.go(call, ms(at), RATE), Duration::ZERO);
            bucket.settle(call, ms(at), ms(at));
        }
        let sixth = place(ms(304));
        assert_eq!(sixth.wait, Duration::from_millis(1035 - 304), "what was known then");
        assert_eq!(bucket.go(late, ms(305), RATE), Duration::ZERO);
        let again = |now| bucket.go(sixth.call.unwrap(), now, RATE);
        assert_eq!(again(ms(1035)), Duration::from_millis(305), "the first went at 305");
        assert_eq!(again(ms(1340)), Duration::from_millis(50), "and is still under way");
        bucket.settle(late, ms(305), ms(1345));
        assert_eq!(again(ms(1345)), Duration::from_millis(1035), "the server may have counted it only now");
        assert_eq!(again(ms(2380)), Duration::ZERO);
    }

    /// Several runs on a machine that keeps each from going on for random times, and a server that counts what arrives.
    #[test]
    fn however_long_runs_are_kept_from_going_the_server_never_counts_one_too_many() {
        use rand::{RngExt as _, SeedableRng as _};
        let first = crate::base::dice::seed();
        for seed in first..first + 300 {
            let mut dice = rand::rngs::StdRng::seed_from_u64(seed);
            let bucket = Bucket::new(Words::in_memory());
            let mut runs = [Step::Ask; 4];
            let mut free = [START; 4];
            let mut arrived: Vec<Timestamp> = Vec::new();
            while arrived.len() < 60 {
                let run = (0..runs.len()).min_by_key(|run| free[*run]).unwrap();
                let now = free[run];
                let held = Duration::from_millis(if dice.random_bool(0.2) { dice.random_range(0..400) } else { 1 });
                (runs[run], free[run]) = match runs[run] {
                    Step::Ask => {
                        let place = bucket.reserve(now, RATE, LONG).unwrap();
                        (Step::Go(place.call.unwrap()), now.plus(place.wait + held))
                    }
                    Step::Go(call) => match bucket.go(call, now, RATE) {
                        Duration::ZERO => (Step::Sent(call, now), now.plus(held)),
                        wait => (Step::Go(call), now.plus(wait + held)),
                    },
                    Step::Sent(call, sent) => {
                        arrived.push(now);
                        bucket.settle(call, sent, now);
                        (Step::Ask, now.plus(held))
                    }
                };
            }
            for window in arrived.windows(6) {
                assert!(window[5].since(window[0]) >= RATE.span, "seed {seed}: {window:?}");
            }
        }
    }

    #[derive(Clone, Copy)]
    enum Step {
        Ask,
        Go(u64),
        Sent(u64, Timestamp),
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
        let calls = [0, 1, 2, 3, 4].map(|at| bucket.reserve(ms(at), RATE, LONG).unwrap().call.unwrap());
        bucket.settle(calls[0], ms(0), ms(150));
        assert_eq!(wait(&bucket, ms(150), Duration::ZERO), Err(Duration::from_millis(1035)), "nothing is known yet");
        for _ in 1..MEASURED {
            bucket.settle(calls[4], ms(4), ms(14));
        }
        bucket.settle(calls[1], ms(150), ms(160));
        bucket.settle(calls[2], ms(160), ms(190));
        assert_eq!(wait(&bucket, ms(190), Duration::ZERO), Err(Duration::from_millis(150 + 1035 - 190)));
        bucket.settle(calls[0], ms(0), ms(500));
        assert_eq!(wait(&bucket, ms(500), Duration::ZERO), Err(Duration::from_millis(490 + 1035 - 500)));
    }
}
