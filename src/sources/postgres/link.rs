//! One connection to the server: opened as `sslmode` says, read-only, with limits, and counted on the run's budget.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode as WireMode;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, CopyOutStream, NoTls, Row};

use super::failure::explain;
use super::ident::literal;
use super::settings::{Settings, SslMode};
use super::tls;
use crate::base::{Budget, Error, Kind, Result, Secret};

/// Longest that connecting, TLS and sign-in may take together.
const CONNECTING: Duration = Duration::from_secs(30);

/// What every session says first. Formats are fixed so that a type's text is the same whatever the server's settings;
/// `lc_monetary` is not, because it also decides how many decimals `money` has.
pub const FORMATS: &[(&str, &str)] = &[
    ("search_path", "pg_catalog"),
    ("datestyle", "ISO, YMD"),
    ("intervalstyle", "postgres"),
    ("timezone", "UTC"),
    ("extra_float_digits", "1"),
    ("bytea_output", "hex"),
    ("xmloption", "content"),
];

pub struct Link {
    client: Client,
    task: JoinHandle<()>,
    /// Why the connection ended
    ending: Arc<Mutex<Option<Error>>>,
    budget: Budget,
    user: String,
}

impl Link {
    /// Connects and makes the session read-only.
    ///
    /// `Kind::SignIn` when the server refuses the user or password, `Kind::Remote` when it cannot be reached.
    pub async fn open(settings: &Settings, secret: Option<&Secret>, budget: &Budget) -> Result<Self> {
        budget.spend()?;
        let mut config = settings.config.clone();
        if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
            config.password(secret.expose());
        }
        let connected = tokio::time::timeout(CONNECTING, connect(settings, config, budget)).await;
        let link = connected.unwrap_or_else(|_| Err(Error::remote("the server did not answer in 30 seconds")));
        let link = link.map_err(|error| error.while_doing(format!("connecting to `{}`", settings.server)))?;
        let mut setup = format!(
            "SET default_transaction_read_only = on; SET statement_timeout = {}; \
             SET idle_in_transaction_session_timeout = '10min'; SET lock_timeout = '1min'",
            settings.statement_timeout.as_millis()
        );
        for (name, value) in FORMATS {
            setup.push_str(&format!("; SET {name} = '{value}'"));
        }
        // A zone that the server does not know is said now, and not only when a run happens to need it.
        if let Some(zone) = settings.time_zone.as_deref().and_then(literal) {
            setup.push_str(&format!("; SELECT now() AT TIME ZONE {zone}"));
        }
        link.batch_for_free(&setup).await?;
        Ok(link)
    }

    /// Rows of one query, counted as one call.
    pub async fn query(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        self.budget.spend()?;
        self.client.query(sql, parameters).await.map_err(|error| self.explain(&error))
    }

    /// The one row of a query that always has one.
    pub async fn one(&self, sql: &str, parameters: &[&(dyn ToSql + Sync)]) -> Result<Row> {
        let mut rows = self.query(sql, parameters).await?;
        rows.pop().ok_or_else(|| Error::remote("the server answered with no row"))
    }

    /// Statements that only set up or end something: not counted.
    pub async fn batch_for_free(&self, sql: &str) -> Result<()> {
        self.client.batch_execute(sql).await.map_err(|error| self.explain(&error))
    }

    /// Begins a `COPY … TO STDOUT`, counted as one call.
    pub async fn copy(&self, sql: &str) -> Result<CopyOutStream> {
        self.budget.spend()?;
        self.client.copy_out(sql).await.map_err(|error| self.explain(&error))
    }

    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    pub fn explain(&self, error: &tokio_postgres::Error) -> Error {
        let ending = self.ending.lock().ok().and_then(|ending| ending.clone());
        match ending {
            Some(ending) if error.as_db_error().is_none() => ending,
            _ => explain(error, &self.user),
        }
    }
}

impl Drop for Link {
    /// Closes the socket at once, so that the server does not go on sending a copy that nobody reads.
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Tries what the mode allows, in libpq's order.
async fn connect(settings: &Settings, config: Config, budget: &Budget) -> Result<Link> {
    let mode = settings.ssl_mode;
    match mode {
        SslMode::Disable => attempt(settings, config, WireMode::Disable, budget).await,
        SslMode::Allow => match attempt(settings, config.clone(), WireMode::Disable, budget).await {
            // The server may want TLS of this user, and says so as a refusal.
            Err(error) if error.kind == Kind::SignIn => {
                match attempt(settings, config, WireMode::Require, budget).await {
                    Err(second) if second.kind != Kind::SignIn => Err(error),
                    other => other,
                }
            }
            other => other,
        },
        SslMode::Prefer => match attempt(settings, config.clone(), WireMode::Prefer, budget).await {
            Err(error) if is_about_tls(&error) => attempt(settings, config, WireMode::Disable, budget).await,
            other => other,
        },
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
            attempt(settings, config, WireMode::Require, budget).await
        }
    }
}

/// `prefer` falls back to the open wire when TLS itself fails, or when the server wants this user without TLS.
fn is_about_tls(error: &Error) -> bool {
    error.message.contains("TLS") || error.message.contains("SSL encryption")
}

async fn attempt(settings: &Settings, mut config: Config, mode: WireMode, budget: &Budget) -> Result<Link> {
    config.ssl_mode(mode);
    let ending = Arc::new(Mutex::new(None));
    let user = settings.user.clone();
    let said = |error: tokio_postgres::Error| explain(&error, &settings.user);
    let (client, task) = if mode == WireMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(said)?;
        (client, tokio::spawn(drive(connection, Arc::clone(&ending), user.clone())))
    } else {
        let connector = tls::connector(settings.ssl_mode, settings.ssl_root.as_deref())?;
        let (client, connection) = config.connect(connector).await.map_err(said)?;
        (client, tokio::spawn(drive(connection, Arc::clone(&ending), user.clone())))
    };
    Ok(Link { client, task, ending, budget: budget.clone(), user })
}

/// Keeps the connection going until it ends, and remembers why it did.
async fn drive(
    connection: impl Future<Output = Result<(), tokio_postgres::Error>>,
    ending: Arc<Mutex<Option<Error>>>,
    user: String,
) {
    if let Err(error) = connection.await
        && let Ok(mut ending) = ending.lock()
    {
        let mut error = explain(&error, &user);
        error.kind = Kind::Remote;
        *ending = Some(error);
    }
}
