//! Servers that describe themselves (RFC 8414, OpenID Connect Discovery), and those that lie about it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use appctl::base::{Error, Kind};
use appctl::oauth::discover::{Discovered, discover};
use appctl::oauth::{ClientAuth, RevokeBy};
use serde_json::{Value as Json, json};
use url::Url;

use crate::support::authority::{http, says};
use crate::support::wire::{Say, Wire, reply};

/// A server that describes itself at `place`, with this said differently, and knows nothing elsewhere.
fn describing(place: &'static str, path: &'static str, change: impl Fn(&mut Json, &str) + Send + 'static) -> Wire {
    Wire::answering(move |heard| {
        let base = format!("http://{}", crate::support::wire::header(&heard.head, "host").unwrap());
        let mut metadata = json!({
            "issuer": format!("{base}{path}"),
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "code_challenge_methods_supported": ["S256", "plain"],
        });
        change(&mut metadata, &base);
        let asked = heard.head.split(' ').nth(1).unwrap();
        if asked == place { says(200, &metadata.to_string()) } else { says(404, "{}") }
    })
}

const PLAIN: &str = "/.well-known/oauth-authorization-server";

async fn described(change: impl Fn(&mut Json, &str) + Send + 'static) -> Result<Discovered, Error> {
    let wire = describing(PLAIN, "", change);
    discover(&http(), &wire.url()).await
}

