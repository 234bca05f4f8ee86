//! What is found, what is in the way, and what it will cost.

use appctl::base::{FieldType, Kind};
use appctl::sources::Mode;

use super::mirror::{Mirror, Way};
use crate::support::postgres::Database;

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn everything_that_can_be_synced_is_found_with_what_stands_in_the_way() {
    let database = Database::new();
    database.run(
        "CREATE SCHEMA \"Old Stuff\";
         CREATE TABLE customers (id int PRIMARY KEY, name text, created_at timestamptz, last_modified timestamp, updated_at timestamptz);
         CREATE INDEX ON customers (updated_at); CREATE INDEX ON customers (name, last_modified);
         INSERT INTO customers SELECT i, 'n' FROM generate_series(1, 500) i;
         CREATE TABLE \"Old Stuff\".\"My.Table\" (a text NOT NULL, b int NOT NULL, c int, UNIQUE (a, b), UNIQUE (c));
         CREATE TABLE keyless (a int UNIQUE, b text);
         CREATE TABLE parts (id int PRIMARY KEY) PARTITION BY RANGE (id);
         CREATE TABLE part_1 PARTITION OF parts FOR VALUES FROM (0) TO (100);
         INSERT INTO parts SELECT generate_series(0, 99);
         CREATE VIEW v AS SELECT * FROM customers; CREATE MATERIALIZED VIEW m AS SELECT * FROM customers;
         CREATE TEMP TABLE gone (a int); ANALYZE",
    );
    let mut session = Way::to(&database).session().await;
    let objects = session.objects().await.unwrap();
    let ids: Vec<(&str, &str)> = objects.iter().map(|object| (object.id.as_str(), object.kind.as_str())).collect();
    assert_eq!(
        ids,
        [
            ("\"Old Stuff\".\"My.Table\"", "table"),
            ("public.customers", "table"),
            ("public.keyless", "table"),
            ("public.m", "materialized view"),
            ("public.parts", "partitioned table"),
            ("public.v", "view"),
        ]
    );
    let find = |id: &str| objects.iter().find(|object| object.id == id).unwrap();
    assert_eq!(find("\"Old Stuff\".\"My.Table\"").key, ["a", "b"]);
    assert_eq!(find("public.customers").cursors, ["updated_at", "last_modified"]);
    assert_eq!(find("public.customers").rows, Some(500));
    assert!(find("public.customers").bytes.unwrap() > 8000);
    assert_eq!(find("public.customers").problem, None);
    assert_eq!(find("public.parts").rows, Some(100));
    assert!(find("public.keyless").problem.as_ref().unwrap().contains("no primary key"));
    assert!(find("public.v").problem.as_ref().unwrap().contains("--key"));

    let way = Way::to(&database).set("schemas", "nothing, Old Stuff");
    assert_eq!(way.session().await.objects().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn odd_names_are_read_and_followed() {
    let database = Database::new();
    let names = [
        "My Table",
        "UPPER",
        "a.b",
        "with \"quotes\"",
        "it's",
        "semi;colon--",
        "Größe 表 🦀",
        "select",
        "back\\slash",
        "$1",
        "%s",
    ];
    for (index, name) in names.iter().enumerate() {
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let (schema, table) = (quoted(&format!("s {name}")), quoted(name));
        let (key, value) = (quoted(&format!("{name} key")), quoted(&format!("{name} value")));
        database.run(&format!(
            "CREATE SCHEMA {schema}; CREATE TABLE {schema}.{table} ({key} text PRIMARY KEY, {value} text);
             INSERT INTO {schema}.{table} SELECT i::text, 'x' FROM generate_series(1, 50) i"
        ));
        let way = Way::to(&database).paged(20);
        let mut session = way.session().await;
        let id = session.objects().await.unwrap().iter().find(|object| object.title == *name).unwrap().id.clone();
        let mut mirror = Mirror::of(session.as_mut(), &id).await;
        assert_eq!((mirror.object.as_str(), mirror.shape.title.as_str()), (id.as_str(), *name));
        mirror.sync_with_breaks(&way, |_| true, async || {}).await;
        database.run(&format!("DELETE FROM {schema}.{table} WHERE {key} = '{}'", index + 1));
        mirror.sync(way.session().await.as_mut()).await;
        assert_eq!(mirror.rows.len(), 49, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn columns_are_described_with_their_types() {
    let database = Database::new();
    database.run(
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE DOMAIN price AS numeric(9,2) NOT NULL;
         CREATE TABLE t (id bigint PRIMARY KEY, m mood, p price, gone int, j jsonb, d date, tz timestamptz, b bytea, f real,
            y boolean, x text[], \"Odd Name\" varchar(3) NOT NULL); ALTER TABLE t DROP COLUMN gone",
    );
    let shape = Way::to(&database).session().await.describe("t").await.unwrap();
    assert_eq!((shape.object.as_str(), shape.key.as_slice()), ("public.t", ["id".to_owned()].as_slice()));
    let columns: Vec<(&str, &str, &FieldType, bool)> = shape
        .columns
        .iter()
        .map(|column| (column.id.as_str(), column.native.as_str(), &column.field_type, column.required))
        .collect();
    let select = FieldType::Select { options: vec!["sad".into(), "ok".into()] };
    assert_eq!(
        columns,
        [
            ("id", "bigint", &FieldType::Integer, true),
            ("m", "public.mood", &select, false),
            ("p", "public.price", &FieldType::Decimal, true),
            ("j", "jsonb", &FieldType::Json, false),
            ("d", "date", &FieldType::Date, false),
            ("tz", "timestamp with time zone", &FieldType::DateTime, false),
            ("b", "bytea", &FieldType::Binary, false),
            ("f", "real", &FieldType::Number, false),
            ("y", "boolean", &FieldType::Boolean, false),
            ("x", "text[]", &FieldType::Text, false),
            ("Odd Name", "character varying(3)", &FieldType::Text, true),
        ]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn missing_rights_name_the_grant_that_helps() {
    let database = Database::new();
    let role = format!("reader_{}", database.name);
    database.run(&format!(
        "CREATE ROLE {role} LOGIN; CREATE SCHEMA closed;
         CREATE TABLE closed.t (id int PRIMARY KEY, v text); CREATE TABLE shut (id int PRIMARY KEY);
         CREATE TABLE half (id int PRIMARY KEY, open text, secret text); INSERT INTO half VALUES (1, 'a', 'b'), (2, 'c', 'd');
         GRANT SELECT (id, open) ON half TO {role}"
    ));
    let way = Way::by(&database.url_for(&role)).paged(1);
    if database.server.is_ours() {
        let mut session = way.session().await;
        for object in ["closed.t", "shut"] {
            let error = session.describe(object).await.unwrap_err();
            assert_eq!(error.kind, Kind::Denied);
            let hint = error.hint.unwrap();
            assert!(hint.contains("GRANT SELECT ON TABLE"), "{hint}");
            assert_eq!(hint.contains("GRANT USAGE ON SCHEMA \"closed\""), object == "closed.t", "{hint}");
        }
        let problem =
            session.objects().await.unwrap().into_iter().find(|object| object.id == "public.shut").unwrap().problem;
        assert!(problem.unwrap().contains(&format!("GRANT SELECT ON TABLE \"public\".\"shut\" TO \"{role}\"")));
        // Columns that may be read are read, by other means than the ones that need the whole table.
        let mut mirror = Mirror::of(session.as_mut(), "half").await;
        assert_eq!(mirror.columns.len(), 2);
        assert!(mirror.shape.notes.iter().any(|note| note.contains("`secret`")), "{:?}", mirror.shape.notes);
        mirror.sync(session.as_mut()).await;
        database.run("DELETE FROM half WHERE id = 1");
        mirror.sync(way.session().await.as_mut()).await;
        assert_eq!(mirror.rows.len(), 1);
        // A right that goes while we are at it.
        let stale = Mirror::of(session.as_mut(), "half").await;
        database.run(&format!("REVOKE ALL ON half FROM {role}"));
        assert_eq!(session.page(&stale.ask(Mode::Full, None)).await.unwrap_err().kind, Kind::Denied);
    }
    database.run(&format!("REVOKE ALL ON half FROM {role}; DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_role_that_cannot_see_others_is_told_of_the_lag() {
    let database = Database::new();
    if !database.server.is_ours() {
        return;
    }
    let role = format!("blind_{}", database.name);
    database.run(&format!(
        "CREATE ROLE {role} LOGIN; CREATE TABLE t (id int PRIMARY KEY, v text, updated_at timestamptz DEFAULT now());
         INSERT INTO t SELECT i, 'a' FROM generate_series(1, 30) i; GRANT SELECT ON t TO {role}"
    ));
    let way = Way::by(&database.url_for(&role)).paged(10);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await.following("updated_at");
    assert!(mirror.shape.notes.iter().any(|note| note.contains("pg_read_all_stats")), "{:?}", mirror.shape.notes);
    let late = database.client().await;
    late.batch_execute("BEGIN; UPDATE t SET v = 'late', updated_at = now() WHERE id = 3").await.unwrap();
    mirror.sync(way.session().await.as_mut()).await;
    late.batch_execute("COMMIT").await.unwrap();
    mirror.sync(way.session().await.as_mut()).await;
    mirror.assert_equals_source(&way, "after a transaction that could not be seen").await;
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_run_is_estimated_without_running_it() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, v text, updated_at timestamptz); CREATE INDEX ON t (updated_at);
         INSERT INTO t SELECT i, 'a', timestamptz '2026-01-01' + i * interval '1 minute' FROM generate_series(1, 20000) i; ANALYZE t",
    );
    let way = Way::to(&database).paged(20_000);
    let mut session = way.session().await;
    let mut mirror = Mirror::of(session.as_mut(), "t").await.following("updated_at");
    let estimate = session.estimate(&mirror.ask(Mode::Full, None)).await.unwrap();
    assert_eq!(estimate.rows, Some(20_000));
    assert!(estimate.steps[0].contains("full copy of `public.t`"), "{estimate:?}");
    mirror.sync(session.as_mut()).await;
    let estimate = session.estimate(&mirror.ask(Mode::Incremental, None)).await.unwrap();
    assert!(estimate.rows.is_some_and(|rows| rows < 20_000), "{estimate:?}");
    mirror.cursor_column = None;
    let estimate = session.estimate(&mirror.ask(Mode::Incremental, None)).await.unwrap();
    assert_eq!(estimate.rows, None);
    assert!(estimate.steps.len() == 2, "{estimate:?}");
}
