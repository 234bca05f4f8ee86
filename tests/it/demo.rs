//! `appctl demo`: what it tells, and that nothing of it stays.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use snapbox::{assert_data_eq, file};

use crate::support::home::{Home, normal, steady};

/// The demo in a home of its own, with a temporary folder of its own.
struct Stage {
    home: Home,
    temporary: tempfile::TempDir,
}

impl Stage {
    fn new() -> Self {
        Stage { home: Home::new(), temporary: tempfile::tempdir().unwrap() }
    }

    /// As a person runs it: no `APPCTL_HOME`, the keyring that is there (none).
    fn demo(&self) -> Command {
        let mut command = self.home.command(&["demo"]);
        command.env_remove("APPCTL_HOME").env_remove("APPCTL_VAULT").env("TMPDIR", self.temporary.path());
        command
    }

    fn assert_empty(&self) {
        for folder in [self.home.path(), self.temporary.path()] {
            assert_eq!(names(folder), Vec::<String>::new(), "something stays in {}", folder.display());
        }
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn the_demo_tells_its_story_within_a_minute_and_leaves_nothing() {
    let stage = Stage::new();
    let began = Instant::now();
    let (status, text) = stage.home.transcript(stage.demo());
    let time = began.elapsed();
    assert_eq!(status, 0, "{text}");
    assert!(time < Duration::from_secs(60), "it took {time:?}");
    assert_data_eq!(steady(&normal(&text, stage.home.path())), file!["snapshots/demo.txt"]);
    stage.assert_empty();
}

#[cfg(unix)]
#[test]
fn a_demo_that_is_interrupted_leaves_nothing() {
    use rustix::process::{Pid, Signal, kill_process};
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    for which in [Signal::INT, Signal::TERM] {
        let stage = Stage::new();
        let mut child = stage.demo().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        lines.find(|line| line.as_ref().unwrap().contains("$ appctl connections sync")).unwrap().unwrap();
        kill_process(Pid::from_child(&child), which).unwrap();
        // Its reader stays until the end, so that what it still says is no failure.
        let rest: Vec<String> = lines.map(|line| line.unwrap()).collect();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{rest:?}");
        stage.assert_empty();
    }
}

#[test]
fn a_demo_takes_no_arguments() {
    let ran = Home::new().run("demo hubspot");
    assert_data_eq!(
        ran,
        snapbox::str![[r#"

[status 2]
[stderr]
error: `hubspot` is one argument too many
hint: see `appctl demo --help`

"#]]
    );
}
