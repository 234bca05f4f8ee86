//! Who a vendor is: its name, where its API lives, how it is signed in to, how fast it may be asked.
//! Facts only: no state, no tokens. One file a vendor and one line in the list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

mod hubspot;
mod postgres;

pub use crate::http::{Answer, Auth, Door, Http, Limit, Request};
pub use hubspot::HUBSPOT;
pub use postgres::POSTGRES;

/// Every provider, in alphabetical order.
pub static ALL: &[&Provider] = &[&HUBSPOT, &POSTGRES];

#[derive(Debug)]
pub struct Provider {
    pub id: &'static str,
    pub title: &'static str,
    /// Where its API lives, without a slash at the end; empty where every account has its own address
    pub base: &'static str,
    /// What the secret is called by its vendor, for prompts: `private app token`, `password`
    pub secret: &'static str,
    /// Whether an account can do without a secret
    pub secret_optional: bool,
    /// Where a person makes one
    pub console: &'static str,
    pub limits: &'static [Limit],
    /// The ways to sign in, the usual one first
    pub methods: &'static [Method],
}

/// A way to sign in. Its word is what `--method` takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A key, password or personal token that a person made
    #[default]
    Token,
    /// Authorization code with PKCE, in a browser (`oauth`)
    #[serde(rename = "oauth")]
    Code,
    /// Device authorization (RFC 8628)
    Device,
    /// The client itself (RFC 6749 section 4.4)
    ClientCredentials,
    /// A signed assertion (RFC 7523): Google's service accounts, Salesforce's JWT bearer flow
    ServiceAccount,
}

impl Method {
    pub const ALL: &[Method] =
        &[Method::Token, Method::Code, Method::Device, Method::ClientCredentials, Method::ServiceAccount];

    /// What `--method` takes.
    pub fn word(self) -> &'static str {
        match self {
            Method::Token => "token",
            Method::Code => "oauth",
            Method::Device => "device",
            Method::ClientCredentials => "client-credentials",
            Method::ServiceAccount => "service-account",
        }
    }
}

/// What an account says of where its provider is: facts of a vendor may have holes that these fill.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Takes the place of the provider's own base and of its authorization server (sandboxes, proxies, tests)
    pub endpoint: Option<Url>,
    /// The account's `--set key=value`
    pub settings: BTreeMap<String, String>,
}
