//! The steps: each draws an operation, works out by itself what must come of it, and lets the app do it.

use std::collections::BTreeMap;

use appctl::base::{Error, FieldName, FieldType, Interrupt, OnDelete, TableName};
use appctl::records::{self, Given, How, Place, Values, Which, Written, given_json, given_texts};
use appctl::tables::{self, Becomes, ChangeFieldRequest, CreateRequest, FieldSpec};

use super::state::{Field, Gone, Key, Kind, Patch, Row, State, Table, V, held, id};
use super::world::{Expected, World};

/// A value as somebody writes it.
#[derive(Clone, Debug)]
struct Said {
    field: String,
    /// `None`: null
    text: Option<String>,
}

const TEXTS: [&str; 8] = ["a", "b", "c", "7", "12", "007", "x, \"y\"", ""];
const NUMBERS: [&str; 5] = ["1", "2", "7", "-3", "12"];
const TABLE_NAMES: [&str; 6] = ["people", "tasks", "Notes", "a b", "größe", "x\"y"];

impl World {
    fn table(&mut self) -> Option<String> {
        let names: Vec<String> = self.state.tables.keys().cloned().collect();
        self.dice.one(&names)
    }

    /// A key of the table, mostly one that is there.
    fn key(&mut self, table: &str) -> Option<Key> {
        let keys: Vec<Key> = self.state.tables[table].rows.keys().cloned().collect();
        self.dice.one(&keys)
    }

    pub fn records(&mut self) -> Result<(), String> {
        let Some(table) = self.table() else { return self.create_table() };
        match self.dice.below(10) {
            0..3 => self.create(&table),
            3..5 => self.update(&table),
            5 => self.update_each(&table),
            6 => self.upsert(&table),
            7..9 => self.delete(&table),
            _ => self.update_where(&table),
        }
    }

    pub fn tables(&mut self) -> Result<(), String> {
        let Some(table) = self.table() else { return self.create_table() };
        match self.dice.below(12) {
            0..3 if self.state.tables.len() < 4 => self.create_table(),
            0..5 => self.add_field(&table),
            5 => self.drop_table(&table),
            6 => self.rename_table(&table),
            7 => self.rename_field(&table),
            8..10 => self.drop_field(&table),
            _ => self.change_field(&table),
        }
    }

    fn field(&mut self, taken: &[Field], own: &str) -> Field {
        self.names += 1;
        let mut name = format!("f{}", self.names % 7);
        while taken.iter().any(|field| field.name == name) {
            self.names += 1;
            name = format!("f{}", self.names % 23);
        }
        let mut targets: Vec<String> = self.state.tables.keys().cloned().collect();
        targets.push(own.to_owned());
        let kind = match self.dice.below(6) {
            0 | 1 => Kind::Text,
            2 => Kind::Integer,
            _ => {
                let gone = self.dice.one(&[Gone::Restrict, Gone::Clear, Gone::Cascade]).unwrap();
                Kind::Relation(self.dice.one(&targets).unwrap(), gone)
            }
        };
        let (required, unique) = (self.dice.chance(10), self.dice.chance(15));
        Field { name, kind, required, unique }
    }

