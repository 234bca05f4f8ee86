//! Rights, links and swaps (F53): the store is never readable by others, and a name that stands for something else than
//! appctl's own file is never followed.
#![cfg(unix)]

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use appctl::base::{Clock, Kind};
use appctl::store::Store;
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::postgres::is_deep;

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().mode() & 0o777
}

fn filled() -> Home {
    let home = Home::new();
    assert!(home.run("tables create people name:text").contains("[status 0]"));
    home
}

fn folder(home: &Home) -> PathBuf {
    home.path().join("apps/default")
}

/// Every file and folder below `path`.
fn tree(path: &Path) -> Vec<PathBuf> {
    let mut found = vec![path.to_owned()];
    for entry in std::fs::read_dir(path).unwrap().flatten() {
        if entry.file_type().unwrap().is_dir() { found.extend(tree(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

#[test]
fn whatever_the_umask_nobody_else_can_read_what_is_made() {
    let home = Home::new();
    let appctl = crate::support::home::APPCTL;
    let script = format!(
        "umask 000; {appctl} tables create people name:text -q && {appctl} records create people name=Ada -q &&
         {appctl} backup $APPCTL_HOME/copy.db -q && {appctl} restore $APPCTL_HOME/copy.db --yes -q &&
         {appctl} restore $APPCTL_HOME/copy.db --app other -q && {appctl} doctor -q"
    );
    let mut command = home.command::<&str>(&[]);
    let mut shell = std::process::Command::new("sh");
    shell.arg("-c").arg(script).env_clear().current_dir(home.path());
    shell.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.env_clear();
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut seen = 0;
    for path in tree(&home.path().join("apps")).into_iter().chain([home.path().join("copy.db")]) {
        assert_eq!(mode(&path) & 0o077, 0, "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 8, "{seen} files and folders");
}

#[test]
fn what_others_could_read_is_closed_to_them() {
    let home = filled();
    let _open = crate::support::truth::open(&folder(&home).join("app.db")); // so that the log and its index stay
    let _row: i64 = _open.query_row("SELECT count(*) FROM people", [], |row| row.get(0)).unwrap();
    for (name, loose) in [("", 0o755), ("app.db", 0o644), ("app.db-wal", 0o666), ("app.db-shm", 0o664)] {
        let path = folder(&home).join(name);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(loose)).unwrap();
    }
    let doctor = home.run_with(None, &[], "doctor");
    assert!(doctor.status == 1 && doctor.stdout.contains("others can open"), "{doctor}");
    assert_eq!(mode(&folder(&home).join("app.db")), 0o644, "doctor changes nothing");
    assert_eq!(home.run_with(None, &[], "tables list").status, 0);
    for (name, tight) in [("", 0o700), ("app.db", 0o600), ("app.db-wal", 0o600), ("app.db-shm", 0o600)] {
        assert_eq!(mode(&folder(&home).join(name)), tight, "{name:?}");
    }
}

#[test]
fn a_store_behind_a_symbolic_link_is_refused() {
    let (home, victim) = (filled(), filled());
    let theirs = folder(&victim).join("app.db");
    std::fs::set_permissions(&theirs, std::fs::Permissions::from_mode(0o644)).unwrap();
    let before = std::fs::read(&theirs).unwrap();
    std::fs::remove_file(folder(&home).join("app.db")).unwrap();
    symlink(&theirs, folder(&home).join("app.db")).unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 5]
[stderr]
error: `[HOME]/apps/default/app.db` is a symbolic link, which appctl does not follow
hint: put the file or folder itself there, or choose another place with `--home DIR`

"#]]
    );
    assert_eq!(home.run_with(None, &[], "records create people name=Eve").status, 5);
    assert!(std::fs::read(&theirs).unwrap() == before && mode(&theirs) == 0o644, "nothing of it was touched");
    let doctor = home.run_with(None, &[], "doctor");
    assert!(doctor.status == 1 && doctor.stdout.contains("is a symbolic link to"), "{doctor}");
}

#[test]
fn a_link_to_nothing_makes_nothing() {
    let home = filled();
    let target = home.path().join("made-by-a-link");
    for name in ["app.db", "app.db-wal"] {
        let path = folder(&home).join(name);
        let kept = std::fs::read(&path).ok();
        let _ = std::fs::remove_file(&path);
        symlink(&target, &path).unwrap();
        assert_eq!(home.run_with(None, &[], "records create people name=Eve").status, 5);
        assert!(!target.exists());
        std::fs::remove_file(&path).unwrap();
        if let Some(bytes) = kept {
            std::fs::write(&path, bytes).unwrap();
        }
    }
}

#[test]
fn a_folder_that_is_a_link_is_refused() {
    let (home, victim) = (Home::new(), filled());
    std::fs::create_dir_all(home.path().join("apps")).unwrap();
    symlink(folder(&victim), folder(&home)).unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 5]
[stderr]
error: `[HOME]/apps/default` is a symbolic link, which appctl does not follow
hint: put the file or folder itself there, or choose another place with `--home DIR`

"#]]
    );
}

#[test]
fn a_file_with_a_second_name_is_refused() {
    let (home, victim) = (filled(), filled());
    let path = folder(&home).join("app.db");
    std::fs::remove_file(&path).unwrap();
    std::fs::hard_link(folder(&victim).join("app.db"), &path).unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 5]
[stderr]
error: `[HOME]/apps/default/app.db` has a second name somewhere
hint: find it with `find -samefile`; appctl only writes to a file that is its own

"#]]
    );
    assert_eq!(victim.run_with(None, &[], "tables list").status, 5, "that is its own file no more");
    std::fs::remove_file(&path).unwrap();
    assert_eq!(victim.run_with(None, &[], "tables list").status, 0);
}

