//! What goes wrong at the other side: the engine ends, shows whole states only, says what failed, and is in step once the
//! other side is well again.

use std::time::Duration;

use appctl::app::App;
use appctl::base::{Clock, ConnectionName, Kind, Timestamp};
use appctl::connections::{self, AddRequest, ObjectReport, ObjectRequest, RunReport, RunStatus, SyncRequest};
use appctl::http::{self, Http};
use appctl::sandbox::{Options, Plan, Sandbox};
use futures_util::{FutureExt as _, StreamExt as _};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use crate::support::postgres::is_deep;
use crate::support::truth::{self, Chosen, Picture};

static CHOSEN: Chosen = &[
    ("contacts", "id", &["email", "firstname", "jobtitle", "city"]),
    ("companies", "id", &["name", "domain", "city"]),
];

/// An app that is connected to a sandbox of its own.
struct Case {
    app: App,
    sandbox: Sandbox,
    name: ConnectionName,
    what: String,
    /// What was stored after the last complete run
    before: Picture,
}

/// Patience in milliseconds instead of minutes.
fn hurried(seed: u64) -> http::Options {
    http::Options {
        connect_timeout: Duration::from_secs(2),
        read_timeout: Duration::from_millis(800),
        attempt_timeout: Duration::from_millis(1500),
        deadline: Duration::from_secs(4),
        patience: Duration::from_millis(1200),
        attempts: 4,
        first_wait: Duration::from_millis(5),
        longest_wait: Duration::from_millis(40),
        largest_body: 4 << 20,
        seed: Some(seed),
        ..http::Options::default()
    }
}

impl Case {
    async fn new(what: &str, seed: u64, records: usize, settings: &[(&str, &str)]) -> Case {
        let sandbox = Sandbox::start(Options { seed, records, ..Options::default() }).await.expect("a sandbox");
        let mut app = App::temporary(Clock::system()).expect("a folder");
        let object = |object: &str| ObjectRequest { object: object.to_owned(), ..ObjectRequest::default() };
        let request = AddRequest {
            source: "hubspot".to_owned(),
            secret: Some(sandbox.token()),
            endpoint: Some(sandbox.endpoint("hubspot").expect("HubSpot is played")),
            settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            objects: vec![object("contacts"), object("companies")],
            ..AddRequest::default()
        };
        let name = connections::add(&app, &request).await.expect("the connection is added").name;
        app.http = Http::new(hurried(seed)).expect("a client");
        Case { app, sandbox, name, what: format!("{what}, seed {seed}"), before: Picture::new() }
    }

    fn play(&self, plan: &str) {
        self.sandbox.set_faults(Plan::parse(plan).unwrap_or_else(|error| panic!("{plan}: {error}")));
    }

    fn truth(&self) -> Picture {
        truth::hubspot(&self.sandbox, CHOSEN)
    }

    fn stored(&self) -> Picture {
        truth::stored(&self.app.store.file(), CHOSEN)
    }

    /// One run, which must end.
    async fn run(&self) -> RunReport {
        self.run_as(SyncRequest::of(self.name.clone())).await
    }

    async fn run_as(&self, request: SyncRequest) -> RunReport {
        let mut hear = |_| {};
        let run = connections::sync(&self.app, &request, &mut hear);
        let ended = tokio::time::timeout(Duration::from_secs(120), run).await;
        let report = ended.unwrap_or_else(|_| panic!("{}: the run does not end", self.what));
        let report = report.unwrap_or_else(|error| panic!("{}: {error:?}", self.what));
        report.objects.iter().for_each(|object| self.adds_up(object));
        report
    }

    fn adds_up(&self, object: &ObjectReport) {
        let parts = object.inserted + object.updated + object.unchanged + object.rejected + object.filtered;
        assert_eq!(object.fetched, parts, "{}: {object:?}", self.what);
    }

