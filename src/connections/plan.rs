//! What a run would cost, before it costs it.

use std::time::Duration;

use serde::Serialize;

use super::target::{State, Target};
use super::{ObjectConfig, find};
use crate::app::App;
use crate::base::{Budget, ConnectionName, Error, Kind, Result};
use crate::sources::{Mode, Quota};

/// The cost of the next run. Its JSON is pinned.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub connection: String,
    pub calls: u64,
    pub rows: Option<u64>,
    pub minutes: f64,
    /// The share of the provider's daily quota that the run takes, in per cent; null where there is none
    pub quota_percent: Option<f64>,
    pub quota: Option<Quota>,
    pub objects: Vec<ObjectEstimate>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ObjectEstimate {
    pub object: String,
    pub table: String,
    /// `full` or `incremental`
    pub mode: String,
    /// `at the source`, `here`, or null without a filter
    pub filter: Option<String>,
    pub rows: Option<u64>,
    pub calls: u64,
    pub seconds: f64,
    pub steps: Vec<String>,
}

/// Asks the source what the next run will take, with as few calls as possible.
pub async fn plan(app: &App, name: &ConnectionName, full: bool) -> Result<Plan> {
    let connection = find(app, name)?;
    let states = app.store.sync_states(name)?;
    let tables = app.store.tables()?;
    let mut session = connection.open(app, Budget::unlimited()).await?;
    let mut objects = Vec::new();
    let mut quota = None;
    for config in &connection.objects {
        let shape = session.describe(&config.object).await?;
        let state = states.get(&config.object).cloned().map(serde_json::from_value::<State>).transpose();
        let state = state.map_err(|error| Error::new(Kind::Corrupt, format!("a sync state: {error}")))?;
        let stored = tables.iter().find(|table| table.name == config.table);
        let target = Target::new(&connection, config, stored, &shape, session.as_ref(), state, full)?;
        let estimate = session.estimate(&target.ask(None)).await?;
        quota = quota.or(estimate.quota);
        objects.push(ObjectEstimate {
            object: config.object.clone(),
            table: config.table.to_string(),
            mode: if target.mode == Mode::Full { "full" } else { "incremental" }.to_owned(),
            filter: filter_place(config, &target),
            rows: estimate.rows,
            calls: estimate.calls,
            seconds: estimate.time.as_secs_f64(),
            steps: with_reason(estimate.steps, &target),
        });
    }
    let calls = objects.iter().map(|object| object.calls).sum();
    let time: Duration = objects.iter().map(|object| Duration::from_secs_f64(object.seconds)).sum();
    let rows = objects.iter().map(|object| object.rows).sum::<Option<u64>>();
    #[expect(clippy::cast_precision_loss, reason = "a percentage for people")]
    let quota_percent = quota.map(|quota| 100.0 * calls as f64 / quota.limit.max(1) as f64);
    Ok(Plan {
        connection: name.to_string(),
        calls,
        rows,
        minutes: time.as_secs_f64() / 60.0,
        quota_percent,
        quota,
        objects,
    })
}

fn with_reason(mut steps: Vec<String>, target: &Target) -> Vec<String> {
    if target.moves_with_time() {
        steps.push("everything, because the filter has `now()`".to_owned());
    }
    steps
}

/// Where an object's filter is evaluated.
pub(super) fn filter_place(config: &ObjectConfig, target: &Target) -> Option<String> {
    config.filter.as_ref()?;
    Some(if target.pushed.is_some() { "at the source" } else { "here" }.to_owned())
}
