//! `appctl integrations accounts reauth`

use clap_complete::ArgValueCompleter;

use crate::accounts::{self, Switch};
use crate::app::App;
use crate::base::{Label, Result};
use crate::cli::complete;
use crate::cli::integrations::connect::{Report, SignInArgs, method};
use crate::cli::integrations::{again, wanted::Wanted};
use crate::cli::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl integrations accounts google reauth ops
  appctl integrations accounts reauth ops --scope https://www.googleapis.com/auth/drive.readonly
  printf %s \"$TOKEN\" | appctl integrations accounts reauth bot --token-stdin")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
    /// Sign in like this instead of as before: oauth, device, token, service-account,
    /// two-step or client-credentials
    #[arg(long, value_parser = method)]
    method: Option<accounts::Method>,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// Use the new identity even when it is another one than before
    #[arg(long)]
    switch_account: bool,
}

pub async fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: Args) -> Result<()> {
    let account = super::find(app, provider, &args.label)?;
    let pages = args.sign_in.pages();
    let mut wanted = Wanted::again(&account);
    wanted.request.method = args.method.or(wanted.request.method);
    wanted.request.switch = if args.switch_account { Switch::Allow } else { Switch::Refuse };
    again::put_flags(&mut wanted, args.sign_in)?;
    let connected = again::sign_in(app, ui, &account, &mut wanted, pages).await?;
    ui.outcome(&Report::of(app, &connected)?)
}
