//! What GitHub lets the owner of an application do to its tokens (docs.github.com/rest/apps/oauth-applications): ask
//! whose one is, have another one for it, delete it, or all of that person's. The application is called by HTTP Basic.

use serde_json::{Value as Json, json};

use super::github::{problem, simple_user};
use crate::base::Timestamp;
use crate::sandbox::oauth::Realm;
use crate::sandbox::oauth::codes::Consent;
use crate::sandbox::oauth::errors::Cause;
use crate::sandbox::oauth::people::DIGITS;
use crate::sandbox::oauth::tokens::Opened;
use crate::sandbox::oauth::visit::Visit;
use crate::sandbox::wire::Reply;

/// `applications/{client_id}/token`: POST says what the token is, PATCH takes it back and gives another one, DELETE ends it.
pub(crate) fn token(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let (client, text) = match call(realm, visit) {
        Ok(call) => call,
        Err(refused) => return Ok(refused),
    };
    match visit.request.method.as_str() {
        "POST" => {}
        "PATCH" => return Ok(reset(realm, visit, &client, &text)),
        _ => return Ok(delete(realm, visit, &client, &text)),
    }
    Ok(match realm.tokens.open(&text, visit.now) {
        Ok(opened) if opened.family.consent.client == client => said(realm, visit, &opened, &text),
        _ => problem(404, "Not Found", visit),
    })
}

/// `applications/{client_id}/grant`: everything of this person at this application.
pub(crate) fn grant(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let (client, text) = match call(realm, visit) {
        Ok(call) => call,
        Err(refused) => return Ok(refused),
    };
    Ok(match mine(realm, visit, &client, &text) {
        Ok(consent) => {
            realm.tokens.revoke_where(|other| other.client == client && other.identity == consent.identity);
            realm.counts.revocations += 1;
            Reply::empty(204)
        }
        Err(refused) => refused,
    })
}

fn delete(realm: &mut Realm, visit: &Visit<'_>, client: &str, text: &str) -> Reply {
    if let Err(refused) = mine(realm, visit, client, text) {
        return refused;
    }
    if let Some(family) = realm.tokens.owner(text) {
        realm.tokens.revoke_family(family);
    }
    realm.counts.revocations += 1;
    Reply::empty(204)
}

fn reset(realm: &mut Realm, visit: &Visit<'_>, client: &str, text: &str) -> Reply {
    let consent = match mine(realm, visit, client, text) {
        Ok(consent) => consent,
        Err(refused) => return refused,
    };
    if let Some(family) = realm.tokens.owner(text) {
        realm.tokens.revoke_family(family);
    }
    let pair = realm.tokens.begin(consent, false, &visit.dialect().prefixes, &realm.rules, visit.now);
    let opened = realm.tokens.open(&pair.access, visit.now).expect("it was just issued");
    said(realm, visit, &opened, &pair.access)
}

/// The consent behind a living token of this application; 422 for what was never a token, 404 for what is none any more.
fn mine(realm: &Realm, visit: &Visit<'_>, client: &str, text: &str) -> Result<Consent, Reply> {
    if realm.tokens.owner(text).is_none() {
        return Err(problem(422, "Validation Failed", visit));
    }
    match realm.tokens.open(text, visit.now) {
        Ok(opened) if opened.family.consent.client == client => Ok(opened.family.consent.clone()),
        _ => Err(problem(404, "Not Found", visit)),
    }
}

/// An authorization, as GitHub's description of its API has it.
fn said(realm: &Realm, visit: &Visit<'_>, opened: &Opened<'_>, text: &str) -> Reply {
    let consent = &opened.family.consent;
    let id: u64 = consent.identity.id("authorization", DIGITS, 8).parse().expect("digits are a number");
    let issued = Timestamp::from_millis(opened.born).rfc3339();
    let body = json!({
        "id": id, "url": format!("{}/authorizations/{id}", visit.own), "scopes": opened.scopes, "token": text,
        "token_last_eight": text.get(text.len().saturating_sub(8)..), "hashed_token": crate::sandbox::oauth::key::hash(text),
        "app": {"client_id": consent.client, "name": "sandbox", "url": visit.own}, "note": null, "note_url": null,
        "updated_at": issued, "created_at": issued, "fingerprint": null,
        "expires_at": realm.tokens.expires(text).map(|end| Timestamp::from_millis(end).rfc3339()),
        "user": Json::Object(simple_user(&consent.identity, visit)),
    });
    Reply::value(200, &body)
}

/// The application by HTTP Basic, which must be the one in the path, and the token in the body.
fn call(realm: &Realm, visit: &Visit<'_>) -> Result<(String, String), Reply> {
    let named = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    let right = visit.parameters.basic.as_ref().filter(|(id, secret)| {
        let known = realm.clients.iter().find(|client| client.id == *id);
        id == named && known.and_then(|client| client.secret.as_ref()).is_some_and(|known| known.expose() == secret)
    });
    match right {
        Some((id, _)) => Ok((id.clone(), visit.parameters.get("access_token").unwrap_or_default().to_owned())),
        None => Err(problem(401, "Requires authentication", visit)),
    }
}
