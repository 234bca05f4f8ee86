//! Texts that try to be more than what they are asked for, through every door that takes text: filters, sorts, fields, ids,
//! names, formulas and read-only SQL. Each is refused or inert: the store stays as it was, and no file comes to be.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::{Duration, Instant};

use appctl::app::{App, SelectLimits};
use appctl::base::expression::Expression;
use appctl::base::{Clock, Error, Field, FieldName, FieldType, Kind, Result, Table, TableName, Timestamp, Value};
use appctl::records::{self, Listing};
use appctl::tables;
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

/// What nobody may see: it stands in a document of appctl's own.
const MARK: &str = "marker-of-a-document";

const CORPUS: &[&str] = &[
    "1=1; drop table t",
    "title = 'x'; drop table t; --",
    "title = 'x' or 1=1 --",
    "title = 'x'/**/or/**/true",
    "title = 'x' /* ",
    "' or '1'='1",
    "\" or \"\" = \"",
    "title' or 'x'='x",
    "title\" = 'x' or \"title",
    "'; attach database 'evil.db' as e; --",
    "title = (select body from _appctl_documents)",
    "title in (select body from _appctl_documents)",
    "exists (select 1 from _appctl_documents)",
    "(select load_extension('evil.so')) is null",
    "load_extension('evil.so')",
    "load_extension('evil.so') is null or true",
    "title = load_extension('evil.so')",
    "writefile('evil', title)",
    "readfile('/etc/passwd')",
    "edit(title)",
    "randomblob(1000000000)",
    "zeroblob(1000000000) = title",
    "pragma writable_schema = on",
    "pragma table_info(t)",
    "attach 'evil.db' as e",
    "detach main",
    "vacuum into 'evil.db'",
    "title union select body from _appctl_documents",
    "title, (select body from _appctl_documents)",
    "title from t union all select body from _appctl_documents --",
    "_appctl_documents.body",
    "\"_appctl_documents\".\"body\"",
    "sqlite_schema.sql",
    "main.t.title",
    "rowid",
    "_rowid_",
    "oid = 1",
    "t0.title = 'x'",
    "\"t0\".\"title\" = 'x'",
    "1",
    "1 desc",
    "title desc",
    "title collate nocase",
    "title COLLATE BINARY, id",
    "title asc nulls last",
    "-(select 1)",
    "id limit 1 offset 1",
    "case when 1 then title else id end",
    "json_extract(title, '$.a')",
    "title -> '$.a'",
    "title ->> '$.a' = 'x'",
    "$.a",
    "title[0]",
    "title = ?",
    "title = ?1",
    "title = :a",
    "title = @a",
    "title = $a",
    "title = char(39)",
    "title = x'27' || 'x'",
    "title = E'\\x27'",
    "title = U&'\\0027'",
    "title = $$x$$",
    "`title` = 'x'",
    "[title] = 'x'",
    "title \u{ff1d} \u{ff07}x\u{ff07}",
    "title = \u{2019}x\u{2019}",
    "title\u{200b} = 'x'",
    "\u{202e}eltit = 'x'",
    "t\u{0456}tle = 'x'",
    "title = '\u{0}'",
    "title\u{0} = 'x'",
    "title = 'x\u{0}' or 1=1",
    "\u{feff}title = 'x'",
    "title = 'x'\r\n; drop table t",
    "title\u{a0}=\u{a0}'x'",
    "%27%20or%201=1",
    "\\' or 1=1 --",
    "{{title}}",
    "${title}",
    "$(touch evil)",
    "`touch evil`",
    "../../etc/passwd",
    "title match 'x'",
    "title glob '*'",
    "title regexp '.*'",
    "title like 'x' escape '!'",
    "cast(title as blob)",
    "total_changes()",
    "last_insert_rowid()",
    "sqlite_version()",
    "decimal_key(title)",
    "text_join(title, 'x')",
    "fts3_tokenizer('x', x'00')",
    "now() - now()",
    "interval '1 day' * 1e9",
    "title = 9e999999999999",
    "id = 1e400",
    "id = -99999999999999999999999999999999999999999999999999",
    "id between null and null",
    "null",
    "*",
    "t.*",
    "count(*)",
    "sum(id) over ()",
    "(title, id) = (1, 2)",
    "row(1)",
    "array[1]",
    "not not not not id",
    "- - - 1",
    "id = 1 and",
    "))",
    "",
    " ",
];

