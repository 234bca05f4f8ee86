//! The way out to the network, against everything that goes wrong on a wire.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::time::{Duration, Instant};

use appctl::base::{Budget, Error, Kind, Result, Secret};
use appctl::http::{Announced, Auth, Door, Http, Limit, Options, Request};
use serde_json::Value as Json;

use crate::support::wire::{Say, Wire, header, json, reply};

const SECRET: &str = "pat-eu1-canary-7f3a";
const WHOLE: &str = r#"{"results":[1,2,3]}"#;

fn quick() -> Options {
    Options {
        connect_timeout: Duration::from_millis(500),
        read_timeout: Duration::from_millis(300),
        attempt_timeout: Duration::from_millis(900),
        deadline: Duration::from_secs(5),
        patience: Duration::from_secs(2),
        attempts: 4,
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(40),
        seed: Some(1),
        ..Options::default()
    }
}

fn http() -> Http {
    Http::new(quick()).unwrap()
}

fn door(wire: &Wire) -> Door {
    Door::new(wire.url(), "test").unwrap().auth(Auth::Bearer(Secret::new(SECRET)))
}

async fn get(wire: &Wire) -> Result<Json> {
    http().json(&door(wire), &Request::get("/things")).await
}

fn whole() -> Say {
    json(WHOLE)
}

