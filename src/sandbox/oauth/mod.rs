//! Authorization servers for every provider, written from RFCs 6749, 6750, 7009, 7523, 7636, 7662, 8414, 8628 and 9207
//! and the vendors' pages: one engine, one dialect a vendor. A scripted person consents, so that tests and rehearsals
//! need nobody; a page with buttons is there for people. Nothing here opens anything outside this sandbox.
//!
//! Each answers below its endpoint (`http://127.0.0.1:PORT/google`), at the vendor's own paths; HubSpot's are at the
//! root, beside its API. The issuer of each is its endpoint.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use serde_json::Value as Json;
use tokio::sync::watch;
use url::Url;

use super::clock::ServerClock;
use super::wire::{Reply, Request};
use crate::base::{Error, Result, Secret};

mod authorize;
mod clients;
mod codes;
mod control;
mod counts;
mod device;
mod dialects;
mod errors;
mod grants;
mod identity;
mod key;
mod metadata;
mod page;
mod parameters;
mod people;
mod quirks;
mod revoke;
mod rules;
mod tokens;
mod visit;

use clients::Client;
pub use clients::Registration;
use codes::{Codes, Consent};
pub use counts::{OauthCounts, Poll};
use device::{Decided, Devices};
use dialects::{Dialect, Endpoint};
use errors::{Cause, Refusal};
use key::Key;
use parameters::Parameters;
use people::Identity;
pub use people::{Decision, Person};
pub use quirks::Quirk;
pub use rules::{Offline, Pkce, Rotation, Rules};
pub(crate) use tokens::Shut;
use tokens::Tokens;
pub(crate) use visit::{Outcome, Place};
use visit::{Visit, peek};

/// All authorization servers of one sandbox. Its methods do without HTTP what the vendors' people and consoles do.
pub struct Oauth {
    realms: Mutex<BTreeMap<&'static str, Realm>>,
    clock: ServerClock,
    key: Key,
    /// `http://127.0.0.1:PORT`
    origin: String,
    client: (String, Secret),
    /// Whether answers of token endpoints wait
    gate: watch::Sender<bool>,
    waiting: AtomicU64,
}

/// One vendor's server.
pub(crate) struct Realm {
    dialect: &'static Dialect,
    rules: Rules,
    clients: Vec<Client>,
    person: Person,
    codes: Codes,
    devices: Devices,
    /// Who consented to which client before
    consented: HashSet<(String, Identity)>,
    tokens: Tokens,
    quirks: Vec<Quirk>,
    counts: OauthCounts,
}

/// Tokens made without a sign-in.
#[derive(Clone, Debug)]
pub struct Minted {
    pub access: Secret,
    pub refresh: Option<Secret>,
}

pub(crate) use control::HELP;

/// The client without a secret that every vendor knows.
pub const PUBLIC_CLIENT: &str = "sandbox-public";

impl Oauth {
    pub(crate) fn new(clock: ServerClock, port: u16, secret: Secret) -> Oauth {
        let key = Key::made_up();
        let client = ("sandbox-client".to_owned(), secret);
        let realm = |dialect: &&'static Dialect| {
            let clients = vec![
                Client::new(&client.0, Some(client.1.clone()), Some(key.public())),
                Client::new(PUBLIC_CLIENT, None, None),
            ];
            (dialect.id, Realm::new(dialect, clients))
        };
        let realms = dialects::ALL.iter().map(realm).collect();
        let origin = format!("http://127.0.0.1:{port}");
        let (gate, waiting) = (watch::Sender::new(false), AtomicU64::new(0));
        Oauth { realms: Mutex::new(realms), clock, key, origin, client, gate, waiting }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, Realm>> {
        self.realms.lock().expect("no holder of this lock panics")
    }

    fn now(&self) -> i64 {
        self.clock.now().millis()
    }

    /// Counts a call before faults can strike it.
    pub(crate) fn arrived(&self, place: &Place, request: &Request) {
        let mut realms = self.lock();
        let realm = realms.get_mut(place.dialect.id).expect("every dialect has a realm");
        realm.arrived(place, request);
    }

