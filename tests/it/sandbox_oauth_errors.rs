//! Every error that the RFCs have words for, each made by a real wrong request, and what must be true of the answer beside
//! its code: status, headers, where it is said. RFC 6749 sections 4.1.2.1 and 5.2, 7009 section 2.2.1, 8628 section 3.5, 6750
//! section 3.1.

use std::collections::BTreeSet;
use std::time::Duration;

use appctl::sandbox::{Decision, PUBLIC_CLIENT, Person, Sandbox};
use serde_json::{Value as Json, json};

use crate::support::sandbox::{Answer, sandbox};
use crate::support::signin::{BACK, CHALLENGE, LEFT_OUT, Signin, VERIFIER, basic, bearer, form, text};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const FEW: &str = "few";

/// A sandbox that also knows a client which may do nothing but refresh.
async fn house() -> (Sandbox, Signin) {
    let (sandbox, _) = sandbox(0, "").await;
    let few = json!({"id": FEW, "secret": "s", "grants": ["refresh_token"]});
    sandbox.oauth().register("oidc", serde_json::from_value(few).unwrap()).unwrap();
    let signin = Signin::of(&sandbox);
    (sandbox, signin)
}

async fn tokens(signin: &mut Signin) -> Json {
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid email")]).await.code();
    signin.exchange("/oidc/token", &code).await.expect(200)
}

/// The error codes of a section, but for those that no request can bring about.
fn all(codes: &[&str]) -> BTreeSet<String> {
    codes.iter().map(|code| (*code).to_owned()).collect()
}

#[tokio::test]
async fn every_error_of_the_authorization_endpoint_is_brought_back() {
    let (sandbox, mut signin) = house().await;
    let mut seen = BTreeSet::new();
    let cases: [&[(&str, &str)]; 11] = [
        &[("response_type", LEFT_OUT)],
        &[("response_type", "")],
        &[("code_challenge", LEFT_OUT)],
        &[("code_challenge_method", "plain")],
        &[("response_mode", "form_post")],
        &[("scope", "openid"), ("scope", "email")],
        &[("client_id", FEW)],
        &[("response_type", "token")],
        &[("response_type", "code id_token")],
        &[("scope", "open\"id")],
        &[("scope", "größe")],
    ];
    for more in cases {
        let back = signin.authorize("/oidc/authorize", more).await;
        let error = back.get("error").unwrap_or_else(|| panic!("{more:?}: {back:?}"));
        assert_eq!((back.get("state").as_deref(), back.get("code")), (Some("st-1"), None), "{more:?}");
        assert!(back.get("iss").is_some(), "RFC 9207 section 2");
        seen.insert(error);
    }
    // What no request brings about: a person says no, and the server has trouble of its own.
    for decision in [
        Decision::Deny,
        Decision::Fail("server_error".to_owned()),
        Decision::Fail("temporarily_unavailable".to_owned()),
    ] {
        sandbox.oauth().person("oidc", &Person { decision, ..Person::default() }).unwrap();
        seen.insert(signin.authorize("/oidc/authorize", &[]).await.get("error").unwrap());
    }
    let codes = ["invalid_request", "unauthorized_client", "access_denied", "unsupported_response_type"];
    assert_eq!(seen, all(&[&codes[..], &["invalid_scope", "server_error", "temporarily_unavailable"]].concat()));
}

/// RFC 6749 section 4.1.2.1: nobody is sent to an address that may not be the client's.
#[tokio::test]
async fn with_two_addresses_or_two_clients_nobody_is_sent_anywhere() {
    let (_sandbox, mut signin) = house().await;
    let id = signin.id.clone();
    for twice in ["redirect_uri=http%3A%2F%2F127.0.0.1%3A1%2F", "client_id=few", "redirect_uri="] {
        let query = form(&[("client_id", &id), ("redirect_uri", BACK), ("response_type", "code")]);
        let answer = signin.open(&format!("/oidc/authorize?{query}&{twice}")).await;
        assert_eq!((answer.status, answer.header("location")), (400, None), "{twice}");
    }
}

