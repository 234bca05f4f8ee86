//! Which relations point to a table, and that taking an operation back leaves none of them pointing to nothing.

use std::rc::Rc;

use super::found::Found;
use super::{Change, parse_key};
use crate::base::{Error, Field, FieldType, Kind, OnDelete, Result, Table, TableName, Value, record_id};
use crate::store::operations::{ChangeRecord, Recorded};
use crate::store::schema;
use crate::store::sql::{self, marks, quote};

/// The relations that point to one table.
pub(super) struct Pointers {
    pub to: TableName,
    pub fields: Vec<Pointer>,
}

pub(super) struct Pointer {
    pub table: Rc<Table>,
    pub field: Field,
    pub on_delete: OnDelete,
}

impl Change<'_> {
    pub(super) fn pointers(&mut self, to: &TableName) -> Result<Rc<Pointers>> {
        if let Some(known) = self.pointers.get(to) {
            return Ok(Rc::clone(known));
        }
        let mut fields = Vec::new();
        for table in schema::tables(self.connection)? {
            let table = Rc::new(table);
            for field in &table.fields {
                if let FieldType::Relation { table: target, on_delete } = &field.field_type
                    && target == to
                {
                    let (table, field) = (Rc::clone(&table), field.clone());
                    fields.push(Pointer { table, field, on_delete: *on_delete });
                }
            }
        }
        let pointers = Rc::new(Pointers { to: to.clone(), fields });
        self.pointers.insert(to.clone(), Rc::clone(&pointers));
        Ok(pointers)
    }

    /// After operation `id` was taken back: nothing points to a record that is gone because of it.
    ///
    /// `Kind::Conflict` naming what does. What a connection fills is the connection's to keep right.
    pub(in crate::store) fn refuse_pointing_nowhere(&mut self, id: i64) -> Result<()> {
        let mut found = Found::default();
        let mut recorded = Recorded::first_to_last(self.connection, id);
        while found.room() > 0 {
            let few = recorded.next()?;
            if few.is_empty() {
                break;
            }
            for record in &few {
                if found.room() > 0 {
                    self.left_by(record, &mut found)?;
                }
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        let named = found.shown();
        Err(Error::new(
            Kind::Conflict,
            format!("operation {id} cannot be undone without leaving a relation to nothing: {named}"),
        )
        .hint("change or undo that first; nothing was changed"))
    }

    /// What points to nothing since this change was taken back.
    fn left_by(&mut self, record: &ChangeRecord, found: &mut Found) -> Result<()> {
        let Ok(name) = TableName::parse(&record.table) else { return Ok(()) };
        let Some(table) = self.described(&name)? else { return Ok(()) };
        match record.kind.as_str() {
            "insert" => self.left_behind(&table, &parse_key(&record.key)?, found)?,
            "update" | "delete" => self.pointing_nowhere(&table, record, found)?,
            "fill" => {
                for pointer in &self.pointers(&name)?.fields {
                    self.columns_pointing_nowhere(&pointer.table, &pointer.field, found)?;
                }
            }
            "drop_table" | "empty" => {
                for field in &table.fields {
                    self.columns_pointing_nowhere(&table, field, found)?;
                }
            }
            "drop_field" | "change_field" => {
                if let Some(field) = table.field(&record.key) {
                    self.columns_pointing_nowhere(&table, field, found)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Records that point to one that was made by the operation and is gone again.
    fn left_behind(&mut self, table: &Table, key: &[Value], found: &mut Found) -> Result<()> {
        let pointers = self.pointers(&table.name)?;
        if pointers.fields.is_empty() || self.exists(table, key)? {
            return Ok(());
        }
        for pointer in pointers.fields.iter().filter(|pointer| !pointer.table.is_locked(&pointer.field)) {
            let held = record_id::reference(key);
            let keys = self.holding(&pointer.table, &pointer.field, &held, found.room())?;
            found.add(&keys, pointer, &table.name, &held);
        }
        Ok(())
    }

    /// The relations that one change gave back to a record.
    fn pointing_nowhere(&mut self, table: &Table, record: &ChangeRecord, found: &mut Found) -> Result<()> {
        let relations = |field: &&Field| matches!(field.field_type, FieldType::Relation { .. });
        if !table.fields.iter().any(|field| relations(&field)) {
            return Ok(());
        }
        let key = parse_key(&record.key)?;
        let Some(now) = self.get(table, &key)? else { return Ok(()) };
        let given_back = |name: &str| record.before.as_ref().is_some_and(|image| image.get(name).is_some());
        for (field, value) in table.fields.iter().zip(&now) {
            if relations(&field) && given_back(field.name.as_str()) {
                self.points_somewhere(table, field, Some(&key), value, found)?;
            }
        }
        Ok(())
    }

    /// Every relation in a field that came back with its values.
    fn columns_pointing_nowhere(&self, table: &Table, field: &Field, found: &mut Found) -> Result<()> {
        if !matches!(field.field_type, FieldType::Relation { .. }) {
            return Ok(());
        }
        for value in self.some_values(table, field, u32::MAX)? {
            if found.room() == 0 {
                break;
            }
            self.points_somewhere(table, field, None, &value, found)?;
        }
        Ok(())
    }

    fn points_somewhere(
        &self,
        table: &Table,
        field: &Field,
        key: Option<&[Value]>,
        value: &Value,
        found: &mut Found,
    ) -> Result<()> {
        let FieldType::Relation { table: to, .. } = &field.field_type else { return Ok(()) };
        let Some(target) = schema::table(self.connection, to)? else { return Ok(()) };
        if value.is_null() || target.connection.is_some() || table.is_locked(field) || self.refers(&target, value)? {
            return Ok(());
        }
        let record = key.map_or(String::new(), |key| format!(" {}", record_id::of(key)));
        let (held, field) = (record_id::of(std::slice::from_ref(value)), &field.name);
        found.add_one(format!("`{}`{record} pointed to `{to}` {held} (`{field}`), which is gone", table.name));
        Ok(())
    }

    /// Whether the record that a relation's value stands for is there.
    fn refers(&self, target: &Table, value: &Value) -> Result<bool> {
        let [_] = target.key.as_slice() else {
            let Value::Text(id) = value else { return Ok(false) };
            let parts = record_id::split(id).filter(|parts| parts.len() == target.key.len());
            return parts.map_or(Ok(false), |parts| self.refers_to_parts(target, &parts));
        };
        self.exists(target, std::slice::from_ref(value))
    }

    /// An id does not say which of its parts are numbers, so each is looked for as a text and as the number it reads as.
    fn refers_to_parts(&self, target: &Table, parts: &[String]) -> Result<bool> {
        let mut values = Vec::new();
        let mut conditions = Vec::new();
        for (name, part) in target.key.iter().zip(parts) {
            let number = part.parse::<i64>().ok().filter(|number| number.to_string() == *part);
            let forms = [Some(Value::text(part.as_str())), number.map(Value::Integer)];
            let before = values.len();
            values.extend(forms.into_iter().flatten());
            conditions.push(format!("{} IN ({})", quote(name.as_str()), marks(values.len() - before)));
        }
        let text = format!("SELECT 1 FROM {} WHERE {}", quote(target.name.as_str()), conditions.join(" AND "));
        let mut statement = self.connection.prepare_cached(&text)?;
        sql::bind(&mut statement, 1, values.iter().map(Value::cell))?;
        Ok(statement.raw_query().next()?.is_some())
    }
}
