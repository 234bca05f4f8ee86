//! The formula language: what it reads, what it refuses and where, what a formula gives, and that memory, the store and
//! PostgreSQL agree about it.

use std::time::{Duration, Instant};

use appctl::base::expression::Expression;
use appctl::base::{
    Cell, Compute, Computed, Field, FieldName, FieldType, Kind, Table, TableName, Timestamp, Value, decimal,
};

mod agreement;
mod random;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-24T06:00:00Z").expect("a time")
}

fn name(text: &str) -> FieldName {
    FieldName::parse(text).expect("a name")
}

fn orders() -> Table {
    let fields = [
        ("id", FieldType::Integer),
        ("title", FieldType::Text),
        ("Full name", FieldType::Text),
        ("stage", FieldType::Select { options: vec!["open".into(), "won".into()] }),
        ("quantity", FieldType::Integer),
        ("large", FieldType::Integer),
        ("score", FieldType::Number),
        ("amount", FieldType::Decimal),
        ("price", FieldType::Currency),
        ("cost", FieldType::Currency),
        ("active", FieldType::Boolean),
        ("due", FieldType::Date),
        ("start", FieldType::Date),
        ("seen", FieldType::DateTime),
        ("file", FieldType::Binary),
        ("none", FieldType::Integer),
        ("nothing", FieldType::Text),
        (
            "owner",
            FieldType::Relation { table: TableName::parse("people").expect("a name"), on_delete: <_>::default() },
        ),
    ];
    Table {
        name: TableName::parse("orders").expect("a name"),
        fields: fields.into_iter().map(|(field, field_type)| Field::new(name(field), field_type)).collect(),
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: vec![Computed { name: name("total"), how: Compute::Formula { expression: "1".into() } }],
    }
}

fn order(field: &str) -> Cell<'static> {
    match field {
        "id" => Cell::Integer(1),
        "title" => Cell::Text("Call Ácme"),
        "Full name" => Cell::Text("Ada King"),
        "stage" => Cell::Text("won"),
        "quantity" => Cell::Integer(7),
        "large" => Cell::Integer(i64::MAX),
        "score" => Cell::Real(1.5),
        "amount" => Cell::Text("100.50"),
        "price" => Cell::Text("12.50 USD"),
        "cost" => Cell::Text("2.00 EUR"),
        "active" => Cell::Integer(1),
        "due" => Cell::Text("2026-01-31"),
        "start" => Cell::Text("2025-12-31"),
        "seen" => Cell::Text("2026-11-24T05:59:59.5Z"),
        "file" => Cell::Blob(&[0, 255]),
        _ => Cell::Null,
    }
}

fn gives(text: &str) -> (FieldType, Value) {
    let expression = Expression::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let checked = expression.check(&orders()).unwrap_or_else(|error| panic!("{text}: {error}"));
    (checked.field_type.clone(), checked.evaluate(&order, now()))
}

