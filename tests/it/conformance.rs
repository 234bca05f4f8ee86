//! What every source passes: first page, next page, resume, nothing there, signed out, slowed down, filtered. A new source
//! is one more `Bench` and one more line at the end.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use appctl::app::{App, Query};
use appctl::base::{Cell, Clock, ConnectionName, Kind, TableName};
use appctl::connections::{self, AddRequest, Health, ObjectRequest, RunReport, RunStatus, SyncRequest};
use appctl::sandbox::{self, Limits, Plan, Sandbox};

use crate::support::postgres::{Database, block_on};

/// Names by key: what is there, and what the table holds.
type People = BTreeMap<String, String>;

/// A source with one object of people who have a name and a city.
trait Bench: Sync {
    /// So many people, half of them in Oslo.
    fn with(people: usize) -> impl Future<Output = Self>;
    fn request(&self) -> AddRequest;
    fn object(&self) -> ObjectRequest;
    /// What is there now; only those in Oslo when asked so.
    fn truth(&self, in_oslo: bool) -> People;
    /// Moves somebody of Oslo to Bergen and renames somebody else.
    fn change(&self);
    /// Takes our sign-in away.
    fn sign_out(&self);
    /// Lets nobody in for a while, then again.
    fn slow_down(&self, slow: bool);
    fn table(&self) -> &'static str;
    fn name_field(&self) -> &'static str;
}

async fn app_with(bench: &impl Bench, filter: Option<&str>) -> App {
    let app = App::temporary(Clock::system()).unwrap();
    let object = ObjectRequest { filter: filter.map(str::to_owned), ..bench.object() };
    let request = AddRequest { name: Some(name()), objects: vec![object], ..bench.request() };
    connections::add(&app, &request).await.unwrap();
    app
}

fn name() -> ConnectionName {
    ConnectionName::parse("source").unwrap()
}

async fn sync(app: &App, max_calls: Option<u64>) -> RunReport {
    let request = SyncRequest { max_calls, ..SyncRequest::of(name()) };
    connections::sync(app, &request, &mut |_| {}).await.unwrap()
}

async fn synced(app: &App) -> RunReport {
    let report = sync(app, None).await;
    assert_eq!(report.failure(), None, "{report:#?}");
    report
}

