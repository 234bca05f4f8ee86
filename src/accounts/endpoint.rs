//! Which addresses a secret may be sent to: https anywhere, http only to this machine.

use url::{Host, Url};

use crate::base::{Error, Result};

/// `Kind::Usage` unless it is https, or http on loopback, without a user, a query or a fragment.
pub fn check(endpoint: &Url) -> Result<()> {
    let wrong =
        |why: &str| Err(Error::usage(format!("`{}` {why}", shown(endpoint))).hint("give `--endpoint https://HOST`"));
    if !endpoint.username().is_empty() || endpoint.password().is_some() {
        return wrong("holds a user name or password");
    }
    if endpoint.query().is_some() || endpoint.fragment().is_some() {
        return wrong("has a query or a fragment");
    }
    match (endpoint.scheme(), endpoint.host()) {
        ("https", Some(_)) => Ok(()),
        ("http", Some(host)) if is_loopback(&host) => Ok(()),
        ("http", Some(_)) => wrong("is not encrypted; http is for this machine only"),
        _ => wrong("is no https address"),
    }
}

/// A literal loopback address, or `localhost`, which RFC 6761 keeps on this machine.
fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
    }
}

/// The address without what may be a secret in it.
fn shown(endpoint: &Url) -> String {
    let mut plain = endpoint.clone();
    // Both fail only for addresses that cannot have a user at all.
    let _ = plain.set_password(None);
    let _ = plain.set_username("");
    plain.set_query(None);
    plain.set_fragment(None);
    plain.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(endpoint: &str) -> Result<()> {
        check(&Url::parse(endpoint).unwrap())
    }

    #[test]
    fn https_goes_anywhere_and_http_stays_here() {
        for good in [
            "https://api.hubapi.com",
            "https://proxy.example:8443/hub",
            "http://127.0.0.1:9",
            "http://[::1]:80/x",
            "http://localhost:1",
            "http://127.8.8.8",
        ] {
            assert!(verdict(good).is_ok(), "{good}");
        }
        for bad in [
            "http://api.hubapi.com",
            "http://localhost.example",
            "http://0.0.0.0:80",
            "ftp://host/",
            "file:///etc",
            "http://127.0.0.1.example",
            "http://[fe80::1]/",
            "https://host/?a=b",
            "https://host/#f",
        ] {
            assert!(verdict(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        let error = verdict("https://ada:hunter2@host/?key=hunter2").unwrap_err();
        assert_eq!(error.message, "`https://host/` holds a user name or password");
    }
}
