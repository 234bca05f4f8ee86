//! Whom the provider says an account is, and whether it still works.

use serde_json::Value as Json;

use super::holes::fill_from;
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
                Ok(Some(identity)) => return Ok(identity),
                Ok(None) => {}
                // A right that is missing closes this way; another may be open.
                Err(error) if matches!(error.kind, Kind::Denied | Kind::NotFound) => refused = Some(error),
                Err(error) => return Err(error),
            }
        }
        if let Some(identity) = refused.as_ref().and_then(|error| self.identity_in(error)) {
            return Ok(identity);
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
        let document = match way.from {
            From::TokenAnswer => said.clone(),
            From::Settings => serde_json::to_value(&site.settings).expect("texts are JSON"),
            From::Ask(Ask::Setting(key)) if !site.settings.contains_key(key) => return Ok(None),
            From::Ask(ask) => self.answer(http, door, site, ask).await?,
        };
        // An API of which nothing is known may be told where to look.
        let first = |told: &str, texts: &[&str]| match site.settings.get(told) {
            Some(pointer) => fill_from(&format!("{{{pointer}}}"), &document),
            None => texts.iter().find_map(|text| fill_from(text, &document)),
        };
        let Some(id) = first("identity_id", way.id) else { return Ok(None) };
        Ok(Some(Identity { name: first("identity_name", way.name).unwrap_or_else(|| id.clone()), id }))
    }

    async fn answer(&self, http: &Http, door: &Door, site: &Site, ask: Ask) -> Result<Json> {
        let request = match ask {
            Ask::Get(path) => Request::get(path),
            Ask::Post(path) => Request::read_by_post(path),
            Ask::Setting(key) => Request::get(self.path_below(key, site)?),
        };
        let answer = http.send(door, &request).await?;
        if let Some(error) = (self.explain)(&answer) {
            return Err(error.while_doing(self.title));
        }
        serde_json::from_slice(answer.body())
            .map_err(|_| Error::remote(format!("{} answered something that is no JSON", self.title)))
    }

    /// The path of the address in a setting, which must lie below the base: the secret goes nowhere else.
    fn path_below(&self, key: &str, site: &Site) -> Result<String> {
        let base = self.base(site)?;
        let text = site.settings.get(key).map(String::as_str).unwrap_or_default();
        let outside = || {
            Error::usage(format!("`{key}` is not below `{base}`"))
                .hint(format!("set `{key}` to an address below the base"))
        };
        if text.starts_with('/') {
            return Ok(text.to_owned());
        }
        let url = url::Url::parse(text).map_err(|_| outside())?;
        let path = url.path().strip_prefix(base.path().trim_end_matches('/')).ok_or_else(outside)?;
        let same = url.origin() == base.origin() && url.username().is_empty() && url.query().is_none();
        if same && path.starts_with('/') { Ok(path.to_owned()) } else { Err(outside()) }
    }

    /// An id that the vendor names where it refuses to say more (Stripe's `acct_…` to a restricted key).
    fn identity_in(&self, error: &Error) -> Option<Identity> {
        let prefix = self.id_in_refusals?;
        let mut words = error.message.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let id = words.find(|word| word.len() > prefix.len() + 5 && word.starts_with(prefix))?.to_owned();
        Some(Identity { name: id.clone(), id })
    }
}
