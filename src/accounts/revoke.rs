//! Taking an account away: at the provider, then here, and the truth about each.

use std::time::Duration;

use super::bundle::Bundle;
use super::leftovers::{self, Leftover};
use super::{Account, Method, clients, delete, find, place, provider, state};
use crate::app::{App, Change};
use crate::base::{Error, Label, Result, Secret};
use crate::oauth::revoke::{self, Revoked, Subject};

/// The longest that a provider may take to answer.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest wait for who is renewing the tokens.
const PATIENCE: Duration = Duration::from_secs(40);

/// What the provider did.
#[derive(Clone, Debug)]
pub enum Remote {
    /// It says that the tokens are worth nothing now
    Revoked,
    /// It has no way to be told; a person can do it on its pages
    Unsupported,
    /// The tokens must be assumed alive
    Failed(Error),
}

#[derive(Clone, Debug)]
pub struct Removed {
    pub account: Account,
    /// Whether the secret is gone here
    pub local: bool,
    /// Why not
    pub problem: Option<Error>,
    pub remote: Remote,
    /// Where a person can look after what is left
    pub console: &'static str,
}

/// Takes an account away: here at once, then revoked at the provider and its secret forgotten, whatever the first came to.
/// `also` changes whatever names it, in the same change. Whoever uses it is the caller's business. Should the process die
/// on the way, the account is there as it was, or it is gone and the next `sweep` does what is left.
///
/// With a vault that would not let go of the secret the account stays, so that it can be tried again: `local` is false.
pub async fn remove(app: &App, label: &Label, also: impl FnOnce(&mut Change<'_>) -> Result<()>) -> Result<Removed> {
    let account = find(app, label)?;
    let console = provider(&account.provider)?.console;
    let turn = state::turns(app, &account).take(PATIENCE).await?;
    if let Err(error) = place::can_forget(app, &account) {
        let remote = Remote::Failed(error.clone());
        return Ok(Removed { account, local: false, problem: Some(error), remote, console });
    }
    leftovers::note(&turn, vec![Leftover::of(app, &account)], Some(&account))?;
    let changed = app.store.change(&app.person(), &format!("removed account `{label}`"), |change| {
        delete(change, label)?;
        also(change)
    });
    if let Err(error) = changed {
        let _ = leftovers::settle(app, &account.id, turn).await;
        return Err(error);
    }
    let remote = at_provider(app, &account).await;
    let problem = place::forget_secret(app, &account).err();
    if problem.is_none() {
        turn.forget()?;
    }
    Ok(Removed { account, local: problem.is_none(), problem, remote, console })
}

pub(super) async fn at_provider(app: &App, account: &Account) -> Remote {
    if account.method == Method::Token || app.config.token(&account.label).is_some() {
        return Remote::Unsupported; // a person made it, and only they can take it back
    }
    let kept = match place::vault(app, account.sharing).get(&place::key(app, account)) {
        Ok(Some(kept)) => kept,
        Ok(None) => return Remote::Failed(Error::failed("its tokens are not here")),
        Err(error) => return Remote::Failed(error),
    };
    match revoke_at_provider(app, account, &kept).await {
        Ok(Revoked::Done) => Remote::Revoked,
        Ok(Revoked::Unsupported) => Remote::Unsupported,
        Ok(Revoked::Failed(error)) | Err(error) => Remote::Failed(error),
    }
}

async fn revoke_at_provider(app: &App, account: &Account, kept: &Secret) -> Result<Revoked> {
    let bundle = Bundle::parse(kept, &account.label)?;
    let provider = provider(&account.provider)?;
    let site = account.site();
    if account.method == Method::TwoStep {
        return provider.take_back(&app.http.ending_in(LIMIT), &site, bundle.access).await;
    }
    let server = provider.server(&site)?;
    if server.revoke.is_none() {
        return Ok(Revoked::Unsupported);
    }
    let client = match &account.client {
        Some(id) => clients::of_account(app, provider, &site, id, account.sharing)?.load()?,
        None => return Ok(Revoked::Unsupported),
    };
    let subject =
        Subject { access: Some(bundle.access), refresh: bundle.refresh, id: Some(account.identity.id.clone()) };
    Ok(revoke::revoke(&app.http.ending_in(LIMIT), &server, &client, &subject).await)
}
