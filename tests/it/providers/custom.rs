//! Any other API, by its settings.

use appctl::base::{Kind, Result, Secret};
use appctl::http::Auth;
use appctl::oauth::{ClientAuth, Revoke, RevokeBy, Server};
use appctl::providers::{Method, Site, custom, describe};
use std::collections::BTreeMap;

use super::{at, provider, settings};

const WHOLE: &[&str] = &[
    "base_url=https://api.acme.example/v2/",
    "authorize_url=https://auth.acme.example/authorize?tenant=7",
    "token_url=https://auth.acme.example/token",
    "device_url=https://auth.acme.example/device",
];

fn settle(method: Method, more: &[&str]) -> Result<BTreeMap<String, String>> {
    let mut pairs = settings(WHOLE);
    pairs.extend(settings(more));
    provider("custom").settings(method, pairs)
}

fn settled_site(more: &[&str]) -> Site {
    Site { settings: settle(Method::Code, more).unwrap(), ..Site::default() }
}

#[test]
fn settings_become_addresses() {
    let site = settled_site(&[
        "revoke_url=https://auth.acme.example/revoke",
        "scope_separator=comma",
        "client_auth=body",
        "audience=things",
        "issuer=https://auth.acme.example",
    ]);
    assert_eq!(provider("custom").base(&site).unwrap().as_str(), "https://api.acme.example/v2");
    let server = provider("custom").server(&site).unwrap();
    assert_eq!(server.authorize.unwrap().as_str(), "https://auth.acme.example/authorize?tenant=7");
    assert_eq!(server.token.as_str(), "https://auth.acme.example/token");
    assert_eq!(server.device.unwrap().as_str(), "https://auth.acme.example/device");
    let revoke = server.revoke.unwrap();
    assert_eq!((revoke.url.as_str(), revoke.how), ("https://auth.acme.example/revoke", RevokeBy::Rfc7009));
    assert_eq!((server.client_auth, server.scope_separator, server.pkce), (ClientAuth::Body, ',', true));
    assert_eq!(server.authorize_parameters, [("audience".to_owned(), "things".to_owned())]);
    assert_eq!(server.token_parameters, [("audience".to_owned(), "things".to_owned())]);
    assert_eq!(server.issuer.as_deref(), Some("https://auth.acme.example"));
    assert_eq!((server.redirect.port, server.redirect.host), (None, "127.0.0.1"));
}

#[test]
fn the_redirect_is_what_the_server_wants() {
    let site = settled_site(&["redirect_host=localhost", "redirect_port=8085", "redirect_path=/oauth/back", "pkce=no"]);
    assert_eq!(provider("custom").redirect_uri(&site, None).unwrap(), "http://localhost:8085/oauth/back");
    assert!(!provider("custom").server(&site).unwrap().pkce);
    let described = describe(provider("custom"), &site);
    assert_eq!(described.methods[0].redirect_uri.as_deref(), Some("http://localhost:8085/oauth/back"));
    assert_eq!(described.methods[0].needs, ["base_url", "authorize_url", "token_url"]);
    // Without settings there is still something to print.
    assert_eq!(provider("custom").redirect_uri(&Site::default(), None).unwrap(), "http://127.0.0.1/callback");
}

#[test]
fn an_endpoint_takes_the_place_of_the_base_alone() {
    let site = at("http://127.0.0.1:9999/acme", WHOLE);
    assert_eq!(provider("custom").base(&site).unwrap().as_str(), "http://127.0.0.1:9999/acme");
    assert_eq!(provider("custom").server(&site).unwrap().token.as_str(), "https://auth.acme.example/token");
}

#[test]
fn everything_may_be_on_this_machine() {
    let here = ["base_url=http://127.0.0.1:9/api", "authorize_url=http://[::1]:9/a", "token_url=http://localhost:9/t"];
    let settled = provider("custom").settings(Method::Code, settings(&here)).unwrap();
    let site = Site { settings: settled, ..Site::default() };
    assert_eq!(provider("custom").server(&site).unwrap().token.as_str(), "http://localhost:9/t");
}

