//! The filter language: what it reads, what it refuses and where, and what a filter means for a row.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use appctl::app::{App, Query};
use appctl::base::filter::{Class, Filter, Op, Operand, like, quoted};
use appctl::base::{Cell, Clock, Field, FieldName, FieldType, Kind, Table, TableName, Timestamp, Value};
use proptest::prelude::*;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T06:00:00Z").expect("a time")
}

fn types(name: &str) -> Option<FieldType> {
    Some(match name {
        "title" | "a.b" | "owner.name" | "Full name" => FieldType::Text,
        "stage" => FieldType::Select { options: vec!["open".into(), "won".into()] },
        "tags" => FieldType::MultiSelect { options: vec![] },
        "count" => FieldType::Integer,
        "score" => FieldType::Number,
        "amount" => FieldType::Decimal,
        "price" => FieldType::Currency,
        "active" => FieldType::Boolean,
        "due" => FieldType::Date,
        "seen" => FieldType::DateTime,
        "file" => FieldType::Binary,
        _ => return None,
    })
}

fn row(name: &str) -> Cell<'static> {
    match name {
        "title" => Cell::Text("Call Acme"),
        "stage" => Cell::Text("won"),
        "tags" => Cell::Text(r#"["a","b"]"#),
        "count" => Cell::Integer(7),
        "score" => Cell::Real(1.5),
        "amount" => Cell::Text("100.50"),
        "price" => Cell::Text("12.50 USD"),
        "active" => Cell::Integer(1),
        "due" => Cell::Text("2026-11-30"),
        "seen" => Cell::Text("2026-11-24T05:59:59.5Z"),
        "file" => Cell::Blob(&[0, 255]),
        _ => Cell::Null,
    }
}

fn keeps(text: &str) -> bool {
    let filter = Filter::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let filter = filter.check(&types).unwrap_or_else(|error| panic!("{text}: {error}"));
    filter.matches(&row, &|name| Class::of(&types(name).expect("checked")), now())
}

#[test]
fn filters_keep_the_rows_they_describe() {
    for text in [
        "true",
        "stage = 'won' and amount > 100",
        "stage in ('open', 'won')",
        "stage not in ('open', 'lost')",
        "STAGE is null or stage <> 'open'".trim_start_matches("STAGE is null or "),
        "count between 7 and 8 and not count between 1 and 6",
        "count = 7.0 and count < 7.00000000000000000000001 and count > -99999999999999999999",
        "score = 1.5 and score >= 1 and score < '1e400'",
        "amount = 100.5 and amount <> 100.5000000000000000000000001",
        "price > 12 and price < '12.51 USD' and price <> '12.50 EUR'",
        "active and active is true and active = true and active is not false and active = 1",
        "due < now() + interval '7 days' and due > '2026-11-29' and due >= '2026-11-30T00:00:00Z'",
        "seen < now() and seen > now() - interval '1 minute' and seen < '2026-11-24 08:00:00+02:00'",
        "seen > '2026-11-24T05:59:59Z' and seen < '2026-11-24T05:59:59.75Z'",
        "title like 'call%' and title like '_ALL acm_' and title not like 'acme'",
        "\"owner\".name is null and \"a.b\" is null and \"Full name\" is null",
        "tags like '%\"a\"%'",
        "file = x'00ff'",
        "now() between '2026-01-01' and due".replace("'2026-01-01'", "seen").as_str(),
        "(stage) = ('won')",
        "not (title is null)",
    ] {
        assert!(keeps(text), "{text}");
    }
}

#[test]
fn a_comparison_with_null_is_neither_true_nor_false() {
    for text in [
        "owner.name = 'x'",
        "not owner.name = 'x'",
        "owner.name <> 'x'",
        "owner.name in ('x')",
        "owner.name not in ('x')",
        "owner.name like '%'",
        "owner.name not like '%'",
        "not (owner.name = 'x' and true)",
        "not (owner.name = 'x' or false)",
        "price > '1 EUR'",
        "not price > '1 EUR'",
    ] {
        assert!(!keeps(text), "{text}");
    }
    assert!(keeps("not (owner.name = 'x' and false)"));
    assert!(keeps("owner.name = 'x' or true"));
    assert!(keeps("price <> '1 EUR'"));
}

