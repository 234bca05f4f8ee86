//! A table as a connection leaves it, made without one.

use std::collections::BTreeMap;

use appctl::app::App;
use appctl::base::{AppName, ConnectionName, Field, FieldName, FieldType, Table, TableName, Value};
use appctl::config::{Config, VaultKind};

use super::home::Home;

/// The app that the program works on in this home.
pub fn app(home: &Home) -> App {
    let config = Config {
        home: home.path().to_owned(),
        app: AppName::parse("default").expect("a name"),
        vault: VaultKind::Memory,
        team_vault: None,
        tokens: BTreeMap::new(),
        user: "tester".to_owned(),
    };
    App::open(config).expect("the home can be written")
}

/// A home with the table `contacts`, which the connection `crm` fills, and a field of one's own beside it.
pub fn synced() -> Home {
    let home = Home::new();
    let app = app(&home);
    let name = |text: &str| FieldName::parse(text).expect("a name");
    let from = |text: &str| Field { source_id: Some(text.to_owned()), ..Field::new(name(text), FieldType::Text) };
    let table = Table {
        name: TableName::parse("contacts").expect("a name"),
        fields: vec![from("id"), from("email"), Field::new(name("score"), FieldType::Integer)],
        key: vec![name("id")],
        generated_key: false,
        connection: Some(ConnectionName::parse("crm").expect("a name")),
        computed: Vec::new(),
    };
    let made = app.store.change(&app.person(), "sync crm", |change| {
        change.create_table(&table)?;
        let values = [(name("id"), Value::from("17")), (name("email"), Value::from("ada@example.com"))];
        change.insert(&table, &values)
    });
    made.expect("the table is new");
    home
}
