//! What comes back from the browser: the right answer, and everything that only looks like it (F43, F44, RFC 8252,
//! RFC 9207).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use appctl::base::{Kind, Result};
use appctl::oauth::code::{Callback, Code, Flow};
use appctl::oauth::loopback::Loopback;
use appctl::oauth::{Failure, Redirect, Server};
use base64::Engine as _;
use sha2::Digest as _;
use tokio::task::JoinHandle;
use url::Url;

use crate::support::authority::{client, form, http, says, server};
use crate::support::wire::Wire;

const GRANTED: &str = r#"{"access_token":"a","refresh_token":"b"}"#;
const ISSUER: &str = "https://issuer.example/tenant";

fn any(host: &'static str) -> Redirect {
    Redirect { port: None, host, path: "/callback".to_owned(), own: None }
}

fn flow(server: &Server, redirect: &str) -> Flow {
    Flow::begin(server, &client(), &["read".to_owned(), "write".to_owned()], redirect).unwrap()
}

/// What the address of the sign-in page says.
fn asked(flow: &Flow, name: &str) -> String {
    let url = flow.url();
    let mut found = url.query_pairs().filter(|(found, _)| found == name).map(|(_, value)| value.into_owned());
    let value = found.next().unwrap_or_default();
    assert_eq!(found.next(), None, "{name} twice");
    value
}

fn offline(issuer: Option<&str>, sends_issuer: bool) -> (Server, Flow) {
    let server = Server {
        authorize: Some("https://issuer.example/authorize?tenant=1".parse().unwrap()),
        issuer: issuer.map(str::to_owned),
        sends_issuer,
        ..Server::new("https://issuer.example/token".parse().unwrap())
    };
    let flow = flow(&server, "http://127.0.0.1:7/callback");
    (server, flow)
}

fn accept(flow: &mut Flow, query: &str) -> Result<Code, Callback> {
    let query = query.replace("STATE", &asked(flow, "state"));
    flow.accept(&format!("http://127.0.0.1:7/callback?{query}").parse().unwrap())
}

fn is_foreign(outcome: &Result<Code, Callback>) -> bool {
    matches!(outcome, Err(Callback::Foreign(_)))
}

#[test]
fn the_sign_in_page_is_asked_for_a_code_with_a_challenge() {
    let (server, flow) = offline(None, false);
    assert!(flow.url().as_str().starts_with("https://issuer.example/authorize?tenant=1&response_type=code&"));
    assert_eq!((asked(&flow, "client_id"), asked(&flow, "scope")), ("the client".to_owned(), "read write".to_owned()));
    assert_eq!(asked(&flow, "redirect_uri"), "http://127.0.0.1:7/callback");
    assert_eq!((asked(&flow, "code_challenge").len(), asked(&flow, "code_challenge_method")), (43, "S256".to_owned()));
    assert_eq!(asked(&flow, "state").len(), 43);
    assert!(!format!("{flow:?}").contains("verifier: Some(\""), "{flow:?}");
    let other = self::flow(&server, "http://127.0.0.1:7/callback");
    assert_ne!(asked(&flow, "state"), asked(&other, "state"));
    assert_ne!(asked(&flow, "code_challenge"), asked(&other, "code_challenge"));

    let odd = Server {
        pkce: false,
        scope_parameter: "user_scope".to_owned(),
        scope_separator: ',',
        authorize_parameters: vec![("access_type".to_owned(), "offline".to_owned())],
        ..server
    };
    let flow = self::flow(&odd, "http://127.0.0.1:7/callback");
    assert_eq!((asked(&flow, "user_scope"), asked(&flow, "scope")), ("read,write".to_owned(), String::new()));
    assert_eq!((asked(&flow, "access_type"), asked(&flow, "code_challenge")), ("offline".to_owned(), String::new()));
}

#[test]
fn nobody_is_sent_to_an_unsafe_page() {
    let (server, _) = offline(None, false);
    for page in ["http://issuer.example/", "javascript:alert(1)", "file:///etc/passwd", "https://a:b@issuer.example/"] {
        let server = Server { authorize: Some(page.parse().unwrap()), ..server.clone() };
        let error = Flow::begin(&server, &client(), &[], "http://127.0.0.1:7/").unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{page}");
    }
    let none = Server { authorize: None, ..server };
    assert!(Flow::begin(&none, &client(), &[], "http://127.0.0.1:7/").is_err());
}