fn held(app: &App, bench: &impl Bench) -> Option<People> {
    let table = app.store.table(&TableName::parse(bench.table()).unwrap()).ok()?;
    let mut query = Query::all(&table, app.clock.now());
    query.fields = vec![table.key[0].to_string(), bench.name_field().to_owned()];
    let mut people = People::new();
    let text = |cell: Cell<'_>| match cell {
        Cell::Text(text) => text.to_owned(),
        Cell::Integer(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    app.store
        .read(&query, &mut |cells| {
            people.insert(text(cells[0]), text(cells[1]));
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
    Some(people)
}

async fn conforms<B: Bench>() {
    first_and_next_page::<B>().await;
    resume::<B>().await;
    nothing_there::<B>().await;
    signed_out::<B>().await;
    slowed_down::<B>().await;
    filtered::<B>().await;
}

async fn first_and_next_page<B: Bench>() {
    let bench = B::with(250).await;
    let app = app_with(&bench, None).await;
    let first = synced(&app).await;
    assert_eq!((first.inserted, first.objects[0].mode.as_str()), (250, "full"));
    assert!(first.objects[0].pages > 1, "{first:#?}");
    assert_eq!(held(&app, &bench), Some(bench.truth(false)));
    bench.change();
    let next = synced(&app).await;
    assert_eq!((next.inserted, next.updated, next.deleted), (0, 2, 0), "{next:#?}");
    assert_eq!(next.objects[0].mode, "incremental");
    assert!(next.fetched < 250 || first.calls > next.calls, "everything was read again: {next:#?}");
    assert_eq!(held(&app, &bench), Some(bench.truth(false)));
}

async fn resume<B: Bench>() {
    let bench = B::with(250).await;
    let app = app_with(&bench, None).await;
    let mut stops = 0;
    // Each run may make one call more than the one before, so that some of them end between two pages.
    for calls in 1.. {
        let report = sync(&app, Some(calls)).await;
        if report.status == RunStatus::Done {
            break;
        }
        stops += 1;
        assert!(stops < 60, "it never ended: {report:#?}");
        assert_eq!(report.failure().map(|error| error.kind), Some(Kind::Partial), "{report:#?}");
        assert_eq!(held(&app, &bench), None, "a part of a first load was shown");
    }
    assert!(stops > 0);
    assert_eq!(held(&app, &bench), Some(bench.truth(false)));
}

async fn nothing_there<B: Bench>() {
    let bench = B::with(0).await;
    let app = app_with(&bench, None).await;
    let report = synced(&app).await;
    assert_eq!((report.fetched, report.status), (0, RunStatus::Done));
    assert_eq!(held(&app, &bench), Some(People::new()));
    assert_eq!(synced(&app).await.fetched, 0);
}

async fn signed_out<B: Bench>() {
    let bench = B::with(30).await;
    let app = app_with(&bench, None).await;
    synced(&app).await;
    let before = held(&app, &bench);
    bench.sign_out();
    let report = sync(&app, None).await;
    assert_eq!(report.failure().map(|error| error.kind), Some(Kind::SignIn), "{report:#?}");
    assert_eq!(connections::status_of(&app, &name()).unwrap().status, Health::NeedsReauth);
    assert_eq!(held(&app, &bench), before);
}

async fn slowed_down<B: Bench>() {
    let bench = B::with(30).await;
    let app = app_with(&bench, None).await;
    synced(&app).await;
    let before = held(&app, &bench);
    bench.change();
    bench.slow_down(true);
    let report = sync(&app, None).await;
    assert_eq!(report.failure().map(|error| error.kind), Some(Kind::Remote), "{report:#?}");
    assert_eq!(connections::status_of(&app, &name()).unwrap().status, Health::Degraded);
    assert_eq!(held(&app, &bench), before);
    bench.slow_down(false);
    synced(&app).await;
    assert_eq!(held(&app, &bench), Some(bench.truth(false)));
}

async fn filtered<B: Bench>() {
    let bench = B::with(60).await;
    let app = app_with(&bench, Some("city = 'Oslo'")).await;
    synced(&app).await;
    assert_eq!(held(&app, &bench), Some(bench.truth(true)));
    let oslo = bench.truth(true).len();
    bench.change();
    assert_eq!(bench.truth(true).len(), oslo - 1);
    synced(&app).await;
    assert_eq!(held(&app, &bench), Some(bench.truth(true)), "who left the filter stays");
}

struct AtHubspot(Sandbox);

impl AtHubspot {
    fn people(&self, city: &str) -> Vec<(String, String)> {
        let live = self.0.hubspot().live("contacts").unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let there = live.iter().filter(|one| city.is_empty() || text(&one["properties"]["city"]) == city);
        there.map(|one| (text(&one["id"]), text(&one["properties"]["firstname"]))).collect()
    }
}

impl Bench for AtHubspot {
    async fn with(people: usize) -> Self {
        let sandbox = Sandbox::start(sandbox::Options { records: 0, ..sandbox::Options::default() }).await.unwrap();
        for number in 0..people {
            let city = if number % 2 == 0 { "Oslo" } else { "Rome" };
            let properties = [("firstname", &*format!("P{number}")), ("city", city)];
            sandbox.hubspot().create("contacts", &properties).unwrap();
        }
        AtHubspot(sandbox)
    }

    fn request(&self) -> AddRequest {
        AddRequest {
            source: "hubspot".to_owned(),
            secret: Some(self.0.token()),
            endpoint: Some(self.0.endpoint("hubspot").unwrap()),
            ..AddRequest::default()
        }
    }

    fn object(&self) -> ObjectRequest {
        let fields = ["firstname", "city"].map(|field| (field.to_owned(), None)).into();
        ObjectRequest { object: "contacts".to_owned(), fields, ..ObjectRequest::default() }
    }

    fn truth(&self, in_oslo: bool) -> People {
        self.people(if in_oslo { "Oslo" } else { "" }).into_iter().collect()
    }

    fn change(&self) {
        let (oslo, rome) = (&self.people("Oslo")[0], &self.people("Rome")[0]);
        self.0.hubspot().update("contacts", &oslo.0, &[("city", "Bergen")]).unwrap();
        self.0.hubspot().update("contacts", &rome.0, &[("firstname", "Renamed")]).unwrap();
    }

    fn sign_out(&self) {
        self.0.hubspot().revoke();
    }

    fn slow_down(&self, slow: bool) {
        let plan = if slow { "429:1:retry=1e9" } else { "" };
        self.0.set_faults(Plan::parse(plan).unwrap());
        self.0.hubspot().set_limits(Limits::none());
    }

    fn table(&self) -> &'static str {
        "contacts"
    }

    fn name_field(&self) -> &'static str {
        "firstname"
    }
}

struct AtPostgres {
    database: Database,
    role: String,
}

impl Bench for AtPostgres {
    async fn with(people: usize) -> Self {
        let database = Database::new();
        let role = format!("role_{}", database.name);
        database.run(&format!(
            "CREATE TABLE people (id int PRIMARY KEY, name text, city text, updated_at timestamptz DEFAULT now() - interval '1 day');
             INSERT INTO people SELECT n, 'P' || n, CASE n % 2 WHEN 0 THEN 'Oslo' ELSE 'Rome' END
                 FROM generate_series(0, {people} - 1) n;
             CREATE ROLE {role} LOGIN; GRANT SELECT ON people TO {role}"
        ));
        AtPostgres { database, role }
    }

    fn request(&self) -> AddRequest {
        let settings =
            [("url", self.database.url_for(&self.role)), ("page_rows", "100".into()), ("full_below", "0".into())];
        AddRequest {
            source: "postgres".to_owned(),
            settings: settings.map(|(key, value)| (key.to_owned(), value)).into(),
            ..AddRequest::default()
        }
    }

    fn object(&self) -> ObjectRequest {
        ObjectRequest {
            object: "public.people".to_owned(),
            cursor_column: Some("updated_at".to_owned()),
            ..ObjectRequest::default()
        }
    }

    fn truth(&self, in_oslo: bool) -> People {
        let only = if in_oslo { "WHERE city = 'Oslo'" } else { "" };
        let rows = self.database.query(&format!("SELECT id::text, name FROM people {only}"));
        rows.into_iter().map(|mut row| (row.remove(0).unwrap(), row.remove(0).unwrap())).collect()
    }

    fn change(&self) {
        self.database.run(
            "UPDATE people SET city = 'Bergen', updated_at = now() WHERE id = 0;
             UPDATE people SET name = 'Renamed', updated_at = now() WHERE id = 1",
        );
    }

    fn sign_out(&self) {
        self.database.run(&format!("ALTER ROLE {} NOLOGIN", self.role));
    }

    fn slow_down(&self, slow: bool) {
        let most = if slow { 0 } else { -1 };
        self.database.run(&format!("ALTER ROLE {} CONNECTION LIMIT {most}", self.role));
    }

    fn table(&self) -> &'static str {
        "people"
    }

    fn name_field(&self) -> &'static str {
        "name"
    }
}

impl Drop for AtPostgres {
    fn drop(&mut self) {
        self.database.run(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role));
    }
}

#[test]
fn hubspot_conforms() {
    block_on(conforms::<AtHubspot>());
}

#[test]
fn postgres_conforms() {
    block_on(conforms::<AtPostgres>());
}
