//! Looking at records from inside an operation, so that what was seen is still so when it is written.

use std::ops::ControlFlow;

use super::Change;
use super::rows::by_key;
use crate::base::{Field, Result, Table, Value};
use crate::store::read::{self, Query};
use crate::store::sql::{self, quote, quote_all};

impl Change<'_> {
    /// Whether there is a record with this key.
    pub fn exists(&self, table: &Table, key: &[Value]) -> Result<bool> {
        let text = format!("SELECT 1 FROM {} WHERE {}", quote(table.name.as_str()), by_key(table));
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, key.iter().map(Value::cell))?;
        Ok(statement.raw_query().next()?.is_some())
    }

    /// The keys of records that hold this value in this field, at most `most` of them.
    pub fn holding(&self, table: &Table, field: &Field, value: &Value, most: u32) -> Result<Vec<Vec<Value>>> {
        let text = format!(
            "SELECT {} FROM {} WHERE {} = ? LIMIT {most}",
            quote_all(table.key.iter().map(AsRef::as_ref)),
            quote(table.name.as_str()),
            quote(field.name.as_str())
        );
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, [value.cell()])?;
        let mut rows = statement.raw_query();
        let mut keys = Vec::new();
        while let Some(row) = rows.next()? {
            keys.push(sql::values(row, 0, table.key.len())?);
        }
        Ok(keys)
    }

    /// Different values of a field, at most `most` of them, in no order; null is left out.
    pub fn some_values(&self, table: &Table, field: &Field, most: u32) -> Result<Vec<Value>> {
        let column = quote(field.name.as_str());
        let name = quote(table.name.as_str());
        let text = format!("SELECT DISTINCT {column} FROM {name} WHERE {column} IS NOT NULL LIMIT {most}");
        let mut statement = self.connection.prepare(&text)?;
        let mut rows = statement.raw_query();
        let mut values = Vec::new();
        while let Some(row) = rows.next()? {
            values.extend(sql::values(row, 0, 1)?);
        }
        Ok(values)
    }

    /// The keys of the records that a query gives; its fields are the table's key.
    pub fn keys(&self, query: &Query<'_>) -> Result<Vec<Vec<Value>>> {
        let mut keys = Vec::new();
        read::read(self.connection, query, &mut |cells| {
            keys.push(cells.iter().map(|cell| cell.to_value()).collect());
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(keys)
    }
}
