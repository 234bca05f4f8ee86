//! Any other vendor: an OAuth 2 or API-key HTTP API by its settings, which a person gives or which are discovered from an
//! issuer (RFC 8414, OpenID Connect Discovery).

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::{
    Ask, ClientSecret, Exchange, From, Guide, Identify, KeyUse, Method, OAuth, Proof, Provider, REDIRECT_URL, Redirect,
    Refresh, Setting, Site, hosts,
};
use crate::base::{Error, Label, Result, Secret};
use crate::http::Auth;
use crate::oauth::exchange::Field;
use crate::oauth::{Body, ClientAuth, RevokeBy, Server};

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
    check,
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
    refresh_set,
    ..OAuth::PLAIN
};

/// The longest grace that a server is known to give: Ory Hydra's
/// (<https://www.ory.com/docs/hydra/guides/graceful-token-refresh>), 30 days in seconds. Okta's is 0 to 60 (the `leeway` of
/// `OpenIdConnectApplicationSettingsRefreshToken` in its management API, 30 by default), Amazon Cognito's 0 to 60
/// (`RetryGracePeriodSeconds` of its API's `RefreshTokenRotationType`), Auth0's is off by default
/// (<https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation>).
const LONGEST_GRACE: u64 = 30 * 86_400;
/// In days. Okta's idle lifetime goes up to 1,825.
const LONGEST_LAPSE: u64 = 3_650;

const ADDRESSES: &[&str] =
    &["base_url", "authorize_url", "token_url", "device_url", "exchange_url", "revoke_url", "introspect_url", "issuer"];

const fn setting(key: &'static str, help: &'static str) -> Setting {
    needed(key, help, &[])
}

const fn needed(key: &'static str, help: &'static str, required_for: &'static [Method]) -> Setting {
    Setting { required_for, ..Setting::optional(key, help) }
}

/// What discovery found, as settings. What a person set goes first, so this is for the keys that are not there yet.
/// `offered` are the scopes that the server admits to.
pub fn discovered(server: &Server, userinfo: Option<&Url>, offered: &[String]) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut keep = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            found.insert(key.to_owned(), value);
        }
    };
    let text = |url: &Option<Url>| url.as_ref().map(Url::to_string);
    keep("issuer", server.issuer.clone());
    keep("sends_issuer", server.sends_issuer.then(|| "yes".to_owned()));
    keep("authorize_url", text(&server.authorize));
    keep("token_url", Some(server.token.to_string()));
    keep("device_url", text(&server.device));
    keep("revoke_url", server.revoke.as_ref().map(|revoke| revoke.url.to_string()));
    keep("introspect_url", text(&server.introspect));
    keep("identity_url", userinfo.map(Url::to_string));
    // Without a word of its own a discovered API lives where its issuer says who is who.
    keep("base_url", userinfo.or(Some(&server.token)).map(|url| url.origin().ascii_serialization()));
    let auth = match server.client_auth {
        ClientAuth::None => "none",
        ClientAuth::Basic => "basic",
        ClientAuth::Body => "body",
    };
    keep("client_auth", Some(auth.to_owned()));
    keep("pkce", (!server.pkce).then(|| "no".to_owned()));
    let usual: Vec<_> = ["openid", "email", "offline_access"]
        .into_iter()
        .filter(|usual| offered.iter().any(|scope| scope == usual))
        .collect();
    // OpenID Connect Core section 11: offline access wants to be consented to each time.
    keep("prompt", usual.contains(&"offline_access").then(|| "consent".to_owned()));
    keep("scopes", (!usual.is_empty()).then(|| usual.join(" ")));
    found
}

/// Checks what has a form, and what needs another.
fn check(method: Method, settings: &mut BTreeMap<String, String>) -> Result<()> {
    for key in ADDRESSES {
        if let Some(text) = settings.get(*key) {
            let url = hosts::given(key, text)?;
            if url.query().is_some() && *key != "authorize_url" {
                return Err(Error::usage(format!("`{key}` has a query")).hint(format!("set `{key}` without `?…`")));
            }
        }
    }
    name(settings)?;
    one_of(settings, "client_auth", &["none", "basic", "body"])?;
    one_of(settings, "pkce", &["yes", "no"])?;
    one_of(settings, "sends_issuer", &["yes", "no"])?;
    one_of(settings, "scope_separator", &["blank", "comma"])?;
    one_of(settings, "redirect_host", &["127.0.0.1", "localhost"])?;
    refresh_settings(settings)?;
    one_of(settings, "key_use", &["bearer", "header", "user", "password"])?;
    port(settings)?;
    let path = settings.get("redirect_path").map_or("/", String::as_str);
    if !path.starts_with('/') || path.contains(['?', '#', ' ', '\\']) || path.contains("//") {
        return Err(Error::usage("`redirect_path` is no path").hint("set it like `--set redirect_path=/callback`"));
    }
    if let Some(key) =
        ["redirect_host", "redirect_port", "redirect_path"].iter().find(|key| settings.contains_key(**key))
        && settings.contains_key(REDIRECT_URL.key)
    {
        return Err(Error::usage(format!("`{key}` and `{}` exclude each other", REDIRECT_URL.key))
            .hint(format!("leave `{key}` away: the browser comes back to the page, not to this machine")));
    }
    if let Some(text) = settings.get("identity_url").cloned() {
        identity_url(settings, &text)?;
    }
    for key in ["identity_id", "identity_name", "exchange_token", "exchange_expires"] {
        if settings.get(key).is_some_and(|pointer| !pointer.starts_with('/') || pointer.contains(['{', '}', '|'])) {
            return Err(
                Error::usage(format!("`{key}` is no JSON pointer")).hint(format!("set it like `--set {key}=/user/id`"))
            );
        }
    }
    match method {
        Token => key_settings(settings),
        TwoStep => exchange_use(settings.get("exchange_key").map(String::as_str)).map(|_| ()),
        _ => Ok(()),
    }
}

