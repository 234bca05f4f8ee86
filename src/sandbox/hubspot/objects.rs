//! One record, and lists of records.

use serde_json::Value as Json;

use super::changes::{Changes, is_unique};
use super::errors::Trouble;
use super::links::link_types;
use super::render::{self, Wanted};
use super::state::{Shelf, State, View};
use super::types::ObjectType;
use super::{Hubspot, Visit};
use crate::sandbox::fault::Twist;
use crate::sandbox::json;
use crate::sandbox::wire::Reply;

impl Hubspot {
    /// `GET /crm/v3/objects/{type}`: by ascending id, 100 a page (50 with history).
    pub(crate) fn list(&self, visit: &Visit<'_>, object: ObjectType) -> Result<Reply, Trouble> {
        let request = visit.request;
        let history = request.list("propertiesWithHistory");
        let limit = Trouble::limit(request.parameter("limit"), 10, if history.is_empty() { 100 } else { 50 })?;
        let after = match request.parameter("after").filter(|after| !after.is_empty()) {
            Some(after) => after.parse::<u64>().map_err(|_| Trouble::expired())?,
            None => 0,
        };
        if visit.call.twist == Some(Twist::Expired) {
            return Err(Trouble::expired());
        }
        let state = self.read();
        let shelf = state.shelf(object);
        let wanted = wanted(visit, shelf, &request.list("properties"), &history)?;
        let archived = request.is_true("archived");
        let mut views: Vec<View<'_>> = shelf.walk(after, archived).take(limit + 1).collect();
        let more = views.len() > limit;
        views.truncate(limit);
        let mut next = if more { views.last().map(|view| view.id + 1) } else { None };
        match visit.call.twist {
            Some(Twist::Duplicate) => {
                views = page_before(shelf, after, archived, limit);
                next = Some(after);
            }
            Some(Twist::Loop) => next = Some(0),
            Some(Twist::Stuck) => next = Some(after),
            Some(Twist::Half) => next = None,
            Some(Twist::Nothing) => {
                views.clear();
                next = None;
            }
            Some(Twist::NextHost | Twist::Expired) | None => {}
        }
        let mut out = Vec::with_capacity(views.len() * (120 + 40 * wanted.properties.len()) + 256);
        out.extend_from_slice(b"{\"results\":[");
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

    pub(crate) fn get(&self, visit: &Visit<'_>, object: ObjectType, id: &str) -> Result<Reply, Trouble> {
        let request = visit.request;
        let state = self.read();
        let shelf = state.shelf(object);
        let history = request.list("propertiesWithHistory");
        let wanted = wanted(visit, shelf, &request.list("properties"), &history)?;
        let found = locate(&state, object, id, request.parameter("idProperty"))?.and_then(|id| shelf.view(id));
        let view = found.filter(|view| view.archived.is_some() == request.is_true("archived"));
        let view = view.ok_or_else(Trouble::not_found)?;
        Ok(reply(&state, object, &view, &wanted, 200))
    }

    pub(crate) fn post(&self, visit: &Visit<'_>, object: ObjectType) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let mut state = self.change();
        let id = create(&mut state, object, &body, visit.now)?;
        Ok(after_change(&state, object, id, &body, 201))
    }

    pub(crate) fn patch(&self, visit: &Visit<'_>, object: ObjectType, id: &str) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let mut state = self.change();
        let id = locate(&state, object, id, visit.request.parameter("idProperty"))?.ok_or_else(Trouble::not_found)?;
        let id = state.update(object, id, &changes(&body)?, visit.now)?;
        Ok(after_change(&state, object, id, &body, 200))
    }

    /// Answers 204 whether or not there was such a record.
    pub(crate) fn delete(&self, visit: &Visit<'_>, object: ObjectType, id: &str) -> Result<Reply, Trouble> {
        let mut state = self.change();
        if let Some(id) = locate(&state, object, id, visit.request.parameter("idProperty"))? {
            state.archive(object, id, visit.now);
        }
        Ok(Reply::empty(204))
    }

    pub(crate) fn post_merge(&self, visit: &Visit<'_>, object: ObjectType) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let id = |key: &str| {
            let id = json::loose_text(&body[key]).parse::<u64>();
            id.map_err(|_| Trouble::invalid(format!("`{key}` is required and must be an id")))
        };
        let (winner, loser) = (id("primaryObjectId")?, id("objectIdToMerge")?);
        let mut state = self.change();
        let id = state.merge(object, winner, loser, visit.now)?;
        let wanted = Wanted::all(state.shelf(object));
        let view = state.shelf(object).view(id).ok_or_else(Trouble::not_found)?;
        Ok(reply(&state, object, &view, &wanted, 200))
    }

    pub(crate) fn post_gdpr_delete(&self, visit: &Visit<'_>, object: ObjectType) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let id = json::loose_text(&body["objectId"]);
        if id.is_empty() {
            return Err(Trouble::invalid("`objectId` is required"));
        }
        let mut state = self.change();
        if let Some(id) = locate(&state, object, &id, body["idProperty"].as_str())? {
            state.delete_for_good(object, id);
        }
        Ok(Reply::empty(204))
    }
}