    /// Answers one call. `personal` says whether a text is the sandbox's personal token.
    pub(crate) fn handle(&self, place: &Place, request: &Request, personal: &dyn Fn(&str) -> bool) -> Outcome {
        let parameters = Parameters::of(request);
        let own = self.own(place.dialect);
        let (now, key) = (self.now(), &self.key);
        let mut realms = self.lock();
        let realm = realms.get_mut(place.dialect.id).expect("every dialect has a realm");
        let visit = |parameters, slow| Visit { request, place, parameters, own, now, key, personal, slow };
        match parameters {
            Ok(parameters) => {
                let quirk = realm.quirk(place);
                let slow = quirk.as_ref().is_some_and(|quirk| quirk.error.as_deref() == Some("slow_down"));
                realm.answer(&visit(parameters, slow), quirk.as_ref())
            }
            Err(cause) => {
                let visit = visit(Parameters::default(), false);
                realm.refuse(visit.refusal(cause), &visit).into()
            }
        }
    }

    /// Waits while token answers are held.
    pub(crate) async fn pass(&self, place: &Place) {
        if !matches!(place.endpoint, Endpoint::Token) || !*self.gate.borrow() {
            return;
        }
        let mut open = self.gate.subscribe();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        // Counted down also when the client leaves and this future is dropped.
        let _end = Waiting(&self.waiting);
        _ = open.wait_for(|held| !held).await;
    }

    /// An injected failure, in the shape that gateways give it.
    pub(crate) fn broken(&self, place: &Place, status: u16, retry_after: Option<String>) -> Reply {
        let reply = match status {
            502..=504 | 530 => Reply::html(
                status,
                format!("<html><head><title>{status}</title></head><body>error code: {status}</body></html>"),
            ),
            429 => errors::standard(&Refusal {
                status,
                code: "rate_limit_exceeded".to_owned(),
                ..Refusal::new(Cause::Unavailable, place.dialect.words)
            }),
            _ => errors::standard(&Refusal {
                status,
                code: "server_error".to_owned(),
                ..Refusal::new(Cause::Unavailable, place.dialect.words)
            }),
        };
        match retry_after {
            Some(wait) => reply.header("Retry-After", wait),
            None => reply,
        }
    }

    /// What this access token of this vendor may do, when it is alive.
    pub(crate) fn scopes_of(&self, provider: &str, token: &str) -> Result<Vec<String>, tokens::Shut> {
        let realms = self.lock();
        let realm = realms.get(provider).ok_or(tokens::Shut::Unknown)?;
        realm.tokens.open(token, self.now()).map(|family| family.consent.scopes.clone())
    }

    fn own(&self, dialect: &Dialect) -> String {
        match dialect.id {
            "hubspot" => self.origin.clone(),
            id => format!("{}/{id}", self.origin),
        }
    }
}

