//! `appctl integrations accounts test`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::accounts::Tested;
use crate::app::App;
use crate::base::{Label, Result};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::connections::sign_in;

#[derive(clap::Args)]
#[command(after_help = "Example: appctl integrations accounts google test ops")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
}

pub async fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: &Args) -> Result<()> {
    let account = super::find(app, provider, &args.label)?;
    let title = account.product_title().to_owned();
    let mut progress = ui.progress();
    progress.step(&format!("asking {title}"));
    let tested = sign_in::test(app, &args.label).await?;
    drop(progress);
    ui.outcome(&Report { tested, title })
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    tested: Tested,
    #[serde(skip)]
    title: String,
}

impl Outcome for Report {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        Some(format!("account `{}` works: {} at {}", self.tested.account, self.tested.identity, self.title))
    }
}
