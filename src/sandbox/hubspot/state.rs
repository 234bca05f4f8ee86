//! What the account holds: made-up records that are computed when they are looked at, and above them whatever was
//! written, archived, merged or deleted since.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::catalog::{self, Origin, Property, Work};
use super::draw::{Base, Draw};
use super::links::Links;
use super::types::{self, Companies, ObjectType};
use crate::sandbox::random::hash;
use crate::sandbox::{calendar, json};

pub(crate) struct State {
    shelves: Vec<Shelf>,
    pub(crate) links: Links,
    /// Moves the made-up scores
    pub(crate) score_round: u64,
    /// How long the search index is behind, in milliseconds
    pub(crate) lag: i64,
    /// Moves with every change of a definition
    pub(crate) definitions: u64,
    pub(crate) seed: u64,
}

/// The records of one type.
pub(crate) struct Shelf {
    pub(crate) object: ObjectType,
    pub(crate) base: Base,
    pub(crate) properties: BTreeMap<String, Arc<Property>>,
    /// What is no longer, or never was, as it was made up
    pub(crate) records: BTreeMap<u64, Record>,
    pub(crate) next_id: u64,
}

/// A record that was written.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) life: Life,
    /// Written values, above the made-up ones
    pub(crate) values: Values,
    pub(crate) history: Vec<Written>,
    /// What it was before recent changes, for the search index, oldest first
    pub(crate) before: Vec<Before>,
}

pub(crate) type Values = BTreeMap<String, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    Live,
    Archived(i64),
    /// Into the record with this id
    Merged(u64),
    /// Deleted for good
    Gone,
}

#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) property: String,
    pub(crate) value: String,
    pub(crate) at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Before {
    /// When it stopped being so
    pub(crate) until: i64,
    pub(crate) existed: bool,
    pub(crate) values: Values,
    pub(crate) updated: i64,
}

/// A record as somebody sees it.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) id: u64,
    pub(crate) draw: Option<Draw>,
    pub(crate) values: Option<&'a Values>,
    pub(crate) history: &'a [Written],
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) archived: Option<i64>,
}

impl State {
    pub(crate) fn new(seed: u64, contacts: u64) -> Self {
        let shelves = types::ALL.iter().map(|object| Shelf::new(*object, contacts, seed)).collect();
        State { shelves, links: Links::default(), score_round: 0, lag: 0, definitions: 0, seed }
    }

    pub(crate) fn shelf(&self, object: ObjectType) -> &Shelf {
        &self.shelves[object as usize]
    }

    pub(crate) fn shelf_mut(&mut self, object: ObjectType) -> &mut Shelf {
        &mut self.shelves[object as usize]
    }

    /// Whether there is a record with this id that is neither archived nor gone.
    pub(crate) fn is_live(&self, object: ObjectType, id: u64) -> bool {
        let shelf = self.shelf(object);
        match shelf.records.get(&id) {
            Some(record) => record.life == Life::Live,
            None => shelf.base.index(id).is_some(),
        }
    }

    /// Writes a property's value as text; false when it has none.
    pub(crate) fn write(&self, object: ObjectType, view: &View<'_>, property: &Property, out: &mut String) -> bool {
        match property.from {
            Origin::Id => {
                push_number(out, view.id);
                true
            }
            Origin::Created => {
                calendar::instant(out, view.created);
                true
            }
            Origin::Modified => {
                calendar::instant(out, view.updated);
                true
            }
            Origin::Worked(work) => self.work(object, view, work, out),
            Origin::Written | Origin::System => view.written(&property.name, out).unwrap_or(false),
            Origin::Made(value) => match view.written(&property.name, out) {
                Some(there) => there,
                None => view.draw.is_some_and(|draw| value(&draw, out)),
            },
        }
    }

    /// A property's value by name, or `None` when it has none.
    pub(crate) fn text(&self, object: ObjectType, view: &View<'_>, name: &str) -> Option<String> {
        let property = self.shelf(object).properties.get(name)?;
        let mut out = String::new();
        self.write(object, view, property, &mut out).then_some(out)
    }

    fn number(&self, object: ObjectType, view: &View<'_>, name: &str) -> Option<f64> {
        self.text(object, view, name)?.parse().ok()
    }

