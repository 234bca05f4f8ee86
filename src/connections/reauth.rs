//! A new secret for a connection's account, and a test of the one that is there.

use serde::Serialize;

use super::find;
use super::way::Way;
use crate::accounts::{self, Account, Method, Provider, Switch};
use crate::app::App;
use crate::base::{Budget, ConnectionName, Error, Result, Secret};
use crate::sources::ObjectSummary;

#[derive(Clone, Debug)]
pub struct ReauthRequest {
    pub connection: ConnectionName,
    pub secret: Option<Secret>,
    pub switch: Switch,
}

/// What a test found.
#[derive(Clone, Debug, Serialize)]
pub struct Tested {
    pub connection: String,
    pub account: String,
    pub identity: String,
    pub objects: Vec<TestedObject>,
}

#[derive(Clone, Debug, Serialize)]
pub struct TestedObject {
    pub object: String,
    pub rows: Option<u64>,
    pub problem: Option<String>,
}

/// Gives the connection's account a new secret, after the provider has said whom it belongs to.
///
/// `Kind::Conflict` when that is another identity and the switch does not allow it; `Kind::SignIn` when the provider
/// refuses the new secret too. The old secret stays in both cases.
pub async fn reauth(app: &App, request: &ReauthRequest) -> Result<accounts::Account> {
    let connection = find(app, &request.connection)?;
    let account = connection.account(app)?;
    let secret = request.secret.clone().or_else(|| app.config.token(&account.label).cloned());
    let provider = accounts::provider(&account.provider)?;
    let Some(secret) = secret else {
        return Err(missing(&account, provider));
    };
    let source = connection.source()?;
    let way = Way::with(provider, Some(secret.clone()), &account.site())?;
    let access = crate::sources::Access {
        http: app.http.clone(),
        endpoint: account.endpoint.clone(),
        auth: way.auth,
        secret: way.password,
        settings: connection.settings.clone(),
        clock: app.clock.clone(),
        budget: Budget::unlimited(),
        account: account.label.to_string(),
    };
    let identity = source.open(access).await?.identity().await?;
    let identity = accounts::Identity { id: identity.id, name: identity.name };
    accounts::replace_secret(app, &account, &secret, &identity, request.switch).await
}

fn missing(account: &Account, provider: &Provider) -> Error {
    if account.method != Method::Token {
        return Error::usage(format!("account `{}` is signed in to in a browser or by its client", account.label))
            .hint(format!("run `appctl integrations accounts reauth {}`", account.label));
    }
    Error::usage(format!("{} needs a new {}", provider.title, provider.secret)).hint(format!(
        "give it with `--token-stdin` or `--token-file FILE`, or set `{}`",
        accounts::variable(&account.label)
    ))
}

/// Reaches the source with the account that is there and looks at every object of the connection.
pub async fn test(app: &App, name: &ConnectionName) -> Result<Tested> {
    let connection = find(app, name)?;
    let mut session = connection.open(app, Budget::unlimited()).await?;
    let identity = session.identity().await?;
    let found = session.objects().await?;
    let look = |object: &str, found: Option<&ObjectSummary>| TestedObject {
        object: object.to_owned(),
        rows: found.and_then(|found| found.rows),
        problem: match found {
            Some(found) => found.problem.clone(),
            None => Some("it is gone at the source".to_owned()),
        },
    };
    let objects = connection
        .objects
        .iter()
        .map(|config| look(&config.object, found.iter().find(|summary| summary.id == config.object)));
    Ok(Tested {
        connection: name.to_string(),
        account: connection.account.to_string(),
        identity: identity.name,
        objects: objects.collect(),
    })
}
