//! `appctl connections sources`

use serde::Serialize;

use crate::base::Result;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::{self, SourceInfo};

#[derive(clap::Args)]
#[command(after_help = "Example: appctl connections sources --json --jq '.[].source'")]
pub struct Args {}

pub fn run(ui: &mut Ui, _: &Args) -> Result<()> {
    ui.outcome(&Known(connections::sources_list()))
}

#[derive(Serialize)]
struct Known(Vec<SourceInfo>);

impl Outcome for Known {
    fn sheet(&self) -> Sheet {
        let settings = |info: &SourceInfo| {
            let keys = info
                .settings
                .iter()
                .map(|setting| format!("{}{}", setting.key, if setting.required { " (needed)" } else { "" }));
            keys.collect::<Vec<_>>().join(", ")
        };
        let rows = self.0.iter().map(|info| {
            vec![
                info.source.as_str().into(),
                info.title.as_str().into(),
                info.secret.as_str().into(),
                settings(info).into(),
                info.how.as_str().into(),
            ]
        });
        Sheet::list(["source", "title", "secret", "settings", "how"], rows)
    }
}
