//! Which addresses the credentials of an account may be sent to. What a person typed must be safe; what a provider
//! supplied (`instance_url`, a next link) must also be the provider's own.

use url::{Host, Url};

use super::{Provider, Site};
use crate::base::{Error, Kind, Result};

impl Provider {
    /// Whether an address that the provider supplied may be followed with the account's credentials: https at one of the
    /// vendor's hosts and its usual port, or the origin of the account's own endpoint. `Kind::Denied` otherwise.
    pub fn follow(&self, url: &Url, site: &Site) -> Result<()> {
        let plain = url.username().is_empty() && url.password().is_none();
        let at_endpoint = site.endpoint.as_ref().is_some_and(|endpoint| endpoint.origin() == url.origin());
        if plain && (at_endpoint || is_listed(url, self.hosts)) {
            return Ok(());
        }
        let expected = match self.hosts {
            [] => "no address is".to_owned(),
            [one] => format!("only `{one}` is"),
            many => format!("only {} are", many.iter().map(|host| format!("`{host}`")).collect::<Vec<_>>().join(", ")),
        };
        Err(Error::new(Kind::Denied, format!("{} gave the address `{}`, which is refused", self.title, shown(url)))
            .hint(format!("{expected} {}'s; tell who runs the account if this lasts", self.title)))
    }
}

/// https at a listed host, at port 443. `*.example.com` is any host below `example.com`, not itself.
fn is_listed(url: &Url, hosts: &[&str]) -> bool {
    // An IP address is no vendor's, whatever notation it came in.
    let Some(Host::Domain(host)) = url.host() else { return false };
    let whole = host.split('.').all(|label| !label.is_empty());
    let listed = |pattern: &&str| match pattern.strip_prefix('*') {
        Some(end) => host.strip_suffix(end).is_some_and(|front| !front.is_empty()),
        None => host == *pattern,
    };
    url.scheme() == "https" && url.port().is_none() && whole && hosts.iter().any(listed)
}

/// Reads an address that a person gave for `what`: https, or http on this machine, without a user name or a fragment.
pub(super) fn given(what: &str, text: &str) -> Result<Url> {
    let wrong = |why: &str| {
        Err(Error::usage(format!("`{what}` {why}")).hint(format!("give it as `--set {what}=https://HOST/PATH`")))
    };
    let Ok(url) = Url::parse(text.trim()) else { return wrong("is no address") };
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user name or password");
    }
    if url.fragment().is_some() {
        return wrong("has a fragment");
    }
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => Ok(url),
        ("http", Some(host)) if is_here(&host) => Ok(url),
        ("http", Some(_)) => wrong("is not encrypted; http is for this machine only"),
        _ => wrong("is no https address"),
    }
}

/// A literal loopback address, or `localhost` (RFC 6761 section 6.3).
fn is_here(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => *name == "localhost",
    }
}

/// Scheme and host alone: the rest of an address that is refused may hold anything.
fn shown(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}
