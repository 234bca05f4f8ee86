//! `appctl integrations connect`

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap_complete::ArgValueCompleter;
use serde::Serialize;
use url::Url;

use super::accounts::shown::Shown;
use super::ask;
use super::person::{AtTerminal, Pages};
use super::wanted::Wanted;
use crate::accounts::{ConnectRequest, Connected, Method, Sharing, Switch};
use crate::app::App;
use crate::base::{Error, Label, Result, Secret};
use crate::cli::complete;
use crate::cli::connections::choices;
use crate::cli::ui::secret::{SecretArgs, read_private, read_stdin};
use crate::cli::ui::{Outcome, Sheet, Ui, words};
use crate::connections;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  appctl integrations connect google
  appctl integrations connect google --label ops --team --method device
  printf %s \"$TOKEN\" | appctl integrations connect slack --method token --token-stdin
  appctl integrations connect salesforce --method client-credentials --set domain=acme.my.salesforce.com
  appctl integrations connect github --method two-step --token-file app.pem --set app=Iv23li --set installation=42
  appctl integrations connect slack --method oauth --set as=bot --set redirect_url=https://acme.example/slack
  appctl integrations connect custom --name acme --issuer https://login.acme.example --client-id ID

Without a flag that is needed, a person at a terminal is asked for it. The client is your own: its id and secret are \
asked for once and kept in the vault.")]
pub struct Args {
    /// The product; `custom` is any other one
    #[arg(add = ArgValueCompleter::new(complete::providers))]
    provider: Option<String>,
    /// Name a `custom` product
    #[arg(long)]
    name: Option<String>,
    /// Label the account; made from the identity when left out
    #[arg(long)]
    label: Option<Label>,
    /// Let everybody in the team vault use it
    #[arg(long, conflicts_with = "private")]
    team: bool,
    /// Keep it to yourself
    #[arg(long)]
    private: bool,
    /// Sign in like this: oauth, device, token, service-account,
    /// two-step or client-credentials
    #[arg(long, value_parser = method)]
    method: Option<Method>,
    #[command(flatten)]
    sign_in: SignInArgs,
    /// Give the provider a setting (`domain=acme.my.salesforce.com`)
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = choices::setting)]
    settings: Vec<(String, String)>,
    /// Discover a `custom` product's addresses at this issuer
    #[arg(long, value_name = "URL")]
    issuer: Option<Url>,
    /// Reach the product at this address: https, or http on this machine
    #[arg(long, value_name = "URL")]
    endpoint: Option<Url>,
    /// Use another identity than the account of this label had
    #[arg(long)]
    switch_account: bool,
}

/// What a sign-in takes, whether the account is new or not.
#[derive(clap::Args, Clone, Debug)]
pub struct SignInArgs {
    /// Ask for this scope besides the usual ones
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// Ask for the named scopes alone
    #[arg(long, requires = "scopes")]
    pub only_scopes: bool,
    /// Use this OAuth client of yours
    #[arg(long, value_name = "ID")]
    pub client_id: Option<String>,
    /// Read the client's secret from stdin
    #[arg(long, conflicts_with_all = ["client_secret_file", "token_stdin"], requires = "client_id")]
    pub client_secret_stdin: bool,
    /// Read the client's secret from a file that only you can read
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath, requires = "client_id")]
    pub client_secret_file: Option<PathBuf>,
    #[command(flatten)]
    pub secret: SecretArgs,
    /// Let the browser come back to this port
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Open no browser here
    #[arg(long)]
    pub no_browser: bool,
    /// Wait this long for the browser, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = USUAL_WAIT.as_secs(), hide = true)]
    pub wait: u64,
}

impl SignInArgs {
    pub fn client_secret(&self) -> Result<Option<Secret>> {
        if self.client_secret_stdin {
            return read_stdin("client secret").map(Some);
        }
        self.client_secret_file.as_deref().map(read_private).transpose()
    }

    pub fn wait(&self) -> Duration {
        Duration::from_secs(self.wait)
    }

    pub fn pages(&self) -> Pages {
        if self.no_browser { Pages::Nowhere } else { Pages::Open }
    }
}

pub async fn run(app: &App, ui: &mut Ui, args: Args) -> Result<()> {
    let pages = args.sign_in.pages();
    let mut wanted = wanted(args)?;
    wanted.recall(app)?;
    let whole = wanted.request.label.is_some() || !ui.can_ask();
    if ui.can_ask() {
        // Before anybody types anything: a vault that cannot keep it is told first.
        let vault = if wanted.request.sharing == Some(Sharing::Team) { &app.team } else { &app.vault };
        vault.probe()?;
    }
    ask::complete(app, ui, &mut wanted)?;
    let connected = sign_in(app, ui, &mut wanted, pages).await?;
    if !whole {
        ui.say(format!("the same without questions: {}", wanted.command()))?;
    }
    ui.outcome(&Report::of(app, &connected)?)
}

