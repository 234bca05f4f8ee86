//! The questions of `connections add`: only what is missing is asked, and only when somebody can answer. What is missing
//! otherwise is refused by the engine, which names the flag.

use crate::accounts::{self, ConnectRequest, Method, Provider};
use crate::app::App;
use crate::base::{ConnectionName, Label, Result};
use crate::cli::integrations::connect;
use crate::cli::integrations::person::Pages;
use crate::cli::integrations::{ask, wanted::Wanted};
use crate::cli::ui::{Ui, words};
use crate::connections::{self, AddRequest, ObjectRequest, Schedule, SourceInfo};

/// Asks for what the request lacks, shows what will be done, and says whether anything was asked.
pub async fn complete(app: &App, ui: &mut Ui, request: &mut AddRequest) -> Result<bool> {
    let mut asked = ask_source(ui, request)?;
    let Some(info) = connections::sources_list().into_iter().find(|info| info.source == request.source) else {
        return Ok(asked);
    };
    asked |= ask_known(app, ui, &info, request)?;
    asked |= ask_settings(app, ui, &info, request)?;
    asked |= ask_account(app, ui, request).await?;
    if request.objects.is_empty() && !request.all && ui.can_ask() {
        ask_objects(app, ui, request).await?;
        ask_schedule(ui, request)?;
        asked = true;
    }
    if asked {
        ui.confirmed(&format!("Add connection `{}`: {}?", name(request), intention(request)))?;
    }
    Ok(asked)
}

fn ask_source(ui: &mut Ui, request: &mut AddRequest) -> Result<bool> {
    if !request.source.is_empty() {
        return Ok(false);
    }
    let known = connections::sources_list();
    let lines: Vec<String> = known.iter().map(|info| info.title.clone()).collect();
    let chosen = ui.choose("source", &lines, "appctl connections add SOURCE")?;
    request.source.clone_from(&known[chosen].source);
    Ok(true)
}

/// Offers the accounts that know where their data is, before it is asked. Whether anything was offered.
fn ask_known(app: &App, ui: &mut Ui, info: &SourceInfo, request: &mut AddRequest) -> Result<bool> {
    let needs = || info.settings.iter().filter(|setting| setting.required);
    let is_open = needs().any(|setting| !request.settings.contains_key(&setting.key));
    let new = request.account.is_some() || request.secret.is_some() || request.endpoint.is_some();
    let known = accounts::of_product(app, &info.provider)?;
    let knows = known.iter().any(|account| needs().all(|setting| account.settings.contains_key(&setting.key)));
    if new || !is_open || !knows || !ui.can_ask() {
        return Ok(false);
    }
    if !ask_which(app, ui, accounts::provider(&info.provider)?, request)? {
        let label = ui.ask_valid("label of the new account", None, "--account LABEL", Label::parse)?;
        request.account = Some(label);
    }
    Ok(true)
}

fn ask_settings(app: &App, ui: &mut Ui, info: &SourceInfo, request: &mut AddRequest) -> Result<bool> {
    let mut asked = false;
    let account = connections::account_for(app, request).ok().flatten();
    let knows = |key: &str| account.as_ref().is_some_and(|account| account.settings.contains_key(key));
    for setting in info.settings.iter().filter(|setting| setting.required) {
        if request.settings.contains_key(&setting.key) || knows(&setting.key) || !ui.can_ask() {
            continue;
        }
        let flag = format!("--set {}=VALUE", setting.key);
        let check = |text: &str| super::choices::setting(&format!("{}={text}", setting.key));
        ui.say(format!("{}: {}", setting.key, setting.help))?;
        let (key, value) = ui.ask_valid(&setting.key, None, &flag, check)?;
        request.settings.insert(key, value);
        asked = true;
    }
    Ok(asked)
}

