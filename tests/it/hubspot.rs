//! HubSpot as a source: that what it brings is what is there, whatever happens on the way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::BTreeMap;
use std::time::Duration;

use appctl::base::{Budget, Clock, Kind, Result, Secret, Timestamp};
use appctl::http::{Http, Options};
use appctl::sources::{self, Access, Mode, Session};
use serde_json::json;

use crate::support::mirror::{Mirror, Run};
use crate::support::portal::{NOW, Portal};
use crate::support::postgres::is_deep;
use crate::support::wire::{Say, Wire, reply};

fn quick() -> Http {
    Http::new(Options {
        read_timeout: Duration::from_millis(500),
        attempt_timeout: Duration::from_secs(2),
        deadline: Duration::from_secs(10),
        patience: Duration::from_secs(2),
        first_wait: Duration::from_millis(2),
        longest_wait: Duration::from_millis(10),
        attempts: 4,
        seed: Some(1),
        ..Options::default()
    })
    .unwrap()
}

thread_local! {
    /// One a test, as a process has one: making its client takes longer than most of these runs.
    static HTTP: Http = quick();
}

fn access(url: url::Url, settings: &[(&str, &str)]) -> Access {
    Access {
        http: HTTP.with(Http::clone),
        endpoint: Some(url),
        auth: appctl::sources::Auth::Bearer(Secret::new("pat-eu1-canary")),
        secret: None,
        settings: settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
        clock: Clock::fixed(Timestamp::from_millis(NOW)),
        budget: Budget::unlimited(),
        account: "test".to_owned(),
    }
}

/// A session, as each run has its own.
async fn open(portal: &Portal) -> Box<dyn Session> {
    open_skewed(portal, 0).await
}

/// A session on a machine whose clock is so many milliseconds ahead of the portal's.
async fn open_skewed(portal: &Portal, skew: i64) -> Box<dyn Session> {
    let settings = portal.state().settings.clone();
    let later = portal.state().later;
    let mut access = access(portal.url(), &settings);
    access.clock = Clock::fixed(Timestamp::from_millis(NOW + later + skew));
    sources::find("hubspot").unwrap().open(access).await.unwrap()
}

async fn mirror(portal: &Portal, object: &str, fields: &[&str]) -> Mirror {
    Mirror::of(open(portal).await.as_mut(), object, fields).await
}

async fn sync(portal: &Portal, mirror: &mut Mirror, mode: Mode) -> Result<()> {
    let mut session = open(portal).await;
    portal.calls();
    mirror.sync(session.as_mut(), mode).await
}

/// A portal with so many contacts an hour old, all of them in the mirror.
async fn in_step(records: u64, settings: &[(&'static str, &'static str)]) -> (Portal, Mirror) {
    let portal = Portal::with(records);
    portal.pass(3600);
    portal.state().settings = settings.to_vec();
    let mut mirror = mirror(&portal, "contacts", &["name"]).await;
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    assert_same(&mirror, &portal, "first load");
    portal.calls();
    (portal, mirror)
}

/// Compares with the truth, and shows only what differs.
fn assert_same(mirror: &Mirror, portal: &Portal, when: &str) {
    let (ours, truth) = (mirror.column("name"), portal.truth());
    let wrong = ours.iter().filter(|(id, name)| truth.get(*id) != Some(name)).take(3).collect::<Vec<_>>();
    let missing = truth.iter().filter(|(id, _)| !ours.contains_key(*id)).take(3).collect::<Vec<_>>();
    assert!(wrong.is_empty() && missing.is_empty(), "{when}: too much {wrong:?}, missing {missing:?}");
}

