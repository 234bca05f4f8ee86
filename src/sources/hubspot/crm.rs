//! A run over one CRM object. Everything: its list. What changed: a search in a fixed window, then the archived list, then,
//! on a cadence, everything again, because deletes for good, merges, restores and calculated properties show nowhere else.

use serde_json::Value as Json;

use super::super::{Ask, Listing, Mode, Next, Page};
use super::api::Api;
use super::objects::Crm;
use super::position::{self, Cursor, MOST_AGAIN, Phase, Position};
use super::query::{self, SEARCH_PAGE, Which, Window};
use super::records::{self, Layout, Records};
use super::settings::Cadences;
use crate::base::{Error, Kind, Result, Rows, Timestamp};
use std::time::Duration;

/// The search index knows a change at most this long after it was made: ten seconds were seen for new records and sixty for
/// changed ones.
const LAG: Duration = Duration::from_secs(60);
/// HubSpot answers 500 to a filter that begins at 1970 itself.
const EARLIEST: Timestamp = Timestamp(1_000_000);
/// Archived records leave the archived list after about 90 days.
const HORIZON: Duration = Duration::from_secs(89 * 24 * 3600);
/// An archived list of so many pages is read in every run.
const SHORT_LIST: u64 = 5;
const MOST_RESTARTS: u8 = 3;

pub(super) struct Run<'a> {
    pub api: &'a mut Api,
    pub object: &'a Crm,
    pub cadences: &'a Cadences,
}