/// Settles the account: one that is there, or a new one by any of its provider's ways to sign in. Nothing is asked where
/// the request or the environment says it already.
pub async fn ask_account(app: &App, ui: &mut Ui, request: &mut AddRequest) -> Result<bool> {
    let Ok(label) = label(request) else { return Ok(false) };
    let there = app.config.token(&label).is_some() || accounts::list(app)?.iter().any(|account| account.label == label);
    if request.secret.is_some() || there || !ui.can_ask() {
        return Ok(false);
    }
    let Some(info) = connections::sources_list().into_iter().find(|info| info.source == request.source) else {
        return Ok(false);
    };
    let provider = accounts::provider(&info.provider)?;
    if request.account.is_none() && request.endpoint.is_none() && ask_which(app, ui, provider, request)? {
        return Ok(true);
    }
    let mut wanted = Wanted::of(ConnectRequest {
        label: request.account.clone(),
        endpoint: request.endpoint.clone(),
        ..ConnectRequest::of(provider.id)
    });
    ask::method(ui, provider, &mut wanted)?;
    if wanted.method(provider) == Method::Token {
        return ask_secret(ui, &info, request);
    }
    ask::complete(app, ui, &mut wanted)?;
    let connected = connect::sign_in(app, ui, &mut wanted, Pages::Open).await?;
    ui.say(format!("account `{}` is kept, whatever becomes of the connection", connected.account.label))?;
    request.account = Some(connected.account.label);
    request.endpoint = None;
    Ok(true)
}

/// Offers the accounts of the provider that are there. `false`: none is, or another one is wanted.
fn ask_which(app: &App, ui: &mut Ui, provider: &Provider, request: &mut AddRequest) -> Result<bool> {
    let known = accounts::of_product(app, provider.id)?;
    if known.is_empty() {
        return Ok(false);
    }
    let mut lines: Vec<String> =
        known.iter().map(|account| format!("{} ({})", account.label, account.identity.name)).collect();
    lines.push("another one".to_owned());
    let chosen = ui.choose("account", &lines, "--account LABEL")?;
    request.account = known.get(chosen).map(|account| account.label.clone());
    Ok(request.account.is_some())
}

fn ask_secret(ui: &mut Ui, info: &SourceInfo, request: &mut AddRequest) -> Result<bool> {
    if !info.console.is_empty() {
        ui.say(format!("make a {} at {}", info.secret, info.console))?;
    }
    let secret = ui.ask_secret(&format!("{} {}", info.title, info.secret), "--token-stdin")?;
    request.secret = Some(secret).filter(|secret| !secret.is_empty());
    Ok(true)
}

async fn ask_objects(app: &App, ui: &mut Ui, request: &mut AddRequest) -> Result<()> {
    let mut progress = ui.progress();
    progress.step("asking what there is");
    let (identity, offered) = connections::offer(app, request).await?;
    drop(progress);
    ui.say(format!("signed in as {}", identity.name))?;
    let usual = connections::sources_list().into_iter().find(|info| info.source == request.source);
    let usual = usual.map(|info| info.usual_objects).unwrap_or_default();
    let (good, bad): (Vec<_>, Vec<_>) = offered.into_iter().partition(|object| object.problem.is_none());
    for object in &bad {
        ui.say(format!("`{}` cannot be synced: {}", object.id, object.problem.as_deref().unwrap_or_default()))?;
    }
    let lines: Vec<String> = good
        .iter()
        .map(|object| match object.rows {
            Some(rows) => format!("{} ({}, about {})", object.id, object.kind, words::counted(rows, "row", "rows")),
            None => format!("{} ({})", object.id, object.kind),
        })
        .collect();
    let ticked: Vec<bool> = good.iter().map(|object| usual.contains(&object.id)).collect();
    let chosen = ui.choose_many("objects", &lines, &ticked, "--object NAME")?;
    let chosen = chosen.into_iter().map(|at| ObjectRequest { object: good[at].id.clone(), ..ObjectRequest::default() });
    request.objects = chosen.collect();
    Ok(())
}

