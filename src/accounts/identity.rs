//! Whether it is the same account: by its label here, and by whom the provider says it is.

use std::collections::BTreeMap;

use super::request::ConnectRequest;
use super::{Account, Identity, Provider, Site, owner, raw};
use crate::app::App;
use crate::base::{Error, Kind, Label, Result};

/// The account of the label that was given, when it is one of this provider's. `Kind::Conflict` when it is another's.
pub(super) fn label_holder(app: &App, request: &ConnectRequest) -> Result<Option<Account>> {
    let Some(label) = &request.label else { return Ok(None) };
    match raw(app, label)? {
        None => Ok(None),
        Some(account) if account.provider == request.provider && owner::is_visible(app, &account) => {
            if request.sharing.is_some_and(|sharing| sharing != account.sharing) {
                return Err(taken(label));
            }
            Ok(Some(account))
        }
        Some(_) => Err(taken(label)),
    }
}

pub(super) fn taken(label: &Label) -> Error {
    Error::new(Kind::Conflict, format!("the label `{label}` is taken")).hint("choose another one with `--label LABEL`")
}

/// What to say when it turns out to be somebody else.
pub fn other_identity(account: &Account, identity: &Identity) -> Error {
    Error::new(
        Kind::Conflict,
        format!("that is `{}`, and account `{}` is `{}`", identity.name, account.label, account.identity.name),
    )
    .hint(
        "sign out of the wrong one in the browser and try again, give another `--label`, or add `--switch-account` to \
         use it in its place",
    )
}

/// Whether a provider speaks of the same identity. One that does not say whose an account is has none that are the same.
pub(super) fn is_same(account: &Account, provider: &Provider, identity: &Identity, site: &Site) -> bool {
    let api = |settings: &BTreeMap<String, String>| settings.get("base_url").cloned();
    account.provider == provider.id
        && !identity.id.is_empty()
        && account.identity.id == identity.id
        && account.endpoint == site.endpoint
        // The same number may be two people at two APIs.
        && (provider.id != "custom" || api(&account.settings) == api(&site.settings))
}
