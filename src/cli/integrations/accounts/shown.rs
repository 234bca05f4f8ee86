//! An account as a person and a script see it. No secret is in it.

use serde::Serialize;

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::{FieldType, Result, Timestamp, Value};
use crate::cli::ui::{Column, Outcome, Sheet};

#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// As it is typed: the provider's id, or what a custom API is called
    pub provider: String,
    pub label: String,
    /// Whom the provider says it is
    pub identity: String,
    /// What tells two identities apart at the provider
    identity_id: String,
    owner: String,
    /// `team` or `private`
    sharing: &'static str,
    /// What `--method` was
    method: &'static str,
    scopes: Vec<String>,
    /// `good`, `needs re-auth`, `no secret here`, or `unknown` where the vault does not answer
    health: &'static str,
    /// Why it is not good
    pub reason: Option<String>,
    /// Whether it is the one that is taken where no label is given
    default: bool,
    /// Where it is reached instead of the provider's own address: a sandbox, a proxy
    endpoint: Option<String>,
    created: Timestamp,
    authorised: Timestamp,
    #[serde(skip)]
    title: String,
}

impl Shown {
    pub fn of(app: &App, account: &Account) -> Result<Self> {
        let (health, reason) = match accounts::health(app, account) {
            Ok(health) => (health.word(), health.reason().map(str::to_owned)),
            // A keyring that does not answer is no reason to show nothing.
            Err(error) => ("unknown", Some(error.message)),
        };
        Ok(Shown {
            provider: account.product().to_owned(),
            label: account.label.to_string(),
            identity: account.identity.name.clone(),
            identity_id: account.identity.id.clone(),
            owner: account.owner.clone(),
            sharing: account.sharing.word(),
            method: account.method.word(),
            scopes: account.scopes.clone(),
            health,
            reason,
            default: accounts::is_picked(app, account)?,
            endpoint: account.endpoint.as_ref().map(ToString::to_string),
            created: account.created,
            authorised: account.authorised,
            title: account.product_title().to_owned(),
        })
    }

    /// `ada@example.com at Google, private`
    pub fn sentence(&self) -> String {
        let place = self.endpoint.as_ref().map(|endpoint| format!(" ({endpoint})")).unwrap_or_default();
        format!("{} at {}{place}, {}", self.identity, self.title, self.sharing)
    }

    pub fn thing(&self) -> Sheet {
        let shown = columns().into_iter().zip(self.row());
        Sheet::thing(shown.map(|(column, value)| (column.name, value)))
    }

    fn row(&self) -> Vec<Value> {
        let scopes: Vec<&str> = self.scopes.iter().map(|scope| short(scope)).collect();
        vec![
            self.provider.as_str().into(),
            self.label.as_str().into(),
            self.identity.as_str().into(),
            self.owner.as_str().into(),
            self.sharing.into(),
            scopes.join(" ").into(),
            self.health.into(),
            Value::from(i64::from(self.default)),
            self.endpoint.clone().into(),
        ]
    }
}

impl Outcome for Shown {
    fn sheet(&self) -> Sheet {
        self.thing()
    }
}

pub fn list(accounts: &[Shown]) -> Sheet {
    Sheet::list(columns(), accounts.iter().map(Shown::row))
}

fn columns() -> Vec<Column> {
    let names = ["provider", "label", "identity", "owner", "sharing", "scopes", "health", "default", "endpoint"];
    let column = |name: &str| match name {
        "default" => Column::new(name, FieldType::Boolean),
        _ => Column::text(name),
    };
    names.into_iter().map(column).collect()
}

/// The telling part of a scope that is an address (Google's): `drive.file`.
fn short(scope: &str) -> &str {
    match scope.strip_prefix("https://") {
        Some(_) => scope.trim_end_matches('/').rsplit('/').next().unwrap_or(scope),
        None => scope,
    }
}
