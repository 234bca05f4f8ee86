//! What is done in the store and around it: backups, runs on their way, what was left behind, accounts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::super::{command, quoted};
use super::Check;
use crate::app::{self, App, Copied, Depth, Inspection, Kin};
use crate::base::{Clock, Interrupt, Kind};
use crate::config::Config;
use crate::{accounts, connections};

/// After this without a backup, while work went on, `doctor` warns.
const STALE: Duration = Duration::from_secs(7 * 86_400);

/// The newest backup, beside what happened since.
pub fn backups(config: &Config, clock: &Clock, found: Option<&Inspection>) -> Vec<Check> {
    let fix = command(config, "backup FILE");
    let newest = app::backups(&config.app_folder()).into_iter().rev().find(|copied| copied.file.is_file());
    let operation = found.and_then(|found| found.newest).map(|(id, _)| id);
    vec![match (newest, operation) {
        (None, None) => Check::ok("backup", "there is nothing to back up yet"),
        (None, Some(_)) => Check::warning("backup", "no backup is known", fix),
        (Some(copied), Some(now)) if copied.operation.unwrap_or(0) < now && clock.now().since(copied.at) > STALE => {
            let message = format!("the newest backup, `{}`, is of {}", copied.file.display(), copied.at);
            Check::warning("backup", message, fix)
        }
        (Some(copied), _) => Check::ok("backup", format!("the newest is `{}` of {}", copied.file.display(), copied.at)),
    }]
}

/// What brings a damaged store back: the newest backup that is still what it was, else an older copy that is whole.
pub fn way_back(config: &Config) -> String {
    let known = app::backups(&config.app_folder()).into_iter().rev();
    let copies = copies_of(config).into_iter().rev();
    let whole = known.filter(is_untouched).map(|copied| copied.file).chain(copies.filter(|file| is_whole(file))).next();
    match whole {
        Some(file) => command(config, &format!("restore {}", quoted(&file))),
        None => format!("restore a copy of your own: `{}`", command(config, "restore FILE")),
    }
}

fn is_untouched(copied: &Copied) -> bool {
    let digest = || app::digest(&mut std::fs::File::open(&copied.file).ok()?).ok();
    digest().is_some_and(|(sha256, _)| sha256 == copied.sha256)
}

fn is_whole(file: &Path) -> bool {
    let found = app::inspect_file(file, Depth::Quick, &Interrupt::default());
    found.is_ok_and(|found| found.problems.is_empty() && matches!(found.kin, Kin::Ours { .. }))
}

/// Copies of older versions and of replaced apps, oldest first.
fn copies_of(config: &Config) -> Vec<PathBuf> {
    let mut copies = entries(&config.app_folder(), "app.v");
    copies.retain(|path| path.extension().is_some_and(|end| end == "db"));
    let replaced = entries(&config.home.join("apps"), &format!("{}.replaced-", config.app));
    copies.extend(replaced.into_iter().map(|folder| folder.join("app.db")));
    copies
}

/// What lies in this folder under names that begin so.
fn entries(folder: &Path, begins: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(begins))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// What nobody needs any more, or only until its owner says so.
pub fn leftovers(config: &Config, found: Option<&Inspection>) -> Vec<Check> {
    let (folder, apps) = (config.app_folder(), config.home.join("apps"));
    let mut checks = Vec::new();
    let mut tell = |what: &str, paths: Vec<PathBuf>| {
        if !paths.is_empty() {
            let named = paths.iter().map(|path| quoted(path)).collect::<Vec<_>>().join(" ");
            checks.push(Check::warning("leftovers", format!("{what}: {}", paths.len()), format!("rm -r {named}")));
        }
    };
    tell("copies of older versions", entries(&folder, "app.v"));
    tell("apps that a restore replaced", entries(&apps, &format!("{}.replaced-", config.app)));
    let half = entries(&apps, &format!(".{}.restore-", config.app));
    tell("restores that did not end", half.into_iter().filter(|path| is_abandoned(path)).collect());
    let half = app::backups(&folder).iter().flat_map(|copied| parts_of(&copied.file)).collect::<Vec<_>>();
    tell("backups that did not end", half.into_iter().filter(|path| is_abandoned(path)).collect());
    let syncs = entries(&folder.join("sync"), "");
    tell("dry runs that did not end", syncs.iter().flat_map(|sync| entries(sync, "dry-")).collect());
    if let Some(found) = found.filter(|found| !found.hidden.is_empty()) {
        let message = format!("hidden tables that no run goes on with: {}", found.hidden.join(", "));
        checks.push(Check::warning("leftovers", message, "see the connection with `appctl connections status`"));
    }
    if checks.is_empty() {
        checks.push(Check::ok("leftovers", "nothing was left behind"));
    }
    checks
}

