//! Damaged files (F08): flipped bits, cut and torn pages, a cut log, a log index that is gone. What is damaged is noticed
//! or does no harm; nothing panics, and `doctor` names the backup to restore.

use std::path::{Path, PathBuf};
use std::process::Command;

use appctl::app::{Depth, Kin};
use appctl::base::{Cell, Clock, FieldName, Interrupt, Kind, Result, TableName, Value};
use appctl::store::{Query, Store, inspect};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::support::home::Home;
use crate::support::postgres::is_deep;

/// A home with a few hundred records and a backup, and a log that waits.
fn home() -> Home {
    let home = Home::new();
    let run = |arguments: &str, stdin: Option<&str>| {
        let ran = home.run_with(stdin, &[], arguments);
        assert_eq!(ran.status, 0, "{ran}");
    };
    run("tables create people name:text! email:email note:long_text age:integer --unique email", None);
    let app = crate::support::seed::open(&home);
    let table = app.store.table(&TableName::parse("people").unwrap()).unwrap();
    let cell = |name: &str, value: Value| (FieldName::parse(name).unwrap(), value);
    app.store
        .change(&app.person(), "records import people", |change| {
            (0..400_i64).try_for_each(|number| {
                let note = "a note of some length ".repeat(usize::try_from(number % 40).unwrap());
                let values = [
                    cell("name", Value::Text(format!("person {number}"))),
                    cell("email", Value::Text(format!("p{number}@example.com"))),
                    cell("note", Value::Text(note)),
                    cell("age", Value::Integer(number)),
                ];
                change.insert(&table, &values).map(drop)
            })
        })
        .unwrap();
    drop(app);
    run("backup copy.db", None);
    home
}

fn folder(home: &Home) -> PathBuf {
    home.path().join("apps/default")
}

