//! What a command of `tables` or `records` lacks is asked for at a terminal, and named without one.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Expect as _, Session};
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

/// A conversation: what is shown, and what is typed then; `j` goes down in a list.
fn talk(home: &Home, arguments: &[&str], turns: &[(&str, &str)], status: i32) -> String {
    let mut command = home.command(arguments);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session: OsSession = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(90)));
    for (shown, typed) in turns {
        if let Err(error) = session.expect(*shown) {
            panic!("`{shown}` is not shown: {error}");
        }
        session.send(typed).unwrap();
    }
    let rest = session.expect(expectrl::Eof).unwrap();
    let rest = String::from_utf8_lossy(rest.as_bytes()).into_owned();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, ended) => assert_eq!(ended, status, "{rest}"),
        other => panic!("it did not end by itself: {other:?}"),
    }
    rest
}

fn same(rest: &str) -> &str {
    let line = rest.lines().find_map(|line| line.trim().strip_prefix("the same without questions: "));
    line.unwrap_or_else(|| panic!("no command is shown: {rest}"))
}

fn with_tables() -> Home {
    let home = Home::new();
    home.run("tables create people name:text! email:email --unique email");
    home.run("tables create tasks title:text! status:select=open,done due:date owner:relation=people");
    home.run("records create people name=Ada email=ada@example.com");
    home.run("records create tasks title=Call owner=1");
    home
}

