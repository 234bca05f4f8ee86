//! A disk of its own for one test, and pictures of what a store holds.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use appctl::sandbox::Sandbox;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use crate::support::home::{Home, Ran, words};

/// Every table of a person's or a connection's, its rows as text.
pub type Picture = BTreeMap<String, Vec<String>>;

/// What an app's file holds, after SQLite found nothing wrong with it.
pub fn picture(home: &Path) -> Picture {
    let file = home.join("apps/default/app.db");
    let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("the file opens");
    connection.busy_timeout(std::time::Duration::from_secs(20)).expect("a time limit");
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok", "{}", file.display());
    let text = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB '_appctl_*'
                AND name NOT GLOB 'sqlite_*' ORDER BY name";
    let mut statement = connection.prepare(text).expect("a query");
    let names: Vec<String> =
        statement.query_map([], |row| row.get(0)).expect("names").collect::<Result<_, _>>().expect("names");
    let rows = |name: &String| {
        let text = format!("SELECT * FROM \"{}\"", name.replace('"', "\"\""));
        let mut statement = connection.prepare(&text).expect("a query");
        let width = statement.column_count();
        let mut found = Vec::new();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let cells = (0..width).map(|at| match row.get_ref(at).expect("a cell") {
                ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                other => format!("{other:?}"),
            });
            found.push(cells.collect::<Vec<_>>().join("|"));
        }
        found.sort();
        (name.clone(), found)
    };
    names.iter().map(rows).collect()
}

/// How many operations are recorded.
pub fn operations(home: &Path) -> i64 {
    let connection = Connection::open(home.join("apps/default/app.db")).expect("the file opens");
    connection.query_row("SELECT count(*) FROM _appctl_operations", [], |row| row.get(0)).expect("a count")
}

/// The program in this home, in a sandbox's environment.
pub fn command(home: &Home, sandbox: Option<&Sandbox>, arguments: &str) -> Command {
    let mut command = home.command(&words(arguments));
    if let Some(sandbox) = sandbox {
        for label in ["CRM", "TWO"] {
            command.env(format!("APPCTL_TOKEN_{label}"), sandbox.token().expose());
        }
    }
    command
}

pub fn run(home: &Home, sandbox: Option<&Sandbox>, arguments: &str) -> Ran {
    home.finish(command(home, sandbox, arguments), None)
}

/// The same, which must work.
pub fn done(home: &Home, sandbox: Option<&Sandbox>, arguments: &str) -> Ran {
    let ran = run(home, sandbox, arguments);
    assert_eq!(ran.status, 0, "{arguments}: {ran}");
    ran
}

/// A home with a table of one's own, a connection that is in step, another that never ran, and changes at the source.
pub async fn lively(records: usize) -> (Home, Sandbox) {
    let options = appctl::sandbox::Options { seed: 5, records, ..appctl::sandbox::Options::default() };
    let sandbox = Sandbox::start(options).await.expect("the sandbox starts");
    let home = Home::new();
    done(&home, None, "tables create tasks title:text! note:long_text done:boolean");
    let rows = lines(records);
    std::fs::write(home.path().join("rows.jsonl"), &rows).expect("the home can be written");
    done(&home, None, "records create tasks --data @rows.jsonl");
    let endpoint = sandbox.endpoint("hubspot").expect("HubSpot is played");
    for (name, table) in [("crm", "contacts"), ("two", "people")] {
        let add = format!(
            "connections add hubspot --name {name} --endpoint {endpoint} --object contacts={table} --set archived_every=0 --no-sync"
        );
        done(&home, Some(&sandbox), &add);
    }
    done(&home, Some(&sandbox), "connections sync crm");
    sandbox.hubspot().churn("contacts", "update", records / 2, 1).expect("changes");
    sandbox.hubspot().churn("contacts", "archive", 9, 2).expect("changes");
    (home, sandbox)
}

/// So many records of `tasks` as JSONL.
pub fn lines(count: usize) -> String {
    let line = |at: usize| format!("{{\"title\":\"task {at}\",\"note\":\"{}\"}}\n", "a note ".repeat(at % 40));
    (0..count).map(line).collect()
}

