//! Where one account's provider is: its base, its authorization server. With an endpoint every address keeps its own path
//! and moves there.

use url::Url;

use super::facts::{OAuth, REDIRECT_URL};
use super::holes::fill;
use super::{Provider, Site, hosts};
use crate::base::{Error, Result};
use crate::oauth::{Redirect, Revoke, Server};

impl Provider {
    /// Where the API lives for this account, without a slash at the end: the endpoint with the vendor's own path, what a
    /// sign-in told (`instance_url`), what the settings say, or the vendor's one base. `Kind::Usage` when a setting is
    /// missing.
    pub fn base(&self, site: &Site) -> Result<Url> {
        let site = &self.with_defaults(site);
        if let Some(endpoint) = &site.endpoint {
            let path = Url::parse(self.base).map(|base| base.path().to_owned()).unwrap_or_default();
            return Ok(moved(endpoint, &path));
        }
        for text in self.own_bases {
            if let Some(own) = fill(text, site) {
                return self.own_address(text, &own, site);
            }
        }
        match self.own_bases {
            [] if self.base.is_empty() => Err(Error::failed(format!("{} has no one address", self.title))),
            [.., last] if self.base.is_empty() => Err(self.lacking(last, site)),
            _ => parse(self.base),
        }
    }

    /// The authorization server for this account. `Kind::Usage` when the provider has none or a setting is missing.
    pub fn server(&self, site: &Site) -> Result<Server> {
        let site = &self.with_defaults(site);
        let facts = self.oauth.ok_or_else(|| {
            Error::usage(format!("{} has no OAuth here", self.title)).hint(format!("use {}", self.words_of_methods()))
        })?;
        let optional = |text: Option<&str>| text.map_or(Ok(None), |text| self.authority(text, site));
        let token = self.authority(facts.token, site)?.ok_or_else(|| self.lacking(facts.token, site))?;
        let revoke = match facts.revoke {
            Some((text, how)) => optional(Some(text))?.map(|url| Revoke { url, how }),
            None => None,
        };
        let mut server = Server {
            issuer: self.issuer(facts, site),
            authorize: optional(facts.authorize)?,
            device: optional(facts.device)?,
            revoke,
            introspect: optional(facts.introspect)?,
            client_auth: facts.client_auth,
            body: facts.body,
            pkce: facts.pkce,
            scope_parameter: facts.scope_parameter.to_owned(),
            scope_separator: facts.scope_separator,
            authorize_parameters: owned(facts.authorize_parameters, site),
            token_parameters: owned(facts.token_parameters, site),
            headers: filled(facts.headers, site).collect(),
            token_path: facts.token_path.to_owned(),
            error_in_200: facts.error_in_200,
            words: facts.words.to_vec(),
            redirect: Redirect {
                port: facts.redirect.port,
                host: facts.redirect.host,
                path: facts.redirect.path.to_owned(),
                own: site.settings.get(REDIRECT_URL.key).cloned(),
            },
            ..Server::new(token)
        };
        (facts.tune)(&mut server, site)?;
        Ok(server)
    }

    fn issuer(&self, facts: &OAuth, site: &Site) -> Option<String> {
        let own = fill(facts.issuer?, site)?;
        match &site.endpoint {
            Some(endpoint) if self.moves => {
                let path = Url::parse(&own).map(|url| url.path().to_owned()).unwrap_or_default();
                Some(moved(endpoint, &path).as_str().trim_end_matches('/').to_owned())
            }
            _ => Some(own),
        }
    }

    /// An address of the authorization server, moved to the endpoint where there is one; `None` when a hole stays open.
    fn authority(&self, text: &str, site: &Site) -> Result<Option<Url>> {
        let Some(filled) = fill(text, site) else { return Ok(None) };
        match &site.endpoint {
            Some(endpoint) if self.moves => Ok(Some(moved(endpoint, parse(&filled)?.path()))),
            _ => self.own_address(text, &filled, site).map(Some),
        }
    }

    /// An address: safe, and the vendor's own where somebody's words are in it and the vendor has hosts.
    fn own_address(&self, text: &str, filled: &str, site: &Site) -> Result<Url> {
        let hole = text.split_once('{').and_then(|(_, after)| Some(after.split_once('}')?.0));
        let url = hosts::given(hole.unwrap_or("endpoint"), filled)?;
        if hole.is_some() && !self.hosts.is_empty() {
            self.follow(&url, site)?;
        }
        Ok(without_slash(url))
    }

    /// What is missing for a text that could not be filled.
    pub(super) fn lacking(&self, text: &str, site: &Site) -> Error {
        let holes = text.split('{').skip(1).filter_map(|after| Some(after.split_once('}')?.0));
        let open = holes.into_iter().find(|hole| !site.settings.contains_key(*hole)).unwrap_or("base_url");
        Error::usage(format!("{} needs the setting `{open}`", self.title)).hint(format!("add `--set {open}=…`"))
    }
}

/// Texts with their holes filled; those with an open hole are left out.
pub(super) fn filled(
    texts: &'static [(&'static str, &'static str)],
    site: &Site,
) -> impl Iterator<Item = (&'static str, String)> {
    texts.iter().filter_map(move |(name, text)| Some((*name, fill(text, site)?)))
}

fn owned(texts: &'static [(&'static str, &'static str)], site: &Site) -> Vec<(String, String)> {
    filled(texts, site).map(|(name, text)| (name.to_owned(), text)).collect()
}

/// The endpoint, and this path after its own.
fn moved(endpoint: &Url, path: &str) -> Url {
    let mut url = endpoint.clone();
    url.set_path(&format!("{}{path}", endpoint.path().trim_end_matches('/')));
    without_slash(url)
}

fn without_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

fn parse(text: &str) -> Result<Url> {
    Url::parse(text).map_err(|error| Error::failed(format!("the address `{text}` is broken: {error}")))
}
