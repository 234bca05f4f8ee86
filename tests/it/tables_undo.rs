//! Schema changes are operations: each is taken back and brought back with every value, every rule and every index where it
//! was, also when it is killed in between; nothing later is clobbered.

use std::collections::BTreeMap;
use std::path::Path;

use appctl::app::{App, OperationId, Query};
use appctl::base::{Clock, Error, FieldName, FieldType, Interrupt, Kind, OnDelete, Result, Table, TableName, Value};
use appctl::tables::{self, Becomes, ChangeFieldRequest, CreateRequest, FieldChange, FieldSpec};
use appctl::{operations, records};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rusqlite::Connection;

use crate::support::postgres::is_deep;

/// Everything that the file says about people's tables: descriptions, rows, declared columns, indexes, numbers handed out.
type Picture = BTreeMap<String, Vec<String>>;

fn app() -> App {
    App::temporary(Clock::system()).expect("a temporary folder")
}

fn table_name(text: &str) -> TableName {
    TableName::parse(text).expect("a name")
}

fn field_name(text: &str) -> FieldName {
    FieldName::parse(text).expect("a name")
}

fn create(app: &App, name: &str, fields: &[&str], key: &[&str]) -> Result<Option<OperationId>> {
    let request = CreateRequest {
        name: table_name(name),
        fields: fields.iter().map(|text| text.parse()).collect::<Result<_>>()?,
        key: key.iter().map(|text| field_name(text)).collect(),
        unique: Vec::new(),
    };
    tables::create(app, request).map(|(_, operation)| operation)
}

fn add(app: &App, table: &str, spec: &str) -> Result<Option<OperationId>> {
    tables::add_field(app, &table_name(table), spec.parse::<FieldSpec>()?).map(|(_, operation)| operation)
}

fn rename(app: &App, from: &str, to: &str) -> Result<Option<OperationId>> {
    tables::rename(app, &table_name(from), &table_name(to)).map(|(_, operation)| operation)
}

fn rename_field(app: &App, table: &str, from: &str, to: &str) -> Result<Option<OperationId>> {
    let renamed = tables::rename_field(app, &table_name(table), &field_name(from), &field_name(to));
    renamed.map(|(_, operation)| operation)
}

fn drop_field(app: &App, table: &str, name: &str) -> Result<Option<OperationId>> {
    tables::drop_field(app, &table_name(table), &field_name(name)).map(|(_, operation)| operation)
}

fn drop_tables(app: &App, names: &[&str]) -> Result<Option<OperationId>> {
    let names: Vec<TableName> = names.iter().map(|name| table_name(name)).collect();
    tables::drop(app, &names).map(|(_, operation)| operation)
}

fn request(table: &str, field: &str) -> ChangeFieldRequest {
    ChangeFieldRequest {
        table: table_name(table),
        field: field_name(field),
        becomes: None,
        required: None,
        unique: None,
        on_delete: None,
        dry_run: false,
        interrupt: Interrupt::default(),
    }
}

fn change(app: &App, request: &ChangeFieldRequest) -> Result<FieldChange> {
    tables::change_field(app, request, &records::converter)
}

fn retype(app: &App, table: &str, field: &str, kind: &str) -> Result<Option<OperationId>> {
    let becomes = match kind.parse_computed() {
        Some(how) => Becomes::Computed(how?),
        None => Becomes::Stored(FieldType::parse(kind)?),
    };
    let changed = change(app, &ChangeFieldRequest { becomes: Some(becomes), ..request(table, field) })?;
    match changed.conversion.refused {
        0 => Ok(changed.operation),
        refused => Err(Error::failed(format!("{refused} refused"))),
    }
}

trait ParseComputed {
    fn parse_computed(&self) -> Option<Result<appctl::base::Compute>>;
}

impl ParseComputed for str {
    fn parse_computed(&self) -> Option<Result<appctl::base::Compute>> {
        appctl::base::Compute::parse(self)
    }
}

