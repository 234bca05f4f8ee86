//! `appctl backup` and `appctl restore`: a copy of the app that is whole or absent, and an app in a copy's place.

use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use snapbox::{assert_data_eq, str};

use crate::support::home::{Home, Ran};
use crate::support::{old, seed};

/// A home with people, of whom there are three.
fn home() -> Home {
    let home = Home::new();
    good(&home, "tables create people name:text! email:email");
    for name in ["Ada", "Bob", "Eve"] {
        good(&home, &format!("records create people name={name}"));
    }
    home
}

fn good(home: &Home, arguments: &str) -> Ran {
    let ran = home.run_with(None, &[], arguments);
    assert_eq!(ran.status, 0, "{arguments}: {ran}");
    ran
}

/// What is the same on every run: sizes and digests depend on the moment in which records were made.
fn steady(ran: &Ran) -> String {
    let text = ran.to_string();
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = match line.split_whitespace().next() {
            Some("sha256") => "sha256   [SHA256]".to_owned(),
            Some("bytes") => "bytes    [BYTES]".to_owned(),
            _ => line.to_owned(),
        };
        let line = match (line.find("table, "), line.find("tables, ")) {
            (Some(at), _) if line.starts_with("backed up") => format!("{}table, [SIZE] in [N]", &line[..at]),
            (_, Some(at)) if line.starts_with("backed up") => format!("{}tables, [SIZE] in [N]", &line[..at]),
            _ => line,
        };
        let line = match line.split_once(".replaced-") {
            Some((before, after)) => {
                let rest = after.trim_start_matches(|letter: char| letter.is_ascii_alphanumeric() || letter == '-');
                format!("{before}.replaced-[TIME]{rest}")
            }
            None => line,
        };
        lines.push(line);
    }
    lines.join("\n") + "\n"
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// How many people the app has.
fn count(home: &Home, app: &str) -> u64 {
    let ran = good(home, &format!("records count people --app {app} --json --jq .records"));
    ran.stdout.trim().parse().unwrap_or_else(|_| panic!("no number: {ran}"))
}

