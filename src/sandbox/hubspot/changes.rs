//! What can happen to records: created, changed, archived, restored, merged, deleted for good. The HTTP endpoints, the
//! control API and callers in the same process all go through here.

use super::catalog::{Origin, Property};
use super::draw::index_in;
use super::errors::Trouble;
use super::state::{Before, Life, Record, Shelf, State, Values, Written};
use super::types::{Contacts, ObjectType};
use crate::sandbox::calendar;

/// New values by property; an empty one clears.
pub(crate) type Changes = Vec<(String, String)>;

impl State {
    /// Creates a record and returns its id. A unique value that another record has is a conflict.
    pub(crate) fn create(&mut self, object: ObjectType, changes: &Changes, now: i64) -> Result<u64, Trouble> {
        let changes = self.shelf(object).checked(changes)?;
        if let Some(existing) = self.same_unique(object, &changes, None) {
            return Err(conflict(object, existing));
        }
        let lag = self.lag;
        let shelf = self.shelf_mut(object);
        let id = shelf.next_id;
        shelf.next_id += 1;
        let mut record = Record {
            created: now,
            updated: now,
            life: Life::Live,
            values: Values::new(),
            history: Vec::new(),
            before: Vec::new(),
        };
        if lag > 0 {
            record.before.push(Before { until: now, existed: false, values: Values::new(), updated: now });
        }
        record.put(&changes, now);
        shelf.records.insert(id, record);
        Ok(id)
    }

    /// Changes a live record; a merged one's id reaches its winner. Returns the id of the record that was changed.
    pub(crate) fn update(&mut self, object: ObjectType, id: u64, changes: &Changes, now: i64) -> Result<u64, Trouble> {
        let changes = self.shelf(object).checked(changes)?;
        let id = self.shelf(object).winner(id);
        if !self.is_live(object, id) {
            return Err(Trouble::not_found());
        }
        if let Some(existing) = self.same_unique(object, &changes, Some(id)) {
            return Err(conflict(object, existing));
        }
        self.touch(object, id, now).put(&changes, now);
        Ok(id)
    }

    /// Puts a live record into the archive; nothing happens when there is none.
    pub(crate) fn archive(&mut self, object: ObjectType, id: u64, now: i64) -> bool {
        if !self.is_live(object, id) {
            return false;
        }
        self.own(object, id).life = Life::Archived(now);
        true
    }

    /// Takes a record out of the archive, which counts as a change.
    pub(crate) fn restore(&mut self, object: ObjectType, id: u64, now: i64) -> bool {
        let archived =
            self.shelf(object).records.get(&id).is_some_and(|record| matches!(record.life, Life::Archived(_)));
        if archived {
            self.touch(object, id, now).life = Life::Live;
        }
        archived
    }

    /// Deletes a record for good: no list has it any more, the archive neither.
    pub(crate) fn delete_for_good(&mut self, object: ObjectType, id: u64) -> bool {
        let id = self.shelf(object).winner(id);
        if self.shelf(object).view(id).is_none() {
            return false;
        }
        let record = self.own(object, id);
        record.life = Life::Gone;
        record.values.clear();
        record.history.clear();
        true
    }

    /// Merges a live record into another of its type, which keeps its values, takes over the ones it lacks and all
    /// associations, and counts as changed.
    pub(crate) fn merge(&mut self, object: ObjectType, winner: u64, loser: u64, now: i64) -> Result<u64, Trouble> {
        let winner = self.shelf(object).winner(winner);
        if winner == loser {
            return Err(Trouble::invalid("A record cannot be merged with itself"));
        }
        if !self.is_live(object, winner) || !self.is_live(object, loser) {
            return Err(Trouble::not_found());
        }
        let taken = self.values_to_take(object, winner, loser);
        let merged_before = |state: &State, id: u64| {
            let view = state.shelf(object).view(id);
            view.and_then(|view| state.text(object, &view, "hs_merged_object_ids")).filter(|ids| !ids.is_empty())
        };
        let mut ids: Vec<String> = merged_before(self, winner).into_iter().collect();
        ids.push(loser.to_string());
        ids.extend(merged_before(self, loser));
        self.own(object, loser).life = Life::Merged(winner);
        self.hand_over(object, loser, winner);
        let record = self.touch(object, winner, now);
        record.put(&taken, now);
        if object == Contacts {
            let vids = ids.iter().map(|id| format!("{id}:{now}")).collect::<Vec<_>>().join(";");
            record.put(&vec![("hs_calculated_merged_vids".to_owned(), vids)], now);
        }
        record.put(&vec![("hs_merged_object_ids".to_owned(), ids.join(";"))], now);
        Ok(winner)
    }

