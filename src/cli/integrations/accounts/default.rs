//! `appctl integrations accounts default`

use clap_complete::ArgValueCompleter;

use super::shown::Shown;
use crate::accounts;
use crate::app::App;
use crate::base::{Label, Result};
use crate::cli::complete;
use crate::cli::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl integrations accounts google default ops")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
}

pub fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: &Args) -> Result<()> {
    super::find(app, provider, &args.label)?;
    let account = accounts::set_default(app, &args.label)?;
    let shown = Shown::of(app, &account)?;
    ui.outcome_and(&shown, format!("`{}` is the default account of `{}` now", account.label, account.product()))
}
