//! `appctl doctor` and `appctl status`: what is wrong and what helps, without changing anything.

use std::path::Path;

use serde_json::Value as Json;
use snapbox::{assert_data_eq, str};

use crate::store_open::digests;
use crate::support::home::{Home, Ran};
use crate::support::{old, seed};

fn home() -> Home {
    let home = Home::new();
    good(&home, "tables create people name:text!");
    good(&home, "records create people name=Ada");
    home
}

fn good(home: &Home, arguments: &str) -> Ran {
    let ran = home.run_with(None, &[], arguments);
    assert_eq!(ran.status, 0, "{arguments}: {ran}");
    ran
}

/// The program where no other SQLite is in the way.
fn alone(home: &Home, arguments: &str) -> Ran {
    home.run_with(None, &[("PATH", "/nowhere")], arguments)
}

/// One check of `doctor --json`.
fn check(home: &Home, name: &str) -> Json {
    let ran = alone(home, "doctor --json");
    let report: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran}"));
    let checks = report["checks"].as_array().unwrap();
    let worst = |check: &&Json| ["problem", "warning", "ok"].iter().position(|word| check["status"] == *word);
    let found = checks.iter().filter(|check| check["check"] == name).min_by_key(worst);
    found.unwrap_or_else(|| panic!("no check `{name}` in {ran}")).clone()
}

fn told(check: &Json) -> (&str, &str, &str) {
    let text = |key: &str| check[key].as_str().unwrap_or_default();
    (text("status"), text("message"), text("fix"))
}