#[test]
fn what_is_no_filter_is_refused_with_its_place() {
    for (text, expected) in [
        ("", "at column 1: expected an expression, found the end"),
        ("stage =", "at column 8: expected an expression, found the end"),
        ("stage = 'won", "at column 9: unterminated string literal"),
        ("stage 'won'", "at column 7: `'won'` was not expected"),
        ("lower(stage) = 'won'", "at column 6: `lower(…)` is no part of a filter; the only function is `now()`"),
        ("stage = 'won'; drop table x", "at column 14: `;` is no part of a filter"),
        ("stage = 'won' -- and more", "at column 15: it has a comment"),
        ("stage = /* x */ 'won'", "at column 9: it has a comment"),
        ("stage in (select name from x)", "at column 11: queries are no part of a filter"),
        ("stage = ?", "at column 9: `?` is no part of a filter"),
        ("stage = $1", "at column 9: `$1` is no part of a filter"),
        ("count + 1 = 2", "at column 1: `count + 1` is neither a field, a value nor `now()` with an interval"),
        ("count::text = '2'", "at column 6: `::` is no part of a filter"),
        ("stage == 'won'", "at column 7: `==` is written `=`"),
        ("'won'", "at column 1: `'won'` is no condition"),
        ("due > date '2026-01-01'", "at column 12: `DATE '2026-01-01'` is neither a field"),
        ("due > now() + interval 'a while'", "this interval cannot be read"),
        ("due > now(1)", "`now(1)` is neither a field"),
        ("stage like title", "`like` needs a text in single quotes"),
        ("stage ilike 'x'", "`stage ILIKE 'x'` is no condition"),
        ("a = 1\nand b = = 2", "at line 2, column 9: expected an expression, found ="),
        ("file = x'0'", "these are no hexadecimal digits"),
    ] {
        let error = Filter::parse(text).expect_err(text);
        assert_eq!(error.kind, Kind::Usage, "{text}");
        assert!(error.message.contains(expected), "{text}\n{}\n{expected}", error.message);
        assert!(error.hint.is_some(), "{text}");
    }
}

#[test]
fn a_filter_is_checked_against_the_fields() {
    for (text, expected) in [
        ("stagee = 'won'", "no field is named `stagee`"),
        ("count > 'many'", "field `count` is of type integer: `'many'` is no number"),
        ("count = true", "field `count` is of type integer: `true` is no number"),
        ("title = 5", "field `title` is of type text: `5` is no text; write it in single quotes: `'5'`"),
        ("active = 'yes'", "field `active` is of type boolean: `'yes'` is neither `true` nor `false`"),
        ("due = 'soon'", "field `due` is of type date: `'soon'` is no date such as `'2026-11-24'`"),
        ("due = 2026", "`2026` is no date; write it in single quotes"),
        ("seen > '2026-13-01'", "`'2026-13-01'` is no time such as `'2026-11-24T06:00:00Z'`"),
        ("price = 'USD 5'", "`'USD 5'` is no amount such as `12.50` or `'12.50 USD'`"),
        ("title = null", "nothing is equal to null, so `title` cannot be compared with it"),
        ("title = count", "it cannot be compared with the integer field `count`"),
        ("count > now()", "`now()` is compared with dates and datetimes"),
        ("count like '1%'", "`like` looks at text"),
        ("1 = 1", "`1 = 1` compares no field"),
        ("tags = 'a'", "a list is equal to no single option"),
        ("file = 'x'", "write its bytes in hexadecimal"),
        ("amount", "`true` is no number"),
    ] {
        let error = Filter::parse(text).expect(text).check(&types).expect_err(text);
        assert!(error.message.contains(expected), "{text}\n{}\n{expected}", error.message);
    }
}

