//! `appctl vault join`: prints the line that a member needs, and enters the vault once a member has used it.

use serde::Serialize;

use super::status::TeamShown;
use crate::app::{App, Team, TeamLook, TeamStanding};
use crate::base::{Error, Kind, Result};
use crate::cli::ui::{Outcome, Sheet, Ui};

#[derive(clap::Args)]
#[command(after_help = "\
First it makes your key in your keyring and prints a line; give that line to a member, who runs \
`appctl vault members add LINE`. Then run it again with the vault's name, as a member sees it in \
`appctl vault status`: nobody can give you another vault instead.

Examples:
  appctl vault join
  appctl vault join 3f1c-90ab-77e2-05d4")]
pub struct Args {
    /// The vault's name, as a member sees it
    #[arg(value_name = "VAULT")]
    vault: Option<String>,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let team = app.team.as_team()?;
    let look = match (team.look(), args.vault.as_deref()) {
        // Another vault than the one that was joined here: whoever names it means it.
        (Err(error), Some(vault)) if error.kind == Kind::Corrupt => return enter(ui, team, vault),
        (look, _) => look?,
    };
    match look.standing {
        TeamStanding::Member => {
            check_same(&look, args.vault.as_deref())?;
            let said = format!("`{}` is a member of the team vault `{}` already", look.user, name(&look));
            ui.outcome_and(&TeamShown(look), said)
        }
        TeamStanding::Admitted => {
            let vault = named(ui, &look, args.vault.as_deref())?;
            enter(ui, team, &vault)
        }
        _ => ask(app, ui, team),
    }
}

/// The name of the vault that is meant, as a member said it, or as a person agrees that they did.
fn named(ui: &mut Ui, look: &TeamLook, vault: Option<&str>) -> Result<String> {
    match vault {
        Some(vault) => Ok(vault.to_owned()),
        None if ui.can_ask() || ui.is_agreed() => {
            ui.confirmed(&format!("Does a member see `{}` in `appctl vault status`?", name(look)))?;
            Ok(name(look).to_owned())
        }
        None => Err(Error::usage("the vault's name is missing")
            .hint("ask a member what `appctl vault status` shows, and run `appctl vault join VAULT` with that name")),
    }
}

fn enter(ui: &mut Ui, team: &Team, vault: &str) -> Result<()> {
    let look = team.trust(vault)?;
    let said = format!("`{}` joined the team vault `{}`", look.user, name(&look));
    ui.outcome_and(&TeamShown(look), said)
}

fn ask(app: &App, ui: &mut Ui, team: &Team) -> Result<()> {
    app.vault.probe()?;
    let request = team.request()?;
    let fingerprint = team.look()?.fingerprint.unwrap_or_default();
    ui.outcome(&Asked { user: app.config.user.clone(), request, fingerprint })
}

fn check_same(look: &TeamLook, vault: Option<&str>) -> Result<()> {
    match vault {
        Some(vault) if vault != name(look) => {
            Err(Error::usage(format!("this is the team vault `{}`, not `{vault}`", name(look)))
                .hint("set `APPCTL_TEAM_VAULT` to the file of the other"))
        }
        _ => Ok(()),
    }
}

fn name(look: &TeamLook) -> &str {
    look.vault.as_deref().unwrap_or_default()
}

#[derive(Serialize)]
struct Asked {
    user: String,
    request: String,
    fingerprint: String,
}

impl Outcome for Asked {
    fn sheet(&self) -> Sheet {
        Sheet::thing([
            ("user", self.user.as_str().into()),
            ("request", self.request.as_str().into()),
            ("fingerprint", self.fingerprint.as_str().into()),
        ])
    }

    /// The line alone, so that it can be copied or piped whole.
    fn shown(&self) -> Sheet {
        Sheet::nothing().and_text(&self.request)
    }

    fn said(&self) -> Option<String> {
        Some(format!(
            "give this line to a member for `appctl vault members add`; the key that they are asked about is `{}`",
            self.fingerprint
        ))
    }
}
