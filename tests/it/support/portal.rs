//! A very small HubSpot for what needs exact bytes: one object's records, found by list, search, batch and id, with a hook
//! in front of everything. It was written from the vendor's reference pages, and knows nothing that it is not asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should end there")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value as Json, json};

use super::wire::{Heard, Say, Wire, reply};

/// The portal's time: 2026-11-24T06:00:00Z, in milliseconds.
pub const NOW: i64 = 1_795_500_000_000;

#[derive(Clone, Debug, Default)]
pub struct Record {
    pub properties: BTreeMap<String, String>,
    pub modified: i64,
    pub archived: bool,
}

#[derive(Default)]
pub struct State {
    pub records: BTreeMap<u64, Record>,
    /// The largest id that was ever given
    pub newest: u64,
    /// Two ids and a type
    pub associations: Vec<(u64, u64, i64)>,
    /// Milliseconds since `NOW`
    pub later: i64,
    /// Changes younger than this many milliseconds are not in the search index
    pub lag: i64,
    /// How many milliseconds its `Date` is ahead of its records' times
    pub date_skew: i64,
    pub scopes_missing: Vec<&'static str>,
    pub daily_left: Option<u64>,
    pub calls: Vec<String>,
    /// What connections to this portal are set to
    pub settings: Vec<(&'static str, &'static str)>,
}

type Hook = Box<dyn FnMut(&Heard, &State) -> Option<Say> + Send>;

pub struct Portal {
    wire: Wire,
    state: Arc<Mutex<State>>,
    hook: Arc<Mutex<Option<Hook>>>,
}

impl Portal {
    pub fn new() -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let hook = Arc::new(Mutex::new(None::<Hook>));
        let (known, first) = (state.clone(), hook.clone());
        let wire = Wire::answering(move |heard| {
            let mut state = known.lock().unwrap();
            let line = heard.head.lines().next().unwrap_or_default();
            state.calls.push(line.trim_end_matches(" HTTP/1.1").to_owned());
            let said = first.lock().unwrap().as_mut().and_then(|hook| hook(heard, &state));
            said.unwrap_or_else(|| state.answer(heard))
        });
        Portal { wire, state, hook }
    }

    pub fn with(records: u64) -> Self {
        let portal = Portal::new();
        for id in 1..=records {
            portal.put(id, &format!("name {id}"));
        }
        portal
    }

    pub fn url(&self) -> url::Url {
        self.wire.url()
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Makes or changes a record now.
    pub fn put(&self, id: u64, name: &str) {
        let mut state = self.state();
        let modified = NOW + state.later;
        state.newest = state.newest.max(id);
        let record = state.records.entry(id).or_default();
        record.properties.insert("name".to_owned(), name.to_owned());
        record.modified = modified;
    }

    pub fn archive(&self, id: u64) {
        self.state().records.get_mut(&id).unwrap().archived = true;
    }

    pub fn pass(&self, seconds: i64) {
        self.state().later += seconds * 1000;
    }

    /// What is said instead of the portal's own answer.
    pub fn hook(&self, hook: impl FnMut(&Heard, &State) -> Option<Say> + Send + 'static) {
        *self.hook.lock().unwrap() = Some(Box::new(hook));
    }

    pub fn unhook(&self) {
        *self.hook.lock().unwrap() = None;
    }

    /// The calls since the last time this was asked, as `GET /path?query`.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.state().calls)
    }

    /// The living records: id and name.
    pub fn truth(&self) -> BTreeMap<String, String> {
        let state = self.state();
        let living = state.records.iter().filter(|(_, record)| !record.archived);
        living.map(|(id, record)| (id.to_string(), record.properties["name"].clone())).collect()
    }
}

/// What HubSpot says when a scope is missing.
pub fn missing_scope(scope: &str) -> Say {
    let body = json!({ "status": "error", "category": "MISSING_SCOPES",
        "message": "This app hasn't been granted all required scopes to make this call.",
        "errors": [{ "message": "One or more of the following scopes are required.",
            "context": { "requiredGranularScopes": [scope] } }] });
    Say::Bytes(reply(403, &[], body.to_string()))
}

