//! The first call of a sign-in in two steps: what is asked where, and how the key shows who asks.

use std::time::Duration;

use url::Url;

use super::address::filled;
use super::facts::{Exchange, Proof};
use super::holes::fill;
use super::{Provider, Site, custom};
use crate::base::{Error, Result, Secret, Timestamp};
use crate::http::{Auth, Http};
use crate::oauth::exchange::{self, Question};
use crate::oauth::grant::{self, Claims};
use crate::oauth::revoke::Revoked;

/// GitHub takes ten minutes at most, and wants `iat` a minute in the past for clocks that differ ("Generating a JSON Web
/// Token (JWT) for a GitHub App").
const LIFETIME: Duration = Duration::from_secs(600);
const BEFORE: Duration = Duration::from_secs(60);

impl Provider {
    /// The call that gives a token for this key. `Kind::Usage` when a setting is missing or the key can be none.
    pub fn question(&self, site: &Site, key: &Secret, now: Timestamp) -> Result<Question> {
        let facts = self.exchange.ok_or_else(|| {
            Error::usage(format!("{} exchanges no keys", self.title)).hint(format!("use {}", self.words_of_methods()))
        })?;
        let site = &self.with_defaults(site);
        let (auth, field) = match facts.proof {
            Proof::Jwt { issuer } => (Auth::Bearer(self.proof(issuer, site, key, now)?), None),
            Proof::Key => custom::exchange_key(key, site)?,
        };
        Ok(Question {
            url: self.exchange_address(facts, site)?,
            auth,
            field,
            headers: filled(self.headers, site).collect(),
            token: pointers(facts.token, site),
            end: pointers(facts.end, site),
        })
    }

    /// Whether that key is a file of many lines.
    pub fn exchanges_file(&self) -> bool {
        self.exchange.is_some_and(|facts| matches!(facts.proof, Proof::Jwt { .. }))
    }

    /// Takes back a token that was exchanged for a key; the key stays good.
    pub async fn take_back(&self, http: &Http, site: &Site, token: Secret) -> Result<Revoked> {
        let Some(path) = self.exchange.and_then(|facts| facts.revoke) else { return Ok(Revoked::Unsupported) };
        let door = self.door(site, "oauth", Auth::Bearer(token))?;
        Ok(exchange::take_back(http, &door, path).await)
    }

    fn proof(&self, issuer: &str, site: &Site, key: &Secret, now: Timestamp) -> Result<Secret> {
        let claims = Claims {
            issuer: fill(issuer, site).ok_or_else(|| self.lacking(issuer, site))?,
            subject: None,
            audience: String::new(),
            scope: None,
            lifetime: LIFETIME,
            key_id: None,
        };
        grant::assertion(&claims, key, now.minus(BEFORE))
    }

    fn exchange_address(&self, facts: &Exchange, site: &Site) -> Result<Url> {
        let at = fill(facts.at, site).ok_or_else(|| self.lacking(facts.at, site))?;
        if !at.starts_with('/') {
            return super::hosts::given("exchange_url", &at);
        }
        let mut url = self.base(site)?;
        url.set_path(&format!("{}{at}", url.path().trim_end_matches('/')));
        Ok(url)
    }
}

/// A pointer that somebody set goes alone.
fn pointers(texts: &[&str], site: &Site) -> Vec<String> {
    let set = texts.iter().filter(|text| text.starts_with('{')).find_map(|text| fill(text, site));
    match set {
        Some(pointer) => vec![pointer],
        None => texts.iter().filter(|text| text.starts_with('/')).map(|text| (*text).to_owned()).collect(),
    }
}
