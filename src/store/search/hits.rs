//! Finding records in an index, reading them, and marking what was looked for.

use std::borrow::Cow;

use rusqlite::{Connection, params};

use super::index::{Index, TOKENIZER, columns, key_columns};
use super::{Found, Hit, Search, places, text_cell, text_of};
use crate::base::filter::Filter;
use crate::base::search::{Marked, Term, Words};
use crate::base::{Cell, FieldName, Result, Table, Value};
use crate::store::change::get;
use crate::store::read::{Query, Single};
use crate::store::schema;
use crate::store::sql;

/// Around a mark while SQLite makes them: characters that no text may hold (Unicode's noncharacters).
const OPEN: char = '\u{FDD0}';
const CLOSE: char = '\u{FDD1}';

/// A text longer than this many bytes is cut to what is around the words.
const LONG: usize = 200;

/// The records that the index has for these words and the query's filter keeps.
pub fn find(connection: &Connection, search: &Search<'_>, index: &Index) -> Result<Found> {
    let matching = matching(search.words);
    let mut found = best(connection, search.query, *index, &matching)?;
    mark(connection, search.query.table, &matching, &mut found.hits)?;
    Ok(found)
}

/// The best records, without marks. Giving a score costs as much as everything else together, so when very many records
/// match, only the first of them are compared; the others come behind these, and are looked at only when these are too few.
fn best(connection: &Connection, query: &Query<'_>, index: Index, matching: &str) -> Result<Found> {
    let (first, many) = first(connection, query, index, matching)?;
    let mut taker = Taker {
        reader: Single::new(connection, query)?,
        limit: query.limit.unwrap_or(u64::MAX),
        found: Found { hits: Vec::new(), more: false, many },
    };
    for (score, key) in first {
        if !taker.take(score, key)? {
            return Ok(taker.found);
        }
    }
    if many {
        let mut statement = connection.prepare(&ranked(query, index, -1, RANKED))?;
        let mut rows = statement.query([matching])?;
        while let Some(row) = rows.next()? {
            if !taker.take(row.get(0)?, sql::values(row, 2, query.table.key.len())?)? {
                break;
            }
        }
    }
    Ok(taker.found)
}

/// So many matching records are compared to find the best of them.
pub const RANKED: i64 = 10_000;

/// A score and a key.
type Scored = (f64, Vec<Value>);

/// The first matching records, the best first, and whether there are more of them.
fn first(connection: &Connection, query: &Query<'_>, index: Index, matching: &str) -> Result<(Vec<Scored>, bool)> {
    let mut statement = connection.prepare(&ranked(query, index, RANKED + 1, 0))?;
    let mut rows = statement.query([matching])?;
    let mut scored = Vec::new();
    let mut last = (i64::MIN, 0);
    while let Some(row) = rows.next()? {
        last = last.max((row.get(1)?, scored.len()));
        scored.push((row.get(0)?, sql::values(row, 2, query.table.key.len())?));
    }
    let many = scored.len() as i64 > RANKED;
    if many {
        scored.remove(last.1);
    }
    Ok((scored, many))
}

/// Takes the records that the filter keeps until there are enough.
struct Taker<'c> {
    reader: Single<'c>,
    limit: u64,
    found: Found,
}

impl Taker<'_> {
    /// Whether there is room for more.
    fn take(&mut self, score: f64, key: Vec<Value>) -> Result<bool> {
        let Some(values) = self.reader.get(&key)? else { return Ok(true) };
        if self.found.hits.len() as u64 == self.limit {
            self.found.more = true;
            return Ok(false);
        }
        self.found.hits.push(Hit { key, score: -score, values, matches: Vec::new() });
        Ok(true)
    }
}

