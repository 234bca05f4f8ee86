//! New names for tables and fields, and for what refers to them.

use serde_json::Value as Json;

use super::shape::{lower, no_field, refuse_taken_field};
use super::{Change, damaged};
use crate::base::references::{self, Carried, Referrer, Renamed};
use crate::base::{Computed, FieldName, FieldType, Result, Table, TableName};
use crate::store::schema;
use crate::store::sql::quote;

/// What a table or column is called between two names that differ only in upper and lower case.
const BETWEEN: &str = "_appctl_renamed";

impl Change<'_> {
    /// Gives a table another name; relations and rollups follow. Gives the table as it is now.
    ///
    /// It is recorded under both names, so that the history of each shows it.
    pub fn rename_table(&mut self, table: &Table, to: &TableName) -> Result<Table> {
        let from = &table.name;
        let twin = from.as_str().to_lowercase() == to.as_str().to_lowercase();
        if twin {
            self.rename_sql_table(from.as_str(), BETWEEN)?;
            self.rename_sql_table(BETWEEN, to.as_str())?;
        } else {
            self.refuse_taken_name(to)?;
            self.rename_sql_table(from.as_str(), to.as_str())?;
        }
        let carried = references::carried(&self.tables()?, Renamed::Table { from, to });
        let renamed = Table { name: to.clone(), ..table.clone() };
        self.connection.execute("DELETE FROM _appctl_tables WHERE name = ?", [from.as_str()])?;
        schema::put_table(self.connection, &renamed)?;
        self.note(from.as_str(), "", "rename_table", Some(serde_json::json!({ "to": to })))?;
        self.note(to.as_str(), "", "rename_table", Some(serde_json::json!({ "from": from })))?;
        self.carry(carried)?;
        Ok(renamed)
    }

    /// Gives a field another name; lookups, rollups and formulas follow. Gives the table as it is now.
    pub fn rename_field(&mut self, table: &Table, from: &FieldName, to: &FieldName) -> Result<Table> {
        if lower(from) != lower(to) {
            refuse_taken_field(table, to)?;
        }
        let carried = references::carried(&self.tables()?, Renamed::Field { table: &table.name, from, to });
        let mut renamed = table.clone();
        if let Some(field) = renamed.fields.iter_mut().find(|field| field.name == *from) {
            field.name.clone_from(to);
            self.rename_column(table, from, to)?;
        } else if let Some(field) = renamed.computed.iter_mut().find(|field| field.name == *from) {
            field.name.clone_from(to);
        } else {
            return Err(no_field(table, from.as_str()));
        }
        renamed.key.iter_mut().filter(|name| *name == from).for_each(|name| name.clone_from(to));
        self.describe(&renamed)?;
        let name = table.name.as_str();
        self.note(name, from.as_str(), "rename_field", Some(serde_json::json!({ "to": to })))?;
        self.note(name, to.as_str(), "rename_field", Some(serde_json::json!({ "from": from })))?;
        // A relation of the table itself has its new name when what refers to it is carried.
        self.carry(carried)?;
        self.table(&table.name).map(|table| table.unwrap_or(renamed))
    }

    fn rename_column(&self, table: &Table, from: &FieldName, to: &FieldName) -> Result<()> {
        let rename = |from: &str, to: &str| {
            let table = quote(table.name.as_str());
            format!("ALTER TABLE {table} RENAME COLUMN {} TO {};", quote(from), quote(to))
        };
        let sql = if lower(from) == lower(to) {
            rename(from.as_str(), BETWEEN) + &rename(BETWEEN, to.as_str())
        } else {
            rename(from.as_str(), to.as_str())
        };
        Ok(self.connection.execute_batch(&sql)?)
    }

    fn carry(&mut self, carried: Vec<Carried>) -> Result<()> {
        for Carried { table, after, .. } in carried {
            let table = schema::table(self.connection, &table)?.ok_or_else(|| crate::store::no_table(&table))?;
            self.refer(&table, after)?;
        }
        Ok(())
    }

    /// Puts a relation or a computed field in the place of the one of the same name.
    fn refer(&mut self, table: &Table, referrer: Referrer) -> Result<()> {
        let name = referrer.name().clone();
        let mut after = table.clone();
        let before = match referrer {
            Referrer::Field(field) => {
                let here = after.fields.iter_mut().find(|other| other.name == name);
                // Only where it points: its rules may be others by the time that a rename is taken back.
                here.map(|here| {
                    let before = Referrer::Field(here.clone());
                    match (&mut here.field_type, field.field_type) {
                        (FieldType::Relation { table, .. }, FieldType::Relation { table: to, .. }) => *table = to,
                        (here, other) => *here = other,
                    }
                    before
                })
            }
            Referrer::Computed(computed) => {
                let here = after.computed.iter_mut().find(|other| other.name == name);
                here.map(|here| Referrer::Computed(std::mem::replace(here, computed)))
            }
        };
        let before = before.ok_or_else(|| no_field(table, name.as_str()))?;
        if after == *table {
            return Ok(());
        }
        self.describe(&after)?;
        let image = serde_json::to_value(before).expect("a field is JSON");
        self.note(table.name.as_str(), name.as_str(), "carry", Some(image))
    }

    /// Works a computed field out in another way.
    pub fn change_computed(&mut self, table: &Table, computed: Computed) -> Result<()> {
        self.refer(table, Referrer::Computed(computed))
    }

    /// Takes back one of the changes that renaming makes.
    pub(in crate::store) fn revert_name(
        &mut self,
        table: &TableName,
        key: &str,
        kind: &str,
        image: &Json,
    ) -> Result<()> {
        if image.get("to").is_some() {
            return Ok(()); // recorded under the old name; the one under the new name takes it back
        }
        let table = schema::table(self.connection, table)?.ok_or_else(|| crate::store::no_table(table))?;
        let from = image["from"].as_str().unwrap_or_default();
        match kind {
            "rename_table" => self.rename_table(&table, &TableName::parse(from)?).map(drop),
            "rename_field" => self.rename_field(&table, &FieldName::parse(key)?, &FieldName::parse(from)?).map(drop),
            _ => self.refer(&table, serde_json::from_value(image.clone()).map_err(damaged)?),
        }
    }
}
