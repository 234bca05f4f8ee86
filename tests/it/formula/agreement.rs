//! One formula, three answers: memory, the store's SQL and PostgreSQL.

use std::ops::ControlFlow;

use appctl::app::{App, SelectLimits};
use appctl::base::expression::{Checked, Expression};
use appctl::base::filter::{self, Class};
use appctl::base::{Cell, Clock, Compute, Computed, FieldName, Table, Timestamp, Value, datetime};
use appctl::records::{self, Listing};

use super::now;
use super::random::{self, Author, FIELDS};
use crate::support::postgres::{Database, is_deep, variable};

fn seed() -> u64 {
    let given = variable("APPCTL_TEST_SEED").and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(rand::random);
    println!("APPCTL_TEST_SEED={seed}");
    seed
}

fn checked(table: &Table, text: &str) -> (Expression, Checked) {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let checked = expression.check(table).unwrap_or_else(|error| panic!("{text}: {error}"));
    (expression, checked)
}

fn value(checked: &Checked, table: &Table, row: &[Value], now: Timestamp) -> Value {
    let cell = |name: &str| {
        let place = table.fields.iter().position(|field| field.name.as_str() == name).expect("a field");
        row[place].cell()
    };
    checked.evaluate(&cell, now)
}

/// A store with these records.
fn store(table: &Table, rows: &[Vec<Value>]) -> App {
    let app = App::temporary(Clock::fixed(now())).expect("a temporary app");
    let filled = app.store.change(&app.person(), "fill", |change| {
        change.create_table(table)?;
        for row in rows {
            let named = table.fields.iter().zip(row).map(|(field, value)| (field.name.clone(), value.clone()));
            change.insert(table, &named.collect::<Vec<(FieldName, Value)>>())?;
        }
        Ok(())
    });
    filled.expect("the samples fit their fields");
    app
}

/// SQL with its parameters written out.
fn written_out(sql: &str, values: &[Value]) -> String {
    let mut values = values.iter();
    let mut text = String::new();
    for part in sql.split_inclusive('?') {
        let Some(before) = part.strip_suffix('?') else {
            text.push_str(part);
            continue;
        };
        text.push_str(before);
        match values.next().expect("a value for each parameter") {
            Value::Null => text.push_str("NULL"),
            Value::Integer(i64::MIN) => text.push_str("(-9223372036854775807 - 1)"),
            Value::Integer(number) => text.push_str(&number.to_string()),
            Value::Real(number) => text.push_str(&format!("{number:?}")),
            Value::Text(content) => text.push_str(&format!("'{}'", content.replace('\'', "''"))),
            Value::Blob(_) => panic!("formulas have no binary literals"),
        }
    }
    text
}

fn same(one: &Value, two: &Value) -> bool {
    match (one, two) {
        (Value::Real(one), Value::Real(two)) => one == two,
        (one, two) => one == two,
    }
}

#[test]
fn memory_and_the_store_give_the_same() {
    let seed = seed();
    let (formulas, table) = (if is_deep() { 12_000 } else { 300 }, random::table());
    let rows = random::rows(seed, 30);
    let app = store(&table, &rows);
    let mut author = Author::new(seed, false);
    let mut compared = 0;
    for index in 0..formulas {
        let sort = author.any_sort();
        let (text, _) = author.formula(sort, 1 + index % 4);
        let (expression, checked) = checked(&table, &text);
        assert_eq!(checked.field_type, random::field_type(sort), "{text}");
        let printed = expression.to_string();
        assert!(Expression::parse(&printed).as_ref() == Ok(&expression), "{text} became {printed}");
        let (sql, values, field_type) =
            appctl::store::formula_sql(&table, "r", &expression, now()).expect("it was checked");
        assert_eq!(field_type, checked.field_type, "{text}");
        let query = format!("SELECT {} FROM \"all types\" AS r ORDER BY id", written_out(&sql, &values));
        let mut given = Vec::new();
        let selected = app.store.select(&query, &SelectLimits::default(), &mut |_, cells: &[Cell<'_>]| {
            given.push(cells[0].to_value());
            Ok(ControlFlow::Continue(()))
        });
        selected.unwrap_or_else(|error| panic!("{text}: {error}\n{query}"));
        for (row, given) in rows.iter().zip(&given) {
            let expected = value(&checked, &table, row, now());
            assert!(same(&expected, given), "{text}\nmemory: {expected:?}\nstore: {given:?}\n{row:?}");
            compared += 1;
        }
    }
    println!("{formulas} formulas, {compared} values, all the same");
}

