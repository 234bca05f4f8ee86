//! What a running appctl holds in its memory and environment cannot be taken by another process of the same user, and no
//! core file is left when it dies (reliability.md, F51). Root may look at everything, so it is tried as an ordinary user.
#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::support::home::{APPCTL, make_key};

/// `nobody` of every Linux.
const NOBODY: u32 = 65_534;
const CANARY: &str = "canary-5f1e-secret-of-the-shop";

/// A folder and a program of an ordinary user's.
struct Ordinary {
    folder: tempfile::TempDir,
    program: PathBuf,
    /// Whether this test is root's, and has to become somebody else
    is_root: bool,
}

impl Ordinary {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let is_root = rustix::process::geteuid().is_root();
        let program = folder.path().join("appctl");
        std::fs::copy(APPCTL, &program).unwrap();
        make_key(&folder.path().join("vault.key"));
        let ordinary = Ordinary { program, is_root, folder };
        for path in [ordinary.path().to_owned(), ordinary.path().join("vault.key")] {
            if is_root {
                std::os::unix::fs::chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        ordinary
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A command of that user's, without root's rights.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>, arguments: &[&str]) -> Command {
        let mut command = if self.is_root {
            let mut command = Command::new("setpriv");
            let user = NOBODY.to_string();
            command.args(["--reuid", &user, "--regid", &user, "--clear-groups"]);
            command.args(["--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(arguments).current_dir(self.path()).env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
        command.env("HOME", self.path()).env("APPCTL_HOME", self.path().join("home")).env("APPCTL_USER", "tester");
        command.env("APPCTL_VAULT", "file").env("APPCTL_VAULT_KEY_FILE", self.path().join("vault.key"));
        command.env("APPCTL_TOKEN_SHOP", CANARY).stdin(Stdio::null());
        command
    }

    fn appctl(&self, arguments: &[&str]) -> Output {
        self.command(&self.program, arguments).output().unwrap()
    }
}

/// A process that runs until this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn nobody_attaches_to_a_running_command_nor_reads_its_memory_or_environment() {
    let user = Ordinary::new();
    let mut serve = user.command(&user.program, &["sandbox", "serve", "--json"]);
    let mut serve = Running(serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(serve.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("port"), "it runs: {line}");
    let other = Running(user.command("sleep", &["600"]).spawn().unwrap());
    // `setpriv` becomes the program it starts, and so it is with `sleep`.
    std::thread::sleep(std::time::Duration::from_millis(300));
    let attempts: &[(&str, &str)] = &[
        ("environ", "tr '\\0' '\\n' < /proc/PID/environ"),
        ("mem", "exec 3< /proc/PID/mem"),
        ("maps", "cat /proc/PID/maps"),
        ("fd", "ls /proc/PID/fd"),
        ("gcore", "gcore -o core PID && ls core.PID"),
        ("gdb", "gdb -batch -p PID -ex 'info registers' 2>&1 | grep -E '^(rip|pc) '"),
        ("strace", "timeout 1 strace -p PID 2>&1 | grep -i attached"),
    ];
    for (what, attempt) in attempts {
        let try_on = |pid: u32| {
            let output = user.command("sh", &["-c", &attempt.replace("PID", &pid.to_string())]).output().unwrap();
            (output.status.success(), text(&output))
        };
        let (attached, seen) = try_on(serve.0.id());
        assert!(!attached, "{what}: {seen}");
        assert!(!seen.contains(CANARY), "{what}: {seen}");
        // The attempt as such is right: it works on a program that does not protect itself, where it can be made at all.
        let (attached, seen) = try_on(other.0.id());
        let is_there = *what != "gcore" && *what != "gdb" && *what != "strace";
        assert!(attached || !is_there, "{what} of sleep: {seen}");
        assert!(*what != "environ" || seen.contains(CANARY), "{seen}");
    }
}

#[test]
fn a_command_that_is_killed_by_a_fault_leaves_no_core() {
    let user = Ordinary::new();
    let limits = format!("ulimit -c unlimited 2>/dev/null; exec {} sandbox serve --json", user.program.display());
    let mut serve = user.command("sh", &["-c", &limits]);
    let mut serve = Running(serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(serve.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", serve.0.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let pid = rustix::process::Pid::from_child(&serve.0);
    rustix::process::kill_process(pid, rustix::process::Signal::ABORT).unwrap();
    let status = serve.0.wait().unwrap();
    assert!(!std::os::unix::process::ExitStatusExt::core_dumped(&status), "{status}");
    let left = std::fs::read_dir(user.path()).unwrap().flatten().map(|entry| entry.file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("core")));
}

/// A process that hides from others hides from nobody in itself: what is looked up in /proc/self works for everybody.
#[test]
fn everything_works_for_an_ordinary_user() {
    let user = Ordinary::new();
    let good = |arguments: &[&str]| {
        let output = user.appctl(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
        text(&output)
    };
    good(&["tables", "create", "people", "name:text!"]);
    good(&["records", "create", "people", "name=Ada"]);
    good(&["vault", "init"]);
    good(&["vault", "rotate"]);
    good(&["backup", "copy.db"]);
    good(&["restore", "copy.db", "--app", "copy"]);
    good(&["restore", "copy.db", "--yes"]);
    good(&["undo", "2", "--app", "copy", "--yes"]);
    // The restored app still has its team vault.
    good(&["vault", "members"]);
    let doctor = user.appctl(&["doctor", "--deep"]);
    assert!(doctor.status.success(), "{}", text(&doctor));
}

/// `doctor` and `restore` name the appctl that has the store open, although it shows nobody which files it has open.
#[test]
fn another_appctl_with_the_store_open_is_still_named() {
    let user = Ordinary::new();
    assert!(user.appctl(&["tables", "create", "people", "name:text!"]).status.success());
    let mut run = user.command(&user.program, &["connections", "run"]);
    let run = Running(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    let named = format!("appctl (process {})", run.0.id());
    let mut seen = String::new();
    for _ in 0..50 {
        seen = text(&user.appctl(&["doctor"]));
        if seen.contains(&named) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{named} is not in {seen}");
}

/// A panic may have any value in its message. What a person sees has the place, the version and what to do instead.
#[test]
fn a_fault_of_its_own_shows_no_value_anywhere() {
    let user = Ordinary::new();
    let good = user.appctl(&["tables", "create", "people", "name:text!"]);
    assert!(good.status.success(), "{}", text(&good));
    let mut command =
        user.command("sh", &["-c", "ulimit -c unlimited 2>/dev/null; exec \"$0\" records list people -v"]);
    let output = command.arg(&user.program).env("APPCTL_REHEARSE_PANIC", CANARY).output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let mut lines = stderr.lines();
    let said = format!("error: appctl {} has a fault of its own at src/cli/process.rs:", env!("CARGO_PKG_VERSION"));
    assert!(lines.next().is_some_and(|line| line.starts_with(&said)), "{stderr}");
    let hint = "hint: nothing is half-written; please report this line, and look at your data with `appctl doctor`";
    assert_eq!((lines.next(), lines.next(), stdout.as_ref()), (Some(hint), None, ""));
    assert_eq!(output.status.code(), Some(101), "{}", output.status);
    let mut files = 0;
    let mut folders = vec![user.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().flatten() {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            files += 1;
            let bytes = std::fs::read(entry.path()).unwrap();
            let is_there = bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
            assert!(!is_there && !entry.file_name().to_string_lossy().contains("core"), "{}", entry.path().display());
        }
    }
    assert!(files > 2, "there was something to look at");
}
