//! Tokens without a person, tokens taken back (F47), and what a server says a token is worth.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use appctl::base::{Kind, Secret, Timestamp};
use appctl::oauth::code::Flow;
use appctl::oauth::device;
use appctl::oauth::grant::{self, Claims};
use appctl::oauth::introspect::introspect;
use appctl::oauth::revoke::{Revoked, Subject, revoke};
use appctl::oauth::{ClientAuth, Failure, Revoke, RevokeBy, Server};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value as Json, json};

use crate::support::authority::{CLIENT_SECRET, client, form, http, public_client, says, server};
use crate::support::wire::{Say, Wire, header, reply};

const GRANTED: &str = r#"{"access_token":"a","expires_in":3600}"#;

#[tokio::test]
async fn a_client_asks_for_itself() {
    let wire = Wire::new(vec![says(200, GRANTED)]);
    let scopes = ["read".to_owned(), "write".to_owned()];
    let server = server(&wire);
    grant::client_credentials(&http(), &server, &client(), &scopes, &[("audience", "api")]).await.unwrap();
    let sent = form(&wire.heard()[0]);
    assert_eq!((sent["grant_type"].as_str(), sent["scope"].as_str()), ("client_credentials", "read write"));
    assert_eq!((sent["audience"].as_str(), sent.len()), ("api", 3));
    grant::client_credentials(&http(), &server, &client(), &[], &[]).await.unwrap();
    assert_eq!(form(&wire.heard()[1]).len(), 1);
}

