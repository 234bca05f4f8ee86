//! A record as JSON, written straight into the reply.

use std::sync::Arc;

use super::catalog::Property;
use super::links::link_name;
use super::state::{Shelf, State, View};
use super::types::ObjectType;
use crate::sandbox::{calendar, json};

/// What of a record is asked for.
pub(crate) struct Wanted {
    pub(crate) properties: Vec<Arc<Property>>,
    pub(crate) history: Vec<Arc<Property>>,
    pub(crate) associations: Vec<ObjectType>,
}

impl Wanted {
    /// The named properties with the ones that always come, or the usual ones when none are named. Unknown names are
    /// left out without a word, as HubSpot does.
    pub(crate) fn new(shelf: &Shelf, properties: &[&str], history: &[&str]) -> Wanted {
        let info = shelf.object.info();
        let mut names: Vec<&str> = if properties.is_empty() { info.usual.to_vec() } else { properties.to_vec() };
        names.extend([info.created, info.modified, "hs_object_id"]);
        names.extend(history);
        names.sort_unstable();
        names.dedup();
        Wanted { properties: known(shelf, &names), history: known(shelf, history), associations: Vec::new() }
    }

    /// Every property.
    pub(crate) fn all(shelf: &Shelf) -> Wanted {
        let properties = shelf.properties.values().filter(|property| property.archived.is_none()).cloned().collect();
        Wanted { properties, history: Vec::new(), associations: Vec::new() }
    }
}

fn known(shelf: &Shelf, names: &[&str]) -> Vec<Arc<Property>> {
    let found = names.iter().filter_map(|name| shelf.properties.get(*name));
    found.filter(|property| property.archived.is_none()).cloned().collect()
}

/// Writes a record; `new` is what an upsert says about it.
pub(crate) fn record(
    state: &State,
    object: ObjectType,
    view: &View<'_>,
    wanted: &Wanted,
    new: Option<bool>,
    out: &mut Vec<u8>,
) {
    let mut scratch = String::with_capacity(128);
    out.extend_from_slice(b"{\"id\":\"");
    json::number(out, view.id);
    out.extend_from_slice(b"\",\"properties\":");
    properties(state, object, view, &wanted.properties, &mut scratch, out);
    if !wanted.history.is_empty() {
        history(state, object, view, &wanted.history, out);
    }
    moment(out, ",\"createdAt\":", view.created, &mut scratch);
    moment(out, ",\"updatedAt\":", view.updated, &mut scratch);
    match view.archived {
        Some(at) => {
            out.extend_from_slice(b",\"archived\":true");
            moment(out, ",\"archivedAt\":", at, &mut scratch);
        }
        None => out.extend_from_slice(b",\"archived\":false"),
    }
    if let Some(new) = new {
        out.extend_from_slice(if new { b",\"new\":true" } else { b",\"new\":false" });
    }
    associations(state, object, view, &wanted.associations, out);
    out.push(b'}');
}

/// Writes the properties as an object of strings and nulls.
pub(crate) fn properties(
    state: &State,
    object: ObjectType,
    view: &View<'_>,
    properties: &[Arc<Property>],
    scratch: &mut String,
    out: &mut Vec<u8>,
) {
    out.push(b'{');
    for (at, property) in properties.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        json::text(out, &property.name);
        out.push(b':');
        scratch.clear();
        if state.write(object, view, property, scratch) {
            json::text(out, scratch);
        } else {
            out.extend_from_slice(b"null");
        }
    }
    out.push(b'}');
}

fn moment(out: &mut Vec<u8>, key: &str, millis: i64, scratch: &mut String) {
    scratch.clear();
    calendar::instant(scratch, millis);
    out.extend_from_slice(key.as_bytes());
    json::text(out, scratch);
}

/// Every value a property had, latest first.
fn history(state: &State, object: ObjectType, view: &View<'_>, properties: &[Arc<Property>], out: &mut Vec<u8>) {
    let mut all = serde_json::Map::new();
    for property in properties {
        let written = view.history.iter().rev().filter(|written| written.property == property.name);
        let mut entries: Vec<_> = written.map(|written| entry(&written.value, written.at)).collect();
        let mut first = String::new();
        let made = View { values: None, ..*view };
        if view.draw.is_some() && state.write(object, &made, property, &mut first) {
            entries.push(entry(&first, view.created));
        }
        all.insert(property.name.clone(), entries.into());
    }
    out.extend_from_slice(b",\"propertiesWithHistory\":");
    json::value(out, &all.into());
}

fn entry(value: &str, at: i64) -> serde_json::Value {
    serde_json::json!({
        "value": value, "timestamp": calendar::instant_text(at), "sourceType": "CRM_UI", "sourceId": "userId:9000000",
    })
}

fn associations(state: &State, object: ObjectType, view: &View<'_>, wanted: &[ObjectType], out: &mut Vec<u8>) {
    let mut all = serde_json::Map::new();
    for other in wanted {
        let mut results = Vec::new();
        for link in state.linked(object, view.id, *other) {
            let name = |id: &u32| link_name(object, *other, *id);
            results
                .extend(link.types.iter().map(|id| serde_json::json!({"id": link.to.to_string(), "type": name(id)})));
        }
        if !results.is_empty() {
            all.insert(other.name().replace('_', " "), serde_json::json!({"results": results}));
        }
    }
    if !all.is_empty() {
        out.extend_from_slice(b",\"associations\":");
        json::value(out, &all.into());
    }
}
