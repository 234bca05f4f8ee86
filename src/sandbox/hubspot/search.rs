//! `POST /crm/v3/objects/{type}/search`: filters, one sort, text, pages of 200, 10,000 results and not one more, never an
//! archived record, and an index that may be behind.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value as Json;

use super::catalog::Property;
use super::conditions::{Group, Operand, groups};
use super::draw::LAST_CHANGE;
use super::errors::Trouble;
use super::objects::paging;
use super::render::{self, Wanted};
use super::state::{Shelf, State, View};
use super::types::ObjectType;
use super::{Hubspot, Visit};
use crate::sandbox::fault::Twist;
use crate::sandbox::json::{self, loose_text};
use crate::sandbox::wire::Reply;

/// "The search endpoints are limited to 10,000 total results for any given query."
const MOST: usize = 10_000;

/// What recent searches found among the made-up records, which never change: a search's next page is as quick as its first.
#[derive(Default)]
pub(crate) struct Scans(Mutex<VecDeque<(String, Arc<Vec<u32>>)>>);

const KEPT: usize = 6;

struct Query {
    groups: Vec<Group>,
    /// Lower case; every word must occur somewhere
    words: Vec<String>,
    /// `None` is by creation, which is by id
    sort: Option<(Arc<Property>, bool)>,
    limit: usize,
    after: usize,
    /// Ids outside cannot match
    ids: (u64, u64),
    /// Names the question without its page
    key: String,
}

impl Hubspot {
    pub(crate) fn search(&self, visit: &Visit<'_>, object: ObjectType) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let state = self.read();
        let shelf = state.shelf(object);
        let mut query = Query::read(&body, shelf, state.definitions)?;
        let asked = query.after;
        match visit.call.twist {
            Some(Twist::Expired) => return Err(Trouble::expired()),
            Some(Twist::Duplicate) => query.after = query.after.saturating_sub(query.limit),
            _ => {}
        }
        let (total, views) = self.find(&state, shelf, &query, visit.now);
        let end = query.after + views.len();
        let next = match visit.call.twist {
            Some(Twist::Duplicate) => Some(asked),
            Some(Twist::Loop) => Some(0),
            Some(Twist::Stuck) => Some(asked),
            Some(Twist::Half | Twist::Nothing) => None,
            _ => (end < total).then_some(end),
        };
        let views = if visit.call.twist == Some(Twist::Nothing) { Vec::new() } else { views };
        let total = if visit.call.twist == Some(Twist::Nothing) { 0 } else { total };
        let names: Vec<&str> = body["properties"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let wanted = Wanted::new(shelf, &names, &[]);
        let mut out = Vec::with_capacity(views.len() * (120 + 40 * wanted.properties.len()) + 256);
        out.extend_from_slice(b"{\"total\":");
        json::number(&mut out, total as u64);
        out.extend_from_slice(b",\"results\":[");
        for (at, view) in views.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            render::record(&state, object, view, &wanted, None, &mut out);
        }
        out.push(b']');
        if let Some(next) = next {
            paging(&mut out, visit, &next.to_string());
        }
        out.push(b'}');
        Ok(Reply::json(200, out))
    }

