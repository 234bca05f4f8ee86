//! Taking tokens back, by RFC 7009 and as Google does it. What other vendors do instead is in their dialects.

use super::Realm;
use super::clients::authenticate;
use super::dialects::Ending;
use super::errors::{Cause, Refusal};
use super::key;
use super::parameters::Parameters;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

pub(crate) fn revoke(realm: &mut Realm, visit: &Visit<'_>, how: Ending) -> Result<Reply, Box<Refusal>> {
    let done = match how {
        Ending::Rfc7009 => rfc7009(realm, visit),
        Ending::Token => token_alone(realm, visit),
        Ending::Own(_, end) => end(realm, visit),
    };
    done.map_err(|cause| Box::new(visit.refusal(cause)))
}

/// Unknown tokens are fine, wrong clients are not (RFC 7009 section 2.2).
fn rfc7009(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    visit.parameters.check(visit.dialect().bodies)?;
    let client = authenticate(&realm.clients, &visit.parameters, visit.dialect().client_auth)?.id.clone();
    let text = visit.parameters.need("token")?;
    // An identity token is a token of ours, but none that can be taken back (section 2.2.1).
    if key::verify(&visit.key.public(), text).is_ok() {
        return Err(Cause::OtherToken);
    }
    let owner = realm.tokens.owner(text).filter(|family| realm.tokens.family(*family).consent.client == client);
    if let Some(family) = owner {
        end(realm, visit, text, family);
    }
    Ok((visit.dialect().revoked)(visit))
}

/// Google and Salesforce ask for no client, and refuse a token that is unknown or dead.
fn token_alone(realm: &mut Realm, visit: &Visit<'_>) -> Result<Reply, Cause> {
    visit.parameters.check(visit.dialect().bodies)?;
    let parameters = Parameters::of(visit.request)?.with_query(visit.request);
    let text = parameters.need("token")?.to_owned();
    let family = realm.tokens.owner(&text).filter(|family| !realm.tokens.family(*family).revoked);
    end(realm, visit, &text, family.ok_or(Cause::UnknownToken)?);
    Ok((visit.dialect().revoked)(visit))
}

/// An access token goes alone where the vendor says so; everywhere else the consent goes with it.
fn end(realm: &mut Realm, visit: &Visit<'_>, text: &str, family: u64) {
    let alone = visit.dialect().access_ends_alone && realm.tokens.is_access(text);
    if alone {
        realm.tokens.end_one(text)
    } else {
        realm.tokens.revoke_family(family)
    }
    realm.counts.revocations += 1;
}

/// The token that calls ends itself.
pub(crate) fn itself(realm: &mut Realm, visit: &Visit<'_>) {
    let text = visit.parameters.bearer.as_deref().or(visit.parameters.get("token")).unwrap_or_default();
    if let Some(family) = realm.tokens.owner(text) {
        realm.tokens.revoke_family(family);
        realm.counts.revocations += 1;
    }
}
