//! What the made-up records say: one function a property, each a function of the seed and the record's place in the row.

use super::draw::{DAY, Draw, company_of};
use super::types::{Companies, Products};
use crate::sandbox::calendar;
use crate::sandbox::words;

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
