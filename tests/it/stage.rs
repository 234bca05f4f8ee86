//! What a run may rely on: pages wait, appear at once, resume after a death, and can be taken back.

use appctl::base::{
    Cell, Clock, Compute, Computed, ConnectionName, Field, FieldName, FieldType, Kind, Rows, Table, TableName,
    Timestamp, Value,
};
use appctl::store::{
    Author, Batch, BatchListing, BatchNext, Counts, FinishObject, ObjectPlan, Outcome, Query, RunRecord, RunRequest,
    Store, Verdict,
};
use serde_json::json;

fn store() -> Store {
    Store::temporary(Clock::fixed(Timestamp::parse("2026-11-24T06:00:00Z").unwrap())).unwrap()
}

fn crm() -> ConnectionName {
    ConnectionName::parse("crm").unwrap()
}

fn table() -> Table {
    let field = |name: &str, field_type| Field {
        source_id: Some(name.to_owned()),
        ..Field::new(FieldName::parse(name).unwrap(), field_type)
    };
    Table {
        name: TableName::parse("people").unwrap(),
        fields: vec![field("id", FieldType::Text), field("name", FieldType::Text), field("age", FieldType::Integer)],
        key: vec![FieldName::parse("id").unwrap()],
        generated_key: false,
        connection: Some(crm()),
        computed: Vec::new(),
    }
}

fn plan(fingerprint: &str) -> ObjectPlan {
    let table = table();
    ObjectPlan {
        object: "people".to_owned(),
        columns: table.fields.iter().map(|field| field.name.clone()).collect(),
        table,
        fingerprint: fingerprint.to_owned(),
    }
}

fn rows(text: &str) -> Rows {
    let mut rows = Rows::new(3);
    for row in text.split(", ").filter(|row| !row.is_empty()) {
        let mut parts = row.split(' ');
        rows.push_text(parts.next().unwrap());
        rows.push_text(parts.next().unwrap());
        rows.push_integer(parts.next().unwrap_or("0").parse().unwrap());
    }
    rows
}

fn keys(text: &str) -> Rows {
    let mut rows = Rows::new(1);
    text.split(' ').filter(|key| !key.is_empty()).for_each(|key| rows.push_text(key));
    rows
}

fn request(dry_run: bool) -> RunRequest {
    RunRequest { connection: crm(), dry_run, steal: false, fresh: false, started: Timestamp(0) }
}

struct Page<'p> {
    rows: &'p str,
    gone: &'p str,
    listing: Option<(&'static str, &'p str, bool)>,
    last: bool,
}

fn sees(rows: &str) -> Page<'_> {
    Page { rows, gone: "", listing: None, last: true }
}

fn put(run: &mut appctl::store::Run<'_>, page: &Page<'_>) {
    let (rows, gone) = (rows(page.rows), keys(page.gone));
    let listed = page.listing.map(|(_, listed, _)| keys(listed)).unwrap_or_default();
    let listing = page.listing.map(|(kind, _, end)| match kind {
        "rows" => BatchListing::Rows { end },
        "keys" => BatchListing::Keys { keys: &listed, end },
        "anew" => BatchListing::Anew,
        _ => BatchListing::Sorted { keys: &listed, end },
    });
    let next = if page.last { BatchNext::Done(json!({"at": 1})) } else { BatchNext::More(json!({"page": 1})) };
    let batch = Batch { rows: &rows, gone: &gone, listing, rejected: Vec::new(), notes: &[], next };
    run.put("people", &batch, &|cells| if cells[1] == Cell::Text("hidden") { Verdict::Filter } else { Verdict::Keep })
        .unwrap();
}

fn finish(run: appctl::store::Run<'_>) -> appctl::store::Applied {
    let object = FinishObject { object: "people".to_owned(), state: json!({"fresh": "x"}), allow_deletes: false };
    run.finish(&[object], "sync crm", &|applied| RunRecord {
        at: Timestamp(1),
        operation: applied.operation,
        record: json!({}),
        number: 0,
    })
    .unwrap()
}

