//! Failures in HubSpot's shape: `{"status":"error","message":…,"correlationId":…,"category":…}`.

use serde_json::{Map, Value as Json, json};

use crate::base::{Error, Kind};
use crate::sandbox::limits::Policy;
use crate::sandbox::wire::Reply;

/// A failure on its way to the client.
#[derive(Clone, Debug)]
pub(crate) struct Trouble {
    pub(crate) status: u16,
    pub(crate) message: String,
    category: &'static str,
    more: Map<String, Json>,
}

impl Trouble {
    pub(crate) fn new(status: u16, category: &'static str, message: impl Into<String>) -> Self {
        Trouble { status, message: message.into(), category, more: Map::new() }
    }

    pub(crate) fn with(mut self, key: &str, value: Json) -> Self {
        self.more.insert(key.to_owned(), value);
        self
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Trouble::new(400, "VALIDATION_ERROR", message)
    }

    pub(crate) fn not_found() -> Self {
        Trouble::new(404, "OBJECT_NOT_FOUND", "resource not found")
    }

    pub(crate) fn no_such_type(name: &str) -> Self {
        Trouble::invalid(format!("Unable to infer object type from: {name}"))
    }

    pub(crate) fn expired() -> Self {
        Trouble::invalid("Invalid paging cursor: the `after` value has expired or is not valid")
    }

    pub(crate) fn no_token() -> Self {
        Trouble::new(
            401,
            "INVALID_AUTHENTICATION",
            "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more \
             details at https://developers.hubspot.com/docs/methods/auth/oauth-overview",
        )
    }

    /// An OAuth token that expired.
    pub(crate) fn old_token(seconds: i64) -> Self {
        let message = format!("This oauth-token (CIOK…) expired {seconds} second(s) ago");
        Trouble::new(401, "EXPIRED_AUTHENTICATION", message)
    }

    pub(crate) fn missing_scope(scopes: &[&str]) -> Self {
        Trouble::new(
            403,
            "MISSING_SCOPES",
            "This app hasn't been granted all required scopes to make this call. Read more about required scopes \
             here: https://developers.hubspot.com/scopes.",
        )
        .with(
            "errors",
            json!([{
                "message": "One or more of the following scopes are required.",
                "context": {"requiredGranularScopes": scopes},
            }]),
        )
        .with("links", json!({"scopes": "https://developers.hubspot.com/scopes"}))
    }

    pub(crate) fn too_many(policy: Policy) -> Self {
        let message = format!("You have reached your {} limit.", policy.name().to_ascii_lowercase());
        Trouble::new(429, "RATE_LIMITS", message)
            .with("errorType", json!("RATE_LIMIT"))
            .with("policyName", json!(policy.name()))
            .with(
                "groupName",
                json!(format!("publicapi:private-apps-api-calls-{}", policy.name().to_ascii_lowercase())),
            )
    }

    /// A page size within its bounds.
    pub(crate) fn limit(text: Option<&str>, usual: usize, most: usize) -> Result<usize, Trouble> {
        let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(usual) };
        let limit: i64 =
            text.parse().map_err(|_| Trouble::invalid(format!("`{text}` is not a valid value for limit")))?;
        if limit < 1 || limit > most as i64 {
            let message = format!("Invalid limit: {limit}. The limit must be between 1 and {most}.");
            return Err(Trouble::invalid(message)
                .with("errors", json!([{"message": format!("limit must be between 1 and {most}"), "in": "limit"}])));
        }
        Ok(limit as usize)
    }

    /// What a batch lists under `errors`.
    pub(crate) fn entry(&self) -> Json {
        let mut entry = json!({"status": "error", "category": self.category, "message": self.message});
        for (key, value) in &self.more {
            entry[key] = value.clone();
        }
        entry
    }

    pub(crate) fn reply(&self, correlation: &str) -> Reply {
        let mut body = Map::new();
        body.insert("status".into(), json!("error"));
        body.insert("message".into(), json!(self.message));
        body.insert("correlationId".into(), json!(correlation));
        for (key, value) in &self.more {
            body.insert(key.clone(), value.clone());
        }
        body.insert("category".into(), json!(self.category));
        Reply::value(self.status, &Json::Object(body))
    }
}

impl From<Trouble> for Error {
    fn from(trouble: Trouble) -> Error {
        let kind = if trouble.status == 404 { Kind::NotFound } else { Kind::Failed };
        Error::new(kind, trouble.message)
    }
}
