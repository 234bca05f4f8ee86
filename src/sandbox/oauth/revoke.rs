//! Taking tokens back, in each vendor's way (RFC 7009).

use serde_json::json;

use super::clients::{Client, authenticate};
use super::codes::Consent;
use super::dialects::Ending;
use super::errors::{Cause, Refusal};
use super::parameters::Parameters;
use super::visit::Visit;
use super::{Realm, errors, identity, introspect};
use crate::sandbox::wire::Reply;

pub(crate) fn revoke(realm: &mut Realm, visit: &Visit<'_>, how: Ending) -> Result<Reply, Box<Refusal>> {
    let wrong = |cause| Box::new(visit.refusal(cause));
    let verb = match how {
        Ending::Path | Ending::GithubToken | Ending::GithubGrant | Ending::Installation => "DELETE",
        _ => "POST",
    };
    match how {
        Ending::GithubToken if visit.request.method == "POST" => return Ok(check(realm, visit)),
        Ending::Path if visit.request.method == "GET" => return Ok(introspect::refresh_info(realm, visit)),
        // Slack takes both.
        Ending::Bearer => {}
        _ if visit.request.method != verb => return Err(wrong(Cause::WrongMethod)),
        _ => {}
    }
    match how {
        Ending::Rfc7009 => rfc7009(realm, visit).map_err(wrong),
        Ending::Token => token_alone(realm, visit).map_err(wrong),
        Ending::Path => path(realm, visit).map_err(wrong),
        Ending::GithubToken | Ending::GithubGrant => Ok(github(realm, visit, how)),
        Ending::Installation => Ok(installation(realm, visit)),
        Ending::Bearer => Ok(bearer(realm, visit)),
        Ending::Deauthorize => deauthorize(realm, visit).map_err(wrong),
    }
}

/// Unknown tokens are fine, wrong clients are not (RFC 7009 section 2.2).
fn rfc7009(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let client = authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth)?.id.clone();
    let text = visit.parameters.need("token")?;
    let owner = realm.tokens.owner(text).filter(|family| realm.tokens.family(*family).consent.client == client);
    if let Some(family) = owner {
        realm.counts.revocations += 1;
        end(realm, visit, text, family);
    }
    Ok(empty(visit))
}

/// An access token goes alone where the vendor says so; everywhere else the consent goes with it.
fn end(realm: &mut Realm, visit: &Visit<'_>, text: &str, family: u64) {
    let alone = matches!(visit.dialect().id, "oidc" | "salesforce") && realm.tokens.is_access(text);
    if alone { realm.tokens.end_one(text) } else { realm.tokens.revoke_family(family) }
}

/// Most say 200 with nothing; Notion says its request's id.
fn empty(visit: &Visit<'_>) -> Reply {
    match visit.dialect().id {
        "notion" => errors::uncached(Reply::value(200, &json!({"request_id": visit.request_id()}))),
        _ => Reply { content_type: "", ..Reply::empty(200) },
    }
}

/// Google and Salesforce ask for no client, and refuse a token that is unknown or dead.
fn token_alone(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let parameters = Parameters::of(visit.request)?.with_query(visit.request);
    let text = parameters.need("token")?.to_owned();
    let family = realm.tokens.owner(&text).filter(|family| !realm.tokens.family(*family).revoked);
    let family = family.ok_or(Cause::UnknownToken)?;
    end(realm, visit, &text, family);
    realm.counts.revocations += 1;
    Ok(match visit.dialect().id {
        "google" => Reply::value(200, &json!({})),
        _ => Reply { content_type: "", ..Reply::empty(200) },
    })
}

/// HubSpot: the refresh token is in the path, and nothing else is needed. Every connection with it ends.
fn path(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let text = visit.place.parts.first().map(String::as_str).unwrap_or_default();
    let family = realm.tokens.refreshes(text).is_some().then(|| realm.tokens.owner(text)).flatten();
    realm.tokens.revoke_family(family.ok_or(Cause::UnknownRefresh)?);
    realm.counts.revocations += 1;
    Ok(Reply::empty(204))
}

