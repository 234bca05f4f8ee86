//! Wakes, asks connections what is due, and runs it. Nothing is remembered here: what is due follows from the schedule and
//! the last run, so a missed time is caught up once, and two schedulers are kept apart by the connection's lock.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

use crate::app::App;
use crate::base::{ConnectionName, Error, Interrupt, Kind, Result, Timestamp};
use crate::connections::{self, Connection, Event, RunReport, SyncRequest};

/// Between two looks at what is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Longest time by which a run is put off, so that many connections do not start in the same second.
const LONGEST_JITTER: Duration = Duration::from_secs(30);

/// What a scheduler tells whoever started it.
pub enum Told {
    Begun(ConnectionName),
    Event(Event),
    Ended(Box<RunReport>),
    /// The run could not begin or be recorded; it is tried again at its next time
    Failed(ConnectionName, Error),
}

/// How it tells; an error ends the scheduler.
pub type Tell<'t> = &'t mut (dyn FnMut(Told) -> Result<()> + Send);

/// Runs what is due, one connection after the other, until the interrupt is set.
pub async fn run(app: &App, interrupt: &Interrupt, tell: Tell<'_>) -> Result<()> {
    while !interrupt.is_set() {
        for name in due(app)? {
            if interrupt.is_set() {
                return Ok(());
            }
            if !is_its_turn(app, &name)? {
                continue;
            }
            tell(Told::Begun(name.clone()))?;
            match run_one(app, &name, interrupt, tell).await {
                Ok(Some(report)) => tell(Told::Ended(Box::new(report)))?,
                Ok(None) => {}
                Err(error) => tell(Told::Failed(name, error))?,
            }
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// The connections that should run now, by name.
pub fn due(app: &App) -> Result<Vec<ConnectionName>> {
    let mut names = Vec::new();
    for connection in connections::list(app)? {
        if connections::is_due(app, &connection)? {
            names.push(connection.name);
        }
    }
    Ok(names)
}

/// Runs one connection if it is still due; `None` when another scheduler was faster.
pub async fn run_one(
    app: &App,
    name: &ConnectionName,
    interrupt: &Interrupt,
    tell: Tell<'_>,
) -> Result<Option<RunReport>> {
    match connections::find(app, name) {
        Ok(connection) if connections::is_due(app, &connection)? => {}
        Ok(_) => return Ok(None),
        // It was removed meanwhile.
        Err(error) if error.kind == Kind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    }
    let request = SyncRequest { interrupt: interrupt.clone(), ..SyncRequest::of(name.clone()) };
    let mut failure = None;
    let report = connections::sync(app, &request, &mut |event| {
        failure = tell(Told::Event(event)).err().or(failure.take());
    })
    .await;
    match report {
        Err(error) if error.kind == Kind::Busy => Ok(None),
        Err(error) => Err(error),
        Ok(report) => failure.map_or(Ok(Some(report)), Err),
    }
}

/// Whether the connection's own delay after its time is over.
fn is_its_turn(app: &App, name: &ConnectionName) -> Result<bool> {
    let connection = connections::find(app, name)?;
    let next = connections::status_of(app, name)?.next_run;
    Ok(next.is_some_and(|next| next.plus(jitter(&connection, next)) <= app.clock.now()))
}

/// The same for every scheduler, different for every connection and time: at most a tenth of the schedule's distance.
fn jitter(connection: &Connection, next: Timestamp) -> Duration {
    let distance = connection.schedule.as_ref().and_then(|schedule| schedule.next(next)).map(|after| after.since(next));
    let most = distance.map_or(LONGEST_JITTER, |distance| LONGEST_JITTER.min(distance / 10));
    let mut hash = DefaultHasher::new();
    (connection.name.as_str(), next.0).hash(&mut hash);
    let share = hash.finish() % 1000;
    most * u32::try_from(share).expect("it is below 1000") / 1000
}