#[tokio::test]
async fn the_first_load_brings_every_record_and_resumes_at_every_page_in_a_new_session() {
    let portal = Portal::with(250);
    let first = mirror(&portal, "contacts", &["name"]).await;
    let mut whole = first.clone();
    sync(&portal, &mut whole, Mode::Full).await.unwrap();
    assert_eq!((whole.column("name"), whole.pages), (portal.truth(), 3));
    for stop in 0..3 {
        let (mut mirror, mut run) = (first.clone(), Run::default());
        for _ in 0..stop {
            mirror.step(open(&portal).await.as_mut(), Mode::Full, &mut run).await.unwrap();
        }
        let mut session = open(&portal).await;
        while !mirror.step(session.as_mut(), Mode::Full, &mut run).await.unwrap() {}
        assert_eq!((mirror.column("name"), mirror.pages), (portal.truth(), 3), "stopped after {stop}");
    }
}

#[tokio::test]
async fn nothing_there_is_no_failure() {
    let (portal, mut mirror) = in_step(0, &[]).await;
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert!(mirror.rows.is_empty());
    portal.put(1, "first");
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
}

#[tokio::test]
async fn an_increment_brings_changes_and_archived_records_with_few_calls() {
    let (portal, mut mirror) = in_step(1000, &[]).await;
    portal.pass(3600);
    portal.put(500, "changed");
    portal.put(2000, "new");
    portal.archive(7);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    let calls = portal.calls();
    assert_eq!(calls.len(), 2, "{calls:#?}");
}

#[tokio::test]
async fn an_increment_resumes_at_every_page_in_a_new_session() {
    let (portal, first) = in_step(450, &[]).await;
    portal.pass(600);
    for id in 1..=450 {
        portal.put(id, "changed");
    }
    portal.archive(3);
    let mut stop = 0;
    loop {
        let (mut mirror, mut run) = (first.clone(), Run::default());
        let mut ended = false;
        for _ in 0..stop {
            ended = mirror.step(open(&portal).await.as_mut(), Mode::Incremental, &mut run).await.unwrap();
        }
        if ended {
            break;
        }
        let mut session = open(&portal).await;
        while !mirror.step(session.as_mut(), Mode::Incremental, &mut run).await.unwrap() {}
        assert_same(&mirror, &portal, &format!("stopped after {stop}"));
        stop += 1;
    }
    assert_eq!(stop, 4, "three pages of the search and one of the archived list");
}

#[tokio::test]
async fn more_than_ten_thousand_changes_in_one_millisecond_are_all_found() {
    let (portal, mut mirror) = in_step(10, &[]).await;
    portal.pass(600);
    for id in 11..=10_511 {
        portal.put(id, "bulk");
    }
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.rows.len(), 10_511);
    assert!(portal.calls().iter().all(|call| !call.contains("after=")), "no search pages by token");
}

#[tokio::test]
async fn a_change_that_the_index_learns_late_is_found_by_the_next_run() {
    let (portal, mut mirror) = in_step(10, &[]).await;
    portal.state().lag = 50_000;
    portal.pass(600);
    portal.put(5, "late");
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.column("name")["5"], "name 5");
    portal.pass(51);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
}

#[tokio::test]
async fn what_is_deleted_for_good_or_restored_is_found_by_the_next_reconcile() {
    let (portal, mut mirror) = in_step(300, &[("reconcile_every", "1h")]).await;
    portal.archive(9);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    portal.state().records.remove(&100);
    // A restore that no modification date tells of.
    portal.state().records.get_mut(&9).unwrap().archived = false;
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.rows.len(), 299, "not seen yet: no list was read");
    portal.pass(3601);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
}

/// The deep kill test once found 18 deleted contacts still there: by then more than 500 were archived, and nothing said that
/// such a list is read by the hour.
#[tokio::test]
async fn a_delete_that_waits_because_the_archived_list_is_long_is_announced_and_comes_with_the_next_look() {
    let (portal, mut mirror) = in_step(800, &[]).await;
    (1..=560).for_each(|id| portal.archive(id));
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "after a short list had become a long one");
    assert!(mirror.notes.is_empty(), "{:?}", mirror.notes);
    portal.pass(60);
    portal.archive(700);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.rows.len(), 240, "the long list was not read");
    let told = mirror.notes.join("; ");
    assert!(told.contains("6 pages") && told.contains("deleted since then go with the first run after"), "{told}");
    portal.state().settings = vec![("archived_every", "0")];
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "with the list read in every run");
    portal.state().settings.clear();
    portal.archive(701);
    portal.pass(3601);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "an hour later");
}

