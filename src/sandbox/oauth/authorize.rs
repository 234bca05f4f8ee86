//! The authorization endpoint (RFC 6749 section 4.1.1): what is asked is checked, a person decides, and the browser is
//! sent back with a code, or with the reason why not.

use std::time::Duration;

use url::Url;

use super::codes::{Code, Consent, is_challenge};
use super::dialects::Grant;
use super::errors::Cause;
use super::parameters::repeated;
use super::people::{Decision, Identity};
use super::rules::{Offline, Pkce};
use super::tokens::random;
use super::visit::{Outcome, Visit};
use super::{Realm, page};
use crate::sandbox::wire::{Reply, pairs};

/// An authorization request that was found in order.
pub(crate) struct Asked {
    pub(crate) client: String,
    /// As it was sent, if it was
    pub(crate) redirect: Option<String>,
    back: Url,
    state: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) user_scopes: Vec<String>,
    challenge: Option<String>,
    /// All that was said, as a query
    said: Vec<(String, String)>,
}

impl Asked {
    fn get(&self, name: &str) -> Option<&str> {
        self.said.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The same request, as an address.
    pub(crate) fn address(&self, path: &str) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        format!("{path}?{}", query.extend_pairs(&self.said).finish())
    }
}

/// Why there is nothing to ask a person.
enum Wrong {
    /// Said on a page: nobody may be sent to an address that is not known
    Page(Cause),
    /// Said to the client
    Back(Box<Url>, Cause, Option<String>),
}

pub(crate) fn authorize(realm: &mut Realm, visit: &Visit<'_>) -> Outcome {
    let asked = match read(realm, visit) {
        Ok(asked) => asked,
        Err(Wrong::Page(cause)) => {
            let refusal = visit.refusal(cause);
            *realm.counts.refused.entry(refusal.code.clone()).or_default() += 1;
            return page::refused(visit.dialect(), &refusal).into();
        }
        Err(Wrong::Back(back, cause, state)) => {
            let refusal = visit.refusal(cause);
            *realm.counts.refused.entry(refusal.code.clone()).or_default() += 1;
            let fields = [("error", refusal.code), ("error_description", refusal.description)];
            return send_back(realm, visit, &back, &fields, state, Iss::Right).into();
        }
    };
    if visit.request.method == "POST" && !is_posted(visit) {
        return form(realm, visit, &asked).into();
    }
    let person = realm.person.clone();
    if person.human || asked.said.iter().any(|(name, _)| name == "human") {
        return page::consent(realm, visit, &asked).into();
    }
    let reply = match &person.decision {
        Decision::Close => return Outcome { reply: None, late: Duration::ZERO },
        decision => decide(realm, visit, &asked, decision, &person.identity),
    };
    Outcome { reply: Some(reply), late: person.late }
}

/// The request itself came as a form (OpenID Connect Core 1.0 section 3.1.2.1). A decision comes as one too, but what is
/// decided about is in the address.
fn is_posted(visit: &Visit<'_>) -> bool {
    visit.request.method == "POST" && visit.request.query.is_empty()
}

