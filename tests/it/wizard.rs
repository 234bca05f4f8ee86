//! Questions to a person at a terminal: what is asked, and that a no or Ctrl-C leaves everything as it was.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::time::Duration;

use expectrl::process::unix::WaitStatus;
use expectrl::session::OsSession;
use expectrl::{Expect as _, Session};

use crate::support::home::Home;
use crate::support::seed;

/// A command at a terminal of its own.
fn at_terminal(home: &Home, arguments: &[&str]) -> OsSession {
    let mut command = home.command(arguments);
    command.env("TERM", "xterm").env("NO_COLOR", "1");
    let mut session = Session::spawn(command).unwrap();
    session.set_expect_timeout(Some(Duration::from_secs(90)));
    session
}

/// The status at the end.
fn ended(mut session: OsSession) -> i32 {
    session.expect(expectrl::Eof).unwrap();
    match session.get_process().wait().unwrap() {
        WaitStatus::Exited(_, status) => status,
        other => panic!("it did not end by itself: {other:?}"),
    }
}

fn is_there(home: &Home) -> bool {
    home.run_with(None, &[], "connections show crm").status == 0
}

#[test]
fn removing_is_asked_for_and_a_no_changes_nothing() {
    let home = Home::new();
    seed::crm(&home);
    let mut session = at_terminal(&home, &["connections", "remove", "crm"]);
    session.expect("Remove connection `crm` with all records of `contacts` and `companies`?").unwrap();
    session.send("n").unwrap();
    assert_eq!(ended(session), 130);
    assert!(is_there(&home));
    let mut session = at_terminal(&home, &["connections", "remove", "crm", "--keep-data"]);
    session.expect("Remove connection `crm` and keep").unwrap();
    session.send("y").unwrap();
    session.expect("removed connection `crm`").unwrap();
    assert_eq!(ended(session), 0);
    assert!(!is_there(&home));
}

#[test]
fn ctrl_c_at_a_question_is_an_interruption() {
    let home = Home::new();
    seed::crm(&home);
    let mut session = at_terminal(&home, &["connections", "remove", "crm"]);
    session.expect("Remove connection").unwrap();
    session.send("\u{3}").unwrap();
    assert_eq!(ended(session), 130);
    assert!(is_there(&home));
}

#[test]
fn adding_asks_for_what_is_missing_and_echoes_no_token() {
    let home = Home::new();
    let mut session = at_terminal(&home, &["connections", "add", "--endpoint", "http://127.0.0.1:9"]);
    session.expect("source").unwrap();
    session.send("\r").unwrap();
    session.expect("how to sign in").unwrap();
    session.send(format!("{}\r", "\u{1b}[B".repeat(way_of_the_token()))).unwrap();
    session.expect("make a service key at https://").unwrap();
    session.expect("HubSpot service key").unwrap();
    session.send("pat-canary-77\r").unwrap();
    let rest = session.expect("error:").unwrap();
    assert!(!String::from_utf8_lossy(rest.before()).contains("canary"));
    assert_eq!(ended(session), 8);
    assert_eq!(home.run_with(None, &[], "connections list --json").stdout, "[]\n");
}

/// The place of HubSpot's token among its ways to sign in.
fn way_of_the_token() -> usize {
    let hubspot = appctl::providers::ALL.iter().find(|provider| provider.id == "hubspot").unwrap();
    hubspot.methods.iter().position(|method| method.word() == "token").unwrap()
}

#[test]
fn no_input_asks_nothing_even_at_a_terminal() {
    let home = Home::new();
    seed::crm(&home);
    let mut session = at_terminal(&home, &["--no-input", "connections", "remove", "crm"]);
    session.expect("error: nobody is there to answer").unwrap();
    assert_eq!(ended(session), 2);
}

#[test]
fn a_terminal_gets_a_table_that_fits_and_obeys_no_record() {
    let home = Home::new();
    assert_eq!(home.run_with(None, &[], "tables create notes text:text").status, 0);
    let record = r#"{"text":"before\u001b]0;owned\u0007\u001b[31m after \u202egnp.exe"}"#;
    assert_eq!(home.run_with(Some(record), &[], "records create notes -").status, 0);
    for form in ["table", "csv", "json"] {
        let mut session = at_terminal(&home, &["records", "list", "notes", "-o", form]);
        let all = session.expect(expectrl::Eof).unwrap();
        let text = String::from_utf8_lossy(all.as_bytes()).into_owned();
        assert!(
            text.contains("before") && !text.contains("\u{1b}]") && !text.contains("\u{1b}[31m"),
            "{form}: {text:?}"
        );
        assert!(!text.contains('\u{202e}'), "{form}: {text:?}");
    }
    let piped = home.run_with(None, &[], "records list notes -o csv");
    assert!(piped.stdout.contains('\u{1b}'), "a pipe gets the data as it is");
}

#[test]
fn what_a_filter_keeps_is_changed_or_deleted_once_somebody_agreed_to_how_many_they_are() {
    let home = Home::new();
    home.run("tables create people name:text!");
    home.run("tables create tasks title:text! owner:relation=people:cascade");
    home.run("records create people name=Ada");
    for title in ["a", "b", "c"] {
        home.run(&format!("records create tasks title={title} owner=1"));
    }
    let mut session = at_terminal(&home, &["records", "update", "tasks", "--where", "title <> 'c'", "title=d"]);
    session.expect("Change 2 records of `tasks`?").unwrap();
    session.send("n").unwrap();
    assert_eq!(ended(session), 130);
    let mut session = at_terminal(&home, &["records", "update", "tasks", "--where", "title <> 'c'", "title=d"]);
    session.expect("Change 2 records of `tasks`?").unwrap();
    session.send("y").unwrap();
    session.expect("changed 2 records of `tasks`; `appctl undo 7` takes it back").unwrap();
    assert_eq!(ended(session), 0);
    let mut session = at_terminal(&home, &["records", "delete", "people", "1"]);
    session.expect("Delete 1 record of `people`, and with it 3 records that point there?").unwrap();
    session.send("y").unwrap();
    session.expect("; `appctl undo 8` brings them back").unwrap();
    assert_eq!(ended(session), 0);
}

#[test]
fn a_restore_asks_before_it_takes_the_place_of_an_app_and_a_no_changes_nothing() {
    let home = Home::new();
    home.run("tables create people name:text!");
    home.run("records create people name=Ada");
    home.run("backup copy.db");
    home.run("records create people name=Bob");
    let count = || home.run_with(None, &[], "records count people --jq .records").stdout.trim().to_owned();
    let restore = || {
        let copy = home.path().join("copy.db");
        let mut session = at_terminal(&home, &["restore", copy.to_str().unwrap()]);
        session.expect("Put it in the place of app `default` (").unwrap();
        session.expect("1 table)? ").unwrap();
        session.expect("The old one is kept aside.").unwrap();
        session
    };
    let mut session = restore();
    session.send("n").unwrap();
    assert_eq!(ended(session), 130);
    assert_eq!(count(), "2");
    let mut session = restore();
    session.send("y").unwrap();
    session.expect("restored `default`: 1 record in 1 table, as of operation 2 (").unwrap();
    session.expect("the old one is in `").unwrap();
    assert_eq!(ended(session), 0);
    assert_eq!(count(), "1");
    // Beside what is there nothing has to be agreed to.
    let copy = home.path().join("copy.db");
    let mut session = at_terminal(&home, &["restore", copy.to_str().unwrap(), "--app", "other"]);
    session.expect("restored `other`: 1 record in 1 table").unwrap();
    assert_eq!(ended(session), 0);
}
