//! A source's pages, applied as the engine promises to, in the plainest way: what the tests of a source compare with the
//! truth.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::{BTreeMap, BTreeSet};

use appctl::base::{Cell, Result, Rows, Timestamp};
use appctl::sources::{Ask, Column, Listing, Mode, Next, Page, Session};
use serde_json::Value as Json;

/// The rows of one object, and what its last run left.
#[derive(Clone, Debug)]
pub struct Mirror {
    pub object: String,
    pub columns: Vec<Column>,
    pub key_len: usize,
    pub rows: BTreeMap<String, Vec<String>>,
    pub cursor: Option<Json>,
    pub since: Option<Timestamp>,
    pub notes: Vec<String>,
    pub rejected: Vec<String>,
    pub pages: usize,
}

/// A run under way: it can be dropped and resumed with its position alone, as a crash does.
#[derive(Clone, Debug, Default)]
pub struct Run {
    pub position: Option<Json>,
    seen: BTreeSet<String>,
    put: BTreeMap<String, Option<Vec<String>>>,
    complete: bool,
}

impl Mirror {
    /// The object's key columns and those of these ids.
    pub async fn of(session: &mut dyn Session, object: &str, fields: &[&str]) -> Self {
        let shape = session.describe(object).await.unwrap();
        let column =
            |id: &str| shape.columns.iter().find(|column| column.id == id).unwrap_or_else(|| panic!("{id}")).clone();
        let ids = shape.key.iter().map(String::as_str).chain(fields.iter().copied());
        Mirror {
            object: object.to_owned(),
            columns: ids.map(column).collect(),
            key_len: shape.key.len(),
            rows: BTreeMap::new(),
            cursor: None,
            since: None,
            notes: Vec::new(),
            rejected: Vec::new(),
            pages: 0,
        }
    }

    pub fn ask<'a>(&'a self, mode: Mode, position: Option<&'a Json>) -> Ask<'a> {
        Ask {
            object: &self.object,
            columns: &self.columns,
            key_len: self.key_len,
            mode,
            cursor: self.cursor.as_ref(),
            position,
            filter: None,
            since: self.since,
            cursor_column: None,
        }
    }

    /// One whole run.
    pub async fn sync(&mut self, session: &mut dyn Session, mode: Mode) -> Result<()> {
        let mut run = Run::default();
        while !self.step(session, mode, &mut run).await? {}
        Ok(())
    }

    /// One page. True when it was the last and everything is applied.
    pub async fn step(&mut self, session: &mut dyn Session, mode: Mode, run: &mut Run) -> Result<bool> {
        let page = session.page(&self.ask(mode, run.position.as_ref())).await?;
        self.pages += 1;
        assert!(self.pages < 100_000, "a run without an end");
        run.take(&page, self.key_len);
        self.notes.extend(page.notes);
        self.rejected.extend(page.rejected.iter().map(|rejected| rejected.key.clone()));
        match page.next {
            Next::More(position) => {
                assert_ne!(run.position.as_ref(), Some(&position), "a position that does not move");
                run.position = Some(position);
                Ok(false)
            }
            Next::Done { cursor } => {
                self.cursor = Some(cursor);
                self.apply(run);
                Ok(true)
            }
        }
    }

    fn apply(&mut self, run: &mut Run) {
        if run.complete {
            self.rows.retain(|key, _| run.seen.contains(key));
        }
        for (key, row) in std::mem::take(&mut run.put) {
            match row {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
    }

    /// The rows by their key, with one column.
    pub fn column(&self, id: &str) -> BTreeMap<String, String> {
        let place = self.columns.iter().position(|column| column.id == id).unwrap();
        self.rows.iter().map(|(key, row)| (key.clone(), row[place].clone())).collect()
    }
}

impl Run {
    fn take(&mut self, page: &Page, key_len: usize) {
        for row in page.rows.iter() {
            let row = row.map(shown).collect::<Vec<_>>();
            let key = row[..key_len].join(" ");
            self.seen.insert(key.clone());
            self.put.insert(key, Some(row));
        }
        for key in keys(&page.gone) {
            self.put.insert(key, None);
        }
        let (listed, end) = match &page.listing {
            None => (None, false),
            Some(Listing::Anew) => panic!("HubSpot's listings go on where they were"),
            Some(Listing::Rows { end }) => (None, *end),
            Some(Listing::Keys { keys, end } | Listing::Sorted { keys, end }) => (Some(keys), *end),
        };
        self.seen.extend(listed.into_iter().flat_map(keys));
        self.complete |= end;
    }
}

fn keys(rows: &Rows) -> Vec<String> {
    rows.iter().map(|row| row.map(shown).collect::<Vec<_>>().join(" ")).collect()
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => "∅".to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.to_owned(),
        Cell::Blob(bytes) => format!("{bytes:?}"),
    }
}
