//! The questions before a sign-in: only what is missing is asked, and only when somebody can answer. What is asked after
//! it, once the identity is known, is in `person.rs`.

use super::wanted::Wanted;
use crate::accounts::{self, Method, Provider, Way};
use crate::app::App;
use crate::base::{Result, Secret};
use crate::cli::ui::Ui;

/// Completes what is wanted. `Kind::Usage` naming every flag that is missing when nobody can answer.
pub fn complete(app: &App, ui: &mut Ui, wanted: &mut Wanted) -> Result<()> {
    if !ui.can_ask() {
        if wanted.request.provider.is_empty() {
            ui.choose("provider", &[], "appctl integrations connect PROVIDER")?;
        }
        return wanted.refuse_missing(app);
    }
    // A label is the last thing that a person decides; who gives it has decided everything.
    let is_whole = wanted.request.label.is_some();
    ask_provider(ui, wanted)?;
    let provider = wanted.provider()?;
    if !is_whole {
        method(ui, provider, wanted)?;
    }
    if !is_whole {
        ask_choices(ui, provider, wanted)?;
    }
    let way = wanted.way(provider)?;
    ask_settings(ui, provider, &way, wanted)?;
    // Once more: what was set may be in the addresses.
    let way = wanted.way(provider)?;
    ask_client(app, ui, provider, &way, wanted)?;
    ask_landing(app, ui, provider, wanted)?;
    ask_secret(app, ui, provider, &way, wanted)?;
    if !is_whole {
        ask_scopes(ui, provider, wanted)?;
    }
    Ok(())
}

fn ask_provider(ui: &mut Ui, wanted: &mut Wanted) -> Result<()> {
    if !wanted.request.provider.is_empty() {
        return Ok(());
    }
    let known = accounts::providers();
    let lines: Vec<String> = known.iter().map(|provider| provider.title.to_owned()).collect();
    let chosen = ui.choose("provider", &lines, "appctl integrations connect PROVIDER")?;
    known[chosen].id.clone_into(&mut wanted.request.provider);
    Ok(())
}

/// Asks how to sign in, where there is a choice and nobody has made it.
pub fn method(ui: &mut Ui, provider: &Provider, wanted: &mut Wanted) -> Result<()> {
    let nothing_said = wanted.request.method.is_none() && wanted.request.secret.is_none() && wanted.client_id.is_none();
    if !nothing_said || provider.methods.len() < 2 {
        return Ok(());
    }
    let lines: Vec<String> = provider.methods.iter().map(|method| words(provider, *method)).collect();
    let chosen = ui.choose("how to sign in", &lines, "--method METHOD")?;
    wanted.request.method = Some(provider.methods[chosen]);
    Ok(())
}

/// `in the browser (oauth)`
fn words(provider: &Provider, method: Method) -> String {
    let text = match method {
        Method::Token => format!("with a {}", provider.secret),
        Method::Code => "in the browser".to_owned(),
        Method::Device => "with a code, in a browser anywhere".to_owned(),
        Method::ClientCredentials => "as the client itself, without a person".to_owned(),
        Method::ServiceAccount => "with the key of a service account".to_owned(),
        Method::TwoStep => "with a key that is exchanged for short-lived tokens".to_owned(),
    };
    format!("{text} ({})", method.word())
}

/// Asks for the settings that have few values, where a browser is used and nobody has said them.
fn ask_choices(ui: &mut Ui, provider: &Provider, wanted: &mut Wanted) -> Result<()> {
    if wanted.method(provider) != Method::Code {
        return Ok(());
    }
    for setting in provider.settings.iter().filter(|setting| !setting.choices.is_empty()) {
        if wanted.request.settings.contains_key(setting.key) {
            continue;
        }
        let lines: Vec<String> = setting.choices.iter().map(|(_, meaning)| (*meaning).to_owned()).collect();
        let chosen = ui.choose(setting.key, &lines, &format!("--set {}=VALUE", setting.key))?;
        if chosen > 0 {
            wanted.request.settings.insert(setting.key.to_owned(), setting.choices[chosen].0.to_owned());
        }
    }
    Ok(())
}

/// Asks for a page to come back to, where a client turns out to need one.
fn ask_landing(app: &App, ui: &mut Ui, provider: &Provider, wanted: &mut Wanted) -> Result<()> {
    match wanted.abroad(app)? {
        Some(abroad) => {
            ui.say(abroad.message)?;
            ask_setting(ui, provider, "redirect_url", wanted)
        }
        None => Ok(()),
    }
}

fn ask_settings(ui: &mut Ui, provider: &Provider, way: &Way, wanted: &mut Wanted) -> Result<()> {
    if wanted.request.issuer.is_some() {
        return Ok(());
    }
    for key in &way.needs {
        if !wanted.request.settings.contains_key(*key) {
            ask_setting(ui, provider, key, wanted)?;
        }
    }
    Ok(())
}

