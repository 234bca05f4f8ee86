//! `appctl records` across relations: dotted paths, the records that point here, and fields that are worked out.

use appctl::app::{App, Query};
use appctl::base::{Clock, Compute, Computed, Field, FieldName, FieldType, Table, TableName, Timestamp};
use appctl::records::{self, Listing};
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

/// Two teams, three people of whom one has no team, and four tasks of which one has no owner.
fn home() -> Home {
    let home = Home::new();
    for command in [
        "tables create teams code:text name:text --key code",
        "tables create people name:text! team:relation=teams boss:relation=people \"a.b\":text",
        "tables create tasks title:text! owner:relation=people status:select=open,done estimate:decimal cost:currency due:date",
        "tables add-field people tasks_open:rollup=tasks.owner:count",
        "tables add-field people effort:rollup=tasks.owner:sum:estimate",
        "tables add-field people spent:rollup=tasks.owner:sum:cost",
        "tables add-field people last:rollup=tasks.owner:max:due",
        "tables add-field people titles:rollup=tasks.owner:list:title",
        "tables add-field tasks team:lookup=owner.team.name",
        "records create teams code=x name=Alpha",
        "records create teams code=y name=Beta",
        "records create people name=Ada team=x a.b=dotted",
        "records create people name=Bob team=y boss=1",
        "records create people name=Cyd boss=1",
        "records create tasks title=Call owner=1 status=open estimate=1.50 cost='10 EUR' due=2026-12-01",
        "records create tasks title=Write owner=1 status=done estimate=2.25 cost='5.50 EUR' due=2026-11-30",
        "records create tasks title=Ship owner=2 status=open estimate=3 cost='1 USD'",
        "records create tasks title=Lost",
    ] {
        let ran = home.run_with(None, &[], command);
        assert_eq!(ran.status, 0, "{command}: {ran}");
    }
    home
}