/// What a reader sees of everything: descriptions, records, operations.
fn seen(folder: &Path) -> Result<Vec<String>> {
    let store = Store::open(folder, Clock::system())?;
    let mut lines = Vec::new();
    for table in store.tables()? {
        lines.push(serde_json::to_string(&table).expect("a table is JSON"));
        let query = Query::all(&table, Clock::system().now());
        store.read(&query, &mut |cells| {
            lines.push(format!("{:?}", cells.iter().map(|cell: &Cell<'_>| cell.to_value()).collect::<Vec<Value>>()));
            Ok(std::ops::ControlFlow::Continue(()))
        })?;
    }
    for operation in store.operations(&Default::default())? {
        lines.push(format!("{operation:?} {:?}", store.changes(operation.id)?));
    }
    Ok(lines)
}

/// One way to damage a file.
fn mutate(bytes: &mut Vec<u8>, dice: &mut StdRng) -> String {
    let length = bytes.len();
    let at = dice.random_range(0..length);
    let page = at / 8192 * 8192;
    let end = (page + 8192).min(length);
    match dice.random_range(0..7) {
        0 => {
            bytes[at] ^= 1 << dice.random_range(0..8);
            format!("a bit flipped at {at}")
        }
        1 => {
            for _ in 0..16 {
                let at = dice.random_range(0..length);
                bytes[at] ^= 1 << dice.random_range(0..8);
            }
            "16 bits flipped".to_owned()
        }
        2 => {
            bytes[page..end].fill(0);
            format!("the page at {page} zeroed")
        }
        3 => {
            bytes.truncate(at);
            format!("cut at {at}")
        }
        4 => {
            let sector = at / 512 * 512;
            bytes[sector..(sector + 512).min(length)].fill_with(|| dice.random());
            format!("the sector at {sector} filled with noise")
        }
        5 => {
            let other = dice.random_range(0..length.div_ceil(8192)) * 8192;
            let copied = bytes[other..(other + (end - page)).min(length)].to_vec();
            bytes[page..page + copied.len()].copy_from_slice(&copied);
            format!("the page at {page} overwritten with the one at {other}")
        }
        _ => {
            let header = dice.random_range(0..100.min(length));
            bytes[header] = dice.random();
            format!("byte {header} of the header changed")
        }
    }
}

#[derive(Debug, Default)]
struct Tally {
    noticed: u32,
    harmless: u32,
    /// A value is another one and the file is whole as a file: SQLite keeps no checksum of what is in a page
    unseen: u32,
}

/// Damages copies of the store and looks at each through the normal door and through doctor's.
fn damage(what: &str, from: &Path, prepare: &dyn Fn(&Path, &mut StdRng) -> String, files: u32) -> Tally {
    let whole = seen(&copied(from)).expect("the store is whole");
    let seed: u64 = rand::random();
    let mut dice = StdRng::seed_from_u64(seed);
    let mut tally = Tally::default();
    for number in 0..files {
        let place = copied_to_temporary(from);
        let how = prepare(place.path(), &mut dice);
        let told = format!("{what}, seed {seed}, file {number}: {how}");
        let looked = std::panic::catch_unwind(|| {
            let doctor = inspect(place.path(), Depth::Quick, &Interrupt::default());
            (doctor, seen(place.path()))
        });
        let (doctor, read) = looked.unwrap_or_else(|_| panic!("{told}: it panicked"));
        let sound = match &doctor {
            Ok(Some(found)) => found.problems.is_empty() && matches!(found.kin, Kin::Ours { .. }),
            Ok(None) => false,
            Err(error) => {
                assert!(matches!(error.kind, Kind::Corrupt | Kind::Denied | Kind::Failed), "{told}: {error:?}");
                false
            }
        };
        match read {
            Ok(lines) if lines == whole => tally.harmless += 1,
            Err(error) => {
                assert!(error.kind != Kind::Interrupted && !error.message.is_empty(), "{told}: {error:?}");
                tally.noticed += 1;
            }
            Ok(_) if !sound => tally.noticed += 1,
            Ok(_) => tally.unseen += 1,
        }
    }
    println!("{what}: seed {seed}, {files} files: {tally:?}");
    tally
}

/// A copy by another process: in this one, reading the file would free the locks that SQLite has on it.
fn copied_to_temporary(from: &Path) -> tempfile::TempDir {
    let place = tempfile::tempdir().unwrap();
    let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(place.path()).status().unwrap();
    assert!(copied.success());
    place
}

fn copied(from: &Path) -> PathBuf {
    copied_to_temporary(from).keep()
}

fn change_file(path: &Path, dice: &mut StdRng) -> String {
    let mut bytes = std::fs::read(path).unwrap();
    let how = mutate(&mut bytes, dice);
    std::fs::write(path, bytes).unwrap();
    how
}

fn files() -> u32 {
    if is_deep() { 8_000 } else { 60 }
}

#[test]
fn a_damaged_file_is_noticed_or_does_no_harm_and_nothing_panics() {
    let home = home();
    let tally = damage("main file", &folder(&home), &|place, dice| change_file(&place.join("app.db"), dice), files());
    // Only a changed value inside of a cell can go unseen, which a few of the single flipped bits are.
    assert!(tally.unseen * 3 <= files(), "{tally:?}");
    assert!(tally.noticed > 0, "{tally:?}");
}

#[test]
fn a_damaged_log_shows_a_whole_state_of_before() {
    let home = home();
    let file = folder(&home).join("app.db");
    // Somebody holds the store open, so that the log stays; what was copied is as after a power cut.
    let _open = crate::support::truth::open(&file);
    let _: i64 = _open.query_row("SELECT count(*) FROM people", [], |row| row.get(0)).unwrap();
    let mut states = vec![seen(&copied(&folder(&home))).unwrap()];
    for number in 0..5 {
        let ran = home.run_with(None, &[], &format!("records update people {} note=changed{number}", number + 3));
        assert_eq!(ran.status, 0, "{ran}");
        states.push(seen(&copied(&folder(&home))).unwrap());
    }
    let after = copied_to_temporary(&folder(&home));
    assert!(std::fs::metadata(after.path().join("app.db-wal")).unwrap().len() > 8192);
    let seed: u64 = rand::random();
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut whole, mut earlier, mut refused) = (0, 0, 0);
    for number in 0..files() / 4 {
        let place = copied_to_temporary(after.path());
        let how = match number % 4 {
            0 => {
                let _ = std::fs::remove_file(place.path().join("app.db-shm"));
                "the log's index is gone".to_owned()
            }
            1 => {
                let log = place.path().join("app.db-wal");
                let mut bytes = std::fs::read(&log).unwrap();
                bytes.truncate(dice.random_range(0..bytes.len()));
                std::fs::write(&log, bytes).unwrap();
                "the log is cut".to_owned()
            }
            2 => change_file(&place.path().join("app.db-wal"), &mut dice),
            _ => change_file(&place.path().join("app.db-shm"), &mut dice),
        };
        let told = format!("seed {seed}, file {number}: {how}");
        match std::panic::catch_unwind(|| seen(place.path())).unwrap_or_else(|_| panic!("{told}: it panicked")) {
            Ok(lines) if lines == states[states.len() - 1] => whole += 1,
            Ok(lines) => {
                assert!(states.contains(&lines), "{told}: a state that never was");
                earlier += 1;
            }
            Err(error) => {
                assert_ne!(error.kind, Kind::Interrupted, "{told}");
                refused += 1;
            }
        }
    }
    println!("log: seed {seed}, {whole} whole, {earlier} earlier states, {refused} refused");
    assert!(whole > 0);
}

#[test]
fn doctor_names_the_backup_that_brings_a_damaged_store_back() {
    let home = home();
    let file = folder(&home).join("app.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let pages = bytes.len() / 8192;
    for page in 2..pages {
        bytes[page * 8192..page * 8192 + 512].fill(0xA5);
    }
    std::fs::write(&file, &bytes).unwrap();
    let before = super::versions::digests(&folder(&home));
    let doctor = home.run_with(None, &[], "doctor --json");
    assert_eq!(doctor.status, 1, "{doctor}");
    let report: serde_json::Value = serde_json::from_str(&doctor.stdout).unwrap();
    let store = report["checks"].as_array().unwrap().iter().find(|check| check["check"] == "store").unwrap().clone();
    assert_eq!(store["status"], "problem", "{store}");
    let fix = store["fix"].as_str().unwrap().to_owned();
    assert_eq!(fix, format!("appctl restore {}", home.path().join("copy.db").display()));
    assert_eq!(super::versions::digests(&folder(&home)), before, "doctor changes nothing");
    // Nothing is written into it, and nothing pretends to be fine.
    let ran = home.run_with(None, &[], "records create people name=Eve");
    assert!(ran.status == 1 && ran.stderr.contains("appctl doctor"), "{ran}");
    let backup = home.run_with(None, &[], "backup other.db");
    assert!(backup.status == 1 && !home.path().join("other.db").exists(), "{backup}");
    // And the way back is one command.
    let restored = home.run_with(None, &[], &format!("{} --yes", fix.trim_start_matches("appctl ")));
    assert_eq!(restored.status, 0, "{restored}");
    let count = home.run_with(None, &[], "records count people --json");
    assert!(count.stdout.contains("400"), "{count}");
    assert_eq!(home.run_with(None, &[], "doctor -q").status, 0);
}

#[test]
fn a_backup_that_was_changed_is_not_what_doctor_names() {
    let home = home();
    let mut copy = std::fs::read(home.path().join("copy.db")).unwrap();
    copy[20_000] ^= 1;
    std::fs::write(home.path().join("copy.db"), &copy).unwrap();
    std::fs::write(folder(&home).join("app.db"), "SQLite format 3\0 and then nothing").unwrap();
    let doctor = home.run_with(None, &[], "doctor --json");
    assert_eq!(doctor.status, 1, "{doctor}");
    assert!(!doctor.stdout.contains("appctl restore /"), "{doctor}");
    assert!(doctor.stdout.contains("restore a copy of your own"), "{doctor}");
}

#[test]
fn damaged_backups_are_refused_or_whole() {
    let home = home();
    let copy = std::fs::read(home.path().join("copy.db")).unwrap();
    let seed: u64 = rand::random();
    let mut dice = StdRng::seed_from_u64(seed);
    let (mut refused, mut taken) = (0, 0);
    let config = |app: &str| appctl::config::Config {
        home: home.path().to_owned(),
        app: appctl::base::AppName::parse(app).unwrap(),
        vault: appctl::config::VaultKind::Memory,
        team_vault: None,
        tokens: Default::default(),
        user: "tester".to_owned(),
    };
    for number in 0..if is_deep() { 1_000 } else { 30 } {
        let mut bytes = copy.clone();
        let how = mutate(&mut bytes, &mut dice);
        let path = home.path().join("changed.db");
        std::fs::write(&path, &bytes).unwrap();
        let told = format!("seed {seed}, file {number}: {how}");
        let checked = std::panic::catch_unwind(|| {
            appctl::upkeep::check_backup(&config("copy"), &path, &Clock::system(), &Interrupt::default()).map(drop)
        });
        match checked.unwrap_or_else(|_| panic!("{told}: it panicked")) {
            Ok(()) => taken += 1,
            Err(error) => {
                assert_ne!(error.kind, Kind::Interrupted, "{told}");
                refused += 1;
            }
        }
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "{told}: the file is only read");
        let apps = std::fs::read_dir(home.path().join("apps")).unwrap().count();
        assert_eq!(apps, 1, "{told}: nothing is left behind");
    }
    println!("seed {seed}: {refused} refused, {taken} taken");
    assert!(refused > 0);
}
