//! Finding records in an index, reading them, and marking what was looked for.

use std::borrow::Cow;
use std::ops::ControlFlow;

use rusqlite::{Connection, params};

use super::index::{Index, TOKENIZER, columns, key_columns};
use super::{Found, Hit, Search, places, text_cell, text_of};
use crate::base::filter::{Filter, Op, Operand};
use crate::base::search::{Marked, Term, Words};
use crate::base::{Cell, FieldName, Result, Table, Value};
use crate::store::change::get;
use crate::store::read::{self, Query};
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

/// The best records, without marks.
fn best(connection: &Connection, query: &Query<'_>, index: Index, matching: &str) -> Result<Found> {
    let table = query.table;
    let limit = query.limit.unwrap_or(u64::MAX);
    let mut found = Found { hits: Vec::new(), more: false };
    let text = ranked(table, index, is_everything(&query.filter), limit);
    let mut statement = connection.prepare_cached(&text)?;
    let mut rows = statement.query([matching])?;
    while let Some(row) = rows.next()? {
        let key = sql::values(row, 1, table.key.len())?;
        let Some(values) = record(connection, query, &key)? else { continue };
        if found.hits.len() as u64 == limit {
            found.more = true;
            break;
        }
        found.hits.push(Hit { key, score: -row.get::<_, f64>(0)?, values, matches: Vec::new() });
    }
    Ok(found)
}

/// The statement that gives score and key of what matches, the best first.
fn ranked(table: &Table, index: Index, everything: bool, limit: u64) -> String {
    let name = index.name();
    let (keys, from) = if schema::rowid_key(table) {
        (format!("{name}.rowid"), format!("search.{name}"))
    } else {
        let keys = key_columns(table).iter().map(|key| format!("keys.{key}")).collect::<Vec<_>>().join(", ");
        (keys, format!("search.{name} CROSS JOIN search.{} AS keys ON keys.doc = {name}.rowid", index.keys()))
    };
    // With a filter nobody knows how many it takes until enough of them pass.
    let limit =
        if everything { format!(" LIMIT {}", limit.saturating_add(1).min(i64::MAX as u64)) } else { String::new() };
    format!("SELECT bm25({name}), {keys} FROM {from} WHERE {name} MATCH ? ORDER BY 1, {keys}{limit}")
}

fn is_everything(filter: &Filter) -> bool {
    *filter == Filter::everything()
}

/// The query's fields of one record; `None` when its filter drops it.
fn record(connection: &Connection, query: &Query<'_>, key: &[Value]) -> Result<Option<Vec<Value>>> {
    let table = query.table;
    let mut filters = vec![query.filter.clone()];
    filters.extend(table.key.iter().zip(key).map(|(name, value)| Filter::Compare {
        left: Operand::Field(name.to_string()),
        op: Op::Equal,
        right: Operand::Literal(value.clone()),
    }));
    let mut one = query.clone();
    one.filter = Filter::All(filters);
    one.fields.extend(table.key.iter().map(ToString::to_string));
    (one.sort, one.limit, one.after) = (Vec::new(), None, None);
    let mut found = None;
    read::read(connection, &one, &mut |cells| {
        let (values, its_key) = cells.split_at(query.fields.len());
        // 1.0 and 1.00 are two keys, though they are the same number.
        if its_key.iter().zip(key).all(|(cell, value)| *cell == value.cell()) {
            found = Some(values.iter().map(|cell| cell.to_value()).collect());
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
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
fn mark(connection: &Connection, table: &Table, matching: &str, hits: &mut [Hit]) -> Result<()> {
    if hits.is_empty() {
        return Ok(());
    }
    let places = places(table);
    let columns = columns(table);
    let names = columns.join(", ");
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS temp._appctl_shown;
         CREATE VIRTUAL TABLE temp._appctl_shown USING fts5 ({names}, {TOKENIZER})"
    ))?;
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
    drop(rows);
    drop(statement);
    drop(insert);
    connection.execute_batch("DROP TABLE temp._appctl_shown")?;
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
