//! A small engine: it keeps a copy of one object, by the rules of `sources::Page` and as the store applies them.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use appctl::base::filter::Filter;
use appctl::base::{Budget, Cell, Clock, Error, Result, Rows, Secret, Timestamp, Value};
use appctl::http::Http;
use appctl::sources::{self, Access, Ask, Column, Listing, Mode, Next, Page, Session, Shape};
use serde_json::Value as Json;

use crate::support::postgres::Database;

pub type Row = Vec<Value>;

/// A key that sorts as the store sorts it.
#[derive(Clone, Debug, PartialEq)]
pub struct Key(pub Row);

impl Eq for Key {}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let one = |left: &Value, right: &Value| match (left, right) {
            (Value::Integer(left), Value::Integer(right)) => left.cmp(right),
            (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
            (left, right) => format!("{left:?}").cmp(&format!("{right:?}")),
        };
        self.0
            .iter()
            .zip(&other.0)
            .map(|(left, right)| one(left, right))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

/// How to get in.
#[derive(Clone)]
pub struct Way {
    pub settings: BTreeMap<String, String>,
    pub secret: Option<Secret>,
}

impl Way {
    pub fn to(database: &Database) -> Self {
        // Without TLS, which in a debug build takes longer than most tests here.
        Way::by(&format!("{}?sslmode=disable", database.url())).with_secret(database.server.password())
    }

    pub fn by(url: &str) -> Self {
        let way = Way { settings: BTreeMap::new(), secret: None };
        way.set("url", url)
    }

    pub fn set(mut self, key: &str, value: &str) -> Self {
        self.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    pub fn with_secret(mut self, secret: Option<String>) -> Self {
        self.secret = secret.map(Secret::new);
        self
    }

    /// Small tables are followed as large ones are, in pages of so many rows.
    pub fn paged(self, rows: usize) -> Self {
        self.set("full_below", "0").set("page_rows", &rows.to_string()).set("overlap", "0s")
    }

    pub fn access(&self, budget: Budget) -> Access {
        Access {
            http: Http::new(appctl::http::Options::default()).expect("a client"),
            endpoint: None,
            auth: appctl::sources::Auth::None,
            secret: self.secret.clone(),
            settings: self.settings.clone(),
            clock: Clock::system(),
            budget,
            account: "test".to_owned(),
        }
    }

    pub async fn open(&self) -> Result<Box<dyn Session>> {
        sources::find("postgres")?.open(self.access(Budget::unlimited())).await
    }

    pub async fn session(&self) -> Box<dyn Session> {
        self.open().await.expect("the source opens")
    }
}

/// A copy of one object.
pub struct Mirror {
    pub object: String,
    pub shape: Shape,
    pub columns: Vec<Column>,
    pub key_len: usize,
    pub cursor_column: Option<String>,
    pub filter: Option<Filter>,
    pub since: Option<Timestamp>,
    pub rows: BTreeMap<Key, Row>,
    pub cursor: Option<Json>,
}

/// What one run did.
#[derive(Debug, Default)]
pub struct Ran {
    pub pages: usize,
    pub fetched: usize,
    pub listed: usize,
    pub rejected: usize,
    pub notes: Vec<String>,
    pub breaks: usize,
    /// How many records there were when one came again for the first time
    pub first_repeat: Option<usize>,
}

/// A run under way.
#[derive(Default)]
struct Stage {
    rows: BTreeMap<Key, Row>,
    gone: BTreeSet<Key>,
    seen: BTreeSet<Key>,
    after: Option<Key>,
    listing: Option<&'static str>,
}

impl Mirror {
    pub async fn of(session: &mut dyn Session, object: &str) -> Self {
        let shape = session.describe(object).await.expect("the object is described");
        let key = shape.key.clone();
        Mirror::keyed(shape, &key)
    }

    /// With a key of one's own choice.
    pub fn keyed(shape: Shape, key: &[String]) -> Self {
        let is_key = |column: &Column| key.contains(&column.id);
        let mut columns: Vec<Column> = key
            .iter()
            .map(|id| shape.columns.iter().find(|column| column.id == *id).expect("a key column").clone())
            .collect();
        columns.extend(shape.columns.iter().filter(|column| !is_key(column)).cloned());
        Mirror {
            object: shape.object.clone(),
            key_len: key.len(),
            columns,
            shape,
            cursor_column: None,
            filter: None,
            since: None,
            rows: BTreeMap::new(),
            cursor: None,
        }
    }

    pub fn following(mut self, column: &str) -> Self {
        self.cursor_column = Some(column.to_owned());
        self
    }

    pub fn ask<'a>(&'a self, mode: Mode, position: Option<&'a Json>) -> Ask<'a> {
        Ask {
            object: &self.object,
            columns: &self.columns,
            key_len: self.key_len,
            mode,
            cursor: self.cursor.as_ref(),
            position,
            filter: self.filter.as_ref(),
            since: self.since,
            cursor_column: self.cursor_column.as_deref(),
        }
    }

    /// A whole run in one session.
    pub async fn sync(&mut self, session: &mut dyn Session) -> Ran {
        let mut stage = Stage::default();
        let mut ran = Ran::default();
        let mut position = None;
        while let Some(next) = self.step(session, &mut stage, &mut ran, position.as_ref()).await.expect("a page") {
            position = Some(next);
        }
        ran
    }

