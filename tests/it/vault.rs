//! Secrets in a real Secret Service (gnome-keyring in a D-Bus session of its own), unlocked, locked, absent and hanging.
//! Each case starts this test binary again inside of such a session, where `this_sessions_vault` does the asking.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use appctl::base::Secret;
use appctl::vault::Vault;

/// Says to `this_sessions_vault` that it runs inside of a session with a keyring, and in which home.
const INSIDE: &str = "APPCTL_TEST_KEYRING";

#[test]
fn this_sessions_vault_keeps_secrets() {
    #[expect(clippy::disallowed_methods, reason = "a message from the test that started this one")]
    let inside = std::env::var_os(INSIDE);
    let vault =
        inside.map_or_else(Vault::memory, |home| Vault::keyring(std::path::Path::new(&home).join("keyring.lock")));
    if let Err(error) = vault.probe() {
        panic!("{}: {} [{}]", error.kind.word(), error.message, error.hint.unwrap_or_default());
    }
    // Several processes may be here at once, each with a name of its own.
    let name = &format!("test/hubspot/{}", std::process::id());
    for size in [1, 100, 2_398, 2_399, 5_000, 64 * 1024, 3] {
        let secret = Secret::new("s".repeat(size));
        vault.set(name, &secret).unwrap();
        let read = vault.get(name).unwrap().expect("it was just kept");
        assert!(read.expose() == secret.expose(), "{size} bytes came back as {}", read.expose().len());
    }
    assert!(vault.get("test/hubspot/other").unwrap().is_none());
    assert!(vault.delete(name).unwrap());
    assert!(!vault.delete(name).unwrap());
    assert!(vault.get(name).unwrap().is_none());
}

#[cfg(target_os = "linux")]
#[test]
fn an_unlocked_keyring_keeps_secrets_of_every_size() {
    let seen = session("start --unlock", "");
    assert!(seen.passed, "{}", seen.text);
}

#[cfg(target_os = "linux")]
#[test]
fn twenty_processes_keep_secrets_at_once() {
    let others =
        r#"for try in $(seq 19); do "$0" --exact vault::this_sessions_vault_keeps_secrets & others="$others $!"; done"#;
    let seen = session("start --unlock", others);
    assert!(seen.passed, "{}", seen.text);
    assert_eq!(seen.text.matches("test result: ok").count(), 20, "{}", seen.text);
}

#[cfg(target_os = "linux")]
#[test]
fn a_locked_keyring_says_how_to_go_on() {
    let seen = session("start --start", "");
    seen.fails_with("denied: writing to the keyring: the keyring is locked");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_nothing_is_kept_and_the_two_choices_are_named() {
    let seen = session("", "unset DBUS_SESSION_BUS_ADDRESS");
    seen.fails_with("failed: writing to the keyring: there is no keyring here");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_keyring_is_given_three_seconds() {
    let seen = session("start --unlock", "kill -STOP $keyring");
    seen.fails_with("failed: writing to the keyring: no answer within 3 seconds");
    assert!(seen.time >= Duration::from_secs(3), "it was waited for");
}

struct Seen {
    passed: bool,
    text: String,
    time: Duration,
}

impl Seen {
    fn fails_with(&self, message: &str) {
        assert!(!self.passed && self.text.contains(message), "{}", self.text);
        assert!(self.text.contains("unlock a keyring") && self.text.contains("`APPCTL_TOKEN_`"), "{}", self.text);
        assert!(self.time < Duration::from_secs(15), "it took {:?}", self.time);
    }
}

/// Runs `this_sessions_vault_keeps_secrets` in an empty home and a D-Bus session; `start FLAG` starts a keyring there,
/// `then` is shell that runs before the test. What was started ends with the session.
fn session(start: &str, then: &str) -> Seen {
    let home = tempfile::tempdir().expect("the temporary folder can be written");
    let script = format!(
        r#"
        keyring=
        start() {{
            echo -n pw | gnome-keyring-daemon "$1" --foreground --components=secrets >/dev/null 2>&1 &
            keyring=$!
            trap 'kill -KILL $keyring 2>/dev/null' EXIT
            for try in $(seq 50); do
                dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
                    org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q 'boolean true' && return
                sleep 0.1
            done
        }}
        {start}
        {then}
        "$0" --exact vault::this_sessions_vault_keeps_secrets --nocapture
        result=$?
        for other in $others; do wait "$other" || result=$?; done
        exit $result
        "#
    );
    let began = Instant::now();
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-c", &script])
        .arg(std::env::current_exe().expect("a program knows itself"))
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("RUST_BACKTRACE", "0")
        .env(INSIDE, home.path())
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session is installed (tests/run installs it)");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Seen { passed: output.status.success(), text, time: began.elapsed() }
}
