//! Associations as tables of their own, one for each pair of objects. Adding or removing one moves no modification date, so
//! the whole pair is read again on a cadence: the ids of one side, and for each of them what the other side is.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::super::{Ask, Listing, Mode, Next, Page, Shape};
use super::api::Api;
use super::crm::{self, Run};
use super::objects::Crm;
use super::position::{self, Phase, Position};
use super::query::{self, LIST_PAGE, Which};
use super::records::{Layout, Paging, TextOwned};
use super::settings::Cadences;
use super::small::{self, SmallField};
use crate::base::{Error, FieldType, Result, Timestamp};
use crate::http::Request;

/// Ids in one batch. developers.hubspot.com, "Associations", section "Retrieve associated records".
pub(super) const BATCH: u64 = 1000;

static FIELDS: &[SmallField] = &[
    ("from_id", "From", FieldType::Text),
    ("to_id", "To", FieldType::Text),
    ("category", "Category of the type", FieldType::Text),
    ("type_id", "Type", FieldType::Integer),
    ("label", "Label", FieldType::Text),
];

/// Types made by the account and HubSpot's own are counted apart, so the category belongs to the key.
const KEY: &[&str] = &["from_id", "to_id", "category", "type_id"];

pub(super) fn shape(object: &str, from: &Crm, to: &Crm) -> Shape {
    let title = format!("{} of {}", to.title, from.title);
    small::shape(
        object,
        &title,
        KEY,
        FIELDS,
        "read whole on a cadence (`associations_every`), because no change announces it",
    )
}

#[derive(Serialize, Deserialize)]
pub(super) struct Cursor {
    pub swept_at: Timestamp,
}

#[derive(Deserialize)]
struct Batch {
    results: Vec<Associated>,
    #[serde(default)]
    errors: Vec<BatchError>,
}

#[derive(Deserialize)]
struct Associated {
    from: From,
    #[serde(default)]
    to: Vec<To>,
    paging: Option<Paging>,
}

#[derive(Deserialize)]
struct From {
    id: TextOwned,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct To {
    to_object_id: TextOwned,
    #[serde(default)]
    association_types: Vec<AssociationType>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AssociationType {
    #[serde(default)]
    category: String,
    type_id: i64,
    label: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BatchError {
    #[serde(default)]
    category: String,
    #[serde(default)]
    sub_category: Json,
    #[serde(default)]
    message: String,
}

impl BatchError {
    /// A record without associations, or one that was deleted since it was listed.
    fn is_nothing(&self) -> bool {
        self.category == "OBJECT_NOT_FOUND"
            || self.sub_category.as_str().is_some_and(|sub| sub.ends_with("NO_ASSOCIATIONS_FOUND"))
    }
}

pub(super) async fn page(api: &mut Api, cadences: &Cadences, ask: &Ask<'_>, (from, to): (&Crm, &Crm)) -> Result<Page> {
    let now = api.now().await?;
    let cursor = ask.cursor.map(position::read::<Cursor>).transpose()?;
    let mut at = match (ask.position, &cursor) {
        (Some(position), _) => position::read::<Position>(position)?,
        (None, Some(cursor))
            if ask.mode == Mode::Incremental && now.there.since(cursor.swept_at) < cadences.associations =>
        {
            return Ok(Page::empty(ask, Next::Done { cursor: position::json(cursor)? }));
        }
        (None, _) => {
            let total = query::count(api, from, None).await?;
            Position { total, ..Position::at_start(Phase::Keys, now) }
        }
    };
    let mut ids = Vec::new();
    let mut run = Run { api, object: from, cadences };
    let next = loop {
        let listed = query::list(run.api, from, Which::Live, &Layout::only_ids(), at.after.as_deref()).await;
        let listed = match run.forward(&at, listed, "list")? {
            Ok(listed) => listed,
            Err(again) => break Some(again),
        };
        ids.extend(&listed.ids);
        match crm::after_page(&at, &listed)? {
            Some(next) if (ids.len() as u64) + LIST_PAGE <= BATCH => at = next,
            Some(next) => break Some(next),
            None if run.ended_early(&at, &listed).await? => {
                let what = format!("HubSpot's list of {from} ended early, so no association is taken for removed");
                return Err(Error::remote(what));
            }
            None => break None,
        }
    };
    let end = next.is_none();
    let next = match next {
        Some(next) => next.next()?,
        None => Next::Done { cursor: position::json(&Cursor { swept_at: at.started })? },
    };
    let mut page = Page { listing: Some(Listing::Rows { end }), ..Page::empty(ask, next) };
    read_batch(api, ask, (from, to), &ids, &mut page).await?;
    Ok(page)
}

/// `POST /crm/v4/associations/{from}/{to}/batch/read`, and again for the records whose associations take more than a page.
async fn read_batch(
    api: &mut Api,
    ask: &Ask<'_>,
    (from, to): (&Crm, &Crm),
    ids: &[u64],
    page: &mut Page,
) -> Result<()> {
    let mut inputs = ids.iter().map(|id| json!({ "id": id.to_string() })).collect::<Vec<_>>();
    let mut tokens = HashMap::<String, String>::new();
    while !inputs.is_empty() {
        let request = Request::read_by_post(format!("/crm/v4/associations/{}/{}/batch/read", from.path, to.path))
            .json(&json!({ "inputs": inputs }))?;
        let batch: Batch = api.json(&request).await?;
        if let Some(error) = batch.errors.iter().find(|error| !error.is_nothing()) {
            let (category, message) = (&error.category, &error.message);
            return Err(Error::remote(format!("HubSpot could not read all associations: {category} {message}")));
        }
        inputs.clear();
        for associated in batch.results {
            let id = associated.from.id.into_string();
            push(page, ask, &id, &associated.to);
            let Some(after) = associated.paging.and_then(Paging::into_after) else { continue };
            if tokens.insert(id.clone(), after.clone()).is_some_and(|before| before == after) {
                return Err(Error::remote(format!("HubSpot's associations of record {id} do not go on")));
            }
            inputs.push(json!({ "id": id, "after": after }));
        }
    }
    Ok(())
}

fn push(page: &mut Page, ask: &Ask<'_>, from: &str, others: &[To]) {
    for other in others {
        let to = match &other.to_object_id {
            TextOwned::Text(text) => text.clone(),
            TextOwned::Number(number) => number.to_string(),
        };
        for kind in &other.association_types {
            for column in ask.columns {
                match column.id.as_str() {
                    "from_id" => page.rows.push_text(from),
                    "to_id" => page.rows.push_text(&to),
                    "category" => page.rows.push_text(&kind.category),
                    "type_id" => page.rows.push_integer(kind.type_id),
                    "label" => match &kind.label {
                        Some(label) => page.rows.push_text(label),
                        None => page.rows.push_null(),
                    },
                    _ => page.rows.push_null(),
                }
            }
        }
    }
}
