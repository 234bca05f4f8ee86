//! What the catalog says about one table or view.

use super::ident::{ObjectId, quote};
use super::link::Link;
use super::types::{Attribute, KeyOrder};
use crate::base::{Error, Kind, Result};

#[derive(Clone, Debug)]
pub struct Relation {
    pub id: ObjectId,
    pub oid: i64,
    pub kind: Relkind,
    /// Its rows are in heaps of this server that we may read whole, so `xmin` and `ctid` mean something
    pub is_heap: bool,
    /// It has partitions or children
    pub has_parts: bool,
    /// A hash of which tables hold its rows
    pub members: String,
    /// A hash of which files hold its rows
    pub files: String,
    /// Estimated
    pub rows: Option<u64>,
    /// Exact, the rows' own; `None` for views
    pub bytes: Option<u64>,
    pub attributes: Vec<Attribute>,
    pub key: Vec<String>,
    pub cursors: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relkind {
    Table,
    Partitioned,
    View,
    MaterializedView,
    Foreign,
}

impl Relkind {
    pub fn parse(letter: &str) -> Option<Self> {
        Some(match letter {
            "r" => Relkind::Table,
            "p" => Relkind::Partitioned,
            "v" => Relkind::View,
            "m" => Relkind::MaterializedView,
            "f" => Relkind::Foreign,
            _ => return None,
        })
    }

    pub fn word(self) -> &'static str {
        match self {
            Relkind::Table => "table",
            Relkind::Partitioned => "partitioned table",
            Relkind::View => "view",
            Relkind::MaterializedView => "materialized view",
            Relkind::Foreign => "foreign table",
        }
    }
}

/// A lateral query for the key of relation `c`: the primary one first, else the shortest unique one over columns that are
/// never null.
pub const KEY: &str = "
    SELECT (SELECT array_agg(a.attname::text ORDER BY k.place)
            FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts) AS key
    FROM pg_index i
    WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
      AND (i.indisprimary OR NOT EXISTS (
        SELECT 1 FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE k.place <= i.indnkeyatts AND NOT a.attnotnull))
    ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid LIMIT 1";

/// A lateral query for the columns of relation `c` that by their name say when a row changed, those that begin an index
/// first.
pub const CURSORS: &str = "
    SELECT array_agg(t.name ORDER BY t.indexed DESC, t.best DESC, t.attnum) AS cursors FROM (
        SELECT a.attnum, a.attname::text AS name, a.attname ~* '^(updated|modified|last_?modified)' AS best,
            EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indkey[0] = a.attnum
                    AND i.indisvalid AND i.indpred IS NULL) AS indexed
        FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid IN (1114, 1184)
          AND a.attname ~* '(updat|modif|chang|mtime|write_date|last_?edit|modstamp)') AS t";

