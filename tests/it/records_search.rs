//! `appctl records search`: what people and scripts see of it.

use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

fn home() -> Home {
    let home = Home::new();
    home.run("tables create tasks title:text! notes:long_text tags:multi_select=red,blue mail:email due:date");
    home.run("records create tasks title='Call Acmé Corp' notes='the invoice was paid late' mail=ada@example.com due=2026-12-01");
    home.run("records create tasks title='Email acme' tags=red,blue");
    home.run("records create tasks title='Write to the bank' notes='acme acme acme'");
    home
}

#[test]
fn words_are_found_in_any_text_field_the_best_first() {
    let home = home();
    assert_data_eq!(
        home.run("records search tasks acme"),
        str![[r#"

[status 0]
[stdout]
id  title              notes                      tags            mail             due
 3  Write to the bank  acme acme acme
 2  Email acme                                    ["red","blue"]
 1  Call Acmé Corp     the invoice was paid late                  ada@example.com  2026-12-01

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --color always --fields id,title,notes"),
        str![[r#"

[status 0]
[stdout]
[1mid  [0m[1mtitle              [0m[1mnotes                      [0m
 3  Write to the bank  [1macme[22m [1macme[22m [1macme[22m
 2  Email [1macme[22m
 1  Call [1mAcmé[22m Corp     the invoice was paid late

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks ACME invoice"),
        str![[r#"

[status 0]
[stdout]
id  title           notes                      tags  mail             due
 1  Call Acmé Corp  the invoice was paid late        ada@example.com  2026-12-01

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks blue -o csv"),
        str![[r#"

[status 0]
[stdout]
id,title,notes,tags,mail,due
2,Email acme,,"[""red"",""blue""]",,

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks ada@example.com --fields id,mail"),
        str![[r#"

[status 0]
[stdout]
id  mail
 1  ada@example.com

"#]]
    );
}

#[test]
fn phrases_beginnings_and_exclusions() {
    let home = home();
    assert_data_eq!(
        home.run("records search tasks '\"acme corp\"' --fields id"),
        str![[r#"

[status 0]
[stdout]
id
 1

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks '\"corp acme\"'"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks 'inv* pa*' --fields id"),
        str![[r#"

[status 0]
[stdout]
id
 1

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks 'acme -corp' --fields id"),
        str![[r#"

[status 0]
[stdout]
id
 3
 2

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --without corp --without bank --fields id"),
        str![[r#"

[status 0]
[stdout]
id
 2

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --limit 1 --fields id"),
        str![[r#"

[status 0]
[stdout]
id
 3
[stderr]
there are more: raise `--limit`, or give more words

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --where \"due is not null\" --fields id,due"),
        str![[r#"

[status 0]
[stdout]
id  due
 1  2026-12-01

"#]]
    );
}

#[test]
fn a_script_gets_scores_and_matches() {
    let home = home();
    assert_data_eq!(
        home.run("records search tasks invoice --json --fields id,title --jq '.[0] | del(.score)'"),
        str![[r#"

[status 0]
[stdout]
{"id":"1","record":{"id":1,"title":"Call Acmé Corp"},"matches":{"notes":"the invoice was paid late"}}

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --jq '.[0].score > .[2].score'"),
        str![[r#"

[status 0]
[stdout]
true

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks nothing --json"),
        str![[r#"

[status 0]
[stdout]
[]

"#]]
    );
}

#[test]
fn a_long_text_is_cut_to_what_is_around_the_words() {
    let home = home();
    let long = format!("{} needle {}", "before ".repeat(60), "after ".repeat(60));
    home.run(&format!("records update tasks 3 notes='{long}'"));
    assert_data_eq!(
        home.run("records search tasks needle --fields id,notes"),
        str![[r#"

[status 0]
[stdout]
id  notes
 3  …before before before before before before before before before before before  needle after after after after after after after after after after after after…

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks needle --jq '.[0].record.notes | length'"),
        str![[r#"

[status 0]
[stdout]
788

"#]]
    );
}

#[test]
fn what_looks_like_a_query_language_is_only_words() {
    let home = home();
    assert_data_eq!(
        home.run("records search tasks 'title:acme'"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks 'acme OR bank'"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks 'NEAR(acme corp)' --fields id"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks '{title}: acme' --fields id"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks 'acme\" OR \"bank'"),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks \"acme'; drop table tasks\""),
        str![[r#"

[status 0]
[stderr]
nothing was found in `tasks`

"#]]
    );
    assert_data_eq!(
        home.run("records count tasks"),
        str![[r#"

[status 0]
[stdout]
table  records
tasks        3

"#]]
    );
}

#[test]
fn wrong_searches() {
    let home = home();
    assert_data_eq!(
        home.run("records search tasks"),
        str![[r#"

[status 2]
[stderr]
error: `WORDS` is missing
hint: see `appctl records search --help`

"#]]
    );
    assert_data_eq!(
        home.run("records search"),
        str![[r#"

[status 2]
[stderr]
error: `TABLE` and `WORDS` are missing
hint: see `appctl records search --help`

"#]]
    );
    assert_data_eq!(
        home.run("records search nothere acme"),
        str![[r#"

[status 3]
[stderr]
error: no table is named `nothere`
hint: see `appctl tables list`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks '!!!'"),
        str![[r#"

[status 2]
[stderr]
error: there is no word to look for in `!!!`
hint: give words of letters or digits: `appctl records search tasks acme`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks -- -acme"),
        str![[r#"

[status 2]
[stderr]
error: a search needs a word that must be there; `-word` only leaves records out
hint: to list records without a word: `appctl records list TABLE --where "title not like '%word%'"`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --where 'nothere = 1'"),
        str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `nothere`
hint: did you mean `notes`?

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --fields nothere"),
        str![[r#"

[status 3]
[stderr]
error: table `tasks` has no field `nothere`
hint: did you mean `notes`?

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks acme --limit few"),
        str![[r#"

[status 2]
[stderr]
error: `--limit` takes no `few`: it is no whole number
hint: see `appctl records search --help`

"#]]
    );
    assert_data_eq!(
        home.run("records search tasks -acme"),
        str![[r#"

[status 2]
[stderr]
error: `appctl records search` has no option `-a`
hint: see `appctl records search --help`

"#]]
    );
}

#[test]
fn a_table_without_text_cannot_be_searched() {
    let home = Home::new();
    home.run("tables create numbers n:integer");
    assert_data_eq!(
        home.run("records search numbers 5"),
        str![[r#"

[status 2]
[stderr]
error: table `numbers` has no text field to search
hint: see `appctl tables show numbers`

"#]]
    );
}

#[test]
fn the_read_only_door_does_not_reach_the_index() {
    let home = home();
    home.run("records search tasks acme");
    for query in [
        "select * from _appctl_search_1 where _appctl_search_1 match 'acme'",
        "select * from search._appctl_search_1",
        "select * from _appctl_indexes",
        "select * from tasks where tasks match 'acme'",
        "select highlight(tasks, 0, 'a', 'b') from tasks",
    ] {
        let ran = home.run_with(None, &[], &format!("tables query \"{query}\""));
        assert!(matches!(ran.status, 2 | 5) && ran.stdout.is_empty(), "{query}: {ran}");
    }
}

/// A table of so many records that all have two words, and every 1,000th one a third; the key is `id` or a text.
fn crowd(key: &str, records: u32) -> Home {
    let home = Home::new();
    home.run(&format!("tables create crowd id:integer code:text note:text --key {key}"));
    let connection = rusqlite::Connection::open(home.path().join("apps/default/app.db")).unwrap();
    let sql = format!(
        "INSERT INTO crowd (id, code, note)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {records})
         SELECT i, 'code' || i, 'acme late' || iif(i % 1000 = 0, ' rare' || i, '') || iif(i > 10000, ' acme', '') FROM n"
    );
    connection.execute_batch(&sql).unwrap();
    home
}

#[test]
fn words_in_more_than_ten_thousand_records_are_found_and_what_is_compared_is_said() {
    for key in ["id", "code"] {
        let home = crowd(key, 12_000);
        let found = home.run("records search crowd 'acme late' --fields id --limit 3 -o csv");
        assert!(found.contains("more than 10,000 records have these words"), "{key}: {found}");
        assert_eq!(
            home.run("records search crowd 'acme late' --fields id --limit 3 -o csv").to_string(),
            found,
            "{key}"
        );
        let all = home.run("records search crowd 'acme late' --fields id --limit 20000 -o csv");
        let ids: std::collections::BTreeSet<&str> = all.lines().filter(|line| line.parse::<u32>().is_ok()).collect();
        assert_eq!(ids.len(), 12_000, "{key}");
        assert!(!all.contains("there are more"), "{key}");
        let first = all.lines().filter_map(|line| line.parse::<u32>().ok()).take(10_000);
        assert!(first.max().unwrap() <= 10_000, "{key}: the first that were indexed do not come first");
        // What a filter keeps is found also when it is none of the first.
        let last = home.run("records search crowd acme --where 'id > 11998' --fields id -o csv");
        let ids: Vec<&str> = last.lines().filter(|line| line.parse::<u32>().is_ok()).collect();
        assert_eq!(ids, ["11999", "12000"], "{key}: {last}");
        assert!(!last.contains("more"), "{key}: {last}");
        let rare = home.run("records search crowd 'late rare*' --fields id --limit 12 -o csv");
        assert_eq!(rare.lines().filter(|line| line.parse::<u32>().is_ok()).count(), 12, "{key}: {rare}");
        assert!(!rare.contains("more"), "{key}: {rare}");
    }
}

/// A search of many records by three words once ended with "database table is locked": a table was dropped on a connection
/// that still read.
#[test]
fn an_index_of_many_records_is_made_anew_while_nothing_reads() {
    for key in ["id", "code"] {
        let home = crowd(key, 12_000);
        let search = "records search crowd 'acme code* late' --fields id --limit 20 -o csv";
        let found = home.run_with(None, &[], search);
        assert_eq!((found.status, found.stdout.lines().count()), (0, 21), "{key}: {found}");
        // Another shape of the table, so that its index is dropped; several records changed, so that it is brought up to date.
        for change in
            ["tables add-field crowd more:text", "records create crowd id=12001 note='acme late' code=code-last"]
        {
            let changed = home.run_with(None, &[], change);
            assert_eq!(changed.status, 0, "{key}: {changed}");
            let found = home.run_with(None, &[], search);
            assert_eq!((found.status, found.stdout.lines().count()), (0, 21), "{key}: {found}");
        }
    }
}
