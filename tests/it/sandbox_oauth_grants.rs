//! The grants beside the code in the sandbox, device codes (RFC 8628), client credentials (RFC 6749 section 4.4),
//! assertions (RFC 7523), the errors of RFC 6749 section 5.2, metadata (RFC 8414), and the pages that people see.

use std::time::Duration;

use appctl::sandbox::{Decision, Person, Quirk, Sandbox};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::support::sandbox::sandbox;
use crate::support::signin::{BACK, CHALLENGE, LEFT_OUT, Redirected, Signin, VERIFIER, assertion, basic, form, text};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const JWT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

async fn house() -> (Sandbox, Signin) {
    let (sandbox, _) = sandbox(0, "").await;
    let signin = Signin::of(&sandbox);
    (sandbox, signin)
}

async fn poll(signin: &mut Signin, code: &str) -> (u16, Json) {
    let answer = signin.token("/oidc/token", &[("grant_type", DEVICE), ("device_code", code)]).await;
    (answer.status, answer.json())
}

/// RFC 8628 sections 3.2 to 3.5: pending, too fast, slower, decided.
#[tokio::test]
async fn a_device_waits_is_slowed_down_and_gets_its_tokens() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().person("oidc", &Person { device_after: None, ..Person::default() }).unwrap();
    let asked = signin.token("/oidc/device/code", &[("scope", "openid")]).await.expect(200);
    let user_code = text(&asked, "user_code");
    assert_eq!((&asked["interval"], &asked["expires_in"]), (&json!(5), &json!(900)));
    assert!(text(&asked, "verification_uri_complete").ends_with(&format!("?user_code={user_code}")));
    let code = text(&asked, "device_code");
    assert_eq!(poll(&mut signin, &code).await.1["error"], "authorization_pending");
    sandbox.clock().advance(Duration::from_secs(4));
    assert_eq!(poll(&mut signin, &code).await.1["error"], "slow_down", "a second too early");
    sandbox.clock().advance(Duration::from_secs(5));
    assert_eq!(poll(&mut signin, &code).await.1["error"], "slow_down", "ten seconds are the interval now");
    sandbox.clock().advance(Duration::from_secs(15));
    sandbox.oauth().order("oidc", &Quirk::error("poll", "slow_down", 1)).unwrap();
    assert_eq!(poll(&mut signin, &code).await.1["error"], "slow_down", "as a test ordered");
    sandbox.clock().advance(Duration::from_secs(20));
    assert_eq!(poll(&mut signin, &code).await.1["error"], "authorization_pending");
    assert_eq!(sandbox.oauth().devices("oidc").unwrap(), std::slice::from_ref(&user_code));
    let typed = user_code.to_lowercase().replace('-', "");
    sandbox.oauth().decide_device("oidc", &typed, Some("bob@example.com")).unwrap();
    sandbox.clock().advance(Duration::from_secs(20));
    let (status, tokens) = poll(&mut signin, &code).await;
    assert_eq!((status, &tokens["scope"]), (200, &json!("openid")));
    assert_eq!(poll(&mut signin, &code).await.1["error"], "invalid_grant", "a device code is good once");
    let seen = sandbox.oauth().counts("oidc").unwrap();
    let answers: Vec<&str> = seen.device_polls.iter().map(|poll| poll.answer.as_str()).collect();
    let (pending, slow) = ("authorization_pending", "slow_down");
    assert_eq!(answers, [pending, slow, slow, slow, pending, "ok", "invalid_grant"]);
    let gap = seen.device_polls[2].at_ms - seen.device_polls[1].at_ms;
    assert!((5000..7000).contains(&gap), "{gap}");
}