    /// What must be true after a run with faults: whole tables, and nothing is missing unless it is said.
    fn honest(&self, report: &RunReport, alters: bool) {
        let (stored, truth, what) = (self.stored(), self.truth(), &self.what);
        match report.failure() {
            None => {
                let whole = stored == truth || alters;
                assert!(whole, "{what}: done, but {}\n{report:?}", truth::differences(&stored, &truth));
            }
            Some(error) => {
                assert!(!error.message.is_empty(), "{what}: {report:?}");
                let named = report.error.is_some() || report.objects.iter().any(|object| object.error.is_some());
                assert!(named || report.status == RunStatus::Stopped, "{what}: no failure is named: {report:?}");
            }
        }
        for (table, rows) in &stored {
            let known = self.before.get(table) == Some(rows) || truth.get(table) == Some(rows) || alters;
            assert!(known, "{what}: a part of `{table}` is shown: {}", truth::differences(&stored, &truth));
        }
        for table in self.before.keys() {
            assert!(stored.contains_key(table), "{what}: `{table}` went away");
        }
        let seen = self.sandbox.stats();
        assert_eq!(seen.canary_with_credentials, 0, "{what}: credentials went to another host");
    }

    /// The other side is well again: one plain run, and everything is in step.
    async fn recovers(&mut self, alters: bool) {
        self.play("");
        // The machine may be busy, and this is not about patience.
        let hurried = std::mem::replace(&mut self.app.http, Http::new(http::Options::default()).expect("a client"));
        let request = SyncRequest { full: alters, ..SyncRequest::of(self.name.clone()) };
        let report = self.run_as(request).await;
        self.app.http = hurried;
        assert_eq!(report.status, RunStatus::Done, "{}: {report:?}", self.what);
        let (stored, truth) = (self.stored(), self.truth());
        assert!(stored == truth, "{}: {}", self.what, truth::differences(&stored, &truth));
        self.before = stored;
    }

    fn change(&self, dice: &mut StdRng) {
        for (object, count) in [("contacts", 260), ("companies", 20)] {
            for (what, share) in [("create", 10), ("update", 1), ("archive", 20)] {
                self.sandbox.hubspot().churn(object, what, count / share, dice.random()).expect("a change");
            }
        }
    }
}

/// Every fault with the settings that make it strike soon, and whether it puts other values into a good answer.
const FAULTS: &[(&str, bool)] = &[
    ("cut", false),
    ("fin", false),
    ("close", false),
    ("halfhead", false),
    ("garbage", false),
    ("cutgzip", false),
    ("short", false),
    ("long", false),
    ("chunked", false),
    ("nolength", false),
    ("slow", false),
    ("slowhead", false),
    ("silent", false),
    ("stall", false),
    ("late:ms=100", false),
    ("huge:size=8000000", false),
    ("bomb:size=50000000", false),
    ("html", false),
    ("empty", false),
    ("badjson", false),
    ("nan", false),
    ("dupkeys", false),
    ("surrogate", true),
    ("bigint", false),
    ("1e400", false),
    ("deep", false),
    ("bom", false),
    ("badutf8", true),
    ("nul", true),
    ("bigcell", true),
    ("fields", false),
    ("500", false),
    ("502", false),
    ("503:retry=1", false),
    ("504", false),
    ("530", false),
    ("404", false),
    ("403", false),
    ("429", false),
    ("429:retry=1", false),
    ("429:retry=date", false),
    ("429:retry=-1", false),
    ("429:retry=1e9", false),
    ("expired", false),
    ("duplicate", false),
    ("loop", false),
    ("stuck", false),
    ("half", false),
    ("nexthost", false),
    ("redirect", false),
];

/// `cut` aimed: `cut@list#2`, with its own settings behind.
fn aimed(fault: &str, aim: &str) -> String {
    let (word, settings) =
        fault.split_once(':').map_or((fault, String::new()), |(word, rest)| (word, format!(":{rest}")));
    format!("{word}{aim}{settings}")
}

