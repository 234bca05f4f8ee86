//! `appctl sandbox`: the built-in fakes of the vendors, as servers.

mod serve;

use crate::base::Result;
use crate::cli::ui::Ui;

#[derive(clap::Subcommand)]
pub enum Command {
    /// Play the vendors on this machine, for tests and rehearsals
    Serve(serve::Args),
}

impl Command {
    pub async fn run(self, ui: &mut Ui) -> Result<()> {
        match self {
            Command::Serve(args) => serve::run(ui, args).await,
        }
    }
}
