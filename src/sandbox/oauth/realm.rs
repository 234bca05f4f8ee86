//! One vendor's server: all it knows, and which handler a call goes to.

use std::collections::HashSet;

use super::clients::Client;
use super::codes::Codes;
use super::counts::{self, OauthCounts};
use super::device::Devices;
use super::dialects::{self, Dialect, Endpoint};
use super::errors::Refusal;
use super::key::Key;
use super::people::{Identity, Person};
use super::quirks::Quirk;
use super::rules::Rules;
use super::tokens::Tokens;
use super::visit::{Outcome, Place, Visit, peek};
use super::{authorize, grants, identity, introspect, metadata, page, polls, revoke};
use crate::sandbox::chance::Chance;
use crate::sandbox::wire::{Reply, Request};

/// One vendor's server.
pub(crate) struct Realm {
    pub(crate) dialect: &'static Dialect,
    pub(crate) rules: Rules,
    pub(crate) clients: Vec<Client>,
    pub(crate) person: Person,
    pub(crate) codes: Codes,
    pub(crate) devices: Devices,
    /// Who consented to which client before
    pub(crate) consented: HashSet<(String, Identity)>,
    pub(crate) tokens: Tokens,
    pub(crate) quirks: Vec<Quirk>,
    pub(crate) counts: OauthCounts,
    pub(crate) chance: Chance,
}

impl Realm {
    pub(crate) fn new(dialect: &'static Dialect, clients: Vec<Client>, chance: &Chance) -> Realm {
        Realm {
            dialect,
            rules: dialect.rules.clone(),
            clients,
            person: Person::default(),
            codes: Codes::default(),
            devices: Devices::default(),
            consented: HashSet::new(),
            tokens: Tokens::new(chance.clone()),
            quirks: Vec::new(),
            counts: OauthCounts::default(),
            chance: chance.clone(),
        }
    }

    pub(crate) fn arrived(&mut self, place: &Place, request: &Request) {
        let counts = &mut self.counts;
        match place.endpoint {
            Endpoint::Token if request.method == "POST" => {
                let grant = place.grant.map_or("other", dialects::Grant::word);
                *counts.grants.entry(grant.to_owned()).or_default() += 1;
                if let Some(token) = peek(request, "refresh_token").filter(|_| grant == "refresh") {
                    *counts.refresh_posts.entry(counts::fingerprint(&token)).or_default() += 1;
                }
            }
            Endpoint::Exchange(_) => *counts.grants.entry("exchange".to_owned()).or_default() += 1,
            Endpoint::Authorize if request.method == "GET" => counts.authorizations += 1,
            Endpoint::Revoke(_) => counts.revoke_calls += 1,
            Endpoint::Introspect | Endpoint::TokenInfo(_) => counts.introspections += 1,
            Endpoint::Identity(_) => counts.identity_calls += 1,
            _ => {}
        }
    }

    /// Where the first order is that this call fulfils.
    pub(crate) fn ordered(&self, place: &Place) -> Option<usize> {
        let (endpoint, grant) = place.words();
        self.quirks.iter().position(|quirk| {
            quirk.times > 0 && (quirk.endpoint == endpoint || !grant.is_empty() && quirk.endpoint == grant)
        })
    }

    pub(crate) fn quirk(&mut self, place: &Place) -> Option<Quirk> {
        let at = self.ordered(place)?;
        self.quirks[at].times -= 1;
        let quirk = self.quirks[at].clone();
        if quirk.times == 0 {
            self.quirks.remove(at);
        }
        Some(quirk)
    }

    pub(crate) fn answer(&mut self, visit: &Visit<'_>, quirk: Option<&Quirk>) -> Outcome {
        // `slow_down` is the device grant's own affair: it also lengthens the interval.
        if let Some(refusal) = quirk.and_then(Quirk::refusal).filter(|_| !visit.slow) {
            return self.refuse(refusal, visit).into();
        }
        let reply = match visit.place.endpoint {
            Endpoint::Authorize => return authorize::authorize(self, visit),
            Endpoint::Token => grants::token(self, visit),
            Endpoint::Device => polls::device(self, visit),
            Endpoint::DevicePage => Ok(page::device(self, visit)),
            Endpoint::Revoke(how) => revoke::revoke(self, visit, how),
            Endpoint::Introspect => introspect::introspect(self, visit),
            Endpoint::TokenInfo(answer) => Ok(answer(visit, self)),
            Endpoint::Metadata => Ok(metadata::metadata(self, visit)),
            Endpoint::Keys => Ok(Reply::value(200, &visit.key.set())),
            Endpoint::Certificates => Ok(Reply::value(200, &Key::certificates())),
            Endpoint::Exchange(answer) => Ok(answer(self, visit)),
            Endpoint::Identity(answer) => Ok(identity::identity(self, visit, answer)),
            Endpoint::Nothing => Ok(Reply::value(404, &serde_json::json!({"error": "not_found"}))),
        };
        let reply = reply.unwrap_or_else(|refusal| self.refuse(*refusal, visit));
        match quirk {
            Some(quirk) => quirk.spoil(reply).into(),
            None => reply.into(),
        }
    }

    /// Counts a refusal and puts it into the vendor's words.
    pub(crate) fn refuse(&mut self, refusal: Refusal, visit: &Visit<'_>) -> Reply {
        *self.counts.refused.entry(refusal.code.clone()).or_default() += 1;
        visit.refuse(&refusal)
    }

    pub(crate) fn counted(&self) -> OauthCounts {
        OauthCounts {
            families: self.tokens.alive() as u64,
            families_revoked: self.tokens.families_revoked,
            ..self.counts.clone()
        }
    }
}
