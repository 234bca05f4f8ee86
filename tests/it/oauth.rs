//! What a token endpoint may say, and what it means: the table of RFC 6749 section 5.2 (F42), refreshes, and where
//! secrets go (F48, F50).

use std::time::Duration;

use appctl::base::{Error, Kind, Secret};
use appctl::http::{Http, Options};
use appctl::oauth::{Body, ClientAuth, Failure, Server, Tokens, grant};
use serde_json::Value as Json;

use crate::support::authority::{CLIENT_SECRET, REFRESH, client, form, http, public_client, says, server};
use crate::support::wire::{Say, Wire, header, reply};

async fn refresh_at(server: &Server) -> Result<Tokens, Failure> {
    grant::refresh(&http(), server, &client(), &Secret::new(REFRESH)).await
}

async fn refresh(wire: &Wire) -> Result<Tokens, Failure> {
    refresh_at(&server(wire)).await
}

async fn tokens(answer: &str) -> Tokens {
    let wire = Wire::new(vec![says(200, answer)]);
    refresh(&wire).await.unwrap_or_else(|failure| panic!("{answer}: {failure:?}"))
}

async fn error(say: Say) -> Error {
    let wire = Wire::new(vec![say.clone()]);
    let failure = refresh(&wire).await.expect_err(&format!("{say:?}"));
    failure.into_error("the server")
}

