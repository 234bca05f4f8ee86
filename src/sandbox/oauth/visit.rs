//! One call at an authorization server: which vendor and endpoint it is for, and what its handler needs to know.

use serde_json::Value as Json;

use super::dialects::{self, Dialect, Endpoint, Grant};
use super::errors::{Cause, Refusal};
use super::key::Key;
use super::parameters::Parameters;
use super::people::Identity;
use crate::sandbox::json::loose_text;
use crate::sandbox::wire::{Reply, Request, pairs};

/// Where a call goes.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) dialect: &'static Dialect,
    pub(crate) endpoint: Endpoint,
    /// The parts of the path that stand for a `*`
    pub(crate) parts: Vec<String>,
    /// At the token endpoint
    pub(crate) grant: Option<Grant>,
}

impl Place {
    /// `None`: the call is for none of the authorization servers.
    pub(crate) fn of(request: &Request) -> Option<Place> {
        let parts: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        let (first, rest) = parts.split_first()?;
        // The metadata of an issuer with a path is looked for in front of that path (RFC 8414 section 3.1).
        if let [".well-known", "oauth-authorization-server" | "openid-configuration", id] = parts.as_slice() {
            let dialect = dialects::find(id)?;
            return Some(Place { dialect, endpoint: Endpoint::Metadata, parts: Vec::new(), grant: None });
        }
        let (dialect, rest) = match dialects::find(first) {
            Some(dialect) => (dialect, rest),
            None => (dialects::at_root(), parts.as_slice()),
        };
        let found = dialect.paths.iter().find_map(|(path, endpoint)| Some((matched(path, rest)?, *endpoint)));
        let (parts, endpoint) = match found {
            Some(found) => found,
            // The other paths at the root are those of its API.
            None if dialect.at_root => return None,
            None => (Vec::new(), Endpoint::Nothing),
        };
        let grant = match endpoint {
            Endpoint::Token => grant(dialect, request),
            _ => None,
        };
        Some(Place { dialect, endpoint, parts, grant })
    }

    /// What faults aim at: the endpoint, and the grant.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        (self.endpoint.word(), self.grant.map_or("", Grant::word))
    }
}

fn matched(path: &str, parts: &[&str]) -> Option<Vec<String>> {
    let pattern: Vec<&str> = path.split('/').collect();
    if pattern.len() != parts.len() {
        return None;
    }
    let fits = pattern.iter().zip(parts).all(|(known, part)| *known == "*" || known == part);
    fits.then(|| {
        pattern.iter().zip(parts).filter(|(known, _)| **known == "*").map(|(_, part)| (*part).to_owned()).collect()
    })
}

/// What a body says under a name, whether it is a form or JSON. Good enough to count by; the handler reads properly.
pub(crate) fn peek(request: &Request, name: &str) -> Option<String> {
    if let Ok(Json::Object(body)) = serde_json::from_slice(&request.body) {
        return body.get(name).map(loose_text);
    }
    let body = std::str::from_utf8(&request.body).ok()?;
    pairs(body).into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

fn grant(dialect: &Dialect, request: &Request) -> Option<Grant> {
    match peek(request, "grant_type") {
        Some(name) => Grant::ALL.into_iter().find(|grant| grant.urn() == name),
        None => dialect.usual_grant,
    }
}

/// What is handed to the code of one endpoint.
pub(crate) struct Visit<'a> {
    pub(crate) request: &'a Request,
    pub(crate) place: &'a Place,
    pub(crate) parameters: Parameters,
    /// The vendor's endpoint here, without a slash at the end; also the issuer
    pub(crate) own: String,
    /// Milliseconds
    pub(crate) now: i64,
    pub(crate) key: &'a Key,
    /// Whether a text is the sandbox's personal token
    pub(crate) personal: &'a dyn Fn(&str) -> bool,
    /// A poll is to be answered with `slow_down`
    pub(crate) slow: bool,
}

impl Visit<'_> {
    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.place.dialect
    }

    /// The id that some vendors give each call.
    pub(crate) fn request_id(&self) -> String {
        Identity::of(&format!("{}{}", self.request.target, self.now)).uuid("request")
    }

    pub(crate) fn refusal(&self, cause: Cause) -> Refusal {
        Refusal::new(cause, self.dialect().words)
    }

    pub(crate) fn refuse(&self, refusal: &Refusal) -> Reply {
        (self.dialect().refuse)(refusal, self)
    }
}

/// An answer, and when it is given.
pub(crate) struct Outcome {
    /// `None`: never
    pub(crate) reply: Option<Reply>,
    pub(crate) late: std::time::Duration,
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Outcome {
        Outcome { reply: Some(reply), late: std::time::Duration::ZERO }
    }
}