fn read(realm: &Realm, visit: &Visit<'_>) -> Result<Asked, Wrong> {
    let dialect = visit.dialect();
    let query = if is_posted(visit) {
        pairs(&String::from_utf8_lossy(&visit.request.body))
    } else {
        visit.request.query.clone()
    };
    let get = |name: &str| {
        query.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    };
    let page = Wrong::Page;
    // Which of two addresses is meant cannot be known, so nobody is sent to either.
    let two = |name: &str| query.iter().filter(|(known, _)| known == name).count() > 1;
    if two("client_id") || two("redirect_uri") {
        return Err(page(Cause::BadBody));
    }
    let id = get("client_id").ok_or(page(Cause::Missing("client_id")))?;
    let client = realm.clients.iter().find(|client| client.id == id).ok_or(page(Cause::UnknownClient))?;
    let redirect = get("redirect_uri");
    let back = redirect.or_else(|| client.only_redirect()).ok_or(page(Cause::Missing("redirect_uri")))?;
    if !client.takes(back, dialect.any_port) {
        return Err(page(Cause::BadRedirect));
    }
    let back = Box::new(Url::parse(back).map_err(|_| page(Cause::BadRedirect))?);
    if dialect.only_localhost && back.scheme() == "http" && back.host_str() != Some("localhost") {
        return Err(page(Cause::BadRedirect));
    }
    let state = get("state").map(str::to_owned);
    let wrong = |cause| Wrong::Back(back.clone(), cause, state.clone());
    if repeated(&query) {
        return Err(wrong(Cause::BadBody));
    }
    if !client.may(Grant::Code) {
        return Err(wrong(Cause::NotAllowed));
    }
    match get("response_type") {
        Some("code") => {}
        None if dialect.usual_response_type => {}
        None => return Err(wrong(Cause::Missing("response_type"))),
        Some(_) => return Err(wrong(Cause::BadResponseType)),
    }
    let modes = dialect.response_modes;
    if get("response_mode").is_some_and(|mode| !modes.is_empty() && !modes.contains(&mode)) {
        return Err(wrong(Cause::BadResponseMode));
    }
    if dialect.needs_state && state.is_none() {
        return Err(wrong(Cause::Missing("state")));
    }
    let (scopes, user_scopes) = (dialect.scopes.read(get("scope")), dialect.scopes.read(get("user_scope")));
    if dialect.scopes.required && scopes.is_empty() && user_scopes.is_empty() {
        return Err(wrong(Cause::Missing("scope")));
    }
    if !scopes.iter().chain(&user_scopes).all(|scope| knows(realm, scope)) {
        return Err(wrong(Cause::BadScope));
    }
    if !dialect.scopes.app_here && !scopes.is_empty() && is_here(&back) {
        return Err(wrong(Cause::BadScope));
    }
    let pkce = if client.secret.is_none() { Pkce::Required } else { realm.rules.pkce };
    let usual = dialect.loose_pkce.then_some("S256");
    let method = get("code_challenge_method").or(usual);
    let challenge = challenge(pkce, get("code_challenge"), method).map_err(wrong)?;
    Ok(Asked {
        client: id.to_owned(),
        redirect: redirect.map(str::to_owned),
        back: *back.clone(),
        state,
        scopes,
        user_scopes,
        challenge,
        said: query,
    })
}

fn is_here(url: &Url) -> bool {
    matches!(url.host_str(), Some("127.0.0.1" | "[::1]" | "localhost"))
}

/// RFC 7636 section 4.4.1; `plain`, which is also meant when no method is named, is refused.
fn challenge(pkce: Pkce, challenge: Option<&str>, method: Option<&str>) -> Result<Option<String>, Cause> {
    match (pkce, challenge) {
        (Pkce::Absent, _) | (Pkce::Optional, None) => Ok(None),
        (Pkce::Required, None) => Err(Cause::NoChallenge),
        (_, Some(challenge)) if method == Some("S256") && is_challenge(challenge) => Ok(Some(challenge.to_owned())),
        (_, Some(_)) => Err(Cause::PlainChallenge),
    }
}

/// Well-formed (RFC 6749 section 3.3), and among those that the vendor knows if it says so.
pub(crate) fn knows(realm: &Realm, scope: &str) -> bool {
    let formed = scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E));
    formed && realm.rules.scopes.as_ref().is_none_or(|known| known.iter().any(|known| known == scope))
}

/// What somebody pressed on the page.
fn form(realm: &mut Realm, visit: &Visit<'_>, asked: &Asked) -> Reply {
    let pressed = pairs(&String::from_utf8_lossy(&visit.request.body));
    let one = |name: &str| pressed.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let identity = one("identity").unwrap_or(&realm.person.identity).to_owned();
    let kept: Vec<&str> = pressed.iter().filter(|(name, _)| name == "scope").map(|(_, scope)| scope.as_str()).collect();
    let decision = match one("decision") {
        Some("approve") => {
            let all = asked.scopes.iter().chain(&asked.user_scopes);
            Decision::Drop(all.filter(|scope| !kept.contains(&scope.as_str())).cloned().collect())
        }
        _ => Decision::Deny,
    };
    decide(realm, visit, asked, &decision, &identity)
}