async fn sweep(fault: &str, alters: bool, seed: u64) {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut case = Case::new(fault, seed, 430, &[]).await;
    let what = case.what.clone();
    let plans = |endpoints: [&str; 2]| {
        [
            endpoints.map(|endpoint| aimed(fault, endpoint)).join(","),
            endpoints.map(|at| aimed(fault, &format!("{at}#2x2"))).join(","),
        ]
    };
    for (phase, endpoints) in [("first load", ["@list", "@properties"]), ("increment", ["@search", "@archived"])] {
        if phase == "increment" {
            case.change(&mut dice);
        }
        for plan in plans(endpoints) {
            case.what = format!("{what}, {phase}, `{plan}`");
            case.play(&plan);
            let report = case.run().await;
            case.honest(&report, alters);
        }
        case.what = format!("{what}, {phase}, recovery");
        case.recovers(alters).await;
    }
}

/// Runs many cases that mostly wait, some at a time, in one thread. Names all that fail.
async fn side_by_side<F: Future<Output = ()>>(cases: impl IntoIterator<Item = F>) {
    let caught = cases.into_iter().map(|case| std::panic::AssertUnwindSafe(case).catch_unwind());
    let ended: Vec<_> = futures_util::stream::iter(caught).buffer_unordered(12).collect().await;
    let failed: Vec<String> = ended
        .into_iter()
        .filter_map(Result::err)
        .map(|panic| panic.downcast::<String>().map_or_else(|_| "a panic".to_owned(), |text| *text))
        .collect();
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_the_other_side_loses_or_tears_anything_in_silence() {
    let seeds = if is_deep() { 1..6 } else { 1..2 };
    for seed in seeds {
        side_by_side(FAULTS.iter().map(|(fault, alters)| sweep(fault, *alters, seed))).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_that_the_sandbox_knows_is_in_the_sweep() {
    // These change how the sandbox is, or are looked at in tests of their own.
    let elsewhere = ["emptylist", "skew", "lag", "limits"];
    let swept = |word: &str| FAULTS.iter().any(|(fault, _)| fault.split(':').next() == Some(word));
    for (word, _) in appctl::sandbox::FAULT_WORDS {
        assert!(swept(word) || elsewhere.contains(word), "`{word}` is nowhere");
    }
}

/// F31: what looks like a source that lost its records.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_shows_nothing_or_half_removes_nothing() {
    let plans = [
        "emptylist@list",
        "emptylist@list,emptylist@search",
        "emptylist@list,emptylist@search,emptylist@archived",
        "half@list#1x9",
        "half@list#2",
        "half@list,half@search",
        "empty@list",
        "403@list,403@search",
        "404@list",
        "loop@list",
        "stuck@list",
    ];
    for full in [false, true] {
        side_by_side(plans.iter().map(|plan| async move {
            let mut case = Case::new(plan, 3, 430, &[("reconcile_every", "0"), ("archived_every", "0")]).await;
            case.recovers(false).await;
            case.play(plan);
            let report = case.run_as(SyncRequest { full, ..SyncRequest::of(case.name.clone()) }).await;
            let stored = case.stored();
            assert!(stored == case.before, "{}: {}", case.what, truth::differences(&stored, &case.before));
            assert_eq!(report.deleted, 0, "{}: {report:?}", case.what);
            case.honest(&report, false);
            case.recovers(false).await;
        }))
        .await;
    }
}

/// F31: with the source's own word that everything is gone, the guard still wants to be asked.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_would_remove_too_much_stops_and_says_how_to_go_on() {
    let mut case = Case::new("everything was deleted", 4, 430, &[("reconcile_every", "0")]).await;
    case.recovers(false).await;
    case.sandbox.hubspot().churn("contacts", "gdpr_delete", 400, 9).expect("deletes");
    let report = case.run().await;
    let error = report.failure().expect("it stops");
    assert_eq!(error.kind, Kind::Partial, "{report:?}");
    assert!(error.hint.as_deref().is_some_and(|hint| hint.contains("--allow-deletes")), "{error:?}");
    assert_eq!(case.stored()["contacts"], case.before["contacts"]);
    let again = case.run().await;
    assert_eq!(again.status, RunStatus::Partial, "it stays so: {again:?}");
    let report = case.run_as(SyncRequest { allow_deletes: true, ..SyncRequest::of(case.name.clone()) }).await;
    assert_eq!((report.status, report.deleted), (RunStatus::Done, 400), "{report:?}");
    assert_eq!(case.stored(), case.truth());
}

/// F31 and F33: one object fails, the other goes on, and the report says which.
#[tokio::test(flavor = "multi_thread")]
async fn an_object_that_fails_keeps_its_place_and_does_not_hold_up_the_other() {
    let mut case = Case::new("scope lost", 5, 430, &[]).await;
    case.recovers(false).await;
    let cursor =
        |case: &Case, object: &str| case.app.store.sync_states(&case.name).expect("states")[object]["cursor"].clone();
    let mut dice = StdRng::seed_from_u64(5);
    for trouble in ["scope", "500@search/companies", "html@properties/companies"] {
        case.change(&mut dice);
        let truth = case.truth();
        let old = cursor(&case, "companies");
        match trouble {
            "scope" => case.sandbox.hubspot().take_scopes(&["companies".to_owned()]),
            plan => case.play(plan),
        }
        let report = case.run().await;
        let what = format!("{trouble}: {report:?}");
        assert_eq!(report.status, RunStatus::Partial, "{what}");
        let error = report.failure().expect("a failure");
        assert!(error.kind == Kind::Partial && error.message.contains("`companies`"), "{error:?}");
        assert_eq!(case.stored()["contacts"], truth["contacts"], "{what}");
        assert_eq!(case.stored()["companies"], case.before["companies"], "{what}");
        assert_eq!(cursor(&case, "companies"), old, "{what}");
        let status = connections::status_of(&case.app, &case.name).expect("a status");
        let health = |object: &str| status.objects.iter().find(|one| one.object == object).expect("it is there").status;
        assert_eq!(health("companies"), connections::Health::Degraded);
        assert_eq!(health("contacts"), connections::Health::Healthy);
        case.sandbox.hubspot().give_scopes(&["companies".to_owned()]);
        case.recovers(false).await;
    }
}

/// F22: a storm of 429 is waited out within reason; a wait of years is told and leaves the connection free.
#[tokio::test(flavor = "multi_thread")]
async fn a_storm_of_429_costs_few_calls_and_a_long_wait_is_told() {
    for retry in ["missing", "1", "date", "-1", "0"] {
        let mut case = Case::new(&format!("storm with {retry}"), 6, 430, &[]).await;
        case.recovers(false).await;
        case.change(&mut StdRng::seed_from_u64(6));
        let ideal = case.sandbox.stats().calls;
        case.play(&format!("429@search#1x3:retry={retry}"));
        let report = case.run().await;
        assert_eq!(report.status, RunStatus::Done, "{}: {report:?}", case.what);
        let made = case.sandbox.stats().calls - ideal;
        assert_eq!(case.sandbox.stats().slowed_down, 3);
        assert!(made <= 3 + report.objects.iter().map(|object| object.pages).sum::<u64>() + 8, "{}: {made}", case.what);
        assert_eq!(case.stored(), case.truth(), "{}", case.what);
    }
    let mut case = Case::new("storm with 1e9", 6, 430, &[]).await;
    case.recovers(false).await;
    case.change(&mut StdRng::seed_from_u64(6));
    case.play("429@search:retry=1e9");
    let (began, calls) = (std::time::Instant::now(), case.sandbox.stats().slowed_down);
    let report = case.run().await;
    assert_eq!(report.failure().map(|error| error.kind), Some(Kind::Remote), "{report:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert!(case.sandbox.stats().slowed_down - calls <= 4, "{:?}", case.sandbox.stats());
    assert_eq!(connections::status_of(&case.app, &case.name).expect("a status").status, connections::Health::Degraded);
}

/// F23: a third of all answers is wrong in one way or another.
#[tokio::test(flavor = "multi_thread")]
async fn a_third_of_the_answers_being_wrong_only_costs_calls() {
    const MIXED: &str = "cut:0.03,fin:0.03,close:0.02,short:0.03,chunked:0.02,cutgzip:0.03,html:0.03,empty:0.02,\
                         badjson:0.03,500:0.03,502:0.02,503:0.02,429:0.03:retry=0,garbage:0.02,halfhead:0.02";
    let seed: u64 = rand::random();
    let (records, rounds) = if is_deep() { (20_000, 48) } else { (1_500, 4) };
    let mut case = Case::new("mixed", seed, records, &[]).await;
    // A stalled call costs half a second of nothing, which is another test's business.
    case.app.http = Http::new(http::Options { attempts: 8, ..hurried(seed) }).expect("a client");
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut pages, mut failed) = (0, 0);
    let calls = case.sandbox.stats().calls;
    for round in 0..rounds {
        case.change(&mut dice);
        let mut tries = 0;
        loop {
            case.sandbox.set_faults(Plan::parse(MIXED).expect("a plan"));
            let report = case.run_as(SyncRequest { full: round % 2 == 1, ..SyncRequest::of(case.name.clone()) }).await;
            case.honest(&report, false);
            if report.status == RunStatus::Done {
                pages += report.objects.iter().map(|object| object.pages).sum::<u64>();
                break;
            }
            (tries, failed) = (tries + 1, failed + 1);
            assert!(tries < 30, "{}: round {round} never ends well: {report:?}", case.what);
        }
        case.before = case.stored();
    }
    let calls = case.sandbox.stats().calls - calls;
    println!("{}: {pages} pages took {calls} calls and {failed} failed runs", case.what);
    assert!(pages >= if is_deep() { 4_000 } else { 30 }, "{pages}");
    case.recovers(false).await;
}

/// F27, F32: a position that no longer counts begins again from the data; a horizon that passed is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_after_a_hundred_days_says_so_and_finds_what_was_deleted() {
    let mut case = Case::new("hundred days", 8, 430, &[]).await;
    case.recovers(false).await;
    case.sandbox.hubspot().churn("contacts", "archive", 15, 8).expect("deletes");
    case.sandbox.hubspot().churn("contacts", "gdpr_delete", 5, 8).expect("deletes");
    case.sandbox.clock().advance(Duration::from_secs(100 * 24 * 3600));
    let report = case.run().await;
    assert_eq!(report.status, RunStatus::Done, "{report:?}");
    assert_eq!(case.stored(), case.truth());
    let notes: Vec<&String> = report.objects.iter().flat_map(|object| &object.notes).collect();
    assert!(notes.iter().any(|note| note.contains("longer ago")), "{report:?}");
}

