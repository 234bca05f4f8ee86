//! The words in which a vendor is declared. Texts may have holes (`{domain}`) that an account's settings fill; an address,
//! header or parameter whose hole stays open is left out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::Method;
use crate::oauth;

/// The port of redirect URIs at vendors that compare them whole. Below the ports that systems give away by themselves,
/// and nobody's at IANA.
pub const PORT: u16 = 17871;

/// How an API key is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyUse {
    /// `Authorization: Bearer KEY`
    Bearer,
    /// HTTP Basic with the key as user and no password
    BasicUser,
    /// A header of its own
    Header(&'static str),
    /// As the account's settings say (`key_use`, `key_header`, `key_prefix`, `key_user`)
    Settings,
}

/// An authorization server, before an account's settings fill its holes.
#[derive(Debug)]
pub struct OAuth {
    /// What `iss` in its answers is; `None` where it sends none
    pub issuer: Option<&'static str>,
    pub authorize: Option<&'static str>,
    pub token: &'static str,
    pub device: Option<&'static str>,
    pub revoke: Option<(&'static str, oauth::RevokeBy)>,
    pub introspect: Option<&'static str>,
    pub client_auth: oauth::ClientAuth,
    /// Whether the vendor gives clients a secret
    pub client_secret: ClientSecret,
    pub body: oauth::Body,
    pub pkce: bool,
    pub scope_parameter: &'static str,
    pub scope_separator: char,
    pub authorize_parameters: &'static [(&'static str, &'static str)],
    pub token_parameters: &'static [(&'static str, &'static str)],
    pub headers: &'static [(&'static str, &'static str)],
    /// JSON pointer to the object with the tokens; empty: the answer itself
    pub token_path: &'static str,
    pub error_in_200: bool,
    /// The vendor's own words for refusals, and RFC 6749's
    pub words: &'static [(&'static str, &'static str)],
    pub redirect: Redirect,
    /// When nobody is sent back to this machine
    pub abroad: Abroad,
    pub refresh: Refresh,
    /// How long an access token lives where the answer does not say; `None`: until a 401
    pub lifetime: Option<Duration>,
    /// Asked for always: without them there is no refresh token or no identity
    pub always: &'static [&'static str],
    /// The only scopes that the device flow grants; `None`: all
    pub device_scopes: Option<&'static [&'static str]>,
    /// Whether scopes are asked for where no person consents (client credentials, assertions)
    pub machine_scopes: bool,
    /// What the settings change besides filling holes
    pub tune: fn(&mut oauth::Server, &super::Site) -> crate::base::Result<()>,
    /// What the settings say of refresh tokens
    pub refresh_set: fn(Refresh, &super::Site) -> Refresh,
}

impl OAuth {
    /// What RFC 6749 and RFC 8252 say where a vendor does nothing of its own.
    pub const PLAIN: OAuth = OAuth {
        issuer: None,
        authorize: None,
        token: "",
        device: None,
        revoke: None,
        introspect: None,
        client_auth: oauth::ClientAuth::Body,
        client_secret: ClientSecret::Needed,
        body: oauth::Body::Form,
        pkce: true,
        scope_parameter: "scope",
        scope_separator: ' ',
        authorize_parameters: &[],
        token_parameters: &[],
        headers: &[],
        token_path: "",
        error_in_200: false,
        words: &[],
        redirect: Redirect::ANY_PORT,
        abroad: Abroad::NEVER,
        refresh: Refresh::STABLE,
        lifetime: None,
        always: &[],
        device_scopes: None,
        machine_scopes: true,
        tune: |_, _| Ok(()),
        refresh_set: |declared, _| declared,
    };

    fn refresh_at(&self, site: &super::Site) -> Refresh {
        (self.refresh_set)(self.refresh, site)
    }
}

/// A first call, a POST, that gives a short-lived token for a key that lasts.
#[derive(Debug)]
pub struct Exchange {
    /// A path below the base, or an address
    pub at: &'static str,
    pub proof: Proof,
    /// JSON pointers to the token in the answer; the first that leads to one counts, and none else where a setting names it
    pub token: &'static [&'static str],
    /// Likewise to its end: a time (RFC 3339, or Unix seconds), or how many seconds it lives
    pub end: &'static [&'static str],
    /// The path below the base at which DELETE with the token takes it back
    pub revoke: Option<&'static str>,
}

/// How the first call is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// A JSON Web Token as bearer, signed by RS256 with the key (a PEM file), that says who issued it
    Jwt { issuer: &'static str },
    /// With the key itself, sent as the setting `exchange_key` says
    Key,
}

/// Whether a client has a secret at this vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientSecret {
    Needed,
    /// Public clients have none, confidential ones do
    Optional,
    /// Needed in a browser, not with a device code
    NeededInBrowser,
    None,
}

