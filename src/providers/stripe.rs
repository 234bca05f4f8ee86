//! Stripe: restricted or secret keys, and Connect's OAuth for platforms.
//!
//! Facts: docs.stripe.com, "API keys" (prefixes; keys as the user of HTTP Basic, or as bearer), "Connect OAuth reference"
//! (`connect.stripe.com/oauth/authorize`, `/oauth/token`, `/oauth/deauthorize`; the platform's secret key is the client's
//! secret; no PKCE; redirect URIs must be https outside test mode, which the older "Getting Started with Stripe Connect" says
//! in other words: a development client may have one that is not https, "or even localhost"; the answer has `stripe_user_id` and `livemode` and no
//! `expires_in`), "Making API calls for connected accounts" (`Stripe-Account`), "Sandboxes" and "Organizations"
//! (`Stripe-Context`), "Rate limits" (100 operations a second live, 25 in test mode), "Error codes". A restricted key that
//! may not read the account is refused with its id in the message: "… does not have the required permissions for this
//! endpoint on account 'acct_…'".

use std::collections::BTreeMap;

use super::{
    Abroad, Ask, ClientSecret, From, Guide, Identify, Keep, KeyForm, KeyUse, Limit, Method, OAuth, Provider,
    REDIRECT_URL, Redirect, Refresh, Scope, Setting,
};
use crate::base::{Error, Kind, Result};
use crate::http::Answer;
use crate::oauth::{ClientAuth, RevokeBy};

const KEYS: &str = "https://dashboard.stripe.com/apikeys";

pub static STRIPE: Provider = Provider {
    id: "stripe",
    title: "Stripe",
    base: "https://api.stripe.com",
    hosts: &["api.stripe.com", "files.stripe.com"],
    secret: "restricted key",
    console: KEYS,
    limits: &[Limit { class: "", calls: 25, seconds: 1.0 }, Limit { class: "search", calls: 20, seconds: 1.0 }],
    methods: &[Method::Token, Method::Code],
    guides: &[
        Guide {
            method: Method::Token,
            page: "https://dashboard.stripe.com/apikeys/create",
            text: "Create a restricted key with the permissions that are wanted; `rk_test_…` tries things without money",
        },
        Guide {
            method: Method::Code,
            page: "https://dashboard.stripe.com/settings/connect/onboarding-options/oauth",
            text: "For Connect platforms: switch OAuth on, enter the redirect URI, and give the client id (`ca_…`) with the platform's secret key as its secret. With live keys the redirect URI is an https page of yours (`--set redirect_url=…`): Stripe takes http in test mode alone",
        },
    ],
    api_key: Some(KeyUse::BasicUser),
    keys: &[
        KeyForm { prefix: "rk_live_", what: "a restricted key", advice: "" },
        KeyForm { prefix: "rk_test_", what: "a restricted test key", advice: "" },
        KeyForm {
            prefix: "sk_live_",
            what: "a secret key",
            advice: "it may do everything; a restricted key (`rk_live_…`) with few permissions is safer",
        },
        KeyForm { prefix: "sk_test_", what: "a secret test key", advice: "" },
        KeyForm {
            prefix: "sk_org_", what: "an organisation's key", advice: "it needs `--set stripe_context=acct_…`"
        },
        KeyForm { prefix: "pk_", what: "a publishable key", advice: "it cannot read anything; use a restricted key" },
        KeyForm {
            prefix: "whsec_",
            what: "a webhook's signing secret",
            advice: "it signs nobody in; use a restricted key",
        },
        KeyForm { prefix: "ek_", what: "an ephemeral key", advice: "it ends within the hour; use a restricted key" },
    ],
    test_keys: &["rk_test_", "sk_test_"],
    oauth: Some(&OAUTH),
    scopes: &[
        Scope { name: "read_write", title: "Read and write the account", product: "", usual: true },
        Scope { name: "read_only", title: "Read the account", product: "", usual: false },
    ],
    settings: &[
        Setting::optional("stripe_account", "the connected account to act for, `acct_…` (`Stripe-Account`)"),
        Setting::optional("stripe_context", "the account of an organisation to act for (`Stripe-Context`)"),
        REDIRECT_URL,
    ],
    check,
    keeps: &[Keep { at: "/stripe_user_id", setting: "stripe_user_id", address: false }],
    headers: &[("stripe-account", "{stripe_account}"), ("stripe-context", "{stripe_context}")],
    identify: &[
        Identify {
            from: From::Ask(Ask::Get("/v1/account")),
            id: &["{/id}"],
            name: &["{/settings/dashboard/display_name}", "{/business_profile/name}", "{/email}", "{/id}"],
        },
        Identify { from: From::TokenAnswer, id: &["{/stripe_user_id}"], name: &["{/stripe_user_id}"] },
    ],
    id_in_refusals: Some("acct_"),
    explain,
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    authorize: Some("https://connect.stripe.com/oauth/authorize"),
    token: "https://connect.stripe.com/oauth/token",
    revoke: Some(("https://connect.stripe.com/oauth/deauthorize", RevokeBy::Deauthorize)),
    client_auth: ClientAuth::Body,
    client_secret: ClientSecret::Needed,
    pkce: false,
    redirect: Redirect::LOCALHOST,
    abroad: Abroad { setting: None, secrets: &["sk_live_", "rk_live_"], whom: "live keys" },
    refresh: Refresh::STABLE,
    ..OAuth::PLAIN
};

