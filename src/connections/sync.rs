//! The sync engine: asks a source for page after page, lets them wait in the stage, and shows everything at once.
//! It owns the loop, the retries, the budget and the report; where rows wait and how they appear is the store's business.

use std::time::{Duration, Instant};

use super::events::{Event, Tell};
use super::report::{Failure, ObjectReport, RunReport, RunStatus};
use super::schedule::span_words;
use super::target::{State, Target};
use super::{Connection, Drift, find};
use crate::app::App;
use crate::app::{
    Applied, Batch, BatchListing, BatchNext, Counts, FinishObject, ObjectPlan, Outcome, Run, RunRecord, RunRequest,
    Verdict,
};
use crate::base::{Budget, ConnectionName, Error, Interrupt, Kind, Result, Timestamp};
use crate::sources::{Listing, Mode, Next, Page, Session};

#[derive(Clone, Debug)]
pub struct SyncRequest {
    pub connection: ConnectionName,
    /// Only these; all when empty
    pub objects: Vec<String>,
    /// Read everything again instead of only what changed
    pub full: bool,
    /// Do everything and take it back
    pub dry_run: bool,
    /// Stop at a checkpoint after this many calls
    pub max_calls: Option<u64>,
    /// Stop at a checkpoint after this time; what the connection's settings say when not given
    pub max_time: Option<Duration>,
    /// Go on when more than a tenth of a table would be removed
    pub allow_deletes: bool,
    /// Take over from a run that is stopped and still holds the lock
    pub steal: bool,
    /// Only when its time has come, looked at again under the lock
    pub scheduled: bool,
    pub interrupt: Interrupt,
}

impl SyncRequest {
    /// Everything that is due, the ordinary way.
    pub fn of(connection: ConnectionName) -> Self {
        SyncRequest {
            connection,
            objects: Vec::new(),
            full: false,
            dry_run: false,
            max_calls: None,
            max_time: None,
            allow_deletes: false,
            steal: false,
            scheduled: false,
            interrupt: Interrupt::default(),
        }
    }
}

/// How often a page is asked for again when the other side fails, and how long we wait before.
const RETRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_millis(500);

/// Requests may take so much longer than the run has left, so that the run's own end is what stops them.
const GRACE: Duration = Duration::from_secs(5);

/// A wait that the other side asks for and that a run does not sit out.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

/// Brings what this connection has not seen yet, and shows it all at once.
///
/// Pages wait in the stage together with their position, so a run that dies halfway goes on at the page it was on;
/// readers see the tables before or after, because rows, cursors and ledger change in one transaction. A run that ends
/// is reported (`Ok`) even when it failed: `RunReport::failure` says how to exit. `Kind::Busy` when another run holds
/// the connection, and then nothing is recorded.
pub async fn sync(app: &App, request: &SyncRequest, tell: Tell<'_>) -> Result<RunReport> {
    let connection = find(app, &request.connection)?;
    for object in &request.objects {
        connection.object(object)?;
    }
    let time = request.max_time.map_or_else(|| connection.max_time(), Ok)?;
    let started = app.clock.now();
    let run = app.store.begin_run(RunRequest {
        connection: connection.name.clone(),
        dry_run: request.dry_run,
        steal: request.steal,
        fresh: false,
        started,
    })?;
    if request.scheduled && !super::is_due(app, &connection, Duration::ZERO)? {
        run.give_up()?;
        return Err(Error::new(
            Kind::Busy,
            format!("connection `{}` was synced by another scheduler", connection.name),
        ));
    }
    let budget = request.max_calls.map_or_else(Budget::unlimited, Budget::at_most);
    let mut engine = Engine {
        app,
        connection: &connection,
        request,
        budget,
        started,
        clock: Instant::now(),
        time,
        run,
        resumed: false,
        objects: Vec::new(),
    };
    if let Some(interrupted) = engine.run.interrupted() {
        let rows = interrupted.objects.iter().map(|object| object.rows).sum();
        tell(Event::Resumed { pages: interrupted.pages(), rows });
        engine.resumed = true;
    }
    let read = engine.read(tell).await;
    engine.finish(read, tell)
}

struct Engine<'a> {
    app: &'a App,
    connection: &'a Connection,
    request: &'a SyncRequest,
    budget: Budget,
    started: Timestamp,
    clock: Instant,
    /// How long the run may take
    time: Duration,
    run: Run<'a>,
    resumed: bool,
    objects: Vec<Read>,
}

/// One object after it was read, or after it could not be.
struct Read {
    object: String,
    table: String,
    mode: Mode,
    shape: String,
    drift: Drift,
    error: Option<Error>,
    /// Asked for more in this run than its budget of calls or time could give
    waiting: Option<Error>,
}

