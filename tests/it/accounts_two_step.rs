//! Accounts whose key is exchanged for short-lived tokens: GitHub Apps' installations, and APIs that nobody described.

use std::collections::BTreeMap;
use std::time::Duration;

use appctl::accounts::{self, Account, ConnectRequest, Health, Method, Remote, Sharing, health};
use appctl::base::{Error, Kind, Result, Secret};
use serde_json::json;

use crate::support::accounts::{Ada, Desk, label};
use crate::support::sandbox::Control;
use crate::support::wire::{Heard, Say, Wire, header, reply};

/// The public half of a key that is not the sandbox's.
const OTHER: &str = "\
-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAywxF+wxvIy43iam3gcmJ
naSU09iv6aBeFsho5s3LmZ+0hO0WheXgXrs2JgM9eUAVTejV3jGL7bHPHqmtvENA
huaeYu2S1c5YwvM8b1JLo2TvptJjiR+lDOWUW3zjNY3K/xtMeHeXDgPtXi4N9t3S
Fe02APFUhTUyWgZPQEtUCZyXi+x15lp6ZV4PR28OghZbcDtWxVPnVdxUv9vQssQ4
vM26z74Y0cRklO+ml77jN2j+EKVLfjzVTF7EeVL28DD1r7NFFuyaNP9Ltc5ITZ8i
tnEwKJC1MmRB2Oet4416dZt9aCWhFY4cEyLjB5fox2O9uHIuzixIViJsRG+sRB+k
yQIDAQAB
-----END PUBLIC KEY-----
";

fn installation(desk: &Desk) -> ConnectRequest {
    let file = desk.sandbox.oauth().service_account();
    let settings = [("app", desk.sandbox.oauth().client().0), ("installation", "42".to_owned())];
    ConnectRequest {
        label: Some(label("one")),
        method: Some(Method::TwoStep),
        secret: Some(Secret::new(file["private_key"].as_str().unwrap())),
        settings: settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        client: None,
        ..desk.request("github")
    }
}

/// Gives an app of the sandbox's GitHub this public key.
fn register(desk: &Desk, id: &str, key: &str) {
    let app = json!({"id": id, "secret": "s", "public_key": key});
    desk.sandbox.oauth().register("github", serde_json::from_value(app).unwrap()).unwrap();
}

fn later(desk: &Desk, seconds: u64) {
    desk.sandbox.clock().advance(Duration::from_secs(seconds));
    desk.app.clock.advance(Duration::from_secs(seconds));
}

async fn test(desk: &Desk) -> Result<()> {
    accounts::test(&desk.app, &label("one")).await.map(drop)
}

