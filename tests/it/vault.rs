//! Secrets in a real Secret Service (gnome-keyring in a D-Bus session of its own), unlocked, locked, absent and hanging.
//! Each case starts this test binary again inside of such a session, where `this_sessions_vault` does the asking.

#[cfg(target_os = "linux")]
use std::time::Duration;

use appctl::base::Secret;
use appctl::vault::Vault;

#[cfg(target_os = "linux")]
use crate::support::keyring::{self, Seen};

/// Says to `this_sessions_vault` that it runs inside of a session with a keyring.
const INSIDE: &str = "APPCTL_TEST_KEYRING";

#[test]
fn this_sessions_vault_keeps_secrets() {
    #[expect(clippy::disallowed_methods, reason = "a message from the test that started this one")]
    let home = std::env::var_os(INSIDE).and_then(|_| std::env::var_os("HOME"));
    let keyring_of = |home: &std::ffi::OsString| Vault::keyring(std::path::Path::new(home).join("keyring.lock"));
    let vault = home.as_ref().map_or_else(Vault::memory, keyring_of);
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
    assert!(vault.set(name, &Secret::new("s".repeat(64 * 1024 + 1))).is_err(), "too long to be kept");
    assert!(vault.get("test/hubspot/other").unwrap().is_none());
    // What was read before is believed until another process, here another vault of the same home, writes.
    let other = home.as_ref().map_or_else(|| vault.clone(), keyring_of);
    let recent = |vault: &Vault| vault.recent(name).unwrap().map(|secret| secret.expose().to_owned());
    assert_eq!((recent(&vault).as_deref(), recent(&other).as_deref()), (Some("sss"), Some("sss")));
    other.set(name, &Secret::new("newer")).unwrap();
    assert_eq!((recent(&vault).as_deref(), recent(&other).as_deref()), (Some("newer"), Some("newer")));
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
    fails_with(&seen, "denied: writing to the keyring: the keyring is locked");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_keyring_nothing_is_kept_and_the_choices_are_named() {
    let seen = session("", "unset DBUS_SESSION_BUS_ADDRESS");
    fails_with(&seen, "failed: writing to the keyring: there is no keyring here");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hanging_keyring_is_given_three_seconds() {
    let seen = session("start --unlock", "kill -STOP $keyring");
    fails_with(&seen, "failed: writing to the keyring: no answer within 3 seconds");
    assert!(seen.time >= Duration::from_secs(3), "it was waited for");
}

#[cfg(target_os = "linux")]
fn fails_with(seen: &Seen, message: &str) {
    assert!(!seen.passed && seen.text.contains(message), "{}", seen.text);
    for way_out in ["unlock a keyring", "`APPCTL_VAULT=file`", "`APPCTL_TOKEN_`"] {
        assert!(seen.text.contains(way_out), "{}", seen.text);
    }
    assert!(seen.time < Duration::from_secs(15), "it took {:?}", seen.time);
}

/// Runs `this_sessions_vault_keeps_secrets` in a session; `start FLAG` starts a keyring there, `then` is shell that runs
/// before the test.
#[cfg(target_os = "linux")]
fn session(start: &str, then: &str) -> Seen {
    let script = format!(
        r#"
        {start}
        {then}
        "$0" --exact vault::this_sessions_vault_keeps_secrets --nocapture
        result=$?
        for other in $others; do wait "$other" || result=$?; done
        exit $result
        "#
    );
    keyring::session(&script, &[(INSIDE, "1")])
}