#[test]
fn what_is_missing_is_named() {
    let lacks = |method, pairs: &[&str]| provider("custom").settings(method, settings(pairs)).unwrap_err();
    let error = lacks(Method::Code, &[]);
    assert_eq!(error.message, "this API needs the setting `base_url` (where the API lives: https://HOST/PATH)");
    assert_eq!(error.hint.unwrap(), "add `--set base_url=…`");
    let error = lacks(Method::Code, &WHOLE[..1]);
    assert_eq!(error.message, "this API needs the setting `authorize_url` (where a person consents)");
    let error = lacks(Method::Device, &[WHOLE[0], WHOLE[2]]);
    assert_eq!(error.message, "this API needs the setting `device_url` (where a device code is asked for)");
    let error = lacks(Method::ClientCredentials, &WHOLE[..1]);
    assert_eq!(error.message, "this API needs the setting `token_url` (where tokens are asked for)");
    provider("custom").settings(Method::Token, settings(&WHOLE[..1])).unwrap();
    let error = provider("custom").server(&Site::default()).unwrap_err();
    assert_eq!(error.message, "this API needs the setting `token_url`");
    let error = provider("custom").base(&Site::default()).unwrap_err();
    assert_eq!(error.message, "this API needs the setting `base_url`");
    let error = lacks(Method::ServiceAccount, WHOLE);
    assert_eq!(error.message, "this API cannot be signed in to with `--method service-account`");
}

#[test]
fn wrong_settings_have_a_message_each() {
    for (pair, message) in [
        ("base_url=api.acme.example", "`base_url` is no address"),
        ("base_url=http://api.acme.example", "`base_url` is not encrypted; http is for this machine only"),
        ("base_url=http://127.0.0.1.evil.example", "`base_url` is not encrypted; http is for this machine only"),
        ("base_url=ftp://api.acme.example", "`base_url` is no https address"),
        ("base_url=https://ada:secret@api.acme.example", "`base_url` holds a user name or password"),
        ("base_url=https://api.acme.example/?key=1", "`base_url` has a query"),
        ("base_url=https://api.acme.example/#x", "`base_url` has a fragment"),
        ("token_url=http://192.168.0.7/token", "`token_url` is not encrypted; http is for this machine only"),
        ("token_url=https://auth.acme.example/token?x=1", "`token_url` has a query"),
        ("exchange_url=nowhere", "`exchange_url` is no address"),
        ("exchange_token=data.jwt", "`exchange_token` is no JSON pointer"),
        ("revoke_url=nowhere", "`revoke_url` is no address"),
        ("client_auth=basics", "`client_auth` is none of `none`, `basic`, `body`"),
        ("pkce=maybe", "`pkce` is none of `yes`, `no`"),
        ("scope_separator=;", "`scope_separator` is none of `blank`, `comma`"),
        ("redirect_host=0.0.0.0", "`redirect_host` is none of `127.0.0.1`, `localhost`"),
        ("redirect_port=80", "`redirect_port` is no port from 1024 to 65535"),
        ("redirect_port=65536", "`redirect_port` is no port from 1024 to 65535"),
        ("redirect_path=callback", "`redirect_path` is no path"),
        ("redirect_path=/a?b", "`redirect_path` is no path"),
        ("identity_id=sub", "`identity_id` is no JSON pointer"),
        ("identity_name=/a}{/b", "`identity_name` is no JSON pointer"),
        ("key_use=query", "`key_use` is none of `bearer`, `header`, `user`, `password`"),
        ("issuer=acme", "`issuer` is no address"),
        ("scopes= ", "`scopes` is empty or has a control character in it"),
        ("audience=a\nb", "`audience` is empty or has a control character in it"),
        ("base_uri=https://api.acme.example", "this API has no setting `base_uri`"),
    ] {
        let error = settle(Method::Code, &[pair]).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, message), "{pair}");
        let hint = error.hint.unwrap_or_default();
        assert!(hint.contains("set") && !hint.contains("secret"), "{pair}: {hint}");
    }
    let error = settle(Method::Code, &["base_uri=x"]).unwrap_err();
    assert!(error.hint.unwrap().starts_with("did you mean `base_url`? the settings are name, base_url, authorize_url"));
}

#[test]
fn who_it_is_is_asked_where_the_token_belongs() {
    for good in ["/me", "https://api.acme.example/v2/me", "https://auth.acme.example/userinfo"] {
        settle(Method::Code, &[&format!("identity_url={good}")]).unwrap();
    }
    for bad in [
        "https://evil.example/me",
        "https://api.acme.example.evil.example/v2/me",
        "https://api.acme.example:8443/v2/me",
        "http://api.acme.example/v2/me",
        "https://api.acme.example@evil.example/me",
        "https://api.acme.example/v2/me?key=1",
    ] {
        let error = settle(Method::Code, &[&format!("identity_url={bad}")]).unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{bad}");
    }
}

