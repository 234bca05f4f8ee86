//! What is true: the account's records without HTTP, limits, lag or faults, and what people in HubSpot would do with
//! them. Tests compare with this, and the demo changes things through it.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::changes::Changes;
use super::render::{self, Wanted};
use super::state::View;
use super::types::ObjectType;
use super::{Hubspot, owners, pipelines};
use crate::base::{Error, Result};
use crate::sandbox::json as write;

/// How many lines a dump writes at once.
const AT_ONCE: usize = 500;

impl Hubspot {
    /// Creates a record and returns its id.
    pub fn create(&self, object: &str, properties: &[(&str, &str)]) -> Result<String> {
        let object = ObjectType::named(object)?;
        Ok(self.change().create(object, &owned(properties), self.now())?.to_string())
    }

    /// Changes a record's properties; an empty value clears one.
    pub fn update(&self, object: &str, id: &str, properties: &[(&str, &str)]) -> Result<()> {
        let object = ObjectType::named(object)?;
        self.change().update(object, number(id)?, &owned(properties), self.now())?;
        Ok(())
    }

    /// Puts a record into the archive. `Kind::NotFound` when there is none.
    pub fn archive(&self, object: &str, id: &str) -> Result<()> {
        let object = ObjectType::named(object)?;
        found(self.change().archive(object, number(id)?, self.now()), object, id)
    }

    /// Takes a record out of the archive.
    pub fn restore(&self, object: &str, id: &str) -> Result<()> {
        let object = ObjectType::named(object)?;
        found(self.change().restore(object, number(id)?, self.now()), object, id)
    }

    /// Deletes a record for good.
    pub fn gdpr_delete(&self, object: &str, id: &str) -> Result<()> {
        let object = ObjectType::named(object)?;
        found(self.change().delete_for_good(object, number(id)?), object, id)
    }

    /// Merges the second record into the first.
    pub fn merge(&self, object: &str, winner: &str, loser: &str) -> Result<()> {
        let object = ObjectType::named(object)?;
        self.change().merge(object, number(winner)?, number(loser)?, self.now())?;
        Ok(())
    }

    /// Associates two records in the plain way.
    pub fn associate(&self, from: (&str, &str), to: (&str, &str)) -> Result<()> {
        let (near, far) = ((ObjectType::named(from.0)?, number(from.1)?), (ObjectType::named(to.0)?, number(to.1)?));
        let mut state = self.change();
        let live = state.is_live(near.0, near.1) && state.is_live(far.0, far.1);
        found(live, near.0, &format!("{} or {}", from.1, to.1))?;
        let plain = super::links::link_types(near.0, far.0)[0].id;
        state.link(near, far, &[plain]);
        Ok(())
    }

    /// Takes an association away.
    pub fn dissociate(&self, from: (&str, &str), to: (&str, &str)) -> Result<()> {
        let (near, far) = ((ObjectType::named(from.0)?, number(from.1)?), (ObjectType::named(to.0)?, number(to.1)?));
        self.change().unlink(near, far);
        Ok(())
    }

    /// Makes every score anew, without moving a time of last change.
    pub fn recalculate(&self) {
        self.change().score_round += 1;
    }

