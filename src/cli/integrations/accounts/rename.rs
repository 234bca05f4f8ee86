//! `appctl integrations accounts rename`

use clap_complete::ArgValueCompleter;

use super::shown::Shown;
use crate::accounts;
use crate::app::App;
use crate::base::{Label, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;
use crate::connections;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl integrations accounts google rename ada ops")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
    /// What it shall be called
    new: Label,
}

pub fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: &Args) -> Result<()> {
    super::find(app, provider, &args.label)?;
    let account = connections::rename_account(app, &args.label, &args.new)?;
    let shown = Shown::of(app, &account)?;
    ui.outcome_and(&shown, format!("renamed account `{}` to `{}`", args.label, account.label))?;
    if app.config.token(&args.label).is_some() {
        let (old, new) = (accounts::variable(&args.label), accounts::variable(&account.label));
        ui.warn(format!("`{old}` no longer gives its secret; set `{new}` instead"))?;
    }
    Ok(())
}
