//! The only user of reqwest: one client with retries, rate limits shared by processes, deadlines and caps on what comes back.
//! It knows hosts, clocks and status codes; who a vendor is and what its refusals mean is told to it through a [`Door`].

mod answer;
mod auth;
mod body;
mod client;
mod door;
mod failure;
mod limiter;
mod options;
mod reach;
mod redact;
mod request;
mod retry;
mod send;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use crate::base::Result;
use client::Clients;
use limiter::Limiter;
use retry::Backoff;

pub use answer::Answer;
pub use auth::{Auth, Bearer};
pub use door::{Announced, Door, Limit, is_safe};
pub use options::Options;
pub use reach::Lookup;
pub use request::Request;

/// The way out to the network. A clone shares the client, the limits and the count of calls; making one costs nothing,
/// because the client itself is made by the first request.
#[derive(Clone, Debug)]
pub struct Http {
    inner: Arc<Inner>,
    /// When everything asked through this clone must have ended
    end: Option<Instant>,
}

#[derive(Debug)]
struct Inner {
    options: Options,
    clients: Clients,
    limiter: Limiter,
    backoff: Backoff,
    calls: AtomicU64,
}

impl Http {
    pub fn new(options: Options) -> Result<Self> {
        let limiter = Limiter::new(options.limits_folder.clone(), options.patience);
        let backoff = Backoff::new(&options);
        let clients = Clients::new(&options);
        Ok(Http { inner: Arc::new(Inner { options, clients, limiter, backoff, calls: AtomicU64::new(0) }), end: None })
    }

    /// The same way out for one run: what is asked through it fails with `Kind::Remote` once `time` is over.
    #[must_use]
    pub fn ending_in(&self, time: Duration) -> Self {
        let end = Instant::now() + time;
        Http { inner: self.inner.clone(), end: Some(self.end.map_or(end, |before| before.min(end))) }
    }

    /// A way out with the same options that shares no connection with this one, for a runtime of its own.
    #[must_use]
    pub fn anew(&self) -> Self {
        let options = self.inner.options.clone();
        let limiter = Limiter::new(options.limits_folder.clone(), options.patience);
        let (backoff, clients) = (Backoff::new(&options), Clients::new(&options));
        Http { inner: Arc::new(Inner { options, clients, limiter, backoff, calls: AtomicU64::new(0) }), end: None }
    }

    /// How many requests left this process through this `Http` and its clones, repeats and redirects included.
    pub fn calls(&self) -> u64 {
        self.inner.calls.load(Ordering::Relaxed)
    }
}
