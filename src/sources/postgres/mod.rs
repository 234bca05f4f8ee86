//! PostgreSQL as a source: first loads by binary `COPY` in one snapshot, changes by a time column or by `xmin`, deletes by
//! comparing the set of keys in the same snapshot. Read-only, and nothing is left on the server.

use std::collections::HashMap;

use async_trait::async_trait;

use super::{Access, Ask, Estimate, Identity, ObjectSummary, Page, Session, Shape, Source, Spec};
use crate::base::filter::Filter;
use crate::base::{Error, Result, Secret, Timestamp};
use crate::providers;

mod cursor;
mod decode;
mod discover;
mod estimate;
mod failure;
mod filter;
mod ident;
mod link;
mod numeric;
mod pages;
mod plan;
mod relation;
mod settings;
mod snapshot;
mod stream;
mod times;
mod tls;
mod types;

use ident::ObjectId;
use link::Link;
use relation::Relation;
use settings::Settings;
use snapshot::{Reading, Snapshot};

static SPEC: Spec = Spec {
    id: "postgres",
    title: "PostgreSQL",
    provider: &providers::POSTGRES,
    settings: settings::KEYS,
    usual_objects: &[],
    how: "tables are copied in one snapshot; later runs read what changed by a time column or by transaction, and find \
          deletes by comparing the keys",
};

/// The oldest server that has every function used here.
const OLDEST: i32 = 120_000;

#[derive(Debug)]
pub struct Postgres;

#[async_trait]
impl Source for Postgres {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    async fn open(&self, access: Access) -> Result<Box<dyn Session>> {
        let settings = Settings::read(&access.settings)?;
        let link = Link::open(&settings, access.secret.as_ref(), &access.budget).await?;
        let server = Server::ask(&link).await?;
        Ok(Box::new(Server::session(settings, access, link, server)))
    }
}

/// What the server says about itself.
#[derive(Clone, Debug)]
struct Server {
    /// `server_version_num`: 150018
    version: i32,
    version_text: String,
    user: String,
    database: String,
    is_standby: bool,
    /// The database's own encoding is UTF-8, so its order by bytes is the store's
    is_utf8: bool,
    /// System identifier and timeline, as far as we may know them
    system: String,
    /// Whether we see when others' transactions began
    sees_others: bool,
}

impl Server {
    async fn ask(link: &Link) -> Result<Self> {
        let sql = "
            SELECT current_setting('server_version_num')::int4, current_setting('server_version'), current_user::text,
                current_database()::text, pg_is_in_recovery(), current_setting('server_encoding') = 'UTF8',
                CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
                    THEN (SELECT system_identifier::text FROM pg_control_system()) END,
                CASE WHEN has_function_privilege('pg_control_checkpoint()', 'EXECUTE')
                    THEN (SELECT timeline_id::text FROM pg_control_checkpoint()) END,
                current_setting('is_superuser') = 'on' OR pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')";
        let row = link.one(sql, &[]).await?;
        let part = |index: usize| row.get::<_, Option<String>>(index).unwrap_or_default();
        let server = Server {
            version: row.get(0),
            version_text: row.get(1),
            user: row.get(2),
            database: row.get(3),
            is_standby: row.get(4),
            is_utf8: row.get(5),
            system: format!("{}/{}", part(6), part(7)),
            sees_others: row.get(8),
        };
        if server.version < OLDEST {
            return Err(Error::failed(format!(
                "PostgreSQL 12 or newer is needed, the server is {}",
                server.version_text
            )));
        }
        Ok(server)
    }

    fn session(settings: Settings, access: Access, link: Link, server: Server) -> PostgresSession {
        PostgresSession {
            now: access.clock.now(),
            settings,
            access,
            link,
            server,
            snapshot: None,
            relations: HashMap::new(),
            open: None,
            failed: false,
        }
    }
}

/// An open way to one database.
struct PostgresSession {
    settings: Settings,
    access: Access,
    link: Link,
    server: Server,
    /// `now()` in filters, the same for the whole run
    now: Timestamp,
    snapshot: Option<Snapshot>,
    /// What the catalog said, as of this session
    relations: HashMap<ObjectId, Relation>,
    /// The copy that the next page goes on with
    open: Option<stream::Open>,
    /// The last statement in the snapshot failed
    failed: bool,
}

impl PostgresSession {
    /// The relation as the catalog describes it now, remembered for this session.
    async fn relation(&mut self, object: &str) -> Result<Relation> {
        let id = ObjectId::parse(object)?;
        if let Some(relation) = self.relations.get(&id) {
            return Ok(relation.clone());
        }
        let relation = Relation::read(&self.link, &id, &self.server.user).await?;
        self.relations.insert(id, relation.clone());
        Ok(relation)
    }

    /// Makes the connection ready for a question beside the pages. A snapshot that is open stays.
    async fn ready(&mut self) -> Result<()> {
        self.quiet().await?;
        if self.snapshot.is_some() { self.prepare(Reading::Freely).await } else { Ok(()) }
    }

    /// Remembers that the last statement failed, which a snapshot has to be told.
    fn noted<T>(&mut self, result: Result<T>) -> Result<T> {
        self.failed |= result.is_err();
        result
    }

    /// Makes the connection ready for another statement: reconnects when it was lost, and ends an open copy.
    async fn quiet(&mut self) -> Result<()> {
        // A server that ends a connection says so before the connection is closed: after a failure it is tried out.
        let lost = self.link.is_closed() || self.failed && self.link.batch_for_free("").await.is_err();
        if lost {
            self.open = None;
            self.failed = false;
            self.snapshot = None;
            self.relations.clear();
            let secret: Option<Secret> = self.access.secret.clone();
            self.link = Link::open(&self.settings, secret.as_ref(), &self.access.budget).await?;
            self.server = Server::ask(&self.link).await?;
        }
        if let Some(open) = self.open.take() {
            open.drain().await;
        }
        Ok(())
    }
}

#[async_trait]
impl Session for PostgresSession {
    async fn identity(&mut self) -> Result<Identity> {
        let (user, server, database) = (&self.server.user, &self.settings.server, &self.server.database);
        let system = self.server.system.split('/').next().unwrap_or("");
        let system = if system.is_empty() { String::new() } else { format!(", system {system}") };
        Ok(Identity {
            id: format!("{user}@{server}/{database}"),
            name: format!("{database} on {server} as {user} (PostgreSQL {}{system})", self.server.version_text),
        })
    }

    async fn objects(&mut self) -> Result<Vec<ObjectSummary>> {
        self.ready().await?;
        let objects = discover::objects(&self.link, &self.settings, &self.server).await;
        self.noted(objects)
    }

    async fn describe(&mut self, object: &str) -> Result<Shape> {
        self.relations.remove(&ObjectId::parse(object)?);
        self.ready().await?;
        let relation = self.relation(object).await;
        let relation = self.noted(relation)?;
        Ok(discover::shape(&relation, &self.server, &self.settings))
    }

    async fn estimate(&mut self, ask: &Ask<'_>) -> Result<Estimate> {
        let estimate = self.estimate_of(ask).await;
        self.noted(estimate)
    }

    async fn page(&mut self, ask: &Ask<'_>) -> Result<Page> {
        self.next_page(ask).await
    }

    fn pushes(&self, object: &str, filter: &Filter) -> bool {
        let Ok(id) = ObjectId::parse(object) else { return false };
        self.relations.get(&id).is_some_and(|relation| filter::condition(relation, filter, self.now).is_some())
    }
}
