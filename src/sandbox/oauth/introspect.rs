//! Saying what a token is (RFC 7662).

use serde_json::json;

use super::Realm;
use super::clients::authenticate;
use super::errors::{self, Refusal};
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// RFC 7662 section 2: for clients of the server, about their own tokens; of all others it says nothing.
pub(crate) fn introspect(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Box<Refusal>> {
    let wrong = |cause| Box::new(visit.refusal(cause));
    visit.parameters.check(visit.dialect().bodies).map_err(wrong)?;
    let client =
        authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth).map_err(wrong)?.id.clone();
    let text = visit.parameters.need("token").map_err(wrong)?;
    let opened = realm.tokens.open(text, visit.now).ok();
    let family = opened.map(|opened| opened.family).or_else(|| realm.tokens.refreshes(text));
    let family = family.filter(|family| family.consent.client == client);
    let mut body = json!({"active": family.is_some()});
    if let Some(family) = family {
        let consent = &family.consent;
        let scopes = opened.map_or_else(|| family.scopes(), |opened| opened.scopes);
        body["scope"] = json!(scopes.join(" "));
        body["client_id"] = json!(consent.client);
        body["username"] = json!(consent.identity.email);
        body["sub"] = json!((visit.dialect().sub)(&consent.identity, visit));
        body["iss"] = json!(visit.own);
    }
    if let Some(opened) = opened.filter(|_| family.is_some()) {
        body["token_type"] = json!("Bearer");
        body["iat"] = json!(opened.born / 1000);
        if let Some(end) = realm.tokens.expires(text) {
            body["exp"] = json!(end / 1000);
        }
    }
    let body = (visit.dialect().introspected)(body, family.map(|family| &family.consent), visit);
    Ok(errors::uncached(Reply::value(200, &body)))
}

/// How long an access token lives yet.
pub(crate) fn seconds_left(realm: &Realm, token: &str, now: i64) -> Option<i64> {
    realm.tokens.expires(token).map(|at| (at - now) / 1000)
}
