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
    /// Take the file as it is, although it lacks what was seen of it here: it is a backup, or two parted and this is kept
    #[arg(long, requires = "vault")]
    as_it_is: bool,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let team = app.team.as_team()?;
    let look = match (team.look(), args.vault.as_deref()) {
        // Another vault than the one that was joined here: whoever names it means it.
        (Err(error), Some(vault)) if matches!(error.kind, Kind::Corrupt | Kind::Conflict) => {
            return enter(ui, team, vault, args.as_it_is);
        }
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
            enter(ui, team, &vault, args.as_it_is)
        }
        TeamStanding::NoVault if args.vault.is_some() => {
            Err(Error::new(Kind::Denied, format!("there is no team vault at `{}`", look.file))
                .hint("set `APPCTL_TEAM_VAULT` to the file of your team's"))
        }
        _ if args.vault.is_some() => Err(Error::new(Kind::Denied, format!("nobody has let `{}` in yet", look.user))
            .hint("give a member the line that `appctl vault join` prints, and enter once they have used it")),
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

fn enter(ui: &mut Ui, team: &Team, vault: &str, as_it_is: bool) -> Result<()> {
    let look = team.trust(vault, as_it_is)?;
    let said = format!("`{}` joined the team vault `{}`", look.user, name(&look));
    ui.outcome_and(&TeamShown(look), said)
}

fn ask(app: &App, ui: &mut Ui, team: &Team) -> Result<()> {
    app.vault.probe()?;
    let request = team.request()?;
    let look = team.look()?;
    let missing = (look.standing == TeamStanding::NoVault).then_some(look.file);
    let fingerprint = look.fingerprint.unwrap_or_default();
    ui.outcome(&Asked { user: app.config.user.clone(), request, fingerprint, missing })
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
    /// Where no vault is
    #[serde(skip)]
    missing: Option<String>,
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
        let missing = self.missing.as_ref().map(|file| {
            format!("; there is no team vault at `{file}` yet: `APPCTL_TEAM_VAULT` says where your team's is")
        });
        Some(format!(
            "give this line to a member for `appctl vault members add`; the key that they are asked about is `{}`{}",
            self.fingerprint,
            missing.unwrap_or_default()
        ))
    }
}