#[tokio::test]
async fn a_device_is_denied_expires_or_is_decided_on_the_page() {
    let (sandbox, mut signin) = house().await;
    let never = Person { device_after: None, ..Person::default() };
    sandbox.oauth().person("oidc", &never).unwrap();
    let asked = signin.token("/oidc/device/code", &[("scope", "openid")]).await.expect(200);
    sandbox.oauth().decide_device("oidc", &text(&asked, "user_code"), None).unwrap();
    assert_eq!(poll(&mut signin, &text(&asked, "device_code")).await, {
        (400, json!({"error": "access_denied", "error_description": "the person said no"}))
    });
    let asked = signin.token("/oidc/device/code", &[("scope", "openid")]).await.expect(200);
    sandbox.clock().advance(Duration::from_secs(900));
    assert_eq!(poll(&mut signin, &text(&asked, "device_code")).await.1["error"], "expired_token");
    let asked = signin.token("/oidc/device/code", &[("scope", "openid")]).await.expect(200);
    let user_code = text(&asked, "user_code");
    let page = signin.open(&format!("/oidc/device?user_code={user_code}")).await;
    assert!(String::from_utf8_lossy(&page.body).contains(&format!("value=\"{user_code}\"")));
    let fields = [("user_code", user_code.as_str()), ("identity", "bob@example.com"), ("decision", "approve")];
    assert_eq!(signin.post("/oidc/device", "", &fields).await.status, 200);
    let (status, tokens) = poll(&mut signin, &text(&asked, "device_code")).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(signin.post("/oidc/device", "", &[("user_code", "XXXX-XXXX")]).await.status, 404);
    assert_eq!(poll(&mut signin, "nonsense").await.1["error"], "invalid_grant");
    assert!(sandbox.oauth().decide_device("oidc", "XXXX-XXXX", None).is_err());
}

/// developers.google.com/identity/protocols/oauth2/limited-input-device; docs.github.com, "Device flow".
#[tokio::test]
async fn google_and_github_have_their_own_words_for_a_device() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().person("", &Person { device_after: None, ..Person::default() }).unwrap();
    let asked = signin.token("/google/device/code", &[("scope", "email")]).await.expect(200);
    assert_eq!((&asked["expires_in"], &asked["interval"]), (&json!(1800), &json!(5)));
    assert_eq!(asked["verification_url"], format!("http://127.0.0.1:{}/google/device", sandbox.port()));
    assert!(asked["verification_uri"].is_null(), "Google calls it otherwise");
    let code = text(&asked, "device_code");
    let fields = [("grant_type", DEVICE), ("device_code", code.as_str())];
    assert_eq!(signin.token("/google/token", &fields).await.expect(428)["error"], "authorization_pending");
    assert_eq!(signin.token("/google/token", &fields).await.expect(403)["error"], "slow_down");
    sandbox.oauth().decide_device("google", &text(&asked, "user_code"), None).unwrap();
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(signin.token("/google/token", &fields).await.expect(403)["error"], "access_denied");

    let id = signin.id.clone();
    let fields = [("client_id", id.as_str()), ("scope", "repo")];
    let asked = signin.post("/github/login/device/code", "", &fields).await;
    assert!(String::from_utf8_lossy(&asked.body).contains("verification_uri=http%3A%2F%2F127.0.0.1"), "a form");
    let asked = signin.post("/github/login/device/code", "Accept: application/json\r\n", &fields).await.expect(200);
    let code = text(&asked, "device_code");
    let fields = [("client_id", id.as_str()), ("grant_type", DEVICE), ("device_code", code.as_str())];
    let accept = "Accept: application/json\r\n";
    let path = "/github/login/oauth/access_token";
    assert_eq!(signin.post(path, accept, &fields).await.expect(200)["error"], "authorization_pending");
    let slow = signin.post(path, accept, &fields).await.expect(200);
    assert_eq!((&slow["error"], &slow["interval"]), (&json!("slow_down"), &json!(10)), "GitHub says the new interval");
    sandbox.oauth().decide_device("github", &text(&asked, "user_code"), Some("ada@example.com")).unwrap();
    sandbox.clock().advance(Duration::from_secs(10));
    assert_eq!(signin.post(path, accept, &fields).await.expect(200)["scope"], "repo");
}

