//! A run may die anywhere: SIGKILL at random moments and at every system call that writes, a stopped process whose lock
//! is taken. The store opens, readers see a whole state, and the next run needs no flag.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use appctl::sandbox::{Options, Plan, Sandbox};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;

use crate::support::home::{Home, Ran};
use crate::support::postgres::{Database, is_deep};
use crate::support::truth::{self, CRM, Chosen, Picture};

static SHOP: Chosen = &[("orders", "id", &["customer", "amount", "note"]), ("lines", "id", &["order_id", "article"])];

const TABLES: &str = "
    CREATE TABLE orders (id bigint PRIMARY KEY, customer text, amount numeric(12, 2), note text,
                         updated_at timestamptz NOT NULL DEFAULT clock_timestamp());
    CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint, article text);
    INSERT INTO orders SELECT n, 'customer ' || n % 97, n * 1.25, CASE WHEN n % 3 = 0 THEN 'note ' || n END
        FROM generate_series(1, 2500) AS n;
    INSERT INTO lines SELECT n, n / 2, 'article ' || n % 31 FROM generate_series(1, 3000) AS n;
    ANALYZE;";

/// Where rows come from.
enum Origin {
    Crm(Sandbox),
    Shop(Database),
}

impl Origin {
    async fn crm(seed: u64) -> Origin {
        let options = Options { seed, records: 900, ..Options::default() };
        Origin::Crm(Sandbox::start(options).await.expect("the sandbox starts"))
    }

    fn shop() -> Origin {
        let database = Database::new();
        database.run(TABLES);
        Origin::Shop(database)
    }

    fn name(&self) -> &'static str {
        match self {
            Origin::Crm(_) => "crm",
            Origin::Shop(_) => "shop",
        }
    }

    fn chosen(&self) -> Chosen {
        match self {
            Origin::Crm(_) => CRM,
            Origin::Shop(_) => SHOP,
        }
    }

    fn truth(&self) -> Picture {
        match self {
            Origin::Crm(sandbox) => truth::hubspot(sandbox, CRM),
            Origin::Shop(database) => truth::postgres(database, SHOP),
        }
    }

    /// A home with the connection, which has never run.
    fn home(&self) -> Home {
        let home = Home::new();
        let add = match self {
            Origin::Crm(sandbox) => format!(
                "connections add hubspot --name crm --endpoint {} --set archived_every=0 --object contacts \
                 --object companies --object deals",
                sandbox.endpoint("hubspot").expect("the sandbox plays HubSpot")
            ),
            Origin::Shop(database) => format!(
                "connections add postgres --name shop --set url={} --set full_below=0 --set page_rows=200 \
                 --set overlap=0s --object public.orders=orders --object public.lines=lines",
                database.url()
            ),
        };
        let ran = home.finish(self.command(&home, &format!("{add} --no-sync")), None);
        assert_eq!(ran.status, 0, "{ran}");
        home
    }

    /// The program with the secret in its environment.
    fn command(&self, home: &Home, arguments: &str) -> Command {
        let mut command = home.command(&crate::support::home::words(arguments));
        match self {
            Origin::Crm(sandbox) => _ = command.env("APPCTL_TOKEN_CRM", sandbox.token().expose()),
            Origin::Shop(database) => {
                if let Some(password) = database.server.password() {
                    command.env("APPCTL_TOKEN_SHOP", password);
                }
            }
        }
        command
    }

    /// Creates, changes and deletes some tenth of everything.
    fn change(&self, dice: &mut StdRng) {
        match self {
            Origin::Crm(sandbox) => {
                for (object, count) in [("contacts", 90), ("companies", 20), ("deals", 45)] {
                    for (what, share) in [("create", 4), ("update", 1), ("archive", 5)] {
                        let count = count / share;
                        sandbox.hubspot().churn(object, what, count, dice.random()).expect("a change");
                    }
                }
            }
            Origin::Shop(database) => {
                let (tenth, next) = (dice.random_range(0..10), dice.random_range(3001..1_000_000_000_u64));
                database.run(&format!(
                    "UPDATE orders SET amount = amount + 0.5, updated_at = clock_timestamp() WHERE id % 10 = {tenth};
                     UPDATE lines SET article = 'other ' || {tenth} WHERE id % 10 = {tenth};
                     DELETE FROM orders WHERE id % 61 = {tenth};
                     DELETE FROM lines WHERE id % 67 = {tenth};
                     INSERT INTO orders SELECT n, 'new', 1, NULL FROM generate_series({next}, {next} + 40) AS n
                        ON CONFLICT DO NOTHING;
                     INSERT INTO lines SELECT n, 0, 'new' FROM generate_series({next}, {next} + 40) AS n
                        ON CONFLICT DO NOTHING;"
                ));
            }
        }
    }

    /// How many pages were asked for so far; `None` where the source does not count.
    fn pages(&self) -> Option<u64> {
        let Origin::Crm(sandbox) = self else { return None };
        let stats = sandbox.stats();
        let count = |endpoint: &str| stats.by_endpoint.get(endpoint).copied().unwrap_or(0);
        Some(count("list") + count("archived") + count("search"))
    }

    fn sync(&self, home: &Home, options: &str) -> Ran {
        home.finish(self.command(home, &format!("connections sync {} --json {options}", self.name())), None)
    }

    /// Starts a run and lets it go on.
    fn start(&self, home: &Home) -> Child {
        let mut command = self.command(home, &format!("connections sync {}", self.name()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn status(&self, home: &Home) -> Json {
        let ran = home.finish(self.command(home, "connections status --json"), None);
        assert_eq!(ran.status, 0, "the store opens: {ran}");
        let all: Json = serde_json::from_str(&ran.stdout).expect("status prints JSON");
        all[0].clone()
    }

    fn stored(&self, home: &Home) -> Picture {
        truth::stored(&file(home), self.chosen())
    }
}

fn file(home: &Home) -> std::path::PathBuf {
    home.path().join("apps/default/app.db")
}

fn report(ran: &Ran) -> Json {
    let all: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("no report: {ran}"));
    all["runs"][0].clone()
}

fn pages_of(report: &Json) -> u64 {
    let objects = report["objects"].as_array().expect("a report has objects");
    objects.iter().map(|object| object["pages"].as_u64().expect("pages are counted")).sum()
}

/// One connection whose runs are killed again and again.
struct Victim<'o> {
    origin: &'o Origin,
    home: Home,
    dice: StdRng,
    what: String,
    kills: u32,
    /// Kills after which a part of the work was there to go on with
    resumed: u32,
}

