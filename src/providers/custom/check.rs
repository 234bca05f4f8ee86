//! What a person's settings must look like.

use std::collections::BTreeMap;

use super::{keys, refresh};
use crate::base::{Error, Label, Result};
use crate::providers::{self, Method, REDIRECT_URL, hosts};
use url::Url;

const ADDRESSES: &[&str] =
    &["base_url", "authorize_url", "token_url", "device_url", "exchange_url", "revoke_url", "introspect_url", "issuer"];

/// Checks what has a form, and what needs another.
pub(super) fn check(method: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    for key in ADDRESSES {
        if let Some(text) = settings.get(*key) {
            let url = hosts::given(key, text)?;
            if url.query().is_some() && *key != "authorize_url" {
                return Err(Error::usage(format!("`{key}` has a query")).hint(format!("set `{key}` without `?…`")));
            }
        }
    }
    name(settings)?;
    one_of(settings, "client_auth", &["none", "basic", "body"])?;
    one_of(settings, "pkce", &["yes", "no"])?;
    one_of(settings, "sends_issuer", &["yes", "no"])?;
    one_of(settings, "scope_separator", &["blank", "comma"])?;
    one_of(settings, "redirect_host", &["127.0.0.1", "localhost"])?;
    refresh::refresh_settings(settings)?;
    one_of(settings, "key_use", &["bearer", "header", "user", "password"])?;
    port(settings)?;
    let path = settings.get("redirect_path").map_or("/", String::as_str);
    if !path.starts_with('/') || path.contains(['?', '#', ' ', '\\']) || path.contains("//") {
        return Err(Error::usage("`redirect_path` is no path").hint("set it like `--set redirect_path=/callback`"));
    }
    if let Some(key) =
        ["redirect_host", "redirect_port", "redirect_path"].iter().find(|key| settings.contains_key(**key))
        && settings.contains_key(REDIRECT_URL.key)
    {
        return Err(Error::usage(format!("`{key}` and `{}` exclude each other", REDIRECT_URL.key))
            .hint(format!("leave `{key}` away: the browser comes back to the page, not to this machine")));
    }
    if let Some(text) = settings.get("identity_url").cloned() {
        identity_url(settings, &text)?;
    }
    for key in ["identity_id", "identity_name", "exchange_token", "exchange_expires"] {
        if settings.get(key).is_some_and(|pointer| !pointer.starts_with('/') || pointer.contains(['{', '}', '|'])) {
            return Err(
                Error::usage(format!("`{key}` is no JSON pointer")).hint(format!("set it like `--set {key}=/user/id`"))
            );
        }
    }
    match method {
        Method::Token => keys::key_settings(settings),
        Method::TwoStep => keys::exchange_use(settings.get("exchange_key").map(String::as_str)).map(|_| ()),
        _ => Ok(()),
    }
}

/// What a custom API is called is typed where a provider's id is.
fn name(settings: &BTreeMap<String, String>) -> Result<()> {
    let Some(name) = settings.get("name") else { return Ok(()) };
    let taken = providers::ALL.iter().any(|provider| provider.id == name);
    match Label::parse(name) {
        Ok(_) if !taken => Ok(()),
        Ok(_) => Err(Error::usage(format!("`{name}` is a provider of its own"))
            .hint(format!("sign in with `appctl integrations connect {name}`, or give another `--name`"))),
        Err(_) => Err(Error::usage(format!("an API cannot be called `{name}`"))
            .hint("name it with small letters, digits and hyphens, like `--name acme`")),
    }
}

/// The token is sent where the API is and where it came from, nowhere else.
fn identity_url(settings: &BTreeMap<String, String>, text: &str) -> Result<()> {
    if text.starts_with('/') {
        return Ok(());
    }
    let url = hosts::given("identity_url", text)?;
    let mut own = ["base_url", "token_url", "issuer"].iter().filter_map(|key| Url::parse(settings.get(*key)?).ok());
    if own.any(|own| own.origin() == url.origin()) && url.query().is_none() {
        return Ok(());
    }
    Err(Error::usage("`identity_url` is neither where the API is nor where the tokens come from")
        .hint("set it to a path of the API, like `--set identity_url=/me`, or leave it away"))
}

pub(super) fn one_of(settings: &BTreeMap<String, String>, key: &str, words: &[&str]) -> Result<()> {
    match settings.get(key) {
        Some(value) if !words.contains(&value.as_str()) => {
            let listed = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            Err(Error::usage(format!("`{key}` is none of {listed}"))
                .hint(format!("set it like `--set {key}={}`", words[0])))
        }
        _ => Ok(()),
    }
}

pub(super) fn port(settings: &BTreeMap<String, String>) -> Result<Option<u16>> {
    let Some(text) = settings.get("redirect_port") else { return Ok(None) };
    match text.parse::<u16>() {
        Ok(port) if port >= 1024 => Ok(Some(port)),
        _ => Err(Error::usage("`redirect_port` is no port from 1024 to 65535")
            .hint("set it like `--set redirect_port=17871`")),
    }
}
