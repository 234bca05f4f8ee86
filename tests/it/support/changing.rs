//! One table that changes at random in every way that is recorded: records, fields, names, undo.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use appctl::app::{App, Author, Change, Query};
use appctl::base::{Clock, Field, FieldName, FieldType, Kind, Result, Table, TableName, Timestamp, Value};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use super::postgres::is_deep;

/// Records by their keys, each with its values that are not null.
pub type Records = BTreeMap<String, BTreeMap<String, Value>>;

/// Fresh seeds normally, the same thousand when it goes deep.
pub fn seeds(few: u64, many: u64) -> Vec<u64> {
    let count = if is_deep() { many } else { few };
    let first: u64 = if is_deep() { 1 } else { rand::rng().next_u64() >> 16 };
    let seeds: Vec<u64> = (first..first + count).collect();
    println!("seeds {:?} to {:?}", seeds.first(), seeds.last());
    seeds
}

pub struct Changing {
    pub app: App,
    pub dice: StdRng,
    pub table: TableName,
    /// How many names were given to tables and fields; none is given twice
    named: u32,
    person: Author,
}

const WORDS: &[&str] = &[
    "acme",
    "Acmé",
    "ACME",
    "corp",
    "invoice",
    "inv-12",
    "co-op",
    "naïve",
    "Ünder",
    "x",
    "the",
    "late",
    "O'Neil",
    "ada@example.com",
    "日本",
    "2026",
    "straße",
    "\"quoted\"",
    "a*b",
    "😀",
    "NOT",
    "OR",
];

fn field(name: &str, field_type: FieldType) -> Field {
    Field::new(FieldName::parse(name).unwrap(), field_type)
}

impl Changing {
    /// An empty table with an integer key, a text key or a key of two fields.
    pub fn new(seed: u64) -> Self {
        let clock = Clock::fixed(Timestamp::parse("2026-11-24T06:00:00Z").unwrap());
        let app = App::temporary(clock).unwrap();
        let table = TableName::parse("t0").unwrap();
        let keys: &[(&str, FieldType)] = match seed % 3 {
            0 => &[("id", FieldType::Integer)],
            1 => &[("code", FieldType::Text)],
            _ => &[("region", FieldType::Text), ("number", FieldType::Integer)],
        };
        let mut fields: Vec<Field> = keys.iter().map(|(name, kind)| field(name, kind.clone())).collect();
        fields.push(field("title", FieldType::Text));
        fields.push(field("notes", FieldType::LongText));
        fields.push(field("tags", FieldType::MultiSelect { options: Vec::new() }));
        fields.push(field("count", FieldType::Integer));
        let described = Table {
            name: table.clone(),
            key: fields[..keys.len()].iter().map(|field| field.name.clone()).collect(),
            fields,
            generated_key: false,
            connection: None,
            computed: Vec::new(),
        };
        let person = Author::person("tester");
        app.store.change(&person, "make", |change| change.create_table(&described)).unwrap();
        Changing { app, dice: StdRng::seed_from_u64(seed), table, named: 0, person }
    }

    pub fn described(&self) -> Table {
        self.app.store.table(&self.table).unwrap()
    }

    pub fn records(&self) -> Records {
        records_of(&self.app, &self.described())
    }

    /// The newest operation's number.
    pub fn newest(&self) -> i64 {
        let one = appctl::app::OperationFilter { limit: Some(1), ..Default::default() };
        self.app.store.operations(&one).unwrap().first().map_or(0, |operation| operation.id)
    }

