//! Connecting an account: everything that can fail without a person is tried before one is troubled, and nothing is kept
//! before it is known whose the tokens are. The secret goes first, then the document; whoever dies in between leaves word.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::bundle::Bundle;
use super::person::{Event, Found, Person, Settled, free_label};
use super::sign_in::{Obtained, SignIn, What, give_back, merged};
use super::state::{self, Pending, State};
use super::{
    Account, Identity, Method, Provider, Sharing, Site, Switch, all, check_endpoint, clients, is_picked, owner, pick,
    place, product, provider, put, raw,
};
use crate::app::{App, Turn};
use crate::base::{Error, Interrupt, Kind, Label, Result, Secret};
use crate::oauth::{Client, discover};

/// The longest wait for who is renewing the account's old tokens.
const PATIENCE: Duration = Duration::from_secs(40);

/// What `connect` needs to know. What is not given takes its usual value, or is asked for.
#[derive(Clone, Debug)]
pub struct ConnectRequest {
    pub provider: String,
    pub label: Option<Label>,
    pub sharing: Option<Sharing>,
    /// The provider's usual one; `Token` when a secret is given
    pub method: Option<Method>,
    pub settings: BTreeMap<String, String>,
    pub scopes: Vec<String>,
    /// Without the provider's usual scopes
    pub only_scopes: bool,
    /// The last one that was given for this provider, when there is none here
    pub client: Option<Client>,
    /// A key, or what brings tokens again and again (a service account's key)
    pub secret: Option<Secret>,
    /// Of the redirect URI
    pub port: Option<u16>,
    pub endpoint: Option<Url>,
    /// Where the facts of a custom provider are discovered
    pub issuer: Option<Url>,
    /// Whether another identity may take the place of the label's
    pub switch: Switch,
    /// How long a person may take in the browser
    pub limit: Duration,
    pub interrupt: Interrupt,
}