impl Victim<'_> {
    /// Kills one or two runs of the same work within `time`, then lets one come to its end.
    fn kill_and_finish(&mut self, before: &Picture, time: Duration, first: bool) -> Picture {
        let after = self.origin.truth();
        let asked = self.origin.pages();
        let mut shown = false;
        let runs = self.dice.random_range(1..=2);
        let mut killed = 0;
        for _ in 0..runs {
            if !self.kill_once(time) {
                shown = true;
                break;
            }
            killed += 1;
            shown |= self.look_at_what_is_left(before, &after);
        }
        let ran = self.origin.sync(&self.home, "");
        let what = &self.what;
        assert_eq!(ran.status, 0, "{what}: the next run needs no flag: {ran}");
        let stored = self.origin.stored(&self.home);
        assert!(stored == after, "{what}: {}", truth::differences(&stored, &after));
        let report = report(&ran);
        self.resumed += u32::from(report["resumed"] == true);
        if let (Some(asked), false) = (asked, shown) {
            let asked = self.origin.pages().expect("it counts") - asked;
            // A first load asks the search for the number of records, once for each object and run.
            let counts = if first { 3 * (killed + 1) } else { 0 };
            let most = pages_of(&report) + killed + counts;
            assert!(
                asked <= most,
                "{what}: {asked} pages were asked for, {} are in the report {report}",
                pages_of(&report)
            );
        }
        after
    }

    /// Whether the run was killed before it ended by itself.
    fn kill_once(&mut self, time: Duration) -> bool {
        let mut child = self.origin.start(&self.home);
        std::thread::sleep(time.mul_f64(self.dice.random_range(0.0..1.0)));
        child.kill().expect("our own child");
        let output = child.wait_with_output().expect("it ended");
        if output.status.signal() == Some(9) {
            self.kills += 1;
            return true;
        }
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{}: {stderr}", self.what);
        false
    }

    /// Checks what a reader sees after a kill. Whether everything is there already.
    fn look_at_what_is_left(&self, before: &Picture, after: &Picture) -> bool {
        let status = self.origin.status(&self.home);
        assert_ne!(status["status"], "syncing", "{}: nobody holds the lock", self.what);
        if let Some(text) = status["interrupted"].as_str() {
            let page = text.strip_prefix("interrupted at page ").and_then(|page| page.parse::<u64>().ok());
            assert!(page.is_some(), "{}: {status}", self.what);
            assert_eq!(status["status"], "degraded", "{}: {status}", self.what);
        }
        let seen = self.origin.stored(&self.home);
        assert!(
            seen == *before || seen == *after,
            "{}: a part of a run is seen: {}\nand beside what was: {}",
            self.what,
            truth::differences(&seen, after),
            truth::differences(&seen, before)
        );
        seen == *after && before != after
    }
}

