//! The token endpoint: what each grant needs and gives (RFC 6749 sections 4 to 6, RFC 7523, RFC 8628), and the device
//! endpoint beside it.

use serde_json::{Value as Json, json};

use super::Realm;
use super::authorize::knows;
use super::clients::{Client, authenticate};
use super::codes::Consent;
use super::counts::Poll;
use super::dialects::{Grant, Issued};
use super::errors::{Cause, Refusal};
use super::key;
use super::people::Identity;
use super::tokens::{Pair, random};
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// Who comes with the sandbox's own key.
pub(crate) const SERVICE_ACCOUNT: &str = "robot@sandbox.iam.gserviceaccount.com";

pub(crate) fn token(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Refusal> {
    let dialect = visit.dialect();
    let wrong = |cause| visit.refusal(cause);
    if visit.request.method != "POST" {
        return Err(wrong(Cause::WrongMethod));
    }
    if visit.parameters.repeated() || dialect.json != visit.parameters.json {
        return Err(wrong(Cause::BadBody));
    }
    let grant = match (visit.place.grant, visit.parameters.get("grant_type")) {
        (Some(grant), _) if dialect.grants.contains(&grant) => grant,
        (None, None) => return Err(wrong(Cause::Missing("grant_type"))),
        _ => return Err(wrong(Cause::BadGrantType)),
    };
    let pairs = match grant {
        Grant::Code => code(realm, visit),
        Grant::Refresh => refresh(realm, visit),
        Grant::ClientCredentials => client_credentials(realm, visit),
        Grant::Device => return poll(realm, visit),
        Grant::JwtBearer => assertion(realm, visit),
    };
    let pairs = pairs.map_err(wrong)?;
    Ok(answer(realm, visit, grant, &pairs))
}

/// The vendor's answer with these tokens.
fn answer(realm: &Realm, visit: &Visit<'_>, grant: Grant, pairs: &[Pair]) -> Reply {
    let rules = &realm.rules;
    let issued = |pair: &Pair| {
        let family = realm.tokens.family(pair.family);
        let consent = &family.consent;
        let scopes = if family.user { &consent.user_scopes } else { &consent.scopes };
        (pair.clone(), family.user, consent.clone(), scopes.clone())
    };
    let kept: Vec<_> = pairs.iter().map(issued).collect();
    let issued: Vec<Issued<'_>> = kept
        .iter()
        .map(|(pair, user, consent, scopes)| Issued {
            access: &pair.access,
            refresh: pair.refresh.as_deref(),
            expires_in: rules.lifetime.filter(|_| rules.says_lifetime),
            refresh_expires_in: rules.refresh_lifetime.or(rules.idle).filter(|_| pair.refresh.is_some()),
            scopes,
            identity: &consent.identity,
            client: &consent.client,
            grant,
            user: *user,
            id_token: id_token(realm, visit, consent, scopes),
        })
        .collect();
    let dialect = visit.dialect();
    (dialect.send)((dialect.answer)(&issued, visit), visit)
}

/// OpenID Connect Core 1.0 section 2.
fn id_token(realm: &Realm, visit: &Visit<'_>, consent: &Consent, scopes: &[String]) -> Option<String> {
    if !scopes.iter().any(|scope| scope == "openid") {
        return None;
    }
    let now = visit.now / 1000;
    let mut claims = json!({
        "iss": visit.own, "sub": consent.identity.uuid(visit.dialect().id), "aud": consent.client,
        "iat": now, "exp": now + i64::try_from(realm.rules.lifetime.unwrap_or(3600)).unwrap_or(3600),
    });
    if let Some(nonce) = &consent.nonce {
        claims["nonce"] = json!(nonce);
    }
    if scopes.iter().any(|scope| scope == "email") {
        claims["email"] = json!(consent.identity.email);
    }
    Some(visit.key.sign(&claims))
}

/// Who calls, and whether they may use this grant.
fn caller(realm: &Realm, visit: &Visit<'_>, grant: Grant) -> Result<Client, Cause> {
    let client = authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth)?;
    let may = client.grants.as_ref().is_none_or(|grants| grants.iter().any(|name| name == grant.urn()));
    if may { Ok(client.clone()) } else { Err(Cause::NotAllowed) }
}