    /// How many records match, and those of the page.
    fn find<'a>(&self, state: &'a State, shelf: &'a Shelf, query: &Query, now: i64) -> (usize, Vec<View<'a>>) {
        let object = shelf.object;
        let mut scratch = String::new();
        let (low, high) = query.ids;
        let mut written = Vec::new();
        if low <= high {
            for (id, record) in shelf.records.range(low..=high) {
                let view = shelf.indexed(*id, record, now, state.lag);
                if let Some(view) = view.filter(|view| query.matches(state, object, view, &mut scratch)) {
                    written.push(view);
                }
            }
        }
        let made = self.made_matches(state, shelf, query);
        let (from, to) = (shelf.base.from(low), shelf.base.from(high.saturating_add(1)));
        let made =
            &made[made.partition_point(|at| u64::from(*at) < from)..made.partition_point(|at| u64::from(*at) < to)];
        let overwritten = shelf.records.range(..shelf.base.end()).filter_map(|(id, _)| shelf.base.index(*id));
        let overwritten = overwritten.filter(|index| made.binary_search(&(*index as u32)).is_ok()).count();
        let total = made.len() - overwritten + written.len();
        let untouched = made
            .iter()
            .map(|index| u64::from(*index))
            .filter(|index| !shelf.records.contains_key(&shelf.base.id(*index)));
        let page = match &query.sort {
            None => by_id(shelf, untouched, written, query.after, query.limit),
            Some((property, descending)) => {
                let mut views: Vec<View<'_>> = untouched.map(|index| shelf.made_at(index)).collect();
                views.extend(written);
                by_property(state, object, views, property, *descending, query.after, query.limit)
            }
        };
        (total, page)
    }

    /// The places of the made-up records that match, whatever happened to them since.
    fn made_matches(&self, state: &State, shelf: &Shelf, query: &Query) -> Arc<Vec<u32>> {
        if query.only_recent() || shelf.base.count == 0 {
            return Arc::default();
        }
        let lasting = query.groups.iter().all(|group| group.0.iter().all(|condition| condition.is_lasting()));
        if lasting
            && let Some((_, found)) =
                self.scans.0.lock().expect("no holder of this lock panics").iter().find(|(key, _)| *key == query.key)
        {
            return found.clone();
        }
        let mut scratch = String::new();
        let mut found = Vec::new();
        for index in 0..shelf.base.count {
            let view = shelf.made_at(index);
            if query.matches(state, shelf.object, &view, &mut scratch) {
                found.push(index as u32);
            }
        }
        let found = Arc::new(found);
        if lasting {
            let mut kept = self.scans.0.lock().expect("no holder of this lock panics");
            kept.push_back((query.key.clone(), found.clone()));
            if kept.len() > KEPT {
                kept.pop_front();
            }
        }
        found
    }
}

fn by_id<'a>(
    shelf: &'a Shelf,
    untouched: impl Iterator<Item = u64>,
    written: Vec<View<'a>>,
    after: usize,
    limit: usize,
) -> Vec<View<'a>> {
    let mut untouched = untouched.peekable();
    let mut written = written.into_iter().peekable();
    let merged = std::iter::from_fn(move || {
        let written_first = match (untouched.peek(), written.peek()) {
            (Some(index), Some(view)) => view.id < shelf.base.id(*index),
            (None, _) => true,
            (Some(_), None) => false,
        };
        if written_first { written.next() } else { untouched.next().map(|index| shelf.made_at(index)) }
    });
    merged.skip(after).take(limit).collect()
}