/// The same again with shapes that are long or deep.
fn corpus() -> Vec<String> {
    let many = |part: &str, times: usize| part.repeat(times);
    let mut corpus: Vec<String> = CORPUS.iter().map(|text| (*text).to_owned()).collect();
    corpus.extend([
        many("(", 100_000),
        many("(", 100_000) + "1" + &many(")", 100_000),
        many("(", 900) + "select 1" + &many(")", 900),
        many("not ", 100_000) + "id = 1",
        "id = 1".to_owned() + &many(" or id = 1", 100_000),
        "id".to_owned() + &many(" + 1", 2_500) + " = 1",
        "title".to_owned() + &many(" || title", 2_500),
        many("lower(", 100_000) + "title",
        many("case when ", 100_000),
        "title like '".to_owned() + &many("%a", 100_000) + "'",
        "title like '".to_owned() + &many("_", 60_000) + "'",
        "title = '".to_owned() + &many("x", 900_000) + "'",
        "id in (".to_owned() + &many("1, ", 40_000) + "1)",
        many("x", 1_000_000),
        many("a.", 100_000) + "b",
        many("\"", 99_999),
        many("'", 99_999),
        many("-", 100_000),
        many("\u{1f600}", 50_000),
    ]);
    corpus
}

/// SQL whose every statement must be refused, or give nothing but what people's tables hold.
const QUERIES: &[&str] = &[
    "select body from _appctl_documents",
    "select body from \"_APPCTL_Documents\"",
    "select body from main._appctl_documents",
    "select * from (select body from _appctl_documents)",
    "with d as (select body from _appctl_documents) select * from d",
    "select (select body from _appctl_documents) from t",
    "select * from t where title in (select body from _appctl_documents)",
    "select * from t join _appctl_documents on true",
    "select * from t union all select kind, name from _appctl_documents",
    "select sql from sqlite_schema",
    "select sql from sqlite_master",
    "select sql from sqlite_temp_schema",
    "select * from pragma_table_info('t')",
    "select * from pragma_database_list",
    "select * from dbstat",
    "select * from sqlite_dbpage",
    "select * from bytecode('select 1')",
    "pragma writable_schema = on",
    "pragma journal_mode = delete",
    "pragma query_only = off",
    "pragma user_version",
    "attach 'evil.db' as e",
    "attach ':memory:' as e",
    "detach main",
    "vacuum",
    "vacuum into 'evil.db'",
    "analyze",
    "reindex",
    "begin",
    "begin exclusive",
    "commit",
    "rollback",
    "savepoint x",
    "create table evil (a)",
    "create temp table evil (a)",
    "create temp view evil as select 1",
    "create virtual table evil using fts5(a)",
    "create trigger evil after insert on t begin select 1; end",
    "create index evil on t (title)",
    "drop table t",
    "alter table t rename to evil",
    "insert into t values (9, 'x')",
    "insert into t (title) values ('x') returning id",
    "replace into t values (1, 'x')",
    "update t set title = 'x'",
    "update t set title = 'x' returning *",
    "delete from t",
    "with x as (select 1) delete from t",
    "with x as (select 1) insert into t select 9, 'x' returning *",
    "explain select 1",
    "explain query plan select * from t",
    "explain delete from t",
    "select 1; delete from t",
    "select 1; select 2",
    "select load_extension('evil.so')",
    "select writefile('evil', 'x')",
    "select readfile('/etc/passwd')",
    "select edit('x')",
    "select fts3_tokenizer('x')",
    "select zeroblob(1000000000)",
    "select randomblob(1000000000)",
    "select hex(zeroblob(100000000))",
    "select printf('%.*c', 1000000000, 'x')",
    "select replace(printf('%.*c', 1000000, 'x'), 'x', 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx')",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select max(x) from n",
    "with recursive n(x) as (select 1 union all select x + 1 from n) select x from n",
    "with recursive n(x) as (select 'x' union all select x || x from n) select max(length(x)) from n",
    "select count(*) from t a, t b, t c, t d, t e, t f, t g, t h, t i, t j, t k, t l, t m, t n, t o, t p, t q, t r",
    "select ?",
    "select ?1",
    "select :a",
    "select * from evil.t",
    "select 'it''s' -- comment",
    "/* nothing */",
    ";",
    "",
    "select 1 \0; delete from t",
    "select\u{a0}1",
    "select decimal_add('1e400', '1')",
    "select decimal_multiply(printf('%.*c', 130000, '9'), printf('%.*c', 130000, '9'))",
    "select text_compare('x', 1, 2), number_in(), number_in(1), text_substr('a'), currency_round('x', 'y')",
    "select date_add('2026-01-01', 9223372036854775807, 1, 1), decimal_round('1', 9223372036854775807)",
    "select json_list(title, 'nothing') from t",
];