#[tokio::test]
async fn a_merged_record_is_gone_with_the_record_it_went_into() {
    let (portal, mut mirror) = in_step(20, &[]).await;
    portal.pass(600);
    portal.put(4, "four and five");
    portal.state().records.get_mut(&4).unwrap().properties.insert("hs_merged_object_ids".into(), "5;6".into());
    portal.state().records.remove(&5);
    portal.state().records.remove(&6);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    assert_eq!(mirror.rows.len(), 18);
}

#[tokio::test]
async fn an_expired_page_token_is_replaced_by_the_last_id() {
    for mode in [Mode::Full, Mode::Incremental] {
        let (portal, mut mirror) = in_step(450, &[("reconcile_every", "0")]).await;
        portal.state().records.remove(&44);
        portal.put(200, "changed");
        let mut cut = 0;
        portal.hook(move |heard, _| {
            let token = heard.head.starts_with("GET /crm/v3/objects/contacts?") && heard.head.contains("after=");
            cut += usize::from(token);
            (token && cut == 2)
                .then(|| Say::Bytes(reply(400, &[], r#"{"message":"invalid after","category":"VALIDATION_ERROR"}"#)))
        });
        sync(&portal, &mut mirror, mode).await.unwrap();
        assert_same(&mirror, &portal, &format!("{mode:?}"));
        assert!(mirror.notes[0].contains("token had expired"), "{:?}", mirror.notes);
    }
}

#[tokio::test]
async fn duplicated_and_looping_pages_end_and_lose_nothing() {
    // The same page again, ten times; and the first page again and again (A, B, A).
    for (from, times) in [("token-100", 10), ("token-200", usize::MAX)] {
        let portal = Portal::with(450);
        let mut mirror = mirror(&portal, "contacts", &["name"]).await;
        let first = "GET /crm/v3/objects/contacts?limit=100&archived=false";
        let mut left = times;
        let body = std::sync::Arc::new(std::sync::Mutex::new(None::<String>));
        portal.hook(move |heard, _| {
            let mut body = body.lock().unwrap();
            if heard.head.starts_with(first) && !heard.head.contains("after=") && body.is_none() {
                let page =
                    (1..=100).map(|id| json!({ "id": id.to_string(), "properties": { "name": format!("name {id}") } }));
                let page =
                    json!({ "results": page.collect::<Vec<_>>(), "paging": { "next": { "after": "token-100" } } });
                *body = Some(page.to_string());
            }
            let again = heard.head.starts_with(first) && heard.head.contains(from) && left > 0;
            left -= usize::from(again);
            again.then(|| Say::Bytes(reply(200, &[], body.clone().unwrap())))
        });
        sync(&portal, &mut mirror, Mode::Full).await.unwrap();
        assert_same(&mirror, &portal, from);
        assert!(mirror.pages <= 6, "{} pages", mirror.pages);
    }
}

#[tokio::test]
async fn a_search_that_does_not_go_on_is_an_error_that_names_it() {
    let (portal, mut mirror) = in_step(450, &[]).await;
    portal.pass(600);
    for id in 1..=450 {
        portal.put(id, "changed");
    }
    let stuck = json!({ "total": 450, "results": [{ "id": "1", "properties": { "name": "changed" } }],
        "paging": { "next": { "after": "1" } } });
    portal.hook(move |heard, _| heard.head.contains("/search").then(|| Say::Bytes(reply(200, &[], stuck.to_string()))));
    let error = sync(&portal, &mut mirror, Mode::Incremental).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.message.contains("does not go on after record 1"), "{error}");
    assert!(portal.calls().len() < 5);
}

#[tokio::test]
async fn a_list_that_ends_early_or_is_empty_removes_nothing() {
    for last in [0, 200] {
        let (portal, mut mirror) = in_step(450, &[("reconcile_every", "0")]).await;
        portal.hook(move |heard, state| {
            let listing =
                heard.head.starts_with("GET /crm/v3/objects/contacts?") && !heard.head.contains("archived=true");
            let end = if last == 0 { !heard.head.contains("after=") } else { heard.head.contains("after=token-100") };
            if !(listing && end) {
                return None;
            }
            let ids = state.records.keys().filter(|id| **id > 100 && **id <= last);
            let page = ids.map(|id| json!({ "id": id.to_string(), "properties": { "name": format!("name {id}") } }));
            Some(Say::Bytes(reply(200, &[], json!({ "results": page.collect::<Vec<_>>() }).to_string())))
        });
        let result = sync(&portal, &mut mirror, Mode::Incremental).await;
        assert_eq!(result.unwrap_err().kind, Kind::Remote, "the ids afterwards end early too");
        assert_same(&mirror, &portal, "at rest");
        portal.unhook();
        sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
        assert_same(&mirror, &portal, "at rest");
    }
}

#[tokio::test]
async fn records_deleted_a_moment_ago_do_not_make_a_list_look_short() {
    let (portal, mut mirror) = in_step(450, &[("reconcile_every", "0")]).await;
    for id in 300..=450 {
        portal.archive(id);
    }
    // The index still knows them.
    portal.hook(|heard, _| {
        let count = heard.head.contains("/search");
        let stale = json!({ "total": 450, "results": [{ "id": "301", "properties": {} }] });
        count.then(|| Say::Bytes(reply(200, &[], stale.to_string())))
    });
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
}

#[tokio::test]
async fn faults_on_the_wire_change_nothing() {
    for seed in 0..4_u64 {
        let portal = Portal::with(450);
        let mut mirror = mirror(&portal, "contacts", &["name"]).await;
        let mut dice = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut faults = 0;
        portal.hook(move |_, _| {
            dice ^= dice << 13;
            dice ^= dice >> 7;
            dice ^= dice << 17;
            // Never so many in a row that a request runs out of attempts.
            if dice % 100 >= 40 || faults >= 2 {
                faults = 0;
                return None;
            }
            faults += 1;
            let half = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"results\":[{\"id\":\"1\"".to_vec();
            Some(match dice % 5 {
                0 => Say::ThenReset(half),
                1 => Say::ThenClose(half),
                2 => Say::Bytes(reply(502, &[], "<html>Bad gateway</html>")),
                3 => Say::Bytes(reply(429, &[("retry-after", "0")], "{}")),
                _ => Say::Bytes(reply(200, &[("content-type", "text/html")], "<html>Hello</html>")),
            })
        });
        sync(&portal, &mut mirror, Mode::Full).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_same(&mirror, &portal, &format!("seed {seed}"));
        portal.pass(600);
        portal.put(9, "changed");
        portal.archive(10);
        sync(&portal, &mut mirror, Mode::Incremental).await.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_same(&mirror, &portal, &format!("seed {seed}"));
    }
}

#[tokio::test]
async fn wide_tables_are_read_by_batches() {
    let portal = Portal::with(250);
    portal.state().settings = vec![("reconcile_every", "1h")];
    let mut mirror = mirror(&portal, "contacts", &["name"]).await;
    for place in 0..400 {
        let mut column = mirror.columns[1].clone();
        column.id = format!("a_property_with_a_long_name_{place}");
        mirror.columns.push(column);
    }
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    assert!(portal.calls().iter().all(|call| call.len() < 8000));
    // And reconciled by their ids alone.
    portal.state().records.remove(&77);
    portal.pass(3601);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    assert!(!portal.calls().iter().any(|call| call.contains("batch")));
}

#[tokio::test]
async fn values_keep_what_they_say() {
    let portal = Portal::with(1);
    let values = [("amount", "1.5E3"), ("stage", "won"), ("tags", "a;b"), ("born", "1572480000000"), ("score", "")];
    for (name, value) in values {
        portal.state().records.get_mut(&1).unwrap().properties.insert(name.into(), value.into());
    }
    let mut session = open(&portal).await;
    let fields = ["amount", "stage", "tags", "born", "score", "createdAt", "lastmodifieddate"];
    let mut mirror = Mirror::of(session.as_mut(), "contacts", &fields).await;
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    let row = ["1", "1500", "won", r#"["a","b"]"#, "2019-10-31", "∅", "2026-01-01T00:00:00Z", "2026-11-24T06:00:00Z"];
    assert_eq!(mirror.rows["1"][..7], row[..7]);
    let types = mirror.columns.iter().map(|column| column.field_type.word()).collect::<Vec<_>>();
    assert_eq!(types, ["text", "decimal", "select", "multi_select", "date", "decimal", "datetime", "datetime"]);
    assert!(mirror.columns[5].calculated);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_named_and_not_taken_for_deleted() {
    let (portal, mut mirror) = in_step(3, &[("reconcile_every", "0")]).await;
    portal.hook(|heard, _| {
        let listing = heard.head.starts_with("GET /crm/v3/objects/contacts?");
        let page = r#"{"results":[{"id":"1","properties":{"name":"name 1"}},{"id":"2","properties":{"name":"\udc00"}},
            {"id":"3","properties":{"name":"name 3"}}]}"#;
        listing.then(|| Say::Bytes(reply(200, &[], page)))
    });
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!((mirror.column("name"), mirror.rejected), (portal.truth(), vec!["2".to_owned()]));
}

#[tokio::test]
async fn calculated_properties_are_read_again_on_their_cadence() {
    let portal = Portal::with(5);
    portal.pass(3600);
    portal.state().settings = vec![("calculated_every", "10m"), ("reconcile_every", "24h")];
    let mut mirror = mirror(&portal, "contacts", &["name", "score"]).await;
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    for record in portal.state().records.values_mut() {
        record.properties.insert("score".into(), "42".into());
    }
    portal.pass(300);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.column("score")["3"], "∅");
    portal.pass(301);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.column("score")["3"], "42");
}

