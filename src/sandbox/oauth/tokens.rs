//! Tokens that were issued, in families: all that came out of one consent. Here are rotation, re-use, grace, lapse,
//! caps and revocation; what an answer looks like is the dialect's.

use std::collections::HashMap;

use super::codes::Consent;
use super::dialects::Prefixes;
use super::errors::Cause;
use super::people::LETTERS;
use super::rules::{Rotation, Rules};
use crate::sandbox::chance::Chance;

/// All tokens of one consent.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) consent: Consent,
    /// The person's own, where an app has one as well (Slack)
    pub(crate) user: bool,
    pub(crate) revoked: bool,
}

impl Family {
    /// What was consented to for these tokens.
    pub(crate) fn scopes(&self) -> &[String] {
        if self.user { &self.consent.user_scopes } else { &self.consent.scopes }
    }
}

#[derive(Clone, Debug)]
struct Access {
    family: u64,
    /// Those of the family, or fewer when a refresh asked for fewer
    scopes: Vec<String>,
    born: i64,
    /// Milliseconds
    expires: Option<i64>,
    dead: bool,
}

#[derive(Clone, Debug)]
struct Refresh {
    family: u64,
    born: i64,
    used: i64,
    spent: Option<i64>,
    dead: bool,
}

/// What is handed out.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) family: u64,
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
}

/// An access token that is alive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Opened<'a> {
    pub(crate) family: &'a Family,
    pub(crate) scopes: &'a [String],
    /// When it was issued, in milliseconds
    pub(crate) born: i64,
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shut {
    Missing,
    Unknown,
    /// For so many seconds
    Expired(i64),
    Revoked,
}

#[derive(Debug)]
pub(crate) struct Tokens {
    chance: Chance,
    families: Vec<Family>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    /// Families ended because a spent refresh token came again
    pub(crate) families_revoked: u64,
}

impl Tokens {
    pub(crate) fn new(chance: Chance) -> Tokens {
        Tokens { chance, families: Vec::new(), access: HashMap::new(), refresh: HashMap::new(), families_revoked: 0 }
    }

    /// The first tokens of a consent.
    pub(crate) fn begin(&mut self, consent: Consent, user: bool, prefixes: &Prefixes, rules: &Rules, now: i64) -> Pair {
        let offline = consent.offline;
        self.families.push(Family { consent, user, revoked: false });
        let family = self.families.len() as u64 - 1;
        let refresh = offline.then(|| self.new_refresh(family, prefixes, now));
        self.keep_cap(family, rules);
        let access = self.new_access(family, None, prefixes, rules, now);
        Pair { family, access, refresh }
    }

    fn new_access(
        &mut self,
        family: u64,
        narrowed: Option<Vec<String>>,
        prefixes: &Prefixes,
        rules: &Rules,
        now: i64,
    ) -> String {
        let of = &self.families[family as usize];
        let (user, scopes) = (of.user, narrowed.unwrap_or_else(|| of.scopes().to_vec()));
        let text = random(&self.chance, if user { prefixes.user_access } else { prefixes.access }, prefixes.length);
        let expires = rules.lifetime.map(|seconds| later(now, seconds));
        self.access.insert(text.clone(), Access { family, scopes, born: now, expires, dead: false });
        text
    }

    fn new_refresh(&mut self, family: u64, prefixes: &Prefixes, now: i64) -> String {
        let text = random(&self.chance, prefixes.refresh, prefixes.length);
        self.refresh.insert(text.clone(), Refresh { family, born: now, used: now, spent: None, dead: false });
        text
    }

    /// The oldest refresh tokens of a person at a client end silently when there are too many (Google).
    fn keep_cap(&mut self, family: u64, rules: &Rules) {
        let Some(cap) = rules.cap else { return };
        let consent = &self.families[family as usize].consent;
        let same = |other: &u64| {
            let other = &self.families[*other as usize].consent;
            other.client == consent.client && other.identity == consent.identity
        };
        let mut alive: Vec<(i64, u64, String)> = self
            .refresh
            .iter()
            .filter(|(_, token)| !token.dead && same(&token.family))
            .map(|(text, token)| (token.born, token.family, text.clone()))
            .collect();
        alive.sort();
        for (_, _, text) in alive.iter().take(alive.len().saturating_sub(cap)) {
            self.refresh.get_mut(text).expect("it was just found").dead = true;
        }
    }

