//! Whom the provider says an account is, and whether it still works.

use serde_json::Value as Json;
use url::Url;

use super::holes::{fill_from, lacks_setting};
use super::{Ask, From, Identify, KeyUse, Provider, Site};
use crate::base::{Error, Kind, Result};
use crate::http::{Door, Http, Request};

/// Whom a provider says an account is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// What tells two accounts apart; empty where the provider does not say (then no two are known to be the same)
    pub id: String,
    /// What a person recognises
    pub name: String,
}

impl Provider {
    /// Who this account is. `said` is the answer that brought its tokens, `Json::Null` for a key.
    ///
    /// `Kind::SignIn` when the secret is refused; `Kind::Denied` when it may not say whose it is; `Kind::Remote` when
    /// nobody knows.
    pub async fn identity(&self, http: &Http, door: &Door, said: &Json, site: &Site) -> Result<Identity> {
        let mut refused = None;
        for way in self.identify {
            match self.ask(http, door, said, site, way).await {
                Ok(Some(identity)) => return Ok(self.in_mode(identity, door, said)),
                Ok(None) => {}
                // A right that is missing closes this way; another may be open.
                Err(error) if matches!(error.kind, Kind::Denied | Kind::NotFound) => refused = Some(error),
                // A token that came with this very answer is not void: it lacks a right (Salesforce says no more than
                // `Bad_OAuth_Token` then).
                Err(error) if error.kind == Kind::SignIn && !said.is_null() => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        if let Some(identity) = refused.as_ref().and_then(|error| self.identity_in(error)) {
            return Ok(self.in_mode(identity, door, said));
        }
        match refused {
            None if self.api_key == Some(KeyUse::Settings) => {
                let base = self.base(site)?;
                Ok(Identity { id: String::new(), name: base.host_str().unwrap_or_default().to_owned() })
            }
            None => Err(Error::remote(format!("{} does not say whose account it is", self.title))),
            Some(error) => Err(error),
        }
    }

    /// Makes the vendor's verification call: it changes nothing and fails with `Kind::SignIn` once the secret is void.
    pub async fn test(&self, http: &Http, door: &Door, site: &Site) -> Result<()> {
        match self.verify {
            Some(ask) => self.answer(http, door, site, ask).await.map(|_| ()),
            None => self.identity(http, door, &Json::Null, site).await.map(|_| ()),
        }
    }

    async fn ask(
        &self,
        http: &Http,
        door: &Door,
        said: &Json,
        site: &Site,
        way: &Identify,
    ) -> Result<Option<Identity>> {
        if way.id.iter().all(|text| lacks_setting(text, site)) {
            return Ok(None);
        }
        let document = match way.from {
            From::TokenAnswer => said.clone(),
            From::Settings => serde_json::to_value(&site.settings).expect("texts are JSON"),
            From::Ask(Ask::Setting(key)) if !site.settings.contains_key(key) => return Ok(None),
            From::Ask(ask) => self.answer(http, door, site, ask).await?,
        };
        // An API of which nothing is known may be told where to look.
        let first = |told: &str, texts: &[&str]| match site.settings.get(told) {
            Some(pointer) => fill_from(&format!("{{{pointer}}}"), &document, site),
            None => texts.iter().find_map(|text| fill_from(text, &document, site)),
        };
        let Some(id) = first("identity_id", way.id) else { return Ok(None) };
        Ok(Some(Identity { name: first("identity_name", way.name).unwrap_or_else(|| id.clone()), id }))
    }

    async fn answer(&self, http: &Http, door: &Door, site: &Site, ask: Ask) -> Result<Json> {
        let answer = match ask {
            Ask::Get(path) => http.send(door, &Request::get(path)).await?,
            Ask::Post(path) => http.send(door, &Request::read_by_post(path)).await?,
            Ask::Setting(key) => {
                let mut place = self.own_place(key, site)?;
                let path = place.path().to_owned();
                place.set_path("");
                http.send(&door.at(place)?, &Request::get(path)).await?
            }
        };
        serde_json::from_slice(answer.body())
            .map_err(|_| Error::remote(format!("{} answered something that is no JSON", self.title)))
    }

    /// The address in a setting: a path below the base, or an address where the base or the authorization server is. The
    /// secret goes nowhere else.
    fn own_place(&self, key: &str, site: &Site) -> Result<Url> {
        let text = site.settings.get(key).map(String::as_str).unwrap_or_default();
        let mut base = self.base(site)?;
        if text.starts_with('/') {
            base.set_path(&format!("{}{text}", base.path().trim_end_matches('/')));
            return Ok(base);
        }
        let url = super::hosts::given(key, text)?;
        let others = ["token_url", "issuer"].iter().filter_map(|key| Url::parse(site.settings.get(*key)?).ok());
        if url.origin() == base.origin() || others.into_iter().any(|other| other.origin() == url.origin()) {
            return Ok(url);
        }
        Err(Error::usage(format!("`{key}` is neither where the API is nor where the tokens come from"))
            .hint(format!("set `{key}` to an address at `{}`", base.origin().ascii_serialization())))
    }

    /// A vendor's test mode has the id of the real one, and is another account all the same.
    fn in_mode(&self, identity: Identity, door: &Door, said: &Json) -> Identity {
        let is_test = self.test_keys.iter().any(|start| door.key_begins(start))
            || (!self.test_keys.is_empty() && said.get("livemode") == Some(&Json::Bool(false)));
        if !is_test {
            return identity;
        }
        Identity { id: format!("{} test", identity.id), name: format!("{} (test)", identity.name) }
    }

    /// An id that the vendor names where it refuses to say more (Stripe's `acct_…` to a restricted key).
    fn identity_in(&self, error: &Error) -> Option<Identity> {
        let prefix = self.id_in_refusals?;
        let mut words = error.message.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let id = words.find(|word| word.len() > prefix.len() + 5 && word.starts_with(prefix))?.to_owned();
        Some(Identity { name: id.clone(), id })
    }
}