    /// A run in which `broken` decides after every page whether the session is lost there; `between` is done then.
    pub async fn sync_with_breaks(
        &mut self,
        way: &Way,
        mut broken: impl FnMut(usize) -> bool,
        mut between: impl AsyncFnMut(),
    ) -> Ran {
        let mut stage = Stage::default();
        let mut ran = Ran::default();
        let mut position = None;
        let mut session = way.session().await;
        while let Some(next) =
            self.step(session.as_mut(), &mut stage, &mut ran, position.as_ref()).await.expect("a page")
        {
            position = Some(next);
            assert!(ran.pages < 20_000, "the run does not end");
            if broken(ran.pages) {
                ran.breaks += 1;
                drop(session);
                between().await;
                session = way.session().await;
            }
        }
        ran
    }

    /// One page; `None` when it was the last, and everything is shown.
    async fn step(
        &mut self,
        session: &mut dyn Session,
        stage: &mut Stage,
        ran: &mut Ran,
        position: Option<&Json>,
    ) -> Result<Option<Json>, Error> {
        let mode = if self.cursor.is_none() { Mode::Full } else { Mode::Incremental };
        let page = session.page(&self.ask(mode, position)).await?;
        ran.pages += 1;
        ran.fetched += page.rows.len();
        ran.rejected += page.rejected.len();
        ran.notes.extend(page.notes.iter().cloned());
        let next = page.next.clone();
        self.put(stage, ran, page);
        match next {
            Next::More(position) => Ok(Some(position)),
            Next::Done { cursor } => {
                self.show(std::mem::take(stage));
                // As it is stored and read again.
                self.cursor = Some(serde_json::from_str(&cursor.to_string()).expect("JSON"));
                Ok(None)
            }
        }
    }

    fn put(&self, stage: &mut Stage, ran: &mut Ran, page: Page) {
        let is_first = self.cursor.is_none();
        for row in page.rows.iter() {
            let row: Row = row.map(Cell::to_value).collect();
            let key = Key(row[..self.key_len].to_vec());
            stage.gone.remove(&key);
            if stage.rows.contains_key(&key) {
                ran.first_repeat.get_or_insert(stage.rows.len());
            }
            stage.rows.insert(key, row);
        }
        for key in keys(&page.gone) {
            stage.rows.remove(&key);
            stage.gone.insert(key);
        }
        match page.listing {
            None => {}
            Some(Listing::Anew) => {
                stage.seen.clear();
                (stage.after, stage.listing) = (None, None);
            }
            Some(Listing::Rows { end }) => stage.listing = end.then_some("rows"),
            Some(Listing::Keys { keys: listed, end }) => {
                ran.listed += listed.len();
                stage.seen.extend(keys(&listed));
                stage.listing = end.then_some("keys");
                if end && is_first {
                    stage.rows.retain(|key, _| stage.seen.contains(key));
                }
            }
            Some(Listing::Sorted { keys: listed, end }) => {
                ran.listed += listed.len();
                let listed: Vec<Key> = keys(&listed).collect();
                assert!(listed.is_sorted(), "a sorted listing is sorted: {listed:?}");
                let (after, last) = (stage.after.clone(), listed.last().cloned());
                let names: BTreeSet<&Key> = listed.iter().collect();
                let spoken_for = |key: &Key| {
                    after.as_ref().is_none_or(|after| key > after)
                        && (end || last.as_ref().is_some_and(|last| key <= last))
                };
                let is_missing = |key: &Key| spoken_for(key) && !names.contains(key);
                stage.gone.extend(self.rows.keys().filter(|key| is_missing(key)).cloned());
                stage.rows.retain(|key, _| !is_missing(key));
                stage.after = last.or(after);
                stage.listing = end.then_some("sorted");
            }
        }
    }

    fn show(&mut self, stage: Stage) {
        let before = std::mem::take(&mut self.rows);
        let stays = |key: &Key| match stage.listing {
            Some("rows") => false,
            Some("keys") => stage.seen.contains(key),
            _ => true,
        };
        self.rows = before.into_iter().filter(|(key, _)| stays(key) && !stage.gone.contains(key)).collect();
        self.rows.extend(stage.rows);
    }

    /// Compares with a fresh full read.
    pub async fn assert_equals_source(&self, way: &Way, what: &str) {
        let fresh = self.assert_misses_nothing(way, what).await;
        let more: Vec<_> = self.rows.keys().filter(|key| !fresh.rows.contains_key(key)).take(3).collect();
        assert!(more.is_empty(), "{what}: no longer at the source: {more:?}");
    }

    /// Whether every record of a fresh full read is here as it is there; others may be here too.
    pub async fn assert_misses_nothing(&self, way: &Way, what: &str) -> Mirror {
        let mut fresh = Mirror::keyed(self.shape.clone(), &self.shape_key());
        fresh.filter.clone_from(&self.filter);
        fresh.since = self.since;
        fresh.cursor_column.clone_from(&self.cursor_column);
        fresh.sync(way.session().await.as_mut()).await;
        let wrong = fresh.rows.iter().filter(|(key, row)| self.rows.get(key) != Some(row));
        let wrong: Vec<_> = wrong.map(|(key, row)| (row, self.rows.get(key))).take(3).collect();
        assert!(wrong.is_empty(), "{what}: there and here: {wrong:?}");
        fresh
    }

    fn shape_key(&self) -> Vec<String> {
        self.columns[..self.key_len].iter().map(|column| column.id.clone()).collect()
    }
}

fn keys(rows: &Rows) -> impl Iterator<Item = Key> {
    rows.iter().map(|row| Key(row.map(Cell::to_value).collect()))
}