/// OpenID Connect Core 1.0 section 3.1.2.1: GET and POST are the same.
#[tokio::test]
async fn the_request_may_come_as_a_form() {
    let (sandbox, mut signin) = house().await;
    let id = signin.id.clone();
    let fields = [
        ("client_id", id.as_str()),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("state", "ü &=?#/"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("response_mode", "query"),
        ("what_nobody_knows", "is ignored"),
    ];
    let answer = signin.post("/oidc/authorize", "", &fields).await;
    let back = crate::support::signin::Redirected::of(&answer);
    assert_eq!(back.get("state").as_deref(), Some("ü &=?#/"), "letter by letter");
    signin.exchange("/oidc/token", &back.code()).await.expect(200);
    sandbox.oauth().person("oidc", &Person { human: true, ..Person::default() }).unwrap();
    let page = signin.post("/oidc/authorize", "", &fields).await;
    let html = String::from_utf8(page.body).unwrap();
    let action = html.split("action=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&");
    let decided = signin.post(&action, "", &[("decision", "approve"), ("scope", "openid")]).await;
    assert_eq!(crate::support::signin::Redirected::of(&decided).get("state").as_deref(), Some("ü &=?#/"));
}

#[tokio::test]
async fn every_error_of_the_token_endpoint_comes_by_a_wrong_request() {
    let (_sandbox, mut signin) = house().await;
    let (id, secret) = (signin.id.clone(), signin.secret.clone());
    let me = [("client_id", id.as_str()), ("client_secret", secret.as_str())];
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "never")];
    let good = tokens(&mut signin).await;
    let living = text(&good, "refresh_token");
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid")]).await.code();
    let exchange = [("grant_type", "authorization_code"), ("code", code.as_str())];
    let other = ("redirect_uri", "http://127.0.0.1:1/other");
    let verifier = ("code_verifier", VERIFIER);
    let own = basic(&id, &secret);
    let wrong = basic(&id, "wrong");
    let digest = "Authorization: Digest username=\"x\"\r\n";
    let half = "Authorization: Basic !!!\r\n";
    type Case<'a> = (&'a str, Vec<(&'a str, &'a str)>, u16, &'a str);
    let cases: Vec<Case<'_>> = vec![
        ("", vec![], 400, "invalid_request"),
        ("", vec![me[0], me[1], refresh[0]], 400, "invalid_request"),
        ("", vec![me[0], me[1], refresh[0], ("refresh_token", "")], 400, "invalid_request"),
        ("", vec![me[0], me[1], refresh[0], refresh[1], refresh[1]], 400, "invalid_request"),
        ("", vec![me[0], me[1], me[1], refresh[0], refresh[1]], 400, "invalid_request"),
        (&own, vec![me[0], me[1], refresh[0], refresh[1]], 400, "invalid_request"),
        (&own, vec![("client_id", "other"), refresh[0], refresh[1]], 400, "invalid_request"),
        ("", vec![refresh[0], refresh[1]], 401, "invalid_client"),
        (&wrong, vec![refresh[0], refresh[1]], 401, "invalid_client"),
        (digest, vec![refresh[0], refresh[1]], 401, "invalid_client"),
        (half, vec![refresh[0], refresh[1]], 401, "invalid_client"),
        ("", vec![("client_id", "größe"), refresh[0], refresh[1]], 401, "invalid_client"),
        ("", vec![me[0], ("client_secret", "wrong"), refresh[0], refresh[1]], 401, "invalid_client"),
        (
            "",
            vec![("client_id", PUBLIC_CLIENT), ("client_secret", "any"), refresh[0], refresh[1]],
            401,
            "invalid_client",
        ),
        (&own, vec![refresh[0], refresh[1]], 400, "invalid_grant"),
        (&own, vec![exchange[0], ("code", "never")], 400, "invalid_grant"),
        (&own, vec![exchange[0], exchange[1], verifier], 400, "invalid_grant"),
        (&own, vec![exchange[0], exchange[1], verifier, other], 400, "invalid_grant"),
        (&own, vec![exchange[0], exchange[1], ("redirect_uri", BACK)], 400, "invalid_grant"),
        ("", vec![("client_id", PUBLIC_CLIENT), exchange[0], exchange[1], verifier], 400, "invalid_grant"),
        ("", vec![("client_id", FEW), ("client_secret", "s"), exchange[0], exchange[1]], 400, "unauthorized_client"),
        ("", vec![("client_id", PUBLIC_CLIENT), ("grant_type", "client_credentials")], 400, "unauthorized_client"),
        (&own, vec![("grant_type", "password"), ("username", "a"), ("password", "b")], 400, "unsupported_grant_type"),
        (&own, vec![refresh[0], ("refresh_token", &living), ("scope", "openid all")], 400, "invalid_scope"),
        (&own, vec![("grant_type", "client_credentials"), ("scope", "a\\b")], 400, "invalid_scope"),
    ];
    let mut seen = BTreeSet::new();
    for (headers, fields, status, error) in cases {
        let answer = signin.post("/oidc/token", headers, &fields).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{headers} {fields:?}");
        refused(&answer);
        seen.insert(error.to_owned());
    }
    let codes = ["invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type"];
    assert_eq!(seen, all(&[&codes[..], &["invalid_scope"]].concat()));
    // Nothing of all that spent what was good.
    signin.exchange("/oidc/token", &code).await.expect(200);
    signin.refresh("/oidc/token", &living).await.expect(200);
}

