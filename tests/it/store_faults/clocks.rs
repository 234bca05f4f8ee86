//! F17: clocks that are set back and forward, years and hours at a time.

use std::time::Duration;

use appctl::app::App;
use appctl::base::{Clock, Field, FieldType, Table, TableName, Timestamp, Value};
use appctl::connections::{self, AddRequest, Health, ObjectRequest, RunReport, RunStatus, Schedule, SyncRequest};
use appctl::sandbox::{Options, Plan, Sandbox};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::postgres::is_deep;
use crate::support::truth::{self, CRM};

const HOUR: i64 = 3_600_000_000;
const YEAR: i64 = 365 * 24 * HOUR;

/// A clock that can also be set back.
fn set(clock: &Clock, to: i64) {
    let now = clock.now().0;
    if to >= now {
        clock.advance(Duration::from_micros(u64::try_from(to - now).expect("not negative")));
    } else {
        clock.set_back(Duration::from_micros(u64::try_from(now - to).expect("not negative")));
    }
}

struct Case {
    app: App,
    clock: Clock,
    sandbox: Sandbox,
}

async fn case(seed: u64) -> Case {
    let sandbox = Sandbox::start(Options { seed, records: 120, ..Options::default() }).await.expect("a sandbox");
    let clock = Clock::fixed(Clock::system().now());
    let app = App::temporary(clock.clone()).expect("a folder");
    let object = |object: &str| ObjectRequest { object: object.to_owned(), ..ObjectRequest::default() };
    let request = AddRequest {
        source: "hubspot".to_owned(),
        name: Some("crm".parse().expect("a name")),
        secret: Some(sandbox.token()),
        endpoint: Some(sandbox.endpoint("hubspot").expect("HubSpot is played")),
        settings: [("archived_every".to_owned(), "0".to_owned())].into(),
        objects: vec![object("contacts"), object("companies"), object("deals")],
        schedule: Some(Schedule::every("15m").expect("a schedule")),
        ..AddRequest::default()
    };
    connections::add(&app, &request).await.expect("the connection is added");
    Case { app, clock, sandbox }
}

async fn sync(case: &Case) -> RunReport {
    let request = SyncRequest { allow_deletes: true, ..SyncRequest::of("crm".parse().expect("a name")) };
    connections::sync(&case.app, &request, &mut |_| {}).await.expect("a run ends")
}

