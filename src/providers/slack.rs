//! Slack: a bot's or a user's token from an app that was made and installed in the browser, or either by OAuth.
//!
//! A redirect to this machine brings user tokens alone, and only apps with PKCE, which makes them public for good, may
//! redirect here; a bot comes back to an https page (`as=bot`, `redirect_url`). So `token` comes first.
//!
//! Facts: docs.slack.dev, "Using PKCE" and changelog 2026-03-30 (generally available; desktop redirects, those to localhost
//! included, get no bot scopes; challenges from apps that switched it on; refreshes without a secret; the refresh tokens of
//! such apps end after 30 days, others' do not), "Installing with OAuth" (scopes with commas; `scope` is the bot's,
//! `user_scope` the user's), "oauth.v2.access" and `OAuthV2Response` of github.com/slackapi/node-slack-sdk (the bot's token
//! and `bot_user_id` at the top, the user's token in `authed_user`; HTTP Basic is preferred), "Using token rotation" (12
//! hours; each refresh token is revoked when the next one comes; the answer to a refresh has the token at its top), "Token
//! types", "auth.test", "auth.revoke", "Rate limits" (tiers). Refusals come with status 200 and `"ok": false`. What Slack
//! does with a challenge from an app without PKCE is written nowhere, so that none is sent beside a secret to a web page.

use std::time::Duration;

use serde::Deserialize;

use super::{
    Abroad, Ask, ClientSecret, From, Guide, Identify, KeyForm, KeyUse, Limit, Method, OAuth, Provider, REDIRECT_URL,
    Redirect, Refresh, Scope, Setting, Site,
};
use crate::base::{Error, Kind, Result};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy, Server};

const APPS: &str = "https://api.slack.com/apps";

pub static SLACK: Provider = Provider {
    id: "slack",
    title: "Slack",
    base: "https://slack.com/api",
    hosts: &["slack.com", "*.slack.com"],
    secret: "bot or user token",
    console: APPS,
    limits: &[
        Limit { class: "tier1", calls: 1, seconds: 60.0 },
        Limit { class: "tier2", calls: 20, seconds: 60.0 },
        Limit { class: "tier3", calls: 50, seconds: 60.0 },
        Limit { class: "tier4", calls: 100, seconds: 60.0 },
        Limit { class: "post", calls: 1, seconds: 1.0 },
    ],
    methods: &[Method::Token, Method::Code],
    guides: &[
        Guide {
            method: Method::Token,
            page: APPS,
            text: "Create an app, add scopes under `OAuth & Permissions`, install it to the workspace, and copy the bot's token (`xoxb-…`) or the user's (`xoxp-…`)",
        },
        Guide {
            method: Method::Code,
            page: APPS,
            text: "Create an app and enter the redirect URI. To this machine Slack sends people alone, and only for apps with PKCE switched on, which cannot be undone; a bot (`--set as=bot`) signs in by an https page of yours (`--set redirect_url=…`) and with the app's secret",
        },
    ],
    api_key: Some(KeyUse::Bearer),
    keys: &[
        KeyForm { prefix: "xoxb-", what: "a bot's token", advice: "" },
        KeyForm { prefix: "xoxp-", what: "a user's token", advice: "" },
        KeyForm {
            prefix: "xoxe.",
            what: "a token that is rotated",
            advice: "it ends after twelve hours; use `--method oauth` to have it renewed, or switch rotation off in the app",
        },
        KeyForm {
            prefix: "xoxe-",
            what: "a refresh or configuration token",
            advice: "it signs nobody in; use the bot's token (`xoxb-…`)",
        },
        KeyForm {
            prefix: "xapp-",
            what: "an app's own token",
            advice: "it opens sockets alone; use the bot's token (`xoxb-…`)",
        },
        KeyForm {
            prefix: "xoxc-",
            what: "a browser session's token",
            advice: "it ends with the session; make an app and use its token",
        },
        KeyForm {
            prefix: "xoxd-",
            what: "a browser's cookie",
            advice: "it ends with the session; make an app and use its token",
        },
        KeyForm {
            prefix: "https://hooks.slack.com/",
            what: "a webhook's address",
            advice: "it posts to one channel alone; use the bot's token (`xoxb-…`)",
        },
    ],
    oauth: Some(&OAUTH),
    scopes: &[
        scope("channels:read", "List public channels", true),
        scope("channels:history", "Read public channels", true),
        scope("groups:read", "List private channels", false),
        scope("groups:history", "Read private channels", false),
        scope("im:history", "Read direct messages", false),
        scope("mpim:history", "Read group messages", false),
        scope("users:read", "List people", true),
        scope("users:read.email", "Read people's e-mail addresses", false),
        scope("chat:write", "Send messages", true),
        scope("reactions:read", "Read reactions", false),
        scope("reactions:write", "Add reactions", false),
        scope("files:read", "Read files", false),
        scope("files:write", "Upload files", false),
        scope("search:read", "Search messages and files (people alone)", false),
        scope("team:read", "Read the workspace's name and domain", false),
    ],
    settings: &[
        Setting {
            choices: &[
                ("user", "the person who signs in"),
                ("bot", "the app's bot; that needs an https page of yours to come back to"),
            ],
            ..Setting::optional("as", "whom to act as: `user` (default), or `bot`, which needs `redirect_url`")
        },
        Setting::optional("team", "the workspace that the sign-in page offers, `T…`"),
        REDIRECT_URL,
    ],
    identify: &[Identify {
        from: From::Ask(Ask::Post("/auth.test")),
        id: &["{/team_id}/{/user_id}"],
        name: &["{/user} in {/team}"],
    }],
    refuses_in_200: true,
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://slack.com/oauth/v2/authorize"),
    token: "https://slack.com/api/oauth.v2.access",
    revoke: Some(("https://slack.com/api/auth.revoke", RevokeBy::Bearer)),
    // "oauth.v2.access" asks for HTTP Basic rather than parameters, where there is a secret.
    client_auth: ClientAuth::Basic,
    client_secret: ClientSecret::Optional,
    scope_parameter: "user_scope",
    scope_separator: ',',
    authorize_parameters: &[("team", "{team}")],
    token_path: "/authed_user",
    error_in_200: true,
    words: &[
        ("invalid_code", "invalid_grant"),
        ("code_already_used", "invalid_grant"),
        ("invalid_refresh_token", "invalid_grant"),
        ("token_expired", "invalid_grant"),
        ("token_revoked", "invalid_grant"),
        ("invalid_code_verifier", "invalid_grant"),
        ("bad_client_secret", "invalid_client"),
        ("invalid_client_id", "invalid_client"),
        ("invalid_grant_type", "unsupported_grant_type"),
        ("invalid_arguments", "invalid_request"),
        ("fatal_error", "server_error"),
        ("internal_error", "server_error"),
        ("service_unavailable", "temporarily_unavailable"),
        ("ratelimited", "temporarily_unavailable"),
    ],
    redirect: Redirect::LOCALHOST,
    abroad: Abroad { setting: Some(("as", "bot")), secrets: &[], whom: "a bot" },
    tune,
    refresh: Refresh { rotates: true, grace: None, lapses_unused: Some(Duration::from_secs(30 * 24 * 3600)) },
    ..OAuth::PLAIN
};

