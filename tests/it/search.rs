//! Full-text search: what a search finds is what a plain look at every record finds, whatever changed the table before.

use std::collections::BTreeSet;

use appctl::app::{App, Found, Query, Search};
use appctl::base::search::{Term, Words};
use appctl::base::{Clock, ConnectionName, Kind, Table, TableName, Value};
use appctl::connections::{self, AddRequest, ObjectRequest, SyncRequest};
use appctl::sandbox::{self, Sandbox};
use appctl::store::Store;

use crate::support::changing::{Changing, Records, records_of, seeds, some_search};
use crate::support::postgres::block_on;

fn found(app: &App, table: &Table, words: &Words) -> Found {
    let query = Query::all(table, app.clock.now());
    app.store.search(&Search { query: &query, words }, &mut |_, _| Ok(())).unwrap()
}

/// Words as the search understands them, worked out in another way than SQLite does.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = vec![String::new()];
    for letter in text.chars() {
        if letter.is_alphanumeric() {
            let plain = match letter {
                'é' | 'É' => 'e',
                'ï' | 'Ï' => 'i',
                'ü' | 'Ü' => 'u',
                other => other,
            };
            tokens.last_mut().unwrap().extend(plain.to_lowercase());
        } else if !tokens.last().unwrap().is_empty() {
            tokens.push(String::new());
        }
    }
    tokens.retain(|token| !token.is_empty());
    tokens
}

fn has(texts: &[Vec<String>], term: &Term) -> bool {
    let wanted = tokens(&term.text);
    let (last, first) = wanted.split_last().unwrap();
    let fits = |window: &[String]| {
        let end = &window[first.len()];
        window[..first.len()] == *first && (end == last || term.prefix && end.starts_with(last.as_str()))
    };
    texts.iter().any(|text| text.windows(wanted.len()).any(fits))
}

fn expected(table: &Table, records: &Records, words: &Words) -> BTreeSet<String> {
    let searched = |name: &str| appctl::app::is_searched(&table.field(name).unwrap().field_type);
    let matching = records.iter().filter(|(_, record)| {
        let texts = record.iter().filter(|(name, _)| searched(name)).filter_map(|(_, value)| match value {
            Value::Text(text) => Some(tokens(text)),
            _ => None,
        });
        let texts: Vec<_> = texts.collect();
        words.wanted.iter().all(|term| has(&texts, term)) && !words.unwanted.iter().any(|term| has(&texts, term))
    });
    matching.map(|(key, _)| key.clone()).collect()
}

/// Whether there is anything to search; a table that lost its last text field says that there is not.
fn has_text(world: &Changing, table: &Table, what: &str) -> bool {
    let has = table.fields.iter().any(|field| appctl::app::is_searched(&field.field_type));
    if !has {
        let (query, words) = (Query::all(table, world.app.clock.now()), Words::parse("acme").unwrap());
        let refused = world.app.store.search(&Search { query: &query, words: &words }, &mut |_, _| Ok(()));
        assert_eq!(refused.map_err(|error| error.kind), Err(Kind::Usage), "{what}");
    }
    has
}

fn check(world: &mut Changing, what: &str) {
    let table = world.described();
    if !has_text(world, &table, what) {
        return;
    }
    let records = world.records();
    for _ in 0..4 {
        let text = some_search(&mut world.dice);
        let Ok(words) = Words::parse(&text) else { continue };
        let hits = found(&world.app, &table, &words).hits;
        let keys =
            hits.iter().map(|hit| hit.key.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(" "));
        let keys: Vec<String> = keys.collect();
        let set: BTreeSet<String> = keys.iter().cloned().collect();
        assert_eq!(set.len(), keys.len(), "{what}: {text:?} finds a record twice");
        assert_eq!(set, expected(&table, &records, &words), "{what}: {text:?}");
        for hit in &hits {
            assert!(!hit.matches.is_empty(), "{what}: {text:?} marks nothing in {hit:?}");
            let all = table.fields.iter().zip(&hit.values);
            let all: Vec<_> = all.filter(|(_, value)| !value.is_null()).map(|(_, value)| value.clone()).collect();
            let stored: Vec<Value> = table
                .fields
                .iter()
                .filter_map(|field| records[&key_of(hit)].get(field.name.as_str()).cloned())
                .collect();
            assert_eq!(all, stored, "{what}: {text:?} gives another record");
        }
    }
}

fn key_of(hit: &appctl::app::Hit) -> String {
    hit.key.iter().map(|value| format!("{value:?}")).collect::<Vec<_>>().join(" ")
}

/// The index made anew must give the same records in the same order, with the same scores.
fn check_against_new(world: &mut Changing, what: &str) {
    let table = world.described();
    if !has_text(world, &table, what) {
        return;
    }
    let words = Words::parse("acme*").unwrap();
    let kept = found(&world.app, &table, &words);
    for end in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(world.app.store.folder().join(format!("search.db{end}")));
    }
    let new = found(&world.app, &table, &words);
    let order =
        |found: &Found| found.hits.iter().map(|hit| (key_of(hit), format!("{:.9}", hit.score))).collect::<Vec<_>>();
    assert_eq!(order(&kept), order(&new), "{what}");
}

