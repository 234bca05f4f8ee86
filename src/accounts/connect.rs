//! Connecting an account: everything that can fail without a person is tried before one is troubled, and nothing is kept
//! before it is known whose the tokens are. The secret goes first, then the document; whoever dies in between leaves word.

use super::identity::label_holder;
use super::leftovers;
use super::person::{Event, Person};
use super::plan::Plan;
use super::request::ConnectRequest;
use super::sign_in::{SignIn, merged};
use super::{Account, Method, Provider, Sharing, Site, check_endpoint, clients, pick, place, product, provider};
use crate::app::App;
use crate::base::{Error, Label, Result};
use crate::oauth::{Client, discover};

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
    leftovers::sweep(app).await;
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
    let method = method(provider, &request);
    let site = site(provider, method, &request)?;
    let vault = place::vault(app, sharing.unwrap_or_default());
    // Somebody without a keyring can still use accounts that need no secret.
    if request.secret.is_some() || !provider.secret_optional {
        vault.probe()?;
        person.tell(Event::VaultReady { word: vault.word() });
    }
    let client = client(app, provider, method, &request, &site, sharing.unwrap_or_default())?;
    let site = Site { client: client.as_ref().map(|client| client.id.clone()), ..site };
    let asked = scopes(provider, method, &request, base.as_ref(), &site)?;
    let sign_in = SignIn {
        app,
        provider,
        method,
        site,
        scopes: asked.clone(),
        client: client.clone(),
        secret: request.secret.clone(),
        known: request.identity.clone(),
        port: request.port,
        limit: request.limit,
        interrupt: request.interrupt.clone(),
        label: request.label.as_ref().map_or(provider.id, Label::as_str).to_owned(),
    };
    let obtained = sign_in.run(person).await?;
    Plan { app, provider, request: &request, label_holder, sharing, client, asked }.keep(obtained, person).await
}

/// How to sign in where nobody says it: by the key that was given, else in the provider's usual way.
fn method(provider: &Provider, request: &ConnectRequest) -> Method {
    request.method.unwrap_or(match request.secret {
        Some(_) if provider.methods.contains(&Method::Token) => Method::Token,
        _ => provider.methods.first().copied().unwrap_or_default(),
    })
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