/// Formulas of a table, read, filtered and sorted like any other field.
#[test]
fn formulas_are_read_like_any_other_field() {
    let seed = seed();
    let mut author = Author::new(seed, false);
    let mut compared = 0;
    for round in 0..if is_deep() { 100 } else { 6 } {
        let mut table = random::table();
        let formulas: Vec<(String, Checked)> = (0..10)
            .map(|index| {
                let sort = author.any_sort();
                let (text, _) = author.formula(sort, 1 + index % 4);
                let (_, checked) = checked(&table, &text);
                (text, checked)
            })
            .collect();
        table.computed = formulas
            .iter()
            .enumerate()
            .map(|(place, (text, _))| Computed {
                name: FieldName::parse(&format!("f {place}")).expect("a name"),
                how: Compute::Formula { expression: text.clone() },
            })
            .collect();
        let rows = random::rows(seed.wrapping_add(round), 30);
        let app = store(&table, &rows);
        for (place, (text, checked)) in formulas.iter().enumerate() {
            let name = format!("f {place}");
            let listing = Listing { fields: vec!["id".into(), name.clone()], ..Listing::default() };
            let mut expected: Vec<(Value, Value)> =
                rows.iter().map(|row| (row[0].clone(), value(checked, &table, row, now()))).collect();
            assert_eq!(list(&app, &table, &listing), expected, "{text}");
            let listing =
                Listing { filter: Some(format!("\"{name}\" is not null")), sort: vec![format!("-{name}")], ..listing };
            expected.retain(|(_, value)| !value.is_null());
            let class = Class::of(&checked.field_type);
            let given = list(&app, &table, &listing);
            for pair in given.windows(2) {
                let order = filter::order(class, pair[0].1.cell(), pair[1].1.cell());
                assert_ne!(order, Some(std::cmp::Ordering::Less), "{text}: {pair:?}");
            }
            let ids = |pairs: &[(Value, Value)]| {
                let mut ids: Vec<String> = pairs.iter().map(|pair| format!("{pair:?}")).collect();
                ids.sort();
                ids
            };
            assert_eq!(ids(&given), ids(&expected), "{text}");
            compared += rows.len();
        }
    }
    println!("{compared} values, all the same");
}

fn list(app: &App, table: &Table, listing: &Listing) -> Vec<(Value, Value)> {
    let mut given = Vec::new();
    let query = records::prepare(app, table, listing).expect("the listing fits");
    let read = app.store.read(&query, &mut |cells| {
        given.push((cells[0].to_value(), cells[1].to_value()));
        Ok(ControlFlow::Continue(()))
    });
    read.expect("the store reads");
    given
}

/// The rules are SQL's, as another program understands them: PostgreSQL, with its `numeric` for integers and decimals.
#[test]
fn postgres_gives_the_same() {
    let seed = seed();
    let (formulas, table) = (if is_deep() { 10_000 } else { 300 }, random::table());
    let rows = random::rows(seed, 30);
    let database = Database::new();
    let columns: Vec<String> = FIELDS.iter().map(|(name, _, kind)| format!("{name} {kind}")).collect();
    database.run(&format!("CREATE TABLE r (id integer, {})", columns.join(", ")));
    for row in &rows {
        let values: Vec<String> =
            std::iter::once("").chain(FIELDS.map(|(_, _, kind)| kind)).zip(row).map(sql).collect();
        database.run(&format!("INSERT INTO r VALUES ({})", values.join(", ")));
    }
    let mut author = Author::new(seed, true);
    let mut compared = 0;
    for index in 0..formulas {
        let sort = author.any_sort();
        let (text, theirs) = author.formula(sort, 1 + index % 4);
        let (_, checked) = checked(&table, &text);
        let given = database.query(&format!("SELECT ({theirs})::text FROM r ORDER BY id"));
        for (row, given) in rows.iter().zip(&given) {
            let expected = value(&checked, &table, row, now());
            let agree = match (&expected, &given[0]) {
                (Value::Null, None) => true,
                (Value::Integer(number), Some(given)) if sort == random::Sort::Boolean => {
                    (*number == 1) == (given == "true")
                }
                (Value::Integer(number), Some(given)) => number.to_string() == *given,
                (Value::Text(text), Some(given)) => match sort {
                    random::Sort::Date => text == given,
                    random::Sort::DateTime => datetime::key(text) == datetime::key(given),
                    _ => text == given,
                },
                _ => false,
            };
            assert!(agree, "{text}\nours: {expected:?}\nPostgreSQL: {given:?}\n{theirs}\n{row:?}");
            compared += 1;
        }
    }
    println!("{formulas} formulas, {compared} values, all the same");
}

/// A value as PostgreSQL reads it.
fn sql((kind, value): (&str, &Value)) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) if kind == "boolean" => (*number == 1).to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => format!("'{number:?}'"),
        Value::Text(text) => {
            let text = if kind == "timestamp" { text.replace('T', " ").replace('Z', "") } else { text.clone() };
            format!("'{}'", text.replace('\'', "''"))
        }
        Value::Blob(_) => panic!("no binary field"),
    }
}
