//! What discovery found, as settings.

use std::collections::BTreeMap;

use url::Url;

use crate::oauth::{ClientAuth, Server};

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
