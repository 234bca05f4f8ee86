//! The values of records that nobody changed, made on demand: each is a function of the seed, the type and the place in
//! the row, so a million records need no memory.

use super::types::{Companies, Contacts, Deals, LineItems, Machines, ObjectType, Products, Quotes, Tickets};
use crate::sandbox::calendar;
use crate::sandbox::random::hash;
use crate::sandbox::words;

/// The account's first day, 2020-01-01, in milliseconds.
const FIRST_DAY: i64 = 1_577_836_800_000;
/// The last moment at which a made-up record was changed, 2026-01-01, in milliseconds.
pub(crate) const LAST_CHANGE: i64 = 1_767_225_600_000;
/// Ids have gaps, as in a real account.
const ID_STEP: u64 = 10;
const DAY: i64 = 86_400_000;

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
    fn sibling(&self, object: ObjectType) -> Base {
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

    fn first_name(&self) -> &'static str {
        words::pick(words::FIRST, self.roll(10))
    }

    fn last_name(&self) -> &'static str {
        words::pick(words::LAST, self.roll(11))
    }

    fn place(&self) -> (&'static str, &'static str, &'static str) {
        *words::choose(words::PLACES, self.roll(12))
    }

    /// Cents of a price or amount.
    fn cents(&self) -> u64 {
        let scale = [1_000, 10_000, 100_000, 5_000_000][(self.roll(13) % 4) as usize];
        100 + self.roll(14) % (scale * 10)
    }
}

/// Writes one property; false when the record has no value for it.
pub(crate) type Value = fn(&Draw, &mut String) -> bool;

fn put(out: &mut String, text: &str) -> bool {
    out.push_str(text);
    true
}

fn put_number(out: &mut String, number: u64) -> bool {
    let mut digits = Vec::with_capacity(20);
    crate::sandbox::json::number(&mut digits, number);
    out.extend(digits.iter().map(|digit| char::from(*digit)));
    true
}

fn put_cents(out: &mut String, cents: u64) -> bool {
    put_number(out, cents / 100);
    match cents % 100 {
        0 => true,
        rest => {
            out.push('.');
            out.push(char::from(b'0' + (rest / 10) as u8));
            if !rest.is_multiple_of(10) {
                out.push(char::from(b'0' + (rest % 10) as u8));
            }
            true
        }
    }
}

/// Letters that an address may have: `José` becomes `jos`, which is how people's mail names often look too.
fn put_plain(out: &mut String, text: &str) {
    out.extend(text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_lowercase()));
}

pub(crate) fn first_name(draw: &Draw, out: &mut String) -> bool {
    put(out, draw.first_name())
}

pub(crate) fn last_name(draw: &Draw, out: &mut String) -> bool {
    put(out, draw.last_name())
}

/// Carries its own place in the row, so that an address leads back to its record without an index.
pub(crate) fn email(draw: &Draw, out: &mut String) -> bool {
    put_plain(out, draw.first_name());
    out.push('.');
    put_plain(out, draw.last_name());
    put_number(out, draw.index);
    out.push_str(if draw.roll(15).is_multiple_of(3) { "@mail.example" } else { "@post.example" });
    true
}

/// The digits before the at sign (or at the end) of a unique value, which are the place in the row.
pub(crate) fn index_in(text: &str) -> Option<u64> {
    let name = text.split('@').next()?;
    let digits = name.len() - name.bytes().rev().take_while(u8::is_ascii_digit).count();
    name[digits..].parse().ok()
}

pub(crate) fn phone(draw: &Draw, out: &mut String) -> bool {
    if draw.roll(16).is_multiple_of(5) {
        return false;
    }
    out.push('+');
    out.push_str(draw.place().2);
    out.push(' ');
    put_number(out, 200 + draw.roll(17) % 700);
    out.push_str(" 555 0");
    put_number(out, 100 + draw.roll(18) % 900)
}

pub(crate) fn mobile(draw: &Draw, out: &mut String) -> bool {
    draw.roll(19).is_multiple_of(3) && phone(draw, out)
}

pub(crate) fn job(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(words::JOBS, draw.roll(20)))
}

pub(crate) fn city(draw: &Draw, out: &mut String) -> bool {
    put(out, draw.place().0)
}

pub(crate) fn country(draw: &Draw, out: &mut String) -> bool {
    put(out, draw.place().1)
}

