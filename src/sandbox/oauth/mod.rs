//! Authorization servers for every provider, written from RFCs 6749, 6750, 7009, 7523, 7636, 7662, 8414, 8628 and 9207
//! and the vendors' pages: one engine, one dialect a vendor. A scripted person consents, so that tests and rehearsals
//! need nobody; a page with buttons is there for people. Nothing here opens anything outside this sandbox.
//!
//! Each answers below its endpoint (`http://127.0.0.1:PORT/google`), at the vendor's own paths; HubSpot's are at the
//! root, beside its API. The issuer of each is its endpoint.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use tokio::sync::watch;

use super::chance::Chance;
use super::clock::ServerClock;
use super::wire::{Reply, Request};
use crate::base::Secret;

mod assertions;
mod authorize;
mod clients;
mod codes;
mod console;
mod control;
mod counts;
mod device;
mod dialects;
mod errors;
mod grants;
mod identity;
mod introspect;
mod key;
mod metadata;
mod page;
mod parameters;
mod people;
mod polls;
mod quirks;
mod realm;
mod revoke;
mod rules;
mod tokens;
mod visit;
mod visitor;

use clients::Client;
pub use clients::Registration;
pub use console::Minted;
pub(crate) use control::HELP;
pub use counts::{OauthCounts, Poll};
use dialects::{Dialect, Endpoint};
use errors::{Cause, Refusal};
use key::Key;
use parameters::Parameters;
pub use people::{Decision, Person};
pub use quirks::Quirk;
pub(crate) use realm::Realm;
pub use rules::{Offline, Pkce, Rotation, Rules};
pub(crate) use tokens::Shut;
use visit::Visit;
pub(crate) use visit::{Outcome, Place};
pub(crate) use visitor::visit;

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

/// The client without a secret that every vendor knows.
pub const PUBLIC_CLIENT: &str = "sandbox-public";

impl Oauth {
    pub(crate) fn new(clock: ServerClock, port: u16, secret: Secret, chance: &Chance) -> Oauth {
        let key = Key::made_up();
        let client = ("sandbox-client".to_owned(), secret);
        let realm = |dialect: &&'static Dialect| {
            let clients = vec![
                Client::new(&client.0, Some(client.1.clone()), Some(key.public())),
                Client::new(PUBLIC_CLIENT, None, None),
            ];
            (dialect.id, Realm::new(dialect, clients, chance))
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
        let allowed = place.endpoint.methods();
        if !allowed.is_empty() && !allowed.contains(&request.method.as_str()) {
            return errors::wrong_method(allowed).into();
        }
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

    /// Whether a call changes anything here that later ones could notice; what was counted does not count.
    pub(crate) fn changes(&self, place: &Place) -> bool {
        !place.endpoint.only_reads() || self.lock()[place.dialect.id].ordered(place).is_some()
    }

    /// Waits while token answers are held.
    pub(crate) async fn pass(&self, place: &Place) {
        if !matches!(place.endpoint, Endpoint::Token | Endpoint::Exchange(_)) || !*self.gate.borrow() {
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
    pub(crate) fn scopes_of(&self, provider: &str, token: &str) -> Result<Vec<String>, Shut> {
        let realms = self.lock();
        let realm = realms.get(provider).ok_or(Shut::Unknown)?;
        realm.tokens.open(token, self.now()).map(|opened| opened.scopes.to_vec())
    }

    fn own(&self, dialect: &Dialect) -> String {
        if dialect.at_root { self.origin.clone() } else { format!("{}/{}", self.origin, dialect.id) }
    }
}

struct Waiting<'a>(&'a AtomicU64);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl std::fmt::Debug for Oauth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Oauth").field("origin", &self.origin).finish_non_exhaustive()
    }
}