#[test]
fn a_path_goes_through_relations() {
    let home = home();
    let ran = |arguments: &str| home.run(&format!("records {arguments}"));
    assert_data_eq!(
        ran("list tasks --fields title,owner.name,owner.team.name,team --sort -owner.name,title"),
        str![[r#"

[status 0]
[stdout]
title  owner.name  owner.team.name  team
Ship   Bob         Beta             Beta
Call   Ada         Alpha            Alpha
Write  Ada         Alpha            Alpha
Lost

"#]]
    );
    assert_data_eq!(
        ran("list tasks --fields title --where \"owner.name like 'A%' and owner.team.code = 'x'\""),
        str![[r#"

[status 0]
[stdout]
title
Call
Write

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name,boss.name,boss.team.name,a.b,boss.a.b --json"),
        str![[r#"

[status 0]
[stdout]
[{"name":"Ada","boss.name":null,"boss.team.name":null,"a.b":"dotted","boss.a.b":null},
{"name":"Bob","boss.name":"Ada","boss.team.name":"Alpha","a.b":null,"boss.a.b":"dotted"},
{"name":"Cyd","boss.name":"Ada","boss.team.name":"Alpha","a.b":null,"boss.a.b":"dotted"}]

"#]]
    );
    assert_data_eq!(
        ran("count tasks --where \"owner.team.name is null\""),
        str![[r#"

[status 0]
[stdout]
table  records
tasks        1

"#]]
    );
    assert_data_eq!(
        ran("list tasks --fields title --where \"owner = 2\""),
        str![[r#"

[status 0]
[stdout]
title
Ship

"#]]
    );
}

#[test]
fn the_records_that_point_here_are_a_list() {
    let home = home();
    let ran = |arguments: &str| home.run(&format!("records {arguments}"));
    assert_data_eq!(
        ran("list people --fields name,tasks,tasks.title,tasks.estimate --json"),
        str![[r#"

[status 0]
[stdout]
[{"name":"Ada","tasks":[1,2],"tasks.title":["Call","Write"],"tasks.estimate":["1.50","2.25"]},
{"name":"Bob","tasks":[3],"tasks.title":["Ship"],"tasks.estimate":["3"]},
{"name":"Cyd","tasks":[],"tasks.title":[],"tasks.estimate":[]}]

"#]]
    );
    assert_data_eq!(
        ran("list teams --fields name,people.name,people.tasks.title"),
        str![[r#"

[status 0]
[stdout]
name   people.name  people.tasks.title
Alpha  ["Ada"]      ["Call","Write"]
Beta   ["Bob"]      ["Ship"]

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"tasks.status = 'open' and tasks.title like 'C%'\""),
        str![[r#"

[status 0]
[stdout]
name
Ada

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"not (tasks.status = 'open')\""),
        str![[r#"

[status 0]
[stdout]
name
Cyd

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"tasks is null\""),
        str![[r#"

[status 0]
[stdout]
name
Cyd

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"people_by_boss is not null\""),
        str![[r#"

[status 0]
[stdout]
name
Ada

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"tasks = 3\""),
        str![[r#"

[status 0]
[stdout]
name
Bob

"#]]
    );
    assert_data_eq!(
        ran("list teams --fields name --where \"people.tasks.estimate > 2.9\""),
        str![[r#"

[status 0]
[stdout]
name
Beta

"#]]
    );
}

#[test]
fn what_is_worked_out_is_shown_behind_the_fields() {
    let home = home();
    let ran = |arguments: &str| home.run(&format!("records {arguments}"));
    assert_data_eq!(
        ran("list people"),
        str![[r#"

[status 0]
[stdout]
id  name  team  boss  a.b     tasks_open  effort      spent  last        titles
 1  Ada   x           dotted           2    3.75  15.50 EUR  2026-12-01  ["Call","Write"]
 2  Bob   y     1                      1       3      1 USD              ["Ship"]
 3  Cyd         1                      0                                 []

"#]]
    );
    assert_data_eq!(
        ran("get people 1"),
        str![[r#"

[status 0]
[stdout]
id          1
name        Ada
team        x
boss
a.b         dotted
tasks_open  2
effort      3.75
spent       15.50 EUR
last        2026-12-01
titles      ["Call","Write"]

"#]]
    );
    assert_data_eq!(
        ran("get people 1 --json"),
        str![[r#"

[status 0]
[stdout]
{"id":1,"name":"Ada","team":"x","boss":null,"a.b":"dotted","tasks_open":2,"effort":"3.75","spent":"15.50 EUR","last":"2026-12-01","titles":["Call","Write"]}

"#]]
    );
    assert_data_eq!(
        ran("get people 2 --fields name,tasks.title,team.name"),
        str![[r#"

[status 0]
[stdout]
name         Bob
tasks.title  ["Ship"]
team.name    Beta

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"effort > 3 and last >= '2026-12-01'\""),
        str![[r#"

[status 0]
[stdout]
name
Ada

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name,effort --sort -effort"),
        str![[r#"

[status 0]
[stdout]
name  effort
Ada     3.75
Bob        3
Cyd

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name --where \"titles = 'Ship'\""),
        str![[r#"

[status 0]
[stdout]
name
Bob

"#]]
    );
    assert_data_eq!(
        ran("list tasks --fields title,owner.effort --where \"team = 'Alpha'\""),
        str![[r#"

[status 0]
[stdout]
title  owner.effort
Call           3.75
Write          3.75

"#]]
    );
    assert_data_eq!(
        ran("export people"),
        str![[r#"

[status 0]
[stdout]
id,name,team,boss,a.b
1,Ada,x,,dotted
2,Bob,y,1,
3,Cyd,,1,

"#]]
    );
    assert_data_eq!(
        ran("export people --fields name,tasks_open,tasks.title"),
        str![[r#"

[status 0]
[stdout]
name,tasks_open,tasks.title
Ada,2,"[""Call"",""Write""]"
Bob,1,"[""Ship""]"
Cyd,0,[]

"#]]
    );
}

#[test]
fn a_sorted_listing_goes_on_behind_a_record() {
    let home = home();
    let mut after = String::new();
    let mut titles = Vec::new();
    loop {
        let page = home.run_with(
            None,
            &[],
            &format!("records list tasks --fields title --sort -owner.name,-estimate --limit 1 {after} -o csv"),
        );
        titles.extend(page.stdout.lines().skip(1).map(str::to_owned));
        match page.stderr.split('`').nth(1) {
            Some(next) => next.clone_into(&mut after),
            None => break,
        }
    }
    assert_eq!(titles, ["Ship", "Write", "Call", "Lost"]);
    assert_data_eq!(
        home.run("records list tasks --sort title --after 9"),
        str![[r#"

[status 3]
[stderr]
error: table `tasks` has no record `9` to go on behind
hint: a sorted listing goes on from a record that is there; `--where` can go on from a value

"#]]
    );
}

#[test]
fn a_wrong_path_is_told_with_its_unknown_part() {
    let home = home();
    for (arguments, expected) in [
        (
            "list tasks --fields owner.nmae",
            str![[r#"
list tasks --fields owner.nmae

[status 3]
[stderr]
error: `owner.nmae`: table `people` has no field `nmae`
hint: did you mean `owner.name`?

"#]],
        ),
        (
            "list tasks --fields owenr.name",
            str![[r#"
list tasks --fields owenr.name

[status 3]
[stderr]
error: `owenr.name`: table `tasks` has no field `owenr`
hint: did you mean `owner.name`?

"#]],
        ),
        (
            "list tasks --fields title.name",
            str![[r#"
list tasks --fields title.name

[status 2]
[stderr]
error: `title.name`: field `title` of table `tasks` is of type text and leads nowhere
hint: the relations of `tasks` are owner

"#]],
        ),
        (
            "list tasks --where \"owner.tem.name = 'x'\"",
            str![[r#"
list tasks --where "owner.tem.name = 'x'"

[status 3]
[stderr]
error: `owner.tem.name`: table `people` has no field `tem`
hint: did you mean `owner.team.name`?

"#]],
        ),
        (
            "list tasks --where \"owner.zzz = 'x'\"",
            str![[r#"
list tasks --where "owner.zzz = 'x'"

[status 3]
[stderr]
error: `owner.zzz`: table `people` has no field `zzz`
hint: the fields of `people` are id, name, team, boss, a.b, tasks_open, effort, spent, last, titles, people, tasks

"#]],
        ),
        (
            "list tasks --where \"owner.name > 5\"",
            str![[r#"
list tasks --where "owner.name > 5"

[status 2]
[stderr]
error: field `owner.name` is of type text: `5` is no text; write it in single quotes: `'5'`
hint: see `appctl tables show tasks`

"#]],
        ),
        (
            "list people --where \"tasks.estimate = 'much'\"",
            str![[r#"
list people --where "tasks.estimate = 'much'"

[status 2]
[stderr]
error: field `tasks.estimate` is of type decimal: `'much'` is no number
hint: see `appctl tables show people`

"#]],
        ),
        (
            "list people --sort tasks.title",
            str![[r#"
list people --sort tasks.title

[status 2]
[stderr]
error: `tasks.title` is a list of values, which has no order
hint: add a field to sort by: `appctl tables add-field people NAME:rollup=tasks.owner:max:title`

"#]],
        ),
        (
            "list people --sort titles",
            str![[r#"
list people --sort titles

[status 2]
[stderr]
error: `titles` is a list of values, which has no order
hint: add a field to sort by: `appctl tables add-field people NAME:rollup=tasks.owner:max:title`

"#]],
        ),
        (
            "list people --fields boss.boss.boss.boss.boss.boss.boss.boss.boss.name",
            str![[r#"
list people --fields boss.boss.boss.boss.boss.boss.boss.boss.boss.name

[status 2]
[stderr]
error: a path may go through 8 relations at most

"#]],
        ),
        (
            "list tasks --fields owner.",
            str![[r#"
list tasks --fields owner.

[status 2]
[stderr]
error: `owner.` is no path: a name is missing at one of its dots
hint: write a path through relations as `owner.name`

"#]],
        ),
        (
            "list tasks --fields .name",
            str![[r#"
list tasks --fields .name

[status 2]
[stderr]
error: `.name` is no path: a name is missing at one of its dots
hint: write a path through relations as `owner.name`

"#]],
        ),
        (
            "list teams --fields team.people",
            str![[r#"
list teams --fields team.people

[status 3]
[stderr]
error: `team.people`: table `teams` has no field `team`
hint: the fields are code, name, people

"#]],
        ),
        (
            "get people 9",
            str![[r#"
get people 9

[status 3]
[stderr]
error: table `people` has no record `9`
hint: see `appctl records list people`

"#]],
        ),
        (
            "get people 1 --fields nam",
            str![[r#"
get people 1 --fields nam

[status 3]
[stderr]
error: table `people` has no field `nam`
hint: did you mean `name`?

"#]],
        ),
        (
            "count people --where \"task is null\"",
            str![[r#"
count people --where "task is null"

[status 3]
[stderr]
error: table `people` has no field `task`
hint: did you mean `tasks`?

"#]],
        ),
    ] {
        let ran = home.run(&format!("records {arguments}"));
        assert_data_eq!(format!("{arguments}\n{ran}"), expected);
    }
}

#[test]
fn a_key_of_several_fields_is_reached_by_its_id() {
    let home = Home::new();
    for command in [
        "tables create zones region:text nr:integer name:text --key region --key nr",
        "tables create sites title:text zone:relation=zones '\"due: x\":text'",
        "records create zones region=EU nr=5 name=North",
        "records create zones region='a,\"b' nr=5 name=Odd",
        "records create sites title=One zone=EU,5 'due: x=1'",
        "records create sites title=Two 'zone=\"a,\"\"b\",5'",
        "records create sites title=Three zone=EU,5",
    ] {
        let ran = home.run_with(None, &[], command);
        assert_eq!(ran.status, 0, "{command}: {ran}");
    }
    let ran = |arguments: &str| home.run(&format!("records {arguments}"));
    assert_data_eq!(
        ran("list sites --fields title,zone,zone.name,zone.nr,zone.sites.title"),
        str![[r#"

[status 0]
[stdout]
title  zone       zone.name  zone.nr  zone.sites.title
One    EU,5       North            5  ["One","Three"]
Two    "a,""b",5  Odd              5  ["Two"]
Three  EU,5       North            5  ["One","Three"]

"#]]
    );
    assert_data_eq!(
        ran("list sites --fields title --where \"zone = 'EU,5'\""),
        str![[r#"

[status 0]
[stdout]
title
One
Three

"#]]
    );
    for (table, filter, count) in [
        ("sites", r#"zone = 'EU,"5"'"#, 2),
        ("sites", r#"zone in ('"EU",5', 'a')"#, 2),
        ("sites", r#"zone <> '"EU","5"'"#, 1),
        ("zones", r#"sites.zone = 'EU,"5"'"#, 1),
        ("sites", "zone = 'EU'", 0),
    ] {
        let command = home.command(&["records", "count", table, "--where", filter, "-o", "csv"]);
        let counted = home.finish(command, None);
        assert_eq!(counted.stdout, format!("table,records\r\n{table},{count}\r\n"), "{filter}: {counted}");
    }
    assert_data_eq!(
        ran("list zones --fields name,sites,sites.\"due: x\" --json"),
        str![[r#"

[status 0]
[stdout]
[{"name":"North","sites":[1,3],"sites.due: x":["1",null]},
{"name":"Odd","sites":[2],"sites.due: x":[null]}]

"#]]
    );
    assert_data_eq!(
        ran("get zones EU,5 --fields sites.title --json"),
        str![[r#"

[status 0]
[stdout]
{"sites.title":["One","Three"]}

"#]]
    );
    assert_data_eq!(
        ran("export sites --fields title,zone.name --to sites.xlsx"),
        str![[r#"

[status 0]
[stderr]
wrote 3 records into `sites.xlsx`

"#]]
    );
}

#[test]
fn two_relations_to_one_table_are_told_apart() {
    let home = Home::new();
    home.run("tables create people name:text");
    home.run("tables create tasks owner:relation=people helper:relation=people");
    home.run("records create people name=Ada");
    home.run("records create tasks owner=1");
    let ran = |arguments: &str| home.run(&format!("records {arguments}"));
    assert_data_eq!(
        ran("list people --fields name,tasks"),
        str![[r#"

[status 2]
[stderr]
error: `tasks` points to `people` in 2 ways
hint: write `tasks_by_owner` or `tasks_by_helper`

"#]]
    );
    assert_data_eq!(
        ran("list people --fields name,tasks_by_owner,tasks_by_helper.id"),
        str![[r#"

[status 0]
[stdout]
name  tasks_by_owner  tasks_by_helper.id
Ada   [1]             []

"#]]
    );
    assert_data_eq!(
        ran("count people --where \"tasks_by_owner.helper is null\""),
        str![[r#"

[status 0]
[stdout]
table   records
people        1

"#]]
    );
}

/// What is found through relations is found by keys and indexes, not by looking at every record for every record.
#[test]
fn relations_are_followed_by_their_indexes() {
    let app = App::temporary(Clock::fixed(Timestamp(0))).unwrap();
    let name = |text: &str| FieldName::parse(text).unwrap();
    let table = |called: &str, fields: &[(&str, &str)], key: &[&str], computed: &[&str]| Table {
        name: TableName::parse(called).unwrap(),
        fields: fields.iter().map(|(field, kind)| Field::new(name(field), FieldType::parse(kind).unwrap())).collect(),
        generated_key: key == ["id"],
        key: key.iter().map(|field| name(field)).collect(),
        connection: None,
        computed: computed
            .iter()
            .enumerate()
            .map(|(at, how)| Computed { name: name(&format!("c{at}")), how: Compute::parse(how).unwrap().unwrap() })
            .collect(),
    };
    let rollups = ["rollup=tasks.owner:count", "rollup=tasks.owner:sum:size", "rollup=tasks.owner:max:size"];
    let tables = [
        table("people", &[("id", "integer"), ("name", "text"), ("zone", "relation=zones")], &["id"], &rollups),
        table("zones", &[("region", "text"), ("nr", "integer"), ("name", "text")], &["region", "nr"], &[]),
        table("words", &[("code", "text"), ("name", "text")], &["code"], &[]),
        table(
            "tasks",
            &[("id", "integer"), ("owner", "relation=people"), ("word", "relation=words"), ("size", "decimal")],
            &["id"],
            &["lookup=owner.zone.name"],
        ),
    ];
    app.store
        .change(&app.person(), "make", |change| tables.iter().try_for_each(|table| change.create_table(table)))
        .unwrap();
    for (place, fields, filter) in [
        (0, "name,c0,c1,c2,tasks,tasks.size,tasks.word.name", "tasks.size > 5"),
        (0, "zone.name,zone.people.name", "tasks is null and zone.people.name = 'x'"),
        (1, "name,people.tasks.size", "people.tasks.size > 1"),
        (2, "tasks,tasks.owner.name", "tasks.owner.name like 'A%'"),
        (3, "c0,owner.name,owner.c0,word.tasks", "owner.zone.name = 'x' or owner.c1 > 5"),
    ] {
        let listing = Listing {
            fields: fields.split(',').map(str::to_owned).collect(),
            filter: Some(filter.to_owned()),
            ..Listing::default()
        };
        let query: Query<'_> = records::prepare(&app, &tables[place], &listing).unwrap();
        let plan = app.store.explain(&query).unwrap();
        let scans: Vec<&String> = plan.iter().filter(|line| line.starts_with("SCAN")).collect();
        let once = scans.len() == 1 && scans[0].starts_with("SCAN t0");
        assert!(once, "{fields} where {filter}: {plan:#?}");
    }
}
