//! A migration killed at any of its writes (F10): the store is the old version or the new one, never between, the next
//! command goes on by itself, and the copy of the older version is whole as soon as it has its name.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use rusqlite::Connection;

use super::versions;
use crate::support::home::Home;
use crate::support::old;
use crate::support::postgres::is_deep;

/// The calls that change a file or a folder.
const WRITES: &[&str] =
    &["pwrite64", "write", "fdatasync", "fsync", "ftruncate", "fallocate", "rename", "renameat", "renameat2", "unlink"];

fn file(home: &Home) -> PathBuf {
    home.path().join("apps/default/app.db")
}

fn old_home() -> Home {
    let home = Home::new();
    old::write(&file(&home), 1);
    home
}

/// `tables list` under strace.
fn traced(home: &Home, options: &[&str]) -> Command {
    let command = home.command(&["tables", "list"]);
    let mut traced = Command::new("strace");
    traced.args(options).arg(command.get_program()).args(command.get_args()).env_clear().current_dir(home.path());
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    traced
}

/// How often each of these calls is made.
fn writes() -> Vec<(&'static str, usize)> {
    let home = old_home();
    let log = home.path().join("strace.log");
    let (log_name, trace) = (log.display().to_string(), format!("trace={}", WRITES.join(",")));
    let output = traced(&home, &["-f", "-o", &log_name, "-e", &trace]).output().expect("strace: run `tests/run`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let log = std::fs::read_to_string(log).expect("strace wrote its log");
    let count = |name: &&'static str| (*name, log.lines().filter(|line| line.contains(&format!(" {name}("))).count());
    WRITES.iter().map(count).filter(|(_, count)| *count > 0).collect()
}

/// Whether the migration was killed there; checks what is left.
fn kill_at(call: &str, number: usize) -> bool {
    let home = old_home();
    let what = format!("killed at {call} number {number}");
    let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={number}"));
    let output =
        traced(&home, &["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]).output().expect("strace");
    let killed = output.status.signal() == Some(9);
    assert!(killed || output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    let connection = Connection::open(file(&home)).unwrap();
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap();
    let (version, index) = (number("PRAGMA user_version"), number(RELATION_INDEXES));
    assert!((version, index) == (1, 0) || (version > 1 && index == 1), "{what}: version {version}, {index} indexes");
    assert_eq!((number("SELECT count(*) FROM tasks"), number("SELECT count(*) FROM people")), (300, 40), "{what}");
    drop(connection);
    for copy in versions::copies(&home, 1) {
        versions::check_old_copy(&copy, 1);
    }
    assert!(version == 1 || !versions::copies(&home, 1).is_empty(), "{what}: it was migrated without a copy");
    let next = home.run_with(None, &[], "tables list --json");
    assert!(next.status == 0 && next.stdout.contains("\"records\":300"), "{what}: {next}");
    let parts = std::fs::read_dir(home.path().join("apps/default")).unwrap().flatten();
    let parts: Vec<_> = parts.map(|entry| entry.file_name()).collect();
    let half = parts.iter().filter(|name| name.to_string_lossy().contains(".part-")).count();
    assert!(half <= 1, "{what}: {parts:?}");
    let connection = Connection::open(file(&home)).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok", "{what}");
    killed
}

const RELATION_INDEXES: &str =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND name LIKE '\\_appctl\\_relation\\_%' ESCAPE '\\'";

#[test]
fn a_migration_killed_at_any_write_leaves_the_old_version_or_the_new_one() {
    let writes = writes();
    let all: Vec<(&str, usize)> =
        writes.iter().flat_map(|(call, count)| (1..=*count).map(move |number| (*call, number))).collect();
    let step = if is_deep() { 1 } else { (all.len() / 10).max(1) };
    let from = rand::random_range(0..step);
    let points: Vec<_> = all.iter().skip(from).step_by(step).collect();
    let hit = points.iter().filter(|(call, number)| kill_at(call, *number)).count();
    println!("{hit} of {} points were hit, of {} in the migration: {writes:?}", points.len(), all.len());
    assert!(hit * 10 >= points.len() * 8, "{hit} of {} points were hit", points.len());
}

#[test]
fn two_programs_that_migrate_at_once_do_it_once() {
    for _ in 0..if is_deep() { 50 } else { 3 } {
        let home = old_home();
        let children: Vec<_> = (0..4)
            .map(|_| {
                let mut command = home.command(&["tables", "list", "--json"]);
                command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        }
        assert_eq!(versions::copies(&home, 1).len(), 1, "the copy is made under the lock of the migration");
    }
}
