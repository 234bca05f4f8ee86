//! Sign-ins that lapse while they are used, and the requests that changes and sign-ins are made of.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use appctl::base::{Error, Kind, Result, Secret};
use appctl::http::{Answer, Auth, Bearer, Door, Request};
use async_trait::async_trait;

use crate::support::authority::{form, http, says};
use crate::support::wire::{Say, Wire, header, reply};

/// Renews by counting up: `token-canary-1`, `token-canary-2`. Whoever was refused with an older token gets the present one.
#[derive(Debug, Default)]
struct Counting {
    present: Mutex<u32>,
    renewals: AtomicU32,
    asked: AtomicU32,
    over: bool,
}

#[async_trait]
impl Bearer for Counting {
    async fn token(&self) -> Result<Secret> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(named(*self.present.lock().unwrap()))
    }

    async fn after_refusal(&self, refused: &Secret) -> Result<Secret> {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if self.over {
            return Err(Error::new(Kind::SignIn, "account `ops` needs a new sign-in"));
        }
        let mut present = self.present.lock().unwrap();
        if refused.expose() == named(*present).expose() {
            self.renewals.fetch_add(1, Ordering::SeqCst);
            *present += 1;
        }
        Ok(named(*present))
    }
}

fn named(count: u32) -> Secret {
    Secret::new(format!("token-canary-{count}"))
}

fn door(wire: &Wire, bearer: &Arc<Counting>) -> Door {
    Door::new(wire.url(), "ops").unwrap().auth(Auth::Live(bearer.clone()))
}

