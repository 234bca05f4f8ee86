//! The door for tests, under `/control`, with its own token in `X-Control-Token`: change the data, ask for the truth,
//! plan faults, move the clock. All bodies are JSON; every answer is one object, but for a dump, which is lines of JSON.

use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::faults::Plan;
use super::limits::Limits;
use super::made_up_token;
use super::oauth;
use super::server::House;
use super::wire::{Reply, Request};
use crate::base::{Error, Kind, Result, Timestamp};

/// What can be asked, for whoever opens the door without knowing.
const HELP: &[(&str, &str)] = &[
    (
        "POST /control/mutate",
        "{\"type\",\"op\":create|update|archive|restore|merge|gdpr_delete|mixed|associate|dissociate|recalculate,\"count\",\"seed\"} or with \"ids\", \"records\":[{\"id\",\"properties\"}], \"pairs\":[[a,b]], \"to\"",
    ),
    (
        "GET /control/dump?type=contacts",
        "the truth as lines of JSON; archived=true; contacts_companies for associations; owners; pipelines/deals",
    ),
    ("GET /control/stats, POST /control/stats/reset", "what the server saw"),
    ("GET|POST|DELETE /control/faults", "{\"plan\":\"429:0.2,cut@search#3\",\"seed\":1}"),
    (
        "GET|POST /control/clock",
        "{\"set\":RFC3339} | {\"advance_seconds\":60} | {\"skew_seconds\":-30} | {\"release\":true}",
    ),
    (
        "GET|POST /control/limits",
        "{\"mode\":none|free|pro} | {\"ten_seconds\",\"daily\",\"searches_per_second\"} | {\"calls_today\":n}",
    ),
    ("POST /control/lag", "{\"seconds\":60} or {\"milliseconds\":500}: how far the search index is behind"),
    ("POST /control/revoke", "the token lets nobody in any more"),
    ("POST /control/token", "another token, which is the answer"),
    ("GET|POST /control/scopes", "{\"take\":[\"deals\",\"crm.objects.owners.read\"],\"give\":[…]}"),
    (
        "POST /control/properties",
        "{\"type\",\"add\":[{\"name\",\"type\",\"label\"}],\"remove\":[…],\"retype\":{\"name\":\"number\"}}",
    ),
];

pub(crate) fn answer(house: &Arc<House>, request: &Request) -> Reply {
    if request.header("x-control-token") != Some(house.control_token.expose()) {
        return failure(401, &Error::new(Kind::SignIn, "the control token is missing or wrong"));
    }
    carry_out(house, request)
}

pub(crate) fn is_for(request: &Request) -> bool {
    request.segments.first().is_some_and(|first| first == "control")
}

/// Whether a later process must know of an order: those that are about this one's connections and counts are forgotten
/// with it.
pub(crate) fn lasts(request: &Request) -> bool {
    let parts: Vec<&str> = request.segments.iter().skip(1).map(String::as_str).collect();
    let passing = matches!(parts.as_slice(), ["faults" | "stats" | "limits", ..] | ["oauth", "stats" | "hold", ..]);
    request.method != "GET" && request.method != "HEAD" && !passing
}

/// Does what is ordered, whoever it was.
pub(crate) fn carry_out(house: &Arc<House>, request: &Request) -> Reply {
    match dispatch(house, request) {
        Ok(reply) => reply,
        Err(error) => {
            let status = match error.kind {
                Kind::NotFound => 404,
                _ => 400,
            };
            failure(status, &error)
        }
    }
}

pub(crate) fn failure(status: u16, error: &Error) -> Reply {
    let error = json!({"error": {"kind": error.kind, "message": error.message, "hint": error.hint}});
    Reply::value(status, &error)
}