#[test]
fn what_is_no_plain_file_or_folder_is_refused() {
    let home = Home::new();
    std::fs::create_dir_all(folder(&home).join("app.db")).unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 5]
[stderr]
error: `[HOME]/apps/default/app.db` is no plain file
hint: see what it is with `ls -l`, and move it away

"#]]
    );
    let home = Home::new();
    std::fs::create_dir_all(home.path().join("apps")).unwrap();
    std::fs::write(folder(&home), "").unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 1]
[stderr]
error: `[HOME]/apps/default` is no folder
hint: choose another place with `--home DIR`, or another app with `--app NAME`

"#]]
    );
}

#[test]
fn a_home_that_others_can_change_is_refused() {
    let home = filled();
    let apps = home.path().join("apps");
    std::fs::set_permissions(&apps, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_data_eq!(
        home.run("tables list"),
        str![[r#"

[status 5]
[stderr]
error: others can change what is in `[HOME]/apps`
hint: run `chmod go-w [HOME]/apps`

"#]]
    );
    std::fs::set_permissions(&apps, std::fs::Permissions::from_mode(0o1777)).unwrap();
    assert_eq!(home.run_with(None, &[], "tables list").status, 0, "a sticky folder is fine");
}

/// What the racer puts in the place of the store's file, again and again.
#[derive(Clone, Copy, Debug)]
enum Trick {
    Symlink,
    Hardlink,
    FolderLink,
}

#[test]
fn a_racer_who_swaps_the_file_for_a_link_never_wins() {
    let races = if is_deep() { 100_000 } else { 600 };
    for trick in [Trick::Symlink, Trick::Hardlink, Trick::FolderLink] {
        race(trick, races / 3);
    }
}

fn race(trick: Trick, races: u64) {
    let place = tempfile::tempdir().unwrap();
    let (folder, aside, other) = (place.path().join("app"), place.path().join("aside"), place.path().join("other"));
    std::fs::create_dir_all(&other).unwrap();
    drop(Store::open(&folder, Clock::system()).unwrap());
    // An empty file is what a store is made of: it would be filled if it were followed. A closed mode would be tightened.
    let victim = other.join("app.db");
    std::fs::write(&victim, "").unwrap();
    std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o644)).unwrap();
    let (stop, swaps) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let racer = {
        let (stop, swaps, folder, victim, other) =
            (stop.clone(), swaps.clone(), folder.clone(), victim.clone(), other.clone());
        std::thread::spawn(move || {
            let (file, kept, link) = (folder.join("app.db"), folder.join("kept"), folder.join("link"));
            while !stop.load(Ordering::Relaxed) {
                match trick {
                    Trick::FolderLink => {
                        // Where the folder was away for a moment, the other thread made a new one.
                        let _ = std::fs::remove_dir_all(&aside);
                        let _ = std::fs::rename(&folder, &aside);
                        let _ = symlink(&other, &folder);
                        let _ = std::fs::remove_file(&folder);
                        let _ = std::fs::rename(&aside, &folder);
                    }
                    Trick::Symlink | Trick::Hardlink => {
                        let made = match trick {
                            Trick::Symlink => symlink(&victim, &link),
                            _ => std::fs::hard_link(&victim, &link),
                        };
                        let swapped = made.is_ok() && std::fs::rename(&file, &kept).is_ok();
                        if swapped {
                            let _ = std::fs::rename(&link, &file);
                            let _ = std::fs::rename(&kept, &file);
                        }
                    }
                }
                swaps.fetch_add(1, Ordering::Relaxed);
            }
        })
    };
    let (mut opened, mut refused, mut won) = (0, 0, 0);
    for _ in 0..races {
        match Store::open(&folder, Clock::system()) {
            Ok(_) => opened += 1,
            Err(error) => {
                assert!(
                    matches!(error.kind, Kind::Denied | Kind::Busy | Kind::Failed | Kind::NotFound | Kind::Corrupt),
                    "{error:?}"
                );
                refused += 1;
            }
        }
        let meta = std::fs::metadata(&victim).unwrap();
        if meta.len() > 0 || meta.mode() & 0o777 != 0o644 {
            println!("{trick:?}: won, {} bytes, mode {:o}", meta.len(), meta.mode());
            won += 1;
            std::fs::write(&victim, "").unwrap();
            std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o644)).unwrap();
        }
    }
    stop.store(true, Ordering::Relaxed);
    racer.join().unwrap();
    let swaps = swaps.load(Ordering::Relaxed);
    println!("{trick:?}: {races} races, {swaps} swaps, {opened} opened, {refused} refused, {won} won");
    assert_eq!(won, 0, "{trick:?}: {won} of {races} races won");
    assert!(swaps > races / 20, "{swaps} swaps");
}