impl Relation {
    /// Asks the catalog. `Kind::NotFound` when there is no such table, `Kind::Denied` when it may not be read, with the
    /// grant to run.
    pub async fn read(link: &Link, id: &ObjectId, user: &str) -> Result<Self> {
        let sql = format!(
            "WITH RECURSIVE tree(oid) AS (
                SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = $1::text AND c.relname = $2::text
                UNION SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid),
             members AS (
                SELECT md5(string_agg(c.oid::text, ',' ORDER BY c.oid)) AS members,
                    md5(string_agg(c.oid || ':' || c.relfilenode, ',' ORDER BY c.oid)) AS files,
                    bool_and(c.relkind = 'p' OR c.relkind IN ('r', 'm') AND am.amname = 'heap') AS heap,
                    sum(pg_relation_size(c.oid)) FILTER (WHERE c.relkind IN ('r', 'm'))::int8 AS bytes,
                    sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p')::float8 AS rows,
                    bool_or(c.reltuples > 0 OR c.relpages > 0) AS counted,
                    count(*) > 1 AS parts
                FROM tree JOIN pg_class c ON c.oid = tree.oid LEFT JOIN pg_am am ON am.oid = c.relam)
             SELECT c.oid::int8, c.relkind::text, has_schema_privilege(n.oid, 'USAGE'),
                has_table_privilege(c.oid, 'SELECT'), has_any_column_privilege(c.oid, 'SELECT'),
                m.members, m.files, coalesce(m.heap, false), m.bytes, m.rows, coalesce(m.counted, false), m.parts,
                key.key, cursor.cursors
             FROM members m, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             LEFT JOIN LATERAL ({KEY}) AS key ON true LEFT JOIN LATERAL ({CURSORS}) AS cursor ON true
             WHERE n.nspname = $1::text AND c.relname = $2::text"
        );
        let rows = link.query(&sql, &[&id.schema, &id.name]).await?;
        let gone = || Error::not_found(format!("there is no table `{id}`"));
        let row = rows.first().ok_or_else(|| gone().hint("see `appctl connections discover postgres`"))?;
        let kind = Relkind::parse(row.get(1)).ok_or_else(|| gone().hint("it is neither a table nor a view"))?;
        let (usage, whole, some): (bool, bool, bool) = (row.get(2), row.get(3), row.get(4));
        if !usage || !some {
            return Err(denied(id, user, usage));
        }
        let rows = row.get::<_, bool>(10).then(|| row.get::<_, Option<f64>>(9)).flatten();
        let is_view = matches!(kind, Relkind::View | Relkind::Foreign);
        let mut relation = Relation {
            id: id.clone(),
            oid: row.get(0),
            kind,
            is_heap: row.get::<_, bool>(7) && whole && !is_view,
            has_parts: row.get(11),
            members: row.get::<_, Option<String>>(5).unwrap_or_default(),
            files: row.get::<_, Option<String>>(6).unwrap_or_default(),
            rows: rows.map(|rows| rows.max(0.0) as u64),
            bytes: row.get::<_, Option<i64>>(8).and_then(|bytes| u64::try_from(bytes).ok()),
            attributes: Vec::new(),
            key: row.get::<_, Option<Vec<String>>>(12).unwrap_or_default(),
            cursors: row.get::<_, Option<Vec<String>>>(13).unwrap_or_default(),
        };
        relation.attributes = attributes(link, relation.oid).await?;
        Ok(relation)
    }

    pub fn attribute(&self, name: &str) -> Result<&Attribute> {
        let found = self.attributes.iter().find(|attribute| attribute.name == name && attribute.readable);
        found.ok_or_else(|| {
            Error::not_found(format!("`{}` has no column `{name}` that can be read", self.id))
                .hint("see `appctl connections discover postgres`")
        })
    }

    /// Whether keys over these columns can be listed in the store's order. `utf8`: the database's own encoding.
    pub fn is_sortable(&self, key: &[&Attribute], utf8: bool) -> bool {
        key.iter().all(|attribute| match attribute.key_order() {
            KeyOrder::Integer | KeyOrder::Uuid => true,
            KeyOrder::Text => utf8,
            KeyOrder::None => false,
        })
    }
}

/// What to run so that our role may read it.
pub fn grant(id: &ObjectId, user: &str, usage: bool) -> String {
    let table = format!("GRANT SELECT ON TABLE {} TO {};", id.sql(), quote(user));
    if usage { table } else { format!("GRANT USAGE ON SCHEMA {} TO {}; {table}", quote(&id.schema), quote(user)) }
}

fn denied(id: &ObjectId, user: &str, usage: bool) -> Error {
    Error::new(Kind::Denied, format!("`{user}` may not read `{id}`"))
        .hint(format!("let an administrator run `{}`", grant(id, user, usage)))
}

async fn attributes(link: &Link, oid: i64) -> Result<Vec<Attribute>> {
    let sql = "
        WITH RECURSIVE base(attnum, oid) AS (
            SELECT a.attnum, a.atttypid FROM pg_attribute a WHERE a.attrelid = $1::int8::oid AND a.attnum > 0
            UNION ALL
            SELECT base.attnum, t.typbasetype FROM base JOIN pg_type t ON t.oid = base.oid WHERE t.typtype = 'd')
        SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), t.oid::int8, t.typname::text, t.typtype = 'e',
            a.attnotnull OR d.typnotnull, has_column_privilege(a.attrelid, a.attnum, 'SELECT'),
            CASE WHEN t.typtype = 'e' THEN
                (SELECT array_agg(e.enumlabel::text ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) END
        FROM pg_attribute a JOIN pg_type d ON d.oid = a.atttypid
        JOIN base ON base.attnum = a.attnum JOIN pg_type t ON t.oid = base.oid AND t.typtype <> 'd'
        WHERE a.attrelid = $1::int8::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum";
    let rows = link.query(sql, &[&oid]).await?;
    let attributes = rows.iter().map(|row| Attribute {
        name: row.get(0),
        native: row.get(1),
        base: u32::try_from(row.get::<_, i64>(2)).unwrap_or(0),
        base_name: row.get(3),
        is_enum: row.get(4),
        required: row.get(5),
        readable: row.get(6),
        options: row.get::<_, Option<Vec<String>>>(7).unwrap_or_default(),
    });
    Ok(attributes.collect())
}
