//! `appctl vault members list`

use serde::Serialize;

use crate::app::{App, TeamMember};
use crate::base::{FieldType, Result, Value};
use crate::cli::ui::{Column, Outcome, Sheet, Ui};

#[derive(clap::Args)]
#[command(after_help = "Example: appctl vault members list --json")]
pub struct Args {}

pub fn run(app: &App, ui: &mut Ui, _args: &Args) -> Result<()> {
    ui.outcome(&Members(app.team.as_team()?.members()?))
}

#[derive(Serialize)]
#[serde(transparent)]
struct Members(Vec<TeamMember>);

impl Outcome for Members {
    fn sheet(&self) -> Sheet {
        let yes = Column::new("you", FieldType::Boolean);
        let columns = ["name", "fingerprint", "added_by", "added_at"].map(Column::text).into_iter().chain([yes]);
        let row = |one: &TeamMember| {
            vec![
                one.name.as_str().into(),
                one.fingerprint.as_str().into(),
                one.added_by.as_str().into(),
                one.added_at.rfc3339().into(),
                Value::Integer(i64::from(one.you)),
            ]
        };
        Sheet::list(columns, self.0.iter().map(row))
    }
}
