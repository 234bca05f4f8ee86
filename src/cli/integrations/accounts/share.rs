//! `appctl integrations accounts share`

use clap_complete::ArgValueCompleter;

use super::shown::Shown;
use crate::accounts;
use crate::app::App;
use crate::base::{Label, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl integrations accounts google share ops")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
}

pub async fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: &Args) -> Result<()> {
    let account = super::find(app, provider, &args.label)?;
    ui.confirmed(&format!("Share it? Then {}", accounts::what_sharing_means(&account)))?;
    let account = accounts::share(app, &args.label).await?;
    let shown = Shown::of(app, &account)?;
    ui.outcome_and(&shown, format!("account `{}` belongs to the team now", account.label))
}