fn dispatch(house: &Arc<House>, request: &Request) -> Result<Reply> {
    let parts: Vec<&str> = request.segments.iter().skip(1).map(String::as_str).collect();
    let done = match (request.method.as_str(), parts.as_slice()) {
        ("GET", []) => HELP
            .iter()
            .chain(oauth::HELP)
            .map(|(what, how)| ((*what).to_owned(), json!(how)))
            .collect::<Map<_, _>>()
            .into(),
        ("POST", ["mutate"]) => mutate(house, body(request)?)?,
        ("GET", ["dump"]) => return dump(house, request),
        ("GET", ["stats"]) => json!(house.stats.read()),
        ("POST", ["stats", "reset"]) => {
            house.stats.reset();
            json!(house.stats.read())
        }
        ("GET", ["faults"]) => json!({"plan": house.faults.text()}),
        ("POST" | "PUT", ["faults"]) => {
            let order: FaultOrder = body(request)?;
            house.play(Plan::parse(&order.plan)?, order.seed.unwrap_or(house.seed));
            json!({"plan": house.faults.text()})
        }
        ("DELETE", ["faults"]) => {
            house.play(Plan::default(), house.seed);
            json!({"plan": ""})
        }
        ("GET", ["clock"]) => now(house),
        ("POST", ["clock"]) => clock(house, body(request)?)?,
        ("GET", ["limits"]) => json!(house.hubspot.limits()),
        ("POST", ["limits"]) => limits(house, body(request)?)?,
        ("POST", ["lag"]) => {
            let order: LagOrder = body(request)?;
            let lag = Duration::from_secs(order.seconds) + Duration::from_millis(order.milliseconds);
            house.hubspot.set_lag(lag);
            json!({"milliseconds": lag.as_millis() as u64})
        }
        ("POST", ["revoke"]) => {
            house.hubspot.revoke();
            json!({"revoked": true})
        }
        ("POST", ["token"]) => {
            let token = house.hubspot.rotate(made_up_token(house.seed, house.chance.number()));
            json!({"token": token.expose()})
        }
        ("GET", ["scopes"]) => json!({"granted": house.hubspot.granted_scopes()}),
        ("POST", ["scopes"]) => {
            let order: ScopeOrder = body(request)?;
            house.hubspot.take_scopes(&order.take);
            house.hubspot.give_scopes(&order.give);
            json!({"granted": house.hubspot.granted_scopes()})
        }
        ("POST", ["properties"]) => properties(house, body(request)?)?,
        (method, ["oauth", rest @ ..]) => {
            let parameter = |name: &str| request.parameter(name).map(str::to_owned);
            match house.oauth.control(method, rest, &parameter, &request.body) {
                Some(done) => done?,
                None => return Err(nothing(request)),
            }
        }
        _ => return Err(nothing(request)),
    };
    Ok(Reply::value(200, &done))
}

fn nothing(request: &Request) -> Error {
    let error = Error::not_found(format!("`{} {}` is nothing the control API does", request.method, request.target));
    error.hint("`GET /control` lists what it does")
}

