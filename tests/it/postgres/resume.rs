//! A run goes on where it was broken off, in a new session and in a later snapshot, and ends as the last snapshot is.

use appctl::base::Kind;
use appctl::sources::Mode;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::mirror::{Mirror, Way};
use crate::support::postgres::{Database, is_deep};

fn table(key: &str) -> String {
    format!(
        "CREATE TABLE t (k {key} PRIMARY KEY, n bigint NOT NULL, v text, updated_at timestamptz DEFAULT now());
         INSERT INTO t SELECT {}, i, 'v' || i, now() - interval '1 hour' FROM generate_series(1, 400) i",
        value(key)
    )
}

fn value(key: &str) -> &'static str {
    match key {
        "uuid" => "md5(i::text)::uuid",
        "text" => "chr(97 + i % 26) || '''\\' || i",
        "timestamptz" => "timestamptz '2026-01-01 00:00+00' + i * interval '1 s'",
        _ => "i",
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_load_broken_after_every_page_repeats_nothing() {
    for key in ["bigint", "uuid", "text", "timestamptz"] {
        let database = Database::new();
        database.run(&table(key));
        let way = Way::to(&database).paged(37);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
        let ran = mirror.sync_with_breaks(&way, |_| true, async || {}).await;
        // What other tests do on this server makes rows of recent transactions come again, after all have come.
        assert!(ran.first_repeat.is_none_or(|at| at == 400), "{key}: {ran:?}");
        assert!(ran.breaks >= 10);
        mirror.assert_equals_source(&way, key).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn an_old_position_gives_its_page_again() {
    let database = Database::new();
    database.run(&table("bigint"));
    let way = Way::to(&database).paged(50);
    let mut session = way.session().await;
    let mirror = Mirror::of(session.as_mut(), "t").await;
    let mut positions = vec![None];
    let mut firsts = Vec::new();
    for _ in 0..4 {
        let position = positions.last().unwrap().clone();
        let page = session.page(&mirror.ask(Mode::Full, position.as_ref())).await.unwrap();
        firsts.push(page.rows.cell(0, 0).to_value());
        let appctl::sources::Next::More(next) = page.next else { panic!("more was to come") };
        positions.push(Some(next));
    }
    for at in [2, 0, 3, 1] {
        for session in [&mut session, &mut way.session().await] {
            let page = session.page(&mirror.ask(Mode::Full, positions[at].as_ref())).await.unwrap();
            assert_eq!(page.rows.cell(0, 0).to_value(), firsts[at], "page {at}");
            assert_eq!(page.rows.len(), 50);
        }
    }
}

/// Random breaks with random changes in between, for loads and for later runs. A run that went over several snapshots ends
/// as the last one is; what it could not know is put right by the run after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn whatever_happens_between_two_pages_the_copy_ends_true() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let rounds = if is_deep() { 100 } else { 1 };
    for round in 0..rounds {
        for (key, column) in
            [("bigint", None), ("bigint", Some("updated_at")), ("uuid", None), ("text", None), ("timestamptz", None)]
        {
            let database = Database::new();
            database.run(&table(key));
            let way = Way::to(&database).paged(random.random_range(5..90));
            let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
            mirror.cursor_column = column.map(str::to_owned);
            for run in 0..4 {
                let what = format!("seed {seed}, round {round}, {key} {column:?}, run {run}");
                let is_first = run == 0;
                let mut writes: Vec<String> = (0..2000).map(|_| write(&mut random, key)).collect();
                let chance = random.random_range(2..6);
                let mut coin = StdRng::seed_from_u64(random.random());
                let mut breaks = 0;
                let ran = mirror
                    .sync_with_breaks(
                        &way,
                        |_| {
                            breaks += 1;
                            breaks < 30 && coin.random_range(0..chance) == 0
                        },
                        async || {
                            let all: String = (0..4).filter_map(|_| writes.pop()).collect();
                            let client = database.client().await;
                            client.batch_execute(&all).await.unwrap();
                        },
                    )
                    .await;
                if is_first || key != "timestamptz" {
                    mirror.assert_equals_source(&way, &format!("{what}, after {} breaks", ran.breaks)).await;
                }
                // Keys without an order do not say which rows of this very run went again; the next run finds them.
                mirror.assert_misses_nothing(&way, &what).await;
                mirror.sync(way.session().await.as_mut()).await;
                mirror.assert_equals_source(&way, &format!("{what}, then a whole run")).await;
                for _ in 0..3 {
                    database.run(&write(&mut random, key));
                }
            }
        }
    }
}

fn write(random: &mut StdRng, key: &str) -> String {
    let (from, many) = (random.random_range(1..=450), random.random_range(0..30));
    let range = format!("n BETWEEN {from} AND {}", from + many);
    match random.random_range(0..6) {
        0 => format!("DELETE FROM t WHERE {range};"),
        1 | 2 => format!("UPDATE t SET v = v || 'x', updated_at = clock_timestamp() WHERE {range};"),
        3 => "VACUUM t;".to_owned().replace("VACUUM t;", "SELECT 1;"),
        _ => format!(
            "INSERT INTO t SELECT {}, i, 'again', clock_timestamp() FROM generate_series({from}, {}) i
             ON CONFLICT (k) DO UPDATE SET v = 'over', updated_at = clock_timestamp();",
            value(key),
            from + many
        ),
    }
}

/// Every page is followed by a break and a change, so that no two pages are read in one snapshot.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_run_that_is_broken_after_every_page_still_ends() {
    for key in ["bigint", "text", "timestamptz"] {
        let database = Database::new();
        database.run(&table(key));
        let way = Way::to(&database).paged(20);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
        for run in 0..3 {
            let mut n = 0;
            let ran = mirror
                .sync_with_breaks(&way, |_| true, async || {
                    n += 7;
                    let client = database.client().await;
                    let sql = format!(
                        "UPDATE t SET v = v || '.' WHERE n = {n}; DELETE FROM t WHERE n = {}; \
                         INSERT INTO t SELECT {}, i, 'new' FROM generate_series({n} + 1000, {n} + 1000) i ON CONFLICT DO NOTHING",
                        n + 3 + run,
                        value(key)
                    );
                    client.batch_execute(&sql).await.unwrap();
                })
                .await;
            assert!(ran.pages < 500, "{key}: {ran:?}");
            mirror.assert_misses_nothing(&way, &format!("{key}, run {run}")).await;
            mirror.sync(way.session().await.as_mut()).await;
            mirror.assert_equals_source(&way, &format!("{key}, run {run}")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_table_that_was_rewritten_on_disk_is_read_again() {
    let database = Database::new();
    database.run(&table("bigint"));
    let way = Way::to(&database).paged(40);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
    let rewrite = "DELETE FROM t WHERE n % 3 = 0; UPDATE t SET v = 'moved' WHERE n > 350";
    let ran = mirror
        .sync_with_breaks(
            &way,
            |page| page == 4,
            async || {
                let client = database.client().await;
                client.batch_execute(rewrite).await.unwrap();
                client.batch_execute("VACUUM FULL t").await.unwrap();
            },
        )
        .await;
    assert_eq!(ran.breaks, 1);
    mirror.assert_equals_source(&way, "after VACUUM FULL in the middle").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn partitions_are_resumed_too() {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    for round in 0..if is_deep() { 200 } else { 6 } {
        // Timestamps have no order that the store shares: their keys are listed as they are on disk.
        let key = if round % 2 == 0 { "bigint" } else { "timestamptz" };
        let database = Database::new();
        database.run(&format!(
            "CREATE TABLE t (k {key} PRIMARY KEY, n bigint, v text, updated_at timestamptz) PARTITION BY HASH (k);
             CREATE TABLE t0 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 0);
             CREATE TABLE t1 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 1);
             CREATE TABLE t2 PARTITION OF t FOR VALUES WITH (MODULUS 3, REMAINDER 2);
             INSERT INTO t SELECT {}, i, 'v', now() FROM generate_series(1, 300) i",
            value(key)
        ));
        let way = Way::to(&database).paged(random.random_range(7..40));
        let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
        let ran = mirror.sync_with_breaks(&way, |_| true, async || {}).await;
        assert!(ran.first_repeat.is_none_or(|at| at == 300), "seed {seed}: {ran:?}");
        let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
        for run in 0..3 {
            let writes: Vec<String> = (0..200).map(|_| write(&mut random, key)).collect();
            let mut writes = writes.iter();
            mirror
                .sync_with_breaks(
                    &way,
                    |page| page % 2 == 0 && page < 60,
                    async || {
                        let client = database.client().await;
                        client.batch_execute(writes.next().unwrap()).await.unwrap();
                    },
                )
                .await;
            let what = format!("seed {seed}, round {round}, run {run}");
            if run == 0 || key == "bigint" {
                mirror.assert_equals_source(&way, &what).await;
            }
            mirror.assert_misses_nothing(&way, &what).await;
            mirror.sync(way.session().await.as_mut()).await;
            mirror.assert_equals_source(&way, &what).await;
        }
    }
}

/// Partitions that had no rows when their turn was have some when it comes again.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn partitions_that_fill_up_in_between_do_not_hide_the_rest_of_another() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (k int PRIMARY KEY, v text) PARTITION BY RANGE (k);
         CREATE TABLE t0 PARTITION OF t FOR VALUES FROM (0) TO (1000);
         CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1000) TO (2000);
         CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (2000) TO (3000);
         INSERT INTO t SELECT i, 'old' FROM generate_series(2000, 2099) i",
    );
    let way = Way::to(&database).paged(30);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
    let mut from = 0;
    let ran = mirror
        .sync_with_breaks(
            &way,
            |page| page < 6,
            async || {
                let client = database.client().await;
                let sql = format!("INSERT INTO t SELECT i, 'new' FROM generate_series({from}, {from} + 99) i");
                client.batch_execute(&sql).await.unwrap();
                from = if from < 1000 { from + 1000 } else { from - 900 };
            },
        )
        .await;
    assert!(ran.breaks >= 5);
    mirror.assert_equals_source(&way, "after other partitions filled up").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_view_that_is_broken_off_begins_again() {
    let database = Database::new();
    database.run(&table("bigint"));
    database.run("CREATE VIEW w AS SELECT k, v FROM t");
    let way = Way::to(&database).paged(50);
    let shape = way.session().await.describe("w").await.unwrap();
    let mut mirror = Mirror::keyed(shape, &["k".to_owned()]);
    mirror
        .sync_with_breaks(
            &way,
            |page| page == 3 || page == 14,
            async || {
                let client = database.client().await;
                client
                    .batch_execute("DELETE FROM t WHERE n IN (1, 2, 120, 399); UPDATE t SET v = 'x' WHERE n < 9")
                    .await
                    .unwrap();
            },
        )
        .await;
    mirror.assert_equals_source(&way, "a view").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_that_is_killed_in_the_middle_of_a_copy_is_remote_and_goes_on() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (k bigint PRIMARY KEY, v text);
         INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 60000) i",
    );
    let way = Way::to(&database).paged(1000);
    let mut session = way.session().await;
    let mut mirror = Mirror::of(session.as_mut(), "t").await;
    let first = session.page(&mirror.ask(Mode::Full, None)).await.unwrap();
    let appctl::sources::Next::More(mut position) = first.next else { panic!("more was to come") };
    database.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'appctl' AND datname = current_database()");
    let mut fetched = 1000;
    let error = loop {
        match session.page(&mirror.ask(Mode::Full, Some(&position))).await {
            Ok(page) => {
                fetched += page.rows.len();
                let appctl::sources::Next::More(next) = page.next else { panic!("the copy was cut") };
                position = next;
            }
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind, Kind::Remote, "{error}");
    assert!(fetched < 60_000);
    // The same session finds its way back, and so would a new one.
    loop {
        let page = session.page(&mirror.ask(Mode::Full, Some(&position))).await.unwrap();
        fetched += page.rows.len();
        match page.next {
            appctl::sources::Next::More(next) => position = next,
            appctl::sources::Next::Done { .. } => break,
        }
    }
    assert!((60_000..=61_000).contains(&fetched), "{fetched}");
    mirror.sync(way.session().await.as_mut()).await;
    assert_eq!(mirror.rows.len(), 60_000);
}
