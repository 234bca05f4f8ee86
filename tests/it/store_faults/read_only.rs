//! F06: the disk is read-only from the start, or becomes so in the middle of a command.

use std::process::Command;

use appctl::sandbox::Sandbox;

use super::support::{Disk, civil, command, done, kind, lively, picture, run};
use crate::support::home::Home;
use crate::support::postgres::is_deep;

const READS: &[&str] = &[
    "tables list",
    "tables show tasks",
    "tables query 'select count(*) from tasks'",
    "records list tasks --limit 5",
    "records get tasks 3",
    "records count contacts",
    "log",
    "connections list",
    "connections show crm",
    "connections status --json --jq '.[].status'",
];

const WRITES: &[&str] = &[
    "records search tasks note",
    "tables create more name:text",
    "records create tasks title=new",
    "records update tasks 1 title=other",
    "records delete tasks 1 --yes",
    "undo 2 --yes",
    "connections sync crm",
    "connections pause crm",
];

#[tokio::test(flavor = "multi_thread")]
async fn on_a_read_only_disk_everything_can_be_read_and_every_write_says_why_not() {
    let (home, sandbox) = lively(40).await;
    let disk = Disk::new();
    disk.fill(home.path());
    disk.read_only();
    let inside = |arguments: &str| home.finish(disk.inside(&command(&home, Some(&sandbox), arguments)), None);
    for read in READS {
        let expected = run(&home, Some(&sandbox), read);
        let ran = inside(read);
        assert_eq!((ran.status, ran.stdout), (0, expected.stdout), "{read}: {}", ran.stderr);
    }
    for write in WRITES {
        let ran = inside(&format!("{write} --json"));
        civil(&ran, write);
        assert_eq!((ran.status, kind(&ran).as_str()), (5, "denied"), "{write}: {ran}");
        assert!(ran.stderr.to_lowercase().contains("read-only") || ran.stderr.contains("readonly"), "{write}: {ran}");
    }
    disk.free_all();
    let (_copy, path) = disk.copy();
    assert_eq!(picture(&path), picture(home.path()));
    assert_eq!(inside("records create tasks title=new").status, 0, "the disk can be written again");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_wait_beside_the_file_of_a_read_only_disk_are_never_left_out_in_silence() {
    let (home, _sandbox) = lively(40).await;
    let file = home.path().join("apps/default/app.db");
    // Another program that still has the file open, so that its log stays.
    let other = rusqlite::Connection::open(&file).expect("the file opens");
    other.execute("UPDATE tasks SET title = 'changed' WHERE id = 1", []).expect("a change");
    for with_index in [false, true] {
        let disk = Disk::new();
        disk.fill(home.path());
        if !with_index {
            disk.shell("rm -f apps/default/app.db-shm");
        }
        disk.read_only();
        let ran = home.finish(disk.inside(&command(&home, None, "records get tasks 1 --json")), None);
        civil(&ran, "get");
        if ran.status == 0 {
            assert!(ran.stdout.contains("changed"), "an older state is shown: {ran}");
        } else {
            assert_eq!((ran.status, kind(&ran).as_str()), (5, "denied"), "{ran}");
            assert!(ran.stderr.contains("its last changes wait beside the file"), "{ran}");
        }
    }
    drop(other);
}

/// The command under strace, which refuses this call as a read-only disk does, from its n-th time on.
fn refusing(command: &Command, call: &str, from: usize) -> Command {
    let mut traced = Command::new("strace");
    let inject = format!("inject={call}:error=EROFS:when={from}+");
    traced.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject]);
    traced.arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.current_dir(command.get_current_dir().expect("a home's commands run in it"));
    traced
}

fn copy(home: &Home) -> Home {
    let copy = Home::new();
    let copied = Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status();
    assert!(copied.is_ok_and(|status| status.success()), "a home can be copied");
    copy
}

/// Refuses every write from the n-th on, for every n (or some of them) until the command no longer notices.
fn refuse_from_each(home: &Home, sandbox: &Sandbox, arguments: &str) {
    let before = picture(home.path());
    let whole = copy(home);
    done(&whole, Some(sandbox), arguments);
    let after = picture(whole.path());
    let stride = if is_deep() { 1 } else { 7 };
    let (mut from, mut failures) = (1, 0);
    loop {
        let copy = copy(home);
        let what = format!("{arguments}, refused from write {from} on");
        let ran = copy
            .finish(refusing(&command(&copy, Some(sandbox), &format!("{arguments} --json")), "pwrite64", from), None);
        civil(&ran, &what);
        let held = picture(copy.path());
        if ran.status == 0 {
            assert_eq!(held, after, "{what}: it said that all was well");
            break;
        }
        failures += 1;
        assert!(matches!(ran.status, 1 | 5), "{what}: {ran}");
        assert!(held == before || held == after, "{what}: something is half-made: {ran}");
        assert!(!kind(&ran).is_empty(), "{what}: {ran}");
        let again = run(&copy, Some(sandbox), arguments);
        assert!(again.status == 0 || held == after, "{what}, then on a good disk: {again}");
        if held == before {
            assert_eq!(picture(copy.path()), after, "{what}, then on a good disk");
        }
        from += stride;
        assert!(from < 20_000, "{arguments} never works");
    }
    println!("{arguments}: refused at {failures} places, nothing half-made");
    assert!(failures > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_becomes_read_only_in_the_middle_leaves_the_state_before_or_after() {
    let (home, sandbox) = lively(40).await;
    for arguments in ["records create tasks --data @rows.jsonl", "tables create more name:text", "connections sync crm"]
    {
        refuse_from_each(&home, &sandbox, arguments);
    }
}
