//! F07: few file handles and little memory.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use super::support::{command, done, lively, picture, run};
use crate::support::home::Home;
use crate::support::postgres::is_deep;

fn limited(command: &Command, limit: &str) -> Command {
    let mut limited = Command::new("prlimit");
    limited.args([limit, "--core=0"]).arg(command.get_program()).args(command.get_args()).env_clear();
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.current_dir(command.get_current_dir().expect("a home's commands run in it"));
    limited
}

fn copy(home: &Home) -> Home {
    let copy = Home::new();
    let copied = Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status();
    assert!(copied.is_ok_and(|status| status.success()), "a home can be copied");
    copy
}

/// Tries each limit from low to high; gives the lowest that works.
async fn tighten(limits: &[String], aborts: bool) {
    let (home, sandbox) = lively(40).await;
    for arguments in [
        "records count tasks",
        "records create tasks --data @rows.jsonl",
        "connections sync crm",
        "connections sync two",
    ] {
        let whole = copy(&home);
        done(&whole, Some(&sandbox), arguments);
        let (before, after) = (picture(home.path()), picture(whole.path()));
        let mut lowest = None;
        for limit in limits {
            let copy = copy(&home);
            let what = format!("{arguments} with {limit}");
            let mut command = limited(&command(&copy, Some(&sandbox), arguments), limit);
            let output = command.stdin(Stdio::null()).output().expect("prlimit is part of util-linux");
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!text.contains("panicked"), "{what}: {text}");
            // Rust ends a program that gets no memory with SIGABRT; the loader dies of less with its own words.
            let killed = output.status.signal();
            let expected = killed.is_none() || (aborts && matches!(killed, Some(6 | 11 | 9)));
            assert!(expected && output.status.code() != Some(101), "{what}: {} {text}", output.status);
            let held = picture(copy.path());
            if output.status.success() {
                lowest = lowest.or(Some(limit));
                assert_eq!(held, after, "{what}");
                continue;
            }
            assert!(killed.is_some() || !text.is_empty(), "{what}: it failed without a word");
            assert!(held == before || held == after, "{what}: something is half-made: {text}");
            let again = run(&copy, Some(&sandbox), arguments);
            assert_eq!(again.status, 0, "{what}, then without a limit: {again}");
        }
        println!("{arguments}: works from {} on", lowest.expect("the highest limit is enough"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn few_file_handles_are_a_typed_error_or_no_matter() {
    let stride = if is_deep() { 1 } else { 4 };
    let limits: Vec<String> = (3..60).step_by(stride).map(|handles| format!("--nofile={handles}")).collect();
    tighten(&limits, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn little_memory_never_leaves_half_a_change() {
    let stride = if is_deep() { 1 } else { 5 };
    let sizes = (1..=40_u64).step_by(stride).map(|step| format!("--as={}", step * (8 << 20))).collect::<Vec<_>>();
    let sizes: Vec<String> = sizes.into_iter().chain(["--as=4000000000".to_owned()]).collect();
    tighten(&sizes, true).await;
}
