//! `appctl vault members remove`

use serde::Serialize;

use crate::accounts;
use crate::app::App;
use crate::base::Result;
use crate::cli::ui::{Outcome, Sheet, Ui, words};

#[derive(clap::Args)]
#[command(after_help = "\
The data key is replaced, so that they read nothing that is kept from now on. What they knew they still know: it is \
listed, to be replaced at its provider.

Example: appctl vault members remove ben")]
pub struct Args {
    /// The member's name
    name: Option<String>,
}

pub fn run(app: &App, ui: &mut Ui, args: &Args) -> Result<()> {
    let team = app.team.as_team()?;
    let others: Vec<String> = team.members()?.into_iter().filter(|one| !one.you).map(|one| one.name).collect();
    let name = match &args.name {
        Some(name) => name.clone(),
        None if others.is_empty() => return Err(crate::base::Error::usage("there is no other member to remove")),
        None => {
            let chosen = ui.choose("The member", &others, "appctl vault members remove NAME")?;
            others[chosen].clone()
        }
    };
    // A name that is nobody's is refused by the vault, without a question before it.
    if others.contains(&name) {
        ui.confirmed(&format!("Remove `{name}` from the team vault?"))?;
    }
    let removed = team.remove(&name, app.clock.now())?;
    if args.name.is_none() {
        ui.say(format!("the same without questions: appctl vault members remove {} --yes", words::shell(&name)))?;
    }
    let knew = known(app, &removed.knew)?;
    ui.outcome(&Removed { removed: removed.name, data_key: removed.epoch, knew })
}

/// What the names in the vault stand for: `<app>/<provider>/<account id>`, and `<app>/client/<provider>` for a client's.
fn known(app: &App, names: &[String]) -> Result<Vec<Knew>> {
    let accounts = accounts::list(app)?;
    let one = |name: &String| {
        let mut parts = name.split('/').skip(1);
        let (provider, id) = match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
            ("client", provider) => (provider, ""),
            both => both,
        };
        let account = accounts.iter().find(|account| account.id == id);
        Knew {
            account: account.map(|account| account.label.to_string()),
            provider: account.map_or(provider, |account| account.product()).to_owned(),
            identity: account.map(|account| account.identity.name.clone()),
            secret: name.clone(),
        }
    };
    Ok(names.iter().map(one).collect())
}

#[derive(Serialize)]
struct Removed {
    removed: String,
    data_key: u64,
    /// The secrets that they knew
    knew: Vec<Knew>,
}

#[derive(Serialize)]
struct Knew {
    /// The account's label; null when the secret is no account's
    account: Option<String>,
    provider: String,
    identity: Option<String>,
    /// What it is called in the vault
    secret: String,
}

impl Outcome for Removed {
    fn sheet(&self) -> Sheet {
        let text = |text: &Option<String>| text.as_deref().map_or(crate::base::Value::Null, Into::into);
        let row = |one: &Knew| {
            vec![text(&one.account), one.provider.as_str().into(), text(&one.identity), one.secret.as_str().into()]
        };
        let columns = ["account", "provider", "identity", "secret"];
        Sheet::list(columns, self.knew.iter().map(row))
    }

    fn shown(&self) -> Sheet {
        if self.knew.is_empty() { Sheet::nothing() } else { self.sheet() }
    }

    fn said(&self) -> Option<String> {
        let (name, key) = (&self.removed, self.data_key);
        let knew = match self.knew.len() {
            0 => "they knew no secret".to_owned(),
            count => format!(
                "they knew {}: replace what is listed at its provider",
                words::counted(count as u64, "secret", "secrets")
            ),
        };
        Some(format!("removed `{name}`; the secrets are sealed with data key {key} now; {knew}"))
    }
}
