//! What each vendor's authorization server does its own way, as data: paths, client authentication, PKCE, scopes,
//! redirects, lifetimes and rotation, and the words of its answers and errors. One file a vendor.

use serde_json::{Map, Value as Json, json};

use super::clients::ClientAuth;
use super::codes::Consent;
use super::errors::{self, Refusal, Words};
use super::people::Identity;
use super::rules::Rules;
use super::tokens::Shut;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

mod airtable;
mod github;
mod google;
mod hubspot;
mod installations;
mod notion;
mod oidc;
mod salesforce;
mod slack;
mod stripe;

/// Every vendor, in alphabetical order.
pub(crate) static ALL: &[&Dialect] = &[
    &airtable::DIALECT,
    &github::DIALECT,
    &google::DIALECT,
    &hubspot::DIALECT,
    &notion::DIALECT,
    &oidc::DIALECT,
    &salesforce::DIALECT,
    &slack::DIALECT,
    &stripe::DIALECT,
];

pub(crate) fn find(id: &str) -> Option<&'static Dialect> {
    ALL.iter().copied().find(|dialect| dialect.id == id)
}

pub(crate) struct Dialect {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Paths below the endpoint, without the slash in front; `*` stands for one part
    pub(crate) paths: &'static [(&'static str, Endpoint)],
    pub(crate) grants: &'static [Grant],
    /// What a token request without `grant_type` means
    pub(crate) usual_grant: Option<Grant>,
    pub(crate) client_auth: ClientAuth,
    /// The token endpoint takes JSON, and only JSON
    pub(crate) json: bool,
    pub(crate) scopes: Scopes,
    /// Authorization needs a `state`
    pub(crate) needs_state: bool,
    /// `response_type=code` may be left out
    pub(crate) usual_response_type: bool,
    /// Loopback redirects match whatever their port (RFC 8252 section 7.3)
    pub(crate) any_port: bool,
    /// An address on this machine must be called `localhost`, not by its number
    pub(crate) only_localhost: bool,
    pub(crate) prefixes: Prefixes,
    pub(crate) rules: Rules,
    /// The vendor's words for what goes wrong, where they are not the RFCs'
    pub(crate) words: &'static [Words],
    pub(crate) refuse: fn(&Refusal, &Visit<'_>) -> Reply,
    /// The token endpoint's answer
    pub(crate) answer: fn(&[Issued<'_>], &Visit<'_>) -> Json,
    /// How that answer is sent
    pub(crate) send: fn(Json, &Visit<'_>) -> Reply,
    /// Where a person types a device code, below the endpoint
    pub(crate) device_page: &'static str,
    /// What the verification address is called in a device answer
    pub(crate) device_uri: &'static str,
    /// Changes what RFC 7662 says of a token into what this vendor says
    pub(crate) introspected: fn(Json, Option<&Consent>, &Visit<'_>) -> Json,
    /// Why an API call is refused for its token
    pub(crate) shut: fn(Shut, &Visit<'_>) -> Reply,
    /// Who may come as the audience of an assertion, beside the sandbox's own addresses
    pub(crate) audiences: &'static [&'static str],
    /// The most an assertion may live, in seconds
    pub(crate) assertion_lifetime: u64,
}

/// How scopes are written.
pub(crate) struct Scopes {
    /// What stands between them when they are asked for
    pub(crate) asked: &'static [char],
    /// Authorization needs one
    pub(crate) required: bool,
    /// An app on this machine may have scopes of its own, not only the person's (Slack does not allow it)
    pub(crate) app_here: bool,
}

impl Scopes {
    pub(crate) fn read(&self, text: Option<&str>) -> Vec<String> {
        let mut scopes: Vec<String> = Vec::new();
        for scope in text.unwrap_or_default().split(self.asked).filter(|scope| !scope.is_empty()) {
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        scopes
    }
}

/// What secrets look like.
pub(crate) struct Prefixes {
    pub(crate) code: &'static str,
    pub(crate) access: &'static str,
    /// Of a person's own token, where an app has one as well
    pub(crate) user_access: &'static str,
    pub(crate) refresh: &'static str,
    /// Letters after the prefix
    pub(crate) length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    Code,
    Refresh,
    ClientCredentials,
    Device,
    JwtBearer,
}

impl Grant {
    pub(crate) const ALL: [Grant; 5] =
        [Grant::Code, Grant::Refresh, Grant::ClientCredentials, Grant::Device, Grant::JwtBearer];

    /// The value of `grant_type`.
    pub(crate) fn urn(self) -> &'static str {
        match self {
            Grant::Code => "authorization_code",
            Grant::Refresh => "refresh_token",
            Grant::ClientCredentials => "client_credentials",
            Grant::Device => "urn:ietf:params:oauth:grant-type:device_code",
            Grant::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }

    /// What faults and counts call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Grant::Code => "code",
            Grant::Refresh => "refresh",
            Grant::ClientCredentials => "client_credentials",
            Grant::Device => "poll",
            Grant::JwtBearer => "jwt_bearer",
        }
    }
}

/// What is at a path.
#[derive(Clone, Copy)]
pub(crate) enum Endpoint {
    Authorize,
    Token,
    Device,
    DevicePage,
    Revoke(Ending),
    Introspect,
    /// HubSpot's and Google's own ways of saying what a token is
    TokenInfo(fn(&Visit<'_>, &super::Realm) -> Reply),
    Metadata,
    Keys,
    /// A call of the vendor's own that gives a token for a key
    Exchange(fn(&mut super::Realm, &Visit<'_>) -> Reply),
    /// An API call that says whose the token is
    Identity(fn(&Seen<'_>, &Visit<'_>) -> Reply),
    Nothing,
}

impl Endpoint {
    /// What faults and counts call it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Endpoint::Authorize => "authorize",
            Endpoint::Token => "token",
            Endpoint::Device => "device",
            Endpoint::DevicePage => "device_page",
            Endpoint::Revoke(_) => "revoke",
            Endpoint::Introspect | Endpoint::TokenInfo(_) => "introspect",
            Endpoint::Metadata | Endpoint::Keys => "metadata",
            Endpoint::Exchange(_) => "exchange",
            Endpoint::Identity(_) => "identity",
            Endpoint::Nothing => "other",
        }
    }
}

/// How a vendor takes a token back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// RFC 7009: POST `token`, with client authentication; an unknown token is fine
    Rfc7009,
    /// POST `token` alone; an unknown one is refused (Google, Salesforce)
    Token,
    /// DELETE with the refresh token at the end of the path (HubSpot)
    Path,
    /// DELETE with `access_token` in JSON and the client by HTTP Basic: one token, or all of the person's (GitHub)
    GithubToken,
    GithubGrant,
    /// DELETE with the token of an installation (GitHub)
    Installation,
    /// With the token itself as bearer (Slack)
    Bearer,
    /// POST `client_id` and `stripe_user_id`, with the platform's secret key (Stripe)
    Deauthorize,
}

/// Tokens on their way out.
pub(crate) struct Issued<'a> {
    pub(crate) access: &'a str,
    pub(crate) refresh: Option<&'a str>,
    /// Seconds; `None` where it is not said
    pub(crate) expires_in: Option<u64>,
    pub(crate) refresh_expires_in: Option<u64>,
    pub(crate) scopes: &'a [String],
    pub(crate) identity: &'a Identity,
    pub(crate) client: &'a str,
    pub(crate) grant: Grant,
    /// The person's own, where an app has one as well
    pub(crate) user: bool,
    pub(crate) id_token: Option<String>,
}

/// Whose token came with an API call.
pub(crate) struct Seen<'a> {
    pub(crate) identity: &'a Identity,
    pub(crate) scopes: &'a [String],
    /// Empty for a personal token
    pub(crate) client: &'a str,
    /// A key or token that a person made, which may do everything
    pub(crate) personal: bool,
    /// A person's own token where an app has one as well
    pub(crate) user: bool,
}

impl Seen<'_> {
    pub(crate) fn may(&self, scope: &str) -> bool {
        self.personal || self.scopes.iter().any(|own| own == scope)
    }
}

/// The answer of RFC 6749 section 5.1, which most vendors add to.
pub(crate) fn standard(issued: &Issued<'_>, separator: &str, token_type: &str) -> Map<String, Json> {
    let mut body = Map::new();
    body.insert("access_token".to_owned(), json!(issued.access));
    if let Some(seconds) = issued.expires_in {
        body.insert("expires_in".to_owned(), json!(seconds));
    }
    if let Some(refresh) = issued.refresh {
        body.insert("refresh_token".to_owned(), json!(refresh));
    }
    body.insert("scope".to_owned(), json!(issued.scopes.join(separator)));
    body.insert("token_type".to_owned(), json!(token_type));
    if let Some(token) = &issued.id_token {
        body.insert("id_token".to_owned(), json!(token));
    }
    body
}

/// JSON that no cache may keep.
pub(crate) fn send_json(body: Json, _: &Visit<'_>) -> Reply {
    errors::uncached(Reply::value(200, &body))
}

pub(crate) fn introspected_standard(said: Json, _: Option<&Consent>, _: &Visit<'_>) -> Json {
    said
}

pub(crate) fn refuse_standard(refusal: &Refusal, _: &Visit<'_>) -> Reply {
    errors::standard(refusal)
}
