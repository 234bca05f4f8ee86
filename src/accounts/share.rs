//! A private account becomes the team's.

use std::time::Duration;

use super::leftovers::{self, Leftover};
use super::{Account, Method, Sharing, clients, find, place, provider, put, state};
use crate::app::App;
use crate::base::{Error, Kind, Label, Result, Secret};

const PATIENCE: Duration = Duration::from_secs(40);

/// What a person should know before an account becomes the team's.
pub fn what_sharing_means(account: &Account) -> String {
    format!(
        "everybody in the team vault will act as `{}` at {} through account `{}`, agents with a grant on it included; its \
         secret moves from your vault to the team's, and whoever has read it there knows it until it is revoked",
        account.identity.name,
        account.product_title(),
        account.label
    )
}

/// Moves the account's secret, and its client's, into the team vault. Ask first: see `what_sharing_means`.
///
/// `Kind::Conflict` when it is the team's already; what the team vault says when it cannot keep a secret.
pub async fn share(app: &App, label: &Label) -> Result<Account> {
    let account = find(app, label)?;
    if account.sharing == Sharing::Team {
        return Err(Error::new(Kind::Conflict, format!("account `{label}` is the team's already")));
    }
    let team = place::vault(app, Sharing::Team);
    team.probe()?;
    let turn = state::turns(app, &account).take(PATIENCE).await?;
    let key = place::key(app, &account);
    let Some(secret) = app.vault.get(&key)? else {
        return Err(place::missing(label, if account.method == Method::Token { "secret" } else { "tokens" }));
    };
    let shared = Account { sharing: Sharing::Team, ..account.clone() };
    let client = client_for_team(app, &account)?;
    // Both copies; the one in the vault of whoever has the account by the end stays.
    let mut word = vec![Leftover::of(app, &account), Leftover::of(app, &shared)];
    word.extend(client.as_ref().map(|client| client.leftover(app)));
    leftovers::note(&turn, word, None)?;
    let moved = put_all(app, &shared, &secret, client.as_ref());
    // A failure to move is what a person must hear of; the account is private as before.
    let settled = leftovers::settle(app, &account.id, turn).await;
    moved?;
    settled?;
    Ok(shared)
}

fn client_for_team(app: &App, account: &Account) -> Result<Option<clients::Keeping>> {
    let Some(id) = &account.client else { return Ok(None) };
    let (provider, site) = (provider(&account.provider)?, account.site());
    let client = clients::of_account(app, provider, &site, id, Sharing::Private)?.load()?;
    clients::prepare(app, provider, &site, Sharing::Team, &client).map(Some)
}

fn put_all(app: &App, shared: &Account, secret: &Secret, client: Option<&clients::Keeping>) -> Result<()> {
    place::vault(app, Sharing::Team).set(&place::key(app, shared), secret)?;
    if let Some(client) = client {
        client.keep_secret(app)?;
    }
    let changed =
        app.store.change(&app.person(), &format!("shared account `{}` with the team", shared.label), |change| {
            if let Some(client) = client {
                client.put(change)?;
            }
            put(change, shared)
        });
    changed.map(drop)
}
