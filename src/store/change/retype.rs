//! Changing a field's type and rules, its values converted. A first pass converts every value and keeps what it replaces; only
//! when all fit is the table written.

use serde_json::Value as Json;

use super::{Change, damaged};
use crate::base::{Cell, Field, FieldName, Result, Table, Value};
use crate::store::rebuild::{self, Filled, Kept};
use crate::store::sql::{self, quote, quote_all};
use crate::store::{indexes, schema};

/// What became of a field's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conversion {
    /// Values that are not null
    pub values: u64,
    /// Values that are stored differently afterwards
    pub changed: u64,
    /// Values that cannot be converted, and records that break a rule
    pub refused: u64,
    /// The first of those
    pub examples: Vec<Refusal>,
}

/// A value that cannot be converted.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub key: Vec<Value>,
    pub value: Value,
    pub reason: String,
}

/// How many refusals are named.
const EXAMPLES: usize = 20;

/// The new form of a value, or the reason why it has none.
pub type Convert<'c> = dyn FnMut(&Change<'_>, Cell<'_>) -> Result<std::result::Result<Value, String>> + 'c;

impl Conversion {
    fn refuse(&mut self, key: Vec<Value>, value: Value, reason: impl Into<String>) {
        self.refused += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Refusal { key, value, reason: reason.into() });
        }
    }
}

/// Where converted values wait until the table is written.
const CONVERTED: &str = "_appctl_converted";

