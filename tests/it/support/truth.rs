//! What a connection's tables hold beside what its source holds, as pictures that can be compared.

use std::collections::BTreeMap;
use std::path::Path;

use appctl::sandbox::Sandbox;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};

use super::postgres::Database;

/// Rows by their key, the chosen fields in order.
pub type Table = BTreeMap<String, Vec<Option<String>>>;

/// All tables of a connection by name; one that is not there is not in it.
pub type Picture = BTreeMap<String, Table>;

/// Tables with their key and the fields that are compared.
pub type Chosen = &'static [(&'static str, &'static str, &'static [&'static str])];

/// Objects of the sandbox's HubSpot, with properties that are stored as they come.
pub static CRM: Chosen = &[
    ("contacts", "id", &["email", "firstname", "jobtitle", "city", "lifecyclestage", "message"]),
    ("companies", "id", &["name", "domain", "city", "lifecyclestage"]),
    ("deals", "id", &["dealname", "dealstage", "amount"]),
];

/// What HubSpot holds.
pub fn hubspot(sandbox: &Sandbox, chosen: Chosen) -> Picture {
    let mut picture = Picture::new();
    for (object, _, properties) in chosen {
        let mut table = Table::new();
        for record in sandbox.hubspot().live(object).expect("the sandbox plays this object") {
            let value =
                |name: &&str| record["properties"][*name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
            let id = record["id"].as_str().expect("an id is text").to_owned();
            table.insert(id, properties.iter().map(value).collect());
        }
        picture.insert((*object).to_owned(), table);
    }
    picture
}

/// What PostgreSQL holds in `public`.
pub fn postgres(database: &Database, chosen: Chosen) -> Picture {
    let mut picture = Picture::new();
    for (table, key, fields) in chosen {
        let rows = database.query(&format!("SELECT {key}, {} FROM public.{table}", fields.join(", ")));
        let keyed = rows.into_iter().map(|mut row| {
            let values = row.split_off(1);
            (row.remove(0).expect("a key is not null"), values)
        });
        picture.insert((*table).to_owned(), keyed.collect());
    }
    picture
}

/// The app's file, as any other program opens it.
pub fn open(file: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).expect("the app's file opens");
    connection.busy_timeout(std::time::Duration::from_secs(20)).expect("a time limit");
    connection
}

/// What the app's file shows, all tables in one look.
pub fn stored(file: &Path, chosen: Chosen) -> Picture {
    look(&open(file), chosen)
}

/// The same over an open connection.
pub fn look(connection: &Connection, chosen: Chosen) -> Picture {
    let look = connection.unchecked_transaction().expect("a read begins");
    let mut picture = Picture::new();
    for (name, key, fields) in chosen {
        let there = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?";
        let there: i64 = look.query_row(there, [name], |row| row.get(0)).expect("the schema can be read");
        if there == 0 {
            continue;
        }
        let columns = fields.iter().map(|field| format!("\"{field}\"")).collect::<Vec<_>>().join(", ");
        let mut statement = look.prepare(&format!("SELECT \"{key}\", {columns} FROM \"{name}\"")).expect("the fields");
        let mut rows = statement.query([]).expect("the rows");
        let mut table = Table::new();
        while let Some(row) = rows.next().expect("a row") {
            let cell = |at: usize| text(row.get_ref(at).expect("a cell"));
            let before = table.insert(cell(0).expect("a key"), (1..=fields.len()).map(cell).collect());
            assert_eq!(before, None, "a key is stored once");
        }
        picture.insert((*name).to_owned(), table);
    }
    picture
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8(text.to_vec()).expect("text is UTF-8")),
        ValueRef::Blob(bytes) => Some(format!("{bytes:?}")),
    }
}

/// Where two pictures differ, in a few lines; empty when they do not.
pub fn differences(found: &Picture, wanted: &Picture) -> String {
    let mut lines = Vec::new();
    let names = found.keys().chain(wanted.keys()).collect::<std::collections::BTreeSet<_>>();
    for name in names {
        let (Some(found), Some(wanted)) = (found.get(name), wanted.get(name)) else {
            lines.push(format!("{name}: there {}, wanted {}", found.contains_key(name), wanted.contains_key(name)));
            continue;
        };
        let missing = wanted.keys().filter(|key| !found.contains_key(*key));
        let missing = missing.cloned().collect::<Vec<_>>();
        let extra = found.keys().filter(|key| !wanted.contains_key(*key)).cloned().collect::<Vec<_>>();
        let other = wanted.iter().filter(|(key, row)| found.get(*key).is_some_and(|stored| stored != *row));
        let other = other.map(|(key, row)| format!("{key}: {:?} for {row:?}", found[key])).collect::<Vec<_>>();
        for (what, keys) in [("missing", missing), ("too many", extra), ("different", other)] {
            if !keys.is_empty() {
                let few = keys.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
                lines.push(format!("{name}: {} {what}: {few}", keys.len()));
            }
        }
    }
    lines.join("\n")
}
