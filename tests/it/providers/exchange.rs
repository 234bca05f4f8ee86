//! Sign-ins in two steps: what is asked where, and how the key shows who asks.

use appctl::base::{Kind, Secret, Timestamp};
use appctl::http::Auth;
use appctl::providers::{Method, Site};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value as Json;

use super::{at, provider, settings, site};
use crate::support::sandbox::sandbox;

const APP: &[&str] = &["app=Iv23liCanary", "installation=42"];

/// docs.github.com, "Generating a JSON Web Token (JWT) for a GitHub App".
#[tokio::test]
async fn a_github_app_shows_a_token_that_it_signed_for_less_than_ten_minutes() {
    let (sandbox, _) = sandbox(0, "").await;
    let pem = Secret::new(sandbox.oauth().service_account()["private_key"].as_str().unwrap());
    let now = Timestamp::parse("2026-11-24T06:00:00Z").unwrap();
    let asked = provider("github").question(&site(APP), &pem, now).unwrap();
    assert_eq!(asked.url.as_str(), "https://api.github.com/app/installations/42/access_tokens");
    assert!(asked.headers.contains(&("x-github-api-version", "2022-11-28".to_owned())));
    let Auth::Bearer(token) = asked.auth else { panic!("no bearer") };
    let claims = token.expose().split('.').nth(1).unwrap();
    let claims: Json = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
    let seconds = now.millis() / 1000;
    let expected = serde_json::json!({"iss": "Iv23liCanary", "iat": seconds - 60, "exp": seconds + 540});
    assert_eq!(claims, expected);
    let moved = provider("github").question(&at("http://127.0.0.1:9/github", APP), &pem, now).unwrap();
    assert_eq!(moved.url.as_str(), "http://127.0.0.1:9/github/app/installations/42/access_tokens");
}

#[test]
fn what_can_be_no_app_is_refused_before_anybody_is_asked() {
    let check = |method, pairs: &[&str]| provider("github").settings(method, settings(pairs)).map(drop);
    check(Method::TwoStep, APP).unwrap();
    for (method, pairs, message) in [
        (
            Method::TwoStep,
            &["app=1"][..],
            "GitHub needs the setting `installation` (the number of the app's installation)",
        ),
        (Method::TwoStep, &["app=1", "installation=../42"], "`installation` is no number"),
        (Method::TwoStep, &["app=a/b", "installation=42"], "`app` is no client id"),
        (Method::Token, APP, "`app` goes with `--method two-step` alone"),
        (Method::Code, &["installation=42"], "`installation` goes with `--method two-step` alone"),
    ] {
        let error = check(method, pairs).unwrap_err();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, message), "{pairs:?}");
    }
    let error = provider("github").question(&site(APP), &Secret::new("canary"), Timestamp(0)).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, "the private key is not in PEM form"));
    let error = provider("slack").question(&Site::default(), &Secret::new("canary"), Timestamp(0)).unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::Usage, "Slack exchanges no keys"));
}

#[test]
fn any_other_api_says_how_its_key_goes_there() {
    let base = ["base_url=https://api.acme.example/v1", "exchange_url=https://login.acme.example/session"];
    let with = |how: &str| provider("custom").settings(Method::TwoStep, settings(&[base[0], base[1], how])).map(drop);
    for how in ["bearer", "basic", "header:x-api-key", "json:apiKey", "form:key"] {
        with(&format!("exchange_key={how}")).unwrap();
    }
    for how in ["header", "header:", "json:", "cookie:a", "bearer:x"] {
        let error = with(&format!("exchange_key={how}")).unwrap_err();
        assert!(error.message.starts_with("`exchange_key` is none of `bearer`"), "{how}: {error:?}");
    }
    assert!(with("exchange_key=header:content-length").unwrap_err().message.contains("header"));
    let lacks = provider("custom").settings(Method::TwoStep, settings(&base[..1])).unwrap_err();
    assert!(lacks.message.starts_with("this API needs the setting `exchange_url`"), "{lacks:?}");
    let asked = provider("custom").question(&site(&base), &Secret::new("k-1\n"), Timestamp(0)).unwrap();
    assert_eq!(asked.url.as_str(), "https://login.acme.example/session");
    assert_eq!((asked.token, asked.end.len()), (vec!["/access_token".to_owned(), "/token".to_owned()], 2));
    assert!(matches!(asked.auth, Auth::Bearer(key) if key.expose() == "k-1"));
    let told = site(&[base[0], base[1], "exchange_token=/data/jwt", "exchange_expires=/data/until"]);
    let asked = provider("custom").question(&told, &Secret::new("k-1"), Timestamp(0)).unwrap();
    assert_eq!((asked.token, asked.end), (vec!["/data/jwt".to_owned()], vec!["/data/until".to_owned()]));
}
