//! The real program under strace: which calls it makes, and killed at one of them.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};

use super::home::Home;

/// What can be killed: everything that writes, flushes, renames, removes, locks or sends.
const CALLS: &[&str] = &["write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "flock", "sendto", "writev"];

/// A call by name, and which one of these.
#[derive(Clone, Debug)]
pub struct Point {
    call: String,
    number: usize,
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "killed at {} number {}", self.call, self.number)
    }
}

/// The calls of the main thread of a command that is run to its good end, in the order of their kinds.
pub fn points(home: &Home, command: &Command) -> Vec<Point> {
    let log = home.path().join("strace.log");
    let trace = format!("trace={}", CALLS.join(","));
    let log_name = log.display().to_string();
    let output = traced(command, &["-f", "-o", &log_name, "-e", &trace]).output().expect("strace: run `tests/run`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&log).expect("strace wrote its log");
    std::fs::remove_file(&log).expect("it is ours");
    let main = text.split_whitespace().next().expect("a run writes").to_owned();
    let calls: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix(&main)).map(str::trim_start).collect();
    let mut points = Vec::new();
    for call in CALLS {
        let count = calls.iter().filter(|line| line.starts_with(&format!("{call}("))).count();
        points.extend((1..=count).map(|number| Point { call: (*call).to_owned(), number }));
    }
    points
}

/// Every point, or about `few` of them beginning at a random one.
pub fn some(points: &[Point], few: usize, all: bool) -> Vec<Point> {
    let step = if all { 1 } else { (points.len() / few).max(1) };
    let from = usize::try_from(super::accounts::seed() % step as u64).expect("it is below a count");
    points.iter().skip(from).step_by(step).cloned().collect()
}

/// Runs the command until that call; whether it came to it. Otherwise it must have ended well.
pub fn kill_at(command: &Command, point: &Point) -> bool {
    let Point { call, number } = point;
    let inject = format!("inject={call}:signal=KILL:when={number}");
    let options = ["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={call}"), "-e", &inject];
    let output = traced(command, &options).output().expect("strace: run `tests/run`");
    let was_killed = output.status.signal() == Some(9);
    assert!(was_killed || output.status.success(), "{point}: {}", String::from_utf8_lossy(&output.stderr));
    was_killed
}

/// The command under strace, in the same folder and environment.
fn traced(command: &Command, options: &[&str]) -> Command {
    let mut traced = Command::new("strace");
    traced.args(options).arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    if let Some(folder) = command.get_current_dir() {
        traced.current_dir(folder);
    }
    traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    traced
}
