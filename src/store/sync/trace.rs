//! What the store really says to SQLite: every transaction begins as a writer (F14).

use std::cell::RefCell;

use rusqlite::Connection;
use rusqlite::trace::{TraceEvent, TraceEventCodes};
use serde_json::json;

use super::{Batch, BatchNext, FinishObject, ObjectPlan, Outcome, RunRecord, RunRequest, Verdict};
use crate::base::{Clock, ConnectionName, Field, FieldName, FieldType, Rows, Table, TableName, Timestamp, Value};
use crate::store::{Author, Store};

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn listen(connection: &mut Connection) {
    let hear = |event: TraceEvent<'_>| {
        if let TraceEvent::Stmt(_, text) = event {
            HEARD.with_borrow_mut(|heard| heard.push(text.to_owned()));
        }
    };
    connection.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(hear)).expect("a statement is heard");
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

fn table(table: &str, connection: Option<&str>) -> Table {
    let mapped = |text: &str, field_type| Field {
        source_id: connection.map(|_| text.to_owned()),
        ..Field::new(name(text), field_type)
    };
    Table {
        name: TableName::parse(table).unwrap(),
        fields: vec![mapped("id", FieldType::Text), mapped("name", FieldType::Text)],
        key: vec![name("id")],
        generated_key: false,
        connection: connection.map(|name| ConnectionName::parse(name).unwrap()),
        computed: Vec::new(),
    }
}

/// One run that brings these rows, with everything it says heard.
fn sync(store: &Store, fingerprint: &str, people: &[(&str, &str)]) {
    let connection = ConnectionName::parse("crm").unwrap();
    let request = RunRequest { connection, dry_run: false, steal: false, fresh: false, started: Timestamp(0) };
    let mut run = store.begin_run(request).unwrap();
    listen(&mut run.stage.connection);
    let table = table("people", Some("crm"));
    let columns = table.fields.iter().map(|field| field.name.clone()).collect();
    let plan = ObjectPlan { object: "people".to_owned(), table, columns, fingerprint: fingerprint.to_owned() };
    run.begin(plan).unwrap();
    let (mut rows, mut gone) = (Rows::new(2), Rows::new(1));
    for (id, name) in people {
        rows.push_text(id);
        rows.push_text(name);
    }
    gone.push_text("9");
    for next in [BatchNext::More(json!(1)), BatchNext::Done(json!(2))] {
        let batch = Batch { rows: &rows, gone: &gone, listing: None, rejected: Vec::new(), notes: &[], next };
        run.put("people", &batch, &|_| Verdict::Keep).unwrap();
    }
    let object = FinishObject { object: "people".to_owned(), state: json!({}), allow_deletes: false };
    let record = |_: &super::Applied| RunRecord { at: Timestamp(0), operation: None, record: json!({}), number: 0 };
    let applied = run.finish(&[object], "sync crm", &record).unwrap();
    assert!(matches!(applied.objects["people"], Outcome::Applied(_)));
}

#[test]
fn every_transaction_begins_as_a_writer() {
    let store = Store::temporary(Clock::fixed(Timestamp(0))).unwrap();
    listen(&mut store.lock());
    let by = Author::person("tester");
    let own = table("notes", None);
    let key = [Value::from("1")];
    store.change(&by, "create", |change| change.create_table(&own)).unwrap();
    let values = [(name("id"), key[0].clone()), (name("name"), Value::from("Ada"))];
    let (_, made) = store.change(&by, "insert", |change| change.insert(&own, &values)).unwrap();
    store.change(&by, "update", |change| change.update(&own, &key, &[(name("name"), Value::from("Bob"))])).unwrap();
    store.change(&by, "delete", |change| change.delete(&own, &key)).unwrap();
    for id in [4, 3, made.unwrap()] {
        store.undo(id, &by).unwrap();
    }
    sync(&store, "1", &[("1", "Ada"), ("9", "Nina")]);
    sync(&store, "2", &[("1", "Eve"), ("2", "Cy")]);
    sync(&store, "3", &[("1", "Eve")]);
    store.forget_sync(&ConnectionName::parse("crm").unwrap()).unwrap();
    let heard = HEARD.take();
    let first = |text: &String| text.split_whitespace().take(2).collect::<Vec<_>>().join(" ").to_uppercase();
    let begun: Vec<String> =
        heard.iter().map(first).filter(|text| text.starts_with("BEGIN") || text.starts_with("SAVEPOINT")).collect();
    assert!(begun.len() > 15, "the trace heard only {begun:?}");
    let wrong: Vec<&String> =
        begun.iter().filter(|text| *text != "BEGIN IMMEDIATE" && *text != "BEGIN EXCLUSIVE").collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}