fn decide(realm: &mut Realm, visit: &Visit<'_>, asked: &Asked, decision: &Decision, identity: &str) -> Reply {
    let refused = match decision {
        Decision::Deny => {
            realm.counts.denials += 1;
            let refusal = visit.refusal(Cause::Denied);
            // The code is the RFC's whatever the token endpoint calls it.
            Some(("access_denied".to_owned(), refusal.description))
        }
        Decision::Fail(code) => Some((code.clone(), "the server could not do it".to_owned())),
        _ => None,
    };
    let iss = match decision {
        Decision::NoIss => Iss::Missing,
        Decision::WrongIss => Iss::Wrong,
        _ => Iss::Right,
    };
    let state = match decision {
        Decision::WrongState => Some(random(&realm.chance, "other-", 24)),
        Decision::NoState => None,
        _ => asked.state.clone(),
    };
    let fields = match refused {
        Some((code, description)) => vec![("error", code), ("error_description", description)],
        None => vec![("code", grant(realm, visit, asked, decision, identity))],
    };
    send_back(realm, visit, &asked.back, &fields, state, iss)
}

/// Keeps the consent and returns its code.
fn grant(realm: &mut Realm, visit: &Visit<'_>, asked: &Asked, decision: &Decision, identity: &str) -> String {
    realm.counts.approvals += 1;
    let dropped: &[String] = if let Decision::Drop(scopes) = decision { scopes } else { &[] };
    let kept = |scopes: &[String]| -> Vec<String> {
        scopes.iter().filter(|scope| !dropped.contains(scope)).cloned().collect()
    };
    let identity = Identity::of(identity);
    let consent = Consent {
        offline: offline(realm, asked, &identity),
        client: asked.client.clone(),
        identity,
        scopes: kept(&asked.scopes),
        user_scopes: kept(&asked.user_scopes),
        nonce: asked.get("nonce").map(str::to_owned),
    };
    let text = random(&realm.chance, visit.dialect().prefixes.code, 32);
    let code = Code {
        consent,
        redirect: asked.redirect.clone(),
        challenge: asked.challenge.clone(),
        at: visit.now,
        families: None,
    };
    realm.codes.keep(text.clone(), code);
    text
}

/// Whether a refresh token will come with the access token.
fn offline(realm: &mut Realm, asked: &Asked, identity: &Identity) -> bool {
    match realm.rules.offline {
        Offline::Always => true,
        Offline::Never => false,
        Offline::Scope => asked.scopes.iter().any(|scope| scope == "offline_access" || scope == "refresh_token"),
        Offline::AccessType => {
            let first = realm.consented.insert((asked.client.clone(), identity.clone()));
            let prompt = asked.get("prompt").unwrap_or_default();
            let again = prompt.split(' ').any(|word| word == "consent");
            asked.get("access_type") == Some("offline") && (first || again)
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Iss {
    Right,
    Missing,
    Wrong,
}

/// 302 to the client, with what it gets and the `iss` of RFC 9207 where the vendor sends one.
fn send_back(
    realm: &Realm,
    visit: &Visit<'_>,
    back: &Url,
    fields: &[(&str, String)],
    state: Option<String>,
    iss: Iss,
) -> Reply {
    let mut url = back.clone();
    let mut query = url.query_pairs_mut();
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_empty()) {
        query.append_pair(name, value);
    }
    if let Some(state) = state {
        query.append_pair("state", &state);
    }
    match iss {
        Iss::Right if realm.rules.sends_iss => _ = query.append_pair("iss", &visit.own),
        Iss::Wrong => _ = query.append_pair("iss", "https://elsewhere.example"),
        Iss::Right | Iss::Missing => {}
    }
    drop(query);
    Reply { content_type: "", ..Reply::empty(302) }.header("Location", url.to_string())
}
