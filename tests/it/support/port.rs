//! The one port at which some vendors expect the browser back: whoever signs in there has it to themselves, whichever
//! test, file or other run of the tests they belong to.

use std::fs::{File, OpenOptions};

/// Waits for the port. The turn ends when the file is dropped, or its process dies.
pub fn alone() -> File {
    let path = std::env::temp_dir().join(format!("appctl-test-port-{}.lock", appctl::providers::PORT));
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
    let file = file.expect("the temporary folder can be written");
    file.lock().expect("a file can be locked");
    file
}

#[test]
fn two_runs_of_the_tests_are_never_at_the_port_at_once() {
    let held = alone();
    let path = std::env::temp_dir().join(format!("appctl-test-port-{}.lock", appctl::providers::PORT));
    // Another process, which knows nothing of this one's memory.
    let took = |wait: &str| {
        let status =
            std::process::Command::new("flock").args(["--exclusive", "--wait", wait]).arg(&path).arg("true").status();
        status.expect("util-linux has flock").success()
    };
    assert!(!took("0.1"), "the port was given to two");
    drop(held);
    assert!(took("60"));
}
