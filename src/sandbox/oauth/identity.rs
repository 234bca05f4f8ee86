//! API calls that say whose a token is, with issued tokens and with the sandbox's personal token.

use super::Realm;
use super::codes::Consent;
use super::dialects::{Seen, TokenIn};
use super::people::Identity;
use super::tokens::Shut;
use super::visit::Visit;
use crate::sandbox::wire::Reply;

/// Whose a personal token is.
pub(crate) const OWNER: &str = "ada@example.com";

pub(crate) fn identity(realm: &mut Realm, visit: &Visit<'_>, answer: fn(&Seen<'_>, &Visit<'_>) -> Reply) -> Reply {
    match seen(realm, visit) {
        Ok(Found::Personal) => {
            let identity = Identity::of(OWNER);
            answer(&Seen { identity: &identity, scopes: &[], client: "", personal: true, user: false }, visit)
        }
        Ok(Found::Issued { consent, scopes, user }) => {
            let Consent { identity, client, .. } = &consent;
            answer(&Seen { identity, scopes: &scopes, client, personal: false, user }, visit)
        }
        Err(why) => {
            realm.counts.dead_tokens += 1;
            (visit.dialect().shut)(why, visit)
        }
    }
}

pub(crate) enum Found {
    /// Somebody's own token, which may do everything
    Personal,
    Issued {
        consent: Consent,
        scopes: Vec<String>,
        /// A person's own where an app has one as well
        user: bool,
    },
}

/// What is behind the token of this call.
pub(crate) fn seen(realm: &Realm, visit: &Visit<'_>) -> Result<Found, Shut> {
    let parameters = &visit.parameters;
    let beside = match visit.dialect().token_in {
        TokenIn::Bearer => None,
        TokenIn::Basic => parameters.basic.as_ref().map(|(user, _)| user.as_str()),
        TokenIn::Parameter => parameters.get("token"),
    };
    let token = parameters.bearer.as_deref().or(beside).ok_or(Shut::Missing)?;
    if (visit.personal)(token) {
        return Ok(Found::Personal);
    }
    let opened = realm.tokens.open(token, visit.now)?;
    Ok(Found::Issued {
        consent: opened.family.consent.clone(),
        scopes: opened.scopes.to_vec(),
        user: opened.family.user,
    })
}
