//! Answers and callbacks nobody thought of: whatever comes, nothing breaks, nothing leaks, and nobody is signed in or out
//! by accident.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::sync::{Arc, Mutex};

use appctl::base::{Kind, Secret};
use appctl::oauth::code::{Callback, Flow};
use appctl::oauth::{Failure, Server, grant};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Map, Value as Json, json};

use crate::support::authority::{REFRESH, client, http, server};
use crate::support::postgres::is_deep;
use crate::support::wire::{Say, Wire, reply};

fn dice() -> StdRng {
    let seed = rand::rng().random::<u64>();
    println!("seed {seed}");
    StdRng::seed_from_u64(seed)
}

const NAMES: &[&str] = &[
    "access_token",
    "refresh_token",
    "expires_in",
    "scope",
    "token_type",
    "error",
    "error_description",
    "error_uri",
    "ok",
    "status",
    "code",
    "message",
    "id_token",
    "authed_user",
    "",
];
const TEXTS: &[&str] = &[
    "invalid_grant",
    "invalid_client",
    "access_denied",
    "server_error",
    "slow_down",
    "bearer",
    "mac",
    "a b,c",
    "",
    "3600",
    "\u{1b}[2J\u{202e}",
    REFRESH,
    "https://x.example/",
    "é\u{0}\u{fffd}",
    "token-1",
    "error",
];

fn value(dice: &mut StdRng, depth: u32) -> Json {
    match dice.random_range(0..if depth > 3 { 6 } else { 9 }) {
        0..=3 => json!(TEXTS.choose(dice).unwrap()),
        4 => json!(*[0.0, -1.0, 3600.0, 1e300, 0.5].choose(dice).unwrap()),
        5 => [Json::Null, json!(true), json!(false)].choose(dice).unwrap().clone(),
        6 => Json::Array((0..dice.random_range(0..4)).map(|_| value(dice, depth + 1)).collect()),
        _ => object(dice, depth + 1),
    }
}

fn object(dice: &mut StdRng, depth: u32) -> Json {
    let fields = (0..dice.random_range(0..6)).map(|_| ((*NAMES.choose(dice).unwrap()).to_owned(), value(dice, depth)));
    Json::Object(fields.collect::<Map<_, _>>())
}

/// A document, a form, or bytes with something broken in them.
fn body(dice: &mut StdRng) -> Vec<u8> {
    let mut document = object(dice, 0);
    if dice.random_bool(0.4) {
        document["access_token"] = json!(*["token-1", "token-2", ""].choose(dice).unwrap());
    }
    let mut bytes = match dice.random_range(0..4) {
        0 => {
            let pairs = document.as_object().unwrap().iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
        }
        _ => document.to_string().into_bytes(),
    };
    if dice.random_bool(0.3) && !bytes.is_empty() {
        let at = dice.random_range(0..bytes.len());
        match dice.random_range(0..3) {
            0 => bytes.truncate(at),
            1 => bytes[at] = dice.random(),
            _ => bytes.insert(at, dice.random()),
        }
    }
    bytes
}

#[tokio::test]
async fn any_answer_is_read_or_refused_and_only_invalid_grant_signs_out() {
    let mut dice = dice();
    let (mut granted, mut ended) = (0, 0);
    let next = Arc::new(Mutex::new(Vec::new()));
    let said = next.clone();
    let wire = Wire::answering(move |_| Say::Bytes(said.lock().unwrap().clone()));
    for round in 0..if is_deep() { 20_000 } else { 3_000 } {
        let status = *[200, 200, 200, 400, 400, 401, 403, 500, 503].choose(&mut dice).unwrap();
        let body = body(&mut dice);
        let kind = *["application/json", "text/plain", "application/x-www-form-urlencoded"].choose(&mut dice).unwrap();
        *next.lock().unwrap() = reply(status, &[("content-type", kind)], &body);
        let path = *["", "/authed_user", "/nowhere"].choose(&mut dice).unwrap();
        let error_in_200 = dice.random_bool(0.5);
        let server = Server { token_path: path.to_owned(), error_in_200, ..server(&wire) };
        let shown = String::from_utf8_lossy(&body).into_owned();
        let text = format!("round {round}: {status} {shown}");
        match grant::refresh(&http(), &server, &client(), &Secret::new(REFRESH)).await {
            Ok(tokens) => {
                granted += 1;
                let access = tokens.access.expose();
                assert!(status == 200 && !access.is_empty() && !access.contains('\u{1b}'), "{text}");
                assert!(
                    tokens.said.pointer("/access_token").is_none() && tokens.said.pointer("/refresh_token").is_none(),
                    "{text}"
                );
            }
            Err(failure) => {
                let over = failure.is("invalid_grant");
                let seen = format!("{failure:?}");
                let error = failure.into_error("it");
                if error.kind == Kind::SignIn {
                    ended += 1;
                    assert!(over && status < 500 && shown.contains("invalid_grant"), "{text}: {error}");
                }
                assert!(
                    error.message.chars().count() < 700 && !error.message.contains(['\u{1b}', '\u{202e}', '\0']),
                    "{text}: {error}"
                );
                assert!(!seen.contains(REFRESH) && !error.message.contains(REFRESH), "{text}: {seen}");
            }
        }
    }
    assert!(granted > 0 && ended > 0, "the dice reach both ends: {granted}, {ended}");
}

