//! How changes and deletes are followed from run to run.

use appctl::base::{Budget, Kind, Timestamp, Value};
use appctl::sources::{self, Mode};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::mirror::{Key, Mirror, Way};
use crate::support::postgres::{Database, is_deep};

const ORDERS: &str = "
    CREATE TABLE orders (id bigint PRIMARY KEY, state text NOT NULL, amount numeric(12,2), updated_at timestamptz DEFAULT now());
    CREATE INDEX ON orders (updated_at);
    INSERT INTO orders SELECT i, 'new', i / 7.0, now() - interval '1 day' FROM generate_series(1, 300) i;";

/// One run in a new session.
async fn run(mirror: &mut Mirror, way: &Way) -> super::mirror::Ran {
    mirror.sync(way.session().await.as_mut()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn changes_and_deletes_arrive_by_transaction() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    assert_eq!(run(&mut mirror, &way).await.fetched, 300);
    database.run("UPDATE orders SET state = 'paid' WHERE id % 100 = 0; INSERT INTO orders VALUES (301, 'new'); DELETE FROM orders WHERE id = 7");
    let ran = run(&mut mirror, &way).await;
    // The transactions of other tests on this server keep the horizon back, so more may come again.
    assert!(ran.fetched >= 4, "{ran:?}");
    assert_eq!(ran.listed, 300);
    mirror.assert_equals_source(&way, "after changes").await;
    assert!(!mirror.rows.contains_key(&Key(vec![Value::Integer(7)])));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn changes_and_deletes_arrive_by_a_time_column() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await.following("updated_at");
    run(&mut mirror, &way).await;
    database.run(
        "UPDATE orders SET state = 'paid', updated_at = now() WHERE id <= 5; DELETE FROM orders WHERE id = 299;
         INSERT INTO orders VALUES (301, 'new', 1, NULL)",
    );
    let ran = run(&mut mirror, &way).await;
    assert_eq!(ran.fetched, 6, "{ran:?}");
    assert_eq!(ran.listed, 300);
    mirror.assert_equals_source(&way, "after changes").await;
    // Rows whose time is null are read again each time.
    database.run("UPDATE orders SET state = 'lost' WHERE id = 301");
    run(&mut mirror, &way).await;
    mirror.assert_equals_source(&way, "after a change of a row without time").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn keys_are_not_listed_when_none_came_or_went() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    run(&mut mirror, &way).await;
    database.run("UPDATE orders SET state = 'paid' WHERE id = 1");
    let ran = run(&mut mirror, &way).await;
    assert_eq!(ran.listed, 0);
    mirror.assert_equals_source(&way, "after an update").await;
    // As many keys as before, but others.
    database.run("UPDATE orders SET id = 1000 WHERE id = 2");
    let ran = run(&mut mirror, &way).await;
    assert_eq!(ran.listed, 300);
    mirror.assert_equals_source(&way, "after a change of a key").await;
}

/// F28: a row stamped before the last run, by a transaction that commits after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_transaction_that_commits_late_is_not_missed() {
    for column in [None, Some("updated_at")] {
        let database = Database::new();
        database.run(ORDERS);
        let way = Way::to(&database).paged(100);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
        mirror.cursor_column = column.map(str::to_owned);
        let late = database.client().await;
        late.batch_execute("BEGIN; SELECT 1").await.unwrap();
        run(&mut mirror, &way).await;
        late.batch_execute("UPDATE orders SET state = 'late', updated_at = now() WHERE id = 5; INSERT INTO orders VALUES (400, 'late')")
            .await
            .unwrap();
        database.run("UPDATE orders SET state = 'early', updated_at = now() WHERE id = 6");
        run(&mut mirror, &way).await;
        assert!(!mirror.rows.contains_key(&Key(vec![Value::Integer(400)])));
        late.batch_execute("COMMIT").await.unwrap();
        run(&mut mirror, &way).await;
        assert!(mirror.rows.contains_key(&Key(vec![Value::Integer(400)])), "{column:?}");
        mirror.assert_equals_source(&way, "after the late commit").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_prepared_transaction_that_commits_late_is_not_missed() {
    let database = Database::new();
    if !database.server.is_ours() {
        return; // the server may not allow prepared transactions
    }
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await.following("updated_at");
    let name = &database.name;
    database.run(&format!(
        "BEGIN; UPDATE orders SET state = 'late', updated_at = now() WHERE id = 5; PREPARE TRANSACTION '{name}'"
    ));
    run(&mut mirror, &way).await;
    run(&mut mirror, &way).await;
    database.run(&format!("COMMIT PREPARED '{name}'"));
    run(&mut mirror, &way).await;
    mirror.assert_equals_source(&way, "after the prepared transaction").await;
}

/// F28 with random transactions that overlap the runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn nothing_is_missed_whatever_overlaps_the_runs() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let rounds = if is_deep() { 150 } else { 15 };
    for column in [None, Some("updated_at")] {
        let database = Database::new();
        database.run(ORDERS);
        let way = Way::to(&database).paged(70);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
        mirror.cursor_column = column.map(str::to_owned);
        let mut writers = Vec::new();
        for _ in 0..3 {
            writers.push((database.client().await, false));
        }
        for round in 0..rounds {
            for _ in 0..random.random_range(0..8) {
                let writer = random.random_range(0..3);
                let (client, is_open) = &mut writers[writer];
                if !*is_open {
                    client.batch_execute("BEGIN; SELECT 1").await.unwrap();
                    *is_open = true;
                }
                // Each writer has its own keys, so that none waits for another.
                let key = random.random_range(0..150) * 3 + writer;
                let statement = match random.random_range(0..4) {
                    0 => format!("DELETE FROM orders WHERE id = {key}"),
                    1 => format!("UPDATE orders SET amount = {round}, updated_at = now() WHERE id = {key}"),
                    _ => format!(
                        "INSERT INTO orders VALUES ({key}, 'r{round}') ON CONFLICT (id) DO UPDATE SET state = 'u{round}', updated_at = now()"
                    ),
                };
                client.batch_execute(&statement).await.unwrap();
                if random.random_range(0..3) == 0 {
                    let end = if random.random_range(0..4) == 0 { "ROLLBACK" } else { "COMMIT" };
                    client.batch_execute(end).await.unwrap();
                    *is_open = false;
                }
            }
            run(&mut mirror, &way).await;
        }
        for (client, is_open) in &writers {
            if *is_open {
                client.batch_execute("COMMIT").await.unwrap();
            }
        }
        run(&mut mirror, &way).await;
        mirror.assert_equals_source(&way, &format!("seed {seed}, {column:?}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_time_column_without_a_zone_works_in_any_zone() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, v text, modified timestamp);
         INSERT INTO t SELECT i, 'a', timestamp '2020-01-01' FROM generate_series(1, 50) i",
    );
    for zone in ["Pacific/Pago_Pago", "Asia/Tokyo", "UTC"] {
        let way = Way::to(&database).paged(20);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await.following("modified");
        run(&mut mirror, &way).await;
        database.run(&format!("SET timezone = '{zone}'; UPDATE t SET v = '{zone}', modified = now() WHERE id = 3"));
        run(&mut mirror, &way).await;
        mirror.assert_equals_source(&way, zone).await;
    }
    let way = Way::to(&database).paged(20).set("time_zone", "Asia/Tokyo");
    let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await.following("modified");
    run(&mut mirror, &way).await;
    database.run("SET timezone = 'Asia/Tokyo'; UPDATE t SET v = 'zoned', modified = now() WHERE id = 4");
    let ran = run(&mut mirror, &way).await;
    assert_eq!(ran.fetched, 1, "only what changed comes when the zone is known");
    mirror.assert_equals_source(&way, "with a known zone").await;
    let wrong = Way::to(&database).paged(20).set("time_zone", "Mars/Base");
    let error = wrong.open().await.err().expect("the server knows no such zone");
    assert_eq!(error.kind, Kind::Usage, "{error}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn partitions_follow_their_table_and_may_be_attached_and_detached() {
    let database = Database::new();
    database.run(
        "CREATE TABLE events (id bigint, day date NOT NULL, v text, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
         CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
         CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01') PARTITION BY HASH (id);
         CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
         CREATE TABLE events_2b PARTITION OF events_2 FOR VALUES WITH (MODULUS 2, REMAINDER 1);
         INSERT INTO events SELECT i, date '2026-01-01' + i % 59, 'a' FROM generate_series(1, 500) i;
         CREATE TABLE old (id bigint, day date NOT NULL, v text, PRIMARY KEY (id, day));
         INSERT INTO old SELECT i, '2025-12-31', 'old' FROM generate_series(1, 40) i",
    );
    let way = Way::to(&database).paged(90);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "events").await;
    assert_eq!(mirror.shape.key, ["id", "day"]);
    assert_eq!(run(&mut mirror, &way).await.fetched, 500);
    database.run("UPDATE events SET v = 'b' WHERE id % 50 = 0; DELETE FROM events WHERE id = 3; UPDATE events SET day = '2026-01-02' WHERE id = 40");
    run(&mut mirror, &way).await;
    mirror.assert_equals_source(&way, "after changes").await;
    database.run("ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM ('2025-12-01') TO ('2026-01-01')");
    run(&mut mirror, &way).await;
    mirror.assert_equals_source(&way, "after a partition with old rows was attached").await;
    database.run("ALTER TABLE events DETACH PARTITION events_1");
    run(&mut mirror, &way).await;
    mirror.assert_equals_source(&way, "after a partition was detached").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn views_and_materialized_views_are_followed() {
    let database = Database::new();
    database.run(&format!(
        "{ORDERS} CREATE VIEW paid AS SELECT id, amount, updated_at FROM orders WHERE state = 'paid';
         CREATE MATERIALIZED VIEW sums AS SELECT state, sum(amount) AS total FROM orders GROUP BY state;
         UPDATE orders SET state = 'paid' WHERE id <= 50; REFRESH MATERIALIZED VIEW sums"
    ));
    let way = Way::to(&database).paged(20);
    for (object, key, column) in [("paid", "id", None), ("paid", "id", Some("updated_at")), ("sums", "state", None)] {
        let shape = way.session().await.describe(object).await.unwrap();
        assert!(shape.key.is_empty(), "a view has no key of its own");
        let mut mirror = Mirror::keyed(shape, &[key.to_owned()]);
        mirror.cursor_column = column.map(str::to_owned);
        run(&mut mirror, &way).await;
        database.run(
            "UPDATE orders SET state = 'new', updated_at = now() WHERE id IN (1, 2, 60);
             UPDATE orders SET state = 'paid', updated_at = now() WHERE id = 100; UPDATE orders SET amount = 0, updated_at = now() WHERE id = 3;
             REFRESH MATERIALIZED VIEW sums",
        );
        run(&mut mirror, &way).await;
        mirror.assert_equals_source(&way, object).await;
        database.run("UPDATE orders SET state = 'paid', amount = 9, updated_at = now() WHERE id <= 50; UPDATE orders SET state = 'new' WHERE id = 100");
        run(&mut mirror, &way).await;
        mirror.assert_equals_source(&way, object).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn rows_without_a_key_are_rejected_and_counted() {
    let database = Database::new();
    database.run("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (NULL, 'y'), (2, NULL)");
    let way = Way::to(&database);
    let shape = way.session().await.describe("t").await.unwrap();
    let mut mirror = Mirror::keyed(shape, &["a".to_owned()]);
    let ran = run(&mut mirror, &way).await;
    assert_eq!((ran.fetched, ran.rejected), (2, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn keys_of_every_kind_lose_their_deleted_rows() {
    let database = Database::new();
    let kinds = [
        ("text COLLATE \"en-x-icu\"", "chr(32 + i * 131 % 60000) || i"),
        ("uuid", "md5(i::text)::uuid"),
        ("numeric", "i / 8.0"),
        ("timestamptz", "timestamptz '2026-01-01 00:00+00' + i * interval '1 hour 3 microseconds'"),
        ("timestamp", "timestamp '2026-01-01' - i * interval '20 years'"),
        ("date", "date '0100-01-01' - i * 977"),
        ("char(6)", "chr(97 + i % 26) || i"),
        ("bytea", "decode(md5(i::text), 'hex')"),
        ("double precision", "i * 0.1"),
        ("inet", "inet '10.0.0.0' + i"),
        ("integer[]", "ARRAY[i, NULL, i % 3]"),
        ("boolean", "i % 2 = 0"),
        ("public.mood", "('m' || i % 2)::public.mood"),
        ("smallint", "i - 150"),
        ("oid", "(4294967295 - i)::oid"),
    ];
    database.run("CREATE TYPE mood AS ENUM ('m1', 'm0')");
    for (index, (kind, value)) in kinds.iter().enumerate() {
        database.run(&format!(
            "CREATE TABLE k{index} (k {kind} PRIMARY KEY, v int);
             INSERT INTO k{index} SELECT {value}, i FROM generate_series(1, 300) i ON CONFLICT DO NOTHING"
        ));
        let way = Way::to(&database).paged(17);
        let mut mirror = Mirror::of(way.session().await.as_mut(), &format!("k{index}")).await;
        run(&mut mirror, &way).await;
        let before = mirror.rows.len();
        database.run(&format!(
            "DELETE FROM k{index} WHERE v % 100 = 1 OR v > 290; UPDATE k{index} SET v = -v WHERE v % 50 = 2"
        ));
        run(&mut mirror, &way).await;
        assert!(mirror.rows.len() < before, "{kind}");
        mirror.assert_equals_source(&way, kind).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn when_nothing_happened_nothing_is_read() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    run(&mut mirror, &way).await;
    // Other tests use the same server, so the quiet moment has to be met.
    for _ in 0..200 {
        let budget = Budget::unlimited();
        let mut session = sources::find("postgres").unwrap().open(way.access(budget.clone())).await.unwrap();
        let ran = mirror.sync(session.as_mut()).await;
        assert_eq!(ran.listed, 0);
        if ran.pages == 1 && budget.made() == 6 {
            return;
        }
    }
    panic!("an unchanged table is always read");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn another_question_is_answered_anew() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    run(&mut mirror, &way).await;
    mirror.columns.pop();
    assert_eq!(run(&mut mirror, &way).await.fetched, 300, "with another set of columns");
    database.run("DROP TABLE orders CASCADE");
    database.run(&ORDERS.replace("300", "200"));
    let ran = run(&mut mirror, &way).await;
    assert_eq!(ran.fetched, 200, "of another table with the same name");
    assert!(ran.notes[0].contains("made anew"), "{:?}", ran.notes);
    assert_eq!(mirror.rows.len(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn cursors_that_transaction_numbers_have_overtaken_begin_again() {
    let database = Database::new();
    database.run(ORDERS);
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    run(&mut mirror, &way).await;
    for distance in [i64::from(u32::MAX), -1_000_000] {
        let mut cursor = mirror.cursor.clone().unwrap();
        let xid = cursor["start"]["xid"].as_i64().unwrap();
        cursor["start"]["xid"] = ((xid - distance).cast_unsigned()).into();
        cursor["start"]["snapshot"] = "another".into();
        mirror.cursor = Some(cursor);
        let ran = run(&mut mirror, &way).await;
        assert_eq!(ran.fetched, 300);
        assert!(ran.notes[0].contains("too many transactions"), "{:?}", ran.notes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn since_leaves_older_rows_out() {
    let database = Database::new();
    database.run(ORDERS);
    database.run("UPDATE orders SET updated_at = '2026-05-01 12:00+00' WHERE id > 290; UPDATE orders SET updated_at = '2020-01-01' WHERE id <= 290");
    let way = Way::to(&database).paged(100);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "orders").await;
    mirror.since = Timestamp::parse("2026-05-01T12:00:00Z");
    let error = way.session().await.page(&mirror.ask(Mode::Full, None)).await.unwrap_err();
    assert_eq!(error.kind, Kind::Usage, "nothing says what changed since");
    mirror.cursor_column = Some("updated_at".to_owned());
    assert_eq!(run(&mut mirror, &way).await.fetched, 10);
    database.run(
        "UPDATE orders SET updated_at = '2019-01-01' WHERE id = 300; UPDATE orders SET updated_at = now() WHERE id = 1",
    );
    run(&mut mirror, &way).await;
    assert_eq!(mirror.rows.len(), 10);
    mirror.assert_equals_source(&way, "after rows moved over the line").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn one_object_that_fails_does_not_cost_the_others_their_snapshot() {
    let database = Database::new();
    database.run(&format!("{ORDERS} CREATE TABLE other AS SELECT i AS id FROM generate_series(1, 50) i; ALTER TABLE other ADD PRIMARY KEY (id)"));
    let way = Way::to(&database).paged(40);
    let mut session = way.session().await;
    let mut orders = Mirror::of(session.as_mut(), "orders").await;
    let mut other = Mirror::of(session.as_mut(), "other").await;
    let mut broken = Mirror::of(session.as_mut(), "other").await;
    broken.columns[0].id = "gone".to_owned();
    // A column that is not there any more, and one page of another object in the middle of a copy.
    let first = session.page(&orders.ask(Mode::Full, None)).await.unwrap();
    assert_eq!(first.rows.len(), 40);
    assert_eq!(session.page(&broken.ask(Mode::Full, None)).await.unwrap_err().kind, Kind::NotFound);
    database.run("DELETE FROM orders WHERE id > 100; DELETE FROM other");
    assert_eq!(session.describe("nowhere").await.unwrap_err().kind, Kind::NotFound);
    other.sync(session.as_mut()).await;
    orders.sync(session.as_mut()).await;
    assert_eq!((orders.rows.len(), other.rows.len()), (300, 50), "both as they were when the run began");
}
