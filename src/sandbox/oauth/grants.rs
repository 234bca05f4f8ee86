//! The token endpoint: what each grant needs and gives (RFC 6749 sections 4 to 6).

use serde_json::json;

use super::authorize::knows;
use super::clients::{Client, authenticate};
use super::codes::Consent;
use super::dialects::{Again, Grant, Issued};
use super::errors::{Cause, Refusal};
use super::people::Identity;
use super::tokens::Pair;
use super::visit::Visit;
use super::{Realm, assertions, key, polls};
use crate::sandbox::wire::Reply;

pub(crate) fn token(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Box<Refusal>> {
    let dialect = visit.dialect();
    let wrong = |cause| Box::new(visit.refusal(cause));
    visit.parameters.check(dialect.bodies).map_err(wrong)?;
    let grant = match (visit.place.grant, visit.parameters.get("grant_type")) {
        (Some(grant), _) if dialect.grants.contains(&grant) => grant,
        (None, None) => return Err(wrong(Cause::Missing("grant_type"))),
        _ => return Err(wrong(Cause::BadGrantType)),
    };
    let pairs = match grant {
        Grant::Code => code(realm, visit),
        Grant::Refresh => refresh(realm, visit),
        Grant::ClientCredentials => client_credentials(realm, visit),
        Grant::Device => return polls::poll(realm, visit),
        Grant::JwtBearer => assertions::assertion(realm, visit),
    };
    let pairs = pairs.map_err(wrong)?;
    Ok(answer(realm, visit, grant, &pairs))
}

/// The vendor's answer with these tokens.
pub(crate) fn answer(realm: &Realm, visit: &Visit<'_>, grant: Grant, pairs: &[Pair]) -> Reply {
    let rules = &realm.rules;
    let issued = |pair: &Pair| {
        let family = realm.tokens.family(pair.family);
        let consent = &family.consent;
        (pair.clone(), family.user, consent.clone(), realm.tokens.scopes(&pair.access).to_vec())
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
            id_token: id_token(realm, visit, pair, consent, scopes),
        })
        .collect();
    let dialect = visit.dialect();
    (dialect.send)((dialect.answer)(&issued, visit), visit)
}

/// OpenID Connect Core 1.0 section 2.
fn id_token(realm: &Realm, visit: &Visit<'_>, pair: &Pair, consent: &Consent, scopes: &[String]) -> Option<String> {
    if !scopes.iter().any(|scope| scope == "openid") {
        return None;
    }
    let now = visit.now / 1000;
    let mut claims = json!({
        "iss": visit.own, "azp": consent.client, "aud": consent.client,
        "sub": (visit.dialect().sub)(&consent.identity, visit), "at_hash": key::half_hash(&pair.access),
        "iat": now, "exp": now + i64::try_from(realm.rules.lifetime.unwrap_or(3600)).unwrap_or(3600),
    });
    if let Some(nonce) = &consent.nonce {
        claims["nonce"] = json!(nonce);
    }
    if scopes.iter().any(|scope| scope == "email") {
        claims["email"] = json!(consent.identity.email);
        claims["email_verified"] = json!(true);
    }
    Some(visit.key.sign(&claims))
}

/// Who calls, and whether they may use this grant.
pub(crate) fn caller(realm: &Realm, visit: &Visit<'_>, grant: Grant) -> Result<Client, Cause> {
    let client = authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth)?;
    if client.may(grant) { Ok(client.clone()) } else { Err(Cause::NotAllowed) }
}

fn code(realm: &mut Realm, visit: &Visit<'_>) -> Result<Vec<Pair>, Cause> {
    let client = caller(realm, visit, Grant::Code)?;
    let parameters = &visit.parameters;
    let text = parameters.need("code")?;
    let rules = realm.rules.clone();
    let code = realm.codes.find(text).filter(|code| code.consent.client == client.id).ok_or(Cause::UnknownCode)?;
    if let Some(families) = &code.families {
        for family in families {
            realm.tokens.revoke_family(*family);
        }
        return Err(Cause::SpentCode);
    }
    let verifier = parameters.get("code_verifier");
    let redirect = match (visit.dialect().redirect_again, parameters.get("redirect_uri")) {
        (Again::Ignored, _) | (Again::Free, None) => code.redirect.as_deref(),
        (_, named) => named,
    };
    // Where a vendor knows nothing of PKCE, a verifier is one of the parameters it does not look at.
    let verifier = verifier.filter(|_| code.challenge.is_some() || rules.pkce != super::Pkce::Absent);
    // 128 bytes have 171 letters in Base64.
    let longest = if visit.dialect().loose_pkce { 171 } else { 128 };
    code.check(redirect, verifier, longest, visit.now, rules.code_lifetime)?;
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
    let narrowed = visit.parameters.get("scope").map(|asked| visit.dialect().scopes.read(Some(asked)));
    if let (Some(family), Some(asked)) = (realm.tokens.refreshes(text), &narrowed)
        && !asked.iter().all(|scope| family.scopes().contains(scope))
    {
        return Err(Cause::BadScope);
    }
    let Realm { tokens, rules, .. } = realm;
    let pair = tokens.renew((text, narrowed), &client.id, &visit.dialect().prefixes, rules, visit.now)?;
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
pub(crate) fn begin(realm: &mut Realm, visit: &Visit<'_>, client: &str, identity: &str, scopes: Vec<String>) -> Pair {
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