pub(crate) fn zip(draw: &Draw, out: &mut String) -> bool {
    // Leading zeros are part of it.
    out.push('0');
    put_number(out, 1000 + draw.roll(21) % 9000)
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

pub(crate) fn company_name(draw: &Draw, out: &mut String) -> bool {
    out.push_str(words::pick(words::COMPANY_START, draw.roll(23)));
    out.push(' ');
    put(out, words::pick(words::COMPANY_END, draw.roll(24)))
}

pub(crate) fn employer(draw: &Draw, out: &mut String) -> bool {
    match company_of(draw) {
        Some(company) => company_name(&draw.base.sibling(Companies).draw(company), out),
        None => false,
    }
}

pub(crate) fn domain(draw: &Draw, out: &mut String) -> bool {
    put_plain(out, words::pick(words::COMPANY_START, draw.roll(23)));
    out.push('-');
    put_number(out, draw.index);
    put(out, ".example")
}

pub(crate) fn website(draw: &Draw, out: &mut String) -> bool {
    out.push_str("https://www.");
    domain(draw, out)
}

pub(crate) fn note(draw: &Draw, out: &mut String) -> bool {
    draw.roll(25).is_multiple_of(3) && put(out, words::pick(words::NOTES, draw.roll(26)))
}

pub(crate) fn owner(draw: &Draw, out: &mut String) -> bool {
    let owners = super::owners::MADE_UP;
    !draw.roll(27).is_multiple_of(8) && put_number(out, super::owners::id(draw.roll(28) % owners))
}

pub(crate) fn lifecycle(draw: &Draw, out: &mut String) -> bool {
    const STAGES: &[&str] = &[
        "subscriber",
        "lead",
        "lead",
        "marketingqualifiedlead",
        "salesqualifiedlead",
        "opportunity",
        "customer",
        "customer",
        "evangelist",
    ];
    put(out, words::pick(STAGES, draw.roll(29)))
}

pub(crate) fn lead_status(draw: &Draw, out: &mut String) -> bool {
    const STATUSES: &[&str] = &["NEW", "OPEN", "IN_PROGRESS", "CONNECTED", "UNQUALIFIED"];
    draw.roll(30).is_multiple_of(2) && put(out, words::pick(STATUSES, draw.roll(31)))
}

pub(crate) fn truth(draw: &Draw, out: &mut String) -> bool {
    put(out, if draw.roll(32).is_multiple_of(6) { "true" } else { "false" })
}

/// Several choices at once, as HubSpot joins them.
pub(crate) fn interests(draw: &Draw, out: &mut String) -> bool {
    const TOPICS: [&str; 5] = ["hardware", "software", "services", "training", "events"];
    let chosen = draw.roll(33);
    let before = out.len();
    for (at, topic) in TOPICS.iter().enumerate() {
        if chosen & (1 << at) == 0 {
            continue;
        }
        if out.len() > before {
            out.push(';');
        }
        out.push_str(topic);
    }
    out.len() > before
}

pub(crate) fn birthday(draw: &Draw, out: &mut String) -> bool {
    if draw.roll(34).is_multiple_of(4) {
        return false;
    }
    calendar::date(out, -(DAY * 3_650) + (draw.roll(35) % 16_000) as i64 * DAY);
    true
}

pub(crate) fn industry(draw: &Draw, out: &mut String) -> bool {
    const INDUSTRIES: &[&str] = &[
        "COMPUTER_SOFTWARE",
        "FARMING",
        "FOOD_BEVERAGES",
        "HOSPITAL_HEALTH_CARE",
        "LOGISTICS_AND_SUPPLY_CHAIN",
        "RENEWABLES_ENVIRONMENT",
        "RETAIL",
    ];
    put(out, words::pick(INDUSTRIES, draw.roll(36)))
}

pub(crate) fn employees(draw: &Draw, out: &mut String) -> bool {
    put_number(out, 1 + draw.roll(37) % [10, 100, 1_000, 20_000][(draw.roll(38) % 4) as usize])
}

pub(crate) fn revenue(draw: &Draw, out: &mut String) -> bool {
    !draw.roll(39).is_multiple_of(3) && put_number(out, (1 + draw.roll(40) % 5_000) * 10_000)
}

pub(crate) fn year(draw: &Draw, out: &mut String) -> bool {
    put_number(out, 1890 + draw.roll(41) % 135)
}

pub(crate) fn deal_name(draw: &Draw, out: &mut String) -> bool {
    employer(draw, out);
    out.push_str(": ");
    put(out, words::pick(words::DEAL_WORDS, draw.roll(42)))
}

pub(crate) fn amount(draw: &Draw, out: &mut String) -> bool {
    !draw.roll(43).is_multiple_of(12) && put_cents(out, draw.cents())
}

pub(crate) fn deal_stage(draw: &Draw, out: &mut String) -> bool {
    put(out, words::choose(super::pipelines::DEAL_STAGES, draw.roll(44)).0)
}

pub(crate) fn default_pipeline(_: &Draw, out: &mut String) -> bool {
    put(out, "default")
}

pub(crate) fn deal_type(draw: &Draw, out: &mut String) -> bool {
    put(out, if draw.roll(45).is_multiple_of(3) { "existingbusiness" } else { "newbusiness" })
}

pub(crate) fn close_date(draw: &Draw, out: &mut String) -> bool {
    calendar::instant(out, draw.created() + (10 + draw.roll(46) % 200) as i64 * DAY);
    true
}

pub(crate) fn priority(draw: &Draw, out: &mut String) -> bool {
    !draw.roll(47).is_multiple_of(4) && put(out, words::pick(&["LOW", "MEDIUM", "HIGH"], draw.roll(48)))
}

pub(crate) fn subject(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(words::PROBLEMS, draw.roll(49)))
}

