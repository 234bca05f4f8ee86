//! Batches of up to a hundred: what succeeded is in `results`, what did not in `errors`, and then the status is 207.

use serde_json::{Value as Json, json};

use super::errors::Trouble;
use super::objects::{changes, create, locate, write_changed};
use super::render::{self, Wanted};
use super::types::ObjectType;
use super::{Hubspot, Visit};
use crate::sandbox::json::{loose_text, value};
use crate::sandbox::wire::Reply;
use crate::sandbox::{calendar, json as write};

const MOST: usize = 100;

/// The results as they come, and what went wrong.
#[derive(Default)]
pub(crate) struct Batch {
    pub(crate) results: Vec<u8>,
    missing: Vec<String>,
    pub(crate) errors: Vec<Json>,
}

impl Batch {
    pub(crate) fn separate(&mut self) {
        if !self.results.is_empty() {
            self.results.push(b',');
        }
    }

    /// The reply with this status, or 207 when something failed.
    pub(crate) fn reply(mut self, object: ObjectType, now: i64, status: u16) -> Reply {
        if !self.missing.is_empty() {
            let message = format!(
                "Could not get some {} objects, they may be deleted or not exist. Check that ids are valid.",
                object.shout()
            );
            let missing = Trouble::new(404, "OBJECT_NOT_FOUND", message).with("context", json!({"ids": self.missing}));
            self.errors.push(missing.entry());
        }
        let mut out = Vec::with_capacity(self.results.len() + 512);
        out.extend_from_slice(b"{\"status\":\"COMPLETE\",\"results\":[");
        out.extend_from_slice(&self.results);
        out.extend_from_slice(b"]");
        if !self.errors.is_empty() {
            out.extend_from_slice(format!(",\"numErrors\":{},\"errors\":", self.errors.len()).as_bytes());
            value(&mut out, &Json::from(self.errors.clone()));
        }
        for key in [",\"startedAt\":", ",\"completedAt\":"] {
            out.extend_from_slice(key.as_bytes());
            write::text(&mut out, &calendar::instant_text(now));
        }
        out.push(b'}');
        Reply::json(if self.errors.is_empty() { status } else { 207 }, out)
    }
}

/// The inputs of a batch, not more than it may have.
pub(crate) fn inputs(body: &Json, most: usize) -> Result<&Vec<Json>, Trouble> {
    let inputs =
        body["inputs"].as_array().ok_or_else(|| Trouble::invalid("`inputs` is required and must be a list"))?;
    if inputs.len() > most {
        let message = format!("The maximum number of inputs in a batch is {most}, got {}", inputs.len());
        return Err(Trouble::invalid(message));
    }
    Ok(inputs)
}

fn texts(body: &Json) -> Vec<&str> {
    body.as_array().into_iter().flatten().filter_map(Json::as_str).collect()
}

