//! How often the program asks a keyring for one secret (reliability.md, F46): opening it costs time, and on some systems a
//! question to the person. A real keyring is listened to on its bus while each command runs.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;

use appctl::sandbox::{Options, Sandbox};

use crate::support::home::APPCTL;
use crate::support::keyring;

/// `run COMMAND…` runs the program and says `reads N N …: COMMAND…`, a number for each secret that was read.
const RUN: &str = r#"
    run() {
        : > "$HOME/log"
        dbus-monitor --session > "$HOME/log" 2>/dev/null &
        monitor=$!
        for try in $(seq 100); do grep -q NameAcquired "$HOME/log" && break; sleep 0.05; done
        "$APPCTL" "$@" < "$HOME/stdin" > "$HOME/said" 2>&1 || { echo "it failed: $*"; cat "$HOME/said"; }
        sleep 0.3
        kill $monitor
        wait $monitor 2>/dev/null
        echo "reads" $(tr -d '\0' < "$HOME/log" | grep -a 'member=GetSecret' | sed 's/.*path=//; s/;.*//' |
            sort | uniq -c | awk '{ print $1 }') ": $*"
    }
    give() { printf %s "$1" > "$HOME/stdin"; }
    give ''
    printf '#!/bin/sh\nexec curl -sL --max-time 30 -o /dev/null "$1"\n' > "$HOME/browser"
    chmod 755 "$HOME/browser"
    export BROWSER="$HOME/browser"
    start --unlock
"#;

/// Runs the script in a session with a keyring and a sandbox, and gives the reads of each command by how it begins.
async fn reads(script: &'static str) -> Reads {
    let sandbox = Sandbox::start(Options { records: 30, ..Options::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let (token, client) = (sandbox.token().expose().to_owned(), sandbox.oauth().client().1.expose().to_owned());
    let endpoint = |provider| sandbox.endpoint(provider).unwrap().to_string();
    let variables = [
        ("APPCTL", APPCTL.to_owned()),
        ("APPCTL_HOME", folder.path().display().to_string()),
        ("APPCTL_USER", "ana".to_owned()),
        ("HUBSPOT", endpoint("hubspot")),
        ("GOOGLE", sandbox.oauth().endpoint("google").unwrap().to_string()),
        ("PORT", port),
        ("TOKEN", token.clone()),
        ("CLIENT", client.clone()),
    ];
    let seen = tokio::task::spawn_blocking(move || {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        keyring::session(&format!("{RUN}\n{script}"), &variables)
    });
    let seen = seen.await.unwrap();
    assert!(seen.passed && !seen.text.contains("it failed"), "{}", seen.text);
    for entry in walk(folder.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        for secret in [&token, &client] {
            let is_here = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_here, "a secret is in {}", entry.display());
        }
    }
    let lines = seen.text.lines().filter_map(|line| line.strip_prefix("reads ")?.split_once(": "));
    let all: BTreeMap<String, Vec<usize>> = lines
        .map(|(counts, command)| {
            let counts = counts.split_whitespace().map(|count| count.parse().unwrap()).collect();
            (command.to_owned(), counts)
        })
        .collect();
    println!("{all:#?}");
    Reads { all }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

struct Reads {
    all: BTreeMap<String, Vec<usize>>,
}

impl Reads {
    /// Of each secret, how often the command that begins like this read it.
    fn of(&self, command: &str) -> &[usize] {
        let found = self.all.iter().find(|(known, _)| known.starts_with(command));
        found.unwrap_or_else(|| panic!("{command}: {:?}", self.all)).1
    }

    fn once(&self, command: &str) {
        let reads = self.of(command);
        assert!(!reads.is_empty() && reads.iter().all(|count| *count == 1), "{command}: {reads:?}");
    }

    fn none(&self, command: &str) {
        assert!(self.of(command).is_empty(), "{command}: {:?}", self.of(command));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reads_the_key_of_an_account_from_the_keyring_once() {
    let reads = reads(
        r#"
        give "$TOKEN"
        run connections add hubspot --name crm --endpoint "$HUBSPOT" --object contacts --token-stdin
        give ''
        run connections add hubspot --name second --account crm --object companies
        run connections test crm
        run connections sync crm second
        run connections sync --all --full
        run connections plan crm
        run connections preview crm
        run connections status
        run integrations accounts --json
        run integrations accounts test crm
        run doctor
        "#,
    )
    .await;
    for command in [
        "connections test",
        "connections sync crm second",
        "connections sync --all",
        "connections plan",
        "connections preview",
        "integrations accounts test",
    ] {
        reads.once(command);
    }
    reads.none("connections status");
    reads.once("integrations accounts --json");
    // The doctor's own trial of the keyring is a secret of its own.
    reads.once("doctor");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_reads_the_tokens_and_the_client_of_an_account_from_the_keyring_once() {
    let reads = reads(
        r#"
        give "$CLIENT"
        run integrations connect hubspot --method oauth --port "$PORT" --endpoint "$HUBSPOT" --client-id sandbox-client \
            --client-secret-stdin --label crm --private
        give ''
        run connections add hubspot --name crm --account crm --object contacts
        run connections add hubspot --name second --account crm --object companies
        run connections sync crm second
        run integrations accounts test crm
        give "$CLIENT"
        run integrations connect google --endpoint "$GOOGLE" --client-id sandbox-client --client-secret-stdin \
            --label ops --private
        give ''
        run integrations accounts reauth ops
        "#,
    )
    .await;
    for command in ["connections sync crm second", "integrations accounts test"] {
        reads.once(command);
    }
    // Once before the sign-in, and its tokens again under the lock after it: a person took their time in between.
    let reads = reads.of("integrations accounts reauth");
    assert!(
        reads.iter().all(|count| *count <= 2) && reads.iter().filter(|count| **count == 2).count() <= 1,
        "{reads:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_of_the_team_vault_reads_ones_keys_and_what_one_saw_last_once() {
    let reads = reads(
        r#"
        export APPCTL_TEAM_VAULT="$HOME/team.vault"
        run vault init
        run vault rotate
        run vault status
        run vault members
        request=$(APPCTL_USER=ben "$APPCTL" vault join 2> /dev/null)
        run vault members add "$request" --yes
        run vault members remove ben --yes
        give "$CLIENT"
        run integrations connect google --endpoint "$GOOGLE" --client-id sandbox-client --client-secret-stdin \
            --label ops --team
        give ''
        run integrations accounts test ops
        "#,
    )
    .await;
    for command in ["vault rotate", "vault status", "vault members :", "vault members", "integrations accounts test"] {
        reads.once(command.trim_end_matches(" :"));
    }
    // Between the look at the members and the change a person is asked, so what was seen last is read again under the lock.
    for command in ["vault members add", "vault members remove"] {
        let reads = reads.of(command);
        assert_eq!(reads.iter().copied().collect::<std::collections::BTreeSet<_>>(), [1, 2].into(), "{command}");
        assert!(reads.len() == 2, "{command}: {reads:?}");
    }
}