fn sync(store: &Store, fingerprint: &str, pages: &[Page<'_>]) -> Counts {
    let mut run = store.begin_run(request(false)).unwrap();
    run.begin(plan(fingerprint)).unwrap();
    pages.iter().for_each(|page| put(&mut run, page));
    match finish(run).objects["people"] {
        Outcome::Applied(counts) => counts,
        ref other => panic!("{other:?}"),
    }
}

fn holds(store: &Store) -> String {
    let Ok(table) = store.table(&TableName::parse("people").unwrap()) else { return "no table".to_owned() };
    let mut found = Vec::new();
    store
        .read(&Query::all(&table, Timestamp(0)), &mut |cells| {
            let text = |cell: &Cell<'_>| match cell {
                Cell::Text(text) => (*text).to_owned(),
                Cell::Integer(number) => number.to_string(),
                other => format!("{other:?}"),
            };
            found.push(cells.iter().map(text).collect::<Vec<_>>().join(" "));
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    found.join(", ")
}

#[test]
fn a_first_load_appears_at_once_and_an_increment_changes_what_differs() {
    let store = store();
    let first = sync(&store, "1", &[sees("1 Ada 36, 2 Bob 40, 2 Bob 41, 3 hidden 1")]);
    assert_eq!((first.fetched, first.inserted, first.unchanged, first.filtered), (4, 2, 1, 1));
    assert_eq!(holds(&store), "1 Ada 36, 2 Bob 41");
    let second = sync(&store, "2", &[Page { gone: "1 9", ..sees("2 Bob 41, 4 Cy 5") }]);
    assert_eq!((second.fetched, second.inserted, second.unchanged, second.deleted), (2, 1, 1, 1));
    assert_eq!(holds(&store), "2 Bob 41, 4 Cy 5");
}

#[test]
fn a_complete_listing_removes_what_it_does_not_name_and_a_half_one_removes_nothing() {
    for kind in ["rows", "keys", "sorted"] {
        let store = store();
        sync(&store, "1", &[sees("1 Ada 1, 2 Bob 2, 3 Cy 3, 4 Di 4")]);
        let (listed, came) = if kind == "rows" { ("", "2 Bob 2") } else { ("2", "") };
        let half = Page { rows: came, listing: Some((kind, listed, false)), gone: "", last: true };
        let counts = sync(&store, "2", &[half]);
        let removed = if kind == "sorted" { 1 } else { 0 }; // a sorted page speaks for everything up to its last key
        assert_eq!(counts.deleted, removed, "{kind}");
        let (listed, came) = if kind == "rows" { ("", "4 Di 4, 2 Bob 2") } else { ("2 4", "") };
        let whole = Page { rows: came, listing: Some((kind, listed, true)), gone: "", last: true };
        sync(&store, "3", &[whole]);
        assert_eq!(holds(&store), "2 Bob 2, 4 Di 4", "{kind}");
    }
}

#[test]
fn a_listing_that_begins_anew_forgets_what_it_named() {
    for (kind, first) in [("keys", true), ("keys", false), ("sorted", true), ("sorted", false)] {
        let store = store();
        let all = "1 Ada 1, 2 Bob 2, 3 Cy 3";
        if !first {
            sync(&store, "1", &[sees(all)]);
        }
        let page = |rows, listing, last| Page { rows, gone: "", listing, last };
        let pages = [
            page(if first { all } else { "" }, None, false),
            page("", Some((kind, "1 2", false)), false), // 1 went after this
            page("", Some(("anew", "", false)), false),
            page("", Some((kind, "2", false)), false),
            page("", Some((kind, "3", true)), true),
        ];
        sync(&store, "2", &pages);
        assert_eq!(holds(&store), "2 Bob 2, 3 Cy 3", "{kind}, first load: {first}");
    }
}

#[test]
fn a_row_that_went_again_before_a_sorted_listing_passed_is_gone() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 1")]);
    let came = Page { last: false, ..sees("2 Bob 2, 3 Cy 3") };
    let listed = Page { rows: "", gone: "", listing: Some(("sorted", "1 3", true)), last: true };
    let counts = sync(&store, "2", &[came, listed]);
    assert_eq!((counts.fetched, counts.inserted, counts.unchanged), (2, 1, 1));
    assert_eq!(holds(&store), "1 Ada 1, 3 Cy 3");
}

#[test]
fn a_run_that_died_goes_on_where_it_was() {
    let store = store();
    for (fingerprint, expected) in [("1", "1 Ada 1, 2 Bob 2"), ("2", "1 Ada 9, 2 Bob 2, 3 Cy 3")] {
        let pages = if fingerprint == "1" { ["1 Ada 1", "2 Bob 2"] } else { ["1 Ada 9", "3 Cy 3"] };
        {
            let mut run = store.begin_run(request(false)).unwrap();
            run.begin(plan(fingerprint)).unwrap();
            put(&mut run, &Page { last: false, ..sees(pages[0]) });
        }
        let interrupted = store.interrupted(&crm()).unwrap().expect("the run did not end by itself");
        assert_eq!((interrupted.pages(), interrupted.objects[0].rows), (1, 1));
        let mut run = store.begin_run(request(false)).unwrap();
        assert!(run.interrupted().is_some());
        assert_eq!(run.begin(plan(fingerprint)).unwrap().position, Some(json!({"page": 1})));
        put(&mut run, &sees(pages[1]));
        finish(run);
        assert_eq!(holds(&store), expected);
        assert_eq!(store.interrupted(&crm()).unwrap(), None);
    }
}

/// What lies in the connection's folder when a run is killed between the transaction of its end and the tidying.
#[test]
fn a_run_that_died_after_everything_was_shown_is_no_interruption() {
    let store = store();
    for fingerprint in ["1", "2"] {
        let mut run = store.begin_run(request(false)).unwrap();
        run.begin(plan(fingerprint)).unwrap();
        put(&mut run, &sees(if fingerprint == "1" { "1 Ada 1" } else { "1 Ada 2" }));
        let folder = store.file().parent().unwrap().join("sync/crm");
        let files = ["stage.db", "stage.db-wal"];
        let kept: Vec<_> = files.iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
        finish(run);
        for (name, bytes) in files.iter().zip(kept) {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        assert_eq!(store.interrupted(&crm()).unwrap(), None);
        let mut next = store.begin_run(request(false)).unwrap();
        assert!(next.interrupted().is_none());
        let progress = next.begin(plan(&format!("after {fingerprint}"))).unwrap();
        assert_eq!((progress.pages, progress.is_done()), (0, false));
        next.give_up().unwrap();
        store.begin_run(RunRequest { fresh: true, ..request(false) }).unwrap().give_up().unwrap();
    }
}

#[test]
fn staged_pages_of_another_mapping_are_forgotten() {
    let store = store();
    {
        let mut run = store.begin_run(request(false)).unwrap();
        run.begin(plan("1")).unwrap();
        put(&mut run, &Page { last: false, ..sees("1 Ada 1") });
    }
    assert_eq!(sync(&store, "2", &[sees("2 Bob 2")]).inserted, 1);
    assert_eq!(holds(&store), "2 Bob 2");
}

#[test]
fn a_dry_run_counts_the_same_and_changes_nothing() {
    let store = store();
    for (fingerprint, page) in [("1", "1 Ada 1, 2 Bob 2"), ("2", "1 Ada 5, 3 Cy 3")] {
        let before = holds(&store);
        let mut run = store.begin_run(request(true)).unwrap();
        run.begin(plan(fingerprint)).unwrap();
        put(&mut run, &sees(page));
        let dry = finish(run);
        assert_eq!(dry.operation, None);
        assert_eq!(holds(&store), before);
        let real = sync(&store, fingerprint, &[sees(page)]);
        assert_eq!(dry.objects["people"], Outcome::Applied(real));
    }
    assert_eq!(store.runs(&crm(), 10).unwrap().len(), 2);
}

#[test]
fn a_run_that_would_remove_too_much_removes_nothing() {
    let store = store();
    let many = (100..150).map(|id| format!("{id} Ada 1")).collect::<Vec<_>>().join(", ");
    sync(&store, "1", &[sees(&many)]);
    let mut run = store.begin_run(request(false)).unwrap();
    run.begin(plan("2")).unwrap();
    put(&mut run, &Page { listing: Some(("rows", "", true)), ..sees("100 Ada 1") });
    let applied = finish(run);
    assert_eq!(applied.objects["people"], Outcome::Guarded { deletes: 49, rows: 50 });
    assert_eq!(holds(&store).split(", ").count(), 50);
}

#[test]
fn a_run_without_news_leaves_every_page_of_the_file_alone() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 1")]);
    let written = || {
        let wal = store.file().with_extension("db-wal");
        (std::fs::read(store.file()).unwrap(), std::fs::read(wal).unwrap())
    };
    let before = written();
    assert_eq!(sync(&store, "2", &[sees("1 Ada 1")]).unchanged, 1);
    assert!(before == written(), "the main file or its log changed");
    assert_eq!(store.sync_states(&crm()).unwrap()["people"]["cursor"], json!({"at": 1}));
    assert_eq!(store.runs(&crm(), 10).unwrap().len(), 2);
}

#[test]
fn runs_are_taken_back_one_by_one_to_the_same_tables() {
    let store = store();
    let pages = ["1 Ada 1, 2 Bob 2", "1 Ada 5, 3 Cy 3", "3 Cy 4, 4 Di 4"];
    let mut seen = vec![holds(&store)];
    for (number, page) in pages.iter().enumerate() {
        sync(&store, &number.to_string(), &[Page { gone: if number == 2 { "2" } else { "" }, ..sees(page) }]);
        seen.push(holds(&store));
    }
    let me = Author::person("ada");
    let runs: Vec<i64> = store.operations(&Default::default()).unwrap().iter().map(|one| one.id).collect();
    assert_eq!(store.undo(runs[2], &me).unwrap_err().kind, Kind::Conflict);
    for run in &runs {
        assert_eq!(holds(&store), seen.pop().unwrap());
        store.undo(*run, &me).unwrap();
    }
    assert_eq!(holds(&store), "no table");
    let undos: Vec<i64> = store.operations(&Default::default()).unwrap().iter().map(|one| one.id).take(3).collect();
    for undo in undos {
        store.undo(undo, &me).unwrap();
    }
    assert_eq!(holds(&store), "1 Ada 5, 3 Cy 4, 4 Di 4");
}

#[test]
fn own_fields_survive_a_sync_and_a_person_may_not_be_overwritten_by_an_undo() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 1, 2 Bob 2")]);
    let me = Author::person("ada");
    let people = store.table(&TableName::parse("people").unwrap()).unwrap();
    let score = FieldName::parse("score").unwrap();
    let (wider, _) = store
        .change(&me, "add field", |change| change.add_field(&people, &Field::new(score.clone(), FieldType::Integer)))
        .unwrap();
    let mut run = store.begin_run(request(false)).unwrap();
    let mut wide_plan = plan("2");
    wide_plan.table = wider.clone();
    run.begin(wide_plan).unwrap();
    put(&mut run, &sees("1 Ada 7"));
    let synced = finish(run).operation.unwrap();
    store
        .change(&me, "score", |change| {
            change.update(&wider, &[Value::text("1")], &[(score.clone(), Value::Integer(9))])
        })
        .unwrap();
    assert_eq!(holds(&store), "1 Ada 7 9, 2 Bob 2 Null");
    let conflict = store.undo(synced, &me).unwrap_err();
    assert_eq!(conflict.kind, Kind::Conflict);
    assert!(conflict.message.contains("people \"1\""), "{}", conflict.message);
}

