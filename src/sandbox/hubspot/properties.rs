//! The definitions of properties: read, create, change, archive.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use super::batch::{Batch, inputs};
use super::catalog::{Choice, Origin, Property};
use super::errors::Trouble;
use super::types::ObjectType;
use super::{Hubspot, Visit};
use crate::base::Result as BaseResult;
use crate::sandbox::wire::Reply;
use crate::sandbox::{calendar, json as write};

const KINDS: &[&str] = &["bool", "date", "datetime", "enumeration", "number", "phone_number", "string"];

pub(crate) fn wrong_method() -> Trouble {
    Trouble::new(405, "METHOD_NOT_ALLOWED", "http method is not allowed by this resource")
}

/// A definition as HubSpot shows it.
pub(crate) fn shown(property: &Property) -> Json {
    let option = |(order, choice): (usize, &Choice)| {
        json!({
            "label": choice.label, "value": choice.value, "description": "", "displayOrder": order, "hidden": false,
        })
    };
    let mut shown = json!({
        "updatedAt": calendar::instant_text(property.updated),
        "createdAt": calendar::instant_text(property.created),
        "name": property.name,
        "label": property.label,
        "type": property.kind,
        "fieldType": property.field_type,
        "description": property.description,
        "groupName": property.group,
        "options": property.options.iter().enumerate().map(option).collect::<Vec<_>>(),
        "displayOrder": -1,
        "calculated": property.is_calculated(),
        "externalOptions": property.name == "hubspot_owner_id",
        "archived": property.archived.is_some(),
        "hasUniqueValue": property.unique || matches!(property.from, Origin::Id),
        "hidden": property.hidden,
        "hubspotDefined": property.builtin,
        "modificationMetadata": {
            "archivable": !property.builtin,
            "readOnlyDefinition": property.builtin,
            "readOnlyValue": property.is_read_only(),
        },
        "formField": !property.is_read_only(),
        "dataSensitivity": "non_sensitive",
    });
    if property.name == "hubspot_owner_id" {
        shown["referencedObjectType"] = json!("OWNER");
    }
    if let Some(at) = property.archived {
        shown["archivedAt"] = json!(calendar::instant_text(at));
    }
    shown
}

impl Hubspot {
    pub(crate) fn properties(
        &self,
        visit: &Visit<'_>,
        method: &str,
        object: ObjectType,
        rest: &[&str],
    ) -> Result<Reply, Trouble> {
        match (method, rest) {
            ("GET", []) => {
                let archived = visit.request.is_true("archived");
                let state = self.read();
                let all = state.shelf(object).properties.values();
                let shown: Vec<Json> =
                    all.filter(|one| one.archived.is_some() == archived).map(|one| shown(one)).collect();
                Ok(Reply::value(200, &json!({"results": shown})))
            }
            ("POST", []) => {
                let made = self.define(object, &visit.body()?, visit.now)?;
                Ok(Reply::value(201, &shown(&made)))
            }
            ("GET", ["groups"]) => Ok(Reply::value(200, &json!({"results": [group(object)]}))),
            ("GET", ["groups", name]) if group(object)["name"] == *name => Ok(Reply::value(200, &group(object))),
            ("POST", ["batch", verb]) => self.properties_batch(visit, object, verb),
            ("GET", [name]) => {
                let archived = visit.request.is_true("archived");
                let state = self.read();
                let found = state.shelf(object).properties.get(*name);
                let found = found.filter(|property| property.archived.is_some() == archived);
                Ok(Reply::value(200, &shown(found.ok_or_else(|| no_such_property(name))?)))
            }
            ("PATCH", [name]) => {
                let changed = self.redefine(object, name, &visit.body()?, visit.now)?;
                Ok(Reply::value(200, &shown(&changed)))
            }
            ("DELETE", [name]) => {
                self.retire(object, name, visit.now, false)?;
                Ok(Reply::empty(204))
            }
            (_, []) | (_, [_]) => Err(wrong_method()),
            _ => Err(Trouble::not_found()),
        }
    }

    fn properties_batch(&self, visit: &Visit<'_>, object: ObjectType, verb: &str) -> Result<Reply, Trouble> {
        let body = visit.body()?;
        let mut batch = Batch::default();
        for input in inputs(&body, 100)? {
            let name = input["name"].as_str().unwrap_or_default();
            let done = match verb {
                "read" => {
                    let state = self.read();
                    let found = state.shelf(object).properties.get(name).filter(|one| one.archived.is_none()).cloned();
                    found.ok_or_else(|| no_such_property(name))
                }
                "create" => self.define(object, input, visit.now),
                "archive" => {
                    // What is not there is archived already.
                    _ = self.retire(object, name, visit.now, false);
                    continue;
                }
                _ => return Err(Trouble::not_found()),
            };
            match done {
                Ok(property) => {
                    batch.separate();
                    write::value(&mut batch.results, &shown(&property));
                }
                Err(trouble) => batch.errors.push(trouble.entry()),
            }
        }
        match verb {
            "archive" => Ok(Reply::empty(204)),
            "create" => Ok(batch.reply(object, visit.now, 201)),
            _ => Ok(batch.reply(object, visit.now, 200)),
        }
    }

