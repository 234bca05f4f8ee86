//! `appctl integrations accounts remove`

use clap_complete::ArgValueCompleter;
use serde::Serialize;

use crate::accounts::Remote;
use crate::app::App;
use crate::base::{Error, Kind, Label, Result};
use crate::cli::complete;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::connections::{self, Uses};

#[derive(clap::Args)]
#[command(after_help = "Example: appctl integrations accounts google remove ops")]
pub struct Args {
    /// The account
    #[arg(add = ArgValueCompleter::new(complete::accounts))]
    label: Label,
    /// Pause the connections that use it, instead of refusing
    #[arg(long)]
    pause: bool,
}

pub async fn run(app: &App, ui: &mut Ui, provider: Option<&str>, args: &Args) -> Result<()> {
    let account = super::find(app, provider, &args.label)?;
    let title = account.product_title().to_owned();
    let uses = if args.pause { Uses::AlsoPause } else { Uses::Refuse };
    connections::check_removal(app, &args.label, uses)?;
    let paused: Vec<String> = connections::uses(app, &args.label)?.iter().map(ToString::to_string).collect();
    ui.confirmed(&format!(
        "Remove account `{}` ({}) and take its access back at {title}?",
        account.label, account.identity.name
    ))?;
    let removed = connections::remove_account(app, &args.label, uses).await?;
    let (remote, reason) = match removed.remote {
        Remote::Revoked => ("revoked", None),
        Remote::Unsupported => ("unsupported", None),
        Remote::Failed(error) => ("failed", Some(error.message)),
    };
    let label = args.label.to_string();
    let report = Report { label, title, local: removed.local, remote, reason, paused, console: removed.console };
    ui.outcome(&report)?;
    // What stays here weighs more than what stays there: the account can still be removed again.
    removed.problem.or_else(|| report.failure()).map_or(Ok(()), Err)
}

#[derive(Serialize)]
struct Report {
    label: String,
    #[serde(skip)]
    title: String,
    #[serde(skip)]
    console: &'static str,
    /// Whether it is forgotten here
    local: bool,
    /// Whether the provider took the access back: `revoked`, `unsupported` or `failed`
    remote: &'static str,
    /// Why it could not be asked to
    reason: Option<String>,
    /// Connections that used it and wait for another one of this label
    paused: Vec<String>,
}

impl Report {
    /// What stays to be done by hand.
    fn failure(&self) -> Option<Error> {
        let reason = self.reason.as_ref()?;
        let message =
            format!("{} was not told, so the access of `{}` may live on there: {reason}", self.title, self.label);
        let place = if self.console.is_empty() { &self.title } else { self.console };
        Some(Error::new(Kind::Partial, message).hint(format!("take it back by hand at {place}")))
    }
}

impl Outcome for Report {
    fn sheet(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let label = &self.label;
        if !self.local {
            return Some(match self.remote {
                "revoked" => format!("{} took the access of `{label}` back, but its secret is still here", self.title),
                _ => format!("account `{label}` is still here"),
            });
        }
        let mut text = match self.remote {
            "revoked" => format!("removed account `{label}`; {} took its access back", self.title),
            "unsupported" => format!(
                "removed account `{label}` here; it can be ended at {} only",
                if self.console.is_empty() { &self.title } else { self.console }
            ),
            _ => format!("removed account `{label}` here"),
        };
        if !self.paused.is_empty() {
            text.push_str(&format!("\npaused {}", words::names(&self.paused)));
        }
        Some(text)
    }
}