fn check(_method: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    if settings.contains_key("stripe_account") && settings.contains_key("stripe_context") {
        return Err(Error::usage("`stripe_account` and `stripe_context` exclude each other")
            .hint("set `stripe_account` with a platform's key, `stripe_context` with an organisation's"));
    }
    match settings.get("stripe_account") {
        Some(account) if !is_account(account) => Err(Error::usage("`stripe_account` is no account's id")
            .hint("set it like `--set stripe_account=acct_1A2b3C4d5E6f7G`")),
        _ => Ok(()),
    }
}

fn is_account(text: &str) -> bool {
    text.strip_prefix("acct_").is_some_and(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// docs.stripe.com, "Error codes": `error.code`, where it says more than the status.
fn explain(answer: &Answer) -> Option<Error> {
    if !matches!(answer.status(), 401 | 403) {
        return None;
    }
    let body: serde_json::Value = serde_json::from_slice(answer.body()).ok()?;
    let text = |at: &str| body.pointer(at).and_then(serde_json::Value::as_str).unwrap_or_default();
    let message = text("/error/message");
    match text("/error/code") {
        "api_key_expired" => {
            Some(Error::new(Kind::SignIn, "says that the key has expired").hint(format!("make another one at {KEYS}")))
        }
        "secret_key_required" => Some(
            Error::new(Kind::SignIn, "wants a secret or restricted key, not a publishable one")
                .hint(format!("make one at {KEYS}")),
        ),
        "account_invalid" => Some(
            Error::new(
                Kind::Denied,
                "does not let this key act for the account in `stripe_account` or `stripe_context`",
            )
            .hint("look at the account's id, or use a key of the platform that it is connected to"),
        ),
        _ if answer.status() == 403 && message.contains("required permissions") => Some(
            Error::new(Kind::Denied, format!("does not let this key do that: {}", without_key(message)))
                .hint(format!("give the key the permission at {KEYS}")),
        ),
        _ => None,
    }
}

/// Stripe repeats the key's beginning and end in its message; nobody needs them.
fn without_key(message: &str) -> String {
    let is_key =
        |word: &&str| ["rk_", "sk_", "pk_"].iter().any(|start| word.trim_start_matches(['\'', '"']).starts_with(start));
    message.split(' ').filter(|word| !is_key(word)).collect::<Vec<_>>().join(" ")
}
