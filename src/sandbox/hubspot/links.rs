//! Which records are associated with which: the made-up associations, less those taken away, plus those added.
//! Both directions are always there, and nothing here touches a record's time of last change.

use std::collections::{BTreeMap, BTreeSet};

use super::draw;
use super::state::State;
use super::types::{Companies, Contacts, Deals, LineItems, ObjectType, Quotes, Tickets};

#[derive(Debug, Default)]
pub(crate) struct Links {
    added: BTreeMap<End, BTreeMap<u64, BTreeSet<u32>>>,
    /// Made-up associations that were taken away
    removed: BTreeMap<End, BTreeSet<u64>>,
}

/// One record looking at another type.
type End = (ObjectType, u64, ObjectType);

/// One association as seen from one end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) to: u64,
    /// Type ids, ascending
    pub(crate) types: Vec<u32>,
}

/// A kind of association between two types, seen from the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LinkType {
    pub(crate) id: u32,
    pub(crate) label: Option<&'static str>,
    pub(crate) category: &'static str,
}

/// The kinds of association from one type to another: without label first (HubSpot's numbers, from its documentation
/// of association type ids); custom objects have the account's own.
pub(crate) fn link_types(from: ObjectType, to: ObjectType) -> Vec<LinkType> {
    let (plain, primary): (u32, Option<u32>) = match (from, to) {
        (Contacts, Companies) => (279, Some(1)),
        (Companies, Contacts) => (280, Some(2)),
        (Deals, Companies) => (341, Some(5)),
        (Companies, Deals) => (342, Some(6)),
        (Tickets, Companies) => (339, Some(26)),
        (Companies, Tickets) => (340, Some(25)),
        (Deals, Contacts) => (3, None),
        (Contacts, Deals) => (4, None),
        (Contacts, Tickets) => (15, None),
        (Tickets, Contacts) => (16, None),
        (Deals, LineItems) => (19, None),
        (LineItems, Deals) => (20, None),
        (Deals, Tickets) => (27, None),
        (Tickets, Deals) => (28, None),
        (Deals, Quotes) => (63, None),
        (Quotes, Deals) => (64, None),
        (Quotes, LineItems) => (67, None),
        (LineItems, Quotes) => (68, None),
        (Quotes, Contacts) => (69, None),
        (Contacts, Quotes) => (70, None),
        (Quotes, Companies) => (71, None),
        (Companies, Quotes) => (72, None),
        (Contacts, Contacts) => (449, None),
        (Companies, Companies) => (450, None),
        (Deals, Deals) => (451, None),
        (Tickets, Tickets) => (452, None),
        (from, to) => (1000 + 20 * from as u32 + to as u32, None),
    };
    let own = from.is_custom() || to.is_custom();
    let category = if own { "USER_DEFINED" } else { "HUBSPOT_DEFINED" };
    let mut types = vec![LinkType { id: plain, label: None, category }];
    types.extend(primary.map(|id| LinkType { id, label: Some("Primary"), category }));
    types
}

/// A name for an association type in the style of version 3: `contact_to_company`.
pub(crate) fn link_name(from: ObjectType, to: ObjectType, id: u32) -> String {
    let types = link_types(from, to);
    let name = format!("{}_to_{}", from.info().singular, to.info().singular);
    if types.len() > 1 && types[0].id == id { format!("{name}_unlabeled") } else { name }
}

impl State {
    /// Everything of one type that a record is associated with and that is live, by ascending id.
    pub(crate) fn linked(&self, from: ObjectType, id: u64, to: ObjectType) -> Vec<Link> {
        let end = (from, id, to);
        let mut found = self.made_links(from, id, to);
        if let Some(removed) = self.links.removed.get(&end) {
            found.retain(|link| !removed.contains(&link.to));
        }
        for (to, types) in self.links.added.get(&end).into_iter().flatten() {
            found.retain(|link| link.to != *to);
            found.push(Link { to: *to, types: types.iter().copied().collect() });
        }
        found.retain(|link| self.is_live(to, link.to));
        found.sort_unstable_by_key(|link| link.to);
        found
    }

    fn made_links(&self, from: ObjectType, id: u64, to: ObjectType) -> Vec<Link> {
        let (near, far) = (&self.shelf(from).base, &self.shelf(to).base);
        let Some(index) = near.index(id) else { return Vec::new() };
        let others = draw::neighbours(&near.draw(index), to).into_iter();
        let mutual = others.filter(|other| draw::neighbours(&far.draw(*other), from).contains(&index));
        let mut types: Vec<u32> = link_types(from, to).iter().map(|kind| kind.id).collect();
        types.sort_unstable();
        mutual.map(|other| Link { to: far.id(other), types: types.clone() }).collect()
    }

    /// Associates two records; the types are seen from the first.
    pub(crate) fn link(&mut self, from: (ObjectType, u64), to: (ObjectType, u64), types: &[u32]) {
        let known = self.linked(from.0, from.1, to.0).into_iter().find(|link| link.to == to.1);
        let mut all: BTreeSet<u32> = known.into_iter().flat_map(|link| link.types).collect();
        all.extend(types);
        let plain = link_types(from.0, to.0)[0].id;
        all.insert(plain);
        let back: BTreeSet<u32> = all.iter().map(|id| inverse(from.0, to.0, *id)).collect();
        self.links.added.entry((from.0, from.1, to.0)).or_default().insert(to.1, all);
        self.links.added.entry((to.0, to.1, from.0)).or_default().insert(from.1, back);
    }

    /// Takes an association away in both directions.
    pub(crate) fn unlink(&mut self, from: (ObjectType, u64), to: (ObjectType, u64)) {
        for (near, far) in [(from, to), (to, from)] {
            let end = (near.0, near.1, far.0);
            if let Some(added) = self.links.added.get_mut(&end) {
                added.remove(&far.1);
            }
            if self.made_links(near.0, near.1, far.0).iter().any(|link| link.to == far.1) {
                self.links.removed.entry(end).or_default().insert(far.1);
            }
        }
    }

    /// Gives all associations of one record to another of the same type.
    pub(crate) fn hand_over(&mut self, object: ObjectType, from: u64, to: u64) {
        for other in super::types::ALL.iter().copied() {
            for link in self.linked(object, from, other) {
                self.unlink((object, from), (other, link.to));
                if (other, link.to) != (object, to) {
                    self.link((object, to), (other, link.to), &link.types);
                }
            }
        }
    }
}

fn inverse(from: ObjectType, to: ObjectType, id: u32) -> u32 {
    let place = link_types(from, to).iter().position(|kind| kind.id == id);
    place.and_then(|place| link_types(to, from).get(place).map(|kind| kind.id)).unwrap_or(id)
}