/// The statement that gives score, number in the index and key of so many rows (all when it is -1) of what matches, after
/// the first ones in the order of their numbers; the best first.
fn ranked(query: &Query<'_>, index: Index, rows: i64, first: i64) -> String {
    let table = query.table;
    let name = index.name();
    let names = key_columns(table).join(", ");
    let (keys, from) = if schema::rowid_key(table) {
        (format!("{name}.rowid AS {names}"), format!("search.{name}"))
    } else {
        let keys = key_columns(table).iter().map(|key| format!("keys.{key} AS {key}")).collect::<Vec<_>>().join(", ");
        (keys, format!("search.{name} CROSS JOIN search.{} AS keys ON keys.doc = {name}.rowid", index.keys()))
    };
    // With a filter nobody knows how many it takes until enough of them pass.
    let limit = match query.limit {
        Some(limit) if rows == -1 && query.filter == Filter::everything() => {
            format!(" LIMIT {}", i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))
        }
        _ => String::new(),
    };
    format!(
        "SELECT score, number, {names} FROM (
            SELECT bm25({name}) AS score, {name}.rowid AS number, {keys} FROM {from} WHERE {name} MATCH ?
            ORDER BY {name}.rowid LIMIT {rows} OFFSET {first}
         ) ORDER BY score, {names}{limit}"
    )
}

/// The words in FTS5's language. Each is quoted, so that nothing in it is syntax (sqlite.org/fts5.html#fts5_strings).
fn matching(words: &Words) -> String {
    let mut text = words.wanted.iter().map(quoted).collect::<Vec<_>>().join(" AND ");
    for term in &words.unwanted {
        text = format!("({text}) NOT {}", quoted(term));
    }
    text
}

fn quoted(term: &Term) -> String {
    format!("\"{}\"{}", term.text.replace('"', "\"\""), if term.prefix { " *" } else { "" })
}

/// Marks what was found: the few records that are shown are indexed once more, with their texts, and FTS5 says where the
/// words are. So a mark is always what the search means.
///
/// Their table goes with the connection, which is this search's alone: SQLite refuses to drop a table ("database table is
/// locked") while anything on the connection still reads.
fn mark(connection: &Connection, table: &Table, matching: &str, hits: &mut [Hit]) -> Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let places = places(table);
    let columns = columns(table);
    let names = columns.join(", ");
    connection.execute_batch(&format!("CREATE VIRTUAL TABLE temp._appctl_shown USING fts5 ({names}, {TOKENIZER})"))?;
    let text = format!("INSERT INTO temp._appctl_shown (rowid, {names}) VALUES (?, {})", sql::marks(columns.len()));
    let mut insert = connection.prepare(&text)?;
    for (number, hit) in hits.iter().enumerate() {
        let Some(record) = get(connection, table, &hit.key)? else { continue };
        let texts = places.iter().map(|place| text_of(table, *place, record[*place].cell()).map(plain));
        let texts: Vec<_> = texts.collect();
        let number = Cell::Integer(i64::try_from(number).unwrap_or(0));
        sql::bind(&mut insert, 1, [number].into_iter().chain(texts.iter().map(text_cell)))?;
        insert.raw_execute()?;
    }
    let marked = (0..columns.len()).map(|column| {
        format!(
            "CASE WHEN length(c{column}) > {LONG} THEN snippet(_appctl_shown, {column}, ?2, ?3, '…', 24)
             ELSE highlight(_appctl_shown, {column}, ?2, ?3) END"
        )
    });
    let marked = marked.collect::<Vec<_>>().join(", ");
    let text = format!("SELECT rowid, {marked} FROM temp._appctl_shown WHERE _appctl_shown MATCH ?1");
    let mut statement = connection.prepare(&text)?;
    let mut rows = statement.query(params![matching, OPEN.to_string(), CLOSE.to_string()])?;
    while let Some(row) = rows.next()? {
        let number: usize = usize::try_from(row.get::<_, i64>(0)?).unwrap_or(0);
        for (column, place) in places.iter().enumerate() {
            let Some(text) = row.get::<_, Option<String>>(column + 1)? else { continue };
            let marked = marked_text(&text);
            if !marked.marks.is_empty() {
                let name: FieldName = table.fields[*place].name.clone();
                hits[number].matches.push((name, marked));
            }
        }
    }
    Ok(())
}

/// Without the characters that marks are made with.
fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if text.contains([OPEN, CLOSE]) { text.replace([OPEN, CLOSE], "\u{FFFD}").into() } else { text }
}

fn marked_text(text: &str) -> Marked {
    let mut marked = Marked::default();
    let mut begun = None;
    for letter in text.chars() {
        match letter {
            OPEN => begun = Some(marked.text.len()),
            CLOSE => marked.marks.extend(begun.take().map(|start| start..marked.text.len())),
            letter => marked.text.push(letter),
        }
    }
    marked
}