const ISSUER: &str = "https://issuer.example";

/// What is true of a callback that may be taken, written down a second time.
fn is_right(query: &[(String, String)], state: &str) -> bool {
    let all = |name: &str| {
        query.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let code = all("code");
    all("state") == [state]
        && all("iss") == [ISSUER]
        && code.len() == 1
        && !code[0].is_empty()
        && all("error").iter().all(|error| error.is_empty())
        && all("error").len() <= 1
        && all("error_description").len() <= 1
        && all("error_uri").len() <= 1
}

#[test]
fn no_callback_is_taken_but_the_right_one() {
    let mut dice = dice();
    let server = Server {
        authorize: Some("https://issuer.example/authorize".parse().unwrap()),
        issuer: Some(ISSUER.to_owned()),
        sends_issuer: true,
        ..Server::new("https://issuer.example/token".parse().unwrap())
    };
    let (mut taken, mut denied) = (0, 0);
    for round in 0..if is_deep() { 200_000 } else { 5_000 } {
        let pages = ["http://127.0.0.1:7/callback", "https://acme.example/callback"];
        let redirect = *pages.choose(&mut dice).unwrap();
        let came_to = if dice.random_bool(0.2) { *pages.choose(&mut dice).unwrap() } else { redirect };
        let mut flow = Flow::begin(&server, &client(), &[], redirect).unwrap();
        let state = flow.url().query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
        let mut query = vec![
            ("code".to_owned(), "c".to_owned()),
            ("state".to_owned(), state.clone()),
            ("iss".to_owned(), ISSUER.to_owned()),
        ];
        for _ in 0..dice.random_range(0..3) {
            change(&mut dice, &mut query);
        }
        let mut callback: url::Url = came_to.parse().unwrap();
        callback.query_pairs_mut().extend_pairs(&query);
        let text = format!("round {round}: {callback}");
        match flow.accept(&callback) {
            Ok(_) => {
                taken += 1;
                assert!(is_right(&query, &state) && came_to == redirect, "{text}");
                assert!(matches!(flow.accept(&callback), Err(Callback::Foreign(_))), "{text} twice");
            }
            Err(Callback::Denied(failure)) => {
                denied += 1;
                let with = |name: &str, value: &str| query.contains(&(name.to_owned(), value.to_owned()));
                assert!(with("state", &state) && with("iss", ISSUER) && !is_right(&query, &state), "{text}");
                assert_eq!(came_to, redirect, "{text}");
                assert!(matches!(failure, Failure::Refused { .. } | Failure::Unclear(_)), "{text}");
            }
            Err(Callback::Foreign(_)) => assert!(!is_right(&query, &state) || came_to != redirect, "{text}"),
        }
    }
    assert!(taken > 0 && denied > 0, "the dice reach both ends: {taken}, {denied}");
}

fn change(dice: &mut StdRng, query: &mut Vec<(String, String)>) {
    let names = ["code", "state", "iss", "error", "error_description", "error_uri", "extra"];
    let value =
        (*["", "x", "access_denied", ISSUER, "https://issuer.example/", "\u{0}"].choose(dice).unwrap()).to_owned();
    let at = if query.is_empty() { 0 } else { dice.random_range(0..query.len()) };
    match dice.random_range(0..5) {
        0 if !query.is_empty() => drop(query.remove(at)),
        1 if !query.is_empty() => query.push(query[at].clone()),
        2 if !query.is_empty() => query[at].1 = value,
        3 if !query.is_empty() => query[at].0 = (*names.choose(dice).unwrap()).to_owned(),
        _ => query.push(((*names.choose(dice).unwrap()).to_owned(), value)),
    }
}
