//! Newer, older and foreign files (F09): what is not ours, or not yet ours to understand, is refused before a byte of it
//! changes; what is older is brought up to date.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use snapbox::{assert_data_eq, str};

use crate::support::home::Home;
use crate::support::old;

fn file(home: &Home) -> PathBuf {
    home.path().join("apps/default/app.db")
}

/// Every file of the app's folder with its digest: `-shm` is SQLite's own index of the log and holds no data.
pub fn digests(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_file() && !name.ends_with("-shm") {
            let bytes = std::fs::read(entry.path()).expect("it can be read");
            found.push((name, format!("{:x?}", Sha256::digest(&bytes))));
        }
    }
    found.sort();
    found
}

/// A home whose store was made by this program, then changed by `change`, with a log that waits when `log` says so.
fn changed(change: &str, log: bool) -> Home {
    let home = Home::new();
    home.run("tables create people name:text");
    home.run("records create people name=Ada");
    let connection = Connection::open(file(&home)).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    if log {
        let off = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        connection.set_db_config(off, true).unwrap();
    }
    connection.execute_batch(change).unwrap();
    drop(connection);
    home
}

const COMMANDS: [&str; 4] = ["tables list", "records create people name=Bob", "log", "status"];

#[test]
fn a_newer_store_is_refused_and_not_a_byte_of_it_changes() {
    for log in [false, true] {
        let home = changed("PRAGMA user_version = 2000", log);
        let before = digests(&home.path().join("apps/default"));
        assert_eq!(before.iter().any(|(name, _)| name.ends_with("-wal")), log);
        for command in COMMANDS {
            let ran = home.run_with(None, &[], command);
            assert_eq!(ran.status, 1, "{ran}");
            assert!(ran.stderr.contains("the file has version 2000, this program knows"), "{ran}");
            assert!(ran.stderr.contains("install a newer appctl; nothing was changed"), "{ran}");
        }
        assert_eq!(digests(&home.path().join("apps/default")), before);
    }
}

#[test]
fn a_foreign_file_is_refused_and_not_a_byte_of_it_changes() {
    let sqlite = Home::new();
    std::fs::create_dir_all(sqlite.path().join("apps/default")).unwrap();
    Connection::open(file(&sqlite))
        .unwrap()
        .execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES (1)")
        .unwrap();
    let text = Home::new();
    std::fs::create_dir_all(text.path().join("apps/default")).unwrap();
    std::fs::write(file(&text), "Dear diary, today I did not write a database.\n".repeat(100)).unwrap();
    let marked = changed("PRAGMA application_id = 7", true);
    for (home, words) in [
        (sqlite, "this file belongs to another program"),
        (marked, "this file belongs to another program"),
        (text, "file is not a database"),
    ] {
        let before = digests(&home.path().join("apps/default"));
        for command in COMMANDS {
            let ran = home.run_with(None, &[], command);
            assert!(ran.status == 1 && ran.stderr.contains(words), "{ran}");
        }
        let doctor = home.run_with(None, &[], "doctor");
        assert_eq!(doctor.status, 1, "{doctor}");
        assert_eq!(digests(&home.path().join("apps/default")), before, "{words}");
    }
}

#[test]
fn the_words_for_newer_and_foreign_files() {
    assert_data_eq!(
        changed("PRAGMA user_version = 2000", false).run("tables list"),
        str![[r#"

[status 1]
[stderr]
error: opening the store `[HOME]/apps/default/app.db`: the file has version 2000, this program knows 2
hint: install a newer appctl; nothing was changed

"#]]
    );
    assert_data_eq!(
        changed("PRAGMA application_id = 7", false).run("tables list"),
        str![[r#"

[status 1]
[stderr]
error: opening the store `[HOME]/apps/default/app.db`: this file belongs to another program
hint: choose another folder with `--home` or another app with `--app`

"#]]
    );
}

#[test]
fn every_older_version_is_brought_up_to_date_with_its_data() {
    for version in old::VERSIONS {
        let home = Home::new();
        old::write(&file(&home), version);
        let ran = home.run_with(None, &[], "tables list --json");
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{ran}");
        let copies = copies(&home, version);
        if version == 0 {
            assert_eq!(ran.stdout, "[]\n");
            assert!(copies.is_empty(), "there was nothing to keep: {copies:?}");
            continue;
        }
        assert!(ran.stdout.contains("\"table\":\"tasks\",\"fields\":3,\"records\":300"), "{ran}");
        let ran = home.run_with(None, &[], "records create tasks title=new owner=7 --json");
        assert_eq!(ran.status, 0, "{ran}");
        let [copy] = copies.as_slice() else { panic!("one copy of the older version: {copies:?}") };
        check_old_copy(copy, version);
    }
}

/// Copies that migrations from this version kept.
pub fn copies(home: &Home, version: usize) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(home.path().join("apps/default")).unwrap().flatten();
    let begins = format!("app.v{version}-");
    let names = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(&begins));
    names.map(|entry| entry.path()).collect()
}

/// The copy is what the program of that version can open: its version, its tables, its rows, nothing beside it.
pub fn check_old_copy(copy: &Path, version: usize) {
    let connection = Connection::open(copy).unwrap();
    let number = |text: &str| connection.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("PRAGMA user_version"), i64::try_from(version).unwrap());
    assert_eq!(number("PRAGMA application_id"), 1_634_758_755);
    assert_eq!(number("SELECT count(*) FROM tasks"), 300);
    assert_eq!(number("SELECT count(*) FROM people"), 40);
    assert_eq!(number("SELECT count(*) FROM _appctl_operations"), 1);
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}
