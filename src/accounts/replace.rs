//! A new key for an account that is here.

use std::time::Duration;

use super::{Account, Identity, Method, Switch, keep_secret, leftovers, put, state};
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
        return Err(Error::new(
            Kind::Conflict,
            format!(
                "the new secret belongs to `{}`, account `{}` is `{}`",
                identity.name, account.label, account.identity.name
            ),
        )
        .hint("add `--switch-account` to use it all the same; rows of both would be in the same tables"));
    }
    // Whoever renews the old tokens now must not put theirs in the key's place.
    leftovers::sweep(app).await;
    let turn = state::turns(app, account).take(PATIENCE).await?;
    keep_secret(app, account, secret)?;
    let renewed = Account {
        identity: identity.clone(),
        authorised: app.clock.now(),
        method: Method::Token,
        scopes: Vec::new(),
        refused: Vec::new(),
        client: None,
        ..account.clone()
    };
    let what = if identity.id == account.identity.id {
        format!("signed in to account `{}` again", account.label)
    } else {
        format!("switched account `{}` to `{}`", account.label, identity.name)
    };
    app.store.change(&app.person(), &what, |change| put(change, &renewed))?;
    turn.forget()?;
    Ok(renewed)
}
