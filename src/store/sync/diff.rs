//! What a completed object would change in its table, worked out before anybody is kept waiting. The result is keys only;
//! the connection's lock keeps the compared fields as they are until the final transaction.

use rusqlite::Connection;

use super::{ListingState, ObjectPlan, ObjectProgress};
use crate::base::{Error, Result, Table};
use crate::store::schema;
use crate::store::sql::{quote, quote_all, same};

/// How many records change, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Diff {
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub unchanged: u64,
    /// Records in the table before
    pub before: u64,
}

pub const INSERT: i64 = 0;
pub const UPDATE: i64 = 1;
pub const DELETE: i64 = 2;

/// Compares the staged rows with the stored table (`None`: there is none yet) and fills `diff_<number>`.
///
/// `connection` is the stage's; the main file is attached to it as `app`.
pub fn diff(
    connection: &Connection,
    number: i64,
    plan: &ObjectPlan,
    stored: Option<&Table>,
    progress: &ObjectProgress,
) -> Result<Diff> {
    let keys = plan.table.key.iter().map(AsRef::as_ref);
    let names = quote_all(keys.clone());
    let staged = |what: &str| {
        let columns = plan.table.key.iter().map(|name| format!("{what}.{}", quote(name.as_str())));
        columns.collect::<Vec<_>>().join(", ")
    };
    let rows = format!("rows_{number}");
    let run = |text: String| -> Result<u64> { Ok(u64::try_from(connection.execute(&text, [])?).unwrap_or(0)) };
    connection.execute_batch(&format!(
        "DROP TABLE IF EXISTS diff_{number}; CREATE TABLE diff_{number} (kind INTEGER, {names}, PRIMARY KEY ({names}))"
    ))?;
    let add = format!("INSERT OR IGNORE INTO diff_{number} SELECT");
    let total = count(connection, &rows)?;
    let Some(stored) = stored else {
        run(format!("{add} {INSERT}, {} FROM {rows} AS s", staged("s")))?;
        return Ok(Diff { inserted: total, ..Diff::default() });
    };
    let table = format!("app.{}", quote(stored.name.as_str()));
    let on = same("t", "s", keys.clone());
    let inserted = run(format!(
        "{add} {INSERT}, {} FROM {rows} AS s WHERE NOT EXISTS (SELECT 1 FROM {table} AS t WHERE {on})",
        staged("s")
    ))?;
    let updated = run(format!(
        "{add} {UPDATE}, {} FROM {rows} AS s JOIN {table} AS t ON {on} WHERE {}",
        staged("s"),
        different(plan, stored)
    ))?;
    let mut deleted =
        run(format!("{add} {DELETE}, {} FROM gone_{number} AS s JOIN {table} AS t ON {on}", staged("s")))?;
    deleted += match progress.listing {
        // Rejected records are among the seen: they are there, even if they cannot be used.
        ListingState::Rows { ended: true } | ListingState::Keys { ended: true } => run(format!(
            "{add} {DELETE}, {} FROM {table} AS t WHERE NOT EXISTS (SELECT 1 FROM seen_{number} AS s WHERE {on})
             AND NOT EXISTS (SELECT 1 FROM {rows} AS s WHERE {on})",
            staged("t")
        ))?,
        _ => 0,
    };
    let before = if deleted > 0 { count(connection, &table)? } else { 0 };
    Ok(Diff { inserted, updated, deleted, unchanged: total - inserted - updated, before })
}

/// Checks that every row that came is accounted for. `staged` is how many wait in the table.
pub fn check(object: &str, staged: u64, progress: &ObjectProgress) -> Result<()> {
    let ObjectProgress { fetched, filtered, rejected, repeated, dropped, .. } = progress;
    if *fetched == staged + filtered + rejected + repeated + dropped {
        return Ok(());
    }
    Err(Error::failed(format!(
        "the rows of `{object}` do not add up: {fetched} came, but {staged} are staged, {filtered} filtered, {rejected} \
         rejected, {repeated} repeated and {dropped} dropped"
    ))
    .hint("nothing was changed; please report this"))
}

pub fn count(connection: &Connection, table: &str) -> Result<u64> {
    let rows: i64 = connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// The condition that a staged row `s` differs from the stored row `t`, as a balanced tree of ORs.
fn different(plan: &ObjectPlan, stored: &Table) -> String {
    let mut parts = Vec::new();
    for name in &plan.columns[plan.key_len()..] {
        let column = quote(name.as_str());
        match stored.field(name.as_str()) {
            Some(field) => {
                let new = plan.table.field(name.as_str()).expect("a plan's columns are its table's fields");
                if schema::storage(&plan.table, new) != schema::storage(stored, field) {
                    // It is stored in another way from now on, so the final transaction empties it: every row is written.
                    return "1".to_owned();
                }
                parts.push(format!("s.{column} IS NOT t.{column}"));
            }
            None => parts.push(format!("s.{column} IS NOT NULL")),
        }
    }
    any(&parts)
}

fn any(parts: &[String]) -> String {
    match parts {
        [] => "0".to_owned(),
        [only] => only.clone(),
        many => {
            let (left, right) = many.split_at(many.len() / 2);
            format!("({} OR {})", any(left), any(right))
        }
    }
}