/// How long the browser is waited for.
const USUAL_WAIT: Duration = Duration::from_secs(300);

/// Signs in, and puts what was decided on the way into what was wanted.
pub async fn sign_in(app: &App, ui: &mut Ui, wanted: &mut Wanted, pages: Pages) -> Result<Connected> {
    wanted.provider()?;
    let request = wanted.request(ui.interrupted());
    let connected = connections::sign_in::connect(app, request, &mut AtTerminal::new(app, ui, pages)).await?;
    wanted.request.label = Some(connected.account.label.clone());
    wanted.request.sharing = Some(connected.account.sharing);
    Ok(connected)
}

fn wanted(args: Args) -> Result<Wanted> {
    let client_secret = args.sign_in.client_secret()?;
    let sharing = args.sharing();
    let mut settings: BTreeMap<_, _> = args.settings.into_iter().collect();
    if let Some(name) = args.name {
        if args.provider.as_deref().is_some_and(|provider| provider != "custom") {
            return Err(
                Error::usage("`--name` names a `custom` product").hint("label the account with `--label LABEL`")
            );
        }
        settings.insert("name".to_owned(), name);
    }
    // A key that signs has many lines.
    let secret = match args.method {
        Some(method) if method.keeps_key() => args.sign_in.secret.given_whole()?,
        _ => args.sign_in.secret.given()?,
    };
    let request = ConnectRequest {
        label: args.label,
        sharing,
        method: args.method,
        settings,
        limit: args.sign_in.wait(),
        scopes: args.sign_in.scopes,
        only_scopes: args.sign_in.only_scopes,
        secret,
        issuer: args.issuer,
        endpoint: args.endpoint,
        port: args.sign_in.port,
        switch: if args.switch_account { Switch::Allow } else { Switch::Refuse },
        ..ConnectRequest::of(args.provider.unwrap_or_default())
    };
    Ok(Wanted { client_id: args.sign_in.client_id, client_secret, ..Wanted::of(request) })
}

impl Args {
    fn sharing(&self) -> Option<Sharing> {
        match (self.team, self.private) {
            (true, _) => Some(Sharing::Team),
            (_, true) => Some(Sharing::Private),
            _ => None,
        }
    }
}

/// Reads what `--method` takes.
pub fn method(text: &str) -> Result<Method> {
    Method::ALL.iter().copied().find(|method| method.word() == text).ok_or_else(|| {
        let known: Vec<_> = Method::ALL.iter().map(|method| format!("`{}`", method.word())).collect();
        Error::usage(format!("there is no method `{text}`")).hint(format!("use {}", known.join(" or ")))
    })
}

/// What came of a sign-in.
#[derive(Serialize)]
pub struct Report {
    #[serde(flatten)]
    shown: Shown,
    /// Scopes that were asked for and not granted
    missing_scopes: Vec<String>,
    /// What they are for, in words
    #[serde(skip)]
    missing_titles: Vec<String>,
    /// Whether the identity was there already, and has new tokens now
    updated: bool,
}

impl Report {
    pub fn of(app: &App, connected: &Connected) -> Result<Self> {
        let provider = crate::accounts::provider(&connected.account.provider)?;
        let title = |scope: &String| provider.scope_title(scope).to_owned();
        Ok(Report {
            missing_titles: connected.missing_scopes.iter().map(title).collect(),
            shown: Shown::of(app, &connected.account)?,
            missing_scopes: connected.missing_scopes.clone(),
            updated: connected.updated,
        })
    }
}

impl Outcome for Report {
    fn sheet(&self) -> Sheet {
        self.shown.thing()
    }

    fn shown(&self) -> Sheet {
        Sheet::nothing()
    }

    fn said(&self) -> Option<String> {
        let done = if self.updated { "signed in again to" } else { "connected" };
        let mut text = format!("{done} `{}`: {}", self.shown.label, self.shown.sentence());
        if !self.missing_scopes.is_empty() {
            let flags: String =
                self.missing_scopes.iter().map(|scope| format!(" --scope {}", words::shell(scope))).collect();
            text.push_str(&format!(
                "\nnot granted: {}; ask again with `appctl integrations accounts reauth {}{flags}`",
                self.missing_titles.join(", "),
                self.shown.label
            ));
        }
        Some(text)
    }
}
