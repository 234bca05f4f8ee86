//! `appctl vault members add`

use serde::Serialize;

use crate::app::{App, TeamMember};
use crate::base::Result;
use crate::cli::ui::{Outcome, Sheet, Ui, words};

#[derive(clap::Args)]
#[command(after_help = "\
The line is no secret, but it must come from the person whose name is in it: compare the key with what \
`appctl vault join` showed them before you let them in.

Example: appctl vault members add appctl-member-1:ben:Zm9v…")]
pub struct Args {
    /// The line that `appctl vault join` printed for them
    request: Option<String>,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let team = app.team.as_team()?;
    // Before anything is asked, so that nobody is asked in vain.
    team.members()?;
    let request = match &args.request {
        Some(request) => request.clone(),
        None => {
            let flag = "appctl vault members add REQUEST";
            ui.ask_valid("The request", None, flag, |text| team.requested(text).map(|_| text.to_owned()))?
        }
    };
    let asks = team.requested(&request)?;
    let (name, key) = (&asks.name, &asks.fingerprint);
    ui.confirmed(&format!("Let in `{name}` with the key `{key}`, to read every secret of the team?"))?;
    let member = team.admit(&request, app.clock.now())?;
    if args.request.is_none() {
        let command = format!("appctl vault members add {} --yes", words::shell(request.trim()));
        ui.say(format!("the same without questions: {command}"))?;
    }
    let vault = team.look()?.vault.unwrap_or_default();
    let said = format!("let in `{name}`; they enter with `appctl vault join {vault}`");
    ui.outcome_and(&Added(member), said)
}

#[derive(Serialize)]
#[serde(transparent)]
struct Added(TeamMember);

impl Outcome for Added {
    fn sheet(&self) -> Sheet {
        let TeamMember { name, fingerprint, added_by, added_at, .. } = &self.0;
        Sheet::thing([
            ("name", name.as_str().into()),
            ("fingerprint", fingerprint.as_str().into()),
            ("added_by", added_by.as_str().into()),
            ("added_at", added_at.rfc3339().into()),
        ])
    }
}