#[test]
fn formulas_give_what_they_say() {
    let text = |text: &str| (FieldType::Text, Value::from(text));
    let integer = |number: i64| (FieldType::Integer, Value::Integer(number));
    let decimal = |digits: &str| (FieldType::Decimal, Value::from(digits));
    let number = |real: f64| (FieldType::Number, Value::Real(real));
    let money = |amount: &str| (FieldType::Currency, Value::from(amount));
    let truth = |truth: bool| (FieldType::Boolean, Value::from(truth));
    let date = |date: &str| (FieldType::Date, Value::from(date));
    let time = |time: &str| (FieldType::DateTime, Value::from(time));
    let null = |field_type: FieldType| (field_type, Value::Null);
    for (formula, expected) in [
        ("price * quantity", money("87.50 USD")),
        ("quantity * price * 1.5", money("131.250 USD")),
        ("price / 3", money("4.1666666666666666667 USD")),
        ("round(price / 3, 2)", money("4.17 USD")),
        ("price + '0.25 USD'", money("12.75 USD")),
        ("price + cost", null(FieldType::Currency)),
        ("price / '5 USD'", decimal("2.50")),
        ("price * score", money("18.750 USD")),
        ("-price", money("-12.50 USD")),
        ("max(price, '20 USD')", money("20 USD")),
        ("max(price, cost)", null(FieldType::Currency)),
        ("price > 12", truth(true)),
        ("price = cost", truth(false)),
        ("1 + 2 * 3 - 4", integer(3)),
        ("(1 + 2) * 3", integer(9)),
        ("2 - 3 - 4", integer(-5)),
        ("2 - (3 - 4)", integer(3)),
        ("-quantity + - -1", integer(-6)),
        ("7 / 2", decimal("3.5")),
        ("1 / 3", decimal("0.33333333333333333333")),
        ("2 / 3", decimal("0.66666666666666666667")),
        ("1 / 3000", decimal("0.00033333333333333333333")),
        ("20000 / 3", decimal("6666.6666666666666667")),
        ("10.00 / 4", decimal("2.50")),
        ("123456789012345678901234567890 / 7", decimal("17636684144620811271604938270")),
        ("0 / 5", decimal("0")),
        ("quantity % 4", integer(3)),
        ("-7 % 4", integer(-3)),
        ("7.5 % 2", decimal("1.5")),
        ("quantity / 0", null(FieldType::Decimal)),
        ("quantity % 0", null(FieldType::Integer)),
        ("score / 0", null(FieldType::Number)),
        ("large + 1", (FieldType::Integer, Value::from("9223372036854775808"))),
        ("large * large", (FieldType::Integer, Value::from("85070591730234615847396907784232501249"))),
        ("large + 1 - 1", integer(i64::MAX)),
        ("-large - 1", integer(i64::MIN)),
        ("abs(-large - 1)", (FieldType::Integer, Value::from("9223372036854775808"))),
        ("0.1 + 0.2", decimal("0.3")),
        ("amount * 0.1", decimal("10.050")),
        ("amount - 100.5", decimal("0.00")),
        ("score * 2", number(3.0)),
        ("score + amount", number(102.0)),
        ("score > 1.4999999999999999999999", truth(true)),
        ("round(2.5)", decimal("3")),
        ("round(-2.5)", decimal("-3")),
        ("round(2.45, 1)", decimal("2.5")),
        ("round(12, 2)", integer(12)),
        ("round(1250, -2)", integer(1300)),
        ("round(12.5, 3)", decimal("12.500")),
        ("round(score)", number(2.0)),
        ("round(score * 0.1, 2)", number(0.15)),
        ("abs(-1.50)", decimal("1.50")),
        ("min(3, 1.0, 2)", decimal("1.0")),
        ("max(3, quantity)", integer(7)),
        ("max(3, none)", null(FieldType::Integer)),
        ("none + 1", null(FieldType::Integer)),
        ("none = 1 or true", truth(true)),
        ("none = 1 and true", null(FieldType::Boolean)),
        ("none is null and none is not true is not null".split(" and ").next().expect("one"), truth(true)),
        ("(none = 1) is true", truth(false)),
        ("(none = 1) is not true", truth(true)),
        ("(none = 1) is not false", truth(true)),
        ("active is true", truth(true)),
        ("not active", truth(false)),
        ("coalesce(none, 0)", integer(0)),
        ("coalesce(none, 0.5)", decimal("0.5")),
        ("coalesce(none, quantity, score)", number(7.0)),
        ("coalesce(nothing, null, 'x')", text("x")),
        ("nullif(quantity, 7.0)", null(FieldType::Integer)),
        ("nullif(quantity, none)", integer(7)),
        ("\"Full name\" || ' (' || title || ')'", text("Ada King (Call Ácme)")),
        ("'#' || id || ' ' || price || ' ' || active || ' ' || score", text("#1 12.50 USD true 1.5")),
        ("title || nothing", null(FieldType::Text)),
        ("concat(title, nothing, '!')", text("Call Ácme!")),
        ("lower(title) || upper(title)", text("call ácmeCALL ÁCME")),
        ("length(title)", integer(9)),
        ("trim('  a b ')", text("a b")),
        ("substr(title, 6)", text("Ácme")),
        ("substr(title, 6, 2)", text("Ác")),
        ("substr(title, 0, 3)", text("Ca")),
        ("substr(title, -5, 3)", text("")),
        ("substr(title, 3, -1)", text("")),
        ("substr(title, 99999999999999999999)", text("")),
        ("replace(title, 'l', 'LL')", text("CaLLLL Ácme")),
        ("replace(title, '', 'x')", text("Call Ácme")),
        ("title like 'call%'", truth(true)),
        ("title not like '%x%'", truth(true)),
        ("stage in ('open', 'won')", truth(true)),
        ("stage not in ('open', nothing)", null(FieldType::Boolean)),
        ("quantity between 7.0 and 7.5", truth(true)),
        ("quantity not between 1 and none", null(FieldType::Boolean)),
        ("quantity not between 8 and none", truth(true)),
        ("stage = 'won'", truth(true)),
        ("case when quantity >= 10 then 'many' when quantity >= 5 then 'some' else 'few' end", text("some")),
        ("case stage when 'open' then 1 when 'won' then 2 end", integer(2)),
        ("case stage when 'x' then 1 end", null(FieldType::Integer)),
        ("case nothing when 'x' then 1 else 2 end", integer(2)),
        ("case when none > 1 then 1 else 0.5 end", decimal("0.5")),
        ("case when active then due else seen end", time("2026-01-31T00:00:00Z")),
        ("case when active then '2026-02-01' else due end", date("2026-02-01")),
        ("now()", time("2026-11-24T06:00:00Z")),
        ("date(now())", date("2026-11-24")),
        ("date('2026-11-24T23:30:00-02:00')", date("2026-11-25")),
        ("due + interval '1 month'", date("2026-02-28")),
        ("due - interval '1 year 2 days'", date("2025-01-29")),
        ("due + interval '90 minutes'", time("2026-01-31T01:30:00Z")),
        ("seen + interval '1' day", time("2026-11-25T05:59:59.5Z")),
        ("'2026-01-31' + interval '1 month'", date("2026-02-28")),
        ("due + quantity", date("2026-02-07")),
        ("due - 31", date("2025-12-31")),
        ("due - start", integer(31)),
        ("due - '2026-01-01'", integer(30)),
        ("date(seen) - due", integer(297)),
        ("year(due) * 10000 + month(due) * 100 + day(due)", integer(20_260_131)),
        ("year('0044-03-15 BC')", integer(-44)),
        ("year('infinity')", null(FieldType::Integer)),
        ("due < now()", truth(true)),
        ("due < '2026-02-01T00:00:01Z'", truth(true)),
        ("seen between due and now() + interval '1 day'", truth(true)),
        ("max(due, start)", date("2026-01-31")),
        ("owner is null", truth(true)),
        ("file is not null", truth(true)),
        ("stage", text("won")),
        ("1e3 + 1", decimal("1001")),
        ("9223372036854775808", (FieldType::Integer, Value::from("9223372036854775808"))),
        ("-9223372036854775808", integer(i64::MIN)),
        ("007", integer(7)),
    ] {
        assert_eq!(gives(formula), expected, "{formula}");
    }
}