impl Hubspot {
    pub(crate) fn batch(&self, visit: &Visit<'_>, object: ObjectType, verb: &str) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        match verb {
            "read" => self.batch_read(visit, object, &body),
            "create" => self.batch_create(visit, object, &body),
            "update" => self.batch_update(visit, object, &body),
            "upsert" => self.batch_upsert(visit, object, &body),
            "archive" => {
                let mut state = self.change();
                for input in inputs(&body, MOST)? {
                    if let Ok(id) = loose_text(&input["id"]).parse() {
                        state.archive(object, id, visit.now);
                    }
                }
                Ok(Reply::empty(204))
            }
            _ => Err(Trouble::not_found()),
        }
    }

    fn batch_read(&self, visit: &Visit<'_>, object: ObjectType, body: &Json) -> Result<Reply, Trouble> {
        let history = texts(&body["propertiesWithHistory"]);
        let inputs = inputs(body, if history.is_empty() { MOST } else { 50 })?;
        let by = body["idProperty"].as_str();
        let archived = visit.request.is_true("archived");
        let state = self.read();
        let shelf = state.shelf(object);
        let wanted = Wanted::new(shelf, &texts(&body["properties"]), &history);
        let mut batch = Batch::default();
        let mut seen = std::collections::BTreeSet::new();
        for input in inputs {
            let id = loose_text(&input["id"]);
            // A merged record's id brings its winner, under the winner's id.
            let view = locate(&state, object, &id, by)?.and_then(|id| shelf.view(id));
            match view.filter(|view| view.archived.is_some() == archived) {
                Some(view) if seen.insert(view.id) => {
                    batch.separate();
                    render::record(&state, object, &view, &wanted, None, &mut batch.results);
                }
                Some(_) => {}
                None => batch.missing.push(id),
            }
        }
        Ok(batch.reply(object, visit.now, 200))
    }

    /// All or nothing, as HubSpot does it unless told otherwise.
    fn batch_create(&self, visit: &Visit<'_>, object: ObjectType, body: &Json) -> Result<Reply, Trouble> {
        let mut state = self.change();
        let mut made = Vec::new();
        for input in inputs(body, MOST)? {
            match create(&mut state, object, input, visit.now) {
                Ok(id) => made.push((id, input)),
                Err(trouble) => {
                    for (id, _) in made {
                        state.shelf_mut(object).records.remove(&id);
                    }
                    return Err(trouble);
                }
            }
        }
        let mut batch = Batch::default();
        for (id, input) in made {
            batch.separate();
            write_changed(&state, object, id, input, None, &mut batch.results);
        }
        Ok(batch.reply(object, visit.now, 201))
    }

    fn batch_update(&self, visit: &Visit<'_>, object: ObjectType, body: &Json) -> Result<Reply, Trouble> {
        let mut state = self.change();
        let mut batch = Batch::default();
        for input in inputs(body, MOST)? {
            let id = loose_text(&input["id"]);
            let Some(found) = locate(&state, object, &id, input["idProperty"].as_str())? else {
                batch.missing.push(id);
                continue;
            };
            match changes(input).and_then(|changes| state.update(object, found, &changes, visit.now)) {
                Ok(found) => {
                    batch.separate();
                    write_changed(&state, object, found, input, None, &mut batch.results);
                }
                Err(trouble) if trouble.status == 404 => batch.missing.push(id),
                Err(trouble) => batch.errors.push(trouble.with("context", json!({"ids": [id]})).entry()),
            }
        }
        Ok(batch.reply(object, visit.now, 200))
    }

    fn batch_upsert(&self, visit: &Visit<'_>, object: ObjectType, body: &Json) -> Result<Reply, Trouble> {
        let mut state = self.change();
        let mut batch = Batch::default();
        for input in inputs(body, MOST)? {
            let id = loose_text(&input["id"]);
            let by = input["idProperty"].as_str().filter(|by| !by.is_empty());
            let known =
                locate(&state, object, &id, by)?.filter(|id| state.is_live(object, state.shelf(object).winner(*id)));
            let done = match (known, by) {
                (Some(known), _) => changes(input)
                    .and_then(|changes| state.update(object, known, &changes, visit.now))
                    .map(|id| (id, false)),
                (None, Some(by)) => changes(input).and_then(|mut changes| {
                    if !changes.iter().any(|(name, _)| name == by) {
                        changes.push((by.to_owned(), id.clone()));
                    }
                    state.create(object, &changes, visit.now).map(|id| (id, true))
                }),
                (None, None) => Err(Trouble::not_found()),
            };
            match done {
                Ok((found, new)) => {
                    batch.separate();
                    write_changed(&state, object, found, input, Some(new), &mut batch.results);
                }
                Err(trouble) if trouble.status == 404 => batch.missing.push(id),
                Err(trouble) => batch.errors.push(trouble.with("context", json!({"ids": [id]})).entry()),
            }
        }
        Ok(batch.reply(object, visit.now, 200))
    }
}