#[test]
fn a_backup_is_one_file_that_any_program_reads() {
    let home = home();
    let ran = good(&home, "backup copy.db");
    assert_data_eq!(
        steady(&ran),
        str![[r#"

[status 0]
[stdout]
file     [HOME]/copy.db
tables   1
records  3
bytes    [BYTES]
sha256   [SHA256]
[stderr]
backed up `default`: 3 records in 1 table, [SIZE] in [N]
not in it: secrets, which stay in the keyring, and pages of syncs on their way

"#]]
    );
    let copy = home.path().join("copy.db");
    let connection = Connection::open(&copy).unwrap();
    let mode: String = connection.query_row("PRAGMA journal_mode", [], |row| row.get(0)).unwrap();
    let people: i64 = connection.query_row("SELECT count(*) FROM people", [], |row| row.get(0)).unwrap();
    assert_eq!((mode.as_str(), people), ("delete", 3));
    drop(connection);
    let report: serde_json::Value = serde_json::from_str(&good(&home, "backup second.db --json").stdout).unwrap();
    let bytes = std::fs::read(home.path().join("second.db")).unwrap();
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(report["sha256"], sha256.as_str());
    assert_eq!(report["bytes"], bytes.len());
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["app", "file", "tables", "records", "bytes", "seconds", "sha256", "operation", "left_out"]);
    assert_eq!((&report["tables"], &report["records"], &report["operation"]), (&1.into(), &3.into(), &4.into()));
    assert_eq!(names(home.path()), ["apps", "copy.db", "second.db"], "nothing else is left");
}

#[test]
fn a_backup_never_overwrites_without_being_told_to() {
    let home = home();
    std::fs::write(home.path().join("copy.db"), "mine").unwrap();
    assert_data_eq!(
        home.run("backup copy.db"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Replace `copy.db`, which is there already?
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_eq!(std::fs::read(home.path().join("copy.db")).unwrap(), b"mine");
    good(&home, "backup copy.db --yes");
    assert!(std::fs::read(home.path().join("copy.db")).unwrap().starts_with(b"SQLite format 3"));
}

#[test]
fn wrong_uses_of_backup() {
    let home = home();
    assert_data_eq!(
        home.run("backup"),
        str![[r#"

[status 2]
[stderr]
error: `FILE` is missing
hint: see `appctl backup --help`

"#]]
    );
    std::fs::create_dir(home.path().join("folder")).unwrap();
    assert_data_eq!(
        home.run("backup folder"),
        str![[r#"

[status 2]
[stderr]
error: `folder` is a folder
hint: name the file too: `appctl backup folder/app.db`

"#]]
    );
    assert_data_eq!(
        home.run("backup nowhere/copy.db"),
        str![[r#"

[status 3]
[stderr]
error: there is no folder `nowhere`
hint: make it with `mkdir -p nowhere`

"#]]
    );
    assert_data_eq!(
        home.run("backup apps/default/app.db --yes"),
        str![[r#"

[status 2]
[stderr]
error: `apps/default/app.db` is the store itself
hint: choose another name or folder

"#]]
    );
    assert_data_eq!(
        home.run("backup apps/default/app.db-wal"),
        str![[r#"

[status 2]
[stderr]
error: `apps/default/app.db-wal` is the store itself
hint: choose another name or folder

"#]]
    );
    assert_data_eq!(
        home.run("backup /dev/null"),
        str![[r#"

[status 2]
[stderr]
error: `/dev/null` is no plain file
hint: name a file that may be made

"#]]
    );
    assert_data_eq!(
        home.run("backup copy.db --app other"),
        str![[r#"

[status 3]
[stderr]
error: there is no app `other` in `[HOME]`
hint: name another with `--app NAME`, or another folder with `--home DIR`

"#]]
    );
    assert_data_eq!(
        home.run("backup copy.db --json --app other"),
        str![[r#"

[status 3]
[stderr]
{"error":{"kind":"not_found","message":"there is no app `other` in `[HOME]`","hint":"name another with `--app NAME`, or another folder with `--home DIR`"}}

"#]]
    );
    assert_eq!(names(home.path()), ["apps", "folder"], "nothing was made");
    assert_eq!(names(&home.path().join("apps")), ["default"]);
}

#[test]
fn a_damaged_store_is_not_copied() {
    let home = home();
    let file = home.path().join("apps/default/app.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 8192;
    bytes[last..].fill(0xA5);
    std::fs::write(&file, bytes).unwrap();
    let ran = home.run_with(None, &[], "backup copy.db");
    assert_eq!(ran.status, 1, "{ran}");
    assert!(ran.stderr.contains("see `appctl doctor`"), "{ran}");
    assert_eq!(names(home.path()), ["apps"]);
}

/// Root may write anywhere, so a mount that is read-only stands for a folder without rights.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let home = home();
    let ran = home.run_with(None, &[], "backup /proc/copy.db");
    assert!(ran.status != 0 && ran.stderr.contains("`/proc`"), "{ran}");
}

#[test]
fn an_app_is_restored_beside_itself() {
    let home = home();
    good(&home, "backup copy.db");
    good(&home, "records create people name=Later");
    let ran = good(&home, "restore copy.db --app copy");
    assert_data_eq!(
        steady(&ran),
        str![[r#"

[status 0]
[stderr]
restored `copy`: 3 records in 1 table, as of operation 4 ([TIME])

"#]]
    );
    assert_eq!((count(&home, "copy"), count(&home, "default")), (3, 4));
    // The copy is an app like any other: it goes on, and its past can be taken back.
    good(&home, "records create people name=Zoe --app copy");
    good(&home, "undo 4 --app copy");
    assert_eq!(count(&home, "copy"), 3);
    assert_eq!(names(&home.path().join("apps")), ["copy", "default"]);
}

#[test]
fn an_app_that_is_there_goes_aside_and_can_come_back() {
    let home = home();
    good(&home, "backup copy.db");
    good(&home, "records create people name=Later");
    assert_data_eq!(
        home.run("restore copy.db"),
        str![[r#"

[status 2]
[stderr]
error: nobody is there to answer: Put it in the place of app `default` (1 table)? The old one is kept aside.
hint: add `--yes` to go on without being asked

"#]]
    );
    assert_eq!(count(&home, "default"), 4, "nothing was changed");
    let ran = good(&home, "restore copy.db --yes");
    assert_data_eq!(
        steady(&ran),
        str![[r#"

[status 0]
[stderr]
restored `default`: 3 records in 1 table, as of operation 4 ([TIME])
the old one is in `[HOME]/apps/default.replaced-[TIME]`

"#]]
    );
    assert_eq!(count(&home, "default"), 3);
    let [_, aside] = &names(&home.path().join("apps"))[..] else { panic!("the old app is aside") };
    let report = good(&home, &format!("restore apps/{aside}/app.db --yes --json"));
    let report: serde_json::Value = serde_json::from_str(&report.stdout).unwrap();
    let keys: Vec<&String> = report.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "app",
            "file",
            "tables",
            "records",
            "bytes",
            "sha256",
            "operation",
            "migrated_from",
            "replaced",
            "needs_sign_in"
        ]
    );
    assert_eq!(count(&home, "default"), 4, "what was replaced is back");
    let doctor = good(&home, "doctor --json");
    assert!(doctor.stdout.contains("apps that a restore replaced: 2"), "{doctor}");
    assert!(doctor.stdout.contains("copy.db"), "the backups are still known: {doctor}");
}

#[test]
fn an_empty_app_gives_way_without_a_question() {
    let home = home();
    good(&home, "backup copy.db");
    good(&home, "tables list --app other");
    good(&home, "restore copy.db --app other");
    assert_eq!(count(&home, "other"), 3);
    assert_eq!(names(&home.path().join("apps")), ["default", "other"]);
}

#[test]
fn wrong_uses_of_restore() {
    let home = home();
    good(&home, "backup copy.db");
    assert_data_eq!(
        home.run("restore"),
        str![[r#"

[status 2]
[stderr]
error: `FILE` is missing
hint: see `appctl restore --help`

"#]]
    );
    assert_data_eq!(
        home.run("restore nowhere.db"),
        str![[r#"

[status 3]
[stderr]
error: there is no file `nowhere.db`
hint: see `appctl doctor`, which names the newest backup

"#]]
    );
    assert_data_eq!(
        home.run("restore apps"),
        str![[r#"

[status 2]
[stderr]
error: `apps` is a folder
hint: name the file that `appctl backup` wrote

"#]]
    );
    assert_data_eq!(
        home.run("restore apps/default/app.db"),
        str![[r#"

[status 2]
[stderr]
error: `apps/default/app.db` is the store itself
hint: name a backup of it

"#]]
    );
    assert_data_eq!(
        home.run("restore /dev/null"),
        str![[r#"

[status 2]
[stderr]
error: `/dev/null` is no plain file
hint: name the file that `appctl backup` wrote

"#]]
    );
    assert_data_eq!(
        home.run("restore copy.db --app 'Not A Name'"),
        str![[r#"

[status 2]
[stderr]
error: `--app`: app name `Not A Name` cannot be used
hint: use lower-case letters, digits, `-` and `_`, starting with a letter or digit, at most 64

"#]]
    );
    std::fs::write(home.path().join("notes.txt"), "Dear diary, this is no database.\n".repeat(100)).unwrap();
    assert_data_eq!(
        home.run("restore notes.txt --app copy"),
        str![[r#"

[status 1]
[stderr]
error: `notes.txt` is no backup of an app
hint: name the file that `appctl backup` wrote

"#]]
    );
    std::fs::write(home.path().join("empty.db"), "").unwrap();
    assert_data_eq!(
        home.run("restore empty.db --app copy"),
        str![[r#"

[status 1]
[stderr]
error: `empty.db` is no backup of an app
hint: name the file that `appctl backup` wrote

"#]]
    );
    Connection::open(home.path().join("foreign.db")).unwrap().execute_batch("CREATE TABLE notes (text)").unwrap();
    assert_data_eq!(
        home.run("restore foreign.db --app copy"),
        str![[r#"

[status 1]
[stderr]
error: `foreign.db` is no backup of an app
hint: name the file that `appctl backup` wrote

"#]]
    );
    std::fs::copy(home.path().join("copy.db"), home.path().join("newer.db")).unwrap();
    Connection::open(home.path().join("newer.db")).unwrap().execute_batch("PRAGMA user_version = 2000").unwrap();
    assert_data_eq!(
        home.run("restore newer.db --app copy"),
        str![[r#"

[status 1]
[stderr]
error: `newer.db` has version 2000, this program knows 2
hint: install a newer appctl; nothing was changed

"#]]
    );
    let mut bytes = std::fs::read(home.path().join("copy.db")).unwrap();
    let half = bytes.len() / 2;
    bytes.truncate(half);
    std::fs::write(home.path().join("half.db"), bytes).unwrap();
    let half = home.run_with(None, &[], "restore half.db --app copy");
    assert!(half.status == 1 && half.stderr.contains("`half.db`"), "{half}");
    assert_eq!(names(&home.path().join("apps")), ["default"], "nothing was made");
}

#[test]
fn a_store_in_use_is_neither_replaced_nor_taken_for_a_backup() {
    let home = home();
    good(&home, "backup copy.db");
    let mut reader = std::process::Command::new("sqlite3")
        .arg(home.path().join("apps/default/app.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("sqlite3: run `tests/run`");
    let mut pipe = reader.stdin.take().unwrap();
    std::io::Write::write_all(&mut pipe, b"SELECT 'open', count(*) FROM people;\n").unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(reader.stdout.as_mut().unwrap()), &mut line).unwrap();
    assert_eq!(line, "open|3\n");
    for arguments in ["restore copy.db --yes", "restore apps/default/app.db --app copy"] {
        let ran = home.run_with(None, &[], arguments);
        assert_eq!(ran.status, 6, "{ran}");
        assert!(ran.stderr.contains(&format!("sqlite3 (process {})", reader.id())), "{ran}");
    }
    let doctor = good(&home, "doctor");
    assert!(doctor.stdout.contains(&format!("sqlite3 (process {}) has the store open", reader.id())), "{doctor}");
    drop(pipe);
    reader.wait().unwrap();
    assert_eq!(names(&home.path().join("apps")), ["default"]);
    good(&home, "restore copy.db --yes");
}

#[test]
fn an_older_backup_is_brought_up_to_date_and_stays_as_it_is() {
    let home = Home::new();
    let file = home.path().join("old.db");
    old::write(&file, 1);
    let before = std::fs::read(&file).unwrap();
    let ran = good(&home, "restore old.db");
    assert_data_eq!(
        steady(&ran),
        str![[r#"

[status 0]
[stderr]
restored `default`: 340 records in 2 tables, as of operation 1 ([TIME])
brought from version 1 of the store to this one; the file is as it was

"#]]
    );
    assert!(std::fs::read(&file).unwrap() == before, "the file is only read");
    assert_eq!(count(&home, "default"), 40);
    assert_eq!(names(&home.path().join("apps/default")), ["app.db"]);
}

#[test]
fn a_restored_connection_trusts_nothing_of_another_time_and_asks_for_its_secret() {
    let home = Home::new();
    seed::crm(&home);
    let app = seed::open(&home);
    let crm = appctl::base::ConnectionName::parse("crm").unwrap();
    // What a run without changes left beside the file, and a run on its way.
    let folder = home.path().join("apps/default/sync/crm");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("runs.json"), r#"{"epoch":0,"states":{"contacts":{"cursor":"2099"}},"runs":[]}"#)
        .unwrap();
    assert_eq!(app.store.sync_states(&crm).unwrap()["contacts"]["cursor"], "2099");
    drop(app);
    good(&home, "backup copy.db");
    let ran = good(&home, "restore copy.db --yes");
    assert!(ran.stderr.contains("`crm` needs a sign-in"), "{ran}");
    let app = seed::open(&home);
    assert!(app.store.sync_states(&crm).unwrap().is_empty(), "the journal went aside");
    assert!(!folder.exists());
    // Even where somebody puts it back by hand, it is of another epoch.
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("runs.json"), r#"{"epoch":0,"states":{"contacts":{"cursor":"2099"}},"runs":[]}"#)
        .unwrap();
    assert!(app.store.sync_states(&crm).unwrap().is_empty());
    let sync = home.run_with(None, &[], "connections sync crm");
    assert_eq!(sync.status, 4, "{sync}");
}

fn start(home: &Home, arguments: &str) -> Child {
    let mut command = home.command(&crate::support::home::words(arguments));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A store of some megabytes, so that a copy takes a moment.
fn large() -> Home {
    let home = home();
    let file = home.path().join("apps/default/app.db");
    let connection = crate::support::truth::open(&file);
    connection
        .execute_batch(
            "INSERT INTO people (name, email) WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 60000)
             SELECT 'person ' || n, hex(randomblob(60)) FROM n",
        )
        .unwrap();
    home
}

#[test]
fn a_backup_is_one_moment_while_others_write() {
    let home = large();
    let file = home.path().join("apps/default/app.db");
    let connection = crate::support::truth::open(&file);
    // Every transaction keeps the two counts equal, so a copy of two moments shows.
    connection.execute_batch("CREATE TABLE one (n); CREATE TABLE two (n);").unwrap();
    let mut child = start(&home, "backup copy.db --json");
    let (mut writes, mut longest) = (0, Duration::ZERO);
    while child.try_wait().unwrap().is_none() {
        let began = Instant::now();
        connection
            .execute_batch("BEGIN IMMEDIATE; INSERT INTO one VALUES (1); INSERT INTO two VALUES (1); COMMIT")
            .unwrap();
        longest = longest.max(began.elapsed());
        writes += 1;
    }
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let copy = Connection::open(home.path().join("copy.db")).unwrap();
    let number = |text: &str| copy.query_row(text, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(number("SELECT count(*) FROM one"), number("SELECT count(*) FROM two"));
    assert_eq!(number("SELECT count(*) FROM people"), 60_003);
    println!("{writes} writes while the copy was made, the longest took {longest:?}");
    assert!(writes > 3, "{writes} writes");
}

#[test]
fn an_interrupted_backup_leaves_nothing() {
    use rustix::process::{Pid, Signal, kill_process};
    let home = large();
    std::fs::create_dir(home.path().join("place")).unwrap();
    let (mut interrupted, mut killed) = (0, 0);
    for number in 0..8_u64 {
        let mut child = start(&home, "backup place/copy.db --yes");
        std::thread::sleep(Duration::from_millis(20 + 25 * (number / 2)));
        let signal = if number % 2 == 0 { Signal::INT } else { Signal::KILL };
        let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
        let _ = kill_process(id, signal);
        let output = child.wait().unwrap();
        let left = names(&home.path().join("place"));
        match output.code() {
            Some(130) => {
                interrupted += 1;
                assert!(!left.iter().any(|name| name.contains(".part-")), "{left:?}");
            }
            None => killed += 1,
            Some(code) => assert_eq!(code, 0),
        }
        if left.iter().any(|name| name == "copy.db") {
            let copy = Connection::open(home.path().join("place/copy.db")).unwrap();
            let sound: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(sound, "ok");
        }
    }
    println!("{interrupted} interrupted, {killed} killed");
    assert!(interrupted + killed > 0);
    good(&home, "backup place/copy.db --yes");
    assert_eq!(names(&home.path().join("place")), ["copy.db"], "what the killed ones left is gone");
}

#[cfg(target_os = "linux")]
#[test]
fn a_restore_killed_at_any_write_leaves_the_old_app_or_the_new_one() {
    use std::os::unix::process::ExitStatusExt as _;
    let home = home();
    good(&home, "backup copy.db");
    good(&home, "records create people name=Later");
    let calls =
        ["pwrite64", "write", "fdatasync", "fsync", "ftruncate", "rename", "renameat2", "unlink", "mkdir", "chmod"];
    let run = |home: &Home, options: &[&str]| {
        let command = home.command(&["restore", "copy.db", "--yes", "-q"]);
        let mut traced = std::process::Command::new("strace");
        traced.args(options).arg(command.get_program()).args(command.get_args()).env_clear().current_dir(home.path());
        traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        traced
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .output()
            .expect("strace: run `tests/run`")
    };
    let begin = || {
        let copy = Home::new();
        let copied =
            std::process::Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status().unwrap();
        assert!(copied.success());
        copy
    };
    let counted = begin();
    let log = counted.path().join("strace.log");
    let trace = format!("trace={}", calls.join(","));
    let output = run(&counted, &["-f", "-o", &log.display().to_string(), "-e", &trace]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&log).unwrap();
    let count_of = |call: &str| text.lines().filter(|line| line.contains(&format!(" {call}("))).count();
    let all: Vec<(&str, usize)> =
        calls.iter().flat_map(|call| (1..=count_of(call)).map(move |number| (*call, number))).collect();
    let step = if crate::support::postgres::is_deep() { 1 } else { (all.len() / 10).max(1) };
    let from = rand::random_range(0..step);
    let mut hit = 0;
    let points: Vec<_> = all.iter().skip(from).step_by(step).collect();
    for (call, number) in &points {
        let what = format!("killed at {call} number {number}");
        let victim = begin();
        let (trace, inject) = (format!("trace={call}"), format!("inject={call}:signal=KILL:when={number}"));
        let output = run(&victim, &["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]);
        hit += usize::from(output.status.signal() == Some(9));
        let people = count(&victim, "default");
        assert!(matches!(people, 3 | 4), "{what}: {people}");
        assert!(somewhere(&victim), "{what}: the old app is nowhere");
        good(&victim, "restore copy.db --yes");
        assert_eq!(count(&victim, "default"), 3, "{what}");
        assert!(somewhere(&victim), "{what}: the old app is nowhere after the next restore");
        let left = names(&victim.path().join("apps"));
        assert!(left.iter().filter(|name| name.starts_with('.')).count() <= 1, "{what}: {left:?}");
    }
    println!("{hit} of {} points were hit, of {}", points.len(), all.len());
    assert!(hit * 10 >= points.len() * 8, "{hit} of {} points were hit", points.len());
}

/// Whether the app with four people is in its place or aside.
#[cfg(target_os = "linux")]
fn somewhere(home: &Home) -> bool {
    let apps = home.path().join("apps");
    let people = |name: &String| {
        let connection = Connection::open(apps.join(name).join("app.db")).ok()?;
        connection.query_row("SELECT count(*) FROM people", [], |row| row.get::<_, i64>(0)).ok()
    };
    names(&apps).iter().filter(|name| !name.starts_with('.')).any(|name| people(name) == Some(4))
}

#[test]
fn a_backup_may_have_any_name() {
    let home = home();
    for name in ["a b.db", "été.db", "50%?#.db", "-dash.db"] {
        let path: PathBuf = home.path().join(name);
        good(&home, &format!("backup '{}'", path.display()));
        good(&home, &format!("restore '{}' --yes", path.display()));
    }
    assert_eq!(count(&home, "default"), 3);
}
