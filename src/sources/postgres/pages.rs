//! The page after a position. A run walks through the rows, then, where deletes are not told by the walk itself, through
//! the keys, all in one snapshot. When a run goes on in a later snapshot, the rest of the walk is read in the new one,
//! then what changed in between, and the keys decide what is gone: the end is consistent with the last snapshot alone.

use serde_json::Value as Json;

use super::cursor::{Cursor, KeySet, Pass, Place, Position, Stage, Start, Swept};
use super::plan::Plan;
use super::snapshot::{Reading, Snapshot};
use super::stream::{Batch, Open};
use super::{PostgresSession, Relation};
use crate::base::{Error, Result, Rows};
use crate::sources::{Ask, Listing, Mode, Next, Page};

/// Pages of keys are longer than pages of rows.
const KEYS_A_ROW: usize = 5;
/// How often a listing of keys begins anew when the snapshot is another one. After that it goes on, so that it ends
/// however often the connection is lost: what was deleted in its first part meanwhile is found by the next run.
const RESTARTS: u32 = 30;
const NO_SNAPSHOT: &str = "a snapshot was opened before";

/// Where a run begins.
enum Begin {
    At(Position),
    /// Nothing can have changed
    Nothing(Cursor),
}

impl PostgresSession {
    pub(super) async fn next_page(&mut self, ask: &Ask<'_>) -> Result<Page> {
        let page = self.page_of(ask).await;
        if page.is_err() {
            self.open = None;
            self.failed = true;
        }
        page
    }

    async fn page_of(&mut self, ask: &Ask<'_>) -> Result<Page> {
        let mut notes = Vec::new();
        let goes_on = |open: &&mut Open| open.object == ask.object && Some(&open.position) == ask.position;
        if self.open.as_mut().filter(goes_on).is_none() {
            let plan = self.plan(ask).await?;
            let place = match ask.position {
                Some(position) => self.resumed(&plan, read_position(position)?, &mut notes),
                None => match self.begin(&plan, ask, &mut notes) {
                    Begin::At(place) => place,
                    Begin::Nothing(cursor) => return Ok(Page::empty(ask, done(cursor))),
                },
            };
            self.open = Some(self.start_reading(ask, plan, place).await?);
        }
        let mut open = self.open.take().expect("it was just opened, or it goes on");
        let mut page = match open.place.stage.clone() {
            Stage::Rows(pass) => {
                let batch = open.read(&self.link, self.settings.page_rows).await?;
                self.rows_page(ask, open, pass, batch).await?
            }
            Stage::Sweep { complete, keys } => {
                let batch = open.read(&self.link, self.keys_a_page()).await?;
                self.keys_page(ask, open, batch, complete, keys)
            }
        };
        page.notes = notes;
        Ok(page)
    }

    fn keys_a_page(&self) -> usize {
        (self.settings.page_rows.saturating_mul(KEYS_A_ROW) / 2).max(1)
    }

    /// The statements for this ask, with the snapshot that they will be run in.
    async fn plan(&mut self, ask: &Ask<'_>) -> Result<Plan> {
        self.quiet().await?;
        if self.snapshot.is_none() {
            self.snapshot = Some(Snapshot::open(&self.link, &self.settings, &self.server).await?);
            self.failed = false;
        }
        self.prepare(Reading::Freely).await?;
        let relation: Relation = self.relation(ask.object).await?;
        Plan::new(relation, ask, &self.settings, &self.server, self.now)
    }

    /// The same for a question that needs no snapshot.
    pub(super) async fn plan_without_snapshot(&mut self, ask: &Ask<'_>) -> Result<Plan> {
        self.ready().await?;
        let relation: Relation = self.relation(ask.object).await?;
        Plan::new(relation, ask, &self.settings, &self.server, self.now)
    }

    pub(super) async fn prepare(&mut self, reading: Reading) -> Result<()> {
        let failed = std::mem::take(&mut self.failed);
        self.snapshot.as_mut().expect(NO_SNAPSHOT).prepare(&self.link, reading, failed).await
    }

    fn snapshot(&self) -> &Snapshot {
        self.snapshot.as_ref().expect(NO_SNAPSHOT)
    }

    /// Where a run begins that has not begun.
    fn begin(&self, plan: &Plan, ask: &Ask<'_>, notes: &mut Vec<String>) -> Begin {
        let start = &self.snapshot().start;
        let cursor: Option<Cursor> = match ask.mode {
            Mode::Full => None,
            Mode::Incremental => ask.cursor.and_then(|cursor| serde_json::from_value(cursor.clone()).ok()),
        };
        let from = match cursor {
            Some(cursor) => match self.is_unchanged(plan, &cursor) {
                true => return Begin::Nothing(Cursor { start: start.clone(), ..cursor }),
                false => self.follow(plan, cursor, notes),
            },
            None => None,
        };
        Begin::At(Position {
            snapshot: start.snapshot.clone(),
            whole: from.is_none(),
            torn: false,
            files: plan.relation.files.clone(),
            swept: None,
            rows: 0,
            stage: Stage::Rows(Pass::new(from, start.clone())),
        })
    }

