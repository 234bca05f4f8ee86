//! What the store holds, in the model's words.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use appctl::app::App;
use appctl::base::{Cell, FieldType, OnDelete, Value};
use appctl::records::{Listing, prepare, stream};

use super::state::{Field, Gone, Kind, Row, State, Table, V};

pub fn observe(app: &App) -> State {
    let mut state = State::default();
    for table in app.store.tables().unwrap() {
        let fields: Vec<Field> = table.fields.iter().map(field).collect();
        let mut rows = BTreeMap::new();
        let query = prepare(app, &table, &Listing::default()).unwrap();
        stream(app, &query, &mut |cells| {
            let row: Row = fields.iter().map(|field| field.name.clone()).zip(cells.iter().map(value)).collect();
            let key = table.key.iter().map(|name| row[name.as_str()].clone()).collect();
            assert!(rows.insert(key, row).is_none(), "a key is there twice");
            Ok(ControlFlow::Continue(()))
        })
        .unwrap();
        let key = table.key.iter().map(ToString::to_string).collect();
        state.tables.insert(table.name.to_string(), Table { fields, key, generated: table.generated_key, rows });
    }
    state
}

fn field(field: &appctl::base::Field) -> Field {
    let kind = match &field.field_type {
        FieldType::Text => Kind::Text,
        FieldType::Integer => Kind::Integer,
        FieldType::Relation { table, on_delete } => Kind::Relation(
            table.to_string(),
            match on_delete {
                OnDelete::Restrict => Gone::Restrict,
                OnDelete::Clear => Gone::Clear,
                OnDelete::Cascade => Gone::Cascade,
            },
        ),
        other => panic!("the model has no {other:?}"),
    };
    Field { name: field.name.to_string(), kind, required: field.required, unique: field.unique }
}

fn value(cell: &Cell<'_>) -> V {
    match cell.to_value() {
        Value::Null => V::Null,
        Value::Integer(number) => V::Int(number),
        Value::Text(text) => V::Text(text),
        other => panic!("the model has no {other:?}"),
    }
}
