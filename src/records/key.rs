//! From a record's id (`base::record_id`) to the key that it stands for, by the types of the key's fields.

use super::value::parse_text;
use crate::app::App;
use crate::base::{Error, FieldType, Result, Table, TableName, Value, record_id};

pub use crate::base::record_id::print;

/// The key that this id stands for, also where a key field is a relation. `Kind::Usage` when it cannot be one of the table's.
pub fn find(app: &App, table: &Table, id: &str) -> Result<Vec<Value>> {
    parse(&plain(table, &|name| super::value::existing(app, name))?, id)
}

/// The table with every relation among its key fields replaced by what it holds: the type of the other table's key.
pub fn plain(table: &Table, lookup: &dyn Fn(&TableName) -> Result<Option<Table>>) -> Result<Table> {
    let mut plain = table.clone();
    for field in plain.fields.iter_mut().filter(|field| table.is_key(&field.name)) {
        if let FieldType::Relation { table, .. } = &field.field_type {
            field.field_type = held(table, lookup)?;
        }
    }
    Ok(plain)
}

/// The type of the values that a relation to this table holds. A key of several fields is held as text.
fn held(name: &TableName, lookup: &dyn Fn(&TableName) -> Result<Option<Table>>) -> Result<FieldType> {
    let mut name = name.clone();
    for _ in 0..LONGEST_CHAIN {
        let Some(target) = lookup(&name)? else { break };
        let mut key = target.key_fields();
        match (key.next().map(|field| field.field_type.clone()), key.next()) {
            (Some(FieldType::Relation { table, .. }), None) => name = table,
            (Some(field_type), None) => return Ok(field_type),
            _ => break,
        }
    }
    Ok(FieldType::Text)
}

/// How many tables whose key is a relation to the next may follow each other.
const LONGEST_CHAIN: usize = 32;

/// The key that this id stands for in a table whose key has no relation. `Kind::Usage` when it cannot be one of the table's.
pub fn parse(table: &Table, id: &str) -> Result<Vec<Value>> {
    let parts = match table.key.len() {
        1 => vec![id.to_owned()],
        _ => record_id::split(id).ok_or_else(|| misread(table, id))?,
    };
    if parts.len() != table.key.len() {
        return Err(misread(table, id));
    }
    let value = |(field, part): (_, &String)| parse_text(field, part);
    table.key_fields().zip(&parts).map(value).collect()
}

fn misread(table: &Table, id: &str) -> Error {
    let names: Vec<&str> = table.key.iter().map(AsRef::as_ref).collect();
    Error::usage(format!("`{id}` is no key of table `{}`", table.name)).hint(format!(
        "give {} separated by commas, with quotes around a part that has one: `a,\"b, c\"`",
        names.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{parse, print};
    use crate::base::{Field, FieldName, FieldType, Table, TableName, Value};

    fn table(types: &[FieldType]) -> Table {
        let name = |place: usize| FieldName::parse(&format!("k{place}")).expect("a name");
        let field = |(place, kind): (usize, &FieldType)| Field::new(name(place), kind.clone());
        Table {
            name: TableName::parse("t").expect("a name"),
            fields: types.iter().enumerate().map(field).collect(),
            key: (0..types.len()).map(name).collect(),
            generated_key: false,
            connection: None,
            computed: Vec::new(),
        }
    }

    #[test]
    fn ids_read_as_people_write_them() {
        let pair = table(&[FieldType::Text, FieldType::Integer]);
        assert_eq!(parse(&pair, "EU,5"), Ok(vec!["EU".into(), Value::Integer(5)]));
        assert_eq!(parse(&pair, "\"a,\"\"b\",5"), Ok(vec!["a,\"b".into(), Value::Integer(5)]));
        for wrong in ["EU", "EU,5,6", "EU,x", "\"EU,5", "\"EU\"x,5", ""] {
            assert!(parse(&pair, wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse(&table(&[FieldType::Text]), "a,\"b"), Ok(vec!["a,\"b".into()]));
    }

    proptest! {
        #[test]
        fn every_key_survives_its_id(texts in prop::collection::vec("[a\",\\n é]{0,5}", 2..4), number in any::<i64>(), alone in ".*") {
            let mut types = vec![FieldType::Text; texts.len()];
            types.push(FieldType::Integer);
            let mut key: Vec<Value> = texts.into_iter().map(Value::Text).collect();
            key.push(Value::Integer(number));
            let cells: Vec<_> = key.iter().map(Value::cell).collect();
            prop_assert_eq!(parse(&table(&types), &print(&cells)), Ok(key.clone()));
            let alone = vec![Value::Text(alone)];
            prop_assert_eq!(parse(&table(&[FieldType::Text]), &print(&[alone[0].cell()])), Ok(alone));
        }
    }
}
