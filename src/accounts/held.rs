//! Tokens that a vault did not take, for as long as this process lives: whatever runs in it goes on with them, and the vault
//! is asked again and again. Once the process ends they are gone.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::bundle::Bundle;
use super::refresh::Keeper;
use super::state::State;
use crate::base::{Error, Kind, Label};

/// Between two tries to put them into the vault.
const AGAIN: Duration = Duration::from_secs(1);
/// The longest wait for the account's turn at the end.
const PATIENCE: Duration = Duration::from_secs(2);

/// By the name of the secret, in which the account's id is.
static HELD: Mutex<BTreeMap<String, Held>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Debug)]
struct Held {
    keeper: Arc<Keeper>,
    bundle: Bundle,
    /// What is written down once they are kept
    told: State,
    /// Why the vault did not take them, where they cannot be had again
    lost: Option<Error>,
    is_told: bool,
}

/// What became of tokens that were held until the end.
#[derive(Debug, Default)]
pub struct Ended {
    /// What is lost with this process, of which nobody was told yet
    pub lost: Vec<Error>,
    /// Accounts of which somebody was told that they are, and the vault has taken them after all
    pub kept: Vec<Label>,
}

/// Holds these tokens in place of older ones, and goes on trying to put them where they belong.
pub(super) fn hold(keeper: Arc<Keeper>, bundle: Bundle, told: State, lost: Option<Error>) {
    let key = keeper.key.clone();
    let is_first = lock().insert(key.clone(), Held { keeper, bundle, told, lost, is_told: false }).is_none();
    if is_first {
        tokio::spawn(async move {
            while is_held(&key) {
                tokio::time::sleep(AGAIN).await;
                put(&key, Duration::ZERO).await;
            }
        });
    }
}

/// The tokens that are held under this name.
pub(super) fn find(key: &str) -> Option<Bundle> {
    lock().get(key).map(|held| held.bundle.clone())
}

/// Tries once more, and says what will be lost with this process if nothing happens. Whoever calls tells it.
pub(super) async fn trouble(keeper: &Keeper) -> Option<Error> {
    put(&keeper.key, PATIENCE).await;
    let mut all = lock();
    let held = all.get_mut(&keeper.key).filter(|held| !held.is_told)?;
    let error = held.lost.clone()?;
    held.is_told = true;
    Some(told(&keeper.label, &error, Kind::SignIn))
}

/// The last try before this process ends, and what came of it.
pub async fn last_try() -> Ended {
    let keys: Vec<String> = lock().keys().cloned().collect();
    let mut ended = Ended::default();
    for key in keys {
        let Some(before) = lock().get(&key).cloned() else { continue };
        put(&key, PATIENCE).await;
        let label = &before.keeper.label;
        match (lock().remove(&key), before.is_told) {
            (None, true) => ended.kept.push(label.clone()),
            (Some(Held { lost: Some(error), is_told: false, .. }), _) => {
                ended.lost.push(told(label, &error, Kind::Partial));
            }
            _ => {}
        }
    }
    ended
}

fn told(label: &Label, error: &Error, kind: Kind) -> Error {
    let message = format!("the new tokens of account `{label}` could not be kept: {}", error.message);
    let again = format!("then run `appctl integrations accounts reauth {label}`");
    Error::new(kind, message).hint(match &error.hint {
        Some(hint) => format!("{hint}; {again}"),
        None => format!("make the vault work again, {again}"),
    })
}

fn is_held(key: &str) -> bool {
    lock().contains_key(key)
}

/// Puts the tokens into the vault, unless somebody has signed in again or taken the account away meanwhile; then they are
/// nobody's.
async fn put(key: &str, patience: Duration) {
    let Some(held) = lock().get(key).cloned() else { return };
    let Ok(turn) = held.keeper.turns.take(patience).await else { return };
    let is_gone = matches!(turn.state::<State>(), Ok(None));
    let newer = |kept: Bundle| kept.generation >= held.bundle.generation;
    match held.keeper.kept() {
        Ok(kept) if newer(kept.clone()) => {}
        Err(error) if error.kind == Kind::SignIn && is_gone => {}
        // Whether there is something newer in it, a vault that cannot be read does not say.
        Err(error) if !matches!(error.kind, Kind::SignIn | Kind::Corrupt) => return,
        _ => match held.keeper.put_once(&held.bundle) {
            Ok(()) => drop(turn.write(&held.told)),
            Err(_) => return,
        },
    }
    let mut all = lock();
    // A renewal may have brought newer ones since.
    if all.get(key).is_some_and(|now| now.bundle.generation == held.bundle.generation) {
        all.remove(key);
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<String, Held>> {
    // It is whole after every insert and remove, whoever panicked meanwhile.
    HELD.lock().unwrap_or_else(PoisonError::into_inner)
}