/// The version of SQLite, which the next one changes.
fn steady(ran: &Ran) -> String {
    let text = ran.to_string();
    // How wide the column is depends on where the home is.
    let text = text.lines().map(|line| match line.split_once("  found ") {
        Some((before, after)) if line.starts_with("check ") => format!("{before}  found  {}", after.trim_start()),
        _ => line.to_owned(),
    });
    let text = text.collect::<Vec<_>>().join("\n");
    let lines = text.lines().map(|line| match line.split_once("SQLite 3.") {
        Some((before, after)) => {
            let rest = after.trim_start_matches(|letter: char| letter.is_ascii_digit() || letter == '.');
            format!("{before}SQLite [VERSION]{rest}")
        }
        None => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn a_home_without_an_app_is_well_and_stays_empty() {
    let home = Home::new();
    assert_data_eq!(
        steady(&alone(&home, "doctor")),
        str![[r#"

[status 0]
[stdout]
check        status  found  fix
sqlite       ok      SQLite [VERSION] is built in
rights       ok      only you can read the store
file system  ok      the store is on a disk of this machine
room         ok      there is room for a copy of the store
store        ok      there is no app `default` yet; the first command makes it
keyring      ok      secrets are forgotten when a command ends (`APPCTL_VAULT=memory`)
[stderr]
all is well

"#]]
    );
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_new_app_is_well() {
    let home = home();
    good(&home, "backup copy.db");
    let ran = alone(&home, "doctor --deep");
    assert_data_eq!(
        steady(&ran),
        str![[r#"

[status 0]
[stdout]
check        status  found  fix
sqlite       ok      SQLite [VERSION] is built in
rights       ok      only you can read the store
file system  ok      the store is on a disk of this machine
room         ok      there is room for a copy of the store
programs     ok      no other program has the store open
log          ok      the write-ahead log is short
store        ok      the store is whole, its indexes too (version 2)
clock        ok      the clock is not before the newest operation
backup       ok      the newest is `[HOME]/copy.db` of [TIME]
leftovers    ok      nothing was left behind
runs         ok      no run is half-finished
keyring      ok      secrets are forgotten when a command ends (`APPCTL_VAULT=memory`)
[stderr]
all is well

"#]]
    );
    let report: Json = serde_json::from_str(&alone(&home, "doctor --json").stdout).unwrap();
    assert_eq!((&report["problems"], &report["warnings"], &report["app"]), (&0.into(), &0.into(), &"default".into()));
}

#[test]
fn an_old_sqlite_nearby_is_a_warning() {
    let home = home();
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let program = |version: &str| {
        let path = bin.join("sqlite3");
        std::fs::write(&path, format!("#!/bin/sh\necho '{version} 2022-12-28 14:03:47 df5c'\n")).unwrap();
        #[cfg(unix)]
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    };
    program("3.40.1");
    let path = bin.display().to_string();
    let ran = home.run_with(None, &[("PATH", &path)], "doctor");
    assert_eq!(ran.status, 0, "{ran}");
    assert!(ran.stdout.contains("is version 3.40.1, which may damage the store when it writes"), "{ran}");
    program("3.51.3");
    let ran = home.run_with(None, &[("PATH", &path)], "doctor");
    assert!(!ran.stdout.contains("sqlite3  "), "{ran}");
}

#[test]
fn doctor_changes_nothing() {
    let home = home();
    seed::crm(&home);
    let open = crate::support::truth::open(&home.path().join("apps/default/app.db"));
    let _: i64 = open.query_row("SELECT count(*) FROM people", [], |row| row.get(0)).unwrap();
    good(&home, "records create people name=Bob");
    let copy = Home::new(); // as after a crash: the log was not brought into the file
    let copied = std::process::Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status();
    assert!(copied.unwrap().success());
    drop(open);
    for home in [&home, &copy] {
        let before = everything(home.path());
        for arguments in ["doctor", "doctor --deep", "doctor --json"] {
            let ran = alone(home, arguments);
            assert!(ran.stdout.contains("the store is whole"), "{ran}");
        }
        assert_eq!(everything(home.path()), before);
    }
}

/// Every file below a folder with its digest.
fn everything(folder: &Path) -> Vec<(String, String)> {
    let mut found = digests(folder);
    for entry in std::fs::read_dir(folder).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        found.extend(everything(&entry.path()).into_iter().map(|(file, digest)| (format!("{name}/{file}"), digest)));
    }
    found
}

#[test]
fn each_trouble_is_named_with_what_helps() {
    let home = home();
    let file = home.path().join("apps/default/app.db");
    assert_eq!(told(&check(&home, "backup")), ("warning", "no backup is known", "appctl backup FILE"));
    crate::support::truth::open(&file)
        .execute_batch("UPDATE _appctl_operations SET at = '2199-01-01T00:00:00Z'")
        .unwrap();
    let clock = check(&home, "clock");
    let (status, message, fix) = told(&clock);
    assert!(status == "problem" && message.contains("2199-01-01") && fix.contains("timedatectl"), "{clock}");
    seed::crm(&home);
    let account = check(&home, "account");
    let (status, message, fix) = told(&account);
    assert_eq!((status, message), ("problem", "account `crm` has no service key here"));
    assert_eq!(fix, "appctl connections reauth crm, or set `APPCTL_TOKEN_CRM`");
    let sync = home.path().join("apps/default/sync");
    std::fs::create_dir_all(sync.join("gone")).unwrap();
    let runs = check(&home, "runs");
    assert!(told(&runs).0 == "warning" && told(&runs).1.contains("runs of connection `gone` left something"), "{runs}");
    std::fs::create_dir_all(home.path().join("apps/.default.restore-abc")).unwrap();
    let left = check(&home, "leftovers");
    assert!(told(&left).1 == "restores that did not end: 1" && told(&left).2.starts_with("rm -r "), "{left}");
    let wal = file.with_extension("db-wal");
    std::fs::File::create(&wal).unwrap().set_len(70 << 20).unwrap();
    let log = check(&home, "log");
    assert_eq!(told(&log), ("warning", "the write-ahead log has 70 MB", "appctl tables list"));
}

#[test]
fn an_older_store_is_no_problem_and_not_touched() {
    let home = Home::new();
    let file = home.path().join("apps/default/app.db");
    old::write(&file, 1);
    let folder = file.parent().unwrap();
    #[cfg(unix)]
    for (path, mode) in [(folder, 0o700), (file.as_path(), 0o600)] {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    }
    let before = digests(folder);
    let store = check(&home, "store");
    assert!(told(&store).0 == "ok" && told(&store).1.contains("brings it from version 1 to"), "{store}");
    assert_eq!(digests(folder), before);
}

#[test]
fn wrong_uses_of_doctor_and_status() {
    let home = Home::new();
    assert_data_eq!(
        home.run("doctor now"),
        str![[r#"

[status 2]
[stderr]
error: `now` is one argument too many
hint: see `appctl doctor --help`

"#]]
    );
    assert_data_eq!(
        home.run("doctor --depp"),
        str![[r#"

[status 2]
[stderr]
error: `appctl doctor` has no option `--depp`
hint: did you mean `--deep`? see `appctl doctor --help`

"#]]
    );
    assert_data_eq!(
        home.run("status --check --watch"),
        str![[r#"

[status 2]
[stderr]
error: `--check` and `--watch` cannot be used together
hint: see `appctl status --help`

"#]]
    );
    assert_data_eq!(
        home.run("status --watch --interval 0"),
        str![[r#"

[status 2]
[stderr]
error: `--interval` takes no `0`: 0 is not in 1..18446744073709551615
hint: see `appctl status --help`

"#]]
    );
    assert_data_eq!(
        home.run("status now"),
        str![[r#"

[status 2]
[stderr]
error: `now` is one argument too many
hint: see `appctl status --help`

"#]]
    );
}

#[test]
fn status_of_a_new_app() {
    assert_data_eq!(
        home_without_sizes(&Home::new(), "status"),
        str![[r#"

[status 0]
[stdout]
app      default
healthy  yes
file     [HOME]/apps/default/app.db
size     [SIZE]
records  0
vault    memory, works
[stderr]
nothing is in it yet; make a table with `appctl tables create`, or bring one with `appctl connections add`

"#]]
    );
}

#[test]
fn status_shows_tables_connections_accounts_and_what_was_done() {
    let home = home();
    seed::crm(&home);
    assert_data_eq!(
        home_without_sizes(&home, "status"),
        str![[r#"

[status 0]
[stdout]
app      default
healthy  no: account `crm`: needs a sign-in
file     [HOME]/apps/default/app.db
size     [SIZE]
records  1
vault    memory, works

table   records  connection
people        1

connection  source   status        fresh  next run  fix
crm         hubspot  never synced                   appctl connections sync crm

account  identity     health          reason                                      fix
crm      portal 1234  no secret here  its secret is in another vault, or nowhere  appctl connections reauth crm

operation  at                           by      what
        3  [TIME]  tester  add connection crm
        2  [TIME]  tester  records create people
        1  [TIME]  tester  tables create people

"#]]
    );
    assert_data_eq!(
        home_without_sizes(&home, "status --check"),
        str![[r#"

[status 1]
[stdout]
app      default
healthy  no: account `crm`: needs a sign-in
file     [HOME]/apps/default/app.db
size     [SIZE]
records  1
vault    memory, works

table   records  connection
people        1

connection  source   status        fresh  next run  fix
crm         hubspot  never synced                   appctl connections sync crm

account  identity     health          reason                                      fix
crm      portal 1234  no secret here  its secret is in another vault, or nowhere  appctl connections reauth crm

operation  at                           by      what
        3  [TIME]  tester  add connection crm
        2  [TIME]  tester  records create people
        1  [TIME]  tester  tables create people
[stderr]
error: account `crm`: needs a sign-in, connection `crm`: never synced
hint: run `appctl connections reauth crm`

"#]]
    );
    assert_data_eq!(
        home_without_sizes(&home, "status --json"),
        str![[r#"

[status 0]
[stdout]
{"app":"default","healthy":false,"file":"[HOME]/apps/default/app.db","bytes":[N],"records":1,"tables":[{"table":"people","records":1,"connection":null}],"connections":[{"connection":"crm","source":"hubspot","status":"never synced","freshness":null,"next_run":null,"last_error":null,"account":"crm","endpoint":"http://127.0.0.1:9/","schedule":null,"inserted":0,"updated":0,"deleted":0,"calls":0,"interrupted":null,"fix":"appctl connections sync crm","objects":[{"object":"contacts","table":"contacts","status":"never synced","freshness":null,"rows":null,"drift":{"new":[],"gone":[],"retyped":[]},"last_error":null},{"object":"companies","table":"companies","status":"never synced","freshness":null,"rows":null,"drift":{"new":[],"gone":[],"retyped":[]},"last_error":null}]}],"vault":{"kind":"memory","works":true,"problem":null,"fix":null,"team":null},"accounts":[{"account":"crm","provider":"hubspot","identity":"portal 1234","health":"no secret here","reason":"its secret is in another vault, or nowhere","needs_sign_in":true,"fix":"appctl connections reauth crm"}],"operations":[{"operation":3,"at":"[TIME]","by":"tester","kind":"person","what":"add connection crm","inserted":0,"updated":0,"deleted":0},{"operation":2,"at":"[TIME]","by":"tester","kind":"person","what":"records create people","inserted":1,"updated":0,"deleted":0},{"operation":1,"at":"[TIME]","by":"tester","kind":"person","what":"tables create people","inserted":0,"updated":0,"deleted":0}],"checks":[]}

"#]]
    );
    let ran = home.run_with(None, &[("APPCTL_TOKEN_CRM", "given")], "status --json");
    let status: Json = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(status["accounts"][0]["needs_sign_in"], false);
}

fn home_without_sizes(home: &Home, arguments: &str) -> String {
    let ran = alone(home, arguments);
    let text = ran.to_string();
    let lines = text.lines().map(|line| {
        if line.starts_with("size") {
            return "size     [SIZE]".to_owned();
        }
        match line.split_once("\"bytes\":") {
            Some((before, after)) => {
                format!("{before}\"bytes\":[N]{}", after.trim_start_matches(|letter: char| letter.is_ascii_digit()))
            }
            None => line.to_owned(),
        }
    });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn status_check_is_content_with_an_app_without_connections() {
    let home = home();
    assert_eq!(alone(&home, "status --check -q").status, 0);
}

#[test]
fn the_words_for_a_damaged_store() {
    let home = home();
    good(&home, "backup copy.db");
    let file = home.path().join("apps/default/app.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[8192..].fill(0);
    std::fs::write(&file, bytes).unwrap();
    let ran = alone(&home, "doctor -q");
    let lines: Vec<&str> = ran.stdout.lines().filter(|line| line.contains("problem")).collect();
    assert!(ran.status == 1 && lines.len() == 1, "{ran}");
    let fix = format!("appctl restore {}", home.path().join("copy.db").display());
    assert!(lines[0].starts_with("store") && lines[0].ends_with(&fix), "{ran}");
    assert!(ran.stderr.starts_with("error: 1 problem: the store is damaged: "), "{ran}");
    assert!(ran.stderr.ends_with(&format!("hint: {fix}\n")), "{ran}");
    let status = alone(&home, "status");
    assert!(status.status == 1 && status.stderr.contains("appctl doctor"), "{status}");
}

#[cfg(unix)]
#[test]
fn status_is_watched_until_ctrl_c() {
    use rustix::process::{Pid, Signal, kill_process};
    let home = home();
    let mut command = home.command(&["status", "--watch", "--interval", "1", "--json"]);
    command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
    for _ in 0..2 {
        let picture: Json = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(picture["healthy"], true);
    }
    let id = Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn without_a_keyring_no_team_vault_is_missed_where_there_never_was_one() {
    let home = home();
    let without = [("APPCTL_VAULT", ""), ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus"), ("PATH", "/nowhere")];
    let ran = home.run_with(None, &without, "doctor --json");
    assert_eq!(ran.status, 0, "{ran}");
    let report: Json = serde_json::from_str(&ran.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let status = |name: &str| checks.iter().find(|check| check["check"] == name).map(|check| check["status"].clone());
    assert_eq!(status("keyring"), Some("warning".into()), "{ran}");
    assert_eq!(status("team"), None, "{ran}");
    let ran = home.run_with(None, &without, "vault status");
    assert_eq!(ran.status, 1, "the private vault does not work: {ran}");
    assert!(ran.stdout.contains("team              no vault"), "{ran}");
}
