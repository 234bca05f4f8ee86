//! `appctl demo`: the whole story on the sandbox, with the real commands' code, in a folder that goes when it ends.

use async_trait::async_trait;
use url::Url;

use crate::accounts::{self, Browse, Client, ConnectRequest, Event, Method, Person};
use crate::app::App;
use crate::base::{Clock, ConnectionName, Error, Result, TableName};
use crate::cli::connections::{status, sync as sync_command};
use crate::cli::integrations;
use crate::cli::records::list;
use crate::cli::ui::Ui;
use crate::cli::undo;
use crate::connections::{self, AddRequest, ObjectRequest, SyncRequest};
use crate::sandbox::{self, Sandbox};

/// How much the sandbox begins with.
const CONTACTS: usize = 2_000;

pub async fn run(ui: &mut Ui) -> Result<()> {
    let sandbox = Sandbox::start(sandbox::Options { records: CONTACTS, ..sandbox::Options::default() }).await?;
    let app = App::temporary(Clock::system())?;
    let name = ConnectionName::parse("hubspot")?;
    ui.say("appctl keeps an app's data in step with other products. This is HubSpot, played on your own machine;\nnothing here leaves it, and nothing is kept.")?;

    command(ui, "connections add hubspot --object contacts --object companies --object deals --token-stdin --no-sync")?;
    connections::add(&app, &request(&sandbox)?).await?;
    ui.say("added connection `hubspot` for `contacts`, `companies` and `deals`")?;

    command(ui, "connections sync hubspot")?;
    sync(&app, ui, &name).await?;

    command(
        ui,
        "records list contacts --where \"lifecyclestage = 'customer'\" --sort email --fields email,city --limit 5",
    )?;
    customers(&app, ui)?;

    ui.say("\nNow, at HubSpot: two contacts change, one is deleted, a new deal is made.")?;
    change(&sandbox)?;

    command(ui, "connections sync hubspot")?;
    sync(&app, ui, &name).await?;

    command(ui, "connections status")?;
    status::show(&app, ui)?;

    command(ui, "connections undo hubspot")?;
    let undone = connections::undo(&app, &name)?;
    ui.outcome(&undo::Report { undone: &undone, what: "sync hubspot".to_owned() })?;
    ui.say("\nThe next run brings again what was taken back.")?;

    command(ui, "connections sync hubspot")?;
    sync(&app, ui, &name).await?;

    command(ui, "integrations connect google --private")?;
    let connected = sign_in(&app, &sandbox).await?;
    ui.say(format!(
        "somebody consented in the browser: account `{}` is {}",
        connected.account.label, connected.account.identity.name
    ))?;

    command(ui, "integrations accounts")?;
    integrations::accounts::list::run(&app, ui, None)?;
    sandbox.shutdown().await;
    ui.say(NEXT)
}

const NEXT: &str = "\nThat was all on the sandbox. What to try next:
  appctl connections add hubspot               a wizard asks for the token and the objects
  appctl connections add postgres --help       fill tables from a PostgreSQL server
  appctl sandbox serve                         HubSpot on your own machine, for tests and rehearsals
  appctl help                                  everything else";

fn command(ui: &mut Ui, text: &str) -> Result<()> {
    ui.say(format!("\n$ appctl {text}"))
}

/// Signs in to the sandbox's Google, as a browser and a person would.
async fn sign_in(app: &App, sandbox: &Sandbox) -> Result<accounts::Connected> {
    let (id, secret) = sandbox.client();
    let request = ConnectRequest {
        method: Some(Method::Code),
        client: Some(Client { id, secret: Some(secret) }),
        endpoint: Some(sandbox.endpoint("google")?),
        ..ConnectRequest::of("google")
    };
    accounts::connect(app, request, &mut Scripted).await
}

/// The sandbox's person, who says yes.
struct Scripted;

#[async_trait]
impl Person for Scripted {
    fn tell(&mut self, _: Event) {}

    fn browse(&mut self, url: &Url) -> Result<Browse> {
        let url = url.clone();
        // Whether the page was reached is seen by who waits for its answer.
        tokio::spawn(async move { Sandbox::browse(&url).await });
        Ok(Browse::Opened)
    }

    fn device(&mut self, _: &str, _: &Url, _: Option<&Url>) {}

    async fn paste(&mut self) -> Result<String> {
        Err(Error::usage("the demo has nobody who could paste an address"))
    }
}

fn request(sandbox: &Sandbox) -> Result<AddRequest> {
    let object = |object: &str| ObjectRequest { object: object.to_owned(), ..ObjectRequest::default() };
    Ok(AddRequest {
        source: "hubspot".to_owned(),
        secret: Some(sandbox.token()),
        endpoint: Some(sandbox.endpoint("hubspot")?),
        objects: ["contacts", "companies", "deals"].map(object).into(),
        ..AddRequest::default()
    })
}

async fn sync(app: &App, ui: &mut Ui, name: &ConnectionName) -> Result<()> {
    let request = SyncRequest { interrupt: ui.interrupted(), ..SyncRequest::of(name.clone()) };
    let report = sync_command::one(app, ui, &request).await?;
    let failure = report.failure();
    ui.outcome(&sync_command::Report { runs: vec![report] })?;
    failure.map_or(Ok(()), Err)
}

fn customers(app: &App, ui: &mut Ui) -> Result<()> {
    let which = list::Which {
        table: TableName::parse("contacts")?,
        filter: Some("lifecyclestage = 'customer'".to_owned()),
        sort: vec!["email".to_owned()],
        fields: vec!["email".to_owned(), "city".to_owned()],
        limit: Some(5),
        after: None,
    };
    list::show(app, ui, which)
}

fn change(sandbox: &Sandbox) -> Result<()> {
    let hubspot = sandbox.hubspot();
    let contacts = hubspot.live_ids("contacts")?;
    hubspot.update("contacts", &contacts[0].to_string(), &[("city", "Lisbon")])?;
    hubspot.update("contacts", &contacts[1].to_string(), &[("lifecyclestage", "customer")])?;
    hubspot.archive("contacts", &contacts[2].to_string())?;
    hubspot.create("deals", &[("dealname", "A new deal"), ("amount", "1200.50")])?;
    Ok(())
}
