//! Values of every type go in, out through every file form and in again, are deleted and brought back, and are the same down
//! to the bit: what the store keeps afterwards is compared with what was given, not with what was written.

use std::fmt::Write as _;

use appctl::app::Query;
use appctl::base::{FieldType, Table, TableName, Value};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::home::Home;
use crate::support::postgres::is_deep;
use crate::support::seed;

const FIELDS: &str = "a:text b:long_text c:integer d:number e:decimal f:currency g:boolean h:date i:datetime \
    j:'select=open,in work,\"x\",=1' k:multi_select=a,b,=c l:email m:phone n:url o:json p:relation=others q:file r:binary";

#[test]
fn no_value_is_altered_on_its_way_through_any_file_form_or_undo() {
    let (seeds, records) = if is_deep() { (100, 300) } else { (3, 60) };
    for _ in 0..seeds {
        let seed = rand::random::<u64>();
        println!("seed {seed}");
        round(&mut StdRng::seed_from_u64(seed), records);
    }
}

fn round(random: &mut StdRng, records: usize) {
    let home = Home::new();
    done(&home, None, "tables create others key:text --key key");
    let others: String = KEYS.iter().map(|key| format!("{}\n", serde_json::json!({ "key": key }))).collect();
    done(&home, Some(&others), "records create others -");
    for table in ["first", "csv", "json", "jsonl", "xlsx", "more"] {
        done(&home, None, &format!("tables create {table} {FIELDS}"));
    }
    let table = table(&home, "first");
    let (mut lines, mut expected) = (String::new(), Vec::new());
    for id in 1..=records {
        let mut values = vec![Value::Integer(id as i64)];
        let mut pairs = Vec::new();
        for field in table.fields.iter().skip(1) {
            let (json, value) = draw(random, &field.field_type);
            pairs.push(format!("{}:{json}", serde_json::json!(field.name.as_str())));
            values.push(value);
        }
        writeln!(lines, "{{{}}}", pairs.join(",")).unwrap();
        expected.push(values);
    }
    done(&home, Some(&lines), "records create first -");
    same(&home, "first", &expected);
    for form in ["csv", "json", "jsonl", "xlsx"] {
        done(&home, None, &format!("records export first --to {form}.{form}"));
        done(&home, None, &format!("records import {form} {form}.{form}"));
        same(&home, form, &expected);
        // The import is one operation that goes and comes back whole.
        undo_last(&home);
        same(&home, form, &[]);
        undo_last(&home);
        same(&home, form, &expected);
        undo_last(&home);
        undo_last(&home);
        same(&home, form, &expected);
    }
    let ran = home.run_with(None, &[], "records export first --csv-raw -o csv");
    std::fs::write(home.path().join("raw.csv"), &ran.stdout).unwrap();
    done(&home, None, "records create more a=already");
    // Record by record, into a table that has one already.
    done(&home, None, "records delete more 1 --yes");
    done(&home, None, "records create more a=already id=999999");
    done(&home, None, "records import more raw.csv --csv-raw --key id");
    undo_last(&home);
    undo_last(&home);
    done(&home, None, "records delete more 999999 --yes");
    same(&home, "more", &expected);
    done(&home, None, "records import more jsonl.jsonl --key id");
    same(&home, "more", &expected);
    let ids: Vec<String> = (1..=records).map(|id| id.to_string()).collect();
    done(&home, None, &format!("records delete more {} --yes", ids.join(" ")));
    same(&home, "more", &[]);
    undo_last(&home);
    same(&home, "more", &expected);
}

fn done(home: &Home, stdin: Option<&str>, arguments: &str) {
    let ran = home.run_with(stdin, &[], arguments);
    assert_eq!(ran.status, 0, "{arguments}: {}", ran.stderr);
}

fn undo_last(home: &Home) {
    let ran = home.run_with(None, &[], "log --limit 1 --json --jq .[0].operation");
    done(home, None, &format!("undo {} --yes", ran.stdout.trim()));
}

fn table(home: &Home, name: &str) -> Table {
    seed::open(home).store.table(&TableName::parse(name).unwrap()).unwrap()
}

