//! Taking a token back at the server, and the truth about whether that worked.

use serde_json::Value as Json;
use url::Url;

use super::endpoint::{self, Ask, LARGEST, Said};
use super::failure::Failure;
use super::{Client, RevokeBy, Server, answer};
use crate::base::{Error, Result, Secret};
use crate::http::{Auth, Door, Http, Request};

/// What is to be taken back.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    pub access: Option<Secret>,
    pub refresh: Option<Secret>,
    /// The identity at the vendor, where the vendor wants it (Stripe's `acct_…`)
    pub id: Option<String>,
}

#[derive(Clone, Debug)]
pub enum Revoked {
    /// The server says that the tokens are worth nothing now, or that it never heard of them
    Done,
    /// The server has no way to take a token back
    Unsupported,
    /// The tokens must be assumed alive
    Failed(Error),
}

/// Takes back the refresh token, then the access token; or the one thing that the vendor's own way is about.
pub async fn revoke(http: &Http, server: &Server, client: &Client, subject: &Subject) -> Revoked {
    let Some(revoke) = &server.revoke else { return Revoked::Unsupported };
    let tokens = [("refresh_token", &subject.refresh), ("access_token", &subject.access)];
    let tokens = tokens.iter().filter_map(|(hint, token)| Some((*hint, token.as_ref()?)));
    let mut tokens = tokens.filter(|(_, token)| !token.is_empty());
    let outcome = match revoke.how {
        RevokeBy::Rfc7009 => all(http, server, Some(client), &revoke.url, tokens.collect()).await,
        RevokeBy::Token => all(http, server, None, &revoke.url, tokens.take(1).collect()).await,
        RevokeBy::DeletePath => delete_path(http, server, &revoke.url, subject.refresh.as_ref()).await,
        RevokeBy::DeleteJson => delete_json(http, server, client, &revoke.url, subject.access.as_ref()).await,
        RevokeBy::Bearer => bearer(http, server, &revoke.url, tokens.find(|(hint, _)| *hint == "access_token")).await,
        RevokeBy::Deauthorize => deauthorize(http, server, client, &revoke.url, subject.id.as_deref()).await,
    };
    outcome.unwrap_or_else(|failure| Revoked::Failed(failure.into_error(&host(&revoke.url))))
}

type Outcome = Result<Revoked, Failure>;

/// RFC 7009: one token after the other. Not all servers know what an access token is; where the refresh token is gone,
/// that is no failure.
async fn all(
    http: &Http,
    server: &Server,
    client: Option<&Client>,
    url: &Url,
    tokens: Vec<(&str, &Secret)>,
) -> Outcome {
    let mut gone = false;
    for (hint, token) in &tokens {
        let mut parameters = vec![("token", token.expose())];
        if client.is_some() {
            parameters.push(("token_type_hint", hint));
        }
        let ask = Ask { server, url, client, parameters, body: server.body, repeatable: true, once: false };
        match judge(server, &ask.send(http).await?) {
            Ok(()) => gone = true,
            Err(failure) if failure.is("unsupported_token_type") => {}
            Err(failure) => return Err(failure),
        }
    }
    match (tokens.is_empty(), gone) {
        (true, _) => Err(nothing()),
        (false, true) => Ok(Revoked::Done),
        (false, false) => Ok(Revoked::Unsupported),
    }
}

async fn delete_path(http: &Http, server: &Server, url: &Url, token: Option<&Secret>) -> Outcome {
    let token = token.ok_or_else(nothing)?;
    let encoded =
        url::form_urlencoded::byte_serialize(token.expose().as_bytes()).collect::<String>().replace('+', "%20");
    let door = endpoint::door(server, url).map_err(Failure::Other)?.hide(token.clone());
    let path = format!("{}/{encoded}", url.path().trim_end_matches('/'));
    let said = exchange(http, door, Request::delete(path)).await?;
    unless_unknown(server, &said)
}

async fn delete_json(http: &Http, server: &Server, client: &Client, url: &Url, token: Option<&Secret>) -> Outcome {
    let token = token.ok_or_else(nothing)?;
    let secret = client.secret.as_ref().ok_or_else(|| {
        Failure::Other(Error::usage("taking the token back needs the client's secret, which is not known"))
    })?;
    let door = endpoint::door(server, url).map_err(Failure::Other)?.hide(token.clone()).hide(secret.clone());
    let door = door.auth(Auth::Basic { user: client.id.clone(), password: secret.clone() });
    let request = Request::delete(url.path()).json(&serde_json::json!({ "access_token": token.expose() }));
    let said = exchange(http, door, request.map_err(Failure::Other)?).await?;
    unless_unknown(server, &said)
}

async fn bearer(http: &Http, server: &Server, url: &Url, token: Option<(&str, &Secret)>) -> Outcome {
    let (_, token) = token.ok_or_else(nothing)?;
    let door = endpoint::door(server, url).map_err(Failure::Other)?.auth(Auth::Bearer(token.clone()));
    let said = exchange(http, door, Request::post(url.path()).form(&[])).await?;
    judge(server, &said).map(|()| Revoked::Done)
}

async fn deauthorize(http: &Http, server: &Server, client: &Client, url: &Url, id: Option<&str>) -> Outcome {
    let missing = |what: &str| Failure::Other(Error::usage(format!("taking the access back needs {what}")));
    let id = id.ok_or_else(|| missing("the account's id, which is not known"))?;
    let secret = client.secret.as_ref().ok_or_else(|| missing("the secret key, which is not known"))?;
    let door = endpoint::door(server, url).map_err(Failure::Other)?.auth(Auth::Bearer(secret.clone()));
    let form = [("client_id", client.id.as_str()), ("stripe_user_id", id)];
    let said = exchange(http, door, Request::post(url.path()).form(&form)).await?;
    judge(server, &said).map(|()| Revoked::Done)
}

/// Taking back twice does no harm.
async fn exchange(http: &Http, door: Door, request: Request) -> Result<Said, Failure> {
    let request = request.repeatable().largest_body(LARGEST);
    let answer = http.exchange(&door, &request).await.map_err(Failure::of)?;
    Ok(Said::new(door, answer))
}

/// A server that knows no such token has nothing left to take back.
fn unless_unknown(server: &Server, said: &Said) -> Outcome {
    if said.status() == 404 { Ok(Revoked::Done) } else { judge(server, said).map(|()| Revoked::Done) }
}

/// Whether the token is worth nothing now. A success may be empty; a token that is no longer one is as good as gone.
fn judge(server: &Server, said: &Said) -> Result<(), Failure> {
    let document = said.document();
    let in_success = |document: &Json| match server.error_in_200 {
        true => answer::is_refusal(document),
        false => document.get("ok") == Some(&Json::Bool(false)),
    };
    if said.is_success() && !document.as_ref().is_some_and(in_success) {
        return Ok(());
    }
    // In the server's own words: what one calls revoked, another may call an invalid grant.
    let own = Server { words: Vec::new(), ..server.clone() };
    let said_by = |server: &Server| document.as_ref().and_then(|document| answer::refusal(server, said, document));
    if said_by(&own).is_some_and(|failure| failure.is("invalid_token") || failure.is("token_revoked")) {
        return Ok(());
    }
    Err(said_by(server).unwrap_or_else(|| said.unclear("without saying why")))
}

fn nothing() -> Failure {
    Failure::Other(Error::failed("there is no token that could be taken back"))
}

fn host(url: &Url) -> String {
    format!("`{}`", url.host_str().unwrap_or_default())
}