/// RFC 6749 section 5.2: JSON that no cache keeps, and a challenge with a 401.
fn refused(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert!(answer.header("content-type").unwrap().starts_with("application/json"));
    assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401);
    let said = text(&answer.json(), "error_description");
    let fits = |byte: u8| matches!(byte, 0x20..=0x21 | 0x23..=0x5B | 0x5D..=0x7E);
    assert!(!said.is_empty() && said.bytes().all(fits), "{said}");
}

#[tokio::test]
async fn every_error_of_a_device_comes_when_it_is_due() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().person("oidc", &Person { device_after: None, ..Person::default() }).unwrap();
    let (id, secret) = (signin.id.clone(), signin.secret.clone());
    for (headers, fields, status, error) in [
        ("", vec![], 401, "invalid_client"),
        ("", vec![("client_id", id.as_str())], 401, "invalid_client"),
        ("", vec![("client_id", "nobody")], 401, "invalid_client"),
        ("", vec![("client_id", FEW), ("client_secret", "s")], 400, "unauthorized_client"),
        (&basic(&id, &secret), vec![("scope", "a\\b")], 400, "invalid_scope"),
        (&basic(&id, &secret), vec![("scope", "a"), ("scope", "b")], 400, "invalid_request"),
    ] {
        let answer = signin.post("/oidc/device/code", headers, &fields).await;
        assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{fields:?}");
        refused(&answer);
    }
    let mut seen = BTreeSet::new();
    let mut poll = async |signin: &mut Signin, code: &str| {
        let answer = signin.token("/oidc/token", &[("grant_type", DEVICE), ("device_code", code)]).await;
        assert_eq!(answer.status, 400);
        seen.insert(text(&answer.json(), "error"));
    };
    let begun = async |signin: &mut Signin| signin.token("/oidc/device/code", &[("scope", "openid")]).await.expect(200);
    let first = begun(&mut signin).await;
    poll(&mut signin, &text(&first, "device_code")).await;
    poll(&mut signin, &text(&first, "device_code")).await;
    let second = begun(&mut signin).await;
    sandbox.oauth().decide_device("oidc", &text(&second, "user_code"), None).unwrap();
    poll(&mut signin, &text(&second, "device_code")).await;
    sandbox.clock().advance(Duration::from_secs(900));
    poll(&mut signin, &text(&first, "device_code")).await;
    assert_eq!(seen, all(&["authorization_pending", "slow_down", "access_denied", "expired_token"]));
}

/// RFC 7009 sections 2.1 to 2.2.1, RFC 7662 sections 2.1 and 2.3.
#[tokio::test]
async fn revocation_and_introspection_refuse_by_the_book() {
    let (_sandbox, mut signin) = house().await;
    let good = tokens(&mut signin).await;
    let (id, secret) = (signin.id.clone(), signin.secret.clone());
    let own = basic(&id, &secret);
    let identity = text(&good, "id_token");
    for path in ["/oidc/revoke", "/oidc/introspect"] {
        for (headers, fields, status, error) in [
            (own.as_str(), vec![], 400, "invalid_request"),
            (&own, vec![("token", "a"), ("token", "b")], 400, "invalid_request"),
            ("", vec![("token", "a")], 401, "invalid_client"),
            (&basic(&id, "wrong"), vec![("token", "a")], 401, "invalid_client"),
        ] {
            let answer = signin.post(path, headers, &fields).await;
            assert_eq!((answer.status, &answer.json()["error"]), (status, &json!(error)), "{path} {fields:?}");
            refused(&answer);
        }
    }
    let answer = signin.post("/oidc/revoke", &own, &[("token", &identity)]).await;
    assert_eq!(answer.json()["error"], "unsupported_token_type", "an identity token cannot be taken back");
    refused(&answer);
    // A wrong hint hurts nothing (section 2.1), and somebody else's token is left alone.
    let access = text(&good, "access_token");
    let mine = [("token", access.as_str()), ("token_type_hint", "refresh_token")];
    assert_eq!(signin.post("/oidc/revoke", &basic(FEW, "s"), &mine).await.status, 200);
    assert_eq!(signin.ask("/oidc/userinfo", &access).await.status, 200);
    assert_eq!(signin.post("/oidc/introspect", &basic(FEW, "s"), &mine).await.expect(200), json!({"active": false}));
    assert_eq!(signin.post("/oidc/revoke", &own, &mine).await.status, 200);
    assert_eq!(signin.ask("/oidc/userinfo", &access).await.status, 401);
}

