//! What a name or a dotted path means on a table: a stored field, a field of the record that a relation points to
//! (`owner.team.name`), the records of another table that point here (`tasks`, `tasks.title`), or a field that is worked
//! out. `walk` goes along the names, `write` says the same in SQLite's language. Descriptions only: no row is read here.

use rusqlite::Connection;

use super::{Store, schema};
use crate::base::{FieldType, Result, Table, TableName, Timestamp};

mod walk;
mod write;

pub use walk::{End, Step, Walk};
pub use write::Scope;

/// The tables of an app and how they hang together.
///
/// The records of another table that point here are called as that table is, when exactly one of its fields points here and
/// nothing here has the name; and `<table>_by_<field>` always.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    tables: Vec<Table>,
}

/// What there is at the end of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// What is shown: JSON for a path to many values, which is a list of them
    pub field_type: FieldType,
    /// How one value is compared: a relation as the key that it holds
    pub compared: FieldType,
    /// Whether a record may have several values there
    pub many: bool,
    /// The table whose records' ids are there, as text, because its key has several fields
    pub ids_of: Option<TableName>,
}

impl Store {
    /// What is needed to say what these names and paths mean on a table.
    pub fn paths<'n>(&self, table: &Table, names: impl IntoIterator<Item = &'n str>) -> Result<Paths> {
        Paths::load(&self.lock(), table, names)
    }
}

impl Paths {
    /// The other tables' descriptions, unless every name is a field that needs none of them.
    pub(super) fn load<'n>(
        connection: &Connection,
        table: &Table,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Self> {
        let plain =
            |name| table.field(name).is_some_and(|field| !matches!(field.field_type, FieldType::Relation { .. }));
        let tables = if names.into_iter().all(plain) { Vec::new() } else { schema::tables(connection)? };
        Ok(Paths { tables })
    }

    /// What a path means on a table. `Kind::NotFound`, with the part that is unknown, when it means nothing.
    pub fn meaning(&self, table: &Table, path: &str) -> Result<Meaning> {
        let walk = self.walk(table, path)?;
        let one = Scope::new(self, table, Timestamp::default()).end_type(&walk)?;
        let many = walk.last_many().is_some();
        let (compared, ids_of) = self.held_with_table(&one);
        Ok(Meaning { field_type: if many { FieldType::Json } else { one }, compared, many, ids_of })
    }

    /// The type of the values that a field of this type holds: a relation has those of the other table's key, and the
    /// record's id as text where that key has several fields.
    pub(super) fn held(&self, field_type: &FieldType) -> FieldType {
        self.held_with_table(field_type).0
    }

    /// What `held` gives, and the table whose records' ids it is.
    fn held_with_table(&self, field_type: &FieldType) -> (FieldType, Option<TableName>) {
        let mut held = field_type.clone();
        // Tables whose keys are relations may point to each other in a circle.
        for _ in 0..self.tables.len() {
            let FieldType::Relation { table, .. } = &held else { break };
            let Some(target) = self.tables.iter().find(|other| other.name == *table) else { break };
            held = match target.key_fields().collect::<Vec<_>>().as_slice() {
                [only] => only.field_type.clone(),
                _ => return (FieldType::Text, Some(target.name.clone())),
            };
        }
        (held, None)
    }

    /// Whether a relation to this table holds numbers that SQLite hands out, which are compared without any ado.
    pub(super) fn holds_rowid(&self, field_type: &FieldType) -> bool {
        let FieldType::Relation { table, .. } = field_type else { return false };
        self.tables.iter().any(|other| other.name == *table && schema::rowid_key(other))
    }
}
