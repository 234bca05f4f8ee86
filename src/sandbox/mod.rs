//! Made-up vendors on this machine: local servers that behave as the vendors document it, hold seeded data, and can be
//! told to go wrong. They serve the demo, people's own tests, rehearsals and ours; they share no code with what they test.
//!
//! `server` and `wire` are the sockets, `faults` and `havoc` what goes wrong, `control` the door for tests, and one
//! folder a vendor holds the rest.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;

use crate::base::{Clock, Doing, Result, Secret, Timestamp};

mod calendar;
mod chance;
mod clock;
mod control;
mod fault;
mod faults;
mod gzip;
mod havoc;
mod hubspot;
mod journal;
mod json;
mod limits;
mod oauth;
mod random;
mod server;
mod stats;
mod turn;
mod wire;
mod words;

use chance::Chance;
pub use clock::ServerClock;
pub use fault::WORDS as FAULT_WORDS;
pub use faults::Plan;
pub use hubspot::Hubspot;
use journal::{Journal, Origin};
pub use limits::Limits;
pub use oauth::{
    Decision, Minted, Oauth, OauthCounts, Offline, PUBLIC_CLIENT, Person, Pkce, Poll, Quirk, Registration, Rotation,
    Rules,
};
use server::House;
pub use stats::Counts;
use turn::Turn;

/// How a sandbox begins.
#[derive(Clone, Debug)]
pub struct Options {
    /// `None` takes a free one
    pub port: Option<u16>,
    /// What the data, the token and the faults follow from
    pub seed: u64,
    /// How many contacts; the other objects follow (a quarter as many companies and tickets, half as many deals and
    /// line items, a tenth of quotes and machines)
    pub records: usize,
    pub faults: Plan,
    /// Without effect when the plan of faults names limits
    pub limits: Limits,
    /// How far the search index is behind writes; without effect when the plan of faults names a lag
    pub search_lag: Duration,
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            port: None,
            seed: 1,
            records: 1000,
            faults: Plan::default(),
            limits: Limits::none(),
            search_lag: Duration::ZERO,
            clock: Clock::system(),
        }
    }
}

/// A running sandbox. It ends when it is dropped.
pub struct Sandbox {
    house: Arc<House>,
    tasks: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// Starts the servers on 127.0.0.1, on the runtime that calls it. `Kind::Failed` when the port is taken.
    pub async fn start(options: Options) -> Result<Sandbox> {
        let listener = listen(options.port.unwrap_or(0)).await?;
        let chance = Chance::new(rand::random());
        Sandbox::at(listener, options, chance, None).await
    }

    /// Starts the servers with the state that a journal holds, which other processes may have open too; begins the journal
    /// where there is none. The seed and the number of records are those it was begun with, and so is the port if it is free:
    /// addresses that were handed out stay good. See the module `journal` for what is kept.
    ///
    /// `Kind::Corrupt` for a damaged journal, `Kind::Busy` when another process holds it for more than ten seconds.
    pub async fn open(path: &Path, mut options: Options) -> Result<Sandbox> {
        let first = listen(options.port.unwrap_or(0)).await?;
        let port = first.local_addr()?.port();
        let wished = Origin { seed: options.seed, records: options.records, port, key: rand::random() };
        let (journal, origin) = Journal::open(path, wished).await?;
        (options.seed, options.records) = (origin.seed, origin.records);
        let listener = match options.port {
            None if origin.port != port => listen(origin.port).await.unwrap_or(first),
            _ => first,
        };
        let sandbox = Sandbox::at(listener, options, Chance::new(origin.key), Some(journal)).await?;
        // What was before is carried out now, so that what is wrong with it is said here and not to a client.
        drop(Turn::take(&sandbox.house).await?);
        Ok(sandbox)
    }

    async fn at(listener: TcpListener, options: Options, chance: Chance, journal: Option<Journal>) -> Result<Sandbox> {
        let canary = TcpListener::bind(("127.0.0.1", 0)).await.doing(|| "listening on a second port")?;
        let port = listener.local_addr()?.port();
        // The other host has another name as well as another port.
        let other = format!("localhost:{}", canary.local_addr()?.port());
        let house = Arc::new(house(options, port, other, chance, journal));
        let tasks = vec![
            tokio::spawn(server::serve(listener, house.clone())),
            tokio::spawn(server::serve_canary(canary, house.clone())),
        ];
        Ok(Sandbox { house, tasks })
    }

    /// What takes the place of the vendor's own base URL. `Kind::NotFound` for a vendor that is not here.
    pub fn endpoint(&self, provider: &str) -> Result<Url> {
        self.house.oauth.endpoint(provider)
    }

    /// The client, id and secret, that the authorization servers know. It opens nothing anywhere else.
    pub fn client(&self) -> (String, Secret) {
        let (id, secret) = self.house.oauth.client();
        (id.to_owned(), secret.clone())
    }