impl State {
    fn answer(&self, heard: &Heard) -> Say {
        let line = heard.head.split(' ').nth(1).unwrap();
        let url = url::Url::parse(&format!("http://portal{line}")).unwrap();
        let query = url.query_pairs().into_owned().collect::<BTreeMap<_, _>>();
        let body = serde_json::from_slice::<Json>(&heard.body).unwrap_or_default();
        let path = url.path().trim_start_matches('/').split('/').collect::<Vec<_>>();
        if let Some(scope) =
            self.scopes_missing.iter().find(|scope| path.contains(&scope.split('.').nth(2).unwrap_or(scope)))
        {
            return missing_scope(scope);
        }
        let answer = match path[..] {
            ["account-info", "v3", "details"] => {
                json!({ "portalId": 62515, "accountType": "DEVELOPER_TEST", "uiDomain": "app.hubspot.com" })
            }
            ["account-info", "v3", "api-usage", ..] => json!({ "results": [] }),
            ["crm", "v3", "schemas"] => json!({ "results": [
                { "name": "car", "objectTypeId": "2-7", "fullyQualifiedName": "p62515_car", "labels": { "plural": "Cars" } }] }),
            ["crm", "v3", "properties", _] => properties(),
            ["crm", "v3", "owners"] => owners(&query),
            ["crm", "v3", "pipelines", _] => pipelines(),
            ["crm", "v3", "objects", _] => self.list(&query),
            ["crm", "v3", "objects", _, "search"] => return self.search(&body),
            ["crm", "v3", "objects", _, "batch", "read"] => self.batch(&body),
            ["crm", "v3", "objects", _, id] => {
                match self.records.get(&id.parse().unwrap()) {
                    Some(record) if !record.archived => one(id.parse().unwrap(), record),
                    _ => return self.say(
                        404,
                        json!({ "status": "error", "category": "OBJECT_NOT_FOUND", "message": "resource not found" }),
                    ),
                }
            }
            ["crm", "v4", "associations", _, _, "batch", "read"] => self.associated(&body),
            _ => return self.say(404, json!({ "message": "no such path" })),
        };
        self.say(200, answer)
    }

    fn say(&self, status: u16, body: Json) -> Say {
        let now = chrono::DateTime::from_timestamp_millis(NOW + self.later + self.date_skew).unwrap();
        let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
        // A limit so high that the tests wait for nothing but what they are about.
        let mut headers = vec![
            ("date", date.as_str()),
            ("x-hubspot-ratelimit-max", "1000000"),
            ("x-hubspot-ratelimit-remaining", "999999"),
            ("x-hubspot-ratelimit-interval-milliseconds", "10000"),
        ];
        let (most, left) = match self.daily_left {
            Some(left) => ("1000", left.saturating_sub(self.calls.len() as u64)),
            None => ("1000000", 900_000),
        };
        let left = left.to_string();
        headers.extend([("x-hubspot-ratelimit-daily", most), ("x-hubspot-ratelimit-daily-remaining", &left)]);
        Say::Bytes(reply(status, &headers, body.to_string()))
    }

    fn list(&self, query: &BTreeMap<String, String>) -> Json {
        let limit = query["limit"].parse::<usize>().unwrap();
        assert!(limit <= 100, "HubSpot lists at most 100");
        let archived = query.get("archived").is_some_and(|archived| archived == "true");
        let after = query.get("after").map_or(0, |after| after.trim_start_matches("token-").parse().unwrap());
        let found = self.records.range(after + 1..).filter(|(_, record)| record.archived == archived);
        paged(&found.take(limit + 1).collect::<Vec<_>>(), limit, None)
    }

    fn search(&self, body: &Json) -> Say {
        let limit = body["limit"].as_u64().unwrap() as usize;
        assert!(limit <= 200, "HubSpot's search finds at most 200 a page");
        assert_eq!(body["sorts"], json!([{ "propertyName": "hs_object_id", "direction": "ASCENDING" }]));
        let (mut from, mut to, mut after) = (i64::MIN, i64::MAX, 0);
        for filter in body["filterGroups"][0]["filters"].as_array().into_iter().flatten() {
            let value = filter["value"].as_str().unwrap().parse::<i64>().unwrap();
            match (filter["propertyName"].as_str().unwrap(), filter["operator"].as_str().unwrap()) {
                ("lastmodifieddate", "GTE") if value == 0 => {
                    return self.say(500, json!({ "message": "internal error" }));
                }
                ("lastmodifieddate", "GTE") => from = value,
                ("lastmodifieddate", "LTE") => to = value,
                ("hs_object_id", "GT") => after = u64::try_from(value).unwrap(),
                other => panic!("a filter this portal does not know: {other:?}"),
            }
        }
        let visible = NOW + self.later - self.lag;
        let hit =
            |record: &Record| !record.archived && record.modified <= visible && (from..=to).contains(&record.modified);
        let found = self.records.range(after + 1..).filter(|(_, record)| hit(record)).collect::<Vec<_>>();
        self.say(200, paged(&found, limit, Some(found.len())))
    }

