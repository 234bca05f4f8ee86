//! Associations, version 4 (and the shape of version 3 where a client still asks for it). None of this moves a record's
//! time of last change.

use serde_json::{Value as Json, json};

use super::batch::{Batch, inputs};
use super::errors::Trouble;
use super::links::{Link, link_name, link_types};
use super::properties::wrong_method;
use super::state::State;
use super::types::ObjectType;
use super::{Hubspot, Visit};
use crate::sandbox::fault::Twist;
use crate::sandbox::json::{loose_text, value};
use crate::sandbox::wire::Reply;

/// How many associations of one record a batch brings at once.
const A_RECORD: usize = 1000;

pub(crate) fn labels(from: ObjectType, to: ObjectType) -> Reply {
    let shown = link_types(from, to)
        .into_iter()
        .map(|kind| json!({"category": kind.category, "typeId": kind.id, "label": kind.label}));
    Reply::value(200, &json!({"results": shown.collect::<Vec<_>>()}))
}

/// One association as it is shown; an id is a number in version 4 and a text where the path names a date.
fn shown(visit: &Visit<'_>, from: ObjectType, to: ObjectType, link: &Link) -> Vec<Json> {
    if visit.route.third {
        let entry = |id: &u32| json!({"id": link.to.to_string(), "type": link_name(from, to, *id)});
        return link.types.iter().map(entry).collect();
    }
    let known = link_types(from, to);
    let kind = |id: &u32| {
        let known = known.iter().find(|kind| kind.id == *id);
        let category = known.map_or("USER_DEFINED", |kind| kind.category);
        json!({"category": category, "typeId": id, "label": known.and_then(|kind| kind.label)})
    };
    let id = if visit.route.dated { json!(link.to.to_string()) } else { json!(link.to) };
    vec![json!({"toObjectId": id, "associationTypes": link.types.iter().map(kind).collect::<Vec<_>>()})]
}

fn parse(id: &str) -> Result<u64, Trouble> {
    id.parse().map_err(|_| Trouble::invalid(format!("`{id}` is not a valid object id")))
}

/// The types that an association is made with, known between these two.
fn types_in(list: &Json, from: ObjectType, to: ObjectType) -> Result<Vec<u32>, Trouble> {
    let mut types = Vec::new();
    for kind in list.as_array().into_iter().flatten() {
        let id = kind["associationTypeId"].as_u64().unwrap_or_default() as u32;
        if !link_types(from, to).iter().any(|known| known.id == id) {
            let message = format!("association type {id} is not valid between {} and {}", from.name(), to.name());
            return Err(Trouble::invalid(message));
        }
        types.push(id);
    }
    if types.is_empty() {
        return Err(Trouble::invalid("at least one association type is required"));
    }
    Ok(types)
}

fn both_live(state: &State, from: (ObjectType, u64), to: (ObjectType, u64)) -> Result<(), Trouble> {
    for (object, id) in [from, to] {
        if !state.is_live(object, id) {
            let message = format!("{} with id {id} does not exist", object.shout());
            return Err(Trouble::new(404, "OBJECT_NOT_FOUND", message).with("context", json!({"id": [id.to_string()]})));
        }
    }
    Ok(())
}

impl Hubspot {
    /// `GET /crm/v4/objects/{type}/{id}/associations/{toType}`: 500 a page.
    pub(crate) fn associations(
        &self,
        visit: &Visit<'_>,
        from: ObjectType,
        id: &str,
        to: ObjectType,
    ) -> Result<Reply, Trouble> {
        let request = visit.request;
        let limit = Trouble::limit(request.parameter("limit"), 500, 500)?;
        let after = parse(request.parameter("after").filter(|after| !after.is_empty()).unwrap_or("0"))?;
        if visit.call.twist == Some(Twist::Expired) {
            return Err(Trouble::expired());
        }
        let state = self.read();
        let id = parse(id)?;
        if !state.is_live(from, id) {
            return Err(Trouble::not_found());
        }
        let mut links = state.linked(from, id, to);
        links.retain(|link| link.to >= after);
        let next = links.get(limit).map(|link| link.to);
        links.truncate(limit);
        let shown: Vec<Json> = links.iter().flat_map(|link| shown(visit, from, to, link)).collect();
        let mut body = json!({"results": shown});
        let next = match visit.call.twist {
            Some(Twist::Half | Twist::Nothing) => None,
            Some(Twist::Stuck) => Some(after),
            Some(Twist::Loop) => Some(0),
            _ => next,
        };
        if visit.call.twist == Some(Twist::Nothing) {
            body["results"] = json!([]);
        }
        let mut out = body.to_string().into_bytes();
        if let Some(next) = next {
            out.pop();
            super::objects::paging(&mut out, visit, &next.to_string());
            out.push(b'}');
        }
        Ok(Reply::json(200, out))
    }

