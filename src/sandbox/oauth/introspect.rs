//! Saying what a token is (RFC 7662), and HubSpot's own way of it.

use serde_json::json;

use super::Realm;
use super::clients::authenticate;
use super::errors::{self, Cause, Refusal};
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// RFC 7662 section 2: for clients of the server, about their own tokens; of all others it says nothing.
pub(crate) fn introspect(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Box<Refusal>> {
    let wrong = |cause| Box::new(visit.refusal(cause));
    if visit.request.method != "POST" {
        return Err(wrong(Cause::WrongMethod));
    }
    let client =
        authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth).map_err(wrong)?.id.clone();
    let text = visit.parameters.need("token").map_err(wrong)?;
    let access = realm.tokens.open(text, visit.now).ok();
    let family = access.or_else(|| realm.tokens.refreshes(text));
    let mut body = match family.filter(|family| family.consent.client == client) {
        None => json!({"active": false}),
        Some(family) => {
            let consent = &family.consent;
            json!({
                "active": true, "scope": consent.scopes.join(" "), "client_id": consent.client,
                "username": consent.identity.email, "sub": consent.identity.uuid(visit.dialect().id),
                "token_type": if access.is_some() { "access_token" } else { "refresh_token" },
            })
        }
    };
    if let Some(left) = seconds_left(realm, text, visit.now).filter(|_| body["active"] == true) {
        body["exp"] = json!(visit.now / 1000 + left);
    }
    let body = (visit.dialect().introspected)(body, family.map(|family| &family.consent), visit);
    Ok(errors::uncached(Reply::value(200, &body)))
}

/// How long an access token lives yet.
pub(crate) fn seconds_left(realm: &Realm, token: &str, now: i64) -> Option<i64> {
    realm.tokens.expires(token).map(|at| (at - now) / 1000)
}

/// GET of HubSpot's same path: what a refresh token is.
pub(crate) fn refresh_info(realm: &Realm, visit: &Visit<'_>) -> Reply {
    let text = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    match realm.tokens.refreshes(text) {
        Some(family) => Reply::value(
            200,
            &json!({
                "token": text, "client_id": family.consent.client, "user": family.consent.identity.email,
                "hub_domain": family.consent.identity.domain(), "scopes": family.consent.scopes,
                "hub_id": crate::sandbox::hubspot::PORTAL, "user_id": family.consent.identity.number("hubspot user", 7),
                "token_type": "refresh",
            }),
        ),
        None => visit.refuse(&visit.refusal(Cause::UnknownRefresh)),
    }
}