    fn create_table(&mut self) -> Result<(), String> {
        let name = self.dice.one(&TABLE_NAMES).unwrap().to_owned();
        let mut fields = Vec::new();
        let part = |name: &str, kind: Kind| Field { name: name.to_owned(), kind, required: true, unique: false };
        let others: Vec<String> = self.state.tables.keys().cloned().collect();
        match self.dice.below(4) {
            0 => fields.push(part("code", Kind::Text)),
            1 => fields.extend([part("region", Kind::Text), part("nr", Kind::Integer)]),
            2 if !others.is_empty() => {
                let gone = self.dice.one(&[Gone::Restrict, Gone::Clear, Gone::Cascade]).unwrap();
                let target = self.dice.one(&others).unwrap();
                fields.extend([part("of", Kind::Relation(target, gone)), part("nr", Kind::Integer)]);
            }
            _ => {}
        }
        let key: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        for _ in 0..=self.dice.below(4) {
            let field = self.field(&fields, &name);
            fields.push(field);
        }
        let request = CreateRequest {
            name: TableName::parse(&name).unwrap(),
            fields: fields.iter().map(|field| FieldSpec::Stored(theirs(field))).collect(),
            key: key.iter().map(|name| field_name(name)).collect(),
            unique: fields.iter().filter(|field| field.unique).map(|field| field_name(&field.name)).collect(),
        };
        self.tell(format!("create table {name} with {fields:?}, key {key:?}"));
        let generated = key.is_empty();
        let key = if generated { vec!["id".to_owned()] } else { key };
        if generated {
            fields.insert(0, Field { required: false, ..part("id", Kind::Integer) });
        }
        let mut then = self.state.clone();
        let made = Patch::MakeTable(name, Table { fields, key, generated, rows: BTreeMap::new() });
        let expected = match then.apply(&made) {
            Some(_) => Expected::Done(vec![made]),
            None => Expected::Refused,
        };
        let done = tables::create(&self.app, request).map(|(_, id)| id);
        self.compare(done, expected)
    }

    fn add_field(&mut self, table: &str) -> Result<(), String> {
        let taken = self.state.tables[table].fields.clone();
        if taken.len() > 7 {
            return self.drop_field(table);
        }
        let mut field = self.field(&taken, table);
        if self.dice.chance(10) {
            field.name = self.dice.one(&taken).unwrap().name;
        }
        // A unique field is made with its table, or afterwards by changing it.
        field.unique = false;
        self.tell(format!("add to {table} {field:?}"));
        let there = &self.state.tables[table];
        let refused = there.field(&field.name).is_some() || (field.required && !there.rows.is_empty());
        let expected = match refused {
            true => Expected::Refused,
            false => {
                let place = there.fields.len();
                Expected::Done(vec![Patch::AddField(table.to_owned(), field.clone(), place, BTreeMap::new())])
            }
        };
        let spec = FieldSpec::Stored(theirs(&field));
        let done = tables::add_field(&self.app, &table_name(table), spec).map(|(_, id)| id);
        self.compare(done, expected)
    }

    fn drop_table(&mut self, table: &str) -> Result<(), String> {
        self.tell(format!("drop table {table}"));
        let referred = self.state.relations().iter().any(|(from, _, target, _)| from != table && target == table);
        let expected = match referred {
            true => Expected::Refused,
            false => Expected::Done(vec![Patch::DropTable(table.to_owned())]),
        };
        let done = tables::drop(&self.app, &[table_name(table)]).map(|(_, id)| id);
        self.compare(done, expected)
    }

    fn rename_table(&mut self, table: &str) -> Result<(), String> {
        let to = self.dice.one(&TABLE_NAMES).unwrap().to_owned();
        self.tell(format!("rename table {table} to {to}"));
        let expected = match self.state.tables.contains_key(&to) {
            true => Expected::Refused,
            false => Expected::Done(vec![Patch::RenameTable(table.to_owned(), to.clone())]),
        };
        let done = tables::rename(&self.app, &table_name(table), &table_name(&to)).map(|(_, id)| id);
        self.compare(done, expected)
    }

    fn rename_field(&mut self, table: &str) -> Result<(), String> {
        let fields = self.state.tables[table].fields.clone();
        let from = self.dice.one(&fields).unwrap().name;
        let to = match self.dice.chance(15) {
            true => self.dice.one(&fields).unwrap().name,
            false => self.field(&fields, table).name,
        };
        self.tell(format!("rename in {table} {from} to {to}"));
        let expected = match fields.iter().any(|field| field.name == to) {
            true => Expected::Refused,
            false => Expected::Done(vec![Patch::RenameField(table.to_owned(), from.clone(), to.clone())]),
        };
        let done = tables::rename_field(&self.app, &table_name(table), &field_name(&from), &field_name(&to));
        self.compare(done.map(|(_, id)| id), expected)
    }

