//! The questions about CRM objects, each one request: a page of the list, of the search, a batch by id, a count.

use serde_json::json;

use super::api::Api;
use super::objects::Crm;
use super::records::{self, Layout, Records};
use crate::base::{Error, Kind, Result, Timestamp};
use crate::http::Request;

/// Records on a page of the list, and ids in a batch. developers.hubspot.com, "Using object APIs".
pub(super) const LIST_PAGE: u64 = 100;
/// Records on a page of the search. developers.hubspot.com, "Search the CRM".
pub(super) const SEARCH_PAGE: u64 = 200;
/// Longer lists of properties go into a body instead of the URL. HubSpot was seen to refuse URLs at about 16,300
/// characters; proxies are known to stop at 8,192.
const LONGEST_QUERY: usize = 6_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Live,
    Archived,
}

/// Whether the layout's properties fit into the URL of a list.
pub(super) fn fits_url(layout: &Layout<'_>) -> bool {
    layout.properties.iter().map(|name| name.len() + 3).sum::<usize>() <= LONGEST_QUERY
}

/// `GET /crm/v3/objects/{type}`: in the order of ids.
pub(super) async fn list(
    api: &mut Api,
    object: &Crm,
    which: Which,
    layout: &Layout<'_>,
    after: Option<&str>,
) -> Result<Records> {
    let mut request = Request::get(format!("/crm/v3/objects/{}", object.path))
        .query("limit", LIST_PAGE.to_string())
        .query("archived", if which == Which::Archived { "true" } else { "false" })
        .query("properties", layout.properties.join(","));
    if let Some(after) = after {
        request = request.query("after", after);
    }
    api.read(&request, |answer| records::read(answer.body(), layout)).await
}

/// A window of the search: what changed since a time, and has an id after another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// The first and the last moment
    pub changed: Option<(Timestamp, Timestamp)>,
    pub after_id: u64,
    pub limit: u64,
}

/// `POST /crm/v3/objects/{type}/search`, sorted by id. Each page is a query of its own after the last id, so HubSpot's end
/// at 10,000 results is never reached, however many records changed in the same millisecond.
pub(super) async fn search(api: &mut Api, object: &Crm, layout: &Layout<'_>, window: Window) -> Result<Records> {
    let mut filters = Vec::new();
    if let Some((from, to)) = window.changed {
        let bound = |operator: &str, time: Timestamp| json!({ "propertyName": object.cursor(), "operator": operator, "value": time.millis().to_string() });
        filters.extend([bound("GTE", from), bound("LTE", to)]);
    }
    if window.after_id > 0 {
        let last = window.after_id.to_string();
        filters.push(json!({ "propertyName": "hs_object_id", "operator": "GT", "value": last }));
    }
    let groups = if filters.is_empty() { json!([]) } else { json!([{ "filters": filters }]) };
    let body = json!({
        "filterGroups": groups,
        "sorts": [{ "propertyName": "hs_object_id", "direction": "ASCENDING" }],
        "properties": layout.properties,
        "limit": window.limit,
    });
    let request =
        Request::read_by_post(format!("/crm/v3/objects/{}/search", object.path)).class("search").json(&body)?;
    api.read(&request, |answer| records::read(answer.body(), layout)).await
}

/// How many records changed in the window (everything without one), as the search index says.
pub(super) async fn count(api: &mut Api, object: &Crm, changed: Option<(Timestamp, Timestamp)>) -> Result<Option<u64>> {
    let window = Window { changed, after_id: 0, limit: 1 };
    Ok(search(api, object, &Layout::only_ids(), window).await?.total)
}

/// `POST /crm/v3/objects/{type}/batch/read`: the rows of these records, as far as they still exist. `Kind::Remote` when the
/// answer leaves a record out without saying why.
pub(super) async fn batch(api: &mut Api, object: &Crm, layout: &Layout<'_>, ids: &[u64]) -> Result<Records> {
    if ids.is_empty() {
        return Ok(Records::none(layout));
    }
    let inputs = ids.iter().map(|id| json!({ "id": id.to_string() })).collect::<Vec<_>>();
    let body = json!({ "properties": layout.properties, "inputs": inputs });
    let request = Request::read_by_post(format!("/crm/v3/objects/{}/batch/read", object.path)).json(&body)?;
    let records = api.read(&request, |answer| records::read(answer.body(), layout)).await?;
    let answered = records.ids.len() + records.missing.len();
    if answered < ids.len() && records.missing.is_empty() {
        // A merged id answers with the record it went into, so only the count can be compared.
        let left_out = ids.len() - answered;
        return Err(Error::remote(format!("HubSpot left {left_out} of {} {object} out of a batch", ids.len())));
    }
    Ok(records)
}

/// Whether a record exists right now, asked for by its id: the list's and the search's word against each other.
pub(super) async fn exists(api: &mut Api, object: &Crm, id: u64) -> Result<bool> {
    let request = Request::get(format!("/crm/v3/objects/{}/{id}", object.path)).query("properties", "hs_object_id");
    match api.json::<serde::de::IgnoredAny>(&request).await {
        Ok(_) => Ok(true),
        Err(error) if error.kind == Kind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}