#[test]
fn literals_take_the_stored_form_of_their_field() {
    for (text, checked) in [
        ("amount > 1.50", "amount > '1.5'"),
        ("amount > 0.10000000000000000000001", "amount > '0.10000000000000000000001'"),
        ("count > 5.0", "count > 5"),
        ("count > 99999999999999999999", "count > '99999999999999999999'"),
        ("score > 5", "score > 5.0"),
        ("active = true", "active = 1"),
        ("seen = '2026-11-24 08:00+02:00'", "seen = '2026-11-24T06:00:00Z'"),
        ("price in (5, '5.00 USD')", "price in ('5', '5.00 USD')"),
    ] {
        assert_eq!(Filter::parse(text).expect(text).check(&types).expect(text).to_string(), checked);
    }
}

/// None of these reaches a store as anything but a value or a name: they are refused, or they are only that.
#[test]
fn injections_are_refused_or_inert() {
    let corpus = [
        "1=1; drop table contacts",
        "stage = 'x' or 1=1 --",
        "stage = 'x'/**/or/**/true",
        "stage = '' union select * from sqlite_schema",
        "stage in (select token from _appctl_documents)",
        "exists (select 1)",
        "load_extension('x')",
        "(select load_extension('x')) is null",
        "pragma table_info(x)",
        "attach 'x' as y",
        "stage = char(39)",
        "stage -> '$.a' = 1",
        "json_extract(stage, '$') = 1",
        "stage = 'x' collate nocase",
        "stage match 'x'",
        "stage glob '*'",
        "stage regexp '.*'",
        "case when true then 1 else 2 end = 1",
        "cast(stage as blob) = x'00'",
        "stage = E'\\x27'",
        "stage = U&'\\0027'",
        "stage = $$x$$",
        "stage = N'x'",
        "`stage` = 'x'",
        "[stage] = 'x'",
        "stage = \\'x\\'",
        "stage = 'x' or stage = 'x' limit 1",
        "stage = 'x' order by 1",
        "(1,2) = (1,2)",
        "stage = any(array['x'])",
        "stage[1] = 'x'",
        "* = 1",
        "t.* = 1",
        "@x = 1",
        ":x = 1",
        "#x = 1",
        "0x10 = 1",
        "stage = 'x' escape '!'",
        "stage like 'x' escape '!'",
        "stage is distinct from 'x'",
        "stage similar to 'x'",
        "current_user = 'x'",
        "not exists (select 1)",
        "interval '1 day' > interval '2 days'",
        "stage = 'x\0y'",
        "now() = now",
    ];
    for text in corpus {
        if let Ok(filter) = Filter::parse(text) {
            assert!(filter.check(&types).is_err(), "{text} became {filter}");
        }
    }
    for text in ["'; drop table x; --", "x' or '1'='1", "\" or 1=1 --", "$(rm -rf)", "%00", "\u{202e}"] {
        let filter = Filter::Compare {
            left: Operand::Field("title".into()),
            op: Op::Equal,
            right: Operand::Literal(Value::text(text)),
        };
        assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }
}