    fn drop_field(&mut self, table: &str) -> Result<(), String> {
        let there = &self.state.tables[table];
        let (fields, key) = (there.fields.clone(), there.key.clone());
        let name = self.dice.one(&fields).unwrap().name;
        self.tell(format!("drop from {table} {name}"));
        let expected = match key.contains(&name) {
            true => Expected::Refused,
            false => Expected::Done(vec![Patch::DropField(table.to_owned(), name.clone())]),
        };
        let done = tables::drop_field(&self.app, &table_name(table), &field_name(&name)).map(|(_, id)| id);
        self.compare(done, expected)
    }

    fn change_field(&mut self, table: &str) -> Result<(), String> {
        let there = self.state.tables[table].clone();
        let Some(before) = self.dice.one(&there.fields) else { return Ok(()) };
        let mut after = before.clone();
        let mut request = ChangeFieldRequest {
            table: table_name(table),
            field: field_name(&before.name),
            becomes: None,
            required: None,
            unique: None,
            on_delete: None,
            dry_run: self.dice.chance(10),
            interrupt: Interrupt::default(),
        };
        let mut values = BTreeMap::new();
        let mut refused = there.key.contains(&before.name);
        match (self.dice.below(3), &before.kind) {
            (0, _) => {
                after.required = !before.required;
                request.required = Some(after.required);
            }
            (1, _) => {
                after.unique = !before.unique;
                request.unique = Some(after.unique);
            }
            (_, Kind::Relation(target, old)) => {
                let gone = self.dice.one(&[Gone::Restrict, Gone::Clear, Gone::Cascade]).unwrap();
                refused |= gone == *old;
                after.kind = Kind::Relation(target.clone(), gone);
                request.on_delete = Some(theirs_on_delete(gone));
            }
            (_, Kind::Text) => {
                after.kind = Kind::Integer;
                request.becomes = Some(Becomes::Stored(FieldType::Integer));
                for (key, row) in &there.rows {
                    let V::Text(text) = &row[&before.name] else { continue };
                    match text.parse::<i64>() {
                        Ok(number) if number.to_string() == *text => {
                            values.insert(key.clone(), V::Int(number));
                        }
                        _ => refused = true,
                    }
                }
            }
            (_, Kind::Integer) => {
                after.kind = Kind::Text;
                request.becomes = Some(Becomes::Stored(FieldType::Text));
                for (key, row) in &there.rows {
                    if let V::Int(number) = &row[&before.name] {
                        values.insert(key.clone(), V::Text(number.to_string()));
                    }
                }
            }
        }
        let dry = request.dry_run;
        self.tell(format!("change in {table} {before:?} to {after:?}{}", if dry { ", dry" } else { "" }));
        let patch = Patch::ChangeField(table.to_owned(), after, values);
        let mut then = self.state.clone();
        refused |= then.apply(&patch).is_none() || then.broken().is_some();
        let expected = match (refused, dry) {
            (true, _) => Expected::Refused,
            (false, true) => Expected::Done(Vec::new()),
            (false, false) => Expected::Done(vec![patch]),
        };
        let done = tables::change_field(&self.app, &request, &records::converter).and_then(|change| {
            match change.conversion.refused {
                0 => Ok(change.operation),
                refused => Err(Error::failed(format!("{refused} values cannot be converted"))),
            }
        });
        self.compare(done, expected)
    }

    /// Some values for a record of this table, right or wrong.
    fn values(&mut self, state: &State, table: &str, all: bool) -> Vec<Said> {
        let there = state.tables[table].clone();
        let mut values = Vec::new();
        for field in &there.fields {
            let is_key = there.key.contains(&field.name);
            if (there.generated && is_key) || (!all && (is_key || self.dice.chance(50))) {
                continue;
            }
            let left_out = if field.required { 3 } else { 30 };
            if self.dice.chance(left_out) {
                if self.dice.chance(50) {
                    values.push(Said { field: field.name.clone(), text: None });
                }
                continue;
            }
            let text = match &field.kind {
                Kind::Text => self.dice.one(&TEXTS).unwrap().to_owned(),
                Kind::Integer => self.dice.one(&NUMBERS).unwrap().to_owned(),
                Kind::Relation(target, _) => match self.reference(state, target) {
                    Some(text) => text,
                    None => continue,
                },
            };
            values.push(Said { field: field.name.clone(), text: Some(text) });
        }
        values
    }