fn gzip(body: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(body).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn a_request_says_who_asks_and_an_answer_is_read_whole() {
    let wire = Wire::new(vec![whole()]);
    assert_eq!(get(&wire).await.unwrap()["results"][2], 3);
    let head = &wire.heard()[0].head;
    assert_eq!(header(head, "user-agent").unwrap(), concat!("appctl/", env!("CARGO_PKG_VERSION")));
    assert_eq!(header(head, "authorization").unwrap(), format!("Bearer {SECRET}"));
    assert!(head.starts_with("GET /things HTTP/1.1"), "{head}");
}

#[tokio::test]
async fn making_the_way_out_makes_no_client_and_no_call() {
    let begin = Instant::now();
    for _ in 0..1000 {
        drop(http());
    }
    // A thousand clients would take half a minute.
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    assert_eq!(http().calls(), 0);
}

#[tokio::test]
async fn a_cut_answer_is_asked_for_again_until_it_is_whole() {
    let full = reply(200, &[("content-type", "application/json")], WHOLE);
    let packed = gzip(WHOLE.as_bytes());
    let cut_gzip = reply(200, &[("content-encoding", "gzip")], &packed[..packed.len() - 9]);
    let faults = [
        ("reset in the body", Say::ThenReset(full[..full.len() - 5].to_vec())),
        ("closed in the body", Say::ThenClose(full[..full.len() - 5].to_vec())),
        ("closed in the head", Say::ThenClose(full[..20].to_vec())),
        ("closed before the answer", Say::ThenClose(Vec::new())),
        ("reset before the answer", Say::ThenReset(Vec::new())),
        (
            "length too short",
            Say::ThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n{\"results\":[1,2,3]}".to_vec()),
        ),
        (
            "length too long",
            Say::ThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"results\":[1,2,3]}".to_vec()),
        ),
        ("no length, cut", Say::ThenClose(b"HTTP/1.1 200 OK\r\n\r\n{\"results\":[1,2".to_vec())),
        (
            "chunks without an end",
            Say::ThenClose(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res\r\n".to_vec()),
        ),
        ("gzip cut", Say::Bytes(cut_gzip)),
        ("gzip that is none", Say::Bytes(reply(200, &[("content-encoding", "gzip")], WHOLE))),
        ("a web page", Say::Bytes(reply(200, &[("content-type", "text/html")], "<html>Welcome</html>"))),
        ("a web page that says it is JSON", Say::Bytes(reply(200, &[], "\n<!doctype html>"))),
        ("nothing", Say::Bytes(reply(200, &[], ""))),
        ("broken JSON", json(r#"{"results":[1,2,3,}"#)),
        ("silence", Say::ThenSilence(Vec::new())),
        ("silence in the body", Say::ThenSilence(full[..full.len() - 5].to_vec())),
        ("garbage", Say::ThenClose(b"\x00\x01\x02garbage\r\n\r\n".to_vec())),
        ("500", Say::Bytes(reply(500, &[], "{}"))),
        ("502", Say::Bytes(reply(502, &[], "<html>Bad Gateway</html>"))),
        ("503", Say::ThenClose(reply(503, &[("retry-after", "0")], ""))),
        ("504", Say::Bytes(reply(504, &[], ""))),
    ];
    for (name, fault) in faults {
        let wire = Wire::new(vec![fault.clone(), whole()]);
        let answer = get(&wire).await.unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(answer, serde_json::from_str::<Json>(WHOLE).unwrap(), "{name}");
        let wire = Wire::new(vec![fault]);
        let error = get(&wire).await.expect_err(name);
        assert_eq!(error.kind, Kind::Remote, "{name}: {error}");
        assert_eq!(wire.heard().len(), 4, "{name}: {error}");
    }
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_not_repeated() {
    for fault in [Say::ThenClose(Vec::new()), Say::ThenSilence(Vec::new()), Say::Bytes(reply(502, &[], ""))] {
        let wire = Wire::new(vec![fault, whole()]);
        let request = Request::post("/things").json(&serde_json::json!({ "a": 1 })).unwrap();
        let error = http().send(&door(&wire), &request).await.unwrap_err();
        assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, 1), "{error}");
        assert!(error.hint.unwrap().contains("nobody knows"));
        assert_eq!(wire.heard()[0].body, br#"{"a":1}"#);
    }
    // Too fast means that it was not carried out, so it may go again; and a question by POST always may.
    let wire = Wire::new(vec![Say::Bytes(reply(429, &[("retry-after", "0")], "")), whole()]);
    http().send(&door(&wire), &Request::post("/things")).await.unwrap();
    let wire = Wire::new(vec![Say::ThenClose(Vec::new()), whole()]);
    http().send(&door(&wire), &Request::read_by_post("/search")).await.unwrap();
}

#[tokio::test]
async fn slow_answers_end_within_their_time() {
    let full = reply(200, &[], WHOLE);
    let drip = Say::Slowly(full, Duration::from_millis(100));
    let wire = Wire::new(vec![drip]);
    let one = Http::new(Options { attempts: 1, ..quick() }).unwrap();
    let begin = Instant::now();
    let error = one.json::<Json>(&door(&wire), &Request::get("/")).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.message.contains("did not answer in time"), "{error}");
    // The whole answer would take more than ten.
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn a_request_and_a_run_end_at_their_deadline_whatever_the_server_does() {
    let patient = Options { attempts: 1000, deadline: Duration::from_millis(600), ..quick() };
    let wire = Wire::new(vec![Say::Bytes(reply(500, &[], ""))]);
    let begin = Instant::now();
    Http::new(patient).unwrap().send(&door(&wire), &Request::get("/")).await.unwrap_err();
    // A thousand attempts would take half a minute.
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());

    let wire = Wire::new(vec![Say::ThenSilence(Vec::new())]);
    let begin = Instant::now();
    http().ending_in(Duration::from_millis(200)).send(&door(&wire), &Request::get("/")).await.unwrap_err();
    // Four attempts would be silent for 300 ms each.
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
}

#[tokio::test]
async fn refusals_have_their_kind_and_the_vendors_words() {
    let body = r#"{"status":"error","message":"Nope: \u001b[31mred\u001b[0m.","category":"X"}"#;
    for (status, kind) in [
        (401, Kind::SignIn),
        (403, Kind::Denied),
        (404, Kind::NotFound),
        (400, Kind::Failed),
        (409, Kind::Failed),
        (422, Kind::Failed),
        (501, Kind::Remote),
        (530, Kind::Remote),
    ] {
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[], body))]);
        let error = get(&wire).await.unwrap_err();
        assert_eq!((error.kind, wire.heard().len()), (kind, 1), "{status}: {error}");
        assert_eq!(error.message, format!("`127.0.0.1` answered {status}: Nope: red"));
    }
}

#[tokio::test]
async fn a_secret_that_the_server_repeats_is_not_shown() {
    let base64 = "cGF0LWV1MS1jYW5hcnktN2YzYQ==";
    let body = format!(r#"{{"message":"bad token {SECRET} / {base64} {}"}}"#, "x".repeat(5000));
    let wire = Wire::new(vec![Say::Bytes(reply(400, &[], body))]);
    let error = get(&wire).await.unwrap_err();
    assert!(error.message.contains("bad token *** / ***"), "{error}");
    assert!(!format!("{error:?}").contains("canary") && error.message.len() < 500, "{error}");
}

#[tokio::test]
async fn retry_after_is_honoured_and_a_long_one_is_handed_on() {
    let storm = |after: &str| Say::Bytes(reply(429, &[("retry-after", after)], "{}"));
    let wire = Wire::new(vec![storm("1"), whole()]);
    get(&wire).await.unwrap();
    let heard = wire.heard();
    let waited = heard[1].at - heard[0].at;
    assert!(waited >= Duration::from_secs(1) && waited < Duration::from_millis(1300), "{waited:?}");

    for (after, seconds) in [("60", 60), ("1e9", 86_400), ("1000000000", 86_400)] {
        let wire = Wire::new(vec![storm(after)]);
        let error = get(&wire).await.unwrap_err();
        assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, 1), "{after}: {error}");
        assert_eq!(error.retry_after, Some(Duration::from_secs(seconds)), "{after}");
    }
    for after in ["-1", "", "soon"] {
        let wire = Wire::new(vec![storm(after), whole()]);
        get(&wire).await.unwrap_or_else(|error| panic!("{after}: {error}"));
    }
}

