//! Another label for an account. Its id, and with it its secret, stays.

use super::{Account, delete, find, identity, put, raw};
use crate::app::{App, Change};
use crate::base::{Label, Result};

/// Gives the account another label; `also` changes whatever names it, in the same change. `Kind::Conflict` when the label
/// is taken.
pub fn rename(
    app: &App,
    label: &Label,
    new: &Label,
    also: impl FnOnce(&mut Change<'_>) -> Result<()>,
) -> Result<Account> {
    let account = find(app, label)?;
    if label == new {
        return Ok(account);
    }
    if raw(app, new)?.is_some() {
        return Err(identity::taken(new));
    }
    let renamed = Account { label: new.clone(), ..account };
    app.store.change(&app.person(), &format!("renamed account `{label}` to `{new}`"), |change| {
        delete(change, label)?;
        put(change, &renamed)?;
        also(change)
    })?;
    Ok(renamed)
}
