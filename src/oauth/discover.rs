//! What an authorization server says of itself (RFC 8414, OpenID Connect Discovery 1.0). It is believed only where it says
//! that it is the one that was asked, and it can send nobody to a place that is safe from the outside world only.

use serde::Deserialize;
use url::{Host, Url};

use super::{ClientAuth, Revoke, RevokeBy, Server};
use crate::base::{Error, Kind, Result};
use crate::http::{self, Door, Http, Request};

/// The largest document that is read, in bytes.
const LARGEST: usize = 1 << 20;

/// A server that described itself, and what of it is no part of a sign-in.
#[derive(Clone, Debug)]
pub struct Discovered {
    pub server: Server,
    /// Where a token's owner can be asked for (OpenID Connect Core section 5.3)
    pub userinfo: Option<Url>,
    /// The scopes it admits to
    pub scopes: Vec<String>,
}

/// Reads the metadata of an issuer, from the first of the places where it may be that has any.
///
/// `Kind::Usage`: the issuer's address is unsafe. `Kind::NotFound`: nothing there describes it. `Kind::Failed`: what
/// describes it is about another issuer, or leads to unsafe places, or to a sign-in that appctl does not do.
pub async fn discover(http: &Http, issuer: &Url) -> Result<Discovered> {
    if !http::is_safe(issuer) || issuer.query().is_some() || issuer.fragment().is_some() || is_link_local(issuer) {
        return Err(Error::usage(format!("the issuer `{issuer}` is not safe to ask"))
            .hint("an issuer is an https address without a query, or http on 127.0.0.1"));
    }
    let mut origin = issuer.clone();
    origin.set_path("");
    let door = Door::new(origin, "discovery")?.header("accept", "application/json");
    let mut absent = None;
    for place in places(issuer) {
        let request = Request::get(&place).largest_body(LARGEST);
        match http.send(&door, &request).await {
            // A web page, as sites give for every address they do not know, is no metadata; another place may have some.
            Ok(answer) => match serde_json::from_slice::<Metadata>(answer.body()) {
                Ok(metadata) => return metadata.checked(issuer),
                Err(_) => absent = Some(format!("`{place}` holds no metadata")),
            },
            Err(error) if error.kind == Kind::Remote => {
                return Err(error.while_doing(format!("asking `{issuer}` about itself")));
            }
            Err(error) => absent = Some(error.message),
        }
    }
    let said = absent.map(|why| format!(" ({why})")).unwrap_or_default();
    Err(Error::not_found(format!("`{issuer}` does not describe itself{said}"))
        .hint("check the issuer, or give `authorize_url` and `token_url` by `--set`"))
}

