//! Taking a connection away, with or without its tables, and taking its last run back.

use super::{Connection, DOCUMENT, ObjectConfig, find, list};
use crate::accounts::{self, Seen};
use crate::app::{App, Change, OperationFilter, Undone, state_document};
use crate::base::{ConnectionName, Error, Kind, Result, Table};

#[derive(Clone, Debug)]
pub struct RemoveRequest {
    pub connection: ConnectionName,
    /// The tables stay, unlocked; otherwise they go (and come back with `undo`)
    pub keep_data: bool,
}

/// Takes a connection away, and with it the account that was made with it, unless another connection uses that.
///
/// `Kind::Busy` while it is being synced.
pub fn remove(app: &App, request: &RemoveRequest) -> Result<Connection> {
    let name = &request.connection;
    let connection = find(app, name)?;
    drop(app.store.hold(name)?);
    if !request.keep_data {
        let tables: Vec<_> = connection.objects.iter().map(|config| &config.table).collect();
        crate::tables::refuse_referred(app, &tables)?;
    }
    let used = list(app)?.iter().any(|other| other.name != *name && other.account == connection.account);
    // One that was connected by itself stays, and so does what is not ours.
    let account = match accounts::look(app, &connection.account)? {
        Seen::Account(account) if !used && !account.on_its_own => Some(account),
        _ => None,
    };
    if let Some(account) = &account {
        accounts::announce(app, account)?;
    }
    let what = format!("remove connection {name}");
    app.store.change(&app.person(), &what, |change| {
        for config in &connection.objects {
            if request.keep_data {
                free_table(change, name, config)?;
            } else if let Some(table) = own_table(change, name, config)? {
                change.drop_table(&table)?;
            }
            let (kind, document) = state_document(name, &config.object);
            change.delete_document(kind, &document)?;
        }
        if let Some(account) = &account {
            accounts::delete(change, &account.label)?;
        }
        change.delete_document(DOCUMENT, name.as_str()).map(drop)
    })?;
    app.store.forget_sync(name)?;
    if let Some(account) = &account {
        accounts::forget_secret(app, account)?;
    }
    Ok(connection)
}

/// The object's table, when this connection fills it.
fn own_table(change: &Change<'_>, name: &ConnectionName, config: &ObjectConfig) -> Result<Option<Table>> {
    Ok(change.table(&config.table)?.filter(|table| table.connection.as_ref() == Some(name)))
}

/// Unlocks the object's table and leaves its records.
pub(super) fn free_table(change: &mut Change<'_>, name: &ConnectionName, config: &ObjectConfig) -> Result<()> {
    let Some(table) = own_table(change, name, config)? else { return Ok(()) };
    let mut free = table.clone();
    free.connection = None;
    free.fields.iter_mut().for_each(|field| field.source_id = None);
    change.redescribe(&table, &free)
}

/// Takes back the connection's last run that changed something and was not taken back yet.
///
/// Its cursors go back too, so the next run brings the same changes again unless the source has moved on.
pub fn undo(app: &App, name: &ConnectionName) -> Result<Undone> {
    find(app, name)?;
    let which = OperationFilter { connection: Some(name.clone()), ..OperationFilter::default() };
    let runs = app.store.operations(&which)?;
    let last = runs.iter().find(|operation| operation.undoes.is_none() && operation.undone_by.is_none());
    match last {
        Some(operation) => app.store.undo(operation.id, &app.person()),
        None => Err(Error::new(Kind::NotFound, format!("connection `{name}` has no run to take back"))
            .hint(format!("see `appctl connections history {name}`"))),
    }
}
