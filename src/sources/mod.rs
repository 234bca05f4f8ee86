//! Where rows come from. A source answers one question, "what is the page after this position?", and declares in its
//! spec and its shapes what it can and cannot do. Looping over pages, retrying a page, staging, diffing, deleting and
//! committing are done for it by `connections`. A source is one file (or folder) and two neighbouring lines here.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use url::Url;

use crate::base::filter::Filter;
use crate::base::{Budget, Clock, Error, FieldType, Result, Rows, Secret, Timestamp, names};
use crate::http::Http;
use crate::providers::Provider;

mod hubspot;
mod postgres;

pub use crate::providers::Auth;

/// Every source, in the order people should see them.
pub static ALL: &[&dyn Source] = &[&hubspot::Hubspot, &postgres::Postgres];

/// Finds a source by its id (`hubspot`).
pub fn find(id: &str) -> Result<&'static dyn Source> {
    ALL.iter().copied().find(|source| source.spec().id == id).ok_or_else(|| {
        let known = || ALL.iter().map(|source| source.spec().id);
        let all = known().collect::<Vec<_>>().join(", ");
        Error::not_found(format!("no source is called `{id}`")).hint(match names::closest(id, known()) {
            Some(near) => format!("did you mean `{near}`? the sources are {all}"),
            None => format!("use one of {all}"),
        })
    })
}

/// What a source is, without asking it anything.
#[derive(Debug)]
pub struct Spec {
    pub id: &'static str,
    pub title: &'static str,
    pub provider: &'static Provider,
    /// What `--set key=value` takes on a connection of this source
    pub settings: &'static [Setting],
    /// Objects that `connections add` offers first
    pub usual_objects: &'static [&'static str],
    /// One sentence for `connections sources`: how it follows changes and deletes
    pub how: &'static str,
}

/// A key that `--set key=value` takes.
#[derive(Debug)]
pub struct Setting {
    pub key: &'static str,
    /// What it is for, with its unit and default
    pub help: &'static str,
    pub required: bool,
}

/// How to reach one account at its provider. Made by the engine for one run or one question.
#[derive(Clone)]
pub struct Access {
    pub http: Http,
    /// Takes the place of the provider's own base (sandboxes, proxies, tests)
    pub endpoint: Option<Url>,
    /// How HTTP requests are signed in
    pub auth: Auth,
    /// For protocols of their own: a password
    pub secret: Option<Secret>,
    /// The connection's `--set key=value`
    pub settings: BTreeMap<String, String>,
    pub clock: Clock,
    /// Counts every call; `Kind::Partial` from `spend` must be passed on as it is
    pub budget: Budget,
    /// The account's label: with the host it names the rate limit that processes share
    pub account: String,
}

#[async_trait]
pub trait Source: Send + Sync {
    fn spec(&self) -> &'static Spec;

    /// Checks the settings and reaches the account: `Kind::Usage` for wrong settings, `Kind::SignIn` when the secret is
    /// refused for certain, `Kind::Remote` when the other side cannot be reached.
    async fn open(&self, access: Access) -> Result<Box<dyn Session>>;
}

/// An open way to a source, for one run. It may hold a snapshot or a stream between two calls of `page`.
#[async_trait]
pub trait Session: Send {
    /// Who the provider says we are.
    async fn identity(&mut self) -> Result<Identity>;

    /// Everything that could be synced, problems included, cheap enough for a person to wait for.
    async fn objects(&mut self) -> Result<Vec<ObjectSummary>>;

    /// The columns of one object. `Kind::NotFound` when it is gone, `Kind::Denied` when a right or scope is missing.
    async fn describe(&mut self, object: &str) -> Result<Shape>;

    /// Whether the source can evaluate this filter (in terms of column ids) exactly as we do. When it does, a record that
    /// stops matching must turn up as gone.
    fn pushes(&self, object: &str, filter: &Filter) -> bool {
        let _ = (object, filter);
        false
    }

