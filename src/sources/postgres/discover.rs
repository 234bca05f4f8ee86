//! What can be synced: every table and view that is not the server's own, with what stands in the way.

use super::link::Link;
use super::relation::{CURSORS, KEY, Relation, Relkind, grant};
use super::settings::Settings;
use super::types::Decode;
use super::{ObjectId, Server};
use crate::base::Result;
use crate::sources::{Column, ObjectSummary, Shape};

/// Tables and views of the wanted schemas. Partitions are hidden behind the table that they are parts of, and what
/// belongs to an extension is left out.
pub async fn objects(link: &Link, settings: &Settings, server: &Server) -> Result<Vec<ObjectSummary>> {
    let sql = format!(
        "SELECT n.nspname::text, c.relname::text, c.relkind::text, has_schema_privilege(n.oid, 'USAGE'),
            has_any_column_privilege(c.oid, 'SELECT'), size.rows, size.counted, size.bytes, key.key, cursor.cursors
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         LEFT JOIN LATERAL (
            SELECT sum(greatest(l.reltuples, 0))::float8 AS rows, bool_or(l.reltuples > 0 OR l.relpages > 0) AS counted,
                sum(CASE WHEN l.relpages > 0 THEN l.relpages * current_setting('block_size')::int8
                    ELSE pg_relation_size(l.oid) END)::int8 AS bytes
            FROM (SELECT c.oid WHERE c.relkind <> 'p' UNION SELECT t.relid FROM pg_partition_tree(c.oid) t WHERE t.isleaf) m
            JOIN pg_class l ON l.oid = m.oid AND l.relkind IN ('r', 'm')) AS size ON true
         LEFT JOIN LATERAL ({KEY}) AS key ON true LEFT JOIN LATERAL ({CURSORS}) AS cursor ON true
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
           AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relpersistence <> 't'
           AND (cardinality($1::text[]) = 0 OR n.nspname = ANY ($1::text[]))
           AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                           AND d.deptype = 'e')
         ORDER BY 1, 2"
    );
    let rows = link.query(&sql, &[&settings.schemas]).await?;
    let summaries = rows.iter().filter_map(|row| {
        let kind = Relkind::parse(row.get(2))?;
        let id = ObjectId { schema: row.get(0), name: row.get(1) };
        let (usage, select): (bool, bool) = (row.get(3), row.get(4));
        let key = row.get::<_, Option<Vec<String>>>(8).unwrap_or_default();
        let counted = row.get::<_, Option<bool>>(6).unwrap_or(false);
        Some(ObjectSummary {
            id: id.to_string(),
            title: id.name.clone(),
            kind: kind.word().to_owned(),
            rows: row.get::<_, Option<f64>>(5).filter(|_| counted).map(|rows| rows as u64),
            bytes: row.get::<_, Option<i64>>(7).and_then(|bytes| u64::try_from(bytes).ok()),
            cursors: row.get::<_, Option<Vec<String>>>(9).unwrap_or_default(),
            deletes: deletes(kind).to_owned(),
            problem: problem(&id, kind, &key, usage, select, server),
            key,
        })
    });
    Ok(summaries.collect())
}

fn problem(id: &ObjectId, kind: Relkind, key: &[String], usage: bool, select: bool, server: &Server) -> Option<String> {
    if !usage || !select {
        let user = &server.user;
        return Some(format!("`{user}` may not read it; an administrator can run `{}`", grant(id, user, usage)));
    }
    if !key.is_empty() {
        return None;
    }
    Some(match kind {
        Relkind::View | Relkind::MaterializedView | Relkind::Foreign => {
            format!("a {} has no primary key; say which columns tell its rows apart with `--key`", kind.word())
        }
        _ => "no primary key, and no unique index over columns that are never null; say which columns tell its rows apart \
              with `--key`"
            .to_owned(),
    })
}

fn deletes(kind: Relkind) -> &'static str {
    match kind {
        Relkind::View | Relkind::Foreign => {
            "found by reading the whole again, or all keys where there is a time column"
        }
        _ => "found by comparing keys: one count of them each run, and a listing of all keys when they differ",
    }
}

pub fn shape(relation: &Relation, server: &Server, settings: &Settings) -> Shape {
    let readable = relation.attributes.iter().filter(|attribute| attribute.readable);
    let columns = readable.map(|attribute| Column {
        id: attribute.name.clone(),
        title: attribute.name.clone(),
        field_type: attribute.field_type(),
        native: attribute.native.clone(),
        required: attribute.required,
        calculated: false,
    });
    Shape {
        object: relation.id.to_string(),
        title: relation.id.name.clone(),
        columns: columns.collect(),
        key: relation.key.clone(),
        cursors: relation.cursors.clone(),
        filters: true,
        notes: notes(relation, server, settings),
    }
}

fn notes(relation: &Relation, server: &Server, settings: &Settings) -> Vec<String> {
    let mut notes = Vec::new();
    let hidden: Vec<_> = relation.attributes.iter().filter(|attribute| !attribute.readable).collect();
    if !hidden.is_empty() {
        let names = hidden.iter().map(|attribute| format!("`{}`", attribute.name)).collect::<Vec<_>>().join(", ");
        notes.push(format!("`{}` may not read the columns {names}", server.user));
    }
    if relation.kind == Relkind::Foreign || relation.kind == Relkind::View {
        notes.push(format!("a {} is read whole each time, unless a cursor column is chosen", relation.kind.word()));
    }
    if relation.kind == Relkind::Table && relation.has_parts {
        notes.push("it has child tables, whose rows are read with it; their keys must not repeat".to_owned());
    }
    if server.is_standby {
        notes.push("the server is a standby: it may cancel a long read, which is then taken up again".to_owned());
    }
    if !relation.cursors.is_empty() && !server.sees_others {
        notes.push(format!(
            "with a cursor column, the last {} s are read again each time, because `{}` may not see how long others' \
             transactions are open; `GRANT pg_read_all_stats TO {}` lets it",
            settings.lag.as_secs(),
            server.user,
            super::ident::quote(&server.user)
        ));
    }
    let is_zoneless = |name: &String| relation.attribute(name).is_ok_and(|a| a.decode() == Decode::Timestamp);
    if settings.time_zone.is_none() && relation.cursors.iter().any(is_zoneless) {
        notes.push(
            "a cursor column without a time zone makes the last 12 hours be read again each time; if its times are in UTC, \
             `--set time_zone=UTC` says so"
                .to_owned(),
        );
    }
    if !relation.cursors.is_empty() {
        notes.push("rows whose cursor column is null are read again each time".to_owned());
    }
    notes
}