/// Fails with the first value that is another one.
fn same(home: &Home, name: &str, expected: &[Vec<Value>]) {
    let app = seed::open(home);
    let table = app.store.table(&TableName::parse(name).unwrap()).unwrap();
    let mut row = 0;
    app.store
        .read(&Query::all(&table, app.clock.now()), &mut |cells| {
            assert!(row < expected.len(), "`{name}` has more than {} records", expected.len());
            for ((field, is), was) in table.fields.iter().zip(cells).zip(&expected[row]) {
                let is = is.to_value();
                assert!(
                    is_same(&is, was),
                    "`{name}`, record {}, `{}`: {was:?} became {is:?}",
                    row + 1,
                    field.field_type.word()
                );
            }
            row += 1;
            Ok(std::ops::ControlFlow::Continue(()))
        })
        .unwrap();
    assert_eq!(row, expected.len(), "`{name}`");
}

fn is_same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Real(left), Value::Real(right)) => left.to_bits() == right.to_bits(),
        _ => left == right,
    }
}

const KEYS: [&str; 5] = ["one", "007", "-1", "=two", "três, \"quatro\""];

/// A value as JSON, and as the store should keep it.
fn draw(random: &mut StdRng, field_type: &FieldType) -> (String, Value) {
    if random.random_ratio(1, 6) {
        return ("null".to_owned(), Value::Null);
    }
    match field_type {
        FieldType::Text | FieldType::LongText | FieldType::File => texts(text(random)),
        FieldType::Phone => texts(one(random, &["+49 30 1234", "007", "110", "-5", "=1"]).to_owned()),
        FieldType::Email => texts(one(random, &["ada@example.com", "=x@y", "+a@b", "ü@ö.de", "'-q@w"]).to_owned()),
        FieldType::Url => texts(one(random, &["https://example.com/a?b=\"c\"", "mailto:x", "HTTPS://X,Y"]).to_owned()),
        FieldType::Integer => match random.random_range(0..4) {
            0 => {
                let digits =
                    format!("{}{}", random.random_range(1..9), random.random_range(10_u64.pow(18)..10_u64.pow(19)));
                let digits = if random.random_ratio(1, 2) { format!("-{digits}") } else { digits };
                (digits.clone(), Value::Text(digits))
            }
            1 => integer(random.random_range(-9..100)),
            2 => integer(one(random, &[i64::MAX, i64::MIN, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1])),
            _ => integer(random.random()),
        },
        FieldType::Number => match random.random_range(0..5) {
            0 => texts(one(random, &["NaN", "Infinity", "-Infinity"]).to_owned()),
            1 => real(one(random, &[0.0, -0.0, 0.1, 1e300, 5e-324, 1e21, 1e-7, f64::MAX, 9_007_199_254_740_993.0])),
            2 => real(f64::from(random.random_range(-1000..1000)) / 8.0),
            _ => real(Some(f64::from_bits(random.random())).filter(|real| real.is_finite()).unwrap_or(2.5)),
        },
        FieldType::Decimal => texts(decimal(random)),
        FieldType::Currency => texts(format!("{} {}", decimal(random), one(random, &["EUR", "USD", "XXX"]))),
        FieldType::Boolean => {
            let truth: bool = random.random();
            (truth.to_string(), Value::Integer(i64::from(truth)))
        }
        FieldType::Date => texts(match random.random_range(0..3) {
            0 => one(random, &["infinity", "-infinity", "0044-03-15 BC", "5874897-12-31", "1900-02-28", "1900-03-01"])
                .to_owned(),
            _ => day(random),
        }),
        FieldType::DateTime => texts(match random.random_range(0..4) {
            0 => one(random, &["infinity", "-infinity", "0044-03-15T10:00:00Z BC", "294276-12-31T23:59:59.999999Z"])
                .to_owned(),
            1 => format!("{}T00:00:00Z", day(random)),
            _ => format!(
                "{}T{:02}:{:02}:{:02}.{:0width$}Z",
                day(random),
                random.random_range(0..24),
                random.random_range(0..60),
                random.random_range(0..60),
                random.random_range(0..10),
                width = random.random_range(1..10)
            ),
        }),
        FieldType::Select { options } => texts(options[random.random_range(0..options.len())].clone()),
        FieldType::MultiSelect { options } => {
            let chosen: Vec<&String> = options.iter().filter(|_| random.random()).collect();
            let json = serde_json::to_string(&chosen).unwrap();
            (json.clone(), Value::Text(json))
        }
        FieldType::Json => {
            let json = json(random, 0);
            if json == "null" { (json, Value::Null) } else { (json.clone(), Value::Text(json)) }
        }
        FieldType::Relation { .. } => texts(one(random, &KEYS).to_owned()),
        FieldType::Binary => {
            use base64::Engine as _;
            let bytes: Vec<u8> = (0..random.random_range(0..20)).map(|_| random.random()).collect();
            let json = serde_json::json!(base64::engine::general_purpose::STANDARD.encode(&bytes)).to_string();
            (json, Value::Blob(bytes))
        }
    }
}

