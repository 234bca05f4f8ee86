//! `appctl connections add`

use clap_complete::ArgValueCompleter;
use serde::Serialize;
use url::Url;

use super::choices::{self, Choices, FieldChoice};
use super::schedule::When;
use super::show::Shown;
use super::{sync, wizard};
use crate::app::App;
use crate::base::{ConnectionName, Error, Label, Result, Timestamp};
use crate::cli::complete;
use crate::cli::ui::secret::SecretArgs;
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::connections::{self, AddRequest, ObjectRequest, RunReport, SyncRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  printf %s \"$TOKEN\" | appctl connections add hubspot --object contacts --object deals=sales --token-stdin
  appctl connections add postgres --name shop --set url=postgresql://reader@db.example/shop --object public.orders
  appctl connections add hubspot --name crm --object contacts --field contacts.email=mail --where contacts=\"lifecyclestage = 'customer'\" --every 15m

Without a flag that is needed, a person at a terminal is asked for it.")]
pub struct Args {
    /// The source; see `appctl connections sources`
    #[arg(add = ArgValueCompleter::new(complete::sources))]
    source: Option<String>,
    /// Name the connection; the source's id when left out
    #[arg(long)]
    name: Option<ConnectionName>,
    /// Use the account of this label, or call the new one so
    #[arg(long, value_name = "LABEL")]
    account: Option<Label>,
    /// Bring this object, into a table of another name after `=`
    #[arg(long = "object", value_name = "OBJECT[=TABLE]", value_parser = choices::object)]
    objects: Vec<ObjectRequest>,
    /// Bring every object that can be synced
    #[arg(long)]
    all: bool,
    /// Bring only the columns that are named so, into a field of another name after `=`
    #[arg(long = "field", value_name = "OBJECT.COLUMN[=FIELD]", value_parser = FieldChoice::parse)]
    fields: Vec<FieldChoice>,
    /// Bring only records of an object for which this is true
    #[arg(long = "where", value_name = "OBJECT=FILTER", value_parser = choices::of_object)]
    filters: Vec<(String, String)>,
    /// Bring only records that changed at or after this date
    #[arg(long, value_name = "DATE", value_parser = choices::moment)]
    since: Option<Timestamp>,
    /// Key columns of an object, where the source names none
    #[arg(long = "key", value_name = "OBJECT=COLUMN,…", value_parser = choices::of_object)]
    keys: Vec<(String, String)>,
    /// The column of an object that tells what changed
    #[arg(long = "cursor", value_name = "OBJECT=COLUMN", value_parser = choices::of_object)]
    cursors: Vec<(String, String)>,
    /// Bring columns that appear later without being asked
    #[arg(long)]
    auto_fields: bool,
    #[command(flatten)]
    when: When,
    /// Give the source a setting; see `appctl connections sources`
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = choices::setting)]
    settings: Vec<(String, String)>,
    /// Reach the source at this address: https, or http on this machine
    #[arg(long, value_name = "URL")]
    endpoint: Option<Url>,
    #[command(flatten)]
    secret: SecretArgs,
    /// Do not run the first sync now
    #[arg(long)]
    no_sync: bool,
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    let sync_now = !args.no_sync;
    let from_option = args.secret.token_stdin || args.secret.token_file.is_some();
    let mut request = request(args)?;
    let asked = wizard::complete(app, ui, &mut request).await?;
    // A keyring that cannot keep the token is told before anything else is done.
    if request.secret.is_some() {
        app.vault.probe()?;
    }
    let mut progress = ui.progress();
    progress.step(&format!("looking at `{}`", request.source));
    let connection = connections::add(app, &request).await?;
    drop(progress);
    let mut added = Added { shown: Shown::of(app, &connection)?, run: None };
    if asked {
        ui.say(format!("the same without questions: {}", wizard::command(&request, from_option)))?;
    }
    if !sync_now {
        return ui.outcome(&added);
    }
    ui.say(added.sentence())?;
    let request = SyncRequest { interrupt: ui.interrupted(), ..SyncRequest::of(connection.name.clone()) };
    let run = sync::one(app, ui, &request).await?;
    sync::details(ui, &run)?;
    let failure = run.failure();
    added.run = Some(run);
    ui.outcome(&added)?;
    failure.map_or(Ok(()), Err)
}

fn request(args: Args) -> Result<AddRequest> {
    let choices = Choices {
        fields: &args.fields,
        filters: &args.filters,
        keys: &args.keys,
        cursors: &args.cursors,
        since: args.since,
        auto_fields: args.auto_fields,
    };
    if args.all && (args.since.is_some() || args.auto_fields) && args.objects.is_empty() {
        return Err(Error::usage("`--since` and `--auto-fields` need the objects by name")
            .hint("give `--object NAME` for each"));
    }
    Ok(AddRequest {
        objects: choices.settle(args.objects),
        source: args.source.unwrap_or_default(),
        name: args.name,
        account: args.account,
        secret: args.secret.given()?,
        endpoint: args.endpoint,
        settings: args.settings.into_iter().collect(),
        all: args.all,
        schedule: args.when.schedule()?,
    })
}

#[derive(Serialize)]
struct Added {
    #[serde(flatten)]
    shown: Shown,
    /// The first sync; null with `--no-sync`
    run: Option<RunReport>,
}

impl Added {
    fn sentence(&self) -> String {
        format!("added connection `{}` for {}", self.shown.connection, words::names(&self.shown.tables()))
    }
}

impl Outcome for Added {
    fn sheet(&self) -> Sheet {
        self.shown.sheet()
    }

    fn shown(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        match &self.run {
            None => Some(self.sentence()),
            Some(run) => sync::sentence(run),
        }
    }
}