fn insert(app: &App, table: &str, values: &[(&str, Value)]) -> Result<Option<OperationId>> {
    let table = app.store.table(&table_name(table))?;
    let values: Vec<(FieldName, Value)> =
        values.iter().map(|(name, value)| (field_name(name), value.clone())).collect();
    app.store.change(&app.person(), "insert", |change| change.insert(&table, &values)).map(|(_, operation)| operation)
}

fn update(app: &App, table: &str, key: Value, field: &str, value: Value) -> Result<Option<OperationId>> {
    let table = app.store.table(&table_name(table))?;
    let values = [(field_name(field), value)];
    app.store.change(&app.person(), "update", |change| change.update(&table, &[key], &values)).map(|done| done.1)
}

fn delete(app: &App, table: &str, key: Value) -> Result<Option<OperationId>> {
    let table = app.store.table(&table_name(table))?;
    app.store.change(&app.person(), "delete", |change| change.delete(&table, &[key])).map(|done| done.1)
}

fn picture(app: &App) -> Picture {
    picture_of(&app.store.file(), &app.store.tables().unwrap(), true)
}

/// Without the numbers handed out, which records that are taken back do not give back.
fn records_picture(app: &App) -> Picture {
    picture_of(&app.store.file(), &app.store.tables().unwrap(), false)
}

fn picture_of(file: &Path, tables: &[Table], numbers: bool) -> Picture {
    let connection = Connection::open(file).unwrap();
    let lines = |sql: &str, name: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        let width = statement.column_count();
        let names = statement.parameter_count();
        let mut rows = statement.query(rusqlite::params_from_iter(std::iter::repeat_n(name, names))).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = (0..width).map(|index| format!("{:?}", row.get_ref(index).unwrap()));
            lines.push(cells.collect::<Vec<_>>().join(" "));
        }
        lines
    };
    let mut picture = Picture::new();
    for table in tables {
        let name = table.name.as_str();
        let mut all = vec![serde_json::to_string(table).unwrap()];
        all.extend(lines("SELECT name, type, \"notnull\", pk FROM pragma_table_xinfo(?)", name));
        let mut indexes = lines(
            "SELECT (SELECT group_concat(i.name) FROM pragma_index_info(l.name) i), l.\"unique\", l.origin
             FROM pragma_index_list(?) l",
            name,
        );
        indexes.sort();
        all.extend(indexes);
        let any = lines("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'", name);
        if numbers && !any.is_empty() && table.generated_key {
            all.extend(lines("SELECT seq FROM sqlite_sequence WHERE name = ?", name));
        }
        let fields: Vec<String> =
            table.fields.iter().map(|field| format!("\"{}\"", field.name.as_str().replace('"', "\"\""))).collect();
        let key: Vec<String> =
            table.key.iter().map(|name| format!("\"{}\"", name.as_str().replace('"', "\"\""))).collect();
        let from = name.replace('"', "\"\"");
        all.extend(lines(&format!("SELECT {} FROM \"{from}\" ORDER BY {}", fields.join(", "), key.join(", ")), name));
        picture.insert(name.to_owned(), all);
    }
    picture
}

/// People, tasks of theirs with a relation, lookups, rollups and formulas, and a table with a key of two texts.
fn company() -> App {
    let app = app();
    create(&app, "people", &["name!", "email:email", "fax", "boss:relation=people:clear"], &[]).unwrap();
    let fields = [
        "title!",
        "owner:relation=people",
        "estimate:decimal",
        "rate:integer",
        "note",
        "owner_email:lookup=owner.email",
    ];
    create(&app, "tasks", &fields, &[]).unwrap();
    create(&app, "prices", &["sku", "currency", "amount", "x: y"], &["sku", "currency"]).unwrap_err();
    create(&app, "prices", &["sku", "currency", "amount", "\"x: y\""], &["sku", "currency"]).unwrap();
    add(&app, "people", "open_tasks:rollup=tasks.owner:count").unwrap();
    add(&app, "people", "work:rollup=tasks.owner:sum:estimate").unwrap();
    add(&app, "tasks", "cost:formula=estimate * rate").unwrap();
    for (name, email) in [("Ada", "ada@x.io"), ("Bob", "bob@x.io"), ("Cy", "cy@x.io")] {
        insert(&app, "people", &[("name", name.into()), ("email", email.into()), ("boss", Value::Integer(1))]).unwrap();
    }
    delete(&app, "people", Value::Integer(3)).unwrap();
    for (title, estimate, note) in [("a", "1.50", Some("1")), ("b", "2", None), ("c", "0.1", Some("3"))] {
        let values = [
            ("title", title.into()),
            ("owner", Value::Integer(1)),
            ("estimate", estimate.into()),
            ("rate", Value::Integer(2)),
            ("note", note.into()),
        ];
        insert(&app, "tasks", &values).unwrap();
    }
    for sku in ["a", "b\"c"] {
        let values = [("sku", sku.into()), ("currency", "EUR".into()), ("amount", "5".into()), ("x: y", "z".into())];
        insert(&app, "prices", &values).unwrap();
    }
    app
}

