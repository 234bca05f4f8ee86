//! `appctl records`: values by their fields' types, listings, exports, and what a connection keeps locked.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::synced::synced;

/// A home with people and tasks of every type.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email --unique email");
    home.run(
        "tables create tasks title:text! due:date status:select=open,done owner:relation=people estimate:decimal \
         price:currency done:boolean meta:json tags:multi_select=a,b seen:datetime big:integer real:number site:url raw:binary",
    );
    home.run("records create people name=Ada email=ada@example.com");
    home
}

/// Three tasks, the last one almost empty.
fn with_tasks() -> Home {
    let home = home();
    home.run("records create tasks title='Call Acme' due=2026-12-01 status=open owner=1 estimate=10.50 done=false");
    home.run("records create tasks title=Write due=2026-11-30 status=done owner=1 estimate=9.5 done=true");
    home.run("records create tasks title='=SUM(1)'");
    home
}

#[test]
fn a_record_keeps_every_value_as_it_came() {
    let home = home();
    let values = "title=' a ' due=infinity status=done owner=1 estimate=-0.10 price='12.50 USD' done=1 \
                  meta='{\"b\":1.0,\"a\":[]}' tags=a,b seen='2026-11-24 06:00:00.50+02:00' big=99999999999999999999 \
                  real=1e3 site=https://example.com raw=AP8=";
    assert_data_eq!(
        home.run(&format!("records create tasks {values}")),
        str![[r#"

[status 0]
[stdout]
id        1
title      a
due       infinity
status    done
owner     1
estimate  -0.10
price     12.50 USD
done      true
meta      {"b":1.0,"a":[]}
tags      ["a","b"]
seen      [TIME]
big       99999999999999999999
real      1000.0
site      https://example.com
raw       <2 bytes>
[stderr]
created `1` in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records get tasks 1 --json"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"title":" a ","due":"infinity","status":"done","owner":1,"estimate":"-0.10","price":"12.50 USD","done":true,"meta":{"b":1.0,"a":[]},"tags":["a","b"],"seen":"[TIME]","big":"99999999999999999999","real":1000.0,"site":"https://example.com","raw":"AP8="}

"#]]
    );
    assert_data_eq!(
        home.run("records export tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,due,status,owner,estimate,price,done,meta,tags,seen,big,real,site,raw
1," a ",infinity,done,1,-0.10,12.50 USD,true,"{""b"":1.0,""a"":[]}","[""a"",""b""]",[TIME],99999999999999999999,1000.0,https://example.com,AP8=

"#]]
    );
}

#[test]
fn json_values_are_taken_verbatim() {
    let home = home();
    let data = r#"{"title":"x","estimate":0.10000000000000000000001,"big":12345678901234567890123,"meta":{"n":1.00},"tags":[],"done":true,"due":null,"owner":1}"#;
    let ran = home.run_with(Some(data), &[], "records create tasks --data @- --json");
    assert_data_eq!(
        ran.to_string(),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","created":1,"operation":4}

"#]]
    );
    let sql = "select meta, tags, typeof(big) from tasks";
    assert_data_eq!(
        home.run(&format!("tables query '{sql}'")),
        str![[r#"

[status 0]
[stdout]
meta        tags  typeof(big)
{"n":1.00}  []    text

"#]]
    );
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let home = home();
    for (values, expected) in [
        (
            "due=1.2.2026",
            str![[r#"

[status 2]
[stderr]
error: field `due` is of type date, and `1.2.2026` is none: write a date such as `2026-11-24`

"#]],
        ),
        (
            "seen=yesterday",
            str![[r#"

[status 2]
[stderr]
error: field `seen` is of type datetime, and `yesterday` is none: write a time such as `[TIME]`

"#]],
        ),
        (
            "status=opne",
            str![[r#"

[status 2]
[stderr]
error: field `status` has no option `opne`
hint: did you mean `open`?

"#]],
        ),
        (
            "tags=a,c",
            str![[r#"

[status 2]
[stderr]
error: field `tags` has no option `c`
hint: the options are a, b

"#]],
        ),
        (
            "owner=ada",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `ada`
hint: did you mean `ada@example.com`?

"#]],
        ),
        (
            "owner=9",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `9`
hint: give its key or its `email`; see `appctl records list people`

"#]],
        ),
        (
            "estimate=1,50",
            str![[r#"

[status 2]
[stderr]
error: field `estimate` is of type decimal, and `1,50` is none: write a number such as `12.50`

"#]],
        ),
        (
            "price=12.50",
            str![[r#"

[status 2]
[stderr]
error: field `price` is of type currency, and `12.50` is none: write an amount with its code such as `12.50 USD`

"#]],
        ),
        (
            "done=yes",
            str![[r#"

[status 2]
[stderr]
error: field `done` is of type boolean, and `yes` is none: write `true` or `false`

"#]],
        ),
        (
            "meta={a}",
            str![[r#"

[status 2]
[stderr]
error: field `meta` is of type json, and `{a}` is none: write JSON such as `{"a":1}`, or `"a"` with its quotes

"#]],
        ),
        (
            "big=1.5",
            str![[r#"

[status 2]
[stderr]
error: field `big` is of type integer, and `1.5` is none: write a whole number such as `42`

"#]],
        ),
        (
            "real=1e999",
            str![[r#"

[status 2]
[stderr]
error: field `real` is of type number, and `1e999` is none: write a number such as `1.5`

"#]],
        ),
        (
            "site=example",
            str![[r#"

[status 2]
[stderr]
error: field `site` is of type url, and `example` is none: write a whole address such as `https://example.com/a`

"#]],
        ),
        (
            "raw=***",
            str![[r#"

[status 2]
[stderr]
error: field `raw` is of type binary, and `***` is none: write its bytes in base64

"#]],
        ),
        (
            "due=",
            str![[r#"

[status 2]
[stderr]
error: field `due` is of type date, and `` is none: write a date such as `2026-11-24`
hint: `due:=null` empties a field

"#]],
        ),
        (
            "done:=1",
            str![[r#"

[status 2]
[stderr]
error: field `done` is of type boolean, and `1` is none: write `true` or `false`

"#]],
        ),
        (
            "title:=x",
            str![[r#"

[status 2]
[stderr]
error: `title:=x` gives no JSON: expected value at line 1 column 1
hint: write a text as `title=x`

"#]],
        ),
        (
            "title=y",
            str![[r#"

[status 2]
[stderr]
error: field `title` is given twice

"#]],
        ),
        (
            "titel=y",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `titel`
hint: did you mean `title`?

"#]],
        ),
        (
            "due",
            str![[r#"

[status 2]
[stderr]
error: `due` sets no field
hint: write `name=value`, or `name:=JSON` for null, numbers and lists

"#]],
        ),
        (
            "--data {}",
            str![[r#"

[status 2]
[stderr]
error: `--data` and `name=value` cannot be combined

"#]],
        ),
    ] {
        assert_data_eq!(home.run(&format!("records create tasks title=x {values}")), expected);
    }
    assert_data_eq!(
        home.run("records create tasks due=2026-12-01"),
        str![[r#"

[status 2]
[stderr]
error: field `title` is required

"#]]
    );
    assert_data_eq!(
        home.run("records create people name=Bob email=ada@example.com"),
        str![[r#"

[status 1]
[stderr]
error: table `people` has a record with `email` = `ada@example.com` already
hint: change the value, or update that record

"#]]
    );
    assert_data_eq!(
        home.run("records create people name=Bob email=ada"),
        str![[r#"

[status 2]
[stderr]
error: field `email` is of type email, and `ada` is none: write an address such as `ada@example.com`

"#]]
    );
    assert_data_eq!(
        home.run("records create"),
        str![[r#"

[status 2]
[stderr]
error: `TABLE` is missing
hint: see `appctl records create --help`

"#]]
    );
    assert_data_eq!(
        home.run("records create task title=x"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `task`
hint: did you mean `tasks`?

"#]]
    );
    assert_data_eq!(
        home.run("records count tasks --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","records":0}

"#]]
    );
}

#[test]
fn many_records_are_one_operation_or_none() {
    let home = home();
    let stream = |text: &str, arguments: &str| home.run_with(Some(text), &[], arguments).to_string();
    assert_data_eq!(
        stream("{\"name\":\"B\"}\n{\"name\":\"C\"}\n", "records create people -"),
        str![[r#"

[status 0]
[stderr]
created 2 records in `people`

"#]]
    );
    assert_data_eq!(
        stream("[{\"name\":\"D\"}] {\"name\":\"E\"}", "records create people --data @- --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":2,"operation":5}

"#]]
    );
    assert_data_eq!(
        stream("{\"name\":\"F\"}\n{\"nam\":\"G\"}\n", "records create people -"),
        str![[r#"

[status 3]
[stderr]
error: line 2: table `people` has no field `nam`
hint: did you mean `name`?

"#]]
    );
    assert_data_eq!(
        stream("{\"name\":\"F\"}\n{\"name\":", "records create people -"),
        str![[r#"

[status 2]
[stderr]
error: line 2: the data is no JSON: EOF while parsing a value at column 8
hint: write one JSON object a line, or a list of them

"#]]
    );
    assert_data_eq!(
        stream("{\"name\":\"F\"}\n5\n", "records create people -"),
        str![[r#"

[status 2]
[stderr]
error: line 2: this is no JSON object: invalid type: integer `5`, expected an object of fields and values
hint: write one object with fields and values: `{"name":"Ada"}`

"#]]
    );
    assert_data_eq!(
        stream("", "records create people - --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":0,"operation":null}

"#]]
    );
    assert_data_eq!(
        home.run("records list people -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,email
1,Ada,ada@example.com
2,B,
3,C,
4,D,
5,E,

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`records create people`): 2 deleted; `appctl undo 6` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records count people"),
        str![[r#"

[status 0]
[stdout]
table   records
people        3

"#]]
    );
}

#[test]
fn records_are_listed_filtered_and_sorted() {
    let home = with_tasks();
    let list = |arguments: &str| home.run(&format!("records list tasks --fields id,title,estimate {arguments}"));
    assert_data_eq!(
        list(""),
        str![[r#"

[status 0]
[stdout]
id  title      estimate
 1  Call Acme     10.50
 2  Write           9.5
 3  =SUM(1)

"#]]
    );
    assert_data_eq!(
        list("--sort -estimate,title"),
        str![[r#"

[status 0]
[stdout]
id  title      estimate
 1  Call Acme     10.50
 2  Write           9.5
 3  =SUM(1)

"#]]
    );
    assert_data_eq!(
        list("--where \"status <> 'done' and due > '2026-11-01'\" --json"),
        str![[r#"

[status 0]
[stdout]
[{"id":1,"title":"Call Acme","estimate":"10.50"}]

"#]]
    );
    assert_data_eq!(
        list("--where \"estimate > 9.50 or owner is null\" -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"title":"Call Acme","estimate":"10.50"}
{"id":3,"title":"=SUM(1)","estimate":null}

"#]]
    );
    assert_data_eq!(
        list("--where \"owner = 1 and not done\" --jq '.[].title'"),
        str![[r#"

[status 0]
[stdout]
Call Acme

"#]]
    );
    assert_data_eq!(
        list("--limit 2"),
        str![[r#"

[status 0]
[stdout]
id  title      estimate
 1  Call Acme     10.50
 2  Write           9.5
[stderr]
there are more: `--after 2`

"#]]
    );
    assert_data_eq!(
        list("--limit 2 --after 2"),
        str![[r#"

[status 0]
[stdout]
id  title    estimate
 3  =SUM(1)

"#]]
    );
    assert_data_eq!(
        list("--limit 1 --sort title"),
        str![[r#"

[status 0]
[stdout]
id  title    estimate
 3  =SUM(1)
[stderr]
there are more: `--after 3`

"#]]
    );
    assert_data_eq!(
        list("--where false"),
        str![[r#"

[status 0]
[stderr]
no records

"#]]
    );
}

#[test]
fn wrong_listings_are_refused() {
    let home = with_tasks();
    for (arguments, expected) in [
        (
            "records list",
            str![[r#"

[status 2]
[stderr]
error: `TABLE` is missing
hint: see `appctl records list --help`

"#]],
        ),
        (
            "records list taks",
            str![[r#"

[status 3]
[stderr]
error: no table is named `taks`
hint: did you mean `tasks`?

"#]],
        ),
        (
            "records list tasks --where \"titel = 'x'\"",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `titel`
hint: did you mean `title`?

"#]],
        ),
        (
            "records list tasks --where \"title = \"",
            str![[r#"

[status 2]
[stderr]
error: cannot read the filter at column 9: expected an expression, found the end
hint: a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'

"#]],
        ),
        (
            "records list tasks --where \"upper(title) = 'X'\"",
            str![[r#"

[status 2]
[stderr]
error: cannot read the filter at column 6: `upper(…)` is no part of a filter; the only function is `now()`
hint: a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'

"#]],
        ),
        (
            "records list tasks --where \"estimate > 'much'\"",
            str![[r#"

[status 2]
[stderr]
error: field `estimate` is of type decimal: `'much'` is no number
hint: see `appctl tables show tasks`

"#]],
        ),
        (
            "records list tasks --where \"owner = 'ada'\"",
            str![[r#"

[status 2]
[stderr]
error: field `owner` is of type integer: `'ada'` is no number
hint: see `appctl tables show tasks`

"#]],
        ),
        (
            "records list tasks --sort size",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `size`
hint: did you mean `site`?

"#]],
        ),
        (
            "records list tasks --fields title,size",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `size`
hint: did you mean `site`?

"#]],
        ),
        (
            "records list tasks --after x",
            str![[r#"

[status 2]
[stderr]
error: field `id` is of type integer, and `x` is none: write a whole number such as `42`

"#]],
        ),
        (
            "records list tasks --after 1 --sort title",
            str![[r#"

[status 0]
[stdout]
id  title  due         status  owner  estimate  price  done  meta  tags  seen  big  real  site  raw
 2  Write  2026-11-30  done    1           9.5         true

"#]],
        ),
        (
            "records list tasks --limit -1",
            str![[r#"

[status 2]
[stderr]
error: `appctl records list` has no option `-1`
hint: see `appctl records list --help`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
}

#[test]
fn one_record_is_shown() {
    let home = home();
    assert_data_eq!(
        home.run("records get people 1"),
        str![[r#"

[status 0]
[stdout]
id     1
name   Ada
email  ada@example.com

"#]]
    );
    assert_data_eq!(
        home.run("records get people 1 --jq .email"),
        str![[r#"

[status 0]
[stdout]
ada@example.com

"#]]
    );
    assert_data_eq!(
        home.run("records get people 7"),
        str![[r#"

[status 3]
[stderr]
error: table `people` has no record `7`
hint: see `appctl records list people`

"#]]
    );
    assert_data_eq!(
        home.run("records get people ada --json"),
        str![[r#"

[status 2]
[stderr]
{"error":{"kind":"usage","message":"field `id` is of type integer, and `ada` is none: write a whole number such as `42`","hint":null}}

"#]]
    );
    assert_data_eq!(
        home.run("records get people"),
        str![[r#"

[status 2]
[stderr]
error: `ID` is missing
hint: see `appctl records get --help`

"#]]
    );
}

#[test]
fn fields_of_a_record_are_changed() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records update tasks 1 status=done due:=null --jq '{status, due, title}'"),
        str![[r#"

[status 0]
[stdout]
{"status":"done","due":null,"title":"Call Acme"}

"#]]
    );
    assert_data_eq!(
        home.run("records update people 1 name=Ada"),
        str![[r#"

[status 0]
[stdout]
id     1
name   Ada
email  ada@example.com
[stderr]
nothing to change in `1` of `people`

"#]]
    );
    assert_data_eq!(
        home.run("records update people 1 --data '{\"email\":null}' --json"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"Ada","email":null}

"#]]
    );
    for (arguments, expected) in [
        (
            "records update tasks 1",
            str![[r#"

[status 2]
[stderr]
error: there is nothing to change
hint: give at least one `name=value`, or `--data JSON`

"#]],
        ),
        (
            "records update tasks 9 title=x",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no record `9`
hint: see `appctl records list tasks`

"#]],
        ),
        (
            "records update tasks 1 id=4",
            str![[r#"

[status 2]
[stderr]
error: field `id` is the key of table `tasks` and cannot be changed
hint: create a record with the new key and delete this one

"#]],
        ),
        (
            "records update tasks 1 title:=null",
            str![[r#"

[status 2]
[stderr]
error: field `title` is required

"#]],
        ),
        (
            "records update tasks 1 owner=4",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `4`
hint: give its key or its `email`; see `appctl records list people`

"#]],
        ),
        (
            "records update tasks",
            str![[r#"

[status 2]
[stderr]
error: neither an id nor `--where` says which records to change
hint: write `appctl records update tasks ID NAME=VALUE`, or add `--where FILTER`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
}

#[test]
fn records_are_deleted_once_somebody_agrees() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records delete tasks 1 2"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Delete 2 records of `tasks`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("records delete tasks 1 9 --yes"),
        str![[r#"

[status 3]
[stderr]
error: table `tasks` has no record `9`
hint: see `appctl records list tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records delete tasks 1 2 --yes"),
        str![[r#"

[status 0]
[stderr]
deleted 2 records of `tasks`; `appctl undo 7` brings them back

"#]]
    );
    assert_data_eq!(
        home.run("records delete tasks 3 --yes --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","deleted":1,"cascaded":0,"cleared":0,"operation":8}

"#]]
    );
    assert_data_eq!(
        home.run("records delete tasks"),
        str![[r#"

[status 2]
[stderr]
error: neither an id nor `--where` says which records to delete
hint: write `appctl records delete tasks ID`, or add `--where FILTER`

"#]]
    );
    assert_data_eq!(
        home.run("records count tasks"),
        str![[r#"

[status 0]
[stdout]
table  records
tasks        0

"#]]
    );
}

#[test]
fn records_are_exported_in_every_form() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records export tasks --fields title,estimate,done"),
        str![[r#"

[status 0]
[stdout]
title,estimate,done
Call Acme,10.50,false
Write,9.5,true
'=SUM(1),,

"#]]
    );
    assert_data_eq!(
        home.run("records export tasks --fields title,estimate,done --csv-raw --where 'owner is null'"),
        str![[r#"

[status 0]
[stdout]
title,estimate,done
=SUM(1),,

"#]]
    );
    assert_data_eq!(
        home.run("records export tasks --fields title,done -o jsonl"),
        str![[r#"

[status 0]
[stdout]
{"title":"Call Acme","done":false}
{"title":"Write","done":true}
{"title":"=SUM(1)","done":null}

"#]]
    );
    assert_data_eq!(
        home.run("records export tasks --fields title,done -o json --limit 1"),
        str![[r#"

[status 0]
[stdout]
[{"title":"Call Acme","done":false}]

"#]]
    );
}

#[test]
fn what_a_connection_fills_is_locked_and_fields_of_ones_own_are_free() {
    let home = synced();
    for (arguments, expected) in [
        (
            "records update contacts 17 email=x",
            str![[r#"

[status 5]
[stderr]
error: field `email` of table `contacts` is filled by connection `crm`
hint: change it at the source, or add a field of your own: `appctl tables add-field contacts NAME:TYPE`

"#]],
        ),
        (
            "records update contacts 17 email=x --json",
            str![[r#"

[status 5]
[stderr]
{"error":{"kind":"denied","message":"field `email` of table `contacts` is filled by connection `crm`","hint":"change it at the source, or add a field of your own: `appctl tables add-field contacts NAME:TYPE`"}}

"#]],
        ),
        (
            "records create contacts id=18",
            str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm`: its records come and go there
hint: change them at the source, then `appctl connections sync crm`

"#]],
        ),
        (
            "records delete contacts 17 --yes",
            str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm`: its records come and go there
hint: change them at the source, then `appctl connections sync crm`

"#]],
        ),
        (
            "records update contacts 17 score=5",
            str![[r#"

[status 0]
[stdout]
id     17
email  ada@example.com
score  5
[stderr]
changed `17` of `contacts`

"#]],
        ),
        (
            "tables add-field contacts note:text",
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
note   text
[stderr]
added field `note` to table `contacts`

"#]],
        ),
        (
            "records update contacts 17 note=hello",
            str![[r#"

[status 0]
[stdout]
id     17
email  ada@example.com
score  5
note   hello
[stderr]
changed `17` of `contacts`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
}
