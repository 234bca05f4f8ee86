//! An import may die or wait anywhere before its end: nothing of it shows, other commands work, and the next one tidies up.
#![cfg(target_os = "linux")]

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use rustix::process::{Pid, Signal, kill_process};
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;

/// Long enough that a load takes a while.
const ROWS: usize = 60_000;

fn with_file() -> Home {
    let home = Home::new();
    let rows: String = (1..=ROWS).map(|row| format!("{row},name {row},{}\n", row % 7)).collect();
    std::fs::write(home.path().join("large.csv"), format!("id,name,n\n{rows}")).unwrap();
    home.run("tables create first name");
    home
}

fn loading(home: &Home, arguments: &[&str]) -> Child {
    let mut command = home.command(arguments);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let began = Instant::now();
    while !is_loading(home) {
        assert!(began.elapsed() < Duration::from_secs(60), "the load never began");
        assert!(child.try_wait().unwrap().is_none(), "the import ended before anybody looked");
        std::thread::sleep(Duration::from_millis(2));
    }
    child
}

/// Whether another program sees the hidden table.
fn is_loading(home: &Home) -> bool {
    let path = home.path().join("apps/default/app.db");
    let file = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let sql = "SELECT count(*) FROM sqlite_schema WHERE name LIKE '%import%'";
    file.query_row(sql, [], |row| row.get::<_, i64>(0)).is_ok_and(|count| count > 0)
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

const IMPORT: [&str; 5] = ["records", "import", "large", "large.csv", "--create"];

#[test]
fn a_killed_import_leaves_nothing_and_can_be_run_again() {
    let home = with_file();
    for _ in 0..3 {
        let mut child = loading(&home, &IMPORT);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_loading(&home), "it was killed in the middle");
        assert_data_eq!(
            home.run("tables list -o csv"),
            str![[r#"

[status 0]
[stdout]
table,fields,records,connection
first,2,0,

"#]]
        );
        assert!(!is_loading(&home), "the next command tidied up");
    }
    assert_eq!(home.run_with(None, &[], "records import large large.csv --create").status, 0);
    assert_eq!(home.run_with(None, &[], "records count large --json --jq .records").stdout, format!("{ROWS}\n"));
}

#[test]
fn ctrl_c_ends_an_import_and_leaves_nothing() {
    let home = with_file();
    let mut child = loading(&home, &IMPORT);
    signal(&child, Signal::INT);
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(!is_loading(&home));
    assert_data_eq!(
        home.run("tables list -o csv"),
        str![[r#"

[status 0]
[stdout]
table,fields,records,connection
first,2,0,

"#]]
    );
}

#[test]
fn others_work_while_a_table_is_filled_and_a_second_import_waits_its_turn() {
    let home = with_file();
    home.run("tables create large id:integer name n:integer --key id");
    let child = loading(&home, &IMPORT[..4]);
    signal(&child, Signal::STOP);
    // It may have stopped inside a transaction, which a writer waits for.
    let began = Instant::now();
    while home.run_with(None, &[], "records create first name=meanwhile").status != 0 {
        assert!(began.elapsed() < Duration::from_secs(60), "nobody can write");
        signal(&child, Signal::CONT);
        std::thread::sleep(Duration::from_millis(5));
        signal(&child, Signal::STOP);
    }
    assert_data_eq!(
        home.run("records count large -o csv"),
        str![[r#"

[status 0]
[stdout]
table,records
large,0

"#]]
    );
    assert_data_eq!(
        home.run("records import second large.csv --create"),
        str![[r#"

[status 6]
[stderr]
`large.csv`: csv, utf-8, columns between commas
  id -> id (integer, key)
  name -> name (text)
  n -> n (integer)
error: another import fills a table of this app
hint: try again when it is done

"#]]
    );
    // The table is no longer empty when the import wants to show its rows.
    assert_eq!(home.run_with(None, &[], "records create large id=7 name=mine").status, 0);
    signal(&child, Signal::CONT);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1));
    let told = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(told.contains("error: table `large` was changed while its records were read"), "{told}");
    assert_data_eq!(
        home.run("records list large -o csv"),
        str![[r#"

[status 0]
[stdout]
id,name,n
7,mine,

"#]]
    );
    assert!(!is_loading(&home));
}
