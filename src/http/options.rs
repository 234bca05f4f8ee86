//! How patient and how careful the way out is. The defaults suit a vendor's API; tests make everything smaller.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Lookup;

#[derive(Clone, Debug)]
pub struct Options {
    /// Where processes share what they know about rate limits; `None`: this process alone
    pub limits_folder: Option<PathBuf>,
    pub connect_timeout: Duration,
    /// The longest silence in the middle of an answer
    pub read_timeout: Duration,
    /// The longest time for one attempt, from the connection to the last byte
    pub attempt_timeout: Duration,
    /// The longest time for one request with all its attempts and waits
    pub deadline: Duration,
    /// The longest single wait that is sat out; beyond it the request fails and says when to come back
    pub patience: Duration,
    /// How often one request is sent at most
    pub attempts: u32,
    /// The first wait between two attempts is at most this long, each further one at most twice as long as the one before
    pub first_wait: Duration,
    pub longest_wait: Duration,
    /// The most bytes of a body, after decompression
    pub largest_body: usize,
    /// How many times larger than its compressed form a body may be, once it is over a megabyte
    pub largest_ratio: usize,
    /// Who knows the addresses of names; `None`: the operating system
    pub lookup: Option<Arc<dyn Lookup>>,
    /// Makes the jitter of waits repeatable
    pub seed: Option<u64>,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            limits_folder: None,
            connect_timeout: Duration::from_secs(15),
            read_timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(120),
            deadline: Duration::from_secs(300),
            patience: Duration::from_secs(60),
            attempts: 6,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            largest_body: 64 << 20,
            largest_ratio: 200,
            lookup: None,
            seed: None,
        }
    }
}
