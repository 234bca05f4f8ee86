//! `appctl sandbox serve`

use std::path::PathBuf;
use std::time::Duration;

use crate::base::{Error, Result, Value};
use crate::cli::ui::{Outcome, Sheet, Ui};
use crate::sandbox::{self, Limits, Plan, Sandbox};

#[derive(clap::Args)]
#[command(after_help = "\
Each endpoint takes the place of the vendor's own addresses, for any client: HubSpot's API, and every vendor's sign-in \
with the client below, where a made-up person consents at once (?human at the end of an authorization address shows a \
page instead). The data, the tokens and the faults follow from the seed. With --json one line says where everything is.

Examples:
  appctl sandbox serve
  appctl sandbox serve --port 8800 --records 100000 --json
  appctl sandbox serve --journal sandbox.journal
  appctl sandbox serve --faults 429:0.2,cut:0.05")]
pub struct Args {
    /// Listen on this port of 127.0.0.1; a free one when not given
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// Let the data, the token and the faults follow from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Begin with this many contacts; the other objects follow
    #[arg(long, value_name = "N", default_value_t = 1000)]
    records: usize,
    /// Play these faults (`429:0.2,cut:0.05`); see `appctl help faults`
    #[arg(long, value_name = "PLAN", default_value = "")]
    faults: String,
    /// Keep what is changed in this file and go on from it; several may serve from one
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    journal: Option<PathBuf>,
    /// Keep a vendor's rate limits: none, free or professional
    #[arg(long, value_name = "NAME", default_value = "none")]
    limits: String,
}

pub async fn run(ui: &mut Ui, args: Args) -> Result<()> {
    let limits = Limits::named(&args.limits).ok_or_else(|| {
        Error::usage(format!("no limits are called `{}`", args.limits)).hint("use none, free or professional")
    })?;
    let options = sandbox::Options {
        port: args.port,
        seed: args.seed,
        records: args.records,
        faults: Plan::parse(&args.faults).map_err(|error| error.hint("see `appctl help faults`"))?,
        limits,
        ..sandbox::Options::default()
    };
    let sandbox = match &args.journal {
        Some(journal) => Sandbox::open(journal, options).await?,
        None => Sandbox::start(options).await.map_err(|error| error.hint("leave `--port` out for a free one"))?,
    };
    if ui.format().is_json() {
        ui.text(&format!("{}\n", sandbox.announcement()))?;
    } else {
        ui.outcome(&Announcement(sandbox.announcement()))?;
    }
    let interrupt = ui.interrupted();
    while !interrupt.is_set() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    sandbox.shutdown().await;
    Ok(())
}

/// Where the sandbox is.
#[derive(serde::Serialize)]
struct Announcement(serde_json::Value);

impl Outcome for Announcement {
    fn sheet(&self) -> Sheet {
        let text = |value: &serde_json::Value| Value::text(value.as_str().unwrap_or_default());
        let endpoints = self.0["endpoints"].as_object().into_iter().flatten();
        let endpoints = endpoints.map(|(provider, url)| (provider.as_str(), text(url)));
        let secrets = [
            ("token", text(&self.0["token"])),
            ("client id", text(&self.0["client"]["id"])),
            ("client secret", text(&self.0["client"]["secret"])),
            ("control", text(&self.0["control"]["url"])),
            ("control token", text(&self.0["control"]["token"])),
        ];
        Sheet::thing(endpoints.chain(secrets))
    }

    fn said(&self) -> Option<String> {
        Some("serving until Ctrl-C".to_owned())
    }
}