    /// A record of the table as a relation may be given: by its key, by a unique value, with and without the table's name.
    fn reference(&mut self, state: &State, target: &str) -> Option<String> {
        let table = &state.tables[target];
        if self.dice.chance(4) {
            return Some("nobody".to_owned());
        }
        let keys: Vec<&Key> = table.rows.keys().collect();
        let key = self.dice.one(&keys)?;
        let unique = table.fields.iter().filter(|field| field.unique && !matches!(field.kind, Kind::Relation(..)));
        let unique: Vec<&V> =
            unique.map(|field| &table.rows[key][&field.name]).filter(|value| **value != V::Null).collect();
        let text = match self.dice.one(&unique) {
            Some(value) if self.dice.chance(50) => id(std::slice::from_ref(value)),
            _ => id(key),
        };
        Some(if self.dice.chance(20) { format!("{target}:{text}") } else { text })
    }

    /// What the model makes of written values. `None` when a relation means nothing.
    fn read(state: &State, table: &str, written: &[Said]) -> Option<Row> {
        let mut row = Row::new();
        for Said { field, text } in written {
            let value = match (text, &state.tables[table].field(field)?.kind) {
                (None, _) => V::Null,
                (Some(text), Kind::Text) => V::Text(text.clone()),
                (Some(text), Kind::Integer) => V::Int(text.parse().ok()?),
                (Some(text), Kind::Relation(target, _)) => held(&state.meant(target, text)?),
            };
            row.insert(field.clone(), value);
        }
        Some(row)
    }

    fn create(&mut self, table: &str) -> Result<(), String> {
        let many = 1 + self.dice.below(4);
        let mut then = self.state.clone();
        let mut patches = Some(Vec::new());
        let mut rows = Vec::new();
        for _ in 0..many {
            let written = self.values(&then, table, true);
            // A record may point to one that was made before it by the same operation, where keys are not handed out.
            if let Some(all) = &mut patches {
                let there = then.tables[table].clone();
                let put = Self::read(&then, table, &written).filter(|_| !there.generated).and_then(|row| {
                    if there.key.iter().any(|name| row.get(name).is_none_or(|value| *value == V::Null)) {
                        return None;
                    }
                    Some(Patch::Put(table.to_owned(), there.key_of(&row), row))
                });
                match put {
                    Some(put) if then.apply(&put).is_some() => all.push(put),
                    _ if there.generated => {}
                    _ => patches = None,
                }
            }
            rows.push(written);
        }
        self.tell(format!("create in {table} {}", shown(&rows)));
        let there = self.state.tables[table].clone();
        let result = self.write(table, &rows, |app, values, stream| records::create(app, values, stream));
        if there.generated {
            // The store hands out the numbers; they were never used before.
            patches = self.with_numbers(table, &rows, &result)?;
            then = self.state.clone();
            then.apply_all(patches.as_deref().unwrap_or_default());
        }
        let expected = match patches {
            Some(patches) if then.broken().is_none() => Expected::Done(patches),
            _ => Expected::Refused,
        };
        self.counted(&result, &expected, &[])?;
        self.compare(result.map(|written| written.operation), expected)
    }

    fn with_numbers(
        &mut self,
        table: &str,
        rows: &[Vec<Said>],
        result: &Result<Written, Error>,
    ) -> Result<Option<Vec<Patch>>, String> {
        let given = result.as_ref().map(|written| written.ids.clone()).unwrap_or_default();
        let mut then = self.state.clone();
        let mut patches = Vec::new();
        let most = then.tables[table].rows.keys().next_back().map_or(0, |key| match key[0] {
            V::Int(number) => number,
            _ => 0,
        });
        for (place, written) in rows.iter().enumerate() {
            let number: i64 = match given.get(place) {
                Some(id) => id.parse().map_err(|_| format!("`{id}` is no number"))?,
                // It was refused; any number that is not there shows the same.
                None => most + 1_000 + place as i64,
            };
            if number <= most {
                return Err(format!("the number {number} was handed out, and {most} is there"));
            }
            let Some(mut row) = Self::read(&then, table, written) else { return Ok(None) };
            let name = then.tables[table].key[0].clone();
            row.insert(name, V::Int(number));
            let put = Patch::Put(table.to_owned(), vec![V::Int(number)], row);
            if then.apply(&put).is_none() {
                return Ok(None);
            }
            patches.push(put);
        }
        Ok(Some(patches))
    }

