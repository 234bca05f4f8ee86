//! HubSpot as HubSpot documents it (developers.hubspot.com and its public OpenAPI descriptions): objects, search,
//! batches, associations, properties, owners, pipelines, schemas, the account, its limits and its errors. Version 3
//! paths and date-versioned ones (`/crm/objects/2026-03/…`) reach the same things.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use serde_json::Value as Json;

use super::clock::ServerClock;
use super::limits::{Limits, Meter, Policy};
use super::oauth::Shut;
use super::random::hash;
use super::server::Call;
use super::wire::{Reply, Request};
use crate::base::Secret;

mod account;
mod associations;
mod batch;
mod catalog;
mod changes;
mod churn;
mod conditions;
mod draw;
mod errors;
mod links;
mod objects;
mod oracle;
mod owners;
mod pipelines;
mod properties;
mod render;
mod route;
mod schemas;
mod search;
mod state;
mod types;
mod values;

use errors::Trouble;
pub(crate) use route::Endpoint;
use route::Route;
use state::State;
pub(crate) use types::PORTAL;

/// One made-up HubSpot account. Its methods do without HTTP what people in HubSpot would do; they are not counted as
/// calls and meet no faults.
pub struct Hubspot {
    state: RwLock<State>,
    clock: ServerClock,
    meter: Mutex<Meter>,
    access: Mutex<Access>,
    scans: search::Scans,
    calls: AtomicU64,
    seed: u64,
}

/// Who may come in, and what they may see.
struct Access {
    token: Secret,
    revoked: bool,
    taken: BTreeSet<String>,
}

/// What is handed to the code of one endpoint.
pub(crate) struct Visit<'a> {
    pub(crate) request: &'a Request,
    pub(crate) call: &'a Call<'a>,
    pub(crate) route: &'a Route<'a>,
    /// Milliseconds
    pub(crate) now: i64,
}

impl Visit<'_> {
    /// The body as JSON; HubSpot wants its type named.
    pub(crate) fn body(&self) -> Result<Json, Trouble> {
        let content_type = self.request.header("content-type").unwrap_or_default().to_ascii_lowercase();
        if !content_type.contains("json") {
            return Err(Trouble::new(
                415,
                "VALIDATION_ERROR",
                "Unsupported Media Type: the body must be application/json",
            ));
        }
        serde_json::from_slice(&self.request.body).map_err(|error| {
            Trouble::invalid(format!("Invalid input JSON on line {}, column {}: {error}", error.line(), error.column()))
        })
    }
}

const URL_LIMIT: usize = 16_300;

impl Hubspot {
    pub(crate) fn new(
        seed: u64,
        contacts: u64,
        clock: ServerClock,
        limits: Limits,
        lag: Duration,
        token: Secret,
    ) -> Self {
        let mut state = State::new(seed, contacts);
        state.lag = lag.as_millis() as i64;
        Hubspot {
            state: RwLock::new(state),
            clock,
            meter: Mutex::new(Meter::new(limits)),
            access: Mutex::new(Access { token, revoked: false, taken: BTreeSet::new() }),
            scans: search::Scans::default(),
            calls: AtomicU64::new(0),
            seed,
        }
    }

    pub(crate) fn endpoint(&self, request: &Request) -> Endpoint {
        route::endpoint(request)
    }

    /// Answers one call.
    pub(crate) fn handle(&self, request: &Request, call: &Call<'_>) -> Reply {
        let correlation = self.correlation();
        let now = self.clock.now().millis();
        let route = Route::of(request);
        let reply = match self.admit(request, &route, call, now) {
            Ok(()) => self.dispatch(&Visit { request, call, route: &route, now }),
            Err(trouble) => Err(trouble),
        };
        let reply = reply.unwrap_or_else(|trouble| trouble.reply(&correlation));
        self.with_headers(reply, &correlation, route.name == "search")
    }

    /// The token, the limits and the scopes, in this order.
    fn admit(&self, request: &Request, route: &Route<'_>, call: &Call<'_>, now: i64) -> Result<(), Trouble> {
        if request.target.len() > URL_LIMIT {
            return Err(Trouble::new(414, "VALIDATION_ERROR", "URI Too Long"));
        }
        // The token check carries the token in its body, and needs no other.
        let granted = match route.name {
            "token_info" => None,
            _ => self.granted(request, call)?,
        };
        let mut meter = self.meter.lock().expect("no holder of this lock panics");
        meter.call(now, route.name == "search").map_err(Trouble::too_many)?;
        drop(meter);
        let access = self.access.lock().expect("no holder of this lock panics");
        for any_of in route.scopes() {
            let has = |scope: &&str| {
                let granted = granted.as_ref().is_none_or(|granted| granted.iter().any(|own| own == scope));
                granted && !access.taken.contains(*scope)
            };
            if !any_of.iter().any(has) {
                return Err(Trouble::missing_scope(&any_of));
            }
        }
        Ok(())
    }