/// Our clock and HubSpot's jump on their own; no change may be lost, and the newest run is always the newest.
#[tokio::test(flavor = "multi_thread")]
async fn jumps_of_the_clock_lose_no_record_and_mix_up_no_run() {
    let seeds: Vec<u64> = if is_deep() { (1..40).collect() } else { vec![rand::random::<u64>() >> 16] };
    for seed in seeds {
        let mut dice = StdRng::seed_from_u64(seed);
        let case = case(seed).await;
        let name = "crm".parse().expect("a name");
        let jumps = [-YEAR, YEAR, -HOUR, HOUR, -30 * 24 * HOUR, 90 * 24 * HOUR, -2, 0];
        for round in 0..8 {
            let what = format!("seed {seed}, round {round}");
            let jump = jumps[dice.random_range(0..jumps.len())];
            if dice.random() {
                set(&case.clock, case.clock.now().0 + jump);
            } else {
                // Only what their clock announces is wrong; their records go by the true one.
                set(&case.clock, Clock::system().now().0);
                case.sandbox.clock().skew([-3600, -60, 60, 3600][dice.random_range(0..4)]);
            }
            for (kind, count) in [("create", 5), ("update", 12), ("archive", 3)] {
                case.sandbox.hubspot().churn("contacts", kind, count, dice.random()).expect("a change");
            }
            let report = sync(&case).await;
            assert_eq!(report.status, RunStatus::Done, "{what}: {report:#?}");
            case.sandbox.clock().skew(0);
            let (stored, truth) = (truth::stored(&case.app.store.file(), CRM), truth::hubspot(&case.sandbox, CRM));
            assert!(stored == truth, "{what}: {}", truth::differences(&stored, &truth));
            let runs = connections::history(&case.app, &name, 100).expect("the history");
            assert_eq!(runs.first().map(|run| run.started), Some(report.started), "{what}: the newest run");
            assert_eq!(runs.len(), round + 1, "{what}");
            let operations: Vec<i64> = runs.iter().filter_map(|run| run.operation).collect();
            assert!(operations.is_sorted_by(|newer, older| newer > older), "{what}: {operations:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_clock_was_set_back_a_year_nobody_waits_a_year_and_the_last_error_is_the_last() {
    let case = case(3).await;
    let name = "crm".parse().expect("a name");
    let connection = connections::find(&case.app, &name).expect("it is there");
    assert_eq!(sync(&case).await.status, RunStatus::Done);
    assert!(!connections::is_due(&case.app, &connection, Duration::ZERO).expect("a schedule"));
    set(&case.clock, case.clock.now().0 - YEAR);
    assert!(
        connections::is_due(&case.app, &connection, Duration::from_secs(20)).expect("a schedule"),
        "it waits a year"
    );
    case.sandbox.set_faults(Plan::parse("403").expect("a plan"));
    assert_ne!(sync(&case).await.status, RunStatus::Done);
    let status = connections::status_of(&case.app, &name).expect("a status");
    assert_eq!(status.status, Health::Degraded, "the failed run is hidden behind one of the future: {status:#?}");
    case.sandbox.set_faults(Plan::default());
    assert_eq!(sync(&case).await.status, RunStatus::Done);
    assert_eq!(connections::status_of(&case.app, &name).expect("a status").status, Health::Healthy);
    assert!(!connections::is_due(&case.app, &connection, Duration::ZERO).expect("a schedule"), "it runs all the time");
    set(&case.clock, case.clock.now().0 + HOUR);
    assert!(connections::is_due(&case.app, &connection, Duration::ZERO).expect("a schedule"));
}

#[test]
fn the_log_and_undo_follow_the_order_of_what_happened_and_not_the_clock() {
    let clock = Clock::fixed(Timestamp::parse("2026-03-29T00:59:59Z").expect("a time"));
    let app = App::temporary(clock.clone()).expect("a folder");
    let field = |name: &str| Field::new(name.parse().expect("a name"), FieldType::Integer);
    let table = Table {
        name: TableName::parse("t").expect("a name"),
        fields: vec![field("id"), field("n")],
        key: vec!["id".parse().expect("a name")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    };
    app.store.change(&app.person(), "create table", |change| change.create_table(&table)).expect("a table");
    let key = [Value::from(1_i64)];
    let number = |number: i64| [("n".parse().expect("a name"), Value::from(number))];
    let mut ids = Vec::new();
    let mut made = |what: &str, number_now: i64| {
        let (_, id) = app
            .store
            .change(&app.person(), what, |change| match number_now {
                0 => change.insert(&table, &number(0)).map(drop),
                now => change.update(&table, &key, &number(now)).map(drop),
            })
            .expect("a change");
        ids.push(id.expect("something changed"));
    };
    made("create", 0);
    // Within the retention, which goes by the clock: what is older by it is forgotten.
    for (at, jump) in [-240 * HOUR, 480 * HOUR, -HOUR, HOUR / 2].into_iter().enumerate() {
        set(&clock, clock.now().0 + jump);
        made(&format!("update {at}"), i64::try_from(at).expect("small") + 1);
    }
    let log = app.store.operations(&appctl::app::OperationFilter::default()).expect("a log");
    let order: Vec<i64> = log.iter().map(|operation| operation.id).take(5).collect();
    let newest_first: Vec<i64> = ids.iter().rev().copied().collect();
    assert_eq!(order, newest_first);
    // The oldest by the clock is not the newest that happened: it has later changes on top, so it cannot be undone.
    let refused = app.store.undo(ids[1], &app.person());
    assert!(refused.is_err(), "{refused:?}");
    for id in ids.iter().rev().take(4) {
        app.store.undo(*id, &app.person()).expect("undone from the newest to the oldest");
    }
    let record = app.store.get(&table, &key).expect("a read").expect("the record is there");
    assert_eq!(record[1], Value::from(0_i64));
}
