//! The statements for one ask: rows, keys, and the fingerprint of the keys, all under the same conditions.

use serde_json::Value as Json;

use super::cursor::{Place, Start, Swept};
use super::decode::{Decoder, Lead};
use super::ident::{literal, quote};
use super::relation::{Relation, Relkind};
use super::settings::Settings;
use super::snapshot::Snapshot;
use super::types::{Attribute, Decode, KeyOrder};
use super::{Server, filter, times};
use crate::base::filter::Filter;
use crate::base::{Error, Result, Timestamp};
use crate::sources::Ask;

/// Between a zone twelve hours behind UTC and UTC.
const FURTHEST_BEHIND: i64 = 12 * 3_600_000_000;
/// Tables of at most so many bytes are read whole each time.
const SMALL_BYTES: u64 = 2 << 20;
const LARGE_BYTES: u64 = 64 << 20;
const EPOCH_2000: i64 = 946_684_800_000_000;

#[derive(Clone, Debug)]
pub struct Plan {
    pub relation: Relation,
    attributes: Vec<Attribute>,
    key_len: usize,
    /// What every statement asks for: `since` and the filter
    conditions: Vec<String>,
    cursor: Option<Attribute>,
    time_zone: Option<String>,
    /// Its keys can be listed in the store's order
    pub is_sortable: bool,
    /// The same text, the same question
    pub query: String,
    /// The filter has the time of evaluation in it
    pub moves_with_time: bool,
    /// So small that it is read whole each time
    pub is_small: bool,
    bit_xor: bool,
}

impl Plan {
    /// `Kind::NotFound` when a column is gone, `Kind::Usage` when the ask cannot be put in SQL.
    pub fn new(
        relation: Relation,
        ask: &Ask<'_>,
        settings: &Settings,
        server: &Server,
        now: Timestamp,
    ) -> Result<Self> {
        let found = ask.columns.iter().map(|column| relation.attribute(&column.id).cloned());
        let attributes = found.collect::<Result<Vec<_>>>()?;
        let cursor = ask.cursor_column.map(|name| relation.attribute(name).cloned()).transpose()?;
        if let Some(cursor) = cursor.as_ref().filter(|cursor| !cursor.is_time()) {
            return Err(Error::usage(format!(
                "`{}` is {}, which does not say when a row changed",
                cursor.name, cursor.native
            ))
            .hint("choose a column of type timestamptz, timestamp or date"));
        }
        let key = attributes[..ask.key_len].iter().collect::<Vec<_>>();
        let mut plan = Plan {
            is_sortable: relation.is_sortable(&key, server.is_utf8),
            is_small: is_small(&relation, settings),
            query: fingerprint(ask),
            moves_with_time: ask.filter.is_some_and(Filter::moves_with_time),
            conditions: Vec::new(),
            key_len: ask.key_len,
            time_zone: settings.time_zone.clone(),
            bit_xor: server.version >= 140_000,
            relation,
            attributes,
            cursor,
        };
        if let Some(since) = ask.since {
            let cursor = plan.cursor.as_ref().ok_or_else(|| {
                Error::usage(format!(
                    "`{}` has no cursor column, so nothing says what changed since {since}",
                    ask.object
                ))
                .hint("choose a column that says when a row changed, or leave out `--since`")
            })?;
            plan.conditions.push(format!("{} >= {}", quote(&cursor.name), plan.moment(cursor, since, since)));
        }
        if let Some(filter) = ask.filter {
            plan.conditions.push(filter::condition(&plan.relation, filter, now).ok_or_else(|| {
                Error::usage(format!("the server cannot evaluate this filter on `{}` as the store would", ask.object))
            })?);
        }
        Ok(plan)
    }

    fn key(&self) -> &[Attribute] {
        &self.attributes[..self.key_len]
    }

    /// Whether what changed can be told from the rest.
    pub fn can_follow(&self) -> bool {
        self.cursor.is_some() || self.relation.is_heap
    }

    /// Whether `xmin` is what tells.
    pub fn follows_transactions(&self, torn: bool) -> bool {
        self.relation.is_heap && (self.cursor.is_none() || torn)
    }

    /// The condition for rows that changed since; `None` when that cannot be told any more.
    ///
    /// When pages of one run were read in several snapshots, `xmin` is exact where it can be had.
    pub fn changed_since(&self, from: &Start, snapshot: &Snapshot, torn: bool, settings: &Settings) -> Option<String> {
        if self.follows_transactions(torn) {
            // Rows of a frozen, ancient past have an age beyond the horizon or below zero.
            return Some(format!("age(xmin) BETWEEN 0 AND {}", snapshot.age_since(from.xid)?));
        }
        let cursor = self.cursor.as_ref()?;
        let time = from.time.minus(settings.overlap);
        let column = quote(&cursor.name);
        let bound = self.moment(cursor, time, Timestamp(time.0.saturating_sub(FURTHEST_BEHIND)));
        Some(format!("({column} >= {bound} OR {column} IS NULL)"))
    }

    /// A time as a literal of the column's type. `zoneless` is for columns whose zone nobody knows.
    fn moment(&self, cursor: &Attribute, time: Timestamp, zoneless: Timestamp) -> String {
        let text = |time: Timestamp, zone: &str| {
            let mut text = String::new();
            times::write_time(time.0.saturating_sub(EPOCH_2000), zone, &mut text);
            text
        };
        let zoned = format!("'{}'::timestamptz", text(time, "Z"));
        let zoneless = match self.time_zone.as_deref().and_then(literal) {
            Some(zone) => format!("({zoned} AT TIME ZONE {zone})"),
            None => format!("'{}'::timestamp", text(zoneless, "")),
        };
        match cursor.decode() {
            Decode::Timestamptz => zoned,
            Decode::Date => format!("{zoneless}::date"),
            _ => zoneless,
        }
    }

