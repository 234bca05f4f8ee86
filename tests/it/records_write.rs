//! `appctl records create, update, upsert, delete`: many records at once, filters, relations, and every wrong use.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::synced::synced;

/// People with a unique e-mail address and phone, tasks that three kinds of relations tie to them.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email phone:phone --unique email --unique phone");
    home.run("records create people name=Ada email=ada@example.com phone=0791234");
    home.run("records create people name=Bob email=bob@example.com phone=2");
    home.run(
        "tables create tasks title:text! status:select=open,done owner:relation=people \
         helper:relation=people:clear parent:relation=tasks:cascade",
    );
    home
}

fn with_tasks() -> Home {
    let home = home();
    home.run("records create tasks title=Plan status=open owner=1 helper=2");
    home.run("records create tasks title=Draw status=open parent=1");
    home.run("records create tasks title=Build status=done parent=2 helper=2");
    home.run("records create tasks title=Rest status=open");
    home
}

fn with_stdin(home: &Home, text: &str, arguments: &str) -> String {
    home.run_with(Some(text), &[], arguments).to_string()
}

fn all(home: &Home, table: &str) -> String {
    home.run(&format!("records list {table} -o csv"))
}

#[test]
fn a_relation_takes_a_key_or_a_unique_value() {
    let home = home();
    for (owner, is) in [
        ("owner=2", "2"),
        ("owner:=1", "1"),
        ("owner=ada@example.com", "1"),
        ("owner=people:ada@example.com", "1"),
        ("owner=people:2", "2"),
        ("owner=0791234", "1"),
    ] {
        let made = home.run(&format!("records create tasks title=x {owner} --jq .owner"));
        assert!(made.contains(&format!("[stdout]\n{is}\n")), "{owner}: {made}");
    }
    // `2` is the key of Bob and the phone of Bob; `1` is a key before it is anything else.
    home.run("records update people 2 phone=1");
    assert_data_eq!(
        home.run("records update tasks 1 owner=1 --jq .owner"),
        str![[r#"

[status 0]
[stdout]
1

"#]]
    );
}

#[test]
fn a_relation_that_means_nothing_or_several_is_refused() {
    let home = home();
    home.run("records update people 2 phone=ada@example.com");
    home.run("tables create notes text:text about:relation=tasks");
    for (arguments, expected) in [
        (
            "records create tasks title=x owner=7",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `7`
hint: give its key, its `email` or its `phone`; see `appctl records list people`

"#]],
        ),
        (
            "records create tasks title=x owner=ada@exmple.com",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `ada@exmple.com`
hint: did you mean `ada@example.com`?

"#]],
        ),
        (
            "records create tasks title=x owner=people:bob@exmple.com",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `bob@exmple.com`
hint: did you mean `bob@example.com`?

"#]],
        ),
        (
            "records create tasks title=x owner=ada@example.com",
            str![[r#"

[status 1]
[stderr]
error: field `owner` points to `people`, where `ada@example.com` may be 1 by its `email` or 2 by its `phone`
hint: give the key: `owner=1`

"#]],
        ),
        (
            "records create tasks title=x owner=zzz",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record `zzz`
hint: give its key, its `email` or its `phone`; see `appctl records list people`

"#]],
        ),
        (
            "records create tasks title=x owner=",
            str![[r#"

[status 3]
[stderr]
error: field `owner` points to `people`, which has no record ``
hint: give its key, its `email` or its `phone`; see `appctl records list people`

"#]],
        ),
        (
            "records create notes about=first",
            str![[r#"

[status 2]
[stderr]
error: field `about` points to `tasks`: field `id` is of type integer, and `first` is none: write a whole number such as `42`

"#]],
        ),
        (
            "records create notes about=3",
            str![[r#"

[status 3]
[stderr]
error: field `about` points to `tasks`, which has no record `3`
hint: see `appctl records list tasks`

"#]],
        ),
        (
            "records create tasks title=x owner:=true",
            str![[r#"

[status 2]
[stderr]
error: field `owner` is of type relation, and `true` is none: write a text in double quotes

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
[stderr]
no records

"#]]
    );
}

#[test]
fn a_relation_to_a_key_of_several_fields_is_the_id() {
    let home = Home::new();
    home.run("tables create places region:text! number:integer! name:text --key region --key number --unique name");
    home.run("records create places region='EU, west' number=5 name=Porto");
    home.run("tables create visits place:relation=places day:date! --key place --key day");
    home.run("records create visits place='\"EU, west\",5' day=2026-12-01");
    home.run("records create visits place=Porto day=2026-12-02");
    assert_data_eq!(
        all(&home, "visits"),
        str![[r#"

[status 0]
[stdout]
place,day
"""EU, west"",5",2026-12-01
"""EU, west"",5",2026-12-02

"#]]
    );
    assert_data_eq!(
        home.run("records get visits '\"\"\"EU, west\"\",5\",2026-12-01'"),
        str![[r#"

[status 0]
[stdout]
place  "EU, west",5
day    2026-12-01

"#]]
    );
    assert_data_eq!(
        home.run("records delete places '\"EU, west\",5' --yes"),
        str![[r#"

[status 1]
[stderr]
error: records that others point to cannot be deleted: `visits` """EU, west"",5",2026-12-01, """EU, west"",5",2026-12-02 point to `places` "EU, west",5 (`place`)
hint: delete or change those first, see `appctl records list visits`; nothing was changed

"#]]
    );
    home.run("tables create people name:text");
    home.run("records create people name=Ada");
    home.run("tables create seats owner:relation=people row:text --key owner");
    home.run("records create seats owner=1 row=A");
    assert_data_eq!(
        home.run("records update seats 1 row=B"),
        str![[r#"

[status 0]
[stdout]
owner  1
row    B
[stderr]
changed `1` of `seats`

"#]]
    );
    assert_data_eq!(
        home.run("records delete seats 1 --yes"),
        str![[r#"

[status 0]
[stderr]
deleted 1 record of `seats`; `appctl undo 11` brings it back

"#]]
    );
}

#[test]
fn several_records_get_the_same_values() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records update tasks 1 2 3 status=done"),
        str![[r#"

[status 0]
[stderr]
changed 2 records of `tasks`, 1 was so already; `appctl undo 9` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks 1 4 --data '{\"status\":null}' --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","updated":2,"unchanged":0,"operation":10}

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,,1,2,
2,Draw,done,,,1
3,Build,done,,2,2
4,Rest,,,,

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks 1 9 status=open"),
        str![[r#"

[status 3]
[stderr]
error: table `tasks` has no record `9`
hint: see `appctl records list tasks`

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,,1,2,
2,Draw,done,,,1
3,Build,done,,2,2
4,Rest,,,,

"#]]
    );
}

#[test]
fn what_a_filter_keeps_is_changed_once_somebody_agrees() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records update tasks --where \"status = 'open'\" status=done"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Change 3 records of `tasks`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks --where \"status = 'open'\" status=done --dry-run"),
        str![[r#"

[status 0]
[stderr]
dry run: changed 3 records of `tasks` (1, 2, 4); nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks --where \"status = 'open'\" status=done --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","updated":3,"unchanged":0,"operation":null,"dry_run":true,"ids":["1","2","4"]}

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks --where 'id > 1' status=done owner=bob@example.com --yes"),
        str![[r#"

[status 0]
[stderr]
changed 3 records of `tasks`; `appctl undo 9` takes it back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,2,
2,Draw,done,2,,1
3,Build,done,2,2,2
4,Rest,done,2,,

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks --where \"title = 'none'\" status=done"),
        str![[r#"

[status 0]
[stderr]
changed 0 records of `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks --where 'id = 1' status=open"),
        str![[r#"

[status 0]
[stderr]
changed 0 records of `tasks`, 1 was so already

"#]]
    );
}

#[test]
fn wrong_updates_are_refused() {
    let home = with_tasks();
    for (arguments, expected) in [
        (
            "records update tasks",
            str![[r#"

[status 2]
[stderr]
error: neither an id nor `--where` says which records to change
hint: write `appctl records update tasks ID NAME=VALUE`, or add `--where FILTER`

"#]],
        ),
        (
            "records update tasks status=done",
            str![[r#"

[status 2]
[stderr]
error: neither an id nor `--where` says which records to change
hint: write `appctl records update tasks ID NAME=VALUE`, or add `--where FILTER`

"#]],
        ),
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
            "records update tasks 1 2",
            str![[r#"

[status 2]
[stderr]
error: there is nothing to change
hint: give at least one `name=value`, or `--data JSON`

"#]],
        ),
        (
            "records update tasks --where 'id = 1'",
            str![[r#"

[status 2]
[stderr]
error: there is nothing to change
hint: give at least one `name=value`, or `--data JSON`

"#]],
        ),
        (
            "records update tasks 1 --where 'id = 1' status=done",
            str![[r#"

[status 2]
[stderr]
error: the id `1` and `--where` cannot be combined
hint: leave one of them away

"#]],
        ),
        (
            "records update tasks --where 'nr = 1' status=done --yes",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `nr`
hint: the fields are id, title, status, owner, helper, parent, tasks

"#]],
        ),
        (
            "records update tasks --where 'id = ' status=done --yes",
            str![[r#"

[status 2]
[stderr]
error: cannot read the filter at column 6: expected an expression, found the end
hint: a filter compares fields: `stage = 'won' and amount > 100`, with and, or, not, in, between, like, is null, now() + interval '7 days'

"#]],
        ),
        (
            "records update tasks 1 status=done --data '{}'",
            str![[r#"

[status 2]
[stderr]
error: `--data` and `name=value` cannot be combined

"#]],
        ),
        (
            "records update tasks 1 --data '[]'",
            str![[r#"

[status 2]
[stderr]
error: this is no JSON object: invalid type: sequence, expected an object of fields and values
hint: write one object with fields and values: `{"name":"Ada"}`

"#]],
        ),
        (
            "records update tasks 1 --data '{\"status\":'",
            str![[r#"

[status 2]
[stderr]
error: this is no JSON object: EOF while parsing a value
hint: write one object with fields and values: `{"name":"Ada"}`

"#]],
        ),
        (
            "records update tasks 1 nr=2",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `nr`
hint: the fields are id, title, status, owner, helper, parent

"#]],
        ),
        (
            "records update tasks 1 title=a title=b",
            str![[r#"

[status 2]
[stderr]
error: field `title` is given twice

"#]],
        ),
        (
            "records update tasks x status=done",
            str![[r#"

[status 2]
[stderr]
error: field `id` is of type integer, and `x` is none: write a whole number such as `42`

"#]],
        ),
        (
            "records update people 1 2 email=new@example.com",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a record with `email` = `new@example.com` already
hint: change the value, or update that record

"#]],
        ),
        (
            "records update tasks --where 'id > 0' title:=null --yes",
            str![[r#"

[status 2]
[stderr]
error: field `title` is required

"#]],
        ),
        (
            "records update none 1 status=done",
            str![[r#"

[status 3]
[stderr]
error: no table is named `none`
hint: see `appctl tables list`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,2,
2,Draw,open,,,1
3,Build,done,,2,2
4,Rest,open,,,

"#]]
    );
}

#[test]
fn a_stream_of_changes_is_one_operation_or_none() {
    let home = with_tasks();
    let changes =
        "{\"id\":1,\"status\":\"done\"}\n\n{\"id\":2,\"owner\":\"bob@example.com\"}\n{\"id\":3,\"status\":\"done\"}\n";
    assert_data_eq!(
        with_stdin(&home, changes, "records update tasks - --dry-run"),
        str![[r#"

[status 0]
[stderr]
dry run: changed 2 records of `tasks`, 1 was so already (1, 2, 3); nothing was changed

"#]]
    );
    assert_data_eq!(
        with_stdin(&home, changes, "records update tasks - --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","updated":2,"unchanged":1,"operation":9}

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,done,1,2,
2,Draw,open,2,,1
3,Build,done,,2,2
4,Rest,open,,,

"#]]
    );
    for (text, expected) in [
        (
            "{\"id\":1,\"title\":\"x\"}\n\n{\"id\":9,\"title\":\"x\"}\n",
            str![[r#"

[status 3]
[stderr]
error: line 3: table `tasks` has no record `9`
hint: see `appctl records list tasks`

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n{\"title\":\"x\"}\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: `id` is missing
hint: a record of `tasks` is found by its key: id

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n{\"id\":2,\"title\":null}\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: field `title` is required

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n{\"id\":2,\"owner\":\"nobody\"}\n",
            str![[r#"

[status 3]
[stderr]
error: line 2: field `owner` points to `people`, which has no record `nobody`
hint: give its key, its `email` or its `phone`; see `appctl records list people`

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n{\"id\":2,\n\"titel\":\"x\"}\n",
            str![[r#"

[status 3]
[stderr]
error: line 2: table `tasks` has no field `titel`
hint: did you mean `title`?

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n{\"id\":2 \"titel\":\"x\"}\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: the data is no JSON: expected `,` or `}` at column 9
hint: write one JSON object a line, or a list of them

"#]],
        ),
        (
            "{\"id\":1,\"title\":\"x\"}\n\"2\"\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: this is no JSON object: invalid type: string "2", expected an object of fields and values
hint: write one object with fields and values: `{"name":"Ada"}`

"#]],
        ),
    ] {
        assert_data_eq!(with_stdin(&home, text, "records update tasks -"), expected);
    }
    assert_data_eq!(
        home.run("records update tasks --data '[{\"id\":1,\"title\":\"y\"},{\"id\":8}]'"),
        str![[r#"

[status 3]
[stderr]
error: record 2: table `tasks` has no record `8`
hint: see `appctl records list tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records list tasks --where \"title = 'x'\" -o csv"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
[stderr]
no records

"#]]
    );
}

#[test]
fn a_stream_of_new_records_names_the_line_that_is_wrong() {
    let home = home();
    for (text, expected) in [
        (
            "{\"title\":\"a\"}\n{\"title\":\"b\",\"owner\":\"nobody\"}\n",
            str![[r#"

[status 3]
[stderr]
error: line 2: field `owner` points to `people`, which has no record `nobody`
hint: give its key, its `email` or its `phone`; see `appctl records list people`

"#]],
        ),
        (
            "{\"title\":\"a\"}\n{}\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: field `title` is required

"#]],
        ),
        (
            "{\"id\":5,\"title\":\"a\"}\n{\"id\":5,\"title\":\"b\"}\n",
            str![[r#"

[status 1]
[stderr]
error: line 2: table `tasks` has a record with `id` = `5` already
hint: change the value, or update that record

"#]],
        ),
        (
            "[{\"title\":\"a\"},\n {\"title\":\"b\"},\n {\"title\":3}]\n",
            str![[r#"

[status 2]
[stderr]
error: line 3: field `title` is of type text, and `3` is none: write a text in double quotes

"#]],
        ),
        (
            "{\"title\":\"a\",\"title\":\"b\"}\n",
            str![[r#"

[status 2]
[stderr]
error: line 1: field `title` is given twice

"#]],
        ),
        (
            "{\"title\":\"\\ud800\"}\n",
            str![[r#"

[status 2]
[stderr]
error: line 1: field `title` is of type text, and `"/ud800"` is none: write text without lone surrogates

"#]],
        ),
    ] {
        assert_data_eq!(with_stdin(&home, text, "records create tasks -"), expected);
    }
    let mut command = home.command(&["records", "create", "tasks", "--data", "@latin.json"]);
    std::fs::write(home.path().join("latin.json"), b"{\"title\":\"a\"}\n{\"title\":\"\xe9\"}\n").unwrap();
    assert_data_eq!(
        home.finish(command, None).to_string(),
        str![[r#"

[status 2]
[stderr]
error: line 2: the data is no UTF-8
hint: convert it first: `iconv -t UTF-8`

"#]]
    );
    command = home.command(&["records", "create", "tasks", "--data", "@bom.json"]);
    std::fs::write(home.path().join("bom.json"), "\u{feff}{\"title\":\"a\"}\n").unwrap();
    assert_data_eq!(
        home.finish(command, None).to_string(),
        str![[r#"

[status 0]
[stderr]
created 1 record in `tasks`

"#]]
    );
    let marked = "\u{feff}{\"title\":\"b\"}\n{\"title\":\"c\"}\n";
    for stream in ["records create tasks -", "records create tasks --data @-"] {
        let ran = home.run_with(Some(marked), &[], stream);
        assert_eq!((ran.status, ran.stderr.as_str()), (0, "created 2 records in `tasks`\n"), "{stream}");
    }
    assert_data_eq!(
        home.run("records create tasks --data @none.json"),
        str![[r#"

[status 3]
[stderr]
error: reading `none.json`: No such file or directory (os error 2)

"#]]
    );
}

#[test]
fn upserts_create_or_change() {
    let home = home();
    assert_data_eq!(
        home.run("records upsert people --key email email=ada@example.com name='Ada L'"),
        str![[r#"

[status 0]
[stderr]
changed 1 record of `people`; `appctl undo 5` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records upsert people --key email email=cy@example.com name=Cy"),
        str![[r#"

[status 0]
[stderr]
created 1 record in `people`; `appctl undo 6` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records upsert people --key email email=cy@example.com name=Cy"),
        str![[r#"

[status 0]
[stderr]
changed 0 records of `people`, 1 was so already

"#]]
    );
    assert_data_eq!(
        home.run("records upsert people id=2 name=Bo --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":0,"updated":1,"unchanged":0,"operation":7}

"#]]
    );
    let lines = "{\"email\":\"ada@example.com\",\"name\":\"Ada\"}\n{\"email\":\"di@example.com\",\"name\":\"Di\"}\n\
                 {\"email\":\"di@example.com\",\"name\":\"Di\"}\n";
    assert_data_eq!(
        with_stdin(&home, lines, "records upsert people --key email - --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":1,"updated":1,"unchanged":1,"operation":null,"dry_run":true,"ids":["1","4","4"]}

"#]]
    );
    assert_data_eq!(
        with_stdin(&home, lines, "records upsert people --key email - --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","created":1,"updated":1,"unchanged":1,"operation":8}

"#]]
    );
    assert_data_eq!(
        with_stdin(&home, lines, "records upsert people --key email -"),
        str![[r#"

[status 0]
[stderr]
changed 0 records of `people`, 3 were so already

"#]]
    );
    assert_data_eq!(
        all(&home, "people"),
        str![[r#"

[status 0]
[stdout]
id,name,email,phone
1,Ada,ada@example.com,0791234
2,Bo,bob@example.com,2
3,Cy,cy@example.com,
4,Di,di@example.com,

"#]]
    );
}

#[test]
fn upserts_by_a_key_of_several_fields() {
    let home = home();
    home.run("tables create shares task:relation=tasks person:relation=people part:integer --key task --key person");
    home.run("records create tasks title=Plan");
    assert_data_eq!(
        home.run("records upsert shares task=1 person=ada@example.com part=50"),
        str![[r#"

[status 0]
[stderr]
created 1 record in `shares`; `appctl undo 7` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records upsert shares task=1 person=1 part=60"),
        str![[r#"

[status 0]
[stderr]
changed 1 record of `shares`; `appctl undo 8` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records upsert shares --key person,task task=1 person=1 part=60"),
        str![[r#"

[status 0]
[stderr]
changed 0 records of `shares`, 1 was so already

"#]]
    );
    assert_data_eq!(
        home.run("records get shares 1,1"),
        str![[r#"

[status 0]
[stdout]
task    1
person  1
part    60

"#]]
    );
    assert_data_eq!(
        home.run("records upsert shares task=1 part=60"),
        str![[r#"

[status 2]
[stderr]
error: `person` is missing
hint: a record of `shares` is found by its key: task, person

"#]]
    );
}

#[test]
fn wrong_upserts_are_refused() {
    let home = home();
    for (arguments, expected) in [
        (
            "records upsert people name=Ada",
            str![[r#"

[status 2]
[stderr]
error: `id` is missing
hint: give the key, or find records by a unique field: `--key email`

"#]],
        ),
        (
            "records upsert people",
            str![[r#"

[status 2]
[stderr]
error: `id` is missing
hint: give the key, or find records by a unique field: `--key email`

"#]],
        ),
        (
            "records upsert people --key name name=Ada",
            str![[r#"

[status 2]
[stderr]
error: two records of `people` may have the same `name`
hint: find records by their key, or by a unique field: email, phone

"#]],
        ),
        (
            "records upsert people --key mail email=ada@example.com",
            str![[r#"

[status 3]
[stderr]
error: table `people` has no field `mail`
hint: did you mean `email`?

"#]],
        ),
        (
            "records upsert tasks --key title title=Plan",
            str![[r#"

[status 2]
[stderr]
error: two records of `tasks` may have the same `title`
hint: leave `--key` away to find records by their key

"#]],
        ),
        (
            "records upsert people --key email name=Ada",
            str![[r#"

[status 2]
[stderr]
error: `email` is missing: records of `people` are found by it
hint: give it a value, or choose another `--key`

"#]],
        ),
        (
            "records upsert people --key email email:=null name=Ada",
            str![[r#"

[status 2]
[stderr]
error: `email` is missing: records of `people` are found by it
hint: give it a value, or choose another `--key`

"#]],
        ),
        (
            "records upsert people --key email email=ada@example.com id=2",
            str![[r#"

[status 2]
[stderr]
error: record `1` of `people` is the one meant, and its key cannot become `id` = `2`
hint: leave `id` away

"#]],
        ),
        (
            "records upsert people --key email,name email=ada@example.com name=Bob",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a record with `email` = `ada@example.com` already
hint: change the value, or update that record

"#]],
        ),
        (
            "records upsert people --key email email=ada@example.com phone=2",
            str![[r#"

[status 1]
[stderr]
error: table `people` has a record with `email` = `ada@example.com`, `phone` = `2` already
hint: change the value, or update that record

"#]],
        ),
        (
            "records upsert people --key email email=new@example.com",
            str![[r#"

[status 2]
[stderr]
error: field `name` is required

"#]],
        ),
        (
            "records upsert people --key email email=new@example.com --data '{}'",
            str![[r#"

[status 2]
[stderr]
error: `--data` and `name=value` cannot be combined

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    assert_data_eq!(
        all(&home, "people"),
        str![[r#"

[status 0]
[stdout]
id,name,email,phone
1,Ada,ada@example.com,0791234
2,Bob,bob@example.com,2

"#]]
    );
}

#[test]
fn a_record_that_others_point_to_stays() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records delete people 1 --yes"),
        str![[r#"

[status 1]
[stderr]
error: records that others point to cannot be deleted: `tasks` 1 points to `people` 1 (`owner`)
hint: delete or change those first, see `appctl records list tasks`; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records delete people --where 'id > 0' --yes --json"),
        str![[r#"

[status 1]
[stderr]
{"error":{"kind":"conflict","message":"records that others point to cannot be deleted: `tasks` 1 points to `people` 1 (`owner`)","hint":"delete or change those first, see `appctl records list tasks`; nothing was changed"}}

"#]]
    );
    assert_data_eq!(
        home.run("records count people"),
        str![[r#"

[status 0]
[stdout]
table   records
people        2

"#]]
    );
    let many: String = (0..30).map(|place| format!("{{\"title\":\"t{place}\",\"owner\":1}}\n")).collect();
    with_stdin(&home, &many, "records create tasks -");
    assert_data_eq!(
        home.run("records delete people 1 --dry-run"),
        str![[r#"

[status 1]
[stderr]
error: records that others point to cannot be deleted: `tasks` 1, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23 point to `people` 1 (`owner`); and more
hint: delete or change those first, see `appctl records list tasks`; nothing was changed

"#]]
    );
}

#[test]
fn a_record_that_goes_is_let_go_of() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records delete people bob@example.com --yes"),
        str![[r#"

[status 2]
[stderr]
error: field `id` is of type integer, and `bob@example.com` is none: write a whole number such as `42`

"#]]
    );
    assert_data_eq!(
        home.run("records delete people 2"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Delete 1 record of `people`; 2 records no longer point to it?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("records delete people 2 --dry-run"),
        str![[r#"

[status 0]
[stderr]
dry run: deleted 1 record of `people`; 2 records no longer point to it (2); nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records delete people 2 --yes --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"people","deleted":1,"cascaded":0,"cleared":2,"operation":9}

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,,
2,Draw,open,,,1
3,Build,done,,,2
4,Rest,open,,,

"#]]
    );
    assert_data_eq!(
        home.run("undo 9"),
        str![[r#"

[status 0]
[stderr]
undid operation 9 (`records delete people`): 1 new, 2 changed; `appctl undo 10` brings it back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,2,
2,Draw,open,,,1
3,Build,done,,2,2
4,Rest,open,,,

"#]]
    );
}

#[test]
fn what_points_to_a_record_goes_with_it() {
    let home = with_tasks();
    assert_data_eq!(
        home.run("records delete tasks 1"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Delete 1 record of `tasks`, and with it 2 records that point there?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("records delete tasks 1 3 --yes"),
        str![[r#"

[status 0]
[stderr]
deleted 2 records of `tasks`, and with them 1 record that points there; `appctl undo 9` brings them back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
4,Rest,open,,,

"#]]
    );
    assert_data_eq!(
        home.run("undo 9"),
        str![[r#"

[status 0]
[stderr]
undid operation 9 (`records delete tasks`): 3 new; `appctl undo 10` brings it back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,2,
2,Draw,open,,,1
3,Build,done,,2,2
4,Rest,open,,,

"#]]
    );
    // A circle, and a record that points to itself.
    home.run("records update tasks 1 parent=3");
    home.run("records update tasks 4 parent=4");
    assert_data_eq!(
        home.run("records delete tasks 2 4 --yes --json"),
        str![[r#"

[status 0]
[stdout]
{"table":"tasks","deleted":2,"cascaded":2,"cleared":0,"operation":13}

"#]]
    );
    assert_data_eq!(
        home.run("undo 13"),
        str![[r#"

[status 0]
[stderr]
undid operation 13 (`records delete tasks`): 4 new; `appctl undo 14` brings it back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,open,1,2,3
2,Draw,open,,,1
3,Build,done,,2,2
4,Rest,open,,,4

"#]]
    );
}

#[test]
fn records_that_hold_each_other_go_together() {
    let home = Home::new();
    home.run("tables create nodes name:text next:relation=nodes");
    home.run("records create nodes name=a");
    home.run("records create nodes name=b next=1");
    home.run("records update nodes 1 next=2");
    assert_data_eq!(
        home.run("records delete nodes 1 --yes"),
        str![[r#"

[status 1]
[stderr]
error: records that others point to cannot be deleted: `nodes` 2 points to `nodes` 1 (`next`)
hint: delete or change those first, see `appctl records list nodes`; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records delete nodes 1 2 2 --yes"),
        str![[r#"

[status 0]
[stderr]
deleted 2 records of `nodes`; `appctl undo 5` brings them back

"#]]
    );
    assert_data_eq!(
        home.run("undo 5"),
        str![[r#"

[status 0]
[stderr]
undid operation 5 (`records delete nodes`): 2 new; `appctl undo 6` brings it back

"#]]
    );
    assert_data_eq!(
        all(&home, "nodes"),
        str![[r#"

[status 0]
[stdout]
id,name,next
1,a,2
2,b,1

"#]]
    );
}

#[test]
fn wrong_deletes_are_refused() {
    let home = with_tasks();
    for (arguments, expected) in [
        (
            "records delete tasks",
            str![[r#"

[status 2]
[stderr]
error: neither an id nor `--where` says which records to delete
hint: write `appctl records delete tasks ID`, or add `--where FILTER`

"#]],
        ),
        (
            "records delete tasks 1 --where 'id = 1'",
            str![[r#"

[status 2]
[stderr]
error: `ID` and `--where` cannot be used together
hint: see `appctl records delete --help`

"#]],
        ),
        (
            "records delete tasks --where 'id = 1'",
            str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Delete 1 record of `tasks`, and with it 2 records that point there?
hint: add `--yes` to go on without being asked

"#]],
        ),
        (
            "records delete tasks --where 'nr = 1' --yes",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `nr`
hint: the fields are id, title, status, owner, helper, parent, tasks

"#]],
        ),
        (
            "records delete tasks 99 --yes",
            str![[r#"

[status 3]
[stderr]
error: table `tasks` has no record `99`
hint: see `appctl records list tasks`

"#]],
        ),
        (
            "records delete tasks --where 'id = 99'",
            str![[r#"

[status 0]
[stderr]
deleted 0 records of `tasks`

"#]],
        ),
    ] {
        assert_data_eq!(home.run(arguments), expected);
    }
    for (text, expected) in [
        (
            "4\n99\n",
            str![[r#"

[status 3]
[stderr]
error: line 2: table `tasks` has no record `99`
hint: see `appctl records list tasks`

"#]],
        ),
        (
            "4\n{\"title\":\"Rest\"}\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: `id` is missing
hint: a record of `tasks` is found by its key: id

"#]],
        ),
        (
            "4\n{\"nr\":4}\n",
            str![[r#"

[status 3]
[stderr]
error: line 2: table `tasks` has no field `nr`
hint: the fields are id, title, status, owner, helper, parent

"#]],
        ),
        (
            "4\nnull\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: `null` names no record of `tasks`
hint: give an id as a text or number, or an object with the key fields

"#]],
        ),
        (
            "4\nabc\n",
            str![[r#"

[status 2]
[stderr]
error: line 2: the data is no JSON: expected value at column 1
hint: write one JSON object a line, or a list of them

"#]],
        ),
    ] {
        assert_data_eq!(with_stdin(&home, text, "records delete tasks - --yes"), expected);
    }
    assert_data_eq!(
        with_stdin(&home, "4\n", "records delete tasks -"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Delete 1 record of `tasks`?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("records count tasks"),
        str![[r#"

[status 0]
[stdout]
table  records
tasks        4

"#]]
    );
}

#[test]
fn a_stream_of_ids_or_records_is_deleted() {
    let home = with_tasks();
    assert_data_eq!(
        with_stdin(&home, "4\n\"3\"\n{\"id\":4}\n", "records delete tasks - --dry-run"),
        str![[r#"

[status 0]
[stderr]
dry run: deleted 2 records of `tasks` (4, 3); nothing was changed

"#]]
    );
    let listed = home.run_with(None, &[], "records list tasks --where \"status = 'open'\" -o jsonl").stdout;
    assert_data_eq!(
        with_stdin(&home, &listed, "records delete tasks - --yes"),
        str![[r#"

[status 0]
[stderr]
deleted 3 records of `tasks`, and with them 1 record that points there; `appctl undo 9` brings them back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
[stderr]
no records

"#]]
    );
}

#[test]
fn an_undo_leaves_no_relation_pointing_to_nothing() {
    let home = home();
    home.run("records create people name=Cy email=cy@example.com");
    home.run("records create tasks title=Plan owner=3");
    assert_data_eq!(
        home.run("undo 5"),
        str![[r#"

[status 1]
[stderr]
error: operation 5 cannot be undone without leaving a relation to nothing: `tasks` 1 points to `people` 3 (`owner`)
hint: change or undo that first; nothing was changed

"#]]
    );
    home.run("records update tasks 1 owner=1");
    assert_data_eq!(
        home.run("undo 5"),
        str![[r#"

[status 0]
[stderr]
undid operation 5 (`records create people`): 1 deleted; `appctl undo 8` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 7"),
        str![[r#"

[status 1]
[stderr]
error: operation 7 cannot be undone without leaving a relation to nothing: `tasks` 1 pointed to `people` 3 (`owner`), which is gone
hint: change or undo that first; nothing was changed

"#]]
    );
    home.run("records delete tasks 1 --yes");
    home.run("records delete people 1 --yes");
    assert_data_eq!(
        home.run("undo 9"),
        str![[r#"

[status 1]
[stderr]
error: operation 9 cannot be undone without leaving a relation to nothing: `tasks` 1 pointed to `people` 1 (`owner`), which is gone
hint: change or undo that first; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("undo 10"),
        str![[r#"

[status 0]
[stderr]
undid operation 10 (`records delete people`): 1 new; `appctl undo 11` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 9"),
        str![[r#"

[status 0]
[stderr]
undid operation 9 (`records delete tasks`): 1 new; `appctl undo 12` brings it back

"#]]
    );
    assert_data_eq!(
        all(&home, "tasks"),
        str![[r#"

[status 0]
[stdout]
id,title,status,owner,helper,parent
1,Plan,,1,,

"#]]
    );
}

#[test]
fn own_fields_of_what_a_connection_fills_are_upserted_by_key() {
    let home = synced();
    assert_data_eq!(
        home.run("records upsert contacts id=17 score=5"),
        str![[r#"

[status 0]
[stderr]
changed 1 record of `contacts`; `appctl undo 2` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records upsert contacts id=18 score=5"),
        str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm`: its records come and go there
hint: change them at the source, then `appctl connections sync crm`

"#]]
    );
    assert_data_eq!(
        home.run("records upsert contacts id=17 email=x@example.com"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of table `contacts` is filled by connection `crm`
hint: change it at the source, or add a field of your own: `appctl tables add-field contacts NAME:TYPE`

"#]]
    );
    assert_data_eq!(
        home.run("records update contacts --where \"email like 'ada%'\" score=6 --yes"),
        str![[r#"

[status 0]
[stderr]
changed 1 record of `contacts`; `appctl undo 3` takes it back

"#]]
    );
    assert_data_eq!(
        home.run("records update contacts --where \"email like 'ada%'\" email=x@example.com --yes"),
        str![[r#"

[status 5]
[stderr]
error: field `email` of table `contacts` is filled by connection `crm`
hint: change it at the source, or add a field of your own: `appctl tables add-field contacts NAME:TYPE`

"#]]
    );
    assert_data_eq!(
        home.run("records delete contacts --where 'score > 1' --yes"),
        str![[r#"

[status 5]
[stderr]
error: table `contacts` is filled by connection `crm`: its records come and go there
hint: change them at the source, then `appctl connections sync crm`

"#]]
    );
}
