//! Notion: internal integrations' secrets, and OAuth for public connections. It knows no scopes: what a connection may do is
//! chosen where it is made, which pages it sees is chosen by the person who consents.
//!
//! Facts: developers.notion.com, "Authorization" guide, "Create a token" and "Refresh a token" (HTTP Basic, JSON bodies; a
//! refresh brings a new access token and a new refresh token), "Revoke token", "Introspect token", "Versioning" (the header
//! is required; the latest version is 2026-03-11), "Request limits" (3 a second on average), "Status codes".
//!
//! Which redirect URIs it takes stands in none of its pages. `http://localhost:PORT/PATH` was tried by hand, from consent to
//! token, in github.com/Qiuyi-Hong/notion2attioBackend issue 1 (2026-08; the console's own text asks for https and takes it
//! all the same), and github.com/vellum-ai/vellum-assistant pull 16495 found that `http://127.0.0.1` is refused where
//! `http://localhost` is taken. Where that ends, `redirect_url` is there. Without the capability to read e-mail addresses the
//! owner has none, and is known by name.

use super::{
    Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, REDIRECT_URL, Redirect,
    Refresh,
};
use crate::base::{Error, Kind};
use crate::http::Answer;
use crate::oauth::{Body, ClientAuth, RevokeBy};

const VERSION: &str = "2026-03-11";
const CONNECTIONS: &str = "https://www.notion.so/developers/connections";

pub static NOTION: Provider = Provider {
    id: "notion",
    title: "Notion",
    base: "https://api.notion.com",
    hosts: &["api.notion.com"],
    secret: "integration secret",
    console: CONNECTIONS,
    limits: &[Limit { class: "", calls: 3, seconds: 1.0 }],
    methods: &[Method::Token, Method::Code],
    guides: &[
        Guide {
            method: Method::Token,
            page: CONNECTIONS,
            text: "Create an internal connection and copy its secret; then open each page that it may see and add it there under `Connections`",
        },
        Guide {
            method: Method::Code,
            page: CONNECTIONS,
            text: "Create a public connection with the redirect URI letter by letter, and copy its client id and secret",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm { prefix: "ntn_", what: "an integration's secret", advice: "" },
        KeyForm { prefix: "secret_", what: "an integration's secret of the older form", advice: "" },
        KeyForm { prefix: "nrt_", what: "a refresh token", advice: "it signs nobody in; use an integration's secret" },
    ],
    oauth: Some(&OAUTH),
    headers: &[("notion-version", VERSION)],
    settings: &[REDIRECT_URL],
    identify: &[Identify {
        from: From::Ask(Ask::Get("/v1/users/me")),
        id: &["{/id}"],
        name: &[
            "{/bot/owner/user/person/email} in {/bot/workspace_name}",
            "{/name} in {/bot/workspace_name}",
            "{/name}",
        ],
    }],
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://api.notion.com/v1/oauth/authorize"),
    token: "https://api.notion.com/v1/oauth/token",
    revoke: Some(("https://api.notion.com/v1/oauth/revoke", RevokeBy::Rfc7009)),
    introspect: Some("https://api.notion.com/v1/oauth/introspect"),
    client_auth: ClientAuth::Basic,
    client_secret: ClientSecret::Needed,
    body: Body::Json,
    // Nothing in its documentation says that it looks at a challenge.
    pkce: false,
    authorize_parameters: &[("owner", "user")],
    headers: &[("notion-version", VERSION)],
    redirect: Redirect::LOCALHOST,
    refresh: Refresh { rotates: true, grace: None, lapses_unused: None },
    ..OAuth::PLAIN
};

/// developers.notion.com/reference/status-codes: `{"object":"error","code","message"}`.
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 403 | 404) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
    match body.get("code").and_then(serde_json::Value::as_str)? {
        "restricted_resource" => Some(
            Error::new(Kind::Denied, "did not give the connection this capability")
                .hint(format!("tick it at {CONNECTIONS}, then try again")),
        ),
        "object_not_found" => Some(
            Error::not_found("has no such page or database, or it is not shared with the connection")
                .hint("open it in Notion and add the connection under `Connections`"),
        ),
        _ => None,
    }
}
