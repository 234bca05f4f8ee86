//! A connection that is there already, put into a home without asking any source.

use appctl::accounts::{self, Account, Identity, NewAccount};
use appctl::app::App;
use appctl::base::{AppName, ConnectionName, FieldName, Label, TableName, Timestamp};
use appctl::config::{Config, VaultKind};
use appctl::connections::{ColumnConfig, Connection, ObjectConfig};

use super::home::Home;

/// The app of a home, as a second program beside the one under test.
pub fn open(home: &Home) -> App {
    let config = Config {
        home: home.path().to_owned(),
        app: AppName::parse("default").expect("a name"),
        vault: VaultKind::Memory,
        team_vault: None,
        tokens: std::collections::BTreeMap::new(),
        user: "tester".to_owned(),
    };
    App::open(config).expect("the store opens")
}

/// Connection `crm` to a HubSpot that cannot be reached, with contacts and companies, which has never run.
pub fn crm(home: &Home) {
    crm_at(home, "http://127.0.0.1:9/");
}

/// The same with HubSpot at this address.
pub fn crm_at(home: &Home, endpoint: &str) {
    let app = open(home);
    let account = account(&app, "crm", endpoint);
    let object = |object: &str, columns: &[&str]| ObjectConfig {
        object: object.to_owned(),
        table: TableName::parse(object).expect("a name"),
        key: vec!["id".to_owned()],
        columns: columns.iter().map(|column| line(column)).collect(),
        left_out: vec!["phone".to_owned()],
        auto_fields: false,
        filter: (object == "contacts").then(|| "lifecyclestage = 'customer'".to_owned()),
        filter_at_source: true,
        since: None,
        cursor_column: None,
    };
    let connection = Connection {
        name: ConnectionName::parse("crm").expect("a name"),
        source: "hubspot".to_owned(),
        account: account.label.clone(),
        settings: std::collections::BTreeMap::new(),
        objects: vec![object("contacts", &["id", "email=mail"]), object("companies", &["id", "domain"])],
        schedule: None,
        paused: false,
        created: Timestamp::parse("2026-01-02T03:04:05Z").expect("a time"),
    };
    app.store
        .change(&app.person(), "add connection crm", |change| {
            accounts::put(change, &account)?;
            change.put_document("connection", "crm", &serde_json::to_value(&connection).expect("JSON"))
        })
        .expect("the store takes it");
}

fn account(app: &App, label: &str, endpoint: &str) -> Account {
    let new = NewAccount {
        label: Label::parse(label).expect("a label"),
        provider: "hubspot".to_owned(),
        identity: Identity { id: "1234".to_owned(), name: "portal 1234".to_owned() },
        endpoint: Some(endpoint.parse().expect("an address")),
        settings: std::collections::BTreeMap::new(),
    };
    accounts::prepare(app, new).expect("the label is free")
}

/// `email=mail`: the column and its field.
fn line(text: &str) -> ColumnConfig {
    let (id, field) = text.split_once('=').unwrap_or((text, text));
    ColumnConfig { id: id.to_owned(), field: FieldName::parse(field).expect("a name") }
}
