//! `appctl vault merge`

use std::path::PathBuf;

use serde::Serialize;

use super::status::number;
use crate::app::{App, TeamMerged};
use crate::base::Result;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};

#[derive(clap::Args)]
#[command(after_help = "\
A folder that several machines keep in step knows no locks: of two members who write at the same moment, one file takes
the other's place. Whoever wrote the other one is told so, and still has it: both are put together without losing what
only one of them holds. Without FILE your own copy of what you saw last is taken; FILE is one that lies beside the vault.

Examples:
  appctl vault merge
  appctl vault merge '/srv/team/team (conflicted copy).vault'")]
pub struct Args {
    /// Another copy of the vault
    file: Option<PathBuf>,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let TeamMerged { file, secrets, both } = app.team.as_team()?.merge(args.file.as_deref())?;
    ui.outcome(&Merged { file, secrets, changed_in_both: both })
}

#[derive(Serialize)]
struct Merged {
    file: String,
    secrets: usize,
    changed_in_both: Vec<String>,
}

impl Outcome for Merged {
    fn sheet(&self) -> Sheet {
        Sheet::thing([
            (Column::text("file"), self.file.as_str().into()),
            (Column::count("secrets"), number(self.secrets as u64)),
            (Column::text("changed_in_both"), self.changed_in_both.join(" ").into()),
        ])
    }

    fn shown(&self) -> Sheet {
        Sheet::list(["changed_in_both"], self.changed_in_both.iter().map(|name| vec![name.as_str().into()]))
    }

    fn said(&self) -> Option<String> {
        let secrets = words::counted(self.secrets as u64, "secret", "secrets");
        let both = match self.changed_in_both.len() {
            0 => String::new(),
            _ => "; of what was changed in both, the later was kept: test those accounts with `appctl integrations accounts \
                  test LABEL`"
                .to_owned(),
        };
        Some(format!("put both copies together: the team vault holds {secrets}{both}"))
    }
}
