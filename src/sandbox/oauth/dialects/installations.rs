//! Installations of a GitHub App (docs.github.com, "Generating an installation access token for a GitHub App", "Generating a
//! JSON Web Token (JWT) for a GitHub App", and the REST reference of `apps` and `apps/installations`): a token signed with
//! the app's key gives one of an hour. Every number is an installation here, of every client that has a key.

use serde_json::{Value as Json, json};

use super::github::{login, problem};
use super::{Prefixes, Seen};
use crate::base::Timestamp;
use crate::sandbox::oauth::codes::Consent;
use crate::sandbox::oauth::errors::Cause;
use crate::sandbox::oauth::people::{DIGITS, Identity};
use crate::sandbox::oauth::rules::Rules;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::oauth::{Realm, identity, key, revoke};
use crate::sandbox::wire::Reply;

const START: &str = "ghs_";
const PREFIXES: Prefixes = Prefixes { code: "", access: START, user_access: START, refresh: "", length: 36 };

const UNREADABLE: &str = "A JSON web token could not be decoded";
const TOO_LATE: &str = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the \
                        assertion expires";
const TOO_LONG: &str = "'Expiration time' claim ('exp') is too far in the future";
const TOO_EARLY: &str =
    "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";

pub(crate) fn exchange(realm: &mut Realm, visit: &Visit<'_>) -> Reply {
    let number = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    let app = match app(realm, visit) {
        Ok(app) => app,
        Err((status, message)) => {
            realm.counts.dead_tokens += 1;
            return problem(status, message, visit);
        }
    };
    if number.parse::<u64>().is_err() {
        return problem(404, "Not Found", visit);
    }
    let consent = Consent {
        client: app,
        identity: Identity::of(&realm.person.identity),
        scopes: Vec::new(),
        user_scopes: Vec::new(),
        offline: false,
        nonce: None,
    };
    let pair = realm.tokens.begin(consent, false, &PREFIXES, &Rules::PLAIN, visit.now);
    let end = realm.tokens.expires(&pair.access).map(|end| Timestamp::from_millis(end).rfc3339());
    let permissions = json!({"contents": "read", "issues": "write", "metadata": "read"});
    let body = json!({
        "token": pair.access, "expires_at": end, "permissions": permissions, "repository_selection": "all",
    });
    Reply::value(201, &body)
}

/// The app whose key signed the bearer, or what GitHub says to a wrong one.
fn app(realm: &Realm, visit: &Visit<'_>) -> Result<String, (u16, &'static str)> {
    let token = visit.parameters.bearer.as_deref().ok_or((401, UNREADABLE))?;
    let claims = key::claims(token).map_err(|_| (401, UNREADABLE))?;
    let issuer = match &claims["iss"] {
        Json::String(text) => text.clone(),
        Json::Number(number) => number.to_string(),
        _ => return Err((401, "Missing 'issuer' claim ('iss') in assertion")),
    };
    let client = realm.clients.iter().find(|client| client.id == issuer);
    let public = client.and_then(|client| client.key.as_ref()).ok_or((404, "Integration not found"))?;
    key::verify(public, token).map_err(|_| (401, UNREADABLE))?;
    let now = visit.now / 1000;
    let expires = claims["exp"].as_i64().filter(|end| *end > now).ok_or((401, TOO_LATE))?;
    let issued = claims["iat"].as_i64().filter(|issued| *issued <= now).ok_or((401, TOO_EARLY))?;
    if expires > now + 600 || expires - issued > 660 { Err((401, TOO_LONG)) } else { Ok(issuer) }
}

/// Whether an installation calls.
pub(crate) fn is_here(visit: &Visit<'_>) -> bool {
    visit.parameters.bearer.as_deref().is_some_and(|token| token.starts_with(START))
}

/// `DELETE /installation/token`: the token ends itself.
pub(crate) fn end(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    if let Err(why) = identity::seen(realm, visit) {
        realm.counts.dead_tokens += 1;
        return Ok((visit.dialect().shut)(why, visit));
    }
    revoke::itself(realm, visit);
    Ok(Reply::empty(204))
}

pub(crate) fn repositories(seen: &Seen<'_>, visit: &Visit<'_>) -> Reply {
    if !is_here(visit) {
        let message = "You must authenticate with an installation access token in order to list repositories for an installation.";
        return problem(403, message, visit);
    }
    let login = login(seen.identity);
    let id = |what: &str| seen.identity.id(what, DIGITS, 8).parse::<u64>().expect("digits are a number");
    let repository = json!({
        "id": id("repository"), "name": "demo", "full_name": format!("{login}/demo"), "private": true,
        "owner": {"login": login, "id": id("github"), "type": "User"},
    });
    Reply::value(200, &json!({"total_count": 1, "repository_selection": "all", "repositories": [repository]}))
}
