//! What processes tell each other about an account's tokens, and what people are told: nothing in it is secret.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::bundle::Bundle;
use super::leftovers::Leftover;
use super::{Account, Method, Site, place, provider};
use crate::app::{App, Turns};
use crate::base::{Error, Kind, Result, Timestamp};

const PATIENCE: Duration = Duration::from_secs(40);

/// Left by each turn at an account for the next.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// Of the tokens that were kept last
    pub generation: u64,
    pub expires_at: Option<Timestamp>,
    /// When they came
    pub refreshed_at: Option<Timestamp>,
    /// A renewal has begun, and its outcome was not written down yet
    pub intent: Option<Attempt>,
    /// A renewal was asked for whose answer got lost on the way, while we lived
    pub unclear: Option<Attempt>,
    pub lapsed: Option<Lapsed>,
    /// What the provider granted when that was last heard; `None`: what the account says
    pub scopes: Option<Vec<String>>,
    /// What the provider said of where the account is when it renewed the tokens (Salesforce moves its customers)
    pub moved: BTreeMap<String, String>,
    /// Secrets that may be nobody's: something was being done to them
    pub leftovers: Vec<Leftover>,
    /// The account that was being taken away with them
    pub removed: Option<Box<Account>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Attempt {
    /// Of the tokens that were to be replaced
    pub generation: u64,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Lapsed {
    pub generation: u64,
    pub at: Timestamp,
    pub reason: String,
}

pub(super) fn turns(app: &App, account: &Account) -> Turns {
    app.store.turns(&account.id)
}

pub(super) fn read(app: &App, account: &Account) -> Result<State> {
    Ok(turns(app, account).state()?.unwrap_or_default())
}

/// Where the account's provider is now.
pub fn site(app: &App, account: &Account) -> Result<Site> {
    let mut site = account.site();
    site.settings.extend(read(app, account)?.moved);
    Ok(site)
}

/// How an account is, as far as it can be known here without asking anybody.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "health", rename_all = "snake_case")]
pub enum Health {
    Good,
    /// The provider takes its tokens no longer
    NeedsReauth {
        since: Timestamp,
        reason: String,
    },
    /// Neither the vault nor the environment has its secret
    NoSecret,
}

impl Health {
    pub fn word(&self) -> &'static str {
        match self {
            Health::Good => "good",
            Health::NeedsReauth { .. } => "needs re-auth",
            Health::NoSecret => "no secret here",
        }
    }

    /// Why it is not good.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Health::Good => None,
            Health::NeedsReauth { reason, .. } => Some(reason),
            Health::NoSecret => Some("its secret is in another vault, or nowhere"),
        }
    }
}

/// How the account is. Asks the vault, never the provider.
pub fn health(app: &App, account: &Account) -> Result<Health> {
    if app.config.token(&account.label).is_some() {
        return Ok(Health::Good);
    }
    if let Some(lapsed) = lapsed(app, account)? {
        return Ok(lapsed);
    }
    let kept = place::vault(app, account.sharing).recent(&place::key(app, account));
    let optional = provider(&account.provider)?.secret_optional;
    match kept {
        Err(_) if optional => Ok(Health::Good),
        Err(error) => Err(place::name_variable(error, &account.label)),
        Ok(None) if optional => Ok(Health::Good),
        Ok(None) => Ok(Health::NoSecret),
        Ok(Some(_)) if account.method == Method::Token => Ok(Health::Good),
        Ok(Some(kept)) => Ok(of_bundle(app, account, &Bundle::parse(&kept, &account.label)?)),
    }
}

/// What was written down when the provider refused the account's tokens; asks neither vault nor provider.
pub fn lapsed(app: &App, account: &Account) -> Result<Option<Health>> {
    if app.config.token(&account.label).is_some() {
        return Ok(None);
    }
    let lapsed = read(app, account)?.lapsed;
    Ok(lapsed.map(|lapsed| Health::NeedsReauth { since: lapsed.at, reason: lapsed.reason }))
}

fn of_bundle(app: &App, account: &Account, bundle: &Bundle) -> Health {
    let renews = bundle.refresh.is_some() || account.method == Method::ClientCredentials || account.method.keeps_key();
    match bundle.expires_at {
        Some(end) if end <= app.clock.now() && !renews => Health::NeedsReauth { since: end, reason: ENDED.to_owned() },
        _ => Health::Good,
    }
}

/// Why an account ends whose provider gives no refresh tokens.
pub(super) const ENDED: &str = "its access token has ended, and the provider gave none to renew it";

/// The account has just worked, so a token without a refresh token that was refused once has not ended after all.
pub(super) async fn works(app: &App, account: &Account) -> Result<()> {
    let turns = turns(app, account);
    let ended = |state: &State| state.lapsed.as_ref().is_some_and(|lapsed| lapsed.reason == ENDED);
    if !turns.state::<State>()?.is_some_and(|state| ended(&state)) {
        return Ok(());
    }
    let turn = turns.take(PATIENCE).await?;
    let state: State = turn.state()?.unwrap_or_default();
    turn.write(&State { lapsed: None, ..state })
}

/// The scopes that the provider granted, as far as was last heard.
pub fn granted(app: &App, account: &Account) -> Result<Vec<String>> {
    Ok(read(app, account)?.scopes.unwrap_or_else(|| account.scopes.clone()))
}

/// What a person is told when an account's tokens are no good any more.
pub(super) fn needs_reauth(account: &str, reason: &str) -> Error {
    Error::new(Kind::SignIn, format!("account `{account}` needs a new sign-in: {reason}"))
        .hint(format!("run `appctl integrations accounts reauth {account}`"))
}