    fn values_to_take(&self, object: ObjectType, winner: u64, loser: u64) -> Changes {
        let shelf = self.shelf(object);
        let (Some(to), Some(from)) = (shelf.view(winner), shelf.view(loser)) else { return Changes::new() };
        let writable = shelf.properties.values().filter(|property| !property.is_read_only() && !property.unique);
        let mut taken = Changes::new();
        for property in writable {
            let has = self.text(object, &to, &property.name).is_some_and(|value| !value.is_empty());
            if let Some(value) = self.text(object, &from, &property.name).filter(|_| !has) {
                taken.push((property.name.clone(), value));
            }
        }
        taken
    }

    /// The record in the overlay, put there as it was made up when nobody wrote it before.
    fn own(&mut self, object: ObjectType, id: u64) -> &mut Record {
        let shelf = self.shelf_mut(object);
        let made = shelf.made(id);
        shelf.records.entry(id).or_insert_with(|| Record {
            created: made.map_or(0, |view| view.created),
            updated: made.map_or(0, |view| view.updated),
            life: Life::Live,
            values: Values::new(),
            history: Vec::new(),
            before: Vec::new(),
        })
    }

    /// The record in the overlay, remembered for the search index, with a new time of last change.
    fn touch(&mut self, object: ObjectType, id: u64, now: i64) -> &mut Record {
        let lag = self.lag;
        let record = self.own(object, id);
        record.before.retain(|before| now < before.until + lag);
        if lag > 0 {
            let existed = record.life == Life::Live;
            let (values, updated) = (record.values.clone(), record.updated);
            record.before.push(Before { until: now, existed, values, updated });
        }
        // Two changes within a millisecond have one time, as at HubSpot; time never goes back.
        record.updated = record.updated.max(now);
        record
    }

    /// Another record that has one of these unique values.
    fn same_unique(&self, object: ObjectType, changes: &Changes, except: Option<u64>) -> Option<u64> {
        let shelf = self.shelf(object);
        let unique = |name: &String| shelf.properties.get(name).is_some_and(|property| property.unique);
        let values = changes.iter().filter(|(name, value)| !value.is_empty() && unique(name));
        values.filter_map(|(name, value)| self.find(object, name, value)).find(|id| Some(*id) != except)
    }

    /// The live record with this value of a unique property.
    pub(crate) fn find(&self, object: ObjectType, name: &str, value: &str) -> Option<u64> {
        let shelf = self.shelf(object);
        let property = shelf.properties.get(name)?;
        let is_it = |id: u64| {
            let view = shelf.view(id).filter(|view| view.archived.is_none() && view.id == id);
            let text = view.and_then(|view| self.text(object, &view, name));
            text.is_some_and(|text| !text.is_empty() && text.eq_ignore_ascii_case(value)).then_some(id)
        };
        if property.name == "hs_object_id" {
            return is_it(value.parse().ok()?);
        }
        let written = shelf.records.iter().filter(|(_, record)| record.life == Life::Live);
        if let Some(id) = written.filter_map(|(id, _)| is_it(*id)).next() {
            return Some(id);
        }
        // A made-up unique value tells its own place in the row.
        let index = index_in(value).filter(|index| *index < shelf.base.count)?;
        is_it(shelf.base.id(index))
    }
}

fn conflict(object: ObjectType, existing: u64) -> Trouble {
    let name = object.info().singular.replace('_', " ");
    let name = name[..1].to_ascii_uppercase() + &name[1..];
    Trouble::new(409, "CONFLICT", format!("{name} already exists. Existing ID: {existing}"))
}

