//! An app beside a sandbox, and a scripted person with a browser of their own: raw HTTP, so that nothing is shared with the
//! program under test.

use std::collections::VecDeque;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use appctl::accounts::{self, Account, Browse, Client, ConnectRequest, Connected, Event, Found, Person, Settled};
use appctl::app::App;
use appctl::base::{AppName, Clock, Error, Label, Result};
use appctl::config::{Config, VaultKind};
use appctl::sandbox::{self, Decision, Options, Sandbox};
use async_trait::async_trait;
use url::Url;

use super::home::Home;

/// A fresh seed, or the one that `APPCTL_TEST_SEED` gives; told, so that a failure can be had again.
pub fn seed() -> u64 {
    let given = super::postgres::variable("APPCTL_TEST_SEED").map(|seed| seed.parse().expect("a seed is a number"));
    let seed = given.unwrap_or_else(rand::random);
    println!("APPCTL_TEST_SEED={seed}");
    seed
}

pub struct Desk {
    pub sandbox: Sandbox,
    pub app: App,
}

impl Desk {
    /// A sandbox, and an app in memory whose clock stands still.
    pub async fn new() -> Desk {
        let options = Options { seed: seed(), records: 20, ..Options::default() };
        let sandbox = Sandbox::start(options).await.unwrap();
        let mut app = App::temporary(Clock::fixed(sandbox.clock().now())).unwrap();
        app.http = quick();
        Desk { sandbox, app }
    }

    /// The person who is signed in at this provider in the browser.
    pub fn browser_of(&self, provider: &str, email: &str) {
        self.script(provider, sandbox::Person { identity: email.to_owned(), ..sandbox::Person::default() });
    }

    pub fn script(&self, provider: &str, person: sandbox::Person) {
        self.sandbox.oauth().person(provider, &person).unwrap();
    }

    pub fn decides(&self, provider: &str, decision: Decision) {
        self.script(provider, sandbox::Person { decision, ..sandbox::Person::default() });
    }

    /// What a sign-in at this provider in the sandbox needs, with the sandbox's own client.
    pub fn request(&self, provider: &str) -> ConnectRequest {
        request(&self.sandbox, provider)
    }

    pub async fn connect(&self, request: ConnectRequest) -> Result<Connected> {
        accounts::connect(&self.app, request, &mut Ada::default()).await
    }

    pub async fn connected(&self, provider: &str, name: &str) -> Account {
        let request = ConnectRequest { label: Some(label(name)), ..self.request(provider) };
        self.connect(request).await.unwrap().account
    }

    pub fn posts(&self, provider: &str, grant: &str) -> u64 {
        self.sandbox.oauth().counts(provider).unwrap().grants.get(grant).copied().unwrap_or(0)
    }
}

pub fn request(sandbox: &Sandbox, provider: &str) -> ConnectRequest {
    let (id, secret) = sandbox.oauth().client();
    let mut request = ConnectRequest {
        endpoint: sandbox.endpoint(provider).ok(), // a custom provider has addresses of its own
        client: Some(Client { id, secret: Some(secret) }),
        method: Some(accounts::Method::Code),
        sharing: Some(accounts::Sharing::Private),
        port: Some(0),
        ..ConnectRequest::of(provider)
    };
    if provider == "custom" {
        let at = sandbox.endpoint("oidc").unwrap();
        let at = at.as_str().trim_end_matches('/');
        for (key, path) in [
            ("base_url", ""),
            ("authorize_url", "/authorize"),
            ("token_url", "/token"),
            ("revoke_url", "/revoke"),
            ("identity_url", "/userinfo"),
        ] {
            request.settings.insert(key.to_owned(), format!("{at}{path}"));
        }
        request.settings.insert("scopes".to_owned(), "openid email offline_access".to_owned());
    }
    request
}

/// A way out that does not wait long.
pub fn quick() -> appctl::http::Http {
    appctl::http::Http::new(appctl::http::Options {
        first_wait: std::time::Duration::from_millis(1),
        longest_wait: std::time::Duration::from_millis(5),
        attempts: 2,
        ..appctl::http::Options::default()
    })
    .unwrap()
}

pub fn label(text: &str) -> Label {
    Label::parse(text).unwrap()
}

/// The app of a home, as one more process would open it: secrets in the home's sealed file.
pub fn app_of(home: &Home, user: &str) -> App {
    let key = home.key_file().expect("a home with a vault");
    let config = Config {
        home: home.path().to_owned(),
        app: AppName::parse("default").unwrap(),
        vault: VaultKind::File { key },
        team_vault: None,
        tokens: std::collections::BTreeMap::new(),
        user: user.to_owned(),
    };
    App::open(config).unwrap()
}

/// A person who does what they are asked.
#[derive(Default)]
pub struct Ada {
    /// There is no browser where the program runs
    pub elsewhere: bool,
    /// Nobody is there to paste
    pub cannot_paste: bool,
    /// Somebody is there, and looks out of the window
    pub never_pastes: bool,
    /// Pasted before the right address
    pub pastes: VecDeque<String>,
    pub settles: Option<Settled>,
    pub refuses_to_settle: bool,
    pub events: Vec<Event>,
    pub browsed: Vec<Url>,
    pub codes: Vec<String>,
}

#[async_trait]
impl Person for Ada {
    fn tell(&mut self, event: Event) {
        self.events.push(event);
    }

    fn browse(&mut self, url: &Url) -> Result<Browse> {
        self.browsed.push(url.clone());
        if self.elsewhere {
            return Ok(Browse::NoBrowser);
        }
        let url = url.clone();
        std::thread::spawn(move || visit(&url, 5));
        Ok(Browse::Opened)
    }

    fn device(&mut self, user_code: &str, _: &Url, _: Option<&Url>) {
        self.codes.push(user_code.to_owned());
    }

    fn can_paste(&mut self) -> Result<()> {
        if self.cannot_paste { Err(Error::usage("nobody is there")) } else { Ok(()) }
    }

    async fn paste(&mut self) -> Result<String> {
        if self.never_pastes {
            std::future::pending::<()>().await;
        }
        if let Some(wrong) = self.pastes.pop_front() {
            return Ok(wrong);
        }
        let url = self.browsed.last().expect("the address was shown").clone();
        let ended = tokio::task::spawn_blocking(move || visit(&url, 0)).await.unwrap();
        Ok(ended.expect("a redirect").to_string())
    }

    fn settle(&mut self, found: &Found<'_>) -> Result<Settled> {
        if self.refuses_to_settle {
            return Err(Error::new(appctl::base::Kind::Interrupted, "interrupted"));
        }
        let usual = Settled {
            label: found.label.unwrap_or(&found.proposed).clone(),
            sharing: found.sharing.unwrap_or_default(),
        };
        Ok(self.settles.clone().unwrap_or(usual))
    }
}

/// Opens a page as a browser does and follows so many redirects; where the last one leads.
pub fn visit(url: &Url, follow: usize) -> Option<Url> {
    let host = url.host_str()?.trim_matches(['[', ']']).to_owned();
    let mut stream = TcpStream::connect((host.as_str(), url.port_or_known_default()?)).ok()?;
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    write!(stream, "GET {}{query} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n", url.path()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let to = answer.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    })?;
    let to = url.join(&to).ok()?;
    if follow == 0 { Some(to) } else { visit(&to, follow - 1).or(Some(to)) }
}
