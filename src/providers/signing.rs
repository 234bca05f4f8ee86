//! Who signs in with a key of its own (RFC 7523): what a service account's file or a client's certificate says.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Provider, Site};
use crate::base::{Error, Result, Secret};

/// What an assertion says and what signs it (RS256).
#[derive(Clone, Debug)]
pub struct Signing {
    /// `iss`
    pub issuer: String,
    /// `sub`: on whose behalf
    pub subject: Option<String>,
    /// `aud`: the vendor's own text, also where an endpoint takes its place
    pub audience: String,
    /// `exp` less `iat`
    pub lifetime: Duration,
    /// Whether the scopes are a claim of the assertion (Google) rather than a parameter
    pub scope_claim: bool,
    /// A private key in PEM (PKCS #8)
    pub key: Secret,
    /// What to keep with the account (`client_email`); nothing secret
    pub settings: BTreeMap<String, String>,
}

/// Reads a secret for an account and the client's id.
pub type Sign = fn(&Site, &Secret, Option<&str>) -> Result<Signing>;

impl Provider {
    /// Reads the secret of `Method::ServiceAccount`. `Kind::Usage` when it is no such secret or a setting is missing.
    pub fn signing(&self, site: &Site, secret: &Secret, client_id: Option<&str>) -> Result<Signing> {
        let sign = self.sign.ok_or_else(|| {
            Error::usage(format!("{} knows no service accounts", self.title))
                .hint(format!("use {}", self.words_of_methods()))
        })?;
        sign(&self.with_defaults(site), secret, client_id)
    }
}

/// `Kind::Usage` unless it is a private key in PKCS #8 form.
pub(super) fn pem(text: &str) -> Result<Secret> {
    let text = text.trim();
    if text.starts_with("-----BEGIN PRIVATE KEY-----") && text.ends_with("-----END PRIVATE KEY-----") {
        return Ok(Secret::new(format!("{text}\n")));
    }
    let error = Error::usage("the secret is no private key in PKCS #8 form");
    Err(if text.starts_with("-----BEGIN RSA PRIVATE KEY-----") {
        error.hint("convert it: `openssl pkcs8 -topk8 -nocrypt -in old.pem -out key.pem`")
    } else if text.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----") {
        error.hint("take its password off: `openssl pkcs8 -in old.pem -out key.pem`")
    } else {
        error.hint("give the file that begins with `-----BEGIN PRIVATE KEY-----`")
    })
}
