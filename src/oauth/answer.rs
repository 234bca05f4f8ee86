//! What an authorization server's answer holds: tokens, or a refusal, in the forms that servers give them.

use std::time::Duration;

use serde_json::{Map, Value as Json};

use super::failure::{Failure, is_code};
use super::{Server, endpoint::Said};
use crate::base::{Error, Secret};

/// No token is believed to live longer.
const LONGEST_LIFE: Duration = Duration::from_secs(100 * 365 * 24 * 60 * 60);

/// What a token endpoint granted (RFC 6749 section 5.1).
#[derive(Clone, Debug)]
pub struct Tokens {
    pub access: Secret,
    /// `None`: the answer has none, and one that is had already stays
    pub refresh: Option<Secret>,
    /// `None`: the answer does not say, or says nonsense; the token lives until a 401
    pub expires_in: Option<Duration>,
    /// What was granted; `None`: the answer does not say, which means what was asked for
    pub scopes: Option<Vec<String>>,
    /// The whole answer without its tokens, for what a vendor says besides (`instance_url`, `team.id`)
    pub said: Json,
    /// OpenID Connect's; not verified, because it came straight from the server's token endpoint
    pub id_token: Option<Secret>,
}

/// Reads the answer of a token endpoint.
pub(super) fn tokens(server: &Server, said: &Said) -> Result<Tokens, Failure> {
    let document = granted(server, said)?;
    // Beside it may be another's: what is at the top of Slack's first answer is the app's bot, not the person.
    let holder = if server.token_path.is_empty() { Some(&document) } else { document.pointer(&server.token_path) };
    let text = |name: &str| holder.and_then(|holder| holder.get(name)?.as_str()).filter(|text| !text.is_empty());
    let Some(access) = text("access_token") else {
        return Err(match refusal(server, said, &document) {
            Some(failure) => failure,
            None => said.unclear("without a token"),
        });
    };
    if access.chars().any(|letter| letter.is_control() || !letter.is_ascii()) {
        return Err(said.unclear("with a token that no header can carry"));
    }
    let kind = text("token_type").unwrap_or("bearer").to_ascii_lowercase();
    if matches!(kind.as_str(), "mac" | "dpop" | "pop") {
        let refused = format!("{} gives tokens of the kind `{kind}`, which appctl cannot use", said.who());
        return Err(Failure::Other(Error::failed(refused)));
    }
    let field = |name: &str| holder.and_then(|holder| holder.get(name));
    let access = Secret::new(access);
    let refresh = text("refresh_token").map(Secret::new);
    let id_token = text("id_token").map(Secret::new);
    let expires_in = field("expires_in").or_else(|| document.get("expires_in")).and_then(lifetime);
    let scopes = field("scope").or_else(|| field("scopes")).and_then(scopes);
    Ok(Tokens { access, refresh, expires_in, scopes, said: without_tokens(document), id_token })
}

/// Reads the answer to a refresh token. Slack has the tokens of a person deep in its first answer, and at the top of this.
pub(super) fn renewed(server: &Server, said: &Said) -> Result<Tokens, Failure> {
    let nested = said.document().is_some_and(|document| document.pointer(&server.token_path).is_some());
    if nested { tokens(server, said) } else { tokens(&Server { token_path: String::new(), ..server.clone() }, said) }
}

/// The document of a success; any other answer is a failure.
pub(super) fn granted(server: &Server, said: &Said) -> Result<Json, Failure> {
    let Some(document) = said.document() else { return Err(said.unclear("with something that is no answer of OAuth")) };
    let refused = !said.is_success() || (server.error_in_200 && is_refusal(&document));
    if !refused {
        return Ok(document);
    }
    Err(refusal(server, said, &document).unwrap_or_else(|| said.unclear("without saying why")))
}

pub(super) fn is_refusal(document: &Json) -> bool {
    document.get("ok") == Some(&Json::Bool(false)) || code(document).is_some()
}

/// The refusal in a document. `server_error` and `temporarily_unavailable` are none (RFC 6749 section 4.1.2.1).
pub(super) fn refusal(server: &Server, said: &Said, document: &Json) -> Option<Failure> {
    let code = code(document)?;
    let code = server.words.iter().find(|(own, _)| *own == code).map_or(code, |(_, known)| known);
    if matches!(code, "server_error" | "temporarily_unavailable") {
        return Some(said.unclear(&format!("with `{code}`")));
    }
    let text = |pointer: &str| document.pointer(pointer).and_then(Json::as_str).filter(|text| !text.trim().is_empty());
    let description = text("/error_description").or_else(|| text("/message")).or_else(|| text("/error/message"));
    let uri = text("/error_uri").and_then(|uri| uri.parse().ok()).filter(crate::http::is_safe).map(Box::new);
    let description = description.map(|text| said.tidy(text)).unwrap_or_default();
    Some(Failure::Refused { code: said.tidy(code), description, uri })
}

/// The code of a refusal: RFC 6749's `error`, or what servers have that came to OAuth late.
fn code(document: &Json) -> Option<&str> {
    const PLACES: &[&str] = &["/error", "/error/code", "/error/type", "/error/status", "/code", "/status", "/category"];
    let texts = PLACES.iter().filter_map(|place| document.pointer(place)?.as_str());
    texts.map(str::trim).find(|text| is_code(text) && !matches!(*text, "error" | "fail" | "failed" | "ok" | "success"))
}

/// Seconds as a number or as text. Nothing, nonsense and what is not above zero count as not said.
pub(super) fn lifetime(value: &Json) -> Option<Duration> {
    let seconds = match value {
        Json::Number(number) => number.as_f64()?,
        Json::String(text) => text.trim().parse::<f64>().ok()?,
        _ => return None,
    };
    (seconds.is_finite() && seconds > 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST_LIFE.as_secs_f64())))
}

/// Scopes as text with blanks or commas between them, or as an array.
pub(super) fn scopes(value: &Json) -> Option<Vec<String>> {
    let split = |text: &str| {
        let parts = text.split(|letter: char| letter == ',' || letter.is_whitespace());
        parts.filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    match value {
        Json::String(text) => Some(split(text)),
        Json::Array(items) => Some(items.iter().filter_map(Json::as_str).flat_map(split).collect()),
        _ => None,
    }
}

/// The document without whatever is, or may be, a token or another secret.
pub(super) fn without_tokens(document: Json) -> Json {
    match document {
        Json::Object(fields) => {
            let keep = |(name, value): (String, Json)| (!is_secret(&name)).then(|| (name, without_tokens(value)));
            Json::Object(fields.into_iter().filter_map(keep).collect::<Map<_, _>>())
        }
        Json::Array(items) => Json::Array(items.into_iter().map(without_tokens).collect()),
        other => other,
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let secret = ["token", "secret", "password", "assertion", "signature", "webhook"];
    name != "token_type" && secret.iter().any(|part| name.contains(part))
}
