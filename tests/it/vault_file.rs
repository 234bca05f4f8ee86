//! Secrets in a sealed file (`APPCTL_VAULT=file`), through the real program: they outlive a command, and a key that is
//! missing, open to others or another one is told with what helps.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;

use appctl::sandbox::{Options, Sandbox};
use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, make_key};

fn run(home: &Home, variables: &[(&str, &str)], arguments: &str) -> String {
    home.run_with(None, variables, arguments).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_given_once_is_there_for_the_next_command_and_nowhere_to_be_read() {
    let sandbox = Sandbox::start(Options { records: 20, ..Options::default() }).await.unwrap();
    let (home, token) = (Home::with_vault(), sandbox.token().expose().to_owned());
    let endpoint = sandbox.endpoint("hubspot").unwrap().to_string();
    let add = format!("connections add hubspot --name crm --endpoint {endpoint} --object contacts --token-stdin");
    let added = home.run_with(Some(&token), &[], &add);
    assert_eq!(added.status, 0, "{added}");
    for _ in 0..2 {
        let synced = home.run_with(None, &[], "connections sync crm");
        assert_eq!(synced.status, 0, "{synced}");
    }
    for entry in walk(home.path()) {
        let bytes = std::fs::read(&entry).unwrap();
        let found = bytes.windows(token.len()).any(|part| part == token.as_bytes());
        assert!(!found, "the token is in {}", entry.display());
        assert_eq!(std::fs::metadata(&entry).unwrap().permissions().mode() & 0o077, 0, "{}", entry.display());
    }
    assert!(home.path().join("vault.sealed").is_file());
    // With another key nothing is read, and nothing is lost.
    let other = home.path().join("other.key");
    make_key(&other);
    let before = std::fs::read(home.path().join("vault.sealed")).unwrap();
    let variables = [("APPCTL_VAULT_KEY_FILE", other.to_str().unwrap())];
    let refused = home.run_with(None, &variables, "connections sync crm");
    assert_eq!(refused.status, 5, "{refused}");
    assert!(refused.stderr.contains("other.key` does not open"), "{refused}");
    assert_eq!(std::fs::read(home.path().join("vault.sealed")).unwrap(), before);
    // A damaged file is told as such.
    std::fs::write(home.path().join("vault.sealed"), &before[..before.len() / 2]).unwrap();
    let refused = home.run_with(None, &[], "connections sync crm");
    assert!(refused.status == 1 && refused.stderr.contains("vault.sealed` is damaged"), "{refused}");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn a_vault_that_is_none_is_refused_with_those_there_are() {
    let home = Home::new();
    assert_data_eq!(
        run(&home, &[("APPCTL_VAULT", "disk")], "vault status"),
        str![[r#"

[status 2]
[stderr]
error: `APPCTL_VAULT=disk` is no vault
hint: leave it unset for the keyring, or set it to `file` with a key in `APPCTL_VAULT_KEY_FILE`

"#]]
    );
    assert_data_eq!(
        run(&home, &[("APPCTL_VAULT", "file")], "vault status"),
        str![[r#"

[status 2]
[stderr]
error: `APPCTL_VAULT=file` needs the file with its key in `APPCTL_VAULT_KEY_FILE`
hint: make one with `(umask 077; head -c 32 /dev/urandom > vault.key)`, and keep it elsewhere than the vault

"#]]
    );
}

#[test]
fn a_key_file_that_cannot_be_one_is_told_with_the_command_that_makes_one() {
    let home = Home::new();
    let key = home.path().join("key");
    let status = || {
        let variables = [("APPCTL_VAULT", "file"), ("APPCTL_VAULT_KEY_FILE", key.to_str().unwrap())];
        run(&home, &variables, "vault status")
    };
    assert_data_eq!(
        status(),
        str![[r#"

[status 1]
[stdout]
secrets  vault  state
private  file   reading the vault's key file `[HOME]/key`: No such file or directory (os error 2)
team            no vault
[stderr]
error: reading the vault's key file `[HOME]/key`: No such file or directory (os error 2)
hint: make one with `(umask 077; head -c 32 /dev/urandom > '[HOME]/key')`

"#]]
    );
    std::fs::write(&key, [7; 16]).unwrap();
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_data_eq!(
        status(),
        str![[r#"

[status 1]
[stdout]
secrets  vault  state
private  file   the vault's key file `[HOME]/key` has 16 bytes; it takes 32 to 65536
team            no vault
[stderr]
error: the vault's key file `[HOME]/key` has 16 bytes; it takes 32 to 65536
hint: make one with `(umask 077; head -c 32 /dev/urandom > '[HOME]/key')`

"#]]
    );
    make_key(&key);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_data_eq!(
        status(),
        str![[r#"

[status 5]
[stdout]
secrets  vault  state
private  file   others can read the vault's key file `[HOME]/key` (0644)
team            no vault
[stderr]
error: others can read the vault's key file `[HOME]/key` (0644)
hint: run `chmod 600 '[HOME]/key'`

"#]]
    );
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o400)).unwrap();
    assert_data_eq!(
        status(),
        str![[r#"

[status 0]
[stdout]
secrets  vault  state
private  file   ready
team            no vault
[stderr]
begin a team vault with `appctl vault init`

"#]]
    );
}

#[test]
fn the_doctor_names_the_sealed_file_and_its_trouble() {
    let home = Home::with_vault();
    let keyring = |variables: &[(&str, &str)]| {
        let ran = home.run_with(None, variables, "doctor");
        let lines = ran.stdout.lines().filter(|line| line.starts_with("keyring") || line.starts_with("team"));
        lines
            .map(|line| line.split("  ").filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("  ") + "\n")
            .collect()
    };
    let shown: String = keyring(&[]);
    assert_data_eq!(
        shown,
        str![[r#"
keyring  ok   the sealed file keeps secrets (`APPCTL_VAULT=file`)

"#]]
    );
    let shown: String = keyring(&[("APPCTL_VAULT_KEY_FILE", "/nowhere/vault.key")]);
    assert_data_eq!(
        shown,
        str![[r#"
keyring  warning  reading the vault's key file `/nowhere/vault.key`: No such file or directory (os error 2)  make one with `(umask 077; head -c 32 /dev/urandom > '/nowhere/vault.key')`

"#]]
    );
}

#[test]
fn the_hint_for_a_missing_key_makes_one_that_works() {
    let home = Home::new();
    let variables = [("APPCTL_VAULT", "file"), ("APPCTL_VAULT_KEY_FILE", "/dev/null/none")];
    let ran = home.run_with(None, &variables, "vault status");
    assert_eq!(ran.status, 1, "{ran}");
    let key = home.path().join("my key");
    let variables = [("APPCTL_VAULT", "file"), ("APPCTL_VAULT_KEY_FILE", key.to_str().unwrap())];
    let ran = home.run_with(None, &variables, "vault status");
    let command = ran.stderr.split('`').find(|part| part.contains("/dev/urandom")).unwrap().to_owned();
    assert!(std::process::Command::new("sh").args(["-c", &command]).status().unwrap().success());
    let ran = home.run_with(None, &variables, "vault status");
    assert_eq!(ran.status, 0, "{ran}");
}
