//! Any other vendor: an OAuth 2 or API-key HTTP API by its settings, which a person gives or which are discovered from an
//! issuer (RFC 8414, OpenID Connect Discovery).

mod check;
mod discovered;
mod keys;
mod refresh;

use super::{
    Ask, ClientSecret, Exchange, From, Guide, Identify, KeyUse, Method, OAuth, Proof, Provider, REDIRECT_URL, Redirect,
    Setting, Site,
};
use crate::base::Result;
use crate::oauth::{ClientAuth, RevokeBy, Server};

pub use discovered::discovered;
pub(super) use keys::{auth, exchange_key};
pub use refresh::knows_refresh;

use Method::{ClientCredentials, Code, Device, Token, TwoStep};

pub static CUSTOM: Provider = Provider {
    id: "custom",
    title: "this API",
    own_bases: &["{base_url}"],
    moves: false,
    secret: "API key",
    methods: &[Code, Token, Device, ClientCredentials, TwoStep],
    guides: &[
        Guide {
            method: Code,
            page: "",
            text: "Register a client (a native or desktop app) with the redirect URI, then give the authorization and token addresses, or the issuer",
        },
        Guide {
            method: Token,
            page: "",
            text: "Make a key; `key_use`, `key_header` and `key_prefix` say how it is sent",
        },
        Guide {
            method: Device,
            page: "",
            text: "Register a client that may use the device flow, then give `device_url` and `token_url`",
        },
        Guide { method: ClientCredentials, page: "", text: "Register a confidential client, then give `token_url`" },
        Guide {
            method: TwoStep,
            page: "",
            text: "Make a key; `exchange_url` gives a short-lived token for it, and `exchange_key` says how it is sent there",
        },
    ],
    api_key: Some(KeyUse::Settings),
    oauth: Some(&OAUTH),
    settings: &[
        setting("name", "what it is called here, and typed where a provider is named"),
        needed(
            "base_url",
            "where the API lives: https://HOST/PATH",
            &[Code, Token, Device, ClientCredentials, TwoStep],
        ),
        needed("authorize_url", "where a person consents", &[Code]),
        needed("token_url", "where tokens are asked for", &[Code, Device, ClientCredentials]),
        needed("device_url", "where a device code is asked for", &[Device]),
        needed("exchange_url", "where a POST gives a short-lived token for the key", &[TwoStep]),
        setting(
            "exchange_key",
            "how the key goes there: `bearer` (default), `basic`, `header:NAME`, `json:NAME` or `form:NAME`",
        ),
        setting("exchange_token", "JSON pointer to the token in the answer; default `/access_token` or `/token`"),
        setting(
            "exchange_expires",
            "JSON pointer to its end, a time or seconds; default `/expires_in` or `/expires_at`",
        ),
        setting("revoke_url", "where a token is taken back (RFC 7009)"),
        setting("introspect_url", "where a token is described (RFC 7662)"),
        setting(
            "identity_url",
            "a path of the API, or an address there or where tokens come from, that says whose account it is",
        ),
        setting("identity_id", "JSON pointer to the id in that answer; default `/sub`, `/id`, `/user/id` or `/email`"),
        setting(
            "identity_name",
            "JSON pointer to the name in that answer; default `/email`, `/name`, `/login` or the id",
        ),
        setting("scopes", "what to ask for, separated by blanks"),
        setting("scope_separator", "`blank` (default) or `comma`"),
        setting("client_auth", "how a client with a secret says who it is: `basic` (default), `body` or `none`"),
        setting("pkce", "`yes` (default) or `no`, where the server refuses a challenge"),
        setting("resource", "what the token is for (RFC 8707)"),
        setting("audience", "the API's name, where the server wants one"),
        setting("prompt", "what the sign-in page is told to ask, for example `consent`"),
        setting("issuer", "what `iss` in its answers is"),
        setting("sends_issuer", "`yes` where the server always sends `iss`"),
        setting(
            "refresh_tokens",
            "`once` where each refresh token works once, `kept` where it stays; found out by itself when left away",
        ),
        setting(
            "refresh_grace",
            "seconds for which a spent refresh token is still taken: Okta's grace period (30 unless changed), Auth0's rotation overlap period, Cognito's retry grace period",
        ),
        setting("refresh_lapses", "days after which an unused refresh token lapses; it is renewed in time"),
        setting("redirect_host", "`127.0.0.1` (default) or `localhost`"),
        setting("redirect_port", "a port, where the server compares the whole redirect URI; default any"),
        setting("redirect_path", "default `/callback`"),
        REDIRECT_URL,
        setting("key_use", "how a key is sent: `bearer` (default), `header`, `user` or `password` (HTTP Basic)"),
        setting("key_header", "the header of a key; default `authorization`"),
        setting("key_prefix", "what stands before the key in it"),
        setting("key_user", "the user name where the key is the password"),
    ],
    check: check::check,
    identify: &[Identify {
        from: From::Ask(Ask::Setting("identity_url")),
        id: &["{/sub}", "{/id}", "{/user/id}", "{/data/id}", "{/email}"],
        name: &["{/email}", "{/name}", "{/login}", "{/username}", "{/user/name}"],
    }],
    exchange: Some(&Exchange {
        at: "{exchange_url}",
        proof: Proof::Key,
        token: &["{exchange_token}", "/access_token", "/token"],
        end: &["{exchange_expires}", "/expires_in", "/expires_at"],
        revoke: None,
    }),
    ..Provider::BLANK
};

static OAUTH: OAuth = OAuth {
    issuer: Some("{issuer}"),
    authorize: Some("{authorize_url}"),
    token: "{token_url}",
    device: Some("{device_url}"),
    revoke: Some(("{revoke_url}", RevokeBy::Rfc7009)),
    introspect: Some("{introspect_url}"),
    client_auth: ClientAuth::Basic,
    client_secret: ClientSecret::Optional,
    authorize_parameters: &[("resource", "{resource}"), ("audience", "{audience}"), ("prompt", "{prompt}")],
    token_parameters: &[("resource", "{resource}"), ("audience", "{audience}")],
    redirect: Redirect::ANY_PORT,
    tune,
    refresh_set: refresh::refresh_set,
    ..OAuth::PLAIN
};

const fn setting(key: &'static str, help: &'static str) -> Setting {
    needed(key, help, &[])
}

const fn needed(key: &'static str, help: &'static str, required_for: &'static [Method]) -> Setting {
    Setting { required_for, ..Setting::optional(key, help) }
}

/// What the settings change besides addresses.
fn tune(server: &mut Server, site: &Site) -> Result<()> {
    let text = |key: &str| site.settings.get(key).map(String::as_str);
    server.sends_issuer = text("sends_issuer") == Some("yes");
    server.pkce = text("pkce") != Some("no");
    if text("scope_separator") == Some("comma") {
        server.scope_separator = ',';
    }
    server.client_auth = match text("client_auth") {
        Some("none") => ClientAuth::None,
        Some("body") => ClientAuth::Body,
        _ => ClientAuth::Basic,
    };
    if text("redirect_host") == Some("localhost") {
        server.redirect.host = "localhost";
    }
    if let Some(path) = text("redirect_path") {
        path.clone_into(&mut server.redirect.path);
    }
    server.redirect.port = check::port(&site.settings)?;
    Ok(())
}
