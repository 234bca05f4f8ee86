//! The only user of reqwest: one client with retries, rate limits shared by processes, deadlines and caps on what comes back.

/// The way out to the network. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Http {}

impl Http {
    pub fn new() -> crate::base::Result<Self> {
        Ok(Http {})
    }
}
