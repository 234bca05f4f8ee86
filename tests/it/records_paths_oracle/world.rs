//! Random tables with odd names, every shape of key, relations in all directions, and records some of whose relations are
//! null or point to nothing.

use appctl::app::{App, OperationId, Query};
use appctl::base::{
    Clock, Compute, Computed, Field, FieldName, FieldType, Kind, OnDelete, RollupFunction, Table, TableName, Timestamp,
    Value, path, record_id,
};
use std::ops::ControlFlow;

pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Dice(seed)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        // SplitMix64 (Steele, Lea and Flood 2014).
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ (z >> 31)) >> 1).unwrap() % bound.max(1)
    }

    pub fn pick<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }

    fn take(&mut self, names: &mut Vec<&'static str>) -> &'static str {
        names.remove(self.below(names.len()))
    }
}

pub struct World {
    pub app: App,
    pub tables: Vec<Table>,
    /// Of each table, in the key's order, all stored fields
    pub rows: Vec<Vec<Vec<Value>>>,
}

impl World {
    pub fn random(dice: &mut Dice) -> Self {
        let app = App::temporary(Clock::fixed(Timestamp::parse("2026-11-24T00:00:00Z").unwrap())).unwrap();
        let tables = tables(dice);
        app.store
            .change(&app.person(), "make", |change| tables.iter().try_for_each(|table| change.create_table(table)))
            .unwrap();
        let mut world = World { app, rows: vec![Vec::new(); tables.len()], tables };
        for at in 0..world.tables.len() {
            for _ in 0..dice.below(9) {
                world.insert(at, dice);
            }
        }
        // Relations to tables that were filled later.
        for at in 0..world.tables.len() {
            for _ in 0..world.rows[at].len() {
                world.update(at, dice);
            }
        }
        world
    }

    fn read(&mut self) {
        for (table, rows) in self.tables.iter().zip(&mut self.rows) {
            rows.clear();
            let query = Query::all(table, self.app.clock.now());
            let each = &mut |cells: &[appctl::base::Cell<'_>]| {
                rows.push(cells.iter().map(|cell| cell.to_value()).collect());
                Ok(ControlFlow::Continue(()))
            };
            self.app.store.read(&query, each).unwrap();
        }
    }

    pub fn key(&self, at: usize, row: usize) -> Vec<Value> {
        let table = &self.tables[at];
        let place = |name: &FieldName| table.fields.iter().position(|field| field.name == *name).unwrap();
        table.key.iter().map(|name| self.rows[at][row][place(name)].clone()).collect()
    }

    pub fn id(&self, at: usize, row: usize) -> String {
        record_id::of(&self.key(at, row))
    }

    pub fn find(&self, name: &TableName) -> usize {
        self.tables.iter().position(|table| table.name == *name).unwrap()
    }

    /// Changes one record, and gives the operation when there was one.
    pub fn change_something(&mut self, dice: &mut Dice) -> Option<OperationId> {
        let at = dice.below(self.tables.len());
        match dice.below(3) {
            0 => self.insert(at, dice),
            1 => self.update(at, dice),
            _ => self.delete(at, dice),
        }
    }

    pub fn undo(&mut self, operation: OperationId) {
        // It is refused where it would leave a relation to nothing.
        if let Err(error) = self.app.store.undo(operation, &self.app.person()) {
            assert_eq!(error.kind, Kind::Conflict, "{error}");
        }
        self.read();
    }

    fn insert(&mut self, at: usize, dice: &mut Dice) -> Option<OperationId> {
        let table = &self.tables[at];
        let mut values: Vec<(FieldName, Value)> = Vec::new();
        for field in &table.fields {
            let key = table.is_key(&field.name);
            if !(key && table.generated_key) {
                values.push((field.name.clone(), self.value(&field.field_type, key, dice)));
            }
        }
        if values.iter().any(|(name, value)| table.is_key(name) && value.is_null()) {
            return None;
        }
        let made = self.app.store.change(&self.app.person(), "insert", |change| change.insert(table, &values));
        self.read();
        made.ok().and_then(|(_, operation)| operation)
    }