#[test]
fn only_the_answer_to_this_very_sign_in_is_taken() {
    let (_, mut flow) = offline(None, false);
    let (_, other) = offline(None, false);
    let theirs = format!("code=x&state={}", asked(&other, "state"));
    let cut = format!("code=x&state={}", &asked(&flow, "state")[..42]);
    let lower = format!("code=x&state={}", asked(&flow, "state").to_lowercase());
    for query in [
        "",
        "code=x",
        "code=x&state=",
        "code=x&state=wrong",
        &theirs,
        &cut,
        &lower,
        "code=x&state=STATE%20",
        "code=x&state=STATE&state=STATE",
        "code=x&state=wrong&state=STATE",
        "code=x&code=y&state=STATE",
        "state=STATE",
        "code=&state=STATE",
        "code=x&error=access_denied&state=STATE",
        "error=access_denied",
        "error=access_denied&state=wrong",
        "error=&state=STATE",
    ] {
        let outcome = accept(&mut flow, query);
        assert!(is_foreign(&outcome), "{query}: {outcome:?}");
    }
    for address in [
        "http://127.0.0.1:8/callback",
        "https://127.0.0.1:7/callback",
        "http://localhost:7/callback",
        "http://127.0.0.1:7/callback/",
        "http://127.0.0.1:7/Callback",
        "http://evil.example:7/callback",
    ] {
        let callback = format!("{address}?code=x&state={}", asked(&flow, "state"));
        assert!(is_foreign(&flow.accept(&callback.parse().unwrap())), "{address}");
    }
    accept(&mut flow, "code=x&state=STATE&scope=read").unwrap();
    // The same again, and another code: this sign-in was answered.
    assert!(is_foreign(&accept(&mut flow, "code=x&state=STATE&scope=read")));
    assert!(is_foreign(&accept(&mut flow, "code=y&state=STATE")));
    assert!(is_foreign(&accept(&mut flow, "error=access_denied&state=STATE")));
}

#[test]
fn a_refusal_ends_the_sign_in_with_its_words() {
    let (_, mut flow) = offline(None, false);
    let query = "error=access_denied&error_description=The+user%0d%0a%1b[31m+said+no&error_uri=https://issuer.example/why&state=STATE";
    let Err(Callback::Denied(failure)) = accept(&mut flow, query) else { panic!("it is a refusal") };
    let Failure::Refused { code, description, uri } = failure else { panic!("{failure:?}") };
    assert_eq!((code.as_str(), description.as_str()), ("access_denied", "The user said no"));
    assert_eq!(uri.unwrap().as_str(), "https://issuer.example/why");
    assert!(is_foreign(&accept(&mut flow, "code=x&state=STATE")));
    for code in ["server_error", "temporarily_unavailable", "access%00_denied", "access%E2%80%8B_denied"] {
        let (_, mut flow) = offline(None, false);
        let Err(Callback::Denied(failure)) = accept(&mut flow, &format!("error={code}&state=STATE")) else {
            panic!("{code}")
        };
        assert_eq!(failure.into_error("it").kind, Kind::Remote);
    }
}

/// RFC 9207: letter by letter, and before anything else of the answer is believed or shown.
#[test]
fn an_answer_from_another_issuer_is_neither_taken_nor_shown() {
    let encoded = |issuer: &str| url::form_urlencoded::byte_serialize(issuer.as_bytes()).collect::<String>();
    for kind in ["code=x", "error=access_denied&error_description=evil"] {
        for wrong in [
            "https://evil.example",
            "https://issuer.example/tenant/",
            "https://issuer.example/Tenant",
            "https://issuer.example:443/tenant",
            "HTTPS://issuer.example/tenant",
            "https://issuer.example/%74enant",
            "https://issuer.example",
            "",
        ] {
            let (_, mut flow) = offline(Some(ISSUER), false);
            let Err(Callback::Foreign(why)) = accept(&mut flow, &format!("{kind}&state=STATE&iss={}", encoded(wrong)))
            else {
                panic!("{kind} {wrong}");
            };
            assert!(!why.contains("evil"), "{why}");
            // The right one may still come.
            accept(&mut flow, &format!("code=x&state=STATE&iss={}", encoded(ISSUER))).unwrap();
        }
        let (_, mut flow) = offline(Some(ISSUER), true);
        assert!(is_foreign(&accept(&mut flow, &format!("{kind}&state=STATE"))), "it says that it always sends one");
        let (_, mut flow) = offline(Some(ISSUER), false);
        assert!(!is_foreign(&accept(&mut flow, &format!("{kind}&state=STATE"))), "it need not send one");
        let (_, mut flow) = offline(Some(ISSUER), true);
        let twice = format!("{kind}&state=STATE&iss={0}&iss={0}", encoded(ISSUER));
        assert!(is_foreign(&accept(&mut flow, &twice)));
    }
    let (_, mut unnamed) = offline(None, false);
    accept(&mut unnamed, "code=x&state=STATE&iss=https%3A%2F%2Faccounts.example").unwrap();
}

