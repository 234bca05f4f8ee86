//! What the server saw, so that a test can say how many calls something took and whether they were decent.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde::Serialize;

#[derive(Debug, Default)]
pub(crate) struct Stats(Mutex<Counts>);

/// Counted since the start, or since the last reset.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Counts {
    pub calls: u64,
    pub by_endpoint: BTreeMap<String, u64>,
    pub by_status: BTreeMap<u16, u64>,
    pub in_flight: u64,
    pub most_in_flight: u64,
    /// Answers with 429, injected ones included
    pub slowed_down: u64,
    /// Calls without the right token
    pub wrong_token: u64,
    /// Calls whose `Host` is not this server's
    pub wrong_host: u64,
    /// Calls at the other host that redirects and false links lead to
    pub canary: u64,
    /// Those that carried credentials there
    pub canary_with_credentials: u64,
    /// Faults injected, by their word
    pub faults: BTreeMap<String, u64>,
}

impl Stats {
    pub(crate) fn change(&self, change: impl FnOnce(&mut Counts)) {
        change(&mut self.0.lock().expect("no holder of this lock panics"));
    }

    pub(crate) fn read(&self) -> Counts {
        self.0.lock().expect("no holder of this lock panics").clone()
    }

    pub(crate) fn begin(&self, endpoint: &str) {
        self.change(|counts| {
            counts.calls += 1;
            match counts.by_endpoint.get_mut(endpoint) {
                Some(count) => *count += 1,
                None => _ = counts.by_endpoint.insert(endpoint.to_owned(), 1),
            }
            counts.in_flight += 1;
            counts.most_in_flight = counts.most_in_flight.max(counts.in_flight);
        });
    }

    pub(crate) fn answered(&self, status: u16) {
        self.change(|counts| {
            *counts.by_status.entry(status).or_default() += 1;
            counts.slowed_down += u64::from(status == 429);
            counts.wrong_token += u64::from(status == 401);
        });
    }

    pub(crate) fn end(&self) {
        self.change(|counts| counts.in_flight = counts.in_flight.saturating_sub(1));
    }

    pub(crate) fn fault(&self, word: &str) {
        self.change(|counts| *counts.faults.entry(word.to_owned()).or_default() += 1);
    }

    pub(crate) fn reset(&self) {
        self.change(|counts| *counts = Counts { in_flight: counts.in_flight, ..Counts::default() });
    }
}
