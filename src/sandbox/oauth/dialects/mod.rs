//! What each vendor's authorization server does its own way, as data: paths, client authentication, PKCE, scopes,
//! redirects, lifetimes and rotation, and the words of its answers and errors. One file a vendor.

use serde_json::{Map, Value as Json, json};

use super::clients::ClientAuth;
use super::codes::Consent;
use super::errors::{self, Cause, Refusal, Words};
use super::people::Identity;
use super::rules::Rules;
use super::tokens::Shut;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

mod airtable;
mod applications;
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

/// The vendor whose API is at the root of the sandbox, its sign-in with it.
pub(crate) fn at_root() -> &'static Dialect {
    ALL.iter().copied().find(|dialect| dialect.at_root).expect("HubSpot is at the root")
}

pub(crate) struct Dialect {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// The endpoint is the sandbox itself
    pub(crate) at_root: bool,
    /// Paths below the endpoint, without the slash in front; `*` stands for one part
    pub(crate) paths: &'static [(&'static str, Endpoint)],
    pub(crate) grants: &'static [Grant],
    /// What a token request without `grant_type` means
    pub(crate) usual_grant: Option<Grant>,
    pub(crate) client_auth: ClientAuth,
    /// How what is posted must be written
    pub(crate) bodies: Bodies,
    pub(crate) scopes: Scopes,
    /// Authorization needs a `state`
    pub(crate) needs_state: bool,
    /// `response_type=code` may be left out
    pub(crate) usual_response_type: bool,
    /// The values of `response_mode` that are known; empty where the vendor knows nothing of it
    pub(crate) response_modes: &'static [&'static str],
    /// A challenge without a method means S256, and a verifier may be 128 bytes in Base64 (Salesforce)
    pub(crate) loose_pkce: bool,
    /// Loopback redirects match whatever their port (RFC 8252 section 7.3)
    pub(crate) any_port: bool,
    /// An address on this machine must be called `localhost`, not by its number
    pub(crate) only_localhost: bool,
    /// Whether the exchange of a code names the redirect URI again
    pub(crate) redirect_again: Again,
    pub(crate) prefixes: Prefixes,
    pub(crate) rules: &'static Rules,
    /// The vendor's words for what goes wrong, where they are not the RFCs'
    pub(crate) words: &'static [Words],
    pub(crate) refuse: fn(&Refusal, &Visit<'_>) -> Reply,
    /// The token endpoint's answer
    pub(crate) answer: fn(&[Issued<'_>], &Visit<'_>) -> Json,
    /// How that answer is sent
    pub(crate) send: fn(Json, &Visit<'_>) -> Reply,
    /// What identity tokens call a person
    pub(crate) sub: fn(&Identity, &Visit<'_>) -> String,
    pub(crate) device: Device,
    /// Taking an access token back leaves its refresh token alive
    pub(crate) access_ends_alone: bool,
    /// The answer to a revocation
    pub(crate) revoked: fn(&Visit<'_>) -> Reply,
    /// Changes what RFC 7662 says of a token into what this vendor says
    pub(crate) introspected: fn(Json, Option<&Consent>, &Visit<'_>) -> Json,
    /// Where API calls may have their token beside the bearer
    pub(crate) token_in: TokenIn,
    /// Why an API call is refused for its token
    pub(crate) shut: fn(Shut, &Visit<'_>) -> Reply,
    /// Who may come as the audience of an assertion, beside the sandbox's own addresses
    pub(crate) audiences: &'static [&'static str],
    /// The most an assertion may live, in seconds
    pub(crate) assertion_lifetime: u64,
}

/// The RFCs and nothing else. A vendor's dialect says what is different.
pub(crate) const BY_THE_BOOK: Dialect = Dialect {
    id: "",
    title: "",
    at_root: false,
    paths: &[],
    grants: &[Grant::Code, Grant::Refresh],
    usual_grant: None,
    client_auth: ClientAuth { basic: true, body: true, secret_alone: false },
    bodies: Bodies::Form,
    scopes: Scopes { asked: &[' '], required: false, app_here: true },
    needs_state: false,
    usual_response_type: false,
    response_modes: &[],
    loose_pkce: false,
    any_port: false,
    only_localhost: false,
    redirect_again: Again::Needed,
    prefixes: Prefixes { code: "code-", access: "at-", user_access: "at-", refresh: "rt-", length: 43 },
    rules: &Rules::PLAIN,
    words: &[],
    refuse: refuse_standard,
    answer: answer_standard,
    send: send_json,
    sub: |identity, visit| identity.uuid(visit.dialect().id),
    device: Device {
        page: "",
        uri: "verification_uri",
        complete: false,
        says_interval: false,
        secret: Secrecy::Always,
    },
    access_ends_alone: false,
    revoked: |_| Reply { content_type: "", ..Reply::empty(200) },
    introspected: |said, _, _| said,
    token_in: TokenIn::Bearer,
    shut: shut_standard,
    audiences: &[],
    assertion_lifetime: 3600,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// If the authorization named it (RFC 6749 section 4.1.3)
    Needed,
    /// It must be the same if it is named
    Free,
    /// It is not looked at
    Ignored,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// `application/x-www-form-urlencoded` (RFC 6749 section 3.2)
    Form,
    Json,
    Either,
}

/// The device grant of a vendor.
pub(crate) struct Device {
    /// Where a person types a code, below the endpoint
    pub(crate) page: &'static str,
    /// What the address of that page is called in the answer
    pub(crate) uri: &'static str,
    /// The address with the code in it is offered too
    pub(crate) complete: bool,
    /// `slow_down` comes with the new interval
    pub(crate) says_interval: bool,
    pub(crate) secret: Secrecy,
}

/// Where a device needs the client's secret, if the client has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secrecy {
    /// At both endpoints (RFC 8628 section 3.1)
    Always,
    Polls,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenIn {
    /// Nowhere
    Bearer,
    /// As the user of HTTP Basic
    Basic,
    /// As the parameter `token`
    Parameter,
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
    /// The same as certificates by their key's id (Google)
    Certificates,
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
            Endpoint::Metadata | Endpoint::Keys | Endpoint::Certificates => "metadata",
            Endpoint::Exchange(_) => "exchange",
            Endpoint::Identity(_) => "identity",
            Endpoint::Nothing => "other",
        }
    }

    /// Nothing is another way afterwards.
    pub(crate) fn only_reads(self) -> bool {
        use Endpoint::{Certificates, Identity, Introspect, Keys, Metadata, Nothing, TokenInfo};
        matches!(self, Introspect | TokenInfo(_) | Metadata | Keys | Certificates | Identity(_) | Nothing)
    }

    /// The methods it answers, for `Allow` (RFC 9110 section 10.2.1); empty where nothing is.
    pub(crate) fn methods(self) -> &'static [&'static str] {
        match self {
            Endpoint::Authorize => &["GET", "POST"],
            Endpoint::Token | Endpoint::Device | Endpoint::Introspect | Endpoint::Exchange(_) => &["POST"],
            Endpoint::DevicePage | Endpoint::Identity(_) | Endpoint::TokenInfo(_) => &["GET", "HEAD", "POST"],
            Endpoint::Metadata | Endpoint::Keys | Endpoint::Certificates => &["GET", "HEAD"],
            Endpoint::Revoke(how) => how.methods(),
            Endpoint::Nothing => &[],
        }
    }
}

/// How a vendor takes a token back.
#[derive(Clone, Copy)]
pub(crate) enum Ending {
    /// RFC 7009: POST `token`, with client authentication; an unknown token is fine
    Rfc7009,
    /// POST `token` alone; an unknown one is refused (Google, Salesforce)
    Token,
    /// In the vendor's own way, with these methods
    Own(&'static [&'static str], fn(&mut super::Realm, &Visit<'_>) -> Result<Reply, Cause>),
}

impl Ending {
    fn methods(self) -> &'static [&'static str] {
        match self {
            Ending::Rfc7009 | Ending::Token => &["POST"],
            Ending::Own(methods, _) => methods,
        }
    }
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

fn answer_standard(issued: &[Issued<'_>], _: &Visit<'_>) -> Json {
    standard(&issued[0], " ", "Bearer").into()
}

pub(crate) fn refuse_standard(refusal: &Refusal, _: &Visit<'_>) -> Reply {
    errors::standard(refusal)
}

/// RFC 6750 section 3.
fn shut_standard(why: Shut, _: &Visit<'_>) -> Reply {
    let (challenge, body) = match why {
        // Nothing is said to whoever brings no token at all.
        Shut::Missing => ("", json!({})),
        Shut::Expired(_) => (
            ", error=\"invalid_token\", error_description=\"The access token expired\"",
            json!({"error": "invalid_token"}),
        ),
        Shut::Unknown | Shut::Revoked => (
            ", error=\"invalid_token\", error_description=\"The access token is not valid\"",
            json!({"error": "invalid_token"}),
        ),
    };
    Reply::value(401, &body).header("WWW-Authenticate", format!("Bearer realm=\"sandbox\"{challenge}"))
}
