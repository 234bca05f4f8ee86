//! One table's index: whether it is up to date, making it, and bringing it up to the last operation.
//!
//! The index keeps no text (`content=''`), only where words are. A record's number in it is its key where that is an
//! integer; other keys have a number in a table of their own, because a row's own number may change (`VACUUM`).

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::{Indexing, places, text_cell, text_of};
use crate::base::{Cell, Result, Table, Value};
use crate::store::change::{get, parse_key};
use crate::store::retention;
use crate::store::schema;
use crate::store::sql::{self, quote, quote_all};

/// An index that is there, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Index {
    number: i64,
}

/// What is written down about a table's index.
struct Entry {
    number: i64,
    shape: String,
    /// The last operation that it knows
    operation: i64,
    stamp: String,
}

/// What happened to a table since its index was brought up to date.
enum Since {
    /// These records changed
    Records(BTreeSet<String>),
    /// It has to be made anew
    Anything,
}

/// Accents and upper case make no difference.
pub const TOKENIZER: &str = "tokenize='unicode61 remove_diacritics 2'";

/// Changes that leave every value of the searched fields as it is.
const HARMLESS: &[&str] = &["add_computed", "drop_computed", "redescribe", "carry"];

/// Operations that do not touch the table after which it is worth a write to be told of them no more.
const FAR_BEHIND: i64 = 1_000;

/// How many changed records are worth a look at how many there are.
const MANY: usize = 10_000;

impl Index {
    /// The FTS5 table's name.
    pub fn name(self) -> String {
        format!("_appctl_search_{}", self.number)
    }

    /// The name of the table that numbers the keys.
    pub fn keys(self) -> String {
        format!("_appctl_keys_{}", self.number)
    }

    /// The table's index, when nothing happened since it was brought up to date.
    pub fn current(connection: &Connection, table: &Table) -> Result<Option<Index>> {
        let Some(entry) = entry(connection, table)? else { return Ok(None) };
        let now = retention::last_operation(connection)?;
        let current = match since(connection, table, &entry)? {
            Since::Records(keys) => keys.is_empty() && now.id - entry.operation < FAR_BEHIND,
            Since::Anything => false,
        };
        Ok(current.then_some(Index { number: entry.number }))
    }

    /// Makes or completes the table's index, inside a transaction that has not begun to read.
    pub fn bring_up(connection: &Connection, table: &Table, tell: &mut Indexing<'_>) -> Result<Index> {
        // Writing first takes the turn before anything is read, so that waiting for another search is no failure.
        connection.execute("UPDATE search._appctl_indexes SET stamp = stamp", [])?;
        let now = retention::last_operation(connection)?;
        let number = match entry(connection, table)? {
            Some(entry) => {
                match since(connection, table, &entry)? {
                    Since::Records(keys) if is_few(connection, table, &keys)? => {
                        Index { number: entry.number }.refresh(connection, table, &keys, tell)?;
                    }
                    _ => Index { number: entry.number }.make(connection, table, tell)?,
                }
                entry.number
            }
            None => {
                forget_dropped(connection)?;
                let text = "SELECT coalesce(max(number), 0) + 1 FROM search._appctl_indexes";
                let number = connection.query_row(text, [], |row| row.get(0))?;
                Index { number }.make(connection, table, tell)?;
                number
            }
        };
        let text = "INSERT OR REPLACE INTO search._appctl_indexes VALUES (?, ?, ?, ?, ?)";
        connection.execute(text, params![number, table.name.as_str(), shape(table), now.id, now.stamp])?;
        Ok(Index { number })
    }

    /// Indexes every record.
    fn make(self, connection: &Connection, table: &Table, tell: &mut Indexing<'_>) -> Result<()> {
        self.drop(connection)?;
        let columns = columns(table).join(", ");
        connection.execute_batch(&format!(
            "CREATE VIRTUAL TABLE search.{name} USING fts5 ({columns}, content='', contentless_delete=1, {TOKENIZER});
             INSERT INTO search.{name} ({name}, rank) VALUES ('hashsize', 16777216);",
            name = self.name()
        ))?;
        let keyed = !schema::rowid_key(table);
        if keyed {
            let names = key_columns(table).join(", ");
            connection
                .execute_batch(&format!("CREATE TABLE search.{} (doc INTEGER PRIMARY KEY, {names})", self.keys()))?;
        }
        self.fill(connection, table, tell)?;
        if keyed {
            // In one go at the end, which sorts instead of searching a place for each.
            let names = key_columns(table).join(", ");
            let text = format!("CREATE UNIQUE INDEX search.{0}_by_key ON {0} ({names})", self.keys());
            connection.execute_batch(&text)?;
        }
        Ok(())
    }

