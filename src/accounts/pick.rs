//! Which account is meant where a provider is named and several could be: never a guess.

use super::{Account, Sharing, all, find, of_provider, owner, provider, put};
use crate::app::App;
use crate::base::{Error, Kind, Label, Result};

/// The account of this label; without one, the provider's only account or its default.
///
/// `Kind::NotFound` when there is none, `Kind::Usage` with the labels when it could be several, or when the label is
/// another provider's.
pub fn pick(app: &App, provider_id: &str, label: Option<&Label>) -> Result<Account> {
    let title = provider(provider_id)?.title;
    if let Some(label) = label {
        let account = find(app, label)?;
        if account.provider != provider_id {
            return Err(Error::usage(format!("account `{label}` is one of `{}`, not of {title}", account.provider))
                .hint(format!("see `appctl integrations accounts {provider_id}`")));
        }
        return Ok(account);
    }
    let accounts = of_provider(app, provider_id)?;
    match choose(&accounts) {
        Some(account) => Ok(account.clone()),
        None if accounts.is_empty() => Err(Error::not_found(format!("no account of {title} is connected"))
            .hint(format!("run `appctl integrations connect {provider_id}`"))),
        None => {
            let labels = accounts.iter().map(|account| format!("`{}`", account.label)).collect::<Vec<_>>().join(", ");
            Err(Error::usage(format!("{title} has several accounts: {labels}")).hint(format!(
                "name one with `--account LABEL`, or make one the default: `appctl integrations accounts {provider_id} \
                 default LABEL`"
            )))
        }
    }
}

/// The only one, or the default. One's own default goes before the team's, because it was chosen by who asks.
pub(super) fn choose(accounts: &[Account]) -> Option<&Account> {
    if let [only] = accounts {
        return Some(only);
    }
    let defaults = |sharing| accounts.iter().filter(move |account| account.default && account.sharing == sharing);
    let only = |sharing| {
        let mut found = defaults(sharing);
        found.next().filter(|_| found.next().is_none())
    };
    match defaults(Sharing::Private).count() {
        0 => only(Sharing::Team),
        _ => only(Sharing::Private),
    }
}

/// Makes the account the one that is taken where no label is given. What others chose for themselves stays.
pub fn set_default(app: &App, label: &Label) -> Result<Account> {
    let chosen = Account { default: true, ..find(app, label)? };
    let others = all(app)?.into_iter().filter(|other| {
        let same = other.provider == chosen.provider && other.label != chosen.label && other.default;
        // One's own default goes before the team's, so it ends; the team's stays when somebody chooses for himself.
        let ends = chosen.sharing == Sharing::Team || other.sharing == Sharing::Private;
        same && ends && owner::is_visible(app, other)
    });
    let others: Vec<_> = others.collect();
    app.store.change(
        &app.person(),
        &format!("made account `{label}` the default of {}", chosen.provider),
        |change| {
            for other in others {
                put(change, &Account { default: false, ..other })?;
            }
            put(change, &chosen)
        },
    )?;
    Ok(chosen)
}

/// Whether the account is the one that is taken where no label is given.
pub fn is_picked(app: &App, account: &Account) -> Result<bool> {
    match pick(app, &account.provider, None) {
        Ok(picked) => Ok(picked.label == account.label),
        Err(error) if matches!(error.kind, Kind::Usage | Kind::NotFound) => Ok(false),
        Err(error) => Err(error),
    }
}
