//! Why an account's tokens are renewed, and what that says of those that are there.

use super::bundle::Bundle;
use crate::base::{Secret, Timestamp};

/// Why somebody asks for a renewal.
#[derive(Clone, Debug)]
pub(super) enum Need {
    /// The token may be about to end
    Ending,
    /// The provider refused this one
    Refused(Secret),
    /// The refresh token of this generation would lapse for not being used
    Idle(u64),
}

impl Need {
    /// Whether these tokens are still the ones that somebody wants renewed.
    pub fn wants(&self, bundle: &Bundle, now: Timestamp) -> bool {
        match self {
            Need::Ending => bundle.is_ending(now),
            Need::Refused(refused) => bundle.access.expose() == refused.expose() || bundle.is_ending(now),
            Need::Idle(generation) => bundle.generation == *generation || bundle.is_ending(now),
        }
    }

    /// Whether these tokens do for now when they cannot be renewed.
    pub fn can_wait(&self, bundle: &Bundle, now: Timestamp) -> bool {
        match self {
            Need::Ending => bundle.is_alive(now),
            Need::Refused(refused) => bundle.access.expose() != refused.expose() && bundle.is_alive(now),
            Need::Idle(_) => false,
        }
    }
}