fn refusal(code: &str) -> String {
    format!(r#"{{"error":"{code}","error_description":"Because."}}"#)
}

#[tokio::test]
async fn only_invalid_grant_asks_for_a_new_sign_in() {
    for status in [400, 401, 403] {
        let error = error(says(status, &refusal("invalid_grant"))).await;
        assert_eq!(error.kind, Kind::SignIn, "{status}");
        assert_eq!(error.message, "the server refused: invalid_grant: Because");
    }
}

#[tokio::test]
async fn a_wrong_client_is_a_matter_of_configuration() {
    for code in ["invalid_client", "unauthorized_client"] {
        for status in [400, 401] {
            let error = error(says(status, &refusal(code))).await;
            assert_eq!(error.kind, Kind::Failed, "{status} {code}");
            assert!(error.hint.unwrap().contains("check the client's id and secret"));
        }
    }
}

#[tokio::test]
async fn every_other_refusal_is_told_in_the_servers_words() {
    for (code, kind) in [
        ("invalid_request", Kind::Failed),
        ("unsupported_grant_type", Kind::Failed),
        ("invalid_scope", Kind::Failed),
        ("invalid_target", Kind::Failed),
        ("something_new", Kind::Failed),
        ("access_denied", Kind::Denied),
        ("interaction_required", Kind::SignIn),
    ] {
        let error = error(says(400, &refusal(code))).await;
        assert_eq!((error.kind, error.message), (kind, format!("the server refused: {code}: Because")));
    }
    let bare = error(says(400, r#"{"error":"invalid_scope"}"#)).await;
    assert_eq!(bare.message, "the server refused: invalid_scope");
}

/// Everything that says nothing about the sign-in. How often it may be sent: never again once it may have arrived.
#[tokio::test]
async fn trouble_on_the_way_never_signs_anybody_out() {
    let grant = refusal("invalid_grant");
    let full = reply(200, &[("content-type", "application/json")], r#"{"access_token":"a","refresh_token":"b"}"#);
    let html = |status| Say::Bytes(reply(status, &[("content-type", "text/html")], "<html>invalid_grant</html>"));
    let cases = [
        ("500", says(500, &grant)),
        ("502", html(502)),
        ("503", Say::Bytes(reply(503, &[("retry-after", "0")], &grant))),
        ("504", says(504, "")),
        ("501", says(501, &grant)),
        ("529", says(529, &grant)),
        ("200 with a web page", html(200)),
        ("400 with a web page", html(400)),
        ("403 with a web page", html(403)),
        ("404 with a web page", html(404)),
        ("401 with nothing", says(401, "")),
        ("400 with other data", says(400, r#"{"status":400,"fault":"x"}"#)),
        ("400 cut", Say::ThenClose(reply(400, &[], &grant)[..60].to_vec())),
        ("400 with half a document", says(400, r#"{"error":"invalid_grant"#)),
        ("server_error", says(400, &refusal("server_error"))),
        ("a damaged code", says(400, r#"{"error":"invalid\u0000_grant"}"#)),
        ("an endless code", says(400, &refusal(&"x".repeat(1000)))),
        ("temporarily_unavailable", says(400, &refusal("temporarily_unavailable"))),
        ("200 with nothing", says(200, "")),
        ("204", Say::Bytes(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())),
        ("an empty object", says(200, "{}")),
        ("a list", says(200, "[]")),
        ("null", says(200, "null")),
        ("text", says(200, "ok")),
        ("no token", says(200, r#"{"access_token":null,"expires_in":3600}"#)),
        ("an empty token", says(200, r#"{"access_token":"","expires_in":3600}"#)),
        ("a number", says(200, r#"{"access_token":7}"#)),
        ("a token with a line break", says(200, r#"{"access_token":"a\r\nx: y"}"#)),
        ("broken JSON", says(200, r#"{"access_token":"a"#)),
        ("too deep", says(200, &"[".repeat(100_000))),
        ("too large", says(200, &format!("\"{}\"", "x".repeat(300 << 10)))),
        ("closed before the answer", Say::ThenClose(Vec::new())),
        ("reset", Say::ThenReset(full[..full.len() - 9].to_vec())),
        ("closed in the body", Say::ThenClose(full[..full.len() - 9].to_vec())),
        ("silence", Say::ThenSilence(Vec::new())),
        ("silence in the body", Say::ThenSilence(full[..full.len() - 9].to_vec())),
        ("one byte at a time", Say::Slowly(full.clone(), Duration::from_millis(100))),
        ("garbage", Say::ThenClose(b"\x00\x01garbage\r\n\r\n".to_vec())),
        ("a redirect elsewhere", Say::Bytes(reply(302, &[("location", "https://login.example/")], ""))),
        ("a redirect to nowhere", Say::Bytes(reply(302, &[], ""))),
    ];
    for (name, say) in cases {
        let wire = Wire::new(vec![say]);
        let failure = refresh(&wire).await.expect_err(name);
        assert!(matches!(failure, Failure::Unclear(_)), "{name}: {failure:?}");
        let error = failure.into_error("the server");
        assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, 1), "{name}: {error}");
        assert!(error.hint.unwrap().contains("nothing is wrong with the sign-in"), "{name}");
        assert!(!error.message.contains("invalid_grant") && error.message.len() < 400, "{name}: {}", error.message);
    }
}

#[tokio::test]
async fn what_was_certainly_not_carried_out_may_be_sent_again() {
    let good = says(200, r#"{"access_token":"a"}"#);
    for status in [429, 425, 423] {
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[("retry-after", "0")], "{}")), good.clone()]);
        assert_eq!(refresh(&wire).await.unwrap().access.expose(), "a", "{status}");
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[("retry-after", "0")], refusal("invalid_grant")))]);
        let error = refresh(&wire).await.unwrap_err().into_error("the server");
        assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, 3), "{status}: {error}");
    }
    let wire = Wire::new(vec![Say::Bytes(reply(429, &[("retry-after", "60")], "{}"))]);
    let error = refresh(&wire).await.unwrap_err().into_error("the server");
    assert_eq!((error.retry_after, wire.heard().len()), (Some(Duration::from_secs(60)), 1));
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = Server::new(format!("http://{gone}/token").parse().unwrap());
    let error = refresh_at(&nobody).await.unwrap_err().into_error("the server");
    assert!(error.message.contains("cannot be reached") && error.kind == Kind::Remote, "{error}");
}

#[tokio::test]
async fn a_refusal_with_status_200_is_a_refusal() {
    for (body, kind) in [
        (r#"{"error":"bad_refresh_token","error_description":"The refresh token is incorrect."}"#, Kind::SignIn),
        (r#"{"ok":false,"error":"invalid_refresh_token"}"#, Kind::SignIn),
        (r#"{"error":"invalid_grant"}"#, Kind::SignIn),
        (r#"{"ok":false,"error":"bad_client_secret"}"#, Kind::Failed),
        (r#"{"ok":false,"error":"something_else","access_token":"a"}"#, Kind::Failed),
        (r#"{"ok":false}"#, Kind::Remote),
        (r#"{"error":"temporarily_unavailable"}"#, Kind::Remote),
    ] {
        let wire = Wire::new(vec![says(200, body)]);
        let words = vec![
            ("bad_refresh_token", "invalid_grant"),
            ("invalid_refresh_token", "invalid_grant"),
            ("bad_client_secret", "invalid_client"),
        ];
        let server = Server { error_in_200: true, words, ..server(&wire) };
        let error = refresh_at(&server).await.unwrap_err().into_error("the server");
        assert_eq!(error.kind, kind, "{body}: {error}");
    }
    let wire = Wire::new(vec![Say::Bytes(reply(
        200,
        &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
        "error=invalid_grant&error_description=Gone+away",
    ))]);
    assert!(refresh(&wire).await.unwrap_err().is("invalid_grant"));
}

#[tokio::test]
async fn codes_are_found_where_servers_put_them() {
    for (body, code) in [
        (r#"{"error":{"code":"invalid_grant","message":"x"}}"#, "invalid_grant"),
        (r#"{"error":{"type":"invalid_client"}}"#, "invalid_client"),
        (r#"{"status":"invalid_grant","message":"missing or unknown"}"#, "invalid_grant"),
        (r#"{"status":"error","category":"VALIDATION_ERROR","message":"x"}"#, "VALIDATION_ERROR"),
        (r#"{"object":"error","status":400,"code":"invalid_grant","message":"x"}"#, "invalid_grant"),
    ] {
        let wire = Wire::new(vec![says(400, body)]);
        assert!(refresh(&wire).await.unwrap_err().is(code), "{body}");
    }
}

#[tokio::test]
async fn an_answer_without_a_refresh_token_leaves_the_old_one() {
    assert!(tokens(r#"{"access_token":"a"}"#).await.refresh.is_none());
    assert!(tokens(r#"{"access_token":"a","refresh_token":""}"#).await.refresh.is_none());
    assert!(tokens(r#"{"access_token":"a","refresh_token":null}"#).await.refresh.is_none());
    assert_eq!(tokens(r#"{"access_token":"a","refresh_token":"b"}"#).await.refresh.unwrap().expose(), "b");
}

#[tokio::test]
async fn a_lifetime_is_read_as_servers_write_it_and_nonsense_is_none() {
    for (said, seconds) in [
        ("3600", Some(3600)),
        ("\"3600\"", Some(3600)),
        ("\" 60 \"", Some(60)),
        ("3599.9", Some(3599)),
        ("1e300", Some(100 * 365 * 24 * 60 * 60)),
        ("0", None),
        ("-1", None),
        ("null", None),
        ("\"soon\"", None),
        ("\"\"", None),
        ("\"NaN\"", None),
        ("true", None),
        ("{}", None),
    ] {
        let found = tokens(&format!(r#"{{"access_token":"a","expires_in":{said}}}"#)).await.expires_in;
        assert_eq!(found.map(|time| time.as_secs()), seconds, "{said}");
    }
    assert_eq!(tokens(r#"{"access_token":"a"}"#).await.expires_in, None);
}

#[tokio::test]
async fn scopes_are_read_as_servers_write_them() {
    for (said, scopes) in [
        ("\"a b\"", Some(&["a", "b"] as &[_])),
        ("\"a,b\"", Some(&["a", "b"])),
        ("\"a, b  c\"", Some(&["a", "b", "c"])),
        ("[\"a\",\"b\"]", Some(&["a", "b"])),
        ("\"\"", Some(&[])),
        ("[]", Some(&[])),
        ("null", None),
        ("7", None),
    ] {
        let found = tokens(&format!(r#"{{"access_token":"a","scope":{said}}}"#)).await.scopes;
        let wanted = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>());
        assert_eq!(found, wanted, "{said}");
    }
    assert_eq!(tokens(r#"{"access_token":"a"}"#).await.scopes, None);
}

#[tokio::test]
async fn tokens_are_found_in_forms_and_deep_in_documents() {
    let answer = "access_token=gho_16C7&scope=repo%2Cgist&token_type=bearer";
    for kind in ["application/x-www-form-urlencoded; charset=utf-8", "text/plain"] {
        let wire = Wire::new(vec![Say::Bytes(reply(200, &[("content-type", kind)], answer))]);
        let tokens = refresh(&wire).await.unwrap();
        assert_eq!(tokens.access.expose(), "gho_16C7");
        assert_eq!(tokens.scopes.unwrap(), ["repo", "gist"]);
    }
    let answer = r#"{"ok":true,"app_id":"A1","access_token":"xoxb-bot-canary","bot_refresh_token":"xoxe-canary",
        "authed_user":{"id":"U1","scope":"chat:write,users:read","access_token":"xoxp-canary","token_type":"user",
        "refresh_token":"xoxe-1-canary","expires_in":43200},"team":{"id":"T1","name":"Team"}}"#;
    let wire = Wire::new(vec![says(200, answer)]);
    let server = Server { token_path: "/authed_user".to_owned(), error_in_200: true, ..server(&wire) };
    let tokens = refresh_at(&server).await.unwrap();
    assert_eq!(tokens.access.expose(), "xoxp-canary");
    assert_eq!(tokens.refresh.unwrap().expose(), "xoxe-1-canary");
    assert_eq!(tokens.scopes.unwrap(), ["chat:write", "users:read"]);
    assert_eq!(tokens.expires_in, Some(Duration::from_secs(43_200)));
    assert_eq!(tokens.said.pointer("/team/id"), Some(&Json::from("T1")));
    assert_eq!(tokens.said.pointer("/authed_user/token_type"), Some(&Json::from("user")));
    assert!(!tokens.said.to_string().contains("canary"), "{}", tokens.said);
}

/// Slack: the second answer is not built like the first (docs.slack.dev/authentication/using-token-rotation).
#[tokio::test]
async fn a_renewed_token_is_found_at_the_top_where_the_first_was_deep() {
    let wire = Wire::new(vec![says(200, r#"{"ok":true,"access_token":"a","refresh_token":"b","expires_in":43200}"#)]);
    let server = Server { token_path: "/authed_user".to_owned(), error_in_200: true, ..server(&wire) };
    assert_eq!(refresh_at(&server).await.unwrap().refresh.unwrap().expose(), "b");
    // At the first sign-in what is at the top belongs to somebody else (the app's bot).
    let failure = grant::client_credentials(&http(), &server, &client(), &[], &[]).await.unwrap_err();
    assert!(matches!(failure, Failure::Unclear(_)), "{failure:?}");
}

#[tokio::test]
async fn a_token_that_needs_a_proof_with_every_request_is_refused() {
    let wire = Wire::new(vec![says(200, r#"{"access_token":"a","token_type":"DPoP"}"#)]);
    let error = refresh(&wire).await.unwrap_err().into_error("the server");
    assert_eq!(error.message, "`127.0.0.1` gives tokens of the kind `dpop`, which appctl cannot use");
    for kind in ["bearer", "Bearer", "BEARER", "bot", "user"] {
        tokens(&format!(r#"{{"access_token":"a","token_type":"{kind}"}}"#)).await;
    }
}

#[tokio::test]
async fn the_client_says_who_it_is_as_the_server_wants_it() {
    let good = || Wire::new(vec![says(200, r#"{"access_token":"a"}"#)]);
    let wire = good();
    refresh(&wire).await.unwrap();
    let heard = &wire.heard()[0];
    assert!(heard.head.starts_with("POST /token HTTP/1.1"), "{}", heard.head);
    assert_eq!(header(&heard.head, "content-type").unwrap(), "application/x-www-form-urlencoded");
    assert_eq!(header(&heard.head, "accept").unwrap(), "application/json");
    // `the+client` and `client%2Bsecret%2Fcanary%3DQ7`, as RFC 6749 section 2.3.1 wants them before base64.
    let basic = "Basic dGhlK2NsaWVudDpjbGllbnQlMkJzZWNyZXQlMkZjYW5hcnklM0RRNw==";
    assert_eq!(header(&heard.head, "authorization").unwrap(), basic);
    let sent = form(heard);
    assert_eq!(
        (sent["grant_type"].as_str(), sent["refresh_token"].as_str(), sent.len()),
        ("refresh_token", REFRESH, 2)
    );

    let wire = good();
    refresh_at(&Server { client_auth: ClientAuth::Body, ..server(&wire) }).await.unwrap();
    let heard = &wire.heard()[0];
    assert_eq!(header(&heard.head, "authorization"), None);
    let sent = form(heard);
    assert_eq!((sent["client_id"].as_str(), sent["client_secret"].as_str()), ("the client", CLIENT_SECRET));

    for client_auth in [ClientAuth::None, ClientAuth::Basic, ClientAuth::Body] {
        let wire = good();
        let server = Server { client_auth, ..server(&wire) };
        grant::refresh(&http(), &server, &public_client(), &Secret::new(REFRESH)).await.unwrap();
        let heard = &wire.heard()[0];
        assert_eq!(header(&heard.head, "authorization"), None);
        assert_eq!((form(heard)["client_id"].as_str(), form(heard).len()), ("the client", 3));
    }

    let wire = good();
    let headers = vec![("notion-version", "2026-03-11".to_owned()), ("accept", "text/json".to_owned())];
    refresh_at(&Server { body: Body::Json, headers, ..server(&wire) }).await.unwrap();
    let heard = &wire.heard()[0];
    assert_eq!(header(&heard.head, "content-type").unwrap(), "application/json");
    assert_eq!(header(&heard.head, "notion-version").unwrap(), "2026-03-11");
    assert_eq!(heard.head.matches("accept: ").count(), 1);
    let sent: Json = serde_json::from_slice(&heard.body).unwrap();
    assert_eq!(sent, serde_json::json!({ "grant_type": "refresh_token", "refresh_token": REFRESH }));
}

#[tokio::test]
async fn a_token_endpoint_keeps_its_query_and_its_prefix() {
    let wire = Wire::new(vec![says(200, r#"{"access_token":"a"}"#)]);
    let server = Server::new(wire.url().join("/google/token?tenant=a%20b").unwrap());
    refresh_at(&server).await.unwrap();
    assert!(wire.heard()[0].head.starts_with("POST /google/token?tenant=a+b HTTP/1.1"), "{}", wire.heard()[0].head);
}

#[tokio::test]
async fn nothing_of_a_request_for_tokens_goes_to_another_place() {
    let canary = Wire::new(vec![says(200, r#"{"access_token":"stolen"}"#)]);
    let port = canary.address.rsplit(':').next().unwrap().to_owned();
    for target in [
        format!("http://{}/token", canary.address),
        format!("//{}/token", canary.address),
        format!("http://[::ffff:127.0.0.1]:{port}/token"),
        format!("http://user:pass@{}/", canary.address),
        "https://127.0.0.1/token".to_owned(),
        "/token".to_owned(),
        "/elsewhere".to_owned(),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let wire = Wire::new(vec![Say::Bytes(reply(status, &[("location", &target)], ""))]);
            let failure = refresh(&wire).await.unwrap_err();
            assert!(matches!(failure, Failure::Unclear(_)), "{status} {target}: {failure:?}");
            assert_eq!(wire.heard().len(), 1, "{status} {target}");
        }
    }
    assert!(canary.heard().is_empty());
    for url in ["http://token.example/", "http://10.0.0.1/token", "ftp://127.0.0.1/", "https://a:b@token.example/"] {
        let failure = refresh_at(&Server::new(url.parse().unwrap())).await.unwrap_err();
        let Failure::Other(error) = failure else { panic!("{url}: {failure:?}") };
        assert_eq!(error.kind, Kind::Usage, "{url}");
    }
}

/// Servers repeat what they were sent, in the spellings they like.
#[tokio::test]
async fn no_secret_comes_back_in_an_error() {
    let spellings = |secret: &str| {
        use base64::Engine as _;
        use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
        let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        let form = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        // An invisible character between two letters is gone once the text is fit to be shown.
        let split = format!("{}\u{200b}{}", &secret[..4], &secret[4..]);
        [secret.to_owned(), STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret), hex, form, split]
    };
    for secret in [REFRESH, CLIENT_SECRET] {
        for spelling in spellings(secret) {
            for client_auth in [ClientAuth::Basic, ClientAuth::Body] {
                let code = if spelling.is_ascii() { spelling.as_str() } else { secret };
                let body = serde_json::json!({ "error": code, "error_description": format!("bad <{spelling}>") });
                let wire = Wire::new(vec![says(400, &body.to_string())]);
                let failure = refresh_at(&Server { client_auth, ..server(&wire) }).await.unwrap_err();
                let seen = format!("{failure:?}");
                let error = failure.into_error("the server");
                assert_eq!(error.message, "the server refused: ***: bad <***>", "{spelling}");
                assert!(!seen.contains(&spelling), "{seen}");
            }
        }
    }
}

/// Found by random answers: `invalid\0_grant` became `invalid_grant` by being made fit to be shown, and signed out.
#[tokio::test]
async fn a_damaged_refusal_does_not_become_another_one() {
    for code in ["invalid\\u0000_grant", "invalid\\u200b_grant", "invalid_grant\\u001b[0m", "ｉnvalid_grant"] {
        let error = error(says(400, &refusal(code))).await;
        assert_eq!(error.kind, Kind::Remote, "{code}: {error}");
    }
}

#[tokio::test]
async fn words_of_a_server_are_short_and_cannot_steer_a_terminal() {
    let description = format!("\u{1b}[2J\u{202e}evil\r\n{}", "x ".repeat(5000));
    let body = serde_json::json!({ "error": "invalid_grant", "error_description": description });
    let error = error(says(400, &body.to_string())).await;
    assert!(error.message.starts_with("the server refused: invalid_grant: evil x x"), "{}", error.message);
    assert!(error.message.chars().count() < 360 && !error.message.chars().any(char::is_control), "{}", error.message);
}

/// The request is not shown, whoever prints it and however the exchange fails.
#[tokio::test]
async fn a_request_that_fails_shows_nothing_of_its_body() {
    let request = appctl::http::Request::post("/token").form(&[("refresh_token", REFRESH)]);
    assert_eq!(format!("{request:?}"), "Request(POST, 6 bytes of path, 41 bytes of body)");
    for say in [Say::ThenClose(Vec::new()), Say::ThenSilence(Vec::new()), says(500, REFRESH), says(400, REFRESH)] {
        let wire = Wire::new(vec![say]);
        let failure = refresh(&wire).await.unwrap_err();
        let seen = format!("{failure:?} {:?}", http());
        assert!(!seen.contains("canary"), "{seen}");
    }
    let patient = Http::new(Options::default()).unwrap();
    assert!(!format!("{patient:?} {:?} {:?}", client(), server(&Wire::new(vec![says(200, "")]))).contains("canary"));
}