    /// Lets the app read the values, as arguments or as JSON lines, and write them.
    fn write(
        &mut self,
        table: &str,
        rows: &[Vec<Said>],
        work: impl FnOnce(&appctl::app::App, &Values<'_>, &mut records::Stream<'_, Given>) -> Result<Written, Error>,
    ) -> Result<Written, Error> {
        let as_json = self.dice.chance(50);
        let table = tables::find(&self.app, &table_name(table))?;
        let values = Values::of(&self.app, &table)?;
        let mut stream = rows.iter().enumerate().map(|(place, row)| {
            let given = if as_json { given_json(&values, &json(row)) } else { given_texts(&values, &pairs(row)) };
            (Place::Line(place + 1), given)
        });
        work(&self.app, &values, &mut stream)
    }

    fn update(&mut self, table: &str) -> Result<(), String> {
        let written = self.values(&self.state.clone(), table, false);
        let mut ids = Vec::new();
        for _ in 0..=self.dice.below(3) {
            ids.extend(self.key(table).map(|key| id(&key)));
        }
        if self.dice.chance(4) {
            ids.push("77".to_owned());
        }
        if ids.is_empty() {
            return self.create(table);
        }
        self.tell(format!("update {table} {ids:?} {}", shown(std::slice::from_ref(&written))));
        let keys: Option<Vec<Key>> = ids.iter().map(|text| self.named(table, text)).collect();
        let (expected, unchanged) = self.set_all(table, keys, &written);
        let result = self.set_by(table, Which::Ids(&ids), &written, &How::Now);
        self.counted(&result, &expected, &[("unchanged", unchanged)])?;
        self.compare(result.map(|written| written.operation), expected)
    }

    fn named(&self, table: &str, text: &str) -> Option<Key> {
        self.state.tables[table].rows.keys().find(|key| id(key) == text).cloned()
    }

    fn set_by(&self, table: &str, which: Which<'_>, written: &[Said], how: &How) -> Result<Written, Error> {
        let table = tables::find(&self.app, &table_name(table))?;
        let values = Values::of(&self.app, &table)?;
        let given = given_texts(&values, &pairs(written))?;
        records::update(&self.app, &values, which, &given, how)
    }

    /// What setting these values in these records does, and how many have them already.
    fn set_all(&self, table: &str, keys: Option<Vec<Key>>, written: &[Said]) -> (Expected, u64) {
        let Some(mut keys) = keys else { return (Expected::Refused, 0) };
        let mut seen = std::collections::BTreeSet::new();
        keys.retain(|key| seen.insert(key.clone()));
        let Some(row) = Self::read(&self.state, table, written) else { return (Expected::Refused, 0) };
        let mut patches = Vec::new();
        let mut then = self.state.clone();
        for key in &keys {
            patches.extend(difference(&then, table, key, &row));
            if let Some(last) = patches.last() {
                then.apply(last);
            }
        }
        let unchanged = keys.len() as u64 - patches.len() as u64;
        match breaks(&self.state, &patches) {
            true => (Expected::Refused, 0),
            false => (Expected::Done(patches), unchanged),
        }
    }

