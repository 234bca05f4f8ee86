//! `appctl connections reauth`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::accounts::{self, Account, Method, Switch};
use crate::app::App;
use crate::base::{ConnectionName, Result, Timestamp};
use crate::cli::complete;
use crate::cli::integrations::again;
use crate::cli::integrations::connect::SignInArgs;
use crate::cli::integrations::wanted::Wanted;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, ReauthRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections reauth crm
  printf %s \"$TOKEN\" | appctl connections reauth crm --token-stdin")]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// Use the new identity even when it is another one than before
    #[arg(long)]
    switch_account: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let connection = connections::find(app, &args.name)?;
    let account = accounts::find(app, &connection.account)?;
    let switch = if args.switch_account { Switch::Allow } else { Switch::Refuse };
    if account.method != Method::Token {
        let mut wanted = Wanted::again(&account);
        wanted.request.switch = switch;
        again::put_flags(&mut wanted, args.sign_in.clone())?;
        let renewed = again::sign_in(app, ui, &account, &mut wanted, args.sign_in.pages()).await?.account;
        return ui.outcome(&Renewed::of(args, renewed));
    }
    let mut secret = args.sign_in.secret.given()?;
    if secret.is_none() && app.config.token(&connection.account).is_none() && ui.can_ask() {
        let provider = accounts::provider(&account.provider)?;
        if !provider.console.is_empty() {
            ui.say(format!("make a new {} at {}", provider.secret, provider.console))?;
        }
        secret = Some(ui.ask_secret(&format!("{} {}", provider.title, provider.secret), "--token-stdin")?);
    }
    let account = connections::reauth(app, &ReauthRequest { connection: args.name.clone(), secret, switch }).await?;
    ui.outcome(&Renewed::of(args, account))
}

#[derive(Serialize)]
struct Renewed {
    connection: String,
    account: String,
    identity: String,
    authorised: Timestamp,
}

impl Renewed {
    fn of(args: &Args, account: Account) -> Self {
        Renewed {
            connection: args.name.to_string(),
            account: account.label.to_string(),
            identity: account.identity.name,
            authorised: account.authorised,
        }
    }
}

impl Outcome for Renewed {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        Some(format!("signed in to `{}` again as {}", self.connection, self.identity))
    }
}
