//! Every type, compared with what `psql` prints of it.

use appctl::base::{FieldType, Value};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use super::mirror::{Mirror, Way};
use crate::support::postgres::Database;

/// The session in which the server prints: fixed formats, its own text of every type.
const PRINTING: &str = "SET datestyle = ISO; SET timezone = 'UTC'; SET intervalstyle = postgres; \
                        SET extra_float_digits = 1; SET bytea_output = hex; SET search_path = pg_catalog;";

/// What our value of this printed text is.
fn expected(field_type: &FieldType, native: &str, text: Option<&str>) -> Value {
    let Some(text) = text else { return Value::Null };
    match field_type {
        FieldType::Boolean => Value::Integer(i64::from(text == "t")),
        FieldType::Integer => Value::Integer(text.parse().expect("an integer")),
        FieldType::Number if text.ends_with("NaN") || text.ends_with("Infinity") => Value::text(text),
        FieldType::Number => Value::Real(text.parse().expect("a number")),
        FieldType::Binary => Value::Blob(
            (1..text.len() / 2).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).expect("hex")).collect(),
        ),
        FieldType::DateTime if text.contains("infinity") => Value::text(text),
        FieldType::DateTime => {
            let (time, bc) = text.strip_suffix(" BC").map_or((text, ""), |time| (time, " BC"));
            let zone = if native.contains("with time zone") { "Z" } else { "" };
            Value::text(format!("{}{zone}{bc}", time.trim_end_matches("+00").replacen(' ', "T", 1)))
        }
        _ => Value::text(text),
    }
}

/// Bits too: -0 is not 0.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Real(left), Value::Real(right)) => left.to_bits() == right.to_bits(),
        _ => left == right,
    }
}

