//! The values of records that nobody changed, made on demand: each is a function of the seed, the type and the place in
//! the row, so a million records need no memory.

use super::types::{Companies, Contacts, Deals, LineItems, Machines, ObjectType, Quotes, Tickets};
use crate::sandbox::random::hash;
use crate::sandbox::words;

/// The account's first day, 2020-01-01, in milliseconds.
const FIRST_DAY: i64 = 1_577_836_800_000;
/// The last moment at which a made-up record was changed, 2026-01-01, in milliseconds.
pub(crate) const LAST_CHANGE: i64 = 1_767_225_600_000;
/// Ids have gaps, as in a real account.
const ID_STEP: u64 = 10;
pub(crate) const DAY: i64 = 86_400_000;

/// The made-up records of one type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base {
    pub(crate) object: ObjectType,
    pub(crate) count: u64,
    /// How many contacts the account has, from which every other count follows
    contacts: u64,
    account_seed: u64,
    seed: u64,
}

/// One made-up record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw {
    pub(crate) base: Base,
    pub(crate) index: u64,
}

impl Base {
    pub(crate) fn new(object: ObjectType, contacts: u64, seed: u64) -> Self {
        let mixed = hash(&[seed, object as u64]);
        Base { object, count: object.share(contacts), contacts, account_seed: seed, seed: mixed }
    }

    /// The made-up records of another type in the same account.
    pub(crate) fn sibling(&self, object: ObjectType) -> Base {
        Base::new(object, self.contacts, self.account_seed)
    }

    /// Ids begin at 1, so that they have one digit and seven, and their order as texts is another one.
    pub(crate) fn id(&self, index: u64) -> u64 {
        index * ID_STEP + 1 + hash(&[self.seed, index, 0]) % ID_STEP
    }

    pub(crate) fn index(&self, id: u64) -> Option<u64> {
        let index = id.checked_sub(1)? / ID_STEP;
        (index < self.count && self.id(index) == id).then_some(index)
    }

    /// The first index whose id is at least this.
    pub(crate) fn from(&self, id: u64) -> u64 {
        let index = id.saturating_sub(1) / ID_STEP;
        let index = if index < self.count && self.id(index) < id { index + 1 } else { index };
        index.min(self.count)
    }

    /// The first id that no made-up record has.
    pub(crate) fn end(&self) -> u64 {
        self.count * ID_STEP + 1
    }

    pub(crate) fn draw(&self, index: u64) -> Draw {
        Draw { base: *self, index }
    }
}

impl Draw {
    /// A number for one aspect of this record.
    pub(crate) fn roll(&self, aspect: u64) -> u64 {
        hash(&[self.base.seed, self.index, aspect])
    }

    pub(crate) fn created(&self) -> i64 {
        let slot = (LAST_CHANGE - FIRST_DAY - 30 * DAY) / self.base.count.max(1) as i64;
        FIRST_DAY + slot * self.index as i64 + (self.roll(1) % slot.max(1) as u64) as i64
    }

    pub(crate) fn modified(&self) -> i64 {
        let created = self.created();
        let room = (LAST_CHANGE - created) as u64;
        match self.roll(2) % 4 {
            // Some are still as they were created.
            0 => created,
            _ => created + (self.roll(3) % room.max(1)) as i64,
        }
    }

    pub(crate) fn first_name(&self) -> &'static str {
        words::pick(words::FIRST, self.roll(10))
    }

    pub(crate) fn last_name(&self) -> &'static str {
        words::pick(words::LAST, self.roll(11))
    }

    pub(crate) fn place(&self) -> (&'static str, &'static str, &'static str) {
        *words::choose(words::PLACES, self.roll(12))
    }

    /// Cents of a price or amount.
    pub(crate) fn cents(&self) -> u64 {
        let scale = [1_000, 10_000, 100_000, 5_000_000][(self.roll(13) % 4) as usize];
        100 + self.roll(14) % (scale * 10)
    }
}

/// The digits before the at sign (or at the end) of a unique value, which are the place in the row.
pub(crate) fn index_in(text: &str) -> Option<u64> {
    let name = text.split('@').next()?;
    let digits = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    name[digits..].parse().ok()
}

/// The company that a contact or deal belongs to, by its place in the companies' row.
pub(crate) fn company_of(draw: &Draw) -> Option<u64> {
    match draw.base.object {
        Contacts => (!draw.roll(22).is_multiple_of(10)).then_some(draw.index / 4),
        Deals => Some(draw.index / 2),
        Tickets => Some(draw.index),
        Machines => Some(draw.index * 10 / 4),
        _ => None,
    }
    .filter(|company| *company < Companies.share(draw.base.contacts))
}

/// Who of another type a made-up record may be associated with: places in that type's row. The association is there when
/// each of the two names the other.
pub(crate) fn neighbours(draw: &Draw, other: ObjectType) -> Vec<u64> {
    let index = draw.index;
    let base = &draw.base;
    let two_contacts = |deal: u64| if deal.is_multiple_of(3) { vec![2 * deal, 2 * deal + 1] } else { vec![2 * deal] };
    let found: Vec<u64> = match (base.object, other) {
        (Contacts | Deals | Tickets | Machines, Companies) => company_of(draw).into_iter().collect(),
        (Deals, Contacts) => two_contacts(index),
        (Contacts, Deals) => vec![index / 2],
        (Tickets, Contacts) => vec![4 * index],
        (Contacts, Tickets) if index.is_multiple_of(4) => vec![index / 4],
        (Machines, Contacts) => vec![10 * index],
        (Contacts, Machines) if index.is_multiple_of(10) => vec![index / 10],
        (Companies, Contacts) => (4 * index..4 * index + 4).collect(),
        (Companies, Deals) => vec![2 * index, 2 * index + 1],
        (Companies, Tickets) => vec![index],
        (Companies, Machines) => (4 * index / 10..=4 * (index + 1) / 10).collect(),
        (LineItems, Deals) | (Deals, LineItems) => vec![index],
        (Quotes, Deals) => vec![5 * index],
        (Deals, Quotes) if index.is_multiple_of(5) => vec![index / 5],
        (Quotes, LineItems) => vec![5 * index],
        (LineItems, Quotes) if index.is_multiple_of(5) => vec![index / 5],
        _ => Vec::new(),
    };
    let others = base.sibling(other);
    found.into_iter().filter(|index| *index < others.count).collect()
}
