//! F13: writers and readers in a crowd, with mixed commands: nobody is told that the store is busy, and no update is lost.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use appctl::app::App;
use appctl::base::{Kind, TableName, Value};

use super::support::{command, done, lively, operations, run};
use crate::support::home::Home;
use crate::support::postgres::is_deep;
use crate::support::synced::app;

const WRITERS: usize = 8;
const READERS: usize = 8;

/// Adds one to the counter, by reading it and writing it in one operation.
fn count_up(app: &App) {
    let name = TableName::parse("counters").expect("a name");
    let table = app.store.table(&name).expect("the table is there");
    let key = [Value::from(1_i64)];
    let added = app.store.change(&app.person(), "count up", |change| {
        let values = change.get(&table, &key)?.expect("the record is there");
        let Value::Integer(number) = values[1] else { panic!("a counter is a number: {values:?}") };
        change.update(&table, &key, &[("number".parse()?, Value::from(number + 1))])
    });
    added.expect("nobody waits longer than the store is patient");
}

fn sorted(mut times: Vec<Duration>) -> (Duration, Duration, Duration) {
    times.sort();
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    (at(50), at(99), times[times.len() - 1])
}

/// Half of the writers and readers are programs, the other half threads with a store of their own.
#[tokio::test(flavor = "multi_thread")]
async fn sixteen_writers_and_sixteen_readers_never_hear_busy_and_lose_no_update() {
    let (home, sandbox) = lively(60).await;
    done(&home, None, "tables create counters number:integer");
    done(&home, None, "records create counters number=0");
    for _ in 0..WRITERS {
        done(&home, None, "records create counters number=0");
    }
    let before = operations(home.path());
    let end = Instant::now() + Duration::from_secs(if is_deep() { 60 } else { 3 });
    let (written, counted, stop) = (AtomicU64::new(0), AtomicU64::new(0), AtomicBool::new(false));
    let (mut writes, mut reads, mut updates) = (Vec::new(), Vec::new(), Vec::new());
    let (home, sandbox) = (&home, &sandbox);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let written = &written;
                scope.spawn(move || write_by_program(home, writer, end, written))
            })
            .collect();
        let threads: Vec<_> = (0..WRITERS)
            .map(|_| {
                let counted = &counted;
                scope.spawn(move || {
                    let app = app(home);
                    let mut times = Vec::new();
                    while Instant::now() < end {
                        let began = Instant::now();
                        count_up(&app);
                        times.push(began.elapsed());
                        counted.fetch_add(1, Ordering::SeqCst);
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    times
                })
            })
            .collect();
        let readers: Vec<_> =
            (0..READERS).map(|reader| scope.spawn(move || read_by_program(home, reader, end))).collect();
        let lookers: Vec<_> = (0..READERS)
            .map(|_| {
                let stop = &stop;
                scope.spawn(move || {
                    let app = app(home);
                    let table = app.store.table(&TableName::parse("counters").expect("a name")).expect("a table");
                    let mut last = 0;
                    while !stop.load(Ordering::SeqCst) {
                        let record = app.store.get(&table, &[Value::from(1_i64)]).expect("a read never waits");
                        let Some(Value::Integer(number)) = record.map(|values| values[1].clone()) else {
                            panic!("gone")
                        };
                        assert!(number >= last, "the counter went back from {last} to {number}");
                        last = number;
                        std::thread::sleep(Duration::from_millis(5));
                    }
                })
            })
            .collect();
        let syncer = scope.spawn(move || {
            while Instant::now() < end {
                sandbox.hubspot().churn("contacts", "update", 20, 7).expect("changes");
                done(home, Some(sandbox), "connections sync crm");
            }
        });
        writers.into_iter().for_each(|writer| {
            let (update, times) = writer.join().expect("a writer ends well");
            updates.push(update);
            writes.extend(times);
        });
        threads.into_iter().for_each(|thread| writes.extend(thread.join().expect("a writer ends well")));
        readers.into_iter().for_each(|reader| reads.extend(reader.join().expect("a reader ends well")));
        syncer.join().expect("syncs end well");
        stop.store(true, Ordering::SeqCst);
        lookers.into_iter().for_each(|looker| looker.join().expect("a reader ends well"));
    });
    let number = |id: usize| {
        let ran = done(home, None, &format!("records get counters {id} --json --jq .number"));
        ran.stdout.trim().parse::<u64>().expect("a number")
    };
    let (written, counted) = (written.load(Ordering::SeqCst), counted.load(Ordering::SeqCst));
    assert_eq!(number(1), counted, "an update of the counter was lost");
    for (writer, update) in updates.iter().enumerate() {
        assert_eq!(number(writer + 2), *update, "the last update of writer {writer} was lost");
    }
    let logged = done(home, None, "log --limit 100000 --json --jq 'map(select(.connection == null)) | length'").stdout;
    let logged: i64 = logged.trim().parse().expect("a number");
    let quiet = i64::try_from(written + counted).expect("few");
    assert!(operations(home.path()) >= before + quiet, "an operation is missing from the log");
    let _ = logged;
    let ((p50, p99, most), (r50, r99, longest)) = (sorted(writes.clone()), sorted(reads.clone()));
    println!(
        "{} writes: p50 {p50:?}, p99 {p99:?}, max {most:?}; {} reads: p50 {r50:?}, p99 {r99:?}, max {longest:?}; 0 busy, 0 lost",
        writes.len(),
        reads.len(),
    );
}

/// Updates a record of its own and creates others, by running the program. Gives the last update.
fn write_by_program(home: &Home, writer: usize, end: Instant, written: &AtomicU64) -> (u64, Vec<Duration>) {
    let (mut times, mut update) = (Vec::new(), 0);
    while Instant::now() < end {
        update += 1;
        let id = writer + 2;
        for arguments in
            [format!("records update counters {id} number={update}"), "records create tasks title=more".to_owned()]
        {
            let began = Instant::now();
            let ran = run(home, None, &arguments);
            times.push(began.elapsed());
            assert_ne!(ran.status, i32::from(Kind::Busy.exit_status()), "busy within the budget: {ran}");
            assert_eq!(ran.status, 0, "{arguments}: {ran}");
            written.fetch_add(1, Ordering::SeqCst);
        }
    }
    (update, times)
}

fn read_by_program(home: &Home, reader: usize, end: Instant) -> Vec<Duration> {
    let reads = ["records list tasks --limit 50", "records count contacts", "log --limit 5", "tables list"];
    let mut times = Vec::new();
    while Instant::now() < end {
        let began = Instant::now();
        let mut command = command(home, None, reads[reader % reads.len()]);
        let output = command.stdin(std::process::Stdio::null()).output().expect("the program starts");
        times.push(began.elapsed());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    times
}
