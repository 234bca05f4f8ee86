//! Things that happen to records by chance: which ones and what, the seed decides.

use super::Hubspot;
use super::catalog::{Origin, Property};
use super::changes::Changes;
use super::draw::Base;
use super::links::link_types;
use super::owners;
use super::types::ObjectType;
use crate::base::{Error, Result};
use crate::sandbox::random::Dice;
use crate::sandbox::{calendar, words};

impl Hubspot {
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
        let made = Base::new(object, u64::from(u32::MAX), self.seed).draw(dice.below(1 << 30));
        let mut changes = Changes::new();
        for property in shelf.properties.values().filter(|one| one.archived.is_none() && !one.is_read_only()) {
            let Origin::Made(value) = property.from else { continue };
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
                let plain = link_types(near, far)[0].id;
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
}

/// A value of the property's type.
fn other_value(property: &Property, dice: &mut Dice) -> String {
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