    fn update_where(&mut self, table: &str) -> Result<(), String> {
        let there = self.state.tables[table].clone();
        let Some((filter, keys)) = self.filter(&there) else { return self.update(table) };
        let written = self.values(&self.state.clone(), table, false);
        self.tell(format!("update {table} where {filter} {}", shown(std::slice::from_ref(&written))));
        let (expected, unchanged) = match keys.is_empty() {
            true => (Expected::Done(Vec::new()), 0),
            false => self.set_all(table, Some(keys), &written),
        };
        // As at a terminal: shown first, then done as it was agreed to.
        let result = self
            .set_by(table, Which::Where(&filter), &written, &How::Dry)
            .and_then(|shown| self.set_by(table, Which::Where(&filter), &written, &How::Agreed(shown)));
        self.counted(&result, &expected, &[("unchanged", unchanged)])?;
        self.compare(result.map(|written| written.operation), expected)
    }

    /// A filter, and the keys of the records that it keeps.
    fn filter(&mut self, table: &Table) -> Option<(String, Vec<Key>)> {
        let plain = |field: &&Field| !matches!(field.kind, Kind::Relation(..));
        let fields: Vec<Field> = table.fields.iter().filter(plain).cloned().collect();
        let field = self.dice.one(&fields)?;
        let name = &field.name;
        let (text, keeps): (String, Keeps) = match (self.dice.below(3), &field.kind) {
            (0, _) => (format!("\"{name}\" is null"), Box::new(|value| *value == V::Null)),
            (1, Kind::Text) => {
                let than = self.dice.one(&TEXTS).unwrap().to_owned();
                (
                    format!("\"{name}\" <> '{than}'"),
                    Box::new(move |value| !matches!(value, V::Null) && *value != V::Text(than.clone())),
                )
            }
            (_, Kind::Text) => {
                let than = self.dice.one(&TEXTS).unwrap().to_owned();
                (format!("\"{name}\" = '{than}'"), Box::new(move |value| *value == V::Text(than.clone())))
            }
            _ => {
                let than: i64 = self.dice.one(&NUMBERS).unwrap().parse().unwrap();
                (
                    format!("\"{name}\" >= {than}"),
                    Box::new(move |value| matches!(value, V::Int(number) if *number >= than)),
                )
            }
        };
        let keys = table.rows.iter().filter(|(_, row)| keeps(&row[name])).map(|(key, _)| key.clone()).collect();
        Some((text, keys))
    }

