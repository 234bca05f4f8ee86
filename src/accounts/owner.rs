//! Whose accounts are whose. A private account is its owner's alone: to everybody else it is not there.

use serde::{Deserialize, Serialize};

use super::{Account, all, raw};
use crate::app::App;
use crate::base::{Error, Kind, Label, Result};

/// Whose an account is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// The secret is in its owner's keyring
    #[default]
    Private,
    /// The secret is in the team vault
    Team,
}

impl Sharing {
    pub fn word(self) -> &'static str {
        match self {
            Sharing::Private => "private",
            Sharing::Team => "team",
        }
    }
}

/// What somebody may know of the account that a connection names.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    Account(Box<Account>),
    /// It is there, and somebody else's
    Hidden,
    Gone,
}

/// What this user may know of the account of this label, for what names one: a connection.
pub fn look(app: &App, label: &Label) -> Result<Seen> {
    Ok(match raw(app, label)? {
        Some(account) if is_visible(app, &account) => Seen::Account(Box::new(account)),
        Some(_) => Seen::Hidden,
        None => Seen::Gone,
    })
}

/// The account that something of this user's names. `Kind::Denied` when it is another user's private one, of which nothing
/// is said.
pub fn named_by(app: &App, what: &str, label: &Label) -> Result<Account> {
    match look(app, label)? {
        Seen::Account(account) => Ok(*account),
        Seen::Hidden => Err(Error::new(Kind::Denied, format!("{what} uses a private account of somebody else"))
            .hint("ask who made it to share it with `appctl integrations accounts share`, or to run it")),
        Seen::Gone => Err(Error::not_found(format!("{what} uses account `{label}`, which is not there"))
            .hint("sign in again under that label: `appctl integrations connect PROVIDER --label LABEL`")),
    }
}

pub(super) fn is_visible(app: &App, account: &Account) -> bool {
    account.sharing == Sharing::Team || account.owner.is_empty() || account.owner == app.config.user
}

/// The accounts that this user sees, by label.
pub(super) fn visible(app: &App) -> Result<Vec<Account>> {
    Ok(all(app)?.into_iter().filter(|account| is_visible(app, account)).collect())
}

/// `Kind::Denied` for somebody else's, however it got here.
pub(super) fn refuse_hidden(app: &App, account: &Account) -> Result<()> {
    if is_visible(app, account) {
        return Ok(());
    }
    Err(Error::new(Kind::Denied, "this is a private account of somebody else"))
}