/// Reads the table `t(id, …)` both ways.
async fn compare(database: &Database, seed: u64) {
    let mut session = Way::to(database).session().await;
    let mut mirror = Mirror::of(session.as_mut(), "public.t").await;
    let ran = mirror.sync(session.as_mut()).await;
    assert_eq!(ran.rejected, 0);
    let names: Vec<String> = mirror.columns.iter().map(|column| format!("{:?}", column.id)).collect();
    let printed = database.query(&format!("{PRINTING} SELECT {} FROM public.t ORDER BY id", names.join(", ")));
    assert_eq!(printed.len(), mirror.rows.len());
    assert!(!printed.is_empty());
    for (printed, read) in printed.iter().zip(mirror.rows.values()) {
        for ((column, printed), read) in mirror.columns.iter().zip(printed).zip(read) {
            let expected = expected(&column.field_type, &column.native, printed.as_deref());
            assert!(same(&expected, read), "seed {seed}, {}: printed {printed:?}, read {read:?}", column.native);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn every_type_arrives_as_psql_prints_it() {
    let database = Database::new();
    let long = "7".repeat(1200);
    let cases: Vec<(&str, Vec<String>)> = vec![
        ("smallint", words(&["-32768", "32767", "0"])),
        ("integer", words(&["-2147483648", "2147483647"])),
        ("bigint", words(&["-9223372036854775808", "9223372036854775807"])),
        ("oid", words(&["0", "4294967295"])),
        ("boolean", words(&["t", "f"])),
        ("real", words(&["0.1", "-0", "1e-45", "3.4028235e38", "NaN", "Infinity", "-Infinity", "16777217"])),
        ("double precision", words(&["0.1", "-0", "5e-324", "1.7976931348623157e308", "NaN", "Infinity", "-Infinity"])),
        ("numeric", {
            let mut all = words(&[
                "0",
                "0.00",
                "-0.000001",
                "12.500",
                "NaN",
                "Infinity",
                "-Infinity",
                "10000",
                "100000000",
                "9999.9999",
                "1e-20",
                "1e300",
                "-123456789.987654321",
                "0.00010000",
            ]);
            all.extend([long.clone(), format!("-{long}.{long}"), format!("0.{}1", "0".repeat(1100))]);
            all
        }),
        ("numeric(12,2)", words(&["0", "12.5", "-9999999999.99", "NaN"])),
        ("text", words(&["", " ", "ä€𝄞\u{301}", "a\tb\nc\\d'\"", "NULL", "\\N"])),
        ("varchar(5)", words(&["", "abcde", "é  "])),
        ("char(5)", words(&["", "ab", "é"])),
        ("name", words(&["", "Größe"])),
        ("\"char\"", words(&["", "a"])),
        ("bytea", words(&["", "\\x00ff5c27", "\\xdeadbeef"])),
        ("uuid", words(&["00000000-0000-0000-0000-000000000000", "FFFFFFFF-ffff-ffff-ffff-ffffffffff0F"])),
        ("json", words(&["{ \"b\": 1,\n \"a\": [1.10, null] , \"b\": 2}", "1e400", "\"\\u0000\"", "null"])),
        ("jsonb", words(&["{\"b\": 1, \"a\": [1.10, null], \"b\": 2}", "123456789012345678901234567890.50", "null"])),
        (
            "date",
            words(&[
                "2026-11-24",
                "infinity",
                "-infinity",
                "0044-03-15 BC",
                "4713-01-01 BC",
                "5874897-12-31",
                "10000-01-01",
                "2024-02-29",
            ]),
        ),
        ("time", words(&["00:00", "24:00:00", "12:34:56.7", "23:59:59.999999"])),
        ("timetz", words(&["00:00+00", "24:00:00-15:59", "12:34:56.789+05:30"])),
        (
            "timestamp",
            words(&[
                "2026-11-24 06:00:00.5",
                "infinity",
                "-infinity",
                "0044-03-15 01:02:03.000004 BC",
                "294276-12-31 23:59:59.999999",
                "4713-01-01 00:00:00 BC",
                "1999-12-31 23:59:59.999999",
            ]),
        ),
        (
            "timestamptz",
            words(&[
                "2026-11-24 06:00:00.123456+02",
                "infinity",
                "-infinity",
                "0044-03-15 01:02:03+00 BC",
                "294276-12-31 23:59:59.999999+00",
                "0001-12-31 23:59:59+00 BC",
                "10000-01-01 00:00:00+00",
            ]),
        ),
        (
            "interval",
            words(&[
                "1 year 2 mons -3 days 04:05:06.789",
                "0",
                "-178000000 years",
                "-00:00:00.000001",
                "1 day -1 second",
            ]),
        ),
        ("inet", words(&["192.168.1.5", "192.168.1.5/24", "::1", "::ffff:1.2.3.4/100"])),
        ("cidr", words(&["10.0.0.0/8", "::/0", "192.168.1.5/32"])),
        ("macaddr", words(&["08:00:2b:01:02:03"])),
        ("macaddr8", words(&["08:00:2b:01:02:03:04:05"])),
        ("money", words(&["12.34", "-92233720368547758.08", "0"])),
        ("bit(5)", words(&["10101"])),
        ("varbit", words(&["", "1", "101010101010101010101"])),
        ("xml", words(&["<a b=\"c\">é</a>", "text & more".replace('&', "&amp;").as_str()])),
        ("tsvector", words(&["", "'a':1A 'fat cat':2,4C"])),
        ("tsquery", words(&["'fat' & !'rat'"])),
        ("point", words(&["(1.5,-2)"])),
        ("polygon", words(&["((0,0),(1,1),(1,0))"])),
        ("pg_lsn", words(&["16/B374D848"])),
        ("txid_snapshot", words(&["10:20:10,14,15"])),
        ("regclass", words(&["pg_class", "public.t"])),
        ("jsonpath", words(&["$.\"a\"[*]?(@ > 1)"])),
        ("integer[]", words(&["{}", "{1,NULL,3}", "{{1,2},{3,4}}", "[2:4]={7,8,9}", "[0:1][-1:0]={{1,2},{3,4}}"])),
        ("text[]", words(&["{\"a b\",NULL,\"NULL\",\"\",\"q\\\"\\\\\"}", "{ä}"])),
        ("numeric[]", words(&["{1.50,NaN}"])),
        ("timestamptz[]", words(&["{\"2026-11-24 06:00:00+00\",infinity}"])),
        ("inet[]", words(&["{1.2.3.4,::1}"])),
        ("int4range", words(&["empty", "[1,5)", "(,)", "[3,)"])),
        ("numrange", words(&["[1.50,2.0]", "(NaN,)".replace("(NaN", "[1").as_str()])),
        ("tstzrange", words(&["[\"2026-11-24 06:00:00+00\",infinity]"])),
        ("int8multirange", words(&["{}", "{[1,3),[5,9)}"])),
        ("public.mood", words(&["sad", "so so", "it's"])),
        ("public.mood[]", words(&["{sad,NULL,\"so so\"}"])),
        ("public.price", words(&["12.50"])),
        ("public.price_of_price", words(&["0.10"])),
        ("public.feeling", words(&["sad"])),
        ("public.numbers", words(&["{1,2}"])),
        ("public.pair", words(&["(1,\"a,b\")", "(,)", "(2,\"\")"])),
        ("public.pair[]", words(&["{\"(1,x)\",NULL}"])),
        ("public.span", words(&["[0.5,1.5)"])),
    ];
    let mut sql = "CREATE TYPE mood AS ENUM ('sad', 'so so', 'it''s'); CREATE DOMAIN price AS numeric(9,2); \
                   CREATE DOMAIN price_of_price AS price CHECK (value >= 0); CREATE DOMAIN feeling AS mood; \
                   CREATE DOMAIN numbers AS integer[]; CREATE TYPE pair AS (n integer, t text); \
                   CREATE TYPE span AS RANGE (subtype = float8); CREATE TABLE t (id integer PRIMARY KEY"
        .to_owned();
    for (index, (name, _)) in cases.iter().enumerate() {
        sql.push_str(&format!(", c{index} {name}"));
    }
    sql.push_str(");");
    let longest = cases.iter().map(|(_, texts)| texts.len()).max().unwrap_or(0);
    for row in 0..=longest {
        let values = cases.iter().map(|(name, texts)| match texts.get(row) {
            Some(text) => format!("{}::{name}", quoted(text)),
            None => "NULL".to_owned(),
        });
        sql.push_str(&format!("INSERT INTO t VALUES ({row}, {});", values.collect::<Vec<_>>().join(", ")));
    }
    database.run(&sql);
    compare(&database, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn citext_and_types_of_unknown_extensions_arrive_as_text() {
    let database = Database::new();
    let has =
        database.query("SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'hstore', 'ltree', 'cube')");
    let names: Vec<String> = has.into_iter().filter_map(|mut row| row.pop().flatten()).collect();
    let mut sql: String = names.iter().map(|name| format!("CREATE EXTENSION {name};")).collect();
    let columns: String = names.iter().enumerate().map(|(index, name)| format!(", c{index} {name}")).collect();
    sql.push_str(&format!("CREATE TABLE t (id integer PRIMARY KEY{columns});"));
    let values = names.iter().map(|name| match name.as_str() {
        "citext" => "'MiXed é'",
        "hstore" => "'a=>1, b=>NULL, \"c d\"=>\"\"'",
        "ltree" => "'Top.Science'",
        _ => "'(1,2),(3,4)'",
    });
    let values: Vec<&str> = std::iter::once("1").chain(values).collect();
    sql.push_str(&format!("INSERT INTO t VALUES ({});", values.join(", ")));
    database.run(&sql);
    let mut session = Way::to(&database).session().await;
    let mut mirror = Mirror::of(session.as_mut(), "public.t").await;
    mirror.sync(session.as_mut()).await;
    let printed = database.query("SELECT * FROM t");
    let read: Vec<Option<String>> = mirror.rows.values().next().expect("one row").iter().map(shown).collect();
    assert_eq!(read, printed[0]);
}

fn shown(value: &Value) -> Option<String> {
    match value {
        Value::Integer(number) => Some(number.to_string()),
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn random_values_arrive_unaltered() {
    let seed = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    let rows = if crate::support::postgres::is_deep() { 100_000 } else { 2_000 };
    let database = Database::new();
    database.run(
        "CREATE TABLE t (id integer PRIMARY KEY, i2 smallint, i8 bigint, f4 real, f8 double precision, n numeric, t text,
            b bytea, d date, ts timestamp, tz timestamptz, ti time, iv interval, u uuid, a integer[], ta text[],
            r int4range, j jsonb, ip inet, m money, v varbit)",
    );
    let mut id = 0;
    while id < rows {
        let mut values = Vec::new();
        for _ in 0..500 {
            id += 1;
            values.push(format!("({id}, {})", random_row(&mut random)));
        }
        database.run(&format!("INSERT INTO t VALUES {}", values.join(",")));
    }
    compare(&database, seed).await;
}

fn random_row(random: &mut StdRng) -> String {
    let digits = |random: &mut StdRng, most: usize| -> String {
        let length = random.random_range(1..=most);
        (0..length).map(|_| char::from(b'0' + random.random_range(0..10u8))).collect()
    };
    let text = |random: &mut StdRng| -> String {
        let length = random.random_range(0..20);
        (0..length).map(|_| random.random::<char>()).filter(|letter| *letter != '\0').collect()
    };
    let micros = random.random_range(-210_000_000_000_000_000i64..9_000_000_000_000_000_000);
    let scale = if random.random() { 1_000_000 } else { 1 };
    let longest = if random.random_range(0..20) == 0 { 1500 } else { 25 };
    let n =
        format!("{}{}.{}", if random.random() { "-" } else { "" }, digits(random, longest), digits(random, longest));
    let n = if random.random_range(0..10) == 0 { n.split('.').next().unwrap_or("0").to_owned() } else { n };
    let bytes: String = (0..random.random_range(0..30)).map(|_| format!("{:02x}", random.random::<u8>())).collect();
    let f4 = f32::from_bits(random.next_u32());
    let f8 = f64::from_bits(random.next_u64());
    let from = random.random_range(-1000..1000);
    let array = [random.next_u32().cast_signed().to_string(), "NULL".to_owned(), "7".to_owned()];
    let words = format!("{{{},NULL}}", array_element(&text(random)));
    let values = [
        format!("{}", random.random::<i16>()),
        format!("'{}'", random.random::<i64>()),
        format!("'{f4}'").replace("inf", "Infinity"),
        format!("'{f8}'").replace("inf", "Infinity"),
        format!("'{n}'"),
        quoted(&text(random)),
        format!("'\\x{bytes}'"),
        format!("'2000-01-01'::date + {}", random.random_range(-2_400_000..2_145_000_000)),
        format!("'2000-01-01'::timestamp + '{} microseconds'::interval", micros / scale * scale),
        format!("'2000-01-01 00:00+00'::timestamptz + '{micros} microseconds'::interval"),
        format!("'00:00'::time + '{} microseconds'::interval", random.random_range(0..86_400_000_000i64)),
        format!(
            "'{} mons {} days {} microseconds'",
            random.random::<i16>(),
            random.random::<i16>(),
            random.random::<i32>()
        ),
        format!("'{:032x}'", random.random::<u128>()),
        format!("'{{{}}}'", array.join(",")),
        quoted(&words),
        format!("'[{from},{})'", from + random.random_range(0..100)),
        format!("to_jsonb({}::text)", quoted(&text(random))),
        format!("'{}.{}.{}.{}/{}'", random.random::<u8>(), 1, 2, random.random::<u8>(), random.random_range(0..=32)),
        format!("'{}'::int8::money", random.random_range(-90_000_000_000i64..90_000_000_000)),
        format!("B'{:b}'", random.next_u32()),
    ];
    values.map(|value| if random.random_range(0..12) == 0 { "NULL".to_owned() } else { value }).join(", ")
}

fn array_element(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn words(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_servers_own_settings_do_not_change_a_value() {
    let database = Database::new();
    database.run(&format!(
        "CREATE TABLE t (id integer PRIMARY KEY, tz timestamptz, d date, iv interval, f double precision, b bytea, r tstzrange);
         INSERT INTO t VALUES (1, '2026-11-24 06:00:00.25+00', '2026-11-24', '1 day 02:03:04', 0.1, '\\x00ff',
            '[2026-11-24 06:00:00+00,)');
         ALTER DATABASE {0} SET datestyle = 'SQL, DMY'; ALTER DATABASE {0} SET timezone = 'Asia/Kolkata';
         ALTER DATABASE {0} SET intervalstyle = 'iso_8601'; ALTER DATABASE {0} SET extra_float_digits = -5;
         ALTER DATABASE {0} SET bytea_output = 'escape'; ALTER DATABASE {0} SET standard_conforming_strings = off",
        database.name
    ));
    compare(&database, 0).await;
}