impl Record {
    fn put(&mut self, changes: &Changes, at: i64) {
        for (property, value) in changes {
            self.history.push(Written { property: property.clone(), value: value.clone(), at });
            self.values.insert(property.clone(), value.clone());
        }
    }
}

impl Shelf {
    /// The values as HubSpot keeps them, or what is wrong with them.
    fn checked(&self, changes: &Changes) -> Result<Changes, Trouble> {
        let mut kept = Changes::new();
        let mut wrong = Vec::new();
        for (name, value) in changes {
            let known = self.properties.get(name).filter(|property| property.archived.is_none());
            let checked = match known {
                Some(property) => checked_value(property, value),
                None => Err((format!("Property \"{name}\" does not exist"), "PROPERTY_DOESNT_EXIST")),
            };
            match checked {
                Ok(value) => kept.push((name.clone(), value)),
                Err((message, code)) => wrong.push(serde_json::json!({
                    "isValid": false, "message": message, "error": code, "name": name, "localizedErrorMessage": message,
                    "portalId": super::types::PORTAL,
                })),
            }
        }
        if wrong.is_empty() {
            return Ok(kept);
        }
        let list = serde_json::Value::from(wrong.clone());
        let errors: Vec<_> = wrong
            .iter()
            .map(|wrong| {
                serde_json::json!({
                    "message": wrong["message"], "code": wrong["error"], "context": {"propertyName": [wrong["name"]]},
                })
            })
            .collect();
        Err(Trouble::invalid(format!("Property values were not valid: {list}")).with("errors", errors.into()))
    }
}

fn checked_value(property: &Property, value: &str) -> Result<String, (String, &'static str)> {
    let quoted = |text: &str| format!("\"{text}\"");
    if property.is_read_only() {
        return Err((format!("{} is a read only property", quoted(&property.name)), "READ_ONLY_VALUE"));
    }
    if value.is_empty() {
        return Ok(String::new());
    }
    let not_a = |what: &str, code: &'static str| Err((format!("{} was not a valid {what}.", quoted(value)), code));
    match property.kind.as_str() {
        "number" => match value.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(value.trim().to_owned()),
            _ => not_a("number", "INVALID_LONG"),
        },
        "datetime" => match calendar::read(value) {
            Some(millis) => Ok(calendar::instant_text(millis)),
            None => not_a("date", "INVALID_DATE"),
        },
        "date" => match calendar::read(value) {
            Some(millis) if millis.rem_euclid(86_400_000) == 0 => {
                let mut date = String::new();
                calendar::date(&mut date, millis);
                Ok(date)
            }
            Some(_) => not_a("midnight in UTC", "INVALID_DATE"),
            None => not_a("date", "INVALID_DATE"),
        },
        "bool" => match value.to_ascii_lowercase().as_str() {
            truth @ ("true" | "false") => Ok(truth.to_owned()),
            _ => not_a("true or false", "INVALID_BOOLEAN"),
        },
        "enumeration" if !property.options.is_empty() => checked_choice(property, value),
        _ if property.name == "email" && !looks_like_an_address(value) => {
            Err((format!("Email address {value} is invalid"), "INVALID_EMAIL"))
        }
        _ if property.name == "email" => Ok(value.trim().to_ascii_lowercase()),
        _ => Ok(value.to_owned()),
    }
}

fn checked_choice(property: &Property, value: &str) -> Result<String, (String, &'static str)> {
    let known = |choice: &str| property.options.iter().any(|option| option.value == choice);
    let all =
        if property.is_multiple() { value.split(';').filter(|part| !part.is_empty()).all(known) } else { known(value) };
    if all {
        return Ok(value.trim_matches(';').to_owned());
    }
    let options = property.options.iter().map(|option| option.value.as_str()).collect::<Vec<_>>().join(", ");
    Err((format!("{value} was not one of the allowed options: [{options}]"), "INVALID_OPTION"))
}

fn looks_like_an_address(value: &str) -> bool {
    let parts = value.trim().split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !value.trim().contains(char::is_whitespace)
    })
}

/// Whether a property is one that records can be found by.
pub(crate) fn is_unique(shelf: &Shelf, name: &str) -> bool {
    let found = shelf.properties.get(name);
    found.is_some_and(|property| property.unique || matches!(property.from, Origin::Id))
}