/// F17: HubSpot's time counts, whatever this machine's clock says.
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_ours_that_is_years_off_loses_nothing() {
    for ours in ["2020-01-01T00:00:00Z", "2031-01-01T00:00:00Z"] {
        let mut case = Case::new(&format!("our clock at {ours}"), 9, 430, &[]).await;
        case.app.clock = Clock::fixed(Timestamp::parse(ours).expect("a time"));
        let mut dice = StdRng::seed_from_u64(9);
        case.recovers(false).await;
        for _ in 0..3 {
            case.sandbox.clock().advance(Duration::from_secs(dice.random_range(1..4000)));
            case.change(&mut dice);
            case.recovers(false).await;
        }
    }
}

/// F17: what HubSpot announces as its time is a little off, or jumps.
#[tokio::test(flavor = "multi_thread")]
async fn an_announced_time_that_is_half_a_minute_off_loses_nothing() {
    for skew in ["skew:-30", "skew:30"] {
        let mut case = Case::new(skew, 10, 430, &[]).await;
        let mut dice = StdRng::seed_from_u64(10);
        case.recovers(false).await;
        for _ in 0..3 {
            case.play(skew);
            case.change(&mut dice);
            let report = case.run().await;
            assert_eq!(report.status, RunStatus::Done, "{report:?}");
            // A window that ends before the changes brings them with the next run.
            case.sandbox.clock().advance(Duration::from_secs(61));
            let report = case.run().await;
            assert_eq!(report.status, RunStatus::Done, "{report:?}");
            let (stored, truth) = (case.stored(), case.truth());
            assert!(stored == truth, "{}: {}", case.what, truth::differences(&stored, &truth));
        }
    }
}