impl Run<'_> {
    pub async fn page(&mut self, ask: &Ask<'_>) -> Result<Page> {
        if !records::is_keyed_by_id(ask) {
            return Err(Error::usage(format!("{} are keyed by `id` alone", self.object)));
        }
        let layout = Layout::new(self.object, ask.columns);
        let cursor = ask.cursor.map(position::read::<Cursor>).transpose()?;
        let (position, notes) = match ask.position {
            Some(position) => (position::read::<Position>(position)?, Vec::new()),
            None => self.begin(ask, cursor.as_ref(), &layout).await?,
        };
        let mut page = match position.phase {
            Phase::Again => self.again(ask, &layout, position, cursor.as_ref()).await,
            Phase::List => self.list(ask, &layout, position, cursor.as_ref()).await,
            Phase::Rest => self.rest(ask, &layout, position, cursor.as_ref()).await,
            Phase::Search => self.search(ask, &layout, position, cursor.as_ref()).await,
            Phase::Archived => self.archived(ask, position, cursor.as_ref()).await,
            Phase::Keys => self.keys(ask, position, cursor.as_ref()).await,
        }?;
        page.notes.splice(0..0, notes);
        Ok(page)
    }

    /// Decides what this run will do, and writes it into its position, so that a resumed run does the same.
    async fn begin(
        &mut self,
        ask: &Ask<'_>,
        cursor: Option<&Cursor>,
        layout: &Layout<'_>,
    ) -> Result<(Position, Vec<String>)> {
        let now = self.api.now().await?;
        let plan = plan(ask, cursor, layout, self.cadences, now.there);
        let phase = match cursor {
            _ if plan.everything => Phase::List,
            Some(cursor) if !cursor.rejected.is_empty() => Phase::Again,
            _ => Phase::Search,
        };
        let mut position = Position { since: plan.since, ..Position::at_start(phase, now) };
        (position.everything, position.archived, position.keys) = (plan.everything, plan.archived, plan.keys);
        if plan.everything {
            position.total = query::count(self.api, self.object, None).await?;
        }
        Ok((position, plan.notes))
    }

    /// The records that the last run could not read: no later change need announce that they can be read now.
    async fn again(
        &mut self,
        ask: &Ask<'_>,
        layout: &Layout<'_>,
        mut at: Position,
        cursor: Option<&Cursor>,
    ) -> Result<Page> {
        let ids = cursor.map(|cursor| cursor.rejected.as_slice()).unwrap_or_default();
        let found = query::batch(self.api, self.object, layout, ids).await?;
        at.remember(&found.rejected);
        let next = at.enter(Phase::Search).next()?;
        Ok(Page { next, ..page_of(ask, found) })
    }

    /// A page of the list, rows and all.
    async fn list(
        &mut self,
        ask: &Ask<'_>,
        layout: &Layout<'_>,
        mut at: Position,
        cursor: Option<&Cursor>,
    ) -> Result<Page> {
        let direct = query::fits_url(layout);
        let ids = Layout::only_ids();
        let asked = if direct { layout } else { &ids };
        let listed = query::list(self.api, self.object, Which::Live, asked, at.after.as_deref()).await;
        let listed = match listed {
            Ok(listed) if advances(&listed.ids, at.last) => listed,
            // The token is only a shortcut; the place in the data is the last id, and the search goes on from there.
            Ok(_) => {
                return self.go_on_by_id(ask, layout, at, cursor, "the list came back to records it had shown").await;
            }
            Err(error) if at.after.is_some() && is_expired(&error) => {
                return self.go_on_by_id(ask, layout, at, cursor, "the list's page token had expired").await;
            }
            Err(error) => return Err(error),
        };
        let early = listed.after.is_none() && self.ended_early(&at, &listed).await?;
        let last = listed.ids.last().copied().unwrap_or(at.last);
        let records = if direct { listed } else { self.fetch(layout, listed).await? };
        at.remember(&records.rejected);
        let next = after_page(&at, &records)?;
        let mut page = listed_page(ask, records, next.is_none() && !early);
        page.total = at.total;
        page.next = match next {
            Some(next) => next.next()?,
            None if early => {
                page.notes.push(format!("the list of {} ended early, so the rest is read by search", self.object));
                Position { last, total: at.total, ..at.enter(Phase::Rest) }.next()?
            }
            None => done(&at, cursor)?,
        };
        Ok(page)
    }

    async fn fetch(&mut self, layout: &Layout<'_>, listed: Records) -> Result<Records> {
        let mut records = query::batch(self.api, self.object, layout, &listed.ids).await?;
        records.after = listed.after;
        records.ids = listed.ids;
        Ok(records)
    }

    async fn go_on_by_id(
        &mut self,
        ask: &Ask<'_>,
        layout: &Layout<'_>,
        at: Position,
        cursor: Option<&Cursor>,
        why: &str,
    ) -> Result<Page> {
        let rest = Position { last: at.last, seen: at.seen, total: at.total, ..at.enter(Phase::Rest) };
        let mut page = self.rest(ask, layout, rest, cursor).await?;
        page.notes.insert(0, format!("{why}, so the rest of {} is read by search", self.object));
        Ok(page)
    }

    /// The rest of everything, by id. The search index may not know the newest records yet, so these pages are no part of a
    /// listing; where there are rows that could be gone, the ids of everything are listed afterwards.
    async fn rest(
        &mut self,
        ask: &Ask<'_>,
        layout: &Layout<'_>,
        mut at: Position,
        cursor: Option<&Cursor>,
    ) -> Result<Page> {
        let window = Window { changed: None, after_id: at.last, limit: SEARCH_PAGE };
        let found = self.search_ahead(layout, window).await?;
        at.remember(&found.rejected);
        let next = after_search(&at, &found)?;
        let mut page = page_of(ask, found);
        page.total = at.total;
        page.next = match next {
            Some(next) => next.next()?,
            None if cursor.is_some() => at.enter(Phase::Keys).next()?,
            None => done(&at, cursor)?,
        };
        Ok(page)
    }

    /// A page of what changed. The window is the same for all pages of a run: from the cursor to the run's start.
    async fn search(
        &mut self,
        ask: &Ask<'_>,
        layout: &Layout<'_>,
        mut at: Position,
        cursor: Option<&Cursor>,
    ) -> Result<Page> {
        let changed = Some((at.since, at.end));
        let window = Window { changed, after_id: at.last, limit: SEARCH_PAGE };
        let found = self.search_ahead(layout, window).await?;
        at.remember(&found.rejected);
        let total = at.total.or(found.total);
        let next = after_search(&at, &found)?.map(|next| Position { total, ..next });
        let mut page = page_of(ask, found);
        page.total = total;
        page.next = match next {
            Some(next) => next.next()?,
            None if at.archived => at.enter(Phase::Archived).next()?,
            None if at.keys => at.enter(Phase::Keys).next()?,
            None => done(&at, cursor)?,
        };
        Ok(page)
    }

    /// A page of the search that goes forward. One that does not is asked for once more, and is an error then.
    async fn search_ahead(&mut self, layout: &Layout<'_>, window: Window) -> Result<Records> {
        for _ in 0..2 {
            let mut found = query::search(self.api, self.object, layout, window).await?;
            let stuck = found.ids.is_empty() && found.after.is_some();
            if advances(&found.ids, window.after_id) && !stuck {
                // The token itself is of no use here; and a page that says it is the last one must hold all there are.
                let fewer = found.total.is_some_and(|total| total > found.ids.len() as u64);
                let more = found.after.is_some() || (fewer && !found.ids.is_empty());
                found.after = more.then(String::new);
                return Ok(found);
            }
        }
        let last = window.after_id;
        Err(Error::remote(format!("HubSpot's search of {} does not go on after record {last}", self.object)))
    }

    /// A page of the archived list: a positive signal that these are gone. It has no order by time, so all of it is read.
    async fn archived(&mut self, ask: &Ask<'_>, at: Position, cursor: Option<&Cursor>) -> Result<Page> {
        // A record may have swallowed others before it was archived itself; no search shows it any more.
        let merges = Layout::new(self.object, &[]);
        let listed = query::list(self.api, self.object, Which::Archived, &merges, at.after.as_deref()).await;
        let listed = match self.forward(&at, listed, "archived list")? {
            Ok(listed) => listed,
            Err(again) => return Ok(Page::empty(ask, again.next()?)),
        };
        let next = after_page(&at, &listed)?;
        let mut page = Page::empty(ask, Next::Done { cursor: Json::Null });
        push_ids(&mut page.gone, &listed.ids);
        push_ids(&mut page.gone, &listed.merged);
        page.next = match next {
            Some(next) => next.next()?,
            None => {
                let at = Position { archived_pages: Some(at.pages + 1), ..at };
                if at.keys { at.enter(Phase::Keys).next()? } else { done(&at, cursor)? }
            }
        };
        Ok(page)
    }

    /// A page of the ids of everything.
    async fn keys(&mut self, ask: &Ask<'_>, mut at: Position, cursor: Option<&Cursor>) -> Result<Page> {
        if at.pages == 0 && at.total.is_none() {
            at.total = query::count(self.api, self.object, None).await?;
        }
        let ids = Layout::only_ids();
        let listed = query::list(self.api, self.object, Which::Live, &ids, at.after.as_deref()).await;
        let listed = match self.forward(&at, listed, "list")? {
            Ok(listed) => listed,
            Err(again) => return Ok(Page::empty(ask, again.next()?)),
        };
        let next = after_page(&at, &listed)?;
        if next.is_none() && self.ended_early(&at, &listed).await? {
            let what = format!("HubSpot's list of {} ended early, so nothing is taken for deleted", self.object);
            return Err(Error::remote(what));
        }
        let mut keys = Rows::new(1);
        push_ids(&mut keys, &listed.ids);
        let end = next.is_none();
        let next = next.map_or_else(|| done(&at, cursor), |next| next.next())?;
        Ok(Page { listing: Some(Listing::Keys { keys, end }), ..Page::empty(ask, next) })
    }

    /// A page of a list of ids that goes forward, or the position from which to list them once more.
    pub fn forward(
        &self,
        at: &Position,
        listed: Result<Records>,
        what: &str,
    ) -> Result<std::result::Result<Records, Position>> {
        let expired = match listed {
            Ok(listed) if advances(&listed.ids, at.last) => return Ok(Ok(listed)),
            Ok(_) => false,
            Err(error) if at.after.is_some() && is_expired(&error) => true,
            Err(error) => return Err(error),
        };
        if at.restarts < MOST_RESTARTS {
            let fresh = Position { restarts: at.restarts + 1, total: at.total, ..at.enter(at.phase) };
            return Ok(Err(fresh));
        }
        let (object, last) = (self.object, at.last);
        let why = if expired { "loses its page tokens" } else { "does not go on" };
        // Expired, so that the position with its used-up restarts is forgotten and the next run begins anew.
        Err(Error::new(Kind::Expired, format!("HubSpot's {what} of {object} {why} after record {last}")))
    }

    /// Whether a list that says it is complete is not: the search index knows more records, and the first of them after the
    /// end of the list does exist. (One that was just deleted may still be in the index.)
    pub async fn ended_early(&mut self, at: &Position, listed: &Records) -> Result<bool> {
        let seen = at.seen + listed.ids.len() as u64;
        if at.total.is_none_or(|total| seen >= total) {
            return Ok(false);
        }
        let last = listed.ids.last().copied().unwrap_or(at.last);
        let window = Window { changed: None, after_id: last, limit: 1 };
        let ahead = query::search(self.api, self.object, &Layout::only_ids(), window).await?;
        match ahead.ids.first().filter(|id| **id > last) {
            Some(id) => query::exists(self.api, self.object, *id).await,
            None => Ok(false),
        }
    }
}

