//! How the whole app is, at a glance.

use super::doctor::{self, Check, Verdict};
use crate::accounts;
use crate::app::{App, Operation, OperationFilter, TeamStanding};
use crate::base::Result;
use crate::connections::{self, Status};
use crate::operations;
use crate::tables::{self, Overview};

/// Operations that are shown.
const NEWEST: u64 = 5;

pub struct Health {
    /// Of the main file and its log
    pub bytes: u64,
    pub tables: Vec<Overview>,
    pub connections: Vec<Status>,
    /// The newest, newest first
    pub operations: Vec<Operation>,
    pub accounts: Vec<AccountHealth>,
    pub vault: VaultHealth,
    /// What `doctor` would say, as far as it can be told at once; nothing that is fine
    pub checks: Vec<Check>,
}

/// Where this user's secrets are, and whether they can be read.
pub struct VaultHealth {
    /// `keyring`, `file`, `memory`
    pub kind: &'static str,
    /// Why it does not work
    pub problem: Option<String>,
    /// The command that says what helps then
    pub fix: Option<String>,
    /// What this user is to the team vault: `member`; `None` where there is none
    pub team: Option<&'static str>,
}

/// One account, and whether somebody has to sign in.
pub struct AccountHealth {
    pub account: String,
    pub provider: String,
    pub identity: String,
    /// `good`, `needs re-auth`, `no secret here`, or `unknown` where the vault does not answer
    pub health: &'static str,
    /// Why it is not good
    pub reason: Option<String>,
    pub needs_sign_in: bool,
    pub fix: Option<String>,
    /// Whether a connection that is not paused uses it, or somebody who connected it by itself
    pub is_used: bool,
}

/// Everything about the app that is quickly told.
pub fn status(app: &App) -> Result<Health> {
    let connections = connections::status(app)?;
    let newest = OperationFilter { limit: Some(NEWEST), ..OperationFilter::default() };
    let operations = operations::log(app, &newest)?;
    let checks = doctor::quick(&app.config, &app.clock, operations.first().map(|operation| operation.at));
    let file = app.store.file();
    let bytes = std::fs::metadata(&file).map_or(0, |meta| meta.len()) + crate::app::waiting_log(&file);
    let accounts = account_health(app, &connections)?;
    Ok(Health {
        bytes,
        tables: tables::list(app)?,
        connections,
        operations,
        accounts,
        vault: vault_health(app),
        checks,
    })
}

/// Asks for something that is not there: a vault that works says so without a secret being touched.
fn vault_health(app: &App) -> VaultHealth {
    let error = app.vault.get("status").err();
    let standing = app.team.as_team().ok().and_then(|team| team.look().ok()).map(|look| look.standing);
    VaultHealth {
        kind: app.vault.word(),
        problem: error.as_ref().map(|error| error.message.clone()),
        fix: error.map(|_| super::command(&app.config, "vault status")),
        team: standing.filter(|standing| *standing != TeamStanding::NoVault).map(TeamStanding::word),
    }
}

fn account_health(app: &App, connections: &[Status]) -> Result<Vec<AccountHealth>> {
    let one = |account: accounts::Account| {
        let uses = |connection: &&Status| connection.account == account.label.as_str();
        let user = connections.iter().find(uses);
        let refused =
            connections.iter().filter(uses).any(|connection| connection.status == connections::Health::NeedsReauth);
        let (health, reason) = match accounts::health(app, &account) {
            Ok(accounts::Health::Good) if refused => ("needs re-auth", None),
            Ok(health) => (health.word(), health.reason().map(str::to_owned)),
            Err(error) => ("unknown", Some(error.message)),
        };
        let needs_sign_in = refused || !matches!(health, "good" | "unknown");
        let fix = match user {
            Some(connection) => super::command(&app.config, &format!("connections reauth {}", connection.connection)),
            None if account.on_its_own => {
                super::command(&app.config, &format!("integrations accounts reauth {}", account.label))
            }
            None => format!("set `{}`", accounts::variable(&account.label)),
        };
        let is_active = |connection: &Status| connection.status != connections::Health::Paused;
        AccountHealth {
            account: account.label.to_string(),
            provider: account.product().to_owned(),
            identity: account.identity.name.clone(),
            health,
            reason,
            needs_sign_in,
            fix: needs_sign_in.then_some(fix),
            is_used: account.on_its_own
                || connections.iter().any(|connection| uses(&connection) && is_active(connection)),
        }
    };
    Ok(accounts::list(app)?.into_iter().map(one).collect())
}

impl Health {
    pub fn records(&self) -> u64 {
        self.tables.iter().map(|table| table.records).sum()
    }

    /// What is not as it should be, in words, each with what helps. Empty when all is well.
    pub fn troubles(&self) -> Vec<(String, Option<String>)> {
        let connections = self.connections.iter().filter(|connection| !connection.status.is_fine());
        let connections =
            connections.map(|one| (format!("connection `{}`: {}", one.connection, one.status.word()), one.fix.clone()));
        let accounts = self.accounts.iter().filter(|account| account.needs_sign_in && account.is_used);
        let accounts = accounts.map(|one| (format!("account `{}`: needs a sign-in", one.account), one.fix.clone()));
        // A vault that does not work keeps nobody from what needs no account.
        let vault =
            self.vault.problem.iter().filter(|_| self.accounts.iter().any(|account| account.health == "unknown"));
        let vault = vault.map(|problem| (format!("the {}: {problem}", self.vault.kind), self.vault.fix.clone()));
        let checks = self.checks.iter().filter(|check| check.status == Verdict::Problem);
        let checks = checks.map(|check| (check.message.clone(), check.fix.clone()));
        checks.chain(vault).chain(accounts).chain(connections).collect()
    }
}
