//! `appctl vault init`

use super::status::TeamShown;
use crate::app::App;
use crate::base::Result;
use crate::cli::ui::Ui;

#[derive(clap::Args)]
#[command(after_help = "\
The team vault is a sealed file beside the app's store. Everybody who may use its secrets is a member with a key of \
their own, which stays in their keyring. Put the file where your team can reach it, and say where with \
`APPCTL_TEAM_VAULT`; users of one machine share a folder of their group (`chmod 2770`).

Example: appctl vault init")]
pub struct Args {
    /// Give up a vault that was here and is gone, with its secrets
    #[arg(long)]
    again: bool,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let team = app.team.as_team()?;
    // A vault whose key is lost is lost: ask the keyring before it has to keep one.
    app.vault.probe()?;
    let look = team.begin(app.clock.now(), args.again)?;
    let said = format!(
        "began the team vault `{}` with `{}` as its only member; others ask with `appctl vault join`",
        look.vault.as_deref().unwrap_or_default(),
        look.user
    );
    ui.outcome_and(&TeamShown(look), said)
}
