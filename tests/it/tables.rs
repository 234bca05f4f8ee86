//! `appctl tables`: making tables, showing them, adding fields, and SQL that can only read.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::synced::synced;

/// A home with people and tasks.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email --unique email");
    home.run("tables create tasks title:text! status:select=open,done owner:relation=people estimate:decimal");
    home
}

#[test]
fn a_new_app_has_no_tables() {
    assert_data_eq!(
        Home::new().run("tables list"),
        str![[r#"

[status 0]
[stderr]
there are no tables yet; make one with `appctl tables create NAME FIELD:TYPE…`

"#]]
    );
    assert_data_eq!(
        Home::new().run("tables list --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
}

#[test]
fn tables_are_listed_with_their_records() {
    let home = home();
    home.run("records create people name=Ada");
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 0]
[stdout]
table   fields  records  connection
people       3        1
tasks        5        0

"#]]
    );
    assert_data_eq!(
        home.run("tables list --json"),
        str![[r#"

[status 0]
[stdout]
[{"table":"people","fields":3,"records":1,"connection":null},
{"table":"tasks","fields":5,"records":0,"connection":null}]

"#]]
    );
}

#[test]
fn a_table_is_shown_with_its_fields() {
    assert_data_eq!(
        home().run("tables show tasks"),
        str![[r#"

[status 0]
[stdout]
table    tasks
records  0
key      id

field     type      options     rules
id        integer               key, handed out
title     text                  required
status    select    open, done
owner     relation  people      on delete restrict
estimate  decimal

"#]]
    );
    assert_data_eq!(
        home().run("tables show people --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","records":0,"key":["id"],"generated_key":true,"connection":null,"fields":[{"name":"id","type":"integer","options":null,"relation":null,"on_delete":null,"required":false,"unique":true,"key":true,"locked":false},{"name":"name","type":"text","options":null,"relation":null,"on_delete":null,"required":true,"unique":false,"key":false,"locked":false},{"name":"email","type":"email","options":null,"relation":null,"on_delete":null,"required":false,"unique":true,"key":false,"locked":false}],"computed":[],"inverse":[{"name":"tasks","table":"tasks","field":"owner","on_delete":"restrict"}]}

"#]]
    );
}

#[test]
fn a_synced_table_shows_what_the_connection_fills() {
    assert_data_eq!(
        synced().run("tables show contacts"),
        str![[r#"

[status 0]
[stdout]
table       contacts
records     1
key         id
connection  crm

field  type     options  rules
id     text              key, filled by the connection
email  text              filled by the connection
score  integer

"#]]
    );
}

#[test]
fn showing_an_unknown_table() {
    assert_data_eq!(
        home().run("tables show taks"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `taks`
hint: did you mean `tasks`?

"#]]
    );
    assert_data_eq!(
        Home::new().run("tables show contacts --json"),
        str![[r#"

[status 3]
[stderr]
{"error":{"kind":"not_found","message":"no table is named `contacts`","hint":"make one with `appctl tables create NAME FIELD:TYPE…`"}}

"#]]
    );
    assert_data_eq!(
        home().run("tables show"),
        str![[r#"

[status 2]
[stderr]
error: `TABLE` is missing
hint: see `appctl tables show --help`

"#]]
    );
}

#[test]
fn a_table_is_made_with_a_key_of_several_fields() {
    let home = Home::new();
    assert_data_eq!(
        home.run("tables create prices sku:text currency:text amount:decimal! --key sku --key currency"),
        str![[r#"

[status 0]
[stdout]
table    prices
records  0
key      sku, currency

field     type     options  rules
sku       text              key
currency  text              key
amount    decimal           required
[stderr]
created table `prices`

"#]]
    );
    home.run("records create prices sku=a,b currency=USD amount=1.50");
    assert_data_eq!(
        home.run("records get prices '\"a,b\",USD'"),
        str![[r#"

[status 0]
[stdout]
sku       a,b
currency  USD
amount    1.50

"#]]
    );
    assert_data_eq!(
        home.run("records get prices a"),
        str![[r#"

[status 2]
[stderr]
error: `a` is no key of table `prices`
hint: give sku, currency separated by commas, with quotes around a part that has one: `a,"b, c"`

"#]]
    );
}

#[test]
fn wrong_tables_are_not_made() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables create",
            str![[r#"

[status 2]
[stderr]
error: `TABLE` is missing
hint: see `appctl tables create --help`

"#]],
        ),
        (
            "tables create people name",
            str![[r#"

[status 1]
[stderr]
error: there is a table named `people` already
hint: see `appctl tables show people`, or choose another name

"#]],
        ),
        (
            "tables create _appctl_x name",
            str![[r#"

[status 2]
[stderr]
error: `TABLE`: table name `_appctl_x` begins with a reserved prefix (`_appctl_`, `sqlite_`)
hint: see `appctl tables create --help`

"#]],
        ),
        (
            "tables create x name:txt",
            str![[r#"

[status 2]
[stderr]
error: field `name`: no field type is called `txt`
hint: use one of text, long_text, integer, number, decimal, currency, boolean, date, datetime, select, multi_select, email, phone, url, json, relation, file, binary

"#]],
        ),
        (
            "tables create x state:select",
            str![[r#"

[status 2]
[stderr]
error: field `state`: a select names its options
hint: write `state:select=open,done`

"#]],
        ),
        (
            "tables create x owner:relation=peple",
            str![[r#"

[status 3]
[stderr]
error: field `owner`: no table is named `peple`
hint: did you mean `people`?

"#]],
        ),
        (
            "tables create x a A",
            str![[r#"

[status 2]
[stderr]
error: the fields `a` and `A` have the same name
hint: upper and lower case are the same to SQLite

"#]],
        ),
        (
            "tables create x id:text",
            str![[r#"

[status 2]
[stderr]
error: the field `id` and the number that records get are both `id`
hint: make it the key with `--key id`, or choose another name

"#]],
        ),
        (
            "tables create x sku --key skuu",
            str![[r#"

[status 3]
[stderr]
error: table `x` has no field `skuu`
hint: did you mean `sku`?

"#]],
        ),
        (
            "tables create x meta:json --key meta",
            str![[r#"

[status 2]
[stderr]
error: field `meta` is of type json and cannot be the key
hint: a key is a text, an integer, a date or the like

"#]],
        ),
        (
            "tables create x a --unique b",
            str![[r#"

[status 3]
[stderr]
error: table `x` has no field `b`
hint: the fields are id, a

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        home.run("tables list --jq '.[].table'"),
        str![[r#"

[status 0]
[stdout]
people
tasks

"#]]
    );
}

#[test]
fn a_field_is_added() {
    let home = home();
    home.run("records create people name=Ada");
    assert_data_eq!(
        home.run("tables add-field people score:integer"),
        str![[r#"

[status 0]
[stdout]
table    people
records  1
key      id

field  type     options  rules
id     integer           key, handed out
name   text              required
email  email             unique
score  integer

inverse  table  relation
tasks    tasks  owner
[stderr]
added field `score` to table `people`

"#]]
    );
    assert_data_eq!(
        home.run("records get people 1 --json"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"Ada","email":null,"score":null}

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`tables add-field people score`); `appctl undo 5` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records get people 1 --json"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"Ada","email":null}

"#]]
    );
}

#[test]
fn wrong_fields_are_not_added() {
    let home = home();
    home.run("records create people name=Ada");
    for (arguments, expected) in [
        (
            "tables add-field people",
            str![[r#"

[status 2]
[stderr]
error: `FIELD:TYPE` is missing
hint: see `appctl tables add-field --help`

"#]],
        ),
        (
            "tables add-field people name:text",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a field `name` already
hint: see `appctl tables show people`

"#]],
        ),
        (
            "tables add-field people age:integer!",
            str![[r#"

[status 2]
[stderr]
error: field `age` cannot be required: table `people` has 1 records without it
hint: leave the `!` away: `age:integer`

"#]],
        ),
        (
            "tables add-field people boss:relation=nobody",
            str![[r#"

[status 3]
[stderr]
error: field `boss`: no table is named `nobody`
hint: see `appctl tables list`

"#]],
        ),
        (
            "tables add-field persons age:integer",
            str![[r#"

[status 3]
[stderr]
error: no table is named `persons`
hint: see `appctl tables list`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables add-field contacts age:integer!"),
        str![[r#"

[status 2]
[stderr]
error: field `age` cannot be required: the records of `contacts` come from connection `crm` without it
hint: leave the `!` away: `age:integer`

"#]]
    );
}

#[test]
fn sql_reads_across_tables() {
    let home = home();
    home.run("records create people name=Ada");
    home.run("records create tasks title=Call owner=1 estimate=0.1");
    home.run("records create tasks title=Write owner=1 estimate=0.2");
    let sql = "select p.name, decimal_sum(t.estimate) as estimate, count(*), count(*) from tasks t
               join people p on p.id = t.owner group by p.id";
    assert_data_eq!(
        home.run(&format!("tables query '{sql}'")),
        str![[r#"

[status 0]
[stdout]
name  estimate  count(*)  count(*)_2
Ada   0.3       2         2

"#]]
    );
    assert_data_eq!(
        home.run(&format!("tables query '{sql}' --json")),
        str![[r#"

[status 0]
[stdout]
[{"name":"Ada","estimate":"0.3","count(*)":2,"count(*)_2":2}]

"#]]
    );
    let from_stdin = home.run_with(Some("select title from tasks order by title desc"), &[], "tables query - -o csv");
    assert_data_eq!(
        from_stdin.to_string(),
        str![[r#"

[status 0]
[stdout]
title
Write
Call

"#]]
    );
}

#[test]
fn sql_says_when_it_is_cut() {
    let home = home();
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n";
    assert_data_eq!(
        home.run(&format!("tables query '{endless}' --limit 3")),
        str![[r#"

[status 0]
[stdout]
i
1
2
3
[stderr]
warning: the query has more than 3 rows; this is not all (`--limit ROWS`)

"#]]
    );
    let silent = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n where i < 0";
    assert_data_eq!(
        home.run(&format!("tables query '{silent}' --timeout 1 --json")),
        str![[r#"

[status 0]
[stdout]
[]
[stderr]
warning: the query was stopped after 1 second; this is not all (`--timeout SECONDS`)

"#]]
    );
}

#[test]
fn sql_cannot_change_anything() {
    let home = home();
    home.run("records create people name=Ada");
    for sql in [
        "delete from people",
        "insert into people (name) values (1)",
        "drop table people",
        "create table x (a)",
        "pragma journal_mode = delete",
        "attach 'x' as y",
        "vacuum into 'x'",
        "select * from _appctl_documents",
        "select * from sqlite_schema",
        "select load_extension('x')",
        "with x as (select 1) delete from people",
    ] {
        let ran = home.run_with(None, &[], &format!("tables query \"{sql}\""));
        assert_eq!(ran.status, 5, "{sql}\n{ran}");
    }
    assert_data_eq!(
        home.run("tables query \"select 1; delete from people\""),
        str![[r#"

[status 5]
[stderr]
error: the query may only read the app's tables
hint: use SELECT; records are changed by `appctl records`

"#]]
    );
    assert_data_eq!(
        home.run("tables query 'select salary from people'"),
        str![[r#"

[status 2]
[stderr]
error: the query cannot be run: no such column: salary
hint: see `appctl tables list` for the tables

"#]]
    );
    assert_data_eq!(
        home.run("tables query 'selec 1'"),
        str![[r#"

[status 2]
[stderr]
error: the query cannot be run: near "selec": syntax error
hint: see `appctl tables list` for the tables

"#]]
    );
    assert_data_eq!(
        home.run("tables query 'select ?'"),
        str![[r#"

[status 2]
[stderr]
error: the query has a parameter (`?`) that nothing fills

"#]]
    );
    assert_data_eq!(
        home.run("tables query @missing.sql"),
        str![[r#"

[status 3]
[stderr]
error: reading `missing.sql`: No such file or directory (os error 2)

"#]]
    );
    assert_data_eq!(
        home.run("records list people --json"),
        str![[r#"

[status 0]
[stdout]
[{"id":1,"name":"Ada","email":null}]

"#]]
    );
}