    /// Whether the whole server is as it was. What other servers hold, or a view works out, can change all the same.
    fn is_unchanged(&self, plan: &Plan, cursor: &Cursor) -> bool {
        cursor.start.snapshot == self.snapshot().start.snapshot
            && cursor.keys.is_some()
            && cursor.server == self.server.system
            && (cursor.oid, &cursor.query) == (plan.relation.oid, &plan.query)
            && cursor.members == plan.relation.members
            && plan.relation.is_heap
            && !plan.moves_with_time
    }

    /// Since when changes are to be read; `None` when everything is.
    fn follow(&self, plan: &Plan, cursor: Cursor, notes: &mut Vec<String>) -> Option<Start> {
        if plan.is_small || plan.moves_with_time || !plan.can_follow() || cursor.query != plan.query {
            return None;
        }
        let name = &plan.relation.id;
        if cursor.server != self.server.system {
            notes.push(format!("the server of `{name}` is another one, or was restored: reading everything again"));
            return None;
        }
        if (cursor.oid, &cursor.members) != (plan.relation.oid, &plan.relation.members) {
            notes.push(format!("`{name}` was made anew, or has other partitions: reading everything again"));
            return None;
        }
        let changed = plan.changed_since(&cursor.start, self.snapshot(), false, &self.settings);
        if changed.is_none() {
            notes.push(format!("too many transactions since the last run of `{name}`: reading everything again"));
        }
        changed.map(|_| cursor.start)
    }

    /// The position in this session's snapshot, when it was made in another one.
    fn resumed(&self, plan: &Plan, mut place: Position, notes: &mut Vec<String>) -> Position {
        let start = &self.snapshot().start;
        let is_same = place.snapshot == start.snapshot;
        let mut pass = match place.stage {
            Stage::Sweep { .. } if is_same => return place,
            Stage::Sweep { complete, .. } => Pass::new(Some(complete), start.clone()),
            Stage::Rows(pass) => pass,
        };
        let has_place = pass.place.is_some() && place.files == plan.relation.files;
        if !has_place {
            // In the same snapshot the walk shows the same rows again; in a later one it begins there.
            pass = Pass::new(pass.from, if is_same { pass.began } else { start.clone() });
        }
        if !is_same {
            place.torn = true;
            let lost = |from: &Start| plan.changed_since(from, self.snapshot(), true, &self.settings).is_none();
            if pass.from.as_ref().is_some_and(lost) || lost(&pass.began) && pass.began != *start {
                notes.push(format!("`{}` is read from its beginning again", plan.relation.id));
                pass = Pass::new(None, start.clone());
                place.whole = true;
            }
            place.snapshot.clone_from(&start.snapshot);
            if place.files != plan.relation.files
                && let Some(swept) = &mut place.swept
            {
                swept.place = None;
            }
            place.files.clone_from(&plan.relation.files);
        }
        place.stage = Stage::Rows(pass);
        place
    }

    /// Begins the copy that this position asks for.
    async fn start_reading(&mut self, ask: &Ask<'_>, plan: Plan, mut place: Position) -> Result<Open> {
        let (sql, decoder, width) = match &mut place.stage {
            Stage::Rows(pass) => {
                let changed = match &pass.from {
                    Some(from) => Some(
                        plan.changed_since(from, self.snapshot(), place.torn, &self.settings)
                            .ok_or_else(|| Error::failed("changes cannot be told from the rest"))?,
                    ),
                    None => None,
                };
                let beyond = pass.place.as_ref().map(Place::beyond);
                let more: Vec<&str> = changed.iter().chain(&beyond).map(String::as_str).collect();
                let (sql, decoder) = plan.rows(&more);
                (sql, decoder.behind(pass.place.clone()), ask.columns.len())
            }
            Stage::Sweep { .. } => {
                let swept = place.swept.get_or_insert_default();
                let (sql, decoder) = plan.keys(swept)?;
                (sql, decoder, ask.key_len)
            }
        };
        let reading = match &place.stage {
            Stage::Sweep { .. } if plan.is_sortable => Reading::Freely,
            _ => Reading::OnDisk,
        };
        self.prepare(reading).await?;
        let stream = self.link.copy(&sql).await?;
        Ok(Open::new(ask.object, stream, decoder, width, plan, place))
    }

    async fn rows_page(&mut self, ask: &Ask<'_>, mut open: Open, mut pass: Pass, batch: Batch) -> Result<Page> {
        let count = batch.rows.len() as u64;
        let mut place = open.place.clone();
        place.rows += count;
        pass.rows += count;
        pass.place = open.decoder.place();
        let total = open.plan.relation.rows.filter(|_| place.whole && !open.plan.has_conditions());
        let listing = match &place.swept {
            // Keys are being listed as they are on disk, where these may have moved behind the place that was reached.
            Some(_) if !open.plan.is_sortable => {
                Some(Listing::Keys { keys: keys_of(&batch.rows, ask.key_len), end: false })
            }
            Some(_) => None,
            None => place.whole.then_some(Listing::Rows { end: false }),
        };
        let page = if batch.end {
            self.after_rows(ask, open.plan, place, pass).await?
        } else {
            place.stage = Stage::Rows(pass);
            let next = Next::More(open.stand(place));
            self.open = Some(open);
            Page::empty(ask, next)
        };
        let listing = match (page.listing, listing) {
            (Some(Listing::Keys { mut keys, end }), Some(Listing::Keys { keys: moved, .. })) => {
                moved.iter().flatten().for_each(|cell| keys.push(cell));
                Some(Listing::Keys { keys, end })
            }
            (listing, other) => listing.or(other),
        };
        Ok(Page { rows: batch.rows, rejected: batch.rejected, listing, total, ..page })
    }