/// 204, 404 or 422 (docs.github.com/rest/apps/oauth-applications).
fn github(realm: &mut Realm, visit: &Visit<'_>, how: Ending) -> Reply {
    let Some((client, text)) = github_call(realm, visit) else { return not_here(visit) };
    let Some(family) = text.and_then(|text| Some((realm.tokens.owner(&text)?, text))) else {
        return problem(422, "Validation Failed", visit);
    };
    let (family, text) = family;
    let consent = realm.tokens.family(family).consent.clone();
    if consent.client != client || realm.tokens.open(&text, visit.now).is_err() {
        return problem(404, "Not Found", visit);
    }
    match how {
        Ending::GithubGrant => {
            let same = |other: &Consent| other.client == client && other.identity == consent.identity;
            realm.tokens.revoke_where(same);
        }
        _ => realm.tokens.revoke_family(family),
    }
    realm.counts.revocations += 1;
    Reply::empty(204)
}

/// GitHub's `DELETE /installation/token`: the token ends itself.
fn installation(realm: &mut Realm, visit: &Visit<'_>) -> Reply {
    if let Err(why) = identity::seen(realm, visit) {
        realm.counts.dead_tokens += 1;
        return (visit.dialect().shut)(why, visit);
    }
    let text = visit.parameters.bearer.as_deref().unwrap_or_default();
    if let Some(family) = realm.tokens.owner(text) {
        realm.tokens.revoke_family(family);
        realm.counts.revocations += 1;
    }
    Reply::empty(204)
}

/// POST of GitHub's same path: whether a token is one of the client's.
fn check(realm: &Realm, visit: &Visit<'_>) -> Reply {
    let Some((client, text)) = github_call(realm, visit) else { return not_here(visit) };
    let text = text.unwrap_or_default();
    let Ok(family) = realm.tokens.open(&text, visit.now) else { return problem(404, "Not Found", visit) };
    let body = json!({
        "app": {"client_id": client, "name": "sandbox", "url": visit.own}, "token": text, "scopes": family.consent.scopes,
        "user": {"login": family.consent.identity.login()}, "expires_at": null,
    });
    Reply::value(200, &body)
}

/// The client by HTTP Basic, which must be the one in the path, and the token in the body.
fn github_call(realm: &Realm, visit: &Visit<'_>) -> Option<(String, Option<String>)> {
    let (id, secret) = visit.parameters.basic.as_ref()?;
    let named = visit.place.parts.first()? == id;
    let right =
        |client: &&Client| client.id == *id && client.secret.as_ref().is_some_and(|known| known.expose() == secret);
    let client = realm.clients.iter().find(right).filter(|_| named)?;
    Some((client.id.clone(), visit.parameters.get("access_token").map(str::to_owned)))
}

fn not_here(visit: &Visit<'_>) -> Reply {
    problem(401, "Requires authentication", visit)
}

fn problem(status: u16, message: &str, _: &Visit<'_>) -> Reply {
    let url = "https://docs.github.com/rest/apps/oauth-applications";
    Reply::value(status, &json!({"message": message, "documentation_url": url, "status": status.to_string()}))
}

/// Slack's `auth.revoke`: the token ends itself, unless it is only a rehearsal.
fn bearer(realm: &mut Realm, visit: &Visit<'_>) -> Reply {
    if let Err(why) = identity::seen(realm, visit) {
        realm.counts.dead_tokens += 1;
        return (visit.dialect().shut)(why, visit);
    }
    let parameters = &visit.parameters;
    let text = parameters.bearer.as_deref().or(parameters.get("token")).unwrap_or_default();
    let rehearsal = parameters.get("test").is_some_and(|test| test == "1" || test == "true");
    if let Some(family) = realm.tokens.owner(text).filter(|_| !rehearsal) {
        realm.tokens.revoke_family(family);
        realm.counts.revocations += 1;
    }
    Reply::value(200, &json!({"ok": true, "revoked": !rehearsal}))
}

/// Stripe: everything between the platform and one account.
fn deauthorize(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    let client = authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth)?.id.clone();
    if visit.parameters.need("client_id")? != client {
        return Err(Cause::UnknownClient);
    }
    let account = visit.parameters.need("stripe_user_id")?.to_owned();
    let same = |consent: &Consent| consent.client == client && consent.identity.stripe_account() == account;
    if realm.tokens.revoke_where(same) == 0 {
        return Err(Cause::UnknownToken);
    }
    realm.counts.revocations += 1;
    Ok(Reply::value(200, &json!({"stripe_user_id": account})))
}