fn exchanges(desk: &Desk) -> u64 {
    desk.posts("github", "exchange")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_installation_of_a_github_app_signs_in_and_is_renewed_every_hour() {
    let desk = Desk::new().await;
    let mut nobody = Ada::default();
    let account = accounts::connect(&desk.app, installation(&desk), &mut nobody).await.unwrap().account;
    assert!(nobody.browsed.is_empty() && nobody.codes.is_empty());
    assert_eq!(account.identity.id, "installation 42");
    assert_eq!(account.identity.name, "ada-example-com (app sandbox-client)");
    assert_eq!((account.method, account.client.clone(), account.scopes.len()), (Method::TwoStep, None, 0));
    test(&desk).await.unwrap();
    assert_eq!(exchanges(&desk), 1);
    later(&desk, 3600 - 100);
    test(&desk).await.unwrap();
    assert_eq!(exchanges(&desk), 2, "it is about to end");
    later(&desk, 3600 + 100);
    assert_eq!(health(&desk.app, &account).unwrap(), Health::Good, "the key brings the next one");
    test(&desk).await.unwrap();
    assert_eq!(exchanges(&desk), 3);
    desk.sandbox.oauth().revoke("github", "").unwrap();
    test(&desk).await.unwrap();
    assert_eq!(exchanges(&desk), 4, "it was refused");
    assert_eq!(desk.sandbox.oauth().counts("github").unwrap().dead_tokens, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_in_githubs_words_and_nothing_is_kept() {
    let desk = Desk::new().await;
    register(&desk, "other-app", OTHER);
    let with = |key: &str, value: &str| {
        let mut request = installation(&desk);
        request.settings.insert(key.to_owned(), value.to_owned());
        request
    };
    let error = desk.connect(with("app", "other-app")).await.unwrap_err();
    assert_eq!(error.message, "GitHub refused the key: A JSON web token could not be decoded");
    assert_eq!(error.hint.unwrap(), "check the key, and the settings `app`, `installation`");
    assert_eq!(error.kind, Kind::Failed);
    let error = desk.connect(with("app", "nobody")).await.unwrap_err();
    assert_eq!(error.message, "GitHub refused the key: Integration not found");
    let no_key = ConnectRequest { secret: Some(Secret::new("canary")), ..installation(&desk) };
    let error = desk.connect(no_key).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, "the private key is not in PEM form"));
    let error = desk.connect(ConnectRequest { secret: None, ..installation(&desk) }).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, "GitHub needs the key of an app"));
    assert!(accounts::list(&desk.app).unwrap().is_empty() && desk.app.store.all_turns().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_a_key_that_is_refused_signs_the_installation_out() {
    let desk = Desk::new().await;
    let account = desk.connect(installation(&desk)).await.unwrap().account;
    later(&desk, 3600);
    Control::of(&desk.sandbox).post("/control/faults", json!({"plan": "503@exchange"})).await;
    assert_eq!(test(&desk).await.unwrap_err().kind, Kind::Remote);
    assert_eq!(health(&desk.app, &account).unwrap(), Health::Good);
    Control::of(&desk.sandbox).post("/control/faults", json!({"plan": "none"})).await;
    register(&desk, "sandbox-client", OTHER);
    let error = test(&desk).await.unwrap_err();
    assert_eq!(error.kind, Kind::SignIn, "{error:?}");
    let Health::NeedsReauth { reason, .. } = health(&desk.app, &account).unwrap() else { panic!("no lapse") };
    assert!(reason.contains("A JSON web token could not be decoded"), "{reason}");
    let asked = exchanges(&desk);
    test(&desk).await.unwrap_err();
    assert_eq!(exchanges(&desk), asked, "nobody asks again");
    let request = installation(&desk);
    register(&desk, "sandbox-client", request.secret.as_ref().unwrap().expose());
    let again = ConnectRequest { settings: BTreeMap::new(), ..request };
    accounts::reauth(&desk.app, &label("one"), again, &mut Ada::default()).await.unwrap();
    assert_eq!(health(&desk.app, &account).unwrap(), Health::Good);
    test(&desk).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn removing_an_installation_takes_its_token_back() {
    let desk = Desk::new().await;
    desk.connect(installation(&desk)).await.unwrap();
    let removed = accounts::remove(&desk.app, &label("one"), |_| Ok(())).await.unwrap();
    assert!(removed.local && matches!(removed.remote, Remote::Revoked), "{:?}", removed.remote);
    assert_eq!(desk.sandbox.oauth().counts("github").unwrap().families, 0);
}

/// An API whose `/auth` gives tokens of fifteen minutes to whom `knows` knows.
fn api(knows: impl Fn(&Heard) -> bool + Send + 'static) -> Wire {
    let mut given = 0;
    Wire::answering(move |heard| {
        let says = |status, body: serde_json::Value| {
            Say::Bytes(reply(status, &[("content-type", "application/json")], body.to_string()))
        };
        if heard.head.starts_with("POST /auth ") {
            if !knows(heard) {
                return says(401, json!({"message": "nobody has the key k-wrong"}));
            }
            given += 1;
            return says(200, json!({"token": format!("short-{given}"), "expires_in": 900}));
        }
        match header(&heard.head, "authorization") {
            Some(token) if token == format!("Bearer short-{given}") => says(200, json!({"id": 7, "login": "robot"})),
            _ => says(401, json!({"message": "that token is dead"})),
        }
    })
}

async fn connect(desk: &Desk, api: &Wire, key: &str, how: &str) -> Result<Account, Error> {
    let at = |path: &str| format!("http://{}{path}", api.address);
    let settings = [
        ("base_url", at("/api")),
        ("exchange_url", at("/auth")),
        ("exchange_key", how.to_owned()),
        ("identity_url", "/me".to_owned()),
    ];
    let request = ConnectRequest {
        label: Some(label("one")),
        sharing: Some(Sharing::Private),
        method: Some(Method::TwoStep),
        secret: Some(Secret::new(key)),
        settings: settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect(),
        ..ConnectRequest::of("custom")
    };
    desk.connect(request).await.map(|connected| connected.account)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_any_api_goes_where_it_is_wanted_and_brings_the_next_token() {
    for (how, wanted) in [
        ("bearer", ("authorization", "Bearer k-1")),
        ("basic", ("authorization", "Basic ay0xOg==")),
        ("header:x-api-key", ("x-api-key", "k-1")),
        ("json:apiKey", ("", r#"{"apiKey":"k-1"}"#)),
        ("form:key", ("", "key=k-1")),
    ] {
        let desk = Desk::new().await;
        let api = api(move |heard| match wanted {
            ("", body) => heard.body == body.as_bytes(),
            (name, value) => header(&heard.head, name).as_deref() == Some(value),
        });
        let account = connect(&desk, &api, "k-1", how).await.unwrap_or_else(|error| panic!("{how}: {error:?}"));
        assert_eq!((account.identity.id.as_str(), account.identity.name.as_str()), ("7", "robot"), "{how}");
        desk.app.clock.advance(Duration::from_secs(900));
        test(&desk).await.unwrap_or_else(|error| panic!("{how}: {error:?}"));
        let posts = api.heard().iter().filter(|heard| heard.head.starts_with("POST")).count();
        assert_eq!(posts, 2, "{how}");
        let removed = accounts::remove(&desk.app, &label("one"), |_| Ok(())).await.unwrap();
        assert!(matches!(removed.remote, Remote::Unsupported), "{how}: {:?}", removed.remote);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_api_says_to_a_wrong_key_is_told_without_the_key() {
    let desk = Desk::new().await;
    for how in ["bearer", "json:apiKey"] {
        let error = connect(&desk, &api(|_| false), "k-wrong", how).await.unwrap_err();
        assert_eq!(error.kind, Kind::Failed);
        assert!(error.message.starts_with("this API refused the key: nobody has the key"), "{error:?}");
        assert!(!format!("{error:?}").contains("k-wrong"), "{how}");
    }
    assert!(accounts::list(&desk.app).unwrap().is_empty());
}
