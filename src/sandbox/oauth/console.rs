//! What tests and people do to the servers without HTTP: in a vendor's console, in its account pages, and behind its
//! back.

use std::sync::atomic::Ordering;

use serde_json::Value as Json;
use url::Url;

use super::clients::{Client, Registration};
use super::codes::Consent;
use super::counts::OauthCounts;
use super::device::Decided;
use super::people::{Identity, Person};
use super::quirks::Quirk;
use super::realm::Realm;
use super::rules::{Offline, Rules};
use super::{Oauth, assertions, dialects, key};
use crate::base::{Error, Result, Secret};

/// Tokens made without a sign-in.
#[derive(Clone, Debug)]
pub struct Minted {
    pub access: Secret,
    pub refresh: Option<Secret>,
}

/// `provider` is an id, or empty for all of them; `Kind::NotFound` for one that the sandbox does not play.
impl Oauth {
    /// The ids of the vendors that are played.
    pub fn providers() -> Vec<&'static str> {
        dialects::ALL.iter().map(|dialect| dialect.id).collect()
    }

    /// What takes the place of the vendor's own addresses.
    pub fn endpoint(&self, provider: &str) -> Result<Url> {
        let dialect = dialects::find(provider).ok_or_else(|| unknown(provider))?;
        Ok(Url::parse(&self.own(dialect)).expect("an address and a path make a URL"))
    }

    /// The client that every vendor knows: its id and its secret.
    pub fn client(&self) -> (String, Secret) {
        self.client.clone()
    }

    /// Adds a client, or takes the place of the one with the same id.
    pub fn register(&self, provider: &str, registration: Registration) -> Result<()> {
        let client = Client::registered(registration)?;
        self.each(provider, |realm| {
            realm.clients.retain(|known| known.id != client.id);
            realm.clients.push(client.clone());
        })
    }

    /// Says what the person does from now on.
    pub fn person(&self, provider: &str, person: &Person) -> Result<()> {
        self.each(provider, |realm| realm.person = person.clone())
    }

    /// Changes the vendor's rules.
    pub fn change_rules(&self, provider: &str, change: impl Fn(&mut Rules)) -> Result<()> {
        self.each(provider, |realm| change(&mut realm.rules))
    }

    /// Orders odd answers for the next calls, after those that were ordered before.
    pub fn order(&self, provider: &str, quirk: &Quirk) -> Result<()> {
        self.each(provider, |realm| realm.quirks.push(quirk.clone()))
    }

    /// What was seen so far; of all vendors together when `provider` is empty.
    pub fn counts(&self, provider: &str) -> Result<OauthCounts> {
        let mut sum = OauthCounts::default();
        self.each(provider, |realm| sum.add(&realm.counted()))?;
        Ok(sum)
    }

    /// Counts from zero again.
    pub fn reset_counts(&self, provider: &str) -> Result<()> {
        self.each(provider, |realm| {
            realm.counts = OauthCounts::default();
            realm.tokens.families_revoked = 0;
        })
    }

    /// Every access token is too old from now on.
    pub fn expire_access(&self, provider: &str) -> Result<()> {
        let now = self.now();
        self.each(provider, |realm| realm.tokens.expire_access(now))
    }

    /// Takes back every consent that this person gave; everybody's when the address is empty. Says how many it was.
    pub fn revoke(&self, provider: &str, email: &str) -> Result<usize> {
        let mut ended = 0;
        self.each(provider, |realm| {
            ended += realm.tokens.revoke_where(|consent| email.is_empty() || consent.identity.email == email);
        })?;
        Ok(ended)
    }

    /// Tokens as if this person had consented with the sandbox's own client.
    pub fn mint(&self, provider: &str, email: &str, scopes: &[&str]) -> Result<Minted> {
        let now = self.now();
        let mut minted = None;
        self.each(provider, |realm| {
            let consent = Consent {
                client: self.client.0.clone(),
                identity: Identity::of(email),
                scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
                user_scopes: Vec::new(),
                offline: realm.rules.offline != Offline::Never,
                nonce: None,
            };
            let pair = realm.tokens.begin(consent, false, &realm.dialect.prefixes, &realm.rules, now);
            minted = Some(Minted { access: Secret::new(pair.access), refresh: pair.refresh.map(Secret::new) });
        })?;
        minted.ok_or_else(|| unknown(provider))
    }

    /// The user codes that nobody has decided about, the oldest first.
    pub fn devices(&self, provider: &str) -> Result<Vec<String>> {
        let mut codes = Vec::new();
        self.each(provider, |realm| codes.extend(realm.devices.waiting()))?;
        Ok(codes)
    }

    /// Approves a device code as this person, or denies it when there is none. `Kind::NotFound` for a code nobody has.
    pub fn decide_device(&self, provider: &str, user_code: &str, email: Option<&str>) -> Result<()> {
        let mut found = false;
        self.each(provider, |realm| {
            if let Some(device) = realm.devices.typed(user_code) {
                found = true;
                device.decide(match email {
                    Some(email) => Decided::Approved { identity: Identity::of(email), dropped: Vec::new() },
                    None => Decided::Denied,
                });
            }
        })?;
        if found { Ok(()) } else { Err(Error::not_found(format!("no device shows the code `{user_code}`"))) }
    }

    /// From now on token endpoints do their work and keep the answers to themselves.
    pub fn hold(&self) {
        self.gate.send_replace(true);
    }

    /// Lets the answers go.
    pub fn release(&self) {
        self.gate.send_replace(false);
    }

    /// How many answers are being held.
    pub fn waiting(&self) -> u64 {
        self.waiting.load(Ordering::SeqCst)
    }

    /// The key file of the service account that Google and the others know here, in the shape of Google's.
    pub fn service_account(&self) -> Json {
        serde_json::json!({
            "type": "service_account", "project_id": "sandbox", "private_key_id": key::ID, "private_key": key::PEM,
            "client_email": assertions::SERVICE_ACCOUNT, "client_id": "100000000000000000001",
            "token_uri": format!("{}/google/token", self.origin),
        })
    }

    pub(crate) fn each(&self, provider: &str, mut change: impl FnMut(&mut Realm)) -> Result<()> {
        let mut realms = self.lock();
        if provider.is_empty() {
            realms.values_mut().for_each(change);
            return Ok(());
        }
        change(realms.get_mut(provider).ok_or_else(|| unknown(provider))?);
        Ok(())
    }
}

fn unknown(provider: &str) -> Error {
    let hint = format!("it plays {}", Oauth::providers().join(", "));
    Error::not_found(format!("the sandbox does not play `{provider}`")).hint(hint)
}
