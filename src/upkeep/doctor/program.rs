//! The programs that touch the store, and the keyring beside it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::super::command;
use super::Check;
use crate::app::{self, App, TeamStanding};
use crate::config::{Config, VaultKind};

/// SQLite before 3.51.3 (and not 3.50.7 or 3.44.6) may damage a file when its log begins anew while two connections are
/// open (sqlite.org/wal.html, "WAL-reset bug").
const SAFE: (u32, u32, u32) = (3, 51, 3);

/// The SQLite that is built in.
pub fn sqlite() -> Check {
    let version = app::sqlite_version();
    if numbers(version).is_some_and(is_safe) {
        return Check::ok("sqlite", format!("SQLite {version} is built in"));
    }
    Check::problem(
        "sqlite",
        format!("SQLite {version} is built in, which may damage the store"),
        "install a newer appctl",
    )
}

/// Every `sqlite3` that a shell would find and that may damage the store when it writes to it.
pub fn others(folders: &[PathBuf]) -> Vec<Check> {
    let mut seen = Vec::new();
    let mut checks = Vec::new();
    for folder in folders {
        let Ok(program) = folder.join("sqlite3").canonicalize() else { continue };
        if seen.contains(&program) {
            continue;
        }
        if let Some(version) = version_of(&program).filter(|version| numbers(version).is_some_and(|it| !is_safe(it))) {
            checks.push(Check::warning(
                "sqlite3",
                format!("`{}` is version {version}, which may damage the store when it writes", program.display()),
                "open the store with it only as `sqlite3 -readonly`, or install 3.51.3 or newer",
            ));
        }
        seen.push(program);
    }
    checks
}

/// What a program says of itself, when it does so within two seconds.
fn version_of(program: &Path) -> Option<String> {
    let mut command = Command::new(program);
    command.arg("--version").env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    let began = Instant::now();
    while child.try_wait().ok()?.is_none() {
        if began.elapsed() > Duration::from_secs(2) {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().ok()?;
    String::from_utf8_lossy(&output.stdout).split_whitespace().next().map(str::to_owned)
}

fn numbers(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0)))
}

fn is_safe(version: (u32, u32, u32)) -> bool {
    version >= SAFE
        || version < (3, 7, 0)
        || ((3, 50, 7)..(3, 51, 0)).contains(&version)
        || ((3, 44, 6)..(3, 45, 0)).contains(&version)
}

/// Whether secrets can be kept, tried with one that goes again. Only accounts make its absence a problem.
pub fn keyring(config: &Config, needed: bool) -> Check {
    match (app::probe_vault(config), &config.vault) {
        (Ok(()), VaultKind::Keyring) => Check::ok("keyring", "the keyring keeps secrets"),
        (Ok(()), VaultKind::File { .. }) => Check::ok("keyring", "the sealed file keeps secrets (`APPCTL_VAULT=file`)"),
        (Ok(()), VaultKind::Memory) => {
            Check::ok("keyring", "secrets are forgotten when a command ends (`APPCTL_VAULT=memory`)")
        }
        (Err(error), _) => {
            let fix = error.hint.unwrap_or_else(|| "start and unlock a keyring".to_owned());
            if needed {
                Check::problem("keyring", error.message, fix)
            } else {
                Check::warning("keyring", error.message, fix)
            }
        }
    }
}

/// What this person is to the team vault, once there is one or an account needs it.
pub fn team(app: &App, needed: bool) -> Option<Check> {
    let look = match app.team.as_team().ok()?.look() {
        Ok(look) => look,
        Err(error) => return Some(Check::failed("team", &error)),
    };
    let fix = match look.standing {
        TeamStanding::Member => {
            let (vault, members) = (look.vault.unwrap_or_default(), look.members.len());
            return Some(Check::ok("team", format!("`{}` is a member of `{vault}` (members: {members})", look.user)));
        }
        TeamStanding::NoVault if !needed => return None,
        TeamStanding::NoVault => command(&app.config, "vault init"),
        _ => command(&app.config, "vault join"),
    };
    let message = match look.standing {
        TeamStanding::NoVault => "there are team accounts and no team vault".to_owned(),
        TeamStanding::Admitted => format!("`{}` was let into the team vault and has not joined it", look.user),
        TeamStanding::Removed => format!("`{}` was removed from the team vault", look.user),
        _ => format!("`{}` is no member of the team vault", look.user),
    };
    Some(if needed { Check::problem("team", message, fix) } else { Check::warning("team", message, fix) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_may_damage_the_store_are_known() {
        for version in ["3.7.0", "3.40.1", "3.44.5", "3.45.0", "3.50.6", "3.51.0", "3.51.2"] {
            assert!(!is_safe(numbers(version).expect("a version")), "{version}");
        }
        for version in ["3.6.23", "3.44.6", "3.50.7", "3.51.3", "3.53.2", "4.0.0"] {
            assert!(is_safe(numbers(version).expect("a version")), "{version}");
        }
        assert_eq!(numbers("no version"), None);
    }

    #[test]
    fn the_built_in_sqlite_is_one_of_the_safe_ones() {
        assert_eq!(sqlite().status, super::super::Verdict::Ok);
    }
}
