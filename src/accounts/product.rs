//! What people name where a product is asked for: a provider by its id, or a custom API by the name that it was given when it
//! was connected first.

use std::collections::BTreeMap;

use super::{Account, ConnectRequest, Provider, list, provider};
use crate::app::App;
use crate::base::{Error, Kind, Result};
use crate::providers::custom;

/// The id of the provider that stands for every other API.
const CUSTOM: &str = custom::CUSTOM.id;

/// The settings that say what a custom API is called, and where it is.
const NAME: &str = "name";
const API: &str = "base_url";

/// The product that a person named.
#[derive(Clone, Debug)]
pub struct Product {
    pub provider: &'static Provider,
    /// Of a custom API; `custom` by itself is all of them
    name: Option<String>,
}

impl Product {
    /// `Kind::NotFound` when no provider has this id and no custom API that this user has an account at has this name.
    pub fn find(app: &App, word: &str) -> Result<Self> {
        let unknown = match provider(word) {
            Ok(provider) => return Ok(Product { provider, name: None }),
            Err(error) => error,
        };
        match list(app)?.iter().any(|account| is_custom(account) && account.product() == word) {
            true => Ok(Product { provider: &custom::CUSTOM, name: Some(word.to_owned()) }),
            false => Err(unknown),
        }
    }

    pub fn has(&self, account: &Account) -> bool {
        account.provider == self.provider.id && self.name.as_ref().is_none_or(|name| account.product() == name)
    }

    /// As it is typed.
    pub fn word(&self) -> &str {
        self.name.as_deref().unwrap_or(self.provider.id)
    }

    /// As it is read.
    pub fn title(&self) -> &str {
        self.name.as_deref().unwrap_or(self.provider.title)
    }
}

impl Account {
    /// The product, as it is typed: the provider's id, or the name of a custom API.
    pub fn product(&self) -> &str {
        word(&self.provider, &self.settings)
    }

    /// The product, as it is read.
    pub fn product_title(&self) -> &str {
        match provider(&self.provider) {
            Ok(provider) if provider.id != CUSTOM || !self.settings.contains_key(NAME) => provider.title,
            _ => self.product(),
        }
    }
}

/// The word for a product whose account is not there yet.
pub(super) fn word<'a>(provider: &'a str, settings: &'a BTreeMap<String, String>) -> &'a str {
    match settings.get(NAME) {
        Some(name) if provider == CUSTOM => name,
        _ => provider,
    }
}

/// Says which provider is meant where the request names a custom API by its name. `Kind::NotFound` for what is no product.
pub(super) fn resolve(app: &App, request: &mut ConnectRequest) -> Result<()> {
    let product = Product::find(app, &request.provider)?;
    product.provider.id.clone_into(&mut request.provider);
    if let Some(name) = product.name {
        request.settings.entry(NAME.to_owned()).or_insert(name);
    }
    Ok(())
}

/// Takes what is known of a custom API from an account that is there, so that a second one need not say it again. What the
/// request says goes first.
///
/// `Kind::NotFound` for what is no product; `Kind::Conflict` when the name is that of another API.
pub fn recall(app: &App, request: &mut ConnectRequest) -> Result<()> {
    resolve(app, request)?;
    let name = word(&request.provider, &request.settings).to_owned();
    let known = list(app)?.into_iter().find(|account| is_custom(account) && account.product() == name);
    let Some(known) = known.filter(|_| request.provider == CUSTOM) else { return Ok(()) };
    let (given, there) = (request.settings.get(API), known.settings.get(API));
    if given.is_some() && given != there && request.label.as_ref() != Some(&known.label) {
        let place = there.map_or("another place", String::as_str);
        return Err(Error::new(Kind::Conflict, format!("`{name}` is the API at {place} here"))
            .hint("call this one something else: `--name NAME`"));
    }
    // What an issuer says of itself goes before what was known of it.
    if request.issuer.is_none() || given.is_some() {
        for (key, value) in known.settings {
            request.settings.entry(key).or_insert(value);
        }
    }
    request.endpoint = request.endpoint.take().or(known.endpoint);
    Ok(())
}

fn is_custom(account: &Account) -> bool {
    account.provider == CUSTOM
}
