//! Pipelines and their stages, of deals and of tickets. Two short lists out of one answer: `GET /crm/v3/pipelines/{type}`.

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::super::{Ask, Listing, Next, Page, Shape};
use super::api::Api;
use super::small::{self, SmallField};
use crate::base::{FieldType, Result};
use crate::http::Request;

static PIPELINE: &[SmallField] = &[
    ("id", "Pipeline id", FieldType::Text),
    ("label", "Label", FieldType::Text),
    ("displayOrder", "Display order", FieldType::Integer),
    ("archived", "Archived", FieldType::Boolean),
    ("createdAt", "Created at", FieldType::DateTime),
    ("updatedAt", "Updated at", FieldType::DateTime),
];

static STAGE: &[SmallField] = &[
    ("pipelineId", "Pipeline id", FieldType::Text),
    ("id", "Stage id", FieldType::Text),
    ("label", "Label", FieldType::Text),
    ("displayOrder", "Display order", FieldType::Integer),
    ("metadata", "Metadata", FieldType::Json),
    ("archived", "Archived", FieldType::Boolean),
    ("createdAt", "Created at", FieldType::DateTime),
    ("updatedAt", "Updated at", FieldType::DateTime),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Pipelines,
    Stages,
}

pub(super) fn shape(object: &str, of: &str, part: Part) -> Shape {
    let note = "read whole in every run";
    match part {
        Part::Pipelines => small::shape(object, &format!("Pipelines of {of}"), &["id"], PIPELINE, note),
        Part::Stages => small::shape(object, &format!("Stages of {of}"), &["pipelineId", "id"], STAGE, note),
    }
}

#[derive(Deserialize)]
struct Pipelines {
    results: Vec<Map<String, Json>>,
}

pub(super) async fn page(api: &mut Api, ask: &Ask<'_>, of: &str, part: Part) -> Result<Page> {
    let pipelines: Pipelines = api.json(&Request::get(format!("/crm/v3/pipelines/{of}"))).await?;
    let mut page = Page::empty(ask, Next::Done { cursor: json!({}) });
    for mut pipeline in pipelines.results {
        let stages = pipeline.remove("stages");
        if part == Part::Pipelines {
            small::push(&mut page.rows, ask.columns, &pipeline);
            continue;
        }
        let id = pipeline.remove("id").unwrap_or_default();
        for stage in stages.into_iter().filter_map(|stages| stages.as_array().cloned()).flatten() {
            let Json::Object(mut stage) = stage else { continue };
            stage.insert("pipelineId".to_owned(), id.clone());
            small::push(&mut page.rows, ask.columns, &stage);
        }
    }
    page.listing = Some(Listing::Rows { end: true });
    Ok(page)
}
