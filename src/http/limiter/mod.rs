//! Waits before requests, so that no limit is ever hit: the times of the last calls are shared by all processes of this
//! machine, a call goes when the call one limit ago is one interval old, and a 429 pauses everybody.
//! It knows hosts and clocks; what counts as "too many" comes from the provider and from the server's own headers.

mod bucket;
mod words;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tokio::time::Instant;

use super::answer::Answer;
use super::door::{Announced, Door};
use crate::base::{Clock, Error, Result, Timestamp};
use bucket::{Bucket, Rate};
use words::Words;

/// From here on a limit is as good as none, and looking after it would only cost time.
const ENDLESS: u64 = words::SLOTS as u64;

#[derive(Debug)]
pub(super) struct Limiter {
    folder: Option<PathBuf>,
    patience: Duration,
    clock: Clock,
    buckets: Mutex<HashMap<(String, &'static str), Arc<Bucket>>>,
}

impl Limiter {
    /// The clock is the system's even where the app's stands still for a test: other processes and servers have no other.
    pub fn new(folder: Option<PathBuf>, patience: Duration) -> Self {
        Limiter { folder, patience, clock: Clock::system(), buckets: Mutex::default() }
    }

    /// Waits until a request of this class may go, and counts it. `Kind::Remote` with `retry_after` when that is too far away.
    pub async fn acquire(&self, door: &Door, class: &str, end: Instant) -> Result<Turn> {
        let mut turn = Turn { places: Vec::new(), sent: self.now() };
        for (rate_class, rate) in rates(door, class) {
            let bucket = self.bucket(door, rate_class);
            let mut patience = self.patience.min(end.saturating_duration_since(Instant::now()));
            let place = bucket.reserve(self.now(), rate, patience).map_err(|wait| too_long(door, wait))?;
            turn.places.extend(place.call.map(|call| Counted { bucket: bucket.clone(), call, rate }));
            if place.wait.is_zero() {
                continue;
            }
            let wait = place.wait;
            tokio::time::sleep(wait).await;
            // Somebody may have been told to slow down meanwhile; each pause is sat out once.
            let mut served = Timestamp::default();
            while let Some(until) = bucket.paused(self.now()).filter(|until| *until > served) {
                served = until;
                let pause = until.since(self.now());
                patience = patience.saturating_sub(pause);
                if patience.is_zero() {
                    return Err(too_long(door, pause));
                }
                tokio::time::sleep(pause).await;
            }
        }
        self.go(door, &mut turn, end).await?;
        Ok(turn)
    }

    /// Waits once more where a call before this one went later than it was to, and counts this one from now on.
    async fn go(&self, door: &Door, turn: &mut Turn, end: Instant) -> Result<()> {
        loop {
            turn.sent = self.now();
            let wait = turn.places.iter().map(|place| place.bucket.go(place.call, turn.sent, place.rate)).max();
            let wait = wait.unwrap_or_default();
            if wait.is_zero() {
                return Ok(());
            }
            if wait > self.patience.min(end.saturating_duration_since(Instant::now())) {
                return Err(too_long(door, wait));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// Corrects the time of a call once its answer began, or failed to. The server counted it some time between then and
    /// now; connecting may have taken long, and only the quickest way there and back is certainly not part of that.
    pub fn settle(&self, turn: &Turn) {
        let now = self.now();
        for place in &turn.places {
            place.bucket.settle(place.call, turn.sent, now);
        }
    }

    /// The shortest interval among the limits of this class; a second when there is none.
    pub fn span(door: &Door, class: &str) -> Duration {
        rates(door, class).map(|(_, rate)| rate.span).min().unwrap_or(Duration::from_secs(1))
    }

    /// After a 429: nobody asks for this class again before the time is over.
    pub fn pause(&self, door: &Door, class: &str, wait: Duration) {
        let narrow = rates(door, class).map(|(class, _)| class).last();
        if let Some(class) = narrow {
            self.bucket(door, class).pause(self.now(), wait);
        }
    }

    /// Takes over what the server says about its limit, and the calls that others made from elsewhere.
    pub fn learn(&self, door: &Door, answer: &Answer) {
        let Some(names) = door.announced else { return };
        let Some((most, remaining, span)) = announced(&names, answer) else { return };
        if most >= ENDLESS {
            // Only a fake has no limits, and then it has none anywhere.
            for limit in door.limits {
                self.bucket(door, limit.class).set_rate(Rate { most, span });
            }
            return;
        }
        let bucket = self.bucket(door, names.class);
        bucket.set_rate(Rate { most, span });
        if let Some(remaining) = remaining {
            bucket.others_used(self.now(), most.saturating_sub(remaining));
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn bucket(&self, door: &Door, class: &'static str) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bucket) = buckets.get(&(door.key.clone(), class)) {
            return bucket.clone();
        }
        let bucket = Arc::new(Bucket::new(self.words(&door.key, class)));
        buckets.insert((door.key.clone(), class), bucket.clone());
        bucket
    }

    /// A file where one can be had; a limit kept by this process alone is better than no sync at all.
    fn words(&self, key: &str, class: &str) -> Words {
        let name = Sha256::digest(format!("{key}\0{class}"));
        let name = name.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>();
        let file = self.folder.as_ref().map(|folder| Words::open(&folder.join(format!("{name}.limit"))));
        file.and_then(Result::ok).unwrap_or_else(Words::in_memory)
    }
}

/// A call that may go, and its places in the limits it counts for.
#[derive(Debug)]
pub(super) struct Turn {
    places: Vec<Counted>,
    sent: Timestamp,
}

/// A call's place in one limit.
#[derive(Debug)]
struct Counted {
    bucket: Arc<Bucket>,
    call: u64,
    rate: Rate,
}

/// The limits that a request of this class takes from, the widest first.
fn rates(door: &Door, class: &str) -> impl Iterator<Item = (&'static str, Rate)> {
    let applies = move |limit_class: &str| limit_class.is_empty() || limit_class == class;
    door.limits
        .iter()
        .filter(move |limit| applies(limit.class))
        .map(|limit| (limit.class, Rate { most: u64::from(limit.calls), span: Duration::from_secs_f64(limit.seconds) }))
}

fn announced(names: &Announced, answer: &Answer) -> Option<(u64, Option<u64>, Duration)> {
    let number = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
    let (most, millis) = (number(names.most)?, number(names.interval_millis)?);
    let sensible = most > 0 && (1..=3_600_000).contains(&millis);
    sensible.then(|| (most, number(names.remaining), Duration::from_millis(millis)))
}

fn too_long(door: &Door, wait: Duration) -> Error {
    let seconds = wait.as_secs().max(1);
    Error::remote(format!("`{}` is at its rate limit for another {seconds} s", door.host())).retry_after(wait)
}