/// RFC 8414 section 3.1 puts its part between host and path, OpenID Connect Discovery section 4.1 puts its own at the end,
/// and RFC 8414 section 5 knows of both.
fn places(issuer: &Url) -> Vec<String> {
    let path = issuer.path().trim_end_matches('/');
    let mut places = vec![
        format!("/.well-known/oauth-authorization-server{path}"),
        format!("/.well-known/openid-configuration{path}"),
    ];
    if !path.is_empty() {
        places.push(format!("{path}/.well-known/openid-configuration"));
    }
    places
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Option<Url>,
    token_endpoint: Option<Url>,
    device_authorization_endpoint: Option<Url>,
    revocation_endpoint: Option<Url>,
    introspection_endpoint: Option<Url>,
    userinfo_endpoint: Option<Url>,
    scopes_supported: Option<Vec<String>>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

impl Metadata {
    fn checked(self, issuer: &Url) -> Result<Discovered> {
        let refused = |what: String| Error::failed(format!("`{issuer}` {what}"));
        let asked = issuer.as_str();
        // A URL with nothing after its host is written with and without a slash; that is the only liberty.
        if self.issuer != asked && (issuer.path() != "/" || Some(self.issuer.as_str()) != asked.strip_suffix('/')) {
            let shown = crate::base::sanitize::line(&self.issuer).chars().take(200).collect::<String>();
            return Err(
                refused(format!("says that it is the issuer `{shown}`")).hint("check the issuer, letter by letter")
            );
        }
        let endpoints = [
            ("authorization_endpoint", &self.authorization_endpoint),
            ("token_endpoint", &self.token_endpoint),
            ("device_authorization_endpoint", &self.device_authorization_endpoint),
            ("revocation_endpoint", &self.revocation_endpoint),
            ("introspection_endpoint", &self.introspection_endpoint),
            ("userinfo_endpoint", &self.userinfo_endpoint),
        ];
        for (name, url) in endpoints {
            if let Some(url) = url
                && !may_lead_to(issuer, url)
            {
                let place = url.host_str().unwrap_or_default();
                return Err(refused(format!("has its `{name}` at `{}://{place}`, which is not safe", url.scheme())));
            }
        }
        if self.code_challenge_methods_supported.as_ref().is_some_and(|ways| !has(ways, "S256")) {
            return Err(refused("does not take S256 challenges, so a code could be stolen".to_owned()));
        }
        let codes = self.response_types_supported.as_ref().is_none_or(|types| has(types, "code"));
        let client_auth = client_auth(self.token_endpoint_auth_methods_supported.as_deref())
            .ok_or_else(|| refused("knows clients only by ways that appctl does not have".to_owned()))?;
        let token = self.token_endpoint.ok_or_else(|| refused("has no token endpoint".to_owned()))?;
        let revoke = self.revocation_endpoint.map(|url| Revoke { url, how: RevokeBy::Rfc7009 });
        let server = Server {
            issuer: Some(self.issuer),
            sends_issuer: self.authorization_response_iss_parameter_supported == Some(true),
            authorize: self.authorization_endpoint.filter(|_| codes),
            device: self.device_authorization_endpoint,
            revoke,
            introspect: self.introspection_endpoint,
            client_auth,
            ..Server::new(token)
        };
        Ok(Discovered { server, userinfo: self.userinfo_endpoint, scopes: self.scopes_supported.unwrap_or_default() })
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|item| item == wanted)
}

/// What it says, in our order; RFC 8414 section 2 has `client_secret_basic` where it says nothing.
fn client_auth(methods: Option<&[String]>) -> Option<ClientAuth> {
    let Some(methods) = methods.filter(|methods| !methods.is_empty()) else { return Some(ClientAuth::Basic) };
    let known = [
        ("client_secret_basic", ClientAuth::Basic),
        ("client_secret_post", ClientAuth::Body),
        ("none", ClientAuth::None),
    ];
    known.into_iter().find(|(name, _)| has(methods, name)).map(|(_, how)| how)
}

/// Whether an issuer may have an endpoint there: at its own host, or at one that the whole world can reach. An issuer on
/// the internet has no business with the machines behind somebody's door.
fn may_lead_to(issuer: &Url, url: &Url) -> bool {
    let at_home = url.host() == issuer.host() && url.scheme() == issuer.scheme();
    http::is_safe(url) && url.fragment().is_none() && !is_link_local(url) && (at_home || !is_private(url))
}

/// An address that means something else on every network (RFC 6890), or a name for this machine.
fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => is_private_v4(address),
        Some(Host::Ipv6(address)) => match address.to_ipv4() {
            // Mapped and compatible forms reach the IPv4 address; `::1` and `::` are among the latter.
            Some(inner) => is_private_v4(inner) || address.is_loopback() || address.is_unspecified(),
            None => matches!(address.segments()[0], 0xfc00..=0xfdff | 0xfe80..=0xfebf | 0xff00..) || is_nat64(address),
        },
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.').to_ascii_lowercase();
            let local = ["localhost", "local", "internal", "home.arpa"];
            local.iter().any(|end| name == *end || name.ends_with(&format!(".{end}")))
        }
        None => true,
    }
}

fn is_private_v4(address: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let benchmark = first == 198 && (18..20).contains(&second);
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || first == 0
        || first >= 224
        || shared
        || benchmark
}

/// `64:ff9b::/96` (RFC 6052) reaches IPv4 addresses through a translator.
fn is_nat64(address: std::net::Ipv6Addr) -> bool {
    address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0]
}

/// Where clouds keep the credentials of their machines.
fn is_link_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_link_local(),
        Some(Host::Ipv6(address)) => {
            address.to_ipv4().is_some_and(|inner| inner.is_link_local())
                || matches!(address.segments()[0], 0xfe80..=0xfebf)
        }
        _ => false,
    }
}