#[tokio::test]
async fn only_what_changed_since_a_day_is_loaded_and_deletes_are_found_among_it() {
    let portal = Portal::with(300);
    portal.pass(86_400);
    for id in 1..=50 {
        portal.put(id, "recent");
    }
    let mut mirror = mirror(&portal, "contacts", &["name"]).await;
    mirror.since = Some(Timestamp::from_millis(NOW + 1000));
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    assert_eq!(mirror.rows.len(), 50);
    portal.state().records.remove(&20);
    portal.pass(25 * 3600);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.rows.len(), 49);
    portal.state().records.remove(&21);
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    assert_eq!(mirror.rows.len(), 48);
}

#[tokio::test]
async fn past_the_horizon_everything_is_listed_and_said_so() {
    let (portal, mut mirror) = in_step(30, &[("reconcile_every", "9999d")]).await;
    portal.pass(100 * 86_400);
    portal.state().records.remove(&3);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_same(&mirror, &portal, "at rest");
    assert!(mirror.notes[0].contains("longer ago"), "{:?}", mirror.notes);
}

#[tokio::test]
async fn a_clock_that_is_wrong_here_or_there_loses_nothing() {
    let day = 86_400_000;
    for skew in [-365 * day, -day, 365 * day] {
        let (portal, mut mirror) = in_step(10, &[]).await;
        for id in 1..=5 {
            portal.pass(600);
            portal.put(id, "changed");
            mirror.sync(open_skewed(&portal, skew).await.as_mut(), Mode::Incremental).await.unwrap();
            assert_same(&mirror, &portal, &format!("{skew} ms here"));
        }
    }
    for skew in [-day, day] {
        let (portal, mut mirror) = in_step(10, &[]).await;
        portal.state().date_skew = skew;
        for id in 1..=5 {
            portal.pass(600);
            portal.put(id, "changed");
            sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
            assert_same(&mirror, &portal, &format!("{skew} ms there"));
        }
    }
}