pub(crate) fn ticket_pipeline(_: &Draw, out: &mut String) -> bool {
    put(out, "0")
}

pub(crate) fn ticket_stage(draw: &Draw, out: &mut String) -> bool {
    put(out, words::choose(super::pipelines::TICKET_STAGES, draw.roll(50)).0)
}

pub(crate) fn category(draw: &Draw, out: &mut String) -> bool {
    const CATEGORIES: &[&str] = &["BILLING_ISSUE", "FEATURE_REQUEST", "GENERAL_INQUIRY", "PRODUCT_ISSUE"];
    put(out, words::pick(CATEGORIES, draw.roll(51)))
}

pub(crate) fn goods(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(words::GOODS, draw.roll(52)))
}

pub(crate) fn price(draw: &Draw, out: &mut String) -> bool {
    put_cents(out, draw.cents())
}

pub(crate) fn cost(draw: &Draw, out: &mut String) -> bool {
    put_cents(out, draw.cents() / 2)
}

pub(crate) fn sku(draw: &Draw, out: &mut String) -> bool {
    out.push_str("SKU-");
    put_number(out, 10_000 + draw.index)
}

pub(crate) fn quantity(draw: &Draw, out: &mut String) -> bool {
    put_number(out, 1 + draw.roll(53) % 20)
}

/// The product that a line item is of.
pub(crate) fn product_id(draw: &Draw, out: &mut String) -> bool {
    let products = draw.base.sibling(Products);
    products.count > 0 && put_number(out, products.id(draw.roll(54) % products.count))
}

pub(crate) fn quote_title(draw: &Draw, out: &mut String) -> bool {
    out.push_str("Quote for ");
    goods(draw, out)
}

pub(crate) fn quote_number(draw: &Draw, out: &mut String) -> bool {
    out.push_str("20250101-");
    put_number(out, 100_000_000 + draw.index)
}

pub(crate) fn quote_status(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(&["DRAFT", "APPROVAL_NOT_NEEDED", "PENDING_APPROVAL", "APPROVED"], draw.roll(55)))
}

pub(crate) fn expiry(draw: &Draw, out: &mut String) -> bool {
    let day = (draw.created() / DAY + 30) * DAY;
    calendar::instant(out, day);
    true
}

pub(crate) fn currency(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(&["USD", "EUR", "GBP", "JPY"], draw.roll(56)))
}

pub(crate) fn url_key(draw: &Draw, out: &mut String) -> bool {
    out.push_str(&format!("{:016x}", draw.roll(57)));
    true
}

pub(crate) fn serial(draw: &Draw, out: &mut String) -> bool {
    out.push_str("MX-");
    put_number(out, draw.index)
}

pub(crate) fn model(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(&["Press 200", "Press 400", "Roaster S", "Roaster XL", "Winder"], draw.roll(58)))
}

pub(crate) fn installed(draw: &Draw, out: &mut String) -> bool {
    calendar::date(out, draw.created());
    true
}

pub(crate) fn hours(draw: &Draw, out: &mut String) -> bool {
    put_number(out, draw.roll(59) % 40_000);
    out.push_str(if draw.roll(60).is_multiple_of(2) { ".5" } else { "" });
    true
}

pub(crate) fn machine_state(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(&["running", "standby", "in_service", "retired"], draw.roll(61)))
}

pub(crate) fn visited(draw: &Draw, out: &mut String) -> bool {
    calendar::instant(out, draw.created() + (draw.roll(62) % 10) as i64 * DAY);
    true
}

pub(crate) fn rating(draw: &Draw, out: &mut String) -> bool {
    !draw.roll(63).is_multiple_of(5) && put_number(out, 1 + draw.roll(64) % 5)
}

pub(crate) fn summary(draw: &Draw, out: &mut String) -> bool {
    put(out, words::pick(words::NOTES, draw.roll(65)))
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