fn ask_setting(ui: &mut Ui, provider: &Provider, key: &str, wanted: &mut Wanted) -> Result<()> {
    if let Some(setting) = provider.settings.iter().find(|setting| setting.key == key) {
        ui.say(format!("{key}: {}", setting.help))?;
    }
    let check = |text: &str| {
        provider.check_value(key, text)?;
        crate::cli::connections::choices::setting(&format!("{key}={text}"))
    };
    let (key, value) = ui.ask_valid(key, None, &format!("--set {key}=VALUE"), check)?;
    wanted.request.settings.insert(key, value);
    Ok(())
}

fn ask_client(app: &App, ui: &mut Ui, provider: &Provider, way: &Way, wanted: &mut Wanted) -> Result<()> {
    if !way.client || (wanted.client_id.is_none() && wanted.has_client(app)?) {
        return Ok(());
    }
    let wants_secret = wanted.client_secret.is_none() && way.client_secret != Some(false);
    if wanted.client_id.is_none() {
        ui.say(format!("{} wants an OAuth client of your own; it is asked for once", provider.title))?;
        guide(ui, way)?;
        wanted.client_id = Some(not_empty(ui, "client id", "--client-id ID")?);
    } else if way.client_secret != Some(true) {
        // Who gives a client's id and no secret where none is needed has none.
        return Ok(());
    }
    if wants_secret {
        let needed = way.client_secret == Some(true);
        let prompt = if needed { "client secret" } else { "client secret (enter: it has none)" };
        wanted.client_secret = secret(ui, prompt, "--client-secret-stdin", needed)?;
    }
    Ok(())
}

fn ask_secret(app: &App, ui: &mut Ui, provider: &Provider, way: &Way, wanted: &mut Wanted) -> Result<()> {
    let from_environment = wanted.request.label.as_ref().is_some_and(|label| app.config.token(label).is_some());
    if wanted.request.secret.is_some() || from_environment {
        return Ok(());
    }
    match wanted.method(provider) {
        Method::Token => {
            guide(ui, way)?;
            let prompt = format!("{} {}", provider.title, provider.secret);
            wanted.request.secret = secret(ui, &prompt, "--token-stdin", !provider.secret_optional)?;
        }
        Method::TwoStep if !provider.exchanges_file() => {
            guide(ui, way)?;
            wanted.request.secret = secret(ui, "key", "--token-stdin", true)?;
        }
        Method::ServiceAccount | Method::TwoStep => {
            guide(ui, way)?;
            let read = |text: &str| crate::cli::ui::secret::read_private(std::path::Path::new(text));
            wanted.request.secret = Some(ui.ask_valid("file of the key", None, "--token-file FILE", read)?);
        }
        Method::Code | Method::Device | Method::ClientCredentials => {}
    }
    Ok(())
}

fn ask_scopes(ui: &mut Ui, provider: &Provider, wanted: &mut Wanted) -> Result<()> {
    let nothing_said = wanted.request.scopes.is_empty() && !wanted.request.only_scopes;
    if provider.scopes.is_empty() || matches!(wanted.method(provider), Method::Token | Method::TwoStep) || !nothing_said
    {
        return Ok(());
    }
    let titles = provider.scopes.iter().map(|scope| match scope.product {
        "" => scope.title.to_owned(),
        product => format!("{product}: {}", scope.title),
    });
    let usual: Vec<bool> = provider.scopes.iter().map(|scope| scope.usual).collect();
    let chosen = ui.choose_many("what it may do", &titles.collect::<Vec<_>>(), &usual, "--scope SCOPE")?;
    let is_chosen = |at: usize| chosen.contains(&at);
    wanted.request.only_scopes = usual.iter().enumerate().any(|(at, usual)| *usual && !is_chosen(at));
    let named = provider.scopes.iter().enumerate().filter(|(at, _)| is_chosen(*at));
    let added = named.filter(|(_, scope)| wanted.request.only_scopes || !scope.usual);
    wanted.request.scopes = added.map(|(_, scope)| scope.name.to_owned()).collect();
    Ok(())
}

/// Where a person makes what is asked for next, and what to enter there.
pub fn guide(ui: &mut Ui, way: &Way) -> Result<()> {
    if !way.make.is_empty() {
        ui.say(&way.make)?;
    }
    if let Some(page) = &way.page {
        ui.say(format!("  page          {page}"))?;
    }
    if let Some(uri) = &way.redirect_uri {
        ui.say(format!("  redirect URI  {uri}"))?;
    }
    Ok(())
}

fn not_empty(ui: &mut Ui, prompt: &str, flag: &str) -> Result<String> {
    ui.ask_valid(prompt, None, flag, |text| {
        let wrong = || crate::base::Error::usage(format!("`{prompt}` is empty or has a blank in it"));
        if text.is_empty() || text.contains(char::is_whitespace) { Err(wrong()) } else { Ok(text.to_owned()) }
    })
}

/// A secret that must be there, or `None` for an empty one that need not.
fn secret(ui: &mut Ui, prompt: &str, flag: &str, needed: bool) -> Result<Option<Secret>> {
    loop {
        let secret = ui.ask_secret(prompt, flag)?;
        if !secret.is_empty() || !needed {
            return Ok(Some(secret).filter(|secret| !secret.is_empty()));
        }
        ui.warn("it is needed; Ctrl-C ends without it")?;
    }
}
