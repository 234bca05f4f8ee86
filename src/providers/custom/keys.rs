//! How a key is sent: with every request, and to where it is exchanged for a short-lived token.

use std::collections::BTreeMap;

use super::Site;
use crate::base::{Error, Result, Secret};
use crate::http::Auth;
use crate::oauth::Body;
use crate::oauth::exchange::Field;

pub(super) fn key_settings(settings: &BTreeMap<String, String>) -> Result<()> {
    let kind = settings.get("key_use").map_or("bearer", String::as_str);
    let has = |key: &str| settings.contains_key(key);
    if kind == "password" && !has("key_user") {
        return Err(Error::usage("`key_use=password` needs the user name").hint("add `--set key_user=NAME`"));
    }
    if has("key_user") && kind != "password" {
        return Err(Error::usage("`key_user` goes with `key_use=password` alone").hint("add `--set key_use=password`"));
    }
    if kind == "header" && !has("key_header") {
        return Err(Error::usage("`key_use=header` needs the header's name").hint("add `--set key_header=x-api-key`"));
    }
    if (has("key_header") || has("key_prefix")) && !matches!(kind, "header" | "bearer") {
        return Err(Error::usage("`key_header` and `key_prefix` do not go with HTTP Basic")
            .hint("leave them away, or use `--set key_use=header`"));
    }
    match settings.get("key_header") {
        Some(name) => header_name(name).map(|_| ()),
        None => Ok(()),
    }
}

/// How a key is sent, by the settings.
pub(in crate::providers) fn auth(secret: Secret, site: &Site) -> Result<Auth> {
    let text = |key: &str| site.settings.get(key).map(String::as_str);
    match text("key_use") {
        Some("user") => Ok(Auth::Basic { user: secret.expose().to_owned(), password: Secret::new("") }),
        Some("password") => Ok(Auth::Basic { user: text("key_user").unwrap_or_default().to_owned(), password: secret }),
        _ => {
            let Some(name) = text("key_header") else { return Ok(Auth::Bearer(secret)) };
            let name = header_name(name)?;
            let usual = if name == "authorization" { "Bearer" } else { "" };
            let value = match text("key_prefix").unwrap_or(usual) {
                "" => secret,
                prefix => Secret::new(format!("{prefix} {}", secret.expose())),
            };
            Ok(Auth::Header { name: name.into(), value })
        }
    }
}

/// How a key goes to where it is exchanged.
pub(super) enum ExchangeUse {
    Bearer,
    Basic,
    Header(String),
    Field(Body, String),
}

pub(super) fn exchange_use(text: Option<&str>) -> Result<ExchangeUse> {
    let text = text.unwrap_or("bearer");
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    match (kind, name) {
        ("bearer", "") => Ok(ExchangeUse::Bearer),
        ("basic", "") => Ok(ExchangeUse::Basic),
        ("header", name) if !name.is_empty() => header_name(name).map(ExchangeUse::Header),
        ("json", name) if !name.is_empty() => Ok(ExchangeUse::Field(Body::Json, name.to_owned())),
        ("form", name) if !name.is_empty() => Ok(ExchangeUse::Field(Body::Form, name.to_owned())),
        _ => Err(Error::usage("`exchange_key` is none of `bearer`, `basic`, `header:NAME`, `json:NAME`, `form:NAME`")
            .hint("set it like `--set exchange_key=header:x-api-key`")),
    }
}

/// How the key of this account is sent to where it is exchanged. With `basic` it is `USER:PASSWORD`, or a user alone.
pub(in crate::providers) fn exchange_key(key: &Secret, site: &Site) -> Result<(Auth, Option<Field>)> {
    let key = Secret::new(key.expose().trim());
    Ok(match exchange_use(site.settings.get("exchange_key").map(String::as_str))? {
        ExchangeUse::Bearer => (Auth::Bearer(key), None),
        ExchangeUse::Basic => {
            let (user, password) = key.expose().split_once(':').unwrap_or((key.expose(), ""));
            (Auth::Basic { user: user.to_owned(), password: Secret::new(password) }, None)
        }
        ExchangeUse::Header(name) => (Auth::Header { name: name.into(), value: key }, None),
        ExchangeUse::Field(body, name) => (Auth::None, Some(Field { body, name, value: key })),
    })
}

/// `Kind::Usage` for what is no header name, or one that the way out writes itself.
fn header_name(text: &str) -> Result<String> {
    let name = text.to_ascii_lowercase();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) && name.len() <= 100;
    let own =
        ["host", "content-length", "content-type", "connection", "transfer-encoding", "cookie", "accept-encoding"];
    if name.is_empty() || !is_name || own.contains(&name.as_str()) {
        return Err(Error::usage("`key_header` is no header that a key can be in")
            .hint("set it like `--set key_header=x-api-key`"));
    }
    Ok(name)
}