    /// Every live record: `{"id","createdAt","updatedAt","archived","properties":{…}}` with all properties.
    pub fn live(&self, object: &str) -> Result<Vec<Json>> {
        let object = ObjectType::named(object)?;
        let mut records = Vec::new();
        let mut from = Some(0);
        while let Some(start) = from {
            let (part, next) = self.some_records(object, false, start);
            for line in part.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                records.push(serde_json::from_slice(line).expect("a record is written as JSON"));
            }
            from = next;
        }
        Ok(records)
    }

    /// The ids of the live records, ascending.
    pub fn live_ids(&self, object: &str) -> Result<Vec<u64>> {
        let object = ObjectType::named(object)?;
        let state = self.read();
        Ok(state.shelf(object).walk(0, false).map(|view| view.id).collect())
    }

    /// How many live records there are.
    pub fn count(&self, object: &str) -> Result<usize> {
        let object = ObjectType::named(object)?;
        let state = self.read();
        Ok(state.shelf(object).walk(0, false).count())
    }

    /// One live record as `live` gives it, or `None`.
    pub fn record(&self, object: &str, id: &str) -> Result<Option<Json>> {
        let object = ObjectType::named(object)?;
        let id = number(id)?;
        let state = self.read();
        let shelf = state.shelf(object);
        let view = shelf.view(id).filter(|view| view.archived.is_none() && view.id == id);
        Ok(view.map(|view| {
            let mut out = Vec::new();
            render::record(&state, object, &view, &Wanted::all(shelf), None, &mut out);
            serde_json::from_slice(&out).expect("a record is written as JSON")
        }))
    }

    /// The ids of the records of another type that a record is associated with.
    pub fn associated(&self, from: &str, id: &str, to: &str) -> Result<Vec<u64>> {
        let (near, far) = (ObjectType::named(from)?, ObjectType::named(to)?);
        let links = self.read().linked(near, number(id)?, far);
        Ok(links.into_iter().map(|link| link.to).collect())
    }

    /// Everything of one kind as lines of JSON, a few hundred at a time: records (`contacts`), archived ones,
    /// associations (`contacts_companies`: `{"from","to","types"}`), `owners`, or `pipelines/deals`.
    pub(crate) fn dump(self: Arc<Self>, what: &str, archived: bool) -> Result<Lines> {
        if what == "owners" {
            return Ok(lines(owners::all(self.seed)));
        }
        if let Some(object) = what.strip_prefix("pipelines/") {
            return Ok(lines(pipelines::all(ObjectType::named(object)?)));
        }
        if let Some(object) = ObjectType::find(what) {
            let mut from = Some(0);
            return Ok(Box::new(move || {
                let (part, next) = self.some_records(object, archived, from?);
                from = next;
                (!part.is_empty()).then_some(part)
            }));
        }
        let split = |(at, _): (usize, &str)| Some((ObjectType::find(&what[..at])?, ObjectType::find(&what[at + 1..])?));
        let (from, to) = match what.match_indices('_').find_map(split) {
            Some(pair) => pair,
            None => (ObjectType::named(what)?, ObjectType::named(what)?),
        };
        let mut start = Some(0);
        Ok(Box::new(move || {
            let mut part = Vec::new();
            while part.is_empty() {
                (part, start) = self.some_links(from, to, start?);
            }
            Some(part)
        }))
    }

    /// A part of the live or archived records from this id on, and the id to go on from.
    fn some_records(&self, object: ObjectType, archived: bool, from: u64) -> (Vec<u8>, Option<u64>) {
        let state = self.read();
        let shelf = state.shelf(object);
        let wanted = Wanted::all(shelf);
        let views: Vec<View<'_>> = shelf.walk(from, archived).take(AT_ONCE).collect();
        let mut out = Vec::new();
        for view in &views {
            render::record(&state, object, view, &wanted, None, &mut out);
            out.push(b'\n');
        }
        (out, views.last().map(|view| view.id + 1))
    }

    fn some_links(&self, from: ObjectType, to: ObjectType, start: u64) -> (Vec<u8>, Option<u64>) {
        let state = self.read();
        let ids: Vec<u64> = state.shelf(from).walk(start, false).take(AT_ONCE).map(|view| view.id).collect();
        let mut out = Vec::new();
        for id in &ids {
            for link in state.linked(from, *id, to) {
                let line = json!({"from": id.to_string(), "to": link.to.to_string(), "types": link.types});
                write::value(&mut out, &line);
                out.push(b'\n');
            }
        }
        (out, ids.last().map(|id| id + 1))
    }
}

/// Lines of JSON, some at a time.
pub(crate) type Lines = Box<dyn FnMut() -> Option<Vec<u8>> + Send>;

fn lines(values: Vec<Json>) -> Lines {
    let text: String = values.iter().map(|value| format!("{value}\n")).collect();
    let mut text = Some(text.into_bytes()).filter(|text| !text.is_empty());
    Box::new(move || text.take())
}

fn owned(properties: &[(&str, &str)]) -> Changes {
    properties.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn number(id: &str) -> Result<u64> {
    id.parse().map_err(|_| Error::not_found(format!("`{id}` is no id of a record")))
}

fn found(there: bool, object: ObjectType, id: &str) -> Result<()> {
    match there {
        true => Ok(()),
        false => Err(Error::not_found(format!("there is no such record of `{}`: {id}", object.name()))),
    }
}
