//! Which account is meant where a product is named and several could be: never a guess.

use super::{Account, Product, Sharing, all, find, list, of_product, owner, put};
use crate::app::App;
use crate::base::{Error, Label, Result};

/// The account of this label; without one, the product's only account or its default. A product is a provider's id, or the
/// name of a custom API.
///
/// `Kind::NotFound` when there is none, `Kind::Usage` with the labels when it could be several, or when the label is
/// another product's.
pub fn pick(app: &App, product: &str, label: Option<&Label>) -> Result<Account> {
    let product = Product::find(app, product)?;
    let (word, title) = (product.word(), product.title());
    if let Some(label) = label {
        let account = find(app, label)?;
        if !product.has(&account) {
            return Err(Error::usage(format!("account `{label}` is one of `{}`, not of {title}", account.product()))
                .hint(format!("see `appctl integrations accounts {word}`")));
        }
        return Ok(account);
    }
    let accounts = of_product(app, word)?;
    match choose(&accounts) {
        Some(account) => Ok(account.clone()),
        None if accounts.is_empty() => Err(Error::not_found(format!("no account of {title} is connected"))
            .hint(format!("run `appctl integrations connect {word}`"))),
        None => {
            let labels = accounts.iter().map(|account| format!("`{}`", account.label)).collect::<Vec<_>>().join(", ");
            Err(Error::usage(format!("{title} has several accounts: {labels}")).hint(format!(
                "name one with `--account LABEL`, or make one the default: `appctl integrations accounts {word} \
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
        let same = other.product() == chosen.product() && other.label != chosen.label && other.default;
        // One's own default goes before the team's, so it ends; the team's stays when somebody chooses for himself.
        let ends = chosen.sharing == Sharing::Team || other.sharing == Sharing::Private;
        same && ends && owner::is_visible(app, other)
    });
    let others: Vec<_> = others.collect();
    app.store.change(
        &app.person(),
        &format!("made account `{label}` the default of {}", chosen.product()),
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
    let of_product: Vec<_> = list(app)?.into_iter().filter(|other| other.product() == account.product()).collect();
    Ok(choose(&of_product).is_some_and(|picked| picked.label == account.label))
}