    /// `WHERE …` for the ask's own conditions and these.
    fn filtered<'a>(&'a self, more: impl IntoIterator<Item = &'a str>) -> String {
        let all: Vec<&str> = self.conditions.iter().map(String::as_str).chain(more).collect();
        if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
    }

    fn table(&self) -> String {
        self.relation.id.sql()
    }

    /// What tells where on disk a row is, where rows have a place that lasts.
    fn lead(&self) -> (Lead, &'static [&'static str]) {
        match (self.relation.is_heap, self.relation.has_parts) {
            (false, _) => (Lead::Nothing, &[]),
            (true, false) => (Lead::Ctid, &["ctid"]),
            (true, true) => (Lead::PartAndCtid, &["tableoid", "ctid"]),
        }
    }

    fn copy(&self, lead: &[&str], attributes: &[Attribute], more: &[&str], order: &str) -> String {
        let lead = lead.iter().map(|column| (*column).to_owned());
        let columns = lead.chain(attributes.iter().map(Attribute::expression)).collect::<Vec<_>>().join(", ");
        let filtered = self.filtered(more.iter().copied());
        format!("COPY (SELECT {columns} FROM {}{filtered}{order}) TO STDOUT (FORMAT binary)", self.table())
    }

    /// All columns of the rows that these further conditions let through.
    pub fn rows(&self, more: &[&str]) -> (String, Decoder) {
        let (lead, names) = self.lead();
        let columns = self.attributes.iter().map(Attribute::decode).collect();
        (self.copy(names, &self.attributes, more, ""), Decoder::new(columns, self.key_len, lead))
    }

    /// All keys, in order and after this one; or, where they have no order, as they are on disk and behind this place.
    pub fn keys(&self, swept: &Swept) -> Result<(String, Decoder)> {
        let columns = self.key().iter().map(Attribute::decode).collect();
        if !self.is_sortable {
            let (lead, names) = self.lead();
            let beyond = swept.place.as_ref().map(Place::beyond);
            let more: Vec<&str> = beyond.as_deref().into_iter().collect();
            let decoder = Decoder::new(columns, self.key_len, lead).behind(swept.place.clone());
            return Ok((self.copy(names, self.key(), &more, ""), decoder));
        }
        let order = self.key().iter().map(Attribute::order_expression).collect::<Vec<_>>().join(", ");
        let after = swept.after.as_deref().map(|after| self.key_literals(after)).transpose()?;
        let beyond = after.map(|after| format!("({order}) > ({after})"));
        let more: Vec<&str> = beyond.as_deref().into_iter().collect();
        let sql = self.copy(&[], self.key(), &more, &format!(" ORDER BY {order}"));
        Ok((sql, Decoder::new(columns, self.key_len, Lead::Nothing)))
    }

    fn key_literals(&self, key: &[Json]) -> Result<String> {
        let literals = self.key().iter().zip(key).map(|(attribute, value)| match attribute.key_order() {
            KeyOrder::Integer => Some(format!("'{}'::int8", value.as_i64()?)),
            KeyOrder::Uuid => Some(format!("{}::uuid", literal(value.as_str()?)?)),
            _ => Some(format!("{}::text COLLATE \"C\"", literal(value.as_str()?)?)),
        });
        let literals = literals.collect::<Option<Vec<_>>>().filter(|literals| literals.len() == self.key_len);
        literals.map(|literals| literals.join(", ")).ok_or_else(damaged)
    }

    /// How many keys there are, and a hash over all of them in any order.
    pub fn key_set(&self) -> String {
        let hash = self.key().iter().fold("0".to_owned(), |seed, attribute| attribute.hash_expression(&seed));
        let all = if self.bit_xor { format!("bit_xor({hash})") } else { format!("sum(({hash})::numeric)") };
        format!("SELECT count(*)::int8, coalesce({all}::text, '') FROM {}{}", self.table(), self.filtered(None))
    }

    /// How many rows will come, as the server estimates.
    pub fn explain<'a>(&'a self, more: impl IntoIterator<Item = &'a str>) -> String {
        format!("EXPLAIN (FORMAT JSON) SELECT 1 FROM {}{}", self.table(), self.filtered(more))
    }

    pub fn has_conditions(&self) -> bool {
        !self.conditions.is_empty()
    }
}

fn is_small(relation: &Relation, settings: &Settings) -> bool {
    if settings.full_below == 0 || matches!(relation.kind, Relkind::View | Relkind::Foreign) {
        return false;
    }
    let bytes = relation.bytes.unwrap_or(0);
    bytes <= SMALL_BYTES || bytes <= LARGE_BYTES && relation.rows.is_some_and(|rows| rows < settings.full_below)
}

/// A short text that is the same for the same question (FNV-1a).
fn fingerprint(ask: &Ask<'_>) -> String {
    let columns: Vec<_> = ask.columns.iter().map(|column| (&column.id, &column.native)).collect();
    let text = format!("{columns:?} {} {:?} {:?} {:?}", ask.key_len, ask.filter, ask.since, ask.cursor_column);
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

fn damaged() -> Error {
    Error::failed("the position of the last page cannot be read").hint("run the sync again with `--full`")
}