#[tokio::test]
async fn the_cursor_never_moves_back() {
    let (portal, mut mirror) = in_step(3, &[]).await;
    portal.pass(600);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    let since = |mirror: &Mirror| mirror.cursor.as_ref().unwrap()["since"].as_str().unwrap().to_owned();
    let before = since(&mirror);
    portal.pass(-600);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(since(&mirror), before);
}

#[tokio::test]
async fn associations_are_a_table_of_their_own_with_a_cadence() {
    let portal = Portal::with(2150);
    portal.state().associations = (1..=2150).step_by(7).map(|id| (id, id * 10, 1)).collect();
    portal.state().associations.extend((0..5).map(|place| (2, 100 + place, 279)));
    portal.state().settings = vec![("associations_every", "1h")];
    let mut mirror = mirror(&portal, "contacts_companies", &["label"]).await;
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    let truth = |portal: &Portal| {
        portal
            .state()
            .associations
            .iter()
            .map(|(from, to, kind)| format!("{from} {to} HUBSPOT_DEFINED {kind}"))
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(mirror.rows.keys().cloned().collect::<std::collections::BTreeSet<_>>(), truth(&portal));
    portal.state().associations.remove(0);
    portal.calls();
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(portal.calls(), Vec::<String>::new(), "not due");
    portal.pass(3601);
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(mirror.rows.keys().cloned().collect::<std::collections::BTreeSet<_>>(), truth(&portal));
}

#[tokio::test]
async fn owners_pipelines_stages_and_custom_objects_are_read() {
    let portal = Portal::with(3);
    let mut session = open(&portal).await;
    let mut owners = Mirror::of(session.as_mut(), "owners", &["email", "userId", "teams"]).await;
    owners.sync(session.as_mut(), Mode::Full).await.unwrap();
    assert_eq!(owners.rows.keys().collect::<Vec<_>>(), ["3", "5", "9"]);
    assert_eq!(owners.rows["9"][1..], ["o9@example.com", "9", r#"[{"id":"1","primary":true}]"#]);
    let mut pipelines = Mirror::of(session.as_mut(), "deal_pipelines", &["label", "archived"]).await;
    pipelines.sync(session.as_mut(), Mode::Incremental).await.unwrap();
    assert_eq!(pipelines.rows["default"], ["default", "Sales", "0"]);
    let mut stages = Mirror::of(session.as_mut(), "deal_stages", &["metadata"]).await;
    stages.sync(session.as_mut(), Mode::Full).await.unwrap();
    assert_eq!(stages.rows["default won"][2], r#"{"probability":"1.0"}"#);
    let mut cars = Mirror::of(session.as_mut(), "car", &["name"]).await;
    portal.calls();
    cars.sync(session.as_mut(), Mode::Full).await.unwrap();
    assert_eq!(cars.column("name"), portal.truth());
    assert!(portal.calls().iter().all(|call| call.contains("/objects/2-7")));
    assert_eq!(session.describe("bananas").await.unwrap_err().kind, Kind::NotFound);
}

#[tokio::test]
async fn a_missing_scope_is_named_at_discovery_and_leaves_the_others() {
    let portal = Portal::with(12);
    portal.state().scopes_missing = vec!["crm.objects.deals.read", "crm.objects.owners.read"];
    let mut session = open(&portal).await;
    let found = session.objects().await.unwrap();
    let problems = found
        .iter()
        .filter_map(|object| Some((object.id.as_str(), object.problem.clone()?)))
        .collect::<BTreeMap<_, _>>();
    assert_eq!(problems.keys().copied().collect::<Vec<_>>(), ["deal_pipelines", "deal_stages", "deals", "owners"]);
    assert!(problems["deals"].contains("`crm.objects.deals.read`"), "{problems:?}");
    let contacts = found.iter().find(|object| object.id == "contacts").unwrap();
    assert_eq!((contacts.rows, contacts.problem.as_ref()), (Some(12), None));
    assert!(found.iter().any(|object| object.id == "car" && object.kind == "custom object"));
    assert!(found.iter().any(|object| object.id == "contacts_companies" && object.kind == "association"));
    assert!(!found.iter().any(|object| object.id == "deals_contacts"));
    let error = session.describe("deals").await.unwrap_err();
    assert_eq!(error.kind, Kind::Denied);
    assert!(error.message.contains("`crm.objects.deals.read`"), "{error}");
}

#[tokio::test]
async fn a_refused_token_asks_for_a_new_sign_in_and_a_malformed_one_does_not() {
    for (status, kind) in [(401, Kind::SignIn), (530, Kind::Failed), (503, Kind::Remote)] {
        let wire = Wire::new(vec![Say::Bytes(reply(status, &[], r#"{"message":"no"}"#))]);
        let error = sources::find("hubspot").unwrap().open(access(wire.url(), &[])).await.err().unwrap();
        assert_eq!(error.kind, kind, "{status}: {error}");
    }
    let mut none = access("http://127.0.0.1:1".parse().unwrap(), &[]);
    none.auth = appctl::http::Auth::None;
    assert_eq!(sources::find("hubspot").unwrap().open(none).await.err().unwrap().kind, Kind::SignIn);
}

#[tokio::test]
async fn who_we_are_is_the_portal() {
    let portal = Portal::new();
    let identity = open(&portal).await.identity().await.unwrap();
    assert_eq!((identity.id.as_str(), identity.name.as_str()), ("62515", "app.hubspot.com developer test 62515"));
}

#[tokio::test]
async fn the_days_last_calls_are_spared() {
    let portal = Portal::with(2000);
    portal.state().daily_left = Some(20);
    let mut mirror = mirror(&portal, "contacts", &["name"]).await;
    let error = sync(&portal, &mut mirror, Mode::Full).await.unwrap_err();
    assert_eq!(error.kind, Kind::Remote);
    assert!(error.message.contains("of 1000 daily calls left"), "{error}");
    assert!(error.retry_after.is_some());
    assert_eq!(portal.calls().len(), 10);
}

#[tokio::test]
async fn an_estimate_is_cheap_and_close() {
    let (portal, mut mirror) = in_step(1000, &[]).await;
    let full = open(&portal).await.estimate(&mirror.ask(Mode::Full, None)).await.unwrap();
    assert_eq!((full.rows, full.calls), (Some(1000), 11));
    assert!(portal.calls().len() <= 3);
    sync(&portal, &mut mirror, Mode::Full).await.unwrap();
    assert_eq!(portal.calls().len() as u64, full.calls);
    portal.pass(600);
    for id in 1..=450 {
        portal.put(id, "changed");
    }
    let changed = open(&portal).await.estimate(&mirror.ask(Mode::Incremental, None)).await.unwrap();
    assert_eq!((changed.rows, changed.calls, changed.steps.len()), (Some(450), 4, 2), "{changed:?}");
    portal.calls();
    sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
    assert_eq!(portal.calls().len() as u64, changed.calls);
}

#[tokio::test]
async fn a_budget_stops_a_run_where_it_can_go_on() {
    let portal = Portal::with(450);
    let mut limited = access(portal.url(), &[]);
    limited.budget = Budget::at_most(6);
    let mut session = sources::find("hubspot").unwrap().open(limited).await.unwrap();
    let mut mirror = Mirror::of(session.as_mut(), "contacts", &["name"]).await;
    let mut run = Run::default();
    let error = loop {
        match mirror.step(session.as_mut(), Mode::Full, &mut run).await {
            Ok(done) => assert!(!done),
            Err(error) => break error,
        }
    };
    assert_eq!((error.kind, portal.calls().len()), (Kind::Partial, 6));
    session = open(&portal).await;
    while !mirror.step(session.as_mut(), Mode::Full, &mut run).await.unwrap() {}
    assert_same(&mirror, &portal, "at rest");
}

#[tokio::test]
async fn a_wrong_setting_is_a_usage_error() -> Result<()> {
    let portal = Portal::new();
    let wrong = access(portal.url(), &[("reconcile_every", "often")]);
    assert_eq!(sources::find("hubspot")?.open(wrong).await.err().unwrap().kind, Kind::Usage);
    Ok(())
}

/// Small, seeded, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Some change at the source. Deletes for good and restores leave no trace that an increment could find.
fn change(portal: &Portal, dice: &mut Dice, traceless: bool) {
    let newest = portal.state().newest;
    let any = 1 + dice.below(newest.max(1));
    let known = portal.state().records.get(&any).map(|record| record.archived);
    let word = format!("name {}", dice.below(1_000_000));
    match (dice.below(10), known) {
        (0..=2, _) => portal.put(newest + 1 + dice.below(3), &word),
        (3..=5, Some(false)) => portal.put(any, &word),
        (6, Some(false)) => portal.archive(any),
        (7, Some(true)) if traceless => portal.state().records.get_mut(&any).unwrap().archived = false,
        (7, Some(true)) => {
            portal.state().records.get_mut(&any).unwrap().archived = false;
            portal.put(any, &word);
        }
        (8, Some(_)) if traceless => drop(portal.state().records.remove(&any)),
        (9, Some(false)) => {
            let other = portal.state().records.range(any + 1..).find(|(_, record)| !record.archived).map(|(id, _)| *id);
            let Some(other) = other else { return };
            portal.put(any, &word);
            let mut state = portal.state();
            let older = state.records[&other].properties.get("hs_merged_object_ids").cloned().unwrap_or_default();
            let merged =
                state.records.get_mut(&any).unwrap().properties.entry("hs_merged_object_ids".into()).or_default();
            *merged = format!("{merged};{other};{older}").trim_matches(';').to_owned();
            state.records.remove(&other);
        }
        _ => {}
    }
}

#[tokio::test]
async fn whatever_happens_at_the_source_the_table_is_the_same_once_it_rests() {
    for seed in 0..if is_deep() { 1000 } else { 24 } {
        let traceless = seed % 2 == 0;
        let mut dice = Dice(seed);
        let portal = Portal::with(dice.below(300));
        portal.state().lag = 1000 * i64::try_from(dice.below(50)).unwrap();
        portal.state().settings = vec![("reconcile_every", if traceless { "0" } else { "24h" })];
        let mut mirror = mirror(&portal, "contacts", &["name"]).await;
        for _ in 0..8 {
            for _ in 0..dice.below(30) {
                change(&portal, &mut dice, traceless);
                portal.pass(i64::try_from(dice.below(20)).unwrap());
            }
            let mode = if dice.below(5) == 0 { Mode::Full } else { Mode::Incremental };
            // Some runs are stopped somewhere and resumed later, with changes in between.
            let (mut run, stop) = (Run::default(), dice.below(4));
            let mut ended = false;
            for _ in 0..stop {
                ended = ended || mirror.step(open(&portal).await.as_mut(), mode, &mut run).await.unwrap();
            }
            change(&portal, &mut dice, traceless);
            while !ended {
                ended = mirror.step(open(&portal).await.as_mut(), mode, &mut run).await.unwrap();
            }
        }
        portal.pass(60);
        sync(&portal, &mut mirror, Mode::Incremental).await.unwrap();
        assert_same(&mirror, &portal, &format!("seed {seed}"));
    }
}