    fn update_each(&mut self, table: &str) -> Result<(), String> {
        let mut then = self.state.clone();
        let mut patches = Some(Vec::new());
        let mut rows = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let Some(key) = self.key(table) else { return self.create(table) };
            let written = self.values(&then, table, false);
            let row = Self::read(&then, table, &written);
            patches = patches.zip(row).map(|(mut all, row)| {
                let set = difference(&then, table, &key, &row);
                set.iter().for_each(|set| drop(then.apply(set)));
                all.extend(set);
                all
            });
            rows.push(with_key(&self.state.tables[table], &key, written));
        }
        self.tell(format!("update each in {table} {}", shown(&rows)));
        let expected = match patches {
            Some(patches) if !breaks(&self.state, &patches) => Expected::Done(patches),
            _ => Expected::Refused,
        };
        let result = self.write(table, &rows, |app, values, rows| records::update_each(app, values, rows, &How::Now));
        self.compare(result.map(|written| written.operation), expected)
    }

    fn upsert(&mut self, table: &str) -> Result<(), String> {
        let there = self.state.tables[table].clone();
        let uniques: Vec<Field> = there.fields.iter().filter(|field| field.unique).cloned().collect();
        let by = if self.dice.chance(60) || there.generated { self.dice.one(&uniques) } else { None };
        let mut then = self.state.clone();
        let mut patches = Some(Vec::new());
        let mut rows = Vec::new();
        let many = if there.generated { 1 } else { 1 + self.dice.below(3) };
        for _ in 0..many {
            let key = self.key(table).filter(|_| self.dice.chance(50));
            let mut written = self.values(&then, table, true);
            if let (Some(key), None) = (&key, &by) {
                written.retain(|value| !there.key.contains(&value.field));
                written = with_key(&there, key, written);
            }
            if let Some(all) = &mut patches {
                match Self::put_or_set(&then, table, by.as_ref(), &written) {
                    Some(done) if done.iter().all(|patch| then.apply(patch).is_some()) => all.extend(done),
                    _ => patches = None,
                }
            }
            rows.push(written);
        }
        let shown_by = by.as_ref().map(|field| field.name.clone());
        self.tell(format!("upsert in {table} by {shown_by:?} {}", shown(&rows)));
        let by: Vec<FieldName> = shown_by.iter().map(|name| field_name(name)).collect();
        let result = self.write(table, &rows, |app, values, rows| records::upsert(app, values, &by, rows, &How::Now));
        let numbered = |patch: &Patch| match (patch, &result) {
            (Patch::Put(table, key, row), Ok(written)) if there.generated && *key == vec![V::Null] => {
                let number = V::Int(written.ids[0].parse().unwrap());
                let mut row = row.clone();
                row.insert(there.key[0].clone(), number.clone());
                Patch::Put(table.clone(), vec![number], row)
            }
            (patch, _) => patch.clone(),
        };
        let patches = patches.map(|patches| patches.iter().map(numbered).collect::<Vec<_>>());
        let expected = match patches {
            Some(patches) if !breaks(&self.state, &patches) => Expected::Done(patches),
            _ => Expected::Refused,
        };
        self.counted(&result, &expected, &[])?;
        self.compare(result.map(|written| written.operation), expected)
    }

    /// What an upsert of one record does. A number that is not handed out yet is null.
    fn put_or_set(state: &State, table: &str, by: Option<&Field>, written: &[Said]) -> Option<Vec<Patch>> {
        let there = &state.tables[table];
        let row = Self::read(state, table, written)?;
        let given = |name: &String| row.get(name).filter(|value| **value != V::Null);
        let key = match by {
            Some(field) => {
                let value = given(&field.name)?;
                there.rows.iter().find(|(_, other)| other[&field.name] == *value).map(|(key, _)| key.clone())
            }
            None => Some(there.key.iter().map(|name| given(name).cloned()).collect::<Option<Key>>()?),
        };
        match key {
            Some(key) if there.rows.contains_key(&key) => {
                let own = |(name, value): (&String, &V)| match there.key.iter().position(|part| part == name) {
                    Some(place) => key[place] == *value,
                    None => true,
                };
                if !row.iter().all(own) {
                    return None;
                }
                Some(difference(state, table, &key, &row).into_iter().collect())
            }
            Some(key) => Some(vec![Patch::Put(table.to_owned(), key, row)]),
            None if there.generated => Some(vec![Patch::Put(table.to_owned(), vec![V::Null], row)]),
            None => {
                let key = there.key.iter().map(|name| given(name).cloned()).collect::<Option<Key>>()?;
                Some(vec![Patch::Put(table.to_owned(), key, row)])
            }
        }
    }

    fn delete(&mut self, table: &str) -> Result<(), String> {
        let there = self.state.tables[table].clone();
        let filter = if self.dice.chance(40) { self.filter(&there) } else { None };
        let mut keys = match &filter {
            Some((_, keys)) => keys.clone(),
            None => (0..=self.dice.below(3)).filter_map(|_| self.key(table)).collect(),
        };
        let ids: Vec<String> = keys.iter().map(|key| id(key)).collect();
        keys.sort();
        keys.dedup();
        if ids.is_empty() && filter.is_none() {
            return self.create(table);
        }
        self.tell(match &filter {
            Some((filter, _)) => format!("delete in {table} where {filter}: {ids:?}"),
            None => format!("delete in {table} {ids:?}"),
        });
        let (expected, along, cleared) = match self.state.delete(table, &keys) {
            Some((patches, along, cleared)) => (Expected::Done(patches), along, cleared),
            None => (Expected::Refused, 0, 0),
        };
        let result = (|| {
            let table = tables::find(&self.app, &table_name(table))?;
            let values = Values::of(&self.app, &table)?;
            let which = || match &filter {
                Some((filter, _)) => Which::Where(filter),
                None => Which::Ids(&ids),
            };
            let shown = records::delete(&self.app, &values, which(), &How::Dry)?;
            records::delete(&self.app, &values, which(), &How::Agreed(shown))
        })();
        let own = [("deleted", keys.len() as u64), ("cascaded", along), ("cleared", cleared)];
        self.counted(&result, &expected, &own)?;
        self.compare(result.map(|written| written.operation), expected)
    }

    /// The counts that a person is told.
    fn counted(&self, result: &Result<Written, Error>, expected: &Expected, own: &[(&str, u64)]) -> Result<(), String> {
        let (Ok(written), Expected::Done(patches)) = (result, expected) else { return Ok(()) };
        let puts = patches.iter().filter(|patch| matches!(patch, Patch::Put(..))).count() as u64;
        let is = |name: &str| match name {
            "unchanged" => written.unchanged,
            "deleted" => written.deleted,
            "cascaded" => written.cascaded,
            "cleared" => written.cleared,
            _ => unreachable!(),
        };
        if written.created != puts || own.iter().any(|(name, count)| is(name) != *count) {
            return Err(format!("the counts are {written:?}, and the model has {puts} new, {own:?}"));
        }
        Ok(())
    }
}