impl Engine<'_> {
    /// Reads every object. Fails only where no object can be read; what fails for one object is kept with it.
    async fn read(&mut self, tell: Tell<'_>) -> Result<()> {
        let states = self.app.store.sync_states(&self.connection.name)?;
        let mut session = self.open(tell).await?;
        let wanted = |object: &&super::ObjectConfig| {
            let names = [object.object.as_str(), object.table.as_str()];
            self.request.objects.is_empty() || self.request.objects.iter().any(|name| names.contains(&name.as_str()))
        };
        let configs: Vec<super::ObjectConfig> = self.connection.objects.iter().filter(wanted).cloned().collect();
        for config in &configs {
            self.request.interrupt.check()?;
            let state = states.get(&config.object).cloned().map(serde_json::from_value::<State>);
            let state =
                state.transpose().map_err(|error| Error::new(Kind::Corrupt, format!("a sync state: {error}")))?;
            let mut read = Read {
                object: config.object.clone(),
                table: config.table.to_string(),
                mode: Mode::Full,
                shape: String::new(),
                drift: Drift::default(),
                error: None,
                waiting: None,
            };
            let done = self.read_object(&mut session, config, state, &mut read, tell).await;
            match done {
                Ok(()) => {}
                Err(error) if matches!(error.kind, Kind::Interrupted | Kind::SignIn | Kind::Busy | Kind::DiskFull) => {
                    read.error = Some(error.clone());
                    self.objects.push(read);
                    return Err(error);
                }
                Err(error) if error.kind == Kind::Partial => read.waiting = Some(error),
                Err(error) => read.error = Some(error),
            }
            let stop = read.waiting.is_some();
            self.objects.push(read);
            if stop {
                break;
            }
        }
        Ok(())
    }

    async fn open(&mut self, tell: Tell<'_>) -> Result<Box<dyn Session>> {
        let mut attempt = 0;
        loop {
            let opening = self.connection.open_for(self.app, self.budget.clone(), self.left() + GRACE);
            match in_time(self.left(), self.time, opening).await {
                Err(error) => self.wait_or_fail(error, &mut attempt, None, tell).await?,
                session => return session,
            }
        }
    }

    async fn read_object(
        &mut self,
        session: &mut Box<dyn Session>,
        config: &super::ObjectConfig,
        state: Option<State>,
        read: &mut Read,
        tell: Tell<'_>,
    ) -> Result<()> {
        let object = config.object.clone();
        let mut attempt = 0;
        let shape = loop {
            match in_time(self.left(), self.time, session.describe(&object)).await {
                Err(error) => {
                    self.wait_or_fail(error, &mut attempt, Some(&object), tell).await?;
                    *session = self.open(tell).await?;
                }
                shape => break shape?,
            }
        };
        let stored = self.app.store.tables()?.into_iter().find(|table| table.name == config.table);
        if stored.as_ref().is_some_and(|table| table.connection.as_ref() != Some(&self.connection.name)) {
            super::refuse_taken_table(self.app, &self.connection.name, &config.table, &object)?;
        }
        let full = self.request.full;
        let target = Target::new(self.connection, config, stored.as_ref(), &shape, session.as_ref(), state, full)?;
        if target.config != *config && !self.request.dry_run {
            super::edit::save_object(self.app, &self.connection.name, &target.config)?;
        }
        read.mode = target.mode;
        read.shape.clone_from(&target.shape);
        read.drift = target.drift.clone();
        tell(Event::Object { object: object.clone(), table: config.table.to_string() });
        let plan = ObjectPlan {
            object: object.clone(),
            table: target.table.clone(),
            columns: target.fields(),
            fingerprint: target.fingerprint(),
        };
        self.run.begin(plan.clone())?;
        self.read_pages(session, &target, plan, tell).await
    }

    async fn read_pages(
        &mut self,
        session: &mut Box<dyn Session>,
        target: &Target,
        plan: ObjectPlan,
        tell: Tell<'_>,
    ) -> Result<()> {
        let object = plan.object.clone();
        let (mut attempt, mut restarted) = (0, false);
        loop {
            self.request.interrupt.check()?;
            let progress = self.run.progress(&object).expect("the object was begun").clone();
            if progress.is_done() {
                return Ok(());
            }
            let ask = target.ask(progress.position.as_ref());
            match in_time(self.left(), self.time, session.page(&ask)).await {
                Ok(page) => {
                    attempt = 0;
                    self.put(&object, target, &page, tell)?;
                }
                Err(error) if error.kind == Kind::Expired && !restarted => {
                    restarted = true;
                    tell(Event::Note { object: Some(object.clone()), text: format!("{error}; starting again") });
                    self.run.forget(&object)?;
                    self.run.begin(plan.clone())?;
                }
                Err(error) => {
                    self.wait_or_fail(error, &mut attempt, Some(&object), tell).await?;
                    *session = self.open(tell).await?;
                }
            }
        }
    }

    fn put(&mut self, object: &str, target: &Target, page: &Page, tell: Tell<'_>) -> Result<()> {
        let listing = page.listing.as_ref().map(|listing| match listing {
            Listing::Rows { end } => BatchListing::Rows { end: *end },
            Listing::Keys { keys, end } => BatchListing::Keys { keys, end: *end },
            Listing::Sorted { keys, end } => BatchListing::Sorted { keys, end: *end },
            Listing::Anew => BatchListing::Anew,
        });
        let batch = Batch {
            rows: &page.rows,
            gone: &page.gone,
            listing,
            rejected: page.rejected.iter().map(|one| (one.key.clone(), one.reason.clone())).collect(),
            notes: &page.notes,
            next: match &page.next {
                Next::More(position) => BatchNext::More(position.clone()),
                Next::Done { cursor } => BatchNext::Done(cursor.clone()),
            },
        };
        for text in &page.notes {
            tell(Event::Note { object: Some(object.to_owned()), text: text.clone() });
        }
        let now = self.app.clock.now();
        let verdict = |cells: &[crate::base::Cell<'_>]| {
            if target.keeps(cells, now) { Verdict::Keep } else { Verdict::Filter }
        };
        let progress = self.run.put(object, &batch, &verdict)?;
        tell(Event::Staged { object: object.to_owned(), rows: progress.fetched, total: page.total });
        Ok(())
    }

    /// How much of the run's time is left.
    fn left(&self) -> Duration {
        self.time.saturating_sub(self.clock.elapsed())
    }

    /// Waits before another try when the other side failed and there are tries left; gives the error back otherwise.
    // `&mut` although it changes nothing: a shared reference to a run may not wait on another thread.
    async fn wait_or_fail(
        &mut self,
        error: Error,
        attempt: &mut u32,
        object: Option<&str>,
        tell: Tell<'_>,
    ) -> Result<()> {
        let longest = FIRST_WAIT * 2_u32.pow(*attempt);
        // What the other side asks for is kept; our own waits differ, so that runs that failed together come back apart.
        let wait = error.retry_after.unwrap_or_else(|| longest.mul_f64(rand::random_range(0.5..=1.0)));
        if error.kind != Kind::Remote || *attempt >= RETRIES || wait > LONGEST_WAIT || wait >= self.left() {
            return Err(error);
        }
        *attempt += 1;
        let text = format!("{error}; trying again in {:.1} s", wait.as_secs_f64());
        tell(Event::Note { object: object.map(str::to_owned), text });
        let until = Instant::now() + wait;
        while Instant::now() < until {
            self.request.interrupt.check()?;
            tokio::time::sleep(Duration::from_millis(50).min(until.saturating_duration_since(Instant::now()))).await;
        }
        Ok(())
    }

    /// Shows what is complete, and writes down how the run went.
    fn finish(self, read: Result<()>, tell: Tell<'_>) -> Result<RunReport> {
        let Engine { app, connection, request, budget, started, clock, time: _, run, resumed, objects } = self;
        let stopped = objects.iter().find_map(|read| read.waiting.clone());
        let mut report = RunReport {
            connection: connection.name.to_string(),
            status: RunStatus::Done,
            inserted: 0,
            updated: 0,
            deleted: 0,
            unchanged: 0,
            rejected: 0,
            filtered: 0,
            fetched: 0,
            calls: 0,
            seconds: 0.0,
            held_seconds: 0.0,
            started,
            dry_run: request.dry_run,
            resumed,
            operation: None,
            error: None,
            objects: objects.iter().map(|read| object_report(&run, read)).collect(),
        };
        report.calls = budget.made();
        report.seconds = clock.elapsed().as_secs_f64();
        let done: Vec<&Read> = objects.iter().filter(|read| read.error.is_none() && read.waiting.is_none()).collect();
        if let Err(error) = &read {
            report.error = Some(Failure::from(error));
            report.status = match error.kind {
                Kind::Interrupted => RunStatus::Interrupted,
                Kind::Partial => RunStatus::Stopped,
                _ => RunStatus::Failed,
            };
        } else if let Some(why) = &stopped {
            report.error = Some(Failure::from(why));
            report.status = RunStatus::Stopped;
        } else if done.is_empty() && !objects.is_empty() {
            report.status = RunStatus::Failed;
        }
        if report.status != RunStatus::Done {
            let ours = run.is_ours();
            run.give_up()?;
            if ours && !request.dry_run {
                app.store.record_run(&connection.name, record(&report, started))?;
            }
            return Ok(report);
        }
        tell(Event::Applying);
        let finishing: Vec<FinishObject> = done.iter().map(|read| finish_object(&run, read, request)).collect();
        let what = format!("sync {}", connection.name);
        let applied = run.finish(&finishing, &what, &|applied| {
            let mut report = report.clone();
            settle(&mut report, applied, clock);
            record(&report, started)
        })?;
        settle(&mut report, &applied, clock);
        Ok(report)
    }
}

