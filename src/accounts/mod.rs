//! Identities at providers that people authorised: what each is called here, whom the provider says it is, and where it is
//! reached. An account is a document in the store; its secret is in the vault, or given by the environment, never here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::app::{App, Change};
use crate::base::{Error, Kind, Label, Result, Secret, Timestamp};
use crate::config::token_key;
use crate::providers::{self, Method, Provider};

mod endpoint;

pub use endpoint::check as check_endpoint;

/// The kind of the documents that keep accounts.
const DOCUMENT: &str = "account";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// What it is called here; also names its environment variable
    pub label: Label,
    /// The provider's id: `hubspot`
    pub provider: String,
    /// Names the secret in the vault, whatever the label becomes
    pub id: String,
    /// Whom the provider says it is
    pub identity: Identity,
    /// Takes the place of the provider's own base (sandboxes, proxies, tests)
    pub endpoint: Option<Url>,
    /// What belongs to the account and is no secret: a Postgres host, user and database
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    #[serde(default)]
    pub sharing: Sharing,
    /// Who made it (`Config::user`): a private account is seen and used by its owner alone. Empty: everybody's, as accounts
    /// were before there were owners
    #[serde(default)]
    pub owner: String,
    #[serde(default)]
    pub method: Method,
    /// The scopes that the provider granted, as it names them; empty where it has none
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The one that is taken where several of its provider could be
    #[serde(default)]
    pub default: bool,
    pub created: Timestamp,
    /// When its secret was last given; a refusal before this is history
    pub authorised: Timestamp,
}

/// Whom a provider says an account is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What tells two accounts apart: a portal id, `user@host:port/db`
    pub id: String,
    /// What a person recognises
    pub name: String,
}

/// Whose an account is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// The secret is in its owner's keyring
    #[default]
    Private,
    /// The secret is in the team vault
    Team,
}

/// What `add` needs to know.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub label: Label,
    pub provider: String,
    pub identity: Identity,
    pub endpoint: Option<Url>,
    pub settings: BTreeMap<String, String>,
}

/// What to do when a new secret turns out to belong to another identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Refuse it: the rows of two identities would be mixed
    Refuse,
    Allow,
}

/// All accounts, by label.
pub fn list(app: &App) -> Result<Vec<Account>> {
    app.store.documents(DOCUMENT)?.into_iter().map(|(label, body)| parse(&label, body)).collect()
}

/// `Kind::NotFound` when no account has this label.
pub fn find(app: &App, label: &Label) -> Result<Account> {
    match app.store.document(DOCUMENT, label.as_str())? {
        Some(body) => parse(label.as_str(), body),
        None => Err(Error::not_found(format!("no account is labelled `{label}`"))
            .hint("make one by adding a connection: `appctl connections add SOURCE --account LABEL`")),
    }
}

/// The accounts of one provider, by label.
pub fn of_provider(app: &App, provider: &str) -> Result<Vec<Account>> {
    Ok(list(app)?.into_iter().filter(|account| account.provider == provider).collect())
}

/// Makes an account ready to be kept: `Kind::Conflict` when the label is taken, `Kind::Usage` for an endpoint that cannot
/// be used. Nothing is written.
pub fn prepare(app: &App, new: NewAccount) -> Result<Account> {
    provider(&new.provider)?;
    if let Some(endpoint) = &new.endpoint {
        check_endpoint(endpoint)?;
    }
    if app.store.document(DOCUMENT, new.label.as_str())?.is_some() {
        return Err(Error::new(Kind::Conflict, format!("an account is labelled `{}` already", new.label))
            .hint("choose another label with `--account LABEL`"));
    }
    Ok(Account {
        label: new.label,
        provider: new.provider,
        id: format!("{:016x}", rand::random::<u64>()),
        identity: new.identity,
        endpoint: new.endpoint,
        settings: new.settings,
        sharing: Sharing::Private,
        owner: app.config.user.clone(),
        method: Method::Token,
        scopes: Vec::new(),
        default: false,
        created: app.clock.now(),
        authorised: app.clock.now(),
    })
}

/// Writes the account as a part of a larger change; its secret is kept with `keep_secret`.
pub fn put(change: &mut Change<'_>, account: &Account) -> Result<()> {
    let body = serde_json::to_value(account).expect("an account is JSON");
    change.put_document(DOCUMENT, account.label.as_str(), &body)
}

/// Keeps a prepared account and its secret: both, or neither when one fails.
pub fn add(app: &App, account: &Account, secret: Option<&Secret>) -> Result<()> {
    if let Some(secret) = secret {
        keep_secret(app, account, secret)?;
    }
    let added =
        app.store.change(&app.person(), &format!("added account `{}`", account.label), |change| put(change, account));
    if added.is_err() && secret.is_some() {
        // The first failure is what a person must hear of; a secret that no account names can do nothing.
        let _ = app.vault.delete(&key(app, account));
    }
    added.map(|_| ())
}

