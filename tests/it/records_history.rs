//! `appctl records history`: who changed which field from what to what.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

fn home() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! age:integer vip:boolean");
    home.run("records create people name=Ada age=36");
    let other = home.run_with(None, &[("APPCTL_USER", "ann")], "records update people 1 age=37 vip=true");
    assert_eq!(other.status, 0, "{other}");
    home
}

#[test]
fn a_record_from_its_beginning() {
    let home = home();
    assert_data_eq!(
        home.run("records history people 1"),
        str![[r#"

[status 0]
[stdout]
operation  at                           by      change   field  before  after
        3  [TIME]  ann     changed  age    36      37
        3  [TIME]  ann     changed  vip            true
        2  [TIME]  tester  created  age            36
        2  [TIME]  tester  created  id             1
        2  [TIME]  tester  created  name           Ada

"#]]
    );
    assert_data_eq!(
        home.run("records history people 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,change,field,before,after
3,[TIME],ann,changed,age,36,37
3,[TIME],ann,changed,vip,,true
2,[TIME],tester,created,age,,36
2,[TIME],tester,created,id,,1
2,[TIME],tester,created,name,,Ada

"#]]
    );
    assert_data_eq!(
        home.run("records history people 1 --json"),
        str![[r#"

[status 0]
[stdout]
[{"operation":3,"at":"[TIME]","by":"ann","kind":"person","what":"records update people","change":"changed","fields":[{"field":"age","before":36,"after":37},{"field":"vip","before":null,"after":true}]},
{"operation":2,"at":"[TIME]","by":"tester","kind":"person","what":"records create people","change":"created","fields":[{"field":"age","before":null,"after":36},{"field":"id","before":null,"after":1},{"field":"name","before":null,"after":"Ada"}]}]

"#]]
    );
}

#[test]
fn a_record_that_went_and_came_back_under_other_names() {
    let home = home();
    home.run("tables rename people persons");
    home.run("tables rename-field persons name full_name");
    home.run("records delete persons 1 --yes");
    assert_data_eq!(
        home.run("records history persons 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,change,field,before,after
6,[TIME],tester,deleted,age,37,
6,[TIME],tester,deleted,full_name,Ada,
6,[TIME],tester,deleted,id,1,
6,[TIME],tester,deleted,vip,true,
3,[TIME],ann,changed,age,36,37
3,[TIME],ann,changed,vip,,true
2,[TIME],tester,created,age,,36
2,[TIME],tester,created,id,,1
2,[TIME],tester,created,full_name,,Ada

"#]]
    );
    home.run("undo --last");
    home.run("tables drop-field persons age --yes");
    assert_data_eq!(
        home.run("records history persons 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,change,field,before,after
8,[TIME],tester,changed,age,37,
7,[TIME],tester,restored,age,,37
7,[TIME],tester,restored,full_name,,Ada
7,[TIME],tester,restored,id,,1
7,[TIME],tester,restored,vip,,true
6,[TIME],tester,deleted,age,37,
6,[TIME],tester,deleted,full_name,Ada,
6,[TIME],tester,deleted,id,1,
6,[TIME],tester,deleted,vip,true,
3,[TIME],ann,changed,age,36,37
3,[TIME],ann,changed,vip,,true
2,[TIME],tester,created,age,,36
2,[TIME],tester,created,id,,1
2,[TIME],tester,created,full_name,,Ada

"#]]
    );
}

#[test]
fn records_that_came_together_say_in_which_operation() {
    let home = home();
    std::fs::write(home.path().join("new.csv"), "name,age\nBob,5\nCid,6\n").unwrap();
    home.run("tables create others name:text age:integer");
    home.run("records import others new.csv");
    home.run("records update others 2 age=7");
    assert_data_eq!(
        home.run("records history others 2 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,change,field,before,after
6,[TIME],tester,changed,age,6,7
5,[TIME],tester,loaded,age,,6
5,[TIME],tester,loaded,id,,2
5,[TIME],tester,loaded,name,,Cid

"#]]
    );
}

#[test]
fn history_that_was_pruned_says_so() {
    let home = home();
    home.run("records update people 1 age=38");
    home.run("log prune --keep 1 --yes");
    assert_data_eq!(
        home.run("records history people 1 -o csv"),
        str![[r#"

[status 0]
[stdout]
operation,at,by,change,field,before,after
4,[TIME],tester,changed,age,37,38
[stderr]
what happened before is no longer kept; see `appctl log retention`

"#]]
    );
}

#[test]
fn wrong_histories() {
    let home = home();
    assert_data_eq!(
        home.run("records history people 99"),
        str![[r#"

[status 3]
[stderr]
error: table `people` has no record `99`
hint: see `appctl records list people`

"#]]
    );
    assert_data_eq!(
        home.run("records history people"),
        str![[r#"

[status 2]
[stderr]
error: `ID` is missing
hint: see `appctl records history --help`

"#]]
    );
    assert_data_eq!(
        home.run("records history nothere 1"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `nothere`
hint: see `appctl tables list`

"#]]
    );
    assert_data_eq!(
        home.run("records history people x"),
        str![[r#"

[status 2]
[stderr]
error: field `id` is of type integer, and `x` is none: write a whole number such as `42`

"#]]
    );
}