/// A disk of its own, in memory and of a size: a mount that only the programs started in it see, and that goes with it.
#[cfg(target_os = "linux")]
pub struct Disk {
    holder: Child,
    folder: tempfile::TempDir,
}

#[cfg(target_os = "linux")]
impl Disk {
    /// Needs a mount namespace: root, or a system that lets users have one.
    pub fn new() -> Disk {
        let folder = tempfile::tempdir().expect("the temporary folder can be written");
        let script =
            format!("mount -t tmpfs -o size=512m tmpfs {} && echo ready && exec sleep 3600", folder.path().display());
        for options in [["-m", "--propagation=private"], ["-Urm", "--propagation=private"]] {
            let holder =
                Command::new("unshare").args(options).args(["sh", "-c", &script]).stdout(Stdio::piped()).spawn();
            let mut holder = holder.expect("unshare is part of util-linux");
            let mut line = String::new();
            let out = holder.stdout.take().expect("stdout is piped");
            let _ = BufReader::new(out).read_line(&mut line);
            if line == "ready\n" {
                return Disk { holder, folder };
            }
            let _ = holder.wait();
        }
        panic!("no disk can be mounted here: run the tests as root, or allow user namespaces");
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The same command where the disk is mounted, with it as home and working folder.
    pub fn inside(&self, command: &Command) -> Command {
        let mut inside = Command::new("nsenter");
        inside.args(["-t", &self.holder.id().to_string(), "-m"]);
        if !rustix_is_root() {
            inside.args(["-U", "--preserve-credentials"]);
        }
        inside.args(["--", "sh", "-c", "cd \"$0\" && exec \"$@\""]).arg(self.path());
        inside.arg(command.get_program()).args(command.get_args()).env_clear();
        inside.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        inside.env("APPCTL_HOME", self.path()).env("HOME", self.path());
        inside
    }

    /// A line of shell where the disk is mounted; gives what it printed.
    pub fn shell(&self, script: &str) -> String {
        let mut command = Command::new("sh");
        command.args(["-c", script]).env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let mut inside = self.inside(&command);
        let output = inside.stdin(Stdio::null()).output().expect("a shell");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{script}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn remount(&self, options: &str) {
        self.shell(&format!("mount -o remount,{options} \"$APPCTL_HOME\""));
    }

    /// Makes it so large: what is used, and so many bytes more.
    pub fn leave(&self, bytes: u64) {
        self.remount(&format!("size={}", self.used() + bytes));
    }

    pub fn free_all(&self) {
        self.remount("size=512m,rw");
    }

    pub fn read_only(&self) {
        self.remount("ro");
    }

    pub fn used(&self) -> u64 {
        let text = self.shell("stat -f -c '%b %f %S' .");
        let numbers: Vec<u64> = text.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        (numbers[0] - numbers[1]) * numbers[2]
    }

    /// Puts a copy of this home on the disk, in place of what was there.
    pub fn fill(&self, home: &Path) {
        self.free_all();
        self.shell(&format!("rm -rf ./* && cp -a {}/. .", home.display()));
    }

    /// A copy of what is on the disk now, where everybody can look at it.
    pub fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let copy = tempfile::tempdir().expect("the temporary folder can be written");
        self.shell(&format!("cp -a . {}", copy.path().display()));
        let path = copy.path().to_owned();
        (copy, path)
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = self.holder.kill();
        let _ = self.holder.wait();
    }
}

#[cfg(target_os = "linux")]
fn rustix_is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// The kind in the error that a command printed with `--json`.
pub fn kind(ran: &Ran) -> String {
    let last = ran.stderr.lines().last().unwrap_or_default();
    let error: serde_json::Value = serde_json::from_str(last).unwrap_or_default();
    error["error"]["kind"].as_str().unwrap_or_default().to_owned()
}

/// No panic, and no death by a signal.
pub fn civil(ran: &Ran, what: &str) {
    assert!(!ran.stderr.contains("panicked") && !ran.stderr.contains("fault of its own"), "{what}: {ran}");
    assert!(ran.status >= 0 && ran.status != 101, "{what}: {ran}");
}