#[test]
fn a_pasted_answer_is_read_as_people_copy_it() {
    let (_, mut flow) = offline(None, false);
    let query = format!("code=x&state={}", asked(&flow, "state"));
    for text in [
        format!("http://127.0.0.1:7/callback?{query}"),
        format!("  \"http://127.0.0.1:7/callback?{query}\"\n"),
        format!("<http://127.0.0.1:7/callback?{query}>"),
        format!("127.0.0.1:7/callback?{query}"),
        format!("?{query}"),
        query.clone(),
    ] {
        let url = flow.pasted(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(url.as_str(), format!("http://127.0.0.1:7/callback?{query}"), "{text}");
    }
    for text in ["", "x", "http://127.0.0.1:7/callback?code=x", "ftp://127.0.0.1:7/?state=1", "http://[/?state=1"] {
        let error = flow.pasted(text).unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{text}");
        assert!(error.hint.unwrap().contains("`http://127.0.0.1:7/callback?`"), "{text}");
    }
    let elsewhere = flow.pasted(&format!("https://evil.example/callback?{query}")).unwrap();
    assert!(is_foreign(&flow.accept(&elsewhere)));
    let pasted = flow.pasted(&query).unwrap();
    flow.accept(&pasted).unwrap();
}

#[tokio::test]
async fn a_code_is_exchanged_with_its_verifier_at_its_own_server_only() {
    let wire = Wire::new(vec![says(200, GRANTED)]);
    let server = server(&wire);
    let mut flow = flow(&server, "http://127.0.0.1:7/callback");
    let callback: Url =
        format!("http://127.0.0.1:7/callback?code=c%2F1&state={}", asked(&flow, "state")).parse().unwrap();
    let code = flow.accept(&callback).unwrap();
    assert!(!format!("{code:?}").contains("c/1"));
    let tokens = flow.exchange(&http(), &server, &client(), code).await.unwrap();
    assert_eq!(tokens.refresh.unwrap().expose(), "b");
    let sent = form(&wire.heard()[0]);
    assert_eq!((sent["grant_type"].as_str(), sent["code"].as_str()), ("authorization_code", "c/1"));
    assert_eq!((sent["redirect_uri"].as_str(), sent.len()), ("http://127.0.0.1:7/callback", 4));
    let challenge =
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(&sent["code_verifier"]));
    assert_eq!(challenge, asked(&flow, "code_challenge"));

    let evil = Wire::new(vec![says(200, GRANTED)]);
    for other in [self::server(&evil), Server { issuer: Some(ISSUER.to_owned()), ..server.clone() }] {
        let mut flow = self::flow(&server, "http://127.0.0.1:7/callback");
        let code = flow
            .accept(&format!("http://127.0.0.1:7/callback?code=x&state={}", asked(&flow, "state")).parse().unwrap());
        let failure = flow.exchange(&http(), &other, &client(), code.unwrap()).await.unwrap_err();
        assert!(matches!(failure, Failure::Other(_)), "{failure:?}");
    }
    assert!(evil.heard().is_empty() && wire.heard().len() == 1);
}

/// A sign-in that waits for its browser.
struct Waiting {
    at: SocketAddr,
    authority: String,
    state: String,
    task: JoinHandle<Result<Code, Failure>>,
}

fn waiting_for(server: &Server, redirect: &Redirect, limit: Duration) -> Waiting {
    let loopback = Loopback::open(redirect).unwrap();
    let address = loopback.redirect_uri();
    let at = loopback.listens_at()[0];
    assert!(loopback.listens_at().iter().all(|at| at.ip().is_loopback() && at.port() == address.port().unwrap()));
    let mut flow = flow(server, address.as_str());
    let (state, authority) = (asked(&flow, "state"), format!("{}:{}", address.host_str().unwrap(), at.port()));
    let task = tokio::spawn(async move { loopback.wait(&mut flow, limit).await });
    Waiting { at, authority, state, task }
}

fn waiting() -> Waiting {
    let (server, _) = offline(Some(ISSUER), false);
    waiting_for(&server, &any("127.0.0.1"), Duration::from_secs(20))
}

impl Waiting {
    fn say(&self, bytes: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let _ = stream.write_all(bytes);
        stream
    }