/// In a thread with the smallest usual stack, and never longer than a second.
#[test]
fn monstrous_filters_end_quickly() {
    let many = |part: &str, times: usize| part.repeat(times);
    let monsters = [
        many("(", 100_000),
        many("(", 100_000) + "x = 1" + &many(")", 100_000),
        many("not ", 100_000) + "x = 1",
        many("- ", 100_000) + "1 = 1",
        "x = 1".to_owned() + &many(" and x = 1", 100_000),
        "x = 1".to_owned() + &many(" or x = 1", 1_999),
        "x".to_owned() + &many(" = x", 5_000),
        "x > now()".to_owned() + &many(" + interval '1 day'", 2_900),
        "x in (".to_owned() + &many("1, ", 100_000) + "1)",
        many("case ", 5_000),
        many("not (", 39) + "x = = 1" + &many(")", 39),
        "1".to_owned() + &many(" + 1", 2_900) + " = 2",
        "x".to_owned() + &many(" = x", 1_400),
        "x in (1".to_owned() + &many(" - 1", 2_900) + ")",
        "case when x".to_owned() + &many(" = x", 1_400) + " then 1 end = 1",
        many("interval ", 5_000),
        many("x between ", 2_000) + "1",
        many("x in (", 39) + "1",
        many("x.", 5_900) + "x = 1",
        "x = '".to_owned() + &many("a", 2_000_000) + "'",
        many("'", 99_999),
        many("date ", 5_900),
        many("now(", 39),
        many("array<", 5_000),
        many("is not ", 5_000),
    ];
    for monster in monsters {
        let start = monster.chars().take(40).collect::<String>();
        let started = Instant::now();
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            if let Ok(filter) = Filter::parse(&monster) {
                let printed = filter.to_string();
                assert_eq!(Filter::parse(&printed), Ok(filter));
            }
        });
        thread.expect("a thread").join().unwrap_or_else(|_| panic!("{start}"));
        assert!(started.elapsed() < Duration::from_secs(20), "{start} took {:?}", started.elapsed());
    }
}

#[test]
fn every_keyword_can_be_a_field() {
    let mut misread = Vec::new();
    for keyword in sqlparser::keywords::ALL_KEYWORDS {
        let name = quoted(&keyword.to_lowercase());
        let field = name.trim_matches('"');
        for rest in ["= 1", "> -1 and true", "is null", "in (1)", "between 1 and 2", "like 'x'", "<> x", "= now()"] {
            for (text, fields) in [
                (format!("{name} {rest}"), vec![field]),
                (format!("not {name} {rest}"), vec![field]),
                (format!("x in ({name}, {name}) and ({name} {rest})"), vec!["x", field]),
                (format!("x = {name} or {name} {rest}"), vec!["x", field]),
            ] {
                let read = Filter::parse(&text);
                if read.as_ref().map(|filter| filter.fields()[..fields.len()] == *fields) != Ok(true) {
                    misread.push(field.to_owned());
                }
            }
        }
    }
    misread.dedup();
    assert_eq!(misread, Vec::<String>::new(), "these words must be quoted when a filter is printed");
}

#[test]
fn like_is_the_like_of_sqlite() {
    for (pattern, text, expected) in [
        ("", "", true),
        ("%", "", true),
        ("_", "", false),
        ("a%b%c", "aXbXbYc", true),
        ("a%b%c", "aXbXbY", false),
        ("%%a", "bca", true),
        ("É", "é", false),
        ("_", "é", true),
        ("K", "k", true),
        ("\u{212a}", "k", false),
        ("a", "a\0b", true),
    ] {
        assert_eq!(like(pattern, text), expected, "{pattern:?} {text:?}");
    }
    let started = Instant::now();
    assert!(!like(&("%a".repeat(1000) + "b"), &"a".repeat(20_000)));
    assert!(started.elapsed() < Duration::from_secs(5));
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "title",
            "count",
            "a.b",
            "Full name",
            "select",
            "and",
            "x\"y",
            "é",
            "_",
            "a..b",
            ".",
            "1a",
            "now"
        ])
        .prop_map(str::to_owned),
        "[a-zA-Z_.\" é%]{1,6}".prop_filter("a name", |name| !name.is_empty()),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::Integer),
        any::<f64>().prop_filter("finite", |real| real.is_finite()).prop_map(Value::Real),
        "[^\0]{0,8}".prop_map(Value::Text),
        "['\"%_;\\-/*\\\\ \n]{0,8}".prop_map(Value::Text),
        prop::sample::select(vec!["true", "false", "NaN", "99999999999999999999", "1e400", "0.1000000000000000000001"])
            .prop_map(Value::from),
        Just(Value::Null),
        prop::collection::vec(any::<u8>(), 0..6).prop_map(Value::Blob),
    ]
}

