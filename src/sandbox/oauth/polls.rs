//! The device endpoint, and the polls that follow it (RFC 8628).

use serde_json::json;

use super::authorize::knows;
use super::clients::Client;
use super::counts::Poll;
use super::dialects::Grant;
use super::errors::{Cause, Refusal};
use super::rules::Offline;
use super::tokens::random;
use super::visit::Visit;
use super::{Realm, grants};
use crate::sandbox::wire::Reply;

/// RFC 8628 section 3.1: a code for the program, and one for the person.
pub(crate) fn device(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Box<Refusal>> {
    let wrong = |cause| Box::new(visit.refusal(cause));
    let dialect = visit.dialect();
    if visit.request.method != "POST" {
        return Err(wrong(Cause::WrongMethod));
    }
    // The client says its id; whether a secret must come with it here is not said by every vendor, so none is needed.
    let id = visit.parameters.get("client_id").or(visit.parameters.basic.as_ref().map(|(id, _)| id.as_str()));
    let id = id.ok_or_else(|| wrong(Cause::Missing("client_id")))?;
    let client = realm.clients.iter().find(|client| client.id == id).ok_or_else(|| wrong(Cause::UnknownClient))?;
    let may = |grants: &Vec<String>| grants.iter().any(|name| name == Grant::Device.urn());
    if !client.grants.as_ref().is_none_or(may) {
        return Err(wrong(Cause::NotAllowed));
    }
    let scopes = dialect.scopes.read(visit.parameters.get("scope"));
    if dialect.scopes.required && scopes.is_empty() {
        return Err(wrong(Cause::Missing("scope")));
    }
    if !scopes.iter().all(|scope| knows(realm, scope)) {
        return Err(wrong(Cause::BadScope));
    }
    let code = random("", 40);
    let device = realm.devices.begin(&code, id, scopes, &realm.rules, visit.now);
    let page = format!("{}/{}", visit.own, dialect.device_page);
    let mut body = json!({"device_code": code, "user_code": device.user_code});
    body[dialect.device_uri] = json!(page);
    // Only those who follow the RFC's own words offer the address with the code in it.
    if dialect.id == "oidc" {
        body["verification_uri_complete"] = json!(format!("{page}?user_code={}", device.user_code));
    }
    body["expires_in"] = json!(realm.rules.device_lifetime);
    body["interval"] = json!(device.interval);
    realm.counts.device_codes += 1;
    Ok((dialect.send)(body, visit))
}

pub(crate) fn poll(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Box<Refusal>> {
    let wrong = |cause| Box::new(visit.refusal(cause));
    let text = visit.parameters.need("device_code").map_err(wrong)?;
    let client = poller(realm, visit).map_err(wrong)?;
    let Realm { devices, person, rules, .. } = &mut *realm;
    let polled = devices.poll(text, &client.id, person, rules, visit.now, visit.slow);
    let answer = match &polled {
        Ok(_) => "ok".to_owned(),
        Err(cause) => Refusal::new(*cause, &[]).code,
    };
    let user_code = realm.devices.user_code(text).unwrap_or_default().to_owned();
    realm.counts.device_polls.push(Poll { user_code, at_ms: visit.now, answer });
    let mut consent = polled.map_err(|cause| {
        let mut refusal = wrong(cause);
        // GitHub alone says the new interval.
        if cause == Cause::SlowDown && visit.dialect().id == "github" {
            refusal.more.insert("interval".to_owned(), json!(realm.devices.interval(text)));
        }
        refusal
    })?;
    consent.offline = realm.rules.offline != Offline::Never;
    realm.counts.approvals += 1;
    let Realm { tokens, rules, .. } = &mut *realm;
    let pair = tokens.begin(consent, false, &visit.dialect().prefixes, rules, visit.now);
    Ok(grants::answer(realm, visit, Grant::Device, &[pair]))
}

/// A device may be without a secret at GitHub, whose device flow takes the id alone.
fn poller(realm: &Realm, visit: &Visit<'_>) -> Result<Client, Cause> {
    let id = visit.parameters.get("client_id");
    if visit.dialect().id == "github" && visit.parameters.get("client_secret").is_none() {
        let id = id.ok_or(Cause::Missing("client_id"))?;
        return realm.clients.iter().find(|client| client.id == id).cloned().ok_or(Cause::UnknownClient);
    }
    grants::caller(realm, visit, Grant::Device)
}
