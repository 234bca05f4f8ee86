//! `appctl connections test`

use clap_complete::ArgValueCompleter;

use crate::app::App;
use crate::base::{ConnectionName, Error, Kind, Result};
use crate::cli::complete;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, Tested};

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
}

pub async fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let mut progress = ui.progress();
    progress.step(&format!("reaching `{}`", args.name));
    let tested = connections::test(app, &args.name).await?;
    drop(progress);
    ui.outcome(&tested)?;
    let failed: Vec<&str> =
        tested.objects.iter().filter(|object| object.problem.is_some()).map(|object| object.object.as_str()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    let kind = if failed.len() == tested.objects.len() { Kind::Failed } else { Kind::Partial };
    Err(Error::new(kind, format!("connection `{}` cannot bring {}", args.name, words::names(&failed))))
}

impl Outcome for Tested {
    fn sheet(&self) -> Sheet {
        let columns = [Column::text("object"), Column::count("rows"), Column::text("problem")];
        let rows = self
            .objects
            .iter()
            .map(|object| vec![object.object.as_str().into(), object.rows.into(), object.problem.clone().into()]);
        Sheet::list(columns, rows)
    }

    fn said(&self) -> Option<String> {
        Some(format!("reached `{}` as {}", self.connection, self.identity))
    }
}