fn any_operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        any_name().prop_map(Operand::Field),
        any_value().prop_map(Operand::Literal),
        (any::<i32>(), any::<i32>(), any::<i64>()).prop_map(|(months, days, micros)| Operand::Now {
            months,
            days,
            micros
        }),
        (-5i32..5, -5i32..5, -5i64..5).prop_map(|(months, days, hours)| Operand::Now {
            months,
            days,
            micros: hours * 3_600_000_000
        }),
    ]
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let op =
        prop::sample::select(vec![Op::Equal, Op::NotEqual, Op::Less, Op::LessOrEqual, Op::Greater, Op::GreaterOrEqual]);
    let leaf = prop_oneof![
        (any_operand(), op, any_operand()).prop_map(|(left, op, right)| Filter::Compare { left, op, right }),
        (any_operand(), prop::collection::vec(any_operand(), 1..4), any::<bool>())
            .prop_map(|(operand, list, negated)| Filter::In { operand, list, negated }),
        (any_operand(), any_operand(), any_operand(), any::<bool>())
            .prop_map(|(operand, low, high, negated)| Filter::Between { operand, low, high, negated }),
        (any_operand(), "[^\0]{0,6}", any::<bool>()).prop_map(|(operand, pattern, negated)| Filter::Like {
            operand,
            pattern,
            negated
        }),
        (any_operand(), any::<bool>()).prop_map(|(operand, negated)| Filter::Null { operand, negated }),
        Just(Filter::All(vec![])),
        Just(Filter::Any(vec![])),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Filter::Any),
            inner.prop_map(|part| Filter::Not(Box::new(part))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_printed_filter_parses_to_the_same_filter(filter in any_filter()) {
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 0..14)) {
        let text = words.join(" ");
        if let Ok(filter) = Filter::parse(&text) {
            let printed = filter.to_string();
            prop_assert_eq!(Filter::parse(&printed), Ok(filter), "{} became {}", text, printed);
        }
    }
}

const WORDS: &[&str] = &[
    "a", "\"b c\"", "and", "or", "not", "(", ")", "in", "between", "like", "is", "null", "true", "false", "=", "<>",
    "<", ">=", "'x'", "1", "-", "+", "1.5", "now()", "interval", "'1 day'", "date", "case", "exists", "select", ".",
    ",", "x'00'", "\n",
];

#[test]
fn the_fields_of_a_filter_are_listed_once() {
    let filter =
        Filter::parse("a = 1 and (b like 'x' or not a in (1, 2)) and c.d between b and now()").expect("a filter");
    assert_eq!(filter.fields(), ["a", "b", "c.d"]);
}

#[test]
fn a_filter_with_its_time_fixed_means_the_same() {
    let filter = Filter::parse("due < now() + interval '1 month'").expect("a filter").check(&types).expect("fields");
    let classes: BTreeMap<_, _> = [("due", Class::Time)].into();
    let fixed = filter.at(now());
    assert_eq!(fixed.to_string(), "due < '2026-12-24T06:00:00Z'");
    for day in ["2026-12-24", "2026-12-25", "infinity", "0044-03-15 BC"] {
        let row = |_: &str| Cell::Text(day);
        let matches = |filter: &Filter| filter.matches(&row, &|name| classes[name], now());
        assert_eq!(matches(&filter), matches(&fixed), "{day}");
    }
}

/// Every class of fields, two of each where they can be compared with each other.
fn fields() -> Vec<(&'static str, FieldType)> {
    vec![
        ("text", FieldType::Text),
        ("other text", FieldType::LongText),
        ("whole", FieldType::Integer),
        ("real", FieldType::Number),
        ("exact", FieldType::Decimal),
        ("price", FieldType::Currency),
        ("flag", FieldType::Boolean),
        ("day", FieldType::Date),
        ("moment", FieldType::DateTime),
        ("bytes", FieldType::Binary),
    ]
}

