//! How each connection is. Nothing of it is stored as such: it follows from the lock, the last runs, the states and the
//! clock, so it cannot be half true.

use std::collections::BTreeMap;

use serde::Serialize;

use super::report::{Failure, RunReport, RunStatus};
use super::target::State;
use super::{Connection, Drift, find, list, shown_account};
use crate::accounts::{self, Seen};
use crate::app::App;
use crate::base::{ConnectionName, Error, Kind, Result, Timestamp};

/// A connection's health in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Health {
    #[serde(rename = "healthy")]
    Healthy,
    #[serde(rename = "syncing")]
    Syncing,
    /// It should have run by now and did not
    #[serde(rename = "stale")]
    Stale,
    /// The last run failed, or a part of it
    #[serde(rename = "degraded")]
    Degraded,
    #[serde(rename = "needs re-auth")]
    NeedsReauth,
    #[serde(rename = "paused")]
    Paused,
    #[serde(rename = "never synced")]
    NeverSynced,
}

impl Health {
    pub fn word(self) -> &'static str {
        match self {
            Health::Healthy => "healthy",
            Health::Syncing => "syncing",
            Health::Stale => "stale",
            Health::Degraded => "degraded",
            Health::NeedsReauth => "needs re-auth",
            Health::Paused => "paused",
            Health::NeverSynced => "never synced",
        }
    }

    /// Whether `--check` is content.
    pub fn is_fine(self) -> bool {
        matches!(self, Health::Healthy | Health::Syncing | Health::Paused)
    }
}

/// One connection's status. Its JSON is pinned: scripts depend on it.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    pub connection: String,
    pub source: String,
    pub status: Health,
    /// When the oldest of its objects was last completely in step; null before that
    pub freshness: Option<Timestamp>,
    pub next_run: Option<Timestamp>,
    pub last_error: Option<Failure>,
    pub account: String,
    pub endpoint: Option<String>,
    pub schedule: Option<String>,
    /// Of the last run
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub calls: u64,
    /// A run that died, as far as it came; the next run goes on from there
    pub interrupted: Option<String>,
    /// The command that helps
    pub fix: Option<String>,
    pub objects: Vec<ObjectStatus>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ObjectStatus {
    pub object: String,
    pub table: String,
    pub status: Health,
    pub freshness: Option<Timestamp>,
    pub rows: Option<u64>,
    pub drift: Drift,
    pub last_error: Option<Failure>,
}

/// The status of every connection, by name.
pub fn status(app: &App) -> Result<Vec<Status>> {
    list(app)?.iter().map(|connection| of(app, connection)).collect()
}

/// The status of one.
pub fn status_of(app: &App, name: &ConnectionName) -> Result<Status> {
    of(app, &find(app, name)?)
}

fn of(app: &App, connection: &Connection) -> Result<Status> {
    let name = &connection.name;
    let runs = reports(app, name)?;
    let states = states(app, name)?;
    let holder = app.store.holder(name)?;
    let last = runs.first();
    let interrupted = app.store.interrupted(name)?;
    let account = shown_account(app, connection)?;
    let sign_in = sign_in(app, connection, last)?;
    let needs_reauth = !matches!(sign_in, SignIn::Fine);
    let objects = objects(app, connection, &runs, &states)?;
    let freshness = objects.iter().map(|object| object.freshness).min().flatten();
    let next_run = if connection.paused || needs_reauth {
        None
    } else {
        due(connection, last.map(|run| run.started), app.clock.now())
    };
    let late = connection
        .schedule
        .as_ref()
        .zip(freshness)
        .is_some_and(|(schedule, fresh)| app.clock.now().since(fresh) > schedule.patience(fresh));
    let failed =
        last.is_some_and(|run| matches!(run.status, RunStatus::Failed | RunStatus::Partial | RunStatus::Stopped));
    let died = interrupted.is_some() && holder.is_none();
    let health = match () {
        () if holder.is_some() => Health::Syncing,
        () if needs_reauth => Health::NeedsReauth,
        () if connection.paused => Health::Paused,
        () if failed || died || objects.iter().any(|object| object.status == Health::Degraded) => Health::Degraded,
        () if freshness.is_none() => Health::NeverSynced,
        () if late => Health::Stale,
        () => Health::Healthy,
    };
    Ok(Status {
        connection: name.to_string(),
        source: connection.source.clone(),
        status: health,
        freshness,
        next_run,
        last_error: sign_in.failure().or_else(|| last.and_then(last_error)),
        account: account.label,
        endpoint: account.endpoint,
        schedule: connection.schedule.as_ref().map(ToString::to_string),
        inserted: last.map_or(0, |run| run.inserted),
        updated: last.map_or(0, |run| run.updated),
        deleted: last.map_or(0, |run| run.deleted),
        calls: last.map_or(0, |run| run.calls),
        interrupted: interrupted.filter(|_| holder.is_none()).map(|one| format!("interrupted at page {}", one.pages())),
        fix: sign_in.fix().or_else(|| fix(name, health)),
        objects,
    })
}

