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

/// So many days, with a record on each. Gives the operations.
fn live(app: &App, table: &Table, days: u32) -> Vec<i64> {
    let day = |_| {
        app.clock.advance(DAY);
        add(app, table, 1)
    };
    (0..days).map(day).collect()
}

#[test]
fn what_is_too_old_goes_when_something_is_written() {
    let (app, table) = app();
    for _ in 0..5 {
        add(&app, &table, 3);
    }
    let later = live(&app, &table, 30);
    assert_eq!(kept(&app)[..7], [1, 2, 3, 4, 5, 6, later[0]]);
    let newest = live(&app, &table, 2);
    assert_eq!(kept(&app), [&later[1..], &newest].concat());
    assert_eq!(app.store.undo(3, &person()).unwrap_err().kind, Kind::NotFound);
    app.store.undo(later[2], &person()).unwrap();
}

/// A clock that was a month ahead for an hour once made every operation go at the next write.
#[test]
fn a_clock_that_was_set_ahead_lets_nothing_go_that_is_not_nearly_too_old() {
    for ahead in [31, 60, 4_000] {
        let (app, table) = app();
        let before = live(&app, &table, 25);
        app.clock.advance(ahead * DAY);
        let during: Vec<i64> = (0..20).map(|_| add(&app, &table, 1)).collect();
        assert_eq!(kept(&app), [&[1], before.as_slice(), &during].concat(), "{ahead} days ahead");
        app.clock.set_back(ahead * DAY);
        let after = add(&app, &table, 1);
        assert_eq!(kept(&app).len(), 1 + 25 + 20 + 1, "{ahead} days ahead");
        app.store.undo_all(&[&[before[0]][..], &during, &[after]].concat(), &person()).unwrap();
    }
}

#[test]
fn a_clock_that_goes_to_and_fro_counts_each_jump_for_a_tenth_of_the_retention() {
    let (app, table) = app();
    let before = add(&app, &table, 1);
    for _ in 0..9 {
        app.clock.advance(40 * DAY);
        add(&app, &table, 1);
        app.clock.set_back(40 * DAY);
        add(&app, &table, 1);
    }
    assert_eq!(kept(&app).len(), 2 + 18);
    app.store.undo(before, &person()).unwrap();
}

#[test]
fn what_is_used_seldom_is_kept_longer_and_not_for_ever() {
    for (silence, kept_days) in [(1, 30), (3, 30), (6, 60), (30, 300)] {
        let (app, table) = app();
        let old = add(&app, &table, 1);
        let days = (1..).find(|_| {
            app.clock.advance(silence * DAY);
            add(&app, &table, 1);
            !kept(&app).contains(&old)
        });
        // Too old is what is older than so many days, so it goes with the next operation.
        assert_eq!(days.map(|times| (times - 1) * silence), Some(kept_days), "an operation each {silence} days");
    }
}

#[test]
fn the_first_write_into_a_backup_of_long_ago_lets_nothing_go() {
    let (app, table) = app();
    let old = live(&app, &table, 20);
    app.clock.advance(365 * DAY);
    add(&app, &table, 1);
    assert!(kept(&app).starts_with(&[1, old[0]]));
    let later = live(&app, &table, 29);
    assert!(!kept(&app).contains(&old[18]) && kept(&app).contains(&later[0]));
    // A person who prunes means the clock.
    let pruned = app.store.prune(&Prune::default(), &mut |_| Ok(())).unwrap();
    assert_eq!((pruned.operations > 0, kept(&app).len()), (false, kept(&app).len()));
}

#[test]
fn a_large_old_operation_goes_in_small_steps_and_is_gone_at_once_for_people() {
    let (app, table) = app();
    let large = add(&app, &table, 1_000);
    live(&app, &table, 31);
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