fn samples(field_type: &FieldType) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::from(*text)).collect::<Vec<_>>();
    match field_type {
        FieldType::Integer => {
            let mut all: Vec<Value> = [0, -1, 7, 1 << 53, (1 << 53) + 1, i64::MAX, i64::MIN].map(Value::Integer).into();
            all.extend(texts(&["9223372036854775808", "-9223372036854775809", "99999999999999999999"]));
            all
        }
        FieldType::Number => {
            let mut all: Vec<Value> =
                [0.0, -0.5, 7.0, 0.1, 1e300, -1e300, 9_007_199_254_740_992.0].map(Value::Real).into();
            all.extend(texts(&["NaN", "Infinity", "-Infinity"]));
            all
        }
        FieldType::Decimal => texts(&[
            "0",
            "-0.50",
            "7",
            "7.00",
            "0.1",
            "0.10000000000000000001",
            "99999999999999999999",
            "-Infinity",
            "NaN",
        ]),
        FieldType::Currency => texts(&["7 USD", "7.00 USD", "-1 USD", "7 EUR", "12.50 EUR", "100 JPY"]),
        FieldType::Boolean => vec![Value::Integer(0), Value::Integer(1)],
        FieldType::Date => {
            texts(&["2026-11-24", "2026-11-25", "0044-03-15 BC", "10000-01-01", "infinity", "-infinity"])
        }
        FieldType::DateTime => texts(&[
            "2026-11-24T00:00:00Z",
            "2026-11-24T06:00:00Z",
            "2026-11-24T06:00:00.5Z",
            "2026-11-24T06:00:00.500Z",
            "2026-11-24T06:00:01Z",
            "0044-03-15T00:00:00Z BC",
            "294276-12-31T23:59:59.999999Z",
            "infinity",
        ]),
        FieldType::Binary => vec![Value::Blob(vec![]), Value::Blob(vec![0, 255]), Value::Blob(vec![1])],
        _ => texts(&["", "a", "A", "ab", "é", "É", "%", "a_b", "7", "\u{1f600}", "null", "z\0z"]),
    }
}

/// A comparison that `check` accepts, as text, for one class of fields.
fn any_comparison() -> impl Strategy<Value = String> {
    let fields = fields();
    let pick =
        (0..fields.len(), any::<prop::sample::Index>(), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    (pick, 0..12usize, any::<bool>()).prop_map(move |((which, one, two, peer), form, negated)| {
        let (name, field_type) = &fields[which];
        let name = quoted(name);
        let peers: Vec<_> = fields.iter().filter(|(_, other)| Class::of(other) == Class::of(field_type)).collect();
        let peer = quoted(peers[peer.index(peers.len())].0);
        let samples: Vec<Value> = samples(field_type)
            .into_iter()
            .filter(|value| !matches!(value, Value::Text(text) if text.contains('\0')))
            .collect();
        let value =
            |index: &prop::sample::Index| Operand::Literal(samples[index.index(samples.len())].clone()).to_string();
        let (one, two) = (value(&one), value(&two));
        let not = if negated { "not " } else { "" };
        let op = ["=", "<>", "<", "<=", ">", ">="][form % 6];
        match (form, Class::of(field_type)) {
            (0..6, _) if negated => format!("{one} {op} {name}"),
            (0..6, _) => format!("{name} {op} {one}"),
            (6, _) => format!("{name} {not}in ({one}, {two})"),
            (7, _) => format!("{name} {not}between {one} and {two}"),
            (8, _) => format!("{name} is {not}null"),
            (9, Class::Text) => format!("{name} {not}like 'a%'"),
            (9, Class::Time) => format!("{name} {not}like '%-11-%'"),
            (10, Class::Time) => format!("{name} {op} now() + interval '{} hours'", form * 3),
            (10, Class::Text) => format!("{name} {not}like '%_'"),
            _ => format!("{name} {op} {peer}"),
        }
    })
}

fn any_condition() -> impl Strategy<Value = String> {
    any_comparison().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            inner.prop_map(|part| format!("not ({part})")),
        ]
    })
}

