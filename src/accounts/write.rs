//! Writing an account that was signed in to: its secrets first, then the documents that name them, in one change. Whoever
//! dies or fails in between has left word of what is nobody's then.

use std::time::Duration;

use super::bundle::Bundle;
use super::identity::taken;
use super::leftovers::{self, Leftover};
use super::plan::Plan;
use super::sign_in::What;
use super::state::{self, State};
use super::{Account, clients, place, put};
use crate::app::{App, Turn};
use crate::base::{Result, Secret};

/// The longest wait for who is renewing the account's old tokens.
const PATIENCE: Duration = Duration::from_secs(40);

impl Plan<'_> {
    pub async fn write(&self, account: &Account, old: Option<&Account>, what: &What) -> Result<()> {
        let app = self.app;
        // Whoever renews tokens that are replaced must not put new ones where nobody looks for them.
        let replaced = match old.filter(|old| old.id != account.id) {
            Some(old) => Some((old, state::turns(app, old).take(PATIENCE).await?)),
            None => None,
        };
        let turn = state::turns(app, account).take(PATIENCE).await?;
        let client = self.client.as_ref();
        let prepare = |client| clients::prepare(app, self.provider, &account.site(), account.sharing, client);
        let client = client.map(prepare).transpose()?;
        let (secret, next) = self.secret(account, &turn, what)?;
        // A secret that stays goes along to the new place. Without a vault there is none.
        let there = |old| place::vault(app, account.sharing).get(&place::key(app, old)).ok().flatten();
        let secret = secret.or_else(|| replaced.as_ref().and_then(|(old, _)| there(old)));
        let mut word = vec![Leftover::of(app, account)];
        word.extend(client.as_ref().map(|client| client.leftover(app)));
        leftovers::note(&turn, word, None)?;
        if let Some((old, turn)) = &replaced {
            leftovers::note(turn, vec![Leftover::of(app, old)], None)?;
        }
        let written = self.put_all(account, old, secret.as_ref(), client.as_ref());
        match &written {
            // The account is there and its tokens too: what this file says is only for the next renewal.
            Ok(()) => drop(turn.write(&next)),
            // The first failure is what a person must hear of; word stays of what cannot be taken back now.
            Err(_) => drop(leftovers::settle(app, &account.id, turn).await),
        }
        if let Some((old, turn)) = replaced {
            let _ = leftovers::settle(app, &old.id, turn).await;
        }
        written
    }

    /// What goes into the vault, and what is written beside it.
    fn secret(&self, account: &Account, turn: &Turn, what: &What) -> Result<(Option<Secret>, State)> {
        let bundle = match what {
            What::Key(secret) => return Ok((secret.clone(), State::default())),
            What::Tokens(bundle) => bundle,
        };
        let before = turn.state::<State>()?.unwrap_or_default().generation;
        let generation = before.max(kept_generation(self.app, account)) + 1;
        let bundle = Bundle { generation, ..(**bundle).clone() };
        let (expires_at, refreshed_at) = (bundle.expires_at, Some(bundle.issued_at));
        Ok((Some(bundle.text()), State { generation, expires_at, refreshed_at, ..State::default() }))
    }

    fn put_all(
        &self,
        account: &Account,
        old: Option<&Account>,
        secret: Option<&Secret>,
        client: Option<&clients::Keeping>,
    ) -> Result<()> {
        let (app, vault, key) = (self.app, place::vault(self.app, account.sharing), place::key(self.app, account));
        let before = if old.is_some() { vault.recent(&key)? } else { None };
        if let Some(client) = client {
            client.keep_secret(app)?;
        }
        if let Some(secret) = secret {
            place::put_secret(app, account, secret)?;
        }
        let changed = app.store.change(&app.person(), &done(account, old), |change| {
            if let Some(client) = client {
                client.put(change)?;
            }
            // Somebody may have taken the label since it was looked at.
            if old.is_none() && change.document(super::DOCUMENT, account.label.as_str())?.is_some() {
                return Err(taken(&account.label));
            }
            put(change, account)
        });
        if let (Err(_), Some(before)) = (&changed, &before) {
            // The first failure is what a person must hear of.
            let _ = vault.set(&key, before);
        }
        changed.map(drop)
    }
}

/// What the log says of it.
fn done(account: &Account, old: Option<&Account>) -> String {
    match old {
        Some(old) if old.identity.id == account.identity.id => {
            format!("signed in to account `{}` again", account.label)
        }
        Some(_) => format!("switched account `{}` to `{}`", account.label, account.identity.name),
        None => format!("connected account `{}`", account.label),
    }
}

fn kept_generation(app: &App, account: &Account) -> u64 {
    let kept = place::vault(app, account.sharing).get(&place::key(app, account)).ok().flatten();
    kept.and_then(|kept| Bundle::parse(&kept, &account.label).ok()).map_or(0, |bundle| bundle.generation)
}