#[test]
fn own_fields_that_change_while_a_run_goes_on_are_kept_as_they_are_now() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 1, 2 Bob 2")]);
    let me = Author::person("ada");
    let name = |text: &str| FieldName::parse(text).unwrap();
    let people = || store.table(&TableName::parse("people").unwrap()).unwrap();
    let add = |text: &str| {
        let (table, field) = (people(), Field::new(name(text), FieldType::Integer));
        store.change(&me, "add field", |change| change.add_field(&table, &field)).unwrap();
    };
    ["gone", "old"].into_iter().for_each(add);
    let mut run = store.begin_run(request(false)).unwrap();
    let mut begun = plan("2");
    begun.table = people();
    run.begin(begun).unwrap();
    put(&mut run, &Page { listing: Some(("rows", "", true)), ..sees("1 Ada 7") });
    add("late");
    let computed = appctl::base::Computed {
        name: name("twice"),
        how: appctl::base::Compute::Formula { expression: "age * 2".to_owned() },
    };
    let late = people();
    store
        .change(&me, "shape", |change| {
            let table = change.drop_field(&late, "gone")?;
            let table = change.rename_field(&table, &name("old"), &name("new"))?;
            let table = change.add_computed(&table, &computed, None)?;
            change.update(&table, &[Value::text("2")], &[(name("late"), Value::Integer(5))])
        })
        .unwrap();
    let synced = finish(run).operation.unwrap();
    let names: Vec<String> = people().fields.iter().map(|field| field.name.to_string()).collect();
    assert_eq!(names, ["id", "name", "age", "new", "late"]);
    assert_eq!(people().computed, [computed]);
    assert_eq!(holds(&store), "1 Ada 7 Null Null");
    store.undo(synced, &me).unwrap();
    assert_eq!(holds(&store), "1 Ada 1 Null Null, 2 Bob 2 Null 5");
}