fn app() -> (App, Table) {
    let app = App::temporary(Clock::fixed(Timestamp::parse("2026-11-24T06:00:00Z").unwrap())).unwrap();
    let name = |text: &str| FieldName::parse(text).unwrap();
    let table = Table {
        name: TableName::parse("t").unwrap(),
        fields: vec![Field::new(name("id"), FieldType::Integer), Field::new(name("title"), FieldType::Text)],
        key: vec![name("id")],
        generated_key: true,
        connection: None,
        computed: Vec::new(),
    };
    let filled = app.store.change(&app.person(), "fill", |change| {
        change.create_table(&table)?;
        for title in ["x", "y", "it's", ""] {
            change.insert(&table, &[(name("title"), Value::from(title))])?;
        }
        change.put_document("account", "secret", &serde_json::json!({ "word": MARK }))
    });
    filled.unwrap();
    (app, table)
}

/// Everything that the store's file holds, as text, and the names of all files around it.
fn everything(folder: &Path) -> String {
    let file = folder.join("app.db");
    let connection = rusqlite::Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let rows = |sql: &str| {
        let mut statement = connection.prepare(sql).unwrap();
        let columns = statement.column_count();
        let mut rows = statement.query([]).unwrap();
        let mut text = String::new();
        while let Some(row) = rows.next().unwrap() {
            (0..columns).for_each(|column| text.push_str(&format!("{:?} ", row.get_ref(column).unwrap())));
            text.push('\n');
        }
        text
    };
    let mut all = rows("select type, name, sql from sqlite_schema order by name");
    let mut names = connection.prepare("select name from sqlite_schema where type = 'table' order by name").unwrap();
    let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(|name| name.unwrap()).collect();
    for name in names {
        all.push_str(&format!("{name}\n{}", rows(&format!("select * from \"{}\"", name.replace('"', "\"\"")))));
    }
    all + &files(folder).join("\n")
}

/// The names of all files, without SQLite's own beside the main one, which come and go.
fn files(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names.extend(files(&path));
        }
        names.push(path.display().to_string());
    }
    names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
    names.sort();
    names
}

fn is_refusal(error: &Error) -> bool {
    matches!(error.kind, Kind::Usage | Kind::NotFound | Kind::Denied)
}

