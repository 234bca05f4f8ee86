//! Who a vendor is: its name, where its API lives, how it is signed in to, how fast it may be asked.
//! Facts only: no state, no tokens. One file a vendor and one line in the list.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

mod address;
mod describe;
mod door;
mod exchange;
mod facts;
mod holes;
mod hosts;
mod identity;
mod keys;
mod landing;
mod scopes;
mod settings;
mod signing;

mod airtable;
pub mod custom;
mod github;
mod google;
mod hubspot;
mod notion;
mod postgres;
mod salesforce;
mod slack;
mod stripe;

use crate::base::{Error, Result};

pub use crate::http::{Announced, Answer, Auth, Bearer, Door, Http, Limit, Request};
pub use airtable::AIRTABLE;
pub use custom::CUSTOM;
pub use describe::{Description, ScopeText, SettingText, Way, describe};
pub use facts::{
    Abroad, Ask, ClientSecret, Exchange, From, Guide, Identify, Keep, KeyForm, KeyUse, OAuth, PORT, Proof,
    REDIRECT_URL, Redirect, Refresh, Scope, Setting,
};
pub use github::GITHUB;
pub use google::GOOGLE;
pub use hubspot::HUBSPOT;
pub use identity::Identity;
pub use notion::NOTION;
pub use postgres::POSTGRES;
pub use salesforce::SALESFORCE;
pub use signing::{Sign, Signing};
pub use slack::SLACK;
pub use stripe::STRIPE;

/// Every provider, in alphabetical order; `custom`, which is any other, comes last.
pub static ALL: &[&Provider] =
    &[&AIRTABLE, &GITHUB, &GOOGLE, &HUBSPOT, &NOTION, &POSTGRES, &SALESFORCE, &SLACK, &STRIPE, &CUSTOM];

/// What a vendor is. Texts with holes are explained in [`facts`](OAuth).
#[derive(Debug)]
pub struct Provider {
    pub id: &'static str,
    pub title: &'static str,
    /// Where its API lives, without a slash at the end; empty where every account has its own address
    pub base: &'static str,
    /// Texts that take the place of `base` once an account's settings fill them; the first that is filled counts
    pub own_bases: &'static [&'static str],
    /// Whose addresses, when the provider supplies one, may be followed with credentials
    pub hosts: &'static [&'static str],
    /// Whether an endpoint takes the place of the authorization server, too
    pub moves: bool,
    /// What the secret is called by its vendor, for prompts: `service key`, `password`
    pub secret: &'static str,
    /// Whether an account can do without a secret
    pub secret_optional: bool,
    /// Where a person makes one
    pub console: &'static str,
    pub limits: &'static [Limit],
    /// The headers in which answers tell the account's real limit
    pub announced: Option<Announced>,
    /// The ways to sign in, the usual one first
    pub methods: &'static [Method],
    /// How to get what each of them needs
    pub guides: &'static [Guide],
    pub api_key: Option<KeyUse>,
    pub keys: &'static [KeyForm],
    /// How keys begin that open a test mode with the same identity
    pub test_keys: &'static [&'static str],
    pub oauth: Option<&'static OAuth>,
    pub scopes: &'static [Scope],
    pub settings: &'static [Setting],
    /// Checks and tidies the settings together
    pub check: fn(Method, &mut BTreeMap<String, String>) -> Result<()>,
    /// What an answer with tokens says that later calls need
    pub keeps: &'static [Keep],
    /// Headers of every call to the API
    pub headers: &'static [(&'static str, &'static str)],
    pub identify: &'static [Identify],
    /// How an id begins that a refusal to say more has in it
    pub id_in_refusals: Option<&'static str>,
    /// A call that shows that an account works; `None`: the one that asks who it is
    pub verify: Option<Ask>,
    /// Its refusals come with status 200
    pub refuses_in_200: bool,
    /// What its refusals mean, where they mean more than their status
    pub explain: fn(&Answer) -> Option<Error>,
    /// What `Method::ServiceAccount` signs, from the secret and the client's id
    pub sign: Option<Sign>,
    /// The first call of `Method::TwoStep`
    pub exchange: Option<&'static Exchange>,
}

impl Provider {
    /// A vendor of which nothing is known.
    const BLANK: Provider = Provider {
        id: "",
        title: "",
        base: "",
        own_bases: &[],
        hosts: &[],
        moves: true,
        secret: "API key",
        secret_optional: false,
        console: "",
        limits: &[],
        announced: None,
        methods: &[],
        guides: &[],
        api_key: None,
        keys: &[],
        test_keys: &[],
        oauth: None,
        scopes: &[],
        settings: &[],
        check: |_, _| Ok(()),
        keeps: &[],
        headers: &[],
        identify: &[],
        id_in_refusals: None,
        verify: None,
        refuses_in_200: false,
        explain: |_| None,
        sign: None,
        exchange: None,
    };
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
    /// A key that is exchanged for a short-lived token by a first call: GitHub Apps' installations
    TwoStep,
}

impl Method {
    pub const ALL: &[Method] = &[
        Method::Token,
        Method::Code,
        Method::Device,
        Method::ClientCredentials,
        Method::ServiceAccount,
        Method::TwoStep,
    ];

    /// What `--method` takes.
    pub fn word(self) -> &'static str {
        match self {
            Method::Token => "token",
            Method::Code => "oauth",
            Method::Device => "device",
            Method::ClientCredentials => "client-credentials",
            Method::ServiceAccount => "service-account",
            Method::TwoStep => "two-step",
        }
    }

    /// Whether the secret that a person gives is kept beside the tokens, because it brings the next ones.
    pub fn keeps_key(self) -> bool {
        matches!(self, Method::ServiceAccount | Method::TwoStep)
    }
}

/// What an account says of where its provider is: facts of a vendor may have holes that these fill.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// Takes the place of the provider's own base and of its authorization server (sandboxes, proxies, tests)
    pub endpoint: Option<Url>,
    /// The account's `--set key=value`, and what a sign-in told
    pub settings: BTreeMap<String, String>,
    /// The id of the client it signs in with; one vendor has it in an address
    pub client: Option<String>,
}