#[test]
fn what_is_no_formula_is_refused_with_its_place() {
    for (text, expected) in [
        ("", "cannot read the formula at column 1: expected an expression, found the end"),
        ("price *", "cannot read the formula at column 8: expected an expression, found the end"),
        ("price * 'x", "at column 9: unterminated string literal"),
        ("price quantity", "at column 7: `quantity` was not expected"),
        ("sum(price)", "at column 4: `sum(…)` is no part of a formula; the functions are abs, coalesce,"),
        ("\"lower\"(title)", "`\"lower\"(…)` is no part of a formula"),
        ("price; drop table x", "at column 6: `;` is no part of a formula"),
        ("price -- more", "at column 7: it has a comment"),
        ("(select 1)", "at column 2: queries are no part of a formula"),
        ("quantity in (select 1)", "queries are no part of a formula"),
        ("owner.name", "at column 1: `owner.name` is no field of the record itself"),
        ("quantity::text", "at column 9: `::` is no part of a formula"),
        ("cast(quantity as text)", "`cast(…)` is no part of a formula"),
        ("date '2026-01-01'", "`DATE '2026-01-01'` is no part of a formula"),
        ("extract(year from due)", "`extract(…)` is no part of a formula"),
        ("substr(title from 2)", "`SUBSTR(title FROM 2)` is no part of a formula"),
        ("trim(both ' ' from title)", "is no part of a formula"),
        ("title ilike 'x'", "`title ILIKE 'x'` is no part of a formula"),
        ("title like nothing", "at column 12: `like` needs a text in single quotes"),
        ("due + interval 'a while'", "at column 16: this interval cannot be read"),
        ("lower()", "at column 1: `lower` has too few values"),
        ("lower(title, title)", "`lower` has too many values"),
        ("max(quantity)", "`max` has too few values"),
        ("now(1)", "`now` has too many values"),
        ("max(distinct quantity, 2)", "is no part of a formula"),
        ("concat(*)", "is no part of a formula"),
        ("lower(x => title)", "`=>` is no part of a formula"),
        ("x'00'", "`X'00'` is no part of a formula"),
        ("1e999999999", "at column 1: this number has too many digits"),
        ("quantity is distinct from 1", "is no part of a formula"),
        ("quantity\n + 'x", "at line 2, column 4: unterminated string literal"),
        ("current_date", "`current_date` is no part of a formula"),
        ("quantity\0", "at column 9: it has a NUL character"),
    ] {
        let error = Expression::parse(text).expect_err(text);
        assert_eq!(error.kind, Kind::Usage, "{text}");
        assert!(error.message.contains(expected), "{text}\n{}\n{expected}", error.message);
        assert!(error.hint.is_some(), "{text}");
    }
}