    /// Adds a property: `name`, `label`, `type`, `fieldType`, `groupName`, `options`, `hasUniqueValue`.
    pub(crate) fn define(&self, object: ObjectType, body: &Json, now: i64) -> Result<Arc<Property>, Trouble> {
        let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
        let (name, kind) = (text("name").to_lowercase(), text("type"));
        let proper = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        if name.is_empty() || !name.chars().all(proper) {
            return Err(Trouble::invalid(format!("Property name `{name}` is not valid")));
        }
        if !KINDS.contains(&kind.as_str()) {
            return Err(Trouble::invalid(format!("Property type `{kind}` is not valid; it must be one of {KINDS:?}")));
        }
        let mut state = self.change();
        state.definitions += 1;
        let properties = &mut state.shelf_mut(object).properties;
        if properties.get(&name).is_some_and(|known| known.archived.is_none()) {
            let message = format!("A property named '{name}' already exists.");
            return Err(Trouble::new(409, "OBJECT_ALREADY_EXISTS", message));
        }
        let label = Some(text("label")).filter(|label| !label.is_empty()).unwrap_or_else(|| name.clone());
        let property = Arc::new(Property {
            name: name.clone(),
            label,
            field_type: Some(text("fieldType")).filter(|kind| !kind.is_empty()).unwrap_or_else(|| usual_field(&kind)),
            kind,
            group: text("groupName"),
            description: text("description"),
            options: options(&body["options"]),
            from: Origin::Written,
            builtin: false,
            unique: body["hasUniqueValue"] == true,
            hidden: body["hidden"] == true,
            created: now,
            updated: now,
            archived: None,
        });
        properties.insert(name, property.clone());
        Ok(property)
    }

    fn redefine(&self, object: ObjectType, name: &str, body: &Json, now: i64) -> Result<Arc<Property>, Trouble> {
        let mut state = self.change();
        state.definitions += 1;
        let found = state.shelf_mut(object).properties.get_mut(name).filter(|one| one.archived.is_none());
        let property = Arc::make_mut(found.ok_or_else(|| no_such_property(name))?);
        if let Some(kind) = body["type"].as_str() {
            if !KINDS.contains(&kind) {
                return Err(Trouble::invalid(format!(
                    "Property type `{kind}` is not valid; it must be one of {KINDS:?}"
                )));
            }
            if property.builtin && kind != property.kind {
                return Err(Trouble::invalid(format!("The definition of `{name}` is read only")));
            }
            kind.clone_into(&mut property.kind);
        }
        for (key, field) in [
            ("label", &mut property.label),
            ("fieldType", &mut property.field_type),
            ("groupName", &mut property.group),
            ("description", &mut property.description),
        ] {
            if let Some(text) = body[key].as_str() {
                text.clone_into(field);
            }
        }
        if body["options"].is_array() {
            property.options = options(&body["options"]);
        }
        property.updated = now;
        Ok(Arc::new(property.clone()))
    }

    /// Archives a property, or forgets it for good; HubSpot's own can only go when the sandbox itself is told so.
    pub(crate) fn retire(&self, object: ObjectType, name: &str, now: i64, even_builtin: bool) -> Result<(), Trouble> {
        let mut state = self.change();
        state.definitions += 1;
        let found = state.shelf_mut(object).properties.get_mut(name).filter(|one| one.archived.is_none());
        let property = Arc::make_mut(found.ok_or_else(|| no_such_property(name))?);
        if property.builtin && !even_builtin {
            return Err(Trouble::invalid(format!("`{name}` is a HubSpot defined property and cannot be archived")));
        }
        property.archived = Some(now);
        Ok(())
    }

    /// Adds a property: `{"name","label","type","fieldType","options","hasUniqueValue"}`.
    pub fn add_property(&self, object: &str, definition: &Json) -> BaseResult<()> {
        let object = ObjectType::named(object)?;
        self.define(object, definition, self.now())?;
        Ok(())
    }

    /// Takes a property away, HubSpot's own too.
    pub fn remove_property(&self, object: &str, name: &str) -> BaseResult<()> {
        Ok(self.retire(ObjectType::named(object)?, name, self.now(), true)?)
    }

    /// Gives a property another type; the values stay as they are.
    pub fn retype_property(&self, object: &str, name: &str, kind: &str) -> BaseResult<()> {
        let object = ObjectType::named(object)?;
        let mut state = self.change();
        state.definitions += 1;
        let found = state.shelf_mut(object).properties.get_mut(name);
        let property = Arc::make_mut(found.ok_or_else(|| no_such_property(name))?);
        kind.clone_into(&mut property.kind);
        property.field_type = usual_field(kind);
        property.updated = self.now();
        Ok(())
    }
}

fn no_such_property(name: &str) -> Trouble {
    Trouble::new(404, "OBJECT_NOT_FOUND", format!("Property {name} does not exist"))
}

fn usual_field(kind: &str) -> String {
    let field = match kind {
        "bool" => "booleancheckbox",
        "date" | "datetime" => "date",
        "enumeration" => "select",
        "number" => "number",
        "phone_number" => "phonenumber",
        _ => "text",
    };
    field.to_owned()
}

fn options(options: &Json) -> Vec<Choice> {
    let choice = |option: &Json| {
        let value = option["value"].as_str()?.to_owned();
        let label = option["label"].as_str().map_or_else(|| value.clone(), str::to_owned);
        Some(Choice { label, value })
    };
    options.as_array().into_iter().flatten().filter_map(choice).collect()
}

fn group(object: ObjectType) -> Json {
    let info = object.info();
    json!({
        "name": format!("{}information", info.singular.replace('_', "")),
        "label": format!("{} information", info.title), "displayOrder": 0, "archived": false,
    })
}
