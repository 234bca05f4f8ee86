//! `appctl connections discover`

use std::collections::BTreeMap;

use clap_complete::ArgValueCompleter;
use serde::Serialize;
use url::Url;

use super::choices;
use crate::app::App;
use crate::base::{ConnectionName, Error, FieldType, Kind, Label, Result, Value};
use crate::cli::complete;
use crate::cli::ui::secret::SecretArgs;
use crate::cli::ui::{Column, Outcome, Sheet, Ui, words};
use crate::connections::{self, AddRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl connections discover crm
  appctl connections discover hubspot --token-file token.txt")]
pub struct Args {
    /// A connection, or a source to look at before connecting it
    #[arg(value_name = "NAME", add = ArgValueCompleter::new(complete::connections_and_sources))]
    name: String,
    /// Use this account instead of a new one
    #[arg(long, value_name = "LABEL")]
    account: Option<Label>,
    /// Reach the source at this address: https, or http on this machine
    #[arg(long, value_name = "URL")]
    endpoint: Option<Url>,
    /// Give the source a setting; see `appctl connections sources`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = choices::setting)]
    settings: Vec<(String, String)>,
    #[command(flatten)]
    secret: SecretArgs,
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    let mut progress = ui.progress();
    progress.step(&format!("asking `{}` what it has", args.name));
    let found = match connection(app, &args.name)? {
        Some(name) => connections::discover(app, &name).await?,
        None => connections::offer(app, &request(app, ui, args).await?).await?.1,
    };
    drop(progress);
    let objects = found.into_iter().map(|object| Line {
        object: object.id,
        title: object.title,
        kind: object.kind,
        rows: object.rows,
        bytes: object.bytes,
        key: object.key,
        cursors: object.cursors,
        deletes: object.deletes,
        problem: object.problem,
    });
    ui.outcome(&Lines(objects.collect()))
}

/// The connection of this name; `None` when it is the id of a source instead.
fn connection(app: &App, name: &str) -> Result<Option<ConnectionName>> {
    let parsed = ConnectionName::parse(name)?;
    match connections::find(app, &parsed) {
        Ok(_) => Ok(Some(parsed)),
        Err(error) if error.kind == Kind::NotFound => {
            let known: Vec<String> = connections::sources_list().into_iter().map(|info| info.source).collect();
            if known.iter().any(|source| source == name) {
                return Ok(None);
            }
            Err(Error::not_found(format!("no connection and no source is named `{name}`"))
                .hint(format!("see `appctl connections list`; the sources are {}", known.join(", "))))
        }
        Err(error) => Err(error),
    }
}

async fn request(app: &App, ui: &mut Ui, args: Args) -> Result<AddRequest> {
    let mut request = AddRequest {
        source: args.name,
        account: args.account,
        secret: args.secret.given()?,
        endpoint: args.endpoint,
        settings: args.settings.into_iter().collect::<BTreeMap<_, _>>(),
        ..AddRequest::default()
    };
    super::wizard::ask_account(app, ui, &mut request).await?;
    Ok(request)
}

#[derive(Serialize)]
struct Lines(Vec<Line>);

#[derive(Serialize)]
struct Line {
    object: String,
    title: String,
    kind: String,
    rows: Option<u64>,
    bytes: Option<u64>,
    key: Vec<String>,
    cursors: Vec<String>,
    deletes: String,
    problem: Option<String>,
}

impl Outcome for Lines {
    fn sheet(&self) -> Sheet {
        let columns =
            ["object", "kind", "rows", "size", "key", "cursor", "problem", "deletes"].map(|name| match name {
                "rows" => Column::count(name),
                "size" => Column::new(name, FieldType::Number),
                name => Column::text(name),
            });
        let rows = self.0.iter().map(|line| {
            vec![
                Value::text(&line.object),
                Value::text(&line.kind),
                line.rows.into(),
                line.bytes.map(words::bytes).into(),
                line.key.join(", ").into(),
                line.cursors.first().cloned().into(),
                line.problem.clone().into(),
                Value::text(&line.deletes),
            ]
        });
        Sheet::list(columns, rows)
    }
}