/// Whether a filter keeps a record with this value.
type Keeps = Box<dyn Fn(&V) -> bool>;

/// The values that a record does not have yet.
fn difference(state: &State, table: &str, key: &Key, row: &Row) -> Option<Patch> {
    let there = &state.tables[table];
    let now = &there.rows[key];
    let other = |(name, value): &(&String, &V)| !there.key.contains(name) && now[*name] != **value;
    let values: Row = row.iter().filter(other).map(|(name, value)| (name.clone(), value.clone())).collect();
    (!values.is_empty()).then(|| Patch::Set(table.to_owned(), key.clone(), values))
}

/// Whether a rule is broken by any of these, each on top of the others.
fn breaks(state: &State, patches: &[Patch]) -> bool {
    let mut then = state.clone();
    patches.iter().any(|patch| then.apply(patch).is_none() || then.broken().is_some())
}

fn with_key(table: &Table, key: &Key, mut written: Vec<Said>) -> Vec<Said> {
    let parts = table
        .key
        .iter()
        .zip(key)
        .map(|(name, value)| Said { field: name.clone(), text: Some(id(std::slice::from_ref(value))) });
    written.splice(0..0, parts);
    written
}

fn pairs(written: &[Said]) -> Vec<String> {
    let pair = |value: &Said| match &value.text {
        Some(text) => format!("{}={text}", value.field),
        None => format!("{}:=null", value.field),
    };
    written.iter().map(pair).collect()
}

/// Whole numbers as numbers, everything else as text.
fn json(written: &[Said]) -> String {
    let value = |text: &Option<String>| match text {
        None => "null".to_owned(),
        Some(text) => serde_json::to_string(text).unwrap(),
    };
    let pairs = written
        .iter()
        .map(|written| format!("{}:{}", serde_json::to_string(&written.field).unwrap(), value(&written.text)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

fn shown(rows: &[Vec<Said>]) -> String {
    rows.iter().map(|row| json(row)).collect::<Vec<_>>().join(" ")
}

fn theirs(field: &Field) -> appctl::base::Field {
    let field_type = match &field.kind {
        Kind::Text => FieldType::Text,
        Kind::Integer => FieldType::Integer,
        Kind::Relation(table, gone) => {
            FieldType::Relation { table: table_name(table), on_delete: theirs_on_delete(*gone) }
        }
    };
    appctl::base::Field {
        required: field.required,
        unique: field.unique,
        ..appctl::base::Field::new(field_name(&field.name), field_type)
    }
}

fn theirs_on_delete(gone: Gone) -> OnDelete {
    match gone {
        Gone::Restrict => OnDelete::Restrict,
        Gone::Clear => OnDelete::Clear,
        Gone::Cascade => OnDelete::Cascade,
    }
}

fn table_name(name: &str) -> TableName {
    TableName::parse(name).unwrap()
}

fn field_name(name: &str) -> FieldName {
    FieldName::parse(name).unwrap()
}
