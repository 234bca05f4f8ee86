//! How long operations are kept: what is too old goes a little at a time, and what is left can still be undone.

use std::time::Duration;

use appctl::app::{App, Author, OperationFilter, Prune, Retention};
use appctl::base::{Clock, Field, FieldName, FieldType, Kind, Table, TableName, Timestamp, Value};

const DAY: Duration = Duration::from_secs(86_400);

fn name(text: &str) -> FieldName {
    FieldName::parse(text).unwrap()
}

fn person() -> Author {
    Author::person("tester")
}

fn app() -> (App, Table) {
    let app = App::temporary(Clock::fixed(Timestamp::parse("2026-01-01T06:00:00Z").unwrap())).unwrap();
    let table = Table {
        name: TableName::parse("notes").unwrap(),
        fields: vec![Field::new(name("id"), FieldType::Integer), Field::new(name("text"), FieldType::Text)],
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    };
    app.store.change(&person(), "make", |change| change.create_table(&table)).unwrap();
    (app, table)
}

fn add(app: &App, table: &Table, records: usize) -> i64 {
    let added = app.store.change(&person(), "add", |change| {
        (0..records).try_for_each(|_| change.insert(table, &[(name("text"), Value::text("x"))]).map(drop))
    });
    added.unwrap().1.unwrap()
}

fn kept(app: &App) -> Vec<i64> {
    let operations = app.store.operations(&OperationFilter::default()).unwrap();
    operations.into_iter().rev().map(|operation| operation.id).collect()
}

#[test]
fn what_is_too_old_goes_when_something_is_written() {
    let (app, table) = app();
    for _ in 0..5 {
        add(&app, &table, 3);
    }
    app.clock.advance(20 * DAY);
    let young = add(&app, &table, 1);
    assert_eq!(kept(&app), [1, 2, 3, 4, 5, 6, 7]);
    app.clock.advance(11 * DAY);
    let newest = add(&app, &table, 1);
    assert_eq!(kept(&app), [young, newest]);
    assert_eq!(app.store.undo(3, &person()).unwrap_err().kind, Kind::NotFound);
    app.store.undo(young, &person()).unwrap();
}

#[test]
fn a_large_old_operation_goes_in_small_steps_and_is_gone_at_once_for_people() {
    let (app, table) = app();
    let large = add(&app, &table, 1_000);
    app.clock.advance(40 * DAY);
    for _ in 0..8 {
        add(&app, &table, 1);
        assert!(!kept(&app).contains(&large));
        assert_eq!(app.store.undo(large, &person()).unwrap_err().kind, Kind::NotFound);
    }
    assert!(app.store.changes(large).unwrap().is_empty(), "the changes are gone by now");
}

#[test]
fn for_ever_is_for_ever() {
    let (app, table) = app();
    app.store.keep_for(Retention { days: None }, &person()).unwrap();
    let old = add(&app, &table, 1);
    app.clock.advance(4_000 * DAY);
    add(&app, &table, 1);
    assert_eq!(kept(&app).len(), 4);
    app.store.undo(old, &person()).unwrap();
}

#[test]
fn what_was_dropped_goes_with_its_operation_unless_it_came_back() {
    let (app, table) = app();
    add(&app, &table, 2);
    let (_, dropped) = app.store.change(&person(), "drop", |change| change.drop_table(&table)).unwrap();
    app.store.undo(dropped.unwrap(), &person()).unwrap();
    app.store.change(&person(), "drop a field", |change| change.drop_field(&table, "text").map(drop)).unwrap();
    let pruned = app.store.prune(&Prune { keep: Some(0), ..Prune::default() }, &mut |_| Ok(())).unwrap();
    assert_eq!((pruned.operations, pruned.tables), (5, 1));
    assert!(kept(&app).is_empty());
    let narrower = app.store.table(&table.name).unwrap();
    assert_eq!(app.store.count(&narrower, &appctl::base::filter::Filter::everything(), app.clock.now()).unwrap(), 2);
    // Numbers are not given out again.
    let next = app.store.change(&person(), "drop", |change| change.drop_table(&narrower)).unwrap().1.unwrap();
    assert_eq!(next, 6);
    app.store.undo(next, &person()).unwrap();
}