fn texts(text: String) -> (String, Value) {
    (serde_json::json!(text).to_string(), Value::Text(text))
}

fn integer(number: i64) -> (String, Value) {
    (number.to_string(), Value::Integer(number))
}

fn real(number: f64) -> (String, Value) {
    (format!("{number:?}"), Value::Real(number))
}

fn one<T: Copy>(random: &mut StdRng, of: &[T]) -> T {
    of[random.random_range(0..of.len())]
}

fn decimal(random: &mut StdRng) -> String {
    let digits: String =
        (0..random.random_range(1..30)).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect();
    let whole = digits.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if random.random_ratio(1, 3) && whole != "0" { "-" } else { "" };
    let places = random.random_range(0..12);
    let fraction: String = (0..places).map(|_| char::from(b'0' + random.random_range(0..10_u8))).collect();
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

fn day(random: &mut StdRng) -> String {
    let year = random.random_range(1..9999);
    format!("{year:04}-{:02}-{:02}", random.random_range(1..13), random.random_range(1..29))
}

fn text(random: &mut StdRng) -> String {
    const WHOLE: [&str; 30] = [
        "",
        " ",
        "=1+1",
        "'=1+1",
        "''@x",
        "'",
        "'a",
        "+49",
        "-5",
        "-5a",
        "@SUM(A1)",
        "\t=1",
        "NULL",
        "null",
        "NA",
        "007",
        "1e5",
        "true",
        "TRUE",
        "2026-11-24",
        "24.11.2026",
        "_x0041_",
        "_x000D_",
        "\u{a0}x\u{a0}",
        "\u{feff}x",
        "#REF!",
        "a,b;c|d",
        "12345678901234567890",
        "\"quoted\"",
        "{\"a\":1}",
    ];
    const LETTERS: [&str; 24] = [
        "a",
        "B",
        "\"",
        "'",
        ",",
        ";",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}",
        "\u{7f}",
        "\u{202e}",
        "\u{2028}",
        "é",
        "日",
        "👩‍👩‍👧",
        "\u{fffd}",
        "\u{10ffff}",
        "\u{ffff}",
        "&<>",
        "\\",
        " ",
    ];
    if random.random_ratio(1, 2) {
        return one(random, &WHOLE).to_owned();
    }
    (0..random.random_range(1..12)).map(|_| one(random, &LETTERS)).collect()
}

/// Any JSON on one line, with the spaces and digits that people write.
fn json(random: &mut StdRng, depth: usize) -> String {
    let space = if random.random_ratio(1, 3) { " " } else { "" };
    match random.random_range(0..if depth > 2 { 4 } else { 6 }) {
        0 => one(random, &["null", "true", "false"]).to_owned(),
        1 => one(random, &["1.00", "12345678901234567890123", "-0", "1e400", "1E+2", "0.10"]).to_owned(),
        2 => serde_json::json!(text(random)).to_string(),
        3 => one(random, &["\"\\u0041\"", "\"\\/\"", "{\"a\":1,\"a\":2}", "[]", "{ }"]).to_owned(),
        4 => {
            let parts: Vec<String> = (0..random.random_range(0..3)).map(|_| json(random, depth + 1)).collect();
            format!("[{space}{}{space}]", parts.join(&format!("{space},")))
        }
        _ => {
            let pair =
                |random: &mut StdRng| format!("{}{space}:{}", serde_json::json!(text(random)), json(random, depth + 1));
            let parts: Vec<String> = (0..random.random_range(0..3)).map(|_| pair(random)).collect();
            format!("{{{}}}", parts.join(","))
        }
    }
}