/// F28, F29: a search index that is up to a minute late, and hundreds of changes in one millisecond.
#[tokio::test(flavor = "multi_thread")]
async fn changes_that_arrive_late_or_all_at_once_are_found() {
    let seed: u64 = rand::random();
    let mut dice = StdRng::seed_from_u64(seed);
    let mut case = Case::new("late arrivals", seed, 700, &[]).await;
    case.recovers(false).await;
    let clock = case.sandbox.clock();
    clock.set(Timestamp(Clock::system().now().0));
    case.sandbox.hubspot().set_lag(Duration::from_secs(dice.random_range(10..=60)));
    let rounds = if is_deep() { 60 } else { 6 };
    for round in 0..rounds {
        // The clock stands still, so these all carry the same time.
        let count = if round % 3 == 0 { 650 } else { 40 };
        case.sandbox.hubspot().churn("contacts", "update", count, dice.random()).expect("changes");
        case.sandbox.hubspot().churn("contacts", "create", 3, dice.random()).expect("changes");
        case.sandbox.hubspot().churn("contacts", "archive", 2, dice.random()).expect("changes");
        clock.advance(Duration::from_secs(dice.random_range(0..90)));
        let report = case.run().await;
        assert_eq!(report.status, RunStatus::Done, "{}: {report:?}", case.what);
    }
    clock.advance(Duration::from_secs(61));
    let report = case.run().await;
    assert_eq!(report.status, RunStatus::Done, "{}: {report:?}", case.what);
    let (stored, truth) = (case.stored(), case.truth());
    assert!(stored == truth, "{}: {}", case.what, truth::differences(&stored, &truth));
}

