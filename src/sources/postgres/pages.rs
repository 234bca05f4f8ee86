//! The page after a position. A run walks through the rows, then, where deletes are not told by the walk itself, through
//! the keys, all in one snapshot. When a run goes on in a later snapshot, the rest of the walk is read in the new one,
//! then what changed in between, and the keys decide what is gone: the end is consistent with the last snapshot alone.

use serde_json::Value as Json;

use super::cursor::{Cursor, KeySet, Pass, Position, Stage, Start};
use super::plan::Plan;
use super::snapshot::{Reading, Snapshot};
use super::stream::{Batch, Open};
use super::{PostgresSession, Relation};
use crate::base::{Error, Result, Rows, Value};
use crate::sources::{Ask, Listing, Mode, Next, Page};

/// How many keys are remembered to find the way back by.
const MARKS: usize = 8;
/// Pages of keys are longer than pages of rows.
const KEYS_A_ROW: usize = 5;
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
            if let Some(page) = self.listing_anew(&plan, ask, &place) {
                return Ok(page);
            }
            self.open = Some(self.start_reading(ask, plan, place).await?);
        }
        let mut open = self.open.take().expect("it was just opened, or it goes on");
        let most = match open.place.stage {
            Stage::Rows(_) => self.settings.page_rows,
            Stage::Sweep { .. } => self.settings.page_rows.saturating_mul(KEYS_A_ROW) / 2,
        };
        let batch = open.read(&self.link, most.max(1)).await?;
        let mut page = match open.place.stage.clone() {
            Stage::Rows(pass) => self.rows_page(ask, open, pass, batch).await?,
            Stage::Sweep { complete, keys, listed, .. } => self.keys_page(ask, open, batch, complete, keys, listed)?,
        };
        page.notes = notes;
        Ok(page)
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
            swept: false,
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
        let moved = place.files != plan.relation.files;
        if !is_same {
            place.torn = true;
            if moved || !plan.relation.is_heap {
                pass = Pass::new(pass.from, start.clone());
            }
            let lost = |from: &Start| plan.changed_since(from, self.snapshot(), true, &self.settings).is_none();
            if pass.from.as_ref().is_some_and(lost) || lost(&pass.began) && pass.began != *start {
                notes.push(format!("`{}` is read from its beginning again", plan.relation.id));
                pass = Pass::new(None, start.clone());
                place.whole = true;
            }
            place.snapshot.clone_from(&start.snapshot);
            place.files.clone_from(&plan.relation.files);
        }
        place.stage = Stage::Rows(pass);
        place
    }

    /// A listing in order that begins anew says so with a page that holds only the least key: after it, the next page
    /// speaks for everything from there.
    fn listing_anew(&self, plan: &Plan, ask: &Ask<'_>, place: &Position) -> Option<Page> {
        let Stage::Sweep { after: None, complete, keys, .. } = &place.stage else { return None };
        if !place.swept || !plan.is_sortable {
            return None;
        }
        let least = plan.least_key();
        let mut listed = Rows::new(ask.key_len);
        listed.push_row(&least);
        let after = Some(least.iter().map(Value::to_exact_json).collect());
        let stage = Stage::Sweep { after, listed: 0, complete: complete.clone(), keys: keys.clone() };
        let mut page = Page::empty(ask, Next::More(to_json(&Position { stage, ..place.clone() })));
        page.listing = Some(Listing::Sorted { keys: listed, end: false });
        Some(page)
    }

    /// Begins the copy that this position asks for.
    async fn start_reading(&mut self, ask: &Ask<'_>, plan: Plan, mut place: Position) -> Result<Open> {
        let (sql, decoder, width) = match &mut place.stage {
            Stage::Rows(pass) => {
                let mut conditions = Vec::new();
                if let Some(from) = &pass.from {
                    let changed = plan.changed_since(from, self.snapshot(), place.torn, &self.settings);
                    conditions.push(changed.ok_or_else(|| Error::failed("changes cannot be told from the rest"))?);
                }
                match self.way_back(&plan, pass, place.torn).await? {
                    Some(beyond) => conditions.push(beyond),
                    None => *pass = Pass { marks: Vec::new(), parts: Vec::new(), rows: 0, ..pass.clone() },
                }
                let mut decoder = plan.rows_decoder();
                decoder.partitions.clone_from(&pass.parts);
                (plan.rows(conditions.iter().map(String::as_str)), decoder, ask.columns.len())
            }
            Stage::Sweep { after, .. } => (plan.keys(after.as_deref())?, plan.keys_decoder(), ask.key_len),
        };
        let reading = match &place.stage {
            Stage::Rows(_) => Reading::OnDisk,
            Stage::Sweep { .. } => Reading::Freely,
        };
        self.prepare(reading).await?;
        let stream = self.link.copy(&sql).await?;
        Ok(Open::new(ask.object, stream, decoder, width, plan, place))
    }

    /// The condition for what lies behind the last row on disk that was read; `None` to walk from the beginning. A row that
    /// was written since is somewhere else now, so several are remembered.
    async fn way_back(&mut self, plan: &Plan, pass: &mut Pass, torn: bool) -> Result<Option<String>> {
        if pass.marks.is_empty() {
            return Ok(None);
        }
        if plan.relation.is_heap {
            self.prepare(Reading::Freely).await?;
            for mark in &pass.marks {
                let found = self.link.query(&plan.place_of(mark)?, &[]).await?;
                let [row] = &found[..] else { continue };
                let (part, place, xmin): (i64, String, i64) = (row.get(0), row.get(1), row.get(2));
                if torn && !Snapshot::is_before((xmin & 0xffff_ffff) as u32, &pass.began) {
                    continue;
                }
                if !plan.relation.has_parts {
                    return Ok(Some(format!("ctid > '{place}'::tid")));
                }
                let Some(at) = pass.parts.iter().position(|known| i64::from(*known) == part) else { continue };
                pass.parts.truncate(at + 1);
                let known = pass.parts.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
                return Ok(Some(format!(
                    "(tableoid = {part} AND ctid > '{place}'::tid OR tableoid <> ALL ('{{{known}}}'::oid[]))"
                )));
            }
        }
        // Walking again in the same snapshot shows the same rows; in a later one the walk begins in it.
        if torn {
            pass.began = self.snapshot().start.clone();
        }
        Ok(None)
    }

    async fn rows_page(&mut self, ask: &Ask<'_>, mut open: Open, mut pass: Pass, batch: Batch) -> Result<Page> {
        let count = batch.rows.len() as u64;
        let mut place = open.place.clone();
        place.rows += count;
        pass.rows += count;
        remember(&mut pass, &batch.rows, ask.key_len);
        pass.parts.clone_from(&open.decoder.partitions);
        let is_whole = place.whole;
        let total = open.plan.relation.rows.filter(|_| is_whole && !open.plan.has_conditions());
        let end = batch.end;
        let next = if end {
            self.after_rows(ask, &open.plan, place, pass).await?
        } else {
            place.stage = Stage::Rows(pass);
            Next::More(open.stand(place))
        };
        let listing = is_whole.then_some(Listing::Rows { end: matches!(next, Next::Done { .. }) });
        if !end {
            self.open = Some(open);
        }
        Ok(Page { rows: batch.rows, rejected: batch.rejected, listing, total, ..Page::empty(ask, next) })
    }

    /// What follows when a walk has come to its end.
    async fn after_rows(&mut self, ask: &Ask<'_>, plan: &Plan, mut place: Position, pass: Pass) -> Result<Next> {
        let start = self.snapshot().start.clone();
        if pass.began.snapshot != start.snapshot {
            place.stage = Stage::Rows(Pass::new(Some(pass.began), start));
            return Ok(Next::More(to_json(&place)));
        }
        self.prepare(Reading::Freely).await?;
        let row = self.link.one(&plan.key_set(), &[]).await?;
        let keys = KeySet { rows: row.get(0), hash: row.get(1) };
        let known = || ask.cursor.and_then(|cursor| serde_json::from_value::<Cursor>(cursor.clone()).ok()?.keys);
        let deletes_are_known = !place.torn && (place.whole || known().as_ref() == Some(&keys));
        if deletes_are_known {
            return Ok(done(self.cursor(ask, plan, start, Some(keys))));
        }
        place.stage = Stage::Sweep { after: None, listed: 0, complete: start, keys };
        Ok(Next::More(to_json(&place)))
    }

    fn keys_page(
        &mut self,
        ask: &Ask<'_>,
        mut open: Open,
        batch: Batch,
        complete: Start,
        keys: KeySet,
        listed: u64,
    ) -> Result<Page> {
        let mut place = open.place.clone();
        let listed = listed + batch.rows.len() as u64;
        let end = batch.end;
        let next = if end {
            // Rows of an earlier snapshot may have come and gone unseen: the next run compares the keys once more.
            let keys = Some(keys).filter(|_| !place.torn);
            done(self.cursor(ask, &open.plan, complete, keys))
        } else {
            let last = batch.rows.len().checked_sub(1).map(|last| exact(&batch.rows, last, ask.key_len));
            place.swept = true;
            place.stage = Stage::Sweep { after: last, listed, complete, keys };
            Next::More(open.stand(place))
        };
        let listing = match open.plan.is_sortable {
            true => Listing::Sorted { keys: batch.rows, end },
            false => Listing::Keys { keys: batch.rows, end },
        };
        if !end {
            self.open = Some(open);
        }
        Ok(Page { listing: Some(listing), ..Page::empty(ask, next) })
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

/// Keeps the newest keys, and some of the page before.
fn remember(pass: &mut Pass, rows: &Rows, key_len: usize) {
    let newest = (0..rows.len()).rev().take(MARKS / 2).map(|row| exact(rows, row, key_len));
    let mut marks: Vec<Vec<Json>> = newest.collect();
    marks.append(&mut pass.marks);
    marks.truncate(MARKS);
    pass.marks = marks;
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
