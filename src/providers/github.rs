//! GitHub: personal access tokens, and the OAuth of OAuth apps and GitHub Apps (in a browser, or by a device code).
//!
//! Facts: docs.github.com, "Authorizing OAuth apps" (code and device flow, loopback redirects with any port, `scope` asked
//! with blanks and answered with commas, errors in answers of status 200), "REST API endpoints for OAuth authorizations"
//! (`DELETE /applications/{client_id}/token` with the client as HTTP Basic), "Rate limits for the REST API"; github.blog,
//! "PKCE support for OAuth and GitHub App authentication", 2025-07-14 (S256 alone; the secret is wanted all the same).
//! OAuth apps' tokens do not expire ("Token expiration and revocation": after a year without use). GitHub Apps' user tokens
//! live 8 hours and bring refresh tokens that are good once, for six months ("Refreshing user access tokens").

use std::time::Duration;

use super::{
    Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, Redirect, Refresh, Scope,
};
use crate::base::{Error, Kind};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy};

pub static GITHUB: Provider = Provider {
    id: "github",
    title: "GitHub",
    base: "https://api.github.com",
    hosts: &["api.github.com", "github.com", "uploads.github.com"],
    secret: "personal access token",
    console: "https://github.com/settings/personal-access-tokens/new",
    limits: &[Limit { class: "", calls: 900, seconds: 60.0 }, Limit { class: "search", calls: 30, seconds: 60.0 }],
    methods: &[Method::Token, Method::Code, Method::Device],
    guides: &[
        Guide {
            method: Method::Token,
            page: "https://github.com/settings/personal-access-tokens/new",
            text: "Make a fine-grained token with the repositories and permissions that are wanted; it ends on the day chosen there",
        },
        Guide {
            method: Method::Code,
            page: "https://github.com/settings/applications/new",
            text: "Register an OAuth app with the redirect URI as its callback URL, then generate a client secret. Any port will do",
        },
        Guide {
            method: Method::Device,
            page: "https://github.com/settings/applications/new",
            text: "Register an OAuth app and tick `Enable Device Flow`; the client id is enough",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm { prefix: "github_pat_", what: "a fine-grained personal access token", advice: "" },
        KeyForm { prefix: "ghp_", what: "a classic personal access token", advice: "" },
        KeyForm { prefix: "gho_", what: "the token of an OAuth app", advice: "" },
        KeyForm {
            prefix: "ghu_",
            what: "the user token of a GitHub App",
            advice: "it ends after eight hours; use `--method oauth` to have it renewed",
        },
        KeyForm {
            prefix: "ghs_",
            what: "the installation token of a GitHub App",
            advice: "it ends after an hour; use a personal access token",
        },
        KeyForm { prefix: "ghr_", what: "a refresh token", advice: "it signs nobody in; use a personal access token" },
    ],
    oauth: Some(&OAUTH),
    scopes: &[
        scope("read:user", "Read the profile", true),
        scope("user:email", "Read the e-mail addresses", false),
        scope("repo", "Read and write all repositories, private ones included", true),
        scope("public_repo", "Read and write public repositories", false),
        scope("read:org", "Read organisations, teams and their members", true),
        scope("workflow", "Change workflow files", false),
        scope("gist", "Write gists", false),
        scope("notifications", "Read notifications", false),
        scope("project", "Read and write projects", false),
        scope("read:project", "Read projects", false),
        scope("read:packages", "Download packages", false),
        scope("write:packages", "Publish packages", false),
        scope("admin:repo_hook", "Manage webhooks of repositories", false),
        scope("delete_repo", "Delete repositories", false),
    ],
    headers: &[("accept", "application/vnd.github+json"), ("x-github-api-version", "2022-11-28")],
    identify: &[Identify { from: From::Ask(Ask::Get("/user")), id: &["{/id}"], name: &["{/login}"] }],
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://github.com/login/oauth/authorize"),
    token: "https://github.com/login/oauth/access_token",
    device: Some("https://github.com/login/device/code"),
    revoke: Some(("https://api.github.com/applications/{client_id}/token", RevokeBy::DeleteJson)),
    client_auth: ClientAuth::Body,
    client_secret: ClientSecret::NeededInBrowser,
    authorize_parameters: &[("prompt", "select_account")],
    headers: &[("accept", "application/json")],
    error_in_200: true,
    words: &[
        ("bad_verification_code", "invalid_grant"),
        ("bad_refresh_token", "invalid_grant"),
        ("incorrect_client_credentials", "invalid_client"),
        ("incorrect_device_code", "invalid_grant"),
        ("device_flow_disabled", "unauthorized_client"),
    ],
    redirect: Redirect::ANY_PORT,
    refresh: Refresh { rotates: true, grace: None, lapses_unused: Some(Duration::from_secs(182 * 24 * 3600)) },
    ..OAuth::PLAIN
};

const fn scope(name: &'static str, title: &'static str, usual: bool) -> Scope {
    Scope { name, title, product: "", usual }
}

/// docs.github.com, "Rate limits for the REST API" (403 or 429 with `x-ratelimit-remaining: 0`, or a secondary limit with
/// `retry-after`), "Troubleshooting the REST API" (`x-accepted-oauth-scopes`, single sign-on).
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 403 | 404 | 429) {
        return None;
    }
    let seconds = |name: &str| answer.header(name)?.trim().parse::<u64>().ok();
    if answer.status() != 404 && seconds("x-ratelimit-remaining") == Some(0) {
        let now = answer.date().and_then(|date| u64::try_from(date.0 / 1_000_000).ok());
        let wait = seconds("x-ratelimit-reset").zip(now).map_or(3600, |(reset, now)| reset.saturating_sub(now));
        return Some(
            Error::remote("has no calls left in this hour").retry_after(Duration::from_secs(wait.clamp(1, 3600))),
        );
    }
    if answer.header("x-github-sso").is_some() {
        return Some(
            Error::new(Kind::Denied, "wants the token authorised for the organisation's single sign-on")
                .hint("choose `Configure SSO` beside the token at https://github.com/settings/tokens"),
        );
    }
    let accepted = answer.header("x-accepted-oauth-scopes").filter(|scopes| !scopes.trim().is_empty())?;
    let granted = answer.header("x-oauth-scopes")?;
    let has_one = granted.split(',').any(|scope| accepted.split(',').any(|wanted| wanted.trim() == scope.trim()));
    (!has_one).then(|| {
        Error::new(Kind::Denied, format!("needs one of the scopes `{}`", accepted.trim()))
            .hint("sign in again with `--scope SCOPE`, or make a token that has it")
    })
}
