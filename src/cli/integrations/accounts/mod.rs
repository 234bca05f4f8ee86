//! `appctl integrations accounts`: who is signed in where. Without a verb it lists; with one the provider may stand in
//! front of it, as people say it: `accounts google default ops`.

use std::ffi::OsString;

use clap::Subcommand;
use clap_complete::ArgValueCompleter;

use crate::accounts::{self, Account, Product};
use crate::app::App;
use crate::base::{Error, Label, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;

mod default;
pub mod list;
mod reauth;
mod remove;
mod rename;
mod share;
pub mod shown;
mod test;

#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = false,
    after_help = "\
Examples:
  appctl integrations accounts
  appctl integrations accounts google
  appctl integrations accounts google default ops
  appctl integrations accounts remove ops"
)]
pub struct Args {
    /// Only the accounts of this product
    #[arg(add = ArgValueCompleter::new(complete::providers))]
    provider: Option<String>,
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[derive(Subcommand)]
enum Verb {
    /// Take this account where several of its product could be
    Default(default::Args),
    /// Give an account another label
    Rename(rename::Args),
    /// Take an account's access back at the product, and forget it here
    Remove(remove::Args),
    /// Ask the product whether an account works
    Test(test::Args),
    /// Sign in to an account again
    Reauth(reauth::Args),
    /// Let the whole team use an account of yours
    Share(share::Args),
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    if let Some(provider) = &args.provider {
        known(app, provider)?;
    }
    let provider = args.provider.as_deref();
    match args.verb {
        None => list::run(app, ui, provider),
        Some(Verb::Default(args)) => default::run(app, ui, provider, &args),
        Some(Verb::Rename(args)) => rename::run(app, ui, provider, &args),
        Some(Verb::Remove(args)) => remove::run(app, ui, provider, &args).await,
        Some(Verb::Test(args)) => test::run(app, ui, provider, &args).await,
        Some(Verb::Reauth(args)) => reauth::run(app, ui, provider, args).await,
        Some(Verb::Share(args)) => share::run(app, ui, provider, &args).await,
    }
}

/// `Kind::NotFound` for what is no product; a label in its place is told where labels go.
fn known(app: &App, provider: &str) -> Result<()> {
    let Err(error) = Product::find(app, provider) else { return Ok(()) };
    let is_label = accounts::list(app)?.iter().any(|account| account.label.as_str() == provider);
    Err(match is_label {
        true => error.hint(format!(
            "`{provider}` is an account's label; it comes last: `appctl integrations accounts VERB {provider}`"
        )),
        false => error,
    })
}

/// The account of this label, which must be one of the provider when one was named.
fn find(app: &App, provider: Option<&str>, label: &Label) -> Result<Account> {
    let account = accounts::find(app, label)?;
    match provider {
        Some(provider) if !Product::find(app, provider)?.has(&account) => {
            Err(Error::not_found(format!("account `{label}` is one of `{}`, not of `{provider}`", account.product()))
                .hint(format!("see `appctl integrations accounts {provider}`")))
        }
        _ => Ok(account),
    }
}

/// The command that was meant when a provider, a verb and labels stand in another order.
pub fn in_order(arguments: &[OsString]) -> Option<String> {
    let words: Vec<&str> = arguments.iter().skip(1).filter_map(|argument| argument.to_str()).collect();
    let at = words.windows(2).position(|pair| pair == ["integrations", "accounts"])?;
    let given: Vec<&str> = words[at + 2..].iter().copied().filter(|word| !word.starts_with('-')).collect();
    let is_verb = |word: &&str| <Verb as Subcommand>::has_subcommand(word);
    let verb = given.iter().copied().find(is_verb)?;
    let provider = given.iter().copied().find(|word| accounts::providers().iter().any(|known| known.id == *word))?;
    let rest: Vec<&str> = given.iter().copied().filter(|word| *word != verb && *word != provider).collect();
    let ordered: Vec<&str> = [provider, verb].into_iter().chain(rest.iter().copied()).collect();
    (!rest.is_empty() && ordered != given)
        .then(|| format!("write `appctl integrations accounts {}`", ordered.join(" ")))
}