#[tokio::test]
async fn a_storm_of_refusals_costs_no_more_than_the_attempts() {
    let wire = Wire::new(vec![Say::Bytes(reply(429, &[], "{}"))]);
    let budget = Budget::at_most(3);
    let http = http();
    let error = http.send(&door(&wire).budget(budget.clone()), &Request::get("/")).await.unwrap_err();
    assert_eq!((error.kind, budget.made(), wire.heard().len()), (Kind::Partial, 3, 3), "{error}");
    let error = http.send(&door(&wire), &Request::get("/")).await.unwrap_err();
    assert_eq!((error.kind, wire.heard().len(), http.calls()), (Kind::Remote, 7, 7), "{error}");
    assert!(error.retry_after.is_some());
}

#[tokio::test]
async fn nothing_goes_to_another_host() {
    let canary = Wire::new(vec![whole()]);
    let targets = [
        format!("http://{}/stolen", canary.address),
        format!("//{}/stolen", canary.address),
        "https://127.0.0.1/up".to_owned(),
        "http://user:pass@127.0.0.1/".to_owned(),
        format!("http://[::ffff:127.0.0.1]:{}/", canary.address.rsplit(':').next().unwrap()),
        "ftp://127.0.0.1/".to_owned(),
    ];
    for target in targets {
        for status in [301, 302, 303, 307, 308] {
            let wire = Wire::new(vec![Say::Bytes(reply(status, &[("location", &target)], ""))]);
            let error = get(&wire).await.unwrap_err();
            assert_eq!((error.kind, wire.heard().len()), (Kind::Failed, 1), "{target}: {error}");
        }
    }
    assert!(canary.heard().is_empty());
}

