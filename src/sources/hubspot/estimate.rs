//! What a run will cost, found out with at most three calls: the search counts, the limits and the quota do the rest.

use std::time::Duration;

use super::super::{Ask, Estimate, Mode};
use super::api::Api;
use super::associations::{self, BATCH};
use super::crm;
use super::objects::{Crm, Object};
use super::position::{self, Cursor};
use super::query::{self, LIST_PAGE, SEARCH_PAGE};
use super::records::Layout;
use super::settings::Cadences;
use crate::base::Result;
use crate::providers::HUBSPOT;

/// What is known so far.
#[derive(Default)]
struct Bill {
    rows: Option<u64>,
    calls: u64,
    searches: u64,
    steps: Vec<String>,
}

pub(super) async fn estimate(api: &mut Api, cadences: &Cadences, object: &Object, ask: &Ask<'_>) -> Result<Estimate> {
    let bill = match object {
        Object::Crm(object) => crm(api, cadences, object, ask).await?,
        Object::Associations { from, .. } => associations(api, cadences, from, ask).await?,
        Object::Owners | Object::Pipelines { .. } | Object::Stages { .. } => {
            Bill { calls: 1, steps: vec!["full listing".to_owned()], ..Bill::default() }
        }
    };
    let quota = api.quota().await?;
    Ok(Estimate { rows: bill.rows, calls: bill.calls, time: time(&bill), quota, steps: bill.steps })
}

async fn crm(api: &mut Api, cadences: &Cadences, object: &Crm, ask: &Ask<'_>) -> Result<Bill> {
    let now = api.now().await?.there;
    let layout = Layout::new(object, ask.columns);
    let cursor = ask.cursor.map(position::read::<Cursor>).transpose()?;
    let plan = crm::plan(ask, cursor.as_ref(), &layout, cadences, now);
    let mut bill = Bill::default();
    if plan.everything {
        let total = query::count(api, object, None).await?.unwrap_or(0);
        let each = if query::fits_url(&layout) { 1 } else { 2 };
        bill.rows = Some(total);
        bill.calls = 1 + each * pages(total, LIST_PAGE);
        bill.searches = 1;
        bill.steps.push("full listing".to_owned());
        return Ok(bill);
    }
    let changed = query::count(api, object, Some((plan.since, now))).await?.unwrap_or(0);
    bill.rows = Some(changed);
    bill.searches = pages(changed, SEARCH_PAGE);
    bill.calls = bill.searches;
    bill.steps.push(format!("search since {}", plan.since));
    if plan.archived {
        bill.calls += cursor.as_ref().map_or(1, |cursor| cursor.archived_pages.max(1));
        bill.steps.push("archived list for deletes".to_owned());
    }
    if plan.keys {
        let total = query::count(api, object, None).await?.unwrap_or(0);
        bill.calls += 1 + pages(total, LIST_PAGE);
        bill.steps.push("key sweep for deletes".to_owned());
    }
    if !plan.archived && !plan.keys {
        bill.steps.push("no look for deletes before the archived list is due".to_owned());
    }
    Ok(bill)
}

async fn associations(api: &mut Api, cadences: &Cadences, from: &Crm, ask: &Ask<'_>) -> Result<Bill> {
    let now = api.now().await?.there;
    let cursor = ask.cursor.map(position::read::<associations::Cursor>).transpose()?;
    let fresh = cursor.is_some_and(|cursor| now.since(cursor.swept_at) < cadences.associations);
    if fresh && ask.mode == Mode::Incremental {
        return Ok(Bill { rows: Some(0), steps: vec!["nothing is due".to_owned()], ..Bill::default() });
    }
    let total = query::count(api, from, None).await?.unwrap_or(0);
    let calls = 1 + pages(total, LIST_PAGE) + pages(total, BATCH);
    Ok(Bill { rows: None, calls, searches: 1, steps: vec!["full listing".to_owned()] })
}

fn pages(records: u64, size: u64) -> u64 {
    records.div_ceil(size).max(1)
}

/// The time that the provider's limits leave no way around.
fn time(bill: &Bill) -> Duration {
    let at_limit = |class: &str, calls: u64| {
        let limit = HUBSPOT.limits.iter().find(|limit| limit.class == class);
        let seconds = limit.map_or(0.0, |limit| {
            let full = calls.saturating_sub(1) / u64::from(limit.calls.max(1));
            full as f64 * limit.seconds
        });
        Duration::from_secs_f64(seconds)
    };
    at_limit("", bill.calls).max(at_limit("search", bill.searches))
}