    fn ask(&self, request: &str) -> String {
        read(self.say(request.as_bytes()))
    }

    fn request(&self, target: &str) -> String {
        format!("GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n", self.authority).replace("STATE", &self.state)
    }

    fn get(&self, target: &str) -> String {
        self.ask(&self.request(target))
    }

    async fn outcome(self) -> Result<Code, Failure> {
        tokio::time::timeout(Duration::from_secs(10), self.task).await.expect("it has ended").unwrap()
    }
}

fn read(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_else_knocks_changes_nothing() {
    let waiting = waiting();
    let good = waiting.request("/callback?code=right&state=STATE");
    for (target, wanted) in [
        ("/", 404),
        ("/favicon.ico", 404),
        ("/callback/?code=x&state=STATE", 404),
        ("/other/../callback?code=x&state=STATE", 404),
        ("//callback?code=x&state=STATE", 404),
        ("/callback", 400),
        ("/callback?code=x", 400),
        ("/callback?code=x&state=wrong", 400),
        ("/callback?error=access_denied", 400),
        ("/callback?error=access_denied&state=wrong", 400),
        ("/callback?code=x&state=STATE&state=STATE", 400),
        ("/callback?code=x&state=STATE&iss=https://evil.example", 400),
        ("/callback?error=access_denied&error_description=evil&state=STATE&iss=https://evil.example", 400),
        ("/callback?code=x&state=STATE#fragment", 400),
        ("http://127.0.0.1/callback?code=x&state=STATE", 400),
    ] {
        let answer = waiting.get(target);
        assert_eq!(status(&answer), wanted, "{target}: {answer}");
        assert!(!answer.contains("evil") && !answer.contains(&waiting.state), "{target}: {answer}");
    }
    for (from, to, wanted) in [
        ("GET", "HEAD", 405),
        ("GET", "POST", 405),
        ("GET", "OPTIONS", 405),
        ("Host: ", "Host: evil.example\r\nX: ", 403),
        ("Host: 127.0.0.1", "Host: localhost", 403),
        ("Host: ", "X-Host: ", 403),
        ("\r\n\r\n", "\r\nOrigin: https://evil.example\r\n\r\n", 403),
        ("\r\n\r\n", "\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n\r\n", 403),
        ("\r\n\r\n", "\r\nSec-Purpose: prefetch\r\n\r\n", 403),
        ("HTTP/1.1", "HTTP/9.9", 400),
        ("GET /", "GET /\u{fc}", 400),
    ] {
        let answer = waiting.ask(&good.replacen(from, to, 1));
        assert_eq!(status(&answer), wanted, "{to}: {answer}");
    }
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"[..], b"\xff\xfe\r\n\r\n", b"\r\n\r\n"] {
        assert_eq!(status(&read(waiting.say(garbage))), 400);
    }
    // One that leaves in the middle, and one that says nothing at all.
    drop(waiting.say(&good.as_bytes()[..30]));
    drop(waiting.say(b""));
    assert!(!waiting.task.is_finished());
    let answer = waiting.ask(&good);
    assert_eq!(status(&answer), 200, "{answer}");
    waiting.outcome().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_megabyte_is_refused_and_read_no_further() {
    let waiting = waiting();
    let long = waiting.request(&format!("/callback?code={}&state=STATE", "x".repeat(1 << 20)));
    assert_eq!(status(&waiting.ask(&long)), 431);
    let many = waiting
        .request("/callback?code=x&state=STATE")
        .replace("\r\n\r\n", &format!("\r\n{}\r\n", "a: b\r\n".repeat(200_000)));
    assert_eq!(status(&waiting.ask(&many)), 431);
    // A code may be long all the same.
    let answer = waiting.get(&format!("/callback?code={}&state=STATE", "x".repeat(16 << 10)));
    assert_eq!(status(&answer), 200, "{answer}");
    waiting.outcome().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_visitors_keep_nobody_waiting() {
    let waiting = waiting();
    let slow = (0..200).map(|_| waiting.say(b"GET /callback?code=x HTTP/1.1\r\nHo")).collect::<Vec<_>>();
    let begin = Instant::now();
    let answer = waiting.get("/callback?code=right&state=STATE");
    assert_eq!(status(&answer), 200, "{answer}");
    // The slow ones would be waited for five seconds.
    assert!(begin.elapsed() < Duration::from_secs(4), "{:?}", begin.elapsed());
    waiting.outcome().await.unwrap();
    drop(slow);
    let alone = self::waiting();
    let stream = alone.say(b"GET /callback HTTP/1.1\r\n");
    assert_eq!(status(&read(stream)), 408);
    alone.task.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_valid_answer_closes_the_door() {
    let waiting = waiting();
    let at = waiting.at;
    let answer = waiting.get("/callback?code=one&state=STATE");
    assert_eq!(status(&answer), 200);
    for line in
        ["cache-control: no-store", "referrer-policy: no-referrer", "content-security-policy: default-src 'none'"]
    {
        assert!(answer.contains(line), "{answer}");
    }
    assert!(answer.contains("Whether it worked, the terminal says"), "{answer}");
    assert!(
        !answer.contains("<script") && !answer.contains("code=one") && !answer.contains(&waiting.state),
        "{answer}"
    );
    waiting.outcome().await.unwrap();
    assert!(TcpStream::connect(at).is_err(), "nobody listens any more");

    // Both at the same time: one of them is taken, once.
    let waiting = self::waiting();
    let both = ["one", "two"].map(|code| waiting.request(&format!("/callback?code={code}&state=STATE")));
    let mut streams = both.each_ref().map(|_| waiting.say(b""));
    for (stream, request) in streams.iter_mut().zip(&both) {
        stream.write_all(request.as_bytes()).unwrap();
    }
    waiting.outcome().await.unwrap();
    let answers = streams.map(|mut stream| {
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    });
    assert!(answers.iter().filter(|answer| status(answer) == 200).count() <= 1, "{answers:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_shown_escaped_and_ends_the_waiting() {
    let waiting = waiting();
    let at = waiting.at;
    let answer =
        waiting.get("/callback?error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E&state=STATE");
    assert_eq!(status(&answer), 200);
    assert!(answer.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !answer.contains("<script"), "{answer}");
    let failure = waiting.outcome().await.unwrap_err();
    assert!(failure.is("access_denied"));
    assert_eq!(failure.into_error("it").kind, Kind::Denied);
    assert!(TcpStream::connect(at).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_door_closes_when_nobody_comes_and_when_the_sign_in_is_given_up() {
    let (server, _) = offline(None, false);
    let waiting = waiting_for(&server, &any("127.0.0.1"), Duration::from_millis(100));
    let at = waiting.at;
    let error = waiting.outcome().await.unwrap_err().into_error("it");
    assert_eq!(error.kind, Kind::SignIn);
    assert!(error.message.starts_with("nobody came back from the browser within"), "{error}");
    assert!(TcpStream::connect(at).is_err());

    let waiting = self::waiting();
    let at = waiting.at;
    let _guest = waiting.say(b"GET /");
    waiting.task.abort();
    let _ = waiting.task.await;
    assert!(TcpStream::connect(at).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_may_come_by_either_family() {
    let (server, _) = offline(None, false);
    for host in ["127.0.0.1", "[::1]", "localhost"] {
        let redirect = any(host);
        let waiting = waiting_for(&server, &redirect, Duration::from_secs(20));
        let answer = waiting.get("/callback?code=right&state=STATE");
        assert_eq!(status(&answer), 200, "{host}: {answer}");
        waiting.outcome().await.unwrap();
    }
    let mut waiting = waiting_for(&server, &any("localhost"), Duration::from_secs(20));
    waiting.at = SocketAddr::new("::1".parse().unwrap(), waiting.at.port());
    assert_eq!(status(&waiting.get("/callback?code=right&state=STATE")), 200);
    waiting.outcome().await.unwrap();
}

#[test]
fn a_port_that_is_taken_is_named() {
    let squatter = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = squatter.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let error = Loopback::open(&Redirect { port: Some(port), ..any(host) }).unwrap_err();
        assert_eq!((error.kind, error.message), (Kind::Busy, format!("another program listens at port {port}")));
        assert!(error.hint.unwrap().contains("`--port`"));
    }
    // Where any port will do, another one is opened.
    for _ in 0..20 {
        let opened = Loopback::open(&any("127.0.0.1")).unwrap();
        assert_ne!(opened.redirect_uri().port(), Some(port));
    }
    // Whoever listens at all addresses has this one too.
    let everywhere = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = everywhere.local_addr().unwrap().port();
    assert_eq!(Loopback::open(&Redirect { port: Some(port), ..any("127.0.0.1") }).unwrap_err().kind, Kind::Busy);
    drop(everywhere);
    let opened =
        Loopback::open(&Redirect { port: Some(port), path: "/oauth/cb".to_owned(), ..any("localhost") }).unwrap();
    assert_eq!(opened.redirect_uri().as_str(), format!("http://localhost:{port}/oauth/cb"));
}
