//! Changing what tables there are and what they are made of. What goes is kept for as long as the operation can be undone.

use rusqlite::OptionalExtension;
use serde_json::Value as Json;

use super::rows::position;
use super::{Change, damaged, key_of, key_text, parse_key};
use crate::base::{Computed, Error, Field, FieldName, Kind, Result, Table, Value};
use crate::store::schema;
use crate::store::sql::{self, quote};

impl Change<'_> {
    /// Makes an empty table.
    pub fn create_table(&mut self, table: &Table) -> Result<()> {
        self.refuse_taken_name(table)?;
        self.connection.execute_batch(&schema::declare(table, table.name.as_str()))?;
        schema::put_table(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", None)
    }

    pub(in crate::store) fn refuse_taken_name(&self, table: &Table) -> Result<()> {
        let sql = "SELECT name FROM sqlite_schema WHERE lower(name) = lower(?)";
        let taken: Option<String> =
            self.connection.query_row(sql, [table.name.as_str()], |row| row.get(0)).optional()?;
        match taken {
            None => Ok(()),
            Some(name) => Err(Error::new(Kind::Conflict, format!("there is a table named `{name}` already"))
                .hint(format!("see `appctl tables show {name}`, or choose another name"))),
        }
    }

    /// A table that a first load filled and that is now shown under its name: recorded as one bulk marker.
    pub(in crate::store) fn adopt_table(&mut self, hidden: &str, table: &Table, rows: u64) -> Result<()> {
        self.refuse_taken_name(table)?;
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(hidden), quote(table.name.as_str()));
        self.connection.execute_batch(&sql)?;
        schema::put_table(self.connection, table)?;
        self.inserted += rows;
        self.note(table.name.as_str(), "", "load", Some(Json::from(rows)))
    }

    /// Adds a field to a table; it is null in every record. Gives the table as it is now.
    pub fn add_field(&mut self, table: &Table, field: &Field) -> Result<Table> {
        refuse_taken_field(table, &field.name)?;
        schema::add_field(self.connection, table, field)?;
        let mut wider = table.clone();
        wider.fields.push(field.clone());
        self.describe(table, &wider)?;
        self.note(table.name.as_str(), field.name.as_str(), "add_field", None)?;
        Ok(wider)
    }

    /// Adds a computed field, at this place among them or behind the others. Gives the table as it is now.
    pub fn add_computed(&mut self, table: &Table, computed: &Computed, place: Option<usize>) -> Result<Table> {
        refuse_taken_field(table, &computed.name)?;
        let mut wider = table.clone();
        wider.computed.insert(place.unwrap_or(usize::MAX).min(table.computed.len()), computed.clone());
        self.describe(table, &wider)?;
        self.note(table.name.as_str(), computed.name.as_str(), "add_computed", None)?;
        Ok(wider)
    }

    /// Removes a computed field. Gives the table as it is now.
    pub fn drop_computed(&mut self, table: &Table, name: &str) -> Result<Table> {
        let place = table.computed.iter().position(|computed| computed.name.as_str() == name);
        let place = place.ok_or_else(|| no_field(table, name))?;
        let mut narrower = table.clone();
        let computed = narrower.computed.remove(place);
        self.describe(table, &narrower)?;
        let image = serde_json::json!({ "computed": computed, "place": place });
        self.note(table.name.as_str(), name, "drop_computed", Some(image))?;
        Ok(narrower)
    }

    /// Changes what is written down about a table (its connection, a field's type or source) and nothing in its rows.
    pub fn redescribe(&mut self, before: &Table, after: &Table) -> Result<()> {
        let image = serde_json::to_value(before).expect("a table is JSON");
        self.describe(before, after)?;
        self.note(after.name.as_str(), "", "redescribe", Some(image))
    }

    pub(super) fn describe(&self, before: &Table, after: &Table) -> Result<()> {
        debug_assert_eq!(before.name, after.name, "renaming is an operation of its own");
        schema::put_table(self.connection, after)
    }

    /// Removes a table with all its records. They are kept aside, hidden, for as long as the operation can be undone.
    pub fn drop_table(&mut self, table: &Table) -> Result<()> {
        let aside = format!("_appctl_dropped_{}_{}", self.operation()?, self.sequence);
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(table.name.as_str()), quote(&aside));
        self.connection.execute_batch(&sql)?;
        self.connection.execute("DELETE FROM _appctl_tables WHERE name = ?", [table.name.as_str()])?;
        let image = serde_json::json!({ "table": table, "aside": aside });
        self.note(table.name.as_str(), "", "drop_table", Some(image))
    }

    /// Takes back a `drop_table`.
    pub(in crate::store) fn restore_table(&mut self, aside: &str, table: &Table) -> Result<()> {
        self.refuse_taken_name(table)?;
        let sql = format!("ALTER TABLE {} RENAME TO {}", quote(aside), quote(table.name.as_str()));
        self.connection.execute_batch(&sql)?;
        schema::put_table(self.connection, table)?;
        self.note(table.name.as_str(), "", "create_table", None)
    }

    /// Takes back an `add_field`; its values are part of the operation.
    pub(in crate::store) fn drop_field(&mut self, table: &Table, name: &str) -> Result<()> {
        let field = table.field(name).ok_or_else(|| no_field(table, name))?.clone();
        let index = position(table, &field.name)?;
        let mut values = Vec::new();
        {
            let sql = format!(
                "SELECT {} FROM {} WHERE {} IS NOT NULL",
                schema::columns(table),
                quote(table.name.as_str()),
                quote(name)
            );
            let mut statement = self.connection.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let row = sql::values(row, 0, table.fields.len())?;
                let key = key_of(table, &row);
                values.push(serde_json::json!([key_text(&key), row[index].to_exact_json()]));
            }
        }
        schema::drop_field(self.connection, &table.name, name)?;
        let mut narrower = table.clone();
        narrower.fields.remove(index);
        self.describe(table, &narrower)?;
        let image = serde_json::json!({ "field": field, "values": values });
        self.note(table.name.as_str(), name, "drop_field", Some(image))
    }

    /// Takes back a `drop_field`.
    pub(in crate::store) fn restore_field(&mut self, table: &Table, image: &Json) -> Result<()> {
        let field: Field = serde_json::from_value(image["field"].clone()).map_err(damaged)?;
        let wider = self.add_field(table, &field)?;
        for pair in image["values"].as_array().into_iter().flatten() {
            let key = parse_key(pair[0].as_str().unwrap_or_default())?;
            let value = Value::from_exact_json(&pair[1]).ok_or_else(|| damaged("a value"))?;
            self.set(&wider, &key, &[&(field.name.clone(), value)])?;
        }
        Ok(())
    }

    pub fn table(&self, name: &crate::base::TableName) -> Result<Option<Table>> {
        schema::table(self.connection, name)
    }
}

fn refuse_taken_field(table: &Table, name: &FieldName) -> Result<()> {
    let mut names = table.fields.iter().map(|field| &field.name).chain(table.computed.iter().map(|field| &field.name));
    match names.find(|other| lower(other) == lower(name)) {
        None => Ok(()),
        Some(taken) => Err(Error::new(Kind::Conflict, format!("table `{}` has a field `{taken}` already", table.name))
            .hint(format!("see `appctl tables show {}`", table.name))),
    }
}

fn lower(name: &FieldName) -> String {
    name.as_str().to_lowercase()
}

pub(super) fn no_field(table: &Table, name: &str) -> Error {
    Error::not_found(format!("table `{}` has no field `{name}`", table.name))
        .hint(format!("see `appctl tables show {}`", table.name))
}