    /// What a run with this ask will cost, with as few calls as possible.
    async fn estimate(&mut self, ask: &Ask<'_>) -> Result<Estimate>;

    /// The page after `ask.position` (`None`: the first page of this run). Asking again with an old position gives the
    /// page again, from a new session too: a position is a place in the data (a key, a time), never only a token.
    async fn page(&mut self, ask: &Ask<'_>) -> Result<Page>;
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// What tells two accounts apart, as the provider says it: a portal id, `user@host:port/db`
    pub id: String,
    /// What a person recognises
    pub name: String,
}

/// One line of `connections discover`.
#[derive(Clone, Debug, Serialize)]
pub struct ObjectSummary {
    /// The source's stable id: `contacts`, `public.orders`
    pub id: String,
    pub title: String,
    /// `table`, `view`, `partitioned table`, `object`, `custom object`, `association`
    pub kind: String,
    /// Estimated
    pub rows: Option<u64>,
    /// Estimated
    pub bytes: Option<u64>,
    pub key: Vec<String>,
    /// Columns that could be the cursor, best first
    pub cursors: Vec<String>,
    /// How deletes are found and what that costs, in words
    pub deletes: String,
    /// Why it cannot be synced as things are, with what to do about it (`no primary key`, `scope … is missing`)
    pub problem: Option<String>,
}

/// The columns of an object.
#[derive(Clone, Debug, Serialize)]
pub struct Shape {
    pub object: String,
    pub title: String,
    pub columns: Vec<Column>,
    /// Ids of the key columns, in the key's order
    pub key: Vec<String>,
    /// Ids of columns that could be the cursor, best first
    pub cursors: Vec<String>,
    /// Whether the source evaluates this object's filters itself
    pub filters: bool,
    /// Things a person should know: what will not be seen, what is slow
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Stable: survives a rename where the source has such an id (Postgres: the attribute number is not enough after a
    /// dump, so the name; HubSpot: the internal property name)
    pub id: String,
    /// What people call it at the source
    pub title: String,
    pub field_type: FieldType,
    /// The source's own word for the type: `numeric(12,2)`, `enumeration`
    pub native: String,
    /// Null never comes
    #[serde(default)]
    pub required: bool,
    /// A change of this column alone does not move the cursor, so it is read again on a cadence
    #[serde(default)]
    pub calculated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Everything, as a complete listing: the first load and `--full`
    Full,
    /// What changed since the cursor, and deletes as the source finds them
    Incremental,
}

/// The question for one page.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    pub object: &'a str,
    /// The cells of every row, in this order; the key columns come first, in the key's order
    pub columns: &'a [Column],
    /// How many of `columns` are the key
    pub key_len: usize,
    pub mode: Mode,
    /// What the last completed run left (`Next::Done`); `None` before the first
    pub cursor: Option<&'a Json>,
    /// Where this run is (`Next::More`), across crashes; `None` at its start
    pub position: Option<&'a Json>,
    /// To be evaluated by the source. Only given when the shape says `filters`
    pub filter: Option<&'a Filter>,
    /// Only records that changed at or after this
    pub since: Option<Timestamp>,
    /// The column chosen as cursor, where the source leaves a choice
    pub cursor_column: Option<&'a str>,
}

/// One answer. Pages are applied in their order: a key gone after it was seen is gone, a row seen after it was gone is there.
#[derive(Clone, Debug)]
pub struct Page {
    /// New and changed records, in the order of `ask.columns`
    pub rows: Rows,
    /// Keys the source positively says are deleted or merged away, `ask.key_len` wide
    pub gone: Rows,
    /// A part of a complete listing: what is neither in it nor in `rows` is gone once the listing has ended
    pub listing: Option<Listing>,
    /// Records that could not be used, with the reason
    pub rejected: Vec<Rejected>,
    pub next: Next,
    /// Things a person should know: a horizon passed, a reconcile begun
    pub notes: Vec<String>,
    /// How many rows all pages of this object will bring, once known
    pub total: Option<u64>,
}

impl Page {
    /// An empty page for this ask that ends or goes on with `next`.
    pub fn empty(ask: &Ask<'_>, next: Next) -> Self {
        Page {
            rows: Rows::new(ask.columns.len()),
            gone: Rows::new(ask.key_len),
            listing: None,
            rejected: Vec::new(),
            next,
            notes: Vec::new(),
            total: None,
        }
    }
}

#[derive(Clone, Debug)]
pub enum Listing {
    /// The page's own rows are the listing's part, in any order
    Rows { end: bool },
    /// Keys in any order
    Keys { keys: Rows, end: bool },
    /// Keys in ascending order: integers by size, text by its UTF-8 bytes, composite keys left to right. The page speaks
    /// for everything after the last key of the sorted page before it, up to its own last key (or the end, when `end`),
    /// rows of earlier pages included
    Sorted { keys: Rows, end: bool },
    /// What was listed so far no longer counts; the listing begins again with the next page
    Anew,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The key as text, as far as there is one
    pub key: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// There is more after this position
    More(Json),
    /// The object is complete; the next run begins from this cursor (the source's time at the run's start less its lag,
    /// never earlier than the old one, together with whatever the source wants to remember, such as when it last reconciled)
    Done { cursor: Json },
}

#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Rows that will come, as far as it can be known
    pub rows: Option<u64>,
    pub calls: u64,
    /// At the provider's rate limit
    pub time: Duration,
    /// Calls left today and the day's limit, where there is one
    pub quota: Option<Quota>,
    /// In words: `full listing`, `search since …`, `key sweep for deletes`
    pub steps: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Quota {
    pub used: u64,
    pub limit: u64,
}
