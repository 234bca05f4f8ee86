//! A vendor's sign-in as data for people: which ways there are, what to make where, which redirect URI to enter there.

use serde::Serialize;

use super::facts::REDIRECT_URL;
use super::holes::fill;
use super::{ClientSecret, Guide, Method, Provider, Site};
use crate::oauth::Redirect;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Description {
    pub id: &'static str,
    pub title: &'static str,
    pub methods: Vec<Way>,
    pub scopes: Vec<ScopeText>,
    pub settings: Vec<SettingText>,
}

/// One way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// What `--method` takes
    pub method: &'static str,
    /// What a person makes, and what to know about it
    pub make: String,
    /// Where it is made; `None` where it depends on the account
    pub page: Option<String>,
    /// What to enter as redirect (callback) URI, letter by letter; `None`: this way has none
    pub redirect_uri: Option<String>,
    /// Whether a client id is asked for
    pub client: bool,
    /// Whether a client secret is needed (`true`), unknown there (`false`), or the client's choice (`None`)
    pub client_secret: Option<bool>,
    /// What must be set with `--set`
    pub needs: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScopeText {
    pub name: &'static str,
    pub title: &'static str,
    pub product: &'static str,
    pub usual: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingText {
    pub key: &'static str,
    pub help: &'static str,
    pub default: Option<&'static str>,
}

/// Describes a provider as far as the account's settings are known.
pub fn describe(provider: &Provider, site: &Site) -> Description {
    let site = &provider.with_defaults(site);
    let scopes = provider.scopes.iter().map(|scope| ScopeText {
        name: scope.name,
        title: scope.title,
        product: scope.product,
        usual: scope.usual,
    });
    let settings = provider.settings.iter().map(|setting| SettingText {
        key: setting.key,
        help: setting.help,
        default: (!setting.default.is_empty()).then_some(setting.default),
    });
    Description {
        id: provider.id,
        title: provider.title,
        methods: provider.methods.iter().map(|method| way(provider, site, *method)).collect(),
        scopes: scopes.collect(),
        settings: settings.collect(),
    }
}

fn way(provider: &Provider, site: &Site, method: Method) -> Way {
    let guide = provider.guides.iter().find(|guide| guide.method == method);
    let client = match method {
        Method::Token | Method::TwoStep => false,
        Method::ServiceAccount => provider.id == "salesforce",
        Method::Code | Method::Device | Method::ClientCredentials => true,
    };
    let secret = match provider.oauth.map(|facts| facts.client_secret) {
        _ if !client || method == Method::ServiceAccount => Some(false),
        // RFC 6749 section 4.4: for confidential clients alone.
        _ if method == Method::ClientCredentials => Some(true),
        Some(ClientSecret::Needed) => Some(true),
        Some(ClientSecret::NeededInBrowser) => Some(method == Method::Code),
        Some(ClientSecret::Optional) => None,
        Some(ClientSecret::None) | None => Some(false),
    };
    Way {
        method: method.word(),
        make: guide.map_or("", |guide| guide.text).to_owned(),
        page: guide.and_then(|guide| page(guide, site)),
        redirect_uri: (method == Method::Code).then(|| provider.redirect_uri(site, None)).flatten(),
        client,
        client_secret: secret,
        needs: needs(provider, method, site),
    }
}

fn page(guide: &Guide, site: &Site) -> Option<String> {
    fill(guide.page, site).filter(|page| !page.is_empty())
}

fn needs(provider: &Provider, method: Method, site: &Site) -> Vec<&'static str> {
    let required = provider.settings.iter().filter(|setting| setting.required_for.contains(&method));
    let mut keys: Vec<_> = required.map(|setting| setting.key).collect();
    if method == Method::Code && provider.check_landing(&site.settings, None).is_err() {
        keys.push(REDIRECT_URL.key);
    }
    keys
}

impl Provider {
    /// The redirect URI as it is registered at the vendor, letter by letter: the person's own page if they have set one. Where any port will do it is registered without
    /// one, unless a person chose a `port`.
    pub fn redirect_uri(&self, site: &Site, port: Option<u16>) -> Option<String> {
        let facts = self.oauth?.redirect;
        let own = site.settings.get(REDIRECT_URL.key).cloned();
        let redirect = self.server(site).map_or_else(
            |_| Redirect { port: facts.port, host: facts.host, path: facts.path.to_owned(), own },
            |server| server.redirect,
        );
        if redirect.own.is_some() {
            return redirect.own;
        }
        let port = port.or(redirect.port).map(|port| format!(":{port}")).unwrap_or_default();
        Some(format!("http://{}{port}{}", redirect.host, redirect.path))
    }
}
