//! A keyring that dies or falls silent in the middle of whatever it is asked (reliability.md, F46): the error comes within
//! three seconds and says what to do, the secret is the old one or the new one, and no secret is anywhere else.
#![cfg(target_os = "linux")]

use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use appctl::base::Secret;
use appctl::vault::Vault;

use crate::support::dice;
use crate::support::home::APPCTL;
use crate::support::keyring::{self, Fault, Wire};
use crate::support::postgres::is_deep;

/// Says to a test of this file that it runs inside of a session, and what it is to do.
const INSIDE: &str = "APPCTL_TEST_KEYRING_TASK";
/// The secret of a `one_process` that writes.
const SECRET: &str = "APPCTL_TEST_KEYRING_SECRET";
const NAME: &str = "default/hubspot/0123456789abcdef";

#[expect(clippy::disallowed_methods, reason = "a message from the test that started this one")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn home() -> PathBuf {
    PathBuf::from(variable("HOME").unwrap())
}

/// `set`, `get`: what one process does with one secret, which says on a line of its own how it ended.
#[test]
fn one_process() {
    let task = variable(INSIDE);
    let vault = match &task {
        Some(_) => Vault::keyring(home().join("keyring.lock")),
        None => Vault::memory(),
    };
    let secret = Secret::new(variable(SECRET).unwrap_or_else(|| "secret".to_owned()));
    let began = Instant::now();
    let result = match task.as_deref() {
        Some("get") => vault.get(NAME).map(|secret| secret.map(|secret| secret.expose().to_owned())),
        _ => vault.set(NAME, &secret).map(|()| None),
    };
    let time = began.elapsed();
    match result {
        Ok(read) => println!("\nended: done {}", read.unwrap_or_default()),
        Err(error) => {
            assert!(error.hint.is_some(), "{error}");
            assert!(!error.message.contains(secret.expose()), "the error has the secret");
            println!("\nended: {} {}", error.kind.word(), error.message);
        }
    }
    assert!(time < Duration::from_millis(3_500), "it took {time:?}");
}

/// Runs `one_process` at this bus, and gives how it ended.
fn process(task: &str, bus: &str, secret: &str) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "vault_keyring::one_process", "--nocapture"]);
    let output = command.env(INSIDE, task).env(SECRET, secret).env("DBUS_SESSION_BUS_ADDRESS", bus).output().unwrap();
    let text = text(&output);
    assert!(output.status.success(), "{text}");
    text.lines().find_map(|line| line.strip_prefix("ended: ")).unwrap_or_else(|| panic!("{text}")).to_owned()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs one test of this file inside of a session with a keyring.
fn inside(test: &str, variables: &[(&str, &str)]) {
    let script = format!(
        r#"start --unlock
        export KEYRING=$keyring
        "$0" --exact vault_keyring::{test} --nocapture"#
    );
    let variables: Vec<_> = variables.iter().copied().chain([(INSIDE, "all")]).collect();
    let seen = keyring::session(&script, &variables);
    assert!(seen.passed, "{}", seen.text);
    println!(
        "{}",
        seen.text
            .lines()
            .filter(|line| line.starts_with("seen:") || line.starts_with("APPCTL_TEST_SEED"))
            .collect::<Vec<_>>()
            .join("\n")
    );
}

#[test]
fn a_keyring_that_dies_at_any_message_leaves_the_old_secret_or_the_new_one() {
    if variable(INSIDE).is_none() {
        return inside("a_keyring_that_dies_at_any_message_leaves_the_old_secret_or_the_new_one", &[]);
    }
    fails_anywhere(Fault::Cut, if is_deep() { 1 } else { 5 });
}

#[test]
fn a_keyring_that_falls_silent_at_any_message_leaves_the_old_secret_or_the_new_one() {
    if variable(INSIDE).is_none() {
        return inside("a_keyring_that_falls_silent_at_any_message_leaves_the_old_secret_or_the_new_one", &[]);
    }
    fails_anywhere(Fault::Stall, if is_deep() { 1 } else { 23 });
}

/// Writes a secret of three chunks again and again, over a wire that fails one message later each time.
fn fails_anywhere(fault: Fault, step: usize) {
    let bus = variable("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let secret = |number: usize| format!("{number:08}{}", "x".repeat(6_000));
    let mut old = secret(0);
    assert_eq!(process("set", &bus, &old), "done ");
    let (mut failed, mut after) = (0, 1 + usize::try_from(dice::seed()).unwrap() % step);
    loop {
        let wire = Wire::new(&home(), &bus, after, fault);
        let new = secret(after);
        let ended = process("set", &wire.address, &new);
        let read = process("get", &bus, "");
        let read = read.strip_prefix("done ").unwrap_or_else(|| panic!("{fault:?} at {after}: {read}"));
        assert!(read == old || read == new, "{fault:?} at {after}: neither the old nor the new secret is there");
        if ended.starts_with("done") {
            assert!(read == new, "{fault:?} at {after}: it was kept");
        } else {
            failed += 1;
            assert!(ended.starts_with("failed ") || ended.starts_with("denied "), "{fault:?} at {after}: {ended}");
        }
        old = read.to_owned();
        if wire.sent() < after {
            break;
        }
        after += step;
    }
    assert!(failed > 0 && failed * step + step >= after - 20, "{failed} of {after} messages");
    println!("seen: {fault:?} at every {step}th of {after} messages, {failed} writes failed");
}

#[test]
fn the_program_says_within_three_seconds_that_its_keyring_is_gone() {
    if variable(INSIDE).is_none() {
        return inside("the_program_says_within_three_seconds_that_its_keyring_is_gone", &[]);
    }
    let bus = variable("DBUS_SESSION_BUS_ADDRESS").unwrap();
    let run = |bus: &str| {
        let mut command = Command::new(APPCTL);
        command.args(["vault", "init"]).env("APPCTL_HOME", home().join("appctl")).env("APPCTL_USER", "ana");
        let began = Instant::now();
        let output = command.env("DBUS_SESSION_BUS_ADDRESS", bus).output().unwrap();
        let time = began.elapsed();
        // Three seconds, and what it takes to start on a busy machine.
        assert!(time < Duration::from_secs(6), "it took {time:?}");
        (output.status.code().unwrap(), text(&output))
    };
    for (fault, after) in [(Fault::Cut, 1), (Fault::Stall, 1), (Fault::Cut, 9), (Fault::Stall, 9), (Fault::Stall, 30)] {
        let (status, text) = run(&Wire::new(&home(), &bus, after, fault).address);
        assert!(status == 1 || status == 5, "{fault:?} at {after}: {status} {text}");
        assert!(text.contains("hint: start and unlock a keyring"), "{fault:?} at {after}: {text}");
        assert!(!home().join("appctl/apps/default/team.vault").exists(), "nothing was begun without a key");
    }
    let (status, text) = run(&bus);
    assert_eq!(status, 0, "{text}");
    // The service itself dies; the bus may start another one, which is locked.
    let pid = variable("KEYRING").unwrap().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL).unwrap();
    let (status, text) = run(&bus);
    assert!(status == 1 || status == 5, "{status} {text}");
}