#[test]
fn a_formula_is_checked_against_the_fields() {
    for (text, kind, expected, hint) in [
        (
            "1 + quantiy",
            Kind::NotFound,
            "wrong at column 5: table `orders` has no field `quantiy`",
            "did you mean `quantity`?",
        ),
        ("zzz", Kind::NotFound, "table `orders` has no field `zzz`", "the fields are id, title, \"Full name\""),
        ("total + 1", Kind::Usage, "column 1: field `total` is computed itself", "write out"),
        ("2 * title", Kind::Usage, "column 5: field `title` is of type text: `*` takes numbers", "change-field"),
        ("title + title", Kind::Usage, "field `title` is of type text: `+` takes numbers", "joined with `||`"),
        (
            "active + 1",
            Kind::Usage,
            "field `active` is of type boolean: `+` takes numbers",
            "case when active then 1 else 0 end",
        ),
        ("owner + 1", Kind::Usage, "field `owner` is of type relation", "lookup"),
        (
            "owner",
            Kind::Usage,
            "field `owner` is of type relation: a formula can only ask whether it is null",
            "lookup",
        ),
        ("file", Kind::Usage, "field `file` is of type binary", "lookup"),
        ("owner = 'x'", Kind::Usage, "field `owner` is of type relation", "lookup"),
        ("null", Kind::Usage, "it is always null", "price * quantity"),
        ("coalesce(null, null)", Kind::Usage, "it is always null", "price"),
        ("1 + null", Kind::Usage, "column 5: null + anything is always null", ""),
        ("title = null", Kind::Usage, "column 9: nothing is equal to null", "is null"),
        (
            "price + 1",
            Kind::Usage,
            "column 1: `price + 1` is an amount with its currency + an integer, which has no meaning",
            "price + '5.00 USD'",
        ),
        ("price * price", Kind::Usage, "which has no meaning", "multiplied by a number"),
        ("price + '5'", Kind::Usage, "column 9: `'5'` is no amount with its currency such as `'12.50 USD'`", ""),
        ("seen - seen", Kind::Usage, "which has no meaning", "date(seen) - date(seen)"),
        ("due + due", Kind::Usage, "which has no meaning", "interval '7 days'"),
        ("due + 1.5", Kind::Usage, "which has no meaning", "due + 7"),
        ("due > 'soon'", Kind::Usage, "column 7: `'soon'` is no date such as `'2026-11-24'`", ""),
        ("due > 5", Kind::Usage, "column 7: `5` is an integer: it is compared with a date", ""),
        ("title > 5", Kind::Usage, "`5` is an integer: it is compared with a text", ""),
        ("quantity > 'x'", Kind::Usage, "`'x'` is a text: an integer is wanted here", ""),
        (
            "case when quantity then 1 end",
            Kind::Usage,
            "column 11: field `quantity` is of type integer: a condition is true or false",
            "compare it",
        ),
        ("not title", Kind::Usage, "field `title` is of type text: a condition is true or false", "compare it"),
        (
            "case when active then 1 else 'x' end",
            Kind::Usage,
            "column 30: `'x'` is a text: another result is an integer, and all must be of one type",
            "",
        ),
        ("coalesce(title, quantity)", Kind::Usage, "field `quantity` is of type integer: another result is a text", ""),
        (
            "lower(quantity)",
            Kind::Usage,
            "field `quantity` is of type integer: `lower` takes a text",
            "`quantity || ''` is its text",
        ),
        ("round(title)", Kind::Usage, "field `title` is of type text: `round` takes a number", ""),
        ("round(amount, 1.5)", Kind::Usage, "`1.5` is a decimal: `round` takes a whole number here", ""),
        ("year(title)", Kind::Usage, "field `title` is of type text: `year` takes a date or datetime", ""),
        ("year('soon')", Kind::Usage, "`'soon'` is no time such as", ""),
        ("interval '1 day'", Kind::Usage, "an interval is no value of its own", "now() + interval '1 day'"),
        (
            "quantity + interval '1 day'",
            Kind::Usage,
            "field `quantity` is of type integer: an interval is added to a date or datetime",
            "",
        ),
        ("title || null", Kind::Usage, "null has no text", ""),
        ("title\nlike 'x' and quantity", Kind::Usage, "wrong at line 2, column 14: field `quantity`", ""),
    ] {
        let error = Expression::parse(text).expect(text).check(&orders()).expect_err(text);
        assert_eq!(error.kind, kind, "{text}");
        assert!(error.message.contains(expected), "{text}\n{}\n{expected}", error.message);
        assert!(error.hint.clone().unwrap_or_default().contains(hint), "{text}\n{:?}\n{hint}", error.hint);
    }
}