/// What the request asks to see of each record.
fn wanted(visit: &Visit<'_>, shelf: &Shelf, properties: &[&str], history: &[&str]) -> Result<Wanted, Trouble> {
    let mut wanted = Wanted::new(shelf, properties, history);
    for name in visit.request.list("associations") {
        wanted.associations.push(ObjectType::find(name).ok_or_else(|| Trouble::no_such_type(name))?);
    }
    Ok(wanted)
}

/// The page that ends before this id, as far as it can be told.
fn page_before(shelf: &Shelf, id: u64, archived: bool, limit: usize) -> Vec<View<'_>> {
    let index = shelf.base.from(id).saturating_sub(limit as u64);
    let from = if index == 0 { 0 } else { shelf.base.id(index) };
    let mut before: Vec<View<'_>> = shelf.walk(from, archived).take_while(|view| view.id < id).collect();
    before.drain(..before.len().saturating_sub(limit));
    before
}

/// Writes `,"paging":{"next":{"after":…,"link":…}}`.
pub(crate) fn paging(out: &mut Vec<u8>, visit: &Visit<'_>, after: &str) {
    out.extend_from_slice(b",\"paging\":{\"next\":{\"after\":");
    json::text(out, after);
    let host = match visit.call.twist {
        Some(Twist::NextHost) => format!("http://{}", visit.call.canary),
        _ => visit.call.own.to_owned(),
    };
    let target = &visit.request.target;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let query = kept.chain([format!("after={after}").as_str()]).collect::<Vec<_>>().join("&");
    out.extend_from_slice(b",\"link\":");
    json::text(out, &format!("{host}{path}?{query}"));
    out.extend_from_slice(b"}}");
}

/// The id of a record that is named by its id or by a unique property.
pub(crate) fn locate(state: &State, object: ObjectType, id: &str, by: Option<&str>) -> Result<Option<u64>, Trouble> {
    match by.filter(|by| !by.is_empty() && *by != "hs_object_id") {
        None => Ok(id.parse().ok()),
        Some(by) if is_unique(state.shelf(object), by) => Ok(state.find(object, by, id)),
        Some(by) => {
            Err(Trouble::invalid(format!("Property `{by}` is not a unique property and cannot be used as idProperty")))
        }
    }
}

pub(crate) fn reply(state: &State, object: ObjectType, view: &View<'_>, wanted: &Wanted, status: u16) -> Reply {
    let mut out = Vec::with_capacity(1024);
    render::record(state, object, view, wanted, None, &mut out);
    Reply::json(status, out)
}

/// The record as a write answers with it: the usual properties and the ones that were written.
fn after_change(state: &State, object: ObjectType, id: u64, body: &Json, status: u16) -> Reply {
    let mut out = Vec::with_capacity(1024);
    write_changed(state, object, id, body, None, &mut out);
    Reply::json(status, out)
}

pub(crate) fn write_changed(
    state: &State,
    object: ObjectType,
    id: u64,
    body: &Json,
    new: Option<bool>,
    out: &mut Vec<u8>,
) {
    let shelf = state.shelf(object);
    let written = body["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let names: Vec<&str> = object.info().usual.iter().copied().chain(written).collect();
    if let Some(view) = shelf.view(id) {
        render::record(state, object, &view, &Wanted::new(shelf, &names, &[]), new, out);
    }
}

/// The `properties` of a body.
pub(crate) fn changes(body: &Json) -> Result<Changes, Trouble> {
    match &body["properties"] {
        Json::Object(properties) => {
            Ok(properties.iter().map(|(name, value)| (name.clone(), json::loose_text(value))).collect())
        }
        Json::Null => Ok(Changes::new()),
        _ => Err(Trouble::invalid("`properties` must be an object")),
    }
}

/// Creates the record of a body, with its associations.
pub(crate) fn create(state: &mut State, object: ObjectType, body: &Json, now: i64) -> Result<u64, Trouble> {
    let mut links = Vec::new();
    for association in body["associations"].as_array().into_iter().flatten() {
        let to = json::loose_text(&association["to"]["id"]).parse::<u64>();
        let to = to.map_err(|_| Trouble::invalid("an association's `to` needs an `id`"))?;
        for kind in association["types"].as_array().into_iter().flatten() {
            let id = kind["associationTypeId"].as_u64().unwrap_or_default() as u32;
            let other = super::types::ALL.iter().copied();
            let other = other.into_iter().find(|other| link_types(object, *other).iter().any(|known| known.id == id));
            let other = other.ok_or_else(|| Trouble::invalid(format!("association type {id} is not known here")))?;
            if !state.is_live(other, to) {
                return Err(Trouble::invalid(format!("{} {to} does not exist", other.shout())));
            }
            links.push((other, to, id));
        }
    }
    let id = state.create(object, &changes(body)?, now)?;
    for (other, to, kind) in links {
        state.link((object, id), (other, to), &[kind]);
    }
    Ok(id)
}