/// The change does something, undo takes all of it back, undo of the undo brings all of it, and so on.
fn check(what: impl Fn(&App) -> Result<Option<OperationId>>) {
    let app = company();
    let before = picture(&app);
    let first = what(&app).unwrap().expect("it changes something");
    let after = picture(&app);
    assert_ne!(before, after);
    let second = operations::undo(&app, first).unwrap().operation;
    assert_eq!(picture(&app), before);
    let third = operations::undo(&app, second).unwrap().operation;
    assert_eq!(picture(&app), after);
    operations::undo(&app, third).unwrap();
    assert_eq!(picture(&app), before);
    let again = what(&app).unwrap().expect("it changes something again");
    assert_eq!(picture(&app), after);
    operations::undo(&app, again).unwrap();
    assert_eq!(picture(&app), before);
}

#[test]
fn making_a_table_is_taken_back() {
    check(|app| create(app, "größe \"x\"", &["a:relation=people:cascade", "b:integer!"], &[]));
}

#[test]
fn renaming_a_table_is_taken_back_with_all_that_refers_to_it() {
    check(|app| rename(app, "people", "contacts"));
    check(|app| rename(app, "tasks", "to do"));
    check(|app| rename(app, "prices", "Prices"));
}

#[test]
fn dropping_tables_is_taken_back() {
    check(|app| drop_tables(app, &["prices"]));
    check(|app| drop_tables(app, &["tasks", "people", "prices"]));
}

#[test]
fn adding_a_field_is_taken_back() {
    check(|app| add(app, "people", "score:integer"));
    check(|app| add(app, "prices", "person:relation=people:cascade"));
    check(|app| add(app, "people", "notes:rollup=tasks.owner:list:note"));
}

#[test]
fn dropping_a_field_is_taken_back_with_its_values_and_place() {
    check(|app| drop_field(app, "tasks", "note"));
    check(|app| drop_field(app, "people", "fax"));
    check(|app| drop_field(app, "people", "name"));
    check(|app| drop_field(app, "people", "boss"));
    check(|app| drop_field(app, "prices", "x: y"));
    check(|app| drop_field(app, "people", "open_tasks"));
}

#[test]
fn renaming_a_field_is_taken_back_with_all_that_refers_to_it() {
    check(|app| rename_field(app, "people", "email", "mail.address"));
    check(|app| rename_field(app, "people", "name", "Name"));
    check(|app| rename_field(app, "people", "id", "number"));
    check(|app| rename_field(app, "tasks", "owner", "who does it"));
    check(|app| rename_field(app, "tasks", "estimate", "days \"or so\""));
    check(|app| rename_field(app, "prices", "sku", "article"));
    check(|app| rename_field(app, "people", "open_tasks", "tasks"));
}