    fn update(&mut self, at: usize, dice: &mut Dice) -> Option<OperationId> {
        let table = &self.tables[at];
        let free: Vec<&Field> = table.fields.iter().filter(|field| !table.is_key(&field.name)).collect();
        if self.rows[at].is_empty() || free.is_empty() {
            return None;
        }
        let key = self.key(at, dice.below(self.rows[at].len()));
        let field = dice.pick(&free);
        let values = vec![(field.name.clone(), self.value(&field.field_type, false, dice))];
        let made = self.app.store.change(&self.app.person(), "update", |change| change.update(table, &key, &values));
        let operation = made.unwrap().1;
        self.read();
        operation
    }

    fn delete(&mut self, at: usize, dice: &mut Dice) -> Option<OperationId> {
        if self.rows[at].is_empty() {
            return None;
        }
        let key = self.key(at, dice.below(self.rows[at].len()));
        let table = &self.tables[at];
        let made = self.app.store.change(&self.app.person(), "delete", |change| change.delete(table, &key));
        self.read();
        made.ok().and_then(|(_, operation)| operation) // a relation may hold the record
    }

    fn value(&self, field_type: &FieldType, is_key: bool, dice: &mut Dice) -> Value {
        match field_type {
            FieldType::Relation { table, .. } => {
                let to = self.find(table);
                let nothing = dice.below(6);
                match self.rows[to].len() {
                    _ if nothing == 0 && !is_key => Value::Null,
                    _ if nothing == 1 => self.dangling(to),
                    0 => Value::Null,
                    rows => record_id::reference(&self.key(to, dice.below(rows))),
                }
            }
            _ if is_key => match field_type {
                FieldType::Integer => Value::Integer(i64::try_from(dice.below(30)).unwrap() - 10),
                FieldType::Date => dice.pick(&samples(field_type)),
                _ => dice.pick(&["a", "b,c", "\"q\"", "", "B", "5", "ä b", "x'y", "0"]).into(),
            },
            _ if dice.below(5) == 0 => Value::Null,
            _ => dice.pick(&samples(field_type)),
        }
    }

    /// What a relation to no record of this table holds.
    fn dangling(&self, at: usize) -> Value {
        let table = &self.tables[at];
        let part = |field: &Field| match &field.field_type {
            FieldType::Integer => Value::Integer(777),
            FieldType::Relation { table, .. } => self.dangling(self.find(table)),
            FieldType::Date => Value::text("1999-09-09"),
            _ => Value::text("nobody"),
        };
        record_id::reference(&table.key_fields().map(part).collect::<Vec<_>>())
    }
}

/// Values of a type, as the store keeps them.
pub fn samples(field_type: &FieldType) -> Vec<Value> {
    let texts = |texts: &[&str]| texts.iter().map(|text| Value::text(*text)).collect::<Vec<_>>();
    match field_type {
        FieldType::Integer => {
            [-3, 0, 5, 12].map(Value::Integer).into_iter().chain(texts(&["99999999999999999999"])).collect()
        }
        FieldType::Number => {
            [1.5, -2.0, 0.1, 0.25].map(Value::Real).into_iter().chain(texts(&["NaN", "Infinity"])).collect()
        }
        FieldType::Decimal => texts(&["1.50", "-0.25", "10", "0.1", "1.5"]),
        FieldType::Currency => texts(&["1.50 EUR", "2 EUR", "-0.05 EUR", "3.10 USD"]),
        FieldType::Boolean => vec![Value::Integer(0), Value::Integer(1)],
        FieldType::Date => texts(&["2026-01-01", "2026-05-05", "infinity", "0044-03-15 BC"]),
        FieldType::DateTime => texts(&["2026-01-01T00:00:00Z", "2026-05-05T06:07:08.25Z", "-infinity"]),
        FieldType::Json => texts(&["{\"n\":1.0}", "[1,2]"]),
        _ => texts(&["a", "B", "", "ä%", "x'y\"z"]),
    }
}

fn tables(dice: &mut Dice) -> Vec<Table> {
    let mut free = vec!["people", "tasks", "a.b", "select", "größe", "it's \"odd\"", "t1"];
    let names: Vec<TableName> =
        (0..2 + dice.below(3)).map(|_| TableName::parse(dice.take(&mut free)).unwrap()).collect();
    let mut tables: Vec<Table> = (0..names.len()).map(|at| table(&names, at, dice)).collect();
    for at in 0..tables.len() {
        for place in 0..dice.below(4) {
            if let Some(how) = computed(&tables, at, dice) {
                let name = FieldName::parse(&format!("computed {place}")).unwrap();
                tables[at].computed.push(Computed { name, how });
            }
        }
    }
    tables
}

