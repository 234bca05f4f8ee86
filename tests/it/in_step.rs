//! The main promise: whatever happens at a source between two runs, at rest the table is what the source has.
//! Random changes with syncs between them, on HubSpot (the sandbox) and on a real PostgreSQL server.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use appctl::app::{App, Query};
use appctl::base::{Cell, Clock, ConnectionName, Kind, TableName, Timestamp};
use appctl::connections::{self, AddRequest, ObjectRequest, RunReport, RunStatus, SyncRequest};
use appctl::sandbox::{self, Sandbox};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use crate::support::postgres::{Database, block_on, is_deep};

/// Rows by their key, each with the values that are compared.
type Rows = BTreeMap<String, Vec<String>>;

fn seeds() -> Vec<u64> {
    let count = if is_deep() { 1_000 } else { 6 };
    let first: u64 = if is_deep() { 1 } else { rand::rng().next_u64() >> 16 };
    (first..first + count).collect()
}

fn name(text: &str) -> ConnectionName {
    ConnectionName::parse(text).unwrap()
}

fn stored(app: &App, table: &str, fields: &[&str]) -> Rows {
    let Ok(table) = app.store.table(&TableName::parse(table).unwrap()) else { return Rows::new() };
    let mut query = Query::all(&table, app.clock.now());
    query.fields = fields.iter().map(|field| field.parse().unwrap()).collect();
    let mut rows = Rows::new();
    app.store
        .read(&query, &mut |cells| {
            let mut texts = cells.iter().map(|cell| shown(*cell));
            let key = texts.next().unwrap();
            assert!(rows.insert(key.clone(), texts.collect()).is_none(), "two rows of key {key}");
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    rows
}

fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.to_owned(),
        Cell::Blob(bytes) => format!("{bytes:?}"),
    }
}

/// One run, which must be complete and account for every row that came.
async fn sync(app: &App, connection: &str, full: bool, what: &str) -> RunReport {
    let request = SyncRequest { allow_deletes: true, full, ..SyncRequest::of(name(connection)) };
    let report = connections::sync(app, &request, &mut |_| {}).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    assert_eq!(report.failure(), None, "{what}: {report:#?}");
    for object in &report.objects {
        let sum = object.inserted + object.updated + object.unchanged + object.rejected + object.filtered;
        assert_eq!(object.fetched, sum, "{what}: the rows of {} do not add up", object.object);
    }
    report
}

/// A dry run must count what the run after it counts, and change nothing.
async fn dry_then_real(app: &App, connection: &str, what: &str, tables: &(dyn Fn() -> Vec<Rows> + Sync)) {
    let before = tables();
    let request = SyncRequest { allow_deletes: true, dry_run: true, ..SyncRequest::of(name(connection)) };
    let dry = connections::sync(app, &request, &mut |_| {}).await.unwrap();
    assert_eq!(tables(), before, "{what}: a dry run changed something");
    let real = sync(app, connection, false, what).await;
    let counts = |run: &RunReport| (run.inserted, run.updated, run.deleted);
    assert_eq!(counts(&dry), counts(&real), "{what}: dry run and run");
}

const CONTACT: &[&str] = &["id", "email", "firstname", "city", "lifecyclestage"];
const DEAL: &[&str] = &["id", "dealname", "amount", "dealstage"];

fn at_hubspot(sandbox: &Sandbox, object: &str, fields: &[&str]) -> Rows {
    let records = sandbox.hubspot().live(object).unwrap();
    let row = |record: &serde_json::Value| {
        let value = |field: &&str| record["properties"][*field].as_str().unwrap_or_default().to_owned();
        (record["id"].as_str().unwrap().to_owned(), fields[1..].iter().map(value).collect())
    };
    records.iter().map(row).collect()
}