/// A server that takes this token only.
fn takes(token: &'static str) -> Wire {
    Wire::answering(move |heard| {
        let sent = header(&heard.head, "authorization").unwrap_or_default();
        let right = sent == format!("Bearer {token}");
        if right { says(200, "{\"a\":1}") } else { says(401, r#"{"message":"no"}"#) }
    })
}

#[tokio::test]
async fn a_token_that_lapsed_is_renewed_and_the_request_goes_again_once() {
    let wire = takes("token-canary-1");
    let bearer = Arc::new(Counting::default());
    let request = Request::post("/things").json(&serde_json::json!({ "amount": 5 })).unwrap().once();
    http().send(&door(&wire, &bearer), &request).await.unwrap();
    let heard = wire.heard();
    assert_eq!((heard.len(), heard[0].body.as_slice()), (2, br#"{"amount":5}"#.as_slice()));
    assert_eq!(heard[0].body, heard[1].body);
    assert_eq!(bearer.renewals.load(Ordering::SeqCst), 1);
    http().send(&door(&wire, &bearer), &Request::get("/things")).await.unwrap();
    assert_eq!((wire.heard().len(), bearer.renewals.load(Ordering::SeqCst)), (3, 1));
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    for exchange in [false, true] {
        let wire = takes("nothing");
        let bearer = Arc::new(Counting::default());
        if exchange {
            let answer = http().exchange(&door(&wire, &bearer), &Request::get("/things")).await.unwrap();
            assert_eq!(answer.status(), 401);
        } else {
            let error = http().send(&door(&wire, &bearer), &Request::get("/things")).await.unwrap_err();
            assert_eq!((error.kind, error.message.as_str()), (Kind::SignIn, "`127.0.0.1` answered 401: no"));
        }
        assert_eq!((wire.heard().len(), bearer.renewals.load(Ordering::SeqCst)), (2, 1));
    }
}

#[tokio::test]
async fn requests_that_are_refused_together_share_one_renewal() {
    let wire = takes("token-canary-1");
    let bearer = Arc::new(Counting::default());
    let http = http();
    let (door, request) = (door(&wire, &bearer), Request::get("/things"));
    let asked = (0..20).map(|_| http.send(&door, &request));
    for answer in futures_util::future::join_all(asked).await {
        answer.unwrap();
    }
    assert_eq!(bearer.renewals.load(Ordering::SeqCst), 1);
    assert!(wire.heard().len() <= 40, "{}", wire.heard().len());
}

#[tokio::test]
async fn a_renewal_that_fails_says_why() {
    let wire = takes("token-canary-1");
    let bearer = Arc::new(Counting { over: true, ..Counting::default() });
    let error = http().send(&door(&wire, &bearer), &Request::get("/things")).await.unwrap_err();
    assert_eq!((error.kind, error.message.as_str()), (Kind::SignIn, "account `ops` needs a new sign-in"));
    assert_eq!(wire.heard().len(), 1);
}

#[tokio::test]
async fn a_vendor_may_say_it_in_its_own_way() {
    fn explain(answer: &Answer) -> Option<Error> {
        let text = std::str::from_utf8(answer.body()).unwrap_or_default();
        text.contains("token_expired").then(|| Error::new(Kind::SignIn, format!("says {text}")))
    }
    for (status, in_200) in [(403, false), (200, true)] {
        let wire =
            Wire::new(vec![says(status, r#"{"ok":false,"error":"token_expired"}"#), says(200, r#"{"ok":true}"#)]);
        let bearer = Arc::new(Counting::default());
        let door = door(&wire, &bearer).explain(explain);
        let door = if in_200 { door.error_in_200() } else { door };
        http().json::<serde_json::Value>(&door, &Request::get("/")).await.unwrap();
        assert_eq!((wire.heard().len(), bearer.renewals.load(Ordering::SeqCst)), (2, 1));
    }
    // Where refusals are known by their status, a success is not read for them.
    let wire = Wire::new(vec![says(200, r#"{"ok":false,"error":"token_expired"}"#)]);
    let quiet = door(&wire, &Arc::new(Counting::default())).explain(explain);
    http().send(&quiet, &Request::get("/")).await.unwrap();
    // And what a success says for good is final.
    let wire = Wire::new(vec![says(200, r#"{"ok":false,"error":"token_expired"}"#)]);
    let told = Door::new(wire.url(), "ops").unwrap().explain(explain).error_in_200();
    let error = http().send(&told, &Request::get("/")).await.unwrap_err();
    assert_eq!((error.kind, wire.heard().len()), (Kind::SignIn, 1));
}

#[tokio::test]
async fn the_token_of_the_moment_is_not_shown() {
    let body = r#"{"message":"bad token-canary-0 dG9rZW4tY2FuYXJ5LTA= and the-hidden/one"}"#;
    let wire = Wire::new(vec![says(400, body)]);
    let door = door(&wire, &Arc::new(Counting::default())).hide(Secret::new("the-hidden/one"));
    let error = http().send(&door, &Request::get("/")).await.unwrap_err();
    assert_eq!(error.message, "`127.0.0.1` answered 400: bad *** *** and ***");
    assert!(!format!("{door:?}").contains("hidden/one"));
    let path = format!("/tokens/{}/../x", "the-hidden%2Fone");
    let error = http().send(&door, &Request::delete(path)).await.unwrap_err();
    assert_eq!(error.message, "the path `/tokens/***/../x` leads out of the API");
}

#[tokio::test]
async fn a_key_that_goes_as_the_users_name_is_not_shown_either() {
    let wire = Wire::new(vec![says(401, r#"{"message":"No such key: sk_live_canary / c2tfbGl2ZV9jYW5hcnk6"}"#)]);
    let auth = Auth::Basic { user: "sk_live_canary".to_owned(), password: Secret::new("") };
    let error = http().send(&Door::new(wire.url(), "a").unwrap().auth(auth), &Request::get("/")).await.unwrap_err();
    assert_eq!(error.message, "`127.0.0.1` answered 401: No such key: *** / ***");
    let odd = Auth::Header { name: "x api\nkey".into(), value: Secret::new("k") };
    let error = http().send(&Door::new(wire.url(), "a").unwrap().auth(odd), &Request::get("/")).await.unwrap_err();
    assert_eq!((error.kind, wire.heard().len()), (Kind::Usage, 1));
    let wire = Wire::new(vec![says(200, "{}")]);
    let own = Auth::Header { name: "X-Api-Key".into(), value: Secret::new("k") };
    http().send(&Door::new(wire.url(), "a").unwrap().auth(own), &Request::get("/")).await.unwrap();
    assert_eq!(header(&wire.heard()[0].head, "x-api-key").unwrap(), "k");
}

#[tokio::test]
async fn changes_are_sent_as_they_are_and_again_only_where_that_does_no_harm() {
    for (request, line) in [
        (Request::put("/a"), "PUT /a HTTP/1.1"),
        (Request::patch("/a"), "PATCH /a HTTP/1.1"),
        (Request::delete("/a"), "DELETE /a HTTP/1.1"),
        (Request::post("/a").form(&[("a b", "c&d=é")]), "POST /a HTTP/1.1"),
    ] {
        let lost = Wire::new(vec![Say::ThenClose(Vec::new()), says(200, "{}")]);
        let door = Door::new(lost.url(), "a").unwrap();
        let error = http().send(&door, &request).await.unwrap_err();
        assert_eq!((error.kind, lost.heard().len()), (Kind::Remote, 1), "{line}");
        assert!(lost.heard()[0].head.starts_with(line), "{}", lost.heard()[0].head);
        let lost = Wire::new(vec![Say::ThenClose(Vec::new()), says(200, "{}")]);
        let door = Door::new(lost.url(), "a").unwrap();
        http().send(&door, &request.clone().repeatable()).await.unwrap();
        assert_eq!(lost.heard().len(), 2, "{line}");
    }
    let wire = Wire::new(vec![says(200, "{}")]);
    let request = Request::post("/a").form(&[("a b", "c&d=é"), ("e", "")]);
    http().send(&Door::new(wire.url(), "a").unwrap(), &request).await.unwrap();
    assert_eq!(wire.heard()[0].body, b"a+b=c%26d%3D%C3%A9&e=");
    assert_eq!(form(&wire.heard()[0])["a b"], "c&d=é");
}

#[tokio::test]
async fn an_exchange_gives_refusals_as_answers_and_goes_nowhere_else() {
    for status in [400, 401, 403, 404, 405, 409, 410, 422, 451] {
        let wire = Wire::new(vec![says(status, r#"{"error":"x"}"#)]);
        let answer = http().exchange(&Door::new(wire.url(), "a").unwrap(), &Request::post("/")).await.unwrap();
        assert_eq!((answer.status(), answer.body()), (status, br#"{"error":"x"}"#.as_slice()));
        assert_eq!(wire.heard().len(), 1);
    }
    for (status, sent) in [(408, 1), (423, 3), (425, 3), (429, 3), (500, 1), (502, 1), (503, 1), (504, 1), (507, 1)] {
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[("retry-after", "0")], "{}"))]);
        let error = http().exchange(&Door::new(wire.url(), "a").unwrap(), &Request::post("/")).await.unwrap_err();
        assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, sent), "{status}: {error}");
    }
    for status in [300, 301, 302, 303, 304, 307, 308] {
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[("location", "/b")], ""))]);
        for request in [Request::post("/"), Request::get("/")] {
            http().exchange(&Door::new(wire.url(), "a").unwrap(), &request).await.unwrap_err();
        }
        assert_eq!(wire.heard().len(), 2, "{status}");
    }
    let wire = Wire::new(vec![says(200, &"x".repeat(1001))]);
    let small = Request::get("/").largest_body(1000);
    let error = http().exchange(&Door::new(wire.url(), "a").unwrap(), &small).await.unwrap_err();
    assert!(error.message.contains("over 1000 bytes"), "{error}");
}
