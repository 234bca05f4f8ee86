//! Identities at providers that people authorised: what each is called here, whom the provider says it is, whose it is, and
//! where it is reached. An account is a document in the store; its secret is in a vault, or given by the environment, never
//! here. Signing in is `connect` and `reauth`; tokens are kept alive by `refresh` while requests use them through `auth`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::app::{App, Change};
use crate::base::{Error, Kind, Label, Result, Secret, Timestamp, names};
use crate::providers;

mod bundle;
pub mod clients;
mod connect;
mod endpoint;
mod grant;
mod held;
mod identity;
mod idle;
mod keep;
mod leftovers;
mod live;
mod need;
mod owner;
mod person;
mod pick;
mod place;
mod plan;
mod product;
mod refresh;
mod rename;
mod replace;
mod request;
mod revoke;
mod share;
mod sign_in;
mod state;
mod verify;
mod window;
mod write;

pub use crate::oauth::Client;
pub use crate::providers::{
    ClientSecret, Description, Guide, KeyForm, Method, Provider, Scope, Setting, Site, Way, describe,
};
pub use connect::{Connected, connect, reauth};
pub use endpoint::check as check_endpoint;
pub use held::{Ended, last_try as keep_held};
pub use identity::other_identity;
pub use idle::{Kept, keep_alive};
pub use leftovers::{announce, orphans, sweep};
pub use live::auth;
pub use owner::{Seen, Sharing, look, named_by};
pub use person::{Browse, Event, Found, Person, Settled};
pub use pick::{is_picked, pick, set_default};
pub use place::{forget_secret, keep_secret, secret, variable};
pub use product::{Product, recall};
pub use rename::rename;
pub use replace::replace_secret;
pub use request::ConnectRequest;
pub use revoke::{Remote, Removed, remove};
pub use share::{share, what_sharing_means};
pub use state::{Health, granted, health, lapsed, site};
pub use verify::{Tested, test};

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
    /// The scopes that were asked for and not granted; they are asked for again only when somebody names them
    #[serde(default)]
    pub refused: Vec<String>,
    /// The id of the client it was signed in with
    #[serde(default)]
    pub client: Option<String>,
    /// The one that is taken where several of its provider could be
    #[serde(default)]
    pub default: bool,
    /// It was connected by itself, so it stays when no connection uses it
    #[serde(default)]
    pub on_its_own: bool,
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

/// The accounts that this user sees, by label: the team's and the own private ones.
pub fn list(app: &App) -> Result<Vec<Account>> {
    owner::visible(app)
}

/// Everybody's.
fn all(app: &App) -> Result<Vec<Account>> {
    app.store.documents(DOCUMENT)?.into_iter().map(|(label, body)| parse(&label, body)).collect()
}

/// Whatever has this label, whoever may see it.
fn raw(app: &App, label: &Label) -> Result<Option<Account>> {
    app.store.document(DOCUMENT, label.as_str())?.map(|body| parse(label.as_str(), body)).transpose()
}

/// `Kind::NotFound` when no account that this user sees has this label.
pub fn find(app: &App, label: &Label) -> Result<Account> {
    match raw(app, label)?.filter(|account| owner::is_visible(app, account)) {
        Some(account) => Ok(account),
        None => Err(Error::not_found(format!("no account is labelled `{label}`"))
            .hint("see `appctl integrations accounts`, or make one with `appctl integrations connect`")),
    }
}

/// The accounts of one product, by label.
pub fn of_product(app: &App, product: &str) -> Result<Vec<Account>> {
    let product = Product::find(app, product)?;
    Ok(list(app)?.into_iter().filter(|account| product.has(account)).collect())
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
        id: new_id(),
        identity: new.identity,
        endpoint: new.endpoint,
        settings: new.settings,
        sharing: Sharing::Private,
        owner: app.config.user.clone(),
        method: Method::Token,
        scopes: Vec::new(),
        refused: Vec::new(),
        client: None,
        default: false,
        on_its_own: false,
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
        let _ = forget_secret(app, account);
    }
    added.map(|_| ())
}

/// Takes the account away as a part of a larger change; its secret goes with `forget_secret`.
pub fn delete(change: &mut Change<'_>, label: &Label) -> Result<bool> {
    change.delete_document(DOCUMENT, label.as_str())
}

/// Every provider, in alphabetical order.
pub fn providers() -> &'static [&'static Provider] {
    providers::ALL
}

/// The provider of this id; `Kind::NotFound` when there is none.
pub fn provider(id: &str) -> Result<&'static Provider> {
    let known = || providers::ALL.iter().map(|provider| provider.id);
    providers::ALL.iter().copied().find(|provider| provider.id == id).ok_or_else(|| {
        let all = known().collect::<Vec<_>>().join(", ");
        Error::not_found(format!("no provider is called `{id}`")).hint(match names::closest(id, known()) {
            Some(near) => format!("did you mean `{near}`? the providers are {all}"),
            None => format!("use one of {all}"),
        })
    })
}

fn new_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

impl Account {
    /// Where its provider is.
    pub fn site(&self) -> Site {
        Site { endpoint: self.endpoint.clone(), settings: self.settings.clone(), client: self.client.clone() }
    }
}

fn parse(label: &str, body: serde_json::Value) -> Result<Account> {
    serde_json::from_value(body)
        .map_err(|error| Error::new(Kind::Corrupt, format!("account `{label}` cannot be read: {error}")))
}

#[cfg(test)]
mod tests;
