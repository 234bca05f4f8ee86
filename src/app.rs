//! The app: what every noun works with. Built once by the door that was used.

use crate::base::{Clock, Result};
use crate::config::{Config, VaultKind};
use crate::http::Http;
use crate::store::Store;
pub use crate::vault::Vault;

/// The store's words, for the nouns: they reach the store only through an app.
pub use crate::store::{
    Applied, Author, AuthorKind, BackupStep, Batch, BatchListing, BatchNext, Change, ChangeRecord, Conflict,
    Conversion, Convert, Copied, Counts, Cut, Depth, Detail, EachRow, FieldChange, FinishObject, Found, History, Hit,
    Holds, Indexing, Inspection, Interrupted, Kin, Load, LogWatch, Match, Meaning, ObjectPlan, OpenBy, Operation,
    OperationFilter, OperationId, Outcome, Paths, Present, Prune, Pruned, Query, Ready, Refusal, Refused, Rehearsed,
    Removed, Retention, Run, RunRecord, RunRequest, Search, SelectLimits, Selected, Sort, Step, StepKind, Turn, Turns,
    Undone, VERSION as STORE_VERSION, Verdict, backups, digest, free_space, holders, inspect, inspect_file,
    is_searched, network_of, prepare_restore, present, sqlite_version, state_document, waiting_log,
};

/// The team vault's words.
pub use crate::vault::{
    Known as TeamMember, Look as TeamLook, Merged as TeamMerged, Removed as TeamRemoved, Standing as TeamStanding, Team,
};

pub struct App {
    pub store: Store,
    pub vault: Vault,
    /// The secrets of team accounts
    pub team: Vault,
    pub http: Http,
    pub clock: Clock,
    pub config: Config,
}

impl App {
    /// Opens the app that the configuration names; its store is made when it is not there.
    pub fn open(config: Config) -> Result<Self> {
        let clock = Clock::system();
        let store = Store::open(&config.app_folder(), clock.clone())?;
        App::around(store, clock, config)
    }

    /// The same app for reading only, by somebody who must not change what he looks at. `Kind::NotFound` when there is none.
    pub fn open_read_only(config: Config, clock: Clock) -> Result<Self> {
        let store = Store::open_read_only(&config.app_folder(), clock.clone())?;
        App::around(store, clock, config)
    }

    fn around(store: Store, clock: Clock, config: Config) -> Result<Self> {
        let http = Http::new(crate::http::Options {
            limits_folder: Some(config.home.join("limits")),
            ..crate::http::Options::default()
        })?;
        let vault = vault(&config);
        let team = team(&config, &vault);
        Ok(App { store, vault, team, http, clock, config })
    }

    /// An app in a folder that goes when the app does, with secrets in memory: tests and `demo`.
    pub fn temporary(clock: Clock) -> Result<Self> {
        let store = Store::temporary(clock.clone())?;
        let config = Config {
            home: store.folder().to_owned(),
            app: crate::base::AppName::parse("default")?,
            vault: VaultKind::Memory,
            team_vault: None,
            tokens: std::collections::BTreeMap::new(),
            user: "somebody".to_owned(),
        };
        let http = Http::new(crate::http::Options::default())?;
        Ok(App { store, vault: Vault::memory(), team: Vault::memory(), http, clock, config })
    }

    /// Who is working, for what is recorded.
    pub fn person(&self) -> Author {
        Author::person(&self.config.user)
    }
}

fn vault(config: &Config) -> Vault {
    match &config.vault {
        VaultKind::Keyring => Vault::keyring(config.home.join(TURNS)),
        VaultKind::File { key } => Vault::file(config.home.join(SEALED), key),
        VaultKind::Memory => Vault::memory(),
    }
}

fn team(config: &Config, own: &Vault) -> Vault {
    match config.vault {
        VaultKind::Memory => Vault::memory(),
        _ if config.team_vault.is_some() => {
            Vault::team_with_copies(config.team_file(), &config.user, own.clone(), config.home.join(COPIES))
        }
        _ => Vault::team(config.team_file(), &config.user, own.clone()),
    }
}

/// The file by which processes take turns at the keyring.
const TURNS: &str = "keyring.lock";

/// Copies of what was written to team vaults elsewhere.
const COPIES: &str = "team";

/// The sealed file of `APPCTL_VAULT=file`.
const SEALED: &str = "vault.sealed";

/// Whether secrets can be kept where the configuration says; nothing is left behind, not even in an empty home.
pub fn probe_vault(config: &Config) -> Result<()> {
    let elsewhere = tempfile::tempdir()?;
    let vault = match &config.vault {
        VaultKind::Keyring if !config.home.join(TURNS).exists() => Vault::keyring(elsewhere.path().join(TURNS)),
        VaultKind::File { key } if !config.home.join(SEALED).exists() => {
            Vault::file(elsewhere.path().join(SEALED), key)
        }
        _ => vault(config),
    };
    vault.probe()
}
