//! One request's turn at the state: with a journal, after all that other processes did and before all that they will do.

use std::sync::Arc;

use tokio::sync::MutexGuard;

use super::control;
use super::journal::{Entry, Journal};
use super::server::{Door, House};
use super::wire::Request;
use crate::base::{Result, Timestamp};

pub(crate) struct Turn<'a> {
    house: &'a Arc<House>,
    /// With the time of this request; `None` for a sandbox that ends with its process
    journal: Option<(MutexGuard<'a, Journal>, Timestamp)>,
}

impl<'a> Turn<'a> {
    pub(crate) async fn take(house: &'a Arc<House>) -> Result<Turn<'a>> {
        let Some(journal) = &house.journal else { return Ok(Turn { house, journal: None }) };
        let mut journal = journal.lock().await;
        journal.lock().await?;
        // From here on the end of the turn unlocks.
        let mut turn = Turn { house, journal: Some((journal, Timestamp(0))) };
        let (journal, at) = turn.journal.as_mut().expect("it was put there");
        for entry in journal.news()? {
            again(house, &entry);
        }
        *at = house.clock.now();
        house.clock.pinned(Some(*at));
        Ok(turn)
    }

    /// Keeps a request that was carried out and changed something.
    pub(crate) fn keep(&mut self, request: &Request) -> Result<()> {
        match &mut self.journal {
            Some((journal, at)) => journal.append(*at, request),
            None => Ok(()),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if let Some((journal, _)) = &mut self.journal {
            self.house.clock.pinned(None);
            journal.unlock();
        }
    }
}

/// Carries out what was carried out before, here or elsewhere.
fn again(house: &Arc<House>, entry: &Entry) {
    house.clock.pinned(Some(entry.at));
    if control::is_for(&entry.request) {
        _ = control::carry_out(house, &entry.request);
    } else {
        _ = Door::of(&entry.request, house).handle(&entry.request, house, None);
    }
    house.clock.pinned(None);
}