/// What comes of a question within the time that is left. `Kind::Partial` when that is over; nothing of the answer is used
/// then, and the run's position is where it was.
async fn in_time<T>(left: Duration, time: Duration, asked: impl Future<Output = Result<T>>) -> Result<T> {
    if !left.is_zero()
        && let Ok(answer) = tokio::time::timeout(left, asked).await
    {
        return answer;
    }
    let words = span_words(time);
    Err(Error::new(Kind::Partial, format!("the run's time of {words} is over")))
}

fn finish_object(run: &Run<'_>, read: &Read, request: &SyncRequest) -> FinishObject {
    let fresh = run.progress(&read.object).map(|progress| progress.begun);
    let state = State { cursor: None, shape: read.shape.clone(), fresh, drift: read.drift.clone() };
    FinishObject {
        object: read.object.clone(),
        state: serde_json::to_value(state).expect("a state is JSON"),
        allow_deletes: request.allow_deletes,
    }
}

fn record(report: &RunReport, started: Timestamp) -> RunRecord {
    let json = serde_json::to_value(report).expect("a report is JSON");
    RunRecord { at: started, operation: report.operation, record: json, number: 0 }
}

fn object_report(run: &Run<'_>, read: &Read) -> ObjectReport {
    let progress = run.progress(&read.object).cloned().unwrap_or_default();
    let shown = read.error.is_none() && read.waiting.is_none();
    let count = |rows: u64| if shown { rows } else { 0 };
    ObjectReport {
        object: read.object.clone(),
        table: read.table.clone(),
        status: match (&read.error, read.waiting.is_some()) {
            (Some(error), _) if error.kind == Kind::Interrupted => RunStatus::Interrupted,
            (Some(_), _) => RunStatus::Failed,
            (None, true) => RunStatus::Stopped,
            (None, false) => RunStatus::Done,
        },
        inserted: 0,
        updated: 0,
        deleted: 0,
        unchanged: 0,
        rejected: count(progress.rejected),
        filtered: count(progress.filtered),
        fetched: count(progress.fetched),
        staged: if shown { 0 } else { progress.fetched },
        pages: progress.pages,
        mode: match read.mode {
            Mode::Full => "full".to_owned(),
            Mode::Incremental => "incremental".to_owned(),
        },
        notes: progress.notes.clone(),
        drift: read.drift.clone(),
        rejects: progress.rejects,
        error: read.error.as_ref().map(Failure::from),
    }
}

