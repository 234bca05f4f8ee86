//! What can be synced from this account, each object asked once: the search's count is an estimate and a test of the scope.

use serde::Deserialize;

use super::super::ObjectSummary;
use super::api::Api;
use super::objects::{Crm, STANDARD, USUAL_PAIRS};
use super::properties::ID;
use super::query;
use crate::base::{Error, Kind, Result};
use crate::http::Request;

const DELETES: &str = "archived records by their list; deletes for good and merges by listing everything on a cadence";
const SWEPT: &str = "by reading everything again";

#[derive(Deserialize)]
struct Schemas {
    results: Vec<Schema>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Schema {
    name: String,
    object_type_id: String,
    #[serde(default)]
    labels: Labels,
    #[serde(default)]
    archived: bool,
}

#[derive(Default, Deserialize)]
struct Labels {
    plural: Option<String>,
}

/// The account's own objects. `GET /crm/v3/schemas`. Their names cannot be changed once they are made.
pub(super) async fn custom(api: &mut Api) -> Result<Vec<Crm>> {
    let schemas: Schemas = api.json(&Request::get("/crm/v3/schemas")).await?;
    let usable = schemas.results.into_iter().filter(|schema| !schema.archived);
    Ok(usable
        .map(|schema| {
            let taken = STANDARD.iter().any(|standard| standard.id == schema.name);
            let id = if taken { format!("custom_{}", schema.name) } else { schema.name };
            let title = schema.labels.plural.unwrap_or_else(|| id.clone());
            Crm { id, title, path: schema.object_type_id, custom: true }
        })
        .collect())
}

/// Everything, problems included.
pub(super) async fn objects(api: &mut Api, custom: Result<Vec<Crm>>) -> Result<Vec<ObjectSummary>> {
    let mut found = Vec::new();
    for standard in STANDARD {
        found.push(crm(api, &Crm::from(standard)).await?);
    }
    match custom {
        Ok(custom) => {
            for object in &custom {
                found.push(crm(api, object).await?);
            }
            found.extend(pairs(&found, &custom));
        }
        Err(error) => {
            let mut summary = summary("custom_objects", "Custom objects", "custom object", DELETES);
            summary.problem = Some(problem(error, "crm.schemas.custom.read")?);
            found.extend(pairs(&found, &[]));
            found.push(summary);
        }
    }
    let owners = Request::get("/crm/v3/owners").query("limit", "1").query("archived", "false");
    found.push(probe(api, summary("owners", "Owners", "object", SWEPT), owners, "crm.objects.owners.read").await?);
    for (of, one, scope) in [("deals", "deal", "crm.objects.deals.read"), ("tickets", "ticket", "tickets")] {
        let pipelines = summary(&format!("{one}_pipelines"), &format!("Pipelines of {of}"), "object", SWEPT);
        let pipelines = probe(api, pipelines, Request::get(format!("/crm/v3/pipelines/{of}")), scope).await?;
        let mut stages = summary(&format!("{one}_stages"), &format!("Stages of {of}"), "object", SWEPT);
        (stages.problem, stages.key) = (pipelines.problem.clone(), vec!["pipelineId".to_owned(), ID.to_owned()]);
        found.extend([pipelines, stages]);
    }
    Ok(found)
}

fn summary(id: &str, title: &str, kind: &str, deletes: &str) -> ObjectSummary {
    ObjectSummary {
        id: id.to_owned(),
        title: title.to_owned(),
        kind: kind.to_owned(),
        rows: None,
        bytes: None,
        key: vec![ID.to_owned()],
        cursors: Vec::new(),
        deletes: deletes.to_owned(),
        problem: None,
    }
}

async fn crm(api: &mut Api, object: &Crm) -> Result<ObjectSummary> {
    let kind = if object.custom { "custom object" } else { "object" };
    let mut summary = summary(&object.id, &object.title, kind, DELETES);
    summary.cursors = vec![object.cursor().to_owned()];
    match query::count(api, object, None).await {
        Ok(total) => summary.rows = total,
        Err(error) => summary.problem = Some(problem(error, object.scope())?),
    }
    Ok(summary)
}

async fn probe(api: &mut Api, mut summary: ObjectSummary, request: Request, scope: &str) -> Result<ObjectSummary> {
    if let Err(error) = api.json::<serde::de::IgnoredAny>(&request).await {
        summary.problem = Some(problem(error, scope)?);
    }
    Ok(summary)
}

/// A missing scope or feature is a property of the object; anything else is a failure of the discovery.
fn problem(error: Error, scope: &str) -> Result<String> {
    match error.kind {
        Kind::Denied if error.message.contains("scope `") => Ok(error.message),
        Kind::Denied => Ok(format!("the scope `{scope}` is missing: {}", error.message)),
        Kind::NotFound | Kind::Failed => Ok(format!("this account does not have it: {}", error.message)),
        _ => Err(error),
    }
}

/// The associations between objects that can be read, custom ones with contacts, companies and deals.
fn pairs(found: &[ObjectSummary], custom: &[Crm]) -> Vec<ObjectSummary> {
    let object = |id: &str| found.iter().find(|summary| summary.id == id && summary.problem.is_none());
    let with_custom = custom.iter().flat_map(|own| ["contacts", "companies", "deals"].map(|to| (own.id.as_str(), to)));
    let pairs = USUAL_PAIRS.iter().copied().chain(with_custom);
    pairs
        .filter_map(|(from, to)| {
            let (from, to) = (object(from)?, object(to)?);
            let title = format!("{} of {}", to.title, from.title);
            let mut summary = summary(&format!("{}_{}", from.id, to.id), &title, "association", SWEPT);
            summary.key = ["from_id", "to_id", "category", "type_id"].map(str::to_owned).to_vec();
            Some(summary)
        })
        .collect()
}
