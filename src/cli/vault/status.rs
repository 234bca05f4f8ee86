//! `appctl vault status`

use serde::Serialize;

use crate::app::{App, TeamLook, TeamStanding};
use crate::base::{Error, Result, Value};
use crate::cli::ui::{Outcome, Sheet, Ui};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl vault status
  appctl vault status --json --jq .team.vault")]
pub struct Args {}

pub fn run(app: &App, ui: &mut Ui, _args: &Args) -> Result<()> {
    let own = app.vault.probe();
    let team = match app.team.as_team() {
        Ok(team) => Some(team.look()),
        Err(_) => None,
    };
    let problem = |error: &Error| error.message.clone();
    let shown = Status {
        private: Private { vault: app.vault.word(), problem: own.as_ref().err().map(problem) },
        problem: team.as_ref().and_then(|look| look.as_ref().err()).map(problem),
        team: team.as_ref().and_then(|look| look.as_ref().ok()).cloned().map(TeamShown),
    };
    ui.outcome(&shown)?;
    own?;
    team.map_or(Ok(()), |look| look.map(drop))
}

#[derive(Serialize)]
struct Status {
    private: Private,
    team: Option<TeamShown>,
    /// Why the team vault cannot be looked at
    problem: Option<String>,
}

#[derive(Serialize)]
struct Private {
    vault: &'static str,
    problem: Option<String>,
}

impl Outcome for Status {
    fn sheet(&self) -> Sheet {
        let state = self.private.problem.as_deref().unwrap_or("ready");
        let rows = [vec!["private".into(), self.private.vault.into(), state.into()], self.team_row()];
        Sheet::list(["secrets", "vault", "state"], rows)
    }

    fn shown(&self) -> Sheet {
        let team = self.team.as_ref().filter(|team| team.0.vault.is_some());
        let rest = team.map_or_else(Sheet::nothing, Outcome::sheet);
        let mut sheet = self.sheet();
        sheet.parts.extend(rest.parts);
        sheet
    }

    fn said(&self) -> Option<String> {
        let look = &self.team.as_ref()?.0;
        if self.private.problem.is_some() {
            return None; // that comes first, and is told as an error
        }
        match look.standing {
            TeamStanding::NoVault => Some("begin a team vault with `appctl vault init`".to_owned()),
            TeamStanding::Member => None,
            TeamStanding::Admitted => Some("you were let in: run `appctl vault join`".to_owned()),
            _ => Some("ask to be let in with `appctl vault join`".to_owned()),
        }
    }
}

impl Status {
    fn team_row(&self) -> Vec<Value> {
        let state = match (&self.problem, &self.team) {
            (Some(problem), _) => problem.as_str(),
            (None, Some(TeamShown(look))) => look.standing.word(),
            (None, None) => "not with secrets in memory",
        };
        let vault = self.team.as_ref().and_then(|team| team.0.vault.as_deref());
        vec!["team".into(), vault.map_or(Value::Null, Into::into), state.into()]
    }
}

/// The team vault as one thing.
#[derive(Serialize)]
pub struct TeamShown(pub TeamLook);

impl Outcome for TeamShown {
    fn sheet(&self) -> Sheet {
        let TeamLook { file, user, standing, vault, epoch, members, secrets, fingerprint } = &self.0;
        let text = |text: &Option<String>| text.as_deref().map_or(Value::Null, Into::into);
        Sheet::thing([
            ("file", file.as_str().into()),
            ("user", user.as_str().into()),
            ("standing", standing.word().into()),
            ("vault", text(vault)),
            ("data_key", epoch.map_or(Value::Null, number)),
            ("members", number(members.len() as u64)),
            ("secrets", secrets.as_ref().map_or(Value::Null, |secrets| number(secrets.len() as u64))),
            ("fingerprint", text(fingerprint)),
        ])
    }
}

pub fn number(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
