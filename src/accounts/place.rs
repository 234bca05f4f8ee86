//! Where an account's secret is: the environment goes before everything and is never written; then the vault of whoever
//! may use the account.

use super::bundle::Bundle;
use super::{Account, Method, Sharing, all, leftovers, owner, provider, state};
use crate::app::{App, Vault};
use crate::base::{Error, Kind, Label, Result, Secret};
use crate::config::token_key;

/// The vault of private or of team accounts.
pub(super) fn vault(app: &App, sharing: Sharing) -> &Vault {
    match sharing {
        Sharing::Private => &app.vault,
        Sharing::Team => &app.team,
    }
}

/// The account's secret: the environment's, else the vault's (the access token of one that has several); `None` where the
/// provider needs none. `Kind::SignIn` when there is none and one is needed. Nothing is renewed.
pub fn secret(app: &App, account: &Account) -> Result<Option<Secret>> {
    owner::refuse_hidden(app, account)?;
    if let Some(secret) = app.config.token(&account.label) {
        return Ok(Some(secret.clone()));
    }
    let provider = provider(&account.provider)?;
    let kept = match vault(app, account.sharing).recent(&key(app, account)) {
        // Somebody without a keyring can still use accounts that need no secret.
        Err(_) if provider.secret_optional => None,
        Err(error) => return Err(name_variable(error, &account.label)),
        Ok(kept) => kept,
    };
    match kept {
        None if provider.secret_optional => Ok(None),
        None => Err(missing(&account.label, if account.method == Method::Token { provider.secret } else { "tokens" })),
        Some(kept) if account.method == Method::Token => Ok(Some(kept)),
        Some(kept) => Ok(Some(Bundle::parse(&kept, &account.label)?.access)),
    }
}

/// Puts the secret into the vault; what the environment gives is never written anywhere. Keep the account next: until then
/// the secret is nobody's, and is taken away when nothing comes of it.
pub fn keep_secret(app: &App, account: &Account, secret: &Secret) -> Result<()> {
    if !all(app)?.iter().any(|known| known.id == account.id) {
        leftovers::announce(app, account)?;
    }
    put_secret(app, account, secret)
}

/// The same for whoever has left word of it.
pub(super) fn put_secret(app: &App, account: &Account, secret: &Secret) -> Result<()> {
    if app.config.token(&account.label).is_some_and(|given| given.expose() == secret.expose()) {
        return Ok(());
    }
    let kept = vault(app, account.sharing).set(&key(app, account), secret);
    kept.map_err(|error| name_variable(error, &account.label))
}

/// Takes the secret out of the vault. A keyring that is not there holds none.
pub fn forget_secret(app: &App, account: &Account) -> Result<()> {
    let forgotten = vault(app, account.sharing).delete(&key(app, account)).map(drop);
    excused(app, account, forgotten)?;
    let is_there = all(app)?.iter().any(|known| known.id == account.id);
    match state::turns(app, account).try_take()? {
        Some(turn) if !is_there => turn.forget(),
        _ => Ok(()),
    }
}

/// Whether `forget_secret` would go well, found out before anything is done.
pub(super) fn can_forget(app: &App, account: &Account) -> Result<()> {
    excused(app, account, vault(app, account.sharing).probe())
}

/// A vault that does not work is none of the business of an account that need not have a secret in it.
fn excused(app: &App, account: &Account, outcome: Result<()>) -> Result<()> {
    match outcome {
        Err(_) if app.config.token(&account.label).is_some() || provider(&account.provider)?.secret_optional => Ok(()),
        outcome => outcome,
    }
}

/// The environment variable that gives this account's secret: `shop-eu` is `APPCTL_TOKEN_SHOP_EU`.
pub fn variable(label: &Label) -> String {
    format!("APPCTL_TOKEN_{}", token_key(label))
}

/// What the secret is called in the vault: `<app>/<provider>/<account id>`.
pub(super) fn key(app: &App, account: &Account) -> String {
    format!("{}/{}/{}", app.config.app, account.provider, account.id)
}

pub(super) fn missing(label: &Label, what: &str) -> Error {
    Error::new(Kind::SignIn, format!("account `{label}` has no {what} here"))
        .hint(format!("set `{}`, or give it with `appctl integrations accounts reauth {label}`", variable(label)))
}

/// Without a keyring the environment is the way out, so its variable is named in full.
pub(super) fn name_variable(error: Error, label: &Label) -> Error {
    // Other vaults have ways out of their own.
    let is_keyring = error.hint.as_ref().is_some_and(|hint| hint.contains("APPCTL_TOKEN_"));
    match error.kind {
        Kind::Failed | Kind::Denied if is_keyring => error.hint(format!(
            "start and unlock a keyring (on a server: `gnome-keyring-daemon --unlock` in a D-Bus session), keep secrets in a \
             sealed file (`APPCTL_VAULT=file`, see `appctl help environment`), or set `{}`",
            variable(label)
        )),
        _ => error,
    }
}
