//! The device endpoint, and the polls that follow it (RFC 8628).

use serde_json::json;

use super::authorize::knows;
use super::clients::Client;
use super::counts::Poll;
use super::device::user_code;
use super::dialects::{Grant, Secrecy};
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
    visit.parameters.check(dialect.bodies).map_err(wrong)?;
    let client = caller(realm, visit, dialect.device.secret == Secrecy::Always).map_err(wrong)?;
    let scopes = dialect.scopes.read(visit.parameters.get("scope"));
    if dialect.scopes.required && scopes.is_empty() {
        return Err(wrong(Cause::Missing("scope")));
    }
    if !scopes.iter().all(|scope| knows(realm, scope)) {
        return Err(wrong(Cause::BadScope));
    }
    let code = random(&realm.chance, "", 40);
    let user_code = user_code(&realm.chance);
    let device = realm.devices.begin((&code, user_code), &client.id, scopes, &realm.rules, visit.now);
    let page = format!("{}/{}", visit.own, dialect.device.page);
    let mut body = json!({"device_code": code, "user_code": device.user_code});
    body[dialect.device.uri] = json!(page);
    if dialect.device.complete {
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
    let client = caller(realm, visit, visit.dialect().device.secret != Secrecy::Never).map_err(wrong)?;
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
        if cause == Cause::SlowDown && visit.dialect().device.says_interval {
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

/// Which client calls. Where no secret is needed, its id is enough, but a secret that comes must be right.
fn caller(realm: &Realm, visit: &Visit<'_>, secret: bool) -> Result<Client, Cause> {
    let parameters = &visit.parameters;
    if secret || parameters.get("client_secret").is_some() || parameters.basic()?.is_some() {
        return grants::caller(realm, visit, Grant::Device);
    }
    let id = parameters.get("client_id").ok_or(Cause::NoClient)?;
    let client = realm.clients.iter().find(|client| client.id == id).ok_or(Cause::UnknownClient)?;
    if client.may(Grant::Device) { Ok(client.clone()) } else { Err(Cause::NotAllowed) }
}
