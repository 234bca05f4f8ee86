//! Ctrl-C and SIGTERM: a clean end with 130, whatever a command is waiting for.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::io::Read as _;
use std::net::TcpListener;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::home::Home;
use crate::support::seed;

/// A HubSpot that takes calls and never answers, and a home with a connection to it.
fn silent() -> (TcpListener, Home) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    seed::crm_at(&home, &format!("http://{}/", listener.local_addr().unwrap()));
    (listener, home)
}

fn start(home: &Home, arguments: &[&str]) -> Child {
    let mut command = home.command(arguments);
    command.env("APPCTL_TOKEN_CRM", "pat-canary-51c9");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Status, stdout and stderr at the end, and how long that took.
fn ended(mut child: Child) -> (Option<i32>, String, String, Duration) {
    let began = Instant::now();
    let status = child.wait().unwrap();
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    (status.code(), stdout, stderr, began.elapsed())
}

#[test]
fn a_sync_that_waits_for_an_answer_ends_with_130() {
    for which in [Signal::INT, Signal::TERM] {
        let (listener, home) = silent();
        let child = start(&home, &["connections", "sync", "crm"]);
        let _call = listener.accept().unwrap();
        signal(&child, which);
        let (status, stdout, stderr, time) = ended(child);
        assert_eq!((status, stdout.as_str()), (Some(130), ""), "{stderr}");
        assert!(time < Duration::from_secs(8), "it took {time:?}");
        let ran = home.run_with(None, &[], "connections status --json --jq .[0].status");
        assert!(!ran.stdout.contains("syncing"), "the lock is free: {ran}");
    }
}

#[test]
fn a_second_ctrl_c_ends_at_once() {
    let (listener, home) = silent();
    let child = start(&home, &["connections", "sync", "crm"]);
    let _call = listener.accept().unwrap();
    signal(&child, Signal::INT);
    std::thread::sleep(Duration::from_millis(300));
    signal(&child, Signal::INT);
    let (status, _, _, time) = ended(child);
    assert_eq!(status, Some(130));
    assert!(time < Duration::from_secs(1), "it took {time:?}");
}

#[test]
fn a_watch_ends_with_ctrl_c_and_says_nothing_about_it() {
    let home = Home::new();
    seed::crm(&home);
    let mut child = start(&home, &["connections", "status", "--watch", "-o", "jsonl"]);
    let mut first = [0; 14];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    assert_eq!(&first, b"{\"connection\":");
    signal(&child, Signal::INT);
    let (status, _, _, time) = ended(child);
    assert_eq!(status, Some(130));
    assert!(time < Duration::from_secs(2), "it took {time:?}");
}

#[test]
fn a_scheduler_is_ended_by_its_service_manager() {
    let home = Home::new();
    seed::crm(&home);
    let mut child = start(&home, &["connections", "run"]);
    let mut first = [0; 7];
    child.stderr.as_mut().unwrap().read_exact(&mut first).unwrap();
    signal(&child, Signal::TERM);
    let (status, _, stderr, _) = ended(child);
    assert_eq!(status, Some(0), "{stderr}");
}

#[test]
fn the_token_is_in_no_output_file_or_argument() {
    let (listener, home) = silent();
    let child = start(&home, &["-v", "connections", "sync", "crm"]);
    let _call = listener.accept().unwrap();
    #[cfg(target_os = "linux")]
    {
        let arguments = std::fs::read(format!("/proc/{}/cmdline", child.id())).unwrap();
        assert!(!String::from_utf8_lossy(&arguments).contains("canary"));
    }
    signal(&child, Signal::INT);
    let (_, stdout, stderr, _) = ended(child);
    assert!(!stdout.contains("canary") && !stderr.contains("canary"), "{stdout}{stderr}");
    let token = [("APPCTL_TOKEN_CRM", "pat-canary-51c9")];
    for arguments in
        ["show crm --json", "list", "status crm", "history crm --json", "schedule crm", "edit crm --set x=y"]
    {
        let ran = home.run_with(None, &token, &format!("connections {arguments}"));
        assert!(!ran.to_string().contains("canary"), "{arguments}: {ran}");
    }
    let mut folders = vec![home.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                assert!(!bytes.windows(6).any(|part| part == b"canary"), "{}", path.display());
            }
        }
    }
}