#[tokio::test]
async fn a_redirect_at_home_is_followed_three_times() {
    let moved = |to: &str| Say::Bytes(reply(307, &[("location", to)], ""));
    let wire = Wire::new(vec![moved("/a"), moved("b?x=1"), moved("/c"), whole()]);
    get(&wire).await.unwrap();
    let paths = wire.heard().iter().map(|heard| heard.head.split(' ').nth(1).unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(paths, ["/things", "/a", "/b?x=1", "/c"]);
    let wire = Wire::new(vec![moved("/round")]);
    let error = get(&wire).await.unwrap_err();
    assert_eq!((error.kind, wire.heard().len()), (Kind::Failed, 4), "{error}");
}

#[test]
fn a_door_opens_only_where_a_secret_is_safe() {
    let opens = |url: &str| Door::new(url.parse().unwrap(), "a").map(|_| ()).map_err(|error: Error| error.kind);
    for url in ["https://api.hubapi.com", "http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1/base"] {
        assert_eq!(opens(url), Ok(()), "{url}");
    }
    for url in [
        "http://api.hubapi.com",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "ftp://127.0.0.1",
        "https://a:b@example.com",
    ] {
        assert_eq!(opens(url), Err(Kind::Usage), "{url}");
    }
}

#[tokio::test]
async fn paths_and_headers_cannot_break_out() {
    let wire = Wire::new(vec![whole()]);
    for path in [
        "things",
        "//evil/x",
        "/a/../b",
        "/a/%2e%2e/b",
        "/%2f%2fevil",
        "/a\\b",
        "/a?b=1",
        "/a#b",
        "/a\nb",
        "/a@b",
        "/ a",
    ] {
        let error = http().send(&door(&wire), &Request::get(path)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{path:?}");
    }
    for value in ["a\r\nx: y", "a\nb", "a\0b"] {
        let error = http().send(&door(&wire), &Request::get("/").header("x-row", value)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{value:?}");
        let torn = Door::new(wire.url(), "a").unwrap().auth(Auth::Bearer(Secret::new(value)));
        assert_eq!(http().send(&torn, &Request::get("/")).await.unwrap_err().kind, Kind::Usage, "{value:?}");
    }
    assert!(wire.heard().is_empty());
    http().send(&door(&wire), &Request::get("/q").query("a", "x&y=z\r\n")).await.unwrap();
    assert!(wire.heard()[0].head.starts_with("GET /q?a=x%26y%3Dz%0D%0A HTTP"), "{}", wire.heard()[0].head);
}

#[tokio::test]
async fn answers_that_are_too_large_or_too_deep_are_refused() {
    let small = Http::new(Options { largest_body: 100_000, largest_ratio: 50, ..quick() }).unwrap();
    let ask = async |wire: &Wire| small.json::<Json>(&door(wire), &Request::get("/")).await.unwrap_err();
    let big = Wire::new(vec![json(&format!("\"{}\"", "x".repeat(100_001)))]);
    let error = ask(&big).await;
    assert!(error.kind == Kind::Failed && error.message.contains("over 100000 bytes"), "{error}");
    let packed = gzip(&vec![b'0'; 50 << 20]);
    let bomb = Wire::new(vec![Say::Bytes(reply(200, &[("content-encoding", "gzip")], &packed))]);
    assert_eq!(ask(&bomb).await.kind, Kind::Failed);
    let large = Http::new(Options { largest_ratio: 50, ..quick() }).unwrap();
    let error = large.json::<Json>(&door(&bomb), &Request::get("/")).await.unwrap_err();
    assert!(error.message.contains("50 times its size"), "{error}");
    let deep = Wire::new(vec![json(&format!("{}{}", "[".repeat(50_000), "]".repeat(50_000)))]);
    let error = ask(&deep).await;
    assert!(error.kind == Kind::Failed && error.message.contains("deeper than 128"), "{error}");
    assert_eq!((big.heard().len(), deep.heard().len()), (1, 1));
}

#[tokio::test]
async fn odd_but_whole_answers_are_read() {
    let packed = reply(200, &[("content-encoding", "gzip")], gzip(WHOLE.as_bytes()));
    let chunked =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"res\r\ne\r\nults\":[1,2,3]}\r\n0\r\n\r\n"
            .to_vec();
    let marked = reply(200, &[], format!("\u{feff}{WHOLE}"));
    let endless = b"HTTP/1.1 200 OK\r\n\r\n{\"results\":[1,2,3]}".to_vec();
    for (name, say) in [
        ("gzip", Say::Bytes(packed)),
        ("chunks", Say::Bytes(chunked)),
        ("byte order mark", Say::Bytes(marked)),
        ("until the end", Say::ThenClose(endless)),
    ] {
        let wire = Wire::new(vec![say]);
        assert_eq!(get(&wire).await.unwrap_or_else(|error| panic!("{name}: {error}"))["results"][0], 1, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_unreachable() {
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let door = Door::new(format!("http://{gone}").parse().unwrap(), "a").unwrap();
    let error = http().send(&door, &Request::post("/")).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.message.contains("cannot be reached"), "{error}");
    assert!(error.message.ends_with("4 times"), "{error}");
}

static TEN_IN_200_MS: &[Limit] = &[Limit { class: "", calls: 10, seconds: 0.2 }];

/// A server with an honest limit: a sliding window over the times at which requests came.
fn honest(calls: usize, window: Duration) -> Wire {
    let mut times = Vec::<Instant>::new();
    Wire::answering(move |heard| {
        times.retain(|time| heard.at.duration_since(*time) < window);
        if times.len() >= calls {
            return Say::Bytes(reply(429, &[], "{}"));
        }
        times.push(heard.at);
        whole()
    })
}

fn refused(wire: &Wire, http: &Http, asked: usize) -> usize {
    assert_eq!(wire.heard().len() as u64, http.calls());
    wire.heard().len() - asked
}

#[tokio::test]
async fn an_honest_limit_is_never_hit_and_never_wasted() {
    let wire = honest(10, Duration::from_millis(200));
    let (http, door) = (http(), door(&wire).limits(TEN_IN_200_MS, None));
    let begin = Instant::now();
    for _ in 0..101 {
        http.send(&door, &Request::get("/")).await.unwrap();
    }
    let took = begin.elapsed().as_secs_f64();
    assert_eq!(refused(&wire, &http, 101), 0);
    // Ten windows of 0.2 s; how little is added is checked where time stands still (`http::limiter`).
    assert!((2.0..8.0).contains(&took), "{took} s");
}

#[tokio::test]
async fn processes_share_a_limit_through_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let wire = honest(10, Duration::from_millis(200));
    let mut asking = Vec::new();
    for _ in 0..3 {
        // Each has its own memory, as three processes would.
        let http = Http::new(Options { limits_folder: Some(folder.path().to_owned()), ..quick() }).unwrap();
        let door = door(&wire).limits(TEN_IN_200_MS, None);
        asking.push(tokio::spawn(async move {
            for _ in 0..20 {
                http.send(&door, &Request::get("/")).await.unwrap();
            }
            http.calls()
        }));
    }
    let mut calls = 0;
    for task in asking {
        calls += task.await.unwrap();
    }
    assert_eq!(calls, 60, "no request was refused");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

const NAMES: Announced =
    Announced { class: "", most: "x-max", remaining: "x-remaining", interval_millis: "x-interval" };

#[tokio::test]
async fn the_server_raises_and_lowers_the_limit() {
    let announcing = |max: &'static str, remaining: &'static str| {
        Wire::new(vec![Say::Bytes(reply(
            200,
            &[("x-max", max), ("x-remaining", remaining), ("x-interval", "200")],
            "{}",
        ))])
    };
    let time = async |wire: &Wire, calls: usize| {
        let (http, door) = (http(), door(wire).limits(TEN_IN_200_MS, Some(NAMES)));
        let begin = Instant::now();
        for _ in 0..calls {
            http.send(&door, &Request::get("/")).await.unwrap();
        }
        begin.elapsed()
    };
    // At ten in 200 ms a hundred calls take 1.8 s, and three hundred 5.8.
    assert!(time(&announcing("1000", "900"), 100).await < Duration::from_millis(1500), "raised");
    assert!(time(&announcing("2", "1"), 5).await >= Duration::from_millis(400), "lowered");
    assert!(time(&announcing("10", "0"), 2).await >= Duration::from_millis(200), "used by others");
    assert!(time(&announcing("1000000", "999999"), 300).await < Duration::from_secs(4), "none");
}

#[tokio::test]
async fn a_refusal_pauses_everybody_who_shares_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let wire = Wire::new(vec![Say::Bytes(reply(429, &[("retry-after", "1")], "{}")), whole()]);
    let make = || Http::new(Options { limits_folder: Some(folder.path().to_owned()), ..quick() }).unwrap();
    let (one, two) = (make(), make());
    let door = door(&wire).limits(TEN_IN_200_MS, None);
    let request = Request::get("/");
    let first = one.send(&door, &request);
    let second = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        two.send(&door, &request).await
    };
    let (first, second) = tokio::join!(first, second);
    first.and(second).unwrap();
    let heard = wire.heard();
    assert_eq!(heard.len(), 3);
    assert!(heard[1].at - heard[0].at >= Duration::from_millis(990));
}

#[tokio::test]
async fn a_limit_that_is_full_for_too_long_is_an_error_that_says_when_to_come_back() {
    static SLOW: &[Limit] = &[Limit { class: "", calls: 1, seconds: 100.0 }];
    let wire = Wire::new(vec![whole()]);
    let (http, door) = (http(), door(&wire).limits(SLOW, None));
    http.send(&door, &Request::get("/")).await.unwrap();
    let error = http.send(&door, &Request::get("/")).await.unwrap_err();
    assert_eq!((error.kind, wire.heard().len()), (Kind::Remote, 1));
    assert!(error.retry_after.unwrap() > Duration::from_secs(99), "{error:?}");
}

#[tokio::test]
async fn a_limit_that_the_server_lifted_costs_next_to_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let headers = [("x-max", "1000000"), ("x-remaining", "999999"), ("x-interval", "1000")];
    let wire = Wire::new(vec![Say::Bytes(reply(200, &headers, "{}"))]);
    let http = Http::new(Options { limits_folder: Some(folder.path().to_owned()), ..quick() }).unwrap();
    let (limited, free) = (door(&wire).limits(TEN_IN_200_MS, Some(NAMES)), door(&wire));
    let mut times = [Duration::MAX; 2];
    for _ in 0..5 {
        for (door, time) in [&limited, &free].into_iter().zip(&mut times) {
            let begin = Instant::now();
            for _ in 0..100 {
                http.send(door, &Request::get("/")).await.unwrap();
            }
            *time = begin.elapsed().min(*time);
        }
    }
    let cost = times[0].saturating_sub(times[1]) / 100;
    // With the limit in force it would be 18 ms; how little it is, `tests/bench/rest` shows.
    assert!(cost < Duration::from_millis(2), "{cost:?} a call");
}
