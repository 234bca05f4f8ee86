//! The app: what every noun works with. Built once by the door that was used.

use crate::base::{Clock, Result};
use crate::config::Config;
use crate::http::Http;
use crate::store::Store;

/// The store's words, for the nouns: they reach the store only through an app.
pub use crate::store::{
    Author, AuthorKind, Change, ChangeRecord, Cut, Operation, OperationFilter, OperationId, Query, SelectLimits,
    Selected, Sort, Undone,
};

pub struct App {
    pub store: Store,
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
        Ok(App { store, http, clock, config })
    }

    /// Who is working, for what is recorded.
    pub fn person(&self) -> Author {
        Author::person(&self.config.user)
    }
}