#[tokio::test]
async fn an_assertion_takes_the_place_of_the_client() {
    let wire = Wire::new(vec![says(200, GRANTED)]);
    let assertion = Secret::new("header.claims.signature");
    grant::jwt_bearer(&http(), &server(&wire), &assertion, &["read".to_owned()]).await.unwrap();
    let heard = &wire.heard()[0];
    assert_eq!(header(&heard.head, "authorization"), None);
    let sent = form(heard);
    assert_eq!(sent["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(
        (sent["assertion"].as_str(), sent["scope"].as_str(), sent.len()),
        ("header.claims.signature", "read", 3)
    );
    let wire =
        Wire::new(vec![says(400, r#"{"error":"invalid_grant","error_description":"header.claims.signature?"}"#)]);
    let failure = grant::jwt_bearer(&http(), &server(&wire), &assertion, &[]).await.unwrap_err();
    assert_eq!(failure.into_error("it").message, "it refused: invalid_grant: ***?");
}

/// RFC 8707: what a token is for is said wherever one is asked for.
#[tokio::test]
async fn what_the_token_is_for_is_said_in_every_question_for_one() {
    let begun = r#"{"device_code":"d","user_code":"U","verification_uri":"https://vendor.example/","interval":1}"#;
    let wire = Wire::new(vec![
        says(200, GRANTED),
        says(200, GRANTED),
        says(200, GRANTED),
        says(200, begun),
        says(200, GRANTED),
    ]);
    let named = vec![("resource".to_owned(), "https://api.example/".to_owned())];
    let server = Server { token_parameters: named, ..server(&wire) };
    let mut flow = Flow::begin(&server, &client(), &[], "http://127.0.0.1:7/callback").unwrap();
    let state = flow.url().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    let code = flow.accept(&flow.pasted(&format!("?code=c&state={state}")).unwrap()).unwrap();
    flow.exchange(&http(), &server, &client(), code).await.unwrap();
    grant::refresh(&http(), &server, &client(), &Secret::new("r")).await.unwrap();
    grant::client_credentials(&http(), &server, &client(), &[], &[]).await.unwrap();
    let mut device = device::begin(&http(), &server, &client(), &[]).await.unwrap();
    device::poll(&http(), &server, &client(), &mut device, &mut |_| Box::pin(async {})).await.unwrap();
    let heard = wire.heard();
    assert_eq!(heard.len(), 5);
    for heard in &heard {
        assert_eq!(form(heard)["resource"], "https://api.example/", "{}", heard.head);
    }
}

fn claims() -> Claims {
    Claims {
        issuer: "robot@project.example".to_owned(),
        subject: Some("ada@acme.example".to_owned()),
        audience: "https://oauth2.googleapis.com/token".to_owned(),
        scope: Some("read write".to_owned()),
        lifetime: Duration::from_secs(3600),
        key_id: Some("key 1".to_owned()),
    }
}

fn openssl(folder: &Path, arguments: &str) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn key(folder: &Path, file: &str) -> Secret {
    Secret::new(std::fs::read_to_string(folder.join(file)).unwrap())
}

/// Keys as people have them, made and checked by another program.
#[test]
fn an_assertion_is_signed_so_that_openssl_believes_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(at, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pkcs8.pem");
    openssl(at, "rsa -in pkcs8.pem -traditional -out pkcs1.pem");
    openssl(at, "pkey -in pkcs8.pem -pubout -out public.pem");
    let spelled = Secret::new(key(at, "pkcs8.pem").expose().replace('\n', "\\n"));
    let framed = Secret::new(format!("Key: 1\r\n{}\r\n", key(at, "pkcs8.pem").expose().replace('\n', "\r\n")));
    let now = Timestamp::parse("2026-11-24T06:00:00.5Z").unwrap();
    for (name, key) in [
        ("PKCS#8", key(at, "pkcs8.pem")),
        ("PKCS#1", key(at, "pkcs1.pem")),
        ("with spelled line breaks", spelled),
        ("with lines around it", framed),
    ] {
        let token = grant::assertion(&claims(), &key, now).unwrap_or_else(|error| panic!("{name}: {error}"));
        let parts = token.expose().split('.').collect::<Vec<_>>();
        let decoded = |part: &str| serde_json::from_slice::<Json>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        assert_eq!(decoded(parts[0]), json!({ "alg": "RS256", "typ": "JWT", "kid": "key 1" }));
        let wanted = json!({ "iss": "robot@project.example", "sub": "ada@acme.example", "scope": "read write",
            "aud": "https://oauth2.googleapis.com/token", "iat": 1_795_500_000, "exp": 1_795_503_600 });
        assert_eq!(decoded(parts[1]), wanted, "{name}");
        std::fs::write(at.join("signed"), format!("{}.{}", parts[0], parts[1])).unwrap();
        std::fs::write(at.join("signature"), URL_SAFE_NO_PAD.decode(parts[2]).unwrap()).unwrap();
        let said = openssl(at, "dgst -sha256 -verify public.pem -signature signature signed");
        assert_eq!(String::from_utf8_lossy(&said).trim(), "Verified OK", "{name}");
    }
    let bare = Claims { subject: None, scope: None, key_id: None, ..claims() };
    let token = grant::assertion(&bare, &key(at, "pkcs8.pem"), now).unwrap();
    assert_eq!(token.expose().split('.').next().unwrap(), "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
}

#[test]
fn a_key_that_is_none_is_refused_without_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    openssl(at, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out small.pem");
    openssl(at, "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out good.pem");
    openssl(at, "pkey -in good.pem -aes256 -passout pass:x -out encrypted.pem");
    openssl(at, "rsa -in good.pem -traditional -aes256 -passout pass:x -out encrypted1.pem");
    openssl(at, "pkey -in good.pem -pubout -out public.pem");
    openssl(at, "genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out curve.pem");
    let good = key(at, "good.pem").expose().to_owned();
    let now = Timestamp::default();
    for (name, pem, words) in [
        ("small", key(at, "small.pem"), "cannot be used"),
        ("encrypted", key(at, "encrypted.pem"), "it is encrypted"),
        ("encrypted the old way", key(at, "encrypted1.pem"), "it is encrypted"),
        ("public", key(at, "public.pem"), "it is the public half"),
        ("of a curve", key(at, "curve.pem"), "cannot be used"),
        ("cut", Secret::new(&good[..800]), "not in PEM form"),
        ("shortened", Secret::new(good.replace("\nMIIE", "\n")), "cannot be used"),
        ("something else", Secret::new("key-canary"), "not in PEM form"),
        ("JSON", Secret::new("{\"private_key\":\"canary\"}"), "not in PEM form"),
        ("nothing", Secret::new(""), "not in PEM form"),
        ("a frame", Secret::new("-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----"), "cannot be used"),
        (
            "no base64",
            Secret::new("-----BEGIN PRIVATE KEY-----\n!canary!\n-----END PRIVATE KEY-----"),
            "not in PEM form",
        ),
    ] {
        let error = grant::assertion(&claims(), &pem, now).unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{name}: {error}");
        assert!(error.message.contains(words) && error.hint.is_some(), "{name}: {error}");
        let lines = pem.expose().lines().filter(|line| !line.contains("-----"));
        let middle = lines.max_by_key(|line| line.len()).filter(|line| !line.is_empty()).unwrap_or("canary");
        assert!(!format!("{error:?}").contains(middle), "{name}: {error:?}");
    }
}

fn subject() -> Subject {
    Subject {
        access: Some(Secret::new("access-canary")),
        refresh: Some(Secret::new("refresh/canary")),
        id: Some("acct_1".to_owned()),
    }
}

fn by(wire: &Wire, path: &str, how: RevokeBy) -> Server {
    Server { revoke: Some(Revoke { url: wire.url().join(path).unwrap(), how }), ..server(wire) }
}

async fn taken_back(server: &Server) -> Revoked {
    revoke(&http(), server, &client(), &subject()).await
}

fn kind(revoked: &Revoked) -> &'static str {
    match revoked {
        Revoked::Done => "done",
        Revoked::Unsupported => "unsupported",
        Revoked::Failed(_) => "failed",
    }
}

#[tokio::test]
async fn the_refresh_token_is_taken_back_first_and_then_the_access_token() {
    let wire = Wire::new(vec![Say::Bytes(reply(200, &[], ""))]);
    assert_eq!(kind(&taken_back(&server(&wire)).await), "done");
    let heard = wire.heard();
    let sent = heard.iter().map(form).collect::<Vec<_>>();
    assert_eq!((sent[0]["token"].as_str(), sent[0]["token_type_hint"].as_str()), ("refresh/canary", "refresh_token"));
    assert_eq!((sent[1]["token"].as_str(), sent[1]["token_type_hint"].as_str()), ("access-canary", "access_token"));
    assert!(heard.len() == 2 && heard[0].head.contains("authorization: Basic "), "{}", heard[0].head);
}

/// F47: what each answer means is what the person is told.
#[tokio::test]
async fn a_failed_revocation_is_never_called_done() {
    let cases = [
        ("200", says(200, ""), "done"),
        ("200 with data", says(200, "{}"), "done"),
        ("204", Say::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()), "done"),
        ("a token that is none any more", says(400, r#"{"error":"invalid_token"}"#), "done"),
        ("no such kind of token", says(400, r#"{"error":"unsupported_token_type"}"#), "unsupported"),
        ("a wrong client", says(401, r#"{"error":"invalid_client"}"#), "failed"),
        ("400 with nothing", says(400, ""), "failed"),
        ("403", says(403, "{}"), "failed"),
        ("404", says(404, ""), "failed"),
        ("503", Say::Bytes(reply(503, &[("retry-after", "0")], "")), "failed"),
        ("a time-out", Say::ThenSilence(Vec::new()), "failed"),
        ("a cut", Say::ThenClose(Vec::new()), "failed"),
        ("a redirect", Say::Bytes(reply(302, &[("location", "/login")], "")), "failed"),
    ];
    for (name, say, wanted) in cases {
        let wire = Wire::new(vec![say]);
        let revoked = taken_back(&server(&wire)).await;
        assert_eq!(kind(&revoked), wanted, "{name}: {revoked:?}");
        assert!(!format!("{revoked:?}").contains("canary"), "{name}: {revoked:?}");
    }
    // Taking back twice does no harm, so an overloaded server is asked again.
    let busy = Say::Bytes(reply(503, &[("retry-after", "0")], ""));
    let wire = Wire::new(vec![busy.clone(), says(200, "")]);
    assert_eq!(kind(&taken_back(&server(&wire)).await), "done");
    // The refresh token is gone and the access token is not: that is no success.
    let wire = Wire::new(vec![says(200, ""), says(400, r#"{"error":"invalid_request"}"#)]);
    assert_eq!(kind(&taken_back(&server(&wire)).await), "failed");
    let wire = Wire::new(vec![says(200, ""), says(400, r#"{"error":"unsupported_token_type"}"#)]);
    assert_eq!(kind(&taken_back(&server(&wire)).await), "done");
    let none = Server { revoke: None, ..server(&wire) };
    assert_eq!(kind(&taken_back(&none).await), "unsupported");
    let nothing = revoke(&http(), &server(&wire), &client(), &Subject::default()).await;
    assert_eq!(kind(&nothing), "failed");
}

#[tokio::test]
async fn every_vendor_is_asked_in_its_own_way() {
    let wire = Wire::new(vec![says(200, "{}")]);
    assert_eq!(kind(&taken_back(&by(&wire, "/revoke", RevokeBy::Token)).await), "done");
    let heard = &wire.heard()[0];
    assert_eq!((form(heard)["token"].as_str(), form(heard).len()), ("refresh/canary", 1));
    assert_eq!(header(&heard.head, "authorization"), None);

    let wire = Wire::new(vec![Say::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())]);
    let path = by(&wire, "/applications/the%20client/token", RevokeBy::DeleteJson);
    assert_eq!(kind(&taken_back(&path).await), "done");
    let heard = &wire.heard()[0];
    assert!(heard.head.starts_with("DELETE /applications/the%20client/token HTTP"), "{}", heard.head);
    assert_eq!(heard.body, br#"{"access_token":"access-canary"}"#);
    use base64::Engine as _;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("the client:{CLIENT_SECRET}"));
    assert_eq!(header(&heard.head, "authorization").unwrap(), format!("Basic {basic}"));
    let public = revoke(&http(), &path, &public_client(), &subject()).await;
    assert_eq!((kind(&public), wire.heard().len()), ("failed", 1));

    let wire = Wire::new(vec![says(200, r#"{"ok":true,"revoked":true}"#)]);
    let bearer = Server { error_in_200: true, ..by(&wire, "/api/auth.revoke", RevokeBy::Bearer) };
    assert_eq!(kind(&taken_back(&bearer).await), "done");
    assert_eq!(header(&wire.heard()[0].head, "authorization").unwrap(), "Bearer access-canary");

    let wire = Wire::new(vec![says(200, r#"{"stripe_user_id":"acct_1"}"#)]);
    assert_eq!(kind(&taken_back(&by(&wire, "/oauth/deauthorize", RevokeBy::Deauthorize)).await), "done");
    let heard = &wire.heard()[0];
    assert_eq!(form(heard)["stripe_user_id"], "acct_1");
    assert_eq!(header(&heard.head, "authorization").unwrap(), format!("Bearer {CLIENT_SECRET}"));
    let unnamed = Subject { id: None, ..subject() };
    let outcome = revoke(&http(), &by(&wire, "/oauth/deauthorize", RevokeBy::Deauthorize), &client(), &unnamed).await;
    assert_eq!((kind(&outcome), wire.heard().len()), ("failed", 1));
}

#[tokio::test]
async fn a_token_in_a_path_is_encoded_and_never_shown() {
    let plain = Subject { refresh: Some(Secret::new("na1 canary~x")), ..subject() };
    for (say, wanted) in [
        (Say::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec()), "done"),
        (says(404, r#"{"message":"no such token na1 canary~x"}"#), "done"),
        (says(400, r#"{"error":"nope","message":"no such token na1%20canary~x, na1%20canary%7Ex"}"#), "failed"),
        (says(500, ""), "failed"),
    ] {
        let wire = Wire::new(vec![say]);
        let server = by(&wire, "/oauth/v1/refresh-tokens", RevokeBy::DeletePath);
        let revoked = revoke(&http(), &server, &client(), &plain).await;
        assert_eq!(kind(&revoked), wanted, "{revoked:?}");
        assert!(!format!("{revoked:?}").contains("canary"), "{revoked:?}");
        let head = &wire.heard()[0].head;
        assert!(head.starts_with("DELETE /oauth/v1/refresh-tokens/na1%20canary%7Ex HTTP/1.1"), "{head}");
    }
    // What could lead elsewhere is not sent, and not shown.
    let wire = Wire::new(vec![says(200, "{}")]);
    let server = by(&wire, "/oauth/v1/refresh-tokens", RevokeBy::DeletePath);
    let revoked = revoke(&http(), &server, &client(), &subject()).await;
    assert_eq!((kind(&revoked), wire.heard().len()), ("failed", 0));
    assert!(!format!("{revoked:?}").contains("canary"), "{revoked:?}");
}

#[tokio::test]
async fn a_vendors_refusal_in_a_success_is_a_refusal() {
    for (body, wanted) in [
        (r#"{"ok":false,"error":"token_revoked"}"#, "done"),
        (r#"{"ok":false,"error":"fatal_error"}"#, "failed"),
        (r#"{"ok":false}"#, "failed"),
    ] {
        for error_in_200 in [true, false] {
            // What the vendor's words are called elsewhere changes nothing here.
            for words in [vec![], vec![("token_revoked", "invalid_grant"), ("fatal_error", "server_error")]] {
                let wire = Wire::new(vec![says(200, body)]);
                let server = Server { error_in_200, words, ..by(&wire, "/api/auth.revoke", RevokeBy::Bearer) };
                assert_eq!(kind(&taken_back(&server).await), wanted, "{body} {error_in_200}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_says_what_a_token_is_worth() {
    let wire = Wire::new(vec![says(200, r#"{"active":true,"scope":"read write","sub":"u1"}"#)]);
    let server = Server { client_auth: ClientAuth::Body, ..server(&wire) };
    let token = Secret::new("token-canary");
    let found = introspect(&http(), &server, &client(), &token).await.unwrap();
    assert_eq!((found.active, found.scopes.unwrap().len(), &found.said["sub"]), (true, 2, &json!("u1")));
    assert_eq!(form(&wire.heard()[0])["token"], "token-canary");
    let wire = Wire::new(vec![says(200, r#"{"active":false}"#)]);
    assert!(!introspect(&http(), &self::server(&wire), &client(), &token).await.unwrap().active);
    for say in [says(200, "{}"), says(200, r#"{"active":"yes"}"#), says(500, ""), says(401, "")] {
        let wire = Wire::new(vec![say]);
        let failure = introspect(&http(), &self::server(&wire), &client(), &token).await.unwrap_err();
        assert!(matches!(failure, Failure::Unclear(_)), "{failure:?}");
    }
    let none = Server { introspect: None, ..server };
    let failure = introspect(&http(), &none, &client(), &token).await.unwrap_err();
    assert_eq!(failure.into_error("it").kind, Kind::Usage);
}