#[test]
fn a_formula_names_its_fields_and_takes_new_names() {
    let formula = Expression::parse("case when quantity > 1 then price * quantity else \"Full name\" = 'price' end");
    let formula = formula.expect("a formula");
    assert_eq!(formula.fields(), ["quantity", "price", "Full name"]);
    let renamed = formula.rename("price", "unit price").rename("Full name", "name");
    assert_eq!(renamed.to_string(), "case when quantity > 1 then \"unit price\" * quantity else name = 'price' end");
    assert_eq!(formula.fields().len(), 3, "the first one stays");
}

#[test]
fn every_keyword_can_be_a_field_of_a_formula() {
    let mut misread = Vec::new();
    for keyword in sqlparser::keywords::ALL_KEYWORDS {
        let field = keyword.to_lowercase();
        let quoted = appctl::base::filter::quoted(&field);
        for text in [
            format!("{quoted} + 1"),
            format!("1 - {quoted} * 2 || 'x'"),
            format!("not {quoted} is null"),
            format!("case when {quoted} then {quoted} else {quoted} end"),
            format!("case {quoted} when {quoted} then 1 end"),
            format!("max({quoted}, -{quoted}) in ({quoted})"),
        ] {
            let read = Expression::parse(&text);
            if read.as_ref().map(|formula| formula.fields() == [&field]) != Ok(true) {
                misread.push(field.clone());
            }
        }
    }
    misread.dedup();
    assert_eq!(misread, Vec::<String>::new(), "these words must be quoted when a formula is printed");
}