/// What a custom API is called is typed where a provider's id is.
fn name(settings: &BTreeMap<String, String>) -> Result<()> {
    let Some(name) = settings.get("name") else { return Ok(()) };
    let taken = super::ALL.iter().any(|provider| provider.id == name);
    match Label::parse(name) {
        Ok(_) if !taken => Ok(()),
        Ok(_) => Err(Error::usage(format!("`{name}` is a provider of its own"))
            .hint(format!("sign in with `appctl integrations connect {name}`, or give another `--name`"))),
        Err(_) => Err(Error::usage(format!("an API cannot be called `{name}`"))
            .hint("name it with small letters, digits and hyphens, like `--name acme`")),
    }
}

/// The token is sent where the API is and where it came from, nowhere else.
fn identity_url(settings: &BTreeMap<String, String>, text: &str) -> Result<()> {
    if text.starts_with('/') {
        return Ok(());
    }
    let url = hosts::given("identity_url", text)?;
    let mut own = ["base_url", "token_url", "issuer"].iter().filter_map(|key| Url::parse(settings.get(*key)?).ok());
    if own.any(|own| own.origin() == url.origin()) && url.query().is_none() {
        return Ok(());
    }
    Err(Error::usage("`identity_url` is neither where the API is nor where the tokens come from")
        .hint("set it to a path of the API, like `--set identity_url=/me`, or leave it away"))
}

fn key_settings(settings: &BTreeMap<String, String>) -> Result<()> {
    let kind = settings.get("key_use").map_or("bearer", String::as_str);
    let has = |key: &str| settings.contains_key(key);
    if kind == "password" && !has("key_user") {
        return Err(Error::usage("`key_use=password` needs the user name").hint("add `--set key_user=NAME`"));
    }
    if has("key_user") && kind != "password" {
        return Err(Error::usage("`key_user` goes with `key_use=password` alone").hint("add `--set key_use=password`"));
    }
    if kind == "header" && !has("key_header") {
        return Err(Error::usage("`key_use=header` needs the header's name").hint("add `--set key_header=x-api-key`"));
    }
    if (has("key_header") || has("key_prefix")) && !matches!(kind, "header" | "bearer") {
        return Err(Error::usage("`key_header` and `key_prefix` do not go with HTTP Basic")
            .hint("leave them away, or use `--set key_use=header`"));
    }
    match settings.get("key_header") {
        Some(name) => header_name(name).map(|_| ()),
        None => Ok(()),
    }
}

fn refresh_settings(settings: &mut BTreeMap<String, String>) -> Result<()> {
    one_of(settings, "refresh_tokens", &["once", "kept"])?;
    number(settings, "refresh_lapses", "days", LONGEST_LAPSE)?;
    if number(settings, "refresh_grace", "seconds", LONGEST_GRACE)?.is_none() {
        return Ok(());
    }
    if settings.get("refresh_tokens").is_some_and(|word| word == "kept") {
        return Err(Error::usage(
            "`refresh_grace` is for refresh tokens that work once, and `refresh_tokens` is `kept`",
        )
        .hint("leave one of them away"));
    }
    settings.insert("refresh_tokens".to_owned(), "once".to_owned());
    Ok(())
}

/// A whole number from one up to `most`, where it is set.
fn number(settings: &BTreeMap<String, String>, key: &str, unit: &str, most: u64) -> Result<Option<u64>> {
    let Some(text) = settings.get(key) else { return Ok(None) };
    match text.parse::<u64>() {
        Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
        _ => Err(Error::usage(format!("`{key}` is no number of {unit} from 1 to {most}"))
            .hint(format!("set it like `--set {key}=30`"))),
    }
}

