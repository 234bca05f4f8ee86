//! How the whole app is, at a glance.

use super::doctor::{self, Check, Verdict};
use crate::accounts;
use crate::app::{App, Operation, OperationFilter};
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
    /// What `doctor` would say, as far as it can be told at once; nothing that is fine
    pub checks: Vec<Check>,
}

/// One account, and whether somebody has to sign in.
pub struct AccountHealth {
    pub account: String,
    pub provider: String,
    pub identity: String,
    pub needs_sign_in: bool,
    pub fix: Option<String>,
    /// Whether a connection that is not paused uses it
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
    Ok(Health { bytes, tables: tables::list(app)?, connections, operations, accounts, checks })
}

fn account_health(app: &App, connections: &[Status]) -> Result<Vec<AccountHealth>> {
    let one = |account: accounts::Account| {
        let uses = |connection: &&Status| connection.account == account.label.as_str();
        let user = connections.iter().find(uses);
        let refused =
            connections.iter().filter(uses).any(|connection| connection.status == connections::Health::NeedsReauth);
        let health = accounts::health(app, &account);
        let is_out = health.is_ok_and(|health| health != accounts::Health::Good);
        let needs_sign_in = refused || is_out;
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
            needs_sign_in,
            fix: needs_sign_in.then_some(fix),
            is_used: connections.iter().any(|connection| uses(&connection) && is_active(connection)),
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
        let checks = self.checks.iter().filter(|check| check.status == Verdict::Problem);
        let checks = checks.map(|check| (check.message.clone(), check.fix.clone()));
        checks.chain(accounts).chain(connections).collect()
    }
}
