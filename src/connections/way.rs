//! How an account signs in, as a source needs it: for HTTP, or a password for a protocol of its own.

use crate::accounts::{self, Account, Provider};
use crate::app::App;
use crate::base::{Result, Secret};
use crate::sources::Auth;

pub(super) struct Way {
    pub auth: Auth,
    pub password: Option<Secret>,
}

impl Way {
    /// With the account's own secret. Errors as for `accounts::auth`.
    pub fn of(app: &App, account: &Account) -> Result<Way> {
        if accounts::provider(&account.provider)?.api_key.is_none() && account.method == accounts::Method::Token {
            return Ok(Way { auth: Auth::None, password: accounts::secret(app, account)? });
        }
        Ok(Way { auth: accounts::auth(app, account)?, password: None })
    }

    /// With a secret that a person gave just now.
    pub fn with(provider: &Provider, secret: Option<Secret>, site: &accounts::Site) -> Result<Way> {
        match secret.filter(|secret| !secret.is_empty()) {
            Some(secret) if provider.api_key.is_some() => {
                Ok(Way { auth: provider.auth(secret, site)?, password: None })
            }
            password => Ok(Way { auth: Auth::None, password }),
        }
    }
}