fn objects(
    app: &App,
    connection: &Connection,
    runs: &[RunReport],
    states: &BTreeMap<String, State>,
) -> Result<Vec<ObjectStatus>> {
    let tables = app.store.tables()?;
    let mut found = Vec::new();
    for config in &connection.objects {
        let state = states.get(&config.object);
        let last = runs.iter().find_map(|run| run.objects.iter().find(|object| object.object == config.object));
        let error = last.and_then(|object| object.error.clone());
        let table = tables.iter().find(|table| table.name == config.table);
        let everything = crate::base::filter::Filter::everything();
        let rows = table.map(|table| app.store.count(table, &everything, app.clock.now())).transpose()?;
        let fresh = state.and_then(|state| state.fresh);
        found.push(ObjectStatus {
            object: config.object.clone(),
            table: config.table.to_string(),
            status: match (&error, fresh) {
                (Some(_), _) => Health::Degraded,
                (None, None) => Health::NeverSynced,
                (None, Some(_)) => Health::Healthy,
            },
            freshness: fresh,
            rows,
            drift: state.map(|state| state.drift.clone()).unwrap_or_default(),
            last_error: error,
        });
    }
    Ok(found)
}

fn last_error(run: &RunReport) -> Option<Failure> {
    run.error.clone().or_else(|| run.objects.iter().find_map(|object| object.error.clone()))
}

/// Whether somebody has to sign in before the connection can run.
enum SignIn {
    Fine,
    /// The provider said so in the last run, and nobody has signed in since
    Refused,
    /// It was said outside of a run, for this reason
    Lapsed {
        account: String,
        reason: String,
    },
    /// It uses somebody else's private account
    Hidden,
    /// Its account was taken away
    Gone {
        provider: &'static str,
        label: String,
    },
}

fn sign_in(app: &App, connection: &Connection, last: Option<&RunReport>) -> Result<SignIn> {
    let account = match accounts::look(app, &connection.account)? {
        Seen::Account(account) => account,
        Seen::Hidden => return Ok(SignIn::Hidden),
        Seen::Gone => {
            let provider = connection.source()?.spec().provider.id;
            return Ok(SignIn::Gone { provider, label: connection.account.to_string() });
        }
    };
    if let Some(accounts::Health::NeedsReauth { reason, .. }) = accounts::lapsed(app, &account)? {
        return Ok(SignIn::Lapsed { account: account.label.to_string(), reason });
    }
    let refused = |run: &RunReport| run.error.as_ref().is_some_and(|error| error.kind == Kind::SignIn.word());
    Ok(match last {
        Some(run) if refused(run) && run.started >= account.authorised => SignIn::Refused,
        _ => SignIn::Fine,
    })
}

