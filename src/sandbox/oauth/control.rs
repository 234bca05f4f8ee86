//! The door for tests to the authorization servers, under `/control/oauth`. A `provider` that is left out means all.

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::people::{Decision, Person};
use super::quirks::Quirk;
use super::rules::Change;
use super::{Oauth, Registration};
use crate::base::{Error, Result};

/// What can be asked, for whoever opens the door without knowing.
pub(crate) const HELP: &[(&str, &str)] = &[
    (
        "GET|POST /control/oauth/person",
        "{\"provider\",\"identity\":\"ada@example.com\",\"decision\":approve|deny|close|wrong_state|no_state|no_iss|wrong_iss|{\"drop\":[scopes]}|{\"fail\":\"temporarily_unavailable\"},\"late_ms\",\"human\":bool,\"device_after\":polls or 0 for never}",
    ),
    (
        "POST /control/oauth/rules",
        "{\"provider\",\"lifetime\",\"says_lifetime\",\"rotation\":stable|rotates|strict,\"grace\",\"idle\",\"refresh_lifetime\",\"cap\",\"kills_access\",\"echoes_refresh\",\"offline\":always|never|access_type|scope,\"pkce\":required|optional|absent,\"sends_iss\",\"interval\",\"device_lifetime\",\"code_lifetime\",\"scopes\":[…]}; seconds, 0 for no limit",
    ),
    (
        "POST /control/oauth/clients",
        "{\"provider\",\"id\",\"secret\",\"redirects\":[…],\"public_key\":PEM,\"grants\":[…]}",
    ),
    (
        "POST /control/oauth/answers",
        "{\"provider\",\"endpoint\":token|code|refresh|poll|client_credentials|jwt_bearer|exchange|device|revoke|introspect|identity|metadata,\"times\",\"error\",\"description\",\"status\",\"omit\":[fields],\"set\":{field:value}}",
    ),
    ("GET /control/oauth/stats?provider=, POST /control/oauth/stats/reset", "what was seen"),
    (
        "GET /control/oauth/devices?provider=, POST /control/oauth/devices",
        "{\"provider\",\"user_code\",\"identity\" or null to deny}",
    ),
    ("POST /control/oauth/mint", "{\"provider\",\"identity\",\"scopes\":[…]}: tokens without a sign-in"),
    ("POST /control/oauth/expire", "{\"provider\"}: every access token is too old"),
    (
        "POST /control/oauth/revoke",
        "{\"provider\",\"identity\"}: consents are taken back; everybody's without an identity",
    ),
    ("GET|POST /control/oauth/hold", "{\"held\":true|false}: token endpoints work and keep their answers"),
    ("GET /control/oauth/service-account", "the key file of the service account that is known here"),
];

impl Oauth {
    /// One order. `None`: nothing is at this path. `parameter` reads the query.
    pub(crate) fn control(
        &self,
        method: &str,
        parts: &[&str],
        parameter: &dyn Fn(&str) -> Option<String>,
        body: &[u8],
    ) -> Option<Result<Json>> {
        let provider = || parameter("provider").unwrap_or_default();
        let done = match (method, parts) {
            ("POST", ["person"]) => read(body).and_then(|order| self.order_person(order)),
            ("GET", ["person"]) => self.show_person(&provider()),
            ("POST", ["rules"]) => read(body).and_then(|order| self.order_rules(order)),
            ("POST", ["clients"]) => read(body).and_then(|order| self.order_client(order)),
            ("POST", ["answers"]) => read(body).and_then(|order| self.order_quirk(order)),
            ("GET", ["stats"]) => self.counts(&provider()).map(|counts| json!(counts)),
            ("POST", ["stats", "reset"]) => self.reset_counts(&provider()).map(|()| json!({"reset": true})),
            ("GET", ["devices"]) => self.devices(&provider()).map(|codes| json!({"waiting": codes})),
            ("POST", ["devices"]) => read(body).and_then(|order: DeviceOrder| {
                self.decide_device(&order.provider, &order.user_code, order.identity.as_deref())?;
                Ok(json!({"decided": order.user_code}))
            }),
            ("POST", ["mint"]) => read(body).and_then(|order: MintOrder| {
                let scopes: Vec<&str> = order.scopes.iter().map(String::as_str).collect();
                let minted = self.mint(&order.provider, &order.identity, &scopes)?;
                Ok(json!({
                    "access_token": minted.access.expose(),
                    "refresh_token": minted.refresh.as_ref().map(|refresh| refresh.expose()),
                }))
            }),
            ("POST", ["expire"]) => read(body).and_then(|order: Whose| {
                self.expire_access(&order.provider)?;
                Ok(json!({"expired": true}))
            }),
            ("POST", ["revoke"]) => read(body).and_then(|order: Whose| {
                let revoked = self.revoke(&order.provider, &order.identity)?;
                Ok(json!({"revoked": revoked}))
            }),
            ("GET", ["hold"]) => Ok(json!({"waiting": self.waiting()})),
            ("POST", ["hold"]) => read(body).map(|order: HoldOrder| {
                if order.held {
                    self.hold()
                } else {
                    self.release()
                }
                json!({"held": order.held, "waiting": self.waiting()})
            }),
            ("GET", ["service-account"]) => Ok(self.service_account()),
            _ => return None,
        };
        Some(done)
    }

