//! API calls that say whose a token is, with issued tokens and with the sandbox's personal token.

use super::Realm;
use super::codes::Consent;
use super::dialects::Seen;
use super::people::Identity;
use super::tokens::Shut;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// Whose a personal token is.
pub(crate) const OWNER: &str = "ada@example.com";

pub(crate) fn identity(realm: &mut Realm, visit: &Visit<'_>, answer: fn(&Seen<'_>, &Visit<'_>) -> Reply) -> Reply {
    match seen(realm, visit) {
        Ok((family, personal)) => {
            let identity = family.as_ref().map_or_else(|| Identity::of(OWNER), |(consent, _)| consent.identity.clone());
            let user = family.as_ref().is_some_and(|(_, user)| *user);
            let (client, scopes) = family.map_or_else(Default::default, |(consent, user)| {
                (consent.client, if user { consent.user_scopes } else { consent.scopes })
            });
            answer(&Seen { identity: &identity, scopes: &scopes, client: &client, personal, user }, visit)
        }
        Err(why) => {
            realm.counts.dead_tokens += 1;
            (visit.dialect().shut)(why, visit)
        }
    }
}

type Found = (Option<(Consent, bool)>, bool);

/// The consent behind the token of this call; none for a personal one.
pub(crate) fn seen(realm: &Realm, visit: &Visit<'_>) -> Result<Found, Shut> {
    let parameters = &visit.parameters;
    // A key as the user of HTTP Basic is Stripe's way; a token as a parameter is Slack's.
    let basic = parameters.basic.as_ref().map(|(user, _)| user.as_str());
    let token = parameters.bearer.as_deref().or(basic).or(parameters.get("token")).ok_or(Shut::Missing)?;
    if (visit.personal)(token) {
        return Ok((None, true));
    }
    let family = realm.tokens.open(token, visit.now)?;
    Ok((Some((family.consent.clone(), family.user)), false))
}
