//! Owners: the people that records belong to. A short list, read whole in every run. `GET /crm/v3/owners`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::super::{Ask, Listing, Next, Page, Shape};
use super::api::Api;
use super::position;
use super::records::Paging;
use super::small::{self, SmallField};
use crate::base::{Error, FieldType, Result};
use crate::http::Request;

/// An account with more pages of owners than this is a list that never ends.
const MOST_PAGES: u64 = 10_000;

static FIELDS: &[SmallField] = &[
    ("id", "Owner id", FieldType::Text),
    ("email", "Email", FieldType::Email),
    ("firstName", "First name", FieldType::Text),
    ("lastName", "Last name", FieldType::Text),
    ("userId", "User id", FieldType::Integer),
    ("type", "Type", FieldType::Text),
    ("teams", "Teams", FieldType::Json),
    ("createdAt", "Created at", FieldType::DateTime),
    ("updatedAt", "Updated at", FieldType::DateTime),
];

pub(super) fn shape() -> Shape {
    small::shape("owners", "Owners", &["id"], FIELDS, "read whole in every run")
}

#[derive(Deserialize)]
struct Owners {
    results: Vec<Map<String, Json>>,
    paging: Option<Paging>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    after: String,
    pages: u64,
}

/// The token of a page is all that this list has for a position: one that expired begins the list again.
pub(super) async fn page(api: &mut Api, ask: &Ask<'_>) -> Result<Page> {
    let place = ask.position.map(position::read::<Place>).transpose()?;
    let first = Request::get("/crm/v3/owners").query("limit", "100").query("archived", "false");
    let request = match &place {
        Some(place) => first.clone().query("after", &place.after),
        None => first.clone(),
    };
    let owners: Owners = match api.json(&request).await {
        Err(error) if place.is_some() && error.kind == crate::base::Kind::Failed => api.json(&first).await?,
        other => other?,
    };
    let after = owners.paging.and_then(Paging::into_after);
    let pages = place.as_ref().map_or(0, |place| place.pages) + 1;
    let stuck = after.is_some() && (owners.results.is_empty() || after == place.map(|place| place.after));
    if stuck || pages > MOST_PAGES {
        return Err(Error::remote("HubSpot's list of owners does not go on"));
    }
    let next = match after {
        Some(after) => Next::More(position::json(&Place { after, pages })?),
        None => Next::Done { cursor: json!({}) },
    };
    let mut page = Page::empty(ask, next);
    page.listing = Some(Listing::Rows { end: matches!(page.next, Next::Done { .. }) });
    for owner in &owners.results {
        small::push(&mut page.rows, ask.columns, owner);
    }
    Ok(page)
}
