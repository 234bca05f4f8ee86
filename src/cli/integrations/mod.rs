//! `appctl integrations`: what a person does with products that something is done in right now. Signing in to them, and
//! the accounts that come of it, are here; connections use the same accounts. The engine half is `src/accounts/`.

use clap::Subcommand;

use crate::accounts as engine;
use crate::base::Result;

use super::globals::Globals;
use super::ui::Ui;

pub mod accounts;
pub mod again;
pub mod ask;
pub mod browser;
pub mod connect;
pub mod person;
pub mod wanted;

#[derive(Subcommand)]
pub enum Command {
    /// Sign in to a product: in the browser, with a code on another device, or with a key
    Connect(Box<connect::Args>),
    /// List accounts, or change one
    Accounts(accounts::Args),
}

impl Command {
    pub async fn run(self, globals: &Globals, ui: &mut Ui) -> Result<()> {
        let app = &super::open(globals)?;
        engine::sweep(app).await;
        match self {
            Command::Connect(args) => connect::run(app, ui, *args).await,
            Command::Accounts(args) => accounts::run(app, ui, args).await,
        }
    }
}
