//! Configured sources: what comes from where into which table, when, and how it went. The sync engine is `sync`; a
//! source is asked through `sources`, and no vendor is named here.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::accounts::{self, Account};
use crate::app::App;
use crate::base::Budget;
use crate::base::filter::Filter;
use crate::base::{ConnectionName, Error, FieldName, Kind, Label, Result, TableName, Timestamp};
use crate::sources::{self, Access, Session, Source};
use way::Way;

mod accounts_of;
mod add;
mod discover;
mod drift;
mod edit;
mod events;
mod history;
mod plan;
mod preview;
mod reauth;
mod remove;
mod report;
mod schedule;
mod settings;
pub mod sign_in;
mod status;
mod sync;
mod target;
mod way;

pub use accounts_of::{
    ShownAccount, Uses, check_removal, keep_signed_in, remove_account, rename_account, shown_account, uses,
};
pub use add::{AddRequest, ObjectRequest, account_for, add, offer};
pub use discover::{SourceInfo, discover, sources_list};
pub use drift::Drift;
pub use edit::{EditRequest, edit, pause, resume};
pub use events::{Event, Tell};
pub use history::history;
pub use plan::{ObjectEstimate, Plan, plan};
pub use preview::{Preview, preview};
pub use reauth::{ReauthRequest, Tested, TestedObject, reauth, test};
pub use remove::{RemoveRequest, remove, undo};
pub use report::{Failure, ObjectReport, RunReport, RunStatus};
pub use schedule::Schedule;
pub use settings::max_time;
pub use status::{Health, ObjectStatus, Status, is_due, next_run, status, status_of};
pub use sync::{SyncRequest, sync};

/// The kind of the documents that keep connections.
const DOCUMENT: &str = "connection";

/// A configured source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Connection {
    pub name: ConnectionName,
    /// The source's id: `hubspot`
    pub source: String,
    /// The account whose secret and endpoint are used
    pub account: Label,
    /// `--set key=value`
    pub settings: BTreeMap<String, String>,
    pub objects: Vec<ObjectConfig>,
    pub schedule: Option<Schedule>,
    #[serde(default)]
    pub paused: bool,
    pub created: Timestamp,
}

/// One object of a connection: where its rows go and which of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectConfig {
    /// The source's stable id: `contacts`, `public.orders`
    pub object: String,
    pub table: TableName,
    /// Ids of the key columns
    pub key: Vec<String>,
    /// The mapping: what is brought, key columns first
    pub columns: Vec<ColumnConfig>,
    /// Columns that were there when the mapping was made and were not chosen
    #[serde(default)]
    pub left_out: Vec<String>,
    /// A column that appears later is brought too, instead of only being offered
    #[serde(default)]
    pub auto_fields: bool,
    /// Only records for which this is true; in terms of the table's fields or the source's columns
    pub filter: Option<String>,
    /// The source evaluates the filter; otherwise we do, with every row that comes
    #[serde(default)]
    pub filter_at_source: bool,
    /// Only records that changed at or after this
    pub since: Option<Timestamp>,
    /// The column that tells what changed, where the source leaves a choice
    pub cursor_column: Option<String>,
}

/// One line of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnConfig {
    /// The source's stable id of the column
    pub id: String,
    pub field: FieldName,
}

/// All connections, by name.
pub fn list(app: &App) -> Result<Vec<Connection>> {
    let documents = app.store.documents(DOCUMENT)?;
    documents.into_iter().map(|(name, body)| parse(&name, body)).collect()
}

/// `Kind::NotFound` when no connection has this name.
pub fn find(app: &App, name: &ConnectionName) -> Result<Connection> {
    let body = app.store.document(DOCUMENT, name.as_str())?.ok_or_else(|| {
        Error::not_found(format!("no connection is named `{name}`")).hint("see `appctl connections list`")
    })?;
    parse(name.as_str(), body)
}

fn parse(name: &str, body: serde_json::Value) -> Result<Connection> {
    serde_json::from_value(body)
        .map_err(|error| Error::new(Kind::Corrupt, format!("connection `{name}` cannot be read: {error}")))
}

impl ObjectConfig {
    /// Whether rows come into the filter and leave it with time alone, so that every run reads everything.
    pub fn filter_moves_with_time(&self) -> bool {
        let filter = self.filter.as_deref().map(Filter::parse);
        filter.is_some_and(|filter| filter.is_ok_and(|filter| filter.moves_with_time()))
    }
}

impl Connection {
    fn source(&self) -> Result<&'static dyn Source> {
        sources::find(&self.source)
    }

    /// `Kind::NotFound` when the connection does not bring this object.
    pub fn object(&self, object: &str) -> Result<&ObjectConfig> {
        let named = |config: &&ObjectConfig| config.object == object || config.table.as_str() == object;
        self.objects.iter().find(named).ok_or_else(|| {
            let known = self.objects.iter().map(|config| config.object.as_str()).collect::<Vec<_>>().join(", ");
            Error::not_found(format!("connection `{}` has no object `{object}`", self.name)).hint(format!(
                "it brings {known}; add one with `appctl connections edit {} --object {object}`",
                self.name
            ))
        })
    }

    /// The account it uses. `Kind::Denied` when that is somebody else's private one.
    fn account(&self, app: &App) -> Result<Account> {
        accounts::named_by(app, &format!("connection `{}`", self.name), &self.account)
    }

    /// How to reach the source with this connection's account.
    fn access(&self, app: &App, budget: Budget) -> Result<Access> {
        let account = self.account(app)?;
        let way = Way::of(app, &account).map_err(|error| match error.kind {
            Kind::SignIn => error.hint(format!(
                "run `appctl connections reauth {}`, or set `{}`",
                self.name,
                accounts::variable(&account.label)
            )),
            _ => error,
        })?;
        Ok(Access {
            http: app.http.clone(),
            endpoint: account.endpoint.clone(),
            auth: way.auth,
            secret: way.password,
            settings: settings::with_account(self.source_settings(), self.source()?.spec(), &account),
            clock: app.clock.clone(),
            budget,
            account: account.label.to_string(),
        })
    }

    async fn open(&self, app: &App, budget: Budget) -> Result<Box<dyn Session>> {
        self.source()?.open(self.access(app, budget)?).await
    }

    /// Opens the source for a run that must end: nothing is asked, and nothing waited for, beyond this time.
    async fn open_for(&self, app: &App, budget: Budget, time: Duration) -> Result<Box<dyn Session>> {
        let access = self.access(app, budget)?;
        let http = access.http.ending_in(time);
        self.source()?.open(Access { http, ..access }).await
    }

    fn body(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("a connection is JSON")
    }
}

/// Makes sure that only one connection fills a table, and that a person's own table is not taken.
fn refuse_taken_table(app: &App, connection: &ConnectionName, table: &TableName, object: &str) -> Result<()> {
    let taken = app.store.tables()?.into_iter().find(|other| {
        other.name.as_str().to_lowercase() == table.as_str().to_lowercase()
            && other.connection.as_ref() != Some(connection)
    });
    if let Some(other) = taken {
        let whose = other.connection.map_or("is there already".to_owned(), |name| format!("is filled by `{name}`"));
        return Err(Error::new(Kind::Conflict, format!("table `{}` {whose}", other.name))
            .hint(format!("choose another name: `--object {object}=NAME`")));
    }
    Ok(())
}
