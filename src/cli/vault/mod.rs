//! `appctl vault`: where secrets are, and with whom they are shared.

use clap::Subcommand;

use super::ui::Ui;
use crate::app::App;
use crate::base::Result;

mod init;
mod join;
mod members;
mod merge;
mod rotate;
mod status;

#[derive(Subcommand)]
pub enum Command {
    /// Show where secrets are, and what you are to the team vault
    Status(status::Args),
    /// Begin a team vault with yourself as its first member
    Init(init::Args),
    /// Ask to be let into a team vault, and enter it once you were
    Join(join::Args),
    /// List, let in and remove the members of the team vault
    Members(members::Args),
    /// Replace the key that the team's secrets are sealed with
    Rotate(rotate::Args),
    /// Put together two copies that parted in a folder that machines keep in step
    Merge(merge::Args),
}

impl Command {
    pub fn run(self, app: &App, ui: &mut Ui) -> Result<()> {
        match self {
            Command::Status(args) => status::run(app, ui, &args),
            Command::Init(args) => init::run(app, ui, &args),
            Command::Join(args) => join::run(app, ui, &args),
            Command::Members(args) => members::run(app, ui, args),
            Command::Rotate(args) => rotate::run(app, ui, &args),
            Command::Merge(args) => merge::run(app, ui, &args),
        }
    }
}
