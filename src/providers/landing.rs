//! Where a browser comes back to: this machine, or an https page of the person's own.

use std::collections::BTreeMap;

use url::Url;

use super::facts::REDIRECT_URL;
use super::{Provider, hosts};
use crate::base::{Error, Result, Secret};

impl Provider {
    /// Whether somebody can come back from this vendor's sign-in page. `Kind::Usage` where it sends nobody to this machine
    /// and no page of the person's own is set; `secret` is the client's, as far as it is known.
    pub fn check_landing(&self, settings: &BTreeMap<String, String>, secret: Option<&Secret>) -> Result<()> {
        let Some(facts) = self.oauth.map(|facts| facts.abroad) else { return Ok(()) };
        let is_set = |(key, value): (&str, &str)| settings.get(key).is_some_and(|set| set == value);
        let begins = |start: &&str| secret.is_some_and(|secret| secret.expose().trim_start().starts_with(start));
        let abroad = facts.setting.is_some_and(is_set) || facts.secrets.iter().any(begins);
        if !abroad || settings.contains_key(REDIRECT_URL.key) {
            return Ok(());
        }
        Err(Error::usage(format!("{} sends nobody back to this machine for {}", self.title, facts.whom)).hint(format!(
            "register an https page of yours as its redirect URI, and add `--set {}=https://HOST/PATH`",
            REDIRECT_URL.key
        )))
    }

    /// Checks the page of the person's own, where one is set: nobody is told to register one that cannot be used.
    pub fn check_page(&self, settings: &BTreeMap<String, String>) -> Result<()> {
        settings.get(REDIRECT_URL.key).map_or(Ok(()), |page| check(page))
    }

    /// Whether two accounts' settings mean the same kind of account: what the one may do tells nothing about the other else.
    pub fn is_same_kind(&self, one: &BTreeMap<String, String>, other: &BTreeMap<String, String>) -> bool {
        let chosen = self.settings.iter().filter(|setting| !setting.choices.is_empty());
        chosen.into_iter().all(|setting| setting.value_in(one) == setting.value_in(other))
    }
}

/// Checks a page of the person's own. What is sent is compared letter by letter at the vendor, and what comes back is
/// compared here with where it was sent.
pub(super) fn check(text: &str) -> Result<()> {
    let wrong = |why: &str| {
        Err(Error::usage(format!("`{}` {why}", REDIRECT_URL.key)).hint(format!(
            "set it as it is registered, like `--set {}=https://acme.example/callback`",
            REDIRECT_URL.key
        )))
    };
    let url = match hosts::given(REDIRECT_URL.key, text) {
        Ok(url) => url,
        Err(_) if Url::parse(text).is_ok_and(|url| url.fragment().is_some()) => return wrong("has a fragment"),
        Err(_) => return wrong("is no https address"),
    };
    if url.scheme() != "https" {
        return Err(Error::usage(format!("`{}` is for an https page; this machine needs none", REDIRECT_URL.key))
            .hint("leave it away, and choose the port of `http://localhost` by `--port PORT`"));
    }
    if url.query().is_some() {
        return wrong("has a query");
    }
    Ok(())
}
