//! The user's own OAuth clients: asked for once per authorization server, then kept. The id is in a document, the secret in
//! the vault of whoever may use it; team accounts need one that the team has.

use serde::{Deserialize, Serialize};

use super::leftovers::Leftover;
use super::{Provider, Sharing, Site, place, product};
use crate::app::{App, Change, Vault};
use crate::base::{Error, Kind, Result, Secret, Timestamp};
use crate::oauth::Client;

/// The kind of the documents that keep clients.
const DOCUMENT: &str = "client";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    provider: String,
    /// The token endpoint it is known at: one provider may have many authorization servers
    server: String,
    /// The client's id there
    id: String,
    has_secret: bool,
    sharing: Sharing,
    owner: String,
    given: Timestamp,
}

/// The client that a new sign-in uses unless somebody gives another one: the last that was given. One's own goes before
/// the team's for a private account, and the team's before one's own for a team account. `None` when one must be asked for.
pub fn find(app: &App, provider: &Provider, site: &Site, sharing: Sharing) -> Result<Option<Client>> {
    let Ok(server) = provider.server(site) else { return Ok(None) };
    let mut known = of_server(app, provider.id, server.token.as_str())?;
    known.sort_by_key(|(_, record)| (record.sharing != sharing, std::cmp::Reverse(record.given)));
    match known.first() {
        Some((name, record)) => known_as(app, name, record.clone()).load().map(Some),
        None => Ok(None),
    }
}

/// The client of this id, for an account that was signed in with it. `Kind::Failed` when it is not known here.
pub(super) fn of_account(app: &App, provider: &Provider, site: &Site, id: &str, sharing: Sharing) -> Result<Known> {
    let server = provider.server(site)?;
    let mut known = of_server(app, provider.id, server.token.as_str())?;
    known.retain(|(_, record)| record.id == id);
    known.sort_by_key(|(_, record)| (record.sharing != sharing, std::cmp::Reverse(record.given)));
    let (name, record) = known.into_iter().next().ok_or_else(|| {
        Error::failed(format!("the client `{id}` of {} is not known here", provider.title)).hint(format!(
            "give it with `appctl integrations connect {} --client-id {id} --client-secret-stdin`",
            product::word(provider.id, &site.settings)
        ))
    })?;
    Ok(known_as(app, &name, record))
}

/// A client that is to be kept: its secret first, its document with whatever else changes.
pub(super) struct Keeping {
    name: String,
    record: Record,
    secret: Option<Secret>,
    is_new: bool,
}

/// Makes a client ready to be kept. The same client is kept once for its owner, and once for the team.
pub(super) fn prepare(
    app: &App,
    provider: &Provider,
    site: &Site,
    sharing: Sharing,
    client: &Client,
) -> Result<Keeping> {
    let server = provider.server(site)?.token.to_string();
    let known = of_server(app, provider.id, &server)?;
    let same = known.into_iter().find(|(_, record)| record.id == client.id && record.sharing == sharing);
    let is_new = same.is_none();
    let name = same.map_or_else(|| format!("{:016x}", rand::random::<u64>()), |(name, _)| name);
    let record = Record {
        provider: provider.id.to_owned(),
        server,
        id: client.id.clone(),
        has_secret: client.secret.is_some(),
        sharing,
        owner: app.config.user.clone(),
        given: app.clock.now(),
    };
    Ok(Keeping { name, record, secret: client.secret.clone(), is_new })
}

impl Keeping {
    /// Before `put`: a document never names a secret that is not there.
    pub fn keep_secret(&self, app: &App) -> Result<()> {
        let Some(secret) = &self.secret else { return Ok(()) };
        let (vault, key) = (place::vault(app, self.record.sharing), key(app, &self.name));
        let there = if self.is_new { None } else { vault.recent(&key)? };
        if there.is_some_and(|there| there.expose() == secret.expose()) {
            return Ok(());
        }
        vault.set(&key, secret)
    }

    pub fn put(&self, change: &mut Change<'_>) -> Result<()> {
        change.put_document(DOCUMENT, &self.name, &serde_json::to_value(&self.record).expect("a client is JSON"))
    }

    /// Its secret, which is nobody's until `put`.
    pub fn leftover(&self, app: &App) -> Leftover {
        Leftover::named(app, key(app, &self.name), self.record.sharing)
    }
}

/// Whether this is the name of a secret of a client that is there.
pub(super) fn owns(app: &App, secret: &str, sharing: Sharing) -> Result<bool> {
    let Some(name) = secret.strip_prefix(&key(app, "")) else { return Ok(false) };
    let Some(body) = app.store.document(DOCUMENT, name)? else { return Ok(false) };
    Ok(parse(name, body)?.sharing == sharing)
}

fn parse(name: &str, body: serde_json::Value) -> Result<Record> {
    serde_json::from_value(body)
        .map_err(|error| Error::new(Kind::Corrupt, format!("client `{name}` cannot be read: {error}")))
}

fn of_server(app: &App, provider: &str, server: &str) -> Result<Vec<(String, Record)>> {
    let mut found = Vec::new();
    for (name, body) in app.store.documents(DOCUMENT)? {
        let record = parse(&name, body)?;
        let ours = record.sharing == Sharing::Team || record.owner == app.config.user;
        if ours && record.provider == provider && record.server == server {
            found.push((name, record));
        }
    }
    Ok(found)
}

/// A client whose secret is read when it is needed.
#[derive(Debug)]
pub(super) struct Known {
    record: Record,
    vault: Vault,
    key: String,
}

fn known_as(app: &App, name: &str, record: Record) -> Known {
    Known { vault: place::vault(app, record.sharing).clone(), key: key(app, name), record }
}

impl Known {
    pub fn load(&self) -> Result<Client> {
        let Record { id, provider, .. } = &self.record;
        if !self.record.has_secret {
            return Ok(Client { id: id.clone(), secret: None });
        }
        let secret = self.vault.recent(&self.key)?.ok_or_else(|| {
            Error::failed(format!("the secret of client `{id}` is not here")).hint(format!(
                "give it again: `appctl integrations connect {provider} --client-id {id} --client-secret-stdin`"
            ))
        })?;
        Ok(Client { id: id.clone(), secret: Some(secret) })
    }
}

/// What the secret is called in the vault: `<app>/client/<document>`.
fn key(app: &App, name: &str) -> String {
    format!("{}/client/{name}", app.config.app)
}
