//! How long a run may take, and what time alone does to a filter.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use appctl::app::App;
use appctl::base::{Clock, Kind, Timestamp};
use appctl::connections::{self, AddRequest, ObjectRequest, RunReport, RunStatus, SyncRequest};
use appctl::sandbox::{Options, Plan, Sandbox};

use crate::support::truth::{self, Chosen};

static CHOSEN: Chosen = &[("contacts", "id", &["email", "createdate"])];

struct Case {
    app: App,
    sandbox: Sandbox,
}

impl Case {
    async fn new(clock: Clock, records: usize, filter: Option<String>, settings: &[(&str, &str)]) -> Case {
        let sandbox = Sandbox::start(Options { records, clock: clock.clone(), ..Options::default() }).await.unwrap();
        let app = App::temporary(clock).unwrap();
        let object = ObjectRequest { object: "contacts".to_owned(), filter, ..ObjectRequest::default() };
        let request = AddRequest {
            source: "hubspot".to_owned(),
            name: Some("crm".parse().unwrap()),
            secret: Some(sandbox.token()),
            endpoint: Some(sandbox.endpoint("hubspot").unwrap()),
            settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
            objects: vec![object],
            ..AddRequest::default()
        };
        connections::add(&app, &request).await.unwrap();
        Case { app, sandbox }
    }

    async fn run(&self, time: Option<Duration>) -> RunReport {
        let request = SyncRequest { max_time: time, allow_deletes: true, ..SyncRequest::of("crm".parse().unwrap()) };
        connections::sync(&self.app, &request, &mut |_| {}).await.unwrap()
    }

    fn play(&self, plan: &str) {
        self.sandbox.set_faults(Plan::parse(plan).unwrap());
    }

    fn stored(&self) -> truth::Picture {
        truth::stored(&self.app.store.file(), CHOSEN)
    }

    fn ids(&self) -> BTreeSet<String> {
        self.stored().remove("contacts").unwrap_or_default().into_keys().collect()
    }

    /// Ids of what HubSpot holds for which this is true of the creation date.
    fn truth(&self, keeps: &dyn Fn(Timestamp) -> bool) -> BTreeSet<String> {
        let table = truth::hubspot(&self.sandbox, CHOSEN).remove("contacts").unwrap();
        let created = |values: &[Option<String>]| Timestamp::parse(values[1].as_deref().unwrap()).unwrap();
        table.into_iter().filter(|(_, values)| keeps(created(values))).map(|(id, _)| id).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_whose_time_is_over_stops_and_the_next_ones_go_on_without_a_flag() {
    for first in [true, false] {
        let case = Case::new(Clock::system(), 900, None, &[]).await;
        if !first {
            assert_eq!(case.run(None).await.status, RunStatus::Done);
            case.sandbox.hubspot().churn("contacts", "update", 850, 5).unwrap();
        }
        let before = case.stored();
        case.play("late:ms=250");
        let started = Instant::now();
        let report = case.run(Some(Duration::from_secs(1))).await;
        let took = started.elapsed();
        assert!(took < Duration::from_secs(6), "it took {took:?}");
        assert_eq!(report.status, RunStatus::Stopped, "{report:#?}");
        let error = report.failure().unwrap();
        assert_eq!(error.kind, Kind::Partial);
        assert!(error.message.contains("the run's time of 1s is over; run it again"), "{error}");
        assert_eq!(case.stored(), before, "a part of a run is shown");
        let mut runs = 1;
        while case.run(Some(Duration::from_secs(2))).await.status != RunStatus::Done {
            runs += 1;
            assert!(runs < 60, "it never ends");
        }
        assert_eq!(case.stored(), truth::hubspot(&case.sandbox, CHOSEN));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_holds_a_run_no_longer_than_its_time() {
    let case = Case::new(Clock::system(), 50, None, &[("max_time", "2s")]).await;
    case.play("silent");
    let started = Instant::now();
    let report = case.run(None).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(report.status, RunStatus::Stopped, "{report:#?}");
    case.play("");
    assert_eq!(case.run(None).await.status, RunStatus::Done);
    assert_eq!(case.stored(), truth::hubspot(&case.sandbox, CHOSEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_that_would_go_past_the_end_is_not_begun() {
    let case = Case::new(Clock::system(), 50, None, &[]).await;
    case.play("429:retry=40");
    let started = Instant::now();
    let report = case.run(Some(Duration::from_secs(15))).await;
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    let error = report.failure().unwrap();
    assert_eq!(error.kind, Kind::Remote, "the other side slowed us down: {error}");
}

#[tokio::test]
async fn a_connection_whose_time_is_none_is_refused() {
    let settings = |text: &str| AddRequest {
        source: "hubspot".to_owned(),
        settings: [("max_time".to_owned(), text.to_owned())].into(),
        ..AddRequest::default()
    };
    let app = App::temporary(Clock::system()).unwrap();
    for wrong in ["", "0s", "soon", "-1h", "6"] {
        let error = connections::add(&app, &settings(wrong)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Usage, "{wrong}: {error}");
        assert!(error.message.contains(&format!("`{wrong}`")), "{error}");
    }
}

/// Between two runs nothing happens at the source; time passes here and there.
#[tokio::test(flavor = "multi_thread")]
async fn records_that_only_time_moves_over_a_filters_edge_come_and_go() {
    let now = Timestamp::parse("2026-11-24T06:00:00Z").unwrap();
    let days = |days: u64| Duration::from_secs(days * 86_400);
    for sign in [">=", "<"] {
        let clock = Clock::fixed(now);
        let probe = Sandbox::start(Options { records: 300, clock: clock.clone(), ..Options::default() }).await.unwrap();
        let mut created: Vec<Timestamp> = truth::hubspot(&probe, CHOSEN)["contacts"]
            .values()
            .map(|values| Timestamp::parse(values[1].as_deref().unwrap()).unwrap())
            .collect();
        created.sort();
        let age = now.since(created[150]).as_secs() / 86_400;
        let filter = format!("createdate {sign} now() - interval '{age} days'");
        let settings = [("reconcile_every", "999d"), ("archived_every", "999d"), ("calculated_every", "999d")];
        let case = Case::new(clock.clone(), 300, Some(filter.clone()), &settings).await;
        let keeps = |at: Timestamp| {
            let edge = at.minus(days(age));
            case.truth(&move |created| if sign == "<" { created < edge } else { created >= edge })
        };
        assert_eq!(case.run(None).await.failure(), None);
        assert_eq!(case.ids(), keeps(now), "{filter}");
        clock.advance(days(40));
        let report = case.run(None).await;
        assert_eq!(report.failure(), None);
        assert_eq!(report.objects[0].mode, "full");
        let later = keeps(now.plus(days(40)));
        assert_ne!(later, keeps(now), "{filter}: nothing passed the edge, so this shows nothing");
        assert_eq!(case.ids(), later, "{filter}, 40 days later");
        let plan = connections::plan(&case.app, &"crm".parse().unwrap(), false).await.unwrap();
        assert!(plan.objects[0].steps.iter().any(|step| step.contains("`now()`")), "{plan:?}");
        let shown = connections::find(&case.app, &"crm".parse().unwrap()).unwrap();
        assert!(shown.objects[0].filter_moves_with_time());
    }
}