#[test]
fn changing_a_field_is_taken_back_with_its_values() {
    check(|app| retype(app, "tasks", "note", "integer"));
    check(|app| retype(app, "tasks", "estimate", "currency").or_else(|_| retype(app, "tasks", "estimate", "number")));
    check(|app| retype(app, "tasks", "rate", "text").or_else(|_| retype(app, "tasks", "note", "long_text")));
    check(|app| retype(app, "prices", "amount", "integer"));
    check(|app| {
        retype(app, "prices", "amount", "relation=people").or_else(|_| retype(app, "prices", "amount", "decimal"))
    });
    check(|app| retype(app, "people", "work", "rollup=tasks.owner:max:estimate"));
    let changed = |app: &App, request: ChangeFieldRequest| {
        let changed = change(app, &request)?;
        assert_eq!(changed.conversion.refused, 0, "{changed:?}");
        Ok(changed.operation)
    };
    check(|app| changed(app, ChangeFieldRequest { unique: Some(true), ..request("people", "email") }));
    check(|app| changed(app, ChangeFieldRequest { required: Some(true), ..request("people", "email") }));
    check(|app| changed(app, ChangeFieldRequest { required: Some(false), ..request("people", "name") }));
    check(|app| changed(app, ChangeFieldRequest { on_delete: Some(OnDelete::Cascade), ..request("tasks", "owner") }));
}

#[test]
fn a_relation_is_found_by_an_index_whenever_it_came() {
    let app = company();
    add(&app, "prices", "person:relation=people").unwrap();
    retype(&app, "tasks", "note", "integer").unwrap();
    rename_field(&app, "tasks", "owner", "who").unwrap();
    rename(&app, "tasks", "todo").unwrap();
    let dropped = drop_field(&app, "people", "boss").unwrap().unwrap();
    operations::undo(&app, dropped).unwrap();
    let connection = Connection::open(app.store.file()).unwrap();
    for (table, field) in [("todo", "who"), ("prices", "person"), ("people", "boss")] {
        let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {field} = 1");
        let plan: String = connection.query_row(&sql, [], |row| row.get(3)).unwrap();
        assert!(plan.contains("USING COVERING INDEX _appctl_relation_"), "{table}.{field}: {plan}");
    }
}

fn refused(app: &App, operation: Option<OperationId>) -> String {
    let before = picture(app);
    let error = operations::undo(app, operation.expect("an operation")).unwrap_err();
    assert_eq!(error.kind, Kind::Conflict, "{error}");
    assert_eq!(picture(app), before, "{error}");
    error.message
}

#[test]
fn what_was_built_upon_is_not_taken_back() {
    let app = company();
    let note = update(&app, "tasks", Value::Integer(1), "note", "9".into()).unwrap();
    let title = update(&app, "tasks", Value::Integer(2), "title", "z".into()).unwrap();
    let gone = delete(&app, "tasks", Value::Integer(3)).unwrap();
    let added = add(&app, "tasks", "due:date").unwrap();
    let retyped = retype(&app, "tasks", "note", "integer").unwrap();
    assert!(refused(&app, note).contains("tasks note"));
    assert!(refused(&app, gone).contains("tasks note"));
    let later = insert(&app, "tasks", &[("title", "new".into()), ("note", Value::Integer(4))]).unwrap();
    assert!(refused(&app, retyped).contains("tasks 4"));
    // What cannot matter does not stand in the way: another field's value, another field.
    operations::undo(&app, title.unwrap()).unwrap();
    operations::undo(&app, added.unwrap()).unwrap();
    operations::undo(&app, later.unwrap()).unwrap();
    operations::undo(&app, retyped.unwrap()).unwrap();
    operations::undo(&app, note.unwrap()).unwrap();
    operations::undo(&app, gone.unwrap()).unwrap();
}

#[test]
fn a_new_name_stands_between_an_operation_and_its_records() {
    let app = company();
    let bob = update(&app, "people", Value::Integer(2), "fax", "12".into()).unwrap();
    let renamed = rename(&app, "people", "contacts").unwrap();
    assert!(refused(&app, bob).contains("people"));
    let ada = update(&app, "contacts", Value::Integer(1), "fax", "11".into()).unwrap();
    let back = operations::undo(&app, renamed.unwrap()).unwrap().operation;
    assert!(refused(&app, ada).contains("contacts"));
    operations::undo(&app, bob.unwrap()).unwrap();
    let field = rename_field(&app, "people", "email", "mail").unwrap();
    operations::undo(&app, back).unwrap();
    assert!(refused(&app, field).contains("people"));
}

