//! The statements for one ask: rows, keys, and the fingerprint of the keys, all under the same conditions.

use serde_json::Value as Json;

use super::cursor::Start;
use super::decode::Decoder;
use super::ident::{literal, quote};
use super::relation::{Relation, Relkind};
use super::settings::Settings;
use super::snapshot::Snapshot;
use super::types::{Attribute, Decode, KeyOrder};
use super::{Server, filter, times};
use crate::base::{Error, Result, Timestamp, Value};
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
            moves_with_time: ask.filter.is_some_and(filter::moves_with_time),
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

    /// All columns of the rows that these further conditions let through.
    pub fn rows<'a>(&'a self, more: impl IntoIterator<Item = &'a str>) -> String {
        let part = self.relation.has_parts.then(|| "tableoid".to_owned());
        let columns = part.into_iter().chain(self.attributes.iter().map(Attribute::expression));
        let columns = columns.collect::<Vec<_>>().join(", ");
        format!("COPY (SELECT {columns} FROM {}{}) TO STDOUT (FORMAT binary)", self.table(), self.filtered(more))
    }

    pub fn rows_decoder(&self) -> Decoder {
        let columns = self.attributes.iter().map(Attribute::decode).collect();
        Decoder::new(columns, self.key_len, self.relation.has_parts)
    }

    /// All keys, after this one where they have an order.
    pub fn keys(&self, after: Option<&[Json]>) -> Result<String> {
        let columns = self.key().iter().map(Attribute::expression).collect::<Vec<_>>().join(", ");
        let order = self.key().iter().map(Attribute::order_expression).collect::<Vec<_>>().join(", ");
        let beyond = match after.filter(|_| self.is_sortable) {
            Some(after) => Some(format!("({order}) > ({})", self.key_literals(after)?)),
            None => None,
        };
        let order = if self.is_sortable { format!(" ORDER BY {order}") } else { String::new() };
        let filtered = self.filtered(beyond.as_deref());
        Ok(format!("COPY (SELECT {columns} FROM {}{filtered}{order}) TO STDOUT (FORMAT binary)", self.table()))
    }

    pub fn keys_decoder(&self) -> Decoder {
        Decoder::new(self.key().iter().map(Attribute::decode).collect(), self.key_len, false)
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

    /// A key that sorts before every other.
    pub fn least_key(&self) -> Vec<Value> {
        let least = self.key().iter().map(|attribute| match attribute.key_order() {
            KeyOrder::Integer => Value::Integer(i64::MIN),
            KeyOrder::Uuid => Value::text("00000000-0000-0000-0000-000000000000"),
            _ => Value::text(""),
        });
        least.collect()
    }

    /// How many keys there are, and a hash over all of them in any order.
    pub fn key_set(&self) -> String {
        let hash = self.key().iter().fold("0".to_owned(), |seed, attribute| attribute.hash_expression(&seed));
        let all = if self.bit_xor { format!("bit_xor({hash})") } else { format!("sum(({hash})::numeric)") };
        format!("SELECT count(*)::int8, coalesce({all}::text, '') FROM {}{}", self.table(), self.filtered(None))
    }

    /// Where on disk the row with this key is, and which transaction wrote it.
    pub fn place_of(&self, key: &[Json]) -> Result<String> {
        let conditions = self.key().iter().zip(key).map(|(attribute, json)| {
            let text = match Value::from_exact_json(json)? {
                Value::Integer(number) => number.to_string(),
                Value::Real(number) => number.to_string(),
                Value::Text(text) => text,
                Value::Blob(bytes) => bytes.iter().fold("\\x".to_owned(), |text, byte| format!("{text}{byte:02x}")),
                Value::Null => return None,
            };
            // What was rendered as text is compared as text; the rest finds its index.
            let expression = attribute.expression();
            Some(format!("{expression} = {}", literal(&text)?))
        });
        let conditions = conditions.collect::<Option<Vec<_>>>().ok_or_else(damaged)?.join(" AND ");
        let table = self.table();
        Ok(format!("SELECT tableoid::int8, ctid::text, xmin::text::int8 FROM {table} WHERE {conditions} LIMIT 2"))
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
