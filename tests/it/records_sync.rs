//! What becomes of one's own records when a run removes those that they point to.

use appctl::app::App;
use appctl::base::{
    Clock, ConnectionName, Field, FieldName, FieldType, Kind, OnDelete, Rows, Table, TableName, Timestamp, Value,
};
use appctl::operations;
use appctl::records::{self, Given, How, Listing, Place, Values, Which, given_texts};
use appctl::store::{Batch, BatchNext, Counts, FinishObject, ObjectPlan, Outcome, RunRecord, RunRequest, Verdict};
use appctl::tables::{self, CreateRequest, FieldSpec};
use serde_json::json;

fn app() -> App {
    App::temporary(Clock::fixed(Timestamp::parse("2026-11-24T06:00:00Z").unwrap())).unwrap()
}

fn crm() -> ConnectionName {
    ConnectionName::parse("crm").unwrap()
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

/// The table `people`, which the connection fills, with the fields of one's own that it has by now.
fn people(app: &App) -> Table {
    let field = |text: &str| Field { source_id: Some(text.to_owned()), ..Field::new(name(text), FieldType::Text) };
    app.store.table(&TableName::parse("people").unwrap()).unwrap_or_else(|_| Table {
        name: TableName::parse("people").unwrap(),
        fields: vec![field("id"), field("name")],
        key: vec![name("id")],
        generated_key: false,
        connection: Some(crm()),
        computed: Vec::new(),
    })
}

/// A run that brings these people and says that those are gone: what the table got, and the operation.
fn sync(app: &App, rows: &[&str], gone: &[&str]) -> (Counts, Option<i64>) {
    let request = RunRequest { connection: crm(), dry_run: false, steal: false, fresh: false, started: Timestamp(0) };
    let mut run = app.store.begin_run(request).unwrap();
    let plan = ObjectPlan {
        object: "people".to_owned(),
        columns: vec![name("id"), name("name")],
        table: people(app),
        fingerprint: "a".to_owned(),
    };
    run.begin(plan).unwrap();
    let (mut brought, mut lost) = (Rows::new(2), Rows::new(1));
    for id in rows {
        brought.push_text(id);
        brought.push_text(&format!("name of {id}"));
    }
    gone.iter().for_each(|id| lost.push_text(id));
    let batch = Batch {
        rows: &brought,
        gone: &lost,
        listing: None,
        rejected: Vec::new(),
        notes: &[],
        next: BatchNext::Done(json!({"at": 1})),
    };
    run.put("people", &batch, &|_| Verdict::Keep).unwrap();
    let object = FinishObject { object: "people".to_owned(), state: json!({}), allow_deletes: false };
    let applied = run
        .finish(&[object], "sync crm", &|applied| RunRecord {
            at: Timestamp(1),
            operation: applied.operation,
            record: json!({}),
            number: 0,
        })
        .unwrap();
    match applied.objects["people"] {
        Outcome::Applied(counts) => (counts, applied.operation),
        ref other => panic!("{other:?}"),
    }
}

/// An app with people 1, 2 and 3 and a table of tasks whose `owner` points to them.
fn with_tasks(owner: &str) -> App {
    let app = app();
    sync(&app, &["1", "2", "3"], &[]);
    let fields = ["title:text!", owner].map(|spec| spec.parse::<FieldSpec>().unwrap()).to_vec();
    let tasks = TableName::parse("tasks").unwrap();
    tables::create(&app, CreateRequest { name: tasks, fields, key: Vec::new(), unique: Vec::new() }).unwrap();
    for (title, owner) in [("a", "1"), ("b", "1"), ("c", "2")] {
        create(&app, "tasks", &[&format!("title={title}"), &format!("owner={owner}")]);
    }
    app
}

fn create(app: &App, table: &str, pairs: &[&str]) {
    let table = tables::find(app, &TableName::parse(table).unwrap()).unwrap();
    let values = Values::of(app, &table).unwrap();
    let given = given(&values, pairs);
    records::create(app, &values, &mut std::iter::once((Place::Alone, Ok(given)))).unwrap();
}

fn given(values: &Values<'_>, pairs: &[&str]) -> Given {
    given_texts(values, &pairs.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap()
}

/// `1 a 1, 2 b` for the records of a table.
fn holds(app: &App, table: &str) -> String {
    let table = app.store.table(&TableName::parse(table).unwrap()).unwrap();
    let query = records::prepare(app, &table, &Listing::default()).unwrap();
    let mut found = Vec::new();
    records::stream(app, &query, &mut |cells| {
        let text = |cell: &appctl::base::Cell<'_>| match cell.to_value() {
            Value::Null => None,
            Value::Integer(number) => Some(number.to_string()),
            Value::Text(text) => Some(text),
            other => panic!("{other:?}"),
        };
        found.push(cells.iter().filter_map(text).collect::<Vec<_>>().join(" "));
        Ok(std::ops::ControlFlow::Continue(()))
    })
    .unwrap();
    found.join(", ")
}

fn counts(app: &App, id: Option<i64>) -> [u64; 3] {
    let operation = operations::find(app, id.unwrap()).unwrap();
    [operation.inserted, operation.updated, operation.deleted]
}

#[test]
fn a_run_leaves_a_relation_that_would_hold_the_record_pointing_to_nothing() {
    let app = with_tasks("owner:relation=people");
    let (found, id) = sync(&app, &[], &["1"]);
    assert_eq!(found.deleted, 1);
    assert_eq!(counts(&app, id), [0, 0, 1]);
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2");
    // It is there again when the record comes back.
    operations::undo(&app, id.unwrap()).unwrap();
    assert_eq!(holds(&app, "people"), "1 name of 1, 2 name of 2, 3 name of 3");
}

#[test]
fn a_run_lets_go_of_what_it_removes_within_its_operation() {
    let app = with_tasks("owner:relation=people:clear");
    let (found, id) = sync(&app, &[], &["1"]);
    assert_eq!((found.deleted, found.updated), (1, 0), "what the source did is what is counted of it");
    assert_eq!(counts(&app, id), [0, 2, 1]);
    assert_eq!(holds(&app, "tasks"), "1 a, 2 b, 3 c 2");
    let undone = operations::undo(&app, id.unwrap()).unwrap();
    assert_eq!((undone.inserted, undone.updated), (1, 2));
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2");
}

#[test]
fn a_run_takes_along_what_goes_with_a_record() {
    let app = with_tasks("owner:relation=people:cascade");
    let notes = CreateRequest {
        name: TableName::parse("notes").unwrap(),
        fields: vec!["about:relation=tasks:cascade".parse().unwrap(), "task:relation=tasks".parse().unwrap()],
        key: Vec::new(),
        unique: Vec::new(),
    };
    tables::create(&app, notes).unwrap();
    create(&app, "notes", &["about=1"]);
    create(&app, "notes", &["task=1"]);
    let (found, id) = sync(&app, &["4"], &["1"]);
    assert_eq!((found.inserted, found.deleted), (1, 1));
    assert_eq!(counts(&app, id), [1, 0, 4]);
    assert_eq!(holds(&app, "tasks"), "3 c 2");
    assert_eq!(holds(&app, "notes"), "2 1", "what would hold a task cannot hold a run");
    operations::undo(&app, id.unwrap()).unwrap();
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2");
    assert_eq!(holds(&app, "notes"), "1 1, 2 1");
    assert_eq!(holds(&app, "people"), "1 name of 1, 2 name of 2, 3 name of 3");
}

#[test]
fn what_a_connection_fills_never_goes_with_something_else() {
    let app = app();
    sync(&app, &["1", "2", "3"], &[]);
    let spec = |text: &str| text.parse::<FieldSpec>().unwrap();
    let teams = CreateRequest {
        name: TableName::parse("teams").unwrap(),
        fields: vec![spec("name:text")],
        key: Vec::new(),
        unique: Vec::new(),
    };
    tables::create(&app, teams).unwrap();
    create(&app, "teams", &["name=a"]);
    let people_name = TableName::parse("people").unwrap();
    tables::add_field(&app, &people_name, spec("team:relation=teams:cascade")).unwrap();
    tables::add_field(&app, &people_name, spec("boss:relation=people:cascade")).unwrap();
    let table = people(&app);
    let values = Values::of(&app, &table).unwrap();
    let ids = ["2".to_owned()];
    records::update(&app, &values, Which::Ids(&ids), &given(&values, &["team=1", "boss=1"]), &How::Now).unwrap();
    let teams = tables::find(&app, &TableName::parse("teams").unwrap()).unwrap();
    let of_teams = Values::of(&app, &teams).unwrap();
    let refused = records::delete(&app, &of_teams, Which::Ids(&["1".to_owned()]), &How::Now).unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    // A run that removes the boss keeps the record that the source still has, and lets go of the boss.
    let (found, id) = sync(&app, &[], &["1"]);
    assert_eq!(found.deleted, 1);
    assert_eq!(counts(&app, id), [0, 1, 1]);
    assert_eq!(holds(&app, "people"), "2 name of 2 1, 3 name of 3");
    let on_delete = |table: &Table| match &table.field("boss").unwrap().field_type {
        FieldType::Relation { on_delete, .. } => *on_delete,
        other => panic!("{other:?}"),
    };
    assert_eq!(on_delete(&people(&app)), OnDelete::Cascade);
}

#[test]
fn an_undone_run_that_others_built_upon_is_a_conflict() {
    let app = with_tasks("owner:relation=people");
    let (_, id) = sync(&app, &["4"], &[]);
    create(&app, "tasks", &["title=d", "owner=4"]);
    let refused = operations::undo(&app, id.unwrap()).unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    assert!(refused.message.contains("`tasks` 4 points to `people` 4 (`owner`)"), "{refused}");
    assert_eq!(holds(&app, "people"), "1 name of 1, 2 name of 2, 3 name of 3, 4 name of 4");
}

#[test]
fn an_undone_change_may_point_to_what_left_the_source() {
    let app = with_tasks("owner:relation=people");
    let tasks = tables::find(&app, &TableName::parse("tasks").unwrap()).unwrap();
    let values = Values::of(&app, &tasks).unwrap();
    let ids = ["1".to_owned(), "2".to_owned()];
    let done = records::update(&app, &values, Which::Ids(&ids), &given(&values, &["owner=3"]), &How::Now).unwrap();
    sync(&app, &[], &["1"]);
    operations::undo(&app, done.operation.unwrap()).unwrap();
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2");
}

#[test]
fn what_was_agreed_to_is_done_or_nothing() {
    let app = with_tasks("owner:relation=people:clear");
    let tasks = tables::find(&app, &TableName::parse("tasks").unwrap()).unwrap();
    let values = Values::of(&app, &tasks).unwrap();
    let filter = "title <> 'z'";
    let given = given(&values, &["owner=3"]);
    let shown = records::update(&app, &values, Which::Where(filter), &given, &How::Dry).unwrap();
    assert_eq!((shown.updated, shown.operation), (3, None));
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2", "a dry run changes nothing");
    // As many as were shown, but not the same ones.
    records::delete(&app, &values, Which::Ids(&["3".to_owned()]), &How::Now).unwrap();
    create(&app, "tasks", &["title=d"]);
    let refused =
        records::update(&app, &values, Which::Where(filter), &given, &How::Agreed(shown.clone())).unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 4 d");
    let gone = records::delete(&app, &values, Which::Where(filter), &How::Agreed(shown)).unwrap_err();
    assert_eq!(gone.kind, Kind::Conflict);
    let shown = records::delete(&app, &values, Which::Where(filter), &How::Dry).unwrap();
    records::delete(&app, &values, Which::Where(filter), &How::Agreed(shown)).unwrap();
    assert_eq!(holds(&app, "tasks"), "");
}

#[test]
fn values_read_for_a_table_that_changed_meanwhile_are_refused() {
    let app = with_tasks("owner:relation=people");
    let tasks = tables::find(&app, &TableName::parse("tasks").unwrap()).unwrap();
    let values = Values::of(&app, &tasks).unwrap();
    let given = given(&values, &["title=d"]);
    tables::rename_field(&app, &tasks.name, &name("title"), &name("what")).unwrap();
    let refused = records::create(&app, &values, &mut std::iter::once((Place::Alone, Ok(given)))).unwrap_err();
    assert_eq!(refused.kind, Kind::Conflict);
    assert_eq!(holds(&app, "tasks"), "1 a 1, 2 b 1, 3 c 2");
}