async fn hubspot(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let sandbox = sandbox::Options { seed, records: dice.random_range(0..260), ..sandbox::Options::default() };
    let sandbox = Sandbox::start(sandbox).await.unwrap();
    let app = App::temporary(Clock::system()).unwrap();
    let object = |object: &str, fields: &[&str]| ObjectRequest {
        object: object.to_owned(),
        fields: fields[1..].iter().map(|field| ((*field).to_owned(), None)).collect(),
        ..ObjectRequest::default()
    };
    let settings = ["archived_every", "reconcile_every", "calculated_every", "associations_every"];
    let request = AddRequest {
        source: "hubspot".to_owned(),
        secret: Some(sandbox.token()),
        endpoint: Some(sandbox.endpoint("hubspot").unwrap()),
        settings: settings.iter().map(|key| ((*key).to_owned(), "0".to_owned())).collect(),
        objects: vec![object("contacts", CONTACT), object("deals", DEAL)],
        ..AddRequest::default()
    };
    connections::add(&app, &request).await.unwrap();
    let tables = || vec![stored(&app, "contacts", CONTACT), stored(&app, "deals", DEAL)];
    for round in 0..5 {
        for object in ["contacts", "deals"] {
            let count = dice.random_range(0..12);
            sandbox.hubspot().churn(object, "mixed", count, dice.next_u64()).unwrap();
        }
        let what = format!("hubspot, seed {seed}, round {round}");
        if round == 2 {
            dry_then_real(&app, "hubspot", &what, &tables).await;
        } else {
            sync(&app, "hubspot", round == 4 && seed.is_multiple_of(3), &what).await;
        }
        let truth = vec![at_hubspot(&sandbox, "contacts", CONTACT), at_hubspot(&sandbox, "deals", DEAL)];
        assert_eq!(tables(), truth, "{what}");
    }
}

#[test]
fn hubspot_is_in_step_after_random_changes() {
    let seeds = seeds();
    eprintln!("seeds {:?} to {:?}", seeds.first(), seeds.last());
    for seed in seeds {
        block_on(hubspot(seed));
    }
}

/// A table at PostgreSQL in one of the ways that people have them.
struct Kind_ {
    key: &'static str,
    cursor: Option<&'static str>,
    settings: &'static [(&'static str, &'static str)],
}

const KINDS: &[Kind_] = &[
    Kind_ { key: "id bigint primary key", cursor: Some("updated_at"), settings: &[("full_below", "0")] },
    Kind_ { key: "id text primary key", cursor: Some("updated_at"), settings: &[("full_below", "0")] },
    Kind_ { key: "id uuid primary key", cursor: None, settings: &[("full_below", "0")] },
    Kind_ { key: "id int primary key", cursor: None, settings: &[] },
];

fn key_value(kind: &Kind_, number: u64) -> String {
    match kind.key.split(' ').nth(1).unwrap() {
        "text" => format!("'{}{number}'", ["a", "B", "é", "Z-", "_"][(number % 5) as usize]),
        "uuid" => format!("md5('{number}')::uuid"),
        _ => number.to_string(),
    }
}

fn one_change(kind: &Kind_, dice: &mut StdRng) -> String {
    let key = key_value(kind, dice.random_range(0..300));
    let note = ["null", "''", "'it''s'", "'é\u{1F600}'", "'x'"][dice.random_range(0..5)];
    let amount = ["1.50", "1.5", "-0.000", "'NaN'", "12345678901234567890.123456789"][dice.random_range(0..5)];
    match dice.random_range(0..10) {
        0..=3 => format!(
            "insert into t (id, note, amount) values ({key}, {note}, {amount}) on conflict (id) do update
             set note = excluded.note, updated_at = clock_timestamp()"
        ),
        4..=6 => format!("update t set note = {note}, amount = {amount}, updated_at = clock_timestamp() where id = {key}"),
        7..=8 => format!("delete from t where id = {key}"),
        _ => format!(
            "with gone as (delete from t where id = {key} returning *)
             insert into kept select * from gone; insert into t select * from kept on conflict do nothing; delete from kept"
        ),
    }
}

async fn postgres(seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let kind = &KINDS[usize::try_from(seed % KINDS.len() as u64).unwrap()];
    let database = Database::new();
    let columns =
        format!("({}, note text, amount numeric, updated_at timestamptz not null default clock_timestamp())", kind.key);
    database.run(&format!("create table t {columns}; create table kept (like t)"));
    let start = dice.random_range(0..200);
    let first = (0..start).map(|number| format!("insert into t (id, note) values ({}, 'n');", key_value(kind, number)));
    database.run(&format!("{} analyze t", first.collect::<String>()));
    let app = App::temporary(Clock::system()).unwrap();
    let mut settings: BTreeMap<String, String> =
        kind.settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    settings.insert("url".to_owned(), database.url());
    let object = ObjectRequest {
        object: "public.t".to_owned(),
        cursor_column: kind.cursor.map(str::to_owned),
        ..ObjectRequest::default()
    };
    let request = AddRequest {
        source: "postgres".to_owned(),
        name: Some(name("shop")),
        secret: database.server.password().map(appctl::base::Secret::new),
        settings,
        objects: vec![object],
        ..AddRequest::default()
    };
    connections::add(&app, &request).await.unwrap();
    let fields = ["id", "note", "amount"];
    let tables = || vec![stored(&app, "t", &fields)];
    for round in 0..6 {
        let changes = dice.random_range(0..25);
        database.run(&(0..changes).map(|_| one_change(kind, &mut dice) + ";").collect::<String>());
        let what = format!("postgres {} {:?}, seed {seed}, round {round}", kind.key, kind.cursor);
        if round == 3 {
            dry_then_real(&app, "shop", &what, &tables).await;
        } else {
            sync(&app, "shop", round == 4 && seed.is_multiple_of(5), &what).await;
        }
        let row = |row: Vec<Option<String>>| {
            let mut values = row.into_iter().map(Option::unwrap_or_default);
            (values.next().unwrap(), values.collect::<Vec<_>>())
        };
        let truth: Rows = database.query("select id::text, note, amount::text from t").into_iter().map(row).collect();
        assert_eq!(tables(), vec![truth], "{what}");
    }
}

