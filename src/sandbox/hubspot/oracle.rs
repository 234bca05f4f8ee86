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
use crate::sandbox::random::Dice;
use crate::sandbox::{calendar, json as write, words};

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

    /// Adds or takes away so many associations that the seed chooses, and returns the ids at their first ends.
    pub fn churn_links(&self, from: &str, to: &str, what: &str, count: usize, seed: u64) -> Result<Vec<String>> {
        let (near, far) = (ObjectType::named(from)?, ObjectType::named(to)?);
        let (ids, others) = (self.live_ids(from)?, self.live_ids(to)?);
        let mut dice = Dice::new(seed);
        let mut changed = Vec::new();
        for _ in 0..count.min(ids.len() * others.len()) {
            let id = *words::choose(&ids, dice.next());
            let mut state = self.change();
            if what == "associate" {
                let plain = super::links::link_types(near, far)[0].id;
                state.link((near, id), (far, *words::choose(&others, dice.next())), &[plain]);
            } else {
                let links = state.linked(near, id, far);
                let Some(link) = links.get(dice.below(links.len() as u64) as usize) else { continue };
                state.unlink((near, id), (far, link.to));
            }
            changed.push(id.to_string());
        }
        Ok(changed)
    }

    /// Does something to so many records that the seed chooses, and returns their ids (or, for a merge, the winners').
    /// `what` is create, update, archive, restore, merge, gdpr_delete or mixed.
    pub fn churn(&self, object: &str, what: &str, count: usize, seed: u64) -> Result<Vec<String>> {
        let kind = ObjectType::named(object)?;
        let mut dice = Dice::new(seed);
        let mut changed = Vec::new();
        let mut live = if what == "create" { Vec::new() } else { self.live_ids(object)? };
        for at in 0..count {
            let what = match what {
                "mixed" => words::pick(
                    &["create", "update", "update", "update", "archive", "restore", "merge", "gdpr_delete"],
                    dice.next(),
                ),
                what => what,
            };
            let done = self.one_change(kind, what, &mut live, &mut dice, at)?;
            changed.extend(done.map(|id| id.to_string()));
        }
        Ok(changed)
    }

    fn one_change(
        &self,
        object: ObjectType,
        what: &str,
        live: &mut Vec<u64>,
        dice: &mut Dice,
        at: usize,
    ) -> Result<Option<u64>> {
        let now = self.now();
        let mut take = |live: &mut Vec<u64>| {
            let place = dice.below(live.len() as u64) as usize;
            (!live.is_empty()).then(|| live.swap_remove(place))
        };
        Ok(match what {
            "create" => {
                let changes = self.fresh_values(object, dice, at);
                let id = self.change().create(object, &changes, now)?;
                live.push(id);
                Some(id)
            }
            "update" => {
                let Some(id) = take(live) else { return Ok(None) };
                live.push(id);
                let changes = self.some_values(object, dice);
                Some(self.change().update(object, id, &changes, now)?)
            }
            "archive" | "delete" => take(live).filter(|id| self.change().archive(object, *id, now)),
            "gdpr_delete" => take(live).filter(|id| self.change().delete_for_good(object, *id)),
            "restore" => {
                let archived: Vec<u64> = self.read().shelf(object).walk(0, true).map(|view| view.id).collect();
                let id = archived.get(dice.below(archived.len() as u64) as usize).copied();
                let id = id.filter(|id| self.change().restore(object, *id, now));
                live.extend(id);
                id
            }
            "merge" => {
                let (Some(winner), Some(loser)) = (take(live), take(live)) else { return Ok(None) };
                live.push(winner);
                Some(self.change().merge(object, winner, loser, now)?)
            }
            _ => return Err(Error::usage(format!("`{what}` is nothing that can happen to records"))),
        })
    }

    /// Values for a new record: as another place in the row would have them, but with its own unique ones.
    fn fresh_values(&self, object: ObjectType, dice: &mut Dice, at: usize) -> Changes {
        let state = self.read();
        let shelf = state.shelf(object);
        let made = super::draw::Base::new(object, u64::from(u32::MAX), self.seed).draw(dice.below(1 << 30));
        let mut changes = Changes::new();
        for property in shelf.properties.values().filter(|one| one.archived.is_none() && !one.is_read_only()) {
            let super::catalog::Origin::Made(value) = property.from else { continue };
            let mut text = String::new();
            match (property.unique, property.name.as_str()) {
                (true, "email") => text = format!("new.{}.{at}.{}@mail.example", shelf.next_id, dice.below(1 << 40)),
                (true, _) => text = format!("new-{}-{at}-{}x", shelf.next_id, dice.below(1 << 40)),
                (false, _) => _ = value(&made, &mut text),
            }
            if !text.is_empty() {
                changes.push((property.name.clone(), text));
            }
        }
        changes
    }

    /// One to three properties with other values, sometimes cleared.
    fn some_values(&self, object: ObjectType, dice: &mut Dice) -> Changes {
        let state = self.read();
        let shelf = state.shelf(object);
        let writable: Vec<_> = shelf
            .properties
            .values()
            .filter(|one| one.archived.is_none() && !one.is_read_only() && !one.unique)
            .collect();
        let mut changes = Changes::new();
        for _ in 0..=dice.below(3) {
            let property = *words::choose(&writable, dice.next());
            let value = if dice.below(8) == 0 { String::new() } else { other_value(property, dice) };
            changes.retain(|(name, _)| *name != property.name);
            changes.push((property.name.clone(), value));
        }
        changes
    }
}

/// A value of the property's type.
fn other_value(property: &super::catalog::Property, dice: &mut Dice) -> String {
    match property.kind.as_str() {
        "number" => format!("{}.{:02}", dice.below(1_000_000), dice.below(100)),
        "bool" => (dice.below(2) == 0).to_string(),
        "datetime" => calendar::instant_text(1_577_836_800_000 + dice.below(200_000_000_000) as i64),
        "date" => {
            let mut text = String::new();
            calendar::date(&mut text, dice.below(20_000) as i64 * 86_400_000);
            text
        }
        "enumeration" if !property.options.is_empty() => words::choose(&property.options, dice.next()).value.clone(),
        "enumeration" => owners::id(dice.below(owners::MADE_UP)).to_string(),
        _ => format!("{} {}", words::pick(words::NOTES, dice.next()), dice.below(1_000_000)),
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