impl Change<'_> {
    /// Gives the field of this name another type and other rules. `convert` gives every value its new form; without it
    /// values stay as they are.
    ///
    /// When the conversion refuses anything the operation is half-made and must be given up.
    pub fn change_field(
        &mut self,
        table: &Table,
        after: &Field,
        convert: Option<&mut Convert<'_>>,
    ) -> Result<Conversion> {
        let before =
            table.field(after.name.as_str()).ok_or_else(|| super::shape::no_field(table, after.name.as_str()))?;
        let retyped = convert.is_some();
        let aside = self.aside()?;
        let old = Kept::make(self.connection, &aside, table)?;
        let new = Kept::make(self.connection, CONVERTED, table)?;
        let mut conversion = Conversion::default();
        if let Some(convert) = convert {
            self.convert(table, &after.name, (&old, &new), convert, &mut conversion)?;
        }
        if after.required && !before.required {
            self.refuse_empty(table, &after.name, &mut conversion)?;
        }
        if after.unique && conversion.refused == 0 && (!before.unique || retyped) {
            self.refuse_repeated(table, &after.name, &new, &mut conversion)?;
        }
        if conversion.refused > 0 {
            return Ok(conversion);
        }
        let mut image = serde_json::json!({ "field": before, "retyped": retyped });
        let kept = conversion.changed > 0;
        if kept {
            image["aside"] = Json::from(aside.as_str());
        } else {
            old.drop(self.connection)?;
        }
        self.write_field(table, after, kept.then_some(CONVERTED))?;
        new.drop(self.connection)?;
        self.note(table.name.as_str(), after.name.as_str(), "change_field", Some(image))?;
        Ok(conversion)
    }

    /// Converts every value; keeps the old and the new form of those that change.
    fn convert(
        &self,
        table: &Table,
        name: &FieldName,
        (old, new): (&Kept<'_>, &Kept<'_>),
        convert: &mut Convert<'_>,
        conversion: &mut Conversion,
    ) -> Result<()> {
        let width = table.key.len();
        let insert = |kept: &Kept<'_>| {
            let marks = sql::marks(width + 1);
            format!("INSERT INTO {} ({}, value) VALUES ({marks})", quote(kept.name), rebuild::names(table))
        };
        let mut keep_old = self.connection.prepare(&insert(old))?;
        let mut keep_new = self.connection.prepare(&insert(new))?;
        let text = format!(
            "SELECT {}, {field} FROM {} WHERE {field} IS NOT NULL",
            quote_all(table.key.iter().map(AsRef::as_ref)),
            quote(table.name.as_str()),
            field = quote(name.as_str())
        );
        let mut statement = self.connection.prepare(&text)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let value = sql::cell(row.get_ref(width)?);
            conversion.values += 1;
            match convert(self, value)? {
                Ok(converted) if converted.cell() == value => {}
                Ok(converted) => {
                    conversion.changed += 1;
                    let key = sql::values(row, 0, width)?;
                    for (statement, value) in [(&mut keep_old, value), (&mut keep_new, converted.cell())] {
                        sql::bind(statement, 1, key.iter().map(Value::cell).chain([value]))?;
                        statement.raw_execute()?;
                    }
                }
                Err(reason) => conversion.refuse(sql::values(row, 0, width)?, value.to_value(), reason),
            }
        }
        Ok(())
    }

    fn refuse_empty(&self, table: &Table, name: &FieldName, conversion: &mut Conversion) -> Result<()> {
        let text = format!(
            "SELECT {} FROM {} WHERE {} IS NULL",
            quote_all(table.key.iter().map(AsRef::as_ref)),
            quote(table.name.as_str()),
            quote(name.as_str())
        );
        let mut statement = self.connection.prepare(&text)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            conversion.refuse(sql::values(row, 0, table.key.len())?, Value::Null, "it is empty");
        }
        Ok(())
    }

    /// Finds values that several records have once they are converted, with the help of an index of its own.
    fn refuse_repeated(
        &self,
        table: &Table,
        name: &FieldName,
        new: &Kept<'_>,
        conversion: &mut Conversion,
    ) -> Result<()> {
        let keys = table.key.iter().map(|name| format!("t.{}", quote(name.as_str()))).collect::<Vec<_>>().join(", ");
        let value = format!("CASE WHEN kept.k0 IS NULL THEN t.{} ELSE kept.value END", quote(name.as_str()));
        self.connection.execute_batch(&format!(
            "CREATE TABLE {REPEATED} (value ANY PRIMARY KEY, records INTEGER NOT NULL) STRICT, WITHOUT ROWID;
             INSERT INTO {REPEATED} SELECT {value}, 1 FROM {table} AS t LEFT JOIN {new} AS kept ON {same}
             WHERE {value} IS NOT NULL ON CONFLICT DO UPDATE SET records = records + 1;
             DELETE FROM {REPEATED} WHERE records = 1",
            table = quote(table.name.as_str()),
            new = quote(new.name),
            same = new.same(table),
        ))?;
        let any: bool =
            self.connection.query_row(&format!("SELECT EXISTS (SELECT 1 FROM {REPEATED})"), [], |row| row.get(0))?;
        if any {
            let text = format!(
                "SELECT {keys}, t.{}, records FROM {} AS t LEFT JOIN {} AS kept ON {} JOIN {REPEATED} AS r ON r.value = {value}",
                quote(name.as_str()),
                quote(table.name.as_str()),
                quote(new.name),
                new.same(table),
            );
            let mut statement = self.connection.prepare(&text)?;
            let mut rows = statement.query([])?;
            let width = table.key.len();
            while let Some(row) = rows.next()? {
                let value = sql::cell(row.get_ref(width)?).to_value();
                let records: i64 = row.get(width + 1)?;
                conversion.refuse(sql::values(row, 0, width)?, value, format!("{records} records have this value"));
            }
        }
        Ok(self.connection.execute_batch(&format!("DROP TABLE {REPEATED}"))?)
    }

    /// Writes the table with the field as it is from now on, its values taken from this hidden table where it has one.
    fn write_field(&mut self, table: &Table, after: &Field, values: Option<&str>) -> Result<()> {
        let mut changed = table.clone();
        for field in &mut changed.fields {
            if field.name == after.name {
                *field = after.clone();
            }
        }
        let declared = |table: &Table| schema::declare(table, table.name.as_str());
        let makes_optional = table.fields != changed.fields && self.is_inline_unique(table, after)?;
        if values.is_some() || makes_optional || declared(table) != declared(&changed) {
            let filled = values.map(|name| Filled { field: &after.name, from: Kept { name } });
            rebuild::rebuild(self.connection, table, &changed, filled.as_ref())?;
        }
        self.describe(&changed)
    }

    /// Whether the field is unique by its declaration, which only a table written anew loses.
    fn is_inline_unique(&self, table: &Table, after: &Field) -> Result<bool> {
        Ok(!after.unique && indexes::is_declared_unique(self.connection, table.name.as_str(), after.name.as_str())?)
    }

    /// Takes back a `change_field`. What it put aside stays there; the values of today are put aside in turn.
    pub(in crate::store) fn restore_change(&mut self, table: &Table, image: &Json) -> Result<()> {
        let before: Field = serde_json::from_value(image["field"].clone()).map_err(damaged)?;
        let now =
            table.field(before.name.as_str()).ok_or_else(|| super::shape::no_field(table, before.name.as_str()))?;
        let mut own = serde_json::json!({ "field": now, "retyped": image["retyped"] });
        let values = image["aside"].as_str();
        if let Some(name) = values {
            let aside = self.aside()?;
            let kept = Kept::make(self.connection, &aside, table)?;
            let keys =
                table.key.iter().map(|name| format!("t.{}", quote(name.as_str()))).collect::<Vec<_>>().join(", ");
            self.connection.execute_batch(&format!(
                "INSERT INTO {} ({}, value) SELECT {keys}, t.{} FROM {} AS kept JOIN {} AS t ON {}",
                quote(kept.name),
                rebuild::names(table),
                quote(before.name.as_str()),
                quote(name),
                quote(table.name.as_str()),
                kept.same(table)
            ))?;
            own["aside"] = Json::from(aside);
        }
        self.write_field(table, &before, values)?;
        self.note(table.name.as_str(), before.name.as_str(), "change_field", Some(own))
    }
}

const REPEATED: &str = "_appctl_repeated";
