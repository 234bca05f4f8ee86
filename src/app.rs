//! The app: what every noun works with. Built once by the door that was used.

use crate::base::{Clock, Result};
use crate::config::{Config, VaultKind};
use crate::http::Http;
use crate::store::Store;
use crate::vault::Vault;

/// The store's words, for the nouns: they reach the store only through an app.
pub use crate::store::{
    Applied, Author, AuthorKind, Batch, BatchListing, BatchNext, Change, ChangeRecord, Conversion, Convert, Counts,
    Cut, EachRow, FinishObject, Found, Hit, Indexing, Interrupted, Load, LogWatch, Match, ObjectPlan, Operation,
    OperationFilter, OperationId, Outcome, Query, Refusal, Refused, Removed, Run, RunRecord, RunRequest, Search,
    SelectLimits, Selected, Sort, Undone, Verdict, is_searched, state_document,
};

pub struct App {
    pub store: Store,
    pub vault: Vault,
    pub http: Http,
    pub clock: Clock,
    pub config: Config,
}

impl App {
    /// Opens the app that the configuration names; its store is made when it is not there.
    pub fn open(config: Config) -> Result<Self> {
        let clock = Clock::system();
        let store = Store::open(&config.app_folder(), clock.clone())?;
        let http = Http::new(crate::http::Options {
            limits_folder: Some(config.home.join("limits")),
            ..crate::http::Options::default()
        })?;
        let vault = match config.vault {
            VaultKind::Keyring => Vault::keyring(config.home.join("keyring.lock")),
            VaultKind::Memory => Vault::memory(),
        };
        Ok(App { store, vault, http, clock, config })
    }

    /// An app in a folder that goes when the app does, with secrets in memory: tests and `demo`.
    pub fn temporary(clock: Clock) -> Result<Self> {
        let store = Store::temporary(clock.clone())?;
        let config = Config {
            home: store.folder().to_owned(),
            app: crate::base::AppName::parse("default")?,
            vault: VaultKind::Memory,
            tokens: std::collections::BTreeMap::new(),
            user: "somebody".to_owned(),
        };
        let http = Http::new(crate::http::Options::default())?;
        Ok(App { store, vault: Vault::memory(), http, clock, config })
    }

    /// Who is working, for what is recorded.
    pub fn person(&self) -> Author {
        Author::person(&self.config.user)
    }
}