#[test]
fn a_run_whose_lock_was_stolen_changes_nothing() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 1")]);
    let mut stopped = store.begin_run(request(false)).unwrap();
    stopped.begin(plan("2")).unwrap();
    put(&mut stopped, &sees("1 Ada 2"));
    assert_eq!(store.begin_run(request(false)).err().map(|error| error.kind), Some(Kind::Busy));
    let mut thief = store.begin_run(RunRequest { steal: true, ..request(false) }).unwrap();
    thief.begin(plan("3")).unwrap();
    put(&mut thief, &sees("1 Ada 3"));
    finish(thief);
    let object = FinishObject { object: "people".to_owned(), state: json!({}), allow_deletes: false };
    let late = stopped.finish(&[object], "sync crm", &|_| unreachable!("it must not get so far"));
    assert_eq!(late.unwrap_err().kind, Kind::Busy);
    assert_eq!(holds(&store), "1 Ada 3");
}

#[test]
fn what_lies_behind_a_relation_follows_every_run() {
    let store = store();
    sync(&store, "1", &[sees("1 Ada 36, 2 Bob 40")]);
    let person = Author::person("tester");
    let name = |text: &str| FieldName::parse(text).unwrap();
    let tasks = Table {
        name: TableName::parse("tasks").unwrap(),
        fields: vec![
            Field::new(name("id"), FieldType::Integer),
            Field::new(name("owner"), FieldType::parse("relation=people").unwrap()),
        ],
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    };
    let computed = |text: &str| Computed { name: name(text), how: Compute::parse(text).unwrap().unwrap() };
    let made = store.change(&person, "tasks", |change| {
        change.create_table(&tasks)?;
        for owner in ["1", "2", "2"] {
            change.insert(&tasks, &[(name("owner"), Value::text(owner))])?;
        }
        let people = change.table(&TableName::parse("people").unwrap())?.unwrap();
        change.add_computed(&people, &computed("rollup=tasks.owner:count"), None)
    });
    made.unwrap();
    let paths = |table: &str, paths: &[&str]| {
        let table = store.table(&TableName::parse(table).unwrap()).unwrap();
        let fields = paths.iter().map(|path| (*path).to_owned()).collect();
        let mut found = Vec::new();
        let each = &mut |cells: &[Cell<'_>]| {
            found.push(
                cells.iter().map(|cell| cell.to_json(&FieldType::Text).to_string()).collect::<Vec<_>>().join(" "),
            );
            Ok(std::ops::ControlFlow::Continue(()))
        };
        store.read(&Query { fields, ..Query::all(&table, Timestamp(0)) }, each).unwrap();
        found.join(", ")
    };
    let count = "rollup=tasks.owner:count";
    assert_eq!(paths("tasks", &["owner.name"]), "\"Ada\", \"Bob\", \"Bob\"");
    assert_eq!(paths("people", &["name", count]), "\"Ada\" 1, \"Bob\" 2");
    sync(&store, "2", &[Page { gone: "1", ..sees("2 Rob 41, 4 Cy 5") }]);
    assert_eq!(paths("tasks", &["owner.name"]), "null, \"Rob\", \"Rob\"");
    assert_eq!(paths("people", &["name", count]), "\"Rob\" 2, \"Cy\" 0");
    let run = store.operations(&Default::default()).unwrap()[0].id;
    store.undo(run, &person).unwrap();
    assert_eq!(paths("people", &["name", count]), "\"Ada\" 1, \"Bob\" 2");
}
