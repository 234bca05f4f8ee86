//! `appctl log` and `appctl undo`: what happened, and taking it back without clobbering anything.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

/// A home in which a few things happened: operations 1 to 4.
fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text!");
    home.run("records create people name=Ada");
    home.run("records create people name=Bob");
    home.run("records update people 1 name=Ann");
    home
}

#[test]
fn who_it_was_is_known_where_no_variable_says_it() {
    let home = Home::new();
    let by_nobody = ["APPCTL_USER", "USER", "LOGNAME", "USERNAME"].map(|name| (name, ""));
    assert_eq!(home.run_with(None, &by_nobody, "tables create people name:text!").status, 0);
    let me = std::process::Command::new("id").arg("-un").output().unwrap();
    let me = String::from_utf8(me.stdout).unwrap();
    assert_eq!(home.run_with(None, &[], "log --json --jq .[0].by").stdout.trim().trim_matches('"'), me.trim());
}

#[test]
fn the_log_lists_what_happened() {
    let home = home();
    home.run("tables create tasks title:text");
    let other = home.run_with(None, &[("APPCTL_USER", "ann")], "records create tasks title=x");
    assert_eq!(other.status, 0, "{other}");
    assert_data_eq!(
        home.run("log -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
6,[TIME],ann,records create tasks,1,0,0,
5,[TIME],tester,tables create tasks,0,0,0,
4,[TIME],tester,records update people,0,1,0,
3,[TIME],tester,records create people,1,0,0,
2,[TIME],tester,records create people,1,0,0,
1,[TIME],tester,tables create people,0,0,0,

"#]]
    );
    assert_data_eq!(
        home.run("log --table people --limit 2 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
4,[TIME],tester,records update people,0,1,0,
3,[TIME],tester,records create people,1,0,0,
[stderr]
there are more: `--after 3`

"#]]
    );
    assert_data_eq!(
        home.run("log --by ann --json"),
        str![[r#"

[status 0]
[stdout]
[{"operation":6,"at":"[TIME]","by":"ann","kind":"person","what":"records create tasks","connection":null,"tables":["tasks"],"inserted":1,"updated":0,"deleted":0,"undoes":null,"undone_by":null}]

"#]]
    );
    assert_data_eq!(
        home.run("log --since 1h --jq length"),
        str![[r#"

[status 0]
[stdout]
6

"#]]
    );
    assert_data_eq!(
        home.run("log --since 2199-01-01"),
        str![[r#"

[status 0]
[stderr]
nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("log --connection crm --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
}

#[test]
fn wrong_questions_to_the_log() {
    let home = home();
    assert_data_eq!(
        home.run("log --since soon"),
        str![[r#"

[status 2]
[stderr]
error: `soon` is no time
hint: write `12h`, `7d`, `2026-11-24` or `[TIME]`

"#]]
    );
    assert_data_eq!(
        home.run("log --limit many"),
        str![[r#"

[status 2]
[stderr]
error: `--limit` takes no `many`: it is no whole number
hint: see `appctl log --help`

"#]]
    );
    assert_data_eq!(
        home.run("log people"),
        str![[r#"

[status 2]
[stderr]
error: `OPERATION` takes no `people`: it is no whole number
hint: see `appctl log --help`

"#]]
    );
}

#[test]
fn an_operation_is_undone_and_brought_back() {
    let home = home();
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`records update people`): 1 changed; `appctl undo 5` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("records get people 1 --jq .name"),
        str![[r#"

[status 0]
[stdout]
Ada

"#]]
    );
    assert_data_eq!(
        home.run("undo 5 --json"),
        str![[r#"

[status 0]
[stdout]
{"operation":6,"undid":5,"inserted":0,"updated":1,"deleted":0}

"#]]
    );
    assert_data_eq!(
        home.run("records get people 1 --jq .name"),
        str![[r#"

[status 0]
[stdout]
Ann

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`records update people`): 1 changed; `appctl undo 7` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 1]
[stderr]
error: operation 4 was undone already, by operation 7
hint: undo that one to bring it back: `appctl undo 7`

"#]]
    );
    assert_data_eq!(
        home.run("log -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
7,[TIME],tester,undo 4: records update people,0,1,0,
6,[TIME],tester,undo 5: undo 4: records update people,0,1,0,
5,[TIME],tester,undo 4: records update people,0,1,0,by 6
4,[TIME],tester,records update people,0,1,0,by 7
3,[TIME],tester,records create people,1,0,0,
2,[TIME],tester,records create people,1,0,0,
1,[TIME],tester,tables create people,0,0,0,

"#]]
    );
}

#[test]
fn a_delete_is_undone_with_every_value() {
    let home = home();
    let before = home.run("records export people");
    home.run("records delete people 1 2 --yes");
    assert_data_eq!(
        home.run("records count people"),
        str![[r#"

[status 0]
[stdout]
table   records
people        0

"#]]
    );
    assert_data_eq!(
        home.run("undo 5"),
        str![[r#"

[status 0]
[stderr]
undid operation 5 (`records delete people`): 2 new; `appctl undo 6` brings it back

"#]]
    );
    assert_eq!(home.run("records export people"), before);
}

#[test]
fn what_was_built_upon_is_not_undone() {
    let home = home();
    assert_data_eq!(
        home.run("undo 2"),
        str![[r#"

[status 1]
[stderr]
error: operation 2 was built upon later: people 1 (operation 4: records update people)
hint: undo the later operations first; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("undo 1 --json"),
        str![[r#"

[status 1]
[stderr]
{"error":{"kind":"conflict","message":"operation 1 was built upon later: people 1 (operation 2: records create people), people 2 (operation 3: records create people), people 1 (operation 4: records update people)","hint":"undo the later operations first; nothing was changed"}}

"#]]
    );
    assert_data_eq!(
        home.run("records list people -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name
1,Ann
2,Bob

"#]]
    );
    assert_data_eq!(
        home.run("undo 3"),
        str![[r#"

[status 0]
[stderr]
undid operation 3 (`records create people`): 1 deleted; `appctl undo 5` brings it back

"#]]
    );
}

#[test]
fn there_is_nothing_to_undo() {
    let home = home();
    assert_data_eq!(
        home.run("undo 99"),
        str![[r#"

[status 3]
[stderr]
error: there is no operation 99
hint: see `appctl log`

"#]]
    );
    assert_data_eq!(
        home.run("undo x"),
        str![[r#"

[status 2]
[stderr]
error: `OPERATION` takes no `x`: it is no whole number
hint: see `appctl undo --help`

"#]]
    );
    assert_data_eq!(
        home.run("undo"),
        str![[r#"

[status 2]
[stderr]
error: `OPERATION` is missing
hint: see `appctl undo --help`

"#]]
    );
}

#[test]
fn the_log_by_kind_time_and_page() {
    let home = home();
    home.run("tables create tasks title:text");
    assert_data_eq!(
        home.run("log --kind person --limit 2 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
5,[TIME],tester,tables create tasks,0,0,0,
4,[TIME],tester,records update people,0,1,0,
[stderr]
there are more: `--after 4`

"#]]
    );
    assert_data_eq!(
        home.run("log --after 3 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
2,[TIME],tester,records create people,1,0,0,
1,[TIME],tester,tables create people,0,0,0,

"#]]
    );
    assert_data_eq!(
        home.run("log --kind run"),
        str![[r#"

[status 0]
[stderr]
nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("log --agent support"),
        str![[r#"

[status 0]
[stderr]
nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("log --until 2020-01-01"),
        str![[r#"

[status 0]
[stderr]
nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("log --until soon"),
        str![[r#"

[status 2]
[stderr]
error: `soon` is no time
hint: write `12h`, `7d`, `2026-11-24` or `[TIME]`

"#]]
    );
    assert_data_eq!(
        home.run("log --kind robot"),
        str![[r#"

[status 2]
[stderr]
error: `--kind` takes no `robot`: use person, run, agent
hint: see `appctl log --help`

"#]]
    );
    assert_data_eq!(
        home.run("log --agent a --by b"),
        str![[r#"

[status 2]
[stderr]
error: `--agent` and `--by` cannot be used together
hint: see `appctl log --help`

"#]]
    );
}

#[test]
fn one_operation_shows_what_it_changed() {
    let home = home();
    assert_data_eq!(
        home.run("log 4"),
        str![[r#"

[status 0]
[stdout]
operation  4
at         [TIME]
by         tester
what       records update people

table   record  change   field  before  after
people  1       changed  name   Ada     Ann

"#]]
    );
    assert_data_eq!(
        home.run("log 4 --json"),
        str![[r#"

[status 0]
[stdout]
{"operation":4,"at":"[TIME]","by":"tester","kind":"person","what":"records update people","connection":null,"tables":["people"],"inserted":0,"updated":1,"deleted":0,"undoes":null,"undone_by":null,"changes":[{"table":"people","record":"1","name":null,"change":"changed","fields":[{"field":"name","before":"Ada","after":"Ann"}]}],"more":false}

"#]]
    );
    assert_data_eq!(
        home.run("log 1"),
        str![[r#"

[status 0]
[stdout]
operation  1
at         [TIME]
by         tester
what       tables create people

table   record  change      field  before  after
people          table made

"#]]
    );
    assert_data_eq!(
        home.run("log 2 -o csv"),
        str![[r#"

[status 0]
[stdout]
table,record,change,field,before,after
people,1,created,id,,1
people,1,created,name,,Ada

"#]]
    );
    assert_data_eq!(
        home.run("log 99"),
        str![[r#"

[status 3]
[stderr]
error: there is no operation 99
hint: see `appctl log`

"#]]
    );
    home.run("records delete people 1 2 --yes");
    assert_data_eq!(
        home.run("log 5 --limit 1"),
        str![[r#"

[status 0]
[stdout]
operation  5
at         [TIME]
by         tester
what       records delete people

table   record  change   field  before  after
people  1       deleted  id     1
people  1       deleted  name   Ann
[stderr]
there are more: raise `--limit`

"#]]
    );
}

#[test]
fn several_operations_are_undone_together_or_not_at_all() {
    let home = home();
    assert_data_eq!(
        home.run("undo 2 3"),
        str![[r#"

[status 1]
[stderr]
error: operation 2 was built upon later: people 1 (operation 4: records update people)
hint: undo the later operations first; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("undo --last 2 --dry-run"),
        str![[r#"

[status 0]
[stdout]
operation  what                   new  changed  deleted  in the way
        4  records update people    0        1        0
        3  records create people    0        0        1
[stderr]
nothing was changed: this was a dry run

"#]]
    );
    assert_data_eq!(
        home.run("undo --last 2 --json"),
        str![[r#"

[status 0]
[stdout]
[{"operation":5,"undid":4,"inserted":0,"updated":1,"deleted":0},
{"operation":6,"undid":3,"inserted":0,"updated":0,"deleted":1}]

"#]]
    );
    assert_data_eq!(
        home.run("undo --last"),
        str![[r#"

[status 0]
[stderr]
undid operation 2 (`records create people`): 1 deleted; `appctl undo 7` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo --last"),
        str![[r#"

[status 0]
[stderr]
undid operation 1 (`tables create people`); `appctl undo 8` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("undo --last"),
        str![[r#"

[status 3]
[stderr]
error: there is no operation to undo
hint: see `appctl log`

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `people`
hint: make one with `appctl tables create NAME FIELD:TYPE…`

"#]]
    );
    assert_data_eq!(
        home.run("undo --last 0"),
        str![[r#"

[status 2]
[stderr]
error: `--last` takes no `0`: it is no whole number above 0
hint: see `appctl undo --help`

"#]]
    );
    assert_data_eq!(
        home.run("undo 1 --last"),
        str![[r#"

[status 2]
[stderr]
error: `OPERATION` and `--last` cannot be used together
hint: see `appctl undo --help`

"#]]
    );
}

#[test]
fn a_dry_run_says_what_is_in_the_way() {
    let home = home();
    assert_data_eq!(
        home.run("undo 2 --dry-run"),
        str![[r#"

[status 1]
[stdout]
operation  what                   new  changed  deleted  in the way
        2  records create people    0        0        0  people 1 (4)
[stderr]
error: operation 2 was built upon later: people 1 (operation 4: records update people)
hint: undo the later operations first; nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("undo 2 --dry-run --json"),
        str![[r#"

[status 1]
[stdout]
[{"operation":2,"what":"records create people","inserted":0,"updated":0,"deleted":0,"conflicts":[{"thing":"people 1","operation":4,"what":"records update people"}],"possible":false}]
[stderr]
{"error":{"kind":"conflict","message":"operation 2 was built upon later: people 1 (operation 4: records update people)","hint":"undo the later operations first; nothing was changed"}}

"#]]
    );
    assert_data_eq!(
        home.run("undo 3 4 --dry-run"),
        str![[r#"

[status 0]
[stdout]
operation  what                   new  changed  deleted  in the way
        4  records update people    0        1        0
        3  records create people    0        0        1
[stderr]
nothing was changed: this was a dry run

"#]]
    );
    assert_data_eq!(
        home.run("log --limit 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
4,[TIME],tester,records update people,0,1,0,
[stderr]
there are more: `--after 4`

"#]]
    );
}

#[test]
fn old_operations_are_let_go_of() {
    let home = home();
    assert_data_eq!(
        home.run("log prune"),
        str![[r#"

[status 0]
[stderr]
no operation is old enough

"#]]
    );
    assert_data_eq!(
        home.run("log prune --keep 2 --dry-run --json"),
        str![[r#"

[status 0]
[stdout]
{"operations":2,"changes":2,"tables":0,"free_bytes":0,"dry_run":true,"compacted":false}

"#]]
    );
    assert_data_eq!(
        home.run("log prune --keep 2"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Prune 2 operations, which then cannot be undone?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_data_eq!(
        home.run("log prune --keep 2 --yes"),
        str![[r#"

[status 0]
[stderr]
pruned 2 operations with 2 changes; 0 B in the file are free for new records (`--compact` gives them back)

"#]]
    );
    assert_data_eq!(
        home.run("log -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
4,[TIME],tester,records update people,0,1,0,
3,[TIME],tester,records create people,1,0,0,

"#]]
    );
    assert_data_eq!(
        home.run("undo 2"),
        str![[r#"

[status 3]
[stderr]
error: operation 2 is older than what the log keeps
hint: see `appctl log` for what can be undone, and `appctl log retention` for how long

"#]]
    );
    assert_data_eq!(
        home.run("log 2"),
        str![[r#"

[status 3]
[stderr]
error: operation 2 is older than what the log keeps
hint: see `appctl log` for what can be undone, and `appctl log retention` for how long

"#]]
    );
    assert_data_eq!(
        home.run("undo 4"),
        str![[r#"

[status 0]
[stderr]
undid operation 4 (`records update people`): 1 changed; `appctl undo 5` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("log prune --keep 0 --yes --compact --json"),
        str![[r#"

[status 0]
[stdout]
{"operations":3,"changes":3,"tables":0,"free_bytes":0,"dry_run":false,"compacted":true}

"#]]
    );
    assert_data_eq!(
        home.run("log"),
        str![[r#"

[status 0]
[stderr]
nothing was changed

"#]]
    );
    assert_data_eq!(
        home.run("records list people"),
        str![[r#"

[status 0]
[stdout]
id  name
 1  Ada
 2  Bob

"#]]
    );
    assert_data_eq!(
        home.run("log prune --older-than soon"),
        str![[r#"

[status 2]
[stderr]
error: `soon` is no time
hint: write `12h`, `7d`, `2026-11-24` or `[TIME]`

"#]]
    );
    assert_data_eq!(
        home.run("log prune --keep 1 --dry-run --compact"),
        str![[r#"

[status 2]
[stderr]
error: `--dry-run` and `--compact` cannot be used together
hint: see `appctl log prune --help`

"#]]
    );
}

#[test]
fn how_long_operations_are_kept() {
    let home = home();
    assert_data_eq!(
        home.run("log retention"),
        str![[r#"

[status 0]
[stdout]
days  30

"#]]
    );
    assert_data_eq!(
        home.run("log retention 12w"),
        str![[r#"

[status 0]
[stderr]
operations are kept for 84 days

"#]]
    );
    assert_data_eq!(
        home.run("log retention --json"),
        str![[r#"

[status 0]
[stdout]
{"days":84}

"#]]
    );
    assert_data_eq!(
        home.run("log retention forever"),
        str![[r#"

[status 0]
[stderr]
operations are kept for ever

"#]]
    );
    assert_data_eq!(
        home.run("log retention 0d"),
        str![[r#"

[status 2]
[stderr]
error: `0d` is no time to keep operations for
hint: write `30d`, `12w` or `forever`

"#]]
    );
    assert_data_eq!(
        home.run("log retention long"),
        str![[r#"

[status 2]
[stderr]
error: `long` is no time to keep operations for
hint: write `30d`, `12w` or `forever`

"#]]
    );
    assert_data_eq!(
        home.run("log --limit 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,what,new,changed,deleted,undone
6,[TIME],tester,log retention forever,0,0,0,
[stderr]
there are more: `--after 6`

"#]]
    );
    assert_data_eq!(
        home.run("undo --last"),
        str![[r#"

[status 0]
[stderr]
undid operation 6 (`log retention forever`); `appctl undo 7` brings it back

"#]]
    );
    assert_data_eq!(
        home.run("log retention"),
        str![[r#"

[status 0]
[stdout]
days  84

"#]]
    );
}

/// The log of a table once ended where it got its name, though `records history` went on.
#[test]
fn the_log_of_a_table_goes_on_under_its_former_names() {
    let home = home(); // operations 1 to 4
    home.run("tables rename people contacts"); // 5
    home.run("records create contacts name=Cid"); // 6
    home.run("tables create people text:text"); // 7: another table
    home.run("records create people text=x"); // 8
    home.run("tables rename contacts friends"); // 9
    home.run("records create friends name=Dan"); // 10
    let log = |table: &str| home.run_with(None, &[], &format!("log --table {table} --jq .[].operation")).stdout;
    assert_eq!(log("friends"), "10\n9\n6\n5\n4\n3\n2\n1\n");
    assert_eq!(log("people"), "8\n7\n5\n", "another table had the name before");
    assert_eq!(log("contacts"), "9\n6\n5\n4\n3\n2\n1\n", "a name of the past means the table that had it last");
    home.run("undo 10 9"); // 11, 12
    assert_eq!(log("contacts"), "12\n11\n10\n9\n6\n5\n4\n3\n2\n1\n");
    home.run("tables drop people --yes"); // 13
    assert_eq!(log("people"), "13\n8\n7\n5\n");
    assert_eq!(log("nothing"), "");
}