/// Reads through a listing.
fn listed(app: &App, table: &Table, listing: &Listing) -> Result<String> {
    let query = records::prepare(app, table, listing)?;
    let mut seen = String::new();
    app.store.read(&query, &mut |cells| {
        seen.push_str(&format!("{cells:?}"));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(seen)
}

#[test]
fn what_is_more_than_a_filter_sort_field_id_name_or_formula_is_refused_or_inert() {
    let (app, table) = app();
    let before = everything(app.store.folder());
    let plain = Listing::default;
    let mut tried = 0;
    for text in corpus() {
        let shown: String = text.chars().take(60).collect();
        let doors: [(&str, &dyn Fn() -> Result<String>); 8] = [
            ("where", &|| listed(&app, &table, &Listing { filter: Some(text.clone()), ..plain() })),
            ("count", &|| records::count(&app, &table, Some(&text)).map(|count| count.to_string())),
            ("sort", &|| listed(&app, &table, &Listing { sort: vec![text.clone()], ..plain() })),
            ("fields", &|| listed(&app, &table, &Listing { fields: vec![text.clone()], ..plain() })),
            ("after", &|| listed(&app, &table, &Listing { after: Some(text.clone()), ..plain() })),
            ("table", &|| {
                let name = TableName::parse(&text)?;
                tables::find(&app, &name).map(|table| format!("{table:?}"))
            }),
            ("field", &|| FieldName::parse(&text).map(|name| name.to_string())),
            ("formula", &|| {
                let formula = Expression::parse(&text)?;
                let (sql, values, _) = appctl::store::formula_sql(&table, "t", &formula, app.clock.now())?;
                assert!(!sql.contains('\''), "{shown}: nothing of a formula's text is in the SQL: {sql}");
                Ok(format!("{values:?}"))
            }),
        ];
        for (door, open) in doors {
            let started = Instant::now();
            match open() {
                Ok(seen) => assert!(!seen.contains(MARK), "{door}: {shown}"),
                Err(error) => assert!(is_refusal(&error), "{door}: {shown}\n{error:?}"),
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{door}: {shown} took {:?}", started.elapsed());
            tried += 1;
        }
    }
    assert_eq!(everything(app.store.folder()), before);
    println!("{tried} tries, nothing changed");
}

#[test]
fn sql_from_people_only_reads_their_tables() {
    let (app, _) = app();
    let before = everything(app.store.folder());
    let limits = SelectLimits { rows: 100, time: Duration::from_secs(1) };
    let deep = corpus().into_iter().map(|text| format!("select * from t where {text}"));
    for text in QUERIES.iter().map(|text| (*text).to_owned()).chain(deep) {
        let shown: String = text.chars().take(120).collect();
        let mut seen = String::new();
        let started = Instant::now();
        let selected = tables::query(&app, &text, &limits, &mut |columns, cells| {
            seen.push_str(&format!("{columns:?}{cells:?}").chars().take(1_000).collect::<String>());
            Ok(ControlFlow::Continue(()))
        });
        assert!(!seen.contains(MARK) && !seen.contains("CREATE TABLE"), "{shown}: {seen}");
        if let Err(error) = selected {
            assert!(is_refusal(&error), "{shown}\n{error:?}");
        }
        assert!(started.elapsed() < Duration::from_secs(30), "{shown} took {:?}", started.elapsed());
    }
    assert_eq!(everything(app.store.folder()), before);
}

/// Names of any kind are only names, wherever they stand.
#[test]
fn hostile_names_are_only_names() {
    let home = Home::new();
    home.run("tables create other title:text");
    home.run("records create other title=kept");
    let run = |arguments: &[&str]| home.finish(home.command(arguments), None);
    for name in [
        "x\"; drop table other; --",
        "x'); delete from other; --",
        "select",
        "a b",
        "\u{202e}evil",
        "`touch evil`",
        "[x]",
        "%s%n",
        "t0",
    ] {
        let (field, quoted) = (format!("{name}:text"), format!("\"{}\"", name.replace('"', "\"\"")));
        for arguments in [
            vec!["tables", "create", name, &field],
            vec!["records", "create", name, &format!("{name}=x")],
            vec![
                "records",
                "list",
                name,
                "--where",
                &format!("{quoted} = 'x'"),
                "--sort",
                &quoted,
                "--fields",
                &quoted,
            ],
            vec!["records", "count", name, "--where", &format!("{quoted} like 'x'")],
            vec!["tables", "add-field", name, &format!("f:formula={quoted} || 'y'")],
            vec!["records", "list", name, "--where", "f = 'xy'", "--json"],
        ] {
            let ran = run(&arguments);
            assert_eq!(ran.status, 0, "{arguments:?}{ran}");
        }
        let listed = run(&["records", "list", name, "--where", "f = 'xy'", "--json"]);
        assert!(listed.stdout.contains("\"xy\""), "{listed}");
    }
    let other = run(&["records", "list", "other", "--json"]);
    assert!(other.stdout.contains("kept"), "{other}");
    assert!(!home.path().join("evil").exists());
}

/// The program as a whole: what it says, and with which status.
#[test]
fn the_program_refuses_injections_with_a_place() {
    let home = Home::new();
    home.run("tables create t title:text");
    home.run("records create t title=x");
    let folder = home.path().join("apps/default");
    let before = everything(&folder);
    let run = |arguments: &[&str]| home.finish(home.command(arguments), None).to_string();
    assert_data_eq!(
        run(&["records", "list", "t", "--where", "title = 'x'; drop table t"]),
        str![[r#"

[status 2]
[stderr]
error: cannot read the filter at column 12: `;` is no part of a filter
hint: a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'

"#]]
    );
    assert_data_eq!(
        run(&["records", "list", "t", "--where", "title in (select body from _appctl_documents)"]),
        str![[r#"

[status 2]
[stderr]
error: cannot read the filter at column 11: queries are no part of a filter
hint: a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'

"#]]
    );
    assert_data_eq!(
        run(&["records", "list", "t", "--sort", "title; drop table t"]),
        str![[r#"

[status 3]
[stderr]
error: table `t` has no field `title; drop table t`
hint: did you mean `title`?

"#]]
    );
    assert_data_eq!(
        run(&["records", "list", "t", "--fields", "(select 1)"]),
        str![[r#"

[status 3]
[stderr]
error: table `t` has no field `(select 1)`
hint: the fields are id, title

"#]]
    );
    assert_data_eq!(
        run(&["records", "list", "_appctl_documents"]),
        str![[r#"

[status 2]
[stderr]
error: `TABLE`: table name `_appctl_documents` begins with a reserved prefix (`_appctl_`, `sqlite_`)
hint: see `appctl records list --help`

"#]]
    );
    assert_data_eq!(
        run(&["tables", "query", "select body from _appctl_documents"]),
        str![[r#"

[status 5]
[stderr]
error: the query may only read the app's tables
hint: use SELECT; records are changed by `appctl records`

"#]]
    );
    assert_data_eq!(
        run(&["tables", "query", "attach 'evil.db' as e"]),
        str![[r#"

[status 5]
[stderr]
error: the query may only read the app's tables
hint: use SELECT; records are changed by `appctl records`

"#]]
    );
    assert_data_eq!(
        run(&["tables", "query", "select 1; drop table t"]),
        str![[r#"

[status 5]
[stderr]
error: the query may only read the app's tables
hint: use SELECT; records are changed by `appctl records`

"#]]
    );
    assert_data_eq!(
        run(&["tables", "add-field", "t", "f:formula=load_extension('evil')"]),
        str![[r#"

[status 2]
[stderr]
error: field `f`: cannot read the formula at column 15: `load_extension(…)` is no part of a formula; the functions are abs, coalesce, concat, date, day, length, lower, max, min, month, now, nullif, replace, round, substr, trim, upper, year
hint: a formula is an expression over the record's own fields: `price * quantity`, `first || ' ' || last`, `case when due < now() then 'late' else 'open' end`

"#]]
    );
    assert_eq!(everything(&folder), before);
}

/// What is wrong with a formula is said when the field is made, and nothing is made.
#[test]
fn a_wrong_formula_makes_no_field() {
    let home = Home::new();
    home.run("tables create orders title:text quantity:integer price:currency due:date");
    let add = |formula: &str| {
        let field = format!("f:formula={formula}");
        home.finish(home.command(&["tables", "add-field", "orders", &field]), None).to_string()
    };
    assert_data_eq!(
        add("price *"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: cannot read the formula at column 8: expected an expression, found the end
hint: a formula is an expression over the record's own fields: `price * quantity`, `first || ' ' || last`, `case when due < now() then 'late' else 'open' end`

"#]]
    );
    assert_data_eq!(
        add("price * quantitty"),
        str![[r#"

[status 3]
[stderr]
error: field `f`: the formula is wrong at column 9: table `orders` has no field `quantitty`
hint: did you mean `quantity`?

"#]]
    );
    assert_data_eq!(
        add("title + 1"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: the formula is wrong at column 1: field `title` is of type text: `+` takes numbers
hint: texts are joined with `||`: `first || ' ' || last`

"#]]
    );
    assert_data_eq!(
        add("price + 1"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: the formula is wrong at column 1: `price + 1` is an amount with its currency + an integer, which has no meaning
hint: an amount is added to an amount, `price + '5.00 USD'`, and multiplied by a number

"#]]
    );
    assert_data_eq!(
        add("due > 'soon'"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: the formula is wrong at column 7: `'soon'` is no date such as `'2026-11-24'`

"#]]
    );
    assert_data_eq!(
        add("case when quantity then 1 end"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: the formula is wrong at column 11: field `quantity` is of type integer: a condition is true or false
hint: compare it: `quantity > 0`, `title = 'x'`, `due is not null`

"#]]
    );
    assert_data_eq!(
        add("owner.name"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: cannot read the formula at column 1: `owner.name` is no field of the record itself
hint: a lookup reads fields of other records: `NAME:lookup=owner.name`

"#]]
    );
    assert_data_eq!(
        add("sum(quantity)"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: cannot read the formula at column 4: `sum(…)` is no part of a formula; the functions are abs, coalesce, concat, date, day, length, lower, max, min, month, now, nullif, replace, round, substr, trim, upper, year
hint: a formula is an expression over the record's own fields: `price * quantity`, `first || ' ' || last`, `case when due < now() then 'late' else 'open' end`

"#]]
    );
    assert_data_eq!(
        add("null"),
        str![[r#"

[status 2]
[stderr]
error: field `f`: the formula is wrong at column 1: it is always null
hint: give it a field: `price * quantity`

"#]]
    );
    assert_data_eq!(
        add("f + 1"),
        str![[r#"

[status 3]
[stderr]
error: field `f`: the formula is wrong at column 1: table `orders` has no field `f`
hint: the fields are id, title, quantity, price, due

"#]]
    );
    assert_data_eq!(
        add("round(price * quantity, 2)"),
        str![[r#"

[status 0]
[stdout]
table    orders
records  0
key      id

field     type      options                     rules
id        integer                               key, handed out
title     text
quantity  integer
price     currency
due       date
f         formula   round(price * quantity, 2)  worked out
[stderr]
added field `f` to table `orders`

"#]]
    );
    assert_data_eq!(
        add("1"),
        str![[r#"

[status 1]
[stderr]
error: table `orders` has a field `f` already
hint: see `appctl tables show orders`

"#]]
    );
    home.run("records create orders title=x quantity=3 'price=0.335 USD'");
    assert_data_eq!(
        home.run("records list orders --fields title,f --where 'f > 1' --sort -f"),
        str![[r#"

[status 0]
[stdout]
title         f
x      1.01 USD

"#]]
    );
}
