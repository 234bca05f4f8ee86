//! `appctl connections remove`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::app::App;
use crate::base::{ConnectionName, Result};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::connections::{self, RemoveRequest};

#[derive(clap::Args)]
pub struct Args {
    /// The connection
    #[arg(add = ArgValueCompleter::new(complete::connections))]
    name: ConnectionName,
    /// Keep the tables with their records, unlocked
    #[arg(long)]
    keep_data: bool,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let connection = connections::find(app, &args.name)?;
    let tables: Vec<String> = connection.objects.iter().map(|config| config.table.to_string()).collect();
    let question = if args.keep_data {
        format!("Remove connection `{}` and keep {}?", args.name, words::names(&tables))
    } else {
        format!("Remove connection `{}` with all records of {}?", args.name, words::names(&tables))
    };
    ui.confirmed(&question)?;
    connections::remove(app, &RemoveRequest { connection: args.name.clone(), keep_data: args.keep_data })?;
    ui.outcome(&Removed { connection: args.name.to_string(), tables, kept: args.keep_data })
}

#[derive(Serialize)]
struct Removed {
    connection: String,
    tables: Vec<String>,
    /// Whether the tables are still there, unlocked
    kept: bool,
}

impl Outcome for Removed {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let tables = words::names(&self.tables);
        Some(match self.kept {
            true => format!("removed connection `{}`; {tables} can be changed now", self.connection),
            false => format!(
                "removed connection `{}` with {tables}; `appctl log` has the operation to undo",
                self.connection
            ),
        })
    }
}
