//! What connections have to do with accounts besides using them: an account that is taken away or renamed is named by them.

use super::{Connection, DOCUMENT, list};
use crate::accounts::{self, Account, Kept, Removed, Seen};
use crate::app::{App, Change};
use crate::base::{ConnectionName, Error, Kind, Label, Result};

/// What becomes of the connections that use an account which is taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Uses {
    /// There must be none
    Refuse,
    /// They are paused; their tables stay, and they go on once another account has the label
    AlsoPause,
}

/// What may be shown of the account that a connection uses.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownAccount {
    /// Its label; in words that are no label when it is somebody else's
    pub label: String,
    pub identity: Option<String>,
    pub endpoint: Option<String>,
}

/// What may be shown of the account that a connection uses.
pub fn shown_account(app: &App, connection: &Connection) -> Result<ShownAccount> {
    Ok(match accounts::look(app, &connection.account)? {
        Seen::Account(account) => ShownAccount {
            label: account.label.to_string(),
            identity: Some(account.identity.name),
            endpoint: account.endpoint.as_ref().map(ToString::to_string),
        },
        Seen::Hidden => ShownAccount { label: HIDDEN.to_owned(), identity: None, endpoint: None },
        Seen::Gone => ShownAccount { label: connection.account.to_string(), identity: None, endpoint: None },
    })
}

const HIDDEN: &str = "(private, somebody else's)";

/// The names of the connections that use the account of this label.
pub fn uses(app: &App, label: &Label) -> Result<Vec<ConnectionName>> {
    Ok(users(app, label)?.into_iter().map(|connection| connection.name).collect())
}

fn users(app: &App, label: &Label) -> Result<Vec<Connection>> {
    Ok(list(app)?.into_iter().filter(|connection| connection.account == *label).collect())
}

/// Whether `remove_account` would go ahead. `Kind::Conflict` with the names of the connections that use the account.
pub fn check_removal(app: &App, label: &Label, uses: Uses) -> Result<()> {
    accounts::find(app, label)?;
    let users = users(app, label)?;
    if users.is_empty() || uses == Uses::AlsoPause {
        return Ok(());
    }
    let names = users.iter().map(|connection| format!("`{}`", connection.name)).collect::<Vec<_>>().join(", ");
    let (connections, them) = if users.len() == 1 { ("connection", "it") } else { ("connections", "them") };
    Err(Error::new(Kind::Conflict, format!("account `{label}` is used by {connections} {names}"))
        .hint(format!("remove {them} first with `appctl connections remove`, or add `--pause` to keep {them}, paused")))
}

/// Takes an account away, at its provider and here; see `accounts::remove`.
pub async fn remove_account(app: &App, label: &Label, uses: Uses) -> Result<Removed> {
    check_removal(app, label, uses)?;
    let paused: Vec<_> =
        users(app, label)?.into_iter().map(|connection| Connection { paused: true, ..connection }).collect();
    accounts::remove(app, label, |change| put_all(change, &paused)).await
}

/// Gives an account another label, under which its connections go on.
pub fn rename_account(app: &App, label: &Label, new: &Label) -> Result<Account> {
    let users = users(app, label)?;
    let renamed: Vec<_> =
        users.into_iter().map(|connection| Connection { account: new.clone(), ..connection }).collect();
    accounts::rename(app, label, new, |change| put_all(change, &renamed))
}

/// Uses the refresh tokens that would lapse for not being used: for the scheduler.
pub async fn keep_signed_in(app: &App) -> Result<Vec<Kept>> {
    accounts::keep_alive(app).await
}

fn put_all(change: &mut Change<'_>, connections: &[Connection]) -> Result<()> {
    connections
        .iter()
        .try_for_each(|connection| change.put_document(DOCUMENT, connection.name.as_str(), &connection.body()))
}