/// What a run will do.
pub(super) struct Plan {
    /// Where the search begins
    pub since: Timestamp,
    /// List everything with its properties; nothing else is needed then
    pub everything: bool,
    pub archived: bool,
    pub keys: bool,
    pub notes: Vec<String>,
}

/// The properties usually fit into the list's URL, and then everything costs as many calls with them as without: so a
/// reconcile reads the rows too, which also finds restored records. Only a very wide table is reconciled by its ids.
pub(super) fn plan(
    ask: &Ask<'_>,
    cursor: Option<&Cursor>,
    layout: &Layout<'_>,
    cadences: &Cadences,
    now: Timestamp,
) -> Plan {
    let since = cursor.filter(|_| ask.mode == Mode::Incremental).map(|cursor| cursor.since).or(ask.since);
    let since = since.unwrap_or(EARLIEST).max(EARLIEST);
    let mut plan = Plan { since, everything: false, archived: false, keys: false, notes: Vec::new() };
    let Some(cursor) = cursor else {
        plan.everything = ask.since.is_none();
        return plan;
    };
    if ask.mode == Mode::Full {
        plan.everything = ask.since.is_none();
        plan.keys = ask.since.is_some();
        return plan;
    }
    let due = |last: Option<Timestamp>, every: Duration| last.is_none_or(|last| now.since(last) >= every);
    let lapsed = now.since(cursor.since) > HORIZON;
    if lapsed {
        plan.notes.push(format!(
            "the last sync was at {}, longer ago than HubSpot keeps archived records, so everything is listed",
            cursor.since
        ));
    }
    let reconcile = lapsed || due(cursor.reconciled_at, cadences.reconcile);
    let calculated =
        ask.columns.iter().any(|column| column.calculated) && due(cursor.calculated_at, cadences.calculated);
    match ask.since {
        None if calculated || (reconcile && query::fits_url(layout)) => {
            plan.everything = true;
            return plan;
        }
        // What is wanted is found by search alone, so the search begins at its first beginning again.
        Some(first) if calculated => plan.since = first.max(EARLIEST),
        _ => {}
    }
    plan.keys = reconcile;
    let (pages, read) = (cursor.archived_pages, cursor.archived_at);
    plan.archived = !reconcile && (pages <= SHORT_LIST || due(read, cadences.archived));
    if let (false, false, Some(read)) = (reconcile, plan.archived, read) {
        plan.notes.push(format!(
            "the archived list has {pages} pages and was last read at {read}, so records deleted since then go with the \
             first run after {}",
            read.plus(cadences.archived)
        ));
    }
    plan
}

