//! A key that lasts, exchanged for a token that does not: no grant of OAuth, but a call of the vendor's own.

use std::time::Duration;

use serde_json::{Value as Json, json};
use url::Url;

use super::Body;
use super::answer::{self, Tokens};
use super::endpoint::{LARGEST, Said, with_query};
use super::failure::Failure;
use super::revoke::Revoked;
use crate::base::{Error, Secret, Timestamp};
use crate::http::{Auth, Door, Http, Request};

/// From here on a number is a time in Unix seconds, not a lifetime.
const UNIX: f64 = 1e9;

/// The call that gives a token.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where it is POSTed to
    pub url: Url,
    pub auth: Auth,
    /// The key, where it goes in the body
    pub field: Option<Field>,
    pub headers: Vec<(&'static str, String)>,
    /// JSON pointers to the token; the first that leads to one counts
    pub token: Vec<String>,
    /// JSON pointers to its end: RFC 3339, Unix seconds, or the seconds it lives
    pub end: Vec<String>,
}

/// A parameter with the key in it.
#[derive(Clone, Debug)]
pub struct Field {
    pub body: Body,
    pub name: String,
    pub value: Secret,
}

impl Question {
    /// Asks for a token. A 401 that says why is an `invalid_grant`: the key is good no longer. Every other refusal says
    /// nothing about the key.
    pub async fn ask(&self, http: &Http, now: Timestamp) -> Result<Tokens, Failure> {
        let door = self.door().map_err(Failure::Other)?;
        let request = self.request().map_err(Failure::Other)?;
        let answer = http.exchange(&door, &request).await.map_err(Failure::of)?;
        let said = Said::new(door, answer);
        let Some(document) = said.document() else { return Err(said.unclear("with something that is no JSON")) };
        if !said.is_success() {
            return Err(refused(&said, &document));
        }
        let found = self.token.iter().find_map(|pointer| document.pointer(pointer)?.as_str());
        let Some(token) = found.filter(|token| !token.is_empty()) else {
            return Err(said.unclear("without a token"));
        };
        if token.chars().any(|letter| letter.is_control() || !letter.is_ascii()) {
            return Err(said.unclear("with a token that no header can carry"));
        }
        let access = Secret::new(token);
        let end = self.end.iter().find_map(|pointer| document.pointer(pointer));
        let expires_in = end.and_then(|end| lifetime(end, said.date().unwrap_or(now)));
        let said = answer::without_tokens(document);
        Ok(Tokens { access, refresh: None, expires_in, scopes: None, said, id_token: None })
    }

    fn door(&self) -> crate::base::Result<Door> {
        let mut base = self.url.clone();
        base.set_path("");
        base.set_query(None);
        let mut door = Door::new(base, "oauth")?.auth(self.auth.clone());
        if !self.headers.iter().any(|(name, _)| *name == "accept") {
            door = door.header("accept", "application/json");
        }
        if let Some(field) = &self.field {
            door = door.hide(field.value.clone());
        }
        Ok(self.headers.iter().fold(door, |door, (name, value)| door.header(name, value.as_str())))
    }

    fn request(&self) -> crate::base::Result<Request> {
        let request = with_query(Request::post(self.url.path()), &self.url).largest_body(LARGEST).repeatable();
        match &self.field {
            None => Ok(request.form(&[])),
            Some(Field { body: Body::Form, name, value }) => Ok(request.form(&[(name, value.expose())])),
            Some(Field { body: Body::Json, name, value }) => request.json(&json!({ name: value.expose() })),
        }
    }
}

fn refused(said: &Said, document: &Json) -> Failure {
    let texts = ["/message", "/error_description", "/error/message", "/error", "/detail"];
    let text = texts.iter().find_map(|pointer| document.pointer(pointer)?.as_str());
    let description = text.map(|text| said.tidy(text)).unwrap_or_default();
    // A time that the server does not take (RFC 7519 section 4.1) says that a clock is wrong, not the key.
    let of_time = ["('exp')", "('iat')"].iter().any(|claim| description.contains(claim));
    match said.status() {
        401 if description.is_empty() => said.unclear("without saying why"),
        401 if !of_time => Failure::Refused { code: "invalid_grant".to_owned(), description, uri: None },
        status @ 400..500 => Failure::Refused { code: format!("answered {status}"), description, uri: None },
        _ => said.unclear("without a token"),
    }
}

/// How long a token lives that ends then, by the clock of who gave it.
fn lifetime(end: &Json, now: Timestamp) -> Option<Duration> {
    let at = match end {
        Json::String(text) => Timestamp::parse(text),
        _ => None,
    };
    let number = end.as_f64().or_else(|| end.as_str()?.trim().parse().ok());
    let unix = number.filter(|number| *number >= UNIX && *number < UNIX * 100.0);
    let at = at.or_else(|| unix.map(|seconds| Timestamp(0).plus(Duration::from_secs_f64(seconds))));
    match at {
        Some(at) => Some(at.since(now)).filter(|left| !left.is_zero()),
        None => answer::lifetime(end),
    }
}

/// DELETE with the token itself; one that is dead already is as good as taken back.
pub async fn take_back(http: &Http, door: &Door, path: &str) -> Revoked {
    match http.exchange(door, &Request::delete(path).repeatable().largest_body(LARGEST)).await {
        Ok(answer) if matches!(answer.status(), 200..300 | 401 | 404) => Revoked::Done,
        Ok(answer) => Revoked::Failed(Error::remote(format!("`{}` answered {}", door.host(), answer.status()))),
        Err(error) => Revoked::Failed(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_time_or_a_lifetime() {
        let now = Timestamp::parse("2026-11-24T06:00:00Z").unwrap();
        let seconds = |end: Json| lifetime(&end, now).map(|left| left.as_secs());
        assert_eq!(seconds(json!("2026-11-24T07:00:00Z")), Some(3600));
        assert_eq!(seconds(json!(now.millis() / 1000 + 60)), Some(60));
        assert_eq!(seconds(json!(900)), Some(900));
        assert_eq!(seconds(json!("900")), Some(900));
        for nothing in [json!("2026-11-24T05:00:00Z"), json!(0), json!("soon"), json!(null)] {
            assert_eq!(seconds(nothing.clone()), None, "{nothing}");
        }
    }
}
