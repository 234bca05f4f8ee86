//! `appctl connections reauth`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::accounts::{self, Switch};
use crate::app::App;
use crate::base::{ConnectionName, Result, Timestamp};
use crate::cli::complete;
use crate::cli::ui::secret::SecretArgs;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, ReauthRequest};

#[derive(clap::Args)]
#[command(after_help = "Example: printf %s \"$TOKEN\" | appctl connections reauth crm --token-stdin")]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    #[command(flatten)]
    secret: SecretArgs,
    /// Use the new identity even when it is another one than before
    #[arg(long)]
    switch_account: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let connection = connections::find(app, &args.name)?;
    let mut secret = args.secret.given()?;
    if secret.is_none() && app.config.token(&connection.account).is_none() && ui.can_ask() {
        let provider = accounts::provider(&accounts::find(app, &connection.account)?.provider)?;
        if !provider.console.is_empty() {
            ui.say(format!("make a new {} at {}", provider.secret, provider.console))?;
        }
        secret = Some(ui.ask_secret(&format!("{} {}", provider.title, provider.secret), "--token-stdin")?);
    }
    let switch = if args.switch_account { Switch::Allow } else { Switch::Refuse };
    let account = connections::reauth(app, &ReauthRequest { connection: args.name.clone(), secret, switch }).await?;
    ui.outcome(&Renewed {
        connection: args.name.to_string(),
        account: account.label.to_string(),
        identity: account.identity.name,
        authorised: account.authorised,
    })
}

#[derive(Serialize)]
struct Renewed {
    connection: String,
    account: String,
    identity: String,
    authorised: Timestamp,
}

impl Outcome for Renewed {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        Some(format!("signed in to `{}` again as {}", self.connection, self.identity))
    }
}
