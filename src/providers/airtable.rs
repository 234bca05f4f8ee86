//! Airtable: personal access tokens, and OAuth integrations.
//!
//! Facts: airtable.com/developers/web/api, "OAuth reference" (PKCE S256 and `state` always; at least one scope; redirect URIs
//! compared whole, https except for `localhost`; HTTP Basic where the integration has a secret; access tokens of 60 minutes,
//! refresh tokens of 60 days that are good once, and whose use ends the tokens before; an integration that misuses them is
//! switched off by Airtable), "Scopes", "Rate limits" (5 a second and base, 50 a second and user; 30 seconds of silence after
//! a 429), "Errors", "Get user ID & scopes" (`/v0/meta/whoami`; the e-mail only with `user.email:read`); github.com/Airtable/
//! oauth-example (`http://localhost:4000/airtable-oauth` as a redirect URI; Basic with a secret, else `client_id` alone).
//!
//! The 60 minutes and 60 days are also in github.com/estuary/connectors pull 1262, which names the reference's part "Token
//! expiry", and in `refresh_expires_in` of its answers; a spent or lapsed refresh token is refused with 400 and
//! `{"error":"invalid_grant","error_description"}` (github.com/airbytehq/airbyte pull 31119), which are RFC 6749's words.

use std::time::Duration;

use super::{
    Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, REDIRECT_URL, Redirect,
    Refresh, Scope,
};
use crate::base::{Error, Kind};
use crate::http::Answer;
use crate::oauth::ClientAuth;

const TOKENS: &str = "https://airtable.com/create/tokens";

pub static AIRTABLE: Provider = Provider {
    id: "airtable",
    title: "Airtable",
    base: "https://api.airtable.com",
    hosts: &["api.airtable.com", "content.airtable.com"],
    secret: "personal access token",
    console: TOKENS,
    limits: &[Limit { class: "", calls: 50, seconds: 1.0 }, Limit { class: "base", calls: 5, seconds: 1.0 }],
    methods: &[Method::Token, Method::Code],
    guides: &[
        Guide {
            method: Method::Token,
            page: TOKENS,
            text: "Create a token with the scopes `schema.bases:read` and `data.records:read` (and `:write`), and add the bases that it may open",
        },
        Guide {
            method: Method::Code,
            page: "https://airtable.com/create/oauth",
            text: "Register an integration with the redirect URI letter by letter, and tick the scopes there too. A secret is not needed",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm { prefix: "pat", what: "a personal access token", advice: "" },
        KeyForm {
            prefix: "key",
            what: "an API key of the old kind",
            advice: "Airtable took them out of service in 2024; make a personal access token",
        },
        KeyForm {
            prefix: "oaa",
            what: "an OAuth access token",
            advice: "it ends within an hour; use `--method oauth` to have it renewed",
        },
    ],
    oauth: Some(&OAUTH),
    scopes: &[
        scope("data.records:read", "Read records", true),
        scope("data.records:write", "Write records", true),
        scope("schema.bases:read", "Read which bases, tables and fields there are", true),
        scope("schema.bases:write", "Change tables and fields", false),
        scope("data.recordComments:read", "Read comments", false),
        scope("data.recordComments:write", "Write comments", false),
        scope("webhook:manage", "Manage webhooks", false),
        scope("block:manage", "Manage extensions", false),
    ],
    settings: &[REDIRECT_URL],
    identify: &[Identify {
        from: From::Ask(Ask::Get("/v0/meta/whoami")),
        id: &["{/id}"],
        name: &["{/email}", "{/id}"],
    }],
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://airtable.com/oauth2/v1/authorize"),
    token: "https://airtable.com/oauth2/v1/token",
    client_auth: ClientAuth::Basic,
    client_secret: ClientSecret::Optional,
    redirect: Redirect::LOCALHOST,
    refresh: Refresh { rotates: true, grace: None, lapses_unused: Some(Duration::from_secs(60 * 24 * 3600)) },
    lifetime: Some(Duration::from_secs(3600)),
    // Without it nobody would know whose account it is.
    always: &["user.email:read"],
    ..OAuth::PLAIN
};

const fn scope(name: &'static str, title: &'static str, usual: bool) -> Scope {
    Scope { name, title, product: "", usual }
}

/// airtable.com/developers/web/api/errors: `{"error":{"type","message"}}`, or `{"error":"NOT_FOUND"}`.
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 403 | 404 | 429) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
    let kind = body.pointer("/error/type").or_else(|| body.get("error")).and_then(serde_json::Value::as_str)?;
    match kind {
        "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND" | "INVALID_PERMISSIONS" => Some(
            Error::new(Kind::Denied, "does not show this to the token: a scope or the base itself is missing from it")
                .hint(format!("add both to the token at {TOKENS}, or sign in again and choose the base")),
        ),
        "PUBLIC_API_BILLING_LIMIT_EXCEEDED" => Some(
            Error::remote("has no calls left this month on the workspace's plan")
                .retry_after(Duration::from_secs(24 * 3600)),
        ),
        _ => None,
    }
}
