//! Changing a connection: objects, fields, filters, schedule. Only what changed is read again, at the next run.

use super::add::configure;
use super::target::{filter, free_name};
use super::{ColumnConfig, Connection, DOCUMENT, ObjectConfig, ObjectRequest, Schedule, find, refuse_taken_table};
use crate::accounts;
use crate::app::App;
use crate::base::{Budget, ConnectionName, Error, FieldName, Kind, Result};
use crate::sources::Shape;

/// What shall be different. Everything else stays.
#[derive(Clone, Debug, Default)]
pub struct EditRequest {
    pub add_objects: Vec<ObjectRequest>,
    /// Their tables stay, unlocked
    pub remove_objects: Vec<String>,
    /// Object, column, and the field's name where it shall not be the column's own
    pub add_fields: Vec<(String, String, Option<FieldName>)>,
    /// Object and column or field; its values stay, unlocked
    pub remove_fields: Vec<(String, String)>,
    /// Object and filter; an empty filter takes the old one away
    pub filters: Vec<(String, String)>,
    /// `Some(None)` takes the schedule away
    pub schedule: Option<Option<Schedule>>,
    pub settings: Vec<(String, String)>,
    pub auto_fields: Option<bool>,
}

impl EditRequest {
    fn asks_the_source(&self) -> bool {
        !(self.add_objects.is_empty() && self.add_fields.is_empty() && self.filters.is_empty())
    }
}

/// Changes a connection. Gives it as it is now.
pub async fn edit(app: &App, name: &ConnectionName, request: &EditRequest) -> Result<Connection> {
    let mut connection = find(app, name)?;
    connection.settings.extend(request.settings.iter().cloned());
    let spec = connection.source()?.spec();
    let settings = match accounts::look(app, &connection.account)? {
        accounts::Seen::Account(account) => super::settings::with_account(connection.settings.clone(), spec, &account),
        _ => connection.settings.clone(),
    };
    super::add::check_settings(spec, &settings)?;
    if let Some(schedule) = &request.schedule {
        connection.schedule.clone_from(schedule);
    }
    if let Some(auto) = request.auto_fields {
        connection.objects.iter_mut().for_each(|config| config.auto_fields = auto);
    }
    for (object, column) in &request.remove_fields {
        remove_field(object_mut(&mut connection, object)?, column)?;
    }
    if request.asks_the_source() {
        ask_the_source(app, &mut connection, request).await?;
    }
    let mut freed = Vec::new();
    for object in &request.remove_objects {
        let config = connection.object(object)?.clone();
        connection.objects.retain(|other| other.object != config.object);
        freed.push(config);
    }
    if connection.objects.is_empty() {
        return Err(Error::usage("a connection brings at least one object")
            .hint(format!("take it away with `appctl connections remove {name}`")));
    }
    let what = format!("edit connection {name}");
    app.store.change(&app.person(), &what, |change| {
        for config in &freed {
            super::remove::free_table(change, name, config)?;
        }
        change.put_document(DOCUMENT, name.as_str(), &connection.body())
    })?;
    Ok(connection)
}

async fn ask_the_source(app: &App, connection: &mut Connection, request: &EditRequest) -> Result<()> {
    let name = connection.name.clone();
    let mut session = connection.open(app, Budget::unlimited()).await?;
    for object in &request.add_objects {
        if connection.objects.iter().any(|config| config.object == object.object) {
            let message = format!("connection `{name}` brings `{}` already", object.object);
            return Err(Error::new(Kind::Conflict, message).hint(format!("see `appctl connections show {name}`")));
        }
        let shape = session.describe(&object.object).await?;
        let config = configure(object, &shape, session.as_ref())?;
        refuse_taken_table(app, &name, &config.table, &config.object)?;
        connection.objects.push(config);
    }
    for (object, column, field) in &request.add_fields {
        let config = object_mut(connection, object)?;
        let shape = session.describe(&config.object).await?;
        add_field(config, &shape, column, field.clone())?;
    }
    for (object, text) in &request.filters {
        let config = object_mut(connection, object)?;
        config.filter = (!text.is_empty()).then(|| text.clone());
        config.filter_at_source = false;
        if !text.is_empty() {
            let shape = session.describe(&config.object).await?;
            let filter = filter(text, config, &shape)?;
            config.filter_at_source = shape.filters && session.pushes(&config.object, &filter);
        }
    }
    Ok(())
}

fn add_field(config: &mut ObjectConfig, shape: &Shape, column: &str, field: Option<FieldName>) -> Result<()> {
    if !shape.columns.iter().any(|other| other.id == column) {
        return Err(Error::not_found(format!("`{}` has no column `{column}`", config.object)));
    }
    if config.columns.iter().any(|line| line.id == column) {
        return Err(Error::new(Kind::Conflict, format!("column `{column}` of `{}` is brought already", config.object)));
    }
    let field = field.map_or_else(|| free_name(&config.columns, column), Ok)?;
    config.columns.push(ColumnConfig { id: column.to_owned(), field });
    config.left_out.retain(|id| id != column);
    Ok(())
}

fn remove_field(config: &mut ObjectConfig, column: &str) -> Result<()> {
    let at = config.columns.iter().position(|line| line.id == column || line.field.as_str() == column);
    let at = at.ok_or_else(|| Error::not_found(format!("`{}` brings no column `{column}`", config.object)))?;
    if config.key.contains(&config.columns[at].id) {
        return Err(Error::usage(format!("`{column}` is the key of `{}` and cannot be left out", config.object)));
    }
    let line = config.columns.remove(at);
    config.left_out.push(line.id);
    Ok(())
}

fn object_mut<'c>(connection: &'c mut Connection, object: &str) -> Result<&'c mut ObjectConfig> {
    let id = connection.object(object)?.object.clone();
    Ok(connection.objects.iter_mut().find(|config| config.object == id).expect("it was found just now"))
}

/// Keeps one object's configuration after a run widened it.
pub(super) fn save_object(app: &App, name: &ConnectionName, config: &ObjectConfig) -> Result<()> {
    let mut connection = find(app, name)?;
    *object_mut(&mut connection, &config.object)? = config.clone();
    let what = format!("new fields of {name}");
    app.store
        .change(&app.person(), &what, |change| change.put_document(DOCUMENT, name.as_str(), &connection.body()))?;
    Ok(())
}

/// Stops the schedule of a connection; data, cursors and manual runs stay.
pub fn pause(app: &App, name: &ConnectionName) -> Result<Connection> {
    set_paused(app, name, true)
}

/// Lets the schedule go on.
pub fn resume(app: &App, name: &ConnectionName) -> Result<Connection> {
    set_paused(app, name, false)
}

fn set_paused(app: &App, name: &ConnectionName, paused: bool) -> Result<Connection> {
    let connection = Connection { paused, ..find(app, name)? };
    let what = format!("{} connection {name}", if paused { "pause" } else { "resume" });
    app.store
        .change(&app.person(), &what, |change| change.put_document(DOCUMENT, name.as_str(), &connection.body()))?;
    Ok(connection)
}