/// First loads and increments of new homes, until so many runs were killed.
fn kill_at_random(origin: &Origin, seed: u64, wanted: u32) {
    let mut dice = StdRng::seed_from_u64(seed);
    let home = origin.home();
    let time = |home: &Home| {
        let started = Instant::now();
        let ran = origin.sync(home, "");
        assert_eq!(ran.status, 0, "{ran}");
        started.elapsed()
    };
    let first = time(&home);
    origin.change(&mut dice);
    let next = time(&home);
    let (mut kills, mut resumed) = (0, 0);
    while kills < wanted {
        let what = format!("seed {seed}, after {kills} kills");
        let home = origin.home();
        let dice = StdRng::seed_from_u64(dice.random());
        let mut victim = Victim { origin, home, dice, what, kills: 0, resumed: 0 };
        let mut before = victim.kill_and_finish(&Picture::new(), first, true);
        for _ in 0..3 {
            origin.change(&mut victim.dice);
            before = victim.kill_and_finish(&before, next, false);
        }
        kills += victim.kills;
        resumed += victim.resumed;
    }
    println!(
        "seed {seed}: {kills} kills, {resumed} runs went on where one was killed; a run took {first:?} and {next:?}"
    );
}

fn many() -> u32 {
    if is_deep() { 150 } else { 6 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_run_of_hubspot_goes_on_and_nothing_is_lost_or_doubled() {
    let seed = rand::random();
    let origin = Origin::crm(seed).await;
    kill_at_random(&origin, seed, many());
}

#[test]
fn a_killed_run_of_postgres_goes_on_and_nothing_is_lost_or_doubled() {
    kill_at_random(&Origin::shop(), rand::random(), many());
}

/// The calls that change a file, a directory or another program's view.
const WRITES: &[&str] = &[
    "pwrite64",
    "write",
    "fdatasync",
    "fsync",
    "ftruncate",
    "fallocate",
    "rename",
    "renameat",
    "renameat2",
    "unlink",
    "unlinkat",
];

/// Copies a home, so that each kill begins from the same.
fn copy(home: &Home) -> Home {
    let copy = Home::new();
    let copied = Command::new("cp").arg("-a").arg(home.path().join(".")).arg(copy.path()).status();
    assert!(copied.is_ok_and(|status| status.success()), "a home can be copied");
    copy
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

/// How often the main thread of one run makes each of these calls.
fn writes_of(origin: &Origin, home: &Home) -> Vec<(&'static str, usize)> {
    let home = copy(home);
    let log = home.path().join("strace.log");
    let trace = format!("trace={}", WRITES.join(","));
    let sync = origin.command(&home, &format!("connections sync {}", origin.name()));
    let log_name = log.display().to_string();
    let output = traced(&sync, &["-f", "-o", &log_name, "-e", &trace]).output().expect("strace: run `tests/run`");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let log = std::fs::read_to_string(log).expect("strace wrote its log");
    let main = log.split_whitespace().next().expect("a run writes").to_owned();
    let calls: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix(&main)).map(str::trim_start).collect();
    let count = |name: &&'static str| {
        let begins = format!("{name}(");
        (*name, calls.iter().filter(|call| call.starts_with(&begins)).count())
    };
    WRITES.iter().map(count).filter(|(_, count)| *count > 0).collect()
}

/// Kills one run at its n-th call of this name and checks what is left. Whether it got so far.
fn kill_at(origin: &Origin, prepared: &Home, call: &str, number: usize, before: &Picture, after: &Picture) -> bool {
    let home = copy(prepared);
    let what = format!("{} killed at {call} number {number}", origin.name());
    let sync = origin.command(&home, &format!("connections sync {}", origin.name()));
    let inject = format!("inject={call}:signal=KILL:when={number}");
    let trace = format!("trace={call}");
    let output =
        traced(&sync, &["-f", "-qq", "-o", "/dev/null", "-e", &trace, "-e", &inject]).output().expect("strace");
    let killed = output.status.signal() == Some(9);
    assert!(killed || output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    let _ = origin.status(&home);
    let seen = origin.stored(&home);
    assert!(seen == *before || seen == *after, "{what}: {}", truth::differences(&seen, after));
    assert!(killed || seen == *after, "{what}: it said that it was done");
    let ran = origin.sync(&home, "");
    assert_eq!(ran.status, 0, "{what}: {ran}");
    let stored = origin.stored(&home);
    assert!(stored == *after, "{what}: {}", truth::differences(&stored, after));
    let sound: String =
        truth::open(&file(&home)).query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(sound, "ok", "{what}");
    killed
}

/// Every call (deep), or some twelve of them, of a run that is about to begin in this home.
fn kill_at_every_write(origin: &Origin, home: &Home, before: &Picture) {
    let after = origin.truth();
    let writes = writes_of(origin, home);
    let all: Vec<(&str, usize)> =
        writes.iter().flat_map(|(call, count)| (1..=*count).map(move |number| (*call, number))).collect();
    let step = if is_deep() { 1 } else { (all.len() / 12).max(1) };
    let from = rand::random_range(0..step);
    let points: Vec<_> = all.iter().skip(from).step_by(step).collect();
    let mut hit = 0;
    for (call, number) in &points {
        hit += usize::from(kill_at(origin, home, call, *number, before, &after));
    }
    println!("{}: {hit} of {} points were hit, of {} in the run: {writes:?}", origin.name(), points.len(), all.len());
    // How often threads wake each other differs from run to run, so the last of those may not be reached.
    assert!(hit * 10 >= points.len() * 8, "{hit} of {} points were hit", points.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_increment_of_hubspot_killed_at_any_write_leaves_the_old_or_the_new_state() {
    let seed = rand::random();
    println!("seed {seed}");
    let origin = Origin::crm(seed).await;
    let home = origin.home();
    assert_eq!(origin.sync(&home, "").status, 0);
    let before = origin.truth();
    origin.change(&mut StdRng::seed_from_u64(seed));
    kill_at_every_write(&origin, &home, &before);
}

#[test]
fn an_increment_of_postgres_killed_at_any_write_leaves_the_old_or_the_new_state() {
    let origin = Origin::shop();
    let home = origin.home();
    assert_eq!(origin.sync(&home, "").status, 0);
    let before = origin.truth();
    origin.change(&mut StdRng::seed_from_u64(1));
    kill_at_every_write(&origin, &home, &before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_load_killed_at_any_write_leaves_nothing_or_everything() {
    let origin = Origin::crm(5).await;
    let home = origin.home();
    kill_at_every_write(&origin, &home, &Picture::new());
}

/// Waits until the sandbox has been asked so many more times and is working on an answer.
fn wait_for_calls(sandbox: &Sandbox, calls: u64) {
    let end = Instant::now() + Duration::from_secs(60);
    while sandbox.stats().calls < calls || sandbox.stats().in_flight == 0 {
        assert!(Instant::now() < end, "the run does not get on: {:?}", sandbox.stats());
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn slowly(sandbox: &Sandbox) {
    sandbox.set_faults(Plan::parse("late:ms=200").expect("a plan"));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_that_a_run_goes_on_and_where_it_died() {
    let origin = Origin::crm(7).await;
    let Origin::Crm(sandbox) = &origin else { unreachable!("it is the CRM") };
    let home = origin.home();
    for first in [true, false] {
        if !first {
            sandbox.hubspot().churn("contacts", "update", 650, 3).expect("changes");
        }
        slowly(sandbox);
        let calls = sandbox.stats().calls;
        let mut child = origin.start(&home);
        wait_for_calls(sandbox, calls + 6);
        let status = origin.status(&home);
        assert_eq!((&status["status"], &status["interrupted"]), (&Json::from("syncing"), &Json::Null), "{status}");
        let busy = origin.sync(&home, "");
        assert_eq!(busy.status, 6, "{busy}");
        assert!(busy.stderr.contains(&format!("process {}", child.id())), "{busy}");
        child.kill().expect("our own child");
        child.wait().expect("it ended");
        let status = origin.status(&home);
        let text = status["interrupted"].as_str().unwrap_or_default();
        let page: u64 = text.trim_start_matches("interrupted at page ").parse().expect("the page it died at");
        assert!(page >= 1, "{status}");
        assert_eq!(status["status"], "degraded");
        assert_eq!(status["fix"], "appctl connections sync crm");
        sandbox.set_faults(Plan::default());
        let started = Instant::now();
        let ran = origin.sync(&home, "");
        assert_eq!(ran.status, 0, "{ran}");
        assert!(started.elapsed() < Duration::from_secs(10), "it began late: {:?}", started.elapsed());
        let report = report(&ran);
        assert_eq!(report["resumed"], true, "{report}");
        assert_eq!(origin.stored(&home), origin.truth());
        let status = origin.status(&home);
        assert_eq!((&status["status"], &status["interrupted"]), (&Json::from("healthy"), &Json::Null), "{status}");
    }
}

fn operations(origin: &Origin, home: &Home) -> String {
    let ran = home.finish(origin.command(home, "log --json"), None);
    assert_eq!(ran.status, 0, "{ran}");
    ran.stdout
}

fn signal(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).expect("our own child");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_whose_connection_was_taken_changes_nothing_when_it_goes_on() {
    let origin = Origin::crm(11).await;
    let Origin::Crm(sandbox) = &origin else { unreachable!("it is the CRM") };
    let home = origin.home();
    for first in [true, false] {
        if !first {
            sandbox.hubspot().churn("contacts", "update", 650, 3).expect("changes");
        }
        slowly(sandbox);
        let calls = sandbox.stats().calls;
        let stopped = origin.start(&home);
        wait_for_calls(sandbox, calls + 6);
        signal(&stopped, Signal::STOP);
        sandbox.set_faults(Plan::default());
        assert_eq!(origin.status(&home)["status"], "syncing", "it still holds the lock");
        assert_eq!(origin.sync(&home, "").status, 6);
        let thief = origin.sync(&home, "--steal");
        assert_eq!(thief.status, 0, "{thief}");
        assert_eq!(origin.stored(&home), origin.truth());
        let (picture, log) = (origin.stored(&home), operations(&origin, &home));
        signal(&stopped, Signal::CONT);
        let output = stopped.wait_with_output().expect("it ended");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(6), "{stderr}");
        assert!(stderr.contains("took over"), "{stderr}");
        assert_eq!(origin.stored(&home), picture);
        assert_eq!(operations(&origin, &home), log);
        let status = origin.status(&home);
        assert_eq!((&status["status"], &status["interrupted"]), (&Json::from("healthy"), &Json::Null), "{status}");
        let ran = origin.sync(&home, "");
        assert_eq!(ran.status, 0, "{ran}");
        assert_eq!(origin.stored(&home), origin.truth());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_run_that_goes_on_does_not_disturb_the_one_that_took_over() {
    let origin = Origin::crm(13).await;
    let Origin::Crm(sandbox) = &origin else { unreachable!("it is the CRM") };
    let home = origin.home();
    for first in [true, false] {
        if !first {
            sandbox.hubspot().churn("contacts", "update", 650, 3).expect("changes");
        }
        slowly(sandbox);
        let calls = sandbox.stats().calls;
        let stopped = origin.start(&home);
        wait_for_calls(sandbox, calls + 6);
        signal(&stopped, Signal::STOP);
        let calls = sandbox.stats().calls;
        let mut command = origin.command(&home, "connections sync crm --steal");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let thief = command.spawn().expect("the program starts");
        wait_for_calls(sandbox, calls + 6);
        signal(&stopped, Signal::CONT);
        let stopped = stopped.wait_with_output().expect("it ended");
        assert_eq!(stopped.status.code(), Some(6), "{}", String::from_utf8_lossy(&stopped.stderr));
        let thief = thief.wait_with_output().expect("it ended");
        assert_eq!(thief.status.code(), Some(0), "{}", String::from_utf8_lossy(&thief.stderr));
        sandbox.set_faults(Plan::default());
        assert_eq!(origin.stored(&home), origin.truth());
        let status = origin.status(&home);
        assert_eq!((&status["status"], &status["interrupted"]), (&Json::from("healthy"), &Json::Null), "{status}");
    }
}
