//! How many calls a run may make, and how many it made. Shared by everything that makes calls for one run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::error::{Error, Kind, Result};

/// A counter of calls with an optional limit. A clone counts on the same counter.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    made: Arc<AtomicU64>,
    most: Option<u64>,
}

impl Budget {
    pub fn unlimited() -> Self {
        Budget::default()
    }

    pub fn at_most(calls: u64) -> Self {
        Budget { made: Arc::default(), most: Some(calls) }
    }

    /// Counts one call before it is made. `Kind::Partial` when the budget is used up, and then nothing is counted.
    pub fn spend(&self) -> Result<()> {
        let most = self.most.unwrap_or(u64::MAX);
        let spent =
            self.made.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |made| (made < most).then_some(made + 1));
        match spent {
            Ok(_) => Ok(()),
            Err(made) => Err(Error::new(Kind::Partial, format!("the budget of {made} calls is used up"))),
        }
    }

    pub fn made(&self) -> u64 {
        self.made.load(Ordering::SeqCst)
    }
}