    /// `PUT …/associations/default/{to}/{id}`, `PUT …/associations/{to}/{id}` and `DELETE …/associations/{to}/{id}`.
    pub(crate) fn change_association(
        &self,
        visit: &Visit<'_>,
        method: &str,
        from: ObjectType,
        id: &str,
        rest: &[&str],
    ) -> Result<Reply, Trouble> {
        let type_of = |name: &str| ObjectType::find(name).ok_or_else(|| Trouble::no_such_type(name));
        let near = (from, parse(id)?);
        match (method, rest) {
            ("PUT", ["default", to, to_id]) => {
                let far = (type_of(to)?, parse(to_id)?);
                let mut state = self.change();
                both_live(&state, near, far)?;
                let plain = link_types(near.0, far.0)[0];
                state.link(near, far, &[plain.id]);
                Ok(Reply::value(200, &json!({"status": "COMPLETE", "results": [default_link(near, far)]})))
            }
            ("PUT", [to, to_id]) => {
                let far = (type_of(to)?, parse(to_id)?);
                let types = types_in(&visit.body()?, near.0, far.0)?;
                let mut state = self.change();
                both_live(&state, near, far)?;
                state.link(near, far, &types);
                Ok(Reply::value(201, &labels_between(visit, near, far, &types)))
            }
            // Version 3 names one type at the end.
            ("PUT" | "DELETE", [to, to_id, _]) | ("DELETE", [to, to_id]) => {
                let far = (type_of(to)?, parse(to_id)?);
                let mut state = self.change();
                if method == "PUT" {
                    both_live(&state, near, far)?;
                    let plain = link_types(near.0, far.0)[0];
                    state.link(near, far, &[plain.id]);
                    return Ok(Reply::value(200, &json!({"id": id, "properties": {}, "archived": false})));
                }
                state.unlink(near, far);
                Ok(Reply::empty(204))
            }
            _ => Err(wrong_method()),
        }
    }