fn code(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
    let client = caller(realm, visit, Grant::Code)?;
    let parameters = &visit.parameters;
    let text = parameters.need("code")?;
    let rules = realm.rules.clone();
    let code = realm.codes.find(text).ok_or(Cause::UnknownCode)?;
    if let Some(families) = &code.families {
        for family in families {
            realm.tokens.revoke_family(*family);
        }
        return Err(Cause::SpentCode);
    }
    let (redirect, verifier) = (parameters.get("redirect_uri"), parameters.get("code_verifier"));
    // Where a vendor knows nothing of PKCE, a verifier is one of the parameters it does not look at.
    let verifier = verifier.filter(|_| code.challenge.is_some() || rules.pkce != super::Pkce::Absent);
    code.check(&client.id, redirect, verifier, visit.now, rules.code_lifetime)?;
    let consent = code.consent.clone();
    let prefixes = &visit.dialect().prefixes;
    let mut pairs = Vec::new();
    if !consent.scopes.is_empty() || consent.user_scopes.is_empty() {
        pairs.push(realm.tokens.begin(consent.clone(), false, prefixes, &rules, visit.now));
    }
    if !consent.user_scopes.is_empty() {
        pairs.push(realm.tokens.begin(consent, true, prefixes, &rules, visit.now));
    }
    code.families = Some(pairs.iter().map(|pair| pair.family).collect());
    realm.counts.codes_exchanged += 1;
    Ok(pairs)
}

fn refresh(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
    let client = caller(realm, visit, Grant::Refresh)?;
    let text = visit.parameters.need("refresh_token")?;
    // A narrower scope may be asked for, a wider one not (RFC 6749 section 6).
    if let (Some(family), Some(asked)) = (realm.tokens.refreshes(text), visit.parameters.get("scope")) {
        let asked = visit.dialect().scopes.read(Some(asked));
        if !asked.iter().all(|scope| family.consent.scopes.contains(scope)) {
            return Err(Cause::BadScope);
        }
    }
    let Realm { tokens, rules, .. } = realm;
    let pair = tokens.renew(text, &client.id, &visit.dialect().prefixes, rules, visit.now)?;
    realm.counts.refreshes += 1;
    Ok(vec![pair])
}

fn client_credentials(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
    let client = caller(realm, visit, Grant::ClientCredentials)?;
    if client.secret.is_none() {
        return Err(Cause::NotAllowed);
    }
    let scopes = visit.dialect().scopes.read(visit.parameters.get("scope"));
    if !scopes.iter().all(|scope| knows(realm, scope)) {
        return Err(Cause::BadScope);
    }
    let identity = realm.person.identity.clone();
    Ok(vec![begin(realm, visit, &client.id, &identity, scopes)])
}

/// Tokens without a refresh token, as the client's own grants have them.
fn begin(realm: &mut Realm, visit: &Visit<'_>, client: &str, identity: &str, scopes: Vec<String>) -> Pair {
    let consent = Consent {
        client: client.to_owned(),
        identity: Identity::of(identity),
        scopes,
        user_scopes: Vec::new(),
        offline: false,
        nonce: None,
    };
    let Realm { tokens, rules, .. } = realm;
    tokens.begin(consent, false, &visit.dialect().prefixes, rules, visit.now)
}

/// RFC 7523 section 3: signed by a key that is known, for this server, and fresh.
fn assertion(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
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
    Ok(vec![begin(realm, visit, &id, identity, scopes)])
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

/// RFC 8628 section 3.1: a code for the program, and one for the person.
pub(crate) fn device(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Refusal> {
    let wrong = |cause| visit.refusal(cause);
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

fn poll(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Refusal> {
    let text = visit.parameters.need("device_code").map_err(|cause| visit.refusal(cause))?;
    let client = poller(realm, visit).map_err(|cause| visit.refusal(cause))?;
    let Realm { devices, person, rules, .. } = &mut *realm;
    let polled = devices.poll(text, &client.id, person, rules, visit.now, visit.slow);
    let answer = match &polled {
        Ok(_) => "ok".to_owned(),
        Err(cause) => Refusal::new(*cause, &[]).code,
    };
    let user_code = realm.devices.user_code(text).unwrap_or_default().to_owned();
    realm.counts.device_polls.push(Poll { user_code, at_ms: visit.now, answer });
    let mut consent = polled.map_err(|cause| {
        let refusal = visit.refusal(cause);
        match cause {
            // GitHub alone says the new interval.
            Cause::SlowDown if visit.dialect().id == "github" => {
                refusal.with("interval", json!(realm.devices.interval(text)))
            }
            _ => refusal,
        }
    })?;
    consent.offline = realm.rules.offline != super::Offline::Never;
    realm.counts.approvals += 1;
    let Realm { tokens, rules, .. } = &mut *realm;
    let pair = tokens.begin(consent, false, &visit.dialect().prefixes, rules, visit.now);
    Ok(answer_one(realm, visit, pair))
}

fn answer_one(realm: &Realm, visit: &Visit<'_>, pair: Pair) -> Reply {
    answer(realm, visit, Grant::Device, &[pair])
}

/// A device may be without a secret at GitHub, whose device flow takes the id alone.
fn poller(realm: &Realm, visit: &Visit<'_>) -> Result<Client, Cause> {
    let id = visit.parameters.get("client_id");
    if visit.dialect().id == "github" && visit.parameters.get("client_secret").is_none() {
        let id = id.ok_or(Cause::Missing("client_id"))?;
        return realm.clients.iter().find(|client| client.id == id).cloned().ok_or(Cause::UnknownClient);
    }
    caller(realm, visit, Grant::Device)
}