    fn fill(self, connection: &Connection, table: &Table, tell: &mut Indexing<'_>) -> Result<()> {
        let name = quote(table.name.as_str());
        let total: i64 = connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0))?;
        let total = u64::try_from(total).unwrap_or(0);
        let mut writer = Writer::new(connection, table, self)?;
        let places = places(table);
        let keys = quote_all(table.key.iter().map(AsRef::as_ref));
        let texts = quote_all(places.iter().map(|place| table.fields[*place].name.as_str()));
        let mut statement = connection.prepare(&format!("SELECT {keys}, {texts} FROM {name}"))?;
        let mut rows = statement.query([])?;
        let width = table.key.len();
        let mut done = 0;
        while let Some(row) = rows.next()? {
            let key = sql::values(row, 0, width)?;
            let doc = writer.new_number(&key)?;
            let mut texts = Vec::with_capacity(places.len());
            for (index, place) in places.iter().enumerate() {
                texts.push(text_of(table, *place, sql::cell(row.get_ref(width + index)?)));
            }
            writer.write(doc, texts.iter().map(text_cell))?;
            done += 1;
            if done % 1_000 == 0 {
                tell(done, total)?;
            }
        }
        Ok(())
    }

    /// Indexes these records as they are now.
    fn refresh(
        self,
        connection: &Connection,
        table: &Table,
        keys: &BTreeSet<String>,
        tell: &mut Indexing<'_>,
    ) -> Result<()> {
        let places = places(table);
        let mut writer = Writer::new(connection, table, self)?;
        for (done, text) in keys.iter().enumerate() {
            let key = parse_key(text)?;
            match get(connection, table, &key)? {
                Some(record) => {
                    let doc = writer.number(&key)?;
                    let texts: Vec<_> =
                        places.iter().map(|place| text_of(table, *place, record[*place].cell())).collect();
                    writer.write(doc, texts.iter().map(text_cell))?;
                }
                None => writer.remove(&key)?,
            }
            if done % 1_000 == 999 {
                tell(done as u64, keys.len() as u64)?;
            }
        }
        Ok(())
    }

    /// SQLite refuses to drop a table while anything on its connection still reads ("database table is locked"), so this
    /// comes before the connection reads records: `make` begins with it.
    fn drop(self, connection: &Connection) -> Result<()> {
        debug_assert!(!connection.is_busy(), "an index is dropped while something reads");
        let (name, keys) = (self.name(), self.keys());
        connection.execute_batch(&format!("DROP TABLE IF EXISTS search.{name}; DROP TABLE IF EXISTS search.{keys}"))?;
        Ok(())
    }
}

/// Puts single records into an index, in the place of what was there of them.
struct Writer<'c> {
    connection: &'c Connection,
    /// Finds and gives numbers for keys; none where the key is the number
    keys: Option<(Statement<'c>, Statement<'c>, Statement<'c>)>,
    write: Statement<'c>,
    remove: Statement<'c>,
}

impl<'c> Writer<'c> {
    fn new(connection: &'c Connection, table: &Table, index: Index) -> Result<Self> {
        let (name, keys) = (index.name(), index.keys());
        let columns = columns(table);
        let marks = sql::marks(columns.len());
        let keys = if schema::rowid_key(table) {
            None
        } else {
            let names = key_columns(table);
            let equal = names.iter().map(|name| format!("{name} = ?")).collect::<Vec<_>>().join(" AND ");
            let (names, marks) = (names.join(", "), sql::marks(names.len()));
            Some((
                connection.prepare(&format!("SELECT doc FROM search.{keys} WHERE {equal}"))?,
                connection.prepare(&format!("INSERT INTO search.{keys} ({names}) VALUES ({marks})"))?,
                connection.prepare(&format!("DELETE FROM search.{keys} WHERE doc = ?"))?,
            ))
        };
        Ok(Writer {
            connection,
            keys,
            write: connection.prepare(&format!(
                "INSERT OR REPLACE INTO search.{name} (rowid, {}) VALUES (?, {marks})",
                columns.join(", ")
            ))?,
            remove: connection.prepare(&format!("DELETE FROM search.{name} WHERE rowid = ?"))?,
        })
    }

    /// The number of this key, given out when it has none.
    fn number(&mut self, key: &[Value]) -> Result<i64> {
        match self.known(key)? {
            Some(number) => Ok(number),
            None => self.new_number(key),
        }
    }

    /// The number of a key that is known to have none, unless it is its number: nothing is looked up, which would be slow
    /// while the keys have no index.
    fn new_number(&mut self, key: &[Value]) -> Result<i64> {
        let Some((_, add, _)) = &mut self.keys else {
            return Ok(self.known(key)?.expect("a key that is its number is known"));
        };
        sql::bind(add, 1, key.iter().map(Value::cell))?;
        add.raw_execute()?;
        Ok(self.connection.last_insert_rowid())
    }