fn body<T: for<'a> Deserialize<'a>>(request: &Request) -> Result<T> {
    let bytes: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
    serde_json::from_slice(bytes).map_err(|error| Error::usage(format!("the body cannot be read: {error}")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultOrder {
    plan: String,
    seed: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LagOrder {
    #[serde(default)]
    seconds: u64,
    #[serde(default)]
    milliseconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ScopeOrder {
    #[serde(default)]
    take: Vec<String>,
    #[serde(default)]
    give: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockOrder {
    set: Option<Timestamp>,
    advance_seconds: Option<f64>,
    skew_seconds: Option<i64>,
    #[serde(default)]
    release: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitOrder {
    mode: Option<String>,
    ten_seconds: Option<u32>,
    daily: Option<u64>,
    searches_per_second: Option<u32>,
    calls_today: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PropertyOrder {
    #[serde(rename = "type")]
    object: String,
    #[serde(default)]
    add: Vec<Json>,
    #[serde(default)]
    remove: Vec<String>,
    #[serde(default)]
    retype: Map<String, Json>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutation {
    #[serde(rename = "type", default)]
    object: String,
    op: String,
    /// How many the seed chooses, when none are named
    count: Option<usize>,
    seed: Option<u64>,
    #[serde(default)]
    ids: Vec<Json>,
    #[serde(default)]
    records: Vec<Given>,
    /// Winner and loser of a merge, or the two ends of an association
    #[serde(default)]
    pairs: Vec<(Json, Json)>,
    /// The other type of an association
    #[serde(default)]
    to: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    #[serde(default)]
    id: Json,
    #[serde(default)]
    properties: Map<String, Json>,
}

fn now(house: &House) -> Json {
    json!({"now": house.clock.now(), "announced": house.clock.announced()})
}

fn clock(house: &House, order: ClockOrder) -> Result<Json> {
    if order.release {
        house.clock.release();
    }
    if let Some(at) = order.set {
        house.clock.set(at);
    }
    if let Some(seconds) = order.advance_seconds {
        let time = Duration::try_from_secs_f64(seconds).map_err(|_| Error::usage("the clock only moves forward"))?;
        house.clock.advance(time);
    }
    if let Some(seconds) = order.skew_seconds {
        house.clock.skew(seconds);
    }
    Ok(now(house))
}

fn limits(house: &House, order: LimitOrder) -> Result<Json> {
    let given =
        Limits { ten_seconds: order.ten_seconds, daily: order.daily, searches_per_second: order.searches_per_second };
    match order.mode {
        Some(mode) => {
            let named = Limits::named(&mode).ok_or_else(|| Error::usage("the modes are none, free and pro"))?;
            house.hubspot.set_limits(named);
        }
        None if given != Limits::none() => house.hubspot.set_limits(given),
        None => {}
    }
    if let Some(calls) = order.calls_today {
        house.hubspot.set_calls_today(calls);
    }
    Ok(json!(house.hubspot.limits()))
}

fn properties(house: &House, order: PropertyOrder) -> Result<Json> {
    for definition in &order.add {
        house.hubspot.add_property(&order.object, definition)?;
    }
    for name in &order.remove {
        house.hubspot.remove_property(&order.object, name)?;
    }
    for (name, kind) in &order.retype {
        house.hubspot.retype_property(&order.object, name, kind.as_str().unwrap_or_default())?;
    }
    Ok(json!({"added": order.add.len(), "removed": order.remove.len(), "retyped": order.retype.len()}))
}

fn mutate(house: &House, order: Mutation) -> Result<Json> {
    let hubspot = &house.hubspot;
    let object = order.object.as_str();
    if order.op == "recalculate" {
        hubspot.recalculate();
        return Ok(json!({"changed": []}));
    }
    let text = super::json::loose_text;
    let mut changed: Vec<String> = Vec::new();
    for given in &order.records {
        let values: Vec<(String, String)> =
            given.properties.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        let values: Vec<(&str, &str)> = values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        changed.push(match order.op.as_str() {
            "create" => hubspot.create(object, &values)?,
            "update" => {
                hubspot.update(object, &text(&given.id), &values)?;
                text(&given.id)
            }
            op => return Err(Error::usage(format!("`{op}` takes no `records`"))),
        });
    }
    for id in order.ids.iter().map(text) {
        match order.op.as_str() {
            "archive" | "delete" => hubspot.archive(object, &id)?,
            "restore" => hubspot.restore(object, &id)?,
            "gdpr_delete" => hubspot.gdpr_delete(object, &id)?,
            op => return Err(Error::usage(format!("`{op}` takes no `ids`"))),
        }
        changed.push(id);
    }
    for (first, second) in order.pairs.iter().map(|(first, second)| (text(first), text(second))) {
        match order.op.as_str() {
            "merge" => hubspot.merge(object, &first, &second)?,
            "associate" => hubspot.associate((object, &first), (&order.to, &second))?,
            "dissociate" => hubspot.dissociate((object, &first), (&order.to, &second))?,
            op => return Err(Error::usage(format!("`{op}` takes no `pairs`"))),
        }
        changed.push(first);
    }
    let named = !(order.records.is_empty() && order.ids.is_empty() && order.pairs.is_empty());
    if let Some(count) = order.count.or((!named).then_some(1)) {
        changed.extend(match order.op.as_str() {
            "associate" | "dissociate" => {
                hubspot.churn_links(object, &order.to, &order.op, count, order.seed.unwrap_or(1))?
            }
            op => hubspot.churn(object, op, count, order.seed.unwrap_or(1))?,
        });
    }
    Ok(json!({"changed": changed}))
}

fn dump(house: &Arc<House>, request: &Request) -> Result<Reply> {
    let what = request.parameter("type").unwrap_or_default().to_owned();
    let archived = request.is_true("archived");
    Ok(Reply::parts("application/jsonl", house.hubspot.clone().dump(&what, archived)?))
}
