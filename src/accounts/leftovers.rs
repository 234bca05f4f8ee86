//! Secrets that may become nobody's. Word of each is left beside the account before it is put into a vault, moved or taken
//! away; whoever comes after a death in the middle looks whose it is by then, and takes it away when it is nobody's. A vault
//! cannot be asked what is in it, so that without this word such a secret would stay for ever.

use serde::{Deserialize, Serialize};

use super::state::{self, State};
use super::{Account, Sharing, all, clients, place, revoke};
use crate::app::{App, Turn};
use crate::base::Result;

/// A secret that may be nobody's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Leftover {
    /// Its name in the vault
    pub key: String,
    pub sharing: Sharing,
    /// Whose vault that is
    pub owner: String,
}

impl Leftover {
    pub fn of(app: &App, account: &Account) -> Leftover {
        Leftover::named(app, place::key(app, account), account.sharing)
    }

    pub fn named(app: &App, key: String, sharing: Sharing) -> Leftover {
        Leftover { key, sharing, owner: app.config.user.clone() }
    }

    /// Whether an account or a client is there whose secret it is.
    fn is_owned(&self, app: &App, accounts: &[Account]) -> Result<bool> {
        let owns = |account: &&Account| account.sharing == self.sharing && place::key(app, account) == self.key;
        Ok(accounts.iter().any(|account| owns(&account)) || clients::owns(app, &self.key, self.sharing)?)
    }

    fn is_reachable(&self, app: &App) -> bool {
        self.sharing == Sharing::Team || self.owner == app.config.user
    }
}

/// Leaves word of these, and of the account that is taken away with them.
pub(super) fn note(turn: &Turn, more: Vec<Leftover>, removed: Option<&Account>) -> Result<()> {
    let mut state: State = turn.state()?.unwrap_or_default();
    let new = more.into_iter().filter(|new| !state.leftovers.contains(new)).collect::<Vec<_>>();
    state.leftovers.extend(new);
    state.removed = removed.cloned().map(Box::new);
    turn.write(&state)
}

/// Leaves word that this account's secret is being kept or taken away, for whoever has not its turn.
pub fn announce(app: &App, account: &Account) -> Result<()> {
    match state::turns(app, account).try_take()? {
        Some(turn) => note(&turn, vec![Leftover::of(app, account)], None),
        None => Ok(()), // whoever has the turn has done it
    }
}

/// Takes away what is nobody's by now and the word of what is somebody's; what cannot be taken away yet stays named.
pub(super) async fn settle(app: &App, id: &str, turn: Turn) -> Result<()> {
    let state: State = turn.state()?.unwrap_or_default();
    let accounts = all(app)?;
    let mut rest = Vec::new();
    for leftover in &state.leftovers {
        if leftover.is_owned(app, &accounts)? {
            continue;
        }
        if !leftover.is_reachable(app) || take_away(app, leftover, state.removed.as_deref()).await.is_err() {
            rest.push(leftover.clone());
        }
    }
    let is_there = accounts.iter().any(|account| account.id == id);
    if rest.is_empty() && !is_there {
        return turn.forget();
    }
    let removed = state.removed.clone().filter(|_| !is_there);
    if rest != state.leftovers || removed.is_some() != state.removed.is_some() {
        turn.write(&State { leftovers: rest, removed, ..state })?;
    }
    Ok(())
}

/// Forgets the secret here; the tokens of an account whose removal broke off are taken back at its provider before.
async fn take_away(app: &App, leftover: &Leftover, removed: Option<&Account>) -> Result<()> {
    if let Some(account) = removed.filter(|account| place::key(app, account) == leftover.key) {
        // Whoever is here asked for something else; who removed it has not heard that it was done.
        let _ = revoke::at_provider(app, account).await;
    }
    place::vault(app, leftover.sharing).delete(&leftover.key).map(drop)
}

/// Ends what processes that died have left half-done: takes away the secrets of accounts that are not there. As well as
/// it goes; what cannot be done now is done by a later one. Cheap when there is nothing.
pub async fn sweep(app: &App) {
    let (Ok(names), Ok(accounts)) = (app.store.all_turns(), all(app)) else { return };
    for name in names {
        let turns = app.store.turns(&name);
        let is_there = accounts.iter().any(|account| account.id == name);
        let is_quiet = |state: &State| state.leftovers.is_empty() && state.removed.is_none();
        if is_there && turns.state().ok().flatten().is_none_or(|state| is_quiet(&state)) {
            continue;
        }
        if let Ok(Some(turn)) = turns.try_take() {
            let _ = settle(app, &name, turn).await;
        }
    }
}

/// How many secrets are nobody's and still here. Reads only.
pub fn orphans(app: &App) -> Result<usize> {
    let accounts = all(app)?;
    let mut count = 0;
    for name in app.store.all_turns()? {
        let state: State = app.store.turns(&name).state()?.unwrap_or_default();
        for leftover in &state.leftovers {
            count += usize::from(!leftover.is_owned(app, &accounts)?);
        }
    }
    Ok(count)
}
