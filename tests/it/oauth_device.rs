//! Sign-in by a code that is typed elsewhere (RFC 8628, F45): how often the server is asked, and when that ends.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use appctl::base::Kind;
use appctl::oauth::device::{self, Device};
use appctl::oauth::{Failure, Server, Tokens};

use crate::support::authority::{client, form, http, public_client, says, server};
use crate::support::wire::{Say, Wire, reply};

const BEGUN: &str = r#"{"device_code":"device-canary-1","user_code":"WDJB-MJHT",
    "verification_uri":"https://vendor.example/device","expires_in":900,"interval":5}"#;
const PENDING: &str = r#"{"error":"authorization_pending"}"#;
const SLOW: &str = r#"{"error":"slow_down"}"#;
const GRANTED: &str = r#"{"access_token":"a","refresh_token":"b"}"#;

async fn begun(answer: &str) -> Result<Device, Failure> {
    let wire = Wire::new(vec![says(200, answer)]);
    device::begin(&http(), &server(&wire), &public_client(), &[]).await
}

/// Polls a server that says these things, and tells the waits before each question.
async fn polled(answer: &str, script: Vec<Say>) -> (Result<Tokens, Failure>, Vec<u64>, Wire) {
    let mut device = begun(answer).await.unwrap();
    let wire = Wire::new(script);
    let waits = Arc::new(Mutex::new(Vec::new()));
    let noted = waits.clone();
    let outcome = device::poll(&http(), &server(&wire), &public_client(), &mut device, &mut |wait: Duration| {
        noted.lock().unwrap().push(wait.as_secs());
        Box::pin(async {})
    })
    .await;
    let waits = waits.lock().unwrap().clone();
    (outcome, waits, wire)
}

fn refused(body: &str) -> Say {
    says(400, body)
}

#[tokio::test]
async fn a_server_that_wants_it_slower_gets_it_slower_for_good() {
    let script = vec![refused(SLOW), refused(SLOW), refused(SLOW), says(200, GRANTED)];
    let (outcome, waits, wire) = polled(BEGUN, script).await;
    assert_eq!(waits, [5, 10, 15, 20]);
    assert_eq!(outcome.unwrap().refresh.unwrap().expose(), "b");
    let heard = wire.heard();
    assert_eq!(heard.len(), 4);
    let sent = form(&heard[0]);
    assert_eq!(sent["grant_type"], "urn:ietf:params:oauth:grant-type:device_code");
    assert_eq!((sent["device_code"].as_str(), sent["client_id"].as_str()), ("device-canary-1", "the client"));
    let script = vec![refused(SLOW), refused(PENDING), refused(PENDING), says(200, GRANTED)];
    assert_eq!(polled(BEGUN, script).await.1, [5, 10, 10, 10]);
}