impl SignIn {
    /// What is wrong, where the last run does not tell.
    fn failure(&self) -> Option<Failure> {
        let failure = |kind: Kind, message: String| {
            Some(Failure { kind: kind.word().to_owned(), message, hint: self.fix().map(|fix| format!("run `{fix}`")) })
        };
        match self {
            SignIn::Fine | SignIn::Refused => None,
            SignIn::Lapsed { account, reason } => {
                failure(Kind::SignIn, format!("account `{account}` needs a new sign-in: {reason}"))
            }
            SignIn::Hidden => failure(Kind::Denied, "it uses a private account of somebody else".to_owned()),
            SignIn::Gone { label, .. } => failure(Kind::NotFound, format!("account `{label}` is not there any more")),
        }
    }

    /// The command that helps, where it is not the usual one.
    fn fix(&self) -> Option<String> {
        match self {
            SignIn::Gone { provider, label } => Some(format!("appctl integrations connect {provider} --label {label}")),
            SignIn::Hidden => Some("appctl integrations accounts share LABEL".to_owned()),
            SignIn::Fine | SignIn::Refused | SignIn::Lapsed { .. } => None,
        }
    }
}

fn fix(name: &ConnectionName, health: Health) -> Option<String> {
    match health {
        Health::NeedsReauth => Some(format!("appctl connections reauth {name}")),
        Health::Paused => Some(format!("appctl connections resume {name}")),
        Health::Degraded | Health::Stale | Health::NeverSynced => Some(format!("appctl connections sync {name}")),
        Health::Healthy | Health::Syncing => None,
    }
}

/// When a connection runs next; `None` without a schedule. Due at once when it never ran.
pub fn next_run(connection: &Connection, last: Option<Timestamp>) -> Option<Timestamp> {
    connection.schedule.as_ref()?.next(last.unwrap_or(connection.created))
}

/// The same by a clock that may have been set back since: nobody waits until the time of a run of the future comes again,
/// and it counts as due for so long that no jitter puts it off.
fn due(connection: &Connection, last: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let next = next_run(connection, last)?;
    let began = last.unwrap_or(connection.created);
    Some(if began > now { now.minus(std::time::Duration::from_secs(60)) } else { next })
}

/// Whether the scheduler should run it now: its time has come (and `jitter` has passed), nobody has to sign in first, and
/// it is not paused.
pub fn is_due(app: &App, connection: &Connection, jitter: std::time::Duration) -> Result<bool> {
    let runs = reports_up_to(app, &connection.name, 1)?;
    let last = runs.first();
    if connection.paused || !matches!(sign_in(app, connection, last)?, SignIn::Fine) {
        return Ok(false);
    }
    let now = app.clock.now();
    let next = due(connection, last.map(|run| run.started), now);
    Ok(next.is_some_and(|next| next.plus(jitter) <= now))
}

/// Finished runs, newest first.
pub(super) fn reports(app: &App, name: &ConnectionName) -> Result<Vec<RunReport>> {
    reports_up_to(app, name, 20)
}

pub(super) fn reports_up_to(app: &App, name: &ConnectionName, limit: usize) -> Result<Vec<RunReport>> {
    let read = |run: crate::app::RunRecord| {
        let mut report: RunReport = serde_json::from_value(run.record)
            .map_err(|error| Error::new(Kind::Corrupt, format!("a run of `{name}` cannot be read: {error}")))?;
        report.operation = run.operation;
        Ok(report)
    };
    app.store.runs(name, limit)?.into_iter().map(read).collect()
}

fn states(app: &App, name: &ConnectionName) -> Result<BTreeMap<String, State>> {
    let read = |(object, json)| -> Result<(String, State)> {
        let state = serde_json::from_value(json)
            .map_err(|error| Error::new(Kind::Corrupt, format!("a sync state of `{name}`: {error}")))?;
        Ok((object, state))
    };
    app.store.sync_states(name)?.into_iter().map(read).collect()
}