/// F30: the shape of an object changes between two runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_property_that_comes_goes_or_changes_type_loses_no_stored_value() {
    let mut case = Case::new("drift", 12, 230, &[]).await;
    case.recovers(false).await;
    let hubspot = case.sandbox.hubspot();
    let definition = json!({"name": "shoe_size", "label": "Shoe size", "type": "number", "fieldType": "number", "groupName": "contactinformation"});
    hubspot.add_property("contacts", &definition).expect("a property");
    hubspot.remove_property("contacts", "jobtitle").expect("a property");
    hubspot.retype_property("contacts", "city", "enumeration").expect("a property");
    hubspot.churn("contacts", "update", 40, 12).expect("changes");
    let jobs = |case: &Case| case.stored()["contacts"].values().filter(|row| row[2].is_some()).count();
    let before = jobs(&case);
    let report = case.run().await;
    assert_eq!(report.status, RunStatus::Done, "{report:?}");
    let drift = &report.objects[0].drift;
    assert_eq!(
        (drift.new.as_slice(), drift.gone.as_slice()),
        (&["shoe_size".to_owned()][..], &["jobtitle".to_owned()][..])
    );
    assert!(drift.retyped.iter().any(|text| text.contains("city")), "{drift:?}");
    assert_eq!(jobs(&case), before, "stored values stay");
    let (stored, truth) = (case.stored(), case.truth());
    for (id, row) in &truth["contacts"] {
        let found = &stored["contacts"][id];
        assert_eq!((&found[0], &found[1], &found[3]), (&row[0], &row[1], &row[3]), "{id}");
    }
}

/// Invariant 7: only a refused token means that somebody must sign in again.
#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_revoked_keeps_the_data_and_asks_for_a_new_sign_in() {
    let mut case = Case::new("revoked", 13, 230, &[]).await;
    case.recovers(false).await;
    case.sandbox.hubspot().revoke();
    let report = case.run().await;
    let error = report.failure().expect("a failure");
    assert_eq!(error.kind, Kind::SignIn, "{error:?}");
    assert_eq!(case.stored(), case.before);
    let status = connections::status_of(&case.app, &case.name).expect("a status");
    assert_eq!(status.status, connections::Health::NeedsReauth);
    assert_eq!(status.fix.as_deref(), Some("appctl connections reauth hubspot"));
}
