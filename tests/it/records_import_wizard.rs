//! The questions of `records import` at a terminal: only when something is missing, with the command that needs none.
#![cfg(unix)]

use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Expect as _, Session};

use crate::support::home::Home;

fn at_terminal(home: &Home, arguments: &[&str]) -> OsSession {
    let mut command = home.command(arguments);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(90)));
    session
}

fn ended(mut session: OsSession) -> i32 {
    session.expect(expectrl::Eof).unwrap();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => status,
        other => panic!("it did not end by itself: {other:?}"),
    }
}

fn with_people() -> Home {
    let home = Home::new();
    std::fs::write(home.path().join("people.csv"), "name,mail\nAda,ada@example.com\nBob,bob@example.com\n").unwrap();
    home
}

#[test]
fn a_table_that_is_missing_is_made_when_a_person_agrees() {
    let home = with_people();
    let mut session = at_terminal(&home, &["records", "import", "people", "people.csv"]);
    session.expect("Ada | ada@example.com").unwrap();
    session.expect("the first row (name, mail) is").unwrap();
    session.send("\r").unwrap();
    session.expect("There is no table `people`. Make it from the file?").unwrap();
    session.send("y").unwrap();
    session.expect("the field that tells records apart").unwrap();
    session.send("\r").unwrap();
    session.expect("mail -> mail (text)").unwrap();
    session.expect("Import into `people`?").unwrap();
    session.send("y").unwrap();
    session.expect("imported into new table `people`: 2 new").unwrap();
    session.expect("the same without questions: appctl records import people people.csv --create").unwrap();
    assert_eq!(ended(session), 0);
}

#[test]
fn a_no_changes_nothing() {
    let home = with_people();
    let mut session = at_terminal(&home, &["records", "import", "people", "people.csv"]);
    session.expect("the first row").unwrap();
    session.send("\r").unwrap();
    session.expect("Make it from the file?").unwrap();
    session.send("n").unwrap();
    assert_eq!(ended(session), 130);
    assert_eq!(home.run_with(None, &[], "tables list --json").stdout, "[]\n");
}

#[test]
fn a_column_without_a_field_is_asked_for() {
    let home = with_people();
    home.run("tables create people name email");
    let mut session = at_terminal(&home, &["records", "import", "people", "people.csv"]);
    session.expect("the first row").unwrap();
    session.send("\r").unwrap();
    session.expect("column `mail` goes to").unwrap();
    session.expect("email").unwrap();
    session.send("\u{1b}[B\u{1b}[B\u{1b}[B\r").unwrap(); // behind leaving it out, `id` and `name`
    session.expect("the field that tells records apart").unwrap();
    session.send("\r").unwrap();
    session.expect("mail -> email").unwrap();
    session.expect("Import into `people`?").unwrap();
    session.send("y").unwrap();
    session.expect("--map mail=email").unwrap();
    assert_eq!(ended(session), 0);
}

#[test]
fn what_is_complete_asks_nothing() {
    let home = with_people();
    let mut session = at_terminal(&home, &["records", "import", "people", "people.csv", "--create"]);
    session.expect("imported into new table `people`: 2 new").unwrap();
    assert_eq!(ended(session), 0);
    let mut session = at_terminal(&home, &["records", "export", "people", "--format", "xlsx"]);
    session.expect("error: a spreadsheet cannot be shown on a terminal").unwrap();
    assert_eq!(ended(session), 2);
}
