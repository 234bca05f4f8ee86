//! Readers never see half of a run. Every transaction at the source keeps the sum over two tables as it is, so a reader
//! who ever finds another sum has seen rows of two moments.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use appctl::app::App;
use appctl::base::{Clock, ConnectionName, Secret, TableName};
use appctl::connections::{self, AddRequest, ObjectRequest, RunStatus, SyncRequest};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::postgres::{Database, is_deep};
use crate::support::truth::{self, Chosen};

static ACCOUNTS: Chosen = &[("checking", "id", &["amount", "owner"]), ("savings", "id", &["amount"])];

/// 600 accounts in each table, 100 in each account.
const TABLES: &str = "
    CREATE TABLE checking (id bigint PRIMARY KEY, amount bigint NOT NULL, owner text,
                           updated_at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE savings (id bigint PRIMARY KEY, amount bigint NOT NULL);
    INSERT INTO checking SELECT n, 100, 'owner ' || n FROM generate_series(1, 600) AS n;
    INSERT INTO savings SELECT n, 100 FROM generate_series(1, 600) AS n;
    ANALYZE;";
const SUM: i64 = 120_000;

/// One transaction that moves an amount within a table or between the two, opens an account or closes one.
fn movement(dice: &mut StdRng, next: &mut i64) -> String {
    let (from, to, amount) = (dice.random_range(1..=600), dice.random_range(1..=600), dice.random_range(1..50));
    let work = match dice.random_range(0..5) {
        0 => format!(
            "UPDATE checking SET amount = amount - {amount}, updated_at = clock_timestamp() WHERE id = {from};
             UPDATE checking SET amount = amount + {amount}, updated_at = clock_timestamp()
                WHERE id = (SELECT max(id) FROM checking);"
        ),
        1 => {
            *next += 1;
            format!(
                "INSERT INTO savings VALUES ({next}, {amount});
                 UPDATE checking SET amount = amount - {amount}, updated_at = clock_timestamp()
                    WHERE id = (SELECT min(id) FROM checking);"
            )
        }
        2 => format!(
            "WITH closed AS (DELETE FROM savings WHERE id = {to} AND id <> (SELECT max(id) FROM savings) RETURNING amount)
             UPDATE savings SET amount = amount + (SELECT coalesce(sum(amount), 0) FROM closed)
                WHERE id = (SELECT max(id) FROM savings);"
        ),
        _ => format!(
            "WITH taken AS (UPDATE savings SET amount = amount - {amount} WHERE id = {to} RETURNING 1)
             UPDATE checking SET amount = amount + {amount} * (SELECT count(*) FROM taken),
                updated_at = clock_timestamp() WHERE id = (SELECT max(id) FROM checking);"
        ),
    };
    // Only one mover works at a time, so that what it reads and what it writes belong together.
    format!("BEGIN; {work} COMMIT;")
}

/// Reads both sums again and again, in one statement and in two of one transaction, until told to stop.
fn read_on(file: PathBuf, stop: Arc<AtomicBool>, looks: Arc<AtomicU64>) -> Vec<String> {
    let connection = truth::open(&file);
    let mut torn = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let look = connection.unchecked_transaction().expect("a read begins");
        let tables = "SELECT count(*) FROM sqlite_schema WHERE name IN ('checking', 'savings')";
        let tables: i64 = look.query_row(tables, [], |row| row.get(0)).expect("the schema");
        if tables == 1 {
            torn.push("one table is there without the other".to_owned());
        }
        if tables < 2 {
            continue;
        }
        let sum = |text: &str| look.query_row(text, [], |row| row.get::<_, i64>(0)).expect("a sum");
        let first = sum("SELECT sum(amount) FROM checking");
        std::thread::sleep(Duration::from_micros(300));
        let apart = first + sum("SELECT sum(amount) FROM savings");
        let together = sum("SELECT (SELECT sum(amount) FROM checking) + (SELECT sum(amount) FROM savings)");
        if apart != SUM || together != SUM {
            torn.push(format!("{apart} and {together} instead of {SUM}"));
        }
        drop(look);
        // A statement of its own sees one moment too.
        let alone = "SELECT (SELECT sum(amount) FROM checking) + (SELECT sum(amount) FROM savings)";
        let alone: i64 = connection.query_row(alone, [], |row| row.get(0)).expect("a sum");
        if alone != SUM {
            torn.push(format!("{alone} instead of {SUM}"));
        }
        looks.fetch_add(1, Ordering::Relaxed);
    }
    torn
}