/// Forgets an account and its secret. `Kind::NotFound` when there is none. Whoever uses it is the caller's business.
pub fn remove(app: &App, label: &Label) -> Result<()> {
    let account = find(app, label)?;
    forget_secret(app, &account)?;
    app.store.change(&app.person(), &format!("removed account `{label}`"), |change| {
        change.delete_document(DOCUMENT, label.as_str())
    })?;
    Ok(())
}

/// Takes the account away as a part of a larger change; its secret goes with `forget_secret`.
pub fn delete(change: &mut Change<'_>, label: &Label) -> Result<bool> {
    change.delete_document(DOCUMENT, label.as_str())
}

/// Gives the account a new secret, of which the provider says that it is `identity`. `Kind::Conflict` when that is
/// somebody else and `switch` does not allow it; then the old secret stays.
pub fn replace_secret(
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
    keep_secret(app, account, secret)?;
    let renewed = Account { identity: identity.clone(), authorised: app.clock.now(), ..account.clone() };
    let what = if identity.id == account.identity.id {
        format!("signed in to account `{}` again", account.label)
    } else {
        format!("switched account `{}` to `{}`", account.label, identity.name)
    };
    app.store.change(&app.person(), &what, |change| put(change, &renewed))?;
    Ok(renewed)
}

/// The account's secret: the environment's, else the vault's; `None` where the provider needs none. `Kind::SignIn` when
/// there is none and one is needed.
pub fn secret(app: &App, account: &Account) -> Result<Option<Secret>> {
    if let Some(secret) = app.config.token(&account.label) {
        return Ok(Some(secret.clone()));
    }
    let provider = provider(&account.provider)?;
    let kept = match app.vault.get(&key(app, account)) {
        // Somebody without a keyring can still use accounts that need no secret.
        Err(_) if provider.secret_optional => None,
        Err(error) => return Err(name_variable(error, &account.label)),
        Ok(kept) => kept,
    };
    if kept.is_none() && !provider.secret_optional {
        let message = format!("account `{}` has no {} here", account.label, provider.secret);
        return Err(Error::new(Kind::SignIn, message)
            .hint(format!("set `{}`, or give it with `appctl connections reauth NAME`", variable(&account.label))));
    }
    Ok(kept)
}

/// Puts the secret into the vault; what the environment gives is never written anywhere.
pub fn keep_secret(app: &App, account: &Account, secret: &Secret) -> Result<()> {
    if app.config.token(&account.label).is_some_and(|given| given.expose() == secret.expose()) {
        return Ok(());
    }
    app.vault.set(&key(app, account), secret).map_err(|error| name_variable(error, &account.label))
}

/// Takes the secret out of the vault. A keyring that is not there holds none.
pub fn forget_secret(app: &App, account: &Account) -> Result<()> {
    match app.vault.delete(&key(app, account)) {
        Ok(_) => Ok(()),
        Err(_) if app.config.token(&account.label).is_some() || provider(&account.provider)?.secret_optional => Ok(()),
        Err(error) => Err(error),
    }
}

/// The environment variable that gives this account's secret: `shop-eu` is `APPCTL_TOKEN_SHOP_EU`.
pub fn variable(label: &Label) -> String {
    format!("APPCTL_TOKEN_{}", token_key(label))
}

/// The provider of this id; `Kind::NotFound` when there is none.
pub fn provider(id: &str) -> Result<&'static Provider> {
    let known = || providers::ALL.iter().map(|provider| provider.id).collect::<Vec<_>>().join(", ");
    providers::ALL.iter().copied().find(|provider| provider.id == id).ok_or_else(|| {
        Error::not_found(format!("no provider is called `{id}`")).hint(format!("use one of {}", known()))
    })
}

/// What the secret is called in the vault: `<app>/<provider>/<account id>`.
fn key(app: &App, account: &Account) -> String {
    format!("{}/{}/{}", app.config.app, account.provider, account.id)
}

/// Without a keyring the environment is the way out, so its variable is named in full.
fn name_variable(error: Error, label: &Label) -> Error {
    match error.kind {
        Kind::Failed | Kind::Denied => error.hint(format!(
            "start and unlock a keyring (on a server: `gnome-keyring-daemon --unlock` in a D-Bus session), or set `{}`",
            variable(label)
        )),
        _ => error,
    }
}

fn parse(label: &str, body: serde_json::Value) -> Result<Account> {
    serde_json::from_value(body)
        .map_err(|error| Error::new(Kind::Corrupt, format!("account `{label}` cannot be read: {error}")))
}

#[cfg(test)]
mod tests;
