//! A field of a table that is large: changed, dropped and brought back in flat memory, and whole again when the program dies.
#![cfg(target_os = "linux")]

use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;

use crate::support::home::Home;
use crate::support::postgres::is_deep;

/// A home whose table `events` has so many records, each with a number written as text.
fn home(records: u32) -> Home {
    let home = Home::new();
    home.run("tables create events number note");
    let connection = Connection::open(home.path().join("apps/default/app.db")).unwrap();
    let sql = format!(
        "INSERT INTO events (number, note)
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {records})
         SELECT i * 7, 'note ' || i FROM n"
    );
    connection.execute_batch(&sql).unwrap();
    home
}

/// Runs a command to its end; the most memory that it had, in MB. The file in which SQLite sorts an index is mapped; its
/// pages are the system's to take back and do not count.
fn peak(home: &Home, arguments: &[&str]) -> u64 {
    let mut child = home.command(arguments).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn().unwrap();
    let file = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let status = std::fs::read_to_string(&file).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        peak = peak.max(kilobytes.unwrap_or(0) / 1024);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success(), "{arguments:?}: {status}");
            return peak;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// All that can be told from the records without holding them.
fn sums(home: &Home) -> (i64, String, i64) {
    let connection = Connection::open(home.path().join("apps/default/app.db")).unwrap();
    let sql = "SELECT count(*), group_concat(DISTINCT typeof(number)), total(number) + sum(length(note)) FROM events";
    connection.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, f64>(2)? as i64))).unwrap()
}

#[test]
fn a_large_table_is_changed_in_flat_memory() {
    let records = if is_deep() { 1_000_000 } else { 20_000 };
    let home = home(records);
    let before = sums(&home);
    let steps: [&[&str]; 6] = [
        &["tables", "change-field", "events", "number:integer"],
        &["undo", "2", "--yes"],
        &["undo", "3", "--yes"],
        &["tables", "drop-field", "events", "note", "--yes"],
        &["undo", "5", "--yes"],
        &["tables", "change-field", "events", "note", "--unique", "--required"],
    ];
    let (count, _, sum) = before.clone();
    for (place, arguments) in steps.into_iter().enumerate() {
        let most = peak(&home, arguments);
        println!("{arguments:?}: {most} MB");
        assert!(most <= 48, "{arguments:?} took {most} MB for {records} records");
        match place {
            0 | 2 => assert_eq!(sums(&home), (count, "integer".to_owned(), sum), "{arguments:?}"),
            1 => assert_eq!(sums(&home), before, "{arguments:?}"),
            4 | 5 => assert_eq!(sums(&home), (count, "integer".to_owned(), sum), "{arguments:?}"),
            _ => {}
        }
    }
}

/// All changes of an operation were once read before the first of them was taken back: 300 MB for 200,000 of them.
#[test]
fn an_operation_with_many_changes_is_taken_back_in_flat_memory() {
    let records = if is_deep() { 1_000_000 } else { 20_000 };
    let home = home(records);
    let before = sums(&home);
    for (place, arguments) in [
        &["records", "update", "events", "--where", "id > 0", "note=changed", "--yes"][..],
        &["undo", "2", "--yes"],
        &["undo", "3", "--yes"],
        &["undo", "4", "--yes"],
        &["records", "delete", "events", "--where", "id > 0", "--yes"],
        &["undo", "6", "--yes"],
    ]
    .into_iter()
    .enumerate()
    {
        let most = peak(&home, arguments);
        println!("{arguments:?}: {most} MB");
        assert!(most <= 24 || arguments[0] != "undo", "{arguments:?} took {most} MB for {records} records");
        match place {
            1 | 3 | 5 => assert_eq!(sums(&home), before, "{arguments:?}"),
            0 | 2 => assert_ne!(sums(&home), before, "{arguments:?}"),
            _ => {}
        }
    }
}

#[test]
fn a_change_that_is_killed_never_happened() {
    let prepared = home(3_000);
    let before = sums(&prepared);
    let mut killed = 0;
    let points = if is_deep() { (1..400).collect::<Vec<_>>() } else { vec![2, 5, 30, 90] };
    for number in points {
        let home = copy(&prepared);
        let change = home.command(&["tables", "change-field", "events", "number:integer"]);
        let inject = format!("inject=pwrite64:signal=KILL:when={number}");
        let output = traced(&change, &["-f", "-qq", "-o", "/dev/null", "-e", "trace=pwrite64", "-e", &inject]);
        let was_killed = !output.status.success();
        killed += u32::from(was_killed);
        let sums = sums(&home);
        let expected = if was_killed { before.1.as_str() } else { "integer" };
        // A death after the commit is no death: then everything is there.
        assert!(sums.1 == expected || sums.1 == "integer", "killed at write {number}: {sums:?}");
        assert_eq!((sums.0, sums.2), (before.0, before.2), "killed at write {number}");
        let connection = Connection::open(home.path().join("apps/default/app.db")).unwrap();
        let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(sound, "ok", "killed at write {number}");
        let hidden = "SELECT count(*) FROM sqlite_schema WHERE name GLOB '_appctl_aside_*' AND type = 'table'";
        let asides: i64 = connection.query_row(hidden, [], |row| row.get(0)).unwrap();
        assert_eq!(asides, i64::from(sums.1 == "integer"), "killed at write {number}");
        drop(connection);
        if sums.1 == "text" {
            let ran = home.run_with(None, &[], "tables change-field events number:integer");
            assert_eq!(ran.status, 0, "killed at write {number}: {ran}");
        }
    }
    assert!(killed > 0, "no write was reached");
}

fn copy(home: &Home) -> Home {
    let copy = Home::new();
    let status = Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status().unwrap();
    assert!(status.success());
    copy
}

/// The command under strace, in the same folder and environment.
fn traced(command: &Command, options: &[&str]) -> std::process::Output {
    let mut traced = Command::new("strace");
    traced.args(options).arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        traced.current_dir(folder);
    }
    traced.stdin(Stdio::null()).output().expect("strace: run `tests/run`")
}
