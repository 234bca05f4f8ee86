//! Orders from tests: answer the next calls with an error, or with fields left out or changed.

use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::errors::Refusal;
use crate::sandbox::wire::{Body, Reply, pairs};

/// One order, for a number of calls.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quirk {
    /// `token`, `device`, `revoke`, `introspect`, `identity`, `metadata`, or a grant (`code`, `refresh`, `poll`,
    /// `client_credentials`, `jwt_bearer`)
    pub endpoint: String,
    #[serde(default = "once")]
    pub times: u64,
    /// Nothing is carried out, and this is the code of the refusal
    #[serde(default)]
    pub error: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub status: Option<u16>,
    /// Left out of an answer that is carried out
    #[serde(default)]
    pub omit: Vec<String>,
    /// Put into it
    #[serde(default)]
    pub set: Map<String, Json>,
}

fn once() -> u64 {
    1
}

impl Quirk {
    /// An error in place of the next answers.
    pub fn error(endpoint: &str, error: &str, times: u64) -> Quirk {
        Quirk { error: Some(error.to_owned()), times, ..Quirk::at(endpoint) }
    }

    /// Answers without these fields.
    pub fn omit(endpoint: &str, fields: &[&str], times: u64) -> Quirk {
        Quirk { omit: fields.iter().map(|field| (*field).to_owned()).collect(), times, ..Quirk::at(endpoint) }
    }

    /// Answers with this field instead of what is true.
    pub fn set(endpoint: &str, field: &str, value: Json, times: u64) -> Quirk {
        Quirk { set: Map::from_iter([(field.to_owned(), value)]), times, ..Quirk::at(endpoint) }
    }

    fn at(endpoint: &str) -> Quirk {
        Quirk {
            endpoint: endpoint.to_owned(),
            times: 1,
            error: None,
            description: String::new(),
            status: None,
            omit: Vec::new(),
            set: Map::new(),
        }
    }

    pub(crate) fn refusal(&self) -> Option<Refusal> {
        let code = self.error.clone()?;
        let status = self.status.unwrap_or(match code.as_str() {
            "invalid_client" => 401,
            "temporarily_unavailable" => 503,
            "server_error" => 500,
            _ => 400,
        });
        Some(Refusal { cause: None, status, code, description: self.description.clone(), more: Map::new() })
    }

    /// The answer with the fields left out and changed.
    pub(crate) fn spoil(&self, reply: Reply) -> Reply {
        if reply.status != 200 || self.omit.is_empty() && self.set.is_empty() {
            return reply;
        }
        let (content_type, headers) = (reply.content_type, reply.headers.clone());
        let bytes = reply.into_bytes();
        let form = content_type.contains("urlencoded");
        let read: Option<Map<String, Json>> = if form {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            Some(pairs(&text).into_iter().map(|(name, value)| (name, Json::String(value))).collect())
        } else {
            serde_json::from_slice(&bytes).ok()
        };
        let Some(mut body) = read else {
            return Reply { status: 200, content_type, headers, body: Body::Bytes(bytes) };
        };
        for field in &self.omit {
            body.shift_remove(field);
        }
        body.extend(self.set.clone());
        let body = if form { form_text(&body) } else { Json::Object(body).to_string() };
        Reply { status: 200, content_type, headers, body: Body::Bytes(body.into_bytes()) }
    }
}

/// As `application/x-www-form-urlencoded`.
pub(crate) fn form_text(body: &Map<String, Json>) -> String {
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in body {
        out.append_pair(name, &crate::sandbox::json::loose_text(value));
    }
    out.finish()
}
