//! The question that brings new tokens without a person.

use super::{Provider, Site};
use crate::base::{Result, Secret, Timestamp};
use crate::oauth::grant::{self, Claims};
use crate::oauth::{Client, Failure, Server, Tokens};
use crate::providers::{Http, Signing};

pub(super) enum Grant<'a> {
    Refresh { server: Server, client: Client, token: &'a Secret },
    Client { server: Server, client: Client, scopes: &'a [String] },
    Assertion { server: Server, signing: Signing, scopes: &'a [String] },
    Exchange { provider: &'static Provider, site: &'a Site, key: &'a Secret },
}

impl Grant<'_> {
    pub async fn ask(&self, http: &Http, now: Timestamp) -> Result<Tokens, Failure> {
        match self {
            Grant::Refresh { server, client, token } => grant::refresh(http, server, client, token).await,
            Grant::Client { server, client, scopes } => {
                grant::client_credentials(http, server, client, scopes, &[]).await
            }
            Grant::Exchange { provider, site, key } => {
                provider.question(site, key, now).map_err(Failure::Other)?.ask(http, now).await
            }
            Grant::Assertion { server, signing, scopes } => {
                let joined = (signing.scope_claim && !scopes.is_empty()).then(|| scopes.join(" "));
                let claims = Claims {
                    issuer: signing.issuer.clone(),
                    subject: signing.subject.clone(),
                    audience: signing.audience.clone(),
                    scope: joined,
                    lifetime: signing.lifetime,
                    key_id: None,
                };
                let assertion = grant::assertion(&claims, &signing.key, now).map_err(Failure::Other)?;
                let parameter = if signing.scope_claim { &[] } else { *scopes };
                grant::jwt_bearer(http, server, &assertion, parameter).await
            }
        }
    }
}
