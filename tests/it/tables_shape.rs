//! `appctl tables rename`, `drop`, `rename-field`, `drop-field`, `change-field`, and computed fields: what they say and do,
//! and every way to use them wrongly.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::synced::synced;

/// A home with people and their tasks: operations 1 to 9.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email");
    home.run("tables create tasks title:text! owner:relation=people estimate:text note hours:decimal");
    home.run("tables add-field people open_tasks:rollup=tasks.owner:count");
    home.run("tables add-field tasks owner_email:lookup=owner.email");
    home.run("tables add-field tasks 'cost:formula=hours * 2'");
    home.run("records create people name=Ada email=ada@example.com");
    home.run("records create tasks title=Call owner=1 estimate=3");
    home.run("records create tasks title=Write owner=1 estimate=007");
    home.run("records create tasks title=Wait estimate=soon");
    home
}

#[test]
fn a_table_is_shown_with_what_is_worked_out_and_what_points_to_it() {
    let home = home();
    assert_data_eq!(
        home.run("tables show people"),
        str![[r#"

[status 0]
[stdout]
table    people
records  1
key      id

field       type     options            rules
id          integer                     key, handed out
name        text                        required
email       email
open_tasks  rollup   tasks.owner:count  worked out

inverse  table  relation
tasks    tasks  owner

"#]]
    );
    assert_data_eq!(
        home.run("tables show people --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","records":1,"key":["id"],"generated_key":true,"connection":null,"fields":[{"name":"id","type":"integer","options":null,"relation":null,"on_delete":null,"required":false,"unique":true,"key":true,"locked":false},{"name":"name","type":"text","options":null,"relation":null,"on_delete":null,"required":true,"unique":false,"key":false,"locked":false},{"name":"email","type":"email","options":null,"relation":null,"on_delete":null,"required":false,"unique":false,"key":false,"locked":false}],"computed":[{"name":"open_tasks","type":"rollup","of":"tasks.owner:count"}],"inverse":[{"name":"tasks","table":"tasks","field":"owner","on_delete":"restrict"}]}

"#]]
    );
    assert_data_eq!(
        home.run("tables show tasks"),
        str![[r#"

[status 0]
[stdout]
table    tasks
records  3
key      id

field        type      options      rules
id           integer                key, handed out
title        text                   required
owner        relation  people       on delete restrict
estimate     text
note         text
hours        decimal
owner_email  lookup    owner.email  worked out
cost         formula   hours * 2    worked out

"#]]
    );
    home.run("tables add-field tasks reviewer:relation=people:clear");
    assert_data_eq!(
        home.run("tables show people --jq .inverse"),
        str![[r#"

[status 0]
[stdout]
[{"name":"tasks_by_owner","table":"tasks","field":"owner","on_delete":"restrict"},{"name":"tasks_by_reviewer","table":"tasks","field":"reviewer","on_delete":"clear"}]

"#]]
    );
}

#[test]
fn computed_fields_that_refer_to_nothing_are_not_added() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables add-field people x:lookup=email",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a lookup names a relation and a field behind it: `lookup=owner.email`

"#]],
        ),
        (
            "tables add-field tasks x:lookup=owner.emial",
            str![[r#"

[status 3]
[stderr]
error: field `x`: table `people` has no field `emial`
hint: did you mean `email`?

"#]],
        ),
        (
            "tables add-field tasks x:lookup=title.email",
            str![[r#"

[status 2]
[stderr]
error: field `x`: `title` of table `tasks` is of type text and leads to no other table
hint: the relations of `tasks` are `owner` to `people`

"#]],
        ),
        (
            "tables add-field tasks x:lookup=boss.email",
            str![[r#"

[status 3]
[stderr]
error: field `x`: table `tasks` has no field `boss`
hint: the fields are id, title, owner, estimate, note, hours

"#]],
        ),
        (
            "tables add-field people x:lookup=name.email",
            str![[r#"

[status 2]
[stderr]
error: field `x`: `name` of table `people` is of type text and leads to no other table
hint: table `people` has no relation; add one with `appctl tables add-field people NAME:relation=TABLE`

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.owner",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a rollup names a table, its relation, and what to work out: `rollup=tasks.owner:count` or `rollup=tasks.owner:sum:estimate`

"#]],
        ),
        (
            "tables add-field people x:rollup=task.owner:count",
            str![[r#"

[status 3]
[stderr]
error: field `x`: no table is named `task`
hint: did you mean `tasks`?

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.title:count",
            str![[r#"

[status 2]
[stderr]
error: field `x`: `tasks.title` is of type text, not a relation
hint: the relations of `tasks` are `owner` to `people`

"#]],
        ),
        (
            "tables add-field tasks x:rollup=tasks.owner:count",
            str![[r#"

[status 2]
[stderr]
error: field `x`: `tasks.owner` points to `people`, not to `tasks`
hint: the relations of `tasks` are `owner` to `people`

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.owner:median:hours",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a rollup knows no `median`
hint: use one of count, sum, min, max, avg, list

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.owner:sum",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a rollup's sum is of a field: `rollup=tasks.owner:sum:FIELD`

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.owner:sum:title",
            str![[r#"

[status 2]
[stderr]
error: field `x`: `tasks.title` is of type text, which has no sum
hint: see `appctl tables show tasks`

"#]],
        ),
        (
            "tables add-field people x:rollup=tasks.owner:count:title",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a rollup's count is of records: `rollup=tasks.owner:count`

"#]],
        ),
        (
            "tables add-field people x:formula=",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a formula is an expression over the record's fields: `formula=price * quantity`

"#]],
        ),
        (
            "tables add-field people x:lookup!",
            str![[r#"

[status 2]
[stderr]
error: field `x`: a lookup is worked out and cannot be required

"#]],
        ),
        (
            "tables add-field people Open_Tasks:text",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a field `open_tasks` already
hint: see `appctl tables show people`

"#]],
        ),
        (
            "tables add-field people EMAIL:formula=name",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a field `email` already
hint: see `appctl tables show people`

"#]],
        ),
        (
            "tables add-field people x:formula=name --unique",
            str![[r#"

[status 2]
[stderr]
error: field `x` is worked out; it cannot be unique

"#]],
        ),
        (
            "tables create x a:rollup=tasks.owner:count",
            str![[r#"

[status 2]
[stderr]
error: field `a`: `tasks.owner` points to `people`, not to `x`
hint: the relations of `tasks` are `owner` to `people`

"#]],
        ),
        (
            "tables create x a:formula=b b --key a",
            str![[r#"

[status 2]
[stderr]
error: field `a` is worked out; it cannot be the key or unique

"#]],
        ),
        (
            "tables create x a A:formula=a",
            str![[r#"

[status 2]
[stderr]
error: the fields `a` and `A` have the same name
hint: upper and lower case are the same to SQLite

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
}

#[test]
fn lookups_go_through_what_is_worked_out_elsewhere_but_not_in_circles() {
    let home = home();
    home.run("tables add-field people boss:relation=people");
    assert_data_eq!(
        home.run("tables add-field tasks load:lookup=owner.open_tasks --jq .computed[2]"),
        str![[r#"

[status 0]
[stdout]
{"name":"load","type":"lookup","of":"owner.open_tasks"}

"#]]
    );
    assert_data_eq!(
        home.run("tables drop-field people open_tasks"),
        str![[r#"

[status 1]
[stderr]
error: field `open_tasks` of table `people` cannot be dropped: `tasks.load` needs it
hint: `appctl tables drop-field tasks load` first

"#]]
    );
    home.run("tables add-field people top:lookup=boss.email");
    home.run("tables add-field people topmost:lookup=boss.top");
    assert_data_eq!(
        home.run("tables change-field people top:lookup=boss.topmost"),
        str![[r#"

[status 2]
[stderr]
error: field `top`: it looks up itself, or more than 8 others in a row

"#]]
    );
}

#[test]
fn names_are_any_unicode_in_quotes_where_they_need_them() {
    let home = Home::new();
    assert_data_eq!(
        home.run("tables create 'Größe \"XL\"' '\"due: date\":date!' 'überall 🦀' 'a.b:integer'"),
        str![[r#"

[status 0]
[stdout]
table    Größe "XL"
records  0
key      id

field       type     options  rules
id          integer           key, handed out
due: date   date              required
überall 🦀  text
a.b         integer
[stderr]
created table `Größe "XL"`

"#]]
    );
    assert_data_eq!(
        home.run("tables rename-field 'Größe \"XL\"' 'due: date' \"it's due\""),
        str![[r#"

[status 0]
[stdout]
table    Größe "XL"
records  0
key      id

field       type     options  rules
id          integer           key, handed out
it's due    date              required
überall 🦀  text
a.b         integer
[stderr]
renamed field `due: date` of table `Größe "XL"` to `it's due`

"#]]
    );
    assert_data_eq!(
        home.run("tables add-field 'Größe \"XL\"' '\"due: x'"),
        str![[r#"

[status 2]
[stderr]
error: `"due: x` names no field
hint: write `"NAME":TYPE`

"#]]
    );
    assert_data_eq!(
        home.run("tables add-field 'Größe \"XL\"' 'ÜBERALL 🦀:text'"),
        str![[r#"

[status 1]
[stderr]
error: table `Größe "XL"` has a field `überall 🦀` already
hint: see `appctl tables show 'Größe "XL"'`

"#]]
    );
}

#[test]
fn a_table_is_renamed_and_what_refers_to_it_follows() {
    let home = home();
    assert_data_eq!(
        home.run("tables rename people contacts"),
        str![[r#"

[status 0]
[stdout]
table    contacts
records  1
key      id

field       type     options            rules
id          integer                     key, handed out
name        text                        required
email       email
open_tasks  rollup   tasks.owner:count  worked out

inverse  table  relation
tasks    tasks  owner
[stderr]
renamed table `people` to `contacts`

"#]]
    );
    assert_data_eq!(
        home.run("tables show tasks --jq '[.fields[].relation]'"),
        str![[r#"

[status 0]
[stdout]
[null,null,"contacts",null,null,null]

"#]]
    );
    assert_data_eq!(
        home.run("log --table people --limit 1 --jq '.[].what'"),
        str![[r#"

[status 0]
[stdout]
tables rename people contacts

"#]]
    );
    assert_data_eq!(
        home.run("log --table contacts --limit 1 --jq '.[].what'"),
        str![[r#"

[status 0]
[stdout]
tables rename people contacts

"#]]
    );
    assert_data_eq!(
        home.run("undo 10"),
        str![[r#"

[status 0]
[stderr]
undid operation 10 (`tables rename people contacts`); `appctl undo 11` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 0]
[stdout]
table   fields  records  connection
people       3        1
tasks        6        3

"#]]
    );
}

#[test]
fn wrong_names_for_tables() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables rename",
            str![[r#"

[status 2]
[stderr]
error: `TABLE` and `NEW NAME` are missing
hint: see `appctl tables rename --help`

"#]],
        ),
        (
            "tables rename people",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME` is missing
hint: see `appctl tables rename --help`

"#]],
        ),
        (
            "tables rename peple contacts",
            str![[r#"

[status 3]
[stderr]
error: no table is named `peple`
hint: did you mean `people`?

"#]],
        ),
        (
            "tables rename people tasks",
            str![[r#"

[status 1]
[stderr]
error: there is a table named `tasks` already
hint: see `appctl tables show tasks`, or choose another name

"#]],
        ),
        (
            "tables rename people TASKS",
            str![[r#"

[status 1]
[stderr]
error: there is a table named `tasks` already
hint: see `appctl tables show tasks`, or choose another name

"#]],
        ),
        (
            "tables rename people people",
            str![[r#"

[status 2]
[stderr]
error: table `people` has this name already

"#]],
        ),
        (
            "tables rename people _appctl_people",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME`: table name `_appctl_people` begins with a reserved prefix (`_appctl_`, `sqlite_`)
hint: see `appctl tables rename --help`

"#]],
        ),
        (
            "tables rename people sqlite_people",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME`: table name `sqlite_people` begins with a reserved prefix (`_appctl_`, `sqlite_`)
hint: see `appctl tables rename --help`

"#]],
        ),
        (
            "tables rename people ''",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME`: table name `` is empty
hint: see `appctl tables rename --help`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables rename contacts people"),
        str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm` and cannot be renamed
hint: `appctl connections remove crm --keep-data` unlocks its tables; `appctl connections edit crm` changes what it fills

"#]]
    );
}

#[test]
fn tables_are_dropped_and_brought_back() {
    let home = home();
    assert_data_eq!(
        home.run("tables drop tasks"),
        str![[r#"

[status 1]
[stderr]
error: table `tasks` cannot be dropped: `people.open_tasks` needs it
hint: `appctl tables drop-field people open_tasks` first

"#]]
    );
    assert_data_eq!(
        home.run("tables drop people tasks"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Drop tables `people` with 1 record and `tasks` with 3 records?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("tables drop people tasks --yes"),
        str![[r#"

[status 0]
[stderr]
dropped tables `people` and `tasks`; `appctl undo 10` brings them back

"#]]
    );
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 0]
[stderr]
there are no tables yet; make one with `appctl tables create NAME FIELD:TYPE…`

"#]]
    );
    assert_data_eq!(
        home.run("undo 10"),
        str![[r#"

[status 0]
[stderr]
undid operation 10 (`tables drop people tasks`); `appctl undo 11` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks --fields id,title,owner"),
        str![[r#"

[status 0]
[stdout]
id  title  owner
 1  Call   1
 2  Write  1
 3  Wait

"#]]
    );
    home.run("tables create x");
    assert_data_eq!(
        home.run("tables drop x --yes --json"),
        str![[r#"

[status 0]
[stdout]
{"tables":[{"table":"x","records":0}],"operation":13}

"#]]
    );
}

#[test]
fn tables_that_are_not_dropped() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables drop",
            str![[r#"

[status 2]
[stderr]
error: `TABLE` is missing
hint: see `appctl tables drop --help`

"#]],
        ),
        (
            "tables drop taks --yes",
            str![[r#"

[status 3]
[stderr]
error: no table is named `taks`
hint: did you mean `tasks`?

"#]],
        ),
        (
            "tables drop people --yes",
            str![[r#"

[status 1]
[stderr]
error: table `people` cannot be dropped: `tasks.owner` needs it
hint: `appctl tables drop-field tasks owner` first

"#]],
        ),
        (
            "tables drop tasks --yes",
            str![[r#"

[status 1]
[stderr]
error: table `tasks` cannot be dropped: `people.open_tasks` needs it
hint: `appctl tables drop-field people open_tasks` first

"#]],
        ),
        (
            "tables drop people nothing --yes",
            str![[r#"

[status 3]
[stderr]
error: no table is named `nothing`
hint: see `appctl tables list`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables drop contacts --yes"),
        str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm` and cannot be dropped
hint: `appctl connections remove crm --keep-data` unlocks its tables; `appctl connections edit crm` changes what it fills

"#]]
    );
}

#[test]
fn a_field_is_renamed_and_what_refers_to_it_follows() {
    let home = home();
    assert_data_eq!(
        home.run("tables rename-field people email mail"),
        str![[r#"

[status 0]
[stdout]
table    people
records  1
key      id

field       type     options            rules
id          integer                     key, handed out
name        text                        required
mail        email
open_tasks  rollup   tasks.owner:count  worked out

inverse  table  relation
tasks    tasks  owner
[stderr]
renamed field `email` of table `people` to `mail`

"#]]
    );
    home.run("tables rename-field tasks owner 'who does it'");
    home.run("tables rename-field tasks hours 'hours spent'");
    assert_data_eq!(
        home.run("tables show tasks --jq .computed"),
        str![[r#"

[status 0]
[stdout]
[{"name":"owner_email","type":"lookup","of":"who does it.mail"},{"name":"cost","type":"formula","of":"/"hours spent/" * 2"}]

"#]]
    );
    assert_data_eq!(
        home.run("tables show people --jq .computed"),
        str![[r#"

[status 0]
[stdout]
[{"name":"open_tasks","type":"rollup","of":"tasks.who does it:count"}]

"#]]
    );
    assert_data_eq!(
        home.run("tables rename-field people open_tasks tasks"),
        str![[r#"

[status 0]
[stdout]
table    people
records  1
key      id

field  type     options                  rules
id     integer                           key, handed out
name   text                              required
mail   email
tasks  rollup   tasks.who does it:count  worked out

inverse               table  relation
tasks_by_who does it  tasks  who does it
[stderr]
renamed field `open_tasks` of table `people` to `tasks`

"#]]
    );
}

#[test]
fn wrong_names_for_fields() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables rename-field people",
            str![[r#"

[status 2]
[stderr]
error: `FIELD` and `NEW NAME` are missing
hint: see `appctl tables rename-field --help`

"#]],
        ),
        (
            "tables rename-field people email",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME` is missing
hint: see `appctl tables rename-field --help`

"#]],
        ),
        (
            "tables rename-field peple email mail",
            str![[r#"

[status 3]
[stderr]
error: no table is named `peple`
hint: did you mean `people`?

"#]],
        ),
        (
            "tables rename-field people emial mail",
            str![[r#"

[status 3]
[stderr]
error: table `people` has no field `emial`
hint: did you mean `email`?

"#]],
        ),
        (
            "tables rename-field people email name",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a field `name` already
hint: see `appctl tables show people`

"#]],
        ),
        (
            "tables rename-field people email Open_Tasks",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a field `open_tasks` already
hint: see `appctl tables show people`

"#]],
        ),
        (
            "tables rename-field people email email",
            str![[r#"

[status 2]
[stderr]
error: field `email` has this name already

"#]],
        ),
        (
            "tables rename-field people email sqlite_x",
            str![[r#"

[status 2]
[stderr]
error: `NEW NAME`: field name `sqlite_x` begins with a reserved prefix (`_appctl_`, `sqlite_`)
hint: see `appctl tables rename-field --help`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables rename-field contacts email mail"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of `contacts` is filled by connection `crm` and cannot be renamed
hint: `appctl connections edit crm` changes what it fills; `appctl connections remove crm --keep-data` unlocks its tables

"#]]
    );
    assert_data_eq!(
        synced().run("tables rename-field contacts score points"),
        str![[r#"

[status 0]
[stdout]
table       contacts
records     1
key         id
connection  crm

field   type     options  rules
id      text              key, filled by the connection
email   text              filled by the connection
points  integer
[stderr]
renamed field `score` of table `contacts` to `points`

"#]]
    );
}

#[test]
fn a_field_is_dropped_and_brought_back() {
    let home = home();
    assert_data_eq!(
        home.run("tables drop-field tasks estimate"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Drop field `estimate` of table `tasks` with 3 values?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("tables drop-field tasks estimate --yes"),
        str![[r#"

[status 0]
[stderr]
dropped field `estimate` of table `tasks`; `appctl undo 10` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 10"),
        str![[r#"

[status 0]
[stderr]
undid operation 10 (`tables drop-field tasks estimate`); `appctl undo 11` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks --fields title,estimate"),
        str![[r#"

[status 0]
[stdout]
title  estimate
Call   3
Write  007
Wait   soon

"#]]
    );
    assert_data_eq!(
        home.run("tables drop-field tasks note"),
        str![[r#"

[status 0]
[stderr]
dropped field `note` of table `tasks`; `appctl undo 12` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("tables drop-field people open_tasks --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","field":"open_tasks","values":0,"operation":13}

"#]]
    );
    assert_data_eq!(
        synced().run("tables drop-field contacts score"),
        str![[r#"

[status 0]
[stderr]
dropped field `score` of table `contacts`; `appctl undo 2` brings it back

"#]]
    );
}

#[test]
fn fields_that_are_not_dropped() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables drop-field people",
            str![[r#"

[status 2]
[stderr]
error: `FIELD` is missing
hint: see `appctl tables drop-field --help`

"#]],
        ),
        (
            "tables drop-field peple email --yes",
            str![[r#"

[status 3]
[stderr]
error: no table is named `peple`
hint: did you mean `people`?

"#]],
        ),
        (
            "tables drop-field people emial --yes",
            str![[r#"

[status 3]
[stderr]
error: table `people` has no field `emial`
hint: did you mean `email`?

"#]],
        ),
        (
            "tables drop-field people id --yes",
            str![[r#"

[status 2]
[stderr]
error: field `id` is the key of table `people` and cannot be dropped
hint: drop the whole table with `appctl tables drop people`

"#]],
        ),
        (
            "tables drop-field people email --yes",
            str![[r#"

[status 1]
[stderr]
error: field `email` of table `people` cannot be dropped: `tasks.owner_email` needs it
hint: `appctl tables drop-field tasks owner_email` first

"#]],
        ),
        (
            "tables drop-field tasks owner --yes",
            str![[r#"

[status 1]
[stderr]
error: field `owner` of table `tasks` cannot be dropped: `people.open_tasks`, `tasks.owner_email` need it
hint: `appctl tables drop-field people open_tasks` first

"#]],
        ),
        (
            "tables drop-field tasks hours --yes",
            str![[r#"

[status 1]
[stderr]
error: field `hours` of table `tasks` cannot be dropped: `tasks.cost` needs it
hint: `appctl tables drop-field tasks cost` first

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables drop-field contacts email --yes"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of `contacts` is filled by connection `crm` and cannot be dropped
hint: `appctl connections edit crm` changes what it fills; `appctl connections remove crm --keep-data` unlocks its tables

"#]]
    );
}

#[test]
fn values_that_cannot_be_converted_are_listed_and_nothing_is_changed() {
    let home = home();
    assert_data_eq!(
        home.run("tables change-field tasks estimate:integer"),
        str![[r#"

[status 1]
[stdout]
record  value  reason
2       007    it would become `7`
3       soon   it is no integer
[stderr]
error: field `estimate` of table `tasks` cannot become integer: 2 records do not fit; nothing was changed
hint: change these values first, for example with `appctl records update tasks 2 estimate=…`

"#]]
    );
    assert_data_eq!(
        home.run("tables change-field tasks estimate:integer --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","field":"estimate","type":"integer","dry_run":true,"values":3,"changed":1,"refused":2,"examples":[{"record":"2","value":"007","reason":"it would become `7`"},{"record":"3","value":"soon","reason":"it is no integer"}],"operation":null}

"#]]
    );
    assert_data_eq!(
        home.run("tables change-field tasks estimate:integer -o csv"),
        str![[r#"

[status 1]
[stdout]
record,value,reason
2,007,it would become `7`
3,soon,it is no integer
[stderr]
error: field `estimate` of table `tasks` cannot become integer: 2 records do not fit; nothing was changed
hint: change these values first, for example with `appctl records update tasks 2 estimate=…`

"#]]
    );
    home.run("records update tasks 2 estimate=7");
    home.run("records update tasks 3 estimate:=null");
    assert_data_eq!(
        home.run("tables change-field tasks estimate:integer --dry-run"),
        str![[r#"

[status 0]
[stderr]
field `estimate` of table `tasks` can become integer, 2 of 2 values in another form; this was a dry run

"#]]
    );
    assert_data_eq!(
        home.run("tables show tasks --jq .fields[3].type"),
        str![[r#"

[status 0]
[stdout]
text

"#]]
    );
    assert_data_eq!(
        home.run("tables change-field tasks estimate:integer"),
        str![[r#"

[status 0]
[stderr]
field `estimate` of table `tasks` became integer, 2 of 2 values in another form; `appctl undo 12` changes it back

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks --fields estimate --json"),
        str![[r#"

[status 0]
[stdout]
[{"estimate":3},
{"estimate":7},
{"estimate":null}]

"#]]
    );
    assert_data_eq!(
        home.run("undo 12"),
        str![[r#"

[status 0]
[stderr]
undid operation 12 (`tables change-field tasks estimate`); `appctl undo 13` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks --fields estimate --json"),
        str![[r#"

[status 0]
[stdout]
[{"estimate":"3"},
{"estimate":"7"},
{"estimate":null}]

"#]]
    );
}

#[test]
fn only_the_first_values_that_cannot_be_converted_are_shown() {
    let home = Home::new();
    home.run("tables create t a");
    let lines: String = (0..30).map(|number| format!("{{\"a\":\"x{number}\"}}\n")).collect();
    home.run_with(Some(&lines), &[], "records create t -");
    assert_data_eq!(
        home.run("tables change-field t a:integer"),
        str![[r#"

[status 1]
[stdout]
record  value  reason
1       x0     it is no integer
2       x1     it is no integer
3       x2     it is no integer
4       x3     it is no integer
5       x4     it is no integer
6       x5     it is no integer
7       x6     it is no integer
8       x7     it is no integer
9       x8     it is no integer
10      x9     it is no integer
11      x10    it is no integer
12      x11    it is no integer
13      x12    it is no integer
14      x13    it is no integer
15      x14    it is no integer
16      x15    it is no integer
17      x16    it is no integer
18      x17    it is no integer
19      x18    it is no integer
20      x19    it is no integer
[stderr]
error: field `a` of table `t` cannot become integer: 30 records do not fit (the first 20 are shown); nothing was changed
hint: change these values first, for example with `appctl records update t 1 a=…`

"#]]
    );
}

#[test]
fn the_rules_of_a_field_are_changed() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables change-field tasks estimate --required",
            str![[r#"

[status 0]
[stderr]
field `estimate` of table `tasks` became required; `appctl undo 10` changes it back

"#]],
        ),
        (
            "tables change-field tasks owner --required",
            str![[r#"

[status 1]
[stdout]
record  value  reason
3              it is empty
[stderr]
error: field `owner` of table `tasks` cannot become required: 1 record does not fit; nothing was changed
hint: change these values first, for example with `appctl records update tasks 3 owner=…`

"#]],
        ),
        (
            "tables change-field tasks owner --unique --dry-run",
            str![[r#"

[status 0]
[stdout]
record  value  reason
1       1      2 records have this value
2       1      2 records have this value
[stderr]
field `owner` of table `tasks` cannot become unique: 2 records do not fit; this was a dry run

"#]],
        ),
        (
            "tables change-field tasks owner --on-delete cascade",
            str![[r#"

[status 0]
[stderr]
field `owner` of table `tasks` became a relation that cascades; `appctl undo 11` changes it back

"#]],
        ),
        (
            "tables change-field people email --unique --required",
            str![[r#"

[status 0]
[stderr]
field `email` of table `people` became required and unique; `appctl undo 12` changes it back

"#]],
        ),
        (
            "tables change-field people email --no-unique --optional",
            str![[r#"

[status 0]
[stderr]
field `email` of table `people` became optional and not unique; `appctl undo 13` changes it back

"#]],
        ),
        (
            "tables change-field tasks note:relation=people",
            str![[r#"

[status 0]
[stderr]
field `note` of table `tasks` became relation; `appctl undo 14` changes it back

"#]],
        ),
        (
            "tables change-field people name:select=Ada,Bob",
            str![[r#"

[status 0]
[stderr]
field `name` of table `people` became select, 1 value unchanged; `appctl undo 15` changes it back

"#]],
        ),
        (
            "tables change-field people name:select=Bob",
            str![[r#"

[status 1]
[stdout]
record  value  reason
1       Ada    it is none of the options
[stderr]
error: field `name` of table `people` cannot become select: 1 record does not fit; nothing was changed
hint: change these values first, for example with `appctl records update people 1 name=…`

"#]],
        ),
        (
            "tables change-field people open_tasks:rollup=tasks.owner:max:hours",
            str![[r#"

[status 0]
[stderr]
field `open_tasks` of table `people` became rollup; `appctl undo 16` changes it back

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        home.run("tables show tasks"),
        str![[r#"

[status 0]
[stdout]
table    tasks
records  3
key      id

field        type      options      rules
id           integer                key, handed out
title        text                   required
owner        relation  people       on delete cascade
estimate     text                   required
note         relation  people       on delete restrict
hours        decimal
owner_email  lookup    owner.email  worked out
cost         formula   hours * 2    worked out

"#]]
    );
}

#[test]
fn changes_of_a_field_that_make_no_sense() {
    let home = home();
    for (arguments, expected) in [
        (
            "tables change-field tasks",
            str![[r#"

[status 2]
[stderr]
error: `FIELD:TYPE` is missing
hint: see `appctl tables change-field --help`

"#]],
        ),
        (
            "tables change-field tasks note",
            str![[r#"

[status 2]
[stderr]
error: nothing to change about `note` is given
hint: give a type (`note:integer`), `--required`, `--optional`, `--unique`, `--no-unique` or `--on-delete`

"#]],
        ),
        (
            "tables change-field taks note:integer",
            str![[r#"

[status 3]
[stderr]
error: no table is named `taks`
hint: did you mean `tasks`?

"#]],
        ),
        (
            "tables change-field tasks noet:integer",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `noet`
hint: did you mean `note`?

"#]],
        ),
        (
            "tables change-field tasks note:text",
            str![[r#"

[status 2]
[stderr]
error: field `note` of table `tasks` is like this already

"#]],
        ),
        (
            "tables change-field tasks note:txt",
            str![[r#"

[status 2]
[stderr]
error: field `note`: no field type is called `txt`
hint: use one of text, long_text, integer, number, decimal, currency, boolean, date, datetime, select, multi_select, email, phone, url, json, relation, file, binary

"#]],
        ),
        (
            "tables change-field tasks note:select",
            str![[r#"

[status 2]
[stderr]
error: field `note`: a select names its options
hint: write `note:select=open,done`

"#]],
        ),
        (
            "tables change-field tasks note:relation=nobody",
            str![[r#"

[status 3]
[stderr]
error: field `note`: no table is named `nobody`
hint: see `appctl tables list`

"#]],
        ),
        (
            "tables change-field tasks note:formula=title",
            str![[r#"

[status 2]
[stderr]
error: field `note` is stored; it cannot become one that is worked out
hint: add the computed field under another name with `appctl tables add-field tasks`

"#]],
        ),
        (
            "tables change-field tasks note --on-delete clear",
            str![[r#"

[status 2]
[stderr]
error: `--on-delete` is for relations, and `note` is of type text

"#]],
        ),
        (
            "tables change-field tasks owner --on-delete explode",
            str![[r#"

[status 2]
[stderr]
error: `--on-delete` takes no `explode`: it is none of restrict, clear, cascade
hint: see `appctl tables change-field --help`

"#]],
        ),
        (
            "tables change-field tasks note --required --optional",
            str![[r#"

[status 2]
[stderr]
error: `--required` and `--optional` cannot be used together
hint: see `appctl tables change-field --help`

"#]],
        ),
        (
            "tables change-field tasks note --unique --no-unique",
            str![[r#"

[status 2]
[stderr]
error: `--unique` and `--no-unique` cannot be used together
hint: see `appctl tables change-field --help`

"#]],
        ),
        (
            "tables change-field tasks id:text",
            str![[r#"

[status 2]
[stderr]
error: field `id` is the key of table `tasks` and stays as it is
hint: make a new table with the key that you want, and bring the records over with `appctl records export` and `import`

"#]],
        ),
        (
            "tables change-field tasks owner:text",
            str![[r#"

[status 1]
[stderr]
error: field `owner` of table `tasks` cannot become text: `people.open_tasks`, `tasks.owner_email` need it as it is
hint: `appctl tables drop-field people open_tasks` first

"#]],
        ),
        (
            "tables change-field tasks cost:integer",
            str![[r#"

[status 2]
[stderr]
error: field `cost` is worked out; it cannot become a stored one
hint: drop it with `appctl tables drop-field tasks cost` and add the new one

"#]],
        ),
        (
            "tables change-field tasks cost --required",
            str![[r#"

[status 2]
[stderr]
error: field `cost` is worked out; it has no rules of its own

"#]],
        ),
        (
            "tables change-field tasks 'cost:formula=hours * 2'",
            str![[r#"

[status 2]
[stderr]
error: field `cost` of table `tasks` is like this already

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        synced().run("tables change-field contacts email:text"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of `contacts` is filled by connection `crm` and cannot be changed
hint: `appctl connections edit crm` changes what it fills; `appctl connections remove crm --keep-data` unlocks its tables

"#]]
    );
    assert_data_eq!(
        synced().run("tables change-field contacts score --required"),
        str![[r#"

[status 2]
[stderr]
error: field `score` cannot be required: the records of `contacts` come from connection `crm` without it

"#]]
    );
    assert_data_eq!(
        synced().run("tables change-field contacts score:text"),
        str![[r#"

[status 0]
[stderr]
field `score` of table `contacts` became text; `appctl undo 2` changes it back

"#]]
    );
}