    /// The scripted person's browser: opens a page of this machine and goes where it leads.
    pub async fn browse(address: &Url) -> Result<()> {
        oauth::visit(address).await
    }

    /// The token that the vendors accept. It opens nothing anywhere else.
    pub fn token(&self) -> Secret {
        self.house.hubspot.token()
    }

    /// Where the control API is.
    pub fn control(&self) -> Url {
        self.url("control")
    }

    /// Goes into the `X-Control-Token` header.
    pub fn control_token(&self) -> Secret {
        self.house.control_token.clone()
    }

    pub fn port(&self) -> u16 {
        self.house.port
    }

    /// What `sandbox serve --json` prints:
    /// `{"port","token","control":{"url","token"},"client":{"id","secret"},"endpoints":{"hubspot":URL,…}}`.
    /// All secrets in it are made up and open only this sandbox.
    pub fn announcement(&self) -> serde_json::Value {
        let endpoint = |provider: &'static str| {
            let url = self.house.oauth.endpoint(provider).expect("it is one of those that are played");
            (provider.to_owned(), url.as_str().trim_end_matches('/').into())
        };
        let endpoints: serde_json::Map<_, _> = Oauth::providers().into_iter().map(endpoint).collect();
        let (client, secret) = self.house.oauth.client();
        serde_json::json!({
            "port": self.house.port,
            "token": self.token().expose(),
            "control": {"url": self.control().as_str(), "token": self.house.control_token.expose()},
            "client": {"id": client, "secret": secret.expose()},
            "endpoints": endpoints,
        })
    }

    /// The HubSpot account, to be changed and asked without HTTP.
    pub fn hubspot(&self) -> &Hubspot {
        &self.house.hubspot
    }

    /// The authorization servers, to be ordered about and asked without HTTP.
    pub fn oauth(&self) -> &Oauth {
        &self.house.oauth
    }

    /// The server's time.
    pub fn clock(&self) -> &ServerClock {
        &self.house.clock
    }

    /// What the server saw so far.
    pub fn stats(&self) -> Counts {
        self.house.stats.read()
    }

    /// Plays another plan of faults from now on.
    pub fn set_faults(&self, plan: Plan) {
        self.house.play(plan, self.house.seed);
    }

    /// Ends the servers and every open connection, and waits until they are gone.
    pub async fn shutdown(mut self) {
        for task in std::mem::take(&mut self.tasks) {
            task.abort();
            _ = task.await;
        }
    }

    fn url(&self, path: &str) -> Url {
        let text = format!("http://127.0.0.1:{}/{path}", self.house.port);
        Url::parse(&text).expect("an address and a port make a URL")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl House {
    /// Puts a plan in place, with the settings it carries.
    pub(crate) fn play(&self, plan: Plan, seed: u64) {
        self.clock.skew(plan.skew.unwrap_or(0));
        if let Some(lag) = plan.lag {
            self.hubspot.set_lag(Duration::from_secs(lag));
        }
        if let Some(limits) = plan.limits {
            self.hubspot.set_limits(limits);
        }
        self.faults.play(plan, seed);
    }
}

async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind(("127.0.0.1", port)).await.doing(|| format!("listening on port {port} of 127.0.0.1"))
}

fn house(options: Options, port: u16, canary: String, chance: Chance, journal: Option<Journal>) -> House {
    let clock = ServerClock::new(options.clock);
    let hubspot = Hubspot::new(
        options.seed,
        options.records as u64,
        clock.clone(),
        options.limits,
        options.search_lag,
        made_up_token(options.seed, 0),
    );
    let secret = random::hash(&[options.seed, random::hash_text("client secret")]);
    let house = House {
        oauth: Oauth::new(clock.clone(), port, Secret::new(format!("sandbox-secret-{secret:016x}")), &chance),
        chance,
        journal: journal.map(tokio::sync::Mutex::new),
        clock,
        hubspot: Arc::new(hubspot),
        faults: faults::Faults::new(Plan::default(), options.seed),
        stats: stats::Stats::default(),
        control_token: Secret::new(format!("{:032x}", rand::random::<u128>())),
        port,
        canary,
        seed: options.seed,
    };
    house.play(options.faults, options.seed);
    house
}

/// A token that looks like a private app's. The same seed gives the same one, so that a sandbox can be started again
/// under an account that knows it.
pub(crate) fn made_up_token(seed: u64, round: u64) -> Secret {
    let part = |at: u64| random::hash(&[seed, round, random::hash_text("token"), at]);
    let (a, b) = (part(1), part(2));
    let id = format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        a >> 32,
        a >> 16 & 0xFFFF,
        a & 0xFFFF,
        b >> 48,
        b & 0xFFFF_FFFF_FFFF
    );
    Secret::new(format!("pat-na1-{id}"))
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let now: Timestamp = self.house.clock.now();
        f.debug_struct("Sandbox").field("port", &self.house.port).field("now", &now).finish_non_exhaustive()
    }
}