/// Puts what was done into the report.
fn settle(report: &mut RunReport, applied: &Applied, clock: Instant) {
    for object in &mut report.objects {
        match applied.objects.get(&object.object) {
            Some(Outcome::Applied(counts)) => add(object, *counts),
            Some(Outcome::Guarded { deletes, rows }) => {
                object.status = RunStatus::Failed;
                (object.fetched, object.rejected, object.filtered) = (0, 0, 0);
                let message = format!("the run would remove {deletes} of the {rows} records of `{}`", object.table);
                let hint = format!(
                    "look at the source; if that is right, run `appctl connections sync {} --allow-deletes`",
                    report.connection
                );
                object.error = Some(Failure::from(&Error::new(Kind::Partial, message).hint(hint)));
            }
            None => {}
        }
    }
    let sum = |count: fn(&ObjectReport) -> u64| report.objects.iter().map(count).sum::<u64>();
    report.inserted = sum(|object| object.inserted);
    report.updated = sum(|object| object.updated);
    report.deleted = sum(|object| object.deleted);
    report.unchanged = sum(|object| object.unchanged);
    report.rejected = sum(|object| object.rejected);
    report.filtered = sum(|object| object.filtered);
    report.fetched = sum(|object| object.fetched);
    report.operation = applied.operation;
    report.held_seconds = applied.held.as_secs_f64();
    report.seconds = clock.elapsed().as_secs_f64();
    if report.objects.iter().any(|object| object.error.is_some()) {
        report.status = RunStatus::Partial;
    }
}

fn add(object: &mut ObjectReport, counts: Counts) {
    object.inserted = counts.inserted;
    object.updated = counts.updated;
    object.deleted = counts.deleted;
    object.unchanged = counts.unchanged;
}
