//! A new key for an account that is here.

use std::time::Duration;

use super::leftovers::{self, Leftover};
use super::{Account, Identity, Method, Switch, keep_secret, place, put, state};
use crate::app::App;
use crate::base::{Error, Kind, Result, Secret};

const PATIENCE: Duration = Duration::from_secs(40);

/// Gives the account a new key or password, of which the provider says that it is `identity`. One that was signed in to in
/// another way is signed in to by the key from now on. `Kind::Conflict` when that is somebody else and `switch` does not
/// allow it; then the old secret stays.
pub async fn replace_secret(
    app: &App,
    account: &Account,
    secret: &Secret,
    identity: &Identity,
    switch: Switch,
) -> Result<Account> {
    if identity.id != account.identity.id && switch == Switch::Refuse {
        return Err(somebody_else(account, identity));
    }
    leftovers::sweep(app).await;
    let renewed = renewed(app, account, identity);
    // Whoever renews the old tokens now must not put theirs in the key's place.
    let turn = state::turns(app, account).take(PATIENCE).await?;
    leftovers::note(&turn, vec![Leftover::of(app, account)], None)?;
    let kept = keep(app, account, &renewed, secret);
    if kept.is_ok() && renewed.id == account.id {
        turn.forget()?;
    } else {
        // What is nobody's now goes: the old secret, or the new one when it could not be kept.
        let _ = leftovers::settle(app, &account.id, turn).await;
        leftovers::sweep(app).await;
    }
    kept.map(|()| renewed)
}

/// The account with the new key. One that the old account could not be used with has a place of its own: whoever dies on
/// the way leaves the old account as it was.
fn renewed(app: &App, account: &Account, identity: &Identity) -> Account {
    let is_another = identity.id != account.identity.id || account.method != Method::Token;
    Account {
        id: if is_another { super::new_id() } else { account.id.clone() },
        identity: identity.clone(),
        authorised: app.clock.now(),
        method: Method::Token,
        scopes: Vec::new(),
        refused: Vec::new(),
        client: None,
        ..account.clone()
    }
}

fn keep(app: &App, account: &Account, renewed: &Account, secret: &Secret) -> Result<()> {
    let (vault, key) = (place::vault(app, renewed.sharing), place::key(app, renewed));
    // Without a vault there is nothing to put back; whether the new key can be kept is said below.
    let before = vault.get(&key).ok().flatten();
    keep_secret(app, renewed, secret)?;
    let what = if account.identity.id == renewed.identity.id {
        format!("signed in to account `{}` again", account.label)
    } else {
        format!("switched account `{}` to `{}`", account.label, renewed.identity.name)
    };
    let changed = app.store.change(&app.person(), &what, |change| put(change, renewed));
    if let (Err(_), Some(before)) = (&changed, before) {
        // The first failure is what a person must hear of.
        let _ = vault.set(&key, &before);
    }
    changed.map(drop)
}

fn somebody_else(account: &Account, identity: &Identity) -> Error {
    let Account { label, identity: known, .. } = account;
    let message = format!("the new secret belongs to `{}`, account `{label}` is `{}`", identity.name, known.name);
    Error::new(Kind::Conflict, message)
        .hint("add `--switch-account` to use it all the same; rows of both would be in the same tables")
}
