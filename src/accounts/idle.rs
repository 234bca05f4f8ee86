//! Refresh tokens that lapse when nobody uses them are used now and then, so that an account that rests stays signed in.

use std::sync::Arc;

use super::need::Need;
use super::refresh::Keeper;
use super::{held, leftovers, list, provider, state};
use crate::app::App;
use crate::base::{Error, Label, Result};

/// What became of an account whose tokens were about to lapse.
#[derive(Clone, Debug)]
pub struct Kept {
    pub account: Label,
    /// `None`: it has new tokens
    pub error: Option<Error>,
}

/// Renews the tokens of accounts that have rested for half the time after which their provider forgets them. Cheap when
/// there are none.
pub async fn keep_alive(app: &App) -> Result<Vec<Kept>> {
    leftovers::sweep(app).await;
    let mut kept = Vec::new();
    for account in list(app)? {
        let Some(lapses) = provider(&account.provider)?.refresh_at(&account.site()).lapses_unused else { continue };
        let state = state::read(app, &account)?;
        let last = state.refreshed_at.unwrap_or(account.authorised).max(account.authorised);
        let tried = state.unclear.map(|attempt| attempt.at).unwrap_or_default();
        let now = app.clock.now();
        let rested = now.since(last) > lapses / 2 && now.since(tried) > lapses / 100;
        let renews = state.generation > 0 && state.lapsed.is_none() && app.config.token(&account.label).is_none();
        if !rested || !renews {
            continue;
        }
        let keeper = Arc::new(Keeper::new(app, &account)?);
        let error = match keeper.renew(Need::Idle(state.generation)).await {
            Ok(_) => held::trouble(&keeper).await,
            Err(error) => Some(error),
        };
        kept.push(Kept { account: account.label, error });
    }
    Ok(kept)
}