/// In a thread with the smallest usual stack, and never longer than a few seconds.
#[test]
fn monstrous_formulas_end_quickly() {
    let many = |part: &str, times: usize| part.repeat(times);
    let monsters = [
        many("(", 9_000),
        many("(", 100_000) + "1" + &many(")", 100_000),
        many("not ", 999) + "active",
        many("- ", 999) + "1",
        many("+", 999) + "1",
        "1".to_owned() + &many(" + 1", 400),
        "1".to_owned() + &many(" * 1", 50),
        "1".to_owned() + &many(" = 1", 300),
        "'a'".to_owned() + &many(" || 'a'", 490),
        "active".to_owned() + &many(" and active", 490),
        many("case when active then ", 150) + "1" + &many(" end", 150),
        "case".to_owned() + &many(" when active then 1", 160) + " end",
        "case quantity".to_owned() + &many(" when 1 then 1", 160) + " end",
        many("lower(", 39) + "title" + &many(")", 39),
        many("max(1, ", 39) + "quantity" + &many(")", 39),
        many("replace(", 38) + "'aaaaaaaaaa'" + &many(", 'a', 'aaaaaaaaaa')", 38),
        many("max(1, ", 39) + "quantity",
        many("interval ", 500),
        many("case ", 900),
        many("date(", 39) + "due" + &many(")", 39),
        "quantity in (".to_owned() + &many("1, ", 6_000) + "1)",
        "quantity in (".to_owned() + &many("1, ", 90) + "1)",
        "1e60000 * ".to_owned() + &many("1e60000 * ", 20) + "1",
        "1e130000 + 1e-130000".to_owned(),
        "1e-30000 / 1e30000".to_owned(),
        "1 / 1e30000".to_owned(),
        "round(1e30000 / 3, 1000)".to_owned(),
        "'".to_owned() + &many("a", 30_000) + "'",
        many("1 between ", 300) + "1",
        many("quantity.", 400) + "quantity",
        many("coalesce(quantity, ", 39) + "1" + &many(")", 39),
        "price".to_owned() + &many(" * 1e100000", 50),
    ];
    for monster in monsters {
        let start = monster.chars().take(40).collect::<String>();
        let started = Instant::now();
        let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(move || {
            let Ok(formula) = Expression::parse(&monster) else { return };
            assert_eq!(Expression::parse(&formula.to_string()).as_ref(), Ok(&formula));
            if let Ok(checked) = formula.check(&orders()) {
                checked.evaluate(&order, now());
                appctl::store::formula_sql(&orders(), "o", &formula, now()).expect("it was checked");
            }
        });
        thread.expect("a thread").join().unwrap_or_else(|_| panic!("{start}"));
        assert!(started.elapsed() < Duration::from_secs(30), "{start} took {:?}", started.elapsed());
    }
}

#[test]
fn a_quotient_is_the_nearest_decimal_of_its_scale() {
    for (one, two, expected) in [
        ("1", "8", Some("0.125")),
        ("-1", "3", Some("-0.33333333333333333333")),
        ("-2", "3", Some("-0.66666666666666666667")),
        ("1.000000000000000000000000", "3", Some("0.333333333333333333333333")),
        ("100000000000000000000000000000", "3", Some("33333333333333333333333333333")),
        ("5", "0.0", None),
        ("NaN", "0", None),
        ("Infinity", "-2", Some("-Infinity")),
        ("Infinity", "Infinity", Some("NaN")),
        ("-3", "-Infinity", Some("0")),
        ("0.00", "7", Some("0.00")),
        ("x", "1", None),
    ] {
        assert_eq!(decimal::compute(decimal::Operation::Divide, one, two).as_deref(), expected, "{one} / {two}");
    }
}
