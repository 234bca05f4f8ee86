//! Keeping what a renewal brought: in the vault, and read back. Tokens that the vault does not take are held in memory,
//! where the run that has them goes on with them, until it does or the run ends.

use std::sync::Arc;
use std::time::Duration;

use super::bundle::Bundle;
use super::held;
use super::refresh::Keeper;
use super::state::State;
use crate::app::Turn;
use crate::base::{Error, Result, Secret, Timestamp};
use crate::oauth::Tokens;

/// How often new tokens are put into a vault that fails before they are held, and after which pause.
const TRIES: u32 = 3;
const AGAIN: Duration = Duration::from_millis(300);

impl Keeper {
    /// Keeps what came, reads it back, and says so.
    pub async fn keep(
        self: &Arc<Self>,
        turn: &Turn,
        state: State,
        old: &Bundle,
        tokens: &Tokens,
        asked: Timestamp,
    ) -> Result<Bundle> {
        let next = self.next(old, tokens, asked);
        let told = self.told_by(state.clone(), &next, tokens);
        match self.put(&next).await {
            // The tokens are kept, and an intent of older ones means nothing: a full disk takes nothing away here.
            Ok(()) => drop(turn.write(&told)),
            Err(error) => self.hold(turn, state, old, &next, told, error),
        }
        Ok(next)
    }

    fn next(&self, old: &Bundle, tokens: &Tokens, asked: Timestamp) -> Bundle {
        let lifetime = tokens.expires_in.or_else(|| self.provider.oauth.and_then(|facts| facts.lifetime));
        let is_other = |new: &Secret| old.refresh.as_ref().is_some_and(|old| old.expose() != new.expose());
        Bundle {
            access: tokens.access.clone(),
            // RFC 6749 section 6: no new one means that the old one stays.
            refresh: tokens.refresh.clone().or_else(|| old.refresh.clone()),
            key: old.key.clone(),
            rotates: Some(old.rotates == Some(true) || tokens.refresh.as_ref().is_some_and(is_other)),
            expires_at: lifetime.map(|lifetime| asked.plus(lifetime)),
            issued_at: asked,
            generation: old.generation + 1,
        }
    }

    /// What is written down once the tokens are kept.
    fn told_by(&self, before: State, next: &Bundle, tokens: &Tokens) -> State {
        let mut moved = before.moved;
        // An address that is not the vendor's is not followed; the old one stays.
        moved.extend(self.provider.keep(&tokens.said, &self.site).unwrap_or_default());
        State {
            generation: next.generation,
            expires_at: next.expires_at,
            refreshed_at: Some(next.issued_at),
            scopes: tokens.scopes.clone().or(before.scopes),
            moved,
            leftovers: before.leftovers,
            ..State::default()
        }
    }

    /// Puts tokens into the vault and makes sure that they are there.
    async fn put(&self, next: &Bundle) -> Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.put_once(next) {
                Err(_) if tries < TRIES => tokio::time::sleep(AGAIN).await,
                kept => return kept,
            }
        }
    }

    pub fn put_once(&self, next: &Bundle) -> Result<()> {
        let text = next.text();
        self.vault.set(&self.key, &text)?;
        match self.vault.get(&self.key)? {
            Some(back) if back.expose() == text.expose() => Ok(()),
            _ => Err(Error::failed("the vault does not keep what it is given")),
        }
    }

    /// The tokens are in this process alone. Whoever comes after its end must not send the spent one again, unless the
    /// server has a grace for that; and what is running can be done with what is here.
    fn hold(self: &Arc<Self>, turn: &Turn, mut state: State, old: &Bundle, next: &Bundle, told: State, error: Error) {
        let is_lost = self.is_single_use(old) || next.rotates == Some(true);
        if is_lost {
            state.lapsed = Some(self.lapsed(old, &format!("its new tokens could not be kept: {}", error.message)));
            state.intent = state.intent.filter(|_| self.refresh.grace.is_some());
            // Best effort on what may be the same full disk; the intent that is there says nearly the same.
            let _ = turn.write(&state);
        }
        held::hold(self.clone(), next.clone(), told, is_lost.then_some(error));
    }
}