#[test]
fn nothing_is_left_pointing_to_what_is_gone() {
    let app = app();
    let people = create(&app, "people", &["name"], &[]).unwrap();
    create(&app, "tasks", &["title", "owner:relation=people", "owner_name:lookup=owner.name"], &[]).unwrap();
    assert!(refused(&app, people).contains("`tasks.owner` points to `people`"));
    let error = drop_tables(&app, &["people"]).unwrap_err();
    assert_eq!(error.message, "table `people` cannot be dropped: `tasks.owner` needs it");
    let error = drop_field(&app, "people", "name").unwrap_err();
    assert_eq!(error.message, "field `name` of table `people` cannot be dropped: `tasks.owner_name` needs it");
    let error = retype(&app, "tasks", "owner", "text").unwrap_err();
    assert!(error.message.contains("`tasks.owner_name` needs it as it is"), "{error}");
    let tasks = drop_tables(&app, &["tasks"]).unwrap();
    let people = drop_tables(&app, &["people"]).unwrap();
    assert!(refused(&app, tasks).contains("`tasks.owner` points to `people`"));
    operations::undo(&app, people.unwrap()).unwrap();
    operations::undo(&app, tasks.unwrap()).unwrap();
}

#[test]
fn records_that_went_while_a_field_was_gone_stay_gone() {
    let app = company();
    let dropped = drop_field(&app, "tasks", "note").unwrap();
    delete(&app, "tasks", Value::Integer(1)).unwrap();
    insert(&app, "tasks", &[("title", "new".into())]).unwrap();
    operations::undo(&app, dropped.unwrap()).unwrap();
    let table = app.store.table(&table_name("tasks")).unwrap();
    let note = |id: i64| {
        let row = app.store.get(&table, &[Value::Integer(id)]).unwrap();
        row.map(|row| row[table.fields.iter().position(|field| field.name.as_str() == "note").unwrap()].clone())
    };
    assert_eq!([note(1), note(3), note(4)], [None, Some("3".into()), Some(Value::Null)]);
}

/// The key of a record of this table, null when there is none.
fn some_key(app: &App, table: &TableName, random: &mut StdRng) -> Value {
    let Ok(table) = app.store.table(table) else { return Value::Null };
    let mut keys = vec![Value::Null];
    let read = app.store.read(
        &Query { fields: table.key.iter().map(ToString::to_string).collect(), ..Query::all(&table, app.clock.now()) },
        &mut |cells| {
            keys.push(cells[0].to_value());
            Ok(std::ops::ControlFlow::Continue(()))
        },
    );
    read.unwrap();
    keys.choose(random).cloned().unwrap()
}