fn ask_schedule(ui: &mut Ui, request: &mut AddRequest) -> Result<()> {
    if request.schedule.is_some() {
        return Ok(());
    }
    let ways = ["by hand", "every 15m", "every 1h", "every 1d"].map(str::to_owned);
    let chosen = ui.choose("when to sync", &ways, "--every TIME")?;
    request.schedule = ways[chosen].strip_prefix("every ").map(Schedule::every).transpose()?;
    Ok(())
}

fn name(request: &AddRequest) -> String {
    request.name.as_ref().map_or_else(|| request.source.clone(), ToString::to_string)
}

fn label(request: &AddRequest) -> Result<Label> {
    match &request.account {
        Some(label) => Ok(label.clone()),
        None => Label::parse(request.name.as_ref().map_or(request.source.as_str(), ConnectionName::as_str)),
    }
}

/// `contacts and deals, every 15m`
fn intention(request: &AddRequest) -> String {
    let objects: Vec<&str> = request.objects.iter().map(|object| object.object.as_str()).collect();
    let what = if request.all { "every object".to_owned() } else { words::names(&objects) };
    let when = request.schedule.as_ref().map_or("by hand".to_owned(), ToString::to_string);
    format!("{what}, {when}")
}

/// The command that asks nothing and does the same. The secret is not in it.
pub fn command(request: &AddRequest, secret_from_option: bool) -> String {
    let mut words: Vec<String> = ["appctl", "connections", "add", &request.source].map(str::to_owned).to_vec();
    let mut option = |name: &str, value: String| words.extend([format!("--{name}"), words::shell(&value)]);
    if let Some(name) = &request.name {
        option("name", name.to_string());
    }
    if let Some(label) = &request.account {
        option("account", label.to_string());
    }
    for (key, value) in &request.settings {
        option("set", format!("{key}={value}"));
    }
    if let Some(endpoint) = &request.endpoint {
        option("endpoint", endpoint.to_string());
    }
    for object in &request.objects {
        let table = object.table.as_ref().map(|table| format!("={table}")).unwrap_or_default();
        option("object", format!("{}{table}", object.object));
        for (column, field) in &object.fields {
            let field = field.as_ref().map(|field| format!("={field}")).unwrap_or_default();
            option("field", format!("{}.{column}{field}", object.object));
        }
        if let Some(filter) = &object.filter {
            option("where", format!("{}={filter}", object.object));
        }
        if !object.key.is_empty() {
            option("key", format!("{}={}", object.object, object.key.join(",")));
        }
        if let Some(cursor) = &object.cursor_column {
            option("cursor", format!("{}={cursor}", object.object));
        }
    }
    match &request.schedule {
        Some(Schedule::Every { .. }) => {
            let every = request.schedule.as_ref().map(ToString::to_string).unwrap_or_default();
            option("every", every.trim_start_matches("every ").to_owned());
        }
        Some(Schedule::Cron { line, zone }) => {
            option("cron", line.clone());
            option("zone", zone.clone());
        }
        None => {}
    }
    if let Some(since) = request.objects.iter().find_map(|object| object.since) {
        option("since", since.rfc3339());
    }
    let flags = [
        (request.all, "--all"),
        (request.objects.iter().any(|object| object.auto_fields), "--auto-fields"),
        (request.secret.is_some() || secret_from_option, "--token-stdin"),
    ];
    words.extend(flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag.to_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Secret;

    #[test]
    fn the_printed_command_has_every_answer_and_no_secret() {
        let request = AddRequest {
            source: "hubspot".to_owned(),
            name: Some(ConnectionName::parse("crm").unwrap()),
            secret: Some(Secret::new("pat-canary")),
            objects: vec![ObjectRequest {
                object: "contacts".to_owned(),
                filter: Some("stage = 'won'".to_owned()),
                fields: vec![("email".to_owned(), None)],
                ..ObjectRequest::default()
            }],
            schedule: Some(Schedule::every("15m").unwrap()),
            ..AddRequest::default()
        };
        assert_eq!(
            command(&request, false),
            r"appctl connections add hubspot --name crm --object contacts --field contacts.email --where 'contacts=stage = '\''won'\''' --every 15m --token-stdin"
        );
    }
}