    /// Changes something; gives a word for it.
    pub fn step(&mut self) -> &'static str {
        self.app.clock.advance(std::time::Duration::from_millis(1_500));
        match self.dice.random_range(0..100) {
            0..55 => self.write(),
            55..80 => self.undo(),
            80..84 => self.shape("add a field", |change, table, name, _| {
                change.add_field(table, &field(name, FieldType::Text)).map(drop)
            }),
            84..90 => self.shape("rename a field", |change, table, name, dice| {
                let from = table.fields[dice.random_range(0..table.fields.len())].name.clone();
                change.rename_field(table, &from, &FieldName::parse(name)?).map(drop)
            }),
            90..93 => self.shape("drop a field", |change, table, _, dice| {
                let own: Vec<&Field> = table.fields.iter().filter(|field| !table.is_key(&field.name)).collect();
                if own.len() < 2 {
                    return Ok(());
                }
                let name = own[dice.random_range(0..own.len())].name.to_string();
                change.drop_field(table, &name).map(drop)
            }),
            93..97 => self.rename(),
            _ => self.drop_and_restore(),
        }
    }

    fn write(&mut self) -> &'static str {
        let table = self.described();
        let records: Vec<_> = self.records().into_values().collect();
        let writes = self.dice.random_range(1..5);
        let (app, dice, person) = (&self.app, &mut self.dice, &self.person);
        let keys: Vec<Vec<Value>> =
            records.iter().map(|record| table.key.iter().map(|name| record[name.as_str()].clone()).collect()).collect();
        let written = app.store.change(person, "write", |change| {
            for _ in 0..writes {
                let key = if keys.is_empty() { Vec::new() } else { keys[dice.random_range(0..keys.len())].clone() };
                match dice.random_range(0..10) {
                    0..4 => {
                        let key = new_key(&table, dice);
                        if change.get(&table, &key)?.is_none() {
                            let mut values: Vec<_> = table.key.iter().cloned().zip(key).collect();
                            values.extend(some_values(&table, dice));
                            change.insert(&table, &values)?;
                        }
                    }
                    4..8 if !key.is_empty() && change.get(&table, &key)?.is_some() => {
                        change.update(&table, &key, &some_values(&table, dice))?;
                    }
                    8..10 if !key.is_empty() => {
                        change.delete(&table, &key)?;
                    }
                    _ => {}
                }
            }
            Ok(())
        });
        written.unwrap();
        "write"
    }

    fn shape(
        &mut self,
        what: &'static str,
        work: impl FnOnce(&mut Change<'_>, &Table, &str, &mut StdRng) -> Result<()>,
    ) -> &'static str {
        self.named += 1;
        let name = format!("n{}", self.named);
        let table = self.described();
        let (app, dice, person) = (&self.app, &mut self.dice, &self.person);
        app.store.change(person, what, |change| work(change, &table, &name, dice)).unwrap();
        what
    }

    fn rename(&mut self) -> &'static str {
        self.named += 1;
        let to = TableName::parse(&format!("t{}", self.named)).unwrap();
        let table = self.described();
        self.app.store.change(&self.person, "rename", |change| change.rename_table(&table, &to)).unwrap();
        self.table = to;
        "rename the table"
    }

    fn undo(&mut self) -> &'static str {
        let newest = self.newest();
        if newest < 2 {
            return "nothing"; // the table itself stays
        }
        let back = self.dice.random_range(0..6).min(newest - 2).max(0);
        match self.app.store.undo(newest - back, &self.person) {
            Ok(_) => self.follow_name(),
            // It was built upon, or let go of.
            Err(error) => assert!(matches!(error.kind, Kind::Conflict | Kind::NotFound), "{error}"),
        }
        "undo"
    }

    fn drop_and_restore(&mut self) -> &'static str {
        let table = self.described();
        let (_, id) = self.app.store.change(&self.person, "drop", |change| change.drop_table(&table)).unwrap();
        self.app.store.undo(id.unwrap(), &self.person).unwrap();
        "drop the table and bring it back"
    }

    /// An undo may have given the only table its old name back, or taken back that it came back.
    fn follow_name(&mut self) {
        if self.app.store.tables().unwrap().is_empty() {
            self.app.store.undo(self.newest(), &self.person).unwrap();
        }
        self.table = self.app.store.tables().unwrap()[0].name.clone();
    }
}

/// Every record of a table, as a plain look finds them.
pub fn records_of(app: &App, table: &Table) -> Records {
    let mut records = Records::new();
    let query = Query::all(table, app.clock.now());
    let each = &mut |cells: &[appctl::base::Cell<'_>]| {
        let values = table.fields.iter().zip(cells).map(|(field, cell)| (field.name.to_string(), cell.to_value()));
        let values: BTreeMap<String, Value> = values.filter(|(_, value)| !value.is_null()).collect();
        let key = table.key.iter().map(|name| format!("{:?}", values[name.as_str()])).collect::<Vec<_>>();
        records.insert(key.join(" "), values);
        Ok(ControlFlow::Continue(()))
    };
    app.store.read(&query, each).unwrap();
    records
}

fn new_key(table: &Table, dice: &mut StdRng) -> Vec<Value> {
    let types = table.key_fields().map(|field| field.field_type.clone());
    let value = |kind: FieldType| match kind {
        FieldType::Integer => Value::Integer(dice.random_range(-20..40)),
        _ => Value::text(format!("{}{}", WORDS[dice.random_range(0..4)], dice.random_range(0..9))),
    };
    types.map(value).collect()
}

fn some_values(table: &Table, dice: &mut StdRng) -> Vec<(FieldName, Value)> {
    let mut values = Vec::new();
    for field in table.fields.iter().filter(|field| !table.is_key(&field.name)) {
        if dice.random_range(0..3) == 0 {
            continue;
        }
        let mut words = |most| {
            let count = dice.random_range(0..most);
            (0..count).map(|_| WORDS[dice.random_range(0..WORDS.len())]).collect::<Vec<_>>()
        };
        let value = match &field.field_type {
            FieldType::Integer => Value::Integer(dice.random_range(0..5)),
            FieldType::MultiSelect { .. } => Value::Text(serde_json::to_string(&words(3)).unwrap()),
            FieldType::LongText => Value::Text(words(60).join(" ")),
            _ => Value::Text(words(5).join(["  ", "-", ", ", "\n"][dice.random_range(0..4)])),
        };
        values.push((field.name.clone(), if dice.random_range(0..8) == 0 { Value::Null } else { value }));
    }
    values
}

/// A search of one to three terms.
pub fn some_search(dice: &mut StdRng) -> String {
    let mut text = String::new();
    for number in 0..dice.random_range(1..4) {
        let word = WORDS[dice.random_range(0..WORDS.len())].replace(['"', '*'], "");
        let term = match dice.random_range(0..6) {
            0 => format!("\"{word} {}\"", WORDS[dice.random_range(0..6)]),
            1 => format!("{}*", word.chars().take(2).collect::<String>()),
            2 if number > 0 => format!("-{word}"),
            _ => word,
        };
        text.push_str(&term);
        text.push(' ');
    }
    text
}