fn refresh_set(declared: Refresh, site: &Site) -> Refresh {
    let of = |key: &str, unit: u64| {
        let number: u64 = site.settings.get(key)?.parse().ok()?;
        Some(Duration::from_secs(number.saturating_mul(unit)))
    };
    Refresh {
        rotates: declared.rotates || site.settings.get("refresh_tokens").is_some_and(|word| word == "once"),
        grace: of("refresh_grace", 1),
        lapses_unused: of("refresh_lapses", 86_400),
    }
}

/// Whether the settings say what becomes of refresh tokens. Otherwise the first renewal shows it.
pub fn knows_refresh(site: &Site) -> bool {
    site.settings.contains_key("refresh_tokens")
}

fn one_of(settings: &BTreeMap<String, String>, key: &str, words: &[&str]) -> Result<()> {
    match settings.get(key) {
        Some(value) if !words.contains(&value.as_str()) => {
            let listed = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            Err(Error::usage(format!("`{key}` is none of {listed}"))
                .hint(format!("set it like `--set {key}={}`", words[0])))
        }
        _ => Ok(()),
    }
}

fn port(settings: &BTreeMap<String, String>) -> Result<Option<u16>> {
    let Some(text) = settings.get("redirect_port") else { return Ok(None) };
    match text.parse::<u16>() {
        Ok(port) if port >= 1024 => Ok(Some(port)),
        _ => Err(Error::usage("`redirect_port` is no port from 1024 to 65535")
            .hint("set it like `--set redirect_port=17871`")),
    }
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
    server.redirect.port = port(&site.settings)?;
    Ok(())
}

/// How a key is sent, by the settings.
pub(super) fn auth(secret: Secret, site: &Site) -> Result<Auth> {
    let text = |key: &str| site.settings.get(key).map(String::as_str);
    match text("key_use") {
        Some("user") => Ok(Auth::Basic { user: secret.expose().to_owned(), password: Secret::new("") }),
        Some("password") => Ok(Auth::Basic { user: text("key_user").unwrap_or_default().to_owned(), password: secret }),
        _ => {
            let Some(name) = text("key_header") else { return Ok(Auth::Bearer(secret)) };
            let name = header_name(name)?;
            let usual = if name == "authorization" { "Bearer" } else { "" };
            let value = match text("key_prefix").unwrap_or(usual) {
                "" => secret,
                prefix => Secret::new(format!("{prefix} {}", secret.expose())),
            };
            Ok(Auth::Header { name: name.into(), value })
        }
    }
}

/// How a key goes to where it is exchanged.
enum ExchangeUse {
    Bearer,
    Basic,
    Header(String),
    Field(Body, String),
}

fn exchange_use(text: Option<&str>) -> Result<ExchangeUse> {
    let text = text.unwrap_or("bearer");
    let (kind, name) = text.split_once(':').unwrap_or((text, ""));
    match (kind, name) {
        ("bearer", "") => Ok(ExchangeUse::Bearer),
        ("basic", "") => Ok(ExchangeUse::Basic),
        ("header", name) if !name.is_empty() => header_name(name).map(ExchangeUse::Header),
        ("json", name) if !name.is_empty() => Ok(ExchangeUse::Field(Body::Json, name.to_owned())),
        ("form", name) if !name.is_empty() => Ok(ExchangeUse::Field(Body::Form, name.to_owned())),
        _ => Err(Error::usage("`exchange_key` is none of `bearer`, `basic`, `header:NAME`, `json:NAME`, `form:NAME`")
            .hint("set it like `--set exchange_key=header:x-api-key`")),
    }
}

/// How the key of this account is sent to where it is exchanged. With `basic` it is `USER:PASSWORD`, or a user alone.
pub(super) fn exchange_key(key: &Secret, site: &Site) -> Result<(Auth, Option<Field>)> {
    let key = Secret::new(key.expose().trim());
    Ok(match exchange_use(site.settings.get("exchange_key").map(String::as_str))? {
        ExchangeUse::Bearer => (Auth::Bearer(key), None),
        ExchangeUse::Basic => {
            let (user, password) = key.expose().split_once(':').unwrap_or((key.expose(), ""));
            (Auth::Basic { user: user.to_owned(), password: Secret::new(password) }, None)
        }
        ExchangeUse::Header(name) => (Auth::Header { name: name.into(), value: key }, None),
        ExchangeUse::Field(body, name) => (Auth::None, Some(Field { body, name, value: key })),
    })
}

/// `Kind::Usage` for what is no header name, or one that the way out writes itself.
fn header_name(text: &str) -> Result<String> {
    let name = text.to_ascii_lowercase();
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) && name.len() <= 100;
    let own =
        ["host", "content-length", "content-type", "connection", "transfer-encoding", "cookie", "accept-encoding"];
    if name.is_empty() || !is_name || own.contains(&name.as_str()) {
        return Err(Error::usage("`key_header` is no header that a key can be in")
            .hint("set it like `--set key_header=x-api-key`"));
    }
    Ok(name)
}
