//! Asking the server what a token is worth (RFC 7662).

use serde_json::Value as Json;

use super::answer;
use super::endpoint::Ask;
use super::failure::Failure;
use super::{Client, Server};
use crate::base::{Error, Secret};
use crate::http::Http;

#[derive(Clone, Debug)]
pub struct Introspection {
    pub active: bool,
    pub scopes: Option<Vec<String>>,
    /// The whole answer: `sub`, `username`, `exp`, and what the server says besides
    pub said: Json,
}

/// What the server says about this token. `Failure::Other` with `Kind::Usage` where it cannot be asked.
pub async fn introspect(
    http: &Http,
    server: &Server,
    client: &Client,
    token: &Secret,
) -> Result<Introspection, Failure> {
    let Some(url) = &server.introspect else {
        return Err(Failure::Other(Error::usage("this server does not say what a token is worth")));
    };
    let parameters = vec![("token", token.expose())];
    let ask = Ask { server, url, client: Some(client), parameters, body: server.body, repeatable: true, once: false };
    let said = ask.send(http).await?;
    let document = answer::granted(server, &said)?;
    match document.get("active").and_then(Json::as_bool) {
        Some(active) => {
            Ok(Introspection { active, scopes: document.get("scope").and_then(answer::scopes), said: document })
        }
        None => Err(said.unclear("without saying whether the token is active")),
    }
}