#[tokio::test]
async fn a_new_interval_that_the_server_says_is_used() {
    // GitHub: status 200, and the new interval beside the error.
    let said = says(200, r#"{"error":"slow_down","error_description":"Too many requests","interval":12}"#);
    let (outcome, waits, _) = polled(BEGUN, vec![said, says(200, PENDING), says(200, GRANTED)]).await;
    outcome.unwrap();
    assert_eq!(waits, [5, 12, 12]);
    // One that is not longer than before is no answer to having been too fast.
    let said = refused(r#"{"error":"slow_down","interval":1}"#);
    assert_eq!(polled(BEGUN, vec![said, says(200, GRANTED)]).await.1, [5, 10]);
}

#[tokio::test]
async fn a_server_that_cannot_be_understood_is_asked_less_and_less() {
    let script = vec![
        Say::ThenClose(Vec::new()),
        Say::ThenSilence(Vec::new()),
        says(500, PENDING),
        Say::Bytes(reply(429, &[("retry-after", "100")], "")),
        refused(PENDING),
        says(200, GRANTED),
    ];
    let (outcome, waits, wire) = polled(BEGUN, script).await;
    outcome.unwrap();
    assert_eq!((waits, wire.heard().len()), (vec![5, 10, 20, 40, 100, 5], 6));
    let short = BEGUN.replace("900", "60");
    let (outcome, waits, _) = polled(&short, vec![says(503, "")]).await;
    assert_eq!(waits, [5, 10, 20]);
    assert!(matches!(outcome, Err(Failure::Unclear(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_decision_ends_it_and_so_does_time() {
    for (body, kind) in [
        (r#"{"error":"access_denied","error_description":"No."}"#, Kind::Denied),
        (r#"{"error":"expired_token"}"#, Kind::SignIn),
        (r#"{"error":"invalid_grant"}"#, Kind::SignIn),
        (r#"{"error":"invalid_client"}"#, Kind::Failed),
    ] {
        let (outcome, waits, _) = polled(BEGUN, vec![refused(PENDING), refused(body)]).await;
        assert_eq!((outcome.unwrap_err().into_error("it").kind, waits.len()), (kind, 2), "{body}");
    }
    let (outcome, waits, _) = polled(&BEGUN.replace("900", "17"), vec![refused(PENDING)]).await;
    assert_eq!(waits, [5, 5, 5]);
    assert!(outcome.unwrap_err().is("expired_token"));
    let (outcome, waits, _) = polled(BEGUN, vec![refused(r#"{"error":"slow_down","interval":1e300}"#)]).await;
    assert_eq!((outcome.unwrap_err().is("expired_token"), waits), (true, vec![5]));
}

#[tokio::test]
async fn what_is_shown_is_safe_to_show() {
    let device = begun(BEGUN).await.unwrap();
    assert_eq!(
        (device.user_code.as_str(), device.verification_uri.as_str()),
        ("WDJB-MJHT", "https://vendor.example/device")
    );
    assert_eq!((device.expires_in.as_secs(), device.interval.as_secs()), (900, 5));
    assert!(device.verification_uri_complete.is_none());
    assert!(!format!("{device:?}").contains("canary"));
    let odd = r#"{"device_code":"d","user_code":"AB\u001b[2J\u202eCD","verification_url":"https://www.google.com/device",
        "verification_url_complete":"https://www.google.com/device?c=1"}"#;
    let device = begun(odd).await.unwrap();
    assert_eq!(
        (device.user_code.as_str(), device.verification_uri.as_str()),
        ("ABCD", "https://www.google.com/device")
    );
    assert_eq!(device.verification_uri_complete.unwrap().query(), Some("c=1"));
    assert_eq!((device.expires_in.as_secs(), device.interval.as_secs()), (900, 5));
    for uri in
        ["javascript:alert(1)", "file:///etc/passwd", "http://vendor.example/", "https://a:b@vendor.example/", ""]
    {
        let failure = begun(&BEGUN.replace("https://vendor.example/device", uri)).await.unwrap_err();
        assert!(matches!(failure, Failure::Unclear(_)), "{uri}: {failure:?}");
        let complete = BEGUN.replace("\"interval\"", &format!("\"verification_uri_complete\":\"{uri}\",\"interval\""));
        assert!(begun(&complete).await.unwrap().verification_uri_complete.is_none(), "{uri}");
    }
}

#[tokio::test]
async fn the_code_is_asked_for_by_who_will_use_it() {
    let wire = Wire::new(vec![says(200, BEGUN)]);
    let scopes = ["a".to_owned(), "b".to_owned()];
    device::begin(&http(), &server(&wire), &client(), &scopes).await.unwrap();
    let heard = &wire.heard()[0];
    assert!(heard.head.starts_with("POST /device ") && heard.head.contains("authorization: Basic "), "{}", heard.head);
    assert_eq!((form(heard)["scope"].as_str(), form(heard).len()), ("a b", 1));
    let none = Server { device: None, ..server(&wire) };
    let Err(Failure::Other(error)) = device::begin(&http(), &none, &client(), &scopes).await else {
        panic!("it has none")
    };
    assert_eq!(error.kind, Kind::Usage);
    let failure = begun(r#"{"error":"unauthorized_client"}"#).await.unwrap_err();
    assert!(failure.is("unauthorized_client"), "{failure:?}");
}