/// RFC 6750 section 3.1.
#[tokio::test]
async fn a_token_that_is_not_enough_says_what_would_be() {
    let (_sandbox, mut signin) = house().await;
    let code = signin.authorize("/oidc/authorize", &[("scope", "email")]).await.code();
    let token = text(&signin.exchange("/oidc/token", &code).await.expect(200), "access_token");
    let answer = signin.ask("/oidc/userinfo", &token).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("www-authenticate").unwrap().contains("error=\"insufficient_scope\", scope=\"openid\""));
    for (headers, challenge) in [
        ("", "Bearer realm=\"sandbox\""),
        ("Authorization: Basic YTpi\r\n", "Bearer realm=\"sandbox\""),
        ("Authorization: Bearer\r\n", "Bearer realm=\"sandbox\""),
    ] {
        let answer = signin.http.call_with("GET", "/oidc/userinfo", headers, None).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (401, Some(challenge)), "{headers}");
    }
    let wrong = signin.http.call_with("GET", "/oidc/userinfo", &bearer("wrong"), None).await;
    assert!(wrong.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
}

/// RFC 6749 section 6: the access token may less, the refresh token stays what it was.
#[tokio::test]
async fn a_refresh_for_less_narrows_the_access_token_alone() {
    let (_sandbox, mut signin) = house().await;
    let first = tokens(&mut signin).await;
    let ask = |token: &Json, scope: &str| -> Vec<(String, String)> {
        let pairs =
            [("grant_type", "refresh_token"), ("refresh_token", &text(token, "refresh_token")), ("scope", scope)];
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let mut narrowed = Vec::new();
    let mut last = first.clone();
    for scope in ["openid", "email openid", "email"] {
        let fields = ask(&last, scope);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        last = signin.token("/oidc/token", &fields).await.expect(200);
        assert_eq!(last["scope"], scope);
        assert_eq!(last["id_token"].is_string(), scope.contains("openid"));
        narrowed.push(text(&last, "access_token"));
    }
    let who = signin.ask("/oidc/userinfo", &narrowed[0]).await.expect(200);
    assert!(who["email"].is_null() && who["sub"].is_string(), "{who}");
    assert_eq!(signin.ask("/oidc/userinfo", &narrowed[1]).await.expect(200)["email"], "ada@example.com");
    assert_eq!(signin.ask("/oidc/userinfo", &narrowed[2]).await.status, 403);
    let said = signin.token("/oidc/introspect", &[("token", &narrowed[0])]).await.expect(200);
    assert_eq!(said["scope"], "openid");
    assert_eq!(signin.refresh("/oidc/token", &text(&last, "refresh_token")).await.expect(200)["scope"], "openid email");
}

/// RFC 9110 section 15.5.6, and RFC 6749 section 3.2: the token endpoint is for POST alone, with a form.
#[tokio::test]
async fn other_methods_and_other_bodies_are_refused() {
    let (_sandbox, mut signin) = house().await;
    for (path, methods, allowed) in [
        ("/oidc/token", &["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "FROB"][..], "POST"),
        ("/oidc/revoke", &["GET", "PUT"], "POST"),
        ("/oidc/introspect", &["GET", "PUT"], "POST"),
        ("/oidc/device/code", &["GET", "PUT"], "POST"),
        ("/oidc/authorize", &["HEAD", "PUT", "DELETE"], "GET, POST"),
        ("/oidc/userinfo", &["PUT", "DELETE"], "GET, HEAD, POST"),
        ("/oidc/jwks", &["POST"], "GET, HEAD"),
        ("/github/login/oauth/access_token", &["GET"], "POST"),
        ("/slack/api/oauth.v2.access", &["PUT"], "POST"),
    ] {
        for method in methods {
            // HEAD has no body, so its connection is not used again.
            let mut signin = Signin { http: signin.http.again(), id: signin.id.clone(), secret: signin.secret.clone() };
            let headers = if *method == "HEAD" { "Connection: close\r\n" } else { "" };
            let answer = signin.http.call_with(method, path, headers, None).await;
            assert_eq!((answer.status, answer.header("allow")), (405, Some(allowed)), "{method} {path}");
        }
    }
    let own = signin.basic();
    let body = "grant_type=client_credentials";
    for (kind, status) in [
        ("application/x-www-form-urlencoded", 200),
        ("application/x-www-form-urlencoded; charset=utf-8", 200),
        ("APPLICATION/X-WWW-FORM-URLENCODED", 200),
        ("text/plain", 400),
        ("application/json", 400),
        ("multipart/form-data; boundary=x", 400),
        ("", 400),
    ] {
        let kind = if kind.is_empty() { String::new() } else { format!("Content-Type: {kind}\r\n") };
        let answer = signin.http.send("POST", "/oidc/token", &format!("{own}{kind}"), body).await;
        assert_eq!(answer.status, status, "{kind}");
        if status == 400 {
            assert_eq!(answer.json()["error"], "invalid_request");
        }
    }
    // Parameters in the address are none (section 3.2: in the body).
    let answer = signin.post(&format!("/oidc/token?{body}"), &own, &[]).await;
    assert_eq!(answer.expect(400)["error"], "invalid_request");
}