    fn batch(&self, body: &Json) -> Json {
        let inputs = body["inputs"].as_array().unwrap();
        assert!(inputs.len() <= 100, "HubSpot reads at most 100 in a batch");
        let (mut results, mut gone) = (Vec::new(), Vec::new());
        for input in inputs {
            let id = input["id"].as_str().unwrap().parse().unwrap();
            match self.records.get(&id).filter(|record| !record.archived) {
                Some(record) => results.push(one(id, record)),
                None => gone.push(id.to_string()),
            }
        }
        let errors = if gone.is_empty() {
            json!([])
        } else {
            json!([{ "category": "OBJECT_NOT_FOUND", "context": { "ids": gone } }])
        };
        json!({ "status": "COMPLETE", "results": results, "errors": errors })
    }

    /// Two associations a page, so that paging happens.
    fn associated(&self, body: &Json) -> Json {
        let results = body["inputs"].as_array().unwrap().iter().filter_map(|input| {
            let id = input["id"].as_str().unwrap();
            let skip = input["after"].as_str().map_or(0, |after| after.parse().unwrap());
            let all = self.associations.iter().filter(|(from, ..)| from.to_string() == id).collect::<Vec<_>>();
            let to = all.iter().skip(skip).take(2).map(|(_, to, kind)| {
                json!({ "toObjectId": to, "associationTypes": [{ "category": "HUBSPOT_DEFINED", "typeId": kind, "label": null }] })
            });
            let mut result = json!({ "from": { "id": id }, "to": to.collect::<Vec<_>>() });
            if all.len() > skip + 2 {
                result["paging"] = json!({ "next": { "after": (skip + 2).to_string() } });
            }
            (!all.is_empty()).then_some(result)
        });
        json!({ "status": "COMPLETE", "results": results.collect::<Vec<_>>() })
    }
}

fn paged(found: &[(&u64, &Record)], limit: usize, total: Option<usize>) -> Json {
    let page = found.iter().take(limit).map(|(id, record)| one(**id, record)).collect::<Vec<_>>();
    let mut answer = json!({ "results": page });
    if found.len() > limit {
        let last = found[limit - 1].0;
        answer["paging"] =
            json!({ "next": { "after": format!("token-{last}"), "link": "https://example.com/elsewhere" } });
    }
    if let Some(total) = total {
        answer["total"] = json!(total);
    }
    answer
}

fn one(id: u64, record: &Record) -> Json {
    let time = chrono::DateTime::from_timestamp_millis(record.modified).unwrap();
    let time = time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let mut properties = json!(record.properties);
    properties["hs_object_id"] = json!(id.to_string());
    properties["lastmodifieddate"] = json!(time);
    json!({ "id": id.to_string(), "properties": properties, "createdAt": "2026-01-01T00:00:00Z", "updatedAt": time, "archived": record.archived })
}

fn properties() -> Json {
    let option = |value: &str| json!({ "label": value.to_uppercase(), "value": value });
    json!({ "results": [
        { "name": "name", "label": "Name", "type": "string", "fieldType": "text" },
        { "name": "amount", "label": "Amount", "type": "number", "fieldType": "number" },
        { "name": "hs_object_id", "label": "Record ID", "type": "number", "fieldType": "number" },
        { "name": "stage", "label": "Stage", "type": "enumeration", "fieldType": "select", "options": [option("won"), option("lost")] },
        { "name": "tags", "label": "Tags", "type": "enumeration", "fieldType": "checkbox", "options": [option("a"), option("b")] },
        { "name": "score", "label": "Score", "type": "number", "fieldType": "calculation_score", "calculated": true },
        { "name": "born", "label": "Born", "type": "date", "fieldType": "date" },
        { "name": "old", "label": "Old", "type": "string", "fieldType": "text", "archived": true },
        { "name": "lastmodifieddate", "label": "Last modified", "type": "datetime", "fieldType": "date" }] })
}

fn owners(query: &BTreeMap<String, String>) -> Json {
    let owner = |id: u64| {
        json!({ "id": id.to_string(), "email": format!("o{id}@example.com"), "userId": id,
        "createdAt": "2026-01-01T00:00:00.000Z", "archived": false, "teams": [{ "id": "1", "primary": true }] })
    };
    match query.get("after").map(String::as_str) {
        None => json!({ "results": [owner(9), owner(3)], "paging": { "next": { "after": "two" } } }),
        Some(_) => json!({ "results": [owner(5)] }),
    }
}

fn pipelines() -> Json {
    json!({ "results": [{ "id": "default", "label": "Sales", "displayOrder": 0, "archived": false, "stages": [
        { "id": "won", "label": "Won", "displayOrder": 1, "metadata": { "probability": "1.0" }, "archived": false },
        { "id": "lost", "label": "Lost", "displayOrder": 2, "metadata": { "probability": "0.0" }, "archived": false }] }] })
}
