//! Changing what tables there are and which fields they have. Values that go are kept aside in a hidden table for as long as
//! the operation can be undone; a recorded change names it as its `aside`.

use serde_json::Value as Json;

use super::{Change, damaged};
use crate::base::{Computed, Error, Field, FieldName, Kind, Result, Table, TableName, shell};
use crate::store::rebuild::{self, Filled, Kept};
use crate::store::sql::quote;
use crate::store::{indexes, schema};

impl Change<'_> {
    /// Makes an empty table.
    pub fn create_table(&mut self, table: &Table) -> Result<()> {
        self.refuse_taken_name(&table.name)?;
        self.connection.execute_batch(&schema::declare(table, table.name.as_str()))?;
        schema::put_table(self.connection, table)?;
        indexes::keep(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", None)
    }

    pub(in crate::store) fn refuse_taken_name(&self, name: &TableName) -> Result<()> {
        let lower = name.as_str().to_lowercase();
        let mut statement = self.connection.prepare_cached("SELECT name FROM sqlite_schema")?;
        let names = statement.query_map([], |row| row.get::<_, String>(0))?;
        for taken in names {
            let taken = taken?;
            if taken.to_lowercase() == lower {
                return Err(Error::new(Kind::Conflict, format!("there is a table named `{taken}` already"))
                    .hint(format!("see `appctl tables show {}`, or choose another name", shell::word(&taken))));
            }
        }
        Ok(())
    }

    /// A table that a first load filled and that is now shown under its name: recorded as one bulk marker.
    pub(in crate::store) fn adopt_table(&mut self, hidden: &str, table: &Table, rows: u64) -> Result<()> {
        self.refuse_taken_name(&table.name)?;
        self.rename_sql_table(hidden, table.name.as_str())?;
        schema::put_table(self.connection, table)?;
        indexes::keep(self.connection, table)?;
        self.inserted += rows;
        self.note(table.name.as_str(), "", "load", Some(Json::from(rows)))
    }

    /// Adds a field to a table; it is null in every record. Gives the table as it is now.
    pub fn add_field(&mut self, table: &Table, field: &Field) -> Result<Table> {
        refuse_taken_field(table, &field.name)?;
        schema::add_field(self.connection, table, field)?;
        let mut wider = table.clone();
        wider.fields.push(field.clone());
        self.describe(&wider)?;
        self.note(table.name.as_str(), field.name.as_str(), "add_field", None)?;
        Ok(wider)
    }

    /// Adds a computed field, at this place among them or behind the others. Gives the table as it is now.
    pub fn add_computed(&mut self, table: &Table, computed: &Computed, place: Option<usize>) -> Result<Table> {
        refuse_taken_field(table, &computed.name)?;
        let mut wider = table.clone();
        wider.computed.insert(place.unwrap_or(usize::MAX).min(table.computed.len()), computed.clone());
        self.describe(&wider)?;
        self.note(table.name.as_str(), computed.name.as_str(), "add_computed", None)?;
        Ok(wider)
    }

    /// Removes a computed field. Gives the table as it is now.
    pub fn drop_computed(&mut self, table: &Table, name: &str) -> Result<Table> {
        let place = table.computed.iter().position(|computed| computed.name.as_str() == name);
        let place = place.ok_or_else(|| no_field(table, name))?;
        let mut narrower = table.clone();
        let computed = narrower.computed.remove(place);
        self.describe(&narrower)?;
        let image = serde_json::json!({ "computed": computed, "place": place });
        self.note(table.name.as_str(), name, "drop_computed", Some(image))?;
        Ok(narrower)
    }

    /// Changes what is written down about a table (its connection, a field's type or source) and nothing in its rows.
    pub fn redescribe(&mut self, before: &Table, after: &Table) -> Result<()> {
        debug_assert_eq!(before.name, after.name, "renaming is a change of its own");
        let image = serde_json::to_value(before).expect("a table is JSON");
        self.describe(after)?;
        self.note(after.name.as_str(), "", "redescribe", Some(image))
    }

    pub(super) fn describe(&self, after: &Table) -> Result<()> {
        schema::put_table(self.connection, after)?;
        indexes::keep(self.connection, after)
    }

    /// Removes a table with all its records. They are kept aside, hidden, for as long as the operation can be undone.
    pub fn drop_table(&mut self, table: &Table) -> Result<()> {
        let aside = self.aside()?;
        self.put_aside(table, &aside)
    }

    /// Removes a table, its records kept in the hidden table of this name.
    pub(in crate::store) fn put_aside(&mut self, table: &Table, aside: &str) -> Result<()> {
        self.rename_sql_table(table.name.as_str(), aside)?;
        self.connection.execute("DELETE FROM _appctl_tables WHERE name = ?", [table.name.as_str()])?;
        let image = serde_json::json!({ "table": table, "aside": aside });
        self.note(table.name.as_str(), "", "drop_table", Some(image))
    }

    /// Takes back a `drop_table`. Taking that back puts the records where they were, so that the first operation finds them.
    pub(in crate::store) fn restore_table(&mut self, aside: &str, table: &Table) -> Result<()> {
        self.refuse_taken_name(&table.name)?;
        self.rename_sql_table(aside, table.name.as_str())?;
        schema::put_table(self.connection, table)?;
        indexes::keep(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", Some(serde_json::json!({ "aside": aside })))
    }

    pub(super) fn rename_sql_table(&self, from: &str, to: &str) -> Result<()> {
        Ok(self.connection.execute_batch(&format!("ALTER TABLE {} RENAME TO {}", quote(from), quote(to)))?)
    }

    /// The name of the hidden table that keeps what the next recorded change removes.
    pub(super) fn aside(&mut self) -> Result<String> {
        Ok(format!("_appctl_aside_{}_{}", self.operation()?, self.sequence))
    }

    /// Removes a field; its values are kept aside. Gives the table as it is now.
    pub fn drop_field(&mut self, table: &Table, name: &str) -> Result<Table> {
        let place = table.fields.iter().position(|field| field.name.as_str() == name);
        let place = place.ok_or_else(|| no_field(table, name))?;
        let mut narrower = table.clone();
        let field = narrower.fields.remove(place);
        let aside = self.aside()?;
        let kept = Kept::make(self.connection, &aside, table)?;
        let mut image = serde_json::json!({ "field": field, "place": place });
        if kept.take(self.connection, table, &field.name)? > 0 {
            image["aside"] = Json::from(aside.as_str());
        } else {
            kept.drop(self.connection)?;
        }
        rebuild::rebuild(self.connection, table, &narrower, None)?;
        self.describe(&narrower)?;
        self.note(table.name.as_str(), name, "drop_field", Some(image))?;
        Ok(narrower)
    }

    /// Takes back a `drop_field`: the field is where it was, with the values of the records that are still there.
    pub(in crate::store) fn restore_field(&mut self, table: &Table, image: &Json) -> Result<()> {
        let field: Field = serde_json::from_value(image["field"].clone()).map_err(damaged)?;
        let place = image["place"].as_u64().and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX);
        refuse_taken_field(table, &field.name)?;
        let mut wider = table.clone();
        wider.fields.insert(place.min(table.fields.len()), field.clone());
        let from = image["aside"].as_str().map(|name| Filled { field: &field.name, from: Kept { name } });
        if from.is_none() && place >= table.fields.len() && !field.required {
            schema::add_field(self.connection, table, &field)?;
        } else {
            self.restore_values(table, &wider, from)?;
        }
        self.describe(&wider)?;
        self.note(table.name.as_str(), field.name.as_str(), "add_field", None)
    }

    fn restore_values(&self, table: &Table, wider: &Table, from: Option<Filled<'_>>) -> Result<()> {
        if let Some(filled) = from {
            return rebuild::rebuild(self.connection, table, wider, Some(&filled));
        }
        // Nothing was kept, so that every value was null.
        let none = Kept::make(self.connection, EMPTY, table)?;
        let field = wider.fields.iter().find(|field| table.field(field.name.as_str()).is_none());
        let field = &field.expect("a wider table has one field more").name;
        rebuild::rebuild(self.connection, table, wider, Some(&Filled { field, from: Kept { name: EMPTY } }))?;
        none.drop(self.connection)
    }

    pub fn table(&self, name: &TableName) -> Result<Option<Table>> {
        schema::table(self.connection, name)
    }

    pub fn tables(&self) -> Result<Vec<Table>> {
        schema::tables(self.connection)
    }
}

const EMPTY: &str = "_appctl_empty";

/// `Kind::Conflict` when a field, computed or not, has this name in upper or lower case.
pub(super) fn refuse_taken_field(table: &Table, name: &FieldName) -> Result<()> {
    let mut names = table.fields.iter().map(|field| &field.name).chain(table.computed.iter().map(|field| &field.name));
    match names.find(|other| lower(other) == lower(name)) {
        None => Ok(()),
        Some(taken) => Err(Error::new(Kind::Conflict, format!("table `{}` has a field `{taken}` already", table.name))
            .hint(format!("see `appctl tables show {}`", table.name.shell()))),
    }
}

pub(super) fn lower(name: &FieldName) -> String {
    name.as_str().to_lowercase()
}

pub(super) fn no_field(table: &Table, name: &str) -> Error {
    Error::not_found(format!("table `{}` has no field `{name}`", table.name))
        .hint(format!("see `appctl tables show {}`", table.name.shell()))
}