/// Where the browser may come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redirect {
    pub port: Option<u16>,
    pub host: &'static str,
    pub path: &'static str,
}

impl Redirect {
    /// RFC 8252 section 7.3: a literal loopback address, and a port that the server does not look at.
    pub const ANY_PORT: Redirect = Redirect { port: None, host: "127.0.0.1", path: "/callback" };
    /// For vendors that compare the whole URI and know this machine by its name alone.
    pub const LOCALHOST: Redirect = Redirect { port: Some(PORT), host: "localhost", path: "/callback" };
}

/// When a vendor sends nobody back to this machine, so that a page of the person's own is needed (`redirect_url`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abroad {
    /// Where this setting says that
    pub setting: Option<(&'static str, &'static str)>,
    /// For clients whose secret begins like one of these
    pub secrets: &'static [&'static str],
    /// Who it is that is not sent back to this machine: `a bot`
    pub whom: &'static str,
}

impl Abroad {
    pub const NEVER: Abroad = Abroad { setting: None, secrets: &[], whom: "" };
}

/// What becomes of a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// Each use brings another one and ends the old one
    pub rotates: bool,
    /// How long the old one still works after that, so that whoever lost the answer can ask again
    pub grace: Option<Duration>,
    /// How long it lives without being used; `None`: as long as nobody takes it back
    pub lapses_unused: Option<Duration>,
}

impl super::Provider {
    /// What becomes of the refresh tokens of an account of this provider.
    pub fn refresh_at(&self, site: &super::Site) -> Refresh {
        self.oauth.map_or(Refresh { rotates: true, ..Refresh::STABLE }, |oauth| oauth.refresh_at(site))
    }
}

impl Refresh {
    pub const STABLE: Refresh = Refresh { rotates: false, grace: None, lapses_unused: None };
}

/// Something a person can allow.
#[derive(Debug)]
pub struct Scope {
    pub name: &'static str,
    pub title: &'static str,
    /// The vendor's product it belongs to; empty where there is one
    pub product: &'static str,
    /// Asked for unless somebody chooses otherwise
    pub usual: bool,
}

/// A key that `--set key=value` takes when an account is made.
#[derive(Debug)]
pub struct Setting {
    pub key: &'static str,
    /// What it is for, with its unit and default
    pub help: &'static str,
    /// What it is when nobody sets it; empty: nothing
    pub default: &'static str,
    pub required_for: &'static [Method],
    /// The only values, each with its meaning, the usual one first; empty: any value
    pub choices: &'static [(&'static str, &'static str)],
}

impl Setting {
    /// What it says among these settings; where it has choices and nobody made one, the usual.
    pub fn value_in<'a>(&self, settings: &'a BTreeMap<String, String>) -> Option<&'a str> {
        let usual = self.choices.first().map(|(value, _)| *value);
        settings.get(self.key).map(String::as_str).or(usual)
    }

    /// One that nobody needs to set.
    pub const fn optional(key: &'static str, help: &'static str) -> Setting {
        Setting { key, help, default: "", required_for: &[], choices: &[] }
    }
}

/// For every provider with a code flow.
pub const REDIRECT_URL: Setting = Setting::optional(
    "redirect_url",
    "an https page of yours that the browser comes back to instead of this machine; you paste the address it ends at",
);

/// How the provider is asked whom an account belongs to. The first way that answers counts.
#[derive(Debug)]
pub struct Identify {
    pub from: From,
    /// What tells two accounts apart; texts with JSON pointers as holes (`{/team/id}`), the first with all holes filled
    pub id: &'static [&'static str],
    /// What a person recognises, likewise. `{/kind|words}` makes words of `SOME_KIND`, `{/url|ids}` the last two parts of
    /// a path
    pub name: &'static [&'static str],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// The account's settings
    Settings,
    /// The answer that brought the tokens
    TokenAnswer,
    Ask(Ask),
}

/// A call below the base that changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Get(&'static str),
    Post(&'static str),
    /// The path or address in this setting
    Setting(&'static str),
}

/// A setting that an answer with tokens brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// JSON pointer into the answer
    pub at: &'static str,
    pub setting: &'static str,
    /// It is an address, and must lead to the vendor
    pub address: bool,
}

/// What the beginning of a key says about it.
#[derive(Debug)]
pub struct KeyForm {
    pub prefix: &'static str,
    /// What it is: `a restricted key`
    pub what: &'static str,
    /// What to say about it; empty: it is a right one
    pub advice: &'static str,
}

/// What a person makes at the vendor for one way to sign in.
#[derive(Debug)]
pub struct Guide {
    pub method: Method,
    /// Where; `https://…`, perhaps with holes
    pub page: &'static str,
    /// What to do there, in one or two sentences
    pub text: &'static str,
}
