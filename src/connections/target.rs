//! What one object's run asks for and where its rows go: the columns in their order, the table as it shall be, the
//! filter in the source's words, and whether everything has to be read again.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::drift::{Drift, drift};
use super::{ColumnConfig, Connection, ObjectConfig};
use crate::base::filter::{Class, Filter};
use crate::base::{Cell, Error, Field, FieldName, Kind, Result, Table, Timestamp};
use crate::sources::{Ask, Column, Mode, Session, Shape};

/// One object, ready to be asked for.
pub struct Target {
    pub config: ObjectConfig,
    /// Mapped columns first (key columns foremost), then those that only the local filter needs
    pub columns: Vec<Column>,
    pub table: Table,
    /// How many of `columns` are stored
    pub stored: usize,
    /// In terms of column ids; evaluated by the source
    pub pushed: Option<Filter>,
    /// In terms of column ids; evaluated here
    pub local: Option<Filter>,
    pub mode: Mode,
    pub cursor: Option<Json>,
    pub drift: Drift,
    /// Changes when the mapping does; then everything is read again
    pub shape: String,
    classes: BTreeMap<String, Class>,
}

/// What the last run left of an object.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct State {
    #[serde(default)]
    pub cursor: Option<Json>,
    #[serde(default)]
    pub shape: String,
    /// When the last complete run of this object began
    #[serde(default)]
    pub fresh: Option<Timestamp>,
    #[serde(default)]
    pub drift: Drift,
}

impl Target {
    /// Works out the target from the configuration, the stored table (`None`: first load) and the source's shape.
    pub fn new(
        connection: &Connection,
        config: &ObjectConfig,
        stored: Option<&Table>,
        shape: &Shape,
        session: &dyn Session,
        state: Option<State>,
        full: bool,
    ) -> Result<Self> {
        let mut config = config.clone();
        let drift = drift(&config, stored, shape);
        if config.auto_fields {
            add_new_columns(&mut config, stored, &drift)?;
        }
        let mut columns = mapped_columns(&config, shape)?;
        let count = columns.len();
        let filter = config.filter.as_deref().map(|text| filter(text, &config, shape)).transpose()?;
        let (pushed, local) = match filter {
            Some(filter) if shape.filters && session.pushes(&config.object, &filter) => (Some(filter), None),
            other => (None, other),
        };
        if let Some(filter) = &local {
            let needed = shape.columns.iter().filter(|column| filter.fields().contains(&column.id.as_str()));
            let extra: Vec<Column> = needed.filter(|column| !columns.contains(column)).cloned().collect();
            columns.extend(extra);
        }
        let table = table(connection, &config, stored, &columns[..count]);
        let fingerprint = fingerprint(&config, &columns);
        // Only time moves rows over the edge of such a filter: nothing that the source says of changes would tell.
        let full = full || local.as_ref().is_some_and(Filter::moves_with_time);
        let known = state.filter(|state| state.shape == fingerprint && stored.is_some() && !full);
        let cursor = known.and_then(|state| state.cursor);
        let mode = if cursor.is_some() { Mode::Incremental } else { Mode::Full };
        let classes = columns.iter().map(|column| (column.id.clone(), Class::of(&column.field_type))).collect();
        Ok(Target {
            config,
            columns,
            table,
            stored: count,
            pushed,
            local,
            mode,
            cursor,
            drift,
            shape: fingerprint,
            classes,
        })
    }

    pub fn ask<'a>(&'a self, position: Option<&'a Json>) -> Ask<'a> {
        Ask {
            object: &self.config.object,
            columns: &self.columns,
            key_len: self.config.key.len(),
            mode: self.mode,
            cursor: self.cursor.as_ref(),
            position,
            filter: self.pushed.as_ref(),
            since: self.config.since,
            cursor_column: self.config.cursor_column.as_deref(),
        }
    }

    /// Whether the filter has the time in it, so that every run reads everything.
    pub fn moves_with_time(&self) -> bool {
        self.pushed.iter().chain(&self.local).any(Filter::moves_with_time)
    }

    /// The names of the table's fields that the stored columns fill.
    pub fn fields(&self) -> Vec<FieldName> {
        let name = |column: &Column| {
            let line = self.config.columns.iter().find(|line| line.id == column.id);
            line.expect("stored columns are mapped").field.clone()
        };
        self.columns[..self.stored].iter().map(name).collect()
    }

    /// Same text, same work: what tells whether staged pages can be gone on with.
    pub fn fingerprint(&self) -> String {
        let cursor = self.cursor.as_ref().map_or(String::new(), Json::to_string);
        digest(&[&self.shape, &format!("{:?}", self.mode), &cursor])
    }

