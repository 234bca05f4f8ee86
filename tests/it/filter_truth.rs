//! Random filters against an evaluator that shares nothing with the program: it has its own tree, its own exact numbers and
//! its own calendar, and knows only what the documentation says. Zero differences are allowed.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use appctl::app::App;
use appctl::base::{Clock, Field, FieldName, FieldType, Table, TableName, Timestamp, Value};
use appctl::records::{self, Listing};
use num_bigint::BigInt;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::postgres::{is_deep, variable};

const NOW: &str = "2026-11-24T06:00:00Z";

/// A value as this file understands it.
#[derive(Clone, Debug, PartialEq)]
enum Truth {
    Null,
    Number(Number),
    Money(Number, Option<String>),
    /// Year, month, day, second of the day, nanosecond; the ends of time are far years
    Time(i64, u32, u32, u32, u32),
    Bytes(Vec<u8>),
    Flag(bool),
}

#[derive(Clone, Debug, PartialEq)]
enum Number {
    /// Digits and how many of them are behind the point
    Exact(BigInt, usize),
    Below,
    Above,
    NaN,
}

impl Number {
    fn read(text: &str) -> Number {
        match text {
            "NaN" => return Number::NaN,
            "Infinity" => return Number::Above,
            "-Infinity" => return Number::Below,
            _ => {}
        }
        let (digits, exponent) =
            text.split_once('e').map_or((text, 0), |(digits, power)| (digits, power.parse().unwrap()));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let mut number: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let mut scale = i64::try_from(fraction.len()).unwrap() - exponent;
        if scale < 0 {
            number *= BigInt::from(10).pow(u32::try_from(-scale).unwrap());
            scale = 0;
        }
        Number::Exact(number, usize::try_from(scale).unwrap())
    }

    /// A double is the shortest decimal that reads back as it, and exactly itself where doubles are whole numbers only.
    fn of(real: f64) -> Number {
        if real.abs() < 9_007_199_254_740_992.0 {
            Number::read(&format!("{real}"))
        } else {
            Number::read(&format!("{real:.0}"))
        }
    }

    fn cmp(&self, other: &Number) -> Ordering {
        let rank = |number: &Number| match number {
            Number::Below => 0,
            Number::Exact(..) => 1,
            Number::Above => 2,
            Number::NaN => 3,
        };
        match (self, other) {
            (Number::Exact(one, mine), Number::Exact(two, theirs)) => {
                let grown = |number: &BigInt, by: usize| number * BigInt::from(10).pow(u32::try_from(by).unwrap());
                grown(one, *theirs).cmp(&grown(two, *mine))
            }
            (one, two) => rank(one).cmp(&rank(two)),
        }
    }
}