/// Any change of the tables or of their records; what makes no sense is refused and changes nothing.
fn step(app: &App, random: &mut StdRng) -> Result<Option<OperationId>> {
    let tables = app.store.tables()?;
    let fresh = |random: &mut StdRng| ["a", "B", "c d", "ä", "e\"f", "g.h"].choose(random).copied().unwrap().to_owned();
    let Some(table) = tables.choose(random).filter(|_| random.random_range(0..12) > 0).cloned() else {
        let target = tables.first().map_or("x".to_owned(), |table| format!("r:relation={}", table.name));
        let key: &[&str] = if random.random_bool(0.5) { &[] } else { &["k"] };
        return create(app, &fresh(random), &["k:text", "n:integer", &target, "t!"], key);
    };
    let name = table.name.as_str();
    let field = table.fields.choose(random).unwrap().clone();
    let of = field.name.as_str();
    let key = |random: &mut StdRng| match table.generated_key {
        true => Value::Integer(random.random_range(1..8)),
        false => Value::Text(random.random_range(1..8).to_string()),
    };
    let value = |random: &mut StdRng| match &field.field_type {
        FieldType::Relation { table, .. } => some_key(app, table, random),
        FieldType::Integer => Value::Integer(random.random_range(1..4)),
        _ => Value::Text(random.random_range(1..4).to_string()),
    };
    let quoted = |name: &str| {
        if name.contains(['.', ':', '"']) { format!("\"{}\"", name.replace('"', "\"\"")) } else { name.to_owned() }
    };
    match random.random_range(0..18) {
        0 => rename(app, name, &fresh(random)),
        1 => drop_tables(app, &[name]),
        2 | 3 => rename_field(app, name, of, &fresh(random)),
        4 => drop_field(app, name, of),
        5 => add(
            app,
            name,
            &format!("{}:{}", quoted(&fresh(random)), ["integer", "text", "decimal"].choose(random).unwrap()),
        ),
        6 => {
            let target = tables.choose(random).unwrap();
            add(app, name, &format!("{}:relation={}", quoted(&fresh(random)), target.name))
        }
        7 => add(app, name, &format!("{}:formula=\"{}\" || n", quoted(&fresh(random)), of.replace('"', "\"\""))),
        8 => add(app, name, &format!("{}:lookup=r.{}", quoted(&fresh(random)), quoted(of))),
        9 => {
            let from = tables.choose(random).unwrap();
            add(
                app,
                name,
                &format!("{}:rollup={}.r:list:{}", quoted(&fresh(random)), quoted(from.name.as_str()), quoted(of)),
            )
        }
        10 | 11 => retype(app, name, of, ["integer", "text", "decimal", "number", "boolean"].choose(random).unwrap()),
        12 => {
            let (required, unique) = (random.random_bool(0.5), random.random_bool(0.5));
            let request = ChangeFieldRequest { required: Some(required), unique: Some(unique), ..request(name, of) };
            change(app, &request).map(|changed| changed.operation)
        }
        13 if !table.is_key(&field.name) => update(app, name, key(random), of, value(random)),
        14 => delete(app, name, key(random)),
        _ => {
            let mut values: Vec<(&str, Value)> = Vec::new();
            for field in &table.fields {
                let value = match field.field_type.word() {
                    _ if table.generated_key && table.is_key(&field.name) => continue,
                    "relation" => match &field.field_type {
                        FieldType::Relation { table, .. } => some_key(app, table, random),
                        _ => continue,
                    },
                    "integer" | "boolean" => Value::Integer(random.random_range(0..2)),
                    "number" => Value::Real(1.5),
                    _ if table.is_key(&field.name) => key(random),
                    _ => Value::Text(random.random_range(1..9).to_string()),
                };
                values.push((field.name.as_str(), value));
            }
            insert(app, name, &values)
        }
    }
}

#[test]
fn whatever_was_done_is_taken_back_step_by_step_and_brought_back() {
    let seeds = if is_deep() { 400 } else { 8 };
    for _ in 0..seeds {
        let seed: u64 = rand::random();
        println!("seed {seed}");
        let mut random = StdRng::seed_from_u64(seed);
        let app = app();
        let mut pictures = vec![records_picture(&app)];
        let mut done = Vec::new();
        for _ in 0..60 {
            match step(&app, &mut random) {
                Ok(Some(operation)) => {
                    done.push(operation);
                    pictures.push(records_picture(&app));
                }
                Ok(None) => assert_eq!(Some(&records_picture(&app)), pictures.last(), "seed {seed}"),
                Err(error) => {
                    let known =
                        !error.message.contains("the store says") || error.message.contains("constraint failed");
                    assert!(known, "seed {seed}: {error}");
                    assert_eq!(Some(&records_picture(&app)), pictures.last(), "seed {seed}: {error}");
                }
            }
        }
        let mut undone = Vec::new();
        for (place, operation) in done.iter().enumerate().rev() {
            let undo =
                operations::undo(&app, *operation).unwrap_or_else(|error| panic!("seed {seed}, {operation}: {error}"));
            undone.push(undo.operation);
            check_same(&records_picture(&app), &pictures[place], &format!("seed {seed}, undo of {operation}"));
        }
        for (place, operation) in undone.iter().rev().enumerate() {
            operations::undo(&app, *operation).unwrap_or_else(|error| panic!("seed {seed}, {operation}: {error}"));
            check_same(&records_picture(&app), &pictures[place + 1], &format!("seed {seed}, undo of {operation}"));
        }
    }
}

/// Names the table that differs, instead of printing all.
fn check_same(now: &Picture, then: &Picture, what: &str) {
    for name in now.keys().chain(then.keys()) {
        assert_eq!(now.get(name), then.get(name), "{what}: table {name}");
    }
}