/// What the next run begins from. Never earlier than what this one began from.
fn done(at: &Position, before: Option<&Cursor>) -> Result<Next> {
    let since = at.until.minus(LAG).max(EARLIEST);
    let listed = at.everything || at.keys;
    // A search that began before the old cursor has read again all that is wanted.
    let all_read = at.everything || before.is_none_or(|before| at.since < before.since);
    let cursor = Cursor {
        since: before.map_or(since, |before| before.since.max(since)),
        archived_at: at.archived_pages.map(|_| at.started).or(before.and_then(|before| before.archived_at)),
        archived_pages: at.archived_pages.or(before.map(|before| before.archived_pages)).unwrap_or(0),
        reconciled_at: match before {
            // Too many to be asked for one by one.
            _ if at.rejected.len() > MOST_AGAIN => None,
            Some(before) if !listed => before.reconciled_at,
            _ => Some(at.started),
        },
        calculated_at: if all_read { Some(at.started) } else { before.and_then(|before| before.calculated_at) },
        rejected: at.rejected.iter().copied().take(MOST_AGAIN).collect(),
    };
    Ok(Next::Done { cursor: position::json(&cursor)? })
}

/// The position after a page, when the vendor says that there is more. `Kind::Remote` when a page without records says so.
pub(super) fn after_page(at: &Position, records: &Records) -> Result<Option<Position>> {
    let Some(after) = &records.after else { return Ok(None) };
    let Some(last) = records.ids.last() else {
        return Err(Error::remote("HubSpot sent a page without records that says there are more"));
    };
    let (seen, pages) = (at.seen + records.ids.len() as u64, at.pages + 1);
    Ok(Some(Position { last: *last, after: Some(after.clone()), seen, pages, ..at.clone() }))
}