#[test]
fn a_search_finds_what_a_plain_look_finds_after_any_change() {
    for seed in seeds(12, 600) {
        let mut world = Changing::new(seed);
        for step in 0..60 {
            let done = world.step();
            let what = format!("seed {seed}, step {step}: {done}");
            if step % 3 == 0 {
                check(&mut world, &what);
            }
            match step {
                20 => world.app.store.compact().unwrap(),
                30 | 59 => check_against_new(&mut world, &what),
                45 => {
                    let which = appctl::app::Prune { keep: Some(3), ..Default::default() };
                    world.app.store.prune(&which, &mut |_| Ok(())).unwrap();
                    check(&mut world, &what);
                }
                _ => {}
            }
        }
    }
}

/// Every word of every third record must find what a plain look finds.
fn check_synced(app: &App, what: &str) {
    let table = app.store.table(&TableName::parse("contacts").unwrap()).unwrap();
    let records = records_of(app, &table);
    assert!(records.len() > 20, "{what}: there is too little to look for");
    let words = records.values().step_by(9).flat_map(|record| record.values()).filter_map(|value| match value {
        Value::Text(text) => Some(tokens(text)),
        _ => None,
    });
    for word in words.flatten().chain(["added".to_owned(), "renamed".to_owned()]) {
        let words = Words::parse(&word).unwrap();
        let hits = found(app, &table, &words).hits;
        let keys: BTreeSet<String> = hits.iter().map(key_of).collect();
        assert_eq!(keys, expected(&table, &records, &words), "{what}: {word:?}");
    }
}

#[test]
fn what_a_sync_brings_changes_and_takes_back_is_found() {
    block_on(async {
        let sandbox = Sandbox::start(sandbox::Options { records: 60, ..sandbox::Options::default() }).await.unwrap();
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
        let name = ConnectionName::parse("hubspot").unwrap();
        for run in 0..4 {
            let request = SyncRequest { allow_deletes: true, ..SyncRequest::of(name.clone()) };
            connections::sync(&app, &request, &mut |_| {}).await.unwrap();
            check_synced(&app, &format!("run {run}"));
            sandbox.hubspot().churn("contacts", "mixed", 12, run).unwrap();
        }
        connections::undo(&app, &name).unwrap();
        check_synced(&app, "an undone run");
    });
}

#[test]
fn an_index_that_is_damaged_is_made_anew() {
    let mut world = Changing::new(1);
    for _ in 0..10 {
        world.step();
    }
    check(&mut world, "before");
    let file = world.app.store.folder().join("search.db");
    for end in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(world.app.store.folder().join(format!("search.db{end}")));
    }
    let mut bytes = std::fs::read(&file).unwrap();
    for byte in bytes.iter_mut().skip(100).step_by(7) {
        *byte ^= 0x55;
    }
    std::fs::write(&file, bytes).unwrap();
    check(&mut world, "a damaged file");
    std::fs::write(&file, "no database at all, but long enough to be looked at as if it were one".repeat(200)).unwrap();
    check(&mut world, "another program's file");
}

#[test]
fn a_restored_file_is_searched_as_it_is() {
    let mut world = Changing::new(0);
    for _ in 0..20 {
        world.step();
    }
    check(&mut world, "before");
    let folder = world.app.store.folder().to_owned();
    world.app.store.compact().unwrap();
    std::fs::copy(folder.join("app.db"), folder.join("kept.db")).unwrap();
    for _ in 0..10 {
        world.step();
    }
    check(&mut world, "later");
    // What a restore does: the file of then in the place of the one of now, and work goes on.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join("kept.db"), other.path().join("app.db")).unwrap();
    std::fs::copy(folder.join("search.db"), other.path().join("search.db")).unwrap();
    world.app.store = Store::open(other.path(), world.app.clock.clone()).unwrap();
    world.table = world.app.store.tables().unwrap()[0].name.clone();
    check(&mut world, "restored");
    for step in 0..15 {
        world.step();
        check(&mut world, &format!("restored, step {step}"));
    }
}

#[test]
fn two_searches_at_once_both_find_everything() {
    let mut world = Changing::new(3);
    for _ in 0..15 {
        world.step();
    }
    let folder = world.app.store.folder().to_owned();
    let table = world.described();
    let words = Words::parse("acme*").unwrap();
    let expected = expected(&table, &world.records(), &words);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let store = Store::open(&folder, world.app.clock.clone()).unwrap();
                for _ in 0..5 {
                    let query = Query::all(&table, world.app.clock.now());
                    let found = store.search(&Search { query: &query, words: &words }, &mut |_, _| Ok(())).unwrap();
                    assert_eq!(found.hits.iter().map(key_of).collect::<BTreeSet<_>>(), expected);
                }
            });
        }
    });
}