#[test]
fn keys_are_sent_as_the_settings_say() {
    let header = |pairs: &[&str]| {
        let settled = settle(Method::Token, pairs).unwrap();
        let site = Site { settings: settled, ..Site::default() };
        match provider("custom").auth(Secret::new("canary"), &site).unwrap() {
            Auth::Bearer(secret) => format!("bearer {}", secret.expose()),
            Auth::Basic { user, password } => format!("basic {user}:{}", password.expose()),
            Auth::Header { name, value } => format!("{name}: {}", value.expose()),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(header(&[]), "bearer canary");
    assert_eq!(header(&["key_use=user"]), "basic canary:");
    assert_eq!(header(&["key_use=password", "key_user=ada"]), "basic ada:canary");
    assert_eq!(header(&["key_use=header", "key_header=X-API-Key"]), "x-api-key: canary");
    assert_eq!(header(&["key_header=x-api-key"]), "x-api-key: canary");
    assert_eq!(header(&["key_header=Authorization", "key_prefix=Token"]), "authorization: Token canary");
    assert_eq!(header(&["key_header=authorization"]), "authorization: Bearer canary");
    for (pairs, message) in [
        (&["key_use=password"][..], "`key_use=password` needs the user name"),
        (&["key_use=header"], "`key_use=header` needs the header's name"),
        (&["key_user=ada"], "`key_user` goes with `key_use=password` alone"),
        (&["key_use=user", "key_header=x-api-key"], "`key_header` and `key_prefix` do not go with HTTP Basic"),
        (&["key_header=Host"], "`key_header` is no header that a key can be in"),
        (&["key_header=x api key"], "`key_header` is no header that a key can be in"),
        (&["key_header=x-kéy"], "`key_header` is no header that a key can be in"),
    ] {
        assert_eq!(settle(Method::Token, pairs).unwrap_err().message, message);
    }
}

#[test]
fn what_an_issuer_says_of_itself_becomes_settings() {
    let mut server = Server::new("https://id.acme.example/token".parse().unwrap());
    server.issuer = Some("https://id.acme.example".to_owned());
    server.sends_issuer = true;
    server.authorize = Some("https://id.acme.example/auth".parse().unwrap());
    server.device = Some("https://id.acme.example/device/auth".parse().unwrap());
    server.revoke =
        Some(Revoke { url: "https://id.acme.example/token/revocation".parse().unwrap(), how: RevokeBy::Rfc7009 });
    server.introspect = Some("https://id.acme.example/token/introspection".parse().unwrap());
    server.client_auth = ClientAuth::None;
    let userinfo = "https://id.acme.example/me".parse().unwrap();
    let offered = ["openid", "offline_access", "profile"].map(str::to_owned);
    let found = custom::discovered(&server, Some(&userinfo), &offered);
    assert_eq!((found["scopes"].as_str(), found["prompt"].as_str()), ("openid offline_access", "consent"));
    assert_eq!(found["base_url"], "https://id.acme.example");

    // They are settings like any other, and lead back to the same server.
    let settled = provider("custom").settings(Method::Code, found).unwrap();
    let site = Site { settings: settled, ..Site::default() };
    let again = provider("custom").server(&site).unwrap();
    assert_eq!((again.authorize, again.token, again.device), (server.authorize, server.token, server.device));
    assert_eq!((again.revoke, again.introspect), (server.revoke, server.introspect));
    assert_eq!((again.issuer, again.sends_issuer, again.client_auth), (server.issuer, true, ClientAuth::None));

    // An API elsewhere may ask who it is at the issuer.
    let mut own = site.settings.clone();
    own.insert("base_url".to_owned(), "https://api.acme.example".to_owned());
    provider("custom").settings(Method::Code, own).unwrap();

    let bare = custom::discovered(&Server::new("https://id.acme.example/t".parse().unwrap()), None, &[]);
    assert!(!bare.contains_key("scopes") && !bare.contains_key("prompt") && !bare.contains_key("identity_url"));
}

#[test]
fn settings_of_known_vendors_are_few() {
    let error = provider("github").settings(Method::Token, settings(&["base_url=https://x.example"])).unwrap_err();
    assert_eq!(error.message, "GitHub has no setting `base_url`");
    assert_eq!(error.hint.unwrap(), "the settings are app, installation, redirect_url");
    let error = provider("notion").settings(Method::Token, settings(&["base_url=https://x.example"])).unwrap_err();
    assert_eq!(error.hint.unwrap(), "the settings are redirect_url");
    let error = provider("stripe").settings(Method::Token, settings(&["stripe_acount=acct_1"])).unwrap_err();
    assert_eq!(
        error.hint.unwrap(),
        "did you mean `stripe_account`? the settings are stripe_account, stripe_context, redirect_url"
    );
    let error = provider("stripe").settings(Method::Token, settings(&["stripe_account=ada"])).unwrap_err();
    assert_eq!(error.message, "`stripe_account` is no account's id");
    let both = settings(&["stripe_account=acct_1", "stripe_context=acct_2"]);
    let error = provider("stripe").settings(Method::Token, both).unwrap_err();
    assert_eq!(error.message, "`stripe_account` and `stripe_context` exclude each other");
}
