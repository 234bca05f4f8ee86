//! F15: a reader that pauses while others write. The log beside the file must not grow without end.

use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::support::done;
use crate::support::home::{Home, words};
use crate::support::postgres::is_deep;
use crate::support::synced::app;
use appctl::base::{TableName, Value};

const MB: u64 = 1 << 20;

/// A home with more records than a pipe holds.
fn home() -> Home {
    let home = Home::new();
    done(&home, None, "tables create notes text:long_text");
    done(&home, None, "tables create other text:long_text");
    let app = app(&home);
    let table = app.store.table(&TableName::parse("notes").expect("a name")).expect("a table");
    let text = "x".repeat(2000);
    let filled = app.store.change(&app.person(), "fill", |change| {
        (0..2000).try_for_each(|_| change.insert(&table, &[("text".parse()?, Value::from(text.as_str()))]).map(drop))
    });
    filled.expect("records can be written");
    home
}

/// Begins a command and reads a little of what it prints.
fn paused(home: &Home, arguments: &str) -> Child {
    let mut command = home.command(&words(arguments));
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut first = [0; 100];
    child.stdout.as_mut().expect("stdout is piped").read_exact(&mut first).expect("it prints");
    child
}

/// Writes so many megabytes, one after the other; gives the largest size of the log meanwhile.
fn write(home: &Home, megabytes: u64, watch: &mut dyn FnMut(u64)) -> u64 {
    let app = app(home);
    let table = app.store.table(&TableName::parse("other").expect("a name")).expect("a table");
    let text = "y".repeat(250_000);
    let mut most = 0;
    for _ in 0..megabytes {
        let made = app.store.change(&app.person(), "write", |change| {
            (0..4).try_for_each(|_| change.insert(&table, &[("text".parse()?, Value::from(text.as_str()))]).map(drop))
        });
        made.expect("a paused reader keeps nobody from writing");
        most = most.max(app.store.log_watch().bytes());
        watch(app.store.log_watch().bytes());
    }
    most
}

#[test]
fn a_reader_that_pauses_while_much_is_written_is_ended_politely_and_the_log_stays_small() {
    let home = home();
    for arguments in ["records list notes", "records export notes -o jsonl", "tables query 'select * from notes'"] {
        let mut child = paused(&home, arguments);
        let mut ended = None;
        let started = Instant::now();
        let most = write(&home, if is_deep() { 1000 } else { 90 }, &mut |bytes| {
            // Two cores and a debug build: the writer leaves the reader a moment to notice.
            if bytes > 64 * MB && ended.is_none() {
                let until = Instant::now() + Duration::from_secs(5);
                while ended.is_none() && Instant::now() < until {
                    ended = child.try_wait().expect("our own child");
                    std::thread::sleep(Duration::from_millis(20));
                }
            }
        });
        println!("{arguments}: the log was at most {} MB, in {:?}", most / MB, started.elapsed());
        assert!(ended.is_some(), "{arguments}: the paused reader was not ended, the log has {} MB", most / MB);
        assert!(most < 80 * MB, "{arguments}: the log grew to {} MB", most / MB);
        let output = child.wait_with_output().expect("it ended");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{arguments}: {said}");
        assert!(said.contains("its reader paused while others wrote more than 64 MB"), "{arguments}: {said}");
        assert!(said.contains("--limit"), "{arguments}: {said}");
    }
}

#[test]
fn a_reader_that_pauses_while_little_happens_gets_everything_of_its_moment() {
    let home = home();
    for (id, arguments) in [(2000, "records list notes"), (1999, "records export notes -o jsonl")] {
        let mut child = paused(&home, arguments);
        std::thread::sleep(Duration::from_millis(500));
        done(&home, None, &format!("records delete notes {id} --yes"));
        let mut rest = String::new();
        child.stdout.as_mut().expect("stdout is piped").read_to_string(&mut rest).expect("it prints text");
        assert!(child.wait().expect("it ends").success(), "{arguments}");
        let lines = rest.lines().count();
        // The first line is cut by what was read before the pause, and a list has a line of names.
        assert!(lines >= id - 1, "{arguments}: {lines} lines");
    }
}

#[test]
fn a_command_whose_reader_paused_still_hears_ctrl_c() {
    let home = home();
    let mut child = paused(&home, "records list notes");
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("our own child");
    let until = Instant::now() + Duration::from_secs(10);
    let mut ended = None;
    while ended.is_none() && Instant::now() < until {
        ended = child.try_wait().expect("our own child");
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = child.kill();
    let _ = child.wait();
    assert_eq!(ended.and_then(|status| status.code()), Some(130));
}