    fn order_person(&self, order: PersonOrder) -> Result<Json> {
        let mut person = Person::default();
        if let Some(identity) = order.identity {
            person.identity = identity;
        }
        person.decision = match order.decision {
            None => Decision::Approve,
            Some(DecisionOrder::Word(word)) => Decision::named(&word)?,
            Some(DecisionOrder::Drop { drop }) => Decision::Drop(drop),
            Some(DecisionOrder::Fail { fail }) => Decision::Fail(fail),
        };
        person.late = std::time::Duration::from_millis(order.late_ms);
        person.human = order.human;
        if let Some(after) = order.device_after {
            person.device_after = (after > 0).then_some(after);
        }
        self.person(&order.provider, &person)?;
        self.show_person(&order.provider)
    }

    fn show_person(&self, provider: &str) -> Result<Json> {
        let mut people = serde_json::Map::new();
        self.each(provider, |realm| {
            let person = &realm.person;
            let shown = json!({
                "identity": person.identity, "decision": format!("{:?}", person.decision),
                "late_ms": person.late.as_millis() as u64, "human": person.human, "device_after": person.device_after,
            });
            people.insert(realm.dialect.id.to_owned(), shown);
        })?;
        Ok(Json::Object(people))
    }

    fn order_rules(&self, mut order: serde_json::Map<String, Json>) -> Result<Json> {
        let provider = take_provider(&mut order);
        let change: Change = serde_json::from_value(Json::Object(order)).map_err(unreadable)?;
        self.change_rules(&provider, |rules| change.clone().apply(rules))?;
        let mut shown = serde_json::Map::new();
        self.each(&provider, |realm| _ = shown.insert(realm.dialect.id.to_owned(), json!(realm.rules)))?;
        Ok(Json::Object(shown))
    }

    fn order_client(&self, mut order: serde_json::Map<String, Json>) -> Result<Json> {
        let provider = take_provider(&mut order);
        let registration: Registration = serde_json::from_value(Json::Object(order)).map_err(unreadable)?;
        let id = registration.id.clone();
        self.register(&provider, registration)?;
        Ok(json!({"registered": id}))
    }

    fn order_quirk(&self, mut order: serde_json::Map<String, Json>) -> Result<Json> {
        let provider = take_provider(&mut order);
        let quirk: Quirk = serde_json::from_value(Json::Object(order)).map_err(unreadable)?;
        self.order(&provider, &quirk)?;
        Ok(json!({"ordered": quirk.endpoint, "times": quirk.times}))
    }
}

fn read<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    serde_json::from_slice(body).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::usage(format!("the body cannot be read: {error}"))
}

fn take_provider(order: &mut serde_json::Map<String, Json>) -> String {
    order.shift_remove("provider").and_then(|provider| provider.as_str().map(str::to_owned)).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonOrder {
    #[serde(default)]
    provider: String,
    identity: Option<String>,
    decision: Option<DecisionOrder>,
    #[serde(default)]
    late_ms: u64,
    #[serde(default)]
    human: bool,
    device_after: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum DecisionOrder {
    Word(String),
    Drop { drop: Vec<String> },
    Fail { fail: String },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceOrder {
    #[serde(default)]
    provider: String,
    user_code: String,
    identity: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MintOrder {
    provider: String,
    #[serde(default = "somebody")]
    identity: String,
    #[serde(default)]
    scopes: Vec<String>,
}

fn somebody() -> String {
    super::identity::OWNER.to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    identity: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HoldOrder {
    held: bool,
}