/// The position after a page of the search. One that calls itself the last although fewer records came than it counted is
/// not believed: what follows is asked for by the last id, until nothing comes.
fn after_search(at: &Position, found: &Records) -> Result<Option<Position>> {
    let next = after_page(at, found)?;
    let (None, Some(last)) = (&next, found.ids.last()) else { return Ok(next) };
    let seen = at.seen + found.ids.len() as u64;
    let more = at.total.or(found.total).is_some_and(|total| seen < total);
    Ok(more.then(|| Position { last: *last, after: None, seen, pages: at.pages + 1, ..at.clone() }))
}

/// Whether all ids are new and in their order.
fn advances(ids: &[u64], last: u64) -> bool {
    ids.iter().try_fold(last, |before, id| (*id > before).then_some(*id)).is_some()
}

/// A refusal of a page token. HubSpot has no word of its own for it, so any refusal of a request that carried one counts.
fn is_expired(error: &Error) -> bool {
    matches!(error.kind, Kind::Failed | Kind::Expired | Kind::NotFound)
}

fn page_of(ask: &Ask<'_>, records: Records) -> Page {
    let mut page = Page::empty(ask, Next::Done { cursor: Json::Null });
    page.rows = records.rows;
    page.rejected = records.rejected;
    push_ids(&mut page.gone, &records.merged);
    page
}

/// A page of a listing. Records that cannot be read are there all the same, so their keys are listed with the others.
fn listed_page(ask: &Ask<'_>, records: Records, end: bool) -> Page {
    let ids = (!records.rejected.is_empty()).then(|| records.ids.clone());
    // What was merged away is in no listing, so no record needs to say so.
    let mut page = Page { gone: Rows::new(ask.key_len), ..page_of(ask, records) };
    page.listing = Some(match ids {
        None => Listing::Rows { end },
        Some(ids) => {
            let mut keys = Rows::new(ask.key_len);
            push_ids(&mut keys, &ids);
            Listing::Keys { keys, end }
        }
    });
    page
}

pub(super) fn push_ids(rows: &mut Rows, ids: &[u64]) {
    for id in ids {
        rows.push_text_with(|cell| {
            use std::fmt::Write as _;
            let _ = write!(cell, "{id}");
        });
    }
}