    /// Whether the local filter keeps this row; true without one.
    pub fn keeps(&self, cells: &[Cell<'_>], now: Timestamp) -> bool {
        let Some(filter) = &self.local else { return true };
        let cell = |id: &str| {
            let at = self.columns.iter().position(|column| column.id == id);
            at.map_or(Cell::Null, |at| cells[at])
        };
        filter.matches(&cell, &|id| self.classes[id], now)
    }
}

/// Columns that appeared since the mapping was made join it, under names that are still free: not those of a person's own
/// fields, stored or computed.
pub fn add_new_columns(config: &mut ObjectConfig, stored: Option<&Table>, drift: &Drift) -> Result<()> {
    for id in &drift.new {
        let own = |name: &str| {
            stored.is_some_and(|table| {
                let own = table.fields.iter().filter(|field| field.source_id.is_none()).map(|field| &field.name);
                let mut names = own.chain(table.computed.iter().map(|computed| &computed.name));
                names.any(|own| own.as_str().to_lowercase() == name.to_lowercase())
            })
        };
        let field = free(&|name| own(name) || is_mapped(&config.columns, name), id)?;
        config.columns.push(ColumnConfig { id: id.clone(), field });
    }
    Ok(())
}

/// A field name for a column: its own in our spelling, with a number when that is taken.
pub fn free_name(taken: &[ColumnConfig], id: &str) -> Result<FieldName> {
    free(&|name| is_mapped(taken, name), id)
}

fn is_mapped(columns: &[ColumnConfig], name: &str) -> bool {
    columns.iter().any(|line| line.field.as_str() == name)
}

fn free(is_taken: &dyn Fn(&str) -> bool, id: &str) -> Result<FieldName> {
    let plain = FieldName::from_source(id)?;
    if !is_taken(plain.as_str()) {
        return Ok(plain);
    }
    let numbered = (2..).map(|number| format!("{plain}_{number}")).find(|name| !is_taken(name));
    FieldName::parse(&numbered.expect("there are more numbers than columns"))
}

/// The mapped columns that the source still has, key columns first.
fn mapped_columns(config: &ObjectConfig, shape: &Shape) -> Result<Vec<Column>> {
    let find = |id: &str| shape.columns.iter().find(|column| column.id == id).cloned();
    let mut columns = Vec::new();
    for id in &config.key {
        columns.push(find(id).ok_or_else(|| {
            Error::new(Kind::NotFound, format!("key column `{id}` of `{}` is gone at the source", config.object))
                .hint("remove the connection's object and add it again with its new key; stored records stay")
        })?);
    }
    let others = config.columns.iter().filter(|line| !config.key.contains(&line.id));
    columns.extend(others.filter_map(|line| find(&line.id)));
    Ok(columns)
}

/// The table as it shall be: mapped fields with the source's types, everything else as it is.
fn table(connection: &Connection, config: &ObjectConfig, stored: Option<&Table>, columns: &[Column]) -> Table {
    let name = |id: &String| {
        let line = config.columns.iter().find(|line| line.id == *id);
        line.expect("key columns are mapped").field.clone()
    };
    let key: Vec<FieldName> = config.key.iter().map(name).collect();
    let mut table = stored.cloned().unwrap_or_else(|| Table {
        name: config.table.clone(),
        fields: Vec::new(),
        key,
        generated_key: false,
        connection: None,
        computed: Vec::new(),
    });
    table.connection = Some(connection.name.clone());
    for column in columns {
        let field = Field {
            name: name(&column.id),
            field_type: column.field_type.clone(),
            required: false,
            unique: false,
            source_id: Some(column.id.clone()),
        };
        match table.fields.iter_mut().find(|other| other.name == field.name) {
            Some(other) => *other = field,
            None => table.fields.push(field),
        }
    }
    // A field that left the mapping is a person's own from now on.
    for field in &mut table.fields {
        if !config.columns.iter().any(|line| line.field == field.name) {
            field.source_id = None;
        }
    }
    table
}

/// The filter in terms of the source's column ids, its literals in the columns' stored forms.
pub fn filter(text: &str, config: &ObjectConfig, shape: &Shape) -> Result<Filter> {
    let parsed = Filter::parse(text)?;
    let column = |name: &str| {
        let mapped = config.columns.iter().find(|line| line.field.as_str() == name).map(|line| line.id.as_str());
        let id = mapped.unwrap_or(name);
        shape.columns.iter().find(|column| column.id == id)
    };
    let checked = parsed.check(&|name| column(name).map(|column| column.field_type.clone()))?;
    Ok(checked.rename(&|name| column(name).expect("the check found it").id.clone()))
}

fn fingerprint(config: &ObjectConfig, columns: &[Column]) -> String {
    let columns = columns.iter().map(|column| format!("{}:{}", column.id, column.field_type.word()));
    let columns = columns.collect::<Vec<_>>().join("\n");
    let since = config.since.map_or(String::new(), Timestamp::rfc3339);
    let parts = [
        config.object.as_str(),
        &columns,
        config.filter.as_deref().unwrap_or_default(),
        &since,
        config.cursor_column.as_deref().unwrap_or_default(),
        config.table.as_str(),
    ];
    digest(&parts)
}

fn digest(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