    pub(crate) fn associations_batch(
        &self,
        visit: &Visit<'_>,
        from: ObjectType,
        to: ObjectType,
        rest: &[&str],
    ) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        match rest {
            ["read"] => self.read_associations(visit, from, to, inputs(&body, 1000)?),
            ["create"] => self.create_associations(visit, from, to, inputs(&body, 2000)?),
            ["associate", "default"] => self.create_default(visit, from, to, inputs(&body, 2000)?),
            ["archive"] => {
                let mut state = self.change();
                for input in inputs(&body, 2000)? {
                    let near = parse(&loose_text(&input["from"]["id"]))?;
                    // Version 4 lists several ends, version 3 names one.
                    let ends = match &input["to"] {
                        Json::Array(ends) => ends.clone(),
                        one => vec![one.clone()],
                    };
                    for end in ends {
                        state.unlink((from, near), (to, parse(&loose_text(&end["id"]))?));
                    }
                }
                Ok(Reply::empty(204))
            }
            _ => Err(Trouble::not_found()),
        }
    }

    fn read_associations(
        &self,
        visit: &Visit<'_>,
        from: ObjectType,
        to: ObjectType,
        inputs: &[Json],
    ) -> Result<Reply, Trouble> {
        let state = self.read();
        let mut batch = Batch::default();
        for input in inputs {
            let id = loose_text(&input["id"]);
            let near = id.parse().ok().filter(|near| state.is_live(from, *near));
            let mut links = near.map(|near| state.linked(from, near, to)).unwrap_or_default();
            if let Some(after) = input["after"].as_str().filter(|after| !after.is_empty()) {
                let after = parse(after)?;
                links.retain(|link| link.to >= after);
            }
            if links.is_empty() {
                // A record without associations is named under `errors`, not under `results`.
                let message = format!("No {} is associated with {} {id}.", to.info().singular, from.info().singular);
                let none = Trouble::new(404, "OBJECT_NOT_FOUND", message)
                    .with("subCategory", json!("crm.associations.NO_ASSOCIATIONS_FOUND"));
                batch.errors.push(none.with("context", json!({"fromObjectId": [id]})).entry());
                continue;
            }
            let next = links.get(A_RECORD).map(|link| link.to);
            links.truncate(A_RECORD);
            let shown: Vec<Json> = links.iter().flat_map(|link| shown(visit, from, to, link)).collect();
            let mut entry = json!({"from": {"id": id}, "to": shown});
            if let Some(next) = next {
                entry["paging"] = json!({"next": {"after": next.to_string(), "link": format!("?after={next}")}});
            }
            batch.separate();
            value(&mut batch.results, &entry);
        }
        Ok(batch.reply(from, visit.now, 200))
    }

    fn create_associations(
        &self,
        visit: &Visit<'_>,
        from: ObjectType,
        to: ObjectType,
        inputs: &[Json],
    ) -> Result<Reply, Trouble> {
        let mut state = self.change();
        let mut batch = Batch::default();
        for input in inputs {
            let near = (from, parse(&loose_text(&input["from"]["id"]))?);
            let far = (to, parse(&loose_text(&input["to"]["id"]))?);
            // Version 3 names one type by its name.
            let types = match input["types"].is_array() {
                true => types_in(&input["types"], from, to)?,
                false => vec![link_types(from, to)[0].id],
            };
            match both_live(&state, near, far) {
                Ok(()) => {
                    state.link(near, far, &types);
                    batch.separate();
                    value(&mut batch.results, &labels_between(visit, near, far, &types));
                }
                Err(trouble) => batch.errors.push(trouble.entry()),
            }
        }
        Ok(batch.reply(from, visit.now, 201))
    }

    fn create_default(
        &self,
        visit: &Visit<'_>,
        from: ObjectType,
        to: ObjectType,
        inputs: &[Json],
    ) -> Result<Reply, Trouble> {
        let mut state = self.change();
        let mut batch = Batch::default();
        for input in inputs {
            let near = (from, parse(&loose_text(&input["from"]["id"]))?);
            let far = (to, parse(&loose_text(&input["to"]["id"]))?);
            match both_live(&state, near, far) {
                Ok(()) => {
                    state.link(near, far, &[link_types(from, to)[0].id]);
                    batch.separate();
                    value(&mut batch.results, &default_link(near, far));
                }
                Err(trouble) => batch.errors.push(trouble.entry()),
            }
        }
        Ok(batch.reply(from, visit.now, 200))
    }
}

fn default_link(near: (ObjectType, u64), far: (ObjectType, u64)) -> Json {
    let plain = link_types(near.0, far.0)[0];
    json!({
        "from": {"id": near.1.to_string()}, "to": {"id": far.1.to_string()},
        "associationSpec": {"associationCategory": plain.category, "associationTypeId": plain.id},
    })
}

fn labels_between(visit: &Visit<'_>, near: (ObjectType, u64), far: (ObjectType, u64), types: &[u32]) -> Json {
    let id = |id: u64| if visit.route.dated { json!(id.to_string()) } else { json!(id) };
    let known = link_types(near.0, far.0);
    let labels: Vec<_> = known.iter().filter(|kind| types.contains(&kind.id)).filter_map(|kind| kind.label).collect();
    json!({
        "fromObjectTypeId": near.0.info().id, "fromObjectId": id(near.1),
        "toObjectTypeId": far.0.info().id, "toObjectId": id(far.1), "labels": labels,
    })
}