struct Waiting<'a>(&'a AtomicU64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// What tests and people do without HTTP. `provider` is an id, or empty for all of them; `Kind::NotFound` for one that
/// the sandbox does not play.
impl Oauth {
    /// The ids of the vendors that are played.
    pub fn providers() -> Vec<&'static str> {
        dialects::ALL.iter().map(|dialect| dialect.id).collect()
    }

    /// What takes the place of the vendor's own addresses.
    pub fn endpoint(&self, provider: &str) -> Result<Url> {
        let dialect = dialects::find(provider).ok_or_else(|| unknown(provider))?;
        Ok(Url::parse(&self.own(dialect)).expect("an address and a path make a URL"))
    }

    /// The client that every vendor knows: its id and its secret.
    pub fn client(&self) -> (String, Secret) {
        self.client.clone()
    }

    /// Adds a client, or takes the place of the one with the same id.
    pub fn register(&self, provider: &str, registration: Registration) -> Result<()> {
        let client = Client::registered(registration)?;
        self.each(provider, |realm| {
            realm.clients.retain(|known| known.id != client.id);
            realm.clients.push(client.clone());
        })
    }

    /// Says what the person does from now on.
    pub fn person(&self, provider: &str, person: &Person) -> Result<()> {
        self.each(provider, |realm| realm.person = person.clone())
    }

    /// Changes the vendor's rules.
    pub fn change_rules(&self, provider: &str, change: impl Fn(&mut Rules)) -> Result<()> {
        self.each(provider, |realm| change(&mut realm.rules))
    }

    /// Orders odd answers for the next calls, after those that were ordered before.
    pub fn order(&self, provider: &str, quirk: &Quirk) -> Result<()> {
        self.each(provider, |realm| realm.quirks.push(quirk.clone()))
    }

    /// What was seen so far; of all vendors together when `provider` is empty.
    pub fn counts(&self, provider: &str) -> Result<OauthCounts> {
        let mut sum = OauthCounts::default();
        self.each(provider, |realm| sum.add(&realm.counted()))?;
        Ok(sum)
    }

    /// Counts from zero again.
    pub fn reset_counts(&self, provider: &str) -> Result<()> {
        self.each(provider, |realm| {
            realm.counts = OauthCounts::default();
            realm.tokens.families_revoked = 0;
        })
    }

    /// Every access token is too old from now on.
    pub fn expire_access(&self, provider: &str) -> Result<()> {
        let now = self.now();
        self.each(provider, |realm| realm.tokens.expire_access(now))
    }

    /// Takes back every consent that this person gave; everybody's when the address is empty. Says how many it was.
    pub fn revoke(&self, provider: &str, email: &str) -> Result<usize> {
        let mut ended = 0;
        self.each(provider, |realm| {
            ended += realm.tokens.revoke_where(|consent| email.is_empty() || consent.identity.email == email);
        })?;
        Ok(ended)
    }

    /// Tokens as if this person had consented with the sandbox's own client.
    pub fn mint(&self, provider: &str, email: &str, scopes: &[&str]) -> Result<Minted> {
        let now = self.now();
        let mut minted = None;
        self.each(provider, |realm| {
            let consent = Consent {
                client: self.client.0.clone(),
                identity: Identity::of(email),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                user_scopes: Vec::new(),
                offline: realm.rules.offline != Offline::Never,
                nonce: None,
            };
            let pair = realm.tokens.begin(consent, false, &realm.dialect.prefixes, &realm.rules, now);
            minted = Some(Minted { access: Secret::new(pair.access), refresh: pair.refresh.map(Secret::new) });
        })?;
        minted.ok_or_else(|| unknown(provider))
    }

    /// The user codes that nobody has decided about, the oldest first.
    pub fn devices(&self, provider: &str) -> Result<Vec<String>> {
        let mut codes = Vec::new();
        self.each(provider, |realm| codes.extend(realm.devices.waiting()))?;
        Ok(codes)
    }

    /// Approves a device code as this person, or denies it when there is none. `Kind::NotFound` for a code nobody has.
    pub fn decide_device(&self, provider: &str, user_code: &str, email: Option<&str>) -> Result<()> {
        let mut found = false;
        self.each(provider, |realm| {
            if let Some(device) = realm.devices.typed(user_code) {
                found = true;
                device.decide(match email {
                    Some(email) => Decided::Approved { identity: Identity::of(email), dropped: Vec::new() },
                    None => Decided::Denied,
                });
            }
        })?;
        if found { Ok(()) } else { Err(Error::not_found(format!("no device shows the code `{user_code}`"))) }
    }

    /// From now on token endpoints do their work and keep the answers to themselves.
    pub fn hold(&self) {
        self.gate.send_replace(true);
    }

    /// Lets the answers go.
    pub fn release(&self) {
        self.gate.send_replace(false);
    }

    /// How many answers are being held.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// The key file of the service account that Google and the others know here, in the shape of Google's.
    pub fn service_account(&self) -> Json {
        serde_json::json!({
            "type": "service_account", "project_id": "sandbox", "private_key_id": key::ID, "private_key": key::PEM,
            "client_email": grants::SERVICE_ACCOUNT, "client_id": "100000000000000000001",
            "token_uri": format!("{}/google/token", self.origin),
        })
    }

    fn each(&self, provider: &str, mut change: impl FnMut(&mut Realm)) -> Result<()> {
        let mut realms = self.lock();
        if provider.is_empty() {
            realms.values_mut().for_each(change);
            return Ok(());
        }
        change(realms.get_mut(provider).ok_or_else(|| unknown(provider))?);
        Ok(())
    }
}