#[test]
fn postgres_is_in_step_after_random_changes() {
    let seeds = seeds();
    eprintln!("seeds {:?} to {:?}", seeds.first(), seeds.last());
    for seed in seeds {
        block_on(postgres(seed));
    }
}

#[test]
fn each_of_the_last_ten_runs_is_taken_back_to_the_same_rows() {
    block_on(async {
        let sandbox = Sandbox::start(sandbox::Options { records: 120, ..sandbox::Options::default() }).await.unwrap();
        let app = App::temporary(Clock::system()).unwrap();
        let request = AddRequest {
            source: "hubspot".to_owned(),
            secret: Some(sandbox.token()),
            endpoint: Some(sandbox.endpoint("hubspot").unwrap()),
            settings: [("reconcile_every".to_owned(), "0".to_owned())].into(),
            objects: vec![ObjectRequest { object: "contacts".to_owned(), ..ObjectRequest::default() }],
            ..AddRequest::default()
        };
        connections::add(&app, &request).await.unwrap();
        let mut seen = Vec::new();
        for run in 0..11 {
            sandbox.hubspot().churn("contacts", "mixed", 8, run).unwrap();
            if run > 0 {
                sandbox.hubspot().update("contacts", &first(&sandbox), &[("city", &format!("city {run}"))]).unwrap();
            }
            sync(&app, "hubspot", false, "a run").await;
            seen.push(stored(&app, "contacts", CONTACT));
        }
        for _ in 0..10 {
            let now = seen.pop().unwrap();
            assert_eq!(stored(&app, "contacts", CONTACT), now);
            connections::undo(&app, &name("hubspot")).unwrap();
        }
        assert_eq!(stored(&app, "contacts", CONTACT), seen.pop().unwrap());
        sync(&app, "hubspot", false, "a run after the undos").await;
        assert_eq!(stored(&app, "contacts", CONTACT), at_hubspot(&sandbox, "contacts", CONTACT));
    });
}

fn first(sandbox: &Sandbox) -> String {
    sandbox.hubspot().live_ids("contacts").unwrap()[0].to_string()
}

#[test]
fn a_refused_token_stops_the_schedule_and_keeps_the_data() {
    block_on(async {
        let sandbox = Sandbox::start(sandbox::Options { records: 30, ..sandbox::Options::default() }).await.unwrap();
        let app = App::temporary(Clock::system()).unwrap();
        let request = AddRequest {
            source: "hubspot".to_owned(),
            secret: Some(sandbox.token()),
            endpoint: Some(sandbox.endpoint("hubspot").unwrap()),
            objects: vec![ObjectRequest { object: "contacts".to_owned(), ..ObjectRequest::default() }],
            schedule: Some(connections::Schedule::every("1m").unwrap()),
            ..AddRequest::default()
        };
        connections::add(&app, &request).await.unwrap();
        sync(&app, "hubspot", false, "first").await;
        let before = stored(&app, "contacts", CONTACT);
        sandbox.hubspot().revoke();
        let report = connections::sync(&app, &SyncRequest::of(name("hubspot")), &mut |_| {}).await.unwrap();
        assert_eq!(report.status, RunStatus::Failed);
        assert_eq!(report.failure().map(|error| error.kind), Some(Kind::SignIn));
        let status = connections::status_of(&app, &name("hubspot")).unwrap();
        assert_eq!((status.status, status.next_run), (connections::Health::NeedsReauth, None::<Timestamp>));
        assert_eq!(status.fix.as_deref(), Some("appctl connections reauth hubspot"));
        assert_eq!(stored(&app, "contacts", CONTACT), before);
    });
}
