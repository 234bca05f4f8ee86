//! Whether the same refresh token may be sent again. One that works once may not, unless its server has a grace: a while in
//! which it still takes the spent one, because it knows that answers get lost.

use std::time::Duration;

use super::bundle::Bundle;
use super::refresh::Keeper;
use super::state::{Attempt, State};
use crate::base::Timestamp;
use crate::providers::custom;

impl Keeper {
    /// Whether asking uses up something that cannot be had again without a person. Of an API that nobody described, that
    /// is known once its tokens were renewed.
    pub fn is_single_use(&self, bundle: &Bundle) -> bool {
        let guessed = self.provider.id == "custom" && !custom::knows_refresh(&self.site);
        let seen = bundle.rotates.unwrap_or(guessed);
        bundle.refresh.is_some() && (self.refresh.rotates || seen)
    }

    /// When these tokens were asked to be replaced first, as far as anybody left word.
    pub fn first_asked(state: &State, bundle: &Bundle) -> Option<Timestamp> {
        let of_these = |attempt: &Attempt| attempt.generation == bundle.generation;
        let attempts = [state.intent, state.unclear].into_iter().flatten().filter(of_these);
        attempts.map(|attempt| attempt.at).min()
    }

    /// How much is left of the server's grace for what was asked first at that time. The server counts from when it
    /// answered, which was later.
    pub fn grace_left(&self, first: Timestamp, now: Timestamp) -> Option<Duration> {
        // A clock that was set back does not know how much of it is left.
        let gone = (now >= first).then(|| now.since(first))?;
        self.refresh.grace?.checked_sub(gone).filter(|left| !left.is_zero())
    }

    /// Why these tokens must not be sent again: somebody died after asking, and each works only once.
    pub fn forbids(&self, state: &State, bundle: &Bundle, now: Timestamp) -> Option<String> {
        let intent = state.intent.filter(|intent| intent.generation == bundle.generation)?;
        let first = Self::first_asked(state, bundle).unwrap_or(intent.at);
        if !self.is_single_use(bundle) || self.grace_left(first, now).is_some() {
            return None;
        }
        let over = match self.refresh.grace {
            Some(grace) => format!(", longer than {} s ago", grace.as_secs()),
            None => String::new(),
        };
        Some(format!(
            "a process died at {} between asking {} for new tokens and keeping them{over}, and its refresh tokens work only once",
            intent.at, self.provider.title
        ))
    }
}