fn unknown(provider: &str) -> Error {
    let hint = format!("it plays {}", Oauth::providers().join(", "));
    Error::not_found(format!("the sandbox does not play `{provider}`")).hint(hint)
}

impl Realm {
    fn new(dialect: &'static Dialect, clients: Vec<Client>) -> Realm {
        Realm {
            dialect,
            rules: dialect.rules.clone(),
            clients,
            person: Person::default(),
            codes: Codes::default(),
            devices: Devices::default(),
            consented: HashSet::new(),
            tokens: Tokens::default(),
            quirks: Vec::new(),
            counts: OauthCounts::default(),
        }
    }

    fn arrived(&mut self, place: &Place, request: &Request) {
        let counts = &mut self.counts;
        match place.endpoint {
            Endpoint::Token if request.method == "POST" => {
                let grant = place.grant.map_or("other", dialects::Grant::word);
                *counts.grants.entry(grant.to_owned()).or_default() += 1;
                if let Some(token) = peek(request, "refresh_token").filter(|_| grant == "refresh") {
                    *counts.refresh_posts.entry(counts::fingerprint(&token)).or_default() += 1;
                }
            }
            Endpoint::Authorize if request.method == "GET" => counts.authorizations += 1,
            Endpoint::Revoke(_) => counts.revoke_calls += 1,
            Endpoint::Introspect | Endpoint::TokenInfo(_) => counts.introspections += 1,
            Endpoint::Identity(_) => counts.identity_calls += 1,
            _ => {}
        }
    }

    /// The first order that this call fulfils.
    fn quirk(&mut self, place: &Place) -> Option<Quirk> {
        let (endpoint, grant) = place.words();
        let at = self.quirks.iter().position(|quirk| {
            quirk.times > 0 && (quirk.endpoint == endpoint || !grant.is_empty() && quirk.endpoint == grant)
        })?;
        self.quirks[at].times -= 1;
        let quirk = self.quirks[at].clone();
        if quirk.times == 0 {
            self.quirks.remove(at);
        }
        Some(quirk)
    }

    fn answer(&mut self, visit: &Visit<'_>, quirk: Option<&Quirk>) -> Outcome {
        // `slow_down` is the device grant's own affair: it also lengthens the interval.
        if let Some(refusal) = quirk.and_then(Quirk::refusal).filter(|_| !visit.slow) {
            return self.refuse(refusal, visit).into();
        }
        let reply = match visit.place.endpoint {
            Endpoint::Authorize => return authorize::authorize(self, visit),
            Endpoint::Token => grants::token(self, visit),
            Endpoint::Device => grants::device(self, visit),
            Endpoint::DevicePage => Ok(page::device(self, visit)),
            Endpoint::Revoke(how) => revoke::revoke(self, visit, how),
            Endpoint::Introspect => revoke::introspect(self, visit),
            Endpoint::TokenInfo(answer) => Ok(answer(visit, self)),
            Endpoint::Metadata => Ok(metadata::metadata(self, visit)),
            Endpoint::Keys => Ok(Reply::value(200, &visit.key.set())),
            Endpoint::Identity(answer) => Ok(identity::identity(self, visit, answer)),
            Endpoint::Nothing => Ok(Reply::value(404, &serde_json::json!({"error": "not_found"}))),
        };
        let reply = reply.unwrap_or_else(|refusal| self.refuse(refusal, visit));
        match quirk {
            Some(quirk) => quirk.spoil(reply).into(),
            None => reply.into(),
        }
    }

    /// Counts a refusal and puts it into the vendor's words.
    fn refuse(&mut self, refusal: Refusal, visit: &Visit<'_>) -> Reply {
        *self.counts.refused.entry(refusal.code.clone()).or_default() += 1;
        visit.refuse(&refusal)
    }

    fn counted(&self) -> OauthCounts {
        OauthCounts {
            families: self.tokens.alive() as u64,
            families_revoked: self.tokens.families_revoked,
            ..self.counts.clone()
        }
    }
}

impl std::fmt::Debug for Oauth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oauth").field("origin", &self.origin).finish_non_exhaustive()
    }
}