impl ConnectRequest {
    pub fn of(provider: impl Into<String>) -> Self {
        ConnectRequest {
            provider: provider.into(),
            label: None,
            sharing: None,
            method: None,
            settings: BTreeMap::new(),
            scopes: Vec::new(),
            only_scopes: false,
            client: None,
            secret: None,
            port: None,
            endpoint: None,
            issuer: None,
            switch: Switch::Refuse,
            limit: Duration::from_secs(300),
            interrupt: Interrupt::default(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Connected {
    pub account: Account,
    /// What was asked for, or was granted before, and is not granted now
    pub missing_scopes: Vec<String>,
    /// The identity was here already
    pub updated: bool,
    /// It is the one that is taken where no label is given
    pub default: bool,
}

/// Signs in at a provider and keeps the account: a new one, or anew one whose identity or label is here already.
///
/// `Kind::Usage` for what is missing or does not fit; what the vault says when it cannot keep a secret, before anybody is
/// sent to a browser; `Kind::Conflict` when the label is another identity's; `Kind::Denied` when the person said no;
/// `Kind::Interrupted`, with nothing kept. Otherwise what the provider said.
pub async fn connect(app: &App, mut request: ConnectRequest, person: &mut dyn Person) -> Result<Connected> {
    product::resolve(app, &mut request)?;
    let provider = provider(&request.provider)?;
    sweep(app);
    if let Some(endpoint) = &request.endpoint {
        check_endpoint(endpoint)?;
    }
    discover_facts(app, &mut request).await?;
    product::recall(app, &mut request)?;
    let label_holder = label_holder(app, &request)?;
    let product = product::word(provider.id, &request.settings);
    let base = label_holder.clone().or_else(|| pick(app, product, None).ok());
    let base = base.filter(|base| base.endpoint == request.endpoint);
    sign_in_and_keep(app, provider, request, label_holder, base, person).await
}

/// Signs in to an account that is here, in the way it was signed in to before unless the request says otherwise.
///
/// Errors as for `connect`; `Kind::Conflict` when the provider says that it is somebody else now and `switch` does not
/// allow it.
pub async fn reauth(app: &App, label: &Label, request: ConnectRequest, person: &mut dyn Person) -> Result<Connected> {
    let account = super::find(app, label)?;
    let provider = provider(&account.provider)?;
    if request.sharing.is_some_and(|sharing| sharing != account.sharing) {
        return Err(Error::usage(format!("account `{label}` is {}", account.sharing.word()))
            .hint(format!("make it the team's with `appctl integrations accounts share {label}`")));
    }
    let given_key = request.secret.is_some() && !account.method.keeps_key();
    let mut settings = merged(account.settings.clone(), &request.settings);
    // What the last sign-in told was nobody's setting, and the next one tells it anew.
    settings.retain(|key, _| !provider.keeps.iter().any(|keep| keep.setting == key));
    let request = ConnectRequest {
        provider: account.provider.clone(),
        label: Some(label.clone()),
        sharing: Some(account.sharing),
        method: request.method.or(if given_key { Some(Method::Token) } else { Some(account.method) }),
        settings,
        endpoint: request.endpoint.clone().or_else(|| account.endpoint.clone()),
        ..request
    };
    sign_in_and_keep(app, provider, request, Some(account.clone()), Some(account), person).await
}

async fn sign_in_and_keep(
    app: &App,
    provider: &'static Provider,
    request: ConnectRequest,
    label_holder: Option<Account>,
    base: Option<Account>,
    person: &mut dyn Person,
) -> Result<Connected> {
    let sharing = request.sharing.or_else(|| label_holder.as_ref().map(|account| account.sharing));
    let method = request.method.unwrap_or(match request.secret {
        Some(_) if provider.methods.contains(&Method::Token) => Method::Token,
        _ => provider.methods.first().copied().unwrap_or_default(),
    });
    let site = site(provider, method, &request)?;
    let vault = place::vault(app, sharing.unwrap_or_default());
    vault.probe()?;
    person.tell(Event::VaultReady { word: vault.word() });
    let client = client(app, provider, method, &request, &site, sharing.unwrap_or_default())?;
    let site = Site { client: client.as_ref().map(|client| client.id.clone()), ..site };
    let scopes = scopes(provider, method, &request, base.as_ref(), &site)?;
    let sign_in = SignIn {
        app,
        provider,
        method,
        site,
        scopes: scopes.clone(),
        client: client.clone(),
        secret: request.secret.clone(),
        port: request.port,
        limit: request.limit,
        interrupt: request.interrupt.clone(),
        label: request.label.as_ref().map_or(provider.id, Label::as_str).to_owned(),
    };
    let obtained = sign_in.run(person).await?;
    let plan = Plan { app, provider, request: &request, label_holder, sharing, client, asked: scopes };
    plan.keep(obtained, person).await
}

/// What is known once somebody has signed in.
struct Plan<'a> {
    app: &'a App,
    provider: &'static Provider,
    request: &'a ConnectRequest,
    label_holder: Option<Account>,
    sharing: Option<Sharing>,
    client: Option<Client>,
    asked: Vec<String>,
}

impl Plan<'_> {
    async fn keep(&self, obtained: Obtained, person: &mut dyn Person) -> Result<Connected> {
        let old = match self.place_of(&obtained) {
            Ok(Some(old)) => Some(old),
            Ok(None) => None,
            Err(error) => return Err(error),
        };
        if let Some(old) = &old {
            person.tell(Event::Known { label: old.label.clone() });
        }
        let account = match &old {
            Some(old) => self.renewed(old, &obtained),
            None => match self.settle(&obtained, person) {
                Ok(account) => account,
                Err(error) => {
                    // Nobody else here is this identity, so that nothing else ends with these tokens.
                    if let What::Tokens(bundle) = &obtained.what {
                        give_back(&self.app.http, self.provider, &obtained.site, self.client.as_ref(), bundle).await;
                    }
                    return Err(error);
                }
            },
        };
        let turn = state::turns(self.app, &account).take(PATIENCE).await?;
        self.write(&turn, &account, old.as_ref(), obtained.what)?;
        drop(turn);
        let was = old.as_ref().map(|old| old.scopes.clone()).unwrap_or_default();
        let missing = self.asked.iter().chain(&was).filter(|scope| !account.scopes.contains(scope));
        let mut missing_scopes: Vec<String> = Vec::new();
        for scope in missing {
            if !missing_scopes.contains(scope) {
                missing_scopes.push(scope.clone());
            }
        }
        let default = is_picked(self.app, &account)?;
        Ok(Connected { account, missing_scopes, updated: old.is_some(), default })
    }

    /// The account that is signed in to anew: the one with this identity, or the one of this label.
    fn place_of(&self, obtained: &Obtained) -> Result<Option<Account>> {
        if let Some(holder) = &self.label_holder {
            if is_same(holder, self.provider, &obtained.identity, &obtained.site)
                // Nobody ever said whose it is, and the person says that it is this one.
                || holder.identity.id.is_empty()
                || self.request.switch == Switch::Allow
            {
                return Ok(Some(holder.clone()));
            }
            return Err(other_identity(holder, &obtained.identity));
        }
        let known = owner::visible(self.app)?;
        let same = known.into_iter().find(|other| is_same(other, self.provider, &obtained.identity, &obtained.site));
        let Some(same) = same else { return Ok(None) };
        if self.sharing.is_some_and(|sharing| sharing != same.sharing) {
            let message = format!(
                "`{}` is here already, as {} account `{}`",
                same.identity.name,
                same.sharing.word(),
                same.label
            );
            return Err(Error::new(Kind::Conflict, message).hint(match same.sharing {
                Sharing::Private => format!("make it the team's: `appctl integrations accounts share {}`", same.label),
                Sharing::Team => {
                    format!("use that one, or remove it: `appctl integrations accounts remove {}`", same.label)
                }
            }));
        }
        Ok(Some(same))
    }

    fn settle(&self, obtained: &Obtained, person: &mut dyn Person) -> Result<Account> {
        let proposed =
            free_label(self.app, product::word(self.provider.id, &obtained.site.settings), &obtained.identity)?;
        let settled = if self.request.label.is_some() && self.sharing.is_some() {
            Settled { label: self.request.label.clone().unwrap_or(proposed), sharing: self.sharing.unwrap_or_default() }
        } else {
            person.settle(&Found {
                provider: self.provider,
                identity: &obtained.identity,
                label: self.request.label.as_ref(),
                proposed,
                sharing: self.sharing,
                team_ready: place::vault(self.app, Sharing::Team).probe().is_ok(),
            })?
        };
        self.request.interrupt.check()?;
        if self.sharing.unwrap_or_default() != settled.sharing {
            place::vault(self.app, settled.sharing).probe()?;
        }
        if raw(self.app, &settled.label)?.is_some() {
            return Err(taken(&settled.label));
        }
        let now = self.app.clock.now();
        let blank = Account {
            label: settled.label,
            provider: self.provider.id.to_owned(),
            id: super::new_id(),
            identity: obtained.identity.clone(),
            endpoint: None,
            settings: BTreeMap::new(),
            sharing: settled.sharing,
            owner: self.app.config.user.clone(),
            method: obtained.method,
            scopes: Vec::new(),
            refused: Vec::new(),
            client: None,
            default: false,
            on_its_own: true,
            created: now,
            authorised: now,
        };
        Ok(self.renewed(&blank, obtained))
    }

    /// The account as this sign-in leaves it.
    fn renewed(&self, old: &Account, obtained: &Obtained) -> Account {
        let refused = old.refused.iter().chain(&self.asked).filter(|scope| !obtained.granted.contains(scope));
        let mut refused: Vec<String> = refused.cloned().collect();
        refused.sort();
        refused.dedup();
        Account {
            identity: obtained.identity.clone(),
            endpoint: obtained.site.endpoint.clone(),
            settings: obtained.site.settings.clone(),
            method: obtained.method,
            scopes: obtained.granted.clone(),
            refused,
            client: self.client.as_ref().map(|client| client.id.clone()),
            authorised: self.app.clock.now(),
            ..old.clone()
        }
    }

    /// Keeps everything: secrets first, and a failure afterwards takes back what is new.
    fn write(&self, turn: &Turn, account: &Account, old: Option<&Account>, what: What) -> Result<()> {
        let app = self.app;
        let client = match &self.client {
            Some(client) => Some(clients::prepare(app, self.provider, &account.site(), account.sharing, client)?),
            None => None,
        };
        let state: State = turn.state()?.unwrap_or_default();
        let (secret, next) = match what {
            What::Key(secret) => (secret, State::default()),
            What::Tokens(bundle) => {
                let generation = state.generation.max(kept_generation(app, account)) + 1;
                let bundle = Bundle { generation, ..*bundle };
                let expires_at = bundle.expires_at;
                let next = State { generation, expires_at, refreshed_at: Some(bundle.issued_at), ..State::default() };
                (bundle.text(), next)
            }
        };
        let key = place::key(app, account);
        if old.is_none() {
            turn.write(&State { pending: Some(Pending { key: key.clone(), sharing: account.sharing }), ..state })?;
        }
        let vault = place::vault(app, account.sharing);
        let before = if old.is_some() { vault.get(&key)? } else { None };
        let kept = (|| -> Result<()> {
            if let Some(client) = &client {
                client.keep_secret(app)?;
            }
            place::keep_secret(app, account, &secret)?;
            let what = match old {
                Some(old) if old.identity.id == account.identity.id => {
                    format!("signed in to account `{}` again", account.label)
                }
                Some(_) => format!("switched account `{}` to `{}`", account.label, account.identity.name),
                None => format!("connected account `{}`", account.label),
            };
            app.store.change(&app.person(), &what, |change| {
                if let Some(client) = &client {
                    client.put(change)?;
                }
                // Somebody may have taken the label since it was looked at.
                if old.is_none() && change.document(super::DOCUMENT, account.label.as_str())?.is_some() {
                    return Err(taken(&account.label));
                }
                put(change, account)
            })?;
            Ok(())
        })();
        if let Err(error) = kept {
            // The first failure is what a person must hear of.
            let _ = match &before {
                Some(before) => vault.set(&key, before),
                None => vault.delete(&key).map(|_| ()),
            };
            if let Some(client) = &client {
                client.take_back(app);
            }
            if old.is_none() {
                let _ = turn.write(&State::default());
            }
            return Err(error);
        }
        // The account is there and its tokens too: what this file says is only for the next renewal.
        let _ = turn.write(&next);
        Ok(())
    }
}

fn kept_generation(app: &App, account: &Account) -> u64 {
    let kept = place::vault(app, account.sharing).get(&place::key(app, account)).ok().flatten();
    kept.and_then(|kept| Bundle::parse(&kept, &account.label).ok()).map_or(0, |bundle| bundle.generation)
}

/// The account of the label that was given, when it is one of this provider's. `Kind::Conflict` when it is another's.
fn label_holder(app: &App, request: &ConnectRequest) -> Result<Option<Account>> {
    let Some(label) = &request.label else { return Ok(None) };
    match raw(app, label)? {
        None => Ok(None),
        Some(account) if account.provider == request.provider && owner::is_visible(app, &account) => {
            if request.sharing.is_some_and(|sharing| sharing != account.sharing) {
                return Err(taken(label));
            }
            Ok(Some(account))
        }
        Some(_) => Err(taken(label)),
    }
}

pub(super) fn taken(label: &Label) -> Error {
    Error::new(Kind::Conflict, format!("the label `{label}` is taken")).hint("choose another one with `--label LABEL`")
}

pub(super) fn other_identity(account: &Account, identity: &Identity) -> Error {
    Error::new(
        Kind::Conflict,
        format!("that is `{}`, and account `{}` is `{}`", identity.name, account.label, account.identity.name),
    )
    .hint(
        "sign out of the wrong one in the browser and try again, give another `--label`, or add `--switch-account` to \
         use it in its place",
    )
}

/// Whether a provider speaks of the same identity. One that does not say whose an account is has none that are the same.
pub(super) fn is_same(account: &Account, provider: &Provider, identity: &Identity, site: &Site) -> bool {
    let api = |settings: &BTreeMap<String, String>| settings.get("base_url").cloned();
    account.provider == provider.id
        && !identity.id.is_empty()
        && account.identity.id == identity.id
        && account.endpoint == site.endpoint
        // The same number may be two people at two APIs.
        && (provider.id != "custom" || api(&account.settings) == api(&site.settings))
}

/// Where the provider is for this account.
fn site(provider: &Provider, method: Method, request: &ConnectRequest) -> Result<Site> {
    let settings = provider.settings(method, request.settings.clone())?;
    Ok(Site { endpoint: request.endpoint.clone(), settings, ..Site::default() })
}

/// A custom provider's facts from its issuer; what the person says goes first.
async fn discover_facts(app: &App, request: &mut ConnectRequest) -> Result<()> {
    let Some(issuer) = &request.issuer else { return Ok(()) };
    if request.provider != "custom" {
        return Err(Error::usage(format!("`--issuer` is for a custom provider, and `{}` is known", request.provider))
            .hint("leave it away"));
    }
    let found = discover::discover(&app.http, issuer).await?;
    let settings = crate::providers::custom::discovered(&found.server, found.userinfo.as_ref(), &found.scopes);
    request.settings = merged(settings, &request.settings);
    Ok(())
}

/// The client to sign in with, where the method needs one.
fn client(
    app: &App,
    provider: &Provider,
    method: Method,
    request: &ConnectRequest,
    site: &Site,
    sharing: Sharing,
) -> Result<Option<Client>> {
    if matches!(method, Method::Token | Method::TwoStep) {
        return Ok(None);
    }
    match &request.client {
        Some(client) => Ok(Some(client.clone())),
        None => clients::find(app, provider, site, sharing),
    }
}

/// What to ask for: with an account that is here already the union of old and new, so that one consent is enough. What the
/// provider did not grant is not asked for again unless somebody names it.
fn scopes(
    provider: &Provider,
    method: Method,
    request: &ConnectRequest,
    base: Option<&Account>,
    site: &Site,
) -> Result<Vec<String>> {
    let mut more = request.scopes.clone();
    let same_way = base
        .filter(|base| base.method != Method::Token && method != Method::Token)
        .filter(|base| provider.is_same_kind(&base.settings, &site.settings));
    more.extend(same_way.map(|base| base.scopes.clone()).unwrap_or_default());
    let named = provider.scopes_to_ask(method, &request.scopes, true, site)?;
    let asked = provider.scopes_to_ask(method, &more, request.only_scopes, site)?;
    let refused = same_way.map(|base| base.refused.as_slice()).unwrap_or_default();
    Ok(asked.into_iter().filter(|scope| named.contains(scope) || !refused.contains(scope)).collect())
}

/// Takes away the secrets of accounts that were never there, because somebody died while making them.
fn sweep(app: &App) {
    let Ok(names) = app.store.all_turns() else { return };
    let Ok(accounts) = all(app) else { return };
    for name in names.iter().filter(|name| !accounts.iter().any(|account| account.id == **name)) {
        let Ok(Some(turn)) = app.store.turns(name).try_take() else { continue };
        let Ok(Some(State { pending: Some(pending), .. })) = turn.state::<State>() else { continue };
        // Whoever finished meanwhile has a document now.
        let made = all(app).is_ok_and(|accounts| accounts.iter().any(|account| account.id == *name));
        if !made && place::vault(app, pending.sharing).delete(&pending.key).is_ok() {
            let _ = turn.forget();
        }
    }
}
