//! Pipelines with their stages: one for deals, one for tickets, as every new account has them.

use serde_json::{Value as Json, json};

use super::errors::Trouble;
use super::types::{Deals, ObjectType, Tickets};
use crate::sandbox::wire::Reply;

/// Value, label and probability of a stage.
pub(crate) type Stage = (&'static str, &'static str, &'static str);

pub(crate) static DEAL_STAGES: &[Stage] = &[
    ("appointmentscheduled", "Appointment Scheduled", "0.2"),
    ("qualifiedtobuy", "Qualified To Buy", "0.4"),
    ("presentationscheduled", "Presentation Scheduled", "0.6"),
    ("decisionmakerboughtin", "Decision Maker Bought-In", "0.8"),
    ("contractsent", "Contract Sent", "0.9"),
    ("closedwon", "Closed Won", "1.0"),
    ("closedlost", "Closed Lost", "0.0"),
];

pub(crate) static TICKET_STAGES: &[Stage] = &[
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
];

/// The stages as options of a property.
pub(crate) fn choices(stages: &[Stage]) -> Vec<(&'static str, &'static str)> {
    stages.iter().map(|(value, label, _)| (*value, *label)).collect()
}

fn of(object: ObjectType) -> Vec<Json> {
    match object {
        Deals => vec![pipeline("default", "Sales Pipeline", DEAL_STAGES, deal_metadata)],
        Tickets => vec![pipeline("0", "Support Pipeline", TICKET_STAGES, ticket_metadata)],
        _ => Vec::new(),
    }
}

fn deal_metadata((_, _, probability): &Stage) -> Json {
    let closed = matches!(*probability, "1.0" | "0.0");
    json!({"isClosed": closed.to_string(), "probability": probability})
}

fn ticket_metadata((_, _, state): &Stage) -> Json {
    json!({"ticketState": state, "isClosed": (*state == "CLOSED").to_string()})
}

const MADE: &str = "2020-01-01T00:00:00Z";

fn pipeline(id: &str, label: &str, stages: &[Stage], metadata: fn(&Stage) -> Json) -> Json {
    let stage = |(order, stage): (usize, &Stage)| {
        json!({
            "label": stage.1, "displayOrder": order, "metadata": metadata(stage), "id": stage.0,
            "createdAt": MADE, "updatedAt": MADE, "archived": false, "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        })
    };
    json!({
        "label": label, "displayOrder": 0, "id": id,
        "stages": stages.iter().enumerate().map(stage).collect::<Vec<_>>(),
        "createdAt": MADE, "updatedAt": MADE, "archived": false,
    })
}

pub(crate) fn list(object: ObjectType) -> Reply {
    Reply::value(200, &json!({"results": of(object)}))
}

/// All pipelines of a type, for checks.
pub(crate) fn all(object: ObjectType) -> Vec<Json> {
    of(object)
}

fn one(object: ObjectType, id: &str) -> Result<Json, Trouble> {
    of(object).into_iter().find(|pipeline| pipeline["id"] == id).ok_or_else(Trouble::not_found)
}

pub(crate) fn read(object: ObjectType, id: &str) -> Result<Reply, Trouble> {
    Ok(Reply::value(200, &one(object, id)?))
}

pub(crate) fn stages(object: ObjectType, id: &str) -> Result<Reply, Trouble> {
    Ok(Reply::value(200, &json!({"results": one(object, id)?["stages"]})))
}

pub(crate) fn stage(object: ObjectType, id: &str, stage: &str) -> Result<Reply, Trouble> {
    let pipeline = one(object, id)?;
    let stages = pipeline["stages"].as_array().into_iter().flatten();
    let found = stages.into_iter().find(|known| known["id"] == stage).ok_or_else(Trouble::not_found)?;
    Ok(Reply::value(200, found))
}