/// RFC 6749 section 4.4: for clients with a secret, and without a refresh token.
#[tokio::test]
async fn a_client_signs_in_as_itself() {
    let (sandbox, mut signin) = house().await;
    let grant = ("grant_type", "client_credentials");
    let answer = signin.token("/oidc/token", &[grant, ("scope", "openid email")]).await.expect(200);
    assert_eq!((&answer["refresh_token"], &answer["scope"]), (&json!(null), &json!("openid email")));
    let public = [grant, ("client_id", appctl::sandbox::PUBLIC_CLIENT)];
    assert_eq!(signin.post("/oidc/token", "", &public).await.expect(400)["error"], "unauthorized_client");
    assert_eq!(signin.token("/google/token", &[grant]).await.expect(400)["error"], "unsupported_grant_type");
    let few = json!({"id": "few", "secret": "s", "grants": ["authorization_code"]});
    sandbox.oauth().register("oidc", serde_json::from_value(few).unwrap()).unwrap();
    let refused = signin.post("/oidc/token", &basic("few", "s"), &[grant]).await.expect(400);
    assert_eq!(refused["error"], "unauthorized_client");
}

/// RFC 7523 section 3; developers.google.com/identity/protocols/oauth2/service-account.
#[tokio::test]
async fn a_service_account_signs_its_assertion() {
    let (sandbox, mut signin) = house().await;
    let account = sandbox.oauth().service_account();
    let now = sandbox.clock().now().millis() / 1000;
    let claims = json!({
        "iss": account["client_email"], "aud": account["token_uri"], "iat": now, "exp": now + 3600,
        "scope": "https://www.googleapis.com/auth/drive.readonly", "sub": "ada@example.com",
    });
    let mut tell = async |token: String| {
        let answer = signin.post("/google/token", "", &[("grant_type", JWT), ("assertion", &token)]).await;
        (answer.status, answer.json())
    };
    let (status, tokens) = tell(assertion(&sandbox, &claims)).await;
    assert_eq!(status, 200, "{tokens}");
    assert_eq!(tokens.as_object().unwrap().keys().collect::<Vec<_>>(), ["access_token", "expires_in", "token_type"]);
    for (changed, value, code, words) in [
        ("aud", json!("https://elsewhere.test/token"), "invalid_grant", "Invalid JWT: `aud`"),
        ("exp", json!(now - 400), "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ("exp", json!(now + 8000), "invalid_grant", "Invalid JWT: Token must be a short-lived token"),
        ("iss", json!("nobody@sandbox.test"), "invalid_grant", "account not found"),
        ("scope", json!(""), "invalid_scope", ""),
    ] {
        let mut claims = claims.clone();
        claims[changed] = value;
        let (status, refused) = tell(assertion(&sandbox, &claims)).await;
        assert_eq!((status, &refused["error"]), (400, &json!(code)), "{changed}");
        assert!(text(&refused, "error_description").contains(words), "{refused}");
    }
    let good = assertion(&sandbox, &claims);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (head, _) = signed.split_once('.').unwrap();
    let forged = URL_SAFE_NO_PAD.encode(json!({"iss": account["client_email"]}).to_string());
    assert_eq!(tell(format!("{head}.{forged}.{signature}")).await.1["error_description"], "Invalid JWT Signature.");
    let none = URL_SAFE_NO_PAD.encode(r#"{"alg":"none"}"#);
    assert_eq!(tell(format!("{none}.{}.", URL_SAFE_NO_PAD.encode(claims.to_string()))).await.0, 400);
    // Salesforce: the client is the issuer, the login host the audience, the user name the subject.
    let claims = json!({
        "iss": signin.id, "aud": "https://login.salesforce.com", "sub": "ada@example.com", "exp": now + 180,
    });
    let token = assertion(&sandbox, &claims);
    let fields = [("grant_type", JWT), ("assertion", token.as_str())];
    let answer = signin.post("/salesforce/services/oauth2/token", "", &fields).await.expect(200);
    assert!(answer["refresh_token"].is_null() && text(&answer, "id").contains("/id/00D"));
}

/// What is sent, and the status and code that come back.
type Case<'a> = (&'a [(&'a str, &'a str)], u16, &'a str);

/// RFC 6749 section 5.2, each code, with the status and header that go with it.
#[tokio::test]
async fn the_token_endpoint_refuses_by_the_book() {
    let (_sandbox, mut signin) = house().await;
    let (id, secret) = (signin.id.clone(), signin.secret.clone());
    let me = [("client_id", id.as_str()), ("client_secret", secret.as_str())];
    let code = ("grant_type", "authorization_code");
    let refresh = ("grant_type", "refresh_token");
    let cases: [Case<'_>; 10] = [
        (&[], 400, "invalid_request"),
        (&[me[0], me[1]], 400, "invalid_request"),
        (&[me[0], me[1], ("grant_type", "password")], 400, "unsupported_grant_type"),
        (&[me[0], me[1], code], 400, "invalid_request"),
        (&[me[0], me[1], code, ("code", "never")], 400, "invalid_grant"),
        (&[me[0], me[1], refresh, ("refresh_token", "never")], 400, "invalid_grant"),
        (&[me[0], me[1], refresh, ("refresh_token", "a"), ("refresh_token", "b")], 400, "invalid_request"),
        (&[me[0], ("client_secret", "wrong"), refresh, ("refresh_token", "never")], 401, "invalid_client"),
        (&[me[0], refresh, ("refresh_token", "never")], 401, "invalid_client"),
        (&[("client_id", "nobody"), refresh, ("refresh_token", "never")], 401, "invalid_client"),
    ];
    for (fields, status, error) in cases {
        let answer = signin.post("/oidc/token", "", fields).await;
        assert_eq!(answer.status, status, "{fields:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
        assert_eq!(answer.json()["error"], error, "{fields:?}");
    }
    let both = signin.post("/oidc/token", &basic(&id, &secret), &[me[0], me[1], refresh, ("refresh_token", "x")]).await;
    assert_eq!(both.expect(400)["error"], "invalid_request", "credentials in two places (section 2.3)");
    let get = signin.http.call_with("GET", "/oidc/token", "", None).await;
    assert_eq!(get.status, 405);
    let scope = signin.token("/oidc/token", &[("grant_type", "client_credentials"), ("scope", "bad\"scope")]).await;
    assert_eq!(scope.expect(400)["error"], "invalid_scope");
}

/// RFC 6749 section 4.1.2.1: what may be said to the client and what only to the person.
#[tokio::test]
async fn the_authorization_endpoint_sends_nobody_to_an_unknown_address() {
    let (sandbox, mut signin) = house().await;
    let registration = json!({"id": "exact", "secret": "s", "redirects": ["http://127.0.0.1:4321/callback"]});
    for provider in ["oidc", "notion"] {
        sandbox.oauth().register(provider, serde_json::from_value(registration.clone()).unwrap()).unwrap();
    }
    let exact = ("client_id", "exact");
    let other_port = ("redirect_uri", "http://127.0.0.1:5555/callback");
    for (path, more, right) in [
        ("/oidc/authorize", vec![exact], true),
        ("/oidc/authorize", vec![exact, other_port], true),
        ("/notion/v1/oauth/authorize", vec![exact], true),
        ("/notion/v1/oauth/authorize", vec![exact, other_port], false),
        ("/oidc/authorize", vec![exact, ("redirect_uri", "http://127.0.0.1:4321/callback/x")], false),
        ("/oidc/authorize", vec![exact, ("redirect_uri", "http://127.0.0.1:4321/callback?a=b")], false),
        ("/oidc/authorize", vec![exact, ("redirect_uri", "http://localhost:4321/callback")], false),
        ("/oidc/authorize", vec![("redirect_uri", "https://evil.test/")], false),
        ("/oidc/authorize", vec![("client_id", "nobody")], false),
        ("/oidc/authorize", vec![("client_id", LEFT_OUT)], false),
    ] {
        let back = signin.authorize(path, &more).await;
        assert_eq!(back.to.is_some(), right, "{path} {more:?}");
        assert_eq!(back.status == 302, right);
        assert!(right || back.body.contains("<!doctype html>"));
    }
    for (more, error) in [
        (vec![("response_type", LEFT_OUT)], "invalid_request"),
        (vec![("response_type", "id_token")], "unsupported_response_type"),
        (vec![("scope", "bad\\scope")], "invalid_scope"),
    ] {
        let back = signin.authorize("/oidc/authorize", &more).await;
        assert_eq!((back.get("error").as_deref(), back.get("state").as_deref()), (Some(error), Some("st-1")));
        assert!(back.get("iss").is_some(), "RFC 9207 section 2: in refusals too");
    }
}

/// RFC 8414 section 3.3 and OpenID Connect Discovery 1.0 section 4.3: the issuer is the address it was asked at.
#[tokio::test]
async fn metadata_is_where_both_specifications_look_for_it() {
    let (sandbox, mut signin) = house().await;
    let first = signin.open("/oidc/.well-known/openid-configuration").await.expect(200);
    let second = signin.open("/.well-known/oauth-authorization-server/oidc").await.expect(200);
    assert_eq!(first, second);
    let own = format!("http://127.0.0.1:{}/oidc", sandbox.port());
    assert_eq!(first["issuer"], own);
    assert_eq!(first["token_endpoint"], format!("{own}/token"));
    assert_eq!(first["device_authorization_endpoint"], format!("{own}/device/code"));
    assert_eq!(first["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(first["authorization_response_iss_parameter_supported"], true);
    let keys = signin.open("/oidc/jwks").await.expect(200);
    let code = signin.authorize("/oidc/authorize", &[("scope", "openid"), ("nonce", "n-1")]).await.code();
    let tokens = signin.exchange("/oidc/token", &code).await.expect(200);
    let token = text(&tokens, "id_token");
    let claims: Json =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap();
    assert_eq!((&claims["iss"], &claims["aud"], &claims["nonce"]), (&json!(own), &json!(signin.id), &json!("n-1")));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let part = |name: &str| URL_SAFE_NO_PAD.decode(keys["keys"][0][name].as_str().unwrap()).unwrap();
    let public = ring::signature::RsaPublicKeyComponents { n: part("n"), e: part("e") };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public
        .verify(&ring::signature::RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .expect("the published key fits");
}

/// What somebody sees who opens the address in a browser, and what the buttons do.
#[tokio::test]
async fn a_person_can_consent_on_a_page() {
    let (sandbox, mut signin) = house().await;
    sandbox.oauth().person("oidc", &Person { human: true, ..Person::default() }).unwrap();
    let id = signin.id.clone();
    let query = form(&[
        ("client_id", &id),
        ("redirect_uri", BACK),
        ("response_type", "code"),
        ("scope", "openid <b>email</b>"),
        ("state", "s"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let path = format!("/oidc/authorize?{query}");
    let page = signin.open(&path).await;
    let html = String::from_utf8_lossy(&page.body).into_owned();
    assert_eq!((page.status, page.header("x-frame-options")), (200, Some("DENY")));
    assert!(html.contains("<form method=\"post\"") && html.contains("&lt;b&gt;email"), "{html}");
    let deny = signin.post(&path, "", &[("decision", "deny")]).await;
    assert_eq!(Redirected::of(&deny).get("error").as_deref(), Some("access_denied"));
    let allow = [("decision", "approve"), ("identity", "bob@example.com"), ("scope", "openid")];
    let code = Redirected::of(&signin.post(&path, "", &allow).await).code();
    let tokens = signin.exchange("/oidc/token", &code).await.expect(200);
    assert_eq!(tokens["scope"], "openid", "what was not ticked is not granted");
    let code = {
        sandbox.oauth().person("oidc", &Person::default()).unwrap();
        let page = signin.open(&format!("{path}&human")).await;
        assert_eq!(page.status, 200, "a page for whoever asks for one");
        Redirected::of(&signin.open(&path).await).code()
    };
    let fields = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", BACK)];
    let head = signin.basic();
    let fields = [fields.as_slice(), &[("code_verifier", VERIFIER)]].concat();
    assert_eq!(signin.post("/oidc/token", &head, &fields).await.status, 200);
    let person = Person { decision: Decision::Deny, ..Person::default() };
    sandbox.oauth().person("", &person).unwrap();
    let denied = signin.authorize("/salesforce/services/oauth2/authorize", &[("scope", "api")]).await;
    assert_eq!(denied.get("error_description").as_deref(), Some("end-user denied authorization"));
}
