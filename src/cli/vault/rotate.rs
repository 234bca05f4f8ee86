//! `appctl vault rotate`

use serde::Serialize;

use crate::app::App;
use crate::base::Result;
use crate::cli::ui::{Column, Outcome, Sheet, Ui};

#[derive(clap::Args)]
#[command(after_help = "\
The secrets stay what they are; the key of the file becomes another one, sealed to each member. Do it when somebody \
may have seen a member's disk or memory, and replace the secrets at their providers too.

Example: appctl vault rotate")]
pub struct Args {}

pub fn run(app: &App, ui: &mut Ui, _args: &Args) -> Result<()> {
    let epoch = app.team.as_team()?.rotate(app.clock.now())?;
    ui.outcome_and(&Rotated { data_key: epoch }, format!("the team's secrets are sealed with data key {epoch} now"))
}

#[derive(Serialize)]
struct Rotated {
    /// Counts the data keys
    data_key: u64,
}

impl Outcome for Rotated {
    fn sheet(&self) -> Sheet {
        Sheet::thing([(Column::count("data_key"), super::status::number(self.data_key))])
    }
}