    /// The scopes of a token that the authorization server issued; `None` for the private app's token, which has them
    /// all.
    fn granted(&self, request: &Request, call: &Call<'_>) -> Result<Option<Vec<String>>, Trouble> {
        let header = request.header("authorization").unwrap_or_default();
        let given = header.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let token = given.map(|(_, token)| token.trim()).ok_or_else(Trouble::no_token)?;
        if self.opens(token) {
            return Ok(None);
        }
        match call.oauth.scopes_of("hubspot", token) {
            Ok(scopes) => Ok(Some(scopes)),
            Err(Shut::Expired(seconds)) => Err(Trouble::old_token(seconds)),
            Err(_) => Err(Trouble::no_token()),
        }
    }

    /// Whether this is the private app's token, and still good.
    pub(crate) fn opens(&self, token: &str) -> bool {
        let access = self.access.lock().expect("no holder of this lock panics");
        !access.revoked && access.token.expose() == token
    }

    fn with_headers(&self, reply: Reply, correlation: &str, search: bool) -> Reply {
        let reply = reply.header("X-HubSpot-Correlation-Id", correlation);
        let meter = self.meter.lock().expect("no holder of this lock panics");
        if search && meter.limits.searches_per_second.is_some() {
            return reply;
        }
        let reading = meter.reading();
        reply
            .header("X-HubSpot-RateLimit-Daily", reading.daily.to_string())
            .header("X-HubSpot-RateLimit-Daily-Remaining", reading.daily_remaining.to_string())
            .header("X-HubSpot-RateLimit-Interval-Milliseconds", "10000")
            .header("X-HubSpot-RateLimit-Max", reading.max.to_string())
            .header("X-HubSpot-RateLimit-Remaining", reading.remaining.to_string())
    }

    /// An injected 429.
    pub(crate) fn slow_down(&self, retry_after: Option<String>) -> Reply {
        let correlation = self.correlation();
        let reply = Trouble::too_many(Policy::TenSeconds).reply(&correlation);
        with_wait(reply.header("X-HubSpot-Correlation-Id", correlation), retry_after)
    }

    /// An injected failure of the server. Gateways answer with a web page.
    pub(crate) fn broken(&self, status: u16, retry_after: Option<String>) -> Reply {
        let correlation = self.correlation();
        let reply = match status {
            502..=504 | 530 => {
                let page =
                    format!("<html><head><title>{status}</title></head><body>error code: {status}</body></html>");
                Reply { content_type: "text/html; charset=UTF-8", ..Reply::json(status, page.into_bytes()) }
            }
            _ => Trouble::new(status, "INTERNAL_ERROR", "internal error").reply(&correlation),
        };
        with_wait(reply.header("X-HubSpot-Correlation-Id", correlation), retry_after)
    }

    fn correlation(&self) -> String {
        let count = self.calls.fetch_add(1, Ordering::Relaxed);
        let (high, low) = (hash(&[self.seed, count, 1]), hash(&[self.seed, count, 2]));
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xFFFF,
            high & 0xFFF,
            0x8000 | low >> 48 & 0x3FFF,
            low & 0xFFFF_FFFF_FFFF
        )
    }

    fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().expect("no holder of this lock panics")
    }

    fn change(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().expect("no holder of this lock panics")
    }

    fn now(&self) -> i64 {
        self.clock.now().millis()
    }

    /// The token that lets clients in.
    pub fn token(&self) -> Secret {
        self.access.lock().expect("no holder of this lock panics").token.clone()
    }

    /// From now on the token lets nobody in.
    pub fn revoke(&self) {
        self.access.lock().expect("no holder of this lock panics").revoked = true;
    }

    /// Puts another token in place, and returns it.
    pub(crate) fn rotate(&self, token: Secret) -> Secret {
        let mut access = self.access.lock().expect("no holder of this lock panics");
        access.token = token.clone();
        access.revoked = false;
        token
    }

    /// Takes scopes away: by their own names, or all of an object (`contacts`, `owners`).
    pub fn take_scopes(&self, names: &[String]) {
        let mut access = self.access.lock().expect("no holder of this lock panics");
        access.taken.extend(names.iter().flat_map(|name| route::scopes_named(name)));
    }

    /// Gives scopes back.
    pub fn give_scopes(&self, names: &[String]) {
        let mut access = self.access.lock().expect("no holder of this lock panics");
        for scope in names.iter().flat_map(|name| route::scopes_named(name)) {
            access.taken.remove(&scope);
        }
    }

    pub(crate) fn granted_scopes(&self) -> Vec<String> {
        let access = self.access.lock().expect("no holder of this lock panics");
        route::all_scopes().into_iter().filter(|scope| !access.taken.contains(scope)).collect()
    }

    pub fn set_limits(&self, limits: Limits) {
        *self.meter.lock().expect("no holder of this lock panics") = Meter::new(limits);
    }

    /// Pretends that so many calls were made today.
    pub fn set_calls_today(&self, calls: u64) {
        self.meter.lock().expect("no holder of this lock panics").set_today(self.now(), calls);
    }

    pub fn limits(&self) -> Limits {
        self.meter.lock().expect("no holder of this lock panics").limits
    }

    /// How far the search index is behind writes.
    pub fn set_lag(&self, lag: Duration) {
        self.change().lag = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX / 4);
    }
}

fn with_wait(reply: Reply, retry_after: Option<String>) -> Reply {
    match retry_after {
        Some(wait) => reply.header("Retry-After", wait),
        None => reply,
    }
}