/// A table with every sample of every type, nulls, and rows in which several fields are set.
fn full_store() -> (App, Table) {
    let app = App::temporary(Clock::fixed(now())).expect("a temporary app");
    let name = |text: &str| FieldName::parse(text).expect("a name");
    let mut table = Table {
        name: TableName::parse("all types").expect("a name"),
        fields: vec![Field::new(name("id"), FieldType::Integer)],
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    };
    table.fields.extend(fields().into_iter().map(|(field, field_type)| Field::new(name(field), field_type)));
    let filled = app.store.change(&app.person(), "fill", |change| {
        change.create_table(&table)?;
        for row in 0..60 {
            let chosen = fields().into_iter().enumerate().filter(|(place, _)| (row + place) % 5 > 0);
            let values = chosen.map(|(place, (field, field_type))| {
                let samples = samples(&field_type);
                (name(field), samples[(row * (place + 1) + row / 7) % samples.len()].clone())
            });
            change.insert(&table, &values.collect::<Vec<_>>())?;
        }
        Ok(())
    });
    filled.expect("the samples fit their fields");
    (app, table)
}

/// The store's SQL against `matches`, for every row.
#[test]
fn the_store_keeps_the_rows_that_a_filter_matches() {
    let (app, table) = full_store();
    let everything = Query::all(&table, now());
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let collect = &mut |cells: &[Cell<'_>]| {
        rows.push(cells.iter().map(|cell| cell.to_value()).collect());
        Ok(ControlFlow::Continue(()))
    };
    app.store.read(&everything, collect).expect("the store reads");
    let place = |name: &str| table.fields.iter().position(|field| field.name.as_str() == name).expect("a field");
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    let cases = config.cases.max(3_000);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig { cases, ..config });
    let result = runner.run(&any_condition(), |text| {
        let parsed = Filter::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let filter = parsed.check_on(&table).unwrap_or_else(|error| panic!("{text}: {error}"));
        let classes = |name: &str| Class::of(&table.fields[place(name)].field_type);
        let expected = rows.iter().filter(|row| filter.matches(&|name| row[place(name)].cell(), &classes, now()));
        let expected: Vec<&Value> = expected.map(|row| &row[0]).collect();
        let mut kept = Vec::new();
        let query = Query { filter: filter.clone(), ..Query::all(&table, now()) };
        let read = app.store.read(&query, &mut |cells| {
            kept.push(cells[0].to_value());
            Ok(ControlFlow::Continue(()))
        });
        read.unwrap_or_else(|error| panic!("{text}: {error}"));
        prop_assert_eq!(kept.iter().collect::<Vec<_>>(), expected, "{} (checked: {})", text, filter);
        let count = app.store.count(&table, &filter, now()).expect("the store counts");
        prop_assert_eq!(count, kept.len() as u64, "{}", text);
        Ok(())
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_store_sorts_as_filters_compare() {
    let (app, table) = full_store();
    for (name, field_type) in fields() {
        let sort = vec![appctl::app::Sort { field: name.to_owned(), descending: false }];
        let query = Query { fields: vec![sort[0].field.clone()], sort, ..Query::all(&table, now()) };
        let mut values = Vec::new();
        let read = app.store.read(&query, &mut |cells| {
            values.push(cells[0].to_value());
            Ok(ControlFlow::Continue(()))
        });
        read.expect("the store sorts");
        for pair in values.windows(2) {
            let order = appctl::base::filter::order(Class::of(&field_type), pair[0].cell(), pair[1].cell());
            assert_ne!(order, Some(std::cmp::Ordering::Greater), "{name}: {pair:?}");
            assert!(pair[0].is_null() || !pair[1].is_null(), "{name}: nulls come first");
        }
    }
}