fn table(names: &[TableName], at: usize, dice: &mut Dice) -> Table {
    let relation = |to: usize, dice: &mut Dice| FieldType::Relation {
        table: names[to].clone(),
        on_delete: dice.pick(&OnDelete::ALL),
    };
    // A key may only be a relation to an earlier table, or no record could ever be made.
    let key: Vec<(&str, FieldType)> = match dice.below(if at == 0 { 5 } else { 7 }) {
        0 | 1 => vec![("id", FieldType::Integer)],
        2 => vec![("code", FieldType::Text)],
        3 => vec![("k,1", FieldType::Text), ("k2", FieldType::Integer)],
        4 => vec![("day", FieldType::Date)],
        5 => vec![("k1", FieldType::Text), ("k2", relation(dice.below(at), dice))],
        _ => vec![("of", relation(dice.below(at), dice))],
    };
    let mut free = vec!["name", "x.y", "group by", "\"q\"", "t0", "wert ä", "owner", "other", "tasks"];
    let types = [
        FieldType::Text,
        FieldType::Integer,
        FieldType::Number,
        FieldType::Decimal,
        FieldType::Currency,
        FieldType::Boolean,
        FieldType::Date,
        FieldType::DateTime,
        FieldType::Json,
    ];
    let mut fields: Vec<(&str, FieldType)> = key.clone();
    for _ in 0..1 + dice.below(4) {
        fields.push((dice.take(&mut free), dice.pick(&types)));
    }
    for _ in 0..dice.below(4) {
        let to = dice.below(names.len());
        fields.push((dice.take(&mut free), relation(to, dice)));
    }
    let name = |text: &str| FieldName::parse(text).unwrap();
    Table {
        name: names[at].clone(),
        fields: fields.into_iter().map(|(field, kind)| Field::new(name(field), kind)).collect(),
        generated_key: key.len() == 1 && key[0].0 == "id",
        key: key.into_iter().map(|(field, _)| name(field)).collect(),
        connection: None,
        computed: Vec::new(),
    }
}

/// The relations that point to a table, each as the place of its table and of the field.
pub fn pointing(tables: &[Table], to: &TableName) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (at, table) in tables.iter().enumerate() {
        for (place, field) in table.fields.iter().enumerate() {
            if matches!(&field.field_type, FieldType::Relation { table, .. } if table == to) {
                found.push((at, place));
            }
        }
    }
    found
}

fn computed(tables: &[Table], at: usize, dice: &mut Dice) -> Option<Compute> {
    if dice.below(2) == 0 {
        let (mut here, mut names) = (&tables[at], Vec::new());
        for _ in 0..=dice.below(2) {
            let relations = here.fields.iter().filter_map(|field| match &field.field_type {
                FieldType::Relation { table, .. } => Some((field.name.to_string(), table)),
                _ => None,
            });
            let relations: Vec<_> = relations.collect();
            if relations.is_empty() {
                break;
            }
            let (name, to) = dice.pick(&relations);
            names.push(name);
            here = tables.iter().find(|table| table.name == *to).unwrap();
        }
        if names.is_empty() {
            return None;
        }
        names.push(dice.pick(&here.fields).name.to_string());
        return Some(Compute::Lookup { path: path::join(names.iter().map(String::as_str)) });
    }
    let pointing = pointing(tables, &tables[at].name);
    if pointing.is_empty() {
        return None;
    }
    let (from, place) = dice.pick(&pointing);
    let function = dice.pick(&RollupFunction::ALL);
    let number = |kind: &FieldType| {
        matches!(kind, FieldType::Integer | FieldType::Number | FieldType::Decimal | FieldType::Currency)
    };
    let fits = |field: &&Field| match function {
        RollupFunction::Count | RollupFunction::List => true,
        RollupFunction::Sum | RollupFunction::Avg => number(&field.field_type),
        RollupFunction::Min | RollupFunction::Max => !matches!(field.field_type, FieldType::Json),
    };
    let fields: Vec<&Field> = tables[from].fields.iter().filter(fits).collect();
    let field = match function {
        RollupFunction::Count => None,
        _ if fields.is_empty() => return None,
        _ => Some(dice.pick(&fields).name.clone()),
    };
    let relation = tables[from].fields[place].name.clone();
    Some(Compute::Rollup { table: tables[from].name.clone(), relation, function, field })
}
