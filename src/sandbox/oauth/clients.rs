//! Clients that people registered in a vendor's console: id, secret, redirect URIs, and the key of a service account.

use serde::Deserialize;
use url::Url;

use super::dialects::Grant;
use super::errors::Cause;
use super::key;
use super::parameters::Parameters;
use crate::base::{Error, Result, Secret};

/// Where a client may say who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClientAuth {
    /// HTTP Basic
    pub(crate) basic: bool,
    /// `client_id` and `client_secret` among the parameters
    pub(crate) body: bool,
    /// The secret alone, as a parameter or as the bearer (Stripe, whose secret is the platform's key)
    pub(crate) secret_alone: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    /// `None`: a public client
    pub(crate) secret: Option<Secret>,
    /// Empty: any address on this machine
    redirects: Vec<String>,
    /// The public key that its assertions are checked with
    pub(crate) key: Option<Vec<u8>>,
    /// `None`: every grant the vendor has
    pub(crate) grants: Option<Vec<String>>,
}

/// A registration as the control API takes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    pub id: String,
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub redirects: Vec<String>,
    /// A public key in PEM, for assertions (RFC 7523)
    #[serde(default)]
    pub public_key: Option<String>,
    /// `authorization_code`, `refresh_token` …; every one when left out
    #[serde(default)]
    pub grants: Option<Vec<String>>,
}

impl Client {
    pub(crate) fn new(id: &str, secret: Option<Secret>, key: Option<Vec<u8>>) -> Client {
        Client { id: id.to_owned(), secret, redirects: Vec::new(), key, grants: None }
    }

    pub(crate) fn registered(order: Registration) -> Result<Client> {
        let key = match &order.public_key {
            Some(pem) => {
                Some(key::public_key(pem).ok_or_else(|| Error::usage("`public_key` is no RSA public key in PEM"))?)
            }
            None => None,
        };
        Ok(Client {
            id: order.id,
            secret: order.secret.map(Secret::new),
            redirects: order.redirects,
            key,
            grants: order.grants,
        })
    }

    pub(crate) fn may(&self, grant: Grant) -> bool {
        self.grants.as_ref().is_none_or(|grants| grants.iter().any(|name| name == grant.urn()))
    }

    /// Whether somebody may be sent back there: exactly as registered, but for the port on this machine where the
    /// vendor leaves that open (RFC 8252 section 7.3).
    pub(crate) fn takes(&self, redirect: &str, any_port: bool) -> bool {
        let Some(url) = Url::parse(redirect).ok().filter(|url| url.fragment().is_none() && url.username().is_empty())
        else {
            return false;
        };
        if self.redirects.is_empty() {
            return url.scheme() == "http" && is_loopback(&url);
        }
        self.redirects.iter().any(|known| {
            known == redirect || any_port && is_loopback(&url) && without_port(known) == without_port(redirect)
        })
    }

    pub(crate) fn only_redirect(&self) -> Option<&str> {
        match self.redirects.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

fn is_loopback(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
}

fn without_port(text: &str) -> Option<Url> {
    let mut url = Url::parse(text).ok()?;
    url.set_port(None).ok()?;
    Some(url)
}

/// Who calls, by the ways that this vendor takes. Whether a secret is right comes last, so that the error says which it
/// was.
pub(crate) fn authenticate<'a>(
    clients: &'a [Client],
    parameters: &Parameters,
    ways: ClientAuth,
) -> std::result::Result<&'a Client, Cause> {
    if ways.secret_alone {
        return by_secret(clients, parameters);
    }
    let body = (parameters.get("client_id"), parameters.get("client_secret"));
    let (id, secret) = match (parameters.basic()?, body) {
        (Some(_), _) if !ways.basic => return Err(Cause::WrongAuth),
        (Some(_), (_, Some(_))) => return Err(Cause::WrongAuth),
        (Some((id, _)), (Some(other), None)) if id != other => return Err(Cause::WrongAuth),
        (Some((id, secret)), _) => (Some(id.as_str()), Some(secret.as_str())),
        (None, (_, Some(_))) if !ways.body => return Err(Cause::WrongAuth),
        (None, (id, secret)) => (id, secret),
    };
    let id = id.ok_or(Cause::NoClient)?;
    let client = clients.iter().find(|client| client.id == id).ok_or(Cause::UnknownClient)?;
    match (&client.secret, secret) {
        (None, None | Some("")) => Ok(client),
        (Some(right), Some(given)) if right.expose() == given => Ok(client),
        _ => Err(Cause::BadSecret),
    }
}

/// The secret is all there is: as a parameter, as the bearer, or as the user of HTTP Basic (Stripe's keys).
fn by_secret<'a>(clients: &'a [Client], parameters: &Parameters) -> std::result::Result<&'a Client, Cause> {
    let basic = parameters.basic()?.map(|(user, password)| if password.is_empty() { user } else { password });
    let given = parameters.get("client_secret").or(parameters.bearer.as_deref()).or(basic.map(String::as_str));
    let given = given.ok_or(Cause::BadSecret)?;
    let fits = |client: &&Client| client.secret.as_ref().is_some_and(|secret| secret.expose() == given);
    clients.iter().find(fits).ok_or(Cause::BadSecret)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(redirects: &[&str]) -> Client {
        let redirects = redirects.iter().map(|redirect| (*redirect).to_owned()).collect();
        Client { redirects, ..Client::new("it", None, None) }
    }

    #[test]
    fn a_redirect_must_be_the_registered_one() {
        let strict = client(&["http://localhost:9/cb", "https://app.test/cb"]);
        assert!(strict.takes("http://localhost:9/cb", false));
        assert!(!strict.takes("http://localhost:10/cb", false));
        assert!(strict.takes("http://localhost:10/cb", true));
        for wrong in ["http://localhost:9/cb/", "http://localhost:9/cb?x=1", "http://127.0.0.1:9/cb"] {
            assert!(!strict.takes(wrong, true), "{wrong}");
        }
        assert!(!strict.takes("https://app.test:444/cb", true), "only this machine's port is free");
    }

    #[test]
    fn without_registration_only_this_machine_is_taken() {
        let open = client(&[]);
        for right in ["http://127.0.0.1:1/a", "http://[::1]:2/", "http://localhost:3/b?c=d"] {
            assert!(open.takes(right, false), "{right}");
        }
        for wrong in [
            "https://evil.test/",
            "http://127.0.0.1.evil.test/",
            "http://a@127.0.0.1/",
            "http://127.0.0.1/#x",
            "nonsense",
        ] {
            assert!(!open.takes(wrong, true), "{wrong}");
        }
    }
}