fn move_on(database: Arc<Database>, seed: u64, stop: Arc<AtomicBool>) -> u64 {
    let (mut dice, mut next, mut moved) = (StdRng::seed_from_u64(seed), 600, 0);
    while !stop.load(Ordering::Relaxed) {
        let work: String = (0..20).map(|_| movement(&mut dice, &mut next)).collect();
        database.run(&work);
        moved += 20;
    }
    moved
}

async fn add(app: &App, database: &Database, settings: &[(&str, &str)]) -> ConnectionName {
    let object = |name: &str| ObjectRequest {
        object: format!("public.{name}"),
        table: Some(TableName::parse(name).expect("a name")),
        ..ObjectRequest::default()
    };
    let url = ("url".to_owned(), database.url());
    let settings = settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let request = AddRequest {
        source: "postgres".to_owned(),
        secret: database.server.password().map(Secret::new),
        settings: settings.chain([url]).collect(),
        objects: vec![object("checking"), object("savings")],
        ..AddRequest::default()
    };
    connections::add(app, &request).await.expect("the connection is added").name
}

async fn no_reader_sees_a_torn_state(settings: &[(&str, &str)], syncs: usize) {
    let seed: u64 = rand::random();
    let database = Arc::new(Database::new());
    database.run(TABLES);
    let app = App::temporary(Clock::system()).expect("a folder");
    let name = add(&app, &database, settings).await;
    let (stop, looks) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (file, stop, looks) = (app.store.file(), stop.clone(), looks.clone());
            std::thread::spawn(move || read_on(file, stop, looks))
        })
        .collect();
    let mover = {
        let (database, stop) = (database.clone(), stop.clone());
        std::thread::spawn(move || move_on(database, seed, stop))
    };
    let mut changed = 0;
    for number in 0..syncs {
        // Many accounts are closed on purpose.
        let request = SyncRequest { allow_deletes: true, ..SyncRequest::of(name.clone()) };
        let report = connections::sync(&app, &request, &mut |_| {}).await.expect("a run");
        assert_eq!(report.status, RunStatus::Done, "seed {seed}, sync {number}: {report:?}");
        changed += report.inserted + report.updated + report.deleted;
    }
    stop.store(true, Ordering::Relaxed);
    let torn: Vec<String> = readers.into_iter().flat_map(|reader| reader.join().expect("a reader")).collect();
    let moved = mover.join().expect("the mover");
    let looks = looks.load(Ordering::Relaxed);
    println!("seed {seed}, {settings:?}: {syncs} syncs of {changed} changes, {moved} movements, {looks} looks");
    assert!(torn.is_empty(), "seed {seed}, {settings:?}: {} torn reads, first {:?}", torn.len(), torn.first());
    assert!(looks > 10 && moved > 0 && changed > 1200, "{looks} looks, {moved} movements, {changed} changes");
    let request = SyncRequest { allow_deletes: true, ..SyncRequest::of(name) };
    let report = connections::sync(&app, &request, &mut |_| {}).await.expect("a run");
    assert_eq!(report.status, RunStatus::Done, "seed {seed}: {report:?}");
    let (stored, there) = (truth::stored(&app.store.file(), ACCOUNTS), truth::postgres(&database, ACCOUNTS));
    assert!(stored == there, "seed {seed}: {}", truth::differences(&stored, &there));
}

fn syncs() -> usize {
    if is_deep() { 50 } else { 5 }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reader_sees_a_torn_state_of_tables_that_are_followed() {
    no_reader_sees_a_torn_state(&[("full_below", "0"), ("page_rows", "50"), ("overlap", "0s")], syncs()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_reader_sees_a_torn_state_of_tables_that_are_read_whole() {
    no_reader_sees_a_torn_state(&[("page_rows", "100")], syncs()).await;
}