/// Reads `2026-11-24`, `2026-11-24T06:00:00.5Z`, `0044-03-15T10:00:00Z BC`, `infinity`.
fn time(text: &str) -> Truth {
    match text {
        "infinity" => return Truth::Time(i64::MAX, 0, 0, 0, 0),
        "-infinity" => return Truth::Time(i64::MIN, 0, 0, 0, 0),
        _ => {}
    }
    let (text, christ) = text.strip_suffix(" BC").map_or((text, 1), |text| (text, -1));
    let (date, clock) = text.trim_end_matches('Z').split_once('T').unwrap_or((text, "00:00:00"));
    let parts: Vec<i64> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let year = if christ < 0 { 1 - parts[0] } else { parts[0] };
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let second = clock.split(':').fold(0, |sum, part| sum * 60 + part.parse::<u32>().unwrap());
    let nano = format!("{fraction:0<9}").parse().unwrap();
    Truth::Time(year, u32::try_from(parts[1]).unwrap(), u32::try_from(parts[2]).unwrap(), second, nano)
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Class {
    Number,
    Money,
    Time,
    Text,
    Flag,
    Bytes,
}

struct Column {
    name: &'static str,
    /// As it is written in a filter
    written: &'static str,
    field_type: FieldType,
    class: Class,
    /// What the store holds, and how a filter writes it
    samples: Vec<(Value, String)>,
}

fn columns() -> Vec<Column> {
    let text = |name, written, field_type, samples: &[&str]| Column {
        name,
        written,
        field_type,
        class: Class::Text,
        samples: samples.iter().map(|text| (Value::from(*text), quoted(text))).collect(),
    };
    let same = |name, field_type, class, samples: &[&str]| Column {
        name,
        written: name,
        field_type,
        class,
        samples: samples.iter().map(|text| (Value::from(*text), quoted(text))).collect(),
    };
    let options = || vec!["open".to_owned(), "won".to_owned(), "it's".to_owned()];
    let related =
        |table: &str| FieldType::Relation { table: TableName::parse(table).unwrap(), on_delete: <_>::default() };
    let integer = |number: i64| (Value::Integer(number), number.to_string());
    let digits = |text: &str| (Value::from(text), text.to_owned());
    let real = |number: f64| (Value::Real(number), format!("{number:?}"));
    let special = |text: &str| (Value::from(text), quoted(text));
    vec![
        text(
            "text",
            "text",
            FieldType::Text,
            &["", "a", "A", "ab", "é", "É", "%", "a_b", "7", "\u{1f600}", "null", "z\\z", "it's"],
        ),
        text("long text", "\"long text\"", FieldType::LongText, &["", "a", "ab\nc", "select", "\u{202e}x", "é"]),
        text("select", "\"select\"", FieldType::Select { options: options() }, &["open", "won", "it's"]),
        text("tags", "tags", FieldType::MultiSelect { options: vec![] }, &["[]", "[\"a\"]", "[\"a\",\"b\"]"]),
        text("mail", "mail", FieldType::Email, &["ada@example.com", "ADA@example.com", "b@x"]),
        text("phone", "phone", FieldType::Phone, &["+1 555", "0041"]),
        text("link", "link", FieldType::Url, &["https://example.com/%20", "http://a"]),
        text("json", "json", FieldType::Json, &["{}", "{\"a\": 1}", "null", "[1]"]),
        text("file", "file", FieldType::File, &["/x", "a.pdf"]),
        text("place", "place", related("places"), &["zrh", "it's", "7"]),
        Column {
            name: "person",
            written: "person",
            field_type: related("people"),
            class: Class::Number,
            samples: vec![integer(1), integer(2), integer(10)],
        },
        Column {
            name: "whole",
            written: "whole",
            field_type: FieldType::Integer,
            class: Class::Number,
            samples: vec![
                integer(0),
                integer(-1),
                integer(7),
                integer(1 << 53),
                integer((1 << 53) + 1),
                integer(i64::MAX),
                integer(i64::MIN),
                digits("9223372036854775808"),
                digits("-9223372036854775809"),
                digits("99999999999999999999999999999999999999999"),
            ],
        },
        Column {
            name: "real",
            written: "real",
            field_type: FieldType::Number,
            class: Class::Number,
            samples: vec![
                real(0.0),
                real(-0.5),
                real(7.0),
                real(0.1),
                real(1e300),
                real(-1e300),
                real(5e-324),
                real(9_007_199_254_740_992.0),
                real(9_223_372_036_854_775_808.0),
                special("NaN"),
                special("Infinity"),
                special("-Infinity"),
            ],
        },
        Column {
            name: "exact",
            written: "exact",
            field_type: FieldType::Decimal,
            class: Class::Number,
            samples: vec![
                digits("0"),
                digits("-0.50"),
                digits("7"),
                digits("7.00"),
                digits("0.1"),
                digits("0.10000000000000000001"),
                digits("99999999999999999999"),
                digits("-12345678901234567890123456789.000000000000000000000001"),
                special("-Infinity"),
                special("Infinity"),
                special("NaN"),
            ],
        },
        same(
            "price",
            FieldType::Currency,
            Class::Money,
            &["7 USD", "7.00 USD", "-1 USD", "7 EUR", "12.50 EUR", "100 JPY", "99999999999999999999.01 USD"],
        ),
        Column {
            name: "flag",
            written: "flag",
            field_type: FieldType::Boolean,
            class: Class::Flag,
            samples: vec![(Value::Integer(0), "false".to_owned()), (Value::Integer(1), "true".to_owned())],
        },
        same(
            "day",
            FieldType::Date,
            Class::Time,
            &["2026-11-24", "2026-11-25", "0044-03-15 BC", "0001-01-01", "10000-01-01", "infinity", "-infinity"],
        ),
        same(
            "moment",
            FieldType::DateTime,
            Class::Time,
            &[
                "2026-11-24T00:00:00Z",
                "2026-11-24T06:00:00Z",
                "2026-11-24T06:00:00.5Z",
                "2026-11-24T06:00:00.500Z",
                "2026-11-24T06:00:00.500000001Z",
                "2026-11-24T06:00:01Z",
                "0044-03-15T00:00:00Z BC",
                "294276-12-31T23:59:59.999999Z",
                "infinity",
                "-infinity",
            ],
        ),
        Column {
            name: "bytes",
            written: "bytes",
            field_type: FieldType::Binary,
            class: Class::Bytes,
            samples: vec![
                (Value::Blob(vec![]), "x''".to_owned()),
                (Value::Blob(vec![0, 255]), "x'00ff'".to_owned()),
                (Value::Blob(vec![1]), "X'01'".to_owned()),
            ],
        },
    ]
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a stored value is.
fn truth(class: Class, value: &Value) -> Truth {
    match (class, value) {
        (_, Value::Null) => Truth::Null,
        (Class::Number, Value::Integer(number)) => Truth::Number(Number::read(&number.to_string())),
        (Class::Number, Value::Real(real)) => Truth::Number(Number::of(*real)),
        (Class::Number, Value::Text(text)) => Truth::Number(Number::read(text)),
        (Class::Money, Value::Text(text)) => {
            let (amount, code) =
                text.split_once(' ').map_or((text.as_str(), None), |(amount, code)| (amount, Some(code)));
            Truth::Money(Number::read(amount), code.map(str::to_owned))
        }
        (Class::Time, Value::Text(text)) => time(text),
        (Class::Flag, Value::Integer(bit)) => Truth::Flag(*bit == 1),
        (Class::Text, Value::Text(text)) => Truth::Bytes(text.as_bytes().to_vec()),
        (Class::Bytes, Value::Blob(bytes)) => Truth::Bytes(bytes.clone()),
        other => panic!("{other:?} is no value of its class"),
    }
}

enum Condition {
    Compare(Operand, &'static str, Operand),
    In(Operand, Vec<Operand>, bool),
    Between(Operand, Operand, Operand, bool),
    Like(Operand, &'static str, bool),
    Null(Operand, bool),
    Is(Operand, bool, bool),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

#[derive(Clone)]
struct Operand {
    written: String,
    /// The column it is, or the value it has
    is: Result<usize, Truth>,
}

impl Condition {
    fn write(&self) -> String {
        let not = |negated: &bool| if *negated { "not " } else { "" };
        let join = |parts: &[Condition], word: &str| {
            format!("({})", parts.iter().map(Condition::write).collect::<Vec<_>>().join(word))
        };
        match self {
            Condition::Compare(left, op, right) => format!("{} {op} {}", left.written, right.written),
            Condition::In(operand, list, negated) => {
                let list: Vec<&str> = list.iter().map(|item| item.written.as_str()).collect();
                format!("{} {}in ({})", operand.written, not(negated), list.join(", "))
            }
            Condition::Between(operand, low, high, negated) => {
                format!("{} {}between {} and {}", operand.written, not(negated), low.written, high.written)
            }
            Condition::Like(operand, pattern, negated) => {
                format!("{} {}like {}", operand.written, not(negated), quoted(pattern))
            }
            Condition::Null(operand, negated) => format!("{} is {}null", operand.written, not(negated)),
            Condition::Is(operand, truth, negated) => format!("{} is {}{truth}", operand.written, not(negated)),
            Condition::Not(part) => format!("not ({})", part.write()),
            Condition::All(parts) => join(parts, " and "),
            Condition::Any(parts) => join(parts, " or "),
        }
    }

    /// True, false or unknown, by SQL's three values.
    fn truth(&self, row: &[Truth]) -> Option<bool> {
        let value = |operand: &Operand| match &operand.is {
            Ok(column) => row[*column].clone(),
            Err(literal) => literal.clone(),
        };
        let turned = |truth: Option<bool>, negated: bool| truth.map(|truth| truth != negated);
        match self {
            Condition::Compare(left, op, right) => holds(&value(left), op, &value(right)),
            Condition::In(operand, list, negated) => {
                turned(any(list.iter().map(|item| holds(&value(operand), "=", &value(item)))), *negated)
            }
            Condition::Between(operand, low, high, negated) => {
                let (operand, low, high) = (value(operand), value(low), value(high));
                turned(all([holds(&operand, ">=", &low), holds(&operand, "<=", &high)].into_iter()), *negated)
            }
            Condition::Like(operand, pattern, negated) => match value(operand) {
                Truth::Bytes(bytes) => {
                    let text: Vec<char> = String::from_utf8(bytes).unwrap().chars().collect();
                    turned(Some(like(&pattern.chars().collect::<Vec<_>>(), &text)), *negated)
                }
                _ => None,
            },
            Condition::Null(operand, negated) => Some((value(operand) == Truth::Null) != *negated),
            Condition::Is(operand, truth, negated) => Some((value(operand) == Truth::Flag(*truth)) != *negated),
            Condition::Not(part) => part.truth(row).map(|truth| !truth),
            Condition::All(parts) => all(parts.iter().map(|part| part.truth(row))),
            Condition::Any(parts) => any(parts.iter().map(|part| part.truth(row))),
        }
    }
}

fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<_> = parts.collect();
    match () {
        () if parts.contains(&Some(false)) => Some(false),
        () if parts.contains(&None) => None,
        () => Some(true),
    }
}

fn any(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let parts: Vec<_> = parts.collect();
    match () {
        () if parts.contains(&Some(true)) => Some(true),
        () if parts.contains(&None) => None,
        () => Some(false),
    }
}

/// Amounts of different currencies are not equal, and neither is less.
fn holds(left: &Truth, op: &str, right: &Truth) -> Option<bool> {
    let order = match (left, right) {
        (Truth::Null, _) | (_, Truth::Null) => return None,
        (Truth::Number(one), Truth::Number(two)) => one.cmp(two),
        (Truth::Money(one, mine), Truth::Money(two, theirs)) => match (mine, theirs) {
            (Some(mine), Some(theirs)) if mine != theirs => {
                return match op {
                    "=" => Some(false),
                    "<>" => Some(true),
                    _ => None,
                };
            }
            _ => one.cmp(two),
        },
        (Truth::Time(a, b, c, d, e), Truth::Time(f, g, h, i, j)) => (a, b, c, d, e).cmp(&(f, g, h, i, j)),
        (Truth::Bytes(one), Truth::Bytes(two)) => one.cmp(two),
        (Truth::Flag(one), Truth::Flag(two)) => one.cmp(two),
        other => panic!("{other:?} cannot be compared"),
    };
    Some(match op {
        "=" => order.is_eq(),
        "<>" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        _ => order.is_ge(),
    })
}

fn like(pattern: &[char], text: &[char]) -> bool {
    match pattern.split_first() {
        None => text.is_empty(),
        Some(('%', rest)) => (0..=text.len()).any(|skip| like(rest, &text[skip..])),
        Some((letter, rest)) => match text.split_first() {
            Some((first, text)) => (*letter == '_' || letter.eq_ignore_ascii_case(first)) && like(rest, text),
            None => false,
        },
    }
}

struct Author<'c> {
    dice: StdRng,
    columns: &'c [Column],
}

impl Author<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.dice.random_range(0..sides)
    }

    fn column(&mut self, column: usize) -> Operand {
        Operand { written: self.columns[column].written.to_owned(), is: Ok(column) }
    }

    fn literal(&mut self, column: usize) -> Operand {
        let Column { class, samples, field_type, .. } = &self.columns[column];
        let (value, written) = samples[self.dice.random_range(0..samples.len())].clone();
        let literal = |written: &str, is: Truth| Operand { written: written.to_owned(), is: Err(is) };
        match (class, self.dice.random_range(0..4)) {
            (Class::Money, 0) => literal("7.000", Truth::Money(Number::read("7.000"), None)),
            (Class::Time, 0) => {
                let hours = self.dice.random_range(0..18u32);
                let written = format!("now() + interval '{hours} hours'");
                literal(&written, Truth::Time(2026, 11, 24, 21_600 + hours * 3_600, 0))
            }
            (Class::Time, 1) => literal("'2026-11-24 08:00:00.5+02:00'", time("2026-11-24T06:00:00.5Z")),
            (Class::Number, 0) if !matches!(field_type, FieldType::Relation { .. }) => {
                literal("6.5e0", Truth::Number(Number::read("6.5")))
            }
            _ => Operand { written, is: Err(truth(*class, &value)) },
        }
    }

    fn comparison(&mut self) -> Condition {
        let column = self.roll(self.columns.len());
        let class = self.columns[column].class;
        let relation = |column: &Column| matches!(column.field_type, FieldType::Relation { .. });
        let alike: Vec<usize> = (0..self.columns.len())
            .filter(|other| self.columns[*other].class == class && !relation(&self.columns[*other]))
            .collect();
        let operand = self.column(column);
        let negated = self.roll(2) == 0;
        let op = ["=", "<>", "<", "<=", ">", ">="][self.roll(6)];
        match (self.roll(8), class) {
            (0, _) => Condition::Null(operand, negated),
            (1, Class::Text) if !relation(&self.columns[column]) => {
                let patterns = ["%", "a%", "%A%", "_", "%_b", "", "É", "%'s", "\\%", "%\\%"];
                Condition::Like(operand, patterns[self.roll(patterns.len())], negated)
            }
            (1, Class::Flag) => Condition::Is(operand, self.roll(2) == 0, negated),
            (2, _) => {
                let list = (0..1 + self.roll(4)).map(|_| self.literal(column)).collect();
                Condition::In(operand, list, negated)
            }
            (3, _) => Condition::Between(operand, self.literal(column), self.literal(column), negated),
            (4, _) if !relation(&self.columns[column]) => {
                let other = alike[self.roll(alike.len())];
                Condition::Compare(operand, op, self.column(other))
            }
            (5, _) => Condition::Compare(self.literal(column), op, operand),
            _ => Condition::Compare(operand, op, self.literal(column)),
        }
    }

    fn condition(&mut self, depth: usize) -> Condition {
        let roll = if depth == 0 { 0 } else { self.roll(4) };
        match roll {
            1 => Condition::Not(Box::new(self.condition(depth - 1))),
            2 => Condition::All((0..2 + self.roll(2)).map(|_| self.condition(depth - 1)).collect()),
            3 => Condition::Any((0..2 + self.roll(2)).map(|_| self.condition(depth - 1)).collect()),
            _ => self.comparison(),
        }
    }
}

fn store(columns: &[Column], rows: &[Vec<Value>]) -> (App, Table) {
    let name = |text: &str| FieldName::parse(text).unwrap();
    let app = App::temporary(Clock::fixed(Timestamp::parse(NOW).unwrap())).unwrap();
    let table = |table: &str, key: Field, generated: bool| Table {
        name: TableName::parse(table).unwrap(),
        key: vec![key.name.clone()],
        fields: vec![key],
        generated_key: generated,
        connection: None,
        computed: Vec::new(),
    };
    let places = table("places", Field::new(name("code"), FieldType::Text), false);
    let people = table("people", Field::new(name("id"), FieldType::Integer), true);
    let mut all = table("all types", Field::new(name("id"), FieldType::Integer), true);
    all.fields.extend(columns.iter().map(|column| Field::new(name(column.name), column.field_type.clone())));
    let filled = app.store.change(&app.person(), "fill", |change| {
        for table in [&places, &people, &all] {
            change.create_table(table)?;
        }
        for code in ["zrh", "it's", "7"] {
            change.insert(&places, &[(name("code"), Value::from(code))])?;
        }
        for id in [1, 2, 10] {
            change.insert(&people, &[(name("id"), Value::Integer(id))])?;
        }
        for row in rows {
            let values = columns.iter().zip(row).map(|(column, value)| (name(column.name), value.clone()));
            change.insert(&all, &values.collect::<Vec<_>>())?;
        }
        Ok(())
    });
    filled.unwrap();
    let table = app.store.table(&all.name).unwrap();
    (app, table)
}

#[test]
fn random_filters_keep_what_an_independent_evaluator_keeps() {
    let given = variable("APPCTL_TEST_SEED").and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(rand::random);
    println!("APPCTL_TEST_SEED={seed}");
    let columns = columns();
    let mut dice = StdRng::seed_from_u64(seed);
    let rows: Vec<Vec<Value>> = (0..60)
        .map(|_| {
            let value = |column: &Column| match dice.random_range(0..6) {
                0 => Value::Null,
                _ => column.samples[dice.random_range(0..column.samples.len())].0.clone(),
            };
            columns.iter().map(value).collect()
        })
        .collect();
    let truths: Vec<Vec<Truth>> = rows
        .iter()
        .map(|row| columns.iter().zip(row).map(|(column, value)| truth(column.class, value)).collect())
        .collect();
    let (app, table) = store(&columns, &rows);
    let mut author = Author { dice, columns: &columns };
    let filters = if is_deep() { 20_000 } else { 300 };
    let mut kept_rows = 0;
    for index in 0..filters {
        let condition = author.condition(index % 4);
        let text = condition.write();
        let expected: Vec<i64> =
            (1..).zip(&truths).filter(|(_, row)| condition.truth(row) == Some(true)).map(|(id, _)| id).collect();
        let listing = Listing { filter: Some(text.clone()), fields: vec!["id".into()], ..Listing::default() };
        let query = records::prepare(&app, &table, &listing).unwrap_or_else(|error| panic!("{text}: {error}"));
        let mut given = Vec::new();
        let read = app.store.read(&query, &mut |cells| {
            given.push(cells[0].to_value());
            Ok(ControlFlow::Continue(()))
        });
        read.unwrap_or_else(|error| panic!("{text}: {error}"));
        let expected: Vec<Value> = expected.into_iter().map(Value::Integer).collect();
        assert_eq!(given, expected, "{text}");
        let count = records::count(&app, &table, Some(&text)).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(count, given.len() as u64, "{text}");
        kept_rows += given.len();
    }
    println!("{filters} filters over {} records kept {kept_rows}, 0 differences", rows.len());
    assert!(kept_rows > filters, "the filters keep something");
}
