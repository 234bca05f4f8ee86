//! Tokens for a signed assertion (RFC 7523): Google's service accounts, Salesforce's JWT bearer flow.

use serde_json::Value as Json;

use super::authorize::knows;
use super::errors::Cause;
use super::tokens::Pair;
use super::visit::Visit;
use super::{Realm, grants, key};

/// Who comes with the sandbox's own key.
pub(crate) const SERVICE_ACCOUNT: &str = "robot@sandbox.iam.gserviceaccount.com";

/// RFC 7523 section 3: signed by a key that is known, for this server, and fresh.
pub(crate) fn assertion(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
    let token = visit.parameters.need("assertion")?;
    let claims = key::claims(token)?;
    let text = |name: &str| claims[name].as_str().filter(|text| !text.is_empty());
    let issuer = text("iss").ok_or(Cause::BadAssertion("`iss` is missing"))?;
    let (id, public) = match realm.clients.iter().find(|client| client.id == issuer) {
        Some(client) => (client.id.clone(), client.key.clone().ok_or(Cause::UnknownIssuer)?),
        None if issuer == SERVICE_ACCOUNT => (issuer.to_owned(), visit.key.public()),
        None => return Err(Cause::UnknownIssuer),
    };
    key::verify(&public, token)?;
    check_audience(visit, &claims)?;
    check_times(visit, &claims)?;
    let scopes = visit.dialect().scopes.read(text("scope").or(visit.parameters.get("scope")));
    if visit.dialect().scopes.required && scopes.is_empty() {
        return Err(Cause::BadScope);
    }
    if !scopes.iter().all(|scope| knows(realm, scope)) {
        return Err(Cause::BadScope);
    }
    let identity = text("sub").unwrap_or(issuer);
    Ok(vec![grants::begin(realm, visit, &id, identity, scopes)])
}

fn check_audience(visit: &Visit<'_>, claims: &Json) -> Result<(), Cause> {
    let path: Vec<&str> = visit.request.segments.iter().skip(1).map(String::as_str).collect();
    let token = format!("{}/{}", visit.own, path.join("/"));
    let own =
        |audience: &str| audience == visit.own || audience == token || visit.dialect().audiences.contains(&audience);
    let right = match &claims["aud"] {
        Json::String(audience) => own(audience),
        Json::Array(all) => all.iter().filter_map(Json::as_str).any(own),
        _ => false,
    };
    if right { Ok(()) } else { Err(Cause::BadAssertion("`aud` is not this server")) }
}

fn check_times(visit: &Visit<'_>, claims: &Json) -> Result<(), Cause> {
    const STALE: Cause = Cause::BadAssertion(
        "Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values \
         in the JWT claim.",
    );
    // Five minutes of the other machine's clock being off.
    const SLACK: i64 = 300;
    let (now, most) = (visit.now / 1000, visit.dialect().assertion_lifetime as i64);
    let expires = claims["exp"].as_i64().ok_or(STALE)?;
    let issued = claims["iat"].as_i64().unwrap_or(now);
    let fresh = expires > now - SLACK && expires <= now + most + SLACK && issued <= now + SLACK;
    if fresh && expires - issued <= most + SLACK { Ok(()) } else { Err(STALE) }
}
