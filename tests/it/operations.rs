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
