//! The custom objects' definitions.

use serde_json::{Value as Json, json};

use super::errors::Trouble;
use super::links::link_types;
use super::state::Shelf;
use super::types::{self, Companies, Contacts, Deals, Machines, ObjectType, PORTAL, SiteVisits, Tickets};
use super::{Hubspot, Visit, properties};
use crate::sandbox::wire::Reply;

const MADE: &str = "2020-01-01T00:00:00Z";

impl Hubspot {
    pub(crate) fn schemas(&self, visit: &Visit<'_>, rest: &[&str]) -> Result<Reply, Trouble> {
        let state = self.read();
        match rest {
            [] if visit.request.is_true("archived") => Ok(Reply::value(200, &json!({"results": []}))),
            [] => {
                let custom = types::ALL.iter().filter(|object| object.is_custom());
                let all: Vec<Json> = custom.map(|object| schema(state.shelf(*object))).collect();
                Ok(Reply::value(200, &json!({"results": all})))
            }
            [name] => {
                let object = ObjectType::find(name).ok_or_else(Trouble::not_found)?;
                Ok(Reply::value(200, &schema(state.shelf(object))))
            }
            _ => Err(Trouble::not_found()),
        }
    }
}

fn schema(shelf: &Shelf) -> Json {
    let object = shelf.object;
    let info = object.info();
    let others: &[ObjectType] = match object {
        Machines => &[Contacts, Companies],
        SiteVisits => &[],
        _ => &[Contacts, Companies, Deals, Tickets],
    };
    let association = |other: &ObjectType| {
        json!({
            "fromObjectTypeId": info.id, "toObjectTypeId": other.info().id,
            "name": format!("{}_to_{}", info.singular, other.info().singular),
            "id": link_types(object, *other)[0].id.to_string(), "createdAt": null, "updatedAt": null,
        })
    };
    let shown = shelf.properties.values().filter(|property| property.archived.is_none());
    let singular = info.title.strip_suffix('s').unwrap_or(info.title);
    json!({
        "labels": {"singular": singular, "plural": info.title},
        "requiredProperties": [info.display],
        "searchableProperties": info.searched,
        "primaryDisplayProperty": info.display,
        "secondaryDisplayProperties": [],
        "description": null,
        "archived": false,
        "id": info.id.split('-').next_back(),
        "fullyQualifiedName": if object.is_custom() { format!("p{PORTAL}_{}", info.name) } else { info.singular.to_ascii_uppercase() },
        "createdAt": MADE,
        "updatedAt": MADE,
        "objectTypeId": info.id,
        "properties": shown.map(|property| properties::shown(property)).collect::<Vec<_>>(),
        "associations": others.iter().map(association).collect::<Vec<_>>(),
        "name": info.name,
    })
}
