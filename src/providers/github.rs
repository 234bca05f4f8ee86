//! GitHub: personal access tokens, the OAuth of OAuth apps and GitHub Apps (in a browser, or by a device code), and
//! the installations of a GitHub App (its private key, exchanged for a token of one hour).
//!
//! Facts: docs.github.com, "Authorizing OAuth apps" (code and device flow, loopback redirects with any port, `scope` asked
//! with blanks and answered with commas, errors in answers of status 200), "REST API endpoints for OAuth authorizations"
//! (`DELETE /applications/{client_id}/token` with the client as HTTP Basic), "Rate limits for the REST API"; github.blog,
//! "PKCE support for OAuth and GitHub App authentication", 2025-07-14 (S256 alone; the secret is wanted all the same).
//! OAuth apps' tokens do not expire ("Token expiration and revocation": after a year without use). GitHub Apps' user tokens
//! live 8 hours and bring refresh tokens that are good once, for six months ("Refreshing user access tokens").
//! Installations: "Generating an installation access token for a GitHub App", "Generating a JSON Web Token (JWT) for a GitHub
//! App" (`iss` the client id, or the app id), "REST API endpoints for GitHub App installations" (`GET
//! /installation/repositories`, `DELETE /installation/token`).
//! Refusals: "Troubleshooting OAuth app access token request errors" (`incorrect_client_credentials`,
//! `redirect_uri_mismatch`, `bad_verification_code`, `unverified_user_email`), "Authorizing OAuth apps" (the device flow's;
//! `slow_down` brings a new `interval`), "Refreshing user access tokens" (`bad_refresh_token`; a user token by a device code
//! is renewed without a secret). Whether an app's tokens end, and bring refresh tokens, is a setting of the app: what each
//! answer says is what counts. A void token is 401 `Bad credentials` whatever it was.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{
    Ask, ClientSecret, Exchange, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Proof, Provider,
    REDIRECT_URL, Redirect, Refresh, Scope, Setting,
};
use crate::base::{Error, Kind, Result};
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
    methods: &[Method::Token, Method::Code, Method::Device, Method::TwoStep],
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
        Guide {
            method: Method::TwoStep,
            page: "https://github.com/settings/apps",
            text: "In your GitHub App, generate a private key (a file) and copy the client id; install the app, and take the number at the end of the installation's address",
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
            advice: "it ends after an hour; use `--method two-step` to have it renewed",
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
    settings: &[
        Setting {
            key: "app",
            help: "the GitHub App's client id, or its app id",
            default: "",
            required_for: &[Method::TwoStep],
            choices: &[],
        },
        Setting {
            key: "installation",
            help: "the number of the app's installation",
            default: "",
            required_for: &[Method::TwoStep],
            choices: &[],
        },
        REDIRECT_URL,
    ],
    check,
    identify: &[
        // Whoever installed it may own no repository yet.
        Identify {
            from: From::Ask(Ask::Get("/installation/repositories")),
            id: &["installation {installation}"],
            name: &["{/repositories/0/owner/login} (app {app})", "installation {installation} (app {app})"],
        },
        Identify { from: From::Ask(Ask::Get("/user")), id: &["{/id}"], name: &["{/login}"] },
    ],
    explain,
    exchange: Some(&Exchange {
        at: "/app/installations/{installation}/access_tokens",
        proof: Proof::Jwt { issuer: "{app}" },
        token: &["/token"],
        end: &["/expires_at"],
        revoke: Some("/installation/token"),
    }),
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

fn check(method: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    let set = |key: &str| settings.get(key).map(String::as_str);
    if let Some(key) = ["app", "installation"].into_iter().find(|key| method != Method::TwoStep && set(key).is_some()) {
        return Err(Error::usage(format!("`{key}` goes with `--method two-step` alone"))
            .hint("add `--method two-step --token-file KEY.pem`"));
    }
    if set("installation").is_some_and(|number| !number.bytes().all(|byte| byte.is_ascii_digit())) {
        return Err(Error::usage("`installation` is no number")
            .hint("it ends the address of the installation: https://github.com/settings/installations/NUMBER"));
    }
    if set("app").is_some_and(|id| !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))) {
        return Err(Error::usage("`app` is no client id").hint("copy it from the app's page: `--set app=Iv23li…`"));
    }
    Ok(())
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