    /// New tokens for a refresh token of this client, as the rules say; `narrowed` is what the access token may, if less
    /// than all of it. The refresh token keeps all (RFC 6749 section 6).
    pub(crate) fn renew(
        &mut self,
        (text, narrowed): (&str, Option<Vec<String>>),
        client: &str,
        prefixes: &Prefixes,
        rules: &Rules,
        now: i64,
    ) -> Result<Pair, Cause> {
        let token = self.refresh.get(text).ok_or(Cause::UnknownRefresh)?.clone();
        let family = &self.families[token.family as usize];
        if family.consent.client != client {
            return Err(Cause::UnknownRefresh);
        }
        if family.revoked || token.dead {
            return Err(Cause::Revoked);
        }
        let lapsed = |since: i64, limit: Option<u64>| limit.is_some_and(|limit| now >= later(since, limit));
        if lapsed(token.used, rules.idle) || lapsed(token.born, rules.refresh_lifetime) {
            return Err(Cause::OldRefresh);
        }
        if let Some(spent) = token.spent
            && (rules.grace == 0 || now > later(spent, rules.grace))
        {
            if rules.rotation == Rotation::Strict {
                self.revoke_family(token.family);
                self.families_revoked += 1;
            }
            return Err(Cause::SpentRefresh);
        }
        if rules.kills_access {
            self.end_access(token.family);
        }
        let access = self.new_access(token.family, narrowed, prefixes, rules, now);
        let refresh = match rules.rotation {
            Rotation::Stable => {
                self.refresh.get_mut(text).expect("it was just found").used = now;
                rules.echoes_refresh.then(|| text.to_owned())
            }
            Rotation::Rotates | Rotation::Strict => {
                let old = self.refresh.get_mut(text).expect("it was just found");
                old.spent = old.spent.or(Some(now));
                Some(self.new_refresh(token.family, prefixes, now))
            }
        };
        Ok(Pair { family: token.family, access, refresh })
    }

    pub(crate) fn family(&self, id: u64) -> &Family {
        &self.families[id as usize]
    }

    /// Whose access token this is, when it is alive.
    pub(crate) fn open(&self, text: &str, now: i64) -> Result<Opened<'_>, Shut> {
        let token = self.access.get(text).ok_or(Shut::Unknown)?;
        let family = self.family(token.family);
        if token.dead || family.revoked {
            return Err(Shut::Revoked);
        }
        match token.expires {
            Some(at) if now >= at => Err(Shut::Expired((now - at) / 1000)),
            _ => Ok(Opened { family, scopes: &token.scopes, born: token.born }),
        }
    }

    /// What an access token may, alive or not.
    pub(crate) fn scopes(&self, text: &str) -> &[String] {
        self.access.get(text).map_or(&[], |token| &token.scopes)
    }

    /// When an access token ends, in milliseconds.
    pub(crate) fn expires(&self, text: &str) -> Option<i64> {
        self.access.get(text).and_then(|token| token.expires)
    }

    /// Whose refresh token this is, when it would be taken.
    pub(crate) fn refreshes(&self, text: &str) -> Option<&Family> {
        let token = self.refresh.get(text)?;
        let family = self.family(token.family);
        (!token.dead && token.spent.is_none() && !family.revoked).then_some(family)
    }

    /// The family of a token of either kind, alive or not.
    pub(crate) fn owner(&self, text: &str) -> Option<u64> {
        let access = self.access.get(text).map(|token| token.family);
        access.or_else(|| self.refresh.get(text).map(|token| token.family))
    }

    pub(crate) fn is_access(&self, text: &str) -> bool {
        self.access.contains_key(text)
    }

    /// Ends one access token and leaves its family.
    pub(crate) fn end_one(&mut self, text: &str) {
        if let Some(token) = self.access.get_mut(text) {
            token.dead = true;
        }
    }

    pub(crate) fn revoke_family(&mut self, id: u64) {
        self.families[id as usize].revoked = true;
    }

    /// Ends everything of a client and person (Google's, GitHub's and Stripe's revocation). Says how many families.
    pub(crate) fn revoke_where(&mut self, which: impl Fn(&Consent) -> bool) -> usize {
        let ended = self.families.iter_mut().filter(|family| !family.revoked && which(&family.consent));
        ended.map(|family| family.revoked = true).count()
    }

    fn end_access(&mut self, family: u64) {
        for token in self.access.values_mut().filter(|token| token.family == family) {
            token.dead = true;
        }
    }

    /// Every access token is past its time from now on, also those that had none.
    pub(crate) fn expire_access(&mut self, now: i64) {
        for token in self.access.values_mut() {
            token.expires = Some(token.expires.map_or(now, |at| at.min(now)));
        }
    }

    /// Families that were not taken back.
    pub(crate) fn alive(&self) -> usize {
        self.families.iter().filter(|family| !family.revoked).count()
    }
}

fn later(at: i64, seconds: u64) -> i64 {
    at.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000))
}

/// A new text that nobody can guess.
pub(crate) fn random(chance: &Chance, prefix: &str, length: usize) -> String {
    format!("{prefix}{}", chance.text(LETTERS, length.max(16)))
}