fn parts_of(target: &Path) -> Vec<PathBuf> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    target.parent().map(|folder| entries(folder, &format!(".{name}.part-"))).unwrap_or_default()
}

/// Whether nobody works on it: whoever does holds its lock.
fn is_abandoned(path: &Path) -> bool {
    std::fs::File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

/// Runs that died on their way, and what connections that are gone left.
pub fn runs(app: &App) -> Vec<Check> {
    let connections = match connections::list(app) {
        Ok(connections) => connections,
        Err(error) => return vec![Check::failed("runs", &error)],
    };
    let mut checks = Vec::new();
    for connection in &connections {
        let name = &connection.name;
        let held = app.store.holder(name).ok().flatten();
        match (app.store.interrupted(name), held) {
            (Ok(Some(run)), None) => checks.push(Check::warning(
                "runs",
                format!("a run of `{name}` died at page {}", run.pages()),
                command(&app.config, &format!("connections sync {name}")),
            )),
            (Err(error), _) => checks.push(Check::failed("runs", &error.while_doing(format!("looking at `{name}`")))),
            _ => {}
        }
    }
    for folder in entries(&app.store.folder().join("sync"), "") {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !connections.iter().any(|connection| connection.name.as_str() == name) {
            let message = format!("runs of connection `{name}` left something, and it is gone");
            checks.push(Check::warning("runs", message, format!("rm -r {}", quoted(&folder))));
        }
    }
    if checks.is_empty() {
        checks.push(Check::ok("runs", "no run is half-finished"));
    }
    checks
}

/// Whether the secrets of some accounts are in the team vault.
pub fn has_team_accounts(app: &App) -> bool {
    accounts::list(app).is_ok_and(|all| all.iter().any(|account| account.sharing == accounts::Sharing::Team))
}

/// Accounts whose secret is not here. A connection that uses one cannot run.
pub fn accounts(app: &App) -> Vec<Check> {
    let accounts = match accounts::list(app) {
        Ok(accounts) => accounts,
        Err(error) => return vec![Check::failed("account", &error)],
    };
    let connections = connections::list(app).unwrap_or_default();
    let mut checks = Vec::new();
    for account in &accounts {
        let lapsed = match accounts::lapsed(app, account) {
            Ok(Some(accounts::Health::NeedsReauth { reason, .. })) => {
                let message = format!("account `{}` needs a new sign-in: {reason}", account.label);
                Some(crate::base::Error::new(Kind::SignIn, message))
            }
            _ => None,
        };
        let Some(error) = lapsed.or_else(|| accounts::secret(app, account).err()) else { continue };
        if error.kind != Kind::SignIn {
            continue; // the keyring's own check says it
        }
        let user = connections.iter().find(|connection| connection.account == account.label);
        checks.push(match user {
            Some(connection) => {
                let fix = command(&app.config, &format!("connections reauth {}", connection.name));
                Check::problem(
                    "account",
                    error.message,
                    format!("{fix}, or set `{}`", accounts::variable(&account.label)),
                )
            }
            None => Check::warning("account", error.message, format!("set `{}`", accounts::variable(&account.label))),
        });
    }
    match accounts::orphans(app) {
        Ok(0) => {}
        Ok(many) => {
            let message = format!("secrets that no account has any more, because a process died: {many}");
            checks.push(Check::warning("account", message, command(&app.config, "integrations accounts")));
        }
        Err(error) => checks.push(Check::failed("account", &error)),
    }
    if checks.is_empty() && !accounts.is_empty() {
        checks.push(Check::ok(
            "account",
            format!("{} of {} accounts have their secrets", accounts.len(), accounts.len()),
        ));
    }
    checks
}