fn asked(wire: &Wire) -> Vec<String> {
    wire.heard().iter().map(|heard| heard.head.split(' ').nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn metadata_is_found_wherever_the_standards_put_it() {
    for (place, path, calls) in [
        (PLAIN, "", 1),
        ("/.well-known/openid-configuration", "", 2),
        ("/.well-known/oauth-authorization-server/tenant/a", "/tenant/a", 1),
        ("/.well-known/openid-configuration/tenant/a", "/tenant/a", 2),
        ("/tenant/a/.well-known/openid-configuration", "/tenant/a", 3),
    ] {
        let wire = describing(place, path, |_, _| {});
        let issuer: Url = format!("{}{path}", wire.url().as_str().trim_end_matches('/')).parse().unwrap();
        let found = discover(&http(), &issuer).await.unwrap_or_else(|error| panic!("{place}: {error}"));
        assert_eq!(found.server.issuer.unwrap(), format!("http://{}{path}", wire.address), "{place}");
        assert_eq!(wire.heard().len(), calls, "{:?}", asked(&wire));
    }
}

#[tokio::test]
async fn what_it_says_is_taken_over() {
    let found = described(|metadata, base| {
        metadata["device_authorization_endpoint"] = json!(format!("{base}/device"));
        metadata["revocation_endpoint"] = json!("https://revoke.example/r");
        metadata["introspection_endpoint"] = json!(format!("{base}/introspect"));
        metadata["userinfo_endpoint"] = json!(format!("{base}/me"));
        metadata["scopes_supported"] = json!(["openid", "email"]);
        metadata["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt", "client_secret_post", "none"]);
        metadata["authorization_response_iss_parameter_supported"] = json!(true);
        metadata["something_new"] = json!({ "a": [1] });
    })
    .await
    .unwrap();
    let server = found.server;
    assert_eq!((server.client_auth, server.sends_issuer, server.pkce), (ClientAuth::Body, true, true));
    assert_eq!((server.authorize.unwrap().path(), server.token.path()), ("/authorize", "/token"));
    assert_eq!((server.device.unwrap().path(), server.introspect.unwrap().path()), ("/device", "/introspect"));
    let revoke = server.revoke.unwrap();
    assert_eq!((revoke.url.as_str(), revoke.how), ("https://revoke.example/r", RevokeBy::Rfc7009));
    assert_eq!((found.userinfo.unwrap().path(), found.scopes), ("/me", vec!["openid".to_owned(), "email".to_owned()]));

    let bare = described(|metadata, _| {
        metadata.as_object_mut().unwrap().remove("code_challenge_methods_supported");
        metadata["response_types_supported"] = json!(["token"]);
    })
    .await
    .unwrap();
    assert_eq!((bare.server.client_auth, bare.server.pkce, bare.server.sends_issuer), (ClientAuth::Basic, true, false));
    assert_eq!((bare.server.authorize, bare.server.revoke, bare.server.device), (None, None, None));
    let public = described(|metadata, _| metadata["token_endpoint_auth_methods_supported"] = json!(["none"])).await;
    assert_eq!(public.unwrap().server.client_auth, ClientAuth::None);
}

#[tokio::test]
async fn a_server_that_says_it_is_another_one_is_refused() {
    for issuer in ["https://accounts.example", "", "http://127.0.0.1", "BASE/", "BASE/tenant", "\u{1b}[2Jevil"] {
        let wire = describing("/.well-known/oauth-authorization-server/own", "/own", move |metadata, base| {
            metadata["issuer"] = json!(issuer.replace("BASE", base));
        });
        let error = discover(&http(), &wire.url().join("/own").unwrap()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Failed, "{issuer}: {error}");
        assert!(error.message.contains("says that it is the issuer") && !error.message.contains('\u{1b}'), "{error}");
    }
    // The one liberty: a host alone, with and without its slash.
    let slash = described(|metadata, base| metadata["issuer"] = json!(format!("{base}/"))).await.unwrap();
    assert!(slash.server.issuer.unwrap().ends_with('/'), "what it says is what `iss` has to be");
    let wire = describing("/own/.well-known/openid-configuration", "/own", |_, _| {});
    let error = discover(&http(), &wire.url().join("/own/").unwrap()).await.unwrap_err();
    assert!(error.message.contains("/own/` says that it is the issuer"), "{error}");
}

#[tokio::test]
async fn no_endpoint_may_be_where_only_insiders_get() {
    let names = [
        "authorization_endpoint",
        "token_endpoint",
        "device_authorization_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "userinfo_endpoint",
    ];
    let bad = [
        "http://token.example/",
        "https://10.1.2.3/token",
        "https://192.168.0.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[64:ff9b::a00:1]/",
        "https://localhost/",
        "https://a.localhost/",
        "https://LOCALHOST./",
        "https://printer.local/",
        "https://metadata.google.internal/",
        "https://user:pass@token.example/",
        "https://token.example/#a",
        "ftp://token.example/",
        "javascript:alert(1)",
    ];
    for url in bad {
        for name in names {
            let error = described(move |metadata, _| metadata[name] = json!(url)).await.unwrap_err();
            assert_eq!(error.kind, Kind::Failed, "{name} {url}: {error}");
            assert!(error.message.contains(&format!("`{name}`")) && !error.message.contains("pass"), "{url}: {error}");
        }
    }
    for url in ["https://oauth2.example.com/token", "https://8.8.8.8/token", "https://[2606:4700::1111]/token"] {
        described(move |metadata, _| metadata["token_endpoint"] = json!(url)).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_would_let_codes_be_stolen_is_refused() {
    for ways in [json!(["plain"]), json!([]), json!(["s256"])] {
        let shown = ways.to_string();
        let refused = described(move |metadata, _| metadata["code_challenge_methods_supported"] = ways.clone()).await;
        assert!(refused.unwrap_err().message.contains("S256"), "{shown}");
    }
    let jwt =
        described(|metadata, _| metadata["token_endpoint_auth_methods_supported"] = json!(["tls_client_auth"])).await;
    assert!(jwt.unwrap_err().message.contains("by ways that appctl does not have"));
    let none = described(|metadata, _| metadata["token_endpoint"] = Json::Null).await;
    assert!(none.unwrap_err().message.contains("has no token endpoint"));
}

#[tokio::test]
async fn what_is_no_metadata_is_looked_for_elsewhere_and_then_told() {
    let html = Say::Bytes(reply(200, &[("content-type", "text/html")], "<html>Welcome</html>"));
    for say in [html, says(404, "{}"), says(400, ""), says(401, "{}"), says(200, "[]"), says(200, r#"{"issuer":7}"#)] {
        let wire = Wire::new(vec![say.clone()]);
        let error = discover(&http(), &wire.url()).await.unwrap_err();
        assert_eq!((error.kind, wire.heard().len()), (Kind::NotFound, 2), "{say:?}: {error}");
        assert!(error.message.contains("does not describe itself") && error.hint.is_some(), "{error}");
    }
    let wire = Wire::new(vec![says(503, "")]);
    let error = discover(&http(), &wire.url()).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote, "{error}");
    assert!(asked(&wire).iter().all(|path| path == PLAIN), "a server that is away is not asked elsewhere");
}

/// Whoever answers for an issuer may answer without end; what is right in it makes no difference.
#[tokio::test]
async fn metadata_of_any_length_is_not_read() {
    for (length, is_read) in [(1 << 19, true), (2 << 20, false), (64 << 20, false)] {
        let found = described(move |metadata, _| metadata["padding"] = json!(" ".repeat(length))).await;
        assert_eq!(found.is_ok(), is_read, "{length}: {found:.100?}");
    }
}

#[tokio::test]
async fn metadata_is_not_fetched_from_another_host() {
    let canary = Wire::new(vec![says(200, "{}")]);
    let target = format!("http://{}/", canary.address);
    let wire = Wire::new(vec![Say::Bytes(reply(302, &[("location", &target)], ""))]);
    let error = discover(&http(), &wire.url()).await.unwrap_err();
    assert!(error.message.contains("which is refused"), "{error}");
    assert!(canary.heard().is_empty());
    for issuer in [
        "http://issuer.example",
        "http://10.0.0.1",
        "https://169.254.169.254",
        "https://a:b@issuer.example",
        "https://issuer.example/?a=b",
        "https://issuer.example/#a",
        "ftp://issuer.example",
    ] {
        let error = discover(&http(), &issuer.parse().unwrap()).await.unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{issuer}");
    }
}
