//! Filters that the server evaluates, with texts that try to be more than texts.

use std::collections::BTreeSet;

use appctl::base::filter::{Filter, Op, Operand};
use appctl::base::{Kind, Value};
use appctl::sources::Mode;

use super::mirror::{Mirror, Way};
use crate::support::postgres::Database;

fn compare(field: &str, op: Op, value: impl Into<Value>) -> Filter {
    Filter::Compare { left: Operand::Field(field.into()), op, right: Operand::Literal(value.into()) }
}

fn field(name: &str) -> Operand {
    Operand::Field(name.to_owned())
}

const HOSTILE: &[&str] = &[
    "'",
    "''",
    "\\",
    "\\'",
    "\\\\'",
    "'; DROP TABLE t; --",
    "\\'; DROP TABLE t; --",
    "') TO STDOUT; DROP TABLE t; COPY (SELECT '1",
    "$1",
    "$$",
    "E'\\x27'",
    "\u{2019}",
    "\u{FF07}",
    "%",
    "_",
    "\r\n\t",
    "/* */",
    "ä€𝄞",
    "\"",
    "",
    " ",
    "NULL",
    "U&'\\0027'",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn hostile_texts_are_only_texts() {
    for conforming in ["on", "off"] {
        let database = Database::new();
        database.run(&format!("CREATE TABLE t (id int PRIMARY KEY, v text); ALTER DATABASE {} SET standard_conforming_strings = {conforming}", database.name));
        let client = database.client().await;
        for (index, text) in HOSTILE.iter().enumerate() {
            let id = i32::try_from(index).unwrap();
            client.execute("INSERT INTO t VALUES ($1, $2)", &[&id, text]).await.unwrap();
        }
        let way = Way::to(&database);
        for (index, text) in HOSTILE.iter().enumerate() {
            let mut session = way.session().await;
            let mut mirror = Mirror::of(session.as_mut(), "t").await;
            mirror.filter = Some(compare("v", Op::Equal, *text));
            assert!(session.pushes("t", mirror.filter.as_ref().unwrap()));
            mirror.sync(session.as_mut()).await;
            let found: Vec<&Value> = mirror.rows.values().map(|row| &row[0]).collect();
            assert_eq!(found, [&Value::Integer(i64::try_from(index).unwrap())], "{text:?}");
        }
        // A text key is a literal too, when a run is resumed and when keys are listed.
        database.run("CREATE TABLE k AS SELECT v AS k, id FROM t; ALTER TABLE k ADD PRIMARY KEY (k)");
        let way = way.paged(1);
        let mut mirror = Mirror::of(way.session().await.as_mut(), "k").await;
        let ran = mirror.sync_with_breaks(&way, |_| true, async || {}).await;
        assert_eq!(mirror.rows.len(), HOSTILE.len());
        assert!(ran.first_repeat.is_none_or(|at| at == HOSTILE.len()), "{ran:?}");
        database.run("DELETE FROM k WHERE k = '%'; UPDATE k SET id = -id");
        mirror.sync_with_breaks(&way, |_| true, async || {}).await;
        mirror.assert_equals_source(&way, "hostile keys").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn filters_mean_what_they_mean_here() {
    let database = Database::new();
    database.run(
        "CREATE TYPE mood AS ENUM ('b', 'a');
         CREATE TABLE t (id int PRIMARY KEY, n numeric, v text, y boolean, d date, tz timestamptz, ts timestamp, m mood, u uuid, c char(4), big bigint);
         INSERT INTO t VALUES
            (1, 1.50, 'Äpfel', true, '2026-01-01', '2026-01-01 00:00+00', '2026-01-01 00:00', 'a', '00000000-0000-0000-0000-00000000000a', 'x', 9223372036854775807),
            (2, 'NaN', 'apfel', false, '2026-01-02', '2026-01-01 00:00:00.5+00', '2026-01-01 00:00:00.5', 'b', '00000000-0000-0000-0000-00000000000b', 'xy', 0),
            (3, NULL, 'Z', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
            (4, -10, 'a_b\\%', true, 'infinity', 'infinity', '-infinity', 'a', NULL, '', -5)",
    );
    let way = Way::to(&database);
    let like = |pattern: &str, negated| Filter::Like { operand: field("v"), pattern: pattern.into(), negated };
    let list = |values: &[&str], negated| Filter::In {
        operand: field("v"),
        list: values.iter().map(|value| Operand::Literal((*value).into())).collect(),
        negated,
    };
    let cases: Vec<(Filter, &[i64])> = vec![
        (compare("n", Op::Equal, "1.5"), &[1]),
        (compare("n", Op::Greater, 1i64), &[1, 2]),
        (compare("n", Op::Less, Value::Real(1.6)), &[1, 4]),
        (compare("big", Op::Equal, i64::MAX), &[1]),
        (compare("v", Op::Less, "a"), &[3]),
        (compare("v", Op::Greater, "a"), &[1, 2, 4]),
        (like("A%", false), &[2, 4]),
        (like("äPFEL", false), &[]),
        (like("ÄPFEL", false), &[1]),
        (like("a_b\\%", false), &[4]),
        (like("%\\%", true), &[1, 2, 3]),
        (list(&["Z", "apfel"], false), &[2, 3]),
        (list(&["Z", "apfel"], true), &[1, 4]),
        (compare("y", Op::Equal, true), &[1, 4]),
        (compare("y", Op::NotEqual, true), &[2]),
        (Filter::Not(Box::new(compare("y", Op::Equal, true))), &[2]),
        (Filter::Null { operand: field("n"), negated: false }, &[3]),
        (Filter::Null { operand: field("n"), negated: true }, &[1, 2, 4]),
        (compare("d", Op::GreaterOrEqual, "2026-01-02"), &[2, 4]),
        (compare("tz", Op::Equal, "2026-01-01T01:00:00.500+01:00"), &[2]),
        (compare("tz", Op::GreaterOrEqual, "2026-01-01"), &[1, 2, 4]),
        (compare("ts", Op::Less, "2026-01-01T00:00:00.4Z"), &[1, 4]),
        (compare("m", Op::Equal, "a"), &[1, 4]),
        (compare("m", Op::Less, "b"), &[1, 4]),
        (compare("u", Op::Equal, "00000000-0000-0000-0000-00000000000b"), &[2]),
        (compare("u", Op::Less, "not a uuid"), &[1, 2]),
        (compare("c", Op::Equal, "xy  "), &[2]),
        (compare("c", Op::Equal, "xy"), &[]),
        (compare("v", Op::Equal, Value::Null), &[]),
        (
            Filter::Between {
                operand: field("n"),
                low: Operand::Literal(1i64.into()),
                high: Operand::Literal("1.5".into()),
                negated: false,
            },
            &[1],
        ),
        (
            Filter::Between {
                operand: field("n"),
                low: Operand::Literal(1i64.into()),
                high: Operand::Literal("1.5".into()),
                negated: true,
            },
            &[2, 4],
        ),
        (Filter::All(vec![]), &[1, 2, 3, 4]),
        (Filter::Any(vec![]), &[]),
        (Filter::All(vec![compare("y", Op::Equal, true), compare("n", Op::Less, 0i64)]), &[4]),
        (Filter::Any(vec![compare("id", Op::Equal, 1i64), compare("id", Op::Equal, 3i64)]), &[1, 3]),
        (Filter::Compare { left: Operand::Literal(2i64.into()), op: Op::Less, right: field("id") }, &[3, 4]),
        (
            Filter::Compare {
                left: field("tz"),
                op: Op::Less,
                right: Operand::Now { months: 1200, days: 0, micros: 0 },
            },
            &[1, 2],
        ),
    ];
    for (filter, expected) in cases {
        let mut session = way.session().await;
        let mut mirror = Mirror::of(session.as_mut(), "t").await;
        assert!(session.pushes("public.t", &filter), "{filter:?}");
        mirror.filter = Some(filter.clone());
        mirror.sync(session.as_mut()).await;
        let found: BTreeSet<i64> = mirror
            .rows
            .values()
            .map(|row| match row[0] {
                Value::Integer(id) => id,
                _ => panic!("ids are integers"),
            })
            .collect();
        assert_eq!(found, expected.iter().copied().collect(), "{filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_could_mean_something_else_is_left_to_us() {
    let database = Database::new();
    database.run("CREATE TABLE t (id int PRIMARY KEY, v text, f float8, tz timestamptz, b bytea, j jsonb)");
    let mut session = Way::to(&database).session().await;
    let mirror = Mirror::of(session.as_mut(), "t").await;
    let not_pushed = [
        compare("nowhere", Op::Equal, 1i64),
        compare("a.b", Op::Equal, 1i64),
        compare("v", Op::Equal, 1i64),
        compare("id", Op::Equal, "1"),
        compare("id", Op::Greater, Value::Real(0.5)),
        compare("f", Op::Greater, 1i64),
        compare("tz", Op::Greater, "2026-01-01"),
        compare("tz", Op::Equal, "yesterday"),
        compare("b", Op::Equal, Value::Blob(vec![1])),
        compare("v", Op::Equal, "a\0b"),
        Filter::Like { operand: field("id"), pattern: "1%".into(), negated: false },
        Filter::Compare { left: field("v"), op: Op::Equal, right: field("j") },
        Filter::Any(vec![compare("id", Op::Equal, 1i64), compare("f", Op::Greater, 1i64)]),
    ];
    for filter in not_pushed {
        assert!(!session.pushes("t", &filter), "{filter:?}");
        let mirror = Mirror { filter: Some(filter), ..Mirror::keyed(mirror.shape.clone(), &mirror.shape.key) };
        assert_eq!(session.page(&mirror.ask(Mode::Full, None)).await.unwrap_err().kind, Kind::Usage);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn rows_that_no_longer_match_go() {
    let database = Database::new();
    database.run(
        "CREATE TABLE t (id int PRIMARY KEY, state text); INSERT INTO t SELECT i, 'open' FROM generate_series(1, 100) i",
    );
    let way = Way::to(&database).paged(30);
    let mut mirror = Mirror::of(way.session().await.as_mut(), "t").await;
    mirror.filter = Some(compare("state", Op::Equal, "open"));
    mirror.sync(way.session().await.as_mut()).await;
    database.run("UPDATE t SET state = 'shut' WHERE id % 10 = 0; DELETE FROM t WHERE id = 11");
    mirror.sync(way.session().await.as_mut()).await;
    assert_eq!(mirror.rows.len(), 89);
    database.run("UPDATE t SET state = 'open' WHERE id = 20");
    mirror.sync(way.session().await.as_mut()).await;
    assert_eq!(mirror.rows.len(), 90);
    mirror.assert_equals_source(&way, "filtered").await;
}
