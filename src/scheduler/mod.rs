//! Wakes, asks connections what is due, and runs it. Several schedulers may work on one app: the connection's lock and a
//! second look under it make sure that nothing runs twice. Installing a timer is `timer`.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::app::App;
use crate::base::{ConnectionName, Error, Interrupt, Kind, Label, Result, Timestamp};
use crate::connections::{self, Event, RunReport, SyncRequest};

mod timer;

pub use timer::{Timer, TimerKind, TimerRequest, timer};

/// What a scheduler tells the door that started it.
#[derive(Clone, Debug)]
pub enum Told {
    /// Nothing is due before this; null when nothing is scheduled
    Waiting {
        until: Option<Timestamp>,
    },
    Started {
        connection: ConnectionName,
    },
    Progress {
        connection: ConnectionName,
        event: Event,
    },
    Ended {
        report: Box<RunReport>,
    },
    /// An account that rested has used its refresh token, or could not
    KeptSignedIn {
        account: Label,
        error: Option<Error>,
    },
    /// It could not run; the scheduler goes on
    Failed {
        connection: ConnectionName,
        error: Error,
    },
}

#[derive(Clone, Debug)]
pub struct Options {
    /// Run what is due now and end: for timers and crontabs
    pub once: bool,
    /// How often it looks
    pub tick: Duration,
    pub interrupt: Interrupt,
}

impl Default for Options {
    fn default() -> Self {
        Options { once: false, tick: Duration::from_secs(5), interrupt: Interrupt::default() }
    }
}

/// Runs what is due, until it is interrupted (or once). With `once` it fails when a run did, so that a timer shows it.
pub async fn run(app: &App, options: &Options, tell: &mut (dyn FnMut(Told) + Send)) -> Result<()> {
    let mut last_wait = None;
    loop {
        let mut failure = None;
        for kept in connections::keep_signed_in(app).await? {
            tell(Told::KeptSignedIn { account: kept.account, error: kept.error });
        }
        for connection in connections::list(app)? {
            options.interrupt.check()?;
            let name = &connection.name;
            let jitter = if options.once { Duration::ZERO } else { jitter(name) };
            if !connections::is_due(app, &connection, jitter)? {
                continue;
            }
            last_wait = None;
            tell(Told::Started { connection: name.clone() });
            let request =
                SyncRequest { scheduled: true, interrupt: options.interrupt.clone(), ..SyncRequest::of(name.clone()) };
            let mut progress = |event| tell(Told::Progress { connection: name.clone(), event });
            match connections::sync(app, &request, &mut progress).await {
                Ok(report) => {
                    failure = failure.or(report.failure());
                    tell(Told::Ended { report: Box::new(report) });
                }
                // Another scheduler was faster.
                Err(error) if error.kind == Kind::Busy => {}
                Err(error) => {
                    failure = failure.or(Some(error.clone()));
                    tell(Told::Failed { connection: name.clone(), error });
                }
            }
        }
        if options.once {
            return failure.map_or(Ok(()), Err);
        }
        let until = next(app)?;
        if last_wait != Some(until) {
            tell(Told::Waiting { until });
            last_wait = Some(until);
        }
        wait(options).await?;
    }
}

/// When the next connection is due.
pub fn next(app: &App) -> Result<Option<Timestamp>> {
    Ok(connections::status(app)?.into_iter().filter_map(|status| status.next_run).min())
}

async fn wait(options: &Options) -> Result<()> {
    let mut left = options.tick;
    while !left.is_zero() {
        options.interrupt.check()?;
        let step = left.min(Duration::from_millis(100));
        tokio::time::sleep(step).await;
        left -= step;
    }
    Ok(())
}

/// Up to 20 seconds, the same for a name every time, so that connections of one schedule do not all start at once.
fn jitter(name: &ConnectionName) -> Duration {
    let digest = Sha256::digest(name.as_str().as_bytes());
    Duration::from_millis(u64::from(u16::from_le_bytes([digest[0], digest[1]])) % 20_000)
}
