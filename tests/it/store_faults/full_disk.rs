//! F05: the disk is full at every step of 64 KB.

use appctl::sandbox::Sandbox;

use super::support::{Disk, Picture, civil, command, kind, lively, operations, picture};
use crate::support::home::{Home, Ran};
use crate::support::postgres::is_deep;

const STEP: u64 = 64 << 10;

struct Bench {
    home: Home,
    sandbox: Sandbox,
    disk: Disk,
}

impl Bench {
    async fn new() -> Bench {
        let (home, sandbox) = lively(if is_deep() { 900 } else { 150 }).await;
        Bench { home, sandbox, disk: Disk::new() }
    }

    fn run(&self, arguments: &str) -> Ran {
        let command = command(&self.home, Some(&self.sandbox), &format!("{arguments} --json --yes"));
        self.home.finish(self.disk.inside(&command), None)
    }

    fn held(&self) -> (Picture, i64) {
        let (_copy, path) = self.disk.copy();
        (picture(&path), operations(&path))
    }

    /// Runs the command with more and more space until it works, and looks what each failure left.
    fn squeeze(&self, arguments: &str) {
        self.disk.fill(self.home.path());
        let before = self.held();
        let ran = self.run(arguments);
        assert_eq!(ran.status, 0, "{arguments}: {ran}");
        let after = self.held();
        let (mut sizes, mut failures) = (0, 0);
        loop {
            self.disk.fill(self.home.path());
            self.disk.leave(sizes * STEP);
            let what = format!("{arguments} with {sizes} × 64 KB left");
            let ran = self.run(arguments);
            civil(&ran, &what);
            self.disk.free_all();
            let held = self.held();
            if ran.status == 0 {
                assert_eq!(held.0, after.0, "{what}: it said that all was well");
            } else {
                failures += 1;
                assert_eq!((ran.status, kind(&ran).as_str()), (1, "disk_full"), "{what}: {ran}");
                assert_eq!(held, before, "{what}: something is half-made");
                let again = self.run(arguments);
                assert_eq!(again.status, 0, "{what}, then with space: {again}");
                assert_eq!(self.held().0, after.0, "{what}, then with space");
            }
            sizes += 1;
            // Enough for everything: the next sizes would only say the same again.
            if ran.status == 0 && sizes > 2 {
                break;
            }
            assert!(sizes < 4000, "{arguments} never works");
        }
        println!("{arguments}: {sizes} sizes, {failures} of them too small, 0 stuck");
        assert!(failures > 0, "{arguments}: the disk was never full");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_while_records_are_created_and_taken_back_changes_nothing() {
    let bench = Bench::new().await;
    bench.squeeze("records create tasks --data @rows.jsonl");
    bench.squeeze("records update tasks 1 title=other");
    bench.squeeze("tables create more name:text");
    bench.squeeze("undo 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_during_an_import_stores_nothing_and_the_same_import_works_later() {
    let bench = Bench::new().await;
    bench.squeeze("records import tasks rows.jsonl");
    bench.squeeze("records import imported rows.jsonl --create");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_during_an_incremental_sync_changes_nothing_and_the_next_run_needs_no_flag() {
    Bench::new().await.squeeze("connections sync crm");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_during_a_first_load_shows_nothing_and_the_next_run_needs_no_flag() {
    Bench::new().await.squeeze("connections sync two");
}