    fn work(&self, object: ObjectType, view: &View<'_>, work: Work, out: &mut String) -> bool {
        let stage = || self.text(object, view, "dealstage").unwrap_or_default();
        let probability = || {
            let stage = stage();
            let known = super::pipelines::DEAL_STAGES.iter().find(|(value, _, _)| *value == stage);
            known.map_or(0.0, |(_, _, probability)| probability.parse().unwrap_or(0.0))
        };
        match work {
            Work::Count(other) => push_number(out, self.linked(object, view.id, other).len() as u64),
            Work::Score => push_number(out, hash(&[self.seed, object as u64, view.id, self.score_round]) % 100),
            Work::IsClosed => out.push_str(&stage().starts_with("closed").to_string()),
            Work::IsWon => out.push_str(&(stage() == "closedwon").to_string()),
            Work::Probability => out.push_str(&probability().to_string()),
            Work::Projected => match self.number(object, view, "amount") {
                Some(amount) => out.push_str(&((amount * probability() * 100.0).round() / 100.0).to_string()),
                None => return false,
            },
            Work::DaysToClose => match self.text(object, view, "closedate").and_then(|date| calendar::read(&date)) {
                Some(date) => out.push_str(&((date - view.created) / 86_400_000).max(0).to_string()),
                None => return false,
            },
            Work::LineAmount => {
                let (price, quantity) = (self.number(object, view, "price"), self.number(object, view, "quantity"));
                let (Some(price), Some(quantity)) = (price, quantity) else { return false };
                out.push_str(&((price * quantity * 100.0).round() / 100.0).to_string());
            }
            Work::AssociatedCompany => match self.linked(object, view.id, Companies).first() {
                Some(link) => push_number(out, link.to),
                None => return false,
            },
        }
        true
    }
}

impl Shelf {
    fn new(object: ObjectType, contacts: u64, seed: u64) -> Self {
        let base = Base::new(object, contacts, seed);
        let properties = catalog::properties(object);
        let properties = properties.into_iter().map(|property| (property.name.clone(), Arc::new(property))).collect();
        Shelf { object, base, properties, records: BTreeMap::new(), next_id: base.end() }
    }

    /// The record with this id as it was made up.
    pub(crate) fn made(&self, id: u64) -> Option<View<'static>> {
        self.base.index(id).map(|index| self.made_at(index))
    }

    pub(crate) fn made_at(&self, index: u64) -> View<'static> {
        let draw = self.base.draw(index);
        View {
            id: self.base.id(index),
            draw: Some(draw),
            values: None,
            history: &[],
            created: draw.created(),
            updated: draw.modified(),
            archived: None,
        }
    }

    fn view_of<'a>(&self, id: u64, record: &'a Record) -> View<'a> {
        View {
            id,
            draw: self.base.index(id).map(|index| self.base.draw(index)),
            values: Some(&record.values),
            history: &record.history,
            created: record.created,
            updated: record.updated,
            archived: match record.life {
                Life::Archived(at) => Some(at),
                _ => None,
            },
        }
    }

    /// The live or archived record with this id; a merged one leads to its winner, a deleted one is `None`.
    pub(crate) fn view(&self, id: u64) -> Option<View<'_>> {
        let id = self.winner(id);
        match self.records.get(&id) {
            Some(record) if matches!(record.life, Life::Live | Life::Archived(_)) => Some(self.view_of(id, record)),
            Some(_) => None,
            None => self.made(id),
        }
    }

    /// Follows merges to the record that is left.
    pub(crate) fn winner(&self, id: u64) -> u64 {
        let mut id = id;
        while let Some(Record { life: Life::Merged(into), .. }) = self.records.get(&id) {
            id = *into;
        }
        id
    }

    /// Live (or archived) records in the order of their ids, beginning with this id.
    pub(crate) fn walk(&self, from: u64, archived: bool) -> impl Iterator<Item = View<'_>> {
        let mut written = self.records.range(from..).peekable();
        let end = if archived { 0 } else { self.base.count };
        let mut index = self.base.from(from).min(end);
        std::iter::from_fn(move || {
            loop {
                let made = (index < end).then(|| self.base.id(index));
                match (written.peek(), made) {
                    (Some((id, record)), made) if made.is_none_or(|made| **id <= made) => {
                        index += u64::from(made == Some(**id));
                        let is = match record.life {
                            Life::Live => !archived,
                            Life::Archived(_) => archived,
                            Life::Merged(_) | Life::Gone => false,
                        };
                        let view = is.then(|| self.view_of(**id, record));
                        written.next();
                        if view.is_some() {
                            return view;
                        }
                    }
                    (_, Some(_)) => {
                        index += 1;
                        return Some(self.made_at(index - 1));
                    }
                    (_, None) => return None,
                }
            }
        })
    }

    /// What the search index, which is this far behind, has of a written record.
    pub(crate) fn indexed<'a>(&self, id: u64, record: &'a Record, now: i64, lag: i64) -> Option<View<'a>> {
        if record.life != Life::Live {
            return None;
        }
        let mut view = self.view_of(id, record);
        if let Some(before) = record.before.iter().find(|before| now < before.until + lag) {
            if !before.existed {
                return None;
            }
            view.values = Some(&before.values);
            view.updated = before.updated;
        }
        Some(view)
    }
}

impl View<'_> {
    /// Writes the value that somebody wrote: `None` when nobody did, false for one that was cleared.
    fn written(&self, name: &str, out: &mut String) -> Option<bool> {
        let value = self.values?.get(name)?;
        out.push_str(value);
        Some(true)
    }
}

pub(crate) fn push_number(out: &mut String, number: u64) {
    let mut digits = Vec::with_capacity(20);
    json::number(&mut digits, number);
    out.extend(digits.iter().map(|digit| char::from(*digit)));
}
