//! A name that stands for a public address when it is looked at and for one of this machine, or of a cloud's inside, when it
//! is connected to (DNS rebinding, reliability.md F48): the canary that listens there hears nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::Read as _;
use std::net::{IpAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use appctl::base::{Error, Kind, Secret};
use appctl::http::{Auth, Door, Http, Lookup, Options, Request};
use appctl::oauth::discover::discover;
use appctl::providers::{self, Site};
use url::Url;

/// A name server that gives these answers one after the other, and then the last one again.
#[derive(Clone, Debug)]
struct Names {
    answers: Arc<Mutex<Vec<Vec<IpAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    fn new(answers: &[&[&str]]) -> Names {
        let parsed = |one: &&[&str]| one.iter().map(|address| address.parse().unwrap()).collect();
        Names { answers: Arc::new(Mutex::new(answers.iter().map(parsed).collect())), asked: Arc::default() }
    }
}

#[async_trait::async_trait]
impl Lookup for Names {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// Listens where nobody has any business, and counts who comes and what they say.
struct Canary {
    port: u16,
    guests: Arc<AtomicUsize>,
    bytes: Arc<AtomicUsize>,
}

impl Canary {
    fn new() -> Canary {
        let four = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = four.local_addr().unwrap().port();
        let canary = Canary { port, guests: Arc::default(), bytes: Arc::default() };
        // Where the machine speaks IPv6 and the port is free there too.
        let six = TcpListener::bind(("::1", port)).ok();
        for listener in std::iter::once(four).chain(six) {
            let (guests, bytes) = (canary.guests.clone(), canary.bytes.clone());
            std::thread::spawn(move || {
                for mut guest in listener.incoming().flatten() {
                    guests.fetch_add(1, Ordering::SeqCst);
                    let mut said = [0; 4096];
                    let _ = guest.set_read_timeout(Some(Duration::from_millis(300)));
                    bytes.fetch_add(guest.read(&mut said).unwrap_or(0), Ordering::SeqCst);
                }
            });
        }
        canary
    }

    fn heard(&self) -> (usize, usize) {
        std::thread::sleep(Duration::from_millis(50));
        (self.guests.load(Ordering::SeqCst), self.bytes.load(Ordering::SeqCst))
    }
}

fn http(names: &Names) -> Http {
    Http::new(Options {
        lookup: Some(Arc::new(names.clone())),
        connect_timeout: Duration::from_millis(200),
        attempt_timeout: Duration::from_millis(400),
        deadline: Duration::from_secs(2),
        attempts: 3,
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(2),
        ..Options::default()
    })
    .unwrap()
}

async fn ask(http: &Http, url: &str) -> Result<(), Error> {
    let door = Door::new(url.parse().unwrap(), "test")?.auth(Auth::Bearer(Secret::new("a token")));
    http.send(&door, &Request::get("/things")).await.map(drop)
}

/// Public where it is looked at, and nobody's (RFC 5737 keeps it for texts), so that nothing answers there.
const PUBLIC: &str = "203.0.113.9";

#[tokio::test]
async fn a_name_that_changes_its_mind_leads_nowhere() {
    let canary = Canary::new();
    let url = format!("https://rebind.example:{}/", canary.port);
    for answers in [
        &[&[PUBLIC] as &[&str], &["127.0.0.1"]] as &[&[&str]],
        &[&["127.0.0.1"]],
        &[&[PUBLIC, "127.0.0.1"]],
        &[&["127.0.0.1", PUBLIC]],
        &[&["::1"]],
        &[&["::ffff:127.0.0.1"]],
        &[&["0.0.0.0"]],
        &[&["::"]],
        &[&["64:ff9b::7f00:1"]],
        &[&[PUBLIC], &["169.254.169.254"]],
    ] {
        let names = Names::new(answers);
        let http = http(&names);
        let error = ask(&http, &url).await.unwrap_err();
        assert!(names.asked.load(Ordering::SeqCst) > 0, "{answers:?}");
        assert_eq!(canary.heard(), (0, 0), "{answers:?}: {error}");
        let is_refused = error.message.contains("where no such server can be") && error.kind == Kind::Denied;
        assert!(is_refused || answers[0].contains(&PUBLIC), "{answers:?}: {error}");
        assert!(!is_refused || error.hint.is_some());
    }
    // The canary listens: who names this machine reaches it.
    let names = Names::new(&[&["198.51.100.1"]]);
    ask(&http(&names), &format!("https://localhost:{}/", canary.port)).await.unwrap_err();
    assert!(canary.heard().1 > 0);
    assert_eq!(names.asked.load(Ordering::SeqCst), 0, "`localhost` is asked of nobody");
}

#[tokio::test]
async fn an_issuer_cannot_send_the_discovery_into_this_machine() {
    let canary = Canary::new();
    let port = canary.port;
    for host in ["rebind.example", "localhost.", "a.localhost", "LOCALHOST.", "127.0.0.1.nip.example", "0x7f.1.example"]
    {
        for first in [PUBLIC, "127.0.0.1"] {
            let names = Names::new(&[&[first], &["127.0.0.1"]]);
            let issuer: Url = format!("https://{host}:{port}").parse().unwrap();
            let error = discover(&http(&names), &issuer).await.unwrap_err();
            assert_eq!(canary.heard(), (0, 0), "{issuer}: {error}");
        }
    }
    for issuer in [
        format!("https://[::ffff:127.0.0.1]:{port}"),
        format!("https://[::127.0.0.1]:{port}"),
        format!("https://0.0.0.0:{port}"),
        format!("https://0:{port}"),
        format!("https://[::]:{port}"),
        format!("https://ana@rebind.example:{port}"),
        format!("https://rebind.example@127.0.0.1:{port}"),
        format!("http://rebind.example:{port}"),
        "https://169.254.169.254".to_owned(),
        "https://2852039166".to_owned(),
        "https://0xa9fea9fe".to_owned(),
        "https://0251.0376.0251.0376".to_owned(),
        "https://[::ffff:a9fe:a9fe]".to_owned(),
    ] {
        let error = discover(&http(&Names::new(&[&["127.0.0.1"]])), &issuer.parse().unwrap()).await.unwrap_err();
        assert_eq!((error.kind, canary.heard()), (Kind::Usage, (0, 0)), "{issuer}: {error}");
        assert!(error.hint.is_some(), "{issuer}");
    }
}

/// A vendor is where the world finds it, so its names do not lead into anybody's own network either.
#[tokio::test]
async fn a_vendors_name_leads_to_the_world_only() {
    let github = providers::ALL.iter().find(|provider| provider.id == "github").unwrap();
    let door = |site: &Site| github.door(site, "test", Auth::Bearer(Secret::new("a token"))).unwrap();
    for address in ["127.0.0.1", "10.0.0.1", "192.168.0.1", "fd00::1", "::ffff:172.16.0.1", "169.254.169.254"] {
        let names = Names::new(&[&[address]]);
        let error = http(&names).send(&door(&Site::default()), &Request::get("/user")).await.unwrap_err();
        let shown = address.parse::<IpAddr>().unwrap();
        assert_eq!(error.kind, Kind::Denied, "{address}: {error}");
        assert_eq!(error.message, format!("`api.github.com` stands for {shown}, where no such server can be"));
    }
    // One's own server may be on one's own network.
    let site = Site { endpoint: Some("https://github.corp.example".parse().unwrap()), ..Site::default() };
    let error = http(&Names::new(&[&["10.255.255.1"]])).send(&door(&site), &Request::get("/user")).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote, "it was tried: {error}");
}
