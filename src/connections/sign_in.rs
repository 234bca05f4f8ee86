//! Signing in where no HTTP request can say whose an account is: a database is asked by the source that reads it. Everywhere
//! else this is `accounts` alone.

use super::way::Way;
use crate::accounts::{self, Account, ConnectRequest, Connected, Person, Provider, Tested};
use crate::app::App;
use crate::base::{Budget, Error, Label, Result, Secret};
use crate::sources::{self, Access, Source};

/// Connects an account. Errors as for `accounts::connect`, and what the source says that cannot be reached with it.
pub async fn connect(app: &App, request: ConnectRequest, person: &mut dyn Person) -> Result<Connected> {
    let request = known(app, request).await?;
    accounts::connect(app, request, person).await
}

/// Signs in to an account that is here. Without a new secret the one that is here is tried again.
///
/// Errors as for `accounts::reauth`, and what the source says that cannot be reached with it.
pub async fn reauth(app: &App, label: &Label, request: ConnectRequest, person: &mut dyn Person) -> Result<Connected> {
    let account = accounts::find(app, label)?;
    if source_of(&account.provider).is_none() {
        return accounts::reauth(app, label, request, person).await;
    }
    let mut settings = account.settings.clone();
    settings.extend(request.settings.clone());
    let request = ConnectRequest { provider: account.provider, label: Some(label.clone()), settings, ..request };
    accounts::reauth(app, label, known(app, request).await?, person).await
}

/// Finds out whether an account works. Errors as for `accounts::test`.
pub async fn test(app: &App, label: &Label) -> Result<Tested> {
    let account = accounts::find(app, label)?;
    match source_of(&account.provider).filter(|_| !account.settings.is_empty()) {
        Some(source) => test_at(app, &account, source).await,
        None => accounts::test(app, label).await,
    }
}

async fn test_at(app: &App, account: &Account, source: &'static dyn Source) -> Result<Tested> {
    let secret = Way::of(app, account)?.password;
    let found = ask(app, source, &account.label, account.settings.clone(), secret).await?;
    if found.id != account.identity.id {
        return Err(accounts::other_identity(account, &found).hint(format!(
            "run `appctl integrations accounts reauth {} --switch-account` if it shall be",
            account.label
        )));
    }
    Ok(Tested {
        account: account.label.clone(),
        provider: account.product().to_owned(),
        identity: found.name,
        scopes: Vec::new(),
        expires_at: None,
    })
}

/// The request with whom the source says it is, where a source has to be asked.
async fn known(app: &App, mut request: ConnectRequest) -> Result<ConnectRequest> {
    let Some(source) = source_of(&request.provider) else { return Ok(request) };
    let provider = source.spec().provider;
    if request.endpoint.is_some() {
        return Err(Error::usage(format!("{} has no `--endpoint`", provider.title))
            .hint("say where it is with `--set url=…` alone"));
    }
    let method = request.method.or(provider.methods.first().copied()).unwrap_or_default();
    let settings = provider.settings(method, request.settings.clone())?;
    let label = request.label.clone().map_or_else(|| Label::parse(provider.id), Ok)?;
    let secret = match &request.secret {
        Some(secret) => Some(secret.clone()).filter(|secret| !secret.is_empty()),
        None => kept(app, &label, provider)?,
    };
    let identity = ask(app, source, &label, settings, secret).await?;
    request.identity = Some(identity);
    Ok(request)
}

/// The secret of an account that is there, or that the environment gives.
fn kept(app: &App, label: &Label, provider: &Provider) -> Result<Option<Secret>> {
    match accounts::look(app, label)? {
        accounts::Seen::Account(account) if account.provider == provider.id => accounts::secret(app, &account),
        _ => Ok(app.config.token(label).cloned()),
    }
}

async fn ask(
    app: &App,
    source: &'static dyn Source,
    label: &Label,
    settings: std::collections::BTreeMap<String, String>,
    secret: Option<Secret>,
) -> Result<accounts::Identity> {
    let access = Access {
        http: app.http.clone(),
        endpoint: None,
        auth: sources::Auth::None,
        secret,
        settings,
        clock: app.clock.clone(),
        budget: Budget::unlimited(),
        account: label.to_string(),
    };
    let identity = source.open(access).await?.identity().await?;
    Ok(accounts::Identity { id: identity.id, name: identity.name })
}

/// The source that must be asked, for providers that are not asked over HTTP.
fn source_of(provider: &str) -> Option<&'static dyn Source> {
    let is_it =
        |source: &&&dyn Source| source.spec().provider.id == provider && source.spec().provider.identify.is_empty();
    sources::ALL.iter().find(is_it).copied()
}