#[test]
fn a_table_is_made_field_by_field() {
    let home = with_tables();
    let rest = talk(
        &home,
        &["tables", "create"],
        &[
            ("name of the table", "calls\r"),
            ("name of the first field", "about\r"),
            ("type", "\r"),
            ("it is", "j\r"),
            ("name of the next field, or nothing", "about\r"),
            ("warning: field `about` is there already", "result\r"),
            ("type", "jjjjjjjjj\r"),
            ("options, with commas between them", "reached,not reached\r"),
            ("it is", "\r"),
            ("name of the next field, or nothing", "person\r"),
            ("type", "jjjjjjjjjjjjjjj\r"),
            ("table that it leads to", "\r"),
            ("when the record there is deleted", "jj\r"),
            ("it is", "\r"),
            ("name of the next field, or nothing", "\r"),
            (
                "Create table `calls` with `about:text!`, `result:select=reached,not reached` and `person:relation=people:cascade`?",
                "y",
            ),
        ],
        0,
    );
    assert!(rest.contains("created table `calls`"), "{rest}");
    assert_eq!(
        same(&rest),
        "appctl tables create calls 'about:text!' 'result:select=reached,not reached' person:relation=people:cascade"
    );
    assert_data_eq!(
        home.run("tables show calls"),
        str![[r#"

[status 0]
[stdout]
table    calls
records  0
key      id

field   type      options               rules
id      integer                         key, handed out
about   text                            required
result  select    reached, not reached
person  relation  people                on delete cascade

"#]]
    );
}

#[test]
fn the_command_that_is_shown_does_the_same_without_a_question() {
    let home = with_tables();
    let turns = [
        ("name of the field", "hours spent\r"),
        ("type", "jjjj\r"),
        ("it is", "\r"),
        ("Add `hours spent:decimal` to table `tasks`?", "y"),
    ];
    let rest = talk(&home, &["tables", "add-field", "tasks"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables add-field tasks 'hours spent:decimal'");
    home.run("undo --yes 5");
    let told = home.command(&["tables", "add-field", "tasks", "hours spent:decimal"]).output().unwrap();
    assert!(String::from_utf8_lossy(&told.stdout).contains("hours spent"), "{told:?}");
}

#[test]
fn tables_and_fields_are_chosen_from_lists() {
    let home = with_tables();
    let turns = [
        ("table", "j\r"),
        ("field", "jjj\r"),
        ("new name of the field", "title\r"),
        ("warning: table `tasks` has a field `title` already", "until\r"),
        ("Rename field `due` of table `tasks` to `until`?", "y"),
    ];
    let rest = talk(&home, &["tables", "rename-field"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables rename-field tasks due until");
    let turns = [("new name of the table", "to do\r"), ("Rename table `tasks` to `to do`?", "y")];
    assert_eq!(same(&talk(&home, &["tables", "rename", "tasks"], &turns, 0)), "appctl tables rename tasks 'to do'");
    let turns = [("table", "j\r"), ("field to drop", "jjj\r"), ("Drop field `until` of table `to do`?", "y")];
    assert_eq!(same(&talk(&home, &["tables", "drop-field"], &turns, 0)), "appctl tables drop-field 'to do' until");
    let turns = [("tables to drop", "j \r"), ("Drop table `to do` with 1 record?", "y")];
    assert_eq!(same(&talk(&home, &["tables", "drop"], &turns, 0)), "appctl tables drop 'to do'");
    let turns = [("table", "\r")];
    assert_eq!(same(&talk(&home, &["tables", "show"], &turns, 0)), "appctl tables show people");
}

#[test]
fn a_field_is_changed_in_one_way() {
    let home = with_tables();
    let turns = [
        ("field", "jj\r"),
        ("make `status`", "\r"),
        ("type", "\r"),
        ("Make field `status` of table `tasks` text?", "y"),
    ];
    let rest = talk(&home, &["tables", "change-field", "tasks"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables change-field tasks status:text");
    let turns = [("make `due`", "\r"), ("type", "jjjjjjjj\r"), ("Make field `due` of table `tasks` datetime?", "y")];
    let rest = talk(&home, &["tables", "change-field", "tasks", "due"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables change-field tasks due:datetime");
    let turns = [
        ("table", "j\r"),
        ("field", "jjjj\r"),
        ("make `owner`", "jjj\r"),
        ("when its record is deleted", "j\r"),
        ("Make field `owner` of table `tasks` a relation with `clear`?", "y"),
    ];
    let rest = talk(&home, &["tables", "change-field"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables change-field --on-delete clear tasks owner");
    let turns = [("make `owner`", "j\r"), ("Make field `owner` of table `tasks` required?", "y")];
    let rest = talk(&home, &["tables", "change-field", "tasks", "owner"], &turns, 0);
    assert_eq!(same(&rest), "appctl tables change-field tasks owner --required");
}

#[test]
fn a_record_is_made_and_changed_value_by_value() {
    let home = with_tables();
    let turns = [
        ("table", "j\r"),
        ("title (text)", "\r"),
        ("warning: `title` is required", "Write\r"),
        ("status", "j\r"),
        ("due (date, or nothing)", "soon\r"),
        ("warning:", "2026-12-01\r"),
        ("owner (relation, or nothing)", "\r"),
        ("Create a record in `tasks` with `title=Write`, `status=open` and `due=2026-12-01`?", "y"),
    ];
    let rest = talk(&home, &["records", "create"], &turns, 0);
    assert_eq!(same(&rest), "appctl records create tasks title=Write status=open due=2026-12-01");
    let turns = [
        ("id of the record", "9\r"),
        ("warning: table `tasks` has no record `9`", "2\r"),
        ("fields to change", "j j \r"),
        ("status", "jj\r"),
        ("due (date, or nothing)", "\r"),
        ("Change `2` of `tasks`: `status=done` and `due:=null`?", "y"),
    ];
    let rest = talk(&home, &["records", "update", "tasks"], &turns, 0);
    assert_eq!(same(&rest), "appctl records update tasks 2 status=done due:=null");
    let record = home.run_with(None, &[], "records get tasks 2 -o jsonl").stdout;
    assert_eq!(record, "{\"id\":2,\"title\":\"Write\",\"status\":\"done\",\"due\":null,\"owner\":null}\n");
}

#[test]
fn records_are_read_and_deleted_by_what_is_asked() {
    let home = with_tables();
    assert_eq!(same(&talk(&home, &["records", "list"], &[("table", "\r")], 0)), "appctl records list people");
    let turns = [("id of the record", "1\r")];
    assert_eq!(same(&talk(&home, &["records", "get", "people"], &turns, 0)), "appctl records get people 1");
    let turns = [("table", "\r"), ("what to look for", "ada\r")];
    assert_eq!(same(&talk(&home, &["records", "search"], &turns, 0)), "appctl records search people ada");
    let turns = [("id of the record", "1\r"), ("Delete 1 record of `tasks`?", "y")];
    assert_eq!(same(&talk(&home, &["records", "delete", "tasks"], &turns, 0)), "appctl records delete tasks 1");
}

#[test]
fn a_no_and_ctrl_c_leave_everything_as_it_was() {
    let home = with_tables();
    let before = home.run_with(None, &[], "log --json").stdout;
    talk(&home, &["tables", "rename", "tasks"], &[("new name", "x\r"), ("Rename table `tasks` to `x`?", "n")], 130);
    talk(&home, &["tables", "rename"], &[("table", "\u{3}")], 130);
    talk(&home, &["tables", "create"], &[("name of the table", "\u{3}")], 130);
    talk(&home, &["tables", "create", "x"], &[("name of the first field", "a\r"), ("type", "\u{3}")], 130);
    talk(&home, &["tables", "drop"], &[("tables to drop", "\r")], 130);
    talk(&home, &["records", "create", "people"], &[("name (text)", "Bob\r"), ("email", "\u{3}")], 130);
    assert_eq!(home.run_with(None, &[], "log --json").stdout, before);
}

#[test]
fn nothing_is_asked_where_nothing_can_be_answered() {
    let home = with_tables();
    let rest = talk(&home, &["--no-input", "tables", "rename", "tasks"], &[], 2);
    assert!(rest.contains("error: `NEW NAME` is missing"), "{rest}");
    let rest = talk(&Home::new(), &["records", "list"], &[], 3);
    assert!(rest.contains("error: there is no table yet"), "{rest}");
    assert_data_eq!(
        home.run("tables rename-field tasks"),
        str![[r#"

[status 2]
[stderr]
error: `FIELD` and `NEW NAME` are missing
hint: see `appctl tables rename-field --help`

"#]]
    );
    assert_data_eq!(
        home.run("records update tasks 1"),
        str![[r#"

[status 2]
[stderr]
error: there is nothing to change
hint: give at least one `name=value`, or `--data JSON`

"#]]
    );
}