/// A bot's scopes and its token have the places that are named first (RFC 6749's own); a person's are beside them. Only apps
/// that were made public may send a challenge, and those whose people come back to a web page need not be.
fn tune(server: &mut Server, site: &Site) -> Result<()> {
    let is = |key: &str, value: &str| site.settings.get(key).is_some_and(|set| set == value);
    if is("as", "bot") {
        "scope".clone_into(&mut server.scope_parameter);
        server.token_path.clear();
    }
    server.challenge_beside_secret = server.redirect.own.is_none();
    Ok(())
}

const fn scope(name: &'static str, title: &'static str, usual: bool) -> Scope {
    Scope { name, title, product: "", usual }
}

#[derive(Deserialize)]
struct Refusal {
    ok: bool,
    #[serde(default)]
    error: String,
    #[serde(default)]
    needed: String,
}

/// docs.slack.dev/reference/methods: `{"ok": false, "error": "…"}`, the errors that methods have in common.
fn explain(answer: &Answer) -> Option<Error> {
    let refusal: Refusal = serde_json::from_slice(answer.body()).ok()?;
    if refusal.ok {
        return None;
    }
    let said = format!("refused: `{}`", crate::base::sanitize::line(&refusal.error));
    Some(match refusal.error.as_str() {
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            Error::new(Kind::SignIn, said).hint("sign in again, or give another token")
        }
        "missing_scope" => {
            let needed = crate::base::sanitize::line(&refusal.needed);
            Error::new(Kind::Denied, format!("needs the scope `{needed}`"))
                .hint(format!("add it to the app at {APPS}, install the app again, and sign in again"))
        }
        "not_allowed_token_type" => Error::new(Kind::Denied, "does not take this kind of token for that")
            .hint("a bot's token (`xoxb-…`) and a user's (`xoxp-…`) may do different things"),
        "no_permission"
        | "restricted_action"
        | "access_denied"
        | "ekm_access_denied"
        | "enterprise_is_restricted"
        | "not_in_channel"
        | "team_access_not_granted" => Error::new(Kind::Denied, said),
        "channel_not_found" | "user_not_found" | "message_not_found" | "file_not_found" => Error::not_found(said),
        "ratelimited" | "rate_limited" => Error::remote("is at its limit").retry_after(wait(answer)),
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => Error::remote(said),
        _ => Error::failed(said),
    })
}

fn wait(answer: &Answer) -> Duration {
    let asked = answer.header("retry-after").and_then(|text| text.trim().parse().ok());
    Duration::from_secs(asked.unwrap_or(30).clamp(1, 3600))
}
