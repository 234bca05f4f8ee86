//! Tables and records as plain maps, and small changes to them that know their own reverse. Shares nothing with what it is
//! compared to.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum V {
    Null,
    Int(i64),
    Text(String),
}

pub type Key = Vec<V>;
pub type Row = BTreeMap<String, V>;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gone {
    Restrict,
    Clear,
    Cascade,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Kind {
    Text,
    Integer,
    Relation(String, Gone),
}

#[derive(Clone, PartialEq, Debug)]
pub struct Field {
    pub name: String,
    pub kind: Kind,
    pub required: bool,
    pub unique: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Table {
    pub fields: Vec<Field>,
    pub key: Vec<String>,
    pub generated: bool,
    pub rows: BTreeMap<Key, Row>,
}

#[derive(Clone, PartialEq, Debug, Default)]
pub struct State {
    pub tables: BTreeMap<String, Table>,
}

#[derive(Clone, Debug)]
pub enum Patch {
    Put(String, Key, Row),
    Remove(String, Key),
    Set(String, Key, Row),
    MakeTable(String, Table),
    DropTable(String),
    RenameTable(String, String),
    /// The field, its place, the values that are not null
    AddField(String, Field, usize, BTreeMap<Key, V>),
    DropField(String, String),
    RenameField(String, String, String),
    /// The field as it becomes, the values that change
    ChangeField(String, Field, BTreeMap<Key, V>),
}

impl Patch {
    /// The record it touches.
    pub fn record(&self) -> Option<(String, Key)> {
        match self {
            Patch::Put(table, key, _) | Patch::Remove(table, key) | Patch::Set(table, key, _) => {
                Some((table.clone(), key.clone()))
            }
            _ => None,
        }
    }
}

impl Table {
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    pub fn key_of(&self, row: &Row) -> Key {
        self.key.iter().map(|name| row[name].clone()).collect()
    }
}

/// What a relation to this key holds.
pub fn held(key: &[V]) -> V {
    match key {
        [only] => only.clone(),
        key => V::Text(id(key)),
    }
}

/// A key as people write it.
pub fn id(key: &[V]) -> String {
    let part = |value: &V| match value {
        V::Null => String::new(),
        V::Int(number) => number.to_string(),
        V::Text(text) => text.clone(),
    };
    if let [only] = key {
        return part(only);
    }
    let quoted = |text: String| {
        if text.is_empty() || text.contains(',') || text.contains('"') {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text
        }
    };
    key.iter().map(|value| quoted(part(value))).collect::<Vec<_>>().join(",")
}

impl State {
    /// Does it, and gives what takes it back. `None` when it does not fit.
    pub fn apply(&mut self, patch: &Patch) -> Option<Patch> {
        match patch {
            Patch::Put(name, key, row) => {
                let table = self.tables.get_mut(name)?;
                let fits = row.iter().all(|(field, value)| *value == V::Null || table.field(field).is_some());
                if table.rows.contains_key(key) || !fits {
                    return None;
                }
                let value = |field: &Field| (field.name.clone(), row.get(&field.name).cloned().unwrap_or(V::Null));
                let whole = table.fields.iter().map(value).collect();
                table.rows.insert(key.clone(), whole);
                Some(Patch::Remove(name.clone(), key.clone()))
            }
            Patch::Remove(name, key) => {
                let row = self.tables.get_mut(name)?.rows.remove(key)?;
                Some(Patch::Put(name.clone(), key.clone(), row))
            }
            Patch::Set(name, key, values) => {
                let row = self.tables.get_mut(name)?.rows.get_mut(key)?;
                let mut old = Row::new();
                for (field, value) in values {
                    old.insert(field.clone(), std::mem::replace(row.get_mut(field)?, value.clone()));
                }
                Some(Patch::Set(name.clone(), key.clone(), old))
            }
            Patch::MakeTable(name, table) => {
                let twin = self.tables.keys().any(|other| other.to_lowercase() == name.to_lowercase());
                if twin {
                    return None;
                }
                self.tables.insert(name.clone(), table.clone());
                Some(Patch::DropTable(name.clone()))
            }
            Patch::DropTable(name) => Some(Patch::MakeTable(name.clone(), self.tables.remove(name)?)),
            Patch::RenameTable(from, to) => {
                if self.tables.contains_key(to) {
                    return None;
                }
                let table = self.tables.remove(from)?;
                self.tables.insert(to.clone(), table);
                for field in self.tables.values_mut().flat_map(|table| table.fields.iter_mut()) {
                    if let Kind::Relation(target, _) = &mut field.kind
                        && target == from
                    {
                        target.clone_from(to);
                    }
                }
                Some(Patch::RenameTable(to.clone(), from.clone()))
            }
            Patch::AddField(name, field, place, values) => {
                let table = self.tables.get_mut(name)?;
                if table.field(&field.name).is_some() {
                    return None;
                }
                table.fields.insert((*place).min(table.fields.len()), field.clone());
                for (key, row) in &mut table.rows {
                    row.insert(field.name.clone(), values.get(key).cloned().unwrap_or(V::Null));
                }
                Some(Patch::DropField(name.clone(), field.name.clone()))
            }
            Patch::DropField(name, field) => {
                let table = self.tables.get_mut(name)?;
                let place = table.fields.iter().position(|other| other.name == *field)?;
                let old = table.fields.remove(place);
                let rows = table.rows.iter_mut();
                let values = rows.filter_map(|(key, row)| Some((key.clone(), row.remove(field)?))).collect();
                Some(Patch::AddField(name.clone(), old, place, values))
            }
            Patch::RenameField(name, from, to) => {
                let table = self.tables.get_mut(name)?;
                if table.field(to).is_some() {
                    return None;
                }
                table.fields.iter_mut().find(|field| field.name == *from)?.name.clone_from(to);
                table.key.iter_mut().filter(|part| *part == from).for_each(|part| part.clone_from(to));
                for row in table.rows.values_mut() {
                    let value = row.remove(from)?;
                    row.insert(to.clone(), value);
                }
                Some(Patch::RenameField(name.clone(), to.clone(), from.clone()))
            }
            Patch::ChangeField(name, field, values) => {
                let table = self.tables.get_mut(name)?;
                let here = table.fields.iter_mut().find(|other| other.name == field.name)?;
                let before = std::mem::replace(here, field.clone());
                let mut old = BTreeMap::new();
                for (key, value) in values {
                    // A record may be gone by the time that its value comes back.
                    if let Some(place) = table.rows.get_mut(key).and_then(|row| row.get_mut(&field.name)) {
                        old.insert(key.clone(), std::mem::replace(place, value.clone()));
                    }
                }
                Some(Patch::ChangeField(name.clone(), before, old))
            }
        }
    }

    /// Does all of them, and gives what takes them back, in the order that does. `None` when one does not fit.
    pub fn apply_all(&mut self, patches: &[Patch]) -> Option<Vec<Patch>> {
        let mut back = Vec::new();
        for patch in patches {
            back.push(self.apply(patch)?);
        }
        back.reverse();
        Some(back)
    }

    /// Every relation, as (table, field, target, what becomes of it).
    pub fn relations(&self) -> Vec<(String, Field, String, Gone)> {
        let mut found = Vec::new();
        for (name, table) in &self.tables {
            for field in &table.fields {
                if let Kind::Relation(target, gone) = &field.kind {
                    found.push((name.clone(), field.clone(), target.clone(), *gone));
                }
            }
        }
        found
    }

    /// The first rule that is broken: null where it is refused, a value twice, a relation to nothing.
    pub fn broken(&self) -> Option<String> {
        for (name, table) in &self.tables {
            for field in &table.fields {
                let values: Vec<&V> =
                    table.rows.values().map(|row| &row[&field.name]).filter(|value| **value != V::Null).collect();
                if (field.required || table.key.contains(&field.name)) && values.len() < table.rows.len() {
                    return Some(format!("null in {name}.{}", field.name));
                }
                if field.unique && values.iter().collect::<BTreeSet<_>>().len() < values.len() {
                    return Some(format!("a value twice in {name}.{}", field.name));
                }
            }
        }
        for (name, field, target, _) in self.relations() {
            let Some(there) = self.tables.get(&target) else {
                return Some(format!("{name}.{} points to no table {target}", field.name));
            };
            let keys: BTreeSet<V> = there.rows.keys().map(|key| held(key)).collect();
            let points = |row: &Row| row[&field.name] == V::Null || keys.contains(&row[&field.name]);
            if !self.tables[&name].rows.values().all(points) {
                return Some(format!("{name}.{} points to nothing", field.name));
            }
        }
        None
    }

    /// The key that a relation's text means: a key, else the one record with this unique value.
    pub fn meant(&self, target: &str, text: &str) -> Option<Key> {
        let table = &self.tables[target];
        let bare = text.strip_prefix(target).and_then(|rest| rest.strip_prefix(':'));
        let ways: Vec<&str> = std::iter::once(text).chain(bare).collect();
        let by_key = |text: &str| {
            table.rows.keys().find(|key| match key.as_slice() {
                [V::Int(number)] => text.parse() == Ok(*number),
                key => id(key) == text,
            })
        };
        if let Some(key) = ways.iter().find_map(|text| by_key(text)) {
            return Some(key.clone());
        }
        for text in ways {
            let mut keys = BTreeSet::new();
            for field in table.fields.iter().filter(|field| field.unique) {
                let value = match field.kind {
                    Kind::Text => V::Text(text.to_owned()),
                    Kind::Integer => text.parse().map_or(V::Null, V::Int),
                    Kind::Relation(..) => continue,
                };
                let holds = |row: &Row| value != V::Null && row[&field.name] == value;
                keys.extend(table.rows.iter().filter(|(_, row)| holds(row)).map(|(key, _)| key.clone()));
            }
            if keys.len() > 1 {
                return None;
            }
            if let Some(key) = keys.pop_first() {
                return Some(key);
            }
        }
        None
    }

    /// What deleting these records does, with how many go along and are let go of. `None` when something holds one.
    pub fn delete(&self, table: &str, keys: &[Key]) -> Option<(Vec<Patch>, u64, u64)> {
        let roots: BTreeSet<(String, Key)> = keys.iter().map(|key| (table.to_owned(), key.clone())).collect();
        let mut doomed = roots.clone();
        let relations = self.relations();
        let pointing = |doomed: &BTreeSet<(String, Key)>, (from, field, target, _): &(String, Field, String, Gone)| {
            let gone: BTreeSet<V> =
                doomed.iter().filter(|(table, _)| table == target).map(|(_, key)| held(key)).collect();
            let rows = self.tables[from].rows.iter();
            let found = rows.filter(|(key, row)| {
                gone.contains(&row[&field.name]) && !doomed.contains(&(from.clone(), (*key).clone()))
            });
            found.map(|(key, _)| key.clone()).collect::<Vec<Key>>()
        };
        loop {
            let before = doomed.len();
            for relation in relations.iter().filter(|relation| relation.3 == Gone::Cascade) {
                doomed.extend(pointing(&doomed, relation).into_iter().map(|key| (relation.0.clone(), key)));
            }
            if doomed.len() == before {
                break;
            }
        }
        let mut patches: Vec<Patch> =
            doomed.iter().map(|(table, key)| Patch::Remove(table.clone(), key.clone())).collect();
        let mut cleared = 0;
        for relation in relations.iter().filter(|relation| relation.3 != Gone::Cascade) {
            let (from, field, _, gone) = relation;
            let held_fast = field.required || self.tables[from].key.contains(&field.name);
            let left = pointing(&doomed, relation);
            if (*gone == Gone::Restrict || held_fast) && !left.is_empty() {
                return None;
            }
            cleared += left.len() as u64;
            let null = Row::from([(field.name.clone(), V::Null)]);
            patches.extend(left.into_iter().map(|key| Patch::Set(from.clone(), key, null.clone())));
        }
        Some((patches, (doomed.len() - roots.len()) as u64, cleared))
    }
}