    /// What follows when a walk has come to its end: another walk, the first keys, or nothing.
    async fn after_rows(&mut self, ask: &Ask<'_>, plan: Plan, mut place: Position, pass: Pass) -> Result<Page> {
        let start = self.snapshot().start.clone();
        if pass.began.snapshot != start.snapshot {
            place.stage = Stage::Rows(Pass::new(Some(pass.began), start));
            return Ok(Page::empty(ask, Next::More(to_json(&place))));
        }
        self.prepare(Reading::Freely).await?;
        let row = self.link.one(&plan.key_set(), &[]).await?;
        let keys = KeySet { rows: row.get(0), hash: row.get(1) };
        let known = || ask.cursor.and_then(|cursor| serde_json::from_value::<Cursor>(cursor.clone()).ok()?.keys);
        if !place.torn && (place.whole || known().as_ref() == Some(&keys)) {
            let listing = place.whole.then_some(Listing::Rows { end: true });
            let next = done(self.cursor(ask, &plan, start, Some(keys)));
            return Ok(Page { listing, ..Page::empty(ask, next) });
        }
        let again = place.swept.as_ref().map(|swept| swept.restarts + 1).filter(|times| *times <= RESTARTS);
        place.stage = Stage::Sweep { complete: start.clone(), keys: keys.clone() };
        if let Some(times) = again {
            place.swept = Some(Swept { restarts: times, ..Swept::default() });
            return Ok(Page { listing: Some(Listing::Anew), ..Page::empty(ask, Next::More(to_json(&place))) });
        }
        // In the same page as the last rows, so that a page is a step forward however often the connection is lost.
        let mut open = self.start_reading(ask, plan, place).await?;
        let batch = open.read(&self.link, self.keys_a_page()).await?;
        Ok(self.keys_page(ask, open, batch, start, keys))
    }

    fn keys_page(&mut self, ask: &Ask<'_>, mut open: Open, batch: Batch, complete: Start, keys: KeySet) -> Page {
        let mut place = open.place.clone();
        let end = batch.end;
        let next = if end {
            // Rows of an earlier snapshot may have come and gone unseen: the next run compares the keys once more.
            let keys = Some(keys).filter(|_| !place.torn);
            done(self.cursor(ask, &open.plan, complete, keys))
        } else {
            let mut swept = place.swept.take().unwrap_or_default();
            swept.listed += batch.rows.len() as u64;
            if open.plan.is_sortable {
                let last = batch.rows.len().checked_sub(1).map(|last| exact(&batch.rows, last, ask.key_len));
                swept.after = last.or(swept.after);
            } else {
                swept.place = open.decoder.place();
            }
            place.swept = Some(swept);
            Next::More(open.stand(place))
        };
        let listing = match open.plan.is_sortable {
            true => Listing::Sorted { keys: batch.rows, end },
            false => Listing::Keys { keys: batch.rows, end },
        };
        if !end {
            self.open = Some(open);
        }
        Page { listing: Some(listing), ..Page::empty(ask, next) }
    }

    fn cursor(&self, ask: &Ask<'_>, plan: &Plan, mut start: Start, keys: Option<KeySet>) -> Cursor {
        let old = ask.cursor.and_then(|cursor| serde_json::from_value::<Cursor>(cursor.clone()).ok());
        if let Some(old) = old.filter(|old| old.server == self.server.system) {
            start.time = start.time.max(old.start.time);
        }
        Cursor {
            start,
            server: self.server.system.clone(),
            oid: plan.relation.oid,
            members: plan.relation.members.clone(),
            query: plan.query.clone(),
            keys,
        }
    }
}

fn keys_of(rows: &Rows, key_len: usize) -> Rows {
    let mut keys = Rows::new(key_len);
    for row in rows.iter() {
        row.take(key_len).for_each(|cell| keys.push(cell));
    }
    keys
}

fn exact(rows: &Rows, row: usize, key_len: usize) -> Vec<Json> {
    rows.row(row).take(key_len).map(|cell| cell.to_value().to_exact_json()).collect()
}

fn read_position(json: &Json) -> Result<Position> {
    serde_json::from_value(json.clone()).map_err(|error| {
        Error::failed(format!("the position of the last page cannot be read: {error}"))
            .hint("run the sync again with `--full`")
    })
}

fn to_json(place: &Position) -> Json {
    serde_json::to_value(place).expect("a position is JSON")
}

fn done(cursor: Cursor) -> Next {
    Next::Done { cursor: serde_json::to_value(cursor).expect("a cursor is JSON") }
}