fn by_property<'a>(
    state: &State,
    object: ObjectType,
    views: Vec<View<'a>>,
    property: &Property,
    descending: bool,
    after: usize,
    limit: usize,
) -> Vec<View<'a>> {
    let mut keyed: Vec<(Option<Operand>, View<'a>)> =
        views.into_iter().map(|view| (sort_key(state, object, &view, property), view)).collect();
    keyed.sort_by(|(a, first), (b, second)| {
        let order = match (a, b) {
            (Some(a), Some(b)) => {
                let order = a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
                if descending { order.reverse() } else { order }
            }
            // Records without a value come last either way.
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        order.then(first.id.cmp(&second.id))
    });
    keyed.into_iter().skip(after).take(limit).map(|(_, view)| view).collect()
}

fn sort_key(state: &State, object: ObjectType, view: &View<'_>, property: &Property) -> Option<Operand> {
    use super::catalog::Origin;
    match property.from {
        Origin::Id => return Some(Operand::Number(view.id as f64)),
        Origin::Created => return Some(Operand::Number(view.created as f64)),
        Origin::Modified => return Some(Operand::Number(view.updated as f64)),
        _ => {}
    }
    let mut text = String::new();
    if !state.write(object, view, property, &mut text) || text.is_empty() {
        return None;
    }
    match property.kind.as_str() {
        "number" => text.parse().ok().map(Operand::Number),
        "date" | "datetime" => crate::sandbox::calendar::read(&text).map(|millis| Operand::Number(millis as f64)),
        _ => Some(Operand::Text(text.to_lowercase())),
    }
}

impl Query {
    fn read(body: &Json, shelf: &Shelf, definitions: u64) -> Result<Query, Trouble> {
        if !body.is_object() {
            return Err(Trouble::invalid("the body must be an object"));
        }
        let limit = match loose_text(&body["limit"]).as_str() {
            "0" => 0,
            text => Trouble::limit(Some(text), 10, 200)?,
        };
        let after = loose_text(&body["after"]);
        let after: usize = match after.as_str() {
            "" => 0,
            text => text.parse().map_err(|_| Trouble::invalid("`after` must be an integer"))?,
        };
        if after.saturating_add(limit) > MOST {
            let message = "There was a problem with the request: paging past 10,000 results is not supported";
            return Err(Trouble::invalid(message));
        }
        let text = body["query"].as_str().unwrap_or_default();
        if text.chars().count() > 3000 {
            return Err(Trouble::invalid("A query can contain a maximum of 3000 characters"));
        }
        let groups = groups(body, shelf)?;
        let ids = match groups.as_slice() {
            [Group(conditions)] => conditions
                .iter()
                .filter_map(|condition| condition.id_range())
                .fold((0, u64::MAX), |(low, high), (from, to)| (low.max(from), high.min(to))),
            _ => (0, u64::MAX),
        };
        let mut query = Query {
            groups,
            words: text.split_whitespace().map(str::to_lowercase).collect(),
            sort: sort(&body["sorts"], shelf)?,
            limit,
            after,
            ids,
            key: String::new(),
        };
        if let [Group(conditions)] = query.groups.as_mut_slice() {
            // The range of ids is applied to what was found, so that paging by id asks the same question each time.
            conditions.retain(|condition| condition.id_range().is_none());
        }
        query.key = format!("{:?} {definitions} {:?} {:?}", shelf.object, query.words, query.groups_text());
        Ok(query)
    }

    fn groups_text(&self) -> Vec<String> {
        let text = |group: &Group| group.0.iter().map(|condition| condition.text()).collect::<Vec<_>>().join("&");
        self.groups.iter().map(text).collect()
    }

    fn only_recent(&self) -> bool {
        let recent = |group: &Group| group.0.iter().any(|condition| condition.only_after(LAST_CHANGE));
        !self.groups.is_empty() && self.groups.iter().all(recent)
    }

    fn matches(&self, state: &State, object: ObjectType, view: &View<'_>, scratch: &mut String) -> bool {
        let mut groups = self.groups.iter();
        let filtered = self.groups.is_empty()
            || groups.any(|group| group.0.iter().all(|condition| condition.holds(state, object, view, scratch)));
        filtered && (self.words.is_empty() || self.has_words(state, object, view, scratch))
    }

    fn has_words(&self, state: &State, object: ObjectType, view: &View<'_>, scratch: &mut String) -> bool {
        let shelf = state.shelf(object);
        scratch.clear();
        for property in object.info().searched.iter().filter_map(|name| shelf.properties.get(*name)) {
            state.write(object, view, property, scratch);
            scratch.push('\n');
        }
        let text = scratch.to_lowercase();
        self.words.iter().all(|word| text.contains(word.as_str()))
    }
}

/// The one sorting rule: `{"propertyName","direction"}`, or the property's name with `-` in front to go down.
fn sort(sorts: &Json, shelf: &Shelf) -> Result<Option<(Arc<Property>, bool)>, Trouble> {
    let sorts = sorts.as_array().map(Vec::as_slice).unwrap_or_default();
    if sorts.len() > 1 {
        return Err(Trouble::invalid("Only one sorting rule can be applied to any search"));
    }
    let Some(sort) = sorts.first() else { return Ok(None) };
    let (name, descending) = match sort {
        Json::String(name) => (name.trim_start_matches('-'), name.starts_with('-')),
        object => {
            let name = object["propertyName"].as_str().unwrap_or_default();
            (name, object["direction"].as_str().is_some_and(|direction| direction.eq_ignore_ascii_case("DESCENDING")))
        }
    };
    if name == "hs_object_id" && !descending {
        return Ok(None);
    }
    let found = shelf.properties.get(name).filter(|property| property.archived.is_none());
    let message = || format!("There was a problem with the request: property `{name}` cannot be sorted by");
    Ok(Some((found.ok_or_else(|| Trouble::invalid(message()))?.clone(), descending)))
}
