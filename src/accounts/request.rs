//! What somebody wants of a sign-in: everything that can be said before it begins.

use std::collections::BTreeMap;
use std::time::Duration;

use url::Url;

use super::{Identity, Label, Method, Sharing, Switch};
use crate::base::{Interrupt, Secret};
use crate::oauth::Client;

/// What `connect` needs to know. What is not given takes its usual value, or is asked for.
#[derive(Clone, Debug)]
pub struct ConnectRequest {
    pub provider: String,
    pub label: Option<Label>,
    pub sharing: Option<Sharing>,
    /// The provider's usual one; `Token` when a secret is given
    pub method: Option<Method>,
    pub settings: BTreeMap<String, String>,
    pub scopes: Vec<String>,
    /// Without the provider's usual scopes
    pub only_scopes: bool,
    /// The last one that was given for this provider, when there is none here
    pub client: Option<Client>,
    /// A key, or what brings tokens again and again (a service account's key)
    pub secret: Option<Secret>,
    /// Whom the source of its data says it is, where no HTTP request can ask (a database)
    pub identity: Option<Identity>,
    /// Of the redirect URI
    pub port: Option<u16>,
    pub endpoint: Option<Url>,
    /// Where the facts of a custom provider are discovered
    pub issuer: Option<Url>,
    /// Whether another identity may take the place of the label's
    pub switch: Switch,
    /// How long a person may take in the browser
    pub limit: Duration,
    pub interrupt: Interrupt,
}

impl ConnectRequest {
    pub fn of(provider: impl Into<String>) -> Self {
        ConnectRequest {
            provider: provider.into(),
            label: None,
            sharing: None,
            method: None,
            settings: BTreeMap::new(),
            scopes: Vec::new(),
            only_scopes: false,
            client: None,
            secret: None,
            identity: None,
            port: None,
            endpoint: None,
            issuer: None,
            switch: Switch::Refuse,
            limit: Duration::from_secs(300),
            interrupt: Interrupt::default(),
        }
    }
}