    fn known(&mut self, key: &[Value]) -> Result<Option<i64>> {
        let Some((find, _, _)) = &mut self.keys else {
            return Ok(match key {
                [Value::Integer(number)] => Some(*number),
                _ => None,
            });
        };
        sql::bind(find, 1, key.iter().map(Value::cell))?;
        let mut rows = find.raw_query();
        Ok(rows.next()?.map(|row| row.get(0)).transpose()?)
    }

    fn write<'v>(&mut self, doc: i64, texts: impl Iterator<Item = Cell<'v>>) -> Result<()> {
        sql::bind(&mut self.write, 1, [Cell::Integer(doc)].into_iter().chain(texts))?;
        self.write.raw_execute()?;
        Ok(())
    }

    fn remove(&mut self, key: &[Value]) -> Result<()> {
        let Some(doc) = self.known(key)? else { return Ok(()) };
        self.remove.execute([doc])?;
        if let Some((_, _, forget)) = &mut self.keys {
            forget.execute([doc])?;
        }
        Ok(())
    }
}

fn entry(connection: &Connection, table: &Table) -> Result<Option<Entry>> {
    let text = "SELECT number, shape, operation, stamp FROM search._appctl_indexes WHERE table_name = ?";
    let entry = connection.query_row(text, [table.name.as_str()], |row| {
        Ok(Entry { number: row.get(0)?, shape: row.get(1)?, operation: row.get(2)?, stamp: row.get(3)? })
    });
    Ok(entry.optional()?)
}

/// What happened to the table after the operation that its index knows.
fn since(connection: &Connection, table: &Table, entry: &Entry) -> Result<Since> {
    // After a restore the same number may be another operation.
    if entry.shape != shape(table) || retention::stamp(connection, entry.operation)?.as_deref() != Some(&entry.stamp) {
        return Ok(Since::Anything);
    }
    let text = "SELECT changes.key, changes.kind FROM main._appctl_operations AS operations
                CROSS JOIN main._appctl_changes AS changes ON changes.operation = operations.id
                WHERE operations.id > ?1 AND changes.table_name = ?2
                AND EXISTS (SELECT 1 FROM json_each(operations.tables) WHERE value = ?2)";
    let mut statement = connection.prepare_cached(text)?;
    let mut rows = statement.query(params![entry.operation, table.name.as_str()])?;
    let mut keys = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let kind = row.get_ref(1)?.as_str().unwrap_or_default();
        match kind {
            "insert" | "update" | "delete" => {
                keys.insert(row.get(0)?);
            }
            kind if HARMLESS.contains(&kind) => {}
            _ => return Ok(Since::Anything),
        }
    }
    Ok(Since::Records(keys))
}

/// Whether indexing these records is less work than indexing all.
fn is_few(connection: &Connection, table: &Table, keys: &BTreeSet<String>) -> Result<bool> {
    if keys.len() < MANY {
        return Ok(true);
    }
    let text = format!("SELECT count(*) FROM {}", quote(table.name.as_str()));
    let rows: i64 = connection.query_row(&text, [], |row| row.get(0))?;
    Ok(keys.len() < usize::try_from(rows / 3).unwrap_or(0))
}

/// Removes the indexes of tables that are there no more.
fn forget_dropped(connection: &Connection) -> Result<()> {
    let text = "SELECT number FROM search._appctl_indexes
                WHERE table_name NOT IN (SELECT name FROM main._appctl_tables)";
    let numbers: Vec<i64> =
        connection.prepare(text)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    for number in numbers {
        Index { number }.drop(connection)?;
        connection.execute("DELETE FROM search._appctl_indexes WHERE number = ?", [number])?;
    }
    Ok(())
}

/// Same text, same index.
fn shape(table: &Table) -> String {
    let names = |name: &crate::base::FieldName| name.to_string();
    let searched: Vec<_> = places(table)
        .into_iter()
        .map(|place| &table.fields[place])
        .map(|field| (field.name.to_string(), field.field_type.word()))
        .collect();
    let key: Vec<String> = table.key.iter().map(names).collect();
    serde_json::json!([key, schema::rowid_key(table), searched]).to_string()
}

/// `c0`, `c1`, …: one for each searched field.
pub fn columns(table: &Table) -> Vec<String> {
    (0..places(table).len()).map(|place| format!("c{place}")).collect()
}

/// `k0`, `k1`, …: one for each field of the key.
pub fn key_columns(table: &Table) -> Vec<String> {
    (0..table.key.len()).map(|place| format!("k{place}")).collect()
}
