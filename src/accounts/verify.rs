//! Whether an account works, found out by asking its provider.

use std::sync::Arc;

use serde::Serialize;

use super::need::Need;
use super::refresh::Keeper;
use super::{Account, Identity, Method, Provider, auth, find, granted, held, identity, provider, state};
use crate::app::App;
use crate::base::{Error, Kind, Label, Result, Timestamp};

/// What a test found.
#[derive(Clone, Debug, Serialize)]
pub struct Tested {
    pub account: Label,
    pub provider: String,
    /// Whom the provider says it is now
    pub identity: String,
    pub scopes: Vec<String>,
    /// When the access token ends; null where it does not by itself, or nobody knows
    pub expires_at: Option<Timestamp>,
}

/// Makes the provider's verification call with the account's secret, renewed when it is about to end, and asks whose it is.
///
/// `Kind::Usage` when there is nothing that could be asked; `Kind::SignIn` when the provider takes it no longer,
/// `Kind::Conflict` when it is somebody else's now, `Kind::Remote` when the provider cannot be reached; `Kind::SignIn` too
/// when it was renewed and the vault does not take its new tokens.
pub async fn test(app: &App, label: &Label) -> Result<Tested> {
    let account = find(app, label)?;
    let provider = provider(&account.provider)?;
    if provider.identify.is_empty() {
        return Err(Error::usage(format!("an account of {} is tested with its connection", provider.title))
            .hint("run `appctl connections test NAME`"));
    }
    let identity = asked(app, provider, &account).await?;
    state::works(app, &account).await?;
    if account.method != Method::Token && app.config.token(label).is_none() {
        // It works as long as this process lives, and that is not what was asked.
        held::trouble(&Keeper::new(app, &account)?).await.map_or(Ok(()), Err)?;
    }
    let state = state::read(app, &account)?;
    Ok(Tested {
        account: label.clone(),
        provider: account.product().to_owned(),
        identity: identity.name,
        scopes: granted(app, &account)?,
        expires_at: state.expires_at.filter(|_| account.method != Method::Token),
    })
}

/// Whom the provider says the account is, once it has shown that it works.
async fn asked(app: &App, provider: &Provider, account: &Account) -> Result<Identity> {
    let site = state::site(app, account)?;
    let door = provider.door(&site, account.label.as_str(), auth(app, account)?)?;
    let calls = app.http.calls();
    provider.test(&app.http, &door, &site).await.map_err(|error| told(account, error))?;
    if app.http.calls() == calls {
        renew_to_see(app, account).await?;
    }
    if app.http.calls() == calls {
        return Err(nothing_to_ask(account));
    }
    let identity = match provider.identity(&app.http, &door, &serde_json::Value::Null, &site).await {
        Ok(found) if !found.id.is_empty() => Identity { id: found.id, name: found.name },
        // Some only say it when they give the tokens.
        _ => account.identity.clone(),
    };
    // Renewed tokens stay whose they were; a key may have been replaced by another one behind our back.
    let may_be_another = account.method == Method::Token || app.config.token(&account.label).is_some();
    let is_another = identity.id != account.identity.id && !account.identity.id.is_empty();
    match (is_another, may_be_another) {
        (true, true) => Err(identity::other_identity(account, &identity)),
        (true, false) => Ok(account.identity.clone()),
        (false, _) => Ok(identity),
    }
}

/// Whose account it is can be known without asking anybody (a service account); then it works when it gets new tokens.
async fn renew_to_see(app: &App, account: &Account) -> Result<()> {
    if account.method == Method::Token || app.config.token(&account.label).is_some() {
        return Ok(());
    }
    let keeper = Arc::new(Keeper::new(app, account)?);
    let generation = keeper.read()?.generation;
    keeper.renew(Need::Idle(generation)).await.map(drop)
}

/// A key of an API that has no address for this cannot be said to work.
fn nothing_to_ask(account: &Account) -> Error {
    let (label, product) = (&account.label, account.product());
    Error::usage(format!("`{product}` has no address that shows whether account `{label}` works")).hint(format!(
        "say what answers whose it is: `appctl integrations connect {product} --label {label} --set identity_url=/PATH \
         --token-stdin`"
    ))
}

fn told(account: &Account, error: Error) -> Error {
    match error.kind {
        Kind::SignIn => error.hint(format!("run `appctl integrations accounts reauth {}`", account.label)),
        _ => error,
    }
}
